"""Series: the numbers of a table that can be compared with each other, each with the names of what it belongs to.

Most tables have a model in each row and a metric in each column; some are turned on their side. `read_series` gives
both in one form: for each metric the numbers, and for each number the words that name its row.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.blocks import DocumentLayout, PrintedTable, Span, TableRow

Better = Literal["higher", "lower"]

#: Metrics of tables that are no metrics of statements.
_TABLE_METRICS: dict[str, tuple[str, ...]] = {
    "seconds": (
        r"(?:training |train |inference |run |running |wall[- ]?clock |elapsed |total )?times?",
        r"(?:running |inference )?latency",
        r"runtime",
        r"duration",
        r"seconds?",
        r"seconds? per epoch",
        r"(?:학습|훈련|추론|소요)? ?시간",
        r"(?:训练|推理)?(?:时间|耗时)",
        r"(?:学習|推論)?時間",
        r"tiempos?(?: de entrenamiento)?",
        r"tempos?(?: de treino| de treinamento)?",
        r"(?:trainings|lauf|rechen)?(?:zeit|dauer)",
        r"dur[ée]e",
        r"temps(?: d['’]entra[îi]nement)?",
    ),
    "speed": (r"throughput", r"(?:images|samples|img|examples|frames|it)[ ]?(?:/|per )[ ]?s(?:ec(?:ond)?)?", r"fps"),
    "operations": (r"g?m?flops?", r"macs?", r"multiply-adds?"),
    "size": (r"(?:model |file )?size ?\(?(?:mb|kb|mib)\)?",),
}
_LOWER = frozenset(("error", "loss", "parameters", "seconds", "operations", "size"))
_LOWER_WORDS = re.compile(r"perplexity|fid|r?mse|mae|err", re.IGNORECASE)
#: Metrics whose `98,765` has decimals; elsewhere it counts thousands.
_WITH_DECIMALS = frozenset(("accuracy", "error", "top5", "precision", "recall", "f1", "auc", "loss"))
#: Headers of numbers that are no level of a metric: neither more nor less of them is better.
_NO_LEVEL = re.compile(
    r"(?i)Δ|δ|\b(?:diff(?:erence)?s?|delta|gaps?|drops?|gains?|improve\w*|change|increase|decrease|reduction|rank\w*|"
    r"std|"
    r"stdev|deviation|variance|σ|p-?value|rel(?:ative)?\.?|epochs?|speed-?up|ratio|factor|function|fn|weight[- ]?decay|"
    r"weight init\w*|paper|reported|published|original|target|baseline|unterschied|differenz|écart|diferen\w*|mejora|"
    r"ganancia|melhoria|ganho|verbesserung)\b|차이|격차|향상|감소|증가|논문|差|提升|下降|标准差|論文|论文|向上|"
    r"함수|函数|関数"
)
#: Rows that sum up the rows around them.
SUMMARY_ROW = re.compile(
    r"(?i)\b(?:mean|avg\.?|average|median|total|sum|std\.?|stdev|standard deviation|min|max|minimum|maximum|diff\w*|"
    r"delta|gap|improvement|gain|range|overall|promedio|media|suma|diferencia|média|soma|diferença|mittelwert|"
    r"mittel|durchschnitt|summe|gesamt|insgesamt|differenz|moyenne|somme|écart|macro|micro|weighted)\b|Δ|±|σ|"
    r"평균|합계|총계|"
    r"전체|차이|표준 ?편차|平均|均值|总计|合计|總計|合計|差|标准差|標準偏差"
)
_CITED_ROW = re.compile(
    rf"(?i){vocabulary.CITED}|\[\d{{1,3}}\]|\bhuman\b|\bchance\b|\brandom\b|\bupper bound\b|\boracle\b|\breported\b|"
    r"\btarget\b|\bprior work\b|\(\w{2,20},? (?:19|20)\d\d\)"
)
#: A time for each epoch, whose header is no number of epochs: `s / epoch`, `Zeit pro Epoche (s)`, `每轮时间`.
_TIME_OF_EPOCH = re.compile(
    r"(?i)(?:\b(?:s|secs?|seconds?|min|minutes|h|time|tiempos?|tempos?|zeit|dauer|dur[ée]e|temps|sekunden|segundos|"
    r"secondes)\b|\w{0,12}(?:zeit|dauer)\b|시간|초|时间|秒|耗时|時間)[^\w]{0,4}(?:\w{1,12}[ _]){0,2}"
    r"(?:/|per|each|an?|por|pro|je|par|a)? ?(?:epochs?|[ée]pocas?|epoche|[ée]poques?|에폭|에포크|轮|エポック)\b|"
    r"\b(?:epoch|epoche|[ée]poca|[ée]poque)(?:[- _/](?:train(?:ing)?))?[- _/](?:times?|duration|zeit|dauer|tiempo|"
    r"tempo|"
    r"seconds?|s)\b|(?:에폭|에포크) ?당 ?(?:\w{1,4} ?)?시간|每(?:个)?(?:轮|epoch)(?:训练)?(?:时间|耗时|用时)|"
    r"(?:1)?エポック(?:あたり|当たり|毎)?の?(?:学習)?時間"
)
_MARKS = re.compile(
    r"[*`†‡§✓✔★☆🏆🥇↑↓$]|(?<!\w)_{1,3}|_{1,3}(?!\w)|\\(?:textbf|mathbf|underline|textit|emph|bfseries)\b|[{}]|"
    r"</?\w{1,8}>"
)
_BOLD = re.compile(r"\*\*|__|\\(?:textbf|mathbf|bfseries)\b|<(?:b|strong)>")
_NUMBER = (
    r"[-+−]?(?:\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,9})?|\d{1,3}(?:[\u00a0\u2009\u202f ]\d{3}){1,4}|"
    r"\d{1,12}(?:[.,]\d{1,9})?|\.\d{1,9})(?:e[-+]?\d{1,2})?"
)
_CELL = re.compile(
    rf"\(?(?P<number>{_NUMBER})\s?(?P<unit>%|％|[kKMBG](?![a-zA-Z])|ms|secs?|seconds|s(?:/epoch)?|mins?|minutes|m|"
    rf"hours?|hrs?|h"
    rf"|초|분|시간|秒|分|[x×]|MB|KB|pp|p\.p\.)?\s?"
    rf"(?:(?:±|\+/?-|\\pm)\s?(?P<spread>{_NUMBER})\s?[%％]?|"
    rf"\((?:±\s?)?(?P<spread2>{_NUMBER})\))?\s?(?P<unit2>[%％])?\)?",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:(\d{1,3}) ?h(?:ours?|rs?)?\.? ?)?(?:(\d{1,4}) ?m(?:in(?:utes)?)?\.? ?)"
    r"(\d{1,3}(?:\.\d{1,3})?) ?s(?:ec(?:onds)?)?\.?"
)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2}(?:\.\d{1,3})?)")
_MOST_ROWS, _MOST_COLUMNS, _MOST_TABLES = 300, 60, 500
_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9}
_SECONDS = {"ms": 1e-3, "s": 1, "초": 1, "秒": 1, "m": 60, "분": 60, "分": 60, "h": 3600, "시간": 3600}


@dataclass(frozen=True)
class CellNumber:
    """The only number of a cell.

    Attributes:
        printed: the number as it is printed, with its unit.
        digits: the number as it is printed, without its unit.
        value: its value. A count is written out (`62k` is 62,000), a time is in seconds, all else is as printed.
        step: what its last printed digit counts.
        unit: the unit behind it, as printed; "" if there is none.
        spread: the number behind its ±.
        is_bold: whether the cell is marked bold.
    """

    printed: str
    digits: str
    value: float
    step: float
    unit: str = ""
    spread: float | None = None
    is_bold: bool = False


@dataclass(frozen=True)
class SeriesEntry:
    """A number of a series.

    Attributes:
        names: what names it: the other cells of its row, under their headers.
        number: the number.
        span: where it stands.
        row: the row of the table, or its column where the table is turned on its side.
        is_cited: whether it is of somebody else's work.
    """

    names: tuple[tuple[str, str], ...]
    number: CellNumber
    span: Span
    row: int
    is_cited: bool = False

    @property
    def label(self) -> str:
        """Its name for a person: `Nadam / categorical cross-entropy`."""
        words = [text for _, text in self.names if any(letter.isalpha() for letter in text)]
        named = [f"{header} {text}" if header else text for header, text in self.names if text]
        return " / ".join(dict.fromkeys(words)) or " / ".join(named[:2])


@dataclass(frozen=True)
class NumberSeries:
    """The numbers of one metric in a table.

    Attributes:
        table: its table.
        at: the number of the table in the document, from 0.
        header: the header of its column.
        metric: the metric, as `statements.Metric`, or `seconds`, `speed`, `operations`, `size`, `other`.
        better: whether a higher or a lower number is better; None if that is not known.
        split: of which images it is.
        entries: its numbers, from top to bottom.
    """

    table: PrintedTable
    at: int
    header: str
    metric: str
    better: Better | None
    split: str | None
    entries: tuple[SeriesEntry, ...]

    @property
    def is_rate(self) -> bool:
        """Whether it holds parts of a whole: fractions, or percent."""
        return self.metric in ("accuracy", "error", "top5", "precision", "recall", "f1", "auc")

    def percent(self, number: CellNumber) -> float:
        """Read a rate in percent.

        Arguments:
            number: one of its numbers.

        Returns:
            Its value in percent, whether the series prints fractions or percent; of all else, its value.
        """
        return number.value * self.scale

    @property
    def scale(self) -> float:
        """What its numbers are multiplied with to be percent."""
        as_fractions = self.is_rate and all(entry.number.value <= 1 and not entry.number.unit for entry in self.entries)
        return 100.0 if as_fractions else 1.0


def read_number(text: str, decimal_comma: bool = False) -> CellNumber | None:
    """Read a cell that holds one number and nothing else.

    Arguments:
        text: what the cell says.
        decimal_comma: whether `98,765` has decimals, as a rate has; if not, it counts thousands.

    Returns:
        The number, or None if the cell says more or less than one number.
    """
    plain = _MARKS.sub("", text).replace("\\%", "%").replace("\\,", "").replace("\\", "").strip()
    is_bold = bool(_BOLD.search(text))
    if len(plain) > 60:
        return None
    for pattern in (_TIME, _CLOCK):
        if clock := pattern.fullmatch(plain):
            hours, minutes, seconds = clock.groups()
            value = 3600 * int(hours or 0) + 60 * int(minutes or 0) + float(seconds)
            return CellNumber(plain, plain, value, 1, "s", None, is_bold)
    match = _CELL.fullmatch(plain)
    if match is None:
        return None
    digits = match["number"].replace("−", "-")
    parsed = _parse(digits, decimal_comma)
    if parsed is None:
        return None
    value, step = parsed
    unit = (match["unit"] or match["unit2"] or "").strip()
    lower = unit.lower()
    factor = _SECONDS.get(_time_unit(lower), 1.0)
    if unit in ("k", "K", "M", "B", "G"):
        factor = _SCALES[lower]
    spread = match["spread"] or match["spread2"]
    width = _parse(spread, decimal_comma) if spread else None
    return CellNumber(plain, digits, value * factor, step * factor, unit, width[0] if width else None, is_bold)


def _time_unit(unit: str) -> str:
    if unit.startswith(("sec", "s/")):
        return "s"
    if unit.startswith("min"):
        return "m"
    return "h" if unit.startswith(("hour", "hr")) else unit


def _parse(digits: str, decimal_comma: bool) -> tuple[float, float] | None:
    """The value of printed digits, and what the last one counts."""
    plain = re.sub(r"[\u00a0\u2009\u202f ]", "", digits)
    mantissa, _, exponent = plain.lower().partition("e")
    if "," in mantissa and "." not in mantissa:
        whole, _, rest = mantissa.partition(",")
        is_thousands = re.fullmatch(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+", mantissa) is not None
        if not is_thousands or (decimal_comma and "," not in rest):
            if "," in rest:
                return None
            mantissa = f"{whole}.{rest}"
    mantissa = mantissa.replace(",", "")
    scale = 10.0 ** int(exponent) if exponent else 1.0
    return float(mantissa) * scale, 10.0 ** -len(mantissa.partition(".")[2]) * scale


def read_series(layout: DocumentLayout) -> list[NumberSeries]:
    """Read the series of all tables of a document.

    Arguments:
        layout: the blocks of the document.

    Returns:
        The series, in reading order. A series has two numbers or more. Very large tables are data, and have none.
    """
    tables = [table for table in layout.tables if len(table.rows) <= _MOST_ROWS and len(table.columns) <= _MOST_COLUMNS]
    places = {id(table): at for at, table in enumerate(layout.tables)}
    return [series for table in tables[:_MOST_TABLES] for series in series_of(table, places[id(table)])]


def series_of(table: PrintedTable, at: int = 0) -> list[NumberSeries]:
    """Read the series of a table.

    Arguments:
        table: the table.
        at: its number in the document, from 0.

    Returns:
        A series for each column with a metric; of a table on its side, for each row with a metric.
    """
    metrics = [
        metric_of(header) if _holds_numbers(table, index) else None for index, header in enumerate(table.columns)
    ]
    about = f"{table.caption} {table.headings[-1] if table.headings else ''}"
    shared = metric_of(about) if not any(metrics) else None
    if shared in vocabulary.METRICS and shared not in ("parameters", "correct", "other"):
        metrics = [shared if _names_only_images(header) else None for header in table.columns]
    if any(metrics):
        return [
            series
            for column, metric in enumerate(metrics)
            if metric is not None and (series := _of_column(table, at, column, metric, metrics)) is not None
        ]
    return list(_of_rows(table, at))


def _holds_numbers(table: PrintedTable, column: int) -> bool:
    """Whether at least half of the cells of a column are numbers."""
    cells = [row.cells[column].text for row in table.rows if column < len(row.cells) and row.cells[column].text.strip()]
    return 2 * sum(read_number(text, True) is not None for text in cells) >= len(cells) > 0


def metric_of(words: str) -> str | None:
    """Say which metric a header names.

    Arguments:
        words: the words of a header or caption.

    Returns:
        The metric; None if there is none or several, or if the numbers are differences and no levels.
    """
    if _TIME_OF_EPOCH.search(words):
        return "seconds" if not _NO_LEVEL.search(_TIME_OF_EPOCH.sub("", words)) else None
    if _NO_LEVEL.search(words):
        return None
    named = {match.lastgroup for match in metric_pattern().finditer(words.lower())}
    if "top5" in named or "f1" in named:
        named -= {"accuracy", "error", "precision"}
    if {"parameters", "size"} <= named:
        named -= {"parameters"}
    return named.pop() if len(named) == 1 else None


def split_of(words: str) -> str | None:
    """Say which images a header names.

    Arguments:
        words: the words of a header or a sentence.

    Returns:
        `train`, `validation` or `test`; None if there is none or several.
    """
    named = {match.lastgroup for match in _splits().finditer(_apart(words))}
    return named.pop() if len(named) == 1 else None


def _apart(words: str) -> str:
    """A text in lower case whose German compounds are two words: `Testgenauigkeit` is `test genauigkeit`."""
    return re.sub(
        r"(?<=[a-zäöü]{3})s?(genauigkeit|verlust|fehler|daten|bilder|menge|loss|accuracy)", r" \1", words.lower()
    )


def splits_in(words: str) -> list[str]:
    """Name the images that a text speaks of, in order.

    Arguments:
        words: a part of a sentence.

    Returns:
        `train`, `validation` and `test`, each once, in the order in which they come first.
    """
    return list(dict.fromkeys(str(match.lastgroup) for match in _splits().finditer(_apart(words))))


def word_pattern(words: Iterable[str]) -> str:
    """Join words into one pattern, the longest first.

    Arguments:
        words: regular expressions in lower case.

    Returns:
        A pattern without groups that capture. Words in Latin letters match whole words; Korean, Chinese and Japanese
        words match anywhere, since these languages do not set them apart, or add endings.
    """
    ordered = sorted(words, key=len, reverse=True)
    latin = [word for word in ordered if re.search(r"[a-z]", re.sub(r"\\[a-z]", "", word))]
    other = [word for word in ordered if word not in latin]
    parts = [rf"(?<![^\W\d_])(?:{'|'.join(latin)})(?![^\W\d_])"] if latin else []
    return "|".join([*parts, *other])


@cache
def metric_pattern() -> re.Pattern[str]:
    """Give the pattern of all words for metrics, in lower case; its groups are the metrics."""
    families = {**vocabulary.METRICS, **_TABLE_METRICS}
    return re.compile("|".join(f"(?P<{name}>{word_pattern(words)})" for name, words in families.items()))


@cache
def _splits() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{word_pattern(words)})" for name, words in vocabulary.SPLITS.items()))


def _names_only_images(header: str) -> bool:
    """Whether a header names only a split or a data set, so that its metric may stand in the caption."""
    rest = _splits().sub("", header.lower())
    for _, pattern in vocabulary.DATASET_WORDS:
        rest = re.sub(pattern, "", rest)
    rest = re.sub(r"\b(?:set|data|images)\b|[^\w]", "", rest)
    return not rest and bool(header.strip())


def _better(metric: str, header: str) -> Better | None:
    if "↑" in header:
        return "higher"
    if "↓" in header or metric in _LOWER or (metric in ("other", "top5") and _LOWER_WORDS.search(header)):
        return "lower"
    return "higher"


def _of_column(
    table: PrintedTable, at: int, column: int, metric: str, metrics: Sequence[str | None]
) -> NumberSeries | None:
    labels = [index for index, other in enumerate(metrics) if other is None and not _is_derived(table.columns[index])]
    entries: list[SeriesEntry] = []
    above: dict[int, str] = {}
    for number, row in enumerate(table.rows):
        if column >= len(row.cells):
            continue
        names = tuple(_names(table, row, labels, above))
        label = " ".join(text for _, text in names)
        cell = read_number(row.cells[column].text, metric in _WITH_DECIMALS)
        if cell is None or SUMMARY_ROW.search(label):
            continue
        group = (("", row.group),) if row.group else ()
        entries.append(
            SeriesEntry(
                names + group, cell, row.cells[column].span, number, bool(_CITED_ROW.search(f"{label} {row.group}"))
            )
        )
    header = table.columns[column]
    split = split_of(header) or (
        split_of(table.caption) if metric not in ("parameters", "size", "operations") else None
    )
    return _checked(NumberSeries(table, at, header, metric, _better(metric, header), split, tuple(entries)))


def _is_derived(header: str) -> bool:
    """Whether a column holds differences or ranks, which name no row."""
    return (
        _NO_LEVEL.search(header) is not None and re.search(r"(?i)epoch|function|weight|함수|函数|関数", header) is None
    )


def _names(
    table: PrintedTable, row: TableRow, labels: Sequence[int], above: dict[int, str]
) -> Iterator[tuple[str, str]]:
    """The cells that name a row; an empty one at its beginning means the one above it."""
    is_beginning = True
    for index in labels:
        text = (
            _MARKS.sub("", row.cells[index].text).replace("\\%", "%").replace("\\", "").strip()
            if index < len(row.cells)
            else ""
        )
        if not text and is_beginning:
            text = above.get(index, "")
        else:
            is_beginning = False
            above[index] = text
        yield table.columns[index].strip(), text


def _of_rows(table: PrintedTable, at: int) -> Iterator[NumberSeries]:
    """The series of a table on its side: a metric in each row, a model in each column."""
    for row in table.rows:
        if not row.cells:
            continue
        header = _MARKS.sub("", row.cells[0].text).strip()
        metric = metric_of(header)
        if metric is None:
            continue
        entries = []
        for index, cell in enumerate(row.cells[1 : len(table.columns)], 1):
            name = table.columns[index]
            value = read_number(cell.text, metric in _WITH_DECIMALS)
            if value is not None and name.strip() and not SUMMARY_ROW.search(name) and not _NO_LEVEL.search(name):
                entries.append(
                    SeriesEntry((("", name.strip()),), value, cell.span, index, bool(_CITED_ROW.search(name)))
                )
        series = NumberSeries(
            table,
            at,
            header,
            metric,
            _better(metric, header),
            split_of(header) or split_of(table.caption),
            tuple(entries),
        )
        if (checked := _checked(series)) is not None:
            yield checked


def _checked(series: NumberSeries) -> NumberSeries | None:
    """The series, unless its numbers cannot be compared: too few, or on two scales."""
    values = [entry.number.value for entry in series.entries]
    if len(values) < 2:
        return None
    if series.is_rate:
        has_sign = {entry.number.unit in ("%", "％") for entry in series.entries}
        if max(values) > 100 or min(values) < 0 or (max(values) > 1 and min(values) < 1 and len(has_sign) == 2):
            return None
        if max(values) > 1 and 0 < min(values) <= 1 and series.metric != "error":
            return None
    if series.metric in ("parameters", "seconds", "operations"):
        units = {_scale_of(entry.number, series.metric) for entry in series.entries}
        has_dot = any(re.fullmatch(r"\d{1,3}\.\d{3}", entry.number.digits) for entry in series.entries)
        if ("" in units and len(units) > 1) or (has_dot and units == {""} and series.metric == "parameters"):
            return None
    return series


def _scale_of(number: CellNumber, metric: str) -> str:
    """A name for the unit of a number: without one, its scale stands in the header."""
    return (
        "unit"
        if number.unit and number.unit not in ("%", "x", "×")
        else "written out"
        if (metric == "parameters" and number.value >= 1000)
        else ""
    )
