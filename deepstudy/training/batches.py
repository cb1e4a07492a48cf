"""The training images of an epoch, batch by batch: in the epoch's order, augmented, at the epoch's size."""

from collections.abc import Iterator

from torch import Tensor

from deepstudy.loading.augmentation import Augmentation
from deepstudy.loading.batches import Batcher
from deepstudy.loading.seeds import epoch_order
from deepstudy.loading.views import downscale
from deepstudy.training.setup import TrainingSetup


class TrainingBatches:
    """Batches of the images to train on.

    Seed, epoch and image alone decide order and augmentation. So any epoch can begin at any step.
    """

    def __init__(self, setup: TrainingSetup, batcher: Batcher) -> None:
        """Take the images in.

        Arguments:
            setup: recipe and seed.
            batcher: of the split to train on.
        """
        self.experiment, self.seed, self.batcher = setup.experiment, setup.seed, batcher
        self.augmentation = Augmentation(**self.experiment.augment.model_dump())
        count, size = len(batcher.split), self.experiment.batch_size
        self.sizes = [min(size, count - start) for start in range(0, count, size)]

    def __len__(self) -> int:
        return len(self.sizes)

    def of_epoch(self, epoch: int, first: int = 0) -> Iterator[tuple[int, Tensor, Tensor]]:
        """Yield the batches of an epoch.

        Arguments:
            epoch: counted from 1.
            first: the step to begin with, counted from 0.

        Returns:
            Step, normalised images (n, c, h, w) and labels (n,).
        """
        order = epoch_order(len(self.batcher.split), self.seed, epoch)
        size, side = self.experiment.batch_size, self._side(epoch)
        for step in range(first, len(self)):
            index, following = order[step * size : (step + 1) * size], order[(step + 1) * size : (step + 2) * size]
            images, labels = self.batcher.augmented(index, self.augmentation, self.seed, epoch)
            self.batcher.split.prefetch(following)
            yield step, downscale(images, side), labels

    def _side(self, epoch: int) -> int:
        """The shorter side of the images in an epoch, in pixels."""
        full, growing = min(self.batcher.split.shape[1:]), self.experiment.resolution
        return growing.side(epoch, self.experiment.epochs, full) if growing else full
