"""The arguments of a network: as given, as its file calls it, otherwise as its parameters are usually meant."""

import copy
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deepstudy.checks.executed_file import BuildCall
from deepstudy.errors import InputError

#: Names of parameters that depend on the data, in lower case.
_CLASSES = frozenset(
    "num_classes n_classes classes num_class nclasses output_dim output_size out_size n_class class_num nb_classes "
    "numclasses out_dim n_outputs num_outputs num_output classnum d_out n_out".split()
)
_CHANNELS = frozenset(
    "in_channels channels num_channels input_channels n_channels img_channels in_channel input_channel "
    "image_channels in_ch in_chans".split()
)
_FEATURES = frozenset(
    "input_size input_dim in_dim in_features n_input num_input num_inputs n_inputs d_in n_in "
    "in_size num_features n_features".split()
)
_SIDES = frozenset(
    "input_height input_width image_height image_width img_height img_width image_size img_size imgsize height".split()
)
_WIDTHS = frozenset(
    "hidden hidden_size hidden_dim num_hidden n_hidden hidden_units width h n_h h1 h2 hidden1 "
    "hidden2 hidden_size1 hidden_size2".split()
)
_RATES = frozenset("dropout p drop drop_rate dropout_rate drop_prob dropout_prob keep_prob".split())
#: Settings of the training, which do not change the network.
_TRAINING = {"learning_rate": 0.01, "lr": 0.01, "reg_lambda": 0.0, "weight_decay": 0.0, "momentum": 0.9}
_WIDTH, _RATE = 64, 0.5


@dataclass(frozen=True)
class DataFacts:
    """What is known of the data that a network is for.

    Attributes:
        shape: the shape of one input; None if it is not known.
        classes: how many classes; None if it is not known.
    """

    shape: tuple[int, ...] | None = None
    classes: int | None = None


@dataclass
class Arguments:
    """The arguments that a network is built with.

    Attributes:
        positional: the arguments without names.
        named: the arguments with names.
        notes: what was guessed.
    """

    positional: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def copied(self) -> tuple[list[Any], dict[str, Any]]:
        """Copy the arguments, because a network may keep and change them."""
        try:
            return copy.deepcopy((self.positional, self.named))
        except Exception:  # something that cannot be copied is shared
            return self.positional, self.named


def find_arguments(
    factory: Any, call: BuildCall | None, given: Mapping[str, Any], data: DataFacts, classes: int | None
) -> Arguments:
    """Find the arguments of a network.

    Arguments:
        factory: its class, or a function that builds it.
        call: how the file builds it; None if it does not.
        given: the arguments of the command line; they are taken before all others.
        data: what is known of the data.
        classes: the number of classes of the command line.

    Returns:
        The arguments, and what was guessed.

    Raises:
        InputError: an argument of the call is not known, and its name says nothing.
    """
    arguments = Arguments()
    parameters = _parameters(factory)
    if call is not None:
        _take_call(arguments, call, parameters, given, data)
    names = list(parameters)[: len(arguments.positional)]
    for name in given:
        if name in names:  # an argument with a name takes the place of one without
            arguments.named |= dict(zip(names, arguments.positional, strict=False))
            arguments.positional = []
    arguments.named |= given
    _fill_in(arguments, parameters, data, classes)
    return arguments


def _parameters(factory: Any) -> dict[str, inspect.Parameter]:
    try:
        found = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):
        return {}
    return {each.name: each for each in found if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)}


def _take_call(
    arguments: Arguments,
    call: BuildCall,
    parameters: Mapping[str, inspect.Parameter],
    given: Mapping[str, Any],
    data: DataFacts,
) -> None:
    """Take the arguments of a call; those that are not known by the names of their parameters."""
    names = [*parameters]
    arguments.positional = list(call.arguments)
    arguments.named = dict(call.options)
    for key, text in call.unknown.items():
        name = key if isinstance(key, str) else names[key] if key < len(names) else ""
        if name in given:
            continue
        parameter = parameters.get(name)
        value = _usual(name, data)
        if value is None and parameter is not None and parameter.default is not parameter.empty:
            value = parameter.default
        elif value is None:
            option = f"--arg {name or 'NAME'}=VALUE"
            raise InputError(f"{call.where}: `{call.text}`: {text} is known only when the file runs; write {option}")
        if isinstance(key, int):
            arguments.positional[key] = value
        elif key != "**":
            arguments.named[key] = value
        arguments.notes.append(f"{name}={value!r} is a guess: {text} in {call.where} is known only when the file runs")


def _fill_in(
    arguments: Arguments, parameters: Mapping[str, inspect.Parameter], data: DataFacts, classes: int | None
) -> None:
    """Fill in what is missing: classes, channels and sizes of the data, by the usual names of their parameters."""
    taken = {*arguments.named, *[*parameters][: len(arguments.positional)]}
    for name, parameter in parameters.items():
        if name in taken:
            continue
        is_required = parameter.default is parameter.empty
        if name.lower() in _CLASSES and classes is not None:
            arguments.named[name] = classes
        elif is_required and (value := _usual(name, data, classes)) is not None:
            arguments.named[name] = value
            if name.lower() not in _CLASSES | _CHANNELS:
                arguments.notes.append(f"{name}={value!r} is a guess; if it is wrong, write --arg {name}=VALUE")


def _usual(name: str, data: DataFacts, classes: int | None = None) -> Any:
    """What a parameter of this name usually gets; None if the name says nothing."""
    lower = name.lower()
    if lower in _CLASSES:
        return classes or data.classes or 10
    if lower in _CHANNELS:
        return data.shape[0] if data.shape and len(data.shape) == 3 else 3
    if lower in _FEATURES:
        size = 1
        for each in data.shape or (1, 28, 28):
            size *= each
        return size
    if lower in _SIDES:
        return data.shape[-1] if data.shape and len(data.shape) == 3 else 28
    if lower in _WIDTHS:
        return _WIDTH
    if lower in _RATES:
        return _RATE
    return "cpu" if lower == "device" else _TRAINING.get(lower)


def has_usual_name(name: str) -> bool:
    """Say whether a parameter can be filled in by its name alone.

    Arguments:
        name: the name of a parameter.

    Returns:
        True for classes and channels, which every network has.
    """
    return name.lower() in _CLASSES | _CHANNELS
