"""How far a run is, for those who watch it."""

from collections.abc import Sequence
from dataclasses import dataclass

from deepstudy.record import WholeMetricsLine


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        epoch: finished epochs.
        epochs: epochs in all.
        step: finished steps of the next epoch.
        steps: steps of an epoch.
        loss: mean loss (nats) of the steps so far, running.
        accuracy: mean accuracy (percent) of the steps so far, running.
        images_per_second: of this epoch's steps.
        finished: the metrics of an epoch that has just ended.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    accuracy: float
    images_per_second: float
    finished: Sequence[WholeMetricsLine] | None = None
