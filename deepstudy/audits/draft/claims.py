"""Sentences of a document that may be claims, as commented YAML that a person completes."""

import json
import re
from collections.abc import Iterator, Sequence

from deepstudy.audits.draft.experiments import DraftedExperiment
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import Paragraph
from deepstudy.audits.reading.layout import iterate_sentences

_COMPARES = re.compile(
    r"\b(?:best|better|worse|worst|highest|higher|lowest|lower|outperform\w*|superior|improve[sd]?|faster|slower|fastest|"
    r"besser|beste[nrs]?|höher|höchste\w*|schneller|mejor|peor|más alt[oa]|melhor|pior|maior|meilleure?|supérieure?)\b"
    r"|가장 (?:높|낮|좋|빠)|더 (?:높|낮|좋|빠)|优于|更好|更高|最好|最高|最佳|より(?:高|良|低)|最も(?:高|良)",
    re.IGNORECASE,
)
_LOWER = re.compile(r"\b(?:lower|lowest|niedrig\w*|más baj[oa]|menor)\b|낮|低", re.IGNORECASE)
_HIGHER = re.compile(r"\b(?:higher|highest|höher|höchste\w*|más alt[oa]|maior)\b|높|高", re.IGNORECASE)
_BAD = re.compile(r"\b(?:worse|worst|slower|slowest|langsamer|schlechter\w*|peor|pior)\b|느", re.IGNORECASE)
_QUANTITIES = (
    (re.compile(r"\bloss\b|손실|损失|損失|verlust", re.IGNORECASE), "quantity: loss, split: {split}, epoch: last"),
    (re.compile(r"\btimes?\b|\bfast|\bslow|seconds|schnell|빠|느", re.IGNORECASE), "quantity: seconds_per_epoch"),
    (re.compile(r"\bparameters\b|parámetros|parâmetros|파라미터|参数", re.IGNORECASE), "quantity: parameters"),
)
_ACCURACY = "quantity: accuracy, split: {split}, epoch: last"
_SPLITS = (
    ("train", re.compile(r"\btrain(?:ing)?\b|训练|학습", re.IGNORECASE)),
    ("validation", re.compile(r"\bvalid\w*|验证|검증", re.IGNORECASE)),
)
_MOST = 20  # candidates
_LONGEST = 400  # letters of a sentence
_BLANK = "COMPLETE"


def draft_claims(evidence: Evidence, experiments: Sequence[DraftedExperiment]) -> Iterator[str]:
    """Write sentences that compare as claims behind `#`.

    Arguments:
        evidence: what the document says.
        experiments: the experiments of the draft.

    Yields:
        Lines of YAML.
    """
    sentences = list(_sentences(evidence))[:_MOST]
    if not sentences:
        return
    yield "# These sentences compare. For each that is a claim, take the # away, complete it, and move it below claims."
    for number, (where, text) in enumerate(sentences, 1):
        of, with_ = _named(text, experiments)
        yield f"#  - id: claim-{number}  # {where}"
        yield f"#    says: {json.dumps(text, ensure_ascii=False)}"
        quantity = _quantity(text)
        yield f"#    compare: {{{quantity}, of: {of}, with: {with_}, expect: {_expected(text, quantity)}}}"


def _sentences(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """The sentences that compare, with their places."""
    for block in evidence.layout.blocks:
        if not isinstance(block, Paragraph) or evidence.document is None:
            continue
        for start, end in iterate_sentences(block.text):
            sentence = " ".join(block.text[start:end].split())
            if len(sentence) <= _LONGEST and _COMPARES.search(sentence):
                yield evidence.document.where(block.locate(start, end).line + 1), sentence


def _quantity(sentence: str) -> str:
    split = next((name for name, pattern in _SPLITS if pattern.search(sentence)), "test")
    keys = next((keys for pattern, keys in _QUANTITIES if pattern.search(sentence)), _ACCURACY)
    return keys.format(split=split)


def _expected(sentence: str, quantity: str) -> str:
    """Whether the first experiment is said to have more or less of a quantity. Less loss and less time are better."""
    if _LOWER.search(sentence) or _HIGHER.search(sentence):
        return "less" if _LOWER.search(sentence) else "greater"
    is_bad, is_cost = bool(_BAD.search(sentence)), "accuracy" not in quantity
    return "less" if is_bad != is_cost else "greater"


def _named(sentence: str, experiments: Sequence[DraftedExperiment]) -> tuple[str, str]:
    """The first two experiments that a sentence names; blanks where it names none. Longer names go first."""
    left, found = sentence.lower(), {}
    for experiment in sorted(experiments, key=lambda each: -len(each.says)):
        match = re.search(rf"(?<!\w){re.escape(experiment.says.lower())}(?!\w)", left)
        if match is not None:
            found[match.start()] = experiment.name
            left = left[: match.start()] + " " * len(match[0]) + left[match.end() :]
    names = [found[at] for at in sorted(found)][:2]
    of, with_ = [*names, _BLANK, _BLANK][:2]
    return of, with_
