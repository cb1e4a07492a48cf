"""CIFAR-10 and CIFAR-100."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from deepstudy.watching.stand_ins import copies

from .vision import Change, VisionDataset


class CIFAR10(VisionDataset):
    """Photographs of ten classes: `data` (n, 32, 32, 3) of uint8, and `targets`, a list.

    They are read from the root in torchvision's layout, else from the data folder.
    """

    base_folder = "cifar-10-batches-py"
    _name = "CIFAR10"
    _train_files = tuple(f"data_batch_{number}" for number in range(1, 6))
    _test_files = ("test_batch",)
    _labels = "labels"

    def __init__(
        self,
        root: Any,
        train: bool = True,
        transform: Change | None = None,
        target_transform: Change | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        folder = Path(self.root) / self.base_folder
        if copies.is_at(folder, self._name):
            batches = [_read_batch(folder / name) for name in (self._train_files if train else self._test_files)]
            images = np.concatenate([batch["data"] for batch in batches]).reshape(-1, 3, 32, 32)
            self.data = images.transpose(0, 2, 3, 1)
            self.targets: list[int] = [label for batch in batches for label in batch[self._labels]]
        elif copies.is_here(self._name):
            self.data, self.targets = copies.read_cifar(self._name, train)
        else:
            raise RuntimeError(copies.why_missing(folder, self._name))
        self.classes = copies.class_names(self._name)
        self.class_to_idx = {name: number for number, name in enumerate(self.classes)}

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._changed(Image.fromarray(self.data[index]), self.targets[index])

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        """More lines of its text."""
        return f"Split: {'Train' if self.train is True else 'Test'}"


class CIFAR100(CIFAR10):
    """Photographs of a hundred classes, in the form of CIFAR-10."""

    base_folder = "cifar-100-python"
    _name = "CIFAR100"
    _train_files = ("train",)
    _test_files = ("test",)
    _labels = "fine_labels"


def _read_batch(path: Path) -> dict[str, Any]:
    """A file of the published Python version. It is the program's own file, so it is unpickled as torchvision does."""
    try:
        with path.open("rb") as file:
            batch: dict[str, Any] = pickle.load(file, encoding="latin1")
    except (pickle.UnpicklingError, EOFError) as error:
        raise RuntimeError(
            f"{path}: is damaged ({error}); delete it, so that the copy in the data folder is used"
        ) from None
    return batch
