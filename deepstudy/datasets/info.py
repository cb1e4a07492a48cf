"""What is known about a data set before its images are read. Cheap to import: no numpy, no torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from deepstudy.files import data_folder

if TYPE_CHECKING:  # numpy takes as long to import as all the rest of `deepstudy list`
    import numpy as np
    from numpy.typing import NDArray


class ImageArrays(NamedTuple):
    """The images of a split and their classes, as a reader returns them."""

    images: "NDArray[np.uint8]"  #: (n, c, h, w)
    labels: "NDArray[np.int64]"  #: (n,)


@dataclass(frozen=True)
class DatasetInfo:
    """The facts of a data set, and its reader.

    `read` returns the arrays of `train` and `test`. It downloads what is missing, and raises InputError for files that
    cannot be downloaded or are damaged.

    `files` are paths below the data folder. If one is missing there, all of them may be in `elsewhere` under the same
    names. A data set inside a Python package names that `package` instead.

    `fingerprint` is that of the published copy (see `loading.dataset.fingerprint`). If only channel means are
    public, `pixel_sums` are the exact sums of the training images' pixel values that follow from them. `known_copies`
    describes other known copies by their fingerprints.
    """

    name: str
    summary: str
    read: Callable[[], dict[str, ImageArrays]]
    shape: tuple[int, int, int]  #: channels, height, width
    classes: tuple[str, ...]
    splits: Mapping[str, int]  #: images of `train` and `test`
    mean: tuple[float, ...] = ()  #: published constants over the training images, pixel values in 0..1
    std: tuple[float, ...] = ()
    files: tuple[str, ...] = ()
    elsewhere: str = ""
    package: str = ""
    fingerprint: str = ""
    pixel_sums: tuple[int, ...] = ()
    known_copies: Mapping[str, str] = field(default_factory=dict)
    offline: str = ""  #: a smaller data set of the same kind that needs no download

    @property
    def paths(self) -> list[Path]:
        """Where its files are or belong: the data folder, unless that lacks one and all are in `elsewhere`."""
        paths = [data_folder() / file for file in self.files]
        if not self.elsewhere or all(path.is_file() for path in paths):
            return paths
        paths_elsewhere = [Path(self.elsewhere) / path.name for path in paths]
        return paths_elsewhere if all(path.is_file() for path in paths_elsewhere) else paths

    @property
    def is_here(self) -> bool:
        """Whether it can be read on this machine without a download."""
        if self.package:
            return find_spec(self.package) is not None
        return all(path.is_file() for path in self.paths)
