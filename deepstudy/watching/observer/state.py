"""What all observers share: the clock, the recording that grows, and what is known about tensors."""

import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from torch import Tensor

from deepstudy.errors import one_line
from deepstudy.watching.observer.places import Call, Places
from deepstudy.watching.recording import Event, Recording

R = TypeVar("R")

_MOST_EVENTS = 2_000
_MOST_CLOCKS = 1_000


@dataclass(slots=True)
class Walk:
    """One walk through a loader: an iteration from its begin to its end."""

    number: int
    loader: int
    index: int  # which walk through this loader, from 0
    source: Any = None  # the loader's items as rows of their data sets
    complete: bool = False
    batches: int = 0
    images: int = 0
    trained: int = 0  # of its batches
    rows: list[Any] = field(default_factory=list)  # an array for each batch
    signatures: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Batch:
    """A batch that a loader gave."""

    walk: Walk
    size: int
    labels: Tensor | None


@dataclass(slots=True)
class Pass:
    """One forward pass of a network."""

    number: int
    network: int
    size: int
    batch: Batch | None
    training_mode: bool
    dropout: bool
    batch_statistics: bool
    needs_gradient: bool
    frozen_norms_moved: bool = False
    where: str = ""
    calls: tuple[Call, ...] = ()
    time: float = 0.0
    rate: float | None = None
    steps: int = 0  # of all optimizers, before it
    source: int = 0  # without a loader: the lines that led to it and what its images are a part of
    trained: bool = False
    loss: Any = None  # a number, or a tensor of one number on another device
    loss_kind: str = ""
    loss_where: str = ""
    loss_of_step: Any = None
    hits: Any = None
    labels: Tensor | None = None
    predicted: Tensor | None = None  # the class of each image
    statistics: tuple[float, float] | None = None
    signatures: Any = None
    read: set[int] = field(default_factory=set)  # places of the batch whose prediction was read alone


@dataclass(slots=True)
class Tag:
    """What is known about a tensor.

    Attributes:
        passes: the passes that it was computed from.
        batch: the batch that it was computed from.
        operations: the operations after the network's output, the last eight.
        is_loss: whether a loss function is among them.
        prediction: whether it holds class numbers (from argmax).
    """

    passes: tuple[Pass, ...] = ()
    batch: Batch | None = None
    operations: tuple[str, ...] = ()
    is_loss: bool = False
    prediction: bool = False


def merge_tags(tags: Sequence[Tag]) -> Tag:
    """Join the tags of an operation's arguments.

    Arguments:
        tags: two or more.

    Returns:
        One tag with the passes of all.
    """
    passes: dict[int, Pass] = {}
    batch: Batch | None = None
    operations: tuple[str, ...] = ()
    for tag in tags:
        passes.update((each.number, each) for each in tag.passes)
        batch = batch or tag.batch
        operations = operations if len(operations) >= len(tag.operations) else tag.operations
    newest = tuple(passes[number] for number in sorted(passes)[-64:])
    return Tag(newest, batch, operations, any(tag.is_loss for tag in tags), any(tag.prediction for tag in tags))


class Tags:
    """Remembers a `Tag` for tensors, as long as they live. Nothing is written into the tensors themselves."""

    def __init__(self) -> None:
        self._tags: dict[int, tuple[weakref.ref[Tensor], Tag]] = {}

    def get(self, tensor: Tensor) -> Tag | None:
        """Look up a tensor.

        Arguments:
            tensor: the tensor.

        Returns:
            Its tag; None if it has none.
        """
        entry = self._tags.get(id(tensor))
        return entry[1] if entry is not None and entry[0]() is tensor else None

    def put(self, tensor: Tensor, tag: Tag) -> None:
        """Remember a tensor.

        Arguments:
            tensor: the tensor.
            tag: its tag; it replaces an earlier one.
        """
        number = id(tensor)
        tags = self._tags

        def forget(_: object) -> None:
            tags.pop(number, None)

        tags[number] = weakref.ref(tensor, forget), tag

    def __len__(self) -> int:
        return len(self._tags)


class State:
    """What the observers share.

    Arguments:
        recording: grows as the program runs.
        places: finds lines of the program.
    """

    def __init__(self, recording: Recording, places: Places) -> None:
        self.recording = recording
        self.places = places
        self.tags = Tags()
        self.active = True
        self.thread = threading.get_ident()
        self.clock = 0
        self.steps = 0  # of all optimizers
        self.backward_since_step = False
        self.new_rounds: set[int] = set()  # networks whose training round has begun, and that took no step since
        self.rate: float | None = None
        self.functional_pass: Callable[[Batch | None, Tensor], Pass]  # set by the observer of networks
        self.on_pass: Callable[[Pass], None] = lambda made: None
        self.before_backward: Callable[[], None] = lambda: None
        self.on_trained: Callable[[list[Pass], Any], None] = lambda passes, loss: None
        self._events: dict[tuple[str, str, str, int], Event] = {}

    @property
    def is_here(self) -> bool:
        """Whether the running thread is the one that is observed."""
        return self.active and threading.get_ident() == self.thread

    def event(self, kind: str, says: str = "", network: int = -1, where: str | None = None) -> None:
        """Record an event.

        Arguments:
            kind: see `Event`.
            says: details.
            network: the number of the network.
            where: the place; by default the running line.
        """
        where = self.places.here() if where is None else where
        key = (kind, where, says, network)
        event = self._events.get(key)
        if event is None:
            if len(self._events) >= _MOST_EVENTS:
                return
            event = self._events[key] = Event(kind, self.clock, where, says, network, 0)
            self.recording.events.append(event)
        event.times += 1
        if len(event.clocks) < _MOST_CLOCKS:
            event.clocks.append(self.clock)

    def unseen(self, sentence: str) -> None:
        """Record once that something could not be observed.

        Arguments:
            sentence: what.
        """
        if sentence not in self.recording.not_observed:
            self.recording.not_observed.append(sentence)


def shielded(method: Callable[..., R]) -> Callable[..., R | None]:
    """Keep a mistake of an observer from ending the program. It is recorded as something that was not observed.

    Arguments:
        method: a method of an observer that has a `state`.

    Returns:
        The method; it returns None where it would have raised.
    """

    @wraps(method)
    def shield(self: Any, *args: Any, **options: Any) -> R | None:
        try:
            return method(self, *args, **options)
        except Exception as error:  # whatever goes wrong in looking is no fault of the program
            self.state.unseen(f"Looking failed in {method.__qualname__}: {one_line(error)[:200]}.")
            return None

    return shield
