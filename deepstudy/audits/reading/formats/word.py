"""Word files (.docx): paragraphs, headings and tables, in their order."""

import io
import zipfile
from pathlib import Path

from deepstudy.audits.reading.document import TextLine, table_rows
from deepstudy.errors import InputError

_FEWEST_WORDS = 5
_MOST = 200 * 2**20  # bytes of text that a file may unpack to


def read(raw: bytes, path: Path) -> list[TextLine]:
    """Read a Word file.

    Arguments:
        raw: the contents of the file.
        path: the file, for messages.

    Returns:
        Its lines; paragraphs and tables are counted from 1.

    Raises:
        InputError: it is not such a file, holds no text, or python-docx is missing.
    """
    try:
        import docx
        from docx.table import Table
    except ImportError:
        raise InputError(f"{path}: Word files need an extra; install it: pip install 'deepstudy[documents]'") from None
    try:
        unpacked = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(raw)).infolist())
        blocks = list(docx.Document(io.BytesIO(raw)).iter_inner_content()) if unpacked <= _MOST else []
    except Exception:  # python-docx raises what its XML and zip libraries raise
        raise InputError(f"{path}: is not a Word file (.docx); open it in Word and save it again") from None
    if unpacked > _MOST:
        raise InputError(f"{path}: unpacks to more than {_MOST // 2**20} MiB; save the report as text")
    lines: list[TextLine] = []
    paragraphs = tables = 0
    for block in blocks:
        if isinstance(block, Table):
            tables += 1
            rows = [[cell.text for cell in row.cells] for row in block.rows]
            lines += table_rows(rows, [f"table {tables}, row {number}" for number in range(1, len(rows) + 1)])
            continue
        paragraphs += 1
        mark = _mark(str(block.style.name) if block.style is not None else "")
        place = f"paragraph {paragraphs}"
        lines += [TextLine(f"{mark}{part.strip()}", place) for part in block.text.splitlines() if part.strip()]
    if sum(len(line.text.split()) for line in lines) < _FEWEST_WORDS:
        raise InputError(f"{path}: holds no text, perhaps only pictures; save the report with its text")
    return lines


def _mark(style: str) -> str:
    """What Markdown writes before a paragraph of a style: `# ` before a heading, `* ` before an item of a list."""
    level = style.removeprefix("Heading ")
    if level != style and level.isdecimal():
        return "#" * int(level) + " "
    return "* " * style.startswith("List")
