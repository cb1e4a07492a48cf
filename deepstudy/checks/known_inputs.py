"""What a file says about the input of its networks: what it gives to them, its data sets, and its transforms."""

from typing import Any

from PIL import Image
from torch import Tensor, nn

from deepstudy.checks import stand_ins
from deepstudy.checks.arguments import DataFacts
from deepstudy.checks.executed_file import ExecutedFile
from deepstudy.checks.inputs import KnownInput
from deepstudy.checks.networks import FoundNetwork

_SIZES = ((256, 256), (300, 200))  # a transform decides the size of an image if these become the same


def known_inputs(found: FoundNetwork, file: ExecutedFile | None) -> list[KnownInput]:
    """Find the sizes that a file says.

    Arguments:
        found: a network of the file.
        file: the executed file; None if the network is not from a file.

    Returns:
        The sizes, the most reliable first, each once.
    """
    if file is None:
        return []
    given = [
        KnownInput(each.shape, f"given in {each.where}", each.batch)
        for each in file.inputs
        if _is_of(each.network, found, file)
    ]
    loaded = [
        KnownInput(each.sample_shape, f"the size of {type(each).__name__}")
        for each in stand_ins.made
        if each.sample_shape is not None
    ]
    transformed = [
        KnownInput(shape, f"the transform in {where}")
        for transform, where in file.transforms
        if (shape := _transformed(transform)) is not None
    ]
    known = {each.shape: each for each in reversed([*given, *loaded, *transformed])}
    return [*reversed(known.values())]


def data_facts(shape: tuple[int, ...] | None, file: ExecutedFile | None) -> DataFacts:
    """Find what a file says about its data.

    Arguments:
        shape: the input that was requested.
        file: the executed file; None without a file.

    Returns:
        The size of an input and the number of classes.
    """
    made = stand_ins.made if file is not None else []
    shapes = [each.sample_shape for each in made if each.sample_shape is not None]
    counts = [len(each.class_to_idx) for each in made if hasattr(each, "classes")]
    return DataFacts(shape or (shapes[0] if shapes else None), counts[0] if counts else None)


def _is_of(network: Any, found: FoundNetwork, file: ExecutedFile) -> bool:
    """Whether a module is the network, or was built as it is."""
    if isinstance(found.factory, nn.Module):
        return network is found.factory or getattr(network, "module", None) is found.factory
    if isinstance(found.factory, type):
        return isinstance(network, found.factory)
    return any(each.module is network and each.made_by is found.factory for each in file.variables)


def _transformed(transform: Any) -> tuple[int, ...] | None:
    """The shape that a transform gives to all colour images; None if it gives no fixed one."""
    shapes = []
    for size in _SIZES:
        try:
            image = transform(Image.new("RGB", size))
        except Exception:  # it is for other images, or not for images
            return None
        shapes.append(tuple(image.shape) if isinstance(image, Tensor) else None)
    return shapes[0] if len({*shapes}) == 1 else None
