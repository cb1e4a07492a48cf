"""The images of published data sets that lie in the data folder, so that a program's images get their names."""

import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from deepstudy.datasets import DATASETS, DatasetInfo
from deepstudy.files import cached
from deepstudy.watching.digests import digest_items
from deepstudy.watching.samples import find, known, sign

_NAMES = {
    "mnist": "MNIST",
    "fashion_mnist": "Fashion-MNIST",
    "fashion-mnist": "Fashion-MNIST",
    "cifar10": "CIFAR-10",
    "cifar100": "CIFAR-100",
}
_ENOUGH = 0.9  # the share of images that must be found
_VERSION = "2"  # of what is cached


@dataclass(frozen=True)
class _KnownSplit:
    """A split of a published data set."""

    name: str
    part: str
    size: int
    digest: str
    signatures: NDArray[np.float32]
    reshaped: NDArray[np.float32]  # signatures of images in colour whose pixels were scrambled
    labels: NDArray[np.int16]


class KnownImages:
    """Looks up images among those of MNIST, Fashion-MNIST and CIFAR, as far as these lie in the data folder."""

    @cached_property
    def _splits(self) -> list[_KnownSplit]:
        found = []
        for info in DATASETS.values():
            if info.name in _NAMES and info.is_here:
                found += _read(info)
        return found

    def name(self, digest: str) -> tuple[str, str]:
        """Look up a data set by the digest of its stored images.

        Arguments:
            digest: see `DatasetSeen.images_digest`.

        Returns:
            Its name and `train` or `test`; ("", "") if it is not known.
        """
        return next(((each.name, each.part) for each in self._splits if digest and each.digest == digest), ("", ""))

    def split(self, signatures: NDArray[np.float32]) -> tuple[str, str]:
        """Look up images by their signatures.

        Arguments:
            signatures: (n, 4).

        Returns:
            The name and part of the split that nearly all are from; ("", "") if there is none.
        """
        if len(signatures) < 50:
            return "", ""
        for each in self._splits:
            if known(signatures[:500], each.signatures).mean() > _ENOUGH:
                return each.name, each.part
        return "", ""

    def classes(self, signatures: NDArray[np.float32]) -> NDArray[np.int16]:
        """Look up the classes of images of one split.

        Arguments:
            signatures: (n, 4).

        Returns:
            (n,): the class of each image; -1 where it is not known.
        """
        found = np.full(len(signatures), -1, np.int16)
        name = self.split(signatures)
        for each in self._splits:
            if (each.name, each.part) == name:
                at = find(signatures, each.signatures)
                found[at >= 0] = each.labels[at[at >= 0]]
        return found

    def scrambled(self, signatures: NDArray[np.float32]) -> str:
        """Look up images whose (height, width, channels) was reshaped to (channels, height, width).

        Arguments:
            signatures: (n, 4).

        Returns:
            The name of their data set; "" if they are not known.
        """
        if len(signatures) < 50:
            return ""
        found = (each for each in self._splits if len(each.reshaped))
        return next((each.name for each in found if known(signatures[:500], each.reshaped).mean() > _ENOUGH), "")

    def size(self, name: str, part: str) -> int:
        """Count the images of a split.

        Arguments:
            name: the data set's name.
            part: `train` or `test`.

        Returns:
            Their number; 0 if it is not known.
        """
        return next((each.size for each in self._splits if (each.name, each.part) == (name, part)), 0)


def _read(info: DatasetInfo) -> list[_KnownSplit]:
    """The splits of a data set; what is computed from its images is cached."""
    files = [path for path in info.paths if path.is_file()]
    source = _VERSION + "".join(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}\n" for path in files)
    data = cached("known-images", source.encode(), lambda: _compute(info))
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return [
            _KnownSplit(
                _NAMES[info.name],
                part,
                info.splits[part],
                str(arrays[f"{part}.digest"]),
                arrays[f"{part}.signatures"],
                arrays[f"{part}.reshaped"],
                arrays[f"{part}.labels"],
            )
            for part in ("train", "test")
        ]


def _compute(info: DatasetInfo) -> bytes:
    arrays: dict[str, NDArray[np.generic]] = {}
    for part, split in info.read().items():
        # As torchvision stores them: (n, h, w), or (n, h, w, 3) in colour.
        stored = split.images[:, 0] if info.shape[0] == 1 else split.images.transpose(0, 2, 3, 1)
        arrays[f"{part}.digest"] = np.array(digest_items(stored))
        arrays[f"{part}.signatures"] = sign(split.images.astype(np.float32))
        arrays[f"{part}.labels"] = np.asarray(split.labels, np.int16)
        arrays[f"{part}.reshaped"] = np.empty((0, 4), np.float32)
        if info.shape[0] > 1:
            arrays[f"{part}.reshaped"] = sign(stored.reshape(split.images.shape).astype(np.float32))
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]  # its second parameter is a flag
    return file.getvalue()
