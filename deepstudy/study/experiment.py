"""An experiment: one network trained one way. An `Experiment` is complete: training needs nothing else."""

import hashlib
import json
import string
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
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
    """The data set, and how many of its images are used.

    A folder of images has the form `train/CLASS/*.png` and `test/CLASS/*.png`. Its path is relative to the study file.
    """

    name: str = Field(
        description="Name of a built-in data set, or path of a folder of images (with a slash, such as `./flowers/`)."
    )
    size: Annotated[int, Field(ge=8, le=512, strict=True)] | None = Field(
        default=None,
        description="Height and width in pixels to which the images of a folder are scaled. Default: their own size.",
    )
    validation: Annotated[int, Field(ge=0, strict=True)] = Field(
        default=0,
        description="Number of training images that are held out for validation, the same for every seed. Default: 0.",
    )
    train_images: Count | None = Field(default=None, description="Number of training images to use. Default: all.")
    test_images: Count | None = Field(default=None, description="Number of test images to use. Default: all.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if is_folder(self.name):
            return self  # the number of its images is known when they are read
        info = DATASETS.get(self.name)
        if info is None:
            raise PydanticCustomError(
                "unknown_name",
                "no data set is called {name}{hint}",
                {"name": self.name, "hint": did_you_mean(self.name, DATASETS)},
            )
        if self.size is not None:
            raise ValueError("size applies only to folders of images; remove it")
        if misfit := _misfit(info.splits, self.validation, self.train_images, self.test_images):
            raise ValueError(f"{self.name} {misfit}")
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
        whole: the number of images that it has for `train` and `test`.
        validation: images that are held out of the training images.
        train_images: the number of training images to use; all by default.
        test_images: the number of test images to use; all by default.

    Returns:
        The number of images of `train`, `validation` and `test`.

    Raises:
        InputError: if the data set has too few images.
    """
    if misfit := _misfit(whole, validation, train_images, test_images):
        raise InputError(f"{name}: {misfit}")
    left = whole["train"] - validation
    return {"train": train_images or left, "validation": validation, "test": test_images or whole["test"]}


def _misfit(whole: Mapping[str, int], validation: int, train_images: int | None, test_images: int | None) -> str:
    """What a data set has too few images for, in words; "" where it has enough."""
    wanted, wanted_test = train_images or 1, test_images or 1
    if whole["train"] < validation + wanted:
        return (
            f"has {_images(whole['train'], 'training')}, too few for {validation:,} for validation "
            f"and {wanted:,} for training; lower data.validation or data.train_images"
        )
    if whole["test"] < wanted_test:
        return f"has {_images(whole['test'], 'test')}, fewer than {wanted_test:,}; lower data.test_images"
    return ""


def _images(count: int, split: str) -> str:
    return f"{count:,} {split} image{'' if count == 1 else 's'}"


class Loss(StrictModel):
    """Cross-entropy in nats, averaged over the batch."""

    name: Literal["cross_entropy"] = Field(
        default="cross_entropy", description="Name of the loss. Default: cross_entropy, the only one."
    )
    label_smoothing: Fraction = Field(
        default=0.0, description="Share of each label that is spread evenly over all classes. Default: 0.0, none."
    )


class Augment(StrictModel):
    """Random changes of training images, drawn again for each image and epoch."""

    crop: Annotated[int, Field(ge=0, strict=True)] = Field(
        default=0,
        description="Pixels of zero padding on each side before a random crop to the image size. Default: 0, no crop.",
    )
    flip: Annotated[bool, Field(strict=True)] | Literal["alternating"] = Field(
        default=False,
        description="Whether images are mirrored left to right with probability 1/2. With `alternating`, the first "
        "epoch is drawn, and each image is then mirrored in every other epoch. Default: false.",
    )
    cutout: Annotated[int, Field(ge=0, strict=True)] = Field(
        default=0,
        description="Side in pixels of a random square that is set to the mean colour. Default: 0, no square.",
    )


class Resolution(StrictModel):
    """Progressive resizing of training images. Images keep their full size when they are scored.

    The shorter side grows from `start` pixels to the full size, in steps of `step` pixels
    (Tan & Le 2021, EfficientNetV2, section 4).
    """

    start: Annotated[int, Field(ge=8, strict=True)] = Field(
        description="Shorter side of training images in the first epoch, in pixels."
    )
    until: Annotated[float, Field(gt=0, le=1, strict=True)] = Field(
        default=0.75, description="Fraction of the run's epochs after which images have their full size. Default: 0.75."
    )
    step: Count = Field(default=4, description="Pixels by which the shorter side grows at a time. Default: 4.")

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
    """How the network is scored, and how often."""

    flip: Annotated[bool, Field(strict=True)] = Field(
        default=False,
        description="Whether the outputs for an image and for its mirror image are averaged. Default: false.",
    )
    shift: Annotated[int, Field(ge=0, le=7, strict=True)] = Field(  # images have 8 pixels or more
        default=0,
        description="Pixels by which two more copies of an image are moved, one up and left, one down and right. "
        "Their outputs are averaged in with half the weight. Default: 0, no copies.",
    )
    every: Count = Field(
        default=1, description="Number of epochs between two scores. The last epoch is always scored. Default: 1."
    )

    @property
    def views(self) -> int:
        """The number of versions of an image that the network scores."""
        return (2 if self.flip else 1) * (3 if self.shift else 1)


class Normalize(StrictModel):
    """Constants that images are normalised with, one for each channel."""

    mean: list[Annotated[float, Field(strict=True, allow_inf_nan=False)]] = Field(
        description="Mean of each channel, for pixel values from 0 to 1.", examples=["[0.4914, 0.4822, 0.4465]"]
    )
    std: list[Positive] = Field(
        description="Standard deviation of each channel, for pixel values from 0 to 1.",
        examples=["[0.247, 0.243, 0.261]"],
    )


Filler = Literal["default", "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal"]
ConvFiller = Literal[Filler, "dirac"]


class Init(StrictModel):
    """How weights are initialised. `default` leaves the initial weights of PyTorch's layers."""

    conv: ConvFiller = Field(default="default", description="Initial weights of convolutions. Default: default.")
    linear: Filler = Field(default="default", description="Initial weights of linear layers. Default: default.")
    norm: Literal["default", "normal"] = Field(
        default="default",
        description="Initial values of batch normalisation. With `normal`, scales are drawn from N(1, 0.02) and "
        "shifts are 0. Default: default.",
    )
    first: Literal["default", "whiten"] = Field(
        default="default",
        description="Initial weights of the first convolution. With `whiten`, it whitens patches of the training "
        "images and is not trained. Default: default.",
    )


class Outputs(StrictModel):
    """For a network that returns a tuple of outputs. The first output is the scored one."""

    weights: Annotated[list[NotNegative], Field(min_length=1)] = Field(
        description="Weight of each output's loss, in order.", examples=["[1, 0.3, 0.3]"]
    )

    @model_validator(mode="after")
    def _trains(self) -> Self:
        if not any(self.weights):
            raise ValueError("weights are all 0, so the network would learn nothing; raise one of them")
        return self


class Roles(StrictModel):
    """The images to train on and to score. Reports label every result that does not use the defaults."""

    train_on: SplitName = Field(default="train", description="Split that the network is trained on. Default: train.")
    score_on: SplitName = Field(default="test", description="Split that the network is scored on. Default: test.")


class StepLog(StrictModel):
    """Log lines in the report's own format, written to `log.txt` of the run directory.

    `image` is the first image of the next step, and `images` is the number of steps times the batch size.
    `loss` and `accuracy` are those of the step; `mean_loss` and `mean_accuracy` those of the epoch so far.
    """

    every: Count = Field(default=100, description="Number of steps between two lines of an epoch. Default: 100.")
    line: str = Field(
        description="The line, with names in braces and formats such as `{loss:.4f}`. The names are epoch, epochs, "
        "step, steps, image, images, loss, accuracy, mean_loss and mean_accuracy.",
    )

    @field_validator("line")
    @classmethod
    def _formats(cls, line: str) -> str:
        whole = ("epoch", "epochs", "step", "steps", "image", "images")
        values = dict.fromkeys(whole, 1) | dict.fromkeys(("loss", "mean_loss", "accuracy", "mean_accuracy"), 1.0)
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(line) if name is not None]
            unknown = next((name for name in names if name not in values), None)
            if unknown is None:
                line.format(**values)
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"cannot be filled in: {error}; write values such as {{loss:.4f}}") from None
        if unknown is not None:
            near = get_close_matches(unknown, values, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"the step log knows {', '.join(values)}, not {unknown!r}{hint}")
        if not line.isprintable():
            raise ValueError("has a line break or another control character; remove it")
        return line


class StartFrom(StrictModel):
    """Weights to start from: those of another experiment after an epoch, or of a checkpoint file.

    The other experiment's run has the same seed and budget.
    """

    experiment: str | None = Field(
        default=None, description="Name of the experiment whose weights are used. It needs `epoch`. Default: none."
    )
    epoch: Count | None = Field(
        default=None,
        description="Epoch of that experiment. If a budget or `--set` gives it fewer epochs, its last one is used. "
        "Default: none.",
    )
    file: str | None = Field(
        default=None,
        description="Path of a checkpoint file, relative to the study file. It is used instead of `experiment` and "
        "`epoch`. Default: none.",
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.file is None) == (self.experiment is None) or (self.experiment is None) != (self.epoch is None):
            raise ValueError("needs either `experiment` and `epoch`, or `file` alone")
        return self


class Recipe(StrictModel):
    """Everything about training that is not the network or the data."""

    epochs: Count = Field(description="Number of epochs.")
    batch_size: Count = Field(description="Number of images in a batch.")
    optimizer: OptimizerChoice = Field(
        description="Optimizer: its name, or a mapping of `name` and options.",
        examples=["{name: sgd, lr: 0.01, momentum: 0.9}"],
    )
    schedule: ScheduleChoice = Field(
        default="constant",
        validate_default=True,
        description="Learning-rate schedule: its name, or a mapping of `name` and options. Default: constant.",
        examples=["{name: step, every: 20, gamma: 0.1}"],
    )
    loss: Loss = Field(
        default=Loss(),
        description="Loss. Default: cross-entropy.",
        examples=["{name: cross_entropy, label_smoothing: 0.1}"],
    )
    augment: Augment = Field(
        default=Augment(),
        description="Random changes of training images. Default: none.",
        examples=["{crop: 4, flip: true}"],
    )
    resolution: Resolution | None = Field(
        default=None,
        description="Smaller training images at the start of a run. Default: full size throughout.",
        examples=["{start: 20, until: 0.7}"],
    )
    normalize: Normalize | None = Field(
        default=None,
        description="Constants that images are normalised with. Default: mean and standard deviation of the training "
        "images.",
        examples=["{mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5]}"],
    )
    init: Init = Field(
        default=Init(),
        description="How weights are initialised. Default: as in PyTorch.",
        examples=["{conv: kaiming_normal, linear: kaiming_normal}"],
    )
    outputs: Outputs | None = Field(
        default=None,
        description="Weights of the losses of a network with several outputs. Default: the network has one output.",
        examples=["{weights: [1, 0.3, 0.3]}"],
    )
    roles: Roles = Field(
        default=Roles(),
        description="The images to train on and to score. Default: the training and the test images.",
        examples=["{train_on: train, score_on: validation}"],
    )
    scoring: Scoring = Field(
        default=Scoring(),
        description="How the network is scored, and how often. Default: on each image once, after every epoch.",
        examples=["{flip: true, every: 10}"],
    )
    log: StepLog | None = Field(
        default=None,
        description="Log lines in the report's own format. Default: none.",
        examples=['{every: 100, line: "Step {step}/{steps}, loss {loss:.4f}"}'],
    )


_PROSE = {"says", "log"}  # these do not change what is learned


class Experiment(Recipe):
    """One network trained one way, complete."""

    says: str = Field(default="", description="What the experiment is, in one line. Default: nothing.")
    model: ModelChoice = Field(
        description="Network: its name, or a mapping of `name` and options. A name is that of a built-in network, "
        "`file.py:Name` or `package.module:Name`.",
        examples=["{name: lenet5, dropout: 0.3}"],
    )
    data: Data = Field(
        description="Data set of this experiment. Default: that of the study.",
        examples=["{name: cifar10, validation: 5000}"],
    )
    start_from: StartFrom | None = Field(
        default=None,
        description="Weights to start from. Default: the initial weights of the seed.",
        examples=["{experiment: plain, epoch: 10}"],
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        sgd = self.optimizer if isinstance(self.optimizer, SGDConfig) else None
        if sgd and sgd.nesterov and not (sgd.momentum > 0 and sgd.dampening == 0):
            raise ValueError("optimizer.nesterov: needs a momentum above 0 and a dampening of 0")
        roles = self.roles
        if roles.train_on == roles.score_on:
            raise ValueError(f"roles: train_on and score_on are both {roles.train_on}; score other images")
        if "validation" in (roles.train_on, roles.score_on) and not self.data.validation:
            raise ValueError("roles: there are no validation images, as data.validation is 0; raise it")
        awaited = self.schedule.split if isinstance(self.schedule, SwitchConfig) else None
        if awaited and awaited not in ("validation", roles.train_on, roles.score_on):
            used = f"{roles.train_on} or {roles.score_on}"
            raise ValueError(f"schedule.until: the {awaited} images are neither trained on nor scored; use {used}")
        if awaited == "validation" and not self.data.validation:
            raise ValueError("schedule.until: there are no validation images, as data.validation is 0; raise it")
        if self.scoring.every > 1 and awaited and awaited != roles.train_on:
            raise ValueError("scoring.every: schedule.until needs a score after every epoch; set scoring.every to 1")
        entry = self.model if isinstance(self.model, ModelConfig) else None
        if self.resolution and entry and not 0 < entry.smallest <= self.resolution.start:
            advice = f"takes images of {entry.smallest} pixels or more; raise it"
            fixed = "takes images of one size only; remove resolution"
            raise ValueError(f"resolution.start: {entry.name} {advice if entry.smallest else fixed}")
        return self

    @property
    def extends(self) -> bool:
        """Whether a run with more epochs begins like a shorter run."""
        return not self.schedule.needs_length and self.resolution is None

    def flat(self) -> dict[str, Any]:
        """Everything except prose, under dotted keys such as `optimizer.lr`."""
        return flatten(self.model_dump(mode="json", exclude=_PROSE))

    def key(self) -> dict[str, Any]:
        """The part that identifies a run: everything except prose, and except `epochs` if a run may be extended.

        Defaults are left out, so an option that a later version adds does not change the key of earlier runs.
        """
        exclude = _PROSE | {"epochs"} if self.extends else _PROSE
        return self.model_dump(mode="json", exclude=exclude, exclude_defaults=True)

    def differs_from(self, resolved: Mapping[str, Any]) -> str:
        """Describe how the experiment of a record differs from this one.

        Arguments:
            resolved: the experiment in the record.

        Returns:
            Up to three differences in words. Prose does not count. `epochs` do not count if the run may be extended.
        """
        old, new = flatten(resolved), self.flat()
        chosen = flatten(self.model_dump(mode="json", exclude_defaults=True))
        new = {
            key: value for key, value in new.items() if key in old or key in chosen
        }  # without options that are newer than the record
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
        The most common value of each key; the first one of equally common values.
    """
    values = {key: [flat[key] for flat in flats if key in flat] for flat in flats for key in flat}
    return {key: max(several, key=several.count) for key, several in values.items()}


def flatten(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten nested mappings.

    Arguments:
        document: a mapping.
        prefix: the beginning of all keys.

    Returns:
        One mapping with dotted keys.
    """
    flat: dict[str, Any] = {}
    for key, value in document.items():
        flat |= flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
