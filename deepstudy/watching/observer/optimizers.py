"""Optimizers, their steps and their schedules; clipping and gradients."""

import math
import weakref
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer, lr_scheduler
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from deepstudy.watching.observer.layers import Layers
from deepstudy.watching.observer.networks import Networks
from deepstudy.watching.observer.state import State, shielded
from deepstudy.watching.observer.torch_calls import TorchCalls
from deepstudy.watching.observer.wrapping import wrap
from deepstudy.watching.recording import OptimizerSeen, SchedulerSeen

_LOOKED_AT = 6  # first steps whose gradients are looked at
_MOST_STEPS = 100_000  # of a schedule that are kept
_SETTINGS = "T_max step_size gamma total_steps eta_min T_0 T_mult patience factor last_epoch total_iters".split()


class Optimizers:
    """Records optimizers and schedules.

    Arguments:
        state: what the observers share.
        calls: does not see what optimizers compute.
        networks: knows the networks that ran.
    """

    def __init__(self, state: State, calls: TorchCalls, networks: Networks) -> None:
        self.state, self.calls, self.networks = state, calls, networks
        self.layers = Layers()
        self._numbers: dict[int, int] = {}
        self._alive: list[Optimizer] = []
        self._off = False
        self._gradients: dict[int, weakref.ref[Tensor]] = {}  # of each optimizer: a gradient that its last step used
        self._zeroed: set[int] = set()  # optimizers whose gradients were set to 0 since their last step
        self._reset_layers: dict[int, set[int]] = {}  # of each network, since its last training began
        self._stale: set[int] = set()  # optimizers that hold gradients since another one's step
        self._mixed: set[int] = set()  # those of them to whose gradients a new loss was added
        self._schedulers: dict[int, int] = {}
        self._schedulers_alive: list[Any] = []
        self._depth = 0

    def install(self) -> None:
        """Register the hooks, and wrap constructors and what has no hook."""
        self.state.before_backward = self._before_backward
        register_optimizer_step_pre_hook(self._before)
        register_optimizer_step_post_hook(self._after)
        wrap(Optimizer, "__init__", self._init)
        wrap(Optimizer, "zero_grad", self._zero_grad)
        wrap(nn.Module, "zero_grad", self._zero_grad_of_module)
        for kind in (nn.Linear, nn.modules.conv._ConvNd, nn.modules.batchnorm._NormBase):
            wrap(kind, "reset_parameters", self._reset)
        for name in ("clip_grad_norm_", "clip_grad_value_"):
            wrap(nn.utils, name, self._clip)
            setattr(nn.utils.clip_grad, name, getattr(nn.utils, name))
        bases = (lr_scheduler.LRScheduler, lr_scheduler.ReduceLROnPlateau)
        wrap(lr_scheduler.LRScheduler, "__init__", self._init_schedule)
        if "__init__" in vars(lr_scheduler.ReduceLROnPlateau):
            wrap(lr_scheduler.ReduceLROnPlateau, "__init__", self._init_schedule)
        for kind in vars(lr_scheduler).values():
            if isinstance(kind, type) and issubclass(kind, bases) and "step" in vars(kind):
                wrap(kind, "step", self._step_schedule)

    def finish(self) -> None:
        """Fill in what is known only at the end: the networks that each optimizer changes."""
        for optimizer in self._alive:
            seen = self.state.recording.optimizers[self._numbers[id(optimizer)]]
            self._assign_networks(optimizer, seen)
        for seen_network in self.state.recording.networks:
            seen_network.tensors = self.layers.names(seen_network.number)

    def _init(self, original: Callable[..., Any], optimizer: Optimizer, *args: Any, **options: Any) -> Any:
        result = original(optimizer, *args, **options)
        if self.state.is_here and id(optimizer) not in self._numbers:
            self._describe(optimizer)
        return result

    def _describe(self, optimizer: Optimizer) -> OptimizerSeen:
        number = self._numbers[id(optimizer)] = len(self._alive)
        self._alive.append(optimizer)
        settings = {
            key: float(value)
            for key, value in optimizer.defaults.items()
            if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        }
        seen = OptimizerSeen(
            number, type(optimizer).__name__, self.state.places.here(), self.state.clock, settings, _size(optimizer)
        )
        self.state.recording.optimizers.append(seen)
        return seen

    def _seen(self, optimizer: Optimizer) -> OptimizerSeen:
        number = self._numbers.get(id(optimizer))
        return self._describe(optimizer) if number is None else self.state.recording.optimizers[number]

    @shielded
    def _before_backward(self) -> None:
        """Note gradients that a new loss is added to, although another optimizer made a step since."""
        for number in self._stale - self._mixed:
            if _has_gradient(self._alive[number]):
                self._mixed.add(number)

    @shielded
    def _note_stale(self, stepped: OptimizerSeen) -> None:
        """Note which other optimizers hold gradients at a step."""
        self._mixed.discard(stepped.number)
        self._stale.discard(stepped.number)
        for number, other in enumerate(self._alive):
            seen = self.state.recording.optimizers[number]
            if number != stepped.number and seen.steps <= _LOOKED_AT and _has_gradient(other):
                self._stale.add(number)

    def _before(self, optimizer: Optimizer, args: Any, options: Any) -> None:
        if not self.state.is_here:
            return
        self._depth += 1
        # The arguments begin with the optimizer itself.
        closure = any(callable(each) for each in args[1:]) or callable(options.get("closure"))
        self._off = not closure and self.calls.switch_off()
        seen = self._seen(optimizer)
        if seen.first_step < 0:
            seen.first_step, seen.step_where = self.state.clock, self.state.places.here()
        if seen.steps < _LOOKED_AT:
            seen.left_over += seen.number in self._mixed
        if seen.looked_at < _LOOKED_AT and not closure:
            self._look_at_gradients(optimizer, seen)
        if self.state.new_rounds and not closure:  # with a closure, there are no gradients yet
            self._look_at_layers(optimizer)

    def _look_at_layers(self, optimizer: Optimizer) -> None:
        """At the first step of a training round, keep how large the network's weights and gradients are."""
        own = {id(each) for group in optimizer.param_groups for each in group["params"]}
        for number in sorted(self.state.new_rounds):
            module = self.networks.modules[number]
            if any(id(each) in own for each in module.parameters()):
                self.state.new_rounds.discard(number)
                self.layers.record(number, module, self.state.clock)
                self._note_partial_reset(number, module)

    @shielded
    def _look_at_gradients(self, optimizer: Optimizer, seen: OptimizerSeen) -> None:
        gradients = [each.grad for group in optimizer.param_groups for each in group["params"] if each.grad is not None]
        if gradients and gradients[0].device.type != "cpu":
            return  # looking would wait for the device
        seen.looked_at += 1
        if not any(bool(each.any()) for each in gradients):
            seen.without_gradient += 1
            return
        before = self._gradients.get(seen.number)
        last = before() if before is not None else None
        same = last is not None and any(each is last for each in gradients)
        if same and seen.number not in self._zeroed and last is not None and last.data_ptr() not in self.calls.zeroed:
            seen.carried += 1
        self.calls.zeroed.clear()

    def _after(self, optimizer: Optimizer, _args: Any, _options: Any) -> None:
        if not self.state.is_here:
            return
        self._depth = max(0, self._depth - 1)
        seen = self._seen(optimizer)
        seen.steps += 1
        seen.last_step = self.state.clock
        self.state.steps += 1
        rate = float(optimizer.param_groups[0].get("lr", 0.0))
        rate = rate if math.isfinite(rate) else 0.0
        self.state.rate = rate
        if seen.rates and seen.rates[-1][0] == rate:
            seen.rates[-1] = rate, seen.rates[-1][1] + 1
        elif len(seen.rates) < _MOST_STEPS:
            seen.rates.append((rate, 1))
        if seen.steps <= _LOOKED_AT:
            gradients = (each.grad for group in optimizer.param_groups for each in group["params"])
            first = next((each for each in gradients if each is not None), None)
            if first is not None:
                self._gradients[seen.number] = weakref.ref(first)
        if seen.steps in (1, 50):
            self._assign_networks(optimizer, seen)
            seen.states_kept = any(isinstance(each, dict) and each for each in optimizer.state.values()) and (
                seen.kind != "SGD" or bool(seen.settings.get("momentum"))
            )
        if len(self._alive) > 1 and seen.steps <= 2 * _LOOKED_AT:
            self._note_stale(seen)
        self._zeroed.discard(seen.number)
        self.state.backward_since_step = False
        if self._off:
            self.calls.switch_on()

    @shielded
    def _assign_networks(self, optimizer: Optimizer, seen: OptimizerSeen) -> None:
        """Find the networks of its parameters, and what gets gradients but is in no optimizer."""
        own = {id(each): each for group in optimizer.param_groups for each in group["params"]}
        held = {id(each) for other in self._alive for group in other.param_groups for each in group["params"]}
        seen.parameters = _size(optimizer)
        seen.networks, of_networks = [], set[int]()
        for number, module in enumerate(self.networks.modules):
            named = dict(module.named_parameters())
            inside = {id(each) for each in named.values()} & own.keys()
            if inside:
                seen.networks.append(number)
                missing = [name for name, each in named.items() if each.grad is not None and id(each) not in held]
                seen.left_out = list(dict.fromkeys(seen.left_out + missing)) if seen.steps else []
            of_networks |= inside
        seen.foreign = sum(each.numel() for key, each in own.items() if key not in of_networks)

    def _zero_grad(self, original: Callable[..., Any], optimizer: Optimizer, *args: Any, **options: Any) -> Any:
        if self.state.is_here:
            seen = self._seen(optimizer)
            self._set_to_zero(seen.number)
            if self.state.backward_since_step and self._depth == 0:
                seen.thrown_away += 1
                self.state.backward_since_step = False
            off = self.calls.switch_off()
            try:
                return original(optimizer, *args, **options)
            finally:
                if off:
                    self.calls.switch_on()
        return original(optimizer, *args, **options)

    def _set_to_zero(self, number: int) -> None:
        self._zeroed.add(number)
        self._stale.discard(number)
        self._mixed.discard(number)

    def _zero_grad_of_module(self, original: Callable[..., Any], module: nn.Module, *args: Any, **options: Any) -> Any:
        if self.state.is_here:
            own = {id(each) for each in module.parameters()}
            for optimizer in self._alive:
                if any(id(each) in own for group in optimizer.param_groups for each in group["params"]):
                    self._set_to_zero(self._numbers[id(optimizer)])
        return original(module, *args, **options)

    def _clip(self, original: Callable[..., Any], *args: Any, **options: Any) -> Any:
        if self.state.is_here and not self.state.backward_since_step:
            self.state.event("clip_without_backward")
        elif self.state.is_here:
            self.state.event("clip")
        return original(*args, **options)

    def _reset(self, original: Callable[..., Any], layer: nn.Module) -> Any:
        if self.state.is_here and self.state.clock:
            for number, module in enumerate(self.networks.modules):
                if any(each is layer for each in module.modules()):
                    if not isinstance(layer, nn.modules.batchnorm._NormBase):
                        self.state.event("reset", network=number)
                    self._reset_layers.setdefault(number, set()).add(id(layer))
        return original(layer)

    @shielded
    def _note_partial_reset(self, number: int, module: nn.Module) -> None:
        """At the begin of a training, note what of a network was not reset although other layers of it were."""
        reset = self._reset_layers.pop(number, None)
        if reset is None:
            return
        kinds = (nn.Linear, nn.modules.conv._ConvNd, nn.modules.batchnorm._NormBase)
        own = {name: each for name, each in module.named_modules() if isinstance(each, kinds)}
        left = [name for name, each in own.items() if id(each) not in reset and any(True for _ in each.parameters())]
        if left and any(each.requires_grad for name in left for each in own[name].parameters()):
            self.state.event("partial_reset", f"{len(left)} {len(own)} {', '.join(left[:3])}", number)

    def _init_schedule(self, original: Callable[..., Any], schedule: Any, *args: Any, **options: Any) -> Any:
        new = id(schedule) not in self._schedulers
        if new and self.state.is_here:
            number = self._schedulers[id(schedule)] = len(self._schedulers_alive)
            self._schedulers_alive.append(schedule)
            self.state.recording.schedulers.append(
                SchedulerSeen(number, type(schedule).__name__, self.state.places.here(), -1)
            )
        self._depth += 1
        try:
            result = original(schedule, *args, **options)
        finally:
            self._depth -= 1
        if new and self.state.is_here:
            self._settle_schedule(schedule)
        return result

    @shielded
    def _settle_schedule(self, schedule: Any) -> None:
        seen = self.state.recording.schedulers[self._schedulers[id(schedule)]]
        optimizer = getattr(schedule, "optimizer", None)
        if isinstance(optimizer, Optimizer):
            seen.optimizer = self._seen(optimizer).number
        seen.settings |= {
            name: float(value)
            for name in _SETTINGS
            if isinstance(value := getattr(schedule, name, None), int | float) and not isinstance(value, bool)
        }
        seen.mode = str(getattr(schedule, "mode", ""))
        milestones = getattr(schedule, "milestones", None)
        seen.milestones = sorted(int(each) for each in milestones) if milestones else []

    def _step_schedule(self, original: Callable[..., Any], schedule: Any, *args: Any, **options: Any) -> Any:
        number = self._schedulers.get(id(schedule))
        if number is not None and self._depth == 0 and self.state.is_here:
            seen = self.state.recording.schedulers[number]
            self._settle_schedule(schedule)  # what subclasses set after the constructor of their base
            seen.step_where = seen.step_where or self.state.places.here()
            if len(seen.steps) < _MOST_STEPS:
                optimizer = seen.optimizer
                seen.steps.append(
                    self.state.recording.optimizers[optimizer].steps if optimizer >= 0 else self.state.steps
                )
            metric = next((each for each in (*args, options.get("metrics")) if each is not None), None)
            value = float(metric) if "Plateau" in seen.kind and metric is not None else math.nan
            if math.isfinite(value) and len(seen.metrics) < 10_000:  # JSON has no other numbers
                seen.metrics.append((self.state.clock, value))
        self._depth += 1
        try:
            return original(schedule, *args, **options)
        finally:
            self._depth -= 1


def _has_gradient(optimizer: Optimizer) -> bool:
    """Whether the first of its gradients is there and not 0; looked at on the CPU alone."""
    gradients = (each.grad for group in optimizer.param_groups for each in group["params"])
    first = next((each for each in gradients if each is not None), None)
    return first is not None and first.device.type == "cpu" and bool(first.any())


def _size(optimizer: Optimizer) -> int:
    params = [each for group in optimizer.param_groups for each in group["params"]]
    return sum(each.numel() for each in params if not isinstance(each, nn.parameter.UninitializedParameter))
