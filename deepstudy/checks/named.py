"""A network by name, file or notebook, examined in a child process: its code may hang, crash, exit or eat memory."""

import importlib
import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from deepstudy import catalog, sandbox
from deepstudy.checks.finding import Checked, Finding
from deepstudy.errors import InputError, did_you_mean

SECONDS, GIGABYTES = 180.0, 8.0  # for one network

_FILES = (".py", ".ipynb")


@dataclass(frozen=True)
class Asked:
    """What is to be examined: a built-in name, `file.py:Name`, `notebook.ipynb:Name` or `package.module:Name`."""

    model: str
    arguments: Mapping[str, Any]
    input: tuple[int, ...] | None = None
    classes: int | None = None
    whole_file: bool = False


@dataclass(frozen=True)
class Found:
    """The networks of a file, and what of the file was not executed."""

    names: tuple[str, ...]
    skipped: tuple[str, ...]
    missing: tuple[str, ...]


def find(file: Path, whole_file: bool = False) -> Found:
    """The networks in a file or notebook. Raises InputError if it cannot be read or executed, or has none."""
    outcome = sandbox.call(f"{__name__}:_find", [str(file), whole_file], seconds=SECONDS, gigabytes=GIGABYTES)
    if outcome.ended != "returned":
        hint = "" if whole_file or outcome.ended == "raised" else "; leave out what runs when the file is imported"
        says = outcome.says if outcome.says.startswith(str(file)) else f"{file}: {outcome.says}"
        raise InputError(says + hint)
    names, skipped, missing = (tuple(part) for part in outcome.result)
    if not names:
        telling = [each for each in skipped if "rror" in each or "class " in each] or list(skipped)
        more = f" ({telling[0]})" if telling else ""
        raise InputError(f"{file}: no network is defined there{more}; name one: {file}:Name")
    return Found(names, skipped, missing)


def examine(
    asked: Asked,
    told: Callable[[str], None] = lambda name: None,
    seconds: float = SECONDS,
    gigabytes: float = GIGABYTES,
) -> Checked:
    """What is found of one network. `told` hears the name of each check before it runs.

    Raises InputError if the network cannot be found or made; what it does wrong is a finding.
    """
    stages: list[str] = []
    findings: list[Finding] = []

    def note(heard: str | list[dict[str, Any]]) -> None:
        if isinstance(heard, str):
            stages.append(heard)
            told(heard)
        else:
            findings.extend(Finding(**finding) for finding in heard)

    document = {**vars(asked), "arguments": dict(asked.arguments)}
    outcome = sandbox.call(f"{__name__}:_examine", document, seconds=seconds, gigabytes=gigabytes, on_note=note)
    if outcome.ended == "returned":
        return Checked.of_json(outcome.result)
    if outcome.ended == "raised":
        raise InputError(outcome.says)
    stage = stages[-1] if stages else "import"
    checks = tuple(each for each in stages if each not in ("import", "make"))
    if outcome.ended in ("timed out", "out of memory") and stage not in ("import", "make", "forward"):
        # The network runs; it is the examination that takes too much.
        option = "--seconds" if outcome.ended == "timed out" else "--gigabytes"
        says = f"Stopped in the check {stage} ({outcome.says.partition(', at ')[0]}); those after it did not run."
        findings.append(Finding(stage, "note", says, "", f"Allow more with {option}, or a smaller --input."))
        return Checked(asked.model, asked.input, asked.classes, checks, tuple(findings))
    doing = {"import": "while it is imported", "make": "while it is made"}.get(stage, f"in the check {stage}")
    says, _, where = outcome.says.partition(", at ")
    remedy = {
        "timed out": "Look for a loop that does not end, or give it more time: --seconds.",
        "out of memory": "Look for layers or tensors much larger than meant, or allow more: --gigabytes.",
        "exited": "Leave `sys.exit` to the script; a network raises an error.",
    }.get(outcome.ended, "Run it by itself under `python -X faulthandler`.")
    finding = Finding(stage, "bug", f"The network's code ends the process {doing}: {says}.", where, remedy)
    return Checked(asked.model, asked.input, asked.classes, checks, (finding, *findings))


def _find(argument: Sequence[Any], _tell: Callable[[Any], None]) -> list[list[str]]:
    from deepstudy.checks import source

    read = source.read(Path(argument[0]), bool(argument[1]))
    skipped = [f"{each.where}: {each.text}" + (f" ({each.why})" if each.why else "") for each in read.skipped]
    return [source.networks(read), skipped, [f"{name}: {why}" for name, why in read.missing.items()]]


def _examine(argument: Mapping[str, Any], tell: Callable[[Any], None]) -> dict[str, Any]:
    """In the child: make the network, guess what is not said, and run all checks."""
    asked = Asked(**{**argument, "input": tuple(argument["input"]) if argument["input"] else None})
    tell("import")
    subject = _subject(asked, tell)
    from deepstudy.checks import registry

    return registry.examine(subject, tell, lambda found: tell([asdict(finding) for finding in found])).as_json()


def _built_in(asked: Asked) -> Any:
    from deepstudy import models
    from deepstudy.checks.subject import Subject

    entry = catalog.MODELS[asked.model]
    images, classes = asked.input or entry.input, asked.classes or 10
    if len(images) != 3:
        raise InputError(f"model {asked.model} takes images; write --input C,H,W")
    size = (images[0], images[1], images[2])
    return Subject(
        asked.model,
        lambda: models.build(asked.model, asked.arguments, size, classes),
        size,
        classes,
        entry.outputs,
    )


def _subject(asked: Asked, tell: Callable[[Any], None]) -> Any:
    if asked.model in catalog.MODELS:
        return _built_in(asked)
    factory, explain = _factory(asked)
    from torch import nn  # now: what cannot be found is said without waiting for torch

    from deepstudy.checks.subject import Subject, copies, guess_shape
    from deepstudy.models import initialize_lazy_layers

    if isinstance(factory, nn.Module):
        make, network = copies(factory), factory
    else:
        arguments = _filled_in(asked, factory)

        def make() -> Any:
            return factory(**arguments)

        tell("make")
        try:
            network = make()
        except Exception as error:
            given = f"; arguments given: {arguments}" if arguments else "; arguments are given with --arg KEY=VALUE"
            raise InputError(f"{asked.model}: cannot be made: {explain(error)}{given}") from error
        if not isinstance(network, nn.Module):
            raise InputError(f"{asked.model}: gives a {type(network).__name__}, not an nn.Module")
    notes: list[str] = []
    shape = asked.input
    if shape is None:
        try:
            shape = guess_shape(make)
        except InputError as error:
            raise InputError(f"{asked.model}: {error}") from None
        notes.append(
            f"input {','.join(map(str, shape))} is a guess from the first layer; say --input C,H,W if it is not"
        )

    def sized() -> Any:
        made = make()
        initialize_lazy_layers(asked.model, made, shape)
        return made

    return Subject(asked.model, sized, shape, asked.classes, is_live=isinstance(factory, nn.Module), notes=notes)


def _factory(asked: Asked) -> tuple[Any, Callable[[BaseException], str]]:
    """What makes the network, and how to explain an error in its code."""
    where, _, name = asked.model.rpartition(":")
    if where.endswith(_FILES):
        from deepstudy.checks import source

        read = source.read(Path(where), asked.whole_file)
        if not hasattr(read.module, name):
            about = read.about(name)
            hint = f" ({about})" if about else did_you_mean(name, source.networks(read))
            raise InputError(f"{asked.model}: {where} has no {name}{hint}")
        return getattr(read.module, name), read.explain
    sys.path.insert(0, os.getcwd())  # `python -m` would find packages there too
    try:
        found: Any = importlib.import_module(where)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception as error:
        raise InputError(f"{asked.model}: {type(error).__name__}: {' '.join(str(error).split())}") from error
    return found, lambda error: f"{type(error).__name__}: {' '.join(str(error).split())}"


def _filled_in(asked: Asked, factory: Any) -> dict[str, Any]:
    """The arguments: those given, and classes and channels where the factory asks for them by a usual name."""
    from deepstudy.checks.source import FILLED_IN

    arguments = dict(asked.arguments)
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):
        return arguments
    for parameter in parameters:
        name = parameter.name
        if name in arguments or name.lower() not in FILLED_IN or parameter.kind is parameter.VAR_KEYWORD:
            continue
        required = parameter.default is parameter.empty
        if "channels" in name.lower():
            if required:
                arguments[name] = asked.input[0] if asked.input else 3
        elif required or asked.classes is not None:
            arguments[name] = asked.classes or 10
    return arguments


def names_file(model: str) -> bool:
    """Whether a model is named by a file as a whole, whose networks are to be found."""
    return model.endswith(_FILES)
