"""The operations of one forward pass on tensors, in order, with the module and the line that each comes from.

Rules read this graph instead of the network's code. In the graph a convolution is a convolution, in whatever way the
network is written, and the graph knows the inputs of each operation. A `TorchFunctionMode` records the pass. It sees
each call of torch from Python: the functional form of a layer, not the kernels below it.
"""

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, is_dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from deepstudy.checks.own_code import is_own

#: Operations that only rearrange the signal or keep it linear.
VIEWS = frozenset(
    "view reshape flatten squeeze unsqueeze permute transpose contiguous __getitem__ to float t movedim expand "
    "view_as reshape_as type clone half double chunk split unflatten cpu cuda".split()
)
DROPOUTS = frozenset("dropout dropout1d dropout2d dropout3d feature_dropout alpha_dropout".split())
LINEAR = VIEWS | DROPOUTS
SOFTMAXES = frozenset({"softmax", "log_softmax"})
CONVOLUTIONS = frozenset("conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d".split())
WEIGHTED = CONVOLUTIONS | {"linear", "bilinear", "addmm"}
ACTIVATIONS = frozenset(
    "relu relu_ relu6 leaky_relu leaky_relu_ prelu rrelu elu elu_ selu celu gelu silu mish hardswish hardtanh "
    "hardtanh_ tanh sigmoid softplus softsign logsigmoid hardsigmoid threshold glu clamp clamp_ sin erf".split()
)
POOLS = frozenset("max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d".split()) | frozenset(
    "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool2d lp_pool2d fractional_max_pool2d".split()
)
#: These use only the shape of their argument.
CREATORS = frozenset(
    "zeros_like ones_like empty_like full_like rand_like randn_like randint_like new_zeros new_ones new_empty new_full "
    "new_tensor bernoulli".split()
)
ADDS = frozenset("add add_ __add__ __radd__ __iadd__".split())
#: They read a property of a tensor and compute nothing.
_QUESTIONS = frozenset("shape size dim requires_grad device dtype is_leaf grad requires_grad_ grad_fn".split())
_ALIASES = {"_max_pool1d": "max_pool1d", "_max_pool2d": "max_pool2d", "_adaptive_max_pool2d": "adaptive_max_pool2d"}


@dataclass
class Operation:
    """One call of torch: the numbers of its input and output tensors, its module, and its line in the code."""

    name: str
    inputs: list[int]
    outputs: list[int]
    module: str
    where: str
    tensors: list[Tensor]  # its inputs, with weights
    results: list[Tensor]
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    custom: bool = False  # inside a `torch.autograd.Function`, which defines its gradient

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the output."""
        return tuple(self.results[0].shape) if self.results else ()

    @property
    def reduced(self) -> tuple[int, ...]:
        """The dimensions that it reduces: its argument `dim`, or all."""
        given = self.options.get("dim", self.arguments[0] if self.arguments else None)
        size = self.tensors[0].dim()
        if given is None:
            return tuple(range(size))
        each = given if isinstance(given, list | tuple) else [given]
        return tuple(int(one) % max(size, 1) for one in each if isinstance(one, int))

    @property
    def spot(self) -> str:
        """Its place for a reader: `stage1.0.conv2 (resnet.py:119)`."""
        return " ".join(part for part in (self.module, f"({self.where})" if self.where else "") if part)

    @property
    def label(self) -> str:
        """Its name for a reader: the path of its module, otherwise its operation and line."""
        return self.module if self.module else f"{self.name} at {self.where}"


@dataclass
class Trace:
    """The operations of a forward pass, and the numbers of its input and its outputs."""

    operations: list[Operation] = field(default_factory=list)
    input: int = 0
    outputs: list[int] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)  # how often each module ran
    maker: dict[int, Operation] = field(default_factory=dict)

    @cached_property
    def reaching(self) -> set[int]:
        """The numbers of all tensors that an output depends on."""
        return self.behind(*self.outputs)

    @cached_property
    def cuts(self) -> list[Operation]:
        """The operations that an output depends on, whose inputs have a gradient and whose results have none."""
        cuts = []
        for operation in self.operations:
            enters = any(tensor.requires_grad for tensor in operation.tensors)
            goes_on = any(tensor.requires_grad or not tensor.is_floating_point() for tensor in operation.results)
            if (
                enters
                and not goes_on
                and not operation.custom
                and operation.name not in CREATORS
                and self.reaching.intersection(operation.outputs)
            ):
                cuts.append(operation)
        return cuts

    def behind(self, *numbers: int) -> set[int]:
        """Find all tensors that the given tensors depend on.

        Arguments:
            numbers: the numbers of the tensors.

        Returns:
            The numbers of all tensors that they were computed from, and their own numbers.
        """
        behind: set[int] = set()
        waiting = list(numbers)
        while waiting:
            number = waiting.pop()
            if number not in behind:
                behind.add(number)
                waiting += self.maker[number].inputs if number in self.maker else []
        return behind

    def of(self, names: frozenset[str] | set[str]) -> Iterator[Operation]:
        """Find operations that an output depends on.

        Arguments:
            names: the names of the operations.

        Returns:
            The operations, in order.
        """
        reached = self.reaching
        return (each for each in self.operations if each.name in names and reached.intersection(each.outputs))

    def back(self, number: int, through: frozenset[str]) -> Operation | None:
        """Find the operation that computed a tensor.

        Arguments:
            number: the number of the tensor.
            through: names of operations to skip.

        Returns:
            The last operation of another name; None if only the input is left.
        """
        operation = self.maker.get(number)
        while operation is not None and operation.name in through:
            if not operation.inputs:
                return operation
            operation = self.maker.get(operation.inputs[0])
        return operation


@dataclass(frozen=True)
class RecordedPass:
    """A recorded forward pass.

    Attributes:
        trace: its operations.
        result: what the network returned.
        network: the network, as the pass left it.
    """

    trace: Trace
    result: Any
    network: nn.Module


def record_pass(network: nn.Module, images: Tensor) -> RecordedPass:
    """Record one forward pass, in the mode that the network is in.

    Arguments:
        network: the network.
        images: (batch, *shape).

    Returns:
        The operations of the pass, and what the network returned.
    """
    trace, stack = Trace(), [""]
    weights = {id(tensor) for tensor in (*network.parameters(), *network.buffers())}
    recorder = _Recorder(trace, weights, stack)
    with ExitStack() as hooks:
        for name, module in network.named_modules():
            if isinstance(module, torch.jit.ScriptModule):
                continue  # takes no hooks, and is one operation from outside
            hooks.callback(module.register_forward_pre_hook(_on_enter(name, stack, trace)).remove)
            hooks.callback(module.register_forward_hook(_on_exit(stack), always_call=True).remove)
        trace.input = recorder.number(images)
        with recorder, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # rules say more
            result = network(images)
    trace.outputs = [recorder.number(tensor) for tensor in tensors_in(result)]
    return RecordedPass(trace, result, network)


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Find the tensors in the input or output of a network.

    Arguments:
        value: a tensor; or a tuple, a mapping or a dataclass that contains tensors.

    Returns:
        The tensors, in order.
    """
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from tensors_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors_in(item)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from tensors_in(vars(value))


class _Recorder(TorchFunctionMode):
    """Adds each call of torch to a trace, with the numbers of its input and output tensors."""

    def __init__(self, trace: Trace, weights: set[int], stack: list[str]) -> None:
        super().__init__()
        self.trace, self.weights, self.stack = trace, weights, stack
        self.numbers: dict[int, int] = {}
        self.alive: list[Any] = []  # so that Python does not use the id of a tensor again
        self.next = 0

    def number(self, tensor: Tensor, new: bool = False) -> int:
        """Number the current contents of a tensor.

        Arguments:
            tensor: the tensor.
            new: whether an operation has just written them; they then get a new number, also in place.

        Returns:
            The number.
        """
        if new or id(tensor) not in self.numbers:
            self.numbers[id(tensor)] = self.next
            self.alive.append(tensor)
            self.next += 1
        return self.numbers[id(tensor)]

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        options = kwargs or {}
        name = _name(func)
        given = list(tensors_in((args, options)))
        # An operation in place overwrites its input, so the numbers of the inputs are taken before it.
        inputs = [self.number(tensor) for tensor in given if id(tensor) not in self.weights]
        result = func(*args, **options)
        made = [args[0]] if name == "__setitem__" else list(tensors_in(result))
        if not made or name in _QUESTIONS:
            return result
        outputs = [self.number(tensor, new=True) for tensor in made]
        plain = tuple(argument for argument in args if not isinstance(argument, Tensor))
        where, custom = _code_place()
        operation = Operation(name, inputs, outputs, self.stack[-1], where, given, made, plain, dict(options), custom)
        self.trace.operations.append(operation)
        self.trace.maker.update(dict.fromkeys(outputs, operation))
        return result


def _on_enter(name: str, stack: list[str], trace: Trace) -> Callable[..., None]:
    def hook(*_: Any) -> None:
        stack.append(name)
        trace.calls[name] = trace.calls.get(name, 0) + 1

    return hook


def _on_exit(stack: list[str]) -> Callable[..., None]:
    def hook(*_: Any) -> None:
        stack.pop()

    return hook


def _name(func: Callable[..., Any]) -> str:
    name = getattr(func, "__name__", str(func))
    if name in ("__get__", "__set__"):  # an attribute of a tensor
        name = getattr(getattr(func, "__self__", None), "__name__", name)
    return _ALIASES.get(name, name)


def code_place() -> str:
    """Find the line of the network's code that is running.

    Returns:
        `model.py:12`; empty outside of the network.
    """
    return _code_place()[0]


def _code_place() -> tuple[str, bool]:
    """The line of the network's code that is running, as `model.py:12`; and whether it is in a custom function."""
    frame = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if is_own(file):
            custom = hasattr(frame.f_locals.get("ctx"), "save_for_backward")
            return f"{Path(file).name}:{frame.f_lineno}", custom
        frame = frame.f_back  # type: ignore[assignment]
    return "", False
