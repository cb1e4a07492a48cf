"""Means, totals and differences of a table that do not follow from its rows.

Rounding of the printed digits is allowed for. The rule checks, in eight languages:

* a row or column called mean, median, total, standard deviation, minimum or maximum, against the other cells;
* a column of differences, gaps, gains or speed-ups, against the columns or the row that the others follow from;
* "the mean of three seeds" above a table whose means are over five;
* the best number in bold (doubtful at most, since bold may mark one's own model).

## Why it matters
A summary row is what others quote. If it does not follow from the rows above it, a row was changed or left out after
it was computed, and nobody can say which of the two is right.

## Example
```text
| run | test accuracy |
|---|---|
| seed 1 | 91.20 % |
| seed 2 | 91.64 % |
| seed 3 | 90.97 % |
| mean | 91.72 % |
```

## Not an error
The mean of 91.20, 91.64 and 90.97 is 91.27, and may be rounded to 91.3.
```text
| run | test accuracy |
|---|---|
| seed 1 | 91.20 % |
| seed 2 | 91.64 % |
| seed 3 | 90.97 % |
| mean | 91.3 % |
```

## How to fix
Let the program compute the summary from the same numbers that it prints. If the mean is weighted, or is over more runs
than the table shows, say so.

## Source
Arithmetic. A standard deviation may divide by n or by n - 1.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from statistics import fmean, median, pstdev, stdev

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import PrintedTable, TableRow
from deepstudy.audits.reading.claims import claim_words
from deepstudy.audits.reading.claims.claims import Sentence, sentences_of
from deepstudy.audits.reading.claims.series import CellNumber, metric_of, read_number, series_of, split_of
from deepstudy.audits.rules import spreads
from deepstudy.findings import Finding, Severity

#: What a row or column sums up, by the words that it is called.
_KINDS: Mapping[str, str] = {
    "mean": r"(?:arithmetic )?means?|averages?|avg\.?|aver\.|평균(?:값)?|"
    "平均(?:值|値)?|均值|"
    "media|promedio|média|"
    r"mittelwert|mittel|durchschnitt|ø|moyenne|μ|mean accuracy|average accuracy|test mean",
    "median": r"median|중앙값|中位数|中央値|mediana|médiane",
    "total": r"(?:grand )?totals?|sum|합계|총합|총계|合计|总计|總計|合計|总和|suma(?: total)?|soma(?: total)?|"
    "summe|gesamt(?:summe)?|"
    "somme|total général",
    "std": r"std\.?(?: ?dev\.?)?|stdev|st\. ?dev\.?|standard deviation|sd|σ|표준 ?편차|标准差|標準偏差|"
    "desviación(?: típica| "
    "estándar)?|"
    r"desvio(?:[- ]padrão)?|standardabweichung|écart[- ]type",
    "max": r"max(?:imum)?\.?|최댓?값|最大值?|最大値|máximo|höchstwert",
    "min": r"min(?:imum)?\.?|최솟?값|最小值?|最小値|mínimo|tiefstwert",
}
_SPREAD = (
    r"(?:\s*(?:±|\+/-|\+-|\\pm|and|&|\()\s*(?:std|stdev|sd|standard deviation|std\.? ?dev\.?|σ|표준 ?편차|标准差|"
    r"標準偏差|standardabweichung)\)?)"
)
_COUNTED = (
    r"(?:(?:\s+|\s*\()(?:of|over|n\s?=|aus|von|de|über|sobre|sur)?\s*\d{1,3}\s*(?:runs?|seeds?|folds?|trials?|회|"
    r"次|回)?\)?)"
)
_KIND = re.compile(
    r"(?i)\W{0,4}(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items())
    + rf")(?:{_SPREAD}|{_COUNTED})?\W{{0,3}}"
)
_ANY_SUMMARY = re.compile(
    r"(?i)\b(?:mean|avg|average|median|total|sum|std|stdev|overall|weighted|micro|macro|ensemble|max|min|maximum|"
    r"minimum)\b|"
    r"±|σ|평균|합계|표준|平均|合计|合計|总|標準|标准|\b(?:media|promedio|suma|média|soma|mittel\w*|durchschnitt|"
    r"summe|gesamt|moyenne|"
    r"somme)\b"
)
_RUN = re.compile(
    r"(?i)\W{0,3}(?:run|seed|fold|trial|split|repeat|repetition|experiment|exp|attempt|try|iteration|lauf|durchlauf|"
    r"versuch|corrida|"
    r"ejecución|pliegue|execução|rodada|essai|pli|회차|시도|폴드|시드|실험|折|第|次|回|試行|シード|"
    r"フォールド)?\s*(?:no\.?|nr\.?|n°|"
    r"[#-])?\s*\d{1,6}"
    r"\s*(?:회|번|차|次|回|折|st|nd|rd|th)?(?: run| fold| seed)?[.:)]?"
)
_DIFFERENCE = re.compile(
    r"(?i)Δ|\b(?:diff(?:erence)?s?\.?|delta|gap|improvement|gain|change|drop|increase|decrease|reduction|diferencia|"
    r"mejora|ganancia|"
    r"diferença|melhoria|ganho|differenz|unterschied|abstand|verbesserung|différence|écart(?![- ]type)|amélioration|"
    r"speed-?ups?|"
    r"acceleration|aceleración|aceleração|accélération|beschleunigung)\b|차이|격차|향상|개선|증가|(?<!가중치 )감소|"
    r"배속|"
    r"(?<![偏误誤残準准方公交])差(?:异|值|距|分)?|提升|(?<!梯度)下降|改善|"
    r"加速比|高速化"
)
_FACTOR = re.compile(r"(?i)speed-?ups?|accelera|acelera|accélér|beschleunig|배속|加速比|高速化")
_NO_VALUE = re.compile(
    r"(?i)epoch|seed|\brun\b|fold|batch|learning|\blr\b|rank|#$|^\s*(?:no|nr|id|index)\b|번호|序号|番号|year"
)
_SUPPORTS = re.compile(
    r"(?i)\b(?:support|samples?|images?|count|n|size|weights?|instances|examples|anzahl|soporte|suporte)\b|样本|"
    r"개수|枚数|件数|"
    r"수량"
)
_MOST_ROWS = 300  # of a table; larger ones are data
_SMALL_WORDS = frozenset("of to in on per the and vs for de la".split())
_LEFT_OUT = re.compile(r"^\W*(?:\.{3}|…|⋮|\\vdots|\\dots)\W*$")
_RUN_WORD = re.compile(
    r"(?i)\b(?:runs?|seeds?|folds?|trials?|repeats?|repetitions?|lauf|läufe|durchlauf|corrida|ejecución|semilla|"
    r"pliegue|"
    r"execução|rodada|semente|essai|graine|pli)(?:\b|\d)|회차|시도|폴드|시드|折|次|回|試行|シード|フォールド|种子|種"
)
_FOLD = re.compile(r"(?i)\bfolds?\b|폴드|折|フォールド|pliegue|\bplis?\b")
_N = rf"(\d{{1,3}}|{'|'.join(sorted(claim_words.NUMBER_WORDS, key=len, reverse=True))})"
#: `the mean of three seeds`, in eight languages.
_MEAN_OF_RUNS = re.compile(
    rf"(?i)\b(?:means?|averages?|averaged|aggregated)\b(?: \w{{2,12}}){{0,2}} (?:of|over|across|from) (?:the |all "
    rf")?{_N} "
    r"(?:different |random |independent |separate )?(?:seeds|runs|trials|repetitions|repeats|folds)\b|"
    rf"{_N} ?(?:개의 |번의 |회의? ?|개 )(?:시드|실행|반복|시행|폴드|학습)[^.]{{0,12}}평균|"
    rf"{_N} ?(?:个|次|折)(?:不同的?|随机|独立)?(?:种子|运行|实验|训练|重复)?[^。，]{{0,8}}(?:平均|均值)|"
    rf"{_N} ?(?:回|個|つ)の?(?:乱数)?(?:試行|シード|種|実行|学習)?[^。、]{{0,6}}平均|"
    rf"\b(?:medias?|promedios?|médias?)\b(?: \w{{2,12}})? (?:de|sobre) (?:las |los |as |os )?{_N} (?:semillas|"
    rf"ejecuciones|"
    r"corridas|repeticiones|sementes|execuções|rodadas|repetições)\b|"
    rf"\b(?:mittel\w{{0,8}}|durchschnitt\w{{0,3}}|gemittelt)\b(?: \w{{2,12}})? (?:über|von|aus|der) (?:die |den |je "
    rf")?{_N} "
    r"(?:läufe\w?|seeds|durchläufe\w?|startwerte\w?|wiederholungen)\b|"
    rf"\bmoyennes?\b (?:de|sur|des) (?:les )?{_N} (?:graines|exécutions|essais|répétitions|runs)\b"
)
_SUMMED = ("seconds", "parameters", "operations", "correct", "size")
_WORDS = {
    "mean": "mean",
    "median": "median",
    "total": "sum",
    "std": "standard deviation",
    "max": "maximum",
    "min": "minimum",
}


def find(evidence: Evidence) -> Iterator[Finding]:
    """Hold summaries against what they sum up.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding for each summary row and column of a table.
    """
    document = evidence.document
    if document is None:
        return
    grids = []
    wrong: list[Finding] = []
    for table in evidence.layout.tables:
        if len(table.rows) > _MOST_ROWS or any(_LEFT_OUT.match(cell.text) for row in table.rows for cell in row.cells):
            continue
        grid = _Grid(table)
        if _describes(grid):
            continue
        grids.append(grid)
        for misfit in (*_rows(grid), *_columns(grid), *_differences(grid)):
            where = document.where(misfit.row.line + 1)
            reported = " | ".join(cell.text for cell in misfit.row.cells)[:200]
            wrong.append(
                Finding(
                    "table_sums", misfit.severity, misfit.says, where=where, reported=reported, possible=misfit.possible
                )
            )
        for says, row in _bold(table, [line.text for line in document.lines]):
            yield Finding(
                "table_sums", "doubtful", says, where=document.where(row.line + 1), reported=table.label(row)[:200]
            )
    for sentence, said, count in _other_runs(evidence, grids):
        says = f"The text speaks of means over {said} runs. The table has {count}, and its means are over all of them."
        where = document.where(sentence.span.line + 1)
        wrong.append(
            Finding(
                "table_sums", "inconsistent", says, where=where, reported=sentence.text[:200], possible=f"{count} runs"
            )
        )
    # That rule says the same of runs beside their mean, and of sentences about all figures of a report.
    taken = {each.where for each in spreads.find(evidence)} if wrong else set()
    yield from (each for each in wrong if each.where not in taken)


def _describes(grid: "_Grid") -> bool:
    """Whether a table holds quartiles, so that its means are of numbers that it does not show."""
    words = {
        word.strip() for word in (*grid.table.columns, *(row.cells[0].text for row in grid.table.rows if row.cells))
    }
    return "75%" in words or {"count", "std", "max"} <= words


@dataclass(frozen=True)
class _WrongCell:
    """A cell that does not follow from the others, and what would."""

    row: TableRow
    says: str
    possible: str
    severity: Severity = "inconsistent"


class _Grid:
    """The numbers of a table, by row and column."""

    def __init__(self, table: PrintedTable) -> None:
        self.table = table
        self.width = len(table.columns)
        self.numbers = [
            [
                read_number(cell.text, decimal_comma=self._has_decimal_comma(at))
                for at, cell in enumerate(row.cells[: self.width])
            ]
            + [None] * (self.width - len(row.cells))
            for row in table.rows
        ]
        self.labels = [self._label(row) for row in table.rows]
        self.kinds = [_kind(label) for label in self.labels]
        self.is_summary = [
            kind is not None or _ANY_SUMMARY.search(label) is not None
            for kind, label in zip(self.kinds, self.labels, strict=True)
        ]

    def _has_decimal_comma(self, column: int) -> bool:
        return metric_of(self.table.columns[column]) in (
            "accuracy",
            "error",
            "top5",
            "precision",
            "recall",
            "f1",
            "auc",
            "loss",
        )

    def _label(self, row: TableRow) -> str:
        words = [cell.text.strip() for cell in row.cells[: self.width] if re.search(r"[^\W\d]|Ø|ø|Δ", cell.text)]
        words = [word for word in words if read_number(word) is None]
        return " ".join(dict.fromkeys(words))

    def column(self, at: int, rows: Sequence[int]) -> list[CellNumber]:
        return [number for row in rows if (number := self.numbers[row][at]) is not None]

    def is_even(self, at: int) -> bool:
        """Whether a column holds about the same number in all rows that sum up nothing."""
        numbers = self.column(at, [row for row, is_summary in enumerate(self.is_summary) if not is_summary])
        return bool(numbers) and 0 < max(each.value for each in numbers) <= 1.02 * min(each.value for each in numbers)

    def label(self, row: int) -> str:
        return self.labels[row] or self.table.label(self.table.rows[row])


def _kind(words: str) -> str | None:
    match = _KIND.fullmatch(words.strip())
    return match.lastgroup if match else None


# Summary rows --------------------------------------------------------------------------------------------------------


def _rows(grid: _Grid) -> Iterator[_WrongCell]:
    """Each row that is called mean, total, ... against the rows above it."""
    table = grid.table
    if any(_SUPPORTS.search(header) and not grid.is_even(at) for at, header in enumerate(table.columns)):
        return  # the means may be weighted
    begin, group = 0, ""
    for at, row in enumerate(table.rows):
        if row.group != group:
            begin, group = at, row.group
        kind = grid.kinds[at]
        if kind is not None:
            above = [index for index in range(begin, at) if not grid.is_summary[index]]
            if not above:  # mean, then its deviation: both of the same rows
                above = [
                    index for index in range(at) if not grid.is_summary[index] and table.rows[index].group == group
                ]
            everything = [index for index in range(len(table.rows)) if not grid.is_summary[index]]
            if len(above) > 1:
                yield from _row(grid, at, kind, above, everything)
        elif grid.is_summary[at] or at + 1 == len(table.rows):
            continue
        if kind is not None and at + 1 < len(table.rows) and grid.kinds[at + 1] is None:
            begin = at + 1


def _row(grid: _Grid, at: int, kind: str, above: Sequence[int], everything: Sequence[int]) -> Iterator[_WrongCell]:
    wrong: list[tuple[int, CellNumber, list[CellNumber]]] = []
    checked = 0
    for column in range(grid.width):
        stated, parts = grid.numbers[at][column], grid.column(column, above)
        header = grid.table.columns[column]
        if stated is None or len(parts) != len(above) or _NO_VALUE.search(header) or _mixes(parts, stated):
            continue
        if not _may_be_summed(grid, kind, column, above):
            continue
        checked += 1
        ranges = [parts[first:] for first in range(len(parts) - 1)]
        ranges += [parts[:last] for last in range(2, len(parts))] + [grid.column(column, everything)]
        if not any(_fits(kind, stated, part) for part in ranges):
            wrong.append((column, stated, parts))
    if not wrong:
        return
    column, stated, parts = wrong[0]
    true = _shown(_compute(kind, parts), stated)
    is_of_more = len(wrong) == checked > 1 and kind != "total"  # perhaps of more runs than the table shows
    is_outside = kind == "mean" and any(not _is_inside(number, part) for _, number, part in wrong)
    where = f" of {grid.table.columns[column]}" if grid.table.columns[column] else ""
    says = f"The {_WORDS[kind]}{where} over the {len(parts)} rows is {true}, not {stated.printed}."
    if len(wrong) > 1:
        numbers = "numbers of this row do" if len(wrong) > 2 else "number of this row does"
        says += f" {len(wrong) - 1} more {numbers} not fit."
    yield _WrongCell(grid.table.rows[at], says, true, "doubtful" if is_of_more and not is_outside else "inconsistent")


def _may_be_summed(grid: _Grid, kind: str, column: int, rows: Sequence[int]) -> bool:
    """Whether a column is of the kind that has such a summary."""
    header = grid.table.columns[column]
    metric = metric_of(header)
    if kind == "total":
        is_layer_table = re.search(
            r"(?i)layer|module|schicht|capa|camada|couche|층|레이어|层|層", " ".join(grid.table.columns)
        )
        return metric in _SUMMED and not (metric == "parameters" and is_layer_table)
    if kind == "mean" and metric == "f1":  # may be that of the mean precision and recall
        others = {metric_of(other) for other in grid.table.columns}
        return not {"precision", "recall"} <= others
    return not _DIFFERENCE.search(header) or kind == "mean"


def _mixes(parts: Sequence[CellNumber], stated: CellNumber) -> bool:
    """Whether numbers are on different scales, or are means of runs themselves."""
    signs = {part.unit in ("%", "％") for part in parts}
    return len(signs) > 1 or (
        stated.value > 1.5 * max(part.value for part in parts) and max(part.value for part in parts) <= 1
    )


# Summary columns -----------------------------------------------------------------------------------------------------


def _columns(grid: _Grid) -> Iterator[_WrongCell]:
    """Each column that is called mean, total, ... against the cells beside it."""
    for column, header in enumerate(grid.table.columns):
        kind = _kind(header) or _kind(header.rpartition("/")[2])
        if kind is None:
            continue
        runs = [
            at
            for at, other in enumerate(grid.table.columns)
            if _RUN.fullmatch(other.rpartition("/")[2]) and _same_top(header, other)
        ]
        if len(runs) > 1:
            yield from _column(grid, column, kind, [runs], needed=0)
        elif kind in ("mean", "total"):
            left = [at for at in range(column) if _is_value(grid, at)][-12:]
            ranges = [left[first:last] for first in range(len(left)) for last in range(first + 2, len(left) + 1)]
            yield from _column(grid, column, kind, ranges, needed=2 if _counts_images(grid, column, kind) else 3)


def _counts_images(grid: _Grid, column: int, kind: str) -> bool:
    """Whether a column called total holds nothing but whole numbers; then two rows show what it sums up."""
    numbers = [row[column] for row in grid.numbers if row[column] is not None]
    return kind == "total" and all(number is not None and number.step == 1 and not number.unit for number in numbers)


def _same_top(one: str, other: str) -> bool:
    """Whether two headers of two levels stand under the same upper header."""
    return "/" not in one or one.rpartition("/")[0] == other.rpartition("/")[0]


def _is_value(grid: _Grid, column: int) -> bool:
    header = grid.table.columns[column]
    if _NO_VALUE.search(header) or _SUPPORTS.search(header) or _kind(header) or _DIFFERENCE.search(header):
        return False
    return sum(row[column] is not None for row in grid.numbers) >= 2


def _column(grid: _Grid, column: int, kind: str, ranges: Sequence[Sequence[int]], needed: int) -> Iterator[_WrongCell]:
    """The rows in which a summary does not fit; `needed` rows have to fit for that."""
    best: tuple[int, list[tuple[int, CellNumber, list[CellNumber]]]] = (0, [])
    for columns in ranges:
        fits, wrong = 0, []
        cells: list[tuple[int, CellNumber, list[CellNumber]]] = []
        for at in range(len(grid.numbers)):
            stated, parts = grid.numbers[at][column], [number for each in columns if (number := grid.numbers[at][each])]
            if stated is None or len(parts) != len(columns) or _mixes(parts, stated):
                continue
            cells.append((at, stated, parts))
            if _fits(kind, stated, parts):
                fits += 1
            else:
                wrong.append((at, stated, parts))
        if kind == "mean" and not wrong:
            wrong = _inexact(cells)
            fits -= len(wrong)
        if fits > best[0] or not best[1]:
            best = (fits, wrong) if fits >= best[0] else best
    fits, wrong = best
    if not wrong or fits < needed or (needed and len(wrong) > fits / 2):
        return
    is_of_more = needed == 0 and fits == 0 and len(wrong) > 1
    at, stated, parts = wrong[0]
    true = _shown(_compute(kind, parts), stated)
    says = (
        f"The {_WORDS[kind]} of the {len(parts)} numbers beside it is {true}, not {stated.printed}, in the row "
        f"{grid.label(at)}."
    )
    if len(wrong) > 1:
        says += f" {len(wrong) - 1} more row{'s do' if len(wrong) > 2 else ' does'} not fit."
    yield _WrongCell(grid.table.rows[at], says, true, "doubtful" if is_of_more else "inconsistent")


# Numbers of runs -----------------------------------------------------------------------------------------------------


def _other_runs(evidence: Evidence, grids: Sequence[_Grid]) -> Iterator[tuple[Sentence, int, int]]:
    """The first sentence that says over how many runs the means are, if the tables show another number of runs."""
    said = [
        (sentence, number)
        for sentence in sentences_of(evidence.layout)
        for match in _MEAN_OF_RUNS.finditer(sentence.text)
        if (number := _number_of(next(group for group in match.groups() if group is not None))) is not None
    ]
    if len({number for _, number in said}) != 1:
        return
    sentence, number = said[0]
    is_of_folds = _FOLD.search(sentence.text) is not None
    shown = [grid for grid in grids if _names_runs(grid.table) and _names_folds(grid.table) == is_of_folds]
    counts = {count for grid in shown if (count := _count_of_runs(grid, number)) is not None}
    if len(counts) == 1 and number not in counts:
        yield sentence, number, counts.pop()


def _names_runs(table: PrintedTable) -> bool:
    """Whether the words of a table say that it has runs, seeds or folds, so that its numbers are no settings."""
    return any(
        _RUN_WORD.search(text) for text in (*table.columns, *(row.cells[0].text for row in table.rows if row.cells))
    )


def _names_folds(table: PrintedTable) -> bool:
    return any(_FOLD.search(text) for text in (*table.columns, *(row.cells[0].text for row in table.rows if row.cells)))


def _count_of_runs(grid: _Grid, said: int) -> int | None:
    """How many runs a table shows, if its means are over all of them and not over the number that is said."""
    means = [at for at, header in enumerate(grid.table.columns) if _kind(header.rpartition("/")[2]) == "mean"]
    for column in means:
        header = grid.table.columns[column]
        runs = [
            at
            for at, other in enumerate(grid.table.columns)
            if _RUN.fullmatch(other.rpartition("/")[2]) and _same_top(header, other)
        ]
        rows = [[row[column], *(row[at] for at in runs)] for row in grid.numbers]
        full = [(row[0], [part for part in row[1:] if part is not None]) for row in rows if None not in row]
        if len(runs) > 1 and _are_of_all([(stated, parts) for stated, parts in full if stated is not None], said):
            return len(runs)
    runs = [at for at, row in enumerate(grid.table.rows) if row.cells and _RUN.fullmatch(row.cells[0].text)]
    sums = [at for at, kind in enumerate(grid.kinds) if kind == "mean"]
    if len(runs) > 1 and len(sums) == 1:
        pairs = [(grid.numbers[sums[0]][at], grid.column(at, runs)) for at in range(1, grid.width)]
        means_of_all = [(stated, parts) for stated, parts in pairs if stated is not None and len(parts) == len(runs)]
        if _are_of_all(means_of_all, said):
            return len(runs)
    return None


def _are_of_all(means: Sequence[tuple[CellNumber, list[CellNumber]]], said: int) -> bool:
    """Whether two means at least are those of all their parts to the last digit, and fewer are those of some parts."""
    matches = [
        sum(abs(stated.value - _compute("mean", parts[each])) <= 0.51 * stated.step for stated, parts in means)
        for each in (slice(0, None), slice(0, said), slice(-said, None))
    ]
    is_of_some = all(said < len(parts) for _, parts in means) and matches[0] <= max(matches[1:])
    return matches[0] >= 2 and not is_of_some


def _number_of(printed: str) -> int | None:
    if printed.isdecimal():
        return int(printed)
    return claim_words.NUMBER_WORDS.get(printed.lower())


# Arithmetic of summaries ---------------------------------------------------------------------------------------------


def _inexact(
    cells: Sequence[tuple[int, CellNumber, list[CellNumber]]],
) -> list[tuple[int, CellNumber, list[CellNumber]]]:
    """The means that miss by more than their last digit, where all others are exact to it: their parts are not rounded.

    Means with more decimals than their parts tell this; a part of 10,000 images in percent has two decimals.
    """
    misses = [(abs(stated.value - _compute("mean", parts)) / stated.step, stated, parts) for _, stated, parts in cells]
    if any(stated.step > 0.11 * min(part.step for part in parts) for _, stated, parts in misses):
        return []
    wrong = [cell for cell, (miss, *_) in zip(cells, misses, strict=True) if miss > 1.01]
    exact = [miss for miss, *_ in misses if miss <= 0.51]
    return wrong if len(exact) >= 3 and len(exact) + len(wrong) == len(cells) and 3 * len(wrong) <= len(exact) else []


def _compute(kind: str, parts: Sequence[CellNumber]) -> float:
    values = [part.value for part in parts]
    compute: dict[str, Callable[[Sequence[float]], float]] = {
        "mean": fmean,
        "median": median,
        "total": math.fsum,
        "std": stdev,
        "max": max,
        "min": min,
    }
    return compute[kind](values)


def _fits(kind: str, stated: CellNumber, parts: Sequence[CellNumber]) -> bool:
    """Whether a summary follows from its parts, whose printed digits are rounded, and is rounded or cut off itself."""
    if len(parts) < 2:
        return False
    step = max(part.step for part in parts)
    count = len(parts)
    if kind == "std":
        values = [part.value for part in parts]
        allowed = [stdev(values), pstdev(values), stdev(values) / math.sqrt(count)]
        slack = stated.step + step / 2 * math.sqrt(count / (count - 1)) + 0.05 * stated.value
        return any(abs(stated.value - each) <= slack * (1 + 1e-9) for each in allowed)
    slack = stated.step + (step / 2 * count if kind == "total" else step / 2)
    return abs(stated.value - _compute(kind, parts)) <= slack * (1 + 1e-9)


def _is_inside(stated: CellNumber, parts: Sequence[CellNumber]) -> bool:
    values = [part.value for part in parts]
    slack = stated.step + max(part.step for part in parts)
    return min(values) - slack <= stated.value <= max(values) + slack


def _shown(value: float, like: CellNumber) -> str:
    """A computed number, with one decimal more than the printed one at most, and its unit."""
    places = max(0, round(-math.log10(like.step))) if like.step < 1 else 0
    if like.unit and like.unit not in ("%", "％"):
        return f"{value:.6g}"
    return f"{value:,.{places}f}" + (" %" if like.unit else "")


# Differences ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Relation:
    """A way in which a column of differences may follow from the others."""

    says: str
    compute: Callable[[int], tuple[float, float] | None]  # of a row: the value, and half a step of rounding
    is_usual: bool = True  # if not, it only excuses a row


def _tells(relation: _Relation, rows: Sequence[int], grid: "_Grid", column: int) -> bool:
    """Whether it is no chance that a relation fits some rows: it is more exact than the numbers differ."""
    stated = [_number(grid, at, column) for at in rows]
    values = [abs(each.value) for each in stated]
    slacks = [
        each.step + computed[1]
        for at, each in zip(rows, stated, strict=True)
        if (computed := relation.compute(at)) is not None
    ]
    return len({value for value in values if value}) > 1 and max(slacks) <= 0.25 * (max(values) - min(values))


def _differences(grid: _Grid) -> Iterator[_WrongCell]:
    """Each column of differences, where one way to compute it explains all rows but a few."""
    for column, header in enumerate(grid.table.columns):
        if not _DIFFERENCE.search(header) or _kind(header.rpartition("/")[2]):
            continue
        rows = [
            at for at, numbers in enumerate(grid.numbers) if numbers[column] is not None and not grid.is_summary[at]
        ]
        scales = (1.0, 100.0) if _holds_fractions(grid, column) else (1.0,)
        explained = {
            relation: [at for at in rows if _explains(relation, at, _number(grid, at, column), scales)]
            for relation in _relations(grid, column)
        }
        usual = [each for each in explained if each.is_usual and _tells(each, explained[each], grid, column)]
        if not usual:
            continue
        relation = max(usual, key=lambda each: len(explained[each]))
        fits = explained[relation]
        if any(len(each) > len(fits) for each in explained.values()):
            continue
        other = {at for each in explained.values() if len(each) > 1 for at in each}
        wrong = [at for at in rows if at not in other and relation.compute(at) is not None]
        # A speed-up that begins with 1.00 says itself what it is divided by.
        is_clear = bool(_FACTOR.search(header)) and any(_number(grid, at, column).value == 1 for at in fits)
        if len(fits) < (2 if is_clear else 3) or not wrong or len(wrong) > len(fits) / (2 if is_clear else 3):
            continue
        at = wrong[0]
        stated, computed = _number(grid, at, column), relation.compute(at)
        assert computed is not None
        true = _shown(math.copysign(computed[0], stated.value), stated)
        says = (
            f"In the other rows, {header} is {relation.says}. In the row {grid.label(at)} that is {true}, not "
            f"{stated.printed}."
        )
        yield _WrongCell(grid.table.rows[at], says, true)


def _holds_fractions(grid: _Grid, column: int) -> bool:
    """Whether all values of a table are fractions, but not those of a column of differences."""
    values = [
        number.value for row in grid.numbers for at, number in enumerate(row) if number is not None and at != column
    ]
    return max(values, default=2) <= 1


def _number(grid: _Grid, row: int, column: int) -> CellNumber:
    number = grid.numbers[row][column]
    assert number is not None
    return number


def _explains(relation: _Relation, row: int, stated: CellNumber, scales: Sequence[float]) -> bool:
    computed = relation.compute(row)
    return computed is not None and abs(abs(stated.value) - abs(computed[0])) <= (stated.step + computed[1]) * (
        1 + 1e-9
    )


def _relations(grid: _Grid, column: int) -> Iterator[_Relation]:
    """The ways in which a column may follow: from two columns, or from a column and one of its rows."""
    values = [at for at in range(grid.width) if at != column and _is_value(grid, at)][:6]
    names = grid.table.columns
    units = {number.unit for row in grid.numbers if (number := row[column]) is not None}
    is_factor = bool(_FACTOR.search(names[column]) or units & {"x", "×"})
    for one, other in permutations(values, 2):
        is_beside = {one, other} == {column - 1, column - 2}
        is_usual = is_beside or _are_alike(names[one], names[other])
        if is_factor:
            yield _Relation(f"{names[one]} divided by {names[other]}", _ratio(grid, one, other), is_usual)
        elif one < other:
            yield _Relation(f"{names[one]} minus {names[other]}", _minus(grid, one, other), is_usual)
        if not is_factor:
            yield _Relation(f"{names[one]} against {names[other]} in percent", _relative(grid, one, other), is_usual)
    for one in values:
        if is_factor and metric_of(names[one]) is None:
            continue
        for row in range(min(len(grid.numbers), 12)):
            base, label = grid.numbers[row][one], grid.label(row)
            if base is None:
                continue
            own = grid.numbers[row][column]  # a row has no difference from itself
            is_base = own is None or own.value == (1 if is_factor else 0)
            if is_factor:
                inverse, ratio = (_base_ratio(grid, one, base, is_inverse) for is_inverse in (True, False))
                yield _Relation(f"{names[one]} of {label} divided by it", inverse, is_base)
                yield _Relation(f"{names[one]} divided by that of {label}", ratio, is_base)
            else:
                minus, relative = _from_base(grid, one, base), _base_relative(grid, one, base)
                yield _Relation(f"{names[one]} minus that of {label}", minus, is_base)
                yield _Relation(f"{names[one]} against that of {label} in percent", relative, is_base)
        yield _Relation(f"{names[one]} minus that of the row above", _from_above(grid, one))


_Compute = Callable[[int], tuple[float, float] | None]


def _are_alike(one: str, other: str) -> bool:
    """Whether two columns may be compared: their headers share a word, or they are of one metric or two splits."""
    words, others = (set(re.findall(r"[^\W\d_]{2,}", header.lower())) - _SMALL_WORDS for header in (one, other))
    metric = metric_of(one)
    return (
        bool(words & others)
        or (metric is not None and metric == metric_of(other))
        or bool(split_of(one) and split_of(other))
    )


def _minus(grid: _Grid, one: int, other: int) -> _Compute:
    def compute(row: int) -> tuple[float, float] | None:
        a, b = grid.numbers[row][one], grid.numbers[row][other]
        return None if a is None or b is None else (a.value - b.value, (a.step + b.step) / 2)

    return compute


def _relative(grid: _Grid, one: int, other: int) -> _Compute:
    def compute(row: int) -> tuple[float, float] | None:
        a, b = grid.numbers[row][one], grid.numbers[row][other]
        return None if a is None or b is None else _percent(a, b)

    return compute


def _ratio(grid: _Grid, one: int, other: int) -> _Compute:
    def compute(row: int) -> tuple[float, float] | None:
        a, b = grid.numbers[row][one], grid.numbers[row][other]
        return None if a is None or b is None else _quotient(a, b)

    return compute


def _from_base(grid: _Grid, one: int, base: CellNumber) -> _Compute:
    def compute(row: int) -> tuple[float, float] | None:
        a = grid.numbers[row][one]
        return None if a is None else (a.value - base.value, (a.step + base.step) / 2)

    return compute


def _base_relative(grid: _Grid, one: int, base: CellNumber) -> _Compute:
    def compute(row: int) -> tuple[float, float] | None:
        a = grid.numbers[row][one]
        return None if a is None else _percent(a, base)

    return compute


def _base_ratio(grid: _Grid, one: int, base: CellNumber, is_inverse: bool) -> _Compute:
    def compute(row: int) -> tuple[float, float] | None:
        a = grid.numbers[row][one]
        if a is None:
            return None
        return _quotient(base, a) if is_inverse else _quotient(a, base)

    return compute


def _from_above(grid: _Grid, one: int) -> _Compute:
    def compute(row: int) -> tuple[float, float] | None:
        a = grid.numbers[row][one]
        b = grid.numbers[row - 1][one] if row else None
        return None if a is None or b is None else (a.value - b.value, (a.step + b.step) / 2)

    return compute


def _percent(a: CellNumber, b: CellNumber) -> tuple[float, float] | None:
    """How much a number is above another one, in percent."""
    quotient = _quotient(a, b)
    return None if quotient is None else (100 * (quotient[0] - 1), 100 * quotient[1])


def _quotient(a: CellNumber, b: CellNumber) -> tuple[float, float] | None:
    if b.value == 0 or a.value == 0:
        return None
    value = a.value / b.value
    return value, abs(value) * (a.step / abs(a.value) + b.step / abs(b.value)) / 2


# Bold ----------------------------------------------------------------------------------------------------------------


def _bold(table: PrintedTable, lines: Sequence[str]) -> Iterator[tuple[str, TableRow]]:
    """A bold number that is not the best of its column, where those of all other columns are."""
    columns = []
    for series in series_of(table):
        bold = [entry for entry in series.entries if _is_bold(lines, entry.span.line, entry.span.start, entry.number)]
        if len(bold) == 1 and series.better is not None and len(series.entries) > 2:
            sign = 1 if series.better == "higher" else -1
            best = max(series.entries, key=lambda entry: sign * entry.number.value)
            slack = max(best.number.step, bold[0].number.step) / 2
            columns.append((series, bold[0], best, sign * (best.number.value - bold[0].number.value) > slack))
    wrong = [each for each in columns if each[3]]
    if len(wrong) != 1 or len(columns) < 3 or len({bold.row for _, bold, _, _ in columns}) < 2:
        return
    series, bold_entry, best, _ = wrong[0]
    is_on_side = not any(row.line == bold_entry.span.line and bold_entry.row < len(table.rows) for row in table.rows)
    if is_on_side:
        return
    row = next(row for row in table.rows if row.line == bold_entry.span.line)
    yield (
        f"Bold marks the best number in the other columns. In {series.header} it marks {bold_entry.number.digits}, but "
        f"the "
        f"best is {best.number.digits} ({best.label}).",
        row,
    )


def _is_bold(lines: Sequence[str], line: int, start: int, number: CellNumber) -> bool:
    if number.is_bold:
        return True
    text = lines[line] if line < len(lines) else ""
    near = text[max(0, start - 3) : start + len(number.printed) + 6]
    return f"**{number.digits}" in near or f"__{number.digits}" in near
