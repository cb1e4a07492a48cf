"""The probe of a network that is given by name: a built-in one, or one of a file, a notebook or a package.

This runs the code of a user, so it must be called in a child process: see named.py.
"""

import copy
import importlib
import inspect
import os
import re
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepstudy import catalog
from deepstudy.checks.arguments import Arguments, find_arguments
from deepstudy.checks.callers import find_caller
from deepstudy.checks.executed_file import ExecutedFile
from deepstudy.checks.execution import execute_file
from deepstudy.checks.guards import guard, remarks
from deepstudy.checks.losses import OF_RUN, losses_of
from deepstudy.checks.rules import FORWARD
from deepstudy.checks.units import read_units
from deepstudy.errors import InputError, did_you_mean, one_line
from deepstudy.findings import Finding

if TYPE_CHECKING:  # an error about a name need not wait for torch
    from deepstudy.checks.inputs import KnownInput, NoInputFitsError
    from deepstudy.checks.networks import FoundNetwork
    from deepstudy.checks.probe import Probe

FILES = (".py", ".ipynb")
#: What changes the size of images; a word of it is enough.
_RESIZING = re.compile(r"resize|crop|\bpad|interpolate|zoom|upsample|scale", re.IGNORECASE)
#: What Python and torch say about a call that is wrong whatever the input is.
_WRONG_CALL = re.compile(
    r"missing \d+ required positional|takes .*positional arguments? but|unexpected keyword argument"
    r"|is not callable|must be Tensor, not (?:tuple|list|type|builtin_function|function|method|NoneType|\w*Module\w*)"
)
IMPORT, MAKE = "import", "make"  # the stages before the rules


@dataclass(frozen=True)
class CheckRequest:
    """A network to check, by name.

    Attributes:
        model: a built-in name, `file.py:Name`, `notebook.ipynb:Name` or `package.module:Name`.
        arguments: the arguments of its constructor.
        input: the shape of one input, without the batch; None for a guess.
        classes: how many outputs it should have; None for any number.
        whole_file: whether to execute its whole file.
    """

    model: str
    arguments: Mapping[str, Any]
    input: tuple[int, ...] | None = None
    classes: int | None = None
    whole_file: bool = False


class BuildError(Exception):
    """A bug of the network was found before a rule could run."""

    def __init__(self, finding: Finding) -> None:
        """Hold the finding.

        Arguments:
            finding: the bug.
        """
        super().__init__(finding.says)
        self.finding = finding


def make_probe(request: CheckRequest, on_stage: Callable[[str], None]) -> "Probe":
    """Build a network, and find or guess what the request leaves open.

    Arguments:
        request: the network.
        on_stage: is called with `make` after the import of the network's code, before its constructor.

    Returns:
        The network, ready for the rules.

    Raises:
        InputError: there is no such network, it cannot be built, or its input cannot be guessed.
    """
    if request.model in catalog.MODELS:
        return _built_in(request)
    where, _, name = request.model.rpartition(":")
    if where.endswith(FILES):
        return _probe_of_file(request, where, name, on_stage)
    factory = _imported(request, where, name)
    on_stage(MAKE)
    from deepstudy.checks.networks import FoundNetwork

    return _probe(request, FoundNetwork(name, factory), None)


def _probe_of_file(request: CheckRequest, path: str, name: str, on_stage: Callable[[str], None]) -> "Probe":
    file = execute_file(Path(path), request.whole_file)
    from deepstudy.checks.networks import find_networks, network_of_name

    found = network_of_name(file, name)
    if found is None:
        why = file.why_absent(name)
        hint = f" ({why})" if why else did_you_mean(name, find_networks(file))
        raise InputError(f"{request.model}: {path} has no {name}{hint}")
    if found.broken:
        says = f"The class cannot be defined: {found.broken}."
        raise BuildError(Finding(FORWARD, "bug", says, found.place, "Fix this line; look at its indentation."))
    if found.misplaced:
        says = (
            "The class has no method `forward`. A function `forward` stands inside another method, by its indentation."
        )
        remedy = "Indent `def forward` as far as `def __init__`."
        raise BuildError(Finding(FORWARD, "bug", says, found.misplaced, remedy))
    if "@" in found.name and isinstance(found.factory, type):  # its `super(Net, self)` means itself
        setattr(file.module, found.name.partition("@")[0], found.factory)
    on_stage(MAKE)
    return _probe(request, found, file)


def _probe(request: CheckRequest, found: "FoundNetwork", file: ExecutedFile | None) -> "Probe":
    """The probe of a network that was found."""
    from torch import nn

    from deepstudy.checks.inputs import NoInputFitsError, choose_input
    from deepstudy.checks.known_inputs import data_facts, known_inputs
    from deepstudy.checks.networks import needs_arguments
    from deepstudy.checks.probe import Probe
    from deepstudy.models import initialize_lazy_layers

    notes: list[str] = []
    is_live = isinstance(found.factory, nn.Module)
    if is_live:
        make: Callable[[], nn.Module] = partial(copy.deepcopy, _with_modes(found.factory))
    else:
        if file is not None and found.call is None and needs_arguments(found.factory):
            found = replace(found, call=find_caller(file.path, found.name, found.factory))
        facts = data_facts(request.input, file)
        arguments = find_arguments(found.factory, found.call, request.arguments, facts, request.classes)
        notes += arguments.notes
        make = _maker(request, found, arguments, file)
    shape, misfit, is_guess = request.input, None, False
    if shape is None:
        try:
            chosen = choose_input(make, known_inputs(found, file))
        except NoInputFitsError as failure:
            if (finding := _never_fits(failure, file, make)) is not None:
                raise BuildError(finding) from failure.error
            raise InputError(f"{request.model}: {failure}") from None
        except InputError as error:
            raise InputError(f"{request.model}: {error}") from None
        shape, misfit, is_guess = chosen.shape, chosen.misfit, not chosen.is_known
        notes.append(chosen.note)
    if file is not None and remarks:
        notes += [*dict.fromkeys(remarks)]

    def make_sized() -> nn.Module:
        network = make()
        initialize_lazy_layers(request.model, network, shape)
        return network

    return Probe(
        request.model,
        make_sized,
        shape,
        request.classes,
        is_live=is_live,
        is_given=request.input is not None,
        is_guess=is_guess,
        losses=losses_of(request.model),
        notes=notes,
        misfit=misfit.shape if misfit is not None and _is_left_alone(misfit, shape, file) else (),
        place=found.place,
    )


def _is_left_alone(known: "KnownInput", shape: Sequence[int], file: ExecutedFile | None) -> bool:
    """Whether images of a data set have a size that nothing in the text of a file changes."""
    if file is None or not known.source.startswith("the size of") or len(known.shape) != len(shape):
        return False
    try:
        texts = [unit.text for unit in read_units(file.path)]
    except InputError:
        return False
    return known.shape[0] == shape[0] and not any(_RESIZING.search(text) for text in texts)


def _maker(
    request: CheckRequest, found: "FoundNetwork", arguments: Arguments, file: ExecutedFile | None
) -> Callable[[], Any]:
    """A function that builds the network. It is called once here, to find wrong arguments."""
    from torch import nn

    from deepstudy.checks.own_code import where_in

    def make() -> Any:
        positional, named = arguments.copied()
        if file is None:
            return _with_modes(found.factory(*positional, **named))
        with guard():
            return _with_modes(found.factory(*positional, **named))

    try:
        network = make()
    except Exception as error:
        if file is not None and found.call is not None and _is_unbound(error, file):
            says = f"The network cannot be built: {one_line(error)}. No statement of the file binds this name."
            remedy = (
                "Name what exists. In `super(Name, self)`, Name is the class itself; `super().__init__()` needs none."
            )
            raise BuildError(Finding(FORWARD, "bug", says, where_in(error), remedy)) from error
        if file is not None and found.call is not None and not request.arguments and _is_of_code(error, found, file):
            says = f"The network cannot be built as in {found.call.where}: {one_line(error)[:320]}."
            raise BuildError(Finding(FORWARD, "bug", says, where_in(error), "Fix the line that fails.")) from error
        says = file.explain(error) if file is not None else one_line(error)
        if found.call is not None and not request.arguments:
            built = f"; built as in {found.call.where}: `{found.call.text}`"
        else:
            given = {**arguments.named} or ""
            built = f"; its arguments: {given}" if given else "; pass arguments with --arg KEY=VALUE"
        raise InputError(f"{request.model}: cannot be built: {says}{built}") from error
    if not isinstance(network, nn.Module):
        raise InputError(f"{request.model}: returns {type(network).__name__}, not an nn.Module")
    return make


def _never_fits(failure: "NoInputFitsError", file: ExecutedFile | None, make: Callable[[], Any]) -> Finding | None:
    """The finding for a network that fails on each input: its sizes do not fit each other, or a name is missing."""
    from torch import nn

    from deepstudy.checks.own_code import where_in

    error, size = failure.error, "x".join(map(str, failure.shape))
    says = f"The network fails on each input that was tried, such as {size} ({one_line(error)[:320]})."
    if file is not None and _is_of_any_input(error, file):
        return Finding(FORWARD, "bug", says, where_in(error), "Fix the line that fails.")
    first = next((each for each in make().modules() if isinstance(each, nn.Conv2d | nn.Linear)), None)
    is_of_layers = isinstance(error, RuntimeError) and not re.search("CUDA|NVIDIA|device|not implemented", str(error))
    if not (failure.is_about_size or is_of_layers) or not isinstance(first, nn.Conv2d):
        return None  # the input may be no image, or something else
    if failure.known is not None:
        says = (
            f"The network fails on the input of its file, {failure.known.source}, and on all other sizes that were "
            f"tried ({one_line(error)[:320]})."
        )
    remedy = "Print `x.shape` before the operation that fails, and give the layer that size."
    return Finding(FORWARD, "bug" if failure.known is not None else "risk", says, where_in(error), remedy)


def _is_of_any_input(error: Exception, file: ExecutedFile) -> bool:
    """Whether a line of the file fails whatever its input is, and nothing that could not be executed is in it."""
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return _is_unbound(error, file) and not file.why_absent(str(error.name))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in file.labels]
    foreign = any("stand_in" in frame.filename for frame in traceback.extract_tb(error.__traceback__))
    is_wrong = isinstance(error, AttributeError | UnboundLocalError) and " 'Tensor' object" not in f" {error}"
    is_wrong = is_wrong or (isinstance(error, TypeError) and _WRONG_CALL.search(str(error)) is not None)
    absent = {*file.missing, *(name for each in file.skipped for name in each.names)}
    words = {word for frame in frames for word in re.findall(r"\w+", frame.line or "")}
    return bool(frames) and is_wrong and not foreign and not absent & words


def _with_modes(network: Any) -> Any:
    """Give a network torch's own `train(mode)` where its class has a `train` that trains it."""
    from torch import nn

    for module in network.modules() if isinstance(network, nn.Module) else ():
        own = type(module).train
        try:
            if own is not nn.Module.train:
                inspect.signature(own).bind(module, True)
        except TypeError:
            module.train = partial(nn.Module.train, module)  # type: ignore[method-assign]
    return network


def _is_of_code(error: Exception, found: "FoundNetwork", file: ExecutedFile) -> bool:
    """Whether the code of the network itself is wrong: the error is raised inside it, with arguments that are known."""
    if not isinstance(error, TypeError | AttributeError) or found.call is None or found.call.unknown:
        return False
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    inside = [frame for frame in frames if frame.f_code.co_name == "__init__" and "self" in frame.f_locals]
    stands_in = "torchvision" in str(error) or any("stand_in" in frame.f_code.co_filename for frame in frames)
    return bool(inside) and not stands_in and not file.missing


def _is_unbound(error: Exception, file: ExecutedFile) -> bool:
    """Whether a name is nowhere bound in the file, so that a run of the file fails too."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if not isinstance(error, NameError) or not error.name or frames[-1].f_globals is not vars(file.module):
        return False
    return not isinstance(error, UnboundLocalError) and error.name not in file.bound and "*" not in file.missing


def _built_in(request: CheckRequest) -> "Probe":
    from deepstudy import models
    from deepstudy.checks.probe import Probe

    entry = catalog.MODELS[request.model]
    images, classes = request.input or entry.input, request.classes or 10
    if len(images) != 3:
        raise InputError(f"model {request.model} takes images; write --input C,H,W")
    size = (images[0], images[1], images[2])
    return Probe(
        request.model,
        lambda: models.build(request.model, request.arguments, size, classes),
        size,
        classes,
        entry.outputs,
        losses=OF_RUN,
    )


def _imported(request: CheckRequest, where: str, name: str) -> Any:
    """The class, function or module of a package."""
    sys.path.insert(0, os.getcwd())  # where `python -m` finds packages too
    try:
        factory: Any = importlib.import_module(where)
        for part in name.split("."):
            factory = getattr(factory, part)
    except Exception as error:
        raise InputError(f"{request.model}: {one_line(error)}") from error
    return factory
