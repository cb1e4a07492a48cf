"""MNIST: 60,000 training and 10,000 test images of handwritten digits, 28x28, grey (LeCun et al. 1998)."""

from deepstudy.datasets.info import DatasetInfo, ImageArrays

#: The published files, with the MD5 of the compressed file.
HASHES = {
    "train-images-idx3-ubyte.gz": "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "md5:d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "md5:9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "md5:ec29112dd5afa0611ce80d1b7f02629c",
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


def read() -> dict[str, ImageArrays]:
    """Read MNIST from the data folder, downloading it first where it is missing.

    Returns:
        The arrays of `train` and `test`.

    Raises:
        InputError: if a file cannot be downloaded or is damaged.
    """
    from deepstudy.datasets import download, idx

    return idx.read_splits(download.obtain(MNIST, HASHES, MIRRORS), MNIST.splits)


MNIST = DatasetInfo(
    name="mnist",
    summary="70,000 handwritten digits, 28x28 grey",
    read=read,
    shape=(1, 28, 28),
    classes=tuple("0123456789"),
    splits={"train": 60_000, "test": 10_000},
    mean=(0.1307,),
    std=(0.3081,),
    files=tuple(f"mnist/{name}" for name in HASHES),
    fingerprint="1e35582d42a90940",
    offline="mnist5k",
)
