"""What `audit` and `check` have to say, and the rules that say it.

A finding is one thing that is wrong, or may be. A rule finds one kind of error and has a stable name. Audits, checks
and the command line share both, so that all findings look alike. This module imports neither torch nor rich until it
needs them: `--help` lists the rules from here.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from rich.console import Console

Severity = Literal["impossible", "inconsistent", "doubtful", "missing", "bug", "risk", "note"]
AuditSeverity = Literal["impossible", "inconsistent", "doubtful", "missing"]
CheckSeverity = Literal["bug", "risk", "note"]

#: From the worst to the mildest: those of an audit, then those of a check.
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
AUDIT_SEVERITIES: tuple[AuditSeverity, ...] = get_args(AuditSeverity)
CHECK_SEVERITIES: tuple[CheckSeverity, ...] = get_args(CheckSeverity)

_COLOURS = {
    "impossible": "bold red",
    "inconsistent": "red",
    "doubtful": "yellow",
    "missing": "dim",
    "bug": "bold red",
    "risk": "yellow",
    "note": "dim",
}
_WIDTH = 80  # columns that sentences fill at most
_INDENT = "  "


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be.

    Attributes:
        rule: the name of the rule that found it.
        severity: how bad it is.
        says: what is wrong, in whole sentences.
        where: its place: a line of a file, or a layer of a network. Empty where there is none.
        remedy: what to do about it.
        reported: what the report printed.
        possible: what it could have printed.
    """

    rule: str
    severity: Severity
    says: str
    where: str = ""
    remedy: str = ""
    reported: str = ""
    possible: str = ""


@dataclass(frozen=True)
class Rule:
    """One kind of error that can be found.

    Attributes:
        name: its name in findings and on the command line.
        says: one line that says what it finds.
        function: where the function lies that finds it, as `package.module:name`.
    """

    name: str
    says: str
    function: str

    def load(self) -> Callable[[Any], Iterator[Finding]]:
        """The function that yields the rule's findings; its module is imported now."""
        module, _, name = self.function.partition(":")
        function: Callable[[Any], Iterator[Finding]] = getattr(import_module(module), name)
        return function


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by their severity.

    Arguments:
        findings: findings in any order.

    Returns:
        The worst first; findings of one severity keep their order.
    """
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def format_counts(findings: Iterable[Finding]) -> str:
    """Count findings by their severity.

    Arguments:
        findings: findings in any order.

    Returns:
        A text like `1 impossible, 2 doubtful` or `2 bugs, 1 note`; `nothing found` if there are none.
    """
    severities = [finding.severity for finding in findings]
    parts = []
    for severity in SEVERITIES:
        if count := severities.count(severity):
            plural = "s" if count > 1 and severity in CHECK_SEVERITIES else ""
            parts.append(f"{count} {severity}{plural}")
    return ", ".join(parts) or "nothing found"


def print_findings(findings: Iterable[Finding]) -> None:
    """Print findings on stdout, with an empty line after each.

    A finding begins with its severity, rule and place. What it says, and how to mend it, stand indented below. All
    that one rule finds missing stands under one heading, since what is missing has no place.

    Arguments:
        findings: findings, the worst first.
    """
    from rich.console import Console

    console = Console(highlight=False)
    missing: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity == "missing":
            missing.setdefault(finding.rule, []).append(finding)
            continue
        _print_title(console, finding.severity, finding.rule, finding.where)
        _print_indented(console, finding.says)
        for label, text in (
            ("reported", finding.reported),
            ("possible", finding.possible),
            ("remedy", finding.remedy),
        ):
            if text:
                _print_indented(console, f"{label}: {text}")
        console.print()
    for rule, members in missing.items():
        _print_title(console, "missing", rule)
        for finding in members:
            _print_indented(console, finding.says)
        console.print()


def _print_title(console: "Console", severity: Severity, rule: str, where: str = "") -> None:
    from rich.text import Text

    title = Text.assemble((severity, _COLOURS[severity]), f"{_INDENT}{rule}")
    if where:
        title.append(f"{_INDENT}{where}", "dim")
    console.print(title, soft_wrap=True)  # a path that is cut in two cannot be copied


def _print_indented(console: "Console", text: str) -> None:
    from rich.text import Text

    width = min(console.width, _WIDTH) - len(_INDENT)
    for line in Text(text).wrap(console, width):
        console.print(f"{_INDENT}{line.plain.rstrip()}", markup=False, soft_wrap=True)
