"""From a file to a document: its lines in reading order, each with its place as a person finds it.

document.py   a document and its lines
text.py       plain text and Markdown, in any common encoding
notebook.py   Jupyter notebooks: the cells and their printed output
html.py       web pages and exported notebooks
latex.py      LaTeX source
word.py       Word files (.docx)
pdf.py        PDF files with a text layer

Tables become rows of Markdown, headings begin with `#`. PDF and Word need the extra `documents`.
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
