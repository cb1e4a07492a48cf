"""The installed torchvision: its data sets take the copy in the data folder instead of a download."""

import functools
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

from deepstudy.watching.stand_ins import copies


def read_copies(module: ModuleType) -> None:
    """Let MNIST and CIFAR-10, and what is derived from them, read the copy where the script's root lacks the files.

    The classes stay the same ones, so that subclasses, `isinstance` and pickles work.

    Arguments:
        module: `torchvision.datasets.mnist` or `torchvision.datasets.cifar`, once it is loaded.
    """
    for name in ("MNIST", "CIFAR10"):
        if hasattr(module, name):
            _change_constructor(getattr(module, name))


def _change_constructor(kind: Any) -> None:
    original = kind.__init__
    signature = inspect.signature(original)

    @functools.wraps(original)
    def __init__(self: Any, *arguments: Any, **options: Any) -> None:  # noqa: N807
        name = _known_name(type(self))
        given = signature.bind(self, *arguments, **options)
        given.apply_defaults()
        if name is None or copies.is_at(_folder(self, name, given.arguments["root"]), name) or not copies.is_here(name):
            original(self, *arguments, **options)
        else:
            _fill(self, name, given.arguments, super(kind, self))

    kind.__init__ = __init__


def _known_name(kind: type) -> str | None:
    """The name of a data set or of the one that it is derived from, if a copy of it may be here."""
    for each in kind.__mro__:
        if each.__module__.startswith("torchvision.datasets."):
            return each.__name__ if each.__name__ in copies.NAMES else None
    return None


def _folder(dataset: Any, name: str, root: Any) -> Path:
    return Path(root).expanduser() / getattr(dataset, "base_folder", type(dataset).__name__)


def _fill(dataset: Any, name: str, given: dict[str, Any], base: Any) -> None:
    """Do what the constructor does once the files are there: `base` is the data set as a `VisionDataset`."""
    base.__init__(given["root"], transform=given["transform"], target_transform=given["target_transform"])
    dataset.train = given["train"]
    if name in ("CIFAR10", "CIFAR100"):
        dataset.data, dataset.targets = copies.read_cifar(name, dataset.train)
        dataset.classes = copies.class_names(name)
        dataset.class_to_idx = {each: number for number, each in enumerate(dataset.classes)}
    else:
        dataset.data, dataset.targets = copies.read_mnist(name, dataset.train)
