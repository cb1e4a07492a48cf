"""From a document to statements, block by block.

layout.py      lines → blocks: headings, paragraphs, tables, logs, code (blocks.py)
tables.py, prose.py, logs.py   blocks → statements (statements.py)
phrases.py     one line or sentence → its numbers, by tokens.py, roles.py, meanings.py, splits.py
contexts.py    what the document says once and means throughout
vocabulary.py  the words of eight languages
"""

import re
from collections.abc import Sequence
from functools import cached_property

from deepstudy.audits.reading.blocks import DocumentLayout, Heading, Paragraph, PrintedTable, Span, Verbatim
from deepstudy.audits.reading.classes.class_reports import ClassReport
from deepstudy.audits.reading.classes.confusions import ConfusionMatrix
from deepstudy.audits.reading.contexts import DocumentContext
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.layout import clean_in_place
from deepstudy.audits.reading.lines.phrases import read_phrase
from deepstudy.audits.reading.lines.tokens import LONGEST, tokenize
from deepstudy.audits.reading.logs import LogReader
from deepstudy.audits.reading.networks.layers import ListedNetwork, PrintedCount
from deepstudy.audits.reading.prose import read_counts, read_paragraph
from deepstudy.audits.reading.statements import RATES, Draft, Statement
from deepstudy.audits.reading.tables import read_table
from deepstudy.audits.reading.vocabulary import IMAGE_WORDS

_METRICS_OF_TOTALS = {
    "total": "parameters",
    "trainable": "parameters",
    "non_trainable": "parameters",
    "optimizer": "parameters",
    "params_size": "size_mb",
    "total_size": "size_mb",
}
_SHORT = 40  # letters of a paragraph that names what follows: `Epoch 3`, `Validation`
_FIGURE = re.compile(r"(?<![\w.])\d{1,3}(?:[.,]\d{1,12})?\s?[%％]|(?<![\w.,])\d{1,3}\.\d{2,12}(?![\w.%])")


def read_statements(
    document: ReportDocument,
    layout: DocumentLayout,
    networks: Sequence[ListedNetwork] = (),
    reports: Sequence[ClassReport] = (),
    matrices: Sequence[ConfusionMatrix] = (),
) -> tuple[list[Statement], list[Span]]:
    """Read the numbers of a document.

    Arguments:
        document: the document.
        layout: its blocks.
        networks: the networks that it lists, whose printed counts are statements too.
        reports: its classification reports, and
        matrices: its confusion matrices, whose numbers are statements too.

    Returns:
        Its statements in the order of the document, and the places of numbers that look like results and were not
        understood.
    """
    listed = [each for each in networks if each.listing in ("summary", "tree", "program")]
    skipped = frozenset(line for each in listed for line in range(each.first - 1, each.last))
    reader = _StatementReader(document, layout, skipped)
    reader.read()
    for network in networks:
        reader.add_network(network)
    for report in reports:
        reader.add_report(report)
    for matrix in matrices:
        reader.add_matrix(matrix)
    reader.statements.sort(key=lambda statement: (statement.span.line, statement.span.start))
    return reader.statements, reader.unread()


class _StatementReader:
    def __init__(self, document: ReportDocument, layout: DocumentLayout, skipped: frozenset[int]) -> None:
        self.document, self.layout, self.skipped = document, layout, skipped
        self.context = DocumentContext(document, layout)
        self.statements: list[Statement] = []
        self.headings: tuple[str, ...] = ()

    @cached_property
    def spans_of(self) -> dict[int, list[Span]]:
        """By the number of a line, the places of the numbers that are read there."""
        places: dict[int, list[Span]] = {}
        for statement in self.statements:
            places.setdefault(statement.span.line, []).append(statement.span)
        return places

    def read(self) -> None:
        log, tables, topic = LogReader(self.context), 0, ""
        for block, headings in zip(self.layout.blocks, self.layout.headings, strict=True):
            self.headings = headings
            if isinstance(block, Heading):
                self.context.enter((*self.headings, block.text), block.text)
                log, topic = LogReader(self.context), ""
            elif isinstance(block, PrintedTable):
                self.context.enter(self.headings, block.caption)
                if block.line not in self.skipped:
                    for draft in read_table(block, tables, self.context):
                        assert draft.cell is not None
                        self._add(draft, self._place_in_cell(draft, draft.cell), "table")
                tables += 1
            elif isinstance(block, Paragraph):
                if block.line in self.skipped:
                    continue
                self.context.enter(self.headings, "")
                about = f"{' '.join(self.headings)} {topic if block.is_item else ''}"
                if any(statement.metric == "accuracy" for statement in self.statements):
                    about += " accuracy"
                drafts = list(read_paragraph(block, self.context, about))
                if not drafts and block.is_item and re.search(IMAGE_WORDS, about, re.IGNORECASE):
                    drafts = list(read_counts(block, self.context))
                for draft, start, _ in drafts:
                    end = max(draft.number.reach, draft.number.token.end)
                    place = block.locate(start + draft.number.start, start + end)
                    self._add(draft, place, "sentence")
                self.context.enter(self.headings, block.text)
                topic = topic if block.is_item else block.text
                log = self._enter_log(log, block)
            elif isinstance(block, Verbatim) and block.kind != "code":
                self._log(log, block)

    def _enter_log(self, log: LogReader, block: Paragraph) -> LogReader:
        """A short paragraph before a log may name its epoch or its split; a longer one ends the log."""
        if len(block.text) > _SHORT:
            return LogReader(self.context)
        log.read([(block.line, block.text)])
        return log

    def _log(self, log: LogReader, block: Verbatim) -> None:
        lines = [(at, clean_in_place(self.document.lines[at].text)) for at in block.lines if at not in self.skipped]
        for at, draft in log.read(lines):
            if draft.dataset is None:
                draft.dataset = self.context.dataset_of(draft.text)
            end = max(draft.number.reach, draft.number.token.end)
            self._add(draft, Span(at, draft.number.start, end), "log")

    def add_network(self, network: ListedNetwork) -> None:
        """Add the counts that are printed with a listed network."""
        for layer in network.layers:
            if layer.count is not None:
                self._add_count(layer.count, layer.line, "parameters", layer.name or layer.type_name)
        for total in network.totals:
            metric = _METRICS_OF_TOTALS.get(total.quantity, "other")
            if total.is_own:
                self._add_count(total.count, total.line, metric, network.name)

    def add_report(self, report: ClassReport) -> None:
        """Add the rates and the numbers of images of a classification report."""
        averages = [row for row in (report.accuracy, *report.averages.values()) if row is not None]
        for row in (*report.rows, *averages):
            for kind, cell in row.rates.items():
                if kind in RATES:
                    place = self._find(row.line, cell.text)
                    self._add_printed(place, kind, 100 * cell.value, 100 * (cell.high - cell.low), cell.text, row.name)
            if row.support is not None:
                self._add_printed(
                    self._find(row.line, str(row.support)), "images", row.support, 1.0, str(row.support), row.name
                )

    def add_matrix(self, matrix: ConfusionMatrix) -> None:
        """Add the counts of a confusion matrix."""
        for row, line in zip(matrix.counts, matrix.lines, strict=False):
            for match in re.finditer(r"(?<![\d.,])\d[\d.,]*", self.document.lines[line].text):
                digits = re.sub(r"\D", "", match[0])
                if digits and len(digits) < 10 and int(digits) in row:
                    self._add_printed(Span(line, *match.span()), "other", int(digits), 1.0, match[0], "")

    def _find(self, line: int, printed: str) -> Span | None:
        """Where a number stands in a line: the first place that is not taken yet."""
        text = self.document.lines[line].text
        for match in re.finditer(rf"(?<![\d.,]){re.escape(printed)}(?![\d])", text):
            span = Span(line, *match.span())
            if not _touches(span, self.spans_of.get(line, ())):
                return span
        return None

    def _add_printed(self, span: Span | None, metric: str, value: float, step: float, printed: str, of: str) -> None:
        """Add a number that a table of classes gives, unless it was read already."""
        if span is None or _touches(span, self.spans_of.get(span.line, ())):
            return
        self._remember(span)
        self.statements.append(
            Statement(
                metric=metric,  # type: ignore[arg-type]
                printed=printed,
                value=value,
                step=step,
                where=self.document.where(span.line + 1),
                text=self.document.lines[span.line].text.strip(),
                span=span,
                kind="summary",
                of=of,
            )
        )

    def _remember(self, span: Span) -> None:
        self.spans_of.setdefault(span.line, []).append(span)

    def _add_count(self, count: PrintedCount, number: int, metric: str, of: str) -> None:
        """Add a printed count, unless a sentence or a table gave it already."""
        line = self.document.lines[number - 1].text
        digits = re.search(r"\d[\d.,]*", count.text)
        if digits is None:
            return
        as_printed = re.escape(digits[0])
        if digits[0].isdecimal():  # a phrase made from a row has no marks between thousands
            as_printed = f"{int(digits[0]):,}".replace(",", r"[.,'’\u00a0\u202f ]?")
        places = list(re.finditer(rf"(?<![\d.,]){as_printed}(?![\d])", line))
        span = Span(number - 1, *places[-1].span()) if places else Span(number - 1, 0, len(line))
        if any(known.start <= span.start < known.end for known in self.spans_of.get(span.line, ())):
            return
        self._remember(span)
        step = 1.0 if count.is_exact else count.high - count.low
        self.statements.append(
            Statement(
                metric=metric,  # type: ignore[arg-type]
                printed=places[-1][0] if places else digits[0],
                value=count.value,
                step=step,
                where=self.document.where(number),
                text=line.strip(),
                span=span,
                kind="summary",
                of=of,
            )
        )

    def _place_in_cell(self, draft: Draft, cell: Span) -> Span:
        """Where the number of a cell stands in its line, which may have marks around it."""
        start = self.document.lines[cell.line].text.find(draft.printed, cell.start, cell.end) if draft.printed else -1
        return cell if start < 0 else Span(cell.line, start, start + len(draft.printed))

    def _add(self, draft: Draft, span: Span, kind: str) -> None:
        number, metric = draft.number, draft.metric
        value, step, correct, images = number.value, number.step, None, None
        spread, upper = number.spread, number.upper
        printed = self.document.lines[span.line].text[span.start : span.end]
        if metric == "correct" and number.whole is None:
            correct = int(value)
        images = draft.images
        if number.whole is not None and metric in (*RATES, "correct"):
            correct, images = int(value), number.whole
            value, step = (100 * value / number.whole, 0.0) if metric in RATES else (value, step)
        elif metric in RATES and draft.unit == "fraction":
            value, step = 100 * value, 100 * step
            spread, upper = (None if each is None else 100 * each for each in (spread, upper))
        elif metric in ("seconds", "seconds_per_epoch") and number.seconds is not None:
            step = step * number.seconds / value if value else step
            value = number.seconds
        self.statements.append(
            Statement(
                metric=metric,  # type: ignore[arg-type]
                printed=printed,
                value=value,
                step=step,
                where=self.document.where(span.line + 1, span.start),
                text=draft.text,
                span=span,
                kind=kind,  # type: ignore[arg-type]
                unit=draft.unit,
                split=self._split(draft) or None,  # type: ignore[arg-type]
                epoch=draft.epoch,
                epochs=draft.epochs,
                step_number=draft.step[0],
                steps=draft.step[1],
                correct=correct,
                images=images,
                spread=spread,
                upper=upper,
                is_about=draft.is_about,
                is_mean=draft.is_mean or number.spread is not None,
                is_change=draft.is_change,
                is_cited=draft.is_cited,
                of=draft.of,
                headings=self.headings,
                dataset=draft.dataset,
                place=draft.place,
            )
        )

    def _split(self, draft: Draft) -> str:
        """The split of a number: its own, that of the caption or the nearest heading, or training for a step of it."""
        if draft.split or draft.metric not in (*RATES, "loss", "correct"):
            return draft.split
        for text in (draft.caption, *reversed(self.headings)):
            names = {token.name for token in tokenize(text) if token.kind == "split"}
            if names:  # a section on training has figures of all splits
                return names.pop() if len(names) == 1 and names != {"train"} else ""
        return "train" if draft.is_of_step else ""

    def unread(self) -> list[Span]:
        """Numbers with a percent sign or several decimals, outside code, that are in no statement."""
        read: dict[int, list[Span]] = {}
        for statement in self.statements:
            read.setdefault(statement.span.line, []).append(statement.span)
        places = []
        for block in self.layout.blocks:
            if isinstance(block, Heading) or (isinstance(block, Verbatim) and block.kind == "code"):
                continue
            for at in _lines_of(block):
                if at in self.skipped:
                    continue
                text = self.document.lines[at].text[:LONGEST]
                found = [Span(at, *match.span()) for match in _FIGURE.finditer(text)]
                found = [span for span in found if not _touches(span, read.get(at, ()))]
                known = self._known(at) if found else []
                places += [span for span in found if not _touches(span, known)]
        return places

    def _known(self, at: int) -> list[Span]:
        """Numbers of a line that are no results: settings, steps, times, sizes, spreads."""
        text = clean_in_place(self.document.lines[at].text)
        phrase = read_phrase(text, self.context.has_decimal_comma)
        return [Span(at, number.start, number.end) for number in phrase.numbers if number.role]


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(other.start < span.end and span.start < other.end for other in others)


def _lines_of(block: Paragraph | PrintedTable | Verbatim) -> list[int]:
    if isinstance(block, Verbatim):
        return list(block.lines)
    if isinstance(block, PrintedTable):
        return [row.line for row in block.rows]
    return [piece[1] for piece in block.pieces]
