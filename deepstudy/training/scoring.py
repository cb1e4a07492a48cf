"""Accuracy and loss on whole splits, and the metrics of an epoch."""

import math
from collections.abc import Mapping
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from deepstudy import models
from deepstudy.loading.batches import Batcher
from deepstudy.loading.views import views
from deepstudy.record import WholeMetricsLine
from deepstudy.study import Scoring
from deepstudy.study.experiment import SplitName
from deepstudy.training.device import Machine
from deepstudy.training.guards import ends_only_this_run
from deepstudy.training.outputs import list_outputs, refuse_other_than_scores
from deepstudy.training.setup import TrainingSetup
from deepstudy.training.state import ADVICE, NotFiniteError, TrainingState

_VALUES_AT_ONCE = 1000 * 3 * 32 * 32  # a thousand images of CIFAR-10
_WHO = "the network, in evaluation mode,"


def predict(model: nn.Module, batches: Batcher, classes: int, machine: Machine, scoring: Scoring) -> Tensor:
    """Compute a network's outputs for every image of a split, in evaluation mode.

    Arguments:
        model: the network, on the device; it stays in evaluation mode.
        batches: of the split.
        classes: how many classes the data have.
        machine: device and precision.
        scoring: which views of each image the outputs are the mean of.

    Returns:
        Outputs (n, classes), on the CPU; logits, unless the network ends otherwise.

    Raises:
        InputError: if the network returns something else, or is somebody else's and fails.
    """
    model.eval()
    parts = []
    batch_size = min(1000, max(1, _VALUES_AT_ONCE // math.prod(batches.split.shape)))
    with torch.inference_mode(), machine.autocast():
        for start in range(0, len(batches.split), batch_size):
            images, _ = batches.plain(slice(start, start + batch_size))
            batches.split.prefetch(slice(start + batch_size, start + 2 * batch_size))
            answers = []
            for weight, view in views(images, scoring.flip, scoring.shift):
                output = list_outputs(_forward(model, machine.place_images(view)), "the network")[0]
                refuse_other_than_scores(output, len(images), classes, _WHO)
                answers.append(weight * output.float())
            parts.append(torch.stack(answers).sum(0))
    return torch.cat(parts).cpu()


def _forward(model: nn.Module, images: Tensor) -> Any:
    size, ours = "x".join(map(str, images.shape[2:])), type(model).__module__.startswith(f"{models.__name__}.")
    with models.translate_errors(
        f"{_WHO.rstrip(',')}, fails on images of {size} pixels", lambda error: ours or ends_only_this_run(error)
    ):
        return model(images)


def score(outputs: Tensor, batches: Batcher) -> tuple[float, int]:
    """Compare a network's outputs with the labels.

    Arguments:
        outputs: (n, classes), as `predict` gives them.
        batches: of the same split.

    Returns:
        Mean cross-entropy in nats, and how many images are correct.
    """
    labels = batches.split.labels.cpu()
    return F.cross_entropy(outputs.double(), labels).item(), int((outputs.argmax(1) == labels).sum())


def epoch_metrics(
    setup: TrainingSetup, state: TrainingState, batches: Mapping[str, Batcher]
) -> tuple[list[WholeMetricsLine], dict[str, Tensor]]:
    """Measure the epoch that has just ended.

    Arguments:
        setup: which splits to score, and how often.
        state: the network, and what the epoch's steps measured.
        batches: of each split.

    Returns:
        Lines of `metrics.jsonl`: the running one of the images trained on, then one of each split that is scored. And
        the outputs (n, classes) for the images of these.

    Raises:
        NotFiniteError: if the loss on a split is not finite.
    """
    roles, scoring, epoch = setup.experiment.roles, setup.experiment.scoring, state.epoch + 1

    def line(split: SplitName, measure: Literal["running", "scored"], loss: float, correct: int) -> WholeMetricsLine:
        images = len(batches[split].split)
        return WholeMetricsLine(
            epoch=epoch,
            split=split,
            measure=measure,
            loss=round(loss, 6),
            accuracy=round(100 * correct / images, 4),
            correct=correct,
            images=images,
            elapsed=round(state.elapsed, 3),
            lr=state.optimizer.param_groups[0]["lr"],
        )

    metrics = [line(roles.train_on, "running", state.running()[0], int(state.correct.sum()))]
    outputs: dict[str, Tensor] = {}
    if epoch % scoring.every and epoch != setup.experiment.epochs:
        return metrics, outputs
    splits: list[SplitName] = ["validation", roles.score_on]
    for split in dict.fromkeys(splits):
        if split in batches and split != roles.train_on:
            outputs[split] = predict(state.model, batches[split], setup.classes, setup.machine, scoring)
            loss, correct = score(outputs[split], batches[split])
            if not math.isfinite(loss):
                raise NotFiniteError(f"the loss on the {split} images is {loss} after epoch {epoch}; {ADVICE}")
            metrics.append(line(split, "scored", loss, correct))
    return metrics, outputs
