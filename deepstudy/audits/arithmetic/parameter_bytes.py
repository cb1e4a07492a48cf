"""Sizes in megabytes against counts of parameters: single precision needs 4 bytes for each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deepstudy.audits.reading.blocks import DocumentLayout, Paragraph, PrintedTable, TableRow
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.layout import iterate_sentences
from deepstudy.audits.reading.networks.layers import COUNT, PrintedCount, read_count
from deepstudy.findings import Finding

_RULE = "parameters"
_LEAST = 1000  # parameters; smaller counts are of other things
_CLOSELY = 0.06
_FITS, _DIFFERS = 0.03, 0.12  # as parts of a size: what a file's header adds at most, and what nothing explains

#: Words for parameters in eight languages.
PARAMETER_WORD = (
    r"(?:parameters?|params?\b|parametern?|gewichte|weights|paramètres|poids|parámetros|pesos|parâmetros|"
    r"파라미터|매개 ?변수|가중치|参数|參數|权重|パラメータ|パラメーター|重み)"
)
_HALF = re.compile(
    r"half|fp-?16|float-?16|bf-?16|bfloat|16[- ]?bits?|mixed[ -]precision|\bamp\b|autocast|半精度|반정밀도|混合精度",
    re.IGNORECASE,
)
_DOUBLE = re.compile(r"double|fp-?64|float-?64|64[- ]?bits?", re.IGNORECASE)
_QUANTISED = re.compile(r"int-?8|8[- ]?bits?|quanti[sz]|cuantiz|quantis|量化|양자화|量子化", re.IGNORECASE)
_SINGLE = re.compile(
    r"float-?32|fp-?32|\bf32\b|32[- ]?bits?|32비트|32 ?位|32 ?ビット|single[ -]precision|(?:4|four|vier|quatre|cuatro|"
    r"quatro)[- ](?:bytes?|octets)|4 ?(?:바이트|字节|バイト)|einfache\w* genauigkeit|simple précision|simple precisión|"
    r"precisão simples|单精度|単精度|단정밀도",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:\b(?:no|not|without|ohne|keine?|sans|pas de|sin|sem|não|nicht)\b|没有|未|无|없이|なし)[^.;,]{0,20}$",
    re.IGNORECASE,
)
_SIZE_UNIT = re.compile(r"(?<![A-Za-z])(?P<unit>[KMG]i?B|Mo|Ko)(?![A-Za-z])")
_SIZE = re.compile(r"(?<![\d.,])(?P<size>\d{1,6}(?:[.,]\d{1,3})?)\s?(?P<unit>[KMG]i?B|Mo|Ko)(?![A-Za-z/])")
_BYTES: dict[str, tuple[float, ...]] = {
    "KB": (1e3, 2.0**10),
    "MB": (1e6, 2.0**20),
    "GB": (1e9, 2.0**30),
    "KO": (1e3, 2.0**10),
    "MO": (1e6, 2.0**20),
}
_BYTES |= {"KIB": (2.0**10,), "MIB": (2.0**20,), "GIB": (2.0**30,)}
_MILLIONS = re.compile(
    r"\(\s*(?:in )?(?:M|Mio\.?|millions?|millones|milhões|Millionen|×\s?10\^?6|10⁶|百万|백만)\s*\)|\bin M\b"
)
_THOUSANDS = re.compile(r"\(\s*(?:in )?(?:k|K|thousands?|Tsd\.?|Tausend|×\s?10\^?3|10³|千|천)\s*\)")
_OTHER_SIZE = re.compile(
    r"memory|ram\b|gpu|speicher(?!platz|bedarf der)|activation|optimi[sz]er|peak|batch|data|images?|zip|compress|"
    r"komprim|comprim|显存|内存|메모리|メモリ|FLOP|optim",
    re.IGNORECASE,
)
_IN_SENTENCE = re.compile(rf"({COUNT})\s*(?:[\w-]+\s+){{0,2}}?(?:个|個|개의?)?\s*{PARAMETER_WORD}", re.IGNORECASE)


_WITH_UNIT = re.compile(r"\W*\d{1,6}(?:[.,]\d{1,3})?\s?([KMG](?:i?B|o))\W*")


def widths_of(text: str) -> tuple[int, ...]:
    """Say how many bytes a parameter can take.

    Arguments:
        text: the text of the report.

    Returns:
        4, and what other precisions that the text speaks of need.
    """
    others = ((2, _HALF), (8, _DOUBLE), (1, _QUANTISED))
    return (4, *(width for width, words in others if _speaks_of(words, text)))


def _speaks_of(words: re.Pattern[str], text: str) -> bool:
    return any(not _DENIED.search(text[max(match.start() - 40, 0) : match.start()]) for match in words.finditer(text))


def byte_findings(layout: DocumentLayout, document: ReportDocument) -> Iterator[Finding]:
    """Find sizes that are not 4 bytes for each parameter, in tables and sentences.

    Arguments:
        layout: the blocks of the report.
        document: the report.

    Returns:
        A finding for each wrong size.
    """
    text = document.text
    widths = widths_of(text)
    for table in layout.tables:
        yield from _in_table(table, text, widths, document)
    for block in layout.blocks:  # each such sentence says itself that it is of single precision
        if isinstance(block, Paragraph):
            yield from _in_paragraph(block, document)


@dataclass(frozen=True)
class _SizedRow:
    """A row with a count and a size: the lowest and highest number of bytes for each parameter."""

    name: str
    line: int
    count: PrintedCount
    size: str
    unit: str
    low: float
    high: float

    def is_near(self, width: float, reach: float) -> bool:
        return self.low <= width * (1 + reach) and self.high >= width * (1 - reach)


def count_in_cell(cell: str, header: str) -> PrintedCount | None:
    """Read the count of a table's cell, whose unit can stand in the header.

    Arguments:
        cell: the cell.
        header: the header of its column: `Parameters (M)`.

    Returns:
        The count; None if the cell holds no number alone.
    """
    plain = cell.strip(" ~≈*`约약")
    is_million, is_thousand = _MILLIONS.search(header), _THOUSANDS.search(header)
    if re.fullmatch(r"\d{1,6}(?:[.,]\d{1,3})?", plain) and (is_million or is_thousand):
        plain += " M" if is_million else " K"
    return read_count(plain)


def _in_table(table: PrintedTable, text: str, widths: Sequence[int], document: ReportDocument) -> Iterator[Finding]:
    """A row whose size does not follow from its count, while the other rows have 4 bytes for each parameter."""
    columns = list(enumerate(table.columns))
    counts = [at for at, header in columns if re.search(PARAMETER_WORD, header, re.IGNORECASE)]
    sizes = [
        (at, unit)
        for at, header in columns
        if at not in counts and not _OTHER_SIZE.search(header) and (unit := _unit_of(table, at))
    ]
    if len(counts) != 1 or len(sizes) != 1:
        return
    (column,), ((size_column, unit),) = counts, sizes
    rows = [
        row
        for each in table.rows
        if len(each.cells) > max(column, size_column)
        and (row := _row(table, each, column, size_column, unit)) is not None
    ]
    if len(rows) < 2:
        return
    header = table.columns[size_column]
    is_single = len(widths) == 1 and bool(_SINGLE.search(f"{header} {table.caption}") or _SINGLE.search(text))
    fitting = sum(row.is_near(4, _FITS) for row in rows)
    reach = _CLOSELY if fitting > 1 else _DIFFERS  # the other rows show how exact the sizes are
    for row in rows:
        if row.is_near(4, reach) or (fitting < len(rows) - 1 and not is_single) or fitting < 1:
            continue
        if any(row.is_near(width, _FITS) for width in widths if width != 4):
            continue
        is_sure = is_single or (len(widths) == 1 and fitting > 1)
        yield Finding(
            _RULE,
            "inconsistent" if is_sure else "doubtful",
            f"{_printed(row.count)} parameters of 4 bytes need {_needed(row)} {unit}, not {row.size}. The other rows "
            "have 4 bytes for each parameter.",
            where=document.where(row.line + 1),
            reported=f"{row.name}: {row.count.text}, {row.size} {unit}",
            possible=f"{_needed(row)} {unit}",
        )


def _unit_of(table: PrintedTable, column: int) -> str:
    """The unit of bytes of a column: of its header, or that of all its cells."""
    if (named := _SIZE_UNIT.search(table.columns[column])) is not None:
        return str(named["unit"])
    cells = [row.cells[column].text for row in table.rows if column < len(row.cells)]
    units = [match[1] if (match := _WITH_UNIT.fullmatch(cell)) else "" for cell in cells]
    return units[0] if units and len(set(units)) == 1 else ""


def _row(table: PrintedTable, row: TableRow, column: int, size_column: int, unit: str) -> _SizedRow | None:
    count = count_in_cell(row.cells[column].text, table.columns[column])
    return _sized(table.label(row), row.line, count, row.cells[size_column].text, unit)


def _sized(name: str, line: int, count: PrintedCount | None, size: str, unit: str) -> _SizedRow | None:
    printed = re.fullmatch(r"\s*(\d{1,6})(?:[.,](\d{1,3}))?\s*(?:[KMG]i?B)?\s*", size)
    if count is None or printed is None or count.low < _LEAST:
        return None
    value, half = float(f"{printed[1]}.{printed[2] or 0}"), 0.5 * 10.0 ** -len(printed[2] or "")
    factors = _BYTES[unit.upper()]
    low = (value - half) * min(factors) / count.high
    plain = re.sub(r"\s*[KMG](?:i?B|o)$", "", size.strip())
    return _SizedRow(name, line, count, plain, unit, low, (value + half) * max(factors) / count.low)


def _needed(row: _SizedRow) -> str:
    factors = _BYTES[row.unit.upper()]
    return " or ".join(dict.fromkeys(f"{4 * row.count.value / factor:,.3g}" for factor in factors[:2]))


def _in_paragraph(block: Paragraph, document: ReportDocument) -> Iterator[Finding]:
    """A sentence with one count and one size, that says how many bytes a parameter takes."""
    for begin, end in iterate_sentences(block.text):
        sentence = block.text[begin:end]
        sizes = list(_SIZE.finditer(sentence))
        counts = list(_IN_SENTENCE.finditer(sentence))
        if len(sizes) != 1 or len(counts) != 1 or not _SINGLE.search(sentence) or _OTHER_SIZE.search(sentence):
            continue
        size = sizes[0]
        row = _sized("", 0, read_count(counts[0][1].strip()), size["size"], size["unit"])
        if row is None or row.is_near(4, _DIFFERS):
            continue
        yield Finding(
            _RULE,
            "inconsistent",
            f"{_printed(row.count)} parameters of 4 bytes need {_needed(row)} {row.unit}, not {row.size} {row.unit}.",
            where=document.where(block.locate(begin + size.start(), begin + size.end()).line + 1),
            reported=sentence.strip()[:200],
            possible=f"{_needed(row)} {row.unit}",
        )


def _printed(count: PrintedCount) -> str:
    return f"{count.value:,.0f}" if count.is_exact else count.text.strip()
