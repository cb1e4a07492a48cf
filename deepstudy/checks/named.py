"""A network by name, file or notebook, checked in a child process: its code may hang, crash, exit or eat memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deepstudy import sandbox
from deepstudy.checks.make_probe import FILES, IMPORT, MAKE, CheckRequest, make_probe
from deepstudy.checks.result import CheckResult
from deepstudy.checks.rules import FORWARD
from deepstudy.errors import InputError
from deepstudy.findings import Finding

SECONDS, GIGABYTES = 180.0, 8.0  # for one network


@dataclass(frozen=True)
class FileNetworks:
    """The networks of a file.

    Attributes:
        names: their names, in the file's order.
        skipped: what of the file was not executed.
        missing: which of its imports failed, and why.
    """

    names: tuple[str, ...]
    skipped: tuple[str, ...]
    missing: tuple[str, ...]


def names_file(model: str) -> bool:
    """Say whether a name stands for all networks of a file.

    Arguments:
        model: a name as on the command line.

    Returns:
        True for `file.py` and `notebook.ipynb`.
    """
    return model.endswith(FILES)


def list_networks(file: Path, whole_file: bool = False) -> FileNetworks:
    """Find the networks of a file, in a child process.

    Arguments:
        file: a `.py` file or an `.ipynb` notebook.
        whole_file: whether to execute all of it.

    Returns:
        Their names, and what was not executed.

    Raises:
        InputError: the file cannot be read or executed, or has no network.
    """
    outcome = sandbox.call(f"{__name__}:_list_networks", [str(file), whole_file], seconds=SECONDS, gigabytes=GIGABYTES)
    if outcome.ended != "returned":
        hint = "" if whole_file or outcome.ended == "raised" else "; leave out what runs when the file is imported"
        says = outcome.says if outcome.says.startswith(str(file)) else f"{file}: {outcome.says}"
        raise InputError(says + hint)
    names, skipped, missing = (tuple(part) for part in outcome.result)
    if not names:
        telling = [each for each in skipped if "rror" in each or "class " in each] or list(skipped)
        more = f" ({telling[0]})" if telling else ""
        raise InputError(f"{file}: no network is defined there{more}; name one: {file}:Name")
    return FileNetworks(names, skipped, missing)


def check_named(
    request: CheckRequest,
    on_rule: Callable[[str], None] = lambda name: None,
    seconds: float = SECONDS,
    gigabytes: float = GIGABYTES,
) -> CheckResult:
    """Apply all rules to a network, in a child process. What the network does wrong is a finding.

    Arguments:
        request: the network.
        on_rule: is called with the name of each rule before it runs.
        seconds: how long it may take.
        gigabytes: how much memory it may take.

    Returns:
        The findings, the worst first, and the rules that ran.

    Raises:
        InputError: the network cannot be found or made, or is no classifier.
    """
    stages: list[str] = []
    findings: list[Finding] = []

    def on_note(note: str | list[dict[str, Any]]) -> None:
        if isinstance(note, str):
            stages.append(note)
            on_rule(note)
        else:
            findings.extend(Finding.from_json(document) for document in note)

    document = {**vars(request), "arguments": dict(request.arguments)}
    outcome = sandbox.call(f"{__name__}:_check", document, seconds=seconds, gigabytes=gigabytes, on_note=on_note)
    if outcome.ended == "returned":
        return CheckResult.from_json(outcome.result)
    if outcome.ended == "raised":
        raise InputError(outcome.says)
    stage = stages[-1] if stages else IMPORT
    ran = tuple(each for each in stages if each not in (IMPORT, MAKE))
    if outcome.ended in ("timed out", "out of memory") and stage not in (IMPORT, MAKE, FORWARD):
        # The network runs; it is the examination that takes too much.
        option = "--seconds" if outcome.ended == "timed out" else "--gigabytes"
        says = f"Stopped in the check {stage} ({outcome.says.partition(', at ')[0]}); those after it did not run."
        findings.append(Finding(stage, "note", says, "", f"Allow more with {option}, or a smaller --input."))
    else:
        findings.insert(0, _sudden_end(outcome, stage))
    return CheckResult(request.model, request.input, request.classes, ran, tuple(findings))


def _sudden_end(outcome: sandbox.CallResult, stage: str) -> Finding:
    """What is wrong with a network whose code ends the process."""
    doing = {IMPORT: "while it is imported", MAKE: "while it is made"}.get(stage, f"in the check {stage}")
    says, _, where = outcome.says.partition(", at ")
    remedy = {
        "timed out": "Look for a loop that does not end, or give it more time: --seconds.",
        "out of memory": "Look for layers or tensors much larger than meant, or allow more: --gigabytes.",
        "exited": "Leave `sys.exit` to the script; a network raises an error.",
    }.get(outcome.ended, "Run it by itself under `python -X faulthandler`.")
    rule = FORWARD if stage in (IMPORT, MAKE) else stage
    return Finding(rule, "bug", f"The network's code ends the process {doing}: {says}.", where, remedy)


def _list_networks(argument: Sequence[Any], _send: Callable[[Any], None]) -> list[list[str]]:
    """In the child: the networks of a file, what was skipped of it, and which imports failed."""
    from deepstudy.checks.execution import execute_file

    file = execute_file(Path(argument[0]), bool(argument[1]))
    from deepstudy.checks.networks import find_networks  # now: a file that cannot be read need not wait for torch

    skipped = [f"{each.where}: {each.text}" + (f" ({each.why})" if each.why else "") for each in file.skipped]
    return [find_networks(file), skipped, [f"{name}: {why}" for name, why in file.missing.items()]]


def _check(argument: Mapping[str, Any], send: Callable[[Any], None]) -> dict[str, Any]:
    """In the child: make the network and apply all rules; `send` gets the names of the stages, and the findings."""
    request = CheckRequest(**{**argument, "input": tuple(argument["input"]) if argument["input"] else None})
    send(IMPORT)
    probe = make_probe(request, send)
    from deepstudy.checks.examine import examine

    def send_findings(new: Sequence[Finding]) -> None:
        send([finding.as_json(alias="check") for finding in new])

    return examine(probe, send, send_findings).as_json()
