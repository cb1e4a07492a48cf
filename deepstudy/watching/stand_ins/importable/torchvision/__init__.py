"""Stands in for torchvision where that is not installed: data sets, transforms and some networks.

What is here bears torchvision's names and gives equal results for equal seeds. It was held against torchvision 0.29.
What is not here says so when it is used. Nothing is downloaded.
"""

from . import datasets as datasets
from . import models as models
from . import transforms as transforms
from . import utils as utils

__version__ = "0.29.1+deepstudy"


def disable_beta_transforms_warning() -> None:
    """Do nothing, as torchvision does by now."""
