"""Which average a printed number is: the right one, or one of the wrong ones that programs print.

For each number of a printed line the losses and hits are known that the program computed before. So the right averages
can be recomputed, and the wrong ones too: a sum of batch means divided by the number of images, the value of the last
batch, a sum that was not reset. A number is wrong if a wrong average gives it to all its digits, and no right one does.
"""

import ast
import linecache
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.printed_numbers import PrintedNumber, numbers_of
from deepstudy.watching.recording import PrintedLine, Round

_STEP = re.compile(r"\b(?:step|iter\w*|batch|minibatch|it)\b|\[\s*\d+\s*,\s*\d+\s*\]", re.IGNORECASE)
_FAR_OFF = 4  # times: a batch has at least so many images
_DIGITS_WITHOUT_WORDS = 4  # of a number that no word calls a loss
_DIGITS = 6  # of all lines of a place together
_UNEQUAL = 2e-4  # a smaller difference between the mean over batches and over images is none
_NEW_ROUNDS = 4  # rounds before a line that it may be about


@dataclass(frozen=True)
class WrongAverage:
    """What a printed number is instead of the right average.

    Attributes:
        kind: `batch_means_by_images`, `last_batch`, `not_reset`, `other_count`, `mean_of_batches`,
            `elements`, `accumulated`.
        says: what it is, as the end of a sentence: "the sum of the batch means divided by ...".
        round: the round that it is about.
        right: the right value.
        printed: the number.
        line: the line that was printed.
    """

    kind: str
    says: str
    round: Round
    right: float
    printed: PrintedNumber
    line: PrintedLine


@dataclass(frozen=True)
class _Batches:
    """The batches of a round up to a clock: per batch, its images, its mean loss, its hits."""

    round: Round
    sizes: NDArray[np.float64]
    losses: NDArray[np.float64]
    hits: NDArray[np.float64]
    clocks: NDArray[np.int64]

    def after(self, clock: int) -> "_Batches":
        """Only the batches after a clock."""
        keep = self.clocks > clock
        return _Batches(self.round, self.sizes[keep], self.losses[keep], self.hits[keep], self.clocks[keep])

    def until(self, clock: int) -> "_Batches":
        """Only the batches up to a clock."""
        keep = self.clocks <= clock
        return _Batches(self.round, self.sizes[keep], self.losses[keep], self.hits[keep], self.clocks[keep])

    def values(self, quantity: str) -> NDArray[np.float64]:
        """The mean loss of each batch, or its share of hits."""
        return self.losses if quantity == "loss" else self.hits / self.sizes

    def weighted(self, quantity: str) -> NDArray[np.float64]:
        """The sum of losses over each batch's images, or its hits."""
        return self.losses * self.sizes if quantity == "loss" else self.hits

    @property
    def images(self) -> float:
        """How many images they hold."""
        return float(self.sizes.sum())


class Averages:
    """Compares printed numbers with what was computed.

    Arguments:
        evidence: the recorded program.
    """

    def __init__(self, evidence: ProgramEvidence) -> None:
        self.evidence = evidence

    @cached_property
    def wrong(self) -> list[WrongAverage]:
        """The printed numbers that are wrong averages: one for each place of a printed line."""
        found: dict[tuple[str, int], list[WrongAverage]] = defaultdict(list)
        seen: dict[tuple[str, int], int] = defaultdict(int)
        fine: set[tuple[str, int]] = set()
        previous: dict[str, int] = {}
        for line in self.evidence.recording.printed:
            for place, number in enumerate(numbers_of(line.text)):
                key = (line.where, place)
                if number.quantity and number.value and number.digits >= 1 and key not in fine:
                    seen[key] += 1
                    found[key] += self._explain(line, number, previous.get(line.where, -1), fine, key)
                elif not number.quantity and number.digits >= _DIGITS_WITHOUT_WORDS:
                    seen[key] += 1
                    guessed = self._explain(line, replace(number, quantity="loss"), -1, fine, key)
                    found[key] += [each for each in guessed if each.kind == "batch_means_by_images"]
            previous[line.where] = line.clock
        return [_best(found[key]) for key in found if key not in fine and _is_sure(found[key], seen[key])]

    def _explain(
        self, line: PrintedLine, number: PrintedNumber, before: int, fine: set[tuple[str, int]], key: tuple[str, int]
    ) -> list[WrongAverage]:
        """The wrong averages that give a number; none, and `fine` grows, if a right one does."""
        rounds = self._recent(line.clock, number)
        if self.right(line, number, before) is not None:
            # Early numbers can fit by chance: a mean of one batch is its last value too.
            if len(rounds[0].sizes) > 1 and before >= 0:  # a sum that is never set to 0 is right in the first epoch
                fine.add(key)
            return []
        return [wrong for batches in rounds for wrong in self._wrong(batches, line, number, before)]

    def right(self, line: PrintedLine, number: PrintedNumber, before: int = -1) -> tuple[Round, float] | None:
        """Find the right average that a printed number is.

        Arguments:
            line: the line.
            number: the number in it.
            before: the clock of the line before from the same place; -1 if there is none.

        Returns:
            The round that it is about, and the average with all its digits; None if no right average gives the number.
        """
        for batches in self._recent(line.clock, number):
            for window in self._windows(batches, before):
                for value, scale in _right(window, number):
                    if number.is_near(value, scale):
                        return batches.round, value * scale
        return None

    def _recent(self, clock: int, number: PrintedNumber) -> list[_Batches]:
        """The newest rounds that began before a clock, the newest first."""
        kind = number.quantity
        rounds = [each for each in (*self.evidence.training, *self.evidence.scored) if each.start <= clock]
        rounds.sort(key=lambda each: -each.start)
        found = [self._batches(each).until(clock) for each in rounds[:_NEW_ROUNDS]]
        values = [each.losses if kind == "loss" else each.hits for each in found]
        return [each for each, value in zip(found, values, strict=True) if len(value) and not np.isnan(value).any()]

    def _batches(self, round: Round, of_steps: bool = False) -> _Batches:
        array = self.evidence.program.array
        sizes = array(round, "sizes").astype(np.float64)
        clocks = array(round, "clocks").astype(np.int64)
        losses = array(round, "step_losses" if of_steps else "losses").astype(np.float64)
        if round.trained and np.isnan(losses).any():
            losses = array(round, "losses" if of_steps else "step_losses").astype(np.float64)
        return _Batches(round, sizes, losses, array(round, "hits").astype(np.float64), clocks)

    def _windows(self, batches: _Batches, before: int) -> Iterator[_Batches]:
        """The batches that a right average may cover: the round, or what came since the last line from that place.

        The loss of a batch is what the loss function gave, or what `backward` was called on.
        """
        other = self._batches(batches.round, of_steps=batches.round.trained).until(int(batches.clocks[-1]))
        if not np.isnan(other.losses).any() and self._accumulated(batches.round) == 1:
            yield other
            if other.clocks[0] <= before < other.clocks[-1]:
                yield other.after(before)
        yield batches
        if batches.clocks[0] <= before < batches.clocks[-1]:
            yield batches.after(before)
        earlier = [each for each in self._of_same_kind(batches.round) if each.end <= batches.round.start]
        if earlier and not batches.round.trained:
            yield self._joined([*earlier, batches.round])  # several loaders in one score: folds

    def _of_same_kind(self, round: Round) -> list[Round]:
        rounds = self.evidence.training if round.trained else self.evidence.scored
        return [each for each in rounds if each.network == round.network and each.loader == round.loader]

    def _joined(self, rounds: Sequence[Round]) -> _Batches:
        parts = [self._batches(each) for each in rounds]
        return _Batches(
            rounds[-1],
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("sizes", "losses", "hits", "clocks")
            ),
        )

    def _wrong(
        self, batches: _Batches, line: PrintedLine, number: PrintedNumber, before: int
    ) -> Iterator[WrongAverage]:
        """The wrong averages of a round that give the number."""
        right = _mean(batches, number)
        for scale in (1.0,) if number.quantity == "loss" else (1.0, 100.0):
            found = (
                *self._last_batch(batches, line, number, scale, before),
                *self._other_counts(batches, line, number, scale, before),
                *self._mean_of_batches(batches, number, scale),
                *self._not_reset(batches, line, number, scale),
                *self._equal_elements(batches, number, scale),
                *self._share_of_accumulated(batches, number),
            )
            for kind, says in found:
                yield WrongAverage(kind, says, batches.round, right, number, line)

    def _last_batch(
        self, batches: _Batches, line: PrintedLine, number: PrintedNumber, scale: float, before: int
    ) -> Iterator[tuple[str, str]]:
        """The value of the last batch, in a line that comes once, after the round, and speaks of no step."""
        value = float(batches.values(number.quantity)[-1])
        ends_round = line.clock >= batches.round.end - 1 and before < batches.round.start and len(batches.sizes) > 1
        if ends_round and number.is_near(value, scale) and not _STEP.search(line.text):
            yield "last_batch", "the value of the last batch alone"

    def _other_counts(
        self, batches: _Batches, line: PrintedLine, number: PrintedNumber, scale: float, before: int
    ) -> Iterator[tuple[str, str]]:
        """Sums of a round, or of what came since the last line, that were divided by something else than they hold."""
        is_loss = number.quantity == "loss"
        windows = [batches]
        if batches.clocks[0] <= before < batches.clocks[-1]:
            windows.append(batches.after(before))
        for window in windows:
            totals = {
                "the sum of the batch means": (window.values(number.quantity).sum(), float(len(window.sizes))),
                "the sum over images": (window.weighted(number.quantity).sum(), window.images),
            }
            for name, (total, natural) in totals.items():
                for count, count_name in self._counts(batches, line).items():
                    if not count or abs(count - natural) < 1e-9 or not number.is_near(float(total) / count, scale):
                        continue
                    by_images = "means" in name and is_loss and count in (batches.images, self._size(batches))
                    yield (
                        "batch_means_by_images" if by_images else "other_count",
                        f"{name} divided by {count:,.10g}, {count_name}",
                    )

    def _mean_of_batches(self, batches: _Batches, number: PrintedNumber, scale: float) -> Iterator[tuple[str, str]]:
        """The mean of the accuracies of batches that have unequal numbers of images."""
        if number.quantity == "accuracy" and len(set(batches.sizes.tolist())) > 1:
            mean = float((batches.hits / batches.sizes).mean())
            if abs(mean - batches.hits.sum() / batches.images) >= _UNEQUAL and number.is_near(mean, scale):
                yield "mean_of_batches", "the mean of the batches' accuracies, though the last batch has fewer images"

    def _accumulated(self, round: Round) -> int:
        """Over how many batches a round adds up gradients, if each loss is divided by that number; else 1."""
        losses = self._batches(round).losses
        of_steps = self._batches(round, of_steps=True).losses
        if not round.trained or np.isnan(losses).any() or np.isnan(of_steps).any() or not (of_steps > 0).all():
            return 1
        ratio = float(np.median(losses / of_steps))
        steps = len(losses) / max(1, round.steps)
        whole = _whole(ratio)
        is_so = np.allclose(losses, whole * of_steps, rtol=1e-3) and abs(steps - whole) < 0.2 * whole
        return whole if whole > 1 and is_so else 1

    def _share_of_accumulated(self, batches: _Batches, number: PrintedNumber) -> Iterator[tuple[str, str]]:
        """The mean of losses that were divided for accumulated gradients."""
        parts = self._accumulated(batches.round) if number.quantity == "loss" else 1
        if parts > 1 and number.is_near(float(batches.losses.mean()) / parts):
            yield "accumulated", f"the mean of losses that were divided by {parts} to add up gradients"

    def _equal_elements(self, batches: _Batches, number: PrintedNumber, scale: float) -> Iterator[tuple[str, str]]:
        """The share of equal elements of two vectors with one 1, of which most are 0 in both."""
        classes = self.evidence.network(batches.round.network).classes
        if number.quantity == "accuracy" and classes > 2:
            wrong = float(1 - batches.hits.sum() / batches.images)
            if number.digits >= 3 and number.is_near(1 - 2 * wrong / classes, scale):
                yield "elements", "the share of equal elements of vectors with one 1, most of which are 0 in both"

    def _not_reset(
        self, batches: _Batches, line: PrintedLine, number: PrintedNumber, scale: float
    ) -> Iterator[tuple[str, str]]:
        """Sums that go on over rounds."""
        rounds = [each for each in self._of_same_kind(batches.round) if each.start < batches.round.start]
        if not rounds:
            return
        all_of_them = self._joined([*rounds, batches.round]).until(line.clock)
        values, weighted = all_of_them.values(number.quantity), all_of_them.weighted(number.quantity)
        sums = (
            values.mean(),
            weighted.sum() / all_of_them.images,
            values.sum() / len(batches.sizes),
            weighted.sum() / batches.images,
        )
        if any(number.is_near(float(value), scale) for value in sums):
            yield "not_reset", "a sum over all epochs so far that was not set to 0 before each epoch"

    def _size(self, batches: _Batches) -> float:
        loader = self.evidence.loader(batches.round)
        return float(loader.size) if loader is not None else batches.images

    def _counts(self, batches: _Batches, line: PrintedLine) -> dict[float, str]:
        """What programs divide by, with its meaning."""
        counts: dict[float, str] = {}
        loader = self.evidence.loader(batches.round)
        for value in _literals(line.where, Path(self.evidence.recording.script)):
            counts[value] = "a number in the program"
        if loader is not None:
            counts |= {
                float(each.size): f"the length of `{each.name or 'another loader'}`'s data"
                for each in self.evidence.recording.loaders
            }
            for dataset in self.evidence.datasets(batches.round):
                counts[float(dataset.size)] = "the number of images in the whole data set"
            counts[float(loader.held)] = "the size of its whole data set"
            counts[float(loader.size)] = "the number of images"
            if loader.batch_size:
                counts[float(len(batches.sizes) * loader.batch_size)] = "batches times batch size"
        counts[batches.images] = "the number of images"
        counts[float(len(batches.sizes))] = "the number of batches"
        return counts


def _whole(value: float) -> int:
    """Round a positive number; 0 if it is not finite."""
    return round(value) if np.isfinite(value) else 0


def _mean(batches: _Batches, number: PrintedNumber) -> float:
    """The right average over the images of a window; an accuracy in percent where the printed one is."""
    if number.quantity == "loss":
        return float(np.average(batches.losses, weights=batches.sizes))
    share = float(batches.hits.sum() / batches.images)
    return 100 * share if number.value > 1 else share


def _right(window: _Batches, number: PrintedNumber) -> Iterator[tuple[float, float]]:
    """The values that are right for a window of batches, each with its factor."""
    if number.quantity == "loss":
        yield float(np.average(window.losses, weights=window.sizes)), 1.0
        yield float(window.losses.mean()), 1.0
        yield float(window.losses.sum()), 1.0
        yield float((window.losses * window.sizes).sum()), 1.0
        return
    share = float(window.hits.sum() / window.images)
    yield share, 1.0
    yield share, 100.0
    yield 1 - share, 1.0
    yield 1 - share, 100.0
    if len(set(window.sizes.tolist())) == 1:
        return
    if window.sizes[-1] != window.sizes[0] and abs((window.hits / window.sizes).mean() - share) < _UNEQUAL:
        yield float((window.hits / window.sizes).mean()), 1.0
        yield float((window.hits / window.sizes).mean()), 100.0


def _is_sure(found: list[WrongAverage], seen: int) -> bool:
    """Whether the same wrong average explains all lines from a place, with digits enough.

    Sums can be divided by many things, so a number with few digits fits one of them by chance. Only one and the same
    divisor on all lines counts.
    """
    if not found:
        return False
    best = _best(found)
    same = [each for each in found if (each.kind, each.says) == (best.kind, best.says)]
    lines = {each.line.clock for each in same}
    digits = max(each.printed.digits for each in same)
    if best.kind == "batch_means_by_images" and best.right > _FAR_OFF * best.printed.value:
        return len(lines) >= max(1, 0.8 * (seen - 1))  # far too small, so few digits are enough
    if seen == 1:
        is_loss_by_chance = best.kind == "other_count" and best.printed.quantity == "loss"
        return digits >= 4 and best.kind != "not_reset" and not is_loss_by_chance
    # Few digits on many lines say as much as many on few.
    return len(lines) >= max(2, 0.8 * (seen - 1)) and digits >= 2 and digits * len(lines) >= _DIGITS


def _best(found: list[WrongAverage]) -> WrongAverage:
    """The explanation that fits most lines; of those, one with a number that the program itself divides by."""
    kinds = [each.kind for each in found]
    order = (
        "batch_means_by_images",
        "last_batch",
        "not_reset",
        "mean_of_batches",
        "elements",
        "accumulated",
        "other_count",
    )
    kind = max(order, key=lambda each: (kinds.count(each), -order.index(each)))
    says = [each.says for each in found if each.kind == kind]
    best = max(says, key=lambda each: (says.count(each), "in the program" in each))
    return [each for each in found if each.kind == kind and each.says == best][-1]


def _literals(where: str, script: Path) -> set[float]:
    """The whole numbers in the statements around a printed line."""
    name, _, line = where.rpartition(":")
    if not line.isdigit():
        return set()
    file = script.parent / name
    lines = linecache.getlines(str(file))[max(0, int(line) - 4) : int(line) + 2]
    found = set()
    for text in lines:
        try:
            tree = ast.parse(text.strip())
        except SyntaxError:
            found |= {float(each) for each in re.findall(r"(?<=/ )\d{1,6}\b|(?<=/)\d{1,6}\b", text)}
            continue
        found |= {
            float(node.right.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Div)
            and isinstance(node.right, ast.Constant)
            and isinstance(node.right.value, int | float)
        }
    return {each for each in found if each > 1}
