"""Loaders, their walks and their batches."""

import contextlib
import io
import random
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import ConcatDataset, DataLoader, Dataset, SequentialSampler, Subset
from torch.utils.data.dataloader import _BaseDataLoaderIter
from torch.utils.data.sampler import SubsetRandomSampler, WeightedRandomSampler

from deepstudy.checks.trace import tensors_in
from deepstudy.watching.digests import digest_items
from deepstudy.watching.observer.datasets import (
    class_numbers,
    describe_dataset,
    describe_transforms,
    draws_random,
    inner_dataset,
    stored_images,
)
from deepstudy.watching.observer.state import Batch, State, Tag, Walk, shielded
from deepstudy.watching.observer.torch_calls import TorchCalls
from deepstudy.watching.observer.wrapping import wrap
from deepstudy.watching.recording import LoaderSeen
from deepstudy.watching.samples import sign

_SIGNED_WALKS = 2  # walks through a loader whose images get signatures
_MOST_ROWS = 5_000_000
_AGREEING = 0.9  # the share of images that have the commonest weight of their class
_MOST_WALKED = 16  # loaders whose data sets are kept
_DRAWN = 3  # items that are drawn again


class Loaders:
    """Records what loaders give.

    Arguments:
        state: what the observers share.
        calls: does not see what loaders compute.
        most_steps: after how many training batches a walk ends; None for no limit.
    """

    def __init__(self, state: State, calls: TorchCalls, most_steps: int | None = None) -> None:
        self.state, self.calls, self.most_steps = state, calls, most_steps
        self.on_walk: Callable[[Walk], None] = lambda walk: None
        self._numbers: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._walks: weakref.WeakKeyDictionary[Any, Walk] = weakref.WeakKeyDictionary()
        self._drawn: weakref.WeakKeyDictionary[Any, list[list[int]]] = weakref.WeakKeyDictionary()
        self._datasets: dict[int, int] = {}
        #: Of each loader, its items as what `Recording` calls rows.
        self._sources: weakref.WeakKeyDictionary[Any, NDArray[np.int64] | None] = weakref.WeakKeyDictionary()
        self._alive: list[Any] = []  # data sets, so that no other gets the id of one
        self._begun: dict[int, int] = {}
        self._walked: dict[int, Any] = {}  # the data set of each of the first loaders that was walked through
        self._next = 0

    def install(self) -> None:
        """Wrap the loader's methods."""
        wrap(DataLoader, "__init__", self._init)
        wrap(DataLoader, "__iter__", self._iterate)
        wrap(_BaseDataLoaderIter, "__next__", self._next_batch)
        wrap(_BaseDataLoaderIter, "_next_index", self._next_rows)
        Dataset.__setattr__ = self._set_attribute()  # type: ignore[method-assign]

    def _set_attribute(self) -> Callable[[Any, str, Any], None]:
        """A `__setattr__` that notes a transform set through a part of a split: `val_set.dataset.transform`."""

        def set_attribute(dataset: Any, name: str, value: Any) -> None:
            before = vars(dataset).get(name) if name == "transform" else None
            object.__setattr__(dataset, name, value)
            if name == "transform" and self.state.is_here:
                target = self.state.places.stored()
                if ".dataset" in target:
                    was, now = map(draws_random, (before, value))
                    self.state.event("transform_set", f"{self._dataset(dataset)} {was:d} {now:d} {target}")

        return set_attribute

    def finish(self) -> None:
        """Note data sets whose stored images have changed."""
        for dataset, seen in zip(self._alive, self.state.recording.datasets, strict=True):
            stored = stored_images(dataset)
            seen.changed = bool(
                seen.images_digest and stored is not None and digest_items(stored) != seen.images_digest
            )

    def draw_again(self) -> None:
        """After the end of the program, draw some items twice, to see what a transform of its own draws at random."""
        for number, dataset in self._walked.items():
            seen = self.state.recording.loaders[number]
            own = [self.state.recording.datasets[each] for each in seen.datasets]
            if not any(each.changed for each in own):
                with (
                    contextlib.redirect_stdout(io.StringIO()),
                    contextlib.redirect_stderr(io.StringIO()),
                    _same_random(),
                ):
                    seen.varies = bool(self._varies(dataset))

    @shielded
    def _varies(self, dataset: Any) -> bool:
        if not hasattr(dataset, "__getitem__") or not hasattr(dataset, "__len__"):
            return False
        for place in range(0, len(dataset), max(1, len(dataset) // _DRAWN))[:_DRAWN]:
            first, second = (_image(dataset[place]) for _ in range(2))
            if first is not None and second is not None and not torch.equal(first, second):
                return True
        return False

    def _init(self, original: Callable[..., Any], loader: Any, *args: Any, **options: Any) -> Any:
        result = original(loader, *args, **options)
        if self.state.is_here:
            with torch._C.DisableTorchFunction():
                self._describe(loader)
        return result

    @shielded
    def _describe(self, loader: Any) -> int | None:
        """Describe a loader. One that a program makes anew for each epoch is the same loader to a reader."""
        recording = self.state.recording
        roots: list[int] = []
        self._sources[loader] = self._rows(loader.dataset, roots)
        size = held = len(loader.dataset) if hasattr(loader.dataset, "__len__") else -1
        sampler = getattr(loader, "sampler", None)
        if isinstance(sampler, SubsetRandomSampler | WeightedRandomSampler):
            size = len(sampler)
        seen = LoaderSeen(
            len(recording.loaders),
            self.state.places.here(),
            self.state.places.target(),
            list(dict.fromkeys(roots)),
            size,
            loader.batch_size,
            not isinstance(sampler, SequentialSampler),
            bool(loader.drop_last),
            loader.num_workers,
            held,
        )
        same = (each.number for each in recording.loaders if replace(each, number=seen.number) == seen)
        number = self._numbers[loader] = next(same, seen.number)
        if number == seen.number:
            recording.loaders.append(seen)
            if isinstance(sampler, WeightedRandomSampler) and held == len(sampler.weights):
                self._note_weights(loader, np.asarray(sampler.weights))
        return number

    def _note_weights(self, loader: Any, weights: NDArray[Any]) -> None:
        """Note weights of a sampler that differ within classes although there are few different ones."""
        rows = self._sources.get(loader)
        datasets = self.state.recording.datasets
        if rows is None or not all(datasets[number].labels for number in np.unique(rows >> 32).tolist()):
            return
        labels = np.array([datasets[row >> 32].labels[row & 0xFFFFFFFF] for row in rows.tolist()])
        different, which = np.unique(weights, return_inverse=True)
        if not 2 <= len(different) <= len(np.unique(labels)):
            return  # weights of the images themselves
        agreeing = sum(np.bincount(which[labels == label]).max() for label in np.unique(labels).tolist())
        if agreeing < _AGREEING * len(labels):
            self.state.event("sampler_weights", f"{agreeing} {len(labels)}")

    def _dataset(self, dataset: Any) -> int:
        number = self._datasets.get(id(dataset))
        recording = self.state.recording
        if number is None:
            number = len(recording.datasets)
            recording.datasets.append(describe_dataset(dataset, number))
            self._datasets[id(dataset)] = number
            self._alive.append(dataset)
            recording.datasets[-1].where = self.state.places.here()
        return number

    def _rows(self, dataset: Any, roots: list[int]) -> NDArray[np.int64] | None:
        """The items of a data set as items of the data sets below it; None without a length. Adds these to `roots`."""
        if isinstance(dataset, ConcatDataset):
            parts = [self._rows(each, roots) for each in dataset.datasets]
            return None if any(each is None for each in parts) else np.concatenate(parts)  # type: ignore[arg-type]
        inner = (dataset.dataset, dataset.indices) if isinstance(dataset, Subset) else inner_dataset(dataset)
        if inner is not None:
            rows = self._rows(inner[0], roots)
            return rows if rows is None or inner[1] is None else rows[np.asarray(inner[1], np.int64)]
        number = self._dataset(dataset)
        roots.append(number)
        size = len(dataset) if hasattr(dataset, "__len__") else _MOST_ROWS + 1
        return (number << 32) + np.arange(size, dtype=np.int64) if size <= _MOST_ROWS else None

    def _iterate(self, original: Callable[..., Any], loader: Any) -> Any:
        if not self.state.is_here:
            return original(loader)
        off = self.calls.switch_off()
        try:
            iterator = original(loader)
        finally:
            if off:
                self.calls.switch_on()
        number = self._numbers.get(loader)
        if number is None:
            number = self._describe(loader)
        if number is None:  # that failed
            return iterator
        self._refresh(loader)
        index = self._begun.get(number, 0)
        self._begun[number] = index + 1
        if len(self._walked) < _MOST_WALKED:
            self._walked.setdefault(number, loader.dataset)
        walk = Walk(self._next, number, index, self._sources.get(loader))
        self._next += 1
        self._walks[iterator] = walk
        self.on_walk(walk)
        return iterator

    @shielded
    def _refresh(self, loader: Any) -> None:
        """Note transforms that a program set after it had made the loader."""
        waiting = [loader.dataset]
        while waiting:
            dataset = waiting.pop()
            held = vars(dataset) if hasattr(dataset, "__dict__") else {}
            waiting += [value for value in held.values() if isinstance(value, Dataset)]
            number = self._datasets.get(id(dataset))
            if number is not None:
                seen = self.state.recording.datasets[number]
                seen.transforms, seen.random_transforms = describe_transforms(dataset)

    def _next_rows(self, original: Callable[..., Any], iterator: Any) -> Any:
        rows = original(iterator)
        if self.state.is_here:
            drawn = self._drawn.get(iterator)
            if drawn is None:
                drawn = self._drawn[iterator] = []
            one = [rows] if isinstance(rows, int) else rows
            drawn.append([int(row) for row in one] if isinstance(one, list) and None not in one else [])
        return rows

    def _next_batch(self, original: Callable[..., Any], iterator: Any) -> Any:
        walk = self._walks.get(iterator) if self.state.is_here else None
        if walk is None:
            return original(iterator)
        if self.most_steps is not None and walk.trained >= self.most_steps:
            raise StopIteration
        off = self.calls.switch_off()
        try:
            data = original(iterator)
        except StopIteration:
            walk.complete = True
            raise
        finally:
            if off:
                self.calls.switch_on()
        with torch._C.DisableTorchFunction():
            self._tag(walk, iterator, data)
        return data

    @shielded
    def _tag(self, walk: Walk, iterator: Any, data: Any) -> None:
        """Tag the tensors of a batch, and sign its images in the first walks."""
        tensors = list(tensors_in(data))
        images = next((each for each in tensors if each.is_floating_point() and each.dim() > 1), None)
        images = images if images is not None else next((each for each in tensors if each.dim() > 1), None)
        size = len(images) if images is not None else len(tensors[0]) if tensors and tensors[0].dim() else 0
        labels = next((each for each in (class_numbers(one, size) for one in tensors) if each is not None), None)
        batch = Batch(walk, size, labels)
        walk.batches += 1
        walk.images += size
        rows = self._drawn.get(iterator)
        rows_of_batch = rows.pop(0) if rows else []
        if walk.source is not None and len(rows_of_batch) == size:
            walk.rows.append(walk.source[rows_of_batch])
        for each in tensors:
            self.state.tags.put(each, Tag((), batch))
        if walk.index < _SIGNED_WALKS and images is not None and images.dim() <= 4 and images.device.type == "cpu":
            walk.signatures.append(sign(np.asarray(images.detach().float())))


def _image(item: Any) -> Tensor | None:
    """A copy of the first tensor of an item that may be an image, or a row of features."""
    return next((each.clone() for each in tensors_in(item) if each.is_floating_point() and each.dim()), None)


@contextlib.contextmanager
def _same_random() -> Iterator[None]:
    """Leave the states of the random numbers as they are: what `atexit` holds may still draw some."""
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
