"""Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28x28, grey (Xiao, Rasul, Vollgraf 2017).

Debian's package `dataset-fashion-mnist` puts the published images and labels, compressed anew, where they are read
from if the data folder has none.
"""

from deepstudy.datasets.files import obtain
from deepstudy.datasets.idx import read_split
from deepstudy.datasets.split import Split

#: The published files, with the MD5 of the compressed file.
FILES = {
    "train-images-idx3-ubyte.gz": "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "md5:25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "md5:bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "md5:bb300cfdad3c16e7a12a480ee83cd310",
}
MIRRORS = ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",)


def read() -> dict[str, Split]:
    """The `train` and `test` splits, from the data folder, from Debian's folder, or downloaded."""
    folder = obtain("fashion_mnist", FILES, MIRRORS)
    return {"train": read_split(folder, "train", 60_000), "test": read_split(folder, "t10k", 10_000)}
