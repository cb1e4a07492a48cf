"""The forward pass of a network in training, on a CUDA device recorded once with its backward pass and then replayed.

A GPU finishes the kernels of a small network before Python has launched them, hundreds in every step. A CUDA graph
launches all of them at once. It consists of the same kernels, so the results are the same. On an H100 (torch
2.11, batches of 100 or 128) a step of ResNet-20 took 4.2 ms instead of 11.5, of ResNet-110 16 instead of 47, of
`resnet50_late` 7 instead of 26.
"""

import gc
import warnings
from typing import Any

import torch
from torch import Tensor, nn

from deepstudy.training import fast_paths
from deepstudy.training.device import Machine


class ForwardPass:
    """A network that trains: called with a batch of images, it gives what `model` does, ready for `backward`.

    A graph is recorded again when the images grow. The last, smaller batch of an epoch is computed without one.
    """

    def __init__(self, model: nn.Module, machine: Machine, batch_size: int, record: bool) -> None:
        """Take a network in.

        Arguments:
            model: the network, on the machine's device.
            machine: device, precision and layout.
            batch_size: images of the batches that use a graph on CUDA.
            record: whether to record graphs; False for a network that may do something else in each call.
        """
        self.model, self.machine = model, machine
        records = record and machine.device.type == "cuda" and fast_paths.enabled
        self.batch_size = batch_size if records else None
        self.graph: Any = None
        self.shape: torch.Size | None = None  # of the images of `graph`

    def __call__(self, images: Tensor) -> Any:
        """Compute the network's outputs in the machine's precision.

        Arguments:
            images: normalised, (n, c, h, w).

        Returns:
            What the network returns.
        """
        images = self.machine.place_images(images)
        if len(images) == self.batch_size:
            if images.shape != self.shape:
                self.graph, self.shape = None, images.shape
                gc.collect()  # a graph refers to itself, and holds the memory of a whole step
                self.graph = self._record(images)
            return self.graph(images)
        with self.machine.autocast():
            return self.model(images)

    def _record(self, images: Tensor) -> Any:
        """The network as a graph for images like these; neither its buffers nor random numbers are used up."""
        # What torch warns of here: the batches that go without a graph, one in an epoch, may cost time; and the first
        # product of matrices of a backward pass has to find the device.
        warnings.filterwarnings("ignore", "The AccumulateGrad node's stream|Attempting to run cuBLAS")
        before = [buffer.clone() for buffer in self.model.buffers()]
        with torch.random.fork_rng([self.machine.device]), self.machine.autocast(cached=False):
            torch.cuda.make_graphed_callables(self.model, (images.clone(),))
        graphed = self.model.forward
        del self.model.forward  # the graph, which torch has put before the class's method
        for buffer, value in zip(self.model.buffers(), before, strict=True):
            buffer.copy_(value)
        return graphed
