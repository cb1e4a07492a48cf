"""The test images choose the epoch, the model or the learning rate.

## Why it matters
The best of many scores on the test images is too high: part of it is luck with these images. The reported accuracy then
says what could be reached at best, and not what new images would give.

## Example
```python
for epoch in range(50):
    train(model)
    accuracy = score(model, test_loader)
    if accuracy > best:
        best = accuracy
        torch.save(model.state_dict(), "best.pt")
print("test accuracy", best)
```

## Not an error
A validation split chooses; the test images are scored once.
```python
if score(model, val_loader) > best:
    best_weights = copy.deepcopy(model.state_dict())
...
print("test accuracy", score(model, test_loader))
```

## How to fix
Split off validation images from the training set, and choose by them.

## Source
Hastie, Tibshirani and Friedman 2009, The Elements of Statistical Learning, section 7.2.
"""

import re
from collections.abc import Iterator

import numpy as np

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.printed_numbers import numbers_of
from deepstudy.watching.recording import Event, Round

#: What a condition speaks of that compares scores; `epoch % 10 == 0` or `rank == 0` choose nothing.
_SCORE = re.compile(
    r"acc|loss|best|score|\berr|_err|error|\bf1|metric|\btop|perf|(?<!e)val|prec|improv|highest|lowest|max|min",
    re.IGNORECASE,
)
_VALIDATION = ("val", "dev")
_SAVED = ("save", "copy", "state_dict")
_BEST = re.compile(
    r"\b(?:best|highest|max\w*|top(?![- ]?\d)|mejor|meilleur\w*|melhor|beste)\b|最好|最佳|最高|최고|최대", re.IGNORECASE
)
_FIX = "Choose by validation images that are split off from the training set, and score the test images once."


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look for choices that follow the scores on test images.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for the first sign: a state kept by them, a schedule that follows them, a choice that
        compares them, or a best of them printed.
    """
    tests = [each for each in evidence.scored if evidence.role(each) == "test"]
    if len(tests) < 2:
        return
    for sign in (_kept_by_test, _followed_by_schedule, _chosen, _best_printed):
        finding = sign(evidence, tests)
        if finding is not None:
            yield finding
            return


def _kept_by_test(evidence: ProgramEvidence, tests: list[Round]) -> Finding | None:
    """A state that is kept under a condition, right after the test images were scored."""
    for event in evidence.recording.events:
        if event.kind not in _SAVED or not _SCORE.search(event.says) or not event.clocks:
            continue
        chosen = [_decided_by(evidence, event, clock) for clock in event.clocks]
        if all(each is not None and each in tests for each in chosen) and _fits(evidence, event, tests):
            name = evidence.describe(tests[0])
            return Finding(
                "test_selection",
                "bug",
                f"The weights are kept where `{event.says}`, and that follows from {name}. They choose the epoch, so "
                "the score on them is too high.",
                event.where,
                _FIX,
            )
    return None


def _decided_by(evidence: ProgramEvidence, event: Event, clock: int) -> Round | None:
    """The round whose score a condition compares, at a clock."""
    before = [each for each in evidence.scored if each.end - 1 <= clock]
    if not before:
        return None
    last_trained = max((each.end for each in evidence.training if each.end - 1 <= clock), default=0)
    before = [each for each in before if each.end > last_trained - 1]
    if any(word in event.says.lower() for word in _VALIDATION):  # it speaks of other images than those of the test
        before = [each for each in before if evidence.role(each) != "test"] or before
    named = [each for each in before if _mentions(event.says, evidence, each)]
    return named[-1] if named else before[-1] if before else None


def _mentions(condition: str, evidence: ProgramEvidence, round: Round) -> bool:
    role = evidence.role(round)
    words = {"validation": _VALIDATION, "test": ("test",), "train": ("train",)}.get(role, ())
    return any(word in condition.lower() for word in words)


def _fits(evidence: ProgramEvidence, event: Event, tests: list[Round]) -> bool:
    """Whether the states were kept exactly when the score was better than before, as far as scores tell."""
    own = [each for each in tests if each.loader == tests[0].loader]
    stored = [any(each.end - 1 <= clock < _next(each, own) for clock in event.clocks) for each in own]
    scores = [evidence.accuracy(each) for each in own]
    losses = [evidence.loss(each) for each in own]
    candidates = [_records(scores, 1), _records(losses, -1)]
    return any(each == stored for each in candidates if each) or not any(candidates)


def _next(round: Round, rounds: list[Round]) -> float:
    return min((each.end - 1 for each in rounds if each.start >= round.end), default=np.inf)


def _records(values: list[float | None], sign: int) -> list[bool]:
    """Where a series is better than all before; empty if a value is missing."""
    best, found = -np.inf, []
    for value in values:
        if value is None:
            return []
        found.append(sign * value > best)
        best = max(best, sign * value)
    return found


def _followed_by_schedule(evidence: ProgramEvidence, tests: list[Round]) -> Finding | None:
    for schedule in evidence.recording.schedulers:
        hits = 0
        for clock, value in schedule.metrics:
            near = [each for each in tests if each.end - 1 <= clock][-1:]
            for each in near:
                known = [evidence.accuracy(each), evidence.loss(each)]
                values = [one for one in known if one is not None]
                hits += any(np.isclose(value, [one, one / 100], rtol=1e-4).any() for one in values)
        if len(schedule.metrics) >= 2 and hits == len(schedule.metrics):
            return Finding(
                "test_selection",
                "risk",
                f"{schedule.kind} follows the score on {evidence.describe(tests[0])}. So they choose the rate.",
                schedule.step_where,
                _FIX,
            )
    return None


def _chosen(evidence: ProgramEvidence, tests: list[Round]) -> Finding | None:
    """A place where only scores on test images are compared, of several rounds."""
    others = {choice for each in evidence.scored if each not in tests for choice in each.choices}
    for choice in dict.fromkeys(choice for each in tests for choice in each.choices):
        rounds = [each for each in tests if choice in each.choices]
        if len(rounds) < 2 or choice in others:
            continue
        return Finding(
            "test_selection",
            "bug",
            f"`{choice.says}` chooses by {len(rounds)} scores on {evidence.describe(rounds[0])}. "
            "The best of many scores on the same images is too high.",
            choice.where,
            _FIX,
        )
    return None


def _best_printed(evidence: ProgramEvidence, tests: list[Round]) -> Finding | None:
    """A printed best that is the largest accuracy on the test images."""
    if any(evidence.role(each) in ("validation", "unknown") for each in evidence.scored):
        return None  # other images may have chosen the same epoch
    for line in reversed(evidence.recording.printed):
        if not _BEST.search(line.text):
            continue
        before = [each for each in tests if each.end - 1 <= line.clock]
        scores = [each for each in map(evidence.accuracy, before) if each is not None]
        if len(scores) < 2 or len({round(each, 6) for each in scores}) < 2:
            continue
        for number in numbers_of(line.text):
            if number.digits >= 3 and any(number.is_near(max(scores), scale) for scale in (1.0, 0.01)):
                return Finding(
                    "test_selection",
                    "bug",
                    f"`{number.text}` is the best of {len(scores)} scores on {evidence.describe(before[-1])}. "
                    "The best of many scores on the same images is too high.",
                    line.where,
                    _FIX,
                )
    return None
