"""The training loop.

`train` goes from wherever a run directory stands to the end of the experiment, and can be stopped after any step. What
makes that exact: the order of the images comes from (seed, epoch), their augmentation from (seed, epoch, image),
dropout from (seed, epoch, step), and everything else that the next step depends on is in the checkpoint. A run that
was cut and continued ends with the same weights and metrics, bit for bit, as one that was not (`elapsed` aside).

No result of a step is waited for: its loss and its number of correct answers stay on the device, in `losses` and
`correct`, until somebody looks (as a `switch` on the training images does at every step, until it comes).
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

from deepstudy import catalog, models
from deepstudy.errors import InputError, is_memory
from deepstudy.loading import Dataset, channel_statistics
from deepstudy.loading.augmentation import Augmentation
from deepstudy.loading.batches import Batcher
from deepstudy.loading.seeds import derive_seed, epoch_order
from deepstudy.loading.views import downscale, views
from deepstudy.record import RunDirectory
from deepstudy.study import Experiment, Scoring
from deepstudy.training import checkpoint, init, optimizers
from deepstudy.training.device import Machine
from deepstudy.training.passes import Passes
from deepstudy.training.schedules import Schedule

_LOOK_EVERY = 0.5  # seconds between looks at the loss
_SAVE_EVERY = 60.0  # seconds between checkpoints within an epoch
_SCORE_VALUES = 1000 * 3 * 32 * 32  # scored at a time: a thousand images of CIFAR-10
_ADVICE = "a lower learning rate may help"


class NotFiniteError(Exception):
    """The loss is not a number or not finite: the run cannot go on."""


class InterruptedRunError(Exception):
    """The run was asked to stop and has saved its state."""


def ends_only_this_run(error: BaseException) -> bool:
    """Whether an error is the run's own end, a loss that is not finite or too little memory, and others may go on."""
    return isinstance(error, NotFiniteError) or is_memory(error)


@dataclass(frozen=True)
class Progress:
    """Where a run is: finished epochs, steps of the running one, its mean loss and accuracy so far, its speed."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    accuracy: float
    images_per_second: float
    finished: list[dict[str, Any]] | None = None  # the metrics of an epoch, when it has just ended


@dataclass(frozen=True)
class Plan:
    """Everything that `train` needs to know."""

    experiment: Experiment
    seed: int
    data: Dataset
    machine: Machine
    folder: Path = Path()  # where a `file.py:Name` of the study is looked up
    start: Path | None = None  # a checkpoint whose weights to start from
    keep: frozenset[int] = frozenset()  # epochs whose checkpoints stay


def build_model(plan: Plan) -> nn.Module:
    """The experiment's network with the initial weights of the seed, on the CPU."""
    choice, train = plan.experiment.model, plan.data.splits[plan.experiment.roles.train_on]
    torch.manual_seed(derive_seed("init", plan.seed))
    model = models.build(choice.name, choice.options, train.shape, len(plan.data.classes), plan.folder)
    init.initialise(model, **plan.experiment.init.model_dump(), images=lambda: _first_images(plan))
    if plan.start is not None:
        load_weights(model, plan.start)
    return model


def _first_images(plan: Plan) -> Tensor:
    """Some of the images trained on, normalised (n, c, h, w)."""
    return Batcher(plan.data.splits[plan.experiment.roles.train_on], *normalisation(plan)).plain(slice(5000))[0]


def load_weights(model: nn.Module, path: Path) -> None:
    """Give `model` the weights in a checkpoint or state-dict file. Raises InputError if they are another network's."""
    try:
        model.load_state_dict(checkpoint.read_weights(path))
    except RuntimeError as error:
        problem = " ".join(str(error).split())
        raise InputError(f"{path}: these weights are not of this network: {problem[:200]}") from None


def normalisation(plan: Plan) -> tuple[list[float], list[float]]:
    """Mean and standard deviation per channel: the recipe's, else those of the images trained on."""
    given = plan.experiment.normalize
    train = plan.data.splits[plan.experiment.roles.train_on]
    if given is None:
        return channel_statistics(train)
    channels = train.shape[0]
    if len(given.mean) != channels or len(given.std) != channels:
        raise InputError(f"normalize: the images have {channels} channels, so mean and std need {channels} values each")
    return given.mean, given.std


def train(
    plan: Plan,
    run: RunDirectory,
    stop: Callable[[], bool] = lambda: False,
    watch: Callable[[Progress], None] = lambda _: None,
    scored: Callable[[str, Tensor], None] = lambda name, logits: None,
) -> nn.Module:
    """Train to the end of the experiment, from the newest checkpoint of `run` if there is one; the trained network.

    Appends the metrics of each epoch to `run` and leaves checkpoints there. `watch` is shown a progress about twice a
    second, `scored` a split's name and logits (n, classes) whenever it is scored. Raises InterruptedRunError, with the
    state saved, soon after `stop()` is true; NotFiniteError, naming the step, when the loss is no longer finite, with
    the last good checkpoint kept.
    """
    experiment, machine = plan.experiment, plan.machine
    mean, std = normalisation(plan)
    batches = {name: Batcher(split.to(machine.device), mean, std) for name, split in plan.data.splits.items()}
    trained, augmentation = batches[experiment.roles.train_on], Augmentation(**experiment.augment.model_dump())
    count, size = len(trained.split), experiment.batch_size
    steps = math.ceil(count / size)

    model = machine.place_model(build_model(plan))
    passes = Passes(model, machine, size, record=experiment.model.name in catalog.MODELS)
    parameters = list(model.parameters())
    optimizer = optimizers.build(experiment.optimizer.name, experiment.optimizer.options, parameters)
    schedule = Schedule.of(experiment)
    progress = _Progress.fresh([min(size, count - start) for start in range(0, count, size)], machine.device)
    if (saved := checkpoint.newest(run.checkpoints)) is not None:
        progress.restore(saved, model, optimizer)
    run.forget_after(progress.epoch, progress.log_size)
    kept = _state_of(model, experiment.model.name)
    clock = time.perf_counter() - progress.elapsed

    def save() -> None:
        progress.elapsed = time.perf_counter() - clock
        progress.refuse_not_finite()
        if not all(torch.isfinite(parameter).all() for parameter in model.parameters()):
            raise NotFiniteError(f"the weights are no longer finite after {progress.where()}; {_ADVICE}")
        ended = progress.step == 0 and progress.epoch in plan.keep
        checkpoint.save(run.checkpoints, progress.state(model, optimizer), keep_forever=ended)

    while progress.epoch < experiment.epochs:
        epoch, first = progress.epoch + 1, progress.step
        shuffled = epoch_order(count, plan.seed, epoch)
        side = _side(experiment, epoch, trained)
        began = looked = time.perf_counter()
        model.train()
        for step in range(first, steps):
            index = shuffled[step * size : (step + 1) * size]
            images, labels = trained.augmented(index, augmentation, plan.seed, epoch)
            trained.split.prefetch(shuffled[(step + 1) * size : (step + 2) * size])
            images = downscale(images, side)
            machine.seed(derive_seed("step", plan.seed, epoch, step))  # dropout
            lr = schedule.at(epoch - 1 + step / steps, progress.switched)
            for group in optimizer.param_groups:
                group["lr"] = lr * group.get("share", 1.0)
            outputs = forward(plan, passes, images)
            loss, logits = training_loss(outputs, labels, experiment)
            for parameter in parameters:
                parameter.grad = None  # `zero_grad` does the same in 0.15 ms more, of the 7 of LeNet-5's step
            backward(plan, loss)
            update(plan, optimizer)
            if step == first:
                _refuse_growing(model, kept, experiment.model.name)
            progress.note(loss.detach(), (logits.detach().argmax(1) == labels).sum())

            if schedule.asks(experiment.roles.train_on) and not progress.switched:
                progress.switched = schedule.is_time(*progress.running())
            now = time.perf_counter()
            if now - looked > _LOOK_EVERY:
                progress.refuse_not_finite()
                speed = progress.images(first) / (now - began)
                watch(Progress(epoch - 1, experiment.epochs, step + 1, steps, *progress.running(), speed))
                looked = now
            if stop():
                save()
                raise InterruptedRunError
            if now - max(began, clock + progress.elapsed) > _SAVE_EVERY:
                save()

        progress.refuse_not_finite()
        speed = progress.images(first) / (time.perf_counter() - began)
        lines = list(_measure(plan, model, batches, progress, optimizer.param_groups[0]["lr"], clock, scored))
        for line in lines:
            if schedule.asks(line["split"]) and not progress.switched:
                progress.switched = schedule.is_time(line["loss"], line["accuracy"])
        if experiment.log is not None:
            progress.log_size = run.append_log(progress.log_lines(experiment))
        run.append_metrics(lines)
        running = progress.running()
        progress.epoch, progress.step = epoch, 0
        save()
        watch(Progress(epoch, experiment.epochs, 0, steps, *running, speed, lines))
        if stop() and epoch < experiment.epochs:
            raise InterruptedRunError
    return model


def _side(experiment: Experiment, epoch: int, batches: Batcher) -> int:
    """The shorter side of the training images in an epoch, in pixels."""
    full = min(batches.split.shape[1:])
    return experiment.resolution.side(epoch, experiment.epochs, full) if experiment.resolution else full


def forward(plan: Plan, passes: Passes, images: Tensor) -> Any:
    """What the network says of a batch. Raises InputError for a network that is not ours and cannot say it."""
    name, size = plan.experiment.model.name, "x".join(map(str, images.shape[2:]))
    what = f"model {name}: fails on a batch of {len(images)} images of {size} pixels"
    with models.translate_errors(what, partial(_is_spared, name)):
        try:
            outputs = passes(images)
        except Exception as error:
            if "more than 1 value per channel" not in str(error):
                raise
            raise InputError(
                f"batch_size: leaves a batch of {len(images)}, and batch normalisation needs more than one value a "
                f"channel ({size} images shrink to one pixel here); choose another batch_size or larger images"
            ) from None
    weights = plan.experiment.outputs.weights if plan.experiment.outputs else []
    several = _several(outputs, f"model {name}")
    for number, output in enumerate(several):
        if number == 0 or any(weights[number : number + 1]):  # what adds nothing to the loss may have any shape
            _refuse_odd(output, len(images), len(plan.data.classes), f"model {name}")
    if not any(isinstance(output, Tensor) and output.requires_grad for output in several):
        raise InputError(f"model {name}: nothing that it gives has a gradient (detached, or computed under no_grad)")
    return outputs


def backward(plan: Plan, loss: Tensor) -> None:
    """The backward pass. Raises InputError for a network that is not ours and fails in it."""
    name = plan.experiment.model.name
    with models.translate_errors(f"model {name}: its gradients cannot be computed", partial(_is_spared, name)):
        loss.backward()


def update(plan: Plan, optimizer: Optimizer) -> None:
    """A step of the optimizer. Raises InputError for a network that is not ours and whose weights it cannot take."""
    name = plan.experiment.model.name
    with (
        models.translate_errors(f"model {name}: its weights cannot be updated", partial(_is_spared, name)),
        plan.machine.autocast(),
    ):
        optimizer.step()


def _is_spared(name: str, error: BaseException) -> bool:
    """Whether an error is none of a network's of somebody else."""
    return name in catalog.MODELS or ends_only_this_run(error)


def _state_of(model: nn.Module, name: str) -> set[str]:
    """The names of what a checkpoint holds of a network. Raises InputError where it could not be read back."""
    state = model.state_dict()
    if odd := [key for key, value in state.items() if not isinstance(value, Tensor)]:
        raise InputError(f"model {name}: keeps {odd[0]} in its state_dict, and a checkpoint holds tensors alone")
    return set(state)


def _refuse_growing(model: nn.Module, kept: set[str], name: str) -> None:
    """Raise InputError where a step has made parameters: no optimizer has them, and no checkpoint gives them back."""
    if new := sorted(_state_of(model, name) ^ kept):
        raise InputError(f"model {name}: makes {new[0]} when it runs, so nothing trains it; make it in __init__")


def _several(outputs: Any, who: str) -> Sequence[Any]:
    """The outputs of a network, which returns one or several."""
    several = outputs if isinstance(outputs, tuple | list) else [outputs]
    if not several:
        raise InputError(f"{who} gives no output")
    return several


def _refuse_odd(output: Any, images: int, classes: int, who: str) -> None:
    """Raise InputError for what is no score of each class for each image."""
    if isinstance(output, Tensor) and output.shape == (images, classes) and output.is_floating_point():
        return
    raise InputError(
        f"{who} gives {_spoken(output)} for {images} images, not {images}x{classes}, a score for each of the classes; "
        "a network may return one such tensor or a tuple of them"
    )


def _spoken(output: Any) -> str:
    """`64x10`, `64x10 of torch.int64`, `a dict`."""
    if not isinstance(output, Tensor):
        return f"a {type(output).__name__}"
    return "x".join(map(str, output.shape)) + ("" if output.is_floating_point() else f" of {output.dtype}")


def _measure(
    plan: Plan,
    model: nn.Module,
    batches: dict[str, Batcher],
    progress: "_Progress",
    lr: float,
    clock: float,
    scored: Callable[[str, Tensor], None],
) -> Iterator[dict[str, Any]]:
    """The metrics of the epoch that has just ended: running ones of the images trained on, then the scored splits."""
    roles, epoch = plan.experiment.roles, progress.epoch + 1
    loss, _ = progress.running()
    elapsed = time.perf_counter() - clock
    yield _line(epoch, roles.train_on, "running", loss, int(progress.correct.sum()), batches, elapsed, lr)
    scoring = plan.experiment.scoring
    if epoch % scoring.every and epoch != plan.experiment.epochs:
        return
    for name in dict.fromkeys(("validation", roles.score_on)):
        if name in batches and name != roles.train_on:
            logits = predict(model, batches[name], len(plan.data.classes), plan.machine, scoring)
            scored(name, logits)
            loss, correct = score(logits, batches[name])
            if not math.isfinite(loss):
                raise NotFiniteError(f"the loss on the {name} images is {loss} after epoch {epoch}; {_ADVICE}")
            yield _line(epoch, name, "scored", loss, correct, batches, time.perf_counter() - clock, lr)


def _line(
    epoch: int,
    split: str,
    measure: str,
    loss: float,
    correct: int,
    batches: dict[str, Batcher],
    elapsed: float,
    lr: float,
) -> dict[str, Any]:
    images = len(batches[split].split)
    return {
        "epoch": epoch,
        "split": split,
        "measure": measure,
        "loss": round(loss, 6),
        "accuracy": round(100 * correct / images, 4),
        "correct": correct,
        "images": images,
        "elapsed": round(elapsed, 3),
        "lr": lr,
    }


def training_loss(outputs: Any, labels: Tensor, experiment: Experiment) -> tuple[Tensor, Tensor]:
    """The loss to descend, and the output that is scored: the first, where a network returns several."""
    several = [output.float() for output in _several(outputs, "the network")]
    weights = experiment.outputs.weights if experiment.outputs else [1.0] * min(1, len(several))
    if len(weights) != len(several):
        raise InputError(f"the network returns {len(several)} outputs; give outputs.weights {len(several)} numbers")
    smoothing = experiment.loss.label_smoothing
    losses = [
        w * F.cross_entropy(output, labels, label_smoothing=smoothing)
        for w, output in zip(weights, several, strict=True)
    ]
    return torch.stack(losses).sum() if len(losses) > 1 else losses[0], several[0]


def predict(model: nn.Module, batches: Batcher, classes: int, machine: Machine, scoring: Scoring) -> Tensor:
    """What the network says of every image of a split, in evaluation mode: (n, classes), on the CPU.

    The mean over the views of each image that `scoring` asks for. Raises InputError for a network that gives something
    else.
    """
    model.eval()
    parts = []
    together = min(1000, max(1, _SCORE_VALUES // math.prod(batches.split.shape)))
    with torch.inference_mode(), machine.autocast():
        for start in range(0, len(batches.split), together):
            images, _ = batches.plain(slice(start, start + together))
            batches.split.prefetch(slice(start + together, start + 2 * together))
            answers = []
            for weight, view in views(images, scoring.flip, scoring.shift):
                output = _several(_answer(model, machine.place_images(view)), "the network")[0]
                _refuse_odd(output, len(images), classes, "the network, when it is scored,")
                answers.append(weight * output.float())
            parts.append(torch.stack(answers).sum(0))
    return torch.cat(parts).cpu()


def _answer(model: nn.Module, images: Tensor) -> Any:
    """What a network says when it is scored. Raises InputError for one that is not ours and cannot say it."""
    size, ours = "x".join(map(str, images.shape[2:])), type(model).__module__.startswith(f"{models.__name__}.")
    with models.translate_errors(
        f"the network, when it is scored, fails on images of {size} pixels",
        lambda error: ours or ends_only_this_run(error),
    ):
        return model(images)


def score(logits: Tensor, batches: Batcher) -> tuple[float, int]:
    """Mean cross-entropy (nats) and number of correct answers of what a network says of a whole split."""
    labels = batches.split.labels.cpu()
    return F.cross_entropy(logits.double(), labels).item(), int((logits.argmax(1) == labels).sum())


@dataclass
class _Progress:
    """Where a run stands: finished epochs, steps of the next, and what those steps measured."""

    epoch: int
    step: int
    sizes: Tensor  # (steps,) images of each step
    losses: Tensor  # (steps,)
    correct: Tensor  # (steps,)
    elapsed: float
    switched: bool
    log_size: int = 0  # bytes of the step log up to the last finished epoch

    @classmethod
    def fresh(cls, sizes: list[int], device: torch.device) -> "_Progress":
        losses, correct = torch.zeros(len(sizes)), torch.zeros(len(sizes), dtype=torch.int64)
        return cls(0, 0, torch.tensor(sizes), losses.to(device), correct.to(device), 0.0, False)

    def note(self, loss: Tensor, correct: Tensor) -> None:
        """What a step measured; nothing here waits for the device."""
        self.losses[self.step] = loss
        self.correct[self.step] = correct
        self.step += 1

    def running(self) -> tuple[float, float]:
        """Mean loss and accuracy (percent) of the epoch's steps so far."""
        seen = self.sizes[: self.step]
        images = int(seen.sum())
        loss = (self.losses[: self.step].cpu().double() * seen).sum() / images
        return loss.item(), 100 * int(self.correct[: self.step].sum()) / images

    def images(self, first: int) -> int:
        """How many images the epoch's steps so far have had since its step `first`."""
        return int(self.sizes[first : self.step].sum())

    def log_lines(self, experiment: Experiment) -> list[str]:
        """The lines that the report's program would have printed in the epoch that has just ended."""
        assert experiment.log is not None
        steps, size = len(self.sizes), experiment.batch_size
        losses, correct = self.losses.cpu().double(), self.correct.cpu()
        lines = []
        for step in range(experiment.log.every, steps + 1, experiment.log.every):
            seen = int(self.sizes[:step].sum())
            values = {
                "epoch": self.epoch + 1,
                "epochs": experiment.epochs,
                "step": step,
                "steps": steps,
                "image": step * size + 1,
                "images": steps * size,
                "loss": losses[step - 1].item(),
                "mean_loss": losses[:step].mean().item(),
                "accuracy": 100 * int(correct[step - 1]) / int(self.sizes[step - 1]),
                "mean_accuracy": 100 * int(correct[:step].sum()) / seen,
            }
            lines.append(experiment.log.line.format(**values))
        return lines

    def refuse_not_finite(self) -> None:
        bad = (~torch.isfinite(self.losses[: self.step])).nonzero()
        if len(bad):
            step = int(bad[0, 0])
            where = f"step {step + 1} of epoch {self.epoch + 1}"
            raise NotFiniteError(f"the loss is {self.losses[step].item()} at {where}; {_ADVICE}")

    def where(self) -> str:
        return f"step {self.step} of epoch {self.epoch + 1}" if self.step else f"epoch {self.epoch}"

    def state(self, model: nn.Module, optimizer: Optimizer) -> dict[str, Any]:
        return {
            "epoch": self.epoch,
            "step": self.step,
            "losses": self.losses[: self.step].cpu(),
            "correct": self.correct[: self.step].cpu(),
            "elapsed": self.elapsed,
            "switched": self.switched,
            "log_size": self.log_size,
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
        }

    def restore(self, state: dict[str, Any], model: nn.Module, optimizer: Optimizer) -> None:
        self.epoch, self.step = state["epoch"], state["step"]
        self.losses[: self.step] = state["losses"].to(self.losses.device)
        self.correct[: self.step] = state["correct"].to(self.correct.device)
        self.elapsed, self.switched = state["elapsed"], state["switched"]
        self.log_size = state.get("log_size", 0)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
