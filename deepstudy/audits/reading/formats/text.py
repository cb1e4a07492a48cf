"""Plain text and Markdown, in any common encoding."""

from pathlib import Path

from deepstudy.audits.reading.document import TextLine
from deepstudy.errors import InputError

_BINARY = (b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
_SAMPLE = 200_000  # bytes from which an encoding is guessed
_GUESSES = ("gb18030", "cp949", "shift_jis", "big5", "cp1252", "cp1251", "latin_1")


def read(raw: bytes, path: Path) -> list[TextLine]:
    """Read a text.

    Arguments:
        raw: the contents of the file.
        path: the file, for messages.

    Returns:
        Its lines.

    Raises:
        InputError: it is not text.
    """
    return [TextLine(line, str(number)) for number, line in enumerate(decode(raw, path).splitlines(), 1)]


def decode(raw: bytes, path: Path) -> str:
    """Decode the bytes of a text file: UTF-8, UTF-16, or the encoding that fits its letters best.

    Arguments:
        raw: the contents of the file.
        path: the file, for messages.

    Returns:
        The text.

    Raises:
        InputError: it is not text.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    if raw.startswith(_BINARY) or b"\0" in raw[:4096]:
        kinds = ".txt, .md, .tex, .html, .ipynb, .docx or .pdf"
        raise InputError(f"{path}: is not a text file; save the report as {kinds}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    beginning = raw[:_SAMPLE].rpartition(b"\n")[0] if len(raw) > _SAMPLE else raw  # no letter is cut in two
    best = from_bytes(beginning, cp_isolation=list(_GUESSES), preemptive_behaviour=False).best()
    if best is None:
        raise InputError(f"{path}: its encoding is not known; save it as UTF-8")
    return raw.decode(best.encoding, errors="replace")
