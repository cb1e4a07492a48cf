"""Passes become rounds: those of one walk through a loader, or a series without a loader."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deepstudy.watching.observer.choices import Choices
from deepstudy.watching.observer.places import Call
from deepstudy.watching.observer.state import Pass, State, Walk, shielded
from deepstudy.watching.recording import Round

_LONGEST_WAIT = 48  # passes that may begin before a pass counts as not trained
_MOST_IMAGES = 2_000_000  # rows of one round that are kept


@dataclass
class _Group:
    """A round that grows."""

    round: Round
    walk: Walk | None
    sizes: list[int] = field(default_factory=list)
    losses: list[Any] = field(default_factory=list)
    step_losses: list[Any] = field(default_factory=list)
    hits: list[Any] = field(default_factory=list)
    clocks: list[int] = field(default_factory=list)
    labels: list[Tensor] = field(default_factory=list)
    predicted: list[Tensor] = field(default_factory=list)
    signatures: list[Any] = field(default_factory=list)
    statistics: list[tuple[float, float]] = field(default_factory=list)
    begun: float = 0.0
    steps_before: int = 0
    source: int = 0
    calls: tuple[Call, ...] = ()


class Rounds:
    """Collects passes.

    Arguments:
        state: what the observers share.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self._waiting: deque[Pass] = deque()
        self._groups: list[_Group] = []
        self._by_key: dict[tuple[int, bool, int], _Group] = {}
        self._loose: dict[int, _Group] = {}  # the last round without a loader, of each network
        self._printed = 0  # the clock of the last printed line
        self._last_scored: dict[int, int] = {}  # of each network: its last pass without a gradient
        self._trained_in: dict[int, tuple[int, int]] = {}  # of each network: the walk or series that it was trained in
        state.on_pass = self.add
        state.on_trained = self.mark_trained

    @shielded
    def add(self, made: Pass) -> None:
        """Take a pass. Whether it was trained on is not known yet.

        Arguments:
            made: the pass.
        """
        self._waiting.append(made)
        if not made.needs_gradient:
            self._last_scored[made.network] = made.number
        self._take(all_of_them=False)

    @shielded
    def mark_trained(self, passes: list[Pass], loss: Any) -> None:
        """Mark the passes that a loss was computed from.

        Arguments:
            passes: the passes; empty if unknown, and then it is the last one that has a gradient.
            loss: the value that `backward` was called on.
        """
        self.state.backward_since_step = True
        if not passes:
            with_gradient = [each for each in self._waiting if each.needs_gradient]
            passes = with_gradient[-1:]
        for each in passes:
            each.trained = each.trained or each.needs_gradient
            each.loss_of_step = loss
            if each.trained:
                self._note_round(each)
            if each.batch is not None and each.trained:
                each.batch.walk.trained += 1

    def _note_round(self, made: Pass) -> None:
        """Note the first trained pass of a round, for what is looked at once a round."""
        walk = made.batch.walk if made.batch is not None else None
        key = (walk.number, 0) if walk is not None else (-1, self._last_scored.get(made.network, 0))
        if self._trained_in.get(made.network) != key:
            self._trained_in[made.network] = key
            self.state.new_rounds.add(made.network)

    def line_printed(self) -> None:
        """Note that a line was printed, which ends a round without a loader."""
        self._printed = self.state.clock

    def finish(self) -> tuple[list[Round], dict[str, NDArray[Any]]]:
        """Close all rounds.

        Returns:
            The rounds in order, and their arrays (see `Recording`).
        """
        self._take(all_of_them=True)
        self._groups.sort(key=lambda group: group.clocks[0])
        arrays: dict[str, NDArray[Any]] = {}
        choices = Choices(self.state.places)
        for number, group in enumerate(self._groups):
            group.round.number = number
            self._note_choices(group, choices)
            arrays |= {f"{number}.{name}": value for name, value in _arrays(group).items()}
        self._compare_signatures(arrays)
        return [group.round for group in self._groups], arrays

    @shielded
    def _note_choices(self, group: _Group, choices: Choices) -> None:
        group.round.choices = list(choices.of(group.calls)) if not group.round.trained else []

    def _take(self, all_of_them: bool) -> None:
        """Put the oldest passes into rounds, as far as their purpose is known."""
        while self._waiting:
            first = self._waiting[0]
            waited = self.state.clock - first.number
            # The loss of a pass may be computed after it, so the newest passes always wait.
            if not all_of_them and (
                waited < 4 or (first.needs_gradient and not first.trained and waited < _LONGEST_WAIT)
            ):
                return
            self._put(self._waiting.popleft())

    def _put(self, made: Pass) -> None:
        group = self._group(made)
        round = group.round
        group.sizes.append(made.size)
        group.losses.append(made.loss)
        group.step_losses.append(made.loss_of_step)
        group.hits.append(made.hits)
        group.clocks.append(made.number)
        if made.labels is not None and len(group.sizes) < 100_000:
            group.labels.append(made.labels)
            if made.predicted is not None and not made.trained:
                group.predicted.append(made.predicted.to(torch.int16))
        if made.signatures is not None:
            group.signatures.append(made.signatures)
        if made.statistics is not None:
            group.statistics.append(made.statistics)
        round.read_in_part += 1 < len(made.read) < made.size and max(made.read) < len(made.read)
        round.in_training_mode += made.training_mode
        round.frozen_norms_moved += made.frozen_norms_moved
        round.with_dropout += made.dropout
        round.with_batch_statistics += made.batch_statistics
        round.loss_kind = made.loss_kind or round.loss_kind
        round.loss_where = made.loss_where or round.loss_where
        round.where = round.where or made.where
        group.calls = group.calls or made.calls
        round.start, round.end = min(round.start, made.number), max(round.end, made.number)
        round.rate = made.rate if made.rate is not None else round.rate
        round.steps = made.steps - group.steps_before + 1 if made.trained else 0
        round.seconds = max(round.seconds, made.time - group.begun)

    def _group(self, made: Pass) -> _Group:
        walk = made.batch.walk if made.batch is not None else None
        if walk is not None:
            key = (made.network, made.trained, walk.number)
            group = self._by_key.get(key)
            if group is None:
                group = self._by_key[key] = self._new(made, walk)
            return group
        last = self._loose.get(made.network)
        ended = last is None or last.round.trained != made.trained
        if last is not None and not made.trained and last.source != made.source:
            ended = True
        if last is not None and not made.trained and last.round.end <= self._printed < made.number:
            ended = True
        if last is None or ended:
            last = self._loose[made.network] = self._new(made, None)
        return last

    def _new(self, made: Pass, walk: Walk | None) -> _Group:
        round = Round(
            -1,
            made.network,
            made.trained,
            walk.loader if walk is not None else -1,
            walk.index if walk is not None else 0,
            False,
            made.where,
            made.number,
            made.number,
        )
        group = _Group(round, walk, begun=made.time, steps_before=made.steps, source=made.source)
        self._groups.append(group)
        return group

    def _compare_signatures(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Count the items of a round that looked different when an earlier round of that loader drew them."""
        firsts: dict[tuple[int, int], dict[int, NDArray[Any]]] = {}
        for group in self._groups:
            number, round = group.round.number, group.round
            rows, signatures = arrays.get(f"{number}.rows"), arrays.get(f"{number}.signatures")
            if rows is None or signatures is None or len(rows) != len(signatures) or round.trained:
                continue
            seen = firsts.setdefault((round.loader, round.network), {})
            same = [
                (seen[row], signature) for row, signature in zip(rows.tolist(), signatures, strict=True) if row in seen
            ]
            if same:
                before, now = (np.stack(each) for each in zip(*same, strict=True))
                finite = np.isfinite(before[:, :2]).all(1) & np.isfinite(now[:, :2]).all(1)
                apart = np.abs(before[:, :2] - now[:, :2]).max(1) > 1e-2
                round.compared, round.varied = int(finite.sum()), int((apart & finite).sum())
            seen.update(zip(rows.tolist(), signatures, strict=True))


def _arrays(group: _Group) -> dict[str, NDArray[Any]]:
    round, walk = group.round, group.walk
    round.end += 1
    if walk is not None:
        round.complete = walk.complete
    if group.statistics:
        round.mean, round.std = (float(value) for value in np.mean(group.statistics, axis=0))
    made: dict[str, NDArray[Any]] = {
        "sizes": np.array(group.sizes, np.int64),
        "losses": _numbers(group.losses),
        "step_losses": _numbers(group.step_losses),
        "hits": _numbers(group.hits),
        "clocks": np.array(group.clocks, np.int64),
    }
    if group.labels:
        made["labels"] = torch.cat([each.flatten() for each in group.labels]).cpu().numpy().astype(np.int32)
    if group.predicted:
        made["predicted"] = torch.cat(group.predicted).cpu().numpy()
    if walk is not None and walk.rows and sum(map(len, walk.rows)) <= _MOST_IMAGES:
        made["rows"] = np.concatenate(walk.rows)
    signatures = group.signatures or (walk.signatures if walk is not None else [])
    if signatures:
        made["signatures"] = np.concatenate(signatures)
    return made


def _numbers(values: list[Any]) -> NDArray[np.float64]:
    """Numbers that may still be tensors on a GPU; NaN for None. All are fetched at once."""
    tensors = [each for each in values if isinstance(each, Tensor)]
    fetched = iter(torch.stack([each.float() for each in tensors]).cpu().tolist() if tensors else [])
    return np.array(
        [next(fetched) if isinstance(each, Tensor) else np.nan if each is None else each for each in values]
    )
