"""Losses that show a softmax before cross-entropy.

Cross-entropy applies softmax itself. With probabilities as its input, the loss over K classes cannot fall below
ln(e + K - 1) - 1, which is 1.4612 for ten classes. Loss + accuracy then stays at about 2.40 to 2.46. The rule checks:

* a loss below that floor, if the report says that the network ends in a softmax;
* six or more pairs of loss and accuracy in a log that fit a softmax, and not logits.

## Why it matters

The second softmax makes gradients small, so the network learns slowly and reaches a lower accuracy. Its losses cannot
be compared with losses of other reports.

## Example

```text
CNN on CIFAR-10, batch size 64, Adam, 50 epochs
Epoch 3/50: loss 1.8600, accuracy 57.20%
Epoch 4/50: loss 1.8200, accuracy 60.10%
Epoch 5/50: loss 1.7900, accuracy 62.20%
Epoch 6/50: loss 1.7600, accuracy 64.00%
Epoch 7/50: loss 1.7500, accuracy 65.20%
Epoch 8/50: loss 1.7300, accuracy 66.30%
Epoch 9/50: loss 1.7100, accuracy 67.10%
```

## Not an error

The same log, if the printed loss also includes a penalty: then cross-entropy is only a part of it.

```text
CNN on CIFAR-10, batch size 64, Adam, 50 epochs. The printed loss includes the L2 penalty.
Epoch 3/50: loss 1.8600, accuracy 57.20%
Epoch 4/50: loss 1.8200, accuracy 60.10%
Epoch 5/50: loss 1.7900, accuracy 62.20%
Epoch 6/50: loss 1.7600, accuracy 64.00%
Epoch 7/50: loss 1.7500, accuracy 65.20%
Epoch 8/50: loss 1.7300, accuracy 66.30%
Epoch 9/50: loss 1.7100, accuracy 67.10%
```

## How to fix

Pass logits to `nn.CrossEntropyLoss`: remove the softmax from `forward`, and apply it only where probabilities are
needed. Or use `log_softmax` with `nn.NLLLoss`.

## Source

PyTorch documentation of `torch.nn.CrossEntropyLoss` (its input is unnormalized logits). The floor is arithmetic. The
bound for logits is Fano's inequality (Cover & Thomas 2006, section 2.10).
"""

import math
import statistics
from collections.abc import Iterator

from deepstudy.audits.evidence import Evidence, PrintedLog, Trial
from deepstudy.audits.printed import Printed
from deepstudy.findings import Finding

_FEWEST = 6  # pairs


def floor(classes: int) -> float:
    """The lowest cross-entropy when its input is a softmax output.

    Arguments:
        classes: the number of classes.

    Returns:
        The lowest loss, in nats.
    """
    return math.log(math.e + classes - 1) - 1


def band(classes: int) -> tuple[float, float]:
    """The range of loss + probability of the right class, when the input of cross-entropy is a softmax output.

    The loss of probabilities p is ln(sum of e^p_j) - p_y. The logarithm hardly varies: 2.40 to 2.46 for ten classes.

    Arguments:
        classes: the number of classes.

    Returns:
        The lowest and the highest sum, with the loss in nats.
    """
    return math.log(classes) + 1 / classes, math.log(math.e + classes - 1)


def honest(accuracy: float, classes: int) -> float:
    """The highest cross-entropy of calibrated probabilities at an accuracy: Fano's inequality.

    Training minimises this loss, so a network is not confident about its mistakes on training images for long. A single
    batch may exceed the bound; the mean over all pairs of a log does not.

    Arguments:
        accuracy: the accuracy, from 0 to 1.
        classes: the number of classes.

    Returns:
        The highest loss, in nats.
    """
    wrong = 1 - accuracy
    entropy = -sum(p * math.log(p) for p in (accuracy, wrong) if p > 0)
    return entropy + wrong * math.log(classes - 1)


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find logs that show a softmax before cross-entropy, or that rule out a softmax that the report mentions.

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
        f"A loss of {lowest:g} is too low for this network. It ends in a softmax{head.known_from}, and its output goes "
        f"into cross-entropy over {classes} classes. So its loss cannot fall below ln(e + {classes - 1}) - 1 = "
        f"{floor(classes):.4f}.",
        where=log.where,
        reported=f"loss {lowest:g}",
        possible=f"a loss of at least {floor(classes):.4f}, a network without softmax, or the negative log-likelihood "
        "as loss",
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
    # The accuracy replaces the mean probability of the right class; they differ by a few points at most.
    near = low - 0.06 - 3 * error <= loss + accuracy <= high + 0.12 + 3 * error
    least = min(each for each, _ in pairs)
    # Fano's bound is concave: at the mean accuracy it is higher than its mean over the pairs.
    slope = abs(honest(min(accuracy + 0.01, 1), classes) - honest(max(accuracy - 0.01, 0), classes)) / 0.02
    spread = [statistics.stdev(column) / math.sqrt(len(pairs)) for column in zip(*pairs, strict=True)]
    excess = loss - honest(accuracy, classes)
    sure = excess > max(3 * math.hypot(spread[0], slope * spread[1]), 0.1)
    if not (near and sure and least >= floor(classes) - 5e-5 and statistics.stdev(sums) < 0.15):
        return
    if statistics.stdev(accuracy for _, accuracy in pairs) > 0.08:  # more than batches do by chance
        by_accuracy = sorted((accuracy, loss) for loss, accuracy in pairs)
        if not -1.35 < statistics.linear_regression(*zip(*by_accuracy, strict=True)).slope < -0.65:
            return  # with a softmax output, the loss falls by as much as the accuracy rises
    trained = split in (None, "train")
    why = (
        f"With logits, a network at {100 * accuracy:.0f} % accuracy has a loss of at most about "
        f"{honest(accuracy, classes):.2f}, if its confidence matches its accuracy. "
    )
    tail = "Training makes them match." if trained else "A network that has overfitted could have a higher loss too."
    yield Finding(
        "softmax_floor",
        "inconsistent" if trained else "doubtful",
        f"The {len(pairs)} pairs of {split + ' ' if split else ''}loss and accuracy look like a network that ends in a "
        "softmax, although cross-entropy applies softmax itself. No loss is below "
        f"ln(e + {classes - 1}) - 1 = {floor(classes):.4f}. Loss + accuracy is {loss + accuracy:.2f} on average; a "
        f"softmax output gives about {low:.2f} to {high:.2f}. {why}{tail}",
        where=log.where,
        reported=f"mean loss {loss:.2f} at a mean accuracy of {100 * accuracy:.1f} %, lowest loss {least:g}",
        possible=(
            f"at this accuracy, a mean loss of at most about {honest(accuracy, classes):.2f} with logits, or of about "
            f"{(low + high) / 2 - accuracy:.2f} with softmax outputs"
        ),
    )


def _of(values: tuple[Printed, ...], split: str | None) -> list[Printed]:
    return [value for value in values if value.split == split]
