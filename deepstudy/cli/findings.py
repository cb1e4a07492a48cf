"""Findings on the terminal: how they are counted, and how they are printed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from deepstudy.findings import CHECK_SEVERITIES, SEVERITIES, Finding, Severity

if TYPE_CHECKING:
    from rich.console import Console

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
