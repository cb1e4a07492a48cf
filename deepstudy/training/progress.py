"""How far a run has come, for whoever watches it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Progress:
    """Where a run is.

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
    finished: list[dict[str, Any]] | None = None
