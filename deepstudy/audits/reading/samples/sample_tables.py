"""Tables that print several runs beside a mean with its ±, or the mean, spread and range of several runs."""

import re
from collections.abc import Iterator, Sequence

from deepstudy.audits.reading.blocks import PrintedTable
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.layout import clean
from deepstudy.audits.reading.samples.sample_words import LABELS, RUNS, SampleLabel
from deepstudy.audits.reading.samples.samples import RunSample, SampleNumber, count_of, numbers_of, uses_comma

_RUN_HEADER = re.compile(rf"\W*(?:{RUNS})?[\s#:/_-]{{0,3}}\d{{1,4}}\W*", re.IGNORECASE)
_RUN_WORD = re.compile(rf"(?<![a-z])(?:{RUNS})(?![a-z])", re.IGNORECASE)
_PLUS_MINUS = re.compile(r"±|\+\s?/\s?[-−]|\+[-−]|\\pm")
_LABELS = {name: re.compile(words, re.IGNORECASE) for name, words in LABELS.items()}
_COUNT = re.compile(
    r"\W*(?:n|count|runs?|seeds?|#\s?runs?|number of runs|anzahl|n_runs|实验次数|次数|횟수)\W*", re.IGNORECASE
)
_TWO_NUMBERS = 2


def read_sample_table(table: PrintedTable, document: ReportDocument) -> Iterator[RunSample]:
    """Read what a table says of several runs.

    Arguments:
        table: the table.
        document: the document that it stands in.

    Yields:
        A sample for each row or column that lists runs beside a ±, or that tells a mean and a range.
    """
    grid = [[clean(cell.text) for cell in row.cells] for row in table.rows]
    has_comma = uses_comma(" ".join(text for row in grid for text in row))
    places = [document.where(row.line + 1) for row in table.rows]
    count = count_of(table.caption)
    yield from _runs_beside(table.columns, grid, places, has_comma, count)
    is_full = {len(row) for row in grid} == {len(table.columns)}
    turned = [list(column) for column in zip(*grid, strict=True)] if is_full else []
    if turned and len(turned) > 1:
        is_of_runs = _RUN_WORD.search(table.columns[0]) is not None
        names = tuple(f"run {text}" if is_of_runs and text.isdecimal() else text for text in turned[0])
        headers = list(table.columns[1:])
        below = [places[0]] * len(headers)
        for sample in _runs_beside(
            ("", *names),
            [[header, *column] for header, column in zip(headers, turned[1:], strict=True)],
            below,
            has_comma,
            count,
        ):
            at = next(row for row, name in enumerate(names) if _is_margin(name, turned, row))
            yield RunSample(
                places[at], sample.text, "table", sample.runs, sample.count, sample.stated, sample.margin, sample.name
            )
    yield from _summaries(table.columns, grid, places, count)
    if turned and len(turned) > 1:
        yield from _described(turned, table.columns, places)
    if len(turned) == _TWO_NUMBERS:
        yield from _listed(grid, places, count)


def runs_listed(table: PrintedTable) -> int | None:
    """Count the runs that a table lists beside their mean.

    Arguments:
        table: the table.

    Returns:
        The number of its columns of runs; None if it has fewer than three, or no mean beside them.
    """
    of_runs = [header for header in table.columns[1:] if _RUN_HEADER.fullmatch(header) and _RUN_WORD.search(header)]
    has_mean = sum("mean" in _labels_of(header) for header in table.columns[1:]) == 1
    is_full = all(
        len(row.cells) == len(table.columns) and all(cell.text.strip() for cell in row.cells) for row in table.rows
    )
    return len(of_runs) if len(of_runs) > 2 and has_mean and is_full else None


def _is_margin(name: str, columns: Sequence[Sequence[str]], row: int) -> bool:
    return any(_PLUS_MINUS.search(column[row]) for column in columns[1:])


def _runs_beside(
    columns: Sequence[str], rows: Sequence[Sequence[str]], places: Sequence[str], has_comma: bool, count: int | None
) -> Iterator[RunSample]:
    """Rows of which several columns are runs, and one holds `mean ± spread`."""
    of_runs = [
        at for at, header in enumerate(columns) if at and _RUN_HEADER.fullmatch(header) and _RUN_WORD.search(header)
    ]
    numbered = [at for at, header in enumerate(columns) if at and re.fullmatch(r"\d", header.strip())]
    if not of_runs and [columns[at].strip() for at in numbered] == [str(at + 1) for at in range(len(numbered))]:
        of_runs = numbered  # 1, 2, 3 below a name for runs that stands in a row of its own
    if len(of_runs) < 3:
        return
    for row, where in zip(rows, places, strict=True):
        runs = [_one(row[at]) for at in of_runs if at < len(row)]
        pairs = [at for at, text in enumerate(row) if at not in of_runs and _PLUS_MINUS.search(text)]
        if len(pairs) != 1 or any(number is None for number in runs):
            continue
        numbers = numbers_of(row[pairs[0]])
        if len(numbers) != _TWO_NUMBERS:
            continue
        kind = _labels_of(columns[pairs[0]]) if pairs[0] < len(columns) else set()
        stated: dict[SampleLabel, tuple[SampleNumber, ...]] = {"mean": (numbers[0],)}
        kind_of_margin = kind & {"deviation", "error", "interval"}
        margin: SampleNumber | None = numbers[1]
        if kind_of_margin == {"deviation"}:
            stated["deviation"], margin = (numbers[1],), None
        text = " | ".join(row)
        yield RunSample(where, text, "table", tuple(run for run in runs if run), None, stated, margin, row[0])


def _labels_of(header: str) -> set[SampleLabel]:
    found: set[SampleLabel] = set()
    for name, pattern in _LABELS.items():
        if pattern.search(header):
            found.add(name)
    return found


def _one(text: str) -> SampleNumber | None:
    """The only number of a cell that holds nothing else."""
    numbers = numbers_of(text)
    return numbers[0] if len(numbers) == 1 and not re.search(r"[^\W\d_]{2}", text) else None


def _summaries(
    columns: Sequence[str], rows: Sequence[Sequence[str]], places: Sequence[str], count: int | None
) -> Iterator[RunSample]:
    """Rows of a table whose columns are the mean, the spread, the least and the largest of the same thing."""
    groups: dict[str, dict[SampleLabel, int]] = {}
    counted = [at for at, header in enumerate(columns) if _COUNT.fullmatch(header)]
    for at, header in enumerate(columns):
        labels = _labels_of(header)
        if len(labels) != 1 or _PLUS_MINUS.search(header):
            continue
        (label,) = labels
        rest = " ".join(re.findall(r"[^\W_]+", _LABELS[label].sub("|", header))).lower()
        group = groups.setdefault(rest, {})
        if label in group:
            return  # two columns of one name
        group[label] = at
    for name, group in groups.items():
        group.pop("best", None)
        group.pop("range", None)
        group.pop("interval", None)
        if not ({"low", "high"} & set(group)) or not ({"mean", "median", "deviation"} & set(group)):
            continue
        for row, where in zip(rows, places, strict=True):
            stated = {label: (number,) for label, at in group.items() if at < len(row) and (number := _one(row[at]))}
            if len(stated) < _TWO_NUMBERS:
                continue
            said = _one(row[counted[0]]) if len(counted) == 1 and counted[0] < len(row) else None
            runs = int(said.value) if said is not None and said.step == 1 else count
            yield RunSample(where, " | ".join(row), "table", (), runs, stated, None, f"{row[0]} {name}".strip())


def _described(turned: Sequence[Sequence[str]], columns: Sequence[str], places: Sequence[str]) -> Iterator[RunSample]:
    """A table whose rows are called mean, std, min and max, as pandas' `describe` prints it."""
    rows: dict[SampleLabel, int] = {}
    for at, text in enumerate(turned[0]):
        for label in ("mean", "deviation", "low", "high"):
            if _LABELS[label].fullmatch(text.strip(" *_:")):
                rows[label] = at
    counted = next((at for at, text in enumerate(turned[0]) if text.strip().lower() in ("count", "n")), None)
    if not {"mean", "low", "high"} <= set(rows) or len(turned[0]) > len(rows) + 5:
        return  # with more rows, these sum up the rows above them, which `table_sums` holds
    for header, column in zip(columns[1:], turned[1:], strict=False):
        stated = {label: (number,) for label, at in rows.items() if (number := _one(column[at]))}
        said = _one(column[counted]) if counted is not None else None
        count = int(said.value) if said is not None and said.value == int(said.value) else None
        if len(stated) > 2:
            yield RunSample(places[rows["mean"]], " | ".join(column), "table", (), count, stated, None, header)


def _listed(rows: Sequence[Sequence[str]], places: Sequence[str], count: int | None) -> Iterator[RunSample]:
    """A table of two columns, the words and the numbers: `| Std Deviation | 2.03% |`."""
    stated: dict[SampleLabel, tuple[SampleNumber, ...]] = {}
    first = ""
    for (name, text), where in zip(rows, places, strict=True):
        numbers = numbers_of(text)
        labels = [label for label, pattern in _LABELS.items() if pattern.search(name)]
        wanted = _TWO_NUMBERS if labels[:1] in (["interval"], ["range"]) else 1
        if _COUNT.fullmatch(name) and (only := _one(text)) is not None and only.step == 1:
            count = int(only.value)
        elif labels and len(numbers) == wanted and labels[0] not in ("best", "median"):
            if labels[0] in stated:
                return  # of two things
            stated[labels[0]] = tuple(numbers)
            first = first or where
    if "mean" in stated and len(stated) > 2 and len(rows) <= len(stated) + 4:
        text = " | ".join(f"{name} {number}" for name, number in rows)
        yield RunSample(first, text, "table", (), count, stated)
