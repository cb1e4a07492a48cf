"""Random numbers that depend only on their purpose.

The order of images comes from (seed, epoch), the augmentation of an image from (seed, epoch, image). So any batch of
any epoch can be made without the batches before it, and a run can be interrupted anywhere.
"""

import hashlib

import numpy as np
import torch
from jaxtyping import Int64
from numpy.typing import NDArray
from torch import Tensor


def seed_for(*words: str | int) -> int:
    """Make a random seed from words.

    Arguments:
        words: the purpose of the seed.

    Returns:
        63 bits that depend on all of `words`, and only on them.
    """
    digest = hashlib.blake2b(repr(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def epoch_order(count: int, seed: int, epoch: int) -> Int64[Tensor, " n"]:
    """Draw the order of training images in an epoch.

    Arguments:
        count: how many images there are.
        seed: the seed of the run.
        epoch: the epoch.

    Returns:
        A permutation of 0 to count - 1.
    """
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed_for("order", seed, epoch)))


def draw(what: str, numbers: NDArray[np.int64], seed: int, epoch: int, choices: int) -> NDArray[np.int64]:
    """Draw a number for each image, uniformly, with SplitMix64 (Steele et al. 2014) as the hash of a counter.

    Arguments:
        what: what is drawn, such as `flip`.
        numbers: the positions (n,) of the images in their split.
        seed: the seed of the run.
        epoch: the epoch.
        choices: the number of possible values.

    Returns:
        Numbers (n,) from 0 to choices - 1.
    """
    key = np.uint64(seed_for(what, seed, epoch))
    with np.errstate(over="ignore"):
        z = key + (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(32)) * np.uint64(choices) >> np.uint64(32)).astype(np.int64)
