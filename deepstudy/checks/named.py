"""A network by name, file or notebook, checked in a child process: its code may hang, crash, exit or use up memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deepstudy import sandbox
from deepstudy.checks.make_probe import FILES, IMPORT, MAKE, BuildError, CheckRequest, make_probe
from deepstudy.checks.result import CheckResult
from deepstudy.checks.rules import FORWARD
from deepstudy.errors import InputError, NoNetworkError
from deepstudy.findings import Finding

SECONDS, GIGABYTES = 180.0, 8.0  # for one network


@dataclass(frozen=True)
class FileNetworks:
    """The networks of a file.

    Attributes:
        names: their names, in the order of the file.
        skipped: the statements of the file that were not executed.
        missing: which of its imports failed, and why.
    """

    names: tuple[str, ...]
    skipped: tuple[str, ...]
    missing: tuple[str, ...]


def names_file(model: str) -> bool:
    """Say whether a name means all networks of a file.

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
        whole_file: whether to execute the whole file.

    Returns:
        Their names, and the statements that were not executed.

    Raises:
        InputError: the file cannot be read or executed, or has no network.
    """
    outcome = sandbox.call(f"{__name__}:_list_networks", [str(file), whole_file], seconds=SECONDS, gigabytes=GIGABYTES)
    if outcome.ended != "returned":
        hint = (
            ""
            if whole_file or outcome.ended == "raised"
            else '; move code that runs on import below `if __name__ == "__main__":`'
        )
        says = outcome.says if outcome.says.startswith(str(file)) else f"{file}: {outcome.says}"
        raise InputError(says + hint)
    names, skipped, missing = (tuple(part) for part in outcome.result)
    if not names:
        if not skipped or not any(sign in each for each in skipped for sign in ("rror", "class ")):
            failed = [each for each in missing if "No module named" not in each]
            what = "it has no class of nn.Module, no function that returns one, and no nn.Sequential"
            why = f"an import failed: {failed[0].removeprefix('*: ')}" if failed else what
            raise NoNetworkError(f"{file}: no network found; {why}")
        telling = [each for each in skipped if "rror" in each or "class " in each] or list(skipped)
        more = f" ({telling[0]})" if telling else ""
        raise NoNetworkError(f"{file}: no network found{more}; name one: {file}:Name")
    return FileNetworks(names, skipped, missing)


def check_named(
    request: CheckRequest,
    on_rule: Callable[[str], None] = lambda name: None,
    seconds: float = SECONDS,
    gigabytes: float = GIGABYTES,
) -> CheckResult:
    """Apply all rules to a network, in a child process. If the network ends that process, this is a finding.

    Arguments:
        request: the network.
        on_rule: is called with the name of each rule before it runs.
        seconds: the time limit.
        gigabytes: the memory limit.

    Returns:
        The findings, the worst first, and the rules that ran.

    Raises:
        InputError: the network cannot be found or built, or is not a classifier.
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
        # The network works; the rule takes too long or too much memory.
        option = "--seconds" if outcome.ended == "timed out" else "--gigabytes"
        says = f"The rule {stage} was stopped ({outcome.says.partition(', at ')[0]}). The rules after it did not run."
        findings.append(Finding(stage, "note", says, "", f"Allow more with {option}, or choose a smaller --input."))
    elif "SIGABRT" in outcome.says and stage not in (IMPORT, MAKE):  # torch gave up, for example without memory
        says = f"it could not be checked: its process {outcome.says.partition(', at ')[0]}"
        raise InputError(f"{request.model}: {says}; choose a smaller --input")
    else:
        findings.insert(0, _sudden_end(outcome, stage))
    return CheckResult(request.model, request.input, request.classes, ran, tuple(findings))


def _sudden_end(outcome: sandbox.CallResult, stage: str) -> Finding:
    """The finding for a network whose process ended before a result."""
    doing = {IMPORT: "during its import", MAKE: "during its construction"}.get(stage, f"in the rule {stage}")
    says, _, where = outcome.says.partition(", at ")
    remedy = {
        "timed out": "Look for a loop that does not end, or allow more time with --seconds.",
        "out of memory": "Look for layers or tensors larger than intended, or allow more memory with --gigabytes.",
        "exited": "Call `sys.exit` only in a script. In a network, raise an exception.",
    }.get(outcome.ended, "Run the network alone with `python -X faulthandler`.")
    rule = FORWARD if stage in (IMPORT, MAKE) else stage
    return Finding(rule, "bug", f"The process of the network ended {doing}: {says}.", where, remedy)


def _list_networks(argument: Sequence[Any], _send: Callable[[Any], None]) -> list[list[str]]:
    """In the child: the networks of a file, its skipped statements, and the imports that failed."""
    from deepstudy.checks.execution import execute_file

    _prepare()
    file = execute_file(Path(argument[0]), bool(argument[1]))
    from deepstudy.checks.networks import find_networks  # imports torch; an error in the file need not wait for it

    skipped = [f"{each.where}: {each.text}" + (f" ({each.why})" if each.why else "") for each in file.skipped]
    return [[*find_networks(file)], skipped, [f"{name}: {why}" for name, why in file.missing.items()]]


def _prepare() -> None:
    """In the child, before the file: guards, and stand-ins for data sets."""
    from deepstudy.checks import guards, stand_ins

    guards.install()
    stand_ins.install()


def _check(argument: Mapping[str, Any], send: Callable[[Any], None]) -> dict[str, Any]:
    """In the child: build the network and apply all rules; `send` gets the names of the stages, and the findings."""
    request = CheckRequest(**{**argument, "input": tuple(argument["input"]) if argument["input"] else None})
    send(IMPORT)
    _prepare()
    try:
        probe = make_probe(request, send)
    except BuildError as error:
        return CheckResult(request.model, request.input, request.classes, (FORWARD,), (error.finding,)).as_json()
    from deepstudy.checks.examine import examine

    def send_findings(new: Sequence[Finding]) -> None:
        send([finding.as_json(alias="check") for finding in new])

    return examine(probe, send, send_findings).as_json()
