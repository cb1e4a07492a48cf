"""The size of a network's input: as its file says, otherwise a guess from the first layer, otherwise a search.

Each size is tried. One that gives a row of output for each image is taken before one that only raises no error.
"""

import copy
import inspect
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from deepstudy.checks.own_code import is_own, where_in
from deepstudy.checks.probe import Shape
from deepstudy.checks.trace import tensors_in
from deepstudy.errors import InputError, is_memory, one_line

_SIZES = {1: (28, 32, 64, 224), 3: (32, 28, 64, 224, 96, 128, 227, 299)}  # likely ones first
_BATCHES = (1, 64, 32, 100, 128, 10, 16, 50, 8, 256)  # batch sizes that networks often have in their code
_SECONDS = 20.0  # that a search may take
_LONGEST = 160  # characters of an error that are quoted
_WRONG_SIZE = (  # what torch says about an input of another size
    *("mat1 and mat2", "must have same reduction dim", "size mismatch", "invalid for input of size"),
    *("Kernel size can't be greater", "Output size is too small", "normalized_shape", "must match the size"),
)


@dataclass(frozen=True)
class KnownInput:
    """A size that a file says.

    Attributes:
        shape: the shape of one input, without the batch.
        source: who says it, for a note.
        batch: the batch size of the file; 0 if it is not known.
    """

    shape: Shape
    source: str
    batch: int = 0


@dataclass(frozen=True)
class ChosenInput:
    """The size that is used.

    Attributes:
        shape: the shape of one input, without the batch.
        note: why.
        is_found: whether only a search over sizes found it, and none of the usual sizes fits.
        is_known: whether a file says it.
        misfit: what the file says, where the network fails on it; None where it does not.
    """

    shape: Shape
    note: str
    is_found: bool = False
    is_known: bool = False
    misfit: KnownInput | None = None


class NoInputFitsError(InputError):
    """No input goes through a network."""

    def __init__(self, says: str, error: Exception, shape: Shape, known: KnownInput | None, *, is_about_size: bool):
        """Keep what went wrong.

        Arguments:
            says: the message.
            error: what the network raised, on the first input.
            shape: the shape of that input.
            known: what its file says about the input; None if it says nothing.
            is_about_size: whether all errors are about sizes of layers and inputs.
        """
        super().__init__(says)
        self.error, self.shape, self.known, self.is_about_size = error, shape, known, is_about_size


def guess_shape(make: Callable[[], nn.Module]) -> Shape:
    """Guess the input of a network from its first layer, and try it.

    Arguments:
        make: builds the network.

    Returns:
        The shape of one input, without the batch.

    Raises:
        InputError: none of the usual inputs fits.
    """
    return choose_input(make).shape


def choose_input(make: Callable[[], nn.Module], known: Sequence[KnownInput] = ()) -> ChosenInput:
    """Choose the input of a network, and try it.

    Arguments:
        make: builds the network.
        known: what its file says, the most reliable first.

    Returns:
        The size, and a note about it.

    Raises:
        InputError: the network takes several inputs or no images, its own code raises an error, or no size fits.
    """
    network = make().eval()
    refuse_several_inputs(network)
    search = _SizeSearch(network, tuple(each.batch for each in known))
    for each in known:
        if search.fits(each.shape):
            return ChosenInput(each.shape, f"input {_text(each.shape)}: {each.source}", is_known=True)
    guesses = [*_likely(_first_layer(network))]
    for shape in guesses:
        if search.fits(shape):
            return ChosenInput(shape, _guessed(shape, known), misfit=known[0] if known else None)
    for shape in (*(each.shape for each in known), *guesses):
        if search.fits_some_batch(shape):
            return ChosenInput(shape, _guessed(shape, known))
    for shape in _further(network) if search.is_about_size() else ():
        if search.fits(shape):
            note = f"input {_text(shape)} was found by a search; if it is wrong, write --input C,H,W"
            return ChosenInput(shape, note, is_found=True)
        if time.monotonic() > search.deadline:
            break
    if search.passing:
        return ChosenInput(search.passing[0], _guessed(search.passing[0], known))
    raise search.failure(known)


def refuse_several_inputs(network: nn.Module) -> None:
    """Refuse a network whose `forward` takes several inputs.

    Arguments:
        network: the network.

    Raises:
        InputError: it takes several inputs.
    """
    try:
        parameters = list(inspect.signature(network.forward).parameters.values())
    except (TypeError, ValueError):  # compiled code has no signature
        return
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [each for each in parameters if each.default is each.empty and each.kind in kinds]
    if len(required) > 1:
        names = ", ".join(each.name for each in required)
        raise InputError(
            f"`forward` takes {len(required)} inputs ({names}){_line_of(network)}; "
            "check supports only networks with one input"
        )


def _line_of(network: nn.Module) -> str:
    code = getattr(network.forward, "__code__", None)
    is_own_code = code is not None and is_own(code.co_filename)
    return f" ({Path(code.co_filename).name}:{code.co_firstlineno})" if code is not None and is_own_code else ""


class _SizeSearch:
    """Tries sizes, and keeps what went wrong."""

    def __init__(self, network: nn.Module, batches: Sequence[int]) -> None:
        self.network = network
        self.batches = [*dict.fromkeys([each for each in batches if each > 0] + [*_BATCHES])]
        self.errors: dict[Shape, Exception] = {}
        self.passing: list[Shape] = []  # sizes that raise no error but change the batch
        self.deadline = time.monotonic() + _SECONDS
        self.quick: nn.Module | None = None
        try:
            self.quick = copy.deepcopy(network).to("meta")
        except Exception:  # lazy layers, or something that cannot be copied: each size is computed
            return

    def fits(self, shape: Shape) -> bool:
        """Whether two inputs give two rows of output."""
        if shape in self.errors or shape in self.passing:
            return False
        if self.errors and self.quick is not None and not self._fits_without_numbers(shape):
            return False
        rows = self._rows(self.network, torch.zeros(2, *shape), shape)
        if rows == 2:
            return True
        if rows is not None:
            self.passing.append(shape)
        return False

    def _fits_without_numbers(self, shape: Shape) -> bool:
        """The same without computing; True if only a computation can tell."""
        assert self.quick is not None
        try:
            with torch.no_grad():
                self.quick(torch.zeros(2, *shape, device="meta"))
        except Exception as error:
            if not _is_about_size(error):
                return True
            self.errors[shape] = error
            return False
        return True

    def fits_some_batch(self, shape: Shape) -> bool:
        """Whether a batch of another size goes through: its size may be in the code."""
        network, device = (self.network, "cpu") if self.quick is None else (self.quick, "meta")
        return any(
            self._rows(network, torch.zeros(batch, *shape, device=device), shape) == batch
            for batch in self.batches
            if time.monotonic() < self.deadline
        )

    def _rows(self, network: nn.Module, images: torch.Tensor, shape: Shape) -> int | None:
        """The rows of the output; None if there is an error."""
        kind = next((each.dtype for each in network.parameters() if each.is_floating_point()), images.dtype)
        try:
            with torch.no_grad():
                outputs = list(tensors_in(network(images.to(kind))))
        except Exception as error:  # a network that rejects this size may raise anything
            if is_memory(error):
                raise
            self.errors.setdefault(shape, error)
            return None
        if not outputs:
            self.errors.setdefault(shape, TypeError("returns no tensor"))
            return None
        return max((each.shape[0] for each in outputs if each.dim()), key=lambda rows: rows == len(images), default=0)

    def is_about_size(self) -> bool:
        """Whether another size may help."""
        return bool(self.passing) or any(_is_about_size(error) for error in self.errors.values())

    def failure(self, known: Sequence[KnownInput]) -> NoInputFitsError:
        """Why no size fits: an error that has nothing to do with the size, otherwise the first one."""
        own = [(shape, error) for shape, error in self.errors.items() if not _is_about_size(error)]
        shape, error = (own or [*self.errors.items()])[0]
        says = " ".join(one_line(error).split())[:_LONGEST]
        place = _place(error)
        if own and len(own) == len(self.errors):
            text = f"its own code fails{place}: {says}"
        else:
            said = f"on the input of its file, {_text(known[0].shape)}" if known else "on all usual inputs"
            wrong = f"{_text(shape)} gives {says}; if its input has another size, write --input C,H,W"
            text = f"fails {said}{place}: {wrong}"
        return NoInputFitsError(text, error, shape, known[0] if known else None, is_about_size=not own)


def _place(error: BaseException) -> str:
    where = where_in(error)
    return f" at {where}" if where else ""


def _is_about_size(error: BaseException) -> bool:
    text = str(error)
    return any(sign in text for sign in _WRONG_SIZE) or ("expected input" in text and "channels" in text)


def _text(shape: Shape) -> str:
    return "x".join(map(str, shape))


def _guessed(shape: Shape, known: Sequence[KnownInput]) -> str:
    size = ",".join(map(str, shape))
    other = f" (the network fails on {_text(known[0].shape)}, {known[0].source})" if known else ""
    return f"input {size} is a guess from the first layer{other}; if it is wrong, write --input C,H,W"


def _first_layer(network: nn.Module) -> nn.Module | None:
    if isinstance(next((each for each in network.modules() if not list(each.children())), None), nn.Embedding):
        raise InputError(
            "starts with an embedding; check supports only networks that take images or other real numbers"
        )
    kinds = nn.Conv2d | nn.Conv1d | nn.Linear | nn.RNNBase | nn.RNNCellBase
    return next((each for each in network.modules() if isinstance(each, kinds)), None)


def _further(network: nn.Module) -> Iterator[Shape]:
    """All sizes of square images, and lengths of signals: the usual ones first."""
    first = _first_layer(network)
    usual = (224, 128, 64, 96, 256, 100, 50, 48, 150, 112, 200, 299, 227, 300, 512, 40, 80, 60, 120, 180, 36, 320, 400)
    sizes = [*dict.fromkeys((*usual, *range(20, 321, 4), *range(18, 321, 2), *range(8, 300)))]
    channels = [first.in_channels] if isinstance(first, nn.Conv2d | nn.Conv1d) and first.in_channels else [3, 1]
    for size in sizes:
        for each in channels:
            yield (each, size) if isinstance(first, nn.Conv1d) else (each, size, size)


def _likely(first: nn.Module | None) -> Iterator[Shape]:
    usual = [(channels, size, size) for channels, sizes in ((3, (32, 224)), (1, (28, 32))) for size in sizes]
    if isinstance(first, nn.Linear) and first.in_features:
        features = first.in_features
        for channels in (1, 3):
            side = round((features / channels) ** 0.5)
            if channels * side * side == features:
                yield channels, side, side
        yield from ((features,), (1, features, features), (features, features), (16, features))
    elif isinstance(first, nn.RNNBase | nn.RNNCellBase):
        size = first.input_size  # the length of an image row, or of a step in a sequence
        yield from ((1, size, size), (size, size), (16, size))
    elif isinstance(first, nn.Conv1d):
        yield from ((first.in_channels, length) for length in (128, 1024, 16000))
    elif isinstance(first, nn.Conv2d) and first.in_channels:
        sizes = list(_SIZES.get(first.in_channels, _SIZES[3]))
        if max(first.kernel_size) >= 7 and max(first.stride) > 1:
            sizes.sort(key=lambda size: size != 224)  # first layers for large images
        yield from ((first.in_channels, size, size) for size in sizes)
    yield from usual
