"""Which states a program keeps, saves and loads, and under which condition."""

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from deepstudy.watching.observer.networks import Networks
from deepstudy.watching.observer.state import State, shielded
from deepstudy.watching.observer.wrapping import wrap
from deepstudy.watching.recording import Event

_MOST_MISSING = 0.9  # of a network's parameters: then nothing was loaded
_COUNT = re.compile(r"epoch|step|iter", re.IGNORECASE)


class Saving:
    """Records copies of weights.

    Arguments:
        state: what the observers share.
        networks: knows the networks that ran.
    """

    def __init__(self, state: State, networks: Networks) -> None:
        self.state, self.networks = state, networks
        self._depth = 0
        self._checkpoint: Event | None = None  # that was loaded, and of which no network got weights yet
        self._restored: list[tuple[Event, Any]] = []

    def finish(self) -> None:
        """Fill in which networks checkpoints went into; most make their first pass after that."""
        for event, module in self._restored:
            event.network = self.networks.known(module)

    def install(self) -> None:
        """Wrap the functions that copy, save and load."""
        wrap(torch, "save", self._save)
        wrap(torch, "load", self._load)
        wrap(copy, "deepcopy", self._deepcopy)
        wrap(nn.Module, "state_dict", self._state_dict)
        wrap(nn.Module, "load_state_dict", self._load_state_dict)
        wrap(torch.optim.Optimizer, "load_state_dict", self._load_optimizer)

    def _note(self, kind: str, network: int = -1) -> None:
        if self._depth == 0 and self.state.is_here:
            guard = self.state.places.guard()
            self.state.event(kind, guard, network)
            if guard and kind != "load" and (best := self.state.places.never_set(guard)):
                self.state.event("best_never_set", best)

    def _inner(self, original: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self._depth += 1
        try:
            return original(*args, **options)
        finally:
            self._depth -= 1

    def _save(self, original: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self._note("save")
        return self._inner(original, *args, **options)

    def _load(self, original: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self._note("load")
        loaded = self._inner(original, *args, **options)
        if self._depth == 0 and self.state.is_here:
            self._note_checkpoint(loaded)
        return loaded

    @shielded
    def _note_checkpoint(self, loaded: Any) -> None:
        """Note a file that holds an epoch beside weights: training may go on from it."""
        if not isinstance(loaded, Mapping):
            return
        counts = [name for name, value in loaded.items() if type(value) is int and _COUNT.search(str(name))]
        weights = any(_holds_weights(value) for value in loaded.values())
        states = [str(name) for name, value in loaded.items() if isinstance(value, Mapping) and "param_groups" in value]
        if counts and weights:
            self.state.event("checkpoint", " ".join(states))
            self._checkpoint = self.state.recording.events[-1]

    def _load_optimizer(self, original: Callable[..., Any], optimizer: Any, *args: Any, **options: Any) -> Any:
        if self.state.is_here:
            self.state.event("optimizer_loaded")
        return original(optimizer, *args, **options)

    def _deepcopy(self, original: Callable[..., Any], *args: Any, **options: Any) -> Any:
        if self._depth == 0 and args and _holds_weights(args[0]):
            self._note("copy")
        return original(*args, **options) if self._depth else self._inner(original, *args, **options)

    def _state_dict(self, original: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self._note("state_dict")
        return self._inner(original, *args, **options)

    def _load_state_dict(self, original: Callable[..., Any], module: Any, *args: Any, **options: Any) -> Any:
        given = args[0] if args else options.get("state_dict")
        if self._depth == 0 and self.state.is_here:
            number = self.networks.known(module)
            self._note("load_state_dict", number)
            if self._checkpoint is not None:
                self._restored.append((self._checkpoint, module))
                self._checkpoint = None
            if isinstance(given, Mapping) and _shares_storage(module, given):
                self.state.event("same_storage", "", number)
            elif number >= 0 and isinstance(given, Mapping) and self.networks.is_initial(module, given):
                self.state.event("reset", network=number)
        result = self._inner(original, module, *args, **options)
        if self._depth == 0 and self.state.is_here:
            own = dict(module.named_parameters())
            missing = [name for name in getattr(result, "missing_keys", ()) if name in own]
            if len(missing) > _MOST_MISSING * max(1, len(own)):
                self.state.event("nothing_loaded", f"{len(missing)} {', '.join(missing[:2])}")
        return result


def _holds_weights(value: Any) -> bool:
    if isinstance(value, nn.Module):
        return True
    return isinstance(value, Mapping) and bool(value) and all(isinstance(each, Tensor) for each in value.values())


def _shares_storage(module: nn.Module, state: Mapping[str, Any]) -> bool:
    """Whether a state dict holds the module's own weights and not a copy of them."""
    own = dict(module.named_parameters())
    pairs = [(own[name], value) for name, value in state.items() if name in own and isinstance(value, Tensor)]
    return bool(pairs) and all(mine.data_ptr() == value.data_ptr() for mine, value in pairs)
