"""Data sets: one file each, with its facts and its reader. Never torch.

A reader returns numpy arrays; `deepstudy.loading` turns them into batches. Importing this is cheap, as readers import
numpy only when they are called. To add a data set, write a file with its `DatasetInfo` and list it here.

mnist.py, mnist5k.py, fashion_mnist.py, cifar.py   the data sets
folder.py     a folder of your own images; decoding.py reads them
info.py       DatasetInfo, the facts
download.py   downloads of missing files into the data folder
idx.py        the file format of MNIST and its successors
"""

from deepstudy.datasets.cifar import CIFAR10, CIFAR100
from deepstudy.datasets.fashion_mnist import FASHION_MNIST
from deepstudy.datasets.folder import image_files, is_folder
from deepstudy.datasets.info import DatasetInfo, ImageArrays
from deepstudy.datasets.mnist import MNIST
from deepstudy.datasets.mnist5k import MNIST5K

__all__ = ["DATASETS", "DatasetInfo", "ImageArrays", "image_files", "is_folder"]

#: By name, in the order in which they are listed.
DATASETS = {info.name: info for info in (MNIST, MNIST5K, FASHION_MNIST, CIFAR10, CIFAR100)}
