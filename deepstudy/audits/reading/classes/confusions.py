"""Confusion matrices: printed arrays, tables with the classes on both sides, and true and false positives in a list.

A square of whole numbers is a confusion matrix only if the text near it says so, or if its header and its rows speak of
actual and predicted classes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from deepstudy.audits.reading.blocks import DocumentLayout
from deepstudy.audits.reading.classes.class_reports import RateCell, Sections, read_count, read_rate
from deepstudy.audits.reading.classes.class_words import (
    ACTUAL,
    COLUMN_WORD,
    CONFUSION,
    COUNT_COLUMNS,
    COUNT_WORD,
    PREDICTED,
    RATE_COLUMNS,
    TOTAL,
    column_kind,
)
from deepstudy.audits.reading.document import ReportDocument

_LONGEST = 4000  # letters of a line
_LARGEST = 120  # classes
_CAPTION = re.compile(r"\W{0,4}(?:tab|fig|abb|cuadro|quadro|표|그림|表|图|圖|図)", re.IGNORECASE)
_BEGINNING = 30  # letters of a caption below a matrix
_ABOVE = 6  # lines above a matrix that may name it
_WIDE = re.compile(r"\s{2,}")
_BOX = str.maketrans("│┃║｜", "||||")
_RULE = re.compile(r"[\s|+:=\-_*~─━═┄┈┏┓┗┛┣┫┳┻╋┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬]*")
_BRACKETS = re.compile(r"\[([^\[\]]{1,2000})\]")
_CELL = re.compile(r"\d{1,9}(?:\.\d{0,18})?(?:e[-+]?\d{1,3})?")
_ARRAY = re.compile(r"[\s\d.,eE+\-]*")
_PRINTED = re.compile(r"\d{1,9}(?:\.\d{1,10})?%?")
_MARKS = re.compile(r"\*\*|__|`|\*|</?\w{1,6}>|[${}]")
_AFFIX = re.compile(
    r"predict(?:ed|ion)?s?|pred|actual(?:ly)?|true|truth|ground|real|class|label|as|예측|실제|预测|預測|予測|真实|真實|实际|實際|実際|"
    r"vorhergesagt|tatsächlich|wahr|prédit|réel|predicho|predito|previsto|verdadero|verdadeiro|[():：=\-]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ConfusionMatrix:
    """A confusion matrix.

    Attributes:
        counts: the images in each cell, row by row; () if it prints shares.
        rates: the share in each cell, row by row; () if it prints counts.
        labels: the classes; () if they are not printed.
        line: the number of its first line in the document, from 0.
        end: the number of the line after its last.
        lines: the number of the line of each row.
        row_totals: the printed totals of the rows; () if there are none.
        column_totals: the printed totals of the columns; () if there are none.
        is_named: whether the text says that it is a confusion matrix.
        headings: the headings above it.
    """

    counts: tuple[tuple[int, ...], ...]
    rates: tuple[tuple[RateCell, ...], ...]
    labels: tuple[str, ...]
    line: int
    end: int
    lines: tuple[int, ...]
    row_totals: tuple[int, ...] = ()
    column_totals: tuple[int, ...] = ()
    is_named: bool = True
    headings: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The number of classes."""
        return len(self.counts or self.rates)

    @property
    def total(self) -> int:
        """All images."""
        return sum(map(sum, self.counts))

    @property
    def correct(self) -> int:
        """The images on the diagonal."""
        return sum(row[at] for at, row in enumerate(self.counts))

    @property
    def row_sums(self) -> tuple[int, ...]:
        """The images of each row."""
        return tuple(map(sum, self.counts))

    @property
    def column_sums(self) -> tuple[int, ...]:
        """The images of each column."""
        return tuple(map(sum, zip(*self.counts, strict=True)))


@dataclass(frozen=True)
class BinaryCounts:
    """True and false positives and negatives, with the rates that are printed with them.

    Attributes:
        counts: `tp`, `fp`, `fn` and, if printed, `tn`.
        rates: by its name, each rate and the number of its line.
        line: the number of the first line, from 0.
        end: the number of the line after the last count.
    """

    counts: Mapping[str, int]
    rates: Mapping[str, tuple[RateCell, int]]
    line: int
    end: int


@dataclass
class _Square:
    """A square of cells while it is being read."""

    cells: list[list[str]]
    line: int
    end: int
    lines: list[int]
    labels: list[str] = field(default_factory=list)
    row_totals: list[str] = field(default_factory=list)
    column_totals: list[str] = field(default_factory=list)
    is_named: bool = False


def read_confusions(document: ReportDocument, layout: DocumentLayout) -> list[ConfusionMatrix]:
    """Find the confusion matrices of a document.

    Arguments:
        document: the document.
        layout: its blocks.

    Returns:
        The matrices, in reading order. Arrays that the text does not name are among them; they are not `is_named`.
    """
    lines = [line.text[:_LONGEST].translate(_BOX) for line in document.lines]
    sections = Sections(layout)
    matrices = []
    at = 0
    while at < len(lines):
        square = _array(lines, at) or _pipes(lines, at) or _aligned(lines, at)
        if square is not None:
            is_named = (
                square.is_named
                or _names_confusion(lines, square.line, sections)
                or any(
                    CONFUSION.search(text) and (_CAPTION.match(text) or CONFUSION.search(text[:_BEGINNING]))
                    for text in _below(lines, square.end)
                )
            )
            matrix = _make(square, is_named, sections)
            if matrix is not None and (is_named or (matrix.counts and not matrix.labels)):
                matrices.append(matrix)
                at = matrix.end
                continue
        at += 1
    return matrices


def _below(lines: Sequence[str], end: int) -> list[str]:
    """The next line that is not empty."""
    return [text for text in lines[end : end + 3] if text.strip()][:1]


def _names_confusion(lines: Sequence[str], line: int, sections: Sections) -> bool:
    above = [text for text in lines[max(line - 3 * _ABOVE, 0) : line + 1] if text.strip()][-_ABOVE - 1 :]
    headings = sections.of(line)[-1:]
    if any(CONFUSION.search(text) for text in (*above, *headings) if "import" not in text):
        return True
    return any(ACTUAL.search(text) and PREDICTED.search(text) for text in above[-2:])  # `by true and predicted class`


def _make(square: _Square, is_named: bool, sections: Sections) -> ConfusionMatrix | None:
    """A matrix out of its cells; None if they are neither counts nor shares."""
    counts = [[read_count(cell) for cell in row] for row in square.cells]
    place = (square.line, square.end, tuple(square.lines))
    totals = [read_count(cell) for cell in square.row_totals]
    column_totals = [read_count(cell) for cell in square.column_totals[: len(square.cells)]]
    headings = sections.of(square.line)
    if all(count is not None for row in counts for count in row):
        known = tuple(tuple(count or 0 for count in row) for row in counts)
        if sum(map(sum, known)) < 2 or (max(map(max, known)) <= 1 and len(known) > 2):
            return None
        return ConfusionMatrix(
            known,
            (),
            tuple(square.labels),
            *place,
            tuple(total or 0 for total in totals) if None not in totals else (),
            tuple(total or 0 for total in column_totals) if None not in column_totals else (),
            is_named,
            headings,
        )
    plain = [cell for row in square.cells for cell in row]
    if any(re.fullmatch(r"\d+", cell) and cell not in ("0", "1", "100") for cell in plain):
        return None  # whole numbers among shares: rows of another table
    values = [
        float(match.group()) for cell in plain if (match := re.match(r"\d{1,9}(?:\.\d{1,18})?", cell.replace(",", ".")))
    ]
    is_percent = len(values) == len(plain) and max(values, default=0) > 1.5
    rates = [[read_rate(cell, is_percent) for cell in row] for row in square.cells]
    if any(cell is None or not 0 <= cell.value <= 1.001 for row in rates for cell in row):
        return None
    shares = tuple(tuple(cell for cell in row if cell is not None) for row in rates)
    return ConfusionMatrix((), shares, tuple(square.labels), *place, (), (), is_named, headings)


# Arrays --------------------------------------------------------------------------------------------------------------


def _array(lines: Sequence[str], at: int) -> _Square | None:
    """An array as numpy, torch or Python prints it: `[[970 0]` and the lines below it."""
    start = lines[at].find("[[")
    limit = min(len(lines), at + 4 * _LARGEST)
    if start < 0:  # rows without the outer brackets, each on a line
        match = re.match(r"\s*\[([\s\d.,]{3,1000})\],?\s*$", lines[at])
        if match is None:
            return None
        start, limit = match.start(), min(limit, at + len(_CELL.findall(match[1])))
    text, end, starts = lines[at][start:], at + 1, [0]
    while "]]" not in text and end < limit and len(text) < 60_000:
        if "[[" in lines[end] or (lines[end].strip() and not re.match(r"\s*(?:\[|\d)", lines[end])):
            break
        starts.append(len(text) + 1)
        text += "\n" + lines[end]
        end += 1
    text = text.partition("]]")[0] + "]"
    rows, numbers = [], []
    for match in _BRACKETS.finditer(text):
        if _ARRAY.fullmatch(match[1]):
            rows.append([cell.rstrip(".") for cell in _CELL.findall(match[1])])
            numbers.append(at + sum(begin <= match.start() for begin in starts) - 1)
    size = len(rows)
    if not 2 <= size <= _LARGEST or any(len(row) != size for row in rows) or "-" in text.replace("e-", "e"):
        return None
    return _Square(rows, at, max(end, numbers[-1] + 1), numbers)


# Tables --------------------------------------------------------------------------------------------------------------


def _pipes(lines: Sequence[str], at: int) -> _Square | None:
    """A table of Markdown whose rows and columns are the same classes."""
    if lines[at].count("|") < 2 or (at and lines[at - 1].count("|") >= 2) or _RULE.fullmatch(lines[at]):
        return None
    rows: list[tuple[list[str], int]] = []
    end = at
    while end < len(lines) and (lines[end].count("|") >= 2 or (lines[end].strip() and _RULE.fullmatch(lines[end]))):
        if not _RULE.fullmatch(lines[end]):
            cells = lines[end].strip().removeprefix("|").removesuffix("|").split("|")
            rows.append(([_MARKS.sub("", cell).strip() for cell in cells], end))
        end += 1
    # A header of two lines: the upper one says `Predicted`.
    while len(rows) > 3 and sum(bool(_PRINTED.fullmatch(cell)) for cell in rows[1][0][1:]) == 0:
        rows.pop(0)
    if not 3 <= len(rows) <= _LARGEST + 3:
        return None
    header, body = rows[0][0], rows[1:]
    labels = 1
    while (
        labels < 3
        and labels < len(header)
        and all(len(cells) > labels and not re.match(r"\d", cells[labels]) for cells, _ in body)
    ):
        labels += 1
    whole = "\n".join(lines[at:end])
    is_named = PREDICTED.search(whole) is not None and ACTUAL.search(whole) is not None
    return _square(
        header[labels:], [(" ".join(cells[:labels]), cells[labels:], line) for cells, line in body], at, end, is_named
    )


def _square(
    header: Sequence[str],
    body: Sequence[tuple[str, list[str], int]],
    at: int,
    end: int,
    is_named: bool,
    is_text: bool = False,
) -> _Square | None:
    """The square of a table, without its totals and the rates beside it; names of text may be cut off."""
    width = next((index for index, cell in enumerate(header) if _is_beside(cell)), len(header))
    row_totals = (
        [cells[width] for _, cells, _ in body if len(cells) > width]
        if width < len(header) and TOTAL.fullmatch(header[width])
        else []
    )
    height = next((index for index, (name, _, _) in enumerate(body) if _is_beside(name)), len(body))
    if not 2 <= width == height <= _LARGEST or any(len(cells) < width for _, cells, _ in body[:height]):
        return None
    column_totals = body[height][1] if height < len(body) and TOTAL.fullmatch(body[height][0].strip()) else []
    cells = [row[:width] for _, row, _ in body[:height]]
    names, columns = [_label(name) for name, _, _ in body[:height]], [_label(cell) for cell in header[:width]]
    if not is_named and not _are_same(names, columns, is_text):
        return None
    if any(not re.match(r"[\d.]", cell) for row in cells for cell in row):
        return None
    labels = names if all(names) else columns
    return _Square(
        cells,
        at,
        end,
        [line for _, _, line in body[:height]],
        labels,
        row_totals[:height],
        column_totals[:width],
        is_named,
    )


def _are_same(names: Sequence[str], columns: Sequence[str], is_text: bool) -> bool:
    if is_text:
        return all(a and b and (a.startswith(b) or b.startswith(a)) for a, b in zip(names, columns, strict=True))
    return [*names] == [*columns]


def _is_beside(name: str) -> bool:
    """Whether a row or column stands beside the square: a total or a rate."""
    return TOTAL.fullmatch(name.strip()) is not None or (
        column_kind(name) in (*RATE_COLUMNS, "support") and not PREDICTED.search(name) and not ACTUAL.search(name)
    )


def _label(name: str) -> str:
    return " ".join(_AFFIX.sub(" ", name).split()).lower()


# Text ----------------------------------------------------------------------------------------------------------------


def _aligned(lines: Sequence[str], at: int) -> _Square | None:
    """Lines of numbers in columns: the print of a data frame or of MATLAB, or a table made by hand."""
    if "|" in lines[at] or "[" in lines[at] or not re.search(r"\d", lines[at]):
        return None
    header = _header(lines, at)
    numbers = lines[at].split()
    width = len(header) or (len(numbers) if all(map(_PRINTED.fullmatch, numbers)) else 0)
    rows: list[tuple[str, list[str], int]] = []
    while width >= 2 and at + len(rows) < len(lines) and len(rows) <= width:
        words = lines[at + len(rows)].split()
        name, cells = words[:-width], words[-width:]
        if len(cells) < width or len(name) > 5 or not all(map(_PRINTED.fullmatch, cells)):
            break
        rows.append((" ".join(name).strip(" :"), cells, at + len(rows)))
    if header:
        above = " ".join(lines[max(at - 2, 0) : at])
        is_named = PREDICTED.search(above) is not None and ACTUAL.search(above) is not None
        return _square(header, rows, at, at + len(rows), is_named, is_text=True)
    if len(rows) != width or not 2 <= width <= _LARGEST or any(name for name, _, _ in rows):
        return None
    return _Square([cells for _, cells, _ in rows], at, at + len(rows), [line for _, _, line in rows])


def _header(lines: Sequence[str], at: int) -> list[str]:
    """The classes in the line above, or in the line above that: a data frame prints the name of its rows between."""
    for above in lines[max(at - 2, 0) : at][::-1]:
        columns = _WIDE.split(above.strip())  # names of several words, between gaps
        if len(columns) > 2 and any(" " in column for column in columns):
            if PREDICTED.search(columns[0]) or ACTUAL.search(columns[0]):
                columns = columns[1:]
            cells = lines[at].split()[-len(columns) :]
            if len(cells) == len(columns) and all(map(_PRINTED.fullmatch, cells)):
                return columns
        words = above.split()
        while words and (words[0] in "\\/" or PREDICTED.search(words[0]) or ACTUAL.search(words[0])):
            words = words[1:]
        if len(words) >= 2:
            return words if len(words) <= _LARGEST and len(lines[at].split()) > len(words) else []
    return []


# True and false positives --------------------------------------------------------------------------------------------

_COUNT = re.compile(
    rf"(?:{COUNT_WORD})[*_`]{{0,2}}(?:\s{{0,2}}\([a-z]{{2}}s?\))?[*_`]{{0,2}}\s{{0,20}}(?:[=:：|]|は|为|為|是)\s{{0,20}}[*_`]{{0,2}}"
    r"(?P<n>\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(?![\d.%/])",
    re.IGNORECASE,
)
_NEAR = 14  # lines around true and false positives in which their rates stand


def read_binary_counts(document: ReportDocument, layout: DocumentLayout) -> Iterator[BinaryCounts]:
    """Find true and false positives and negatives that are listed in a few lines, not in a table of several rows.

    Arguments:
        document: the document.
        layout: its blocks.

    Yields:
        The counts, with the rates in the lines around them.
    """
    code = {line for block in layout.blocks if getattr(block, "kind", "") == "code" for line in block.lines}  # type: ignore[union-attr]
    sections = Sections(layout)
    found: list[tuple[int, str, int]] = []
    for number, line in enumerate(document.lines):
        if number in code or line.kind == "code":
            continue
        found += [
            (
                number,
                _name_of(match),
                int(match["n"].replace(",", "")),
            )
            for match in _COUNT.finditer(line.text[:_LONGEST])
        ]
    groups: list[list[tuple[int, str, int]]] = []
    for item in found:
        group = groups[-1] if groups else None
        if group is None or item[0] - group[-1][0] > 4 or item[1] in {name for _, name, _ in group}:
            groups.append([item])
        else:
            group.append(item)
    for at, group in enumerate(groups):
        counts = {name: value for _, name, value in group}
        if not {"tp", "fp", "fn"} <= {*counts}:
            continue
        first, last = group[0][0], group[-1][0]
        before = groups[at - 1][-1][0] + 1 if at else 0
        after = groups[at + 1][0][0] if at + 1 < len(groups) else len(document.lines)
        window = range(max(first - _NEAR, before), min(last + _NEAR + 1, after))
        lines = [number for number in window if number not in code and sections.of(number) == sections.of(first)]
        yield BinaryCounts(counts, _rates(document, lines), first, last + 1)


def read_rates_beside(document: ReportDocument, layout: DocumentLayout, matrix: ConfusionMatrix) -> BinaryCounts:
    """Find the rates that a text lists near a matrix of two classes.

    Arguments:
        document: the document.
        layout: its blocks.
        matrix: a matrix of counts of two classes.

    Returns:
        The counts of the matrix, the second class taken as positive, with the rates.
    """
    sections = Sections(layout)
    window = range(max(matrix.line - _NEAR, 0), min(matrix.end + _NEAR, len(document.lines)))
    top = sections.of(matrix.line)[:-1]
    lines = [at for at in window if not matrix.line <= at < matrix.end and sections.of(at)[: len(top)] == top]
    (tn, fp), (fn, tp) = matrix.counts
    rates = _rates(document, [at for at in lines if document.lines[at].kind != "code"])
    return BinaryCounts({"tp": tp, "fp": fp, "fn": fn, "tn": tn}, rates, matrix.line, matrix.end)


def _name_of(match: re.Match[str]) -> str:
    return next(name for name in COUNT_COLUMNS if match[name])


def _rates(document: ReportDocument, lines: Sequence[int]) -> dict[str, tuple[RateCell, int]]:
    """The rates that lines print, each of one line at most: `precision = 45 / 50 = 0.90` is 0.90."""
    rates: dict[str, tuple[RateCell, int]] = {}
    twice = set()
    for number in lines:
        text = _MARKS.sub("", document.lines[number].text[:_LONGEST])
        words = [match for match in COLUMN_WORD.finditer(text) if match.lastgroup in RATE_COLUMNS]
        for index, match in enumerate(words):
            kind = str(match.lastgroup)
            stop = words[index + 1].start() if index + 1 < len(words) else len(text)
            between = re.sub(r"^\s*(?:\([^()\d]{1,40})?\)", "", text[match.end() : stop])
            if re.match(r"\s*[=:：|≈]", between) is None:
                continue
            last = re.split(r"[=≈→]", between)[-1]
            value = re.match(r"[\s:：|]*(\d{1,3}(?:[.,]\d{1,10})?\s?%?)(?![\d/])", last)
            if value is None or re.search(r"[/÷]", last[value.end() : value.end() + 4]):
                continue
            cell = read_rate(value[1].replace(" ", ""))
            if cell is None or re.search(r"(?i)macro|micro|weighted|average|train|val", text):
                continue
            if cell.value > 1.5 and "%" not in cell.text:
                cell = read_rate(value[1], is_percent=True) or cell
            if kind in rates and rates[kind][0].value != cell.value:
                twice.add(kind)
            rates[kind] = (cell, number)
    return {kind: rate for kind, rate in rates.items() if kind not in twice}
