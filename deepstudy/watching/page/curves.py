"""Losses, accuracies and learning rates over time, recomputed from the recording."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.page.drawing import Curve, CurveChart, draw
from deepstudy.watching.recording import OptimizerSeen, Round

_MOST_NETWORKS = 4
_MOST_OPTIMIZERS = 8
_FEW_RATES = 8  # a schedule of more rates is smooth, and looks as it is known only on a linear scale


@dataclass(frozen=True)
class NetworkCurves:
    """The losses and accuracies of one network.

    Attributes:
        name: its name on the page.
        where: the place of its first pass.
        charts: its charts; empty if it has no known loss or accuracy.
    """

    name: str
    where: str
    charts: list[CurveChart]


@dataclass(frozen=True)
class RateHistory:
    """The learning rate of one optimizer, as it was.

    Attributes:
        says: in a sentence.
        chart: the chart; None if it never changed.
    """

    says: str
    chart: CurveChart | None


def trained_networks(evidence: ProgramEvidence) -> list[int]:
    """Find the networks that a page shows.

    Arguments:
        evidence: the program.

    Returns:
        The numbers of the networks that were trained most often, in the order of their first pass.
    """
    times: dict[int, int] = defaultdict(int)
    for each in evidence.training:
        times[each.network] += 1
    return sorted(sorted(times, key=lambda number: -times[number])[:_MOST_NETWORKS])


def network_curves(evidence: ProgramEvidence, number: int, name: str) -> NetworkCurves:
    """Draw the losses and accuracies of a network.

    Arguments:
        evidence: the program.
        number: the number of the network.
        name: its name on the page.

    Returns:
        Its charts.
    """
    network = evidence.network(number)
    found = [
        draw(_curves(evidence, number, measure), title, "epoch", "%" if measure == evidence.accuracy else "")
        for title, measure in (("Loss, mean over images", evidence.loss), ("Accuracy in percent", evidence.accuracy))
    ]
    return NetworkCurves(name, network.where, [each for each in found if each is not None])


def _curves(evidence: ProgramEvidence, number: int, measure: Callable[[Round], float | None]) -> list[Curve]:
    """A curve for each split, trained or scored, and each name of a loader where one split has several."""
    training = [each for each in evidence.training if each.network == number]
    points: dict[tuple[str, bool, str], list[tuple[float, float]]] = defaultdict(list)
    for each in evidence.rounds:
        value = measure(each) if each.network == number else None
        if value is not None:
            key = (evidence.role(each), each.trained, evidence.split_name(each))
            points[key].append((_epoch(evidence, training, each), value))
    curves = []
    for split, trained, name in points:
        several = sum(key[:2] == (split, trained) for key in points) > 1
        label = "train, running" if trained else "train, scored" if split == "train" else split
        label = label if split != "unknown" else name or "scored"
        style = f"{split} scored" if split == "train" and not trained else split
        curves.append(
            Curve(
                f"{label} ({name})" if several and name not in ("", label) else label,
                style,
                points[split, trained, name],
            )
        )
    return curves


def _epoch(evidence: ProgramEvidence, training: list[Round], round: Round) -> float:
    """How many training rounds were over at the end of a round; a part of one counts as its share of batches."""
    begun = bisect_left(training, round.end, key=lambda each: each.start)
    if not begun or round.trained or training[begun - 1].end <= round.end:
        return float(begun)
    return begun - 1 + float((evidence.program.array(training[begun - 1], "clocks") < round.start).mean())


def rate_histories(evidence: ProgramEvidence) -> tuple[list[RateHistory], int]:
    """Draw the learning rates.

    Arguments:
        evidence: the program.

    Returns:
        The history of each optimizer that took steps, as far as there are not too many; and how many are left out.
    """
    used = [each for each in evidence.recording.optimizers if each.steps and each.rates]
    return [_history(evidence, each) for each in used[:_MOST_OPTIMIZERS]], max(0, len(used) - _MOST_OPTIMIZERS)


def _history(evidence: ProgramEvidence, seen: OptimizerSeen) -> RateHistory:
    name = f"{seen.kind} (`{seen.where}`)"
    schedules = [each for each in evidence.recording.schedulers if each.optimizer == seen.number]
    stepped = "".join(
        f" {each.kind} (`{each.where}`) was stepped {len(each.steps):,} time{'s' * (len(each.steps) != 1)}."
        for each in schedules[:3]
    )
    rates = [rate for rate, _ in seen.rates]
    if len(set(rates)) == 1:
        return RateHistory(f"{name}: {rates[0]:g} at each of {_steps(seen.steps)}.{stepped}", None)
    is_smooth = len(set(rates)) > _FEW_RATES
    points, step = [], 0
    for rate, times in seen.rates:
        points += [(float(step), rate), (float(step + times), rate)]
        step += times
    says = f"{name}: from {rates[0]:.4g} to {rates[-1]:.4g} in {_steps(seen.steps)}, at most {max(rates):.4g}.{stepped}"
    return RateHistory(
        says, draw([Curve("", "train", points)], f"Learning rate of {seen.kind}", "step", is_linear=is_smooth)
    )


def _steps(count: int) -> str:
    return f"{count:,} step{'s' * (count != 1)}"
