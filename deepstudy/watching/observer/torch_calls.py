"""Calls of torch from the program's own code: losses, predictions, comparisons, `backward`.

One `TorchFunctionMode` sees them. It hands the tag of a network's output on through each operation, so that a loss or
a count of hits is known to belong to a pass. Inside networks it is switched off after their first passes, and while
loaders and optimizers work, so that it costs little.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter
from torch.overrides import TorchFunctionMode

from deepstudy.watching.observer.items import Items
from deepstudy.watching.observer.looks import is_outside, looks_like, number_of
from deepstudy.watching.observer.state import Pass, State, Tag, merge_tags, shielded

#: Losses that compare with class numbers or probabilities.
CLASS_LOSSES = frozenset({"cross_entropy", "nll_loss", "multi_margin_loss"})
LOSSES = CLASS_LOSSES | {
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "kl_div",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "soft_margin_loss",
    "gaussian_nll_loss",
    "poisson_nll_loss",
}
_REGRESSION = frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"})
_DROPOUTS = frozenset("dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout".split())
#: They read a property of a tensor and compute nothing.
_QUESTIONS = frozenset("size dim numel item __len__ is_floating_point data_ptr __bool__ __format__".split())
_SIGMOIDS = frozenset({"sigmoid", "sigmoid_", "hardsigmoid"})
_LOOKED_AT = 3  # calls of a loss at one place whose input is looked at
_NO_OPERATIONS = frozenset(
    "detach cpu to cuda float double clone contiguous __get__ __getitem__ squeeze unsqueeze view flatten unflatten "
    "reshape view_as reshape_as permute transpose chunk split".split()
)


@dataclass(frozen=True)
class InnerLoss:
    """A loss that a network computed within its own pass.

    Attributes:
        kind: the function.
        value: its mean over the batch, or a tensor on another device; None if it has no value.
        where: the line.
    """

    kind: str
    value: Any
    where: str


class TorchCalls(TorchFunctionMode):
    """Sees each call of torch of the observed thread.

    Arguments:
        state: what the observers share.
    """

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.inside: Any = None  # the network whose forward pass runs
        self.now: Pass | None = None  # that pass
        self.inner_loss: InnerLoss | None = None  # that the running network computed itself
        self.has_inner_loss = False  # whether any network ever did
        self.last_inside = ""  # the last operation of that pass that computed something
        self.is_on = False
        self.zeroed: set[int] = set()  # the storages of gradients that were set to 0 by hand
        self._items = Items(state)
        self._looked_at: Counter[tuple[str, str]] = Counter()
        self._special: dict[str, Callable[..., Any]] = {
            **dict.fromkeys(LOSSES, self._loss),
            **dict.fromkeys(_DROPOUTS, self._dropout),
            **dict.fromkeys(("argmax", "max", "topk", "sort"), self._prediction),
            **dict.fromkeys(("eq", "__eq__"), self._comparison),
            **dict.fromkeys(("sub", "__sub__", "rsub", "__rsub__"), self._difference),
            **dict.fromkeys("gt ge lt le __gt__ __ge__ __lt__ __le__ round sign".split(), self._threshold),
            **dict.fromkeys(("numpy", "tolist"), self._read),
            **dict.fromkeys(("zero_", "fill_"), self._zero),
            **dict.fromkeys(("__getitem__", "index_select"), self._item),
            "__setitem__": self._set_item,
            "backward": self._backward,
            "grad": self._grad,
        }

    def switch_on(self) -> None:
        """See calls from now on."""
        if not self.is_on and self.state.is_here:
            self.__enter__()  # type: ignore[no-untyped-call]
            self.is_on = True

    def switch_off(self) -> bool:
        """See no calls from now on, where no other mode was entered since.

        Returns:
            Whether it was on.
        """
        if not self.is_on or not self.state.is_here:
            return False
        top = torch._C._len_torch_function_stack() - 1
        if top < 0 or torch._C._get_function_stack_at(top) is not self:
            return False
        self.__exit__(None, None, None)
        self.is_on = False
        return True

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        options = kwargs or {}
        if not self.state.active:
            return func(*args, **options)
        name = getattr(func, "__name__", "")
        if self.inside is not None and name not in _NO_OPERATIONS and name not in _QUESTIONS:
            self.last_inside = name
        special = self._special.get(name)
        if special is not None:
            return special(func, name, args, options)
        if self.inside is not None or name in _QUESTIONS or not len(self.state.tags):
            return func(*args, **options)
        tag = self._tag(args)
        result = func(*args, **options)
        if tag is not None:
            self.spread(result, tag, name)
        return result

    def spread(self, result: Any, tag: Tag, name: str) -> None:
        """Tag what an operation computed.

        Arguments:
            result: a tensor, or a tuple or list of tensors.
            tag: the tag of its input.
            name: the operation; "" for none.
        """
        if isinstance(result, Tensor):
            operations = tag.operations
            if name and name not in _NO_OPERATIONS:
                operations = (*operations[-7:], name)
            self.state.tags.put(result, Tag(tag.passes, tag.batch, operations, tag.is_loss, tag.prediction))
        elif isinstance(result, tuple | list):
            for each in result[:8]:
                if isinstance(each, Tensor):
                    self.spread(each, tag, name)

    def _tag(self, args: Sequence[Any]) -> Tag | None:
        """The tags of all arguments in one."""
        found: list[Tag] = []
        get = self.state.tags.get
        for each in args:
            if isinstance(each, Tensor):
                if (tag := get(each)) is not None:
                    found.append(tag)
            elif isinstance(each, tuple | list):
                found += [tag for one in each[:16] if isinstance(one, Tensor) and (tag := get(one)) is not None]
        if len(found) < 2:
            return found[0] if found else None
        return merge_tags(found)

    def _loss(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        given = [*args, *(options[key] for key in ("input", "target") if key in options)]
        if len(given) >= 2 and isinstance(given[0], Tensor) and isinstance(given[1], Tensor):
            self._note_functional(name, given[0], given[1])
        result = func(*args, **options)
        if self.inside is not None:
            self._note_inner(name, given, result, options.get("reduction", "mean"))
            return result
        tag = self._tag(given)
        if not isinstance(result, Tensor) or tag is None or len(given) < 2:
            return result
        output, target = given[0], given[1]
        own = self.state.tags.get(output) if isinstance(output, Tensor) else None
        if own is not None and own.passes and isinstance(target, Tensor):
            self._note_loss(own, name, result, target, output, options.get("reduction", "mean"))
            self._note_weights(name, options.get("weight"))
        self.state.tags.put(result, Tag(tag.passes, tag.batch, (*tag.operations[-7:], name), True))
        return result

    @shielded
    def _note_inner(self, name: str, given: Sequence[Any], result: Any, reduction: str) -> None:
        """Note a loss that a network computes itself, as those of Hugging Face do."""
        tensors = [each for each in given[:2] if isinstance(each, Tensor)]
        if len(tensors) < 2 or not isinstance(result, Tensor) or result.dim() or not len(tensors[0]):
            return
        mean = result.detach() / len(tensors[0]) if reduction == "sum" else result.detach()
        where = self.state.places.here()
        self.inner_loss = InnerLoss(name, number_of(mean), where)
        self.has_inner_loss = True
        if self._looked_at[name, where] < _LOOKED_AT and self.now is not None:
            self._looked_at[name, where] += 1
            tag = Tag((self.now,), None, (self.last_inside,) if self.last_inside else ())
            self._look_at_input(tag, name, tensors[1], tensors[0], where)

    @shielded
    def _note_functional(self, name: str, output: Tensor, target: Tensor) -> None:
        """Take an output that no module computed, such as `x @ W + b`, for a pass of a network without a module."""
        if self.inside is not None or name not in CLASS_LOSSES or output.dim() != 2 or target.dim() != 1:
            return
        tag = self.state.tags.get(output)
        if tag is None or not tag.passes:
            made = self.state.functional_pass(tag.batch if tag is not None else None, output)
            self.state.tags.put(output, Tag((made,), made.batch, tag.operations if tag is not None else ()))

    @shielded
    def _note_loss(self, tag: Tag, name: str, result: Tensor, target: Tensor, output: Tensor, reduction: str) -> None:
        made = tag.passes[-1]
        where = self.state.places.here()
        if target.device.type == "meta":
            return
        if made.loss is None:
            mean = result.detach() if result.dim() == 0 else result.detach().float().mean()
            made.loss = number_of(mean / made.size) if reduction == "sum" and made.size else number_of(mean)
            made.loss_kind, made.loss_where = name, where
        if name in CLASS_LOSSES and target.dim() == 1 and not target.is_floating_point():
            made.labels = target.detach()
            if made.hits is None and output.dim() == 2 and len(target) == len(output):
                made.predicted = output.detach().argmax(1)
                made.hits = number_of((made.predicted == target).sum())
        if self._looked_at[name, where] < _LOOKED_AT:
            self._looked_at[name, where] += 1
            self._look_at_input(tag, name, target, output, where)

    @shielded
    def _note_weights(self, name: str, weight: Any) -> None:
        """Record the weights of classes, once a place."""
        if name in CLASS_LOSSES and isinstance(weight, Tensor) and weight.dim() == 1 and len(weight) <= 1_000:
            where = self.state.places.here()
            if self._looked_at["weight", where] < 1:
                self._looked_at["weight", where] += 1
                values = " ".join(f"{float(each):.6g}" for each in weight.detach().cpu())
                self.state.event("class_weights", values, where=where)

    def _look_at_input(self, tag: Tag, name: str, target: Tensor, output: Tensor, where: str) -> None:
        """Record an input that does not suit the loss, and shapes that broadcast."""
        network = tag.passes[-1].network
        kind = looks_like(output)
        fits = {
            "cross_entropy": kind not in ("softmax", "sigmoid"),
            "nll_loss": kind == "log_softmax",
            "binary_cross_entropy_with_logits": kind not in ("softmax", "sigmoid"),
            "kl_div": kind == "log_softmax",
        }.get(name, True)
        if kind == "sigmoid" and not _SIGMOIDS.intersection(tag.operations):
            return  # numbers between 0 and 1 may be logits of a network that has hardly learned
        if kind and not fits:
            self.state.event("loss_input", f"{name} {kind}", network, where)
        elif not kind and not fits and output.dim() == 2:
            self.state.event("loss_input", f"{name} logits", network, where)
        if name not in _REGRESSION:
            return
        if kind in ("sigmoid", "softmax") and target.shape == output.shape and is_outside(target):
            self.state.event("loss_input", f"{name} range", network, where)
        if output.shape != target.shape:
            self.state.event("broadcast", f"{name} {tuple(output.shape)} {tuple(target.shape)}", network, where)

    def _prediction(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        result = func(*args, **options)
        if self.inside is not None or not args or not isinstance(args[0], Tensor):
            return result
        tag = self.state.tags.get(args[0])
        if tag is None:
            return result
        numbers = result if isinstance(result, Tensor) else result[1] if isinstance(result, tuple) else None
        if isinstance(result, tuple):
            self.spread(result[0], tag, name)
        if not isinstance(numbers, Tensor) or numbers.is_floating_point():
            self.spread(result, tag, name)
            return result
        if tag.passes:
            self._note_dimension(tag, name, args, options)
            for each in tag.passes[-1:]:
                each.loss_kind = each.loss_kind or "predicted"
        self.state.tags.put(numbers, Tag(tag.passes, tag.batch, (*tag.operations[-7:], name), tag.is_loss, True))
        return result

    @shielded
    def _note_dimension(self, tag: Tag, name: str, args: Sequence[Any], options: dict[str, Any]) -> None:
        scores: Tensor = args[0]
        if scores.dim() != 2 or scores.shape[0] < 2 or scores.shape[1] < 2 or name not in ("argmax", "max"):
            return
        dimension = options.get("dim", args[1] if len(args) > 1 else None)
        if dimension is None or (isinstance(dimension, int) and dimension % 2 == 0):
            said = "all" if dimension is None else str(dimension)
            self.state.event("argmax_dim", f"{name} {said} {tuple(scores.shape)}", tag.passes[-1].network)

    def _comparison(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        result = func(*args, **options)
        if self.inside is not None or not isinstance(result, Tensor):
            return result
        tag = self._tag(args)
        if tag is None:
            return result
        self.spread(result, tag, name)
        tags = [self.state.tags.get(each) if isinstance(each, Tensor) else None for each in args[:2]]
        predicted = next((each for each in tags if each is not None and each.prediction and each.passes), None)
        both = all(isinstance(each, Tensor) for each in args[:2]) and len(args) > 1
        if predicted is not None and both:
            self._note_hits(predicted, args, result)
        return result

    @shielded
    def _note_hits(self, tag: Tag, args: Sequence[Any], result: Tensor) -> None:
        made, shapes = tag.passes[-1], [tuple(each.shape) for each in args[:2]]
        numbers = max(shapes[0][0] if shapes[0] else 1, shapes[1][0] if shapes[1] else 1)
        if result.numel() > numbers and shapes[0] != shapes[1] and min(map(len, shapes)) == 1 and made.size > 1:
            if result.numel() == numbers**2:
                self.state.event("broadcast", f"== {shapes[0]} {shapes[1]}", made.network)
        elif result.dim() == 1 and len(result) == made.size and not any("topk" in each for each in tag.operations):
            made.hits = number_of(result.sum())
            made.loss_kind = made.loss_kind if made.loss_kind not in ("", "predicted") else "compared"

    def _threshold(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """A prediction of two classes: where the output is above a number."""
        result = func(*args, **options)
        tag = self._tag(args) if self.inside is None else None
        if tag is not None:
            self.spread(result, tag, name)
            if tag.passes and isinstance(result, Tensor) and not tag.is_loss and result.numel() == tag.passes[-1].size:
                tag.passes[-1].loss_kind = tag.passes[-1].loss_kind or "predicted"
                self._note_classes(tag.passes[-1], result)
        return result

    @shielded
    def _note_classes(self, made: Pass, result: Tensor) -> None:
        """Keep the predicted one of two classes."""
        labels = made.batch.labels if made.batch is not None else None
        if made.predicted is None and labels is not None and len(labels) == result.numel():
            made.predicted, made.labels = result.detach().flatten().long(), labels

    def _read(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """An output, or a prediction, that leaves torch, for numpy or scikit-learn to score."""
        tag = self._tag(args) if self.inside is None else None
        is_whole = tag is not None and bool(tag.passes) and 1 <= args[0].dim() <= 2 and not tag.is_loss
        if tag is not None and is_whole and len(args[0]) == tag.passes[-1].size:
            tag.passes[-1].loss_kind = tag.passes[-1].loss_kind or "read"
        return func(*args, **options)

    def _item(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """One prediction of a batch, or one hit, that is read alone."""
        result = func(*args, **options)
        self._items.take(args[0], args[1])
        tag = self.state.tags.get(args[0]) if self.inside is None and isinstance(args[0], Tensor) else None
        if tag is not None:
            self.spread(result, tag, name)
            if not tag.passes and isinstance(args[-1], Tensor) and tag.batch is not None:
                self._items.note_order(tag.batch, args[0], args[-1])
            if type(args[1]) is int and tag.prediction and tag.passes and args[0].dim() == 1:
                tag.passes[-1].read.add(args[1])
        return result

    def _set_item(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """`matrix[labels, predictions] += 1`: a place that occurs twice in a batch is counted once."""
        if self.inside is None and isinstance(args[1], tuple):
            self._items.note_counts(args[0], args[1])
        return func(*args, **options)

    def _difference(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        result = func(*args, **options)
        if self.inside is not None or not isinstance(result, Tensor):
            return result
        tag = self._tag(args)
        if tag is not None:
            self.spread(result, tag, name)
            shapes = [tuple(each.shape) for each in args[:2] if isinstance(each, Tensor)]
            columns = [(shape[0], 1) for shape in shapes if len(shape) == 1]
            # Both of the network: its outputs are compared in pairs, on purpose.
            computed = [each for each in args[:2] if isinstance(each, Tensor) and self._has_passes(each)]
            if len(computed) == 1 and len(shapes) == 2 and columns and columns[0] in shapes and columns[0][0] > 1:
                self.state.event("broadcast", f"- {shapes[0]} {shapes[1]}", tag.passes[-1].network)
        return result

    def _has_passes(self, tensor: Tensor) -> bool:
        tag = self.state.tags.get(tensor)
        return tag is not None and bool(tag.passes)

    def _dropout(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        network = self.inside
        if network is not None and not network.training:
            # The functions are called as dropout(input, p=0.5, training=True, inplace=False)
            probability = options.get("p", args[1] if len(args) > 1 else 0.5)
            active = options.get("training", args[2] if len(args) > 2 else True)
            if active and probability:
                self.state.event("dropout_in_eval", name)
        result = func(*args, **options)
        tag = self._tag(args) if network is None else None
        if tag is not None:
            self.spread(result, tag, name)
        return result

    def _zero(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        if isinstance(args[0], Tensor):
            self.zeroed.add(args[0].data_ptr())
        return func(*args, **options)

    def _grad(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """`torch.autograd.grad`: a training, if it asks for gradients of weights and not of images."""
        outputs, inputs = (args[0], args[1]) if len(args) > 1 else (args[0] if args else None, options.get("inputs"))
        wanted = [inputs] if isinstance(inputs, Tensor) else list(inputs or ())
        losses = [outputs] if isinstance(outputs, Tensor) else list(outputs or ())
        if self.inside is None and any(isinstance(each, Parameter) for each in wanted):
            tag = self._tag(losses)
            value = number_of(losses[0].detach()) if len(losses) == 1 and losses[0].numel() == 1 else None
            self.state.on_trained(list(tag.passes) if tag is not None else [], value)
        return func(*args, **options)

    def _backward(self, func: Callable[..., Any], name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        loss = args[0]
        self.state.before_backward()
        tag = self.state.tags.get(loss) if isinstance(loss, Tensor) else None
        if isinstance(loss, Tensor) and loss.grad_fn is None and loss.requires_grad:
            self.state.event("cut_loss")
        value = number_of(loss.detach()) if isinstance(loss, Tensor) and loss.numel() == 1 else None
        self.state.on_trained(list(tag.passes) if tag is not None else [], value)
        return func(*args, **options)
