"""Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28x28, grey (Xiao, Rasul, Vollgraf 2017).

Debian's package `dataset-fashion-mnist` holds the published images and labels, compressed again. They are read
from there if the data folder has none.
"""

from deepstudy.datasets.info import DatasetInfo, ImageArrays

#: The published files, with the MD5 of the compressed file.
HASHES = {
    "train-images-idx3-ubyte.gz": "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "md5:25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "md5:bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "md5:bb300cfdad3c16e7a12a480ee83cd310",
}
MIRRORS = ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",)


def read() -> dict[str, ImageArrays]:
    """Read Fashion-MNIST from the data folder or Debian's, downloading it first if both lack it.

    Returns:
        The arrays of `train` and `test`.

    Raises:
        InputError: if a file cannot be downloaded or is damaged.
    """
    from deepstudy.datasets import download, idx

    return idx.read_splits(download.obtain(FASHION_MNIST, HASHES, MIRRORS), FASHION_MNIST.splits)


FASHION_MNIST = DatasetInfo(
    name="fashion_mnist",
    summary="70,000 images of clothing, 28x28 grey",
    read=read,
    shape=(1, 28, 28),
    classes=(
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    splits={"train": 60_000, "test": 10_000},
    mean=(0.2860,),
    std=(0.3530,),
    files=tuple(f"fashion_mnist/{name}" for name in HASHES),
    elsewhere="/usr/share/datasets/fashion-mnist",
    fingerprint="ece172613115fb18",
)
