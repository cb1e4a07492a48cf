"""Batches: normalised, and augmented for training."""

from collections.abc import Sequence

import torch
from jaxtyping import Float32, Int64, UInt8
from torch import Tensor

from deepstudy.loading.augmentation import Augmentation, augment, to_device
from deepstudy.loading.split import Split


class Batcher:
    """Makes normalised float batches out of a split's bytes."""

    def __init__(self, split: Split, mean: Sequence[float], std: Sequence[float]) -> None:
        """Make batches on the device of the split.

        Arguments:
            split: the images.
            mean: the mean of each channel, for pixel values in 0..1.
            std: the standard deviation of each channel.
        """
        self.split = split
        device = split.labels.device
        channels = (1, -1, 1, 1)
        self.scale = (1 / (255 * torch.tensor(std, dtype=torch.float64))).float().view(channels).to(device)
        self.shift = (-torch.tensor(mean).double() / torch.tensor(std).double()).float().view(channels).to(device)

    def plain(self, index: slice | Int64[Tensor, " n"]) -> tuple[Float32[Tensor, "n c h w"], Int64[Tensor, " n"]]:
        """Make a batch for scoring.

        Arguments:
            index: the positions of its images.

        Returns:
            The images and their classes.
        """
        return self._normalize(self.split.pixels(index)), self.split.labels[index]

    def augmented(
        self, index: Int64[Tensor, " n"], augmentation: Augmentation, seed: int, epoch: int
    ) -> tuple[Float32[Tensor, "n c h w"], Int64[Tensor, " n"]]:
        """Make a batch for training.

        Arguments:
            index: the positions of its images, on the CPU.
            augmentation: the random changes.
            seed: the seed of the run.
            epoch: the epoch.

        Returns:
            The images and their classes.
        """
        numbers = index.numpy()
        images, labels = self.plain(to_device(numbers, self.split.labels.device))
        return augment(images, augmentation, numbers, seed, epoch), labels

    def _normalize(self, images: UInt8[Tensor, "n c h w"]) -> Float32[Tensor, "n c h w"]:
        return images.float().mul_(self.scale).add_(self.shift)  # in place: half the time of `torch.addcmul`
