"""Losses and accuracies of the same images: a line of a log, a row of a table or a sentence that gives both."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deepstudy.audits.reading.statements import Statement

_SPLITS = (None, "train", "validation", "test")


@dataclass(frozen=True)
class LossWithAccuracy:
    """A mean loss and an accuracy over the same images.

    Attributes:
        where: the place of the line.
        text: the line.
        split: which images; "" if nothing says it.
        loss: the loss as it is printed, in nats.
        loss_step: what the last printed digit of the loss counts.
        accuracy: the accuracy, in percent.
        accuracy_step: what its last printed digit counts, in percent.
        series: what it is compared with: the log, the table or the section that it stands in.
        is_of_step: whether the line is one of many of an epoch.
    """

    where: str
    text: str
    split: str
    loss: float
    loss_step: float
    accuracy: float
    accuracy_step: float
    series: str = ""
    is_of_step: bool = False


def pairs_of(statements: Iterable[Statement]) -> list[LossWithAccuracy]:
    """Find losses beside accuracies.

    A pair is read where a line, a row or a sentence gives exactly one loss and one accuracy of the same split.

    Arguments:
        statements: the numbers of a document, in their order.

    Returns:
        The pairs, in their order.
    """
    groups: dict[tuple[object, ...], list[Statement]] = {}
    for statement in statements:
        if statement.metric not in ("loss", "accuracy") or not _is_usable(statement):
            continue
        place = statement.place[:2] if statement.place is not None else (statement.span.line,)
        groups.setdefault((*place, statement.text, statement.of), []).append(statement)
    return [pair for group in groups.values() for pair in _pairs(group)]


def _is_usable(statement: Statement) -> bool:
    return not (statement.is_change or statement.is_about or statement.upper is not None or statement.value < 0)


def _pairs(group: Sequence[Statement]) -> Iterable[LossWithAccuracy]:
    for split in _SPLITS:
        losses = [each for each in group if each.metric == "loss" and each.split == split]
        accuracies = [each for each in group if each.metric == "accuracy" and each.split == split]
        if not accuracies or len({loss.value for loss in losses}) != 1:
            continue
        loss = losses[0]
        best = min(accuracies, key=lambda each: each.step)  # 9713/10000 beside 97 %
        if best.value > 100 or any(abs(each.value - best.value) > max(1.0, each.step) for each in accuracies):
            continue
        series = f"{loss.kind} {' / '.join(loss.headings)} {loss.place[0] if loss.place else ''}"
        is_of_step = loss.step_number is not None and loss.step_number != loss.steps
        yield LossWithAccuracy(
            where=loss.where,
            text=loss.text,
            split=split or "",
            loss=loss.value,
            loss_step=loss.step,
            accuracy=best.value,
            accuracy_step=best.step,
            series=series,
            is_of_step=is_of_step,
        )
