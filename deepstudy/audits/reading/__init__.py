"""From a file to statements: every number that a report prints, with what it means and where a person finds it.

formats/        a file of any format as a document: its lines in reading order
document.py     a document and its lines
layout.py       a document as blocks; aligned.py finds tables of columns, unwrap.py joins lines that were cut
blocks.py       what blocks there are
reader.py       blocks as statements; prose.py, tables.py and logs.py read one kind of block each
lines/          one line or sentence
vocabulary.py   the words, in eight languages
contexts.py     what headings and earlier sentences say of a number
topics.py       which details a document gives
statements.py   what a statement is
pairs.py        the loss and the accuracy of one line

What only some rules ask for is in claims/ (comparisons), classes/ (precision and recall), networks/ (layers), samples/
(repeated runs) and training/ (settings and schedules). Tables become rows of Markdown, headings begin with `#`. PDF and
Word need the extra `documents`.
"""

import re
from collections.abc import Callable
from pathlib import Path

from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.audits.reading.formats import html, latex, notebook, pdf, text, word
from deepstudy.errors import InputError

__all__ = ["SUFFIXES", "ReportDocument", "TextLine", "read_document"]

_READERS: dict[str, Callable[[bytes, Path], list[TextLine]]] = {
    ".pdf": pdf.read,
    ".docx": word.read,
    ".ipynb": notebook.read,
    ".html": html.read,
    ".htm": html.read,
    ".tex": latex.read,
}
_TEXTS = (".txt", ".md", ".markdown", ".log", ".rst")

_LATEX = re.compile(rb"\\begin\{(?:tabular|document|table)\}")  # in a file that is named .txt
#: The endings of the files that are read in a folder.
SUFFIXES = (*_TEXTS, *_READERS)


def read_document(path: Path) -> ReportDocument:
    """Read a file. Its ending says the format; without a known ending it is text.

    Arguments:
        path: the file.

    Returns:
        The document.

    Raises:
        InputError: the file cannot be read, holds no text, or needs the extra `documents`.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    reader = _READERS.get(path.suffix.lower(), text.read)
    if raw.startswith(b"%PDF"):
        reader = pdf.read
    elif reader is text.read and _LATEX.search(raw):
        reader = latex.read
    try:
        return ReportDocument(path.name, tuple(reader(raw, path)))
    except RecursionError:
        raise InputError(f"{path}: is nested too deeply; save the report as text") from None
