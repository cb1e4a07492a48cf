"""What sentences claim of a table: that a row is the best, that one row is better than another, that a number rose.

Claims are read without the table: where they begin, what they compare, and whether they claim it of all rows. Which
rows they name is for `row_names` to say.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.blocks import DocumentLayout, Paragraph, Span
from deepstudy.audits.reading.claims import claim_words
from deepstudy.audits.reading.claims.claim_words import Sense
from deepstudy.audits.reading.claims.series import CellNumber, metric_pattern, read_number, word_pattern

_LONGEST = 600  # letters of a sentence; what is longer is no sentence
_END = re.compile(r"(?<=[.!?])[*_\"'”’)\]]{0,3}\s+(?=[^a-z\s])|(?<=[。！？])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:vs|e\.g|i\.e|fig|tab|eq|sec|no|approx|acc|al|cf|resp|bzw|z\.\s?B|d\.\s?h|ca|p\.\s?ej|ex|max|min|avg)\.)$",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[;；]|,\s+(?:while|whereas|but|and|however|although|though|so|yet|which|followed|y|pero|aunque|mientras|e|mas|"
    r"enquanto|"
    r"embora|aber|und|wobei|während|obwohl|et|mais|tandis|alors|bien que)\b|\s(?:while|whereas|but|mientras que|"
    r"enquanto|tandis que|"
    r"alors que)\s|(?<=지만)|(?<=반면)|(?<=으며)|(?<=이며)|(?<=하고),|，(?=而|但|然而|不过)|が、|のに対し|、一方",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[*`$]|\\(?:textbf|textit|emph|texttt|mathbf)\{|(?<!\w)_{1,2}|_{1,2}(?!\w)|(?<=[\w%)])\}")


#: The end of a line that the next one goes on with.
_GOES_ON = re.compile(
    r"(?i)(?:[,:;(–—-]|\b(?:of|the|an?|and|or|with|by|for|in|on|at|to|than|from|is|are|was|were|as|that|which|de|la|el|"
    r"los|las|le|les|un|une|una|y|et|e|o|du|des|do|da|con|com|avec|par|por|que|der|die|das|den|dem|ein|eine|und|von|"
    r"mit|für|bei|auf|als|im|am|ist))$"
)
#: Metrics of what a result costs: the best row has another one.
_COSTS = ("parameters", "seconds", "operations", "size")
_EQUAL = re.compile(r"\b(?:same|equal|similar|comparable|fixed|given|misma?|gleiche[nmr]?|même|mesm[oa])\b")


@dataclass(frozen=True)
class Sentence:
    """A sentence of a document.

    Attributes:
        text: what it says, without marks.
        span: where it begins.
        headings: the headings above it, the outermost first.
        block: the number of its block, from 0.
    """

    text: str
    span: Span
    headings: tuple[str, ...]
    block: int

    @property
    def clauses(self) -> list[str]:
        """Its parts that make a claim each."""
        parts, at = [], 0
        for match in _CLAUSE_END.finditer(self.text):
            parts.append(self.text[at : match.start()])
            at = match.end()
        return [part for part in (*parts, self.text[at:]) if part.strip()]


@dataclass(frozen=True)
class RankClaim:
    """A superlative, `the highest accuracy`, or a comparative, `has a higher accuracy than`.

    Attributes:
        sense: what kind of order it speaks of.
        metric: the metric that it names.
        start: its first letter in the clause.
        end: the letter after its last.
    """

    sense: Sense
    metric: str | None
    start: int
    end: int


@dataclass(frozen=True)
class PrintedAmount:
    """A number of a sentence.

    Attributes:
        number: the number.
        unit: `%`, `points`, `times`, or "".
        start: its first letter in the sentence.
        end: the letter after its last.
    """

    number: CellNumber
    unit: str
    start: int
    end: int


def sentences_of(layout: DocumentLayout) -> Iterator[Sentence]:
    """Read the sentences of a document.

    Arguments:
        layout: the blocks of the document.

    Yields:
        Its sentences, in reading order, without those that are too long to be one.
    """
    for number, block in enumerate(layout.blocks):
        if isinstance(block, Paragraph):
            headings = layout.headings[number] if number < len(layout.headings) else ()
            for start, text in _split(block):
                if len(text) <= _LONGEST:
                    plain = re.sub(r"\s+", " ", _MARKS.sub("", text).replace("\\%", "%")).strip()
                    yield Sentence(plain, block.locate(start, start + 1), headings, number)


def _split(block: Paragraph) -> Iterator[tuple[int, str]]:
    text, start = block.text, 0
    ends = [(match.start(), match.end()) for match in _END.finditer(text)]
    for at, after in sorted([*ends, *((at, at) for at in _short_lines(block))]):
        part = text[start:at]
        if part.strip() and at >= start and not _ABBREVIATION.search(part[-12:]):
            yield start + len(part) - len(part.lstrip()), part
            start = after
    if text[start:].strip():
        part = text[start:]
        yield start + len(part) - len(part.lstrip()), part


def _short_lines(block: Paragraph) -> Iterator[int]:
    """Where a line begins behind a short one without a full stop: a heading or an item of a slide, and no wrapped line.

    Text from slides and two columns has no marks between its items, so that they come as one paragraph.
    """
    begins = [at for at, *_ in block.pieces]
    lines = [block.text[at:end].strip() for at, end in zip(begins, [*begins[1:], len(block.text)], strict=True)]
    widest = max(map(len, lines))
    for at, line, following in zip(begins[1:], lines, lines[1:], strict=False):
        is_short = len(line) < 0.75 * widest
        if is_short and re.match(r"[^\W\d_a-z]|\d", following) and not _GOES_ON.search(line):
            yield at


@lru_cache(maxsize=4096)
def superlatives(clause: str) -> tuple[RankClaim, ...]:
    """Find the superlatives of a clause.

    Arguments:
        clause: a part of a sentence.

    Returns:
        Them with the metric that they are of, in order.
    """
    claims = []
    for match in _superlatives().finditer(clause):
        sense: Sense = _sense(match)
        metric = None
        if re.match(claim_words.OF_A_CHANGE, clause[match.end() : match.end() + 60], re.IGNORECASE):
            continue
        if sense in ("best", "worst", "high", "low"):
            metric = _metric_beside(clause, match.start(), match.end())
            if metric in _COSTS and re.search(rf"\b{claim_words.WITH}", _between(clause, match.end(), metric)):
                metric = None  # `on top with less than half the parameters`
            is_of_results = metric is None and sense in ("high", "low")
            if is_of_results and _of_quality().match(clause[match.end() :].lower()):
                sense = "best" if sense == "high" else "worst"
            is_verb = re.fullmatch(claim_words.WINS, match.group(), re.IGNORECASE) is not None
            is_of_other = not is_verb and _is_of_something_else(clause[match.end() :])
            if metric is None and (sense in ("high", "low") or is_of_other):
                continue
        claims.append(RankClaim(sense, metric, match.start(), match.end()))
    return tuple(claims)


def _between(clause: str, end: int, metric: str) -> str:
    """What stands between a superlative and the word of its metric behind it."""
    found = next((each for each in metric_pattern().finditer(clause.lower(), end) if each.lastgroup == metric), None)
    return clause[end : found.start()] if found is not None else ""


@lru_cache(maxsize=4096)
def comparatives(clause: str) -> tuple[RankClaim, ...]:
    """Find the comparatives that stand between two names.

    Arguments:
        clause: a part of a sentence.

    Returns:
        Them with the metric that they are of, in order.
    """
    claims = []
    for match in _comparatives().finditer(blank_amounts(clause)):
        sense: Sense = _sense(match)
        named = (sense in ("high", "low") and metrics_of(match.group())) or metrics_of(clause)
        metrics = set() if sense in ("fast", "slow") else named
        if len(metrics) > 1 or (sense in ("high", "low") and not metrics):
            continue
        claims.append(RankClaim(sense, next(iter(metrics), None), match.start(), match.end()))
    return tuple(claims)


def comparatives_after(clause: str) -> RankClaim | None:
    """Find what `X가 Y보다 ...`, `XはYより...` or `X比Y...` ends with.

    Arguments:
        clause: the part of a clause behind 보다, より, or the name behind 比.

    Returns:
        The comparison; None if it has none, or several.
    """
    found = [
        (match.start(), match.end(), sense)
        for sense, pattern in claim_words.COMPARATIVES_AFTER.items()
        if (match := re.search(pattern, clause))
    ]
    if len({sense for *_, sense in found}) != 1:
        return None
    start, end, sense = found[0]
    if sense in ("high", "low") and re.search(claim_words.QUALITY, clause[:start]):
        sense = "best" if sense == "high" else "worst"
    metrics = metrics_of(clause[:start])
    return RankClaim(sense, next(iter(metrics), None), start, end) if len(metrics) < 2 else None


def chains_of(clause: str) -> list[tuple[int, int]]:
    """Find the signs of `accuracy: A > B > C`.

    Arguments:
        clause: a part of a sentence.

    Returns:
        Where each sign begins and ends; none where the clause has other comparisons.
    """
    signs = [match.span() for match in re.finditer(r"(?<=\s)>(?=\s)", clause)]
    return signs if not _comparatives().search(clause) else []


def metrics_of(text: str) -> set[str]:
    """Say which metrics a text names.

    Arguments:
        text: a part of a sentence.

    Returns:
        The metrics, as `series.NumberSeries.metric`.
    """
    return {str(match.lastgroup) for match in metric_pattern().finditer(text.lower())}


def without_tail(clause: str, claim: RankClaim) -> str:
    """Cut off what a clause adds to its superlative: `X is the fastest, followed by Y`, `X が最も高く、Y は...`.

    Arguments:
        clause: a part of a sentence.
        claim: a superlative in it.

    Returns:
        The clause up to the next comma, if what follows does not narrow the claim. Korean, Chinese and Japanese
        sentences narrow a claim before it only.
    """
    for word in re.finditer(rf"\s{claim_words.WITH}", clause[claim.end :]):
        tail = clause[claim.end + word.end() :]
        if (
            metrics_of(tail)
            and not _EQUAL.search(tail)
            and re.search(r"\b(?:less|fewer|more|half|only|weniger|nur|menos|moins)\b", tail)
        ):
            return clause[: claim.end + word.start()]  # `on top with less than half the parameters`
    for comma in re.finditer(r",\s|[，、]", clause[claim.end :]):
        at = claim.end + comma.start()
        tail = clause[claim.end + comma.end() :]
        is_cjk = re.search(r"[\u3040-\ud7af]", tail) is not None
        is_denied = is_cjk and re.search(claim_words.DENIED_AT_THE_END, tail)
        if is_cjk and not is_denied:
            return clause[:at]
        added = re.match(claim_words.ADDED, tail, re.IGNORECASE)
        if added and (added["with"] is None or metrics_of(tail) or any(each.unit for each in amounts_of(tail))):
            return clause[:at]
    return clause


def is_uncertain(clause: str) -> bool:
    """Say whether a clause denies or supposes what it says, or says it of a part of the rows only.

    Arguments:
        clause: a part of a sentence.

    Returns:
        Whether one of the words stands in it that make a claim no claim about all rows.
    """
    return _uncertain().search(clause) is not None


def is_narrowed(clause: str, known: frozenset[str], masked: Sequence[tuple[int, int]]) -> bool:
    """Say whether a clause speaks of a part of a table, or of something that the table does not show.

    Arguments:
        clause: a part of a sentence.
        known: the words of the table, its caption and the headings, in lower case.
        masked: the names and the comparison in the clause, which narrow nothing.

    Returns:
        Whether a word behind a preposition, or right before a name, is not known.
    """
    letters = list(clause)
    for start, end in masked:
        letters[start:end] = "§" * (end - start)
    text = "".join(letters)
    if re.search(claim_words.CONDITIONS, text):
        return True
    text = metric_pattern().sub(" ¤ ", text.lower())
    text = _split_words().sub(" ", text)
    for match in _prepositions().finditer(text):
        if "¤" in match["rest"] and _EQUAL.search(match["rest"]):
            return True  # `at the same number of parameters`
        words = re.findall(r"[^\W\d_]{2,}", match["rest"])
        if any(word not in known and word not in claim_words.NEUTRAL for word in words):
            return True
    before = re.findall(r"([^\W\d_]+)\s+§", text)
    is_odd = any(
        word not in known
        and word not in claim_words.NEUTRAL
        and word not in claim_words.PREPOSITIONS
        and not word.endswith("ly")
        and not re.fullmatch(claim_words.VERBS, word)
        and not re.search(r"[\u3040-\uffff]", word)
        for word in before
    )
    for place in re.finditer(claim_words.CJK_PLACES, text):
        rest = re.sub(claim_words.CJK_NEUTRAL, "", next(part for part in place.groups() if part is not None)).strip()
        if rest and not any(rest in word for word in known):
            return True
    foreign = re.findall(r"[a-z][a-z\d-]+", text) if re.search(r"[\u3040-\ud7af]", text) else []
    return is_odd or any(word not in known and word not in claim_words.NEUTRAL for word in foreign)


#: A number with its unit. Numbers that belong to a name (`ResNet-18`) are none.
_AMOUNT = re.compile(
    r"(?<![\w.,+/#-])(?:(?<=[±~≈+])|(?<![±]))(?P<number>[+-]?\d{1,3}(?:,\d{3}){1,3}(?![\d.,]\d)|"
    r"[+-]?\d{1,7}(?:[.,]\d{1,6})?)(?![.,]?\d)"
    r"[\s\u200b]?(?P<unit>%p\b|%포인트|％|%|(?:percentage[- ])?points?\b|percent(?:age points?)?\b|pp\b|p\.p\.|"
    r"포인트|퍼센트|"
    r"个百分点|個百分點|百分点|"
    r"ポイント|パーセント|puntos(?: porcentuales)?|pontos(?: percentuais)?|prozentpunkten?|prozent|"
    r"points? de pourcentage|"
    r"pour ?cent|por ciento|"
    r"por cento|times\b|x\b|×|-fold\b|mal\b|veces\b|vezes\b|fois\b|배|倍)?(?![\w])",
    re.IGNORECASE,
)
_CJK_EDGE = re.compile(r"(?<=[\d%％])(?=[\u3040-\ud7af])|(?<=[\u3040-\ud7af])(?=[\d+])")


@lru_cache(maxsize=4096)
def amounts_of(text: str) -> tuple[PrintedAmount, ...]:
    """Read the numbers of a sentence.

    Arguments:
        text: a sentence or a part of one.

    Returns:
        The numbers with their units, in order.
    """
    spaced = _CJK_EDGE.sub("\u200b", text)  # letters stand there beside numbers without a space
    moved = [index for index, letter in enumerate(spaced) if letter == "\u200b"]
    amounts = []
    for match in _AMOUNT.finditer(spaced):
        number = read_number(match["number"].lstrip("+"), decimal_comma=True)
        if number is not None:
            shift = sum(index < match.start() for index in moved)
            start, end = match.start() - shift, match.end() - sum(index < match.end() for index in moved)
            amounts.append(
                PrintedAmount(number, _unit(match["unit"] or spaced[match.end() : match.end() + 5]), start, end)
            )
    return tuple(amounts)


def blank_amounts(text: str) -> str:
    """Put spaces where a text has amounts, so that words around them stand side by side.

    Arguments:
        text: a sentence or a part of one.

    Returns:
        A text of the same length.
    """
    for amount in amounts_of(text):
        text = text[: amount.start] + " " * (amount.end - amount.start) + text[amount.end :]
    return text


def _unit(printed: str) -> str:
    lower = printed.lower().lstrip("\u200b ")
    if re.match(r"%p|%포|percentage|p(?:oin|un|on)t|pp|p\.p|포인트|个百|個百|百分|ポイ|prozentp", lower):
        return "points"
    if re.match(r"%|％|percent|퍼센|パーセ|prozent|pour|por c", lower):
        return "%"
    return "times" if re.match(r"(?:times|x|mal|fois)\b|×|-fold|veces|vezes|배|倍", lower) else ""


def _metric_beside(clause: str, start: int, end: int) -> str | None:
    """The metric of a superlative: right behind it, or right before it, or the only one of the clause."""
    behind = re.split(
        r"\b(?:of|with|for|at|by|was|is|and|de|du|mit|con|com|avec|von|y|e|et|und)\b|[,，、(]|을|를",
        clause[end : end + 48],
    )[0]
    before = re.search(r"[^,，、。]{0,20}$", clause[max(0, start - 20) : start])
    for text in (behind, before.group() if before and re.search(r"[\u3040-\ud7af]", clause) else ""):
        metrics = metrics_of(text)
        if metrics:
            return metrics.pop() if len(metrics) == 1 else "several"
    metrics = metrics_of(clause)
    return metrics.pop() if len(metrics) == 1 else "several" if metrics else None


def _is_of_something_else(behind: str) -> bool:
    """Whether `the best` goes on with a noun that is no model and no result: `the best learning rate`."""
    word = re.match(r"\s{1,3}([^\W\d_]{2,30})", behind)
    if word is None or re.match(r"[\u3040-\ud7af]", word[1]):
        return False
    lower = word[1].lower()
    is_neutral = lower in claim_words.NEUTRAL or lower in claim_words.PREPOSITIONS
    return not is_neutral and not re.fullmatch(claim_words.VERBS, lower) and not re.search(claim_words.QUALITY, lower)


def _compiled(table: dict[str, str], flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in table.items()), flags)


def _sense(match: re.Match[str]) -> Sense:
    return match.lastgroup  # type: ignore[return-value]  # the groups are the senses


@cache
def _of_quality() -> re.Pattern[str]:
    """What goes on behind `the highest` where it means the best: `performance`, `은 성능`, `的性能`."""
    return re.compile(rf"(?:[가-힣]{{1,3}})?(?:的|い)?\s?(?:{claim_words.QUALITY.removeprefix('(?i)')})")


@cache
def _superlatives() -> re.Pattern[str]:
    return _compiled({sense: "|".join(words) for sense, words in claim_words.SUPERLATIVES.items()})


@cache
def _comparatives() -> re.Pattern[str]:
    measured = r"(?:[^\W\d_]{2,14} )?[^\W\d_]{3,20}"  # `metrics_of` says later whether it is a metric
    return _compiled(
        {
            sense: "|".join(words).replace("METRIC", measured).replace(" ", r"\s{1,20}")
            for sense, words in claim_words.COMPARATIVES.items()
        }
    )


@cache
def _split_words() -> re.Pattern[str]:
    return re.compile(word_pattern([word for words in vocabulary.SPLITS.values() for word in words]))


@cache
def _uncertain() -> re.Pattern[str]:
    epochs = word_pattern(vocabulary.EPOCHS)
    return re.compile(f"{claim_words.UNCERTAIN}|{epochs}|{vocabulary.CITED}", re.IGNORECASE)


@cache
def _prepositions() -> re.Pattern[str]:
    words = "|".join(claim_words.PREPOSITIONS)
    return re.compile(
        rf"(?:\b(?:{words})\b|(?<!§)\+)(?P<rest>(?:\s+(?!(?:{words}|"
        rf"{claim_words.VERBS})\b)[^\s,.;:()§]{{1,30}}){{0,4}})"
    )
