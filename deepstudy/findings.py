"""What `audit` and `check` have to say, and the rules that say it.

A finding is one thing that is wrong, or may be. A rule finds one kind of error and has a stable name. Audits, checks
and the command line share both, so that all findings look alike. This module imports nothing heavy, so that `--help`
can list the rules.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from deepstudy.table import Table

if TYPE_CHECKING:
    from rich.text import Text

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
_INDENT = "  "


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be.

    Attributes:
        rule: the name of the rule that found it.
        severity: how bad it is.
        says: what is wrong, in whole sentences.
        where: its place: a line of a file, or a layer of a network; "" if it has none.
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

    def as_json(self, alias: str) -> dict[str, str]:
        """Write the finding as `audit --json` and `check --json` do.

        Arguments:
            alias: the old name of the key `rule`, which stays beside it: `test` of an audit, `check` of a check.

        Returns:
            What a finding of its severity has: reported and possible figures of an audit, the remedy of a check.
        """
        if self.severity in AUDIT_SEVERITIES:
            details = {"reported": self.reported, "possible": self.possible}
        else:
            details = {"remedy": self.remedy}
        document = {"rule": self.rule, "severity": self.severity, "where": self.where, "says": self.says}
        return document | details | {alias: self.rule}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Finding":
        """Read a finding.

        Arguments:
            document: what `as_json` made.

        Returns:
            The same finding.
        """
        return cls(**{key: value for key, value in document.items() if key in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Rule:
    """One kind of error that can be found.

    Attributes:
        name: its name in findings and on the command line.
        says: one line that says what it finds.
        module: the full name of its module, whose function `find` yields its findings.
    """

    name: str
    says: str
    module: str

    def load(self) -> Callable[[Any], Iterator[Finding]]:
        """The function that yields the rule's findings; its module is imported now."""
        find: Callable[[Any], Iterator[Finding]] = import_module(self.module).find
        return find

    @property
    def page(self) -> str:
        """What to know about the rule, in Markdown: why it matters, examples, how to fix it.

        It is the docstring of the rule's module, which is read and not imported.
        """
        spec = find_spec(self.module)
        assert spec is not None
        assert spec.origin is not None
        page = ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8")))
        assert page is not None, f"{self.module} has no docstring"
        return page


def make_rules(package: str, lines: Mapping[str, str]) -> Mapping[str, Rule]:
    """Make the registry of a package of rules. A rule lies in the module of its name.

    Arguments:
        package: the full name of the package.
        lines: by the name of each rule, the line that says what it finds; in the order in which they are applied.

    Returns:
        The rules by name, in the same order. It cannot be changed.
    """
    return MappingProxyType({name: Rule(name, line, f"{package}.{name}") for name, line in lines.items()})


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


def tabulate_findings(findings: Iterable[Finding], columns: Sequence[str], caption: str = "") -> Table:
    """Lay out findings as a table.

    Arguments:
        findings: findings, the worst first.
        columns: attributes of `Finding`, or `test`, the old name of `rule`.
        caption: the title.

    Returns:
        A row for each finding.
    """
    rows = [[str(getattr(each, "rule" if column == "test" else column)) for column in columns] for each in findings]
    return Table(columns, rows, caption=caption)


def format_findings(findings: Iterable[Finding], width: int = 80) -> "Text":
    """Write findings as a person reads them, with an empty line after each.

    A finding begins with its severity, rule and place. What it says, and how to mend it, stand indented below. All
    that one rule finds missing stands under one heading, since what is missing has no place.

    Arguments:
        findings: findings, the worst first.
        width: the columns that sentences fill at most. Titles are not wrapped: a path cut in two cannot be copied.

    Returns:
        The text, with colours.
    """
    from rich.text import Text

    text = Text()
    missing: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity == "missing":
            missing.setdefault(finding.rule, []).append(finding)
            continue
        _add_title(text, finding.severity, finding.rule, finding.where)
        _add_indented(text, finding.says, width)
        for label in ("reported", "possible", "remedy"):
            if details := getattr(finding, label):
                _add_indented(text, f"{label}: {details}", width)
        text.append("\n")
    for rule, members in missing.items():
        _add_title(text, "missing", rule)
        for finding in members:
            _add_indented(text, finding.says, width)
        text.append("\n")
    text.right_crop(1)  # whoever prints it ends the last line
    return text


def wrap(sentence: str, width: int, style: str = "") -> "Text":
    """Break a sentence into lines for a terminal.

    Arguments:
        sentence: the text.
        width: columns of the terminal; more than 80 are not used.
        style: the colour.

    Returns:
        The text with line breaks.
    """
    from rich.console import Console
    from rich.text import Text

    width = min(width, 80)
    lines = Text(sentence).wrap(Console(width=width), width)
    return Text("\n".join(line.plain.rstrip() for line in lines), style)


def _add_title(text: "Text", severity: Severity, rule: str, where: str = "") -> None:
    text.append(severity, _COLOURS[severity])
    text.append(f"{_INDENT}{rule}")
    if where:
        text.append(f"{_INDENT}{where}", "dim")
    text.append("\n")


def _add_indented(text: "Text", sentences: str, width: int) -> None:
    from rich.console import Console
    from rich.text import Text

    for line in Text(sentences).wrap(Console(width=width), width - len(_INDENT)):  # counts wide letters as two
        text.append(f"{_INDENT}{line.plain.rstrip()}\n")
