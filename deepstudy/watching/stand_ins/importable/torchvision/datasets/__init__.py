"""Data sets of images, by torchvision's names. None is downloaded: see `deepstudy data`."""

from typing import Any

from ..absent import absent
from .cifar import CIFAR10 as CIFAR10
from .cifar import CIFAR100 as CIFAR100
from .fakedata import FakeData as FakeData
from .folder import DatasetFolder as DatasetFolder
from .folder import ImageFolder as ImageFolder
from .mnist import MNIST as MNIST
from .mnist import FashionMNIST as FashionMNIST
from .vision import VisionDataset as VisionDataset

__all__ = ["CIFAR10", "CIFAR100", "MNIST", "DatasetFolder", "FakeData", "FashionMNIST", "ImageFolder", "VisionDataset"]
_NOT_HERE = frozenset(
    "CLEVRClassification Caltech101 Caltech256 CelebA Cityscapes CocoCaptions CocoDetection Country211 DTD EMNIST "
    "EuroSAT FER2013 FGVCAircraft Flickr30k Flickr8k Flowers102 Food101 GTSRB HMDB51 INaturalist ImageNet Imagenette "
    "KMNIST Kinetics Kitti LFWPairs LFWPeople LSUN LSUNClass MovingMNIST Omniglot OxfordIIITPet PCAM PhotoTour "
    "Places365 QMNIST RenderedSST2 SBDataset SBU SEMEION STL10 SUN397 SVHN StanfordCars UCF101 USPS VOCDetection "
    "VOCSegmentation WIDERFace".split()
)


def __getattr__(name: str) -> type[Any]:
    if name in _NOT_HERE:
        return absent(f"torchvision.datasets.{name}")
    raise AttributeError(f"torchvision.datasets.{name} is not part of the stand-in for torchvision")
