"""LaTeX source: sections, paragraphs, items, tables and verbatim text. Comments and pictures are left out."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from deepstudy.audits.reading.document import TextLine, table_rows, tidy
from deepstudy.audits.reading.formats.text import decode
from deepstudy.errors import InputError

_SECTIONS = {
    "title": 1,
    "chapter": 1,
    "section": 1,
    "frametitle": 1,
    "subsection": 2,
    "subsubsection": 3,
    "paragraph": 4,
}
_TABLES = {"tabular", "tabular*", "tabularx", "tabulary", "longtable", "array", "tblr"}
_VERBATIM = {"verbatim", "lstlisting", "minted", "Verbatim"}
_SILENT = {"tikzpicture", "filecontents", "thebibliography", "axis"}
_BLANK = re.compile(r"(?:\s|%.*)*")
_COMMENT = re.compile(r"(?<!\\)%.*")
_RULES = (
    r"\\(?:hline|toprule|midrule|bottomrule|cmidrule(?:\([^)]*\))?\{[^}]*\}|cline\{[^}]*\}|addlinespace)(?:\[[^\]]*\])?"
)


def read(raw: bytes, path: Path) -> list[TextLine]:
    """Read LaTeX.

    Arguments:
        raw: the contents of the file.
        path: the file, for messages.

    Returns:
        A line for each paragraph, item and row; a place is the line of the source where it begins.

    Raises:
        InputError: it cannot be parsed.
    """
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    source = decode(raw, path)
    source = re.sub(r"\\(?:SI|qty)\{([^{}]*)\}\{\\percent\}", r"\1 \\%", source)
    source = re.sub(r"\\(?:SI|qty)\{([^{}]*)\}\{\\?([^{}]*)\}", r"\1 \2", source)
    source = re.sub(r"\\num\{([^{}]*)\}", r"\1", source)
    source = re.sub(r"(?<=\d)\\[,;:! ](?=\d{3}(?!\d))", "\u202f", source)  # 10\,000
    if re.search(r"\d\{,\}\d{1,2}(?!\d)|(?<!\d)0\{,\}\d", source):  # decimals have commas
        source = source.replace("{,}", ",")
    source = re.sub(r"(?<=\d)\{,\}(?=\d{3}(?!\d))", "\u202f", source)
    source = re.sub(r"\\includegraphics\s*(?:\[[^\]]*\])?\s*\{[^}]*\}", "", source)
    try:
        nodes = LatexWalker(source, tolerant_parsing=True).get_latex_nodes()[0]
        return list(_LatexReader(source).walk(nodes))
    except LatexWalkerError:
        raise InputError(f"{path}: is not LaTeX that audit can read; convert it, for example with pandoc") from None


class _LatexReader:
    """Turns nodes into lines."""

    def __init__(self, source: str) -> None:
        from pylatexenc.latex2text import LatexNodes2Text

        self.source = source
        self.to_text = LatexNodes2Text(math_mode="text", keep_comments=False, strict_latex_spaces=False)

    def walk(self, nodes: Sequence[Any]) -> Iterator[TextLine]:
        """Yield the lines of nodes.

        Arguments:
            nodes: nodes of pylatexenc, in their order.
        """
        loose: list[Any] = []
        for node in nodes:
            kind = type(node).__name__
            if kind == "LatexEnvironmentNode":
                yield from self._flush(loose)
                yield from self._environment(node)
            elif kind == "LatexMacroNode" and (node.macroname in _SECTIONS or node.macroname in ("item", "caption")):
                yield from self._flush(loose)
                if node.macroname == "item":
                    continue
                title = self._text([each for each in node.nodeargd.argnlist if each is not None][-1:])
                mark = "#" * _SECTIONS.get(node.macroname, 0)
                if title:
                    yield TextLine(f"{mark} {title}".strip(), self._place(node.pos), "text" if mark else "caption")
            elif kind == "LatexGroupNode" and any(
                type(each).__name__ == "LatexEnvironmentNode" for each in node.nodelist
            ):
                yield from self._flush(loose)
                yield from self.walk(node.nodelist)
            else:
                loose.append(node)
        yield from self._flush(loose)

    def _environment(self, node: Any) -> Iterator[TextLine]:
        name = node.environmentname
        if name in _SILENT:
            return
        if name in _TABLES:
            yield from self._table(node)
        elif name in _VERBATIM:
            first = self.source.count("\n", 0, node.pos) + 1
            body = self.source[node.pos : node.pos + node.len].splitlines()[1:-1]
            kind: Literal["code", "output"] = "code" if name in ("lstlisting", "minted") else "output"
            yield from (TextLine(line, str(first + number), kind) for number, line in enumerate(body, 1))
        else:
            yield from self.walk(node.nodelist)

    def _table(self, node: Any) -> Iterator[TextLine]:
        """The rows of a table, split at `\\\\` and `&`."""
        body = node.nodelist
        start = body[0].pos if body else node.pos
        end = body[-1].pos + body[-1].len if body else node.pos
        rows, places, position = [], [], start
        printed = _COMMENT.sub(lambda comment: " " * len(comment[0]), self.source[start:end])  # places stay
        for row in re.split(r"\\\\(?:\[[^\]]*\])?|\\tabularnewline", printed):
            content = re.sub(_RULES, " ", row)
            if content.strip():
                offset = len(row) - len(row.lstrip())
                rows.append([cell for each in re.split(r"(?<!\\)&", content) for cell in self._cells(each)])
                places.append(self._place(position + offset))
            position += len(row) + 2
        yield from table_rows(rows, places)

    def _cells(self, source: str) -> list[str]:
        """A cell of a table, as often as the columns that it spans."""
        spans = re.match(r"\s*\\multicolumn\s*\{\s*(\d{1,2})\s*\}", source)
        return [self._latex(source)] * (int(spans[1]) if spans else 1)

    def _latex(self, source: str) -> str:
        source = re.sub(r"\\(?:multicolumn|multirow)\s*\{[^}]*\}\s*(?:\{[^}]*\}|\*)\s*", "", source)
        try:
            return tidy(self.to_text.latex_to_text(source))
        except (AttributeError, IndexError, TypeError, ValueError):  # pylatexenc, of a macro that lacks an argument
            return tidy(re.sub(r"\\[a-zA-Z]+\*?|[{}$]", " ", source))

    def _text(self, nodes: Sequence[Any]) -> str:
        try:
            return tidy(self.to_text.nodelist_to_text(list(nodes)))
        except (AttributeError, IndexError, TypeError, ValueError):
            return tidy(re.sub(r"\\[a-zA-Z]+\*?|[{}$]", " ", "".join(node.latex_verbatim() for node in nodes)))

    def _flush(self, loose: list[Any]) -> Iterator[TextLine]:
        """The paragraphs of text beside blocks."""
        if loose:
            first, last = loose[0].pos, loose[-1].pos + loose[-1].len
            position = first
            for paragraph in re.split(r"\n\s*\n", self.source[first:last]):
                offset = len(_BLANK.match(paragraph)[0])  # type: ignore[index]  # it matches anything
                if text := self._latex(paragraph):
                    yield TextLine(text, self._place(position + offset))
                position += len(paragraph) + 2
            loose.clear()

    def _place(self, position: int) -> str:
        return str(self.source.count("\n", 0, position) + 1)
