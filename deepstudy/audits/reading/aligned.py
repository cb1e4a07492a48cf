"""Tables without lines: their columns stand apart by spaces, tabs or commas, as programs and PDF files print them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.lines.tokens import tokenize

#: A cell with its place in the line: text, first letter, letter after the last.
PlacedCell = tuple[str, int, int]

_MOST_ROWS = 20_000
_KEY_VALUE = re.compile(r"[\w%)\]\"'）@]\s{0,4}[:=：]\s{0,12}[\[({'\"]?[-+]?\.?\d")
_SPACES_OR_TABS = re.compile(r"[^\s]+(?: [^\s]+)*")
_COMMAS = re.compile(r"[^,]+")
_WORDS = re.compile(r"\S+")
_NUMBER = (
    r"[-+−]?\$?\(?(?:\d[\d,.]*|\.\d+)(?:[eE][-+]?\d+)?(?:\s?(?:\\?%|％|ms\b|sec\b|min\b|MB\b|KB\b|Mo\b|[kKMGBshx×](?![\w])))?\)?"
    r"(?:\s?(?:±|\+/-|\+-)\s?\d[\d.,]*\s?%?)?(?:\s?\(\s?[-+±]?\d[\d.,]*\s?%?\))?"
)
IS_NUMBER = re.compile(rf"{_NUMBER}|\d+:\d\d(?::\d\d)?|nan|inf|None|N/?A|[-–—✓✗×/]", re.IGNORECASE)
_NUMERIC_CELL = re.compile(rf"(?<!\S)(?:{_NUMBER}|\d+:\d\d(?::\d\d)?|nan|N/?A|[-–—])(?!\S)")
_SEVERAL = re.compile(r"[\d.,]*\d%? [\d.,]*\d%?(?: [\d.,%]+)*")
_SUMMARY_ROW = re.compile(r"\s*(?:accuracy|(?:macro|micro|weighted|samples) avg|avg / total)\s+\d", re.IGNORECASE)
_HEADS = re.compile(
    rf"{vocabulary.IMAGE_WORDS}|\b(?:corre[ct]tas?|richtig|right|time|sec|seconds|minutes|support|size|n|classes|correct|rank|score|value|year|memory|speed)\b|"
    r"시간|时间|時間|zeit|tiempo|tempo|temps",
    re.IGNORECASE,
)
#: A column of one run: `seed 1`, `Lauf 2`.
_RUN_COLUMN = re.compile(
    r"(?:\b(?:seed|run|fold|trial|lauf|durchlauf|semilla|corrida|ejecuci[óo]n|execu[çc][ãa]o|semente|essai|graine|pli)|시드|실험|种子|シード|试验)\s?#?\d",
    re.IGNORECASE,
)
_FEWEST_RUNS = 2


@dataclass(frozen=True)
class AlignedTable:
    """A table whose columns stand apart.

    Attributes:
        length: how many lines it has.
        rows: for each of its lines that holds cells, the number of the line within the table, from 0, and the cells;
            the header first.
    """

    length: int
    rows: tuple[tuple[int, tuple[PlacedCell, ...]], ...]


def find_aligned(lines: Sequence[str]) -> AlignedTable | None:
    """Find a table that begins at the first of some lines.

    Arguments:
        lines: the lines from the header on.

    Returns:
        The table; None if these lines are none.
    """
    header = lines[0]
    if len(header) > 400 or not header.strip() or _KEY_VALUE.search(header):
        return None
    is_named = any(token.kind in ("metric", "epoch", "step", "split") for token in tokenize(header))
    if not is_named and len(_RUN_COLUMN.findall(header)) < _FEWEST_RUNS:
        return None
    return _by_gaps(lines) or _by_tails(lines)


def _by_gaps(lines: Sequence[str]) -> AlignedTable | None:
    """A table whose cells are divided by the same sign in each row: two spaces or more, tabs, commas, single spaces."""
    for pattern in (_SPACES_OR_TABS, _COMMAS, _WORDS):
        header = _cells(pattern, lines[0])
        named = [cell for cell, _, _ in header if any(letter.isalpha() for letter in cell)]
        fewest = 2 if pattern is _SPACES_OR_TABS else 3
        is_of_runs = len(named) >= 2 and pattern is _SPACES_OR_TABS
        if (
            len(header) < fewest
            or (len(named) < len(header) - 1 and not is_of_runs)
            or any(len(cell) > 40 for cell, _, _ in header)
        ):
            continue
        numbered = [cell for cell, _, _ in header if IS_NUMBER.fullmatch(cell)]
        if numbered and numbered != [str(at + 1) for at in range(max(len(numbered), _FEWEST_RUNS))]:
            continue  # numbers in a header are those of runs
        rows, end = [(0, header)], 1
        while end < min(len(lines), _MOST_ROWS):
            text = lines[end]
            if not text.strip():
                if end + 1 < len(lines) and len(rows) > 1 and _SUMMARY_ROW.match(lines[end + 1]):
                    end += 1
                    continue
                if len(rows) > 1 or end > 2:
                    break
                end += 1
                continue
            if len(rows) == 1 and set(text.strip()) <= set("-=+|: ─━"):
                end += 1
                continue
            if _SUMMARY_ROW.match(text) and len(rows) > 1:
                rows.append((end, _summary(text, max(len(cells) for _, cells in rows[1:]))))
                end += 1
                continue
            cells = _cells(pattern, text)
            figures = sum(IS_NUMBER.fullmatch(cell) is not None for cell, _, _ in cells)
            if pattern is _SPACES_OR_TABS and any(_SEVERAL.fullmatch(cell) for cell, _, _ in cells):
                return None  # columns that stand one space apart
            if not len(header) <= len(cells) <= len(header) + 1 or figures < max(1, (len(cells) - 1) / 2):
                break
            rows.append((end, cells))
            end += 1
        fewest = 1 if pattern is _SPACES_OR_TABS and len(header) >= 3 else 2
        if len(rows) > fewest:
            return AlignedTable(rows[-1][0] + 1, tuple(rows))
    return None


def _cells(pattern: re.Pattern[str], text: str) -> tuple[PlacedCell, ...]:
    return tuple((match.group().strip(), match.start(), match.end()) for match in pattern.finditer(text))


def _summary(text: str, width: int) -> tuple[PlacedCell, ...]:
    """`accuracy  0.97  450` below a report of classes: its numbers stand in the last columns."""
    numbers = [(match.group(), match.start(), match.end()) for match in _NUMERIC_CELL.finditer(text)]
    label = text[: numbers[0][1]].strip()
    begin = len(text) - len(text.lstrip())
    empty = [("", numbers[0][1], numbers[0][1])] * max(width - 1 - len(numbers), 0)
    return ((label, begin, begin + len(label)), *empty, *numbers)


def _by_tails(lines: Sequence[str]) -> AlignedTable | None:
    """A table whose rows end in the same number of numbers, whatever the words before them: PDF files have such."""
    if any(token.kind == "number" for token in tokenize(lines[0])):
        return None
    tails: list[tuple[int, list[PlacedCell]]] = []
    for at in range(1, min(len(lines), _MOST_ROWS)):
        tail = _tail(lines[at])
        if not tail or (len(tails) == 1 and _width(lines[0], [len(tails[0][1]), len(tail)]) is None):
            break
        tails.append((at, tail))
    if len(tails) < 2:
        return None
    found = _width(lines[0], [len(tail) for _, tail in tails])
    if found is None:
        return None
    width, columns, count = found
    del tails[count:]
    has_label = any(lines[at][: tail[-width][1]].strip() for at, tail in tails)
    if len(columns) == width and has_label:
        columns = (("", 0, 0), *columns)
    rows: list[tuple[int, tuple[PlacedCell, ...]]] = [(0, columns)]
    for at, tail in tails:
        cells = tail[-width:]
        begin = len(lines[at]) - len(lines[at].lstrip())
        label = lines[at][begin : cells[0][1]].rstrip()
        label_cell = ((label, begin, begin + len(label)),) if len(columns) > width else ()
        rows.append((at, (*label_cell, *cells)))
    return AlignedTable(tails[-1][0] + 1, tuple(rows))


def _width(header: str, counts: Sequence[int]) -> tuple[int, tuple[PlacedCell, ...], int] | None:
    """How many columns of numbers there are, their names, and how many rows have as many numbers."""
    for width in range(max(counts[:2]), 1, -1):
        rows = next((at for at, count in enumerate(counts) if count < width), len(counts))
        if rows >= 2 and width in counts[:rows] and (columns := _columns(header, width)):
            return width, columns, rows
    return None


def _tail(text: str) -> list[PlacedCell]:
    """The numbers that a line ends in."""
    cells: list[PlacedCell] = []
    if not text.strip() or len(text) > 400 or _KEY_VALUE.search(text):
        return cells
    end = len(text.rstrip())
    for match in reversed(list(_NUMERIC_CELL.finditer(text))):
        if text[match.end() : end].strip():
            break
        cells.insert(0, (match.group(), match.start(), match.end()))
        end = match.start()
    return cells


def _columns(header: str, width: int) -> tuple[PlacedCell, ...]:
    """The names in a header, as many as a row has numbers, or one more for the words at the left; () if they differ."""
    words = _cells(_WORDS, header)
    for cells in (_cells(_SPACES_OR_TABS, header), words, _by_heads(header, words)):
        if len(cells) in (width, width + 1):
            return cells
    return ()


def _by_heads(header: str, words: Sequence[PlacedCell]) -> tuple[PlacedCell, ...]:
    """Words joined into names: each name ends in a word that is measured, counted or set: `train loss`, `test acc.`."""
    heads = [
        (token.start, token.end)
        for token in tokenize(header)
        if token.kind in ("metric", "epoch", "step", "setting")
        and not (token.kind == "metric" and token.name == "correct")
    ]
    heads += [match.span() for match in _HEADS.finditer(header) if match.group().strip()]
    ends = {next((at for at, (_, start, stop) in enumerate(words) if start < end <= stop), -1) for _, end in heads}
    names: list[PlacedCell] = []
    first = 0
    for at, (text, _, stop) in enumerate(words):
        follower = words[at + 1][0] if at + 1 < len(words) else ""
        is_unit = follower.startswith(("(", "[", "/", "%", "°", "@")) or text in ("/", "per")
        if (
            (at in ends and not is_unit)
            or at == len(words) - 1
            or (at - 1 in ends and text.startswith(("(", "[", "%")))
        ):
            begin = words[first][1]
            names.append((header[begin:stop], begin, stop))
            first = at + 1
    return tuple(names)
