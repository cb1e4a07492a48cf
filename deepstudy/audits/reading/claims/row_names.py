"""Which rows of a table a sentence names.

People do not write a row's name as the table has it: `Nadam with sparse categorical cross-entropy` is the row `Nadam |
sparse categorical cross-entropy`. A row is named by the words that set it apart from others. Where these words fit
several rows (`Nadam`), all of them are meant, and a sentence is wrong only if it is wrong for each of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from deepstudy.audits.reading.claims.series import NumberSeries, SeriesEntry

#: Words of labels that set no row apart.
_COMMON_WORDS = frozenset(
    "the of and or with without for in on at by to a an is are was our ours proposed model models network networks "
    "net method methods architecture best test train training validation val no none yes off all default data set plus "
    "only from as et de la el le les los las del du des und mit der die das com con sin sans sem ohne avec do da os "
    "acc "
    "accuracy loss epoch epochs results result final performance high higher highest low lower lowest better worse top "
    "standard simple basic optimizer optimiser batch size learning rate lr layer layers parameters params time "
    "same one two three four five first second third new old number run".split()
)
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
#: A word, and a number that belongs to it: `ResNet-18`, `VGG16`, `dropout of 0.5`, `batch size 64`, `25% dropout`.
_WORD = re.compile(
    rf"(?P<ahead>\d{{1,6}}(?:\.\d{{1,6}})?)\s?%\s(?P<of>[^\W\d_{_CJK}]{{2,40}})"
    rf"|(?P<word>[^\W\d_{_CJK}]{{1,40}}(?:\d{{1,4}}[a-z]{{1,8}}\d{{0,2}})?)"
    r"(?:(?P<glue>[-_]?|\s(?:rate\s|value\s)?(?:of\s|=\s?|:\s?)?|\s?=\s?)(?P<number>\d{1,6}(?:\.\d{1,6})?)"
    r"(?![a-zA-Z\d_]|\.\d|,\d))?"
    rf"|(?P<cjk>[{_CJK}]{{1,40}})"
)
_NEGATORS_BEFORE = re.compile(
    r"(?:\b(?:without|w/o|no|not using|non|ohne|sans|sin|sem|minus|kein\w*)\b|无|無|不使用|没有|未使用|不用|不加)"
    r"\s?(?:any |the |kein\w* )?$",
    re.IGNORECASE,
)
_NEGATORS_AFTER = re.compile(r"\s?(?:[을를이가は]\s?)?(?:없|미적용|미사용|안 |사용하지 않|なし|を使わ|無し)|-?free\b")
_SUFFIXES = frozenset("based style like trained network model net optimizer variant only modell netz".split())
_AND = re.compile(r"\s?(?:\b(?:and|und|et|y|e|plus|with|mit)\b|\+|&|와|과|和|与|と)\s?", re.IGNORECASE)
_COMBINED = re.compile(
    r"(?:combin|kombin|together|both|beide|junt|ambos|ambas|ensemble|both|조합|결합|함께|组合|结合|合わせ|併用)",
    re.IGNORECASE,
)
_LONGEST_GAP = 24  # letters between two words of one name


@dataclass(frozen=True)
class RowMention:
    """A place in a sentence that names a row, or several that the words fit.

    Attributes:
        rows: the numbers of the entries of the series, from 0.
        start: its first letter in the sentence.
        end: the letter after its last.
    """

    rows: frozenset[int]
    start: int
    end: int


class RowNames:
    """The words that name the rows of a series."""

    def __init__(self, series: NumberSeries) -> None:
        """Read the names.

        Arguments:
            series: the series whose rows are to be named.
        """
        self.series = series
        self._mentions: dict[str, list[RowMention]] = {}

    @cached_property
    def _words(self) -> dict[str, frozenset[int]]:
        """For each word that sets rows apart, the rows that have it."""
        having: dict[str, set[int]] = {}
        for number, entry in enumerate(self.series.entries):
            for word in _words_of(entry):
                having.setdefault(word, set()).add(number)
        count = len(self.series.entries)
        return {word: frozenset(rows) for word, rows in having.items() if len(rows) < count}

    @cached_property
    def _cjk_words(self) -> list[str]:
        return sorted((word for word in self._words if re.match(rf"[{_CJK}]", word)), key=len, reverse=True)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words of the names, in lower case, also those that set no row apart."""
        return frozenset(
            word.lower()
            for entry in self.series.entries
            for header, text in entry.names
            for word in re.findall(r"[^\W\d_]+", f"{header} {text}")
        )

    @cached_property
    def label_words(self) -> frozenset[str]:
        """All words of the names without those of the headers, in lower case."""
        names = " ".join(text for entry in self.series.entries for _, text in entry.names)
        return frozenset(word.lower() for word in re.findall(r"[^\W\d_]+", names))

    def _is_numbered(self, word: str) -> bool:
        """Whether a word of the names comes with a number, as in ResNet-18."""
        return any(other.startswith(word) and other[len(word) :].isdecimal() for other in self._words)

    def mentions(self, text: str) -> list[RowMention]:
        """Find the rows that a text names.

        Arguments:
            text: a sentence or a part of one.

        Returns:
            The places that name rows, in order. Words side by side that fit one row are one place.
        """
        if text not in self._mentions:
            self._mentions[text] = self._find_mentions(text)
        return self._mentions[text]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The words of which one stands in each text that names a row; see `words_in`."""
        return frozenset(word.removeprefix("no ") for word in self._words)

    def _find_mentions(self, text: str) -> list[RowMention]:
        places: list[RowMention] = []
        last: set[str] = set()
        for word, rows, start, end in self._hits(text):
            before = places[-1] if places else None
            if (
                before is not None
                and start - before.end <= _LONGEST_GAP
                and before.rows & rows
                and word not in last
                and not self._are_two(text, before, start)
            ):
                places[-1] = RowMention(before.rows & rows, before.start, end)
                last.add(word)
            else:
                places.append(RowMention(rows, start, end))
                last = {word}
        return places

    def _are_two(self, text: str, before: RowMention, start: int) -> bool:
        """Whether a word begins another name; `the combination of A and B` is one, if a row has both."""
        gap = text[before.end : start]
        if re.fullmatch(_AND, gap) and _COMBINED.search(text[max(before.start - 45, 0) : before.start]):
            return False
        return re.search(r"[;:,]|\b(?:than|als|que|and|und|et|y|e|vs)\b|보다|比|より", gap) is not None

    def _hits(self, text: str) -> Iterator[tuple[str, frozenset[int], int, int]]:
        """Each word of the text that sets rows apart, with the rows that it fits and its place."""
        everything = frozenset(range(len(self.series.entries)))
        for match in _scan(text):
            for word, start, end in self._candidates(match):
                if word not in self._words and f"no {word}" not in self._words:
                    continue
                if self._is_part_of_other_name(text, match):
                    break
                is_without = bool(
                    _NEGATORS_BEFORE.search(text[max(0, start - 16) : start])
                    or _NEGATORS_AFTER.match(text[end : end + 8])
                )
                rows = self._words.get(word)
                if is_without:
                    rows = self._words.get(f"no {word}") or (everything - rows if rows is not None else None)
                if rows:
                    yield word, rows, start, end
                    break

    def _is_part_of_other_name(self, text: str, match: re.Match[str]) -> bool:
        """Whether a word is joined by hyphens to one that no row has: the `Adam` of `Fast-Adam`."""
        if match["word"] is None:
            return False
        before = re.search(r"([^\W\d_]{1,40})-$", text[max(0, match.start() - 41) : match.start()])
        after = re.match(r"-([^\W\d_]{2,40})", text[match.end() : match.end() + 41])
        joined = [part[1].lower() for part in (before, after) if part]
        return any(part not in self.vocabulary and part not in _SUFFIXES for part in joined)

    def _candidates(self, match: re.Match[str]) -> Iterator[tuple[str, int, int]]:
        """The readings of a word, the most special first."""
        if match["cjk"]:
            run, start = match["cjk"], match.start()
            for word in self._cjk_words:
                at = run.find(word)
                if at >= 0:
                    yield word, start + at, start + at + len(word)
            return
        if match["ahead"]:
            yield f"{match['of'].lower()}{match['ahead']}", match.start(), match.end()
            yield match["of"].lower(), match.start("of"), match.end("of")
            return
        word = match["word"]
        if match["number"]:
            yield f"{word.lower()}{match['number']}", match.start(), match.end()
            if match["glue"] in ("", "-", "_") or (match["glue"] == " " and self._is_numbered(word.lower())):
                return  # ResNet-50 is no ResNet-18, and none of the ResNets of the table
        if len(word) > 1:
            yield word.lower(), match.start("word"), match.end("word")


def words_in(text: str) -> set[str]:
    """Read the words of a text that may be words of names.

    Arguments:
        text: a sentence.

    Returns:
        The words in lower case, also with the numbers that belong to them: `resnet` and `resnet18`. Of Korean, Chinese
        and Japanese, each run of letters is one word.
    """
    words: set[str] = set()
    for match in _scan(text):
        word = (match["cjk"] or match["word"] or match["of"]).lower()
        number = match["number"] or match["ahead"]
        words |= {word, f"{word}{number}"} if number else {word}
    return words


@lru_cache(maxsize=512)
def _scan(text: str) -> tuple[re.Match[str], ...]:
    return tuple(_WORD.finditer(text))


def _words_of(entry: SeriesEntry) -> set[str]:
    """The words of an entry's names, in lower case: `resnet`, `resnet18`, `no dropout`."""
    words: set[str] = set()
    for header, text in entry.names:
        number = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*%?\s*", text)
        if number:
            named = re.findall(r"[^\W\d_]+", header.lower())
            words |= {f"{word}{number[1]}" for word in named}
            continue
        for match in _WORD.finditer(text):
            is_without = bool(_NEGATORS_BEFORE.search(text[max(0, match.start() - 16) : match.start()]))
            word = (match["cjk"] or match["word"] or match["of"]).lower()
            if word in _COMMON_WORDS and not match["number"]:
                continue
            if len(word) > 1 and word not in _COMMON_WORDS:
                words.add(f"no {word}" if is_without else word)
            if match["number"] or match["ahead"]:
                words.add(f"{word}{match['number'] or match['ahead']}")
    return words
