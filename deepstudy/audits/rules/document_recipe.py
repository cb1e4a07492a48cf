"""What the rule `recipe` finds in documents: choices by test images, and differences that chance explains."""

import re
from collections.abc import Iterator

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.claims.claims import is_uncertain
from deepstudy.audits.reading.claims.test_choices import read_test_choices
from deepstudy.audits.reading.samples.passages import read_passages
from deepstudy.audits.reading.statements import Statement
from deepstudy.audits.reading.training.scored_images import ScoredImages, read_scored_images
from deepstudy.audits.rules.replicates import standard_error
from deepstudy.findings import Finding

#: Words that claim that one network is better than another.
_BETTER = re.compile(
    r"\b(?:better|outperform\w*|beats?|surpass\w*|superior|improv\w+|higher|exceeds?|more accurate|best|wins?)\b|"
    r"(?:더|보다) (?:더 )?(?:좋|높|우수|정확)|뛰어|능가|향상|"
    r"优于|好于|更好|更高|提高|提升|超过|より(?:も)?(?:高|良|優)|上回|向上|\b(?:mejor\w*|super(?:a|ior|ó)|"
    r"más (?:alta|precis[oa])|melhor\w*|"
    r"superou|"
    r"mais (?:alta|precis[oa])|besser\w*|übertr\w+|höher\w*|genauer|verbesser\w*|meilleure?s?|supérieure?s?|dépasse|"
    r"surpasse|"
    r"améliore\w*|plus (?:élevée?|précise?))\b",
    re.IGNORECASE,
)
_NO_CLAIM = re.compile(
    r"significan|signifik|noise|chance|random|within|margin|similar|compar(?:able|ed to chance)|same|equal|only|"
    r"almost|nearly|no better|not|n['’]t\b|"
    r"epochs?\s\d|\bfrom\s\d|\bto\s\d|유의|비슷|거의|유사|显著|相近|相似|接近|有意|ほぼ|同程度|nicht|kaum|ähnlich|"
    r"vergleichbar|\bno\b|"
    r"apenas|casi|similar|"
    r"não|quase|semelhante|\bpas\b|presque|comparable|train|훈련|학습|训练|学習|entren|trein|entraîn|valid",
    re.IGNORECASE,
)
_TWO = 2
_SMALLEST_LEVEL = 50.0  # percent; nobody improves by more


def find_in_document(evidence: Evidence) -> Iterator[Finding]:
    """Find choices by test images, and comparisons of single runs that chance explains.

    Arguments:
        evidence: what the document says.

    Returns:
        At most one finding of each kind, about the first place.
    """
    assert evidence.document is not None
    yield from _choices(evidence)
    yield from _comparisons(evidence)


def _choices(evidence: Evidence) -> Iterator[Finding]:
    assert evidence.document is not None
    choices = list(read_test_choices(list(read_passages(evidence.document, evidence.layout))))
    if not choices:
        return
    first = choices[0]
    subject = "The text says that" if first.kind == "sentence" else "The code shows that"
    more = f" {len(choices) - 1} more places show it as well." if len(choices) > _TWO else ""
    more = " Another place shows it as well." if len(choices) == _TWO else more
    yield Finding(
        "recipe",
        "doubtful",
        f"{subject} a model or an epoch was chosen with the test images. This makes the test accuracy too high, so "
        f"it no "
        f"longer measures how well the network does on new images.{more}",
        where=first.where,
        reported=first.text[:200],
        possible="the same choice, made with validation images held out from the training images",
    )


def _comparisons(evidence: Evidence) -> Iterator[Finding]:
    """Sentences that call one of two networks better, by less than the test images can tell."""
    assert evidence.document is not None
    pairs = _pairs(evidence.statements)
    if not pairs:
        return
    scored = read_scored_images(evidence.document, evidence.layout, evidence.statements)
    if scored.has_runs:
        return
    close = [
        (one, two, margin, n)
        for one, two in pairs
        if (n := _images(scored, one, two)) and (margin := _margin(one, two, n))
    ]
    if not close:
        return
    one, two, margin, images = close[0]
    more = f" {len(close) - 1} more comparison{'s' * (len(close) > _TWO)} like that." if len(close) > 1 else ""
    more = more.replace(" more comparison like", " more comparison is like").replace(
        "comparisons like", "comparisons are like"
    )
    yield Finding(
        "recipe",
        "doubtful",
        f"{one.printed} against {two.printed} % is a difference of only {abs(one.value - two.value):.2f} points. On "
        f"{images:,} images, two equally good networks can differ by {margin:.2f} points by chance (95 %). Differences "
        f"between runs add to that.{more}",
        where=one.where,
        reported=one.text[:200],
        possible=f"a difference of more than {margin:.2f} points, or several runs of each",
    )


def _pairs(statements: list[Statement]) -> list[tuple[Statement, Statement]]:
    """The two accuracies of each sentence that calls one of them better."""
    sentences: dict[str, list[Statement]] = {}
    for statement in statements:
        if statement.kind == "sentence" and statement.metric in ("accuracy", "error"):
            sentences.setdefault(statement.text, []).append(statement)
    return [
        (members[0], members[1])
        for text, members in sentences.items()
        if len(members) == _TWO and _is_comparison(text, *members)
    ]


def _is_comparison(text: str, one: Statement, two: Statement) -> bool:
    is_level = all(
        not (each.is_mean or each.is_cited or each.is_about)
        and not (each.is_change and each.value < _SMALLEST_LEVEL)
        and each.split in ("test", None)
        and 0 < each.value < 100
        and each.epoch is None
        for each in (one, two)
    )
    same = one.metric == two.metric and one.split == two.split and one.value != two.value and one.dataset == two.dataset
    return is_level and same and bool(_BETTER.search(text)) and not _NO_CLAIM.search(text) and not is_uncertain(text)


def _images(scored: ScoredImages, one: Statement, two: Statement) -> int | None:
    sizes = {size for each in (one, two) for size in scored.sizes(each)}
    return sizes.pop() if len(sizes) == 1 else None


def _margin(one: Statement, two: Statement, images: int) -> float | None:
    margin = 1.96 * standard_error(one.value, two.value, images)
    return margin if abs(one.value - two.value) < margin else None
