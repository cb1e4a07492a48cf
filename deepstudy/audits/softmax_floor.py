"""The softmax floor: what cross-entropy can and cannot be when its input has gone through a softmax already.

Cross-entropy applies log-softmax itself. Given probabilities p instead of logits, it is ln(sum of e^p_j) - p_y: never
below ln(e + K - 1) - 1 for K classes (1.4612 for ten), and, since the sum hardly varies (2.40 to 2.46 for ten), close
to 2.43 less the probability given to the right class. So the printed loss and accuracy of such a network add up to
about the same number in every line, however well it does.

For a network with logits, Fano's inequality bounds the loss of honest confidence: at accuracy a it is at most
H(a) + (1 - a) ln(K - 1). Training minimises this very loss, so that on what it trains on, a network is not sure of
what it gets wrong for long. One batch may be; all pairs of a log together are not.
"""

import math
import statistics
from collections.abc import Iterator

from deepstudy.audits.evidence import Evidence, PrintedLog, Trial
from deepstudy.audits.printed import Printed
from deepstudy.findings import Finding

_FEWEST = 6  # pairs


def floor(classes: int) -> float:
    """The least cross-entropy, in nats, of softmax outputs over so many classes."""
    return math.log(math.e + classes - 1) - 1


def band(classes: int) -> tuple[float, float]:
    """Between what the loss plus the mean probability of the right class lies."""
    return math.log(classes) + 1 / classes, math.log(math.e + classes - 1)


def honest(accuracy: float, classes: int) -> float:
    """The largest cross-entropy (nats) of calibrated probabilities at an accuracy (0 to 1): Fano's inequality."""
    wrong = 1 - accuracy
    entropy = -sum(p * math.log(p) for p in (accuracy, wrong) if p > 0)
    return entropy + wrong * math.log(classes - 1)


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find logs whose losses and accuracies speak of a softmax before cross-entropy, or rule out a reported one.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding of each kind for each log and split.
    """
    for log in evidence.logs:
        trial = evidence.trials[log.experiment]
        classes = _classes(evidence, trial)
        if classes is None:
            continue
        yield from _below(log, trial, classes)
        if evidence.is_plain_loss:
            for split in (None, "train", "validation", "test"):
                yield from _pairs(log, split, classes)


def _classes(evidence: Evidence, trial: Trial) -> int | None:
    if trial.data is not None:
        return len(trial.data.classes)
    linear = [layer for tree in evidence.trees for layer in tree if layer.kind == "Linear" and len(layer.numbers) > 1]
    return linear[-1].numbers[1] if linear else None


def _below(log: PrintedLog, trial: Trial, classes: int) -> Iterator[Finding]:
    head = trial.said("model.head")
    lowest = min((loss.value for line in log.lines for loss in line.losses), default=math.inf)
    if head is None or head.value != "softmax" or lowest >= floor(classes) - 5e-5:
        return
    yield Finding(
        "softmax_floor",
        "impossible" if head.origin == "report" else "inconsistent",
        f"A network that ends in a softmax{head.known_from}, whose output goes into cross-entropy over {classes} "
        f"classes, cannot reach a loss below ln(e + {classes - 1}) - 1 = {floor(classes):.4f}.",
        where=log.where,
        reported=f"loss {lowest:g}",
        possible=f"{floor(classes):.4f} or more; or the network has no softmax, or the loss is the negative "
        "log-likelihood",
    )


def _pairs(log: PrintedLog, split: str | None, classes: int) -> Iterator[Finding]:
    pairs = [
        (losses[0].value, accuracies[0].value / 100)
        for line in log.lines
        if (losses := _of(line.losses, split)) and (accuracies := _of(line.accuracies, split))
    ]
    if len(pairs) < _FEWEST or not all(math.isfinite(loss) for loss, _ in pairs):
        return
    loss, accuracy = (statistics.fmean(column) for column in zip(*pairs, strict=True))
    sums = [sum(pair) for pair in pairs]
    error = statistics.stdev(sums) / math.sqrt(len(sums))
    low, high = band(classes)
    # The accuracy stands in for the mean probability of the right class, which is at most a few points from it.
    near = low - 0.06 - 3 * error <= loss + accuracy <= high + 0.12 + 3 * error
    least = min(each for each, _ in pairs)
    # Fano's bound is concave: taken at the mean accuracy it is above its mean over the pairs.
    slope = abs(honest(min(accuracy + 0.01, 1), classes) - honest(max(accuracy - 0.01, 0), classes)) / 0.02
    spread = [statistics.stdev(column) / math.sqrt(len(pairs)) for column in zip(*pairs, strict=True)]
    excess = loss - honest(accuracy, classes)
    sure = excess > max(3 * math.hypot(spread[0], slope * spread[1]), 0.1)
    if not (near and sure and least >= floor(classes) - 5e-5 and statistics.stdev(sums) < 0.15):
        return
    if statistics.stdev(accuracy for _, accuracy in pairs) > 0.08:  # more than batches do by chance
        by_accuracy = sorted((accuracy, loss) for loss, accuracy in pairs)
        if not -1.35 < statistics.linear_regression(*zip(*by_accuracy, strict=True)).slope < -0.65:
            return  # the loss of such a network falls by as much as its accuracy rises
    trained = split in (None, "train")
    why = (
        f"With logits, {100 * accuracy:.0f} % right would go with a loss of at most {honest(accuracy, classes):.2f} "
        "from a network that is as sure of itself as it is right"
    )
    tail = ", as training makes it." if trained else "; one that has overfitted could do it too."
    yield Finding(
        "softmax_floor",
        "inconsistent" if trained else "doubtful",
        f"All {len(pairs)} pairs of {split or 'loss'}{' loss' if split else ''} and accuracy together look like a "
        f"network that ends in a softmax although cross-entropy applies one itself: no loss is below "
        f"ln(e + {classes - 1}) - 1 = {floor(classes):.4f}, and loss + accuracy is {loss + accuracy:.2f} on average "
        f"(such a network gives about {low:.2f} to {high:.2f}). {why}{tail}",
        where=log.where,
        reported=f"mean loss {loss:.2f} at a mean accuracy of {100 * accuracy:.1f} %, lowest loss {least:g}",
        possible=(
            f"with logits at most about {honest(accuracy, classes):.2f} at this accuracy; "
            f"with softmax outputs about {(low + high) / 2 - accuracy:.2f}"
        ),
    )


def _of(values: tuple[Printed, ...], split: str | None) -> list[Printed]:
    return [value for value in values if value.split == split]
