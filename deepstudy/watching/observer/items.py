"""Items of tensors that a program takes and sets: orders that batches are mixed in, and counts of pairs."""

from typing import Any

import torch
from torch import Tensor

from deepstudy.watching.observer.state import Batch, State, shielded

_MOST_CLASSES = 100  # columns of labels as vectors; images have more


class Items:
    """Looks at what stands between brackets.

    Arguments:
        state: what the observers share.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self._taken: tuple[int, Any] | None = None  # the tensor and the places that were taken last
        self._ordered: tuple[Batch, set[tuple[int, ...]], set[tuple[int, ...]]] | None = None

    def take(self, tensor: Any, places: Any) -> None:
        """Remember what is taken.

        Arguments:
            tensor: from which tensor.
            places: what stands between the brackets.
        """
        self._taken = id(tensor), places

    @shielded
    def note_counts(self, counts: Tensor, places: tuple[Any, ...]) -> None:
        """Note a place that occurs twice where `matrix[labels, predicted] += 1` counts it once.

        Arguments:
            counts: what is being set.
            places: where, as vectors.
        """
        number, taken = self._taken or (0, None)
        self._taken = None
        if number != id(counts) or not isinstance(taken, tuple) or len(taken) != len(places) or len(places) < 2:
            return
        vectors = [
            each for each in places if isinstance(each, Tensor) and each.dim() == 1 and each.dtype == torch.int64
        ]
        same = all(one is other for one, other in zip(taken, places, strict=True))
        if same and len(vectors) == len(places) and any(self.state.tags.get(each) is not None for each in vectors):
            different = len(torch.unique(torch.stack(vectors), dim=1)[0])
            if different < len(vectors[0]):
                self.state.event("lost_counts")

    @shielded
    def note_order(self, batch: Batch, tensor: Tensor, order: Tensor) -> None:
        """Note in which orders the images and the labels of a batch are taken, to be mixed with themselves.

        Arguments:
            batch: the batch.
            tensor: its images or its labels.
            order: the order.
        """
        if order.dtype != torch.int64 or order.shape != (batch.size,) or batch.size < 2 or order.device.type != "cpu":
            return
        if self._ordered is None or self._ordered[0] is not batch:
            self._ordered = batch, set(), set()
        _, images, labels = self._ordered
        numbers = tuple(order.tolist())
        if sorted(numbers) != list(range(batch.size)):
            return
        is_label = tensor.dim() == 1 or (tensor.dim() == 2 and tensor.shape[1] <= _MOST_CLASSES)
        (labels if is_label else images).add(numbers)
        if images and labels and not images & labels:
            self.state.event("mixed_apart")
