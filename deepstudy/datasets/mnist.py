"""MNIST: 60,000 training and 10,000 test images of handwritten digits, 28x28, grey (LeCun et al. 1998)."""

from deepstudy.datasets.files import obtain
from deepstudy.datasets.idx import read_split
from deepstudy.datasets.split import Split

#: The published files, with the MD5 of the compressed file.
FILES = {
    "train-images-idx3-ubyte.gz": "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "md5:d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "md5:9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "md5:ec29112dd5afa0611ce80d1b7f02629c",
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


def read() -> dict[str, Split]:
    """The `train` and `test` splits, from the data folder or downloaded into it."""
    folder = obtain("mnist", FILES, MIRRORS)
    return {"train": read_split(folder, "train", 60_000), "test": read_split(folder, "t10k", 10_000)}
