"""Lines that were cut at the edge of a page, whole again.

Text from a PDF, or from an editor that wraps, has lines of one width. A line goes on in the next one if the first word
of the next would not have fitted. Readers that look at single lines, such as logs, need whole ones.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.audits.reading.layout import is_printed, looks_like_code

_WIDEST = 130  # letters; text with longer lines is not wrapped
_NARROWEST = 45
_RAGGED = 15  # letters that a wrapped line may be shorter
_FEWEST = 3  # full lines of a text that is wrapped
_FEWEST_WORDS = 4
_WORDS = re.compile(r"[^\W\d_]{2,}")
_BEGINS = re.compile(r"\s*(?:[-*+•·▪◦○●■□‣–—#>|`~=_─━═]|\(\w{1,40}\): |\(?\d{1,2}[.)]\s|\(?[a-z]\)\s|[①-⑳]|\[|\{|<|\\)")
_ENDS = re.compile(r"[.!?;。！？][\s\"')\]»”]*$")
_SMALL = re.compile(r"[a-zà-ÿ]+(?!\w)")  # a word within a sentence; `fc3` may begin one
_LIST = re.compile(r"\S,\S+,\S+,\S")  # a row of CSV
_ENDS_IN_NUMBERS = re.compile(r"(?:^|\s)[\d.,]*\d\s?%?\s+[\d.,]*\d\s?%?$")
_NUMBERS = re.compile(r"\d[\d.,]*")


def unwrap(document: ReportDocument) -> ReportDocument:
    """Join the lines of a document that were cut at the edge.

    Arguments:
        document: the document.

    Returns:
        The document with whole lines, each with the place of its first part; the same one if nothing was cut.
    """
    texts = [line.text.rstrip() for line in document.lines if line.kind == "text"]
    width = max(map(len, texts), default=0)
    full = sum(len(text) >= width - _RAGGED and _is_running(text) for text in texts)
    if not _NARROWEST <= width <= _WIDEST or full < _FEWEST:
        return document
    lines: list[TextLine] = []
    last = ""  # the last line as it was printed
    is_fenced = False
    for line in document.lines:
        is_fenced ^= line.text.lstrip().startswith("```")
        if lines and not is_fenced and lines[-1].kind == line.kind == "text" and _goes_on(last, line.text, width):
            text = _join(lines[-1].text, line.text)
            at = len(text) - len(line.text.strip())
            lines[-1] = replace(lines[-1], text=text, later=(*lines[-1].later, (at, line.place)))
        else:
            lines.append(line)
        last = line.text
    return replace(document, lines=tuple(lines)) if len(lines) < len(document.lines) else document


def _join(first: str, second: str) -> str:
    first, second = first.rstrip(), second.strip()
    if re.search(r"[a-zà-ÿ]-$", first) and second[:1].islower():
        return first[:-1] + second
    return first + second if _is_wide(first[-1:]) and _is_wide(second[:1]) else f"{first} {second}"


def _goes_on(line: str, following: str, width: int) -> bool:
    """Whether a line was cut, and the next one goes on with it."""
    line, following = line.rstrip(), following.strip()
    if not line.strip() or not following or _BEGINS.match(following) or "|" in line or "  " in line.strip():
        return False
    if line.lstrip().startswith("#"):
        return False  # a heading ends with its line
    if following.endswith((":", "：")):
        return False  # a label of what follows
    if not _is_running(line) or looks_like_code([line]) or looks_like_code([following]):
        return False
    if "  " in following or _LIST.search(following) or _LIST.search(line) or _ENDS_IN_NUMBERS.search(following):
        return False
    first = following.split()[0]
    needed = 1 if _is_wide(first[0]) else 1 + len(first)
    if len(line) + needed <= width or (_ENDS.search(line) and not _SMALL.match(first)):
        return False
    if _begin_alike(line, following) or (_is_row(line) and _is_row(following)):
        return False
    if line.endswith((":", "=", ",", "(")):
        return not (line.endswith(":") and first[0].isupper())
    if is_printed(following) and not (first[0].islower() or first[0] in "%("):
        return first[0].isdigit() and len(following) < len(line) / 2
    return True


def _is_running(text: str) -> bool:
    """Whether a line has words, as sentences and lines of a log do."""
    return len(_WORDS.findall(text)) >= _FEWEST_WORDS or is_printed(text)


def _begin_alike(one: str, two: str) -> bool:
    """Whether two lines begin with the same word, as the lines of a log do."""
    words: Sequence[str] = [re.sub(r"\W|\d", "", text.split()[0]) for text in (one, two)]
    return bool(words[0]) and words[0] == words[1]


def _is_row(text: str) -> bool:
    """Whether a line holds numbers and hardly anything else."""
    return len(_NUMBERS.findall(text)) >= 2 and len(re.findall(r"[^\W\d_]", text)) < len(text) / 4


def _is_wide(letter: str) -> bool:
    return bool(letter) and (
        "\u3000" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" or "\uff00" <= letter <= "\uffef"
    )
