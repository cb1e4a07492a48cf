"""From a line to tokens: numbers, and the words that say what numbers are.

Lines of a log differ in their digits only, so tokens are found in the line with each digit replaced by 0, and kept for
the next line that looks the same. This makes reading a long log fast.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.lines.numbers import Role

TokenKind = Literal["number", "metric", "split", "epoch", "step", "setting", "break"]

#: Characters of a line that are read; what is longer is data and no report.
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line.

    Attributes:
        kind: what it is. A `break` ends a clause.
        name: of a metric or a split, which; otherwise "".
        start: its first letter in the line.
        end: the letter after its last.
    """

    kind: TokenKind
    name: str
    start: int
    end: int


@dataclass(slots=True)
class Number:
    """A number of a line, with its marks.

    Attributes:
        token: its token.
        value: its value without a percent sign, with a suffix as `k` multiplied.
        step: what its last digit counts.
        end: where it ends, with its percent sign and its suffix.
        has_percent: whether a percent sign follows.
        role: what it is, if it is no result.
        spread: the number after its ±.
        upper: the other end of a range.
        whole: of k/n, n.
        seconds: of a time, its seconds; value is as printed.
        per: of a time, what it is per: `epoch`, `step`; "" if nothing.
        metric: what it is a number of; "" if nothing says it.
        split: which images; "" if nothing says it.
        is_change: whether it is a difference.
        is_direct: whether it stands right beside its metric.
        metric_at: the index of its metric's token; -1 if it has none.
        reach: of a time in several parts, where the last part ends; 0 of other numbers.
    """

    token: Token
    value: float
    step: float
    end: int
    has_percent: bool = False
    role: Role = ""
    spread: float | None = None
    upper: float | None = None
    whole: int | None = None
    seconds: float | None = None
    per: str = ""
    metric: str = ""
    split: str = ""
    is_change: bool = False
    is_direct: bool = False
    metric_at: int = -1
    reach: int = 0

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.token.start


@dataclass(slots=True)
class Phrase:
    """A line or a sentence, read.

    Attributes:
        text: the line.
        tokens: its tokens.
        numbers: its numbers, in order.
        epoch: the epoch that it names, and how many there are.
        step: the step that it names, and how many there are.
        length: the number of epochs of a run that it names, as in `for 10 epochs`.
        splits: the splits that it names, in order.
    """

    text: str
    tokens: tuple[Token, ...]
    numbers: list[Number]
    epoch: tuple[int | None, int | None] = (None, None)
    step: tuple[int | None, int | None] = (None, None)
    length: int | None = None
    splits: tuple[str, ...] = ()


def tokenize(line: str) -> tuple[Token, ...]:
    """Find the tokens of a line.

    Arguments:
        line: a line or a sentence; only its first `LONGEST` letters are read.

    Returns:
        Its tokens, in order, without overlaps.
    """
    return _tokenize(_DIGITS.sub("0", line[:LONGEST]))


#: Digits that tell numbers apart; those of `F1`, `top-5` and `acc@1` tell words apart.
_DIGITS = re.compile(r"(?:(?<![A-Za-z@])|(?<=[Ee]poch)|(?<=EPOCH))(?<![Tt][Oo][Pp][-_ ])(?<![Ff][-_])\d", re.ASCII)


@lru_cache(maxsize=8192)
def _tokenize(skeleton: str) -> tuple[Token, ...]:
    lower = skeleton.lower()
    if len(lower) != len(skeleton):  # a few letters have lower cases of another length
        lower = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in skeleton)
    tokens = []
    for match in _pattern().finditer(lower):
        group = match.lastgroup
        assert group is not None
        kind, _, name = group.partition("_")
        tokens.append(Token(kind.rstrip("0"), name.rstrip("0"), match.start(), match.end()))  # type: ignore[arg-type]
    return tuple(tokens)


#: A number: with thousands of commas, decimals, or a comma for decimals. Digits that belong to a name (`resnet18`,
#: `conv_2`, `F1`, `ResNet-18`) or to a version (`1.2.3`) are none.
NUMBER = (
    r"(?:(?<![a-z_.\d])|(?<=epoch))(?<![a-z]-)(?<![a-z]['’])[-+−]?"
    r"(?:0{1,3}(?:,000){1,5}(?:\.0{1,18})?(?![,\d])|0{1,3}(?:[\u00a0\u2009\u202f'’_]000){1,5}(?![.,\d])"
    r"|0{1,3}(?:\.000){2,4}(?:,0{1,18})?(?![.\d])|0{1,3}(?:\.000){1,4},0{1,18}"
    r"|0{1,18}(?:[.,]0{1,18})?|\.0{1,18})(?:e[-+]?0{1,3})?(?!\d|\.\d)"
)
_BREAKS = r"[!?](?=\s)|[;。！？；|]|\n"


@cache
def _pattern() -> re.Pattern[str]:
    """One pattern for all tokens; at each letter the first family wins, in a family the longest word."""
    families: list[tuple[str, tuple[str, ...]]] = [("setting", vocabulary.SETTINGS)]
    families += [(f"metric_{name}", words) for name, words in vocabulary.METRICS.items()]
    families += [("epoch", vocabulary.EPOCHS), ("step", vocabulary.STEPS)]
    families += [(f"split_{name}", words) for name, words in vocabulary.SPLITS.items()]
    # Latin words are tried at the beginning of a word only, which saves most of the time. `valacc` and `trainloss`
    # are two words.
    latin, other = [], []
    for name, words in families:
        of_latin = sorted((word for word in words if _is_latin(word)), key=len, reverse=True)
        of_other = sorted((word for word in words if not _is_latin(word)), key=len, reverse=True)
        if of_latin:
            ends = r"(?![^\W\d_])|(?=acc|loss|err)" if name.startswith("split") else r"(?![a-zà-ÿ])"
            latin.append(rf"(?P<{name}>(?:{'|'.join(of_latin)})(?:{ends}))")
        if of_other:
            other.append(rf"(?P<{name}0>{'|'.join(of_other)})")
    begins = r"(?<![a-zà-ÿ])|(?<=train)|(?<=val)|(?<=valid)|(?<=test)"
    return re.compile(
        rf"(?P<number>{NUMBER})|(?:{begins})(?=[#a-zà-ÿ])(?:{'|'.join(latin)})|{'|'.join(other)}|(?P<break>{_BREAKS})"
    )


def _is_latin(word: str) -> bool:
    return re.search(r"[a-z]", re.sub(r"\\[a-zA-Z]", "", word)) is not None
