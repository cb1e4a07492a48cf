"""Classification reports: tables of precision, recall and F1, each row a class or a model.

They are read from the lines of a document: scikit-learn's text with any spacing, tables of Markdown (which tables of
Word, PDF and HTML become), and dictionaries of `output_dict=True`. Words of eight languages name their columns.
"""

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from deepstudy.audits.reading.blocks import DocumentLayout, Heading, Paragraph, PrintedTable
from deepstudy.audits.reading.classes.class_words import (
    CLASS_HEADER,
    COLUMN_WORD,
    COUNT_COLUMNS,
    RATE_COLUMNS,
    averaging_of,
    column_kind,
)
from deepstudy.audits.reading.document import ReportDocument

_LONGEST = 600  # letters of a line of a table; what is longer is data
_SLACK = 1e-6  # of a float32
_NUMBER = re.compile(r"[-−]?(?:\d{1,12}(?:[.,]\d{1,18}){0,4}|[.,]\d{1,18})")
_FIGURE = re.compile(r"~?≈?\(?[-−]?\d{1,12}(?:[.,]\d{1,18}){0,4}(?:e-?\d{1,2})?%?\)?|nan|-|–|—|n/?a", re.IGNORECASE)
_ABOUT = re.compile(r"[~≈∼<>≥≤]|ca\.|about|±|\+/-")
_MARKS = re.compile(r"\*\*|__|`|\*|</?(?:b|strong|em|i|sub|sup)>|\\textbf|\\mathbf|[${}]")
_BOX = str.maketrans("│┃║｜", "||||")
_RULE = re.compile(r"[\s|+:=\-_*~─━═┄┈┏┓┗┛┣┫┳┻╋┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬]*")
_DICT_ENTRY = re.compile(r"['\"]([^'\"{}\n]{1,60})['\"]\s{0,4}:\s{0,4}\{([^{}]{20,400})\}")
_DICT_VALUE = re.compile(r"['\"]([a-z1\- ]{4,10})['\"]\s{0,4}:\s{0,4}(?:np\.\w{1,8}\()?([\d.]{1,22}(?:e-?\d{1,3})?)")
_DICT_ACCURACY = re.compile(r"['\"]accuracy['\"]\s{0,4}:\s{0,4}(?:np\.\w{1,8}\()?([\d.]{1,22})")


@dataclass(frozen=True)
class RateCell:
    """A printed rate.

    Attributes:
        text: the rate as it is printed.
        value: its value, as a fraction of 1.
        low: the least value that is printed so.
        high: the greatest value that is printed so.
    """

    text: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ClassRow:
    """A row of a report.

    Attributes:
        name: the class, the model, or the average.
        line: the number of its line in the document, from 0.
        rates: by the kind of its column, the rates.
        support: the number of images of the class; None if it is not printed.
        counts: true and false positives and negatives: `tp`, `fp`, `fn`, `tn`.
    """

    name: str
    line: int
    rates: Mapping[str, RateCell]
    support: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass
class ClassReport:
    """A table of precision, recall and F1.

    Attributes:
        line: the number of its first line in the document, from 0.
        end: the number of the line after its last.
        headers: by the kind of each column, its header.
        rows: the rows of classes or models.
        averages: by the kind of average (`macro`, `weighted`, `micro`, `samples`, `average`), its row.
        accuracy: the row of the accuracy.
        is_of_classes: whether each row is a class; otherwise they may be models.
        is_output: whether a program printed it, so that its figures are rounded and not cut off.
        has_gap: whether rows may be left out.
        headings: the headings above it.
    """

    line: int
    end: int
    headers: Mapping[str, str]
    rows: list[ClassRow] = field(default_factory=list)
    averages: dict[str, ClassRow] = field(default_factory=dict)
    accuracy: ClassRow | None = None
    is_of_classes: bool = False
    is_output: bool = False
    has_gap: bool = False
    headings: tuple[str, ...] = ()

    @property
    def totals(self) -> list[tuple[int, int]]:
        """The numbers of images that the rows below the classes print, each with the number of its line."""
        rows = [row for row in (self.accuracy, *self.averages.values()) if row is not None]
        return [(row.support, row.line) for row in rows if row.support]


class Sections:
    """The headings above each line of a document."""

    def __init__(self, layout: DocumentLayout) -> None:
        """Look through the blocks.

        Arguments:
            layout: the blocks of the document.
        """
        self._lines: list[int] = []
        self._headings: list[tuple[str, ...]] = []
        for block, headings in zip(layout.blocks, layout.headings, strict=True):
            is_simple = isinstance(block, Heading | Paragraph | PrintedTable)
            line = block.line if is_simple else block.lines[0]  # type: ignore[union-attr]
            if not self._lines or line >= self._lines[-1]:
                self._lines.append(line)
                self._headings.append(headings)

    def of(self, line: int) -> tuple[str, ...]:
        """Find the headings above a line.

        Arguments:
            line: its number in the document, from 0.

        Returns:
            The headings, the outermost first.
        """
        at = bisect.bisect_right(self._lines, line) - 1
        return self._headings[at] if at >= 0 else ()


def read_class_reports(document: ReportDocument, layout: DocumentLayout) -> list[ClassReport]:
    """Find the classification reports of a document.

    Arguments:
        document: the document.
        layout: its blocks.

    Returns:
        The reports, in reading order. Tables of models with precision and recall are among them; they are not
        `is_of_classes`.
    """
    sections = Sections(layout)
    code = {line for block in layout.blocks if getattr(block, "kind", "") == "code" for line in block.lines}  # type: ignore[union-attr]
    lines = [line.text[:_LONGEST].translate(_BOX) for line in document.lines]
    reports: list[ClassReport] = []
    at = 0
    while at < len(lines):
        found, end = ([], at) if at in code else _reports_at(lines, at)
        for report in found:
            report.headings = sections.of(report.line)
        reports += found
        at = max(at + 1, end)
    reports += _dictionaries(lines, sections)
    return sorted(reports, key=lambda report: report.line)


def read_rate(text: str, is_percent: bool = False, is_output: bool = False, is_exact: bool = False) -> RateCell | None:
    """Read a printed rate.

    Arguments:
        text: the number, with or without a percent sign.
        is_percent: whether it is in percent though it has no sign.
        is_output: whether a program rounded it. Others may have cut it off after its last digit.
        is_exact: whether it is printed with all its digits, so that 0.8 is 0.8000000.

    Returns:
        The rate; None if it is no number, or an approximate one.
    """
    plain = _MARKS.sub("", text).strip().replace("−", "-")
    if _ABOUT.search(plain):
        return None
    match = _NUMBER.match(plain.lstrip("("))
    if match is None or len(_NUMBER.findall(plain)) > 1:
        return None
    digits = match.group().replace(",", ".")
    if digits.count(".") > 1 or len(digits) > 24:
        return None
    scale = 100 if is_percent or "%" in plain or "％" in plain else 1
    value, step = float(digits) / scale, 10.0 ** -len(digits.partition(".")[2]) / scale
    below = _SLACK if is_exact else step / 2 + (_SLACK if step < 1e-5 else 1e-9)
    return RateCell(plain, value, value - below, value + (below if is_output else max(step, below)))


def read_count(text: str) -> int | None:
    """Read a printed number of images.

    Arguments:
        text: digits, with or without marks of thousands: `1135`, `4,825`, `1 576`, `980.0`, `561 (TN)`.

    Returns:
        The number; None if it is no whole number.
    """
    plain = _MARKS.sub("", text).strip()
    match = re.fullmatch(
        r"([1-9]\d{0,2}(?:[,. \u00a0\u2009\u202f]\d{3}){1,3}|\d{1,9})(?:\.0{1,16})?\s*(?:\([^()]{1,40}\))?", plain
    )
    return int(re.sub(r"\D", "", match[1])) if match else None


# Tables --------------------------------------------------------------------------------------------------------------


def _reports_at(lines: Sequence[str], at: int) -> tuple[list[ClassReport], int]:
    """The reports of the table whose header is a line, and where it ends.

    An average ends a report, and the next class begins another.
    """
    line = lines[at]
    if sum(1 for _ in COLUMN_WORD.finditer(line)) < 2:
        return [], at
    has_pipes = line.count("|") >= 2
    columns = _pipe_columns(line) if has_pipes else _text_columns(line)
    if columns is None:
        return [], at
    kinds = [column_kind(header) for header in columns]
    named = [kind for kind in kinds if kind]
    rates = {*named} & {*RATE_COLUMNS}
    if len(named) != len({*named}) or not (
        {"precision", "recall"} <= rates or {"f1"} < rates or len({*named} & {*COUNT_COLUMNS}) > 2
    ):
        return [], at
    rows, end, gaps = (_pipe_rows if has_pipes else _text_rows)(lines, at + 1, kinds)
    headers = {kind: header for kind, header in zip(kinds, columns, strict=True) if kind}
    label = columns[: next(index for index, kind in enumerate(kinds) if kind)] if has_pipes else [line.split("  ")[0]]
    return _make_reports(rows, _ReportTable(at, end, headers, kinds, not has_pipes, " ".join(label), gaps)), end


@dataclass(frozen=True)
class _ReportTable:
    """What all rows of a table share."""

    line: int
    end: int
    headers: Mapping[str, str]
    kinds: Sequence[str]
    is_output: bool
    label: str
    gaps: frozenset[int]  # lines before which rows may be missing


_Row = tuple[str, list[str], int]  # its name, its cells, its line


def _pipe_columns(line: str) -> list[str] | None:
    return [_MARKS.sub("", cell).strip() for cell in _pipe_cells(line)]


def _pipe_cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _text_columns(line: str) -> list[str] | None:
    """The columns of a header that a program printed, without that of the names; None if it is no header."""
    matches = list(COLUMN_WORD.finditer(line))
    head = line[: matches[0].start()]
    if len(head.split()) > 4 or re.search(r"[:=(]\s*$|\d", head) or re.search(r"[.。:=]\s*$", line.rstrip()):
        return None
    columns, at = [], matches[0].start()
    for match in matches:
        between = line[at : match.start()]
        columns += re.findall(r"[^\s,;()%]+", between)
        if re.search(r"[,;]\s*$|\band\s*$", between):
            return None  # a sentence, or a line of code
        columns.append(match.group())
        at = match.end()
    columns += re.findall(r"[^\s()%]+", line[at:])
    return columns if len(columns) <= len(matches) + 4 else None


def _text_rows(lines: Sequence[str], at: int, kinds: Sequence[str]) -> tuple[list[_Row], int, frozenset[int]]:
    """The rows below a header of text: a name, then a number for each column."""
    rows: list[_Row] = []
    blank, end, gaps = 0, at, set()
    while at < len(lines) and blank < 3:
        text = lines[at].strip()
        if not text or _RULE.fullmatch(text):
            blank += 1
        elif re.fullmatch(r"(?:\.\.\.|…|⋮|:)[\s.…⋮:]*", text):
            gaps.add(at)
        else:
            words = re.sub(r"\s+%", "%", text).split()
            count = 0
            while count < min(len(kinds), len(words)) and _FIGURE.fullmatch(words[-1 - count]):
                count += 1
            name = " ".join(words[: len(words) - count])
            kind = averaging_of(name)
            if count < len(kinds) and not (kind == "accuracy" and 1 <= count <= 2):
                break
            if not name and rows:
                break
            rows.append((name, words[len(words) - count :], at))
            blank, end = 0, at + 1
        at += 1
    return rows, end, frozenset(gaps)


def _pipe_rows(lines: Sequence[str], at: int, kinds: Sequence[str]) -> tuple[list[_Row], int, frozenset[int]]:
    rows: list[_Row] = []
    gaps = set()
    first = next(index for index, kind in enumerate(kinds) if kind)
    while at < len(lines) and (lines[at].count("|") >= 2 or (lines[at].strip() and _RULE.fullmatch(lines[at]))):
        if not _RULE.fullmatch(lines[at]):
            cells = _pipe_cells(lines[at])
            name = " / ".join(filter(None, (_MARKS.sub("", cell).strip() for cell in cells[:first])))
            if len(cells) == len(kinds):
                rows.append((name, cells, at))
            elif len([cell for cell in cells if cell]) <= 1:
                rows.append((name, [], at))  # a subtitle
            if re.fullmatch(r"[\s.…⋮]{1,9}", name):
                gaps.add(at)
        at += 1
    return rows, at, frozenset(gaps)


def _make_reports(rows: Sequence[_Row], table: _ReportTable) -> list[ClassReport]:
    percent = {
        kind for index, kind in enumerate(table.kinds) if kind in RATE_COLUMNS and _is_percent(rows, table, index)
    }
    reports: list[ClassReport] = []
    report: ClassReport | None = None
    for name, cells, line in rows:
        if not cells or (report is not None and report.averages and not averaging_of(name)):
            report = None
        if not cells:
            continue
        if report is None:
            report = ClassReport(
                table.line if not reports else line, line + 1, table.headers, is_output=table.is_output
            )
            reports.append(report)
        _add_row(report, name, cells, line, table, percent)
        report.end = line + 1
    for report in reports:
        report.is_of_classes = _is_of_classes(report, table)
        report.has_gap = any(report.line <= line < report.end for line in table.gaps)
    reports = [report for report in reports if report.rows]
    if reports:
        reports[-1].end = table.end
    return reports


def _is_percent(rows: Sequence[_Row], table: _ReportTable, column: int) -> bool:
    """Whether the numbers of a column are percentages, with or without a sign."""
    values = []
    for _, cells, _ in rows:
        if len(cells) == len(table.kinds) and "%" not in cells[column]:
            cell = read_rate(cells[column])
            values += [cell.value] if cell is not None else []
    return sum(value > 1.5 for value in values) > len(values) / 2


def _add_row(
    report: ClassReport, name: str, cells: Sequence[str], line: int, table: _ReportTable, percent: set[str]
) -> None:
    kind = averaging_of(name)
    if kind == "accuracy":
        report.accuracy = _accuracy_row(name, cells, line, table, bool(percent))
        return
    rates, counts, support = {}, {}, None
    for column, cell in zip(table.kinds, cells, strict=True):
        if column in RATE_COLUMNS and (rate := read_rate(cell, column in percent, table.is_output)) is not None:
            rates[column] = rate
        elif column in COUNT_COLUMNS and (number := read_count(cell)) is not None:
            counts[column] = number
        elif column == "support":
            support = read_count(cell)
    row = ClassRow(name, line, rates, support, counts)
    if kind:
        report.averages.setdefault(kind, row)
    elif rates or counts:
        report.rows.append(row)


def _accuracy_row(name: str, cells: Sequence[str], line: int, table: _ReportTable, is_percent: bool) -> ClassRow:
    """The row of the accuracy: a rate somewhere among empty cells, and the number of images."""
    rates: dict[str, RateCell] = {}
    support = None
    for cell in cells:
        number = read_count(cell)
        if number is not None and number > 1 and not (is_percent and not rates):
            support = number
        elif (rate := read_rate(cell, is_percent, table.is_output)) is not None and rate.value <= 1.5:
            if rates and abs(rates["accuracy"].value - rate.value) > 0.02:
                continue
            rates.setdefault("accuracy", rate)
    return ClassRow(name, line, rates, support)


def _is_of_classes(report: ClassReport, table: _ReportTable) -> bool:
    """Whether the rows are classes: the table says so, prints their images or averages, or numbers them."""
    names = [row.name for row in report.rows]
    has_supports = sum(row.support is not None for row in report.rows) >= 2
    is_numbered = len(names) >= 2 and all(re.fullmatch(r"(?:\w{0,9} ?)?\d{1,3}(?:\.0)?", name) for name in names)
    named = CLASS_HEADER.search(table.label) is not None
    averaged = bool({"macro", "weighted"} & {*report.averages}) or report.accuracy is not None
    return named or averaged or (table.is_output and has_supports) or (has_supports and is_numbered)


# Dictionaries --------------------------------------------------------------------------------------------------------


def _dictionaries(lines: Sequence[str], sections: Sections) -> Iterator[ClassReport]:
    """Reports that were printed as dictionaries."""
    marked = [
        at for at, line in enumerate(lines) if "precision" in line and "{" in line + "".join(lines[max(at - 1, 0) : at])
    ]
    done = -1
    for at in marked:
        if at <= done:
            continue
        start = max(at - 1, 0)
        while start and not lines[start].lstrip().startswith("{") and "{" in lines[start] and at - start < 4:
            start -= 1
        stop = min(at + 1200, len(lines))
        end = next((index for index in range(at + 1, stop) if not lines[index].strip() or "```" in lines[index]), stop)
        report = _dictionary(lines[start:end], start)
        done = end
        if report is not None:
            report.headings = sections.of(start)
            yield report


def _dictionary(lines: Sequence[str], start: int) -> ClassReport | None:
    text = "\n".join(lines)
    report = ClassReport(start, start + len(lines), {}, is_of_classes=True, is_output=True)
    for match in _DICT_ENTRY.finditer(text):
        values = dict(_DICT_VALUE.findall(match[2]))
        if not {"precision", "recall"} <= {*values}:
            continue
        line = start + text.count("\n", 0, match.start())
        names = {"precision": "precision", "recall": "recall", "f1-score": "f1"}
        rates = {
            kind: cell
            for key, kind in names.items()
            if (cell := read_rate(values.get(key, ""), is_output=True, is_exact=True))
        }
        support = read_count(values["support"]) if "support" in values else None
        kind = averaging_of(match[1])
        row = ClassRow(match[1], line, rates, support)
        if kind:
            report.averages.setdefault(kind, row)
        else:
            report.rows.append(row)
    if (printed := _DICT_ACCURACY.search(text)) is not None:
        cell = read_rate(printed[1], is_output=True, is_exact=True)
        line = start + text.count("\n", 0, printed.start())
        report.accuracy = ClassRow("accuracy", line, {"accuracy": cell} if cell else {})
    return report if len(report.rows) >= 2 else None
