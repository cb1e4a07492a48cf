"""An experiment: one network trained one way. An `Experiment` is complete; training needs nothing else."""

import hashlib
import json
import string
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from deepstudy.catalog import (
    Count,
    Fraction,
    ModelConfig,
    NotNegative,
    Positive,
    SGDConfig,
    StrictModel,
    SwitchConfig,
)
from deepstudy.datasets import DATASETS, is_folder
from deepstudy.errors import InputError, did_you_mean
from deepstudy.study.choices import ModelChoice, OptimizerChoice, ScheduleChoice

SplitName = Literal["train", "validation", "test"]


class Data(StrictModel):
    """Which data set, and which of its images.

    `name` may be the path of a folder of images, `train/CLASS/*.png` and `test/CLASS/*.png`, seen from the study's own
    folder; `size` is then the side they are scaled to. `validation` images are held out of the training images (the
    same ones for every seed); `train_images` and `test_images` keep only that many, for budgets.
    """

    name: str
    size: Annotated[int, Field(ge=8, le=512, strict=True)] | None = None
    validation: Annotated[int, Field(ge=0, strict=True)] = 0
    train_images: Count | None = None
    test_images: Count | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if is_folder(self.name):
            return self  # how many images it has shows when they are read
        info = DATASETS.get(self.name)
        if info is None:
            raise PydanticCustomError(
                "unknown_name",
                "no data set is called {name}{hint}",
                {"name": self.name, "hint": did_you_mean(self.name, DATASETS)},
            )
        if self.size is not None:
            raise ValueError("size applies only to image folders; remove it")
        left = info.splits["train"] - self.validation
        if left < (self.train_images or 1):
            raise ValueError(f"{self.name} has {info.splits['train']:,} training images: not enough for this split")
        if (self.test_images or 0) > info.splits["test"]:
            raise ValueError(f"{self.name} has {info.splits['test']:,} test images")
        return self

    def split_sizes(self, whole: Mapping[str, int]) -> dict[SplitName, int]:
        """Count the images of each split.

        Arguments:
            whole: how many images the data set has for `train` and `test`.

        Returns:
            The number of images of `train`, `validation` and `test`.

        Raises:
            InputError: if the data set has too few images.
        """
        return split_sizes(self.name, whole, self.validation, self.train_images, self.test_images)


def split_sizes(
    name: str,
    whole: Mapping[str, int],
    validation: int = 0,
    train_images: int | None = None,
    test_images: int | None = None,
) -> dict[SplitName, int]:
    """Count the images of each split.

    Arguments:
        name: the name of the data set, for messages.
        whole: how many images it has for `train` and `test`.
        validation: images that are held out of the training images.
        train_images: use only so many of the training images.
        test_images: use only so many of the test images.

    Returns:
        The number of images of `train`, `validation` and `test`.

    Raises:
        InputError: if the data set has too few images.
    """
    left = whole["train"] - validation
    if left < (train_images or 1) or whole["test"] < (test_images or 1):
        raise InputError(
            f"{name}: has {whole['train']:,} training and {whole['test']:,} test images: not enough for "
            f"{validation:,} of validation, {train_images or 1:,} to train on and {test_images or 1:,} to test on"
        )
    return {"train": train_images or left, "validation": validation, "test": test_images or whole["test"]}


class Loss(StrictModel):
    """Cross-entropy in nats, averaged over the batch."""

    name: Literal["cross_entropy"] = "cross_entropy"
    label_smoothing: Fraction = 0.0


class Augment(StrictModel):
    """What is done to training images, drawn anew for each image and epoch."""

    crop: Annotated[int, Field(ge=0, strict=True, description="pixels of zero padding before a random crop")] = 0
    flip: Annotated[
        Annotated[bool, Field(strict=True)] | Literal["alternating"],
        Field(
            description="mirror left-right, with probability 1/2; or alternating, drawn once, then every other epoch"
        ),
    ] = False
    cutout: Annotated[int, Field(ge=0, strict=True, description="side of a square set to the mean colour")] = 0


class Resolution(StrictModel):
    """Progressive resizing of training images. Scored images keep their full size.

    The shorter side is `start` pixels in the first epoch and grows in equal steps, a multiple of `step` pixels, until
    the epoch in which the fraction `until` of the run is over (Tan & Le 2021, EfficientNetV2, section 4).
    """

    start: Annotated[int, Field(ge=8, strict=True)]
    until: Annotated[float, Field(gt=0, le=1, strict=True)] = 0.75
    step: Count = 4

    def side(self, epoch: int, epochs: int, full: int) -> int:
        """The size of images in an epoch.

        Arguments:
            epoch: the epoch, from 1.
            epochs: how many epochs the run has.
            full: pixels of the shorter side at full size.

        Returns:
            Pixels of the shorter side in that epoch.
        """
        progress = (epoch - 1) / (self.until * epochs)
        if progress >= 1:
            return full
        return min(full, self.start + int(progress * (full - self.start) / self.step + 1e-9) * self.step)


class Scoring(StrictModel):
    """How the network is scored, and how often: after every `every` epochs, and after the last.

    `flip` averages its outputs for each image and its mirror image. `shift` also averages in the image moved by so many
    pixels, up and left, and down and right. Each of the two counts half as much as the image.
    """

    flip: Annotated[bool, Field(strict=True)] = False
    shift: Annotated[int, Field(ge=0, le=7, strict=True)] = 0  # images have 8 pixels or more
    every: Count = 1

    @property
    def views(self) -> int:
        """How many versions of an image the network sees to score it."""
        return (2 if self.flip else 1) * (3 if self.shift else 1)


class Normalize(StrictModel):
    """Per-channel constants over pixel values in 0..1; without them the training images' own are measured."""

    mean: list[Annotated[float, Field(strict=True, allow_inf_nan=False)]]
    std: list[Positive]


Filler = Literal["default", "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal"]
ConvFiller = Literal[Filler, "dirac"]


class Init(StrictModel):
    """How weights start; `default` leaves what torch's layers do by themselves."""

    conv: ConvFiller = "default"
    linear: Filler = "default"
    norm: Annotated[
        Literal["default", "normal"], Field(description="`normal`: BatchNorm scales from N(1, 0.02), shifts 0")
    ] = "default"
    first: Annotated[
        Literal["default", "whiten"],
        Field(description="`whiten`: the first convolution whitens patches of the training images, and is not trained"),
    ] = "default"


class Outputs(StrictModel):
    """For a network that returns a tuple: the weight of each output's loss. The first output is the scored one."""

    weights: Annotated[list[NotNegative], Field(min_length=1)]

    @model_validator(mode="after")
    def _trains(self) -> Self:
        if not any(self.weights):
            raise ValueError("weights are all 0, so the network would learn nothing; give one of them more")
        return self


class Roles(StrictModel):
    """Which split is trained on and which is scored; anything but the default is labelled wherever it shows."""

    train_on: SplitName = "train"
    score_on: SplitName = "test"


class StepLog(StrictModel):
    """Step lines in the report's own format: one after each `every` steps of an epoch, written to `log.txt`.

    `line` may name, in braces and with a format (`{loss:.4f}`): epoch, epochs, step, steps, image (the first one of
    the next step), images (steps times batch size), loss and accuracy of the step, and mean_loss and mean_accuracy of
    the epoch's steps so far.
    """

    every: Count = 100
    line: str

    @model_validator(mode="after")
    def _formats(self) -> Self:
        whole = ("epoch", "epochs", "step", "steps", "image", "images")
        values = dict.fromkeys(whole, 1) | dict.fromkeys(("loss", "mean_loss", "accuracy", "mean_accuracy"), 1.0)
        try:
            for _, name, _, _ in string.Formatter().parse(self.line):
                if name is not None and name not in values:
                    raise ValueError(f"knows {', '.join(values)}, not {name!r}")
            self.line.format(**values)
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"line: cannot be filled in: {error}") from None
        if not self.line.isprintable():
            raise ValueError("line: has a line break or another control character; remove it")
        return self


class StartFrom(StrictModel):
    """Weights to start from: another experiment's after an epoch (same seed and budget), or a checkpoint file's.

    Where a budget or `--set` leaves that experiment fewer epochs, its last one counts.
    """

    experiment: str | None = None
    epoch: Count | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.file is None) == (self.experiment is None) or (self.experiment is None) != (self.epoch is None):
            raise ValueError("write {experiment, epoch} or {file}")
        return self


class Recipe(StrictModel):
    """Everything about training that is not the network or the data."""

    epochs: Count
    batch_size: Count
    optimizer: OptimizerChoice
    schedule: ScheduleChoice = Field("constant", validate_default=True)
    loss: Loss = Loss()
    augment: Augment = Augment()
    resolution: Resolution | None = None
    normalize: Normalize | None = None
    init: Init = Init()
    outputs: Outputs | None = None
    roles: Roles = Roles()
    scoring: Scoring = Scoring()
    log: StepLog | None = None


_PROSE = {"says", "log"}  # these do not change what is learned


class Experiment(Recipe):
    """One network trained one way, complete."""

    says: str = ""
    model: ModelChoice
    data: Data
    start_from: StartFrom | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        sgd = self.optimizer if isinstance(self.optimizer, SGDConfig) else None
        if sgd and sgd.nesterov and not (sgd.momentum > 0 and sgd.dampening == 0):
            raise ValueError("optimizer.nesterov needs a momentum above 0 and no dampening")
        if self.roles.train_on == self.roles.score_on:
            raise ValueError("roles: train_on and score_on are the same images")
        awaited = self.schedule.split if isinstance(self.schedule, SwitchConfig) else None
        if awaited and awaited not in ("validation", self.roles.train_on, self.roles.score_on):
            raise ValueError(f"schedule.until asks for the {awaited} images, which are neither trained on nor scored")
        if self.scoring.every > 1 and awaited and awaited != self.roles.train_on:
            raise ValueError("scoring.every: schedule.until asks for scored images after every epoch; leave it at 1")
        entry = self.model if isinstance(self.model, ModelConfig) else None
        if self.resolution and entry and not 0 < entry.smallest <= self.resolution.start:
            takes = f"images of {entry.smallest} pixels or more" if entry.smallest else "images of one size alone"
            raise ValueError(f"resolution.start: {entry.name} takes {takes}")
        if "validation" in (self.roles.train_on, self.roles.score_on) and not self.data.validation:
            raise ValueError("roles name the validation images, but data.validation is 0")
        if awaited == "validation" and not self.data.validation:
            raise ValueError("schedule.until asks for the validation images, but data.validation is 0")
        return self

    @property
    def extends(self) -> bool:
        """Whether more epochs only add to the end of a shorter run."""
        return not self.schedule.needs_length and self.resolution is None

    def flat(self) -> dict[str, Any]:
        """Everything but the prose, under dotted keys: `optimizer.lr`."""
        return flatten(self.model_dump(mode="json", exclude=_PROSE))

    def key(self) -> dict[str, Any]:
        """The part that identifies a run: everything except prose, and except `epochs` if a run may be extended.

        Defaults are left out, so an option that a later version adds does not change the key of earlier runs.
        """
        exclude = _PROSE | {"epochs"} if self.extends else _PROSE
        return self.model_dump(mode="json", exclude=exclude, exclude_defaults=True)

    def differs_from(self, resolved: Mapping[str, Any]) -> str:
        """Describe how the experiment of a record differs.

        Arguments:
            resolved: the experiment as the record has it.

        Returns:
            Up to three differences in words. Prose does not count, nor do `epochs` if the run may be extended.
        """
        old, new = flatten(resolved), self.flat()
        chosen = flatten(self.model_dump(mode="json", exclude_defaults=True))
        new = {key: value for key, value in new.items() if key in old or key in chosen}  # not options younger than it
        ignored = {*_PROSE, "epochs"} if self.extends else _PROSE
        changed = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
        differs = [key for key in changed if key.partition(".")[0] not in ignored]
        return ", ".join(f"{key} {old.get(key)} there, {new.get(key)} now" for key in differs[:3])

    def hash(self) -> str:
        """A digest of `key`."""
        return hashlib.sha256(json.dumps(self.key(), sort_keys=True).encode()).hexdigest()[:16]


def in_common(flats: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Find the most common value of each key.

    Arguments:
        flats: experiments, as `Experiment.flat` gives them.

    Returns:
        The value of each key that most of them have; of equally common ones, the first.
    """
    values = {key: [flat[key] for flat in flats if key in flat] for flat in flats for key in flat}
    return {key: max(several, key=several.count) for key, several in values.items()}


def flatten(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten nested mappings.

    Arguments:
        document: a mapping.
        prefix: what all keys begin with.

    Returns:
        One mapping with dotted keys.
    """
    flat: dict[str, Any] = {}
    for key, value in document.items():
        flat |= flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
