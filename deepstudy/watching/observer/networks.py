"""Forward passes of whole networks, seen by torch's global hooks."""

import sys
import time
from collections.abc import Mapping
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.parameter import UninitializedParameter

from deepstudy.checks.trace import tensors_in
from deepstudy.watching.observer.looks import looks_like, number_of
from deepstudy.watching.observer.state import Batch, Pass, State, Tag, shielded
from deepstudy.watching.observer.torch_calls import TorchCalls
from deepstudy.watching.recording import NetworkSeen
from deepstudy.watching.samples import sign

_SEEN_INSIDE = 3  # passes in each mode whose inside is observed too
_LOOKED_AT = 3  # passes whose output is looked at
_MOST_SIGNED = 30_000  # images without a loader, of each purpose, that get a signature
_MOST_LAYERS = 2_000
_NEAR = 3  # frames between a hook and torch's call of the module
_FULL_BATCH = 1_000  # images: a batch of that size may be a whole split


class Networks:
    """Records the passes of networks.

    Arguments:
        state: what the observers share.
        calls: is told which network runs.
    """

    def __init__(self, state: State, calls: TorchCalls) -> None:
        self.state, self.calls = state, calls
        self.modules: list[nn.Module] = []  # by number
        self._numbers: dict[int, int] = {}
        self._has_parameters: dict[int, tuple[nn.Module, bool]] = {}
        self._initial: dict[int, tuple[str, float]] = {}
        self._noisy: list[tuple[list[nn.Module], list[nn.Module]]] = []
        self._inside: dict[tuple[int, bool], int] = {}
        self._signed: dict[tuple[int, bool], int] = {}
        self._looked_at: dict[tuple[int, int], int] = {}  # passes of a series whose images were looked at
        self._functional: nn.Module | None = None
        self._root: nn.Module | None = None
        self._nested = 0
        self._pass: Pass | None = None
        self._given: Tag | None = None

        state.functional_pass = self._add_functional

    def _add_functional(self, batch: Batch | None, output: Tensor) -> Pass:
        """A pass of what the program computes without a module; all such passes are of one network."""
        if self._functional is None:
            self._functional = nn.Module()
            number = self.number(self._functional)
            self.state.recording.networks[number].kind = "The network without a module"
        self.state.clock += 1
        state = self.state
        made = Pass(
            state.clock,
            self.number(self._functional),
            len(output),
            batch,
            training_mode=False,
            dropout=False,
            batch_statistics=False,
            needs_gradient=output.requires_grad,
            where=state.places.here(),
            time=time.perf_counter(),
            rate=state.rate,
            steps=state.steps,
            source=state.places.stack() if batch is None else 0,
        )
        state.on_pass(made)
        return made

    def install(self) -> None:
        """Register the hooks."""
        nn.modules.module.register_module_forward_pre_hook(self._before)
        nn.modules.module.register_module_forward_hook(self._after, always_call=True)

    def number(self, module: nn.Module) -> int:
        """Give a network its number, and describe it when it is new.

        Arguments:
            module: the network.

        Returns:
            Its number.
        """
        found = self._numbers.get(id(module))
        if found is not None:
            return found
        number = self._numbers[id(module)] = len(self.modules)
        self.modules.append(module)  # alive to the end, so that no other module gets its id
        self.state.recording.networks.append(_describe(module, number, self.state.places.here()))
        largest = max(module.named_parameters(), key=lambda pair: _numel(pair[1]), default=None)
        if largest is not None and _numel(largest[1]) and largest[1].device.type != "meta":
            self._initial[id(module)] = largest[0], _digest(largest[1])
        noisy: list[nn.Module] = [each for each in module.modules() if isinstance(each, _DropoutNd) and each.p]
        norms: list[nn.Module] = [each for each in module.modules() if isinstance(each, _NormBase)]
        self._noisy.append((noisy, norms))
        return number

    def known(self, module: nn.Module) -> int:
        """Look up a network.

        Arguments:
            module: the network.

        Returns:
            Its number; -1 if it has made no pass.
        """
        return self._numbers.get(id(module), -1)

    def is_initial(self, module: nn.Module, state: Mapping[str, Any]) -> bool:
        """Say whether a state dict holds the weights that a network had before its first pass.

        Arguments:
            module: a network that has made a pass.
            state: a state dict.

        Returns:
            True if the largest of its weights agree.
        """
        name, initial = self._initial.get(id(module), ("", None))
        value = state.get(name)
        return initial is not None and isinstance(value, Tensor) and _digest(value) == initial

    def _is_network(self, module: nn.Module) -> bool:
        known = self._has_parameters.get(id(module))
        if known is None or known[0] is not module:
            known = module, any(True for _ in module.parameters())
            self._has_parameters[id(module)] = known
        return known[1]

    def _before(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if self._root is not None:
            self._nested += module is self._root
            return
        if not self.state.is_here:
            if self.state.active:
                self.state.unseen("Passes in other threads were not observed.")
            return
        if not self._is_network(module):  # transforms are modules too, and loaders want calls unseen
            return
        self.calls.switch_on()
        args = args or _named_arguments()
        self._root, self._nested = module, 0
        with torch._C.DisableTorchFunction():
            self._begin(module, args)
        self.calls.inside, self.calls.last_inside = module, ""
        self.calls.now, self.calls.inner_loss = self._pass, None
        key = (self._pass.network if self._pass else -1, module.training)
        self._inside[key] = self._inside.get(key, 0) + 1
        if self._inside[key] > _SEEN_INSIDE and not self.calls.has_inner_loss:
            self.calls.switch_off()

    @shielded
    def _begin(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        images = next((each for each in args if isinstance(each, Tensor)), None)
        tag = self.state.tags.get(images) if images is not None else None
        number = self.number(module)
        noisy, norms = self._noisy[number]
        self.state.clock += 1
        self._given = tag
        self._pass = Pass(
            self.state.clock,
            number,
            len(images) if images is not None and images.dim() else 0,
            tag.batch if tag is not None else None,
            module.training,
            any(each.training for each in noisy),
            any(each.training or not getattr(each, "track_running_stats", True) for each in norms),
            torch.is_grad_enabled(),
            any(each.training and not _learns(each) for each in norms),
            time=time.perf_counter(),
            rate=self.state.rate,
            steps=self.state.steps,
        )
        if self._pass.batch is None:
            self._pass.source = hash((self.state.places.stack(), _whole(images) if images is not None else 0))
        if images is not None and not (tag is not None and tag.passes):  # else what another network computed
            self._look_at_images(images, self._pass)
        if not module.training and self._inside.get((number, False), 0) < _SEEN_INSIDE and self._never_updated(norms):
            self.state.event("untrained_statistics", network=number)

    @staticmethod
    def _never_updated(norms: list[nn.Module]) -> bool:
        counts = [each.num_batches_tracked for each in norms if isinstance(each.num_batches_tracked, Tensor)]
        return bool(counts) and all(int(each) == 0 for each in counts if each.device.type == "cpu")

    def _look_at_images(self, images: Tensor, made: Pass) -> None:
        """The mean and deviation of the first images of a walk; signatures of images that no loader gave."""
        if images.device.type != "cpu" or not images.is_floating_point() or images.dim() < 2 or not images.numel():
            return
        walk = made.batch.walk if made.batch is not None else None
        key = (made.network, made.needs_gradient)
        signed = self._signed.get(key, 0)
        series = (made.network, made.source)
        self._looked_at[series] = self._looked_at.get(series, 0) + 1
        if walk.batches <= 3 if walk is not None else self._looked_at[series] <= 3:
            values = images.detach().float()
            made.statistics = (float(values.mean()), float(values.std()))
        if walk is None and signed < _MOST_SIGNED and images.dim() <= 4:
            self._signed[key] = signed + len(images)
            made.signatures = sign(np.asarray(images.detach().float()))

    def _after(self, module: nn.Module, _args: Any, output: Any) -> None:
        if module is not self._root:
            return
        if self._nested:
            self._nested -= 1
            return
        self._root = None
        self.calls.inside = None
        self.calls.switch_on()
        made, self._pass = self._pass, None
        if made is None or output is None:  # the pass raised something
            return
        with torch._C.DisableTorchFunction(), torch.no_grad():
            self._end(made, list(tensors_in(output)))

    @shielded
    def _end(self, made: Pass, outputs: list[Tensor]) -> None:
        if any(each.device.type == "meta" for each in outputs):
            return  # nothing was computed: a framework asks for shapes
        given = self._given
        earlier = given.passes if given is not None else ()
        made.needs_gradient = made.needs_gradient and any(each.requires_grad for each in outputs)
        walk = made.batch.walk if made.batch is not None else None
        is_new = self._looked_at.get((made.network, made.source), 1) <= 1
        if walk.batches <= 1 if walk is not None else is_new or made.number < 64 or made.number % 16 == 0:
            made.where = self.state.places.here()  # too slow for each pass
            made.calls = () if made.needs_gradient else self.state.places.calls()
        seen = self.state.recording.networks[made.network]
        numbers = [each for each in outputs if each.is_floating_point()]
        main = next((each for each in numbers if each.dim()), numbers[0] if numbers else None)
        if main is not None:
            made.size = made.size or (len(main) if main.dim() else 0)
            if self._inside.get((made.network, made.training_mode), 0) <= _LOOKED_AT:
                seen.output = seen.output or looks_like(main)
                seen.classes = main.shape[1] if main.dim() == 2 else seen.classes
            labels = made.batch.labels if made.batch is not None else None
            if labels is not None and main.dim() == 2 and main.shape[1] > 1 and len(labels) == len(main):
                made.predicted = main.detach().argmax(1)
                made.hits = number_of((made.predicted == labels).sum()) if labels.device == main.device else None
                made.labels = labels
        if (inner := self.calls.inner_loss) is not None:
            made.loss, made.loss_kind, made.loss_where = inner.value, inner.kind, inner.where
        tag = Tag((*earlier[-15:], made), made.batch, (self.calls.last_inside,) if self.calls.last_inside else ())
        for each in outputs:
            self.state.tags.put(each, tag)
        self.state.on_pass(made)


def _named_arguments() -> tuple[Any, ...]:
    """The arguments of a call that has only named ones, which torch's global hooks do not get."""
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_NEAR):
        frame = frame.f_back if frame is not None else None
        if frame is not None and frame.f_code.co_filename == nn.modules.module.__file__:
            named = frame.f_locals.get("kwargs")
            return tuple(named.values()) if isinstance(named, dict) else ()
    return ()


def _learns(norm: nn.Module) -> bool:
    weight = getattr(norm, "weight", None)
    return weight is None or weight.requires_grad


def _whole(images: Tensor) -> int:
    """The storage that a batch is a part of; 0 if it has its own."""
    storage = images.untyped_storage()
    is_part = storage.nbytes() > images.numel() * images.element_size() or len(images) >= _FULL_BATCH
    return storage.data_ptr() if is_part else 0


def _numel(parameter: Tensor) -> int:
    return 0 if isinstance(parameter, UninitializedParameter) else parameter.numel()


def _digest(weights: Tensor) -> float:
    """One number that tells weights apart: they are the same only if it is."""
    return float(weights.detach().double().flatten()[:4096].norm())


def _describe(module: nn.Module, number: int, where: str) -> NetworkSeen:
    parameters = [each for each in module.parameters() if not isinstance(each, UninitializedParameter)]
    named = list(module.named_modules())
    leaves = [
        (
            name,
            type(each).__name__,
            sum(p.numel() for p in each.parameters() if not isinstance(p, UninitializedParameter)),
        )
        for name, each in named
        if not list(each.children())
    ]
    norms = [(name, each) for name, each in named if isinstance(each, _NormBase) and each.track_running_stats]
    return NetworkSeen(
        number,
        type(module).__name__,
        where,
        sum(each.numel() for each in parameters),
        frozen=sum(each.numel() for each in parameters if not each.requires_grad),
        dropouts=[name for name, each in named if isinstance(each, _DropoutNd) and each.p],
        batch_norms=[name for name, _ in norms],
        frozen_norms=[name for name, each in norms if each.weight is not None and not each.weight.requires_grad],
        unregistered=_unregistered(module),
        layers=leaves[:_MOST_LAYERS],
    )


def _unregistered(module: nn.Module) -> list[str]:
    """Attributes that hold layers with weights in a list or dict, unless these are registered elsewhere as well."""
    known = {id(each) for each in module.modules()}
    found = []
    for name, each in module.named_modules():
        for attribute, value in vars(each).items():
            held = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
            layers = [one for one in held if isinstance(one, nn.Module) and id(one) not in known]
            if not attribute.startswith("_") and any(list(one.parameters()) for one in layers):
                found.append(f"{name}.{attribute}".lstrip("."))
    return found
