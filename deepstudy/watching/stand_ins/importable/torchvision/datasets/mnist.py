"""MNIST and Fashion-MNIST."""

import gzip
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from deepstudy.watching.stand_ins import copies

from .vision import Change, VisionDataset


class MNIST(VisionDataset):
    """Handwritten digits: `data` (n, 28, 28) of uint8, and `targets` (n,).

    They are read from the root in torchvision's layout, else from the data folder.
    """

    classes = [
        f"{digit} - {word}" for digit, word in enumerate("zero one two three four five six seven eight nine".split())
    ]
    _name = "MNIST"

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
        self.data, self.targets = self._read()

    def _read(self) -> tuple[Tensor, Tensor]:
        folder = Path(self.root) / type(self).__name__
        if copies.is_at(folder, self._name):
            prefix = "train" if self.train else "t10k"
            images = _read_idx(folder / "raw" / f"{prefix}-images-idx3-ubyte")
            labels = _read_idx(folder / "raw" / f"{prefix}-labels-idx1-ubyte").astype(np.int64)
        elif copies.is_here(self._name):
            return copies.read_mnist(self._name, self.train)
        else:
            raise RuntimeError(copies.why_missing(folder, self._name))
        return torch.from_numpy(images), torch.from_numpy(labels)

    @property
    def raw_folder(self) -> str:
        """Where torchvision keeps the files."""
        return str(Path(self.root) / type(self).__name__ / "raw")

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The number of each class."""
        return {name: number for number, name in enumerate(self.classes)}

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._changed(Image.fromarray(self.data[index].numpy()), int(self.targets[index]))

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        """More lines of its text."""
        return f"Split: {'Train' if self.train else 'Test'}"


class FashionMNIST(MNIST):
    """Clothes, in the form of MNIST."""

    classes = [
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ]
    _name = "FashionMNIST"


def _read_idx(path: Path) -> NDArray[np.uint8]:
    """A file of unsigned bytes in the format IDX, compressed or not."""
    try:
        data = path.read_bytes() if path.is_file() else gzip.decompress(Path(f"{path}.gz").read_bytes())
        if data[:3] != b"\0\0\x08":
            raise ValueError("it does not begin as such a file does")
        sizes = np.frombuffer(data, ">u4", data[3], 4)
        pixels = np.frombuffer(data, np.uint8, offset=4 + 4 * len(sizes)).reshape(sizes)
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RuntimeError(
            f"{path}: is damaged ({error}); delete it, so that the copy in the data folder is used"
        ) from None
    return pixels.copy()  # torch wants writable arrays
