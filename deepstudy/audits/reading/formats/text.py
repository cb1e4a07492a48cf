"""Plain text and Markdown, in any common encoding."""

import re
from functools import cache
from pathlib import Path

from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.document import TextLine
from deepstudy.errors import InputError

_BINARY = (b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
_SAMPLE = 200_000  # bytes from which an encoding is guessed
_EAST_ASIAN = ("cp932", "cp949", "gb18030", "big5", "euc_jp")
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
    beginning = raw[:_SAMPLE].rpartition(b"\n")[0] if len(raw) > _SAMPLE else raw  # no letter is cut in two
    encoding = _encoding_of_words(beginning) or _encoding_of_letters(beginning)
    if encoding is None:
        raise InputError(f"{path}: its encoding is not known; save it as UTF-8")
    return raw.decode(encoding, errors="replace")


def _encoding_of_words(raw: bytes) -> str | None:
    """The East Asian encoding in which a report has the most words that reports have: accuracy, loss, training."""
    counts = {}
    for encoding in _EAST_ASIAN:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        counts[encoding] = len(_words().findall(text))
    best = max(counts, key=lambda encoding: counts[encoding], default=None)
    return best if best is not None and counts[best] else None


@cache
def _words() -> re.Pattern[str]:
    """Korean, Chinese and Japanese words for what is measured, and on which images."""
    families = (*vocabulary.METRICS.values(), *vocabulary.SPLITS.values(), vocabulary.SETTINGS)
    words = [word for family in families for word in family if "\u3000" < word[0] < "\uffff"]
    return re.compile("|".join(sorted(words, key=len, reverse=True)))


def _encoding_of_letters(raw: bytes) -> str | None:
    """The encoding that fits the letters best."""
    from charset_normalizer import from_bytes

    best = from_bytes(raw, cp_isolation=list(_GUESSES), preemptive_behaviour=False).best()
    return None if best is None else str(best.encoding)
