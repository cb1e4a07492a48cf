"""From lines to blocks: headings, paragraphs with their wrapped lines joined, tables of all kinds, logs, code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import overload

from deepstudy.audits.reading.aligned import IS_NUMBER, PlacedCell, find_aligned
from deepstudy.audits.reading.blocks import (
    Block,
    DocumentLayout,
    Heading,
    Paragraph,
    PrintedTable,
    Span,
    TableCell,
    TableRow,
    Verbatim,
)
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.lines.tokens import tokenize

_LONGEST_TABLE = 5000  # rows
_LONGEST = 2000  # letters of a line; what is longer is data
_FENCE = re.compile(r"\s{0,3}(?:```+|~~~+)\s*\{?\.?([\w+-]*)")
_CODE_LANGUAGES = frozenset(
    "python py python3 ipython matlab c cpp java js javascript sh bash shell yaml yml json r julia".split()
)
_BOX = str.maketrans("│┃║｜", "||||")
_RULE = re.compile(r"[\s|+:=\-_*~─━═┄┈┏┓┗┛┣┫┳┻╋┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╭╮╰╯╒╕╘╛╞╡╪╤╧╟╢╫╥╨╶╴]*")
_MARKDOWN_HEADING = re.compile(r"\s{0,3}(#{1,6})\s*(\S.*?)\s*#*\s*")
_NUMBERED_HEADING = re.compile(
    r"\s*(?:(?:\d{1,2}\.){1,4}\d{0,2}(?!\d)|\d{1,2}[.)、](?!\d)|[IVX]{1,4}\.|[A-H]\.|第?[一二三四五六七八九十]{1,3}[、章节]|"
    r"(?:chapter|section|kapitel|abschnitt|capítulo|sección|seção|chapitre|제)\s*\d+\w*)\s*(\S.{0,80})",
    re.IGNORECASE,
)
_BOLD_HEADING = re.compile(r"\s*(?:\*\*|__)([^*_]{2,80}?):?(?:\*\*|__):?\s*")
_ITEM = re.compile(r"\s*(?:[-*+•·▪◦○●■□‣–—]\s+|[•·▪◦○●■‣](?=\S)|\(?\d{1,2}[.)]\s+|\(?[a-z]\)\s+|[①-⑳]\s*)(?=\S)")
_CAPTION = re.compile(
    r"\s*(?:\*\*|_|\*)?(?:table|tab\.?|tabelle|tabla|tabela|tableau|表|표)\s*[\d.:：一二三四五IVX]", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?。！？:：][\s\"')\]*_»”]*$")
_KEY_VALUE = re.compile(r"[\w%)\]\"'）@]\s{0,4}[:=：]\s{0,12}[\[({'\"]?[-+]?\.?\d")
_STARTS_PRINTED = re.compile(
    r"\s*(?:\[|\{|>>>|\$ |\d+/\d+\s|\d+%\||(?:train|test|val\w*|epoch|step|iter\w*|batch)\b[^a-z]{0,12}\d|"
    r"\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|INFO|I\d{4}\s|={4,}|-{4,}|\*{4,}|tensor\(|dict\(|array\()",
    re.IGNORECASE,
)
_ALL_DIGITS = re.compile(r"[\d.,\s]+")
_LONE_NUMBER = re.compile(r"\s*-?\d{1,3}\.\d{2,}\s*%?\s*")
_LONE_NAME = re.compile(r"\s*[a-zA-Z]\w{2,30}\s*=\s*")  # what MATLAB prints above a number
_WORD = re.compile(r"[^\W\d_]{2,}")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")  # Chinese and Japanese set no spaces between words
_LETTERS_OF_A_WORD = 3
_FEWEST_NUMBERED = 2  # columns
_MARKS = re.compile(
    r"\*\*|__|`|~~|</?(?:b|strong|em|i|sub|sup|center|br|span|font)\b[^<>]{0,80}>|\$|\\textbf|\\mathbf|\\underline"
)


@dataclass(frozen=True)
class _Line:
    """A line with its number, without marks of Markdown that mean nothing here."""

    number: int
    text: str
    kind: str


def read_layout(document: ReportDocument) -> DocumentLayout:
    """Find the blocks of a document.

    Arguments:
        document: the document.

    Returns:
        Its blocks, each with the headings above it.
    """
    return _LayoutReader(document).read()


def is_printed(text: str) -> bool:
    """Say whether a program printed a line, or a person noted values in the same way.

    Arguments:
        text: a line.

    Returns:
        True for `Epoch 3, loss: 0.2`, False for sentences.
    """
    if _LONE_NUMBER.fullmatch(text) or _LONE_NAME.fullmatch(text):
        return True
    pairs = len(_KEY_VALUE.findall(text))
    words = len(_WORD.findall(text)) + len(_UNSPACED.findall(text)) // _LETTERS_OF_A_WORD
    if _SENTENCE_END.search(text) and words > 7 and not _STARTS_PRINTED.match(text):
        return False
    if _STARTS_PRINTED.match(text) and any(letter.isdigit() for letter in text):
        return words <= 25
    named = sum(token.kind in ("metric", "epoch", "step") for token in tokenize(text))
    if pairs >= 2:
        return words <= 8 * pairs
    return (
        (pairs == 1 or named > 0)
        and any(letter.isdigit() for letter in text)
        and words <= 7
        and not text.rstrip().endswith((".", "。"))
    )


class _Texts(Sequence[str]):
    """The texts of some lines, without copying them."""

    def __init__(self, lines: Sequence[_Line], start: int, end: int) -> None:
        self.lines, self.start, self.end = lines, start, end

    def __len__(self) -> int:
        return self.end - self.start

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self.lines[self.start + at].text for at in range(*index.indices(len(self)))]
        return self.lines[self.start + index].text


class _LayoutReader:
    """Goes through the lines of a document from top to bottom."""

    def __init__(self, document: ReportDocument) -> None:
        self.layout = DocumentLayout()
        self.lines = [
            _Line(number, line.text[:_LONGEST].translate(_BOX), line.kind) for number, line in enumerate(document.lines)
        ]
        #: For each line, the number of the line after the last of the same kind.
        self.ends = list(range(1, len(self.lines) + 1))
        for at in range(len(self.lines) - 2, -1, -1):
            if self.lines[at].kind == self.lines[at + 1].kind:
                self.ends[at] = self.ends[at + 1]
        self.stack: list[Heading] = []
        self.at = 0
        self.fence: str | None = None

    def read(self) -> DocumentLayout:
        while self.at < len(self.lines):
            self._next()
        return self.layout

    def _add(self, block: Block) -> None:
        self.layout.blocks.append(block)
        self.layout.headings.append(tuple(heading.text for heading in self.stack))

    def _next(self) -> None:
        line = self.lines[self.at]
        if line.kind == "text" and (fence := _FENCE.match(line.text)):
            self._fenced(fence[1].lower())
        elif line.kind == "code":
            self._verbatim("code", lambda other: other.kind == "code")
        elif not line.text.strip() or (_RULE.fullmatch(line.text) and not self._is_table_rule(line)):
            self.at += 1
        elif line.kind == "caption":
            self._add(Paragraph(line.text.strip(), ((0, line.number, 0),)))
            self.at += 1
        elif self._table() or (line.kind == "text" and self._heading(line)):
            pass
        elif line.kind == "output" or is_printed(line.text):
            kind = line.kind
            self._verbatim("output", lambda other: other.kind == kind and (kind == "output" or is_printed(other.text)))
        else:
            self._paragraph()

    def _is_table_rule(self, line: _Line) -> bool:
        return False

    # Verbatim text ---------------------------------------------------------------------------------------------------

    def _fenced(self, language: str) -> None:
        """The lines between two fences: code, or what a program printed."""
        self.at += 1
        start = self.at
        while self.at < len(self.lines) and not (
            self.lines[self.at].kind == "text" and _FENCE.match(self.lines[self.at].text)
        ):
            self.at += 1
        inside = self.lines[start : self.at]
        end, self.at = self.at + 1, start
        if language in _CODE_LANGUAGES or (not language and looks_like_code([line.text for line in inside])):
            if inside:
                self._add(Verbatim(tuple(line.number for line in inside), "code"))
        else:
            stop = self.at + len(inside)
            while self.at < stop:
                if not self._table(stop):
                    first = self.at
                    while self.at < stop and not (self.at > first and self._table_length(stop)):
                        self.at += 1
                    self._add(Verbatim(tuple(line.number for line in self.lines[first : self.at])))
        self.at = end

    def _verbatim(self, kind: str, belongs: object) -> None:
        start = self.at
        self.at += 1
        while (
            self.at < len(self.lines)
            and belongs(self.lines[self.at])  # type: ignore[operator]
            and not (kind != "code" and self._table_length())
            and not (self.lines[self.at].kind == "text" and self._heading_of(self.lines[self.at]))
        ):
            self.at += 1
        self._add(Verbatim(tuple(line.number for line in self.lines[start : self.at]), kind))

    # Headings --------------------------------------------------------------------------------------------------------

    def _heading(self, line: _Line) -> bool:
        heading = self._heading_of(line)
        if heading is None:
            return False
        while self.stack and self.stack[-1].level >= heading.level:
            self.stack.pop()
        self._add(heading)
        self.stack.append(heading)
        self.at += 1
        return True

    def _heading_of(self, line: _Line) -> Heading | None:
        text = line.text
        if (match := _MARKDOWN_HEADING.fullmatch(text)) and not (len(match[1]) == 1 and _is_result_line(text)):
            return Heading(clean(match[2]), len(match[1]), line.number)
        if match := _BOLD_HEADING.fullmatch(text):
            return None if _has_result(match[1]) else Heading(clean(match[1]), 7, line.number)
        below = self.lines[line.number + 1].text.strip() if line.number + 1 < len(self.lines) else ""
        is_underlined = len(below) > 2 and len(set(below)) == 1 and below[0] in "=-" and len(text.strip()) < 80
        if (
            is_underlined
            and not any(token.kind in ("epoch", "step") for token in tokenize(text))
            and not _has_result(text)
            and "  " not in text.strip()
            and "|" not in text
        ):
            return Heading(clean(text), 1 if below[0] == "=" else 2, line.number)
        match = _NUMBERED_HEADING.fullmatch(text)
        if (
            match
            and not _has_result(match[1])
            and "   " not in match[1]
            and any(letter.isalpha() for letter in match[1])
            and not re.search(r"[.,;:。；，]\s*$", match[1])
            and len(match[1].split()) <= 9
        ):
            dots = len(re.findall(r"\d+(?=[.\s)])", text.split(match[1])[0]))
            return Heading(clean(match[1]), 2 + max(dots, 1), line.number)
        return None

    # Paragraphs ------------------------------------------------------------------------------------------------------

    def _paragraph(self) -> None:
        """Lines that belong to one paragraph or item."""
        first = self.lines[self.at]
        item = _ITEM.match(first.text)
        lines = [first]
        self.at += 1
        while self.at < len(self.lines) and self._goes_on(lines, self.lines[self.at]):
            lines.append(self.lines[self.at])
            self.at += 1
        text, pieces = "", []
        for line in lines:
            begin = len(line.text) - len(line.text.lstrip())
            if line is first and item:
                begin = item.end()
            part = line.text[begin:].rstrip()
            if text and not text.endswith("-"):
                text += "" if _is_wide(text[-1]) and part[:1] and _is_wide(part[0]) else " "
            elif text and part[:1].islower():
                text = text[:-1]
            pieces.append((len(text), line.number, begin))
            text += part
        self._add(Paragraph(text, tuple(pieces), is_item=item is not None))

    def _goes_on(self, lines: Sequence[_Line], line: _Line) -> bool:
        text = line.text
        if line.kind != "text" or not text.strip() or _ITEM.match(text) or _FENCE.match(text) or _RULE.fullmatch(text):
            return False
        if self._heading_of(line) is not None or text.lstrip().startswith("|") or _CAPTION.match(text):
            return False
        before = lines[-1].text.rstrip()
        widest = max(len(each.text) for each in lines)
        if re.match(r".{1,40}[:：]\s*$", before) or len(lines) > 200:
            return False
        is_short = len(before) < 40 and len(before) < 0.7 * max(widest, len(text))
        ends = _SENTENCE_END.search(before) is not None
        if is_printed(text) and (ends or is_short or is_printed(before)):
            return False
        return not (is_short and ends) and not self._table_length()

    # Tables ----------------------------------------------------------------------------------------------------------

    def _table(self, stop: int | None = None) -> bool:
        """Add the table that begins here, if there is one."""
        found = self._find_table(stop)
        if found is None:
            return False
        length, grid = found
        table = _make_table(grid, self._caption(length), tuple(heading.text for heading in self.stack))
        if table is None:
            self._add(Verbatim(tuple(line.number for line in self.lines[self.at : self.at + length])))
        else:
            self._add(table)
        self.at += length
        return True

    def _table_length(self, stop: int | None = None) -> int:
        """How many lines from here are one table; 0 if there is none."""
        found = self._find_table(stop)
        return 0 if found is None else found[0]

    def _find_table(self, stop: int | None = None) -> "tuple[int, list[tuple[_Line, _Cells]]] | None":
        """The table that begins here: the number of its lines, and its rows."""
        stop = len(self.lines) if stop is None else stop
        text = self.lines[self.at].text
        if "|" in text:
            return self._find_ruled(stop)
        if not text.strip() or text.count(" ") + text.count("\t") + text.count(",") < 1:
            return None
        end = min(stop, self.at + _LONGEST_TABLE, self.ends[self.at])
        table = find_aligned(_Texts(self.lines, self.at, end))
        if table is None:
            return None
        return table.length, [(self.lines[self.at + at], list(cells)) for at, cells in table.rows]

    def _find_ruled(self, stop: int) -> "tuple[int, list[tuple[_Line, _Cells]]] | None":
        """A table with | between its cells."""
        text = self.lines[self.at].text
        if not (text.count("|") >= 3 or (text.count("|") == 2 and (text.strip().startswith("|") or " | " in text))):
            return None
        below = self.lines[self.at + 1].text if self.at + 1 < stop else ""
        if _KEY_VALUE.search(text) and not (below.strip() and _is_rule(below)):
            return None
        end = self.at
        while end < stop and (self.lines[end].text.count("|") >= 2 or _is_rule(self.lines[end].text)):
            end += 1
        lines = self.lines[self.at : end]
        rows = [line for line in lines if not _is_rule(line.text)]
        widths = {line.text.strip().strip("|").count("|") for line in rows}
        is_ruled = any(_is_rule(line.text) and line.text.strip() for line in lines)
        if (
            len(rows) > 1
            and _ALL_DIGITS.sub("", rows[0].text) == _ALL_DIGITS.sub("", rows[1].text)
            and _WORD.search(text)
        ):
            return None  # a log: `epoch 1 | loss 0.3 | accuracy 0.9`
        if not is_ruled and sum(map(_names_its_number, _split_pipes(text))) >= max(2, text.count("|") / 2):
            return None
        if len(rows) < 2 or not (is_ruled or len(widths) <= 2):
            return None
        return end - self.at, [(line, _split_pipes(line.text)) for line in lines]

    def _caption(self, length: int) -> str:
        """The caption of the table here: a line that says so above or below it, else the paragraph right above."""
        below = [line for line in self.lines[self.at + length : self.at + length + 3] if line.text.strip()]
        above = [line for line in self.lines[max(self.at - 3, 0) : self.at] if line.text.strip()]
        for line in (*reversed(above[-1:]), *below[:1]):
            if line.kind == "caption" or _CAPTION.match(line.text):
                return clean(line.text)
        for block in reversed(self.layout.blocks[-1:]):
            if isinstance(block, Paragraph) and len(block.text) < 400:
                return clean(block.text)
        return ""


def clean(text: str) -> str:
    """Remove marks of Markdown, HTML and LaTeX that only change how text looks.

    Arguments:
        text: a piece of text.

    Returns:
        The text without them, and without white space around it.
    """
    return _MARKS.sub("", text).strip()


def clean_in_place(text: str) -> str:
    """Replace marks that only change how text looks by spaces, so that all other letters keep their places.

    Arguments:
        text: a piece of text.

    Returns:
        A text of the same length.
    """
    return _MARKS.sub(lambda mark: " " * len(mark[0]), text)


def looks_like_code(lines: Sequence[str]) -> bool:
    """Say whether lines are a program.

    Arguments:
        lines: lines of text.

    Returns:
        True if several of them are statements of a programming language.
    """
    signs = sum(
        bool(
            re.match(
                r"\s*(?:import |from \w+ import|def |class |for .{1,80} in .{1,80}:|if .*:$|return\b|with "
                r"|[\w.]+\s*=\s*[\w.]+\(|[\w.]+\(.*\)$|self\.|@\w+|%\w|layers\s*=|function )",
                line,
            )
        )
        for line in lines
    )
    return signs >= max(2, len(lines) / 4) or (len(lines) <= 3 and signs >= 1 and signs >= len(lines) / 2)


def _is_wide(letter: str) -> bool:
    return "\u3000" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef"


def _is_rule(text: str) -> bool:
    return _RULE.fullmatch(text) is not None


def _names_its_number(cell: PlacedCell) -> bool:
    """Whether a cell holds a number with its name, as in a log: `dev nll 0.6671`."""
    kinds = [token.kind for token in tokenize(cell[0])]
    return "number" in kinds and ("metric" in kinds or "epoch" in kinds or "setting" in kinds)


def _is_result_line(text: str) -> bool:
    """Whether a line that begins with # is a comment with results: `# total 309.6 s, params 61,706`."""
    kinds = [token.kind for token in tokenize(text)]
    return kinds.count("number") > 1 and "metric" in kinds and re.search(r"\d[.,]\d", text) is not None


def _has_result(text: str) -> bool:
    return re.search(r"\d\s*%|\d\.\d{2,}", text) is not None


# Making tables ------------------------------------------------------------------------------------------------------


def _split_pipes(text: str) -> list[tuple[str, int, int]]:
    begin = len(text) - len(text.lstrip())
    inner = text.strip()
    start = begin + inner.startswith("|")
    end = begin + len(inner) - (inner.endswith("|") and len(inner) > 1)
    cells, at = [], start
    for part in re.split(r"(?<!\\)\|", text[start:end]):
        cells.append((part.strip(), at, at + len(part)))
        at += len(part) + 1
    return cells


_Cells = list[tuple[str, int, int]]


def _make_table(grid: Sequence[tuple[_Line, _Cells]], caption: str, headings: tuple[str, ...]) -> PrintedTable | None:
    rows = [(line, cells) for line, cells in grid if not _is_rule(line.text)]
    if len(rows) < 1 or not rows[0][1]:
        return None
    ruled = next((at for at, (line, _) in enumerate(grid) if _is_rule(line.text) and at > 0), None)
    width = max(len(cells) for _, cells in rows)
    header = _header_length(rows, ruled)
    shift = 1 if all(len(cells) == len(rows[0][1]) + 1 for _, cells in rows[1:]) and len(rows) > 1 else 0
    levels = [[""] * shift + [clean(text) for text, _, _ in cells] for _, cells in rows[:header]]
    levels = [level + [""] * (width - len(level)) for level in levels]
    for upper, lower in pairwise(levels):
        for at in range(1, width):
            # A name above several columns may stand above the first of them only.
            if not upper[at] and lower[at] and upper[at - 1] and lower[at - 1]:
                upper[at] = upper[at - 1]
    columns = (
        tuple(" / ".join(dict.fromkeys(filter(None, path))) for path in zip(*levels, strict=True)) if levels else ()
    )
    columns = columns or ("",) * width
    body, group, above = [], "", [""] * width
    for line, cells in rows[header:]:
        texts = [clean(text) for text, _, _ in cells]
        filled = [text for text in texts if text]
        if (
            len(set(filled)) == 1
            and len(filled) in (1, len(texts))
            and len(texts) > 1
            and not IS_NUMBER.fullmatch(filled[0])
        ):
            group = filled[0] if len(filled) == len(texts) or texts[0] else group
            if len(filled) == len(texts):
                continue
        made = []
        for at, (text, start, end) in enumerate(cells):
            begin = start + len(line.text[start:end]) - len(line.text[start:end].lstrip())
            # An empty cell at the left goes on with the cell above it, as in a table of several levels.
            is_label = at < 2 and not text and re.match(r"[^\W\d]", above[at]) and at < width - 1
            shown = above[at] if is_label else clean(text)
            if at < width:
                above[at] = shown
            made.append(TableCell(shown, Span(line.number, begin, begin + len(text))))
        body.append(TableRow(tuple(made), line.number, group))
    return PrintedTable(columns, tuple(body), caption, rows[0][0].number, headings) if body else None


def _header_length(rows: Sequence[tuple[_Line, _Cells]], ruled: int | None) -> int:
    """How many rows at the top are the header."""

    def figures(cells: _Cells) -> int:
        texts = [clean(text) for text, _, _ in cells]
        return sum(
            re.search(r"\d[.,]\d|\d\s*%|^\d{1,3}(?:,\d{3})*$", text) is not None and not _WORD.search(text)
            for text in texts
        )

    def decimals(cells: _Cells) -> int:
        return sum(re.search(r"\d[.,]\d|\d\s*%", clean(text)) is not None for text, _, _ in cells)

    if figures(rows[0][1]) >= max(1, len([1 for text, _, _ in rows[0][1] if text]) / 2) and len(rows) > 1:
        return 0  # a table without a header: its first row has results
    values = [clean(cells[1][0]) for _, cells in rows if len(cells) == 2]
    numbers = [re.match(r"[~≈]?\d", value) is not None for value in values]
    if len(values) == len(rows) > 1 and numbers[0] and sum(numbers) > 0.6 * len(rows):
        return 0  # names and values
    length = 1
    levels_above = [clean(text) for text, _, _ in rows[0][1]]
    while length < min(3, len(rows) - 1):
        cells = rows[length][1]
        filled = [clean(text) for text, _, _ in cells if text]
        metrics = sum(
            any(token.kind in ("metric", "split", "epoch", "step") for token in tokenize(text)) for text in filled
        )
        if length == 1 and _is_spanned(levels_above) and not decimals(cells) and filled:
            length += 1
            continue
        if length == 1 and _is_below_a_name(levels_above, [clean(text) for text, _, _ in cells]):
            length += 1
            continue
        if length == 1 and not decimals(cells) and _is_of_notes(cells):
            length += 1
            continue
        if figures(cells) or not filled or metrics < max(1, len(filled) / 3) or any(len(text) > 30 for text in filled):
            break
        length += 1
    return length


_ABBREVIATED = "".join(
    rf"(?<!\b{word}\.)"
    for word in "vs e\\.g i\\.e Fig approx ca No bzw z\\.B vgl Tab Abb Eq Sec resp cf min max avg acc".split()
)
_REMARK = re.compile(r"[(\[（](?=[^()（）]*[^\W\d_])[^()（）]*[)\]）]")
_SENTENCE = re.compile(rf"[.!?](?=\s+[^\W\da-z_]|\s+\d|\s*$){_ABBREVIATED}|[。！？]|;\s")


def _is_spanned(cells: Sequence[str]) -> bool:
    """Whether a header has a cell that spans several columns, so that another row of the header is below it."""
    return any(one and one == two for one, two in pairwise(cells)) and len(set(cells)) < len(cells)


def _is_below_a_name(above: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether a row numbers the columns below one name of the header, such as the seeds: `| | 11 | 22 | 33 | |`."""
    filled = [text for text in cells if text]
    blank = [at for at, text in enumerate(above) if not text and at]
    is_numbered = len(filled) >= _FEWEST_NUMBERED and all(re.fullmatch(r"\d{1,5}", text) for text in filled)
    return is_numbered and not cells[0] and len(blank) >= len(filled) - 1 and len(set(filled)) == len(filled)


def _is_of_notes(cells: _Cells) -> bool:
    """Whether a row holds remarks in brackets on the columns above them, such as `(20 classes)`."""
    filled = [text for text in (clean(text) for text, _, _ in cells[1:]) if text]
    return bool(filled) and all(_REMARK.fullmatch(text) for text in filled)


def iterate_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Split a paragraph into sentences.

    Arguments:
        text: the paragraph.

    Yields:
        Where each sentence begins and ends.
    """
    start = 0
    for match in _SENTENCE.finditer(text):
        yield start, match.end()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)
