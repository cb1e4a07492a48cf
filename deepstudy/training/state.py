"""The state of a run between two steps: what is saved to a checkpoint, and restored from it.

Training does not wait for the results of a step. Losses and correct counts stay on the device until they are read.
"""

import time
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from deepstudy.record import RunDirectory
from deepstudy.training import checkpoint
from deepstudy.training.progress import Progress

REPORT_EVERY = 0.5  # seconds between two reports of progress
SAVE_EVERY = 60.0  # seconds between two checkpoints within an epoch
ADVICE = "try a lower learning rate"


class NotFiniteError(Exception):
    """The loss is NaN or infinite: the run cannot continue."""


class TrainingStopped(Exception):  # noqa: N818 - an event, not an error
    """The loop was asked to stop; the state is saved."""


class TrainingState:
    """Finished epochs, steps of the next one, what those steps measured; the network and its optimizer.

    Attributes:
        epoch: finished epochs.
        step: finished steps of the next epoch.
        sizes: images of each step of an epoch, (steps,).
        losses: losses of the epoch's steps so far, (steps,).
        correct: how many images each step so far got right, (steps,).
        switched: whether the schedule has switched (`switch`).
        log_size: bytes of the step log up to the last finished epoch.
    """

    def __init__(self, model: nn.Module, optimizer: Optimizer, sizes: Sequence[int], device: torch.device) -> None:
        """Begin at the first step.

        Arguments:
            model: the network.
            optimizer: its optimizer.
            sizes: images of each step of an epoch.
            device: where losses and counts are collected.
        """
        self.model, self.optimizer = model, optimizer
        self.epoch, self.step, self.switched, self.log_size = 0, 0, False, 0
        self.sizes = torch.tensor(sizes)
        self.losses = torch.zeros(len(sizes), device=device)
        self.correct = torch.zeros(len(sizes), dtype=torch.int64, device=device)
        self._started = self._epoch_began = self._reported = self._saved = time.perf_counter()
        self._first_step = 0  # of the epoch, in this process

    @property
    def elapsed(self) -> float:
        """Seconds that the run has taken so far, in all processes that worked on it."""
        return time.perf_counter() - self._started

    def resume(self, directory: RunDirectory) -> None:
        """Continue from a run directory, and delete the metrics and log lines of epochs that will be trained again.

        Arguments:
            directory: of the run; without a checkpoint in it the state stays at the first step.
        """
        if (saved := checkpoint.load_newest(directory.checkpoints)) is not None:
            self.epoch, self.step, self.switched = saved["epoch"], saved["step"], saved["switched"]
            self.losses[: self.step] = saved["losses"].to(self.losses.device)
            self.correct[: self.step] = saved["correct"].to(self.correct.device)
            self.log_size = saved.get("log_size", 0)
            self._started = time.perf_counter() - saved["elapsed"]
            self.model.load_state_dict(saved["model"])
            self.optimizer.load_state_dict(saved["optimizer"])
        directory.forget_after(self.epoch, self.log_size)

    def save(self, directory: RunDirectory, keep_epochs: frozenset[int] = frozenset()) -> None:
        """Write a checkpoint.

        Arguments:
            directory: of the run.
            keep_epochs: epochs whose last checkpoint stays for good.

        Raises:
            NotFiniteError: if a loss or a weight is not finite; the last good checkpoint stays.
        """
        elapsed = self.elapsed
        self.refuse_not_finite()
        if not all(torch.isfinite(parameter).all() for parameter in self.model.parameters()):
            where = f"step {self.step} of epoch {self.epoch + 1}" if self.step else f"epoch {self.epoch}"
            raise NotFiniteError(f"the weights are not finite after {where}; {ADVICE}")
        state: checkpoint.SavedState = {
            "epoch": self.epoch,
            "step": self.step,
            "losses": self.losses[: self.step].cpu(),
            "correct": self.correct[: self.step].cpu(),
            "elapsed": elapsed,
            "switched": self.switched,
            "log_size": self.log_size,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        checkpoint.save(directory.checkpoints, state, permanent=self.step == 0 and self.epoch in keep_epochs)
        self._saved = self._started + elapsed

    def begin_epoch(self) -> None:
        """Start the clocks of an epoch."""
        self._epoch_began = self._reported = self._saved = time.perf_counter()
        self._first_step = self.step

    def add_step(self, loss: Tensor, correct: Tensor) -> None:
        """Store what a step measured, without waiting for the device.

        Arguments:
            loss: mean loss of the batch, a scalar.
            correct: images that the network got right, a scalar.
        """
        self.losses[self.step] = loss
        self.correct[self.step] = correct
        self.step += 1

    def end_epoch(self) -> None:
        """Count the epoch as finished."""
        self.epoch, self.step = self.epoch + 1, 0

    def running(self) -> tuple[float, float]:
        """Mean loss (nats) and accuracy (percent) over the images of the epoch's steps so far."""
        sizes = self.sizes[: self.step]
        images = int(sizes.sum())
        loss = (self.losses[: self.step].cpu().double() * sizes).sum() / images
        return loss.item(), 100 * int(self.correct[: self.step].sum()) / images

    def progress(self, epochs: int) -> Progress:
        """Report how far the run is.

        Arguments:
            epochs: epochs in all.

        Raises:
            NotFiniteError: if a loss is not finite.
        """
        self.refuse_not_finite()
        images = int(self.sizes[self._first_step : self.step].sum())
        speed = images / (time.perf_counter() - self._epoch_began)
        return Progress(self.epoch, epochs, self.step, len(self.sizes), *self.running(), speed)

    def take_due(self) -> tuple[bool, bool]:
        """Say whether it is time to report progress, and to save. A report that is due counts as made."""
        now = time.perf_counter()
        report_due, save_due = now - self._reported > REPORT_EVERY, now - self._saved > SAVE_EVERY
        if report_due:
            self._reported = now
        return report_due, save_due

    def refuse_not_finite(self) -> None:
        """Raise NotFiniteError, with step and epoch, if a loss of the epoch is not finite."""
        bad = (~torch.isfinite(self.losses[: self.step])).nonzero()
        if len(bad):
            step = int(bad[0, 0])
            where = f"step {step + 1} of epoch {self.epoch + 1}"
            raise NotFiniteError(f"the loss is {self.losses[step].item()} at {where}; {ADVICE}")
