"""Stand-ins for the known data sets: images of the right size and the right number of classes, without a download.

They take the place of torchvision's classes in the process that reads a file, also where torchvision is not installed.
A loader gives one batch. So the code of the file itself says what its network is given.
"""

import importlib
import importlib.util
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch.utils import data

_LIGHTNING = ("pytorch_lightning", "lightning", "lightning.pytorch")
_MOST = 256  # images of a batch that are really made


@dataclass(frozen=True)
class DataSize:
    """What is known of a data set.

    Attributes:
        mode: `L` for grey, `RGB` for colour.
        size: width and height of an image; None if they differ from image to image.
        classes: how many; None if its folder decides.
        images: how many, for training and test.
    """

    mode: str
    size: tuple[int, int] | None
    classes: int | None
    images: tuple[int, int] = (60_000, 10_000)


_COLOUR, _GREY = (32, 32), (28, 28)
KNOWN = {
    "MNIST": DataSize("L", _GREY, 10),
    "FashionMNIST": DataSize("L", _GREY, 10),
    "KMNIST": DataSize("L", _GREY, 10),
    "QMNIST": DataSize("L", _GREY, 10, (60_000, 60_000)),
    "EMNIST": DataSize("L", _GREY, 47, (112_800, 18_800)),
    "USPS": DataSize("L", (16, 16), 10, (7_291, 2_007)),
    "CIFAR10": DataSize("RGB", _COLOUR, 10, (50_000, 10_000)),
    "CIFAR100": DataSize("RGB", _COLOUR, 100, (50_000, 10_000)),
    "SVHN": DataSize("RGB", _COLOUR, 10, (73_257, 26_032)),
    "STL10": DataSize("RGB", (96, 96), 10, (5_000, 8_000)),
    "GTSRB": DataSize("RGB", None, 43, (26_640, 12_630)),
    "Flowers102": DataSize("RGB", None, 102, (1_020, 6_149)),
    "OxfordIIITPet": DataSize("RGB", None, 37, (3_680, 3_669)),
    "Food101": DataSize("RGB", None, 101, (75_750, 25_250)),
    "StanfordCars": DataSize("RGB", None, 196, (8_144, 8_041)),
    "EuroSAT": DataSize("RGB", (64, 64), 10, (27_000, 27_000)),
    "ImageNet": DataSize("RGB", None, 1000, (1_281_167, 50_000)),
    "Caltech101": DataSize("RGB", None, 101, (8_677, 8_677)),
    "ImageFolder": DataSize("RGB", None, None, (1_000, 1_000)),
    "FakeData": DataSize("RGB", (224, 224), 10, (1_000, 1_000)),
}
_EMNIST = {"byclass": 62, "bymerge": 47, "balanced": 47, "letters": 37, "digits": 10, "mnist": 10}

#: The data sets that the file made, in order.
made: list["StandInData"] = []


class StandInData(data.Dataset[Any]):
    """A data set that was not downloaded: blank images, transformed as the file wants."""

    known: DataSize = KNOWN["MNIST"]

    def __init__(self, root: Any = None, *arguments: Any, transform: Any = None, **options: Any) -> None:
        """Take the arguments of torchvision's data sets; those that do not matter here are ignored."""
        later = [each for each in arguments if callable(each)]
        self.root, self.transform = root, transform or (later[0] if later else None)
        self.train = bool(options.get("train", next((each for each in arguments if isinstance(each, bool)), True)))
        count = _EMNIST.get(options.get("split", ""), self.known.classes) if self.known.images[0] > 1e5 else None
        self._count = count or self.known.classes
        made.append(self)

    def __len__(self) -> int:
        return self.known.images[0 if self.train else 1]

    def __iter__(self) -> Iterator[tuple[Any, int]]:
        yield self[0]  # one image stands for all

    def __getitem__(self, index: int) -> tuple[Any, int]:
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        width, height = self.known.size or (256, 256)
        image: Any = Image.new(self.known.mode, (width, height))
        return (image if self.transform is None else self.transform(image)), 0

    @property
    def classes(self) -> list[str]:
        """The names of the classes."""
        if self._count is None:
            raise AttributeError(f"the classes are the folders of {self.root}, which check does not read")
        return [f"class {number}" for number in range(self._count)]

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The numbers of the classes."""
        return {name: number for number, name in enumerate(self.classes)}

    @property
    def data(self) -> Any:
        """The raw images: a tensor of grey ones, an array of coloured ones. They take no memory."""
        width, height = self.known.size or (256, 256)
        if self.known.mode == "L":
            return torch.zeros(1, 1, 1, dtype=torch.uint8).expand(len(self), height, width)
        return np.broadcast_to(np.zeros(1, np.uint8), (len(self), height, width, 3))

    @property
    def targets(self) -> Any:
        """The labels."""
        return torch.arange(len(self)) % (self._count or 1)

    labels = targets

    @property
    def sample_shape(self) -> tuple[int, ...] | None:
        """The shape of one transformed image; None if the transform makes no tensor of it or the size is unknown."""
        if self.transform is None:
            return (1 if self.known.mode == "L" else 3, *(reversed(self.known.size))) if self.known.size else None
        sizes = []
        for size in [self.known.size] if self.known.size else [(256, 256), (300, 200)]:
            try:
                image = self.transform(Image.new(self.known.mode, size))
            except Exception:  # a transform of the file, or one for other images
                return None
            sizes.append(tuple(image.shape) if isinstance(image, torch.Tensor) else None)
        return sizes[0] if len({*sizes}) == 1 else None


class OneBatch(data.DataLoader[Any]):
    """A loader that gives one batch, without processes of its own."""

    def __init__(self, dataset: Any, batch_size: Any = 1, *arguments: Any, **options: Any) -> None:
        """Take the arguments of a DataLoader."""
        super().__init__(dataset, batch_size=int(batch_size or 1), collate_fn=options.get("collate_fn"))

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        count = min(self.batch_size or 1, len(self.dataset), _MOST)  # type: ignore[arg-type]
        yield self.collate_fn([self.dataset[0]] * count)


def install() -> None:
    """Put the stand-ins in the place of data sets, loaders and TorchScript, for the rest of this process."""
    _leave_uncompiled()
    if _is_missing("torchvision"):
        _install_torchvision()
    try:
        sets: Any = importlib.import_module("torchvision.datasets")
    except Exception:  # torchvision may be broken in any way; then its import in the file says so
        sets = types.SimpleNamespace()
    for name, known in KNOWN.items():
        setattr(sets, name, type(name, (StandInData,), {"known": known, "__module__": "torchvision.datasets"}))
    if all(map(_is_missing, _LIGHTNING[:2])):
        _install_lightning()
    data.DataLoader = data.dataloader.DataLoader = OneBatch  # type: ignore[misc]


def _leave_uncompiled() -> None:
    """Make TorchScript leave networks as they are written, because compiled code cannot be examined."""

    def keep(thing: Any = None, *_: Any, **__: Any) -> Any:
        return thing

    for name in ("script", "trace", "script_method", "freeze", "optimize_for_inference"):
        setattr(torch.jit, name, keep)
    torch.jit.ScriptModule = type("ScriptModule", (torch.nn.Module,), {})  # type: ignore[assignment, misc]


def _is_missing(package: str) -> bool:
    return package not in sys.modules and importlib.util.find_spec(package) is None


class LightningModule(torch.nn.Module):
    """A module of Lightning without its training."""

    def save_hyperparameters(self, *_: Any, **__: Any) -> None:
        """Keep the arguments of the constructor in `hparams`, as Lightning does."""
        frame = sys._getframe(1)
        given = {key: value for key, value in frame.f_locals.items() if key != "self" and not key.startswith("__")}
        self.hparams = types.SimpleNamespace(**given)

    def log(self, *_: Any, **__: Any) -> None:
        """Log nothing."""


def _install_lightning() -> None:
    """Make a Lightning that has only the classes from which others inherit."""
    for name in _LIGHTNING:
        module: Any = types.ModuleType(name)
        module.__path__ = []
        module.LightningModule = LightningModule
        module.LightningDataModule = type("LightningDataModule", (), {})
        sys.modules[name] = module
        if name == "lightning.pytorch":
            sys.modules["lightning"].pytorch = module  # type: ignore[attr-defined]


def _install_torchvision() -> None:
    """Make a torchvision that has data sets and the usual transforms only."""
    from deepstudy.checks import stand_in_transforms

    package = types.ModuleType("torchvision")
    package.__path__ = []

    def missing(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ImportError("No module named 'torchvision'", name="torchvision")

    package.__getattr__ = missing  # type: ignore[method-assign]
    sys.modules["torchvision"] = package
    for name in ("datasets", "transforms", "utils"):
        module = types.ModuleType(f"torchvision.{name}")
        sys.modules[module.__name__] = module
        setattr(package, name, module)
    transforms = sys.modules["torchvision.transforms"]
    transforms.__path__ = []
    for name, value in stand_in_transforms.TRANSFORMS.items():
        setattr(transforms, name, value)
    for name in ("v2", "transforms"):
        setattr(transforms, name, transforms)
        sys.modules[f"torchvision.transforms.{name}"] = transforms

    def keep(*arguments: Any, **_: Any) -> Any:
        return arguments[0] if arguments else None

    utils: dict[str, Callable[..., Any]] = {"make_grid": keep, "save_image": keep}
    vars(sys.modules["torchvision.utils"]).update(utils)
