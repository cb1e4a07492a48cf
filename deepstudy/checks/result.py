"""What the rules found in one network."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deepstudy.display import Displayed
from deepstudy.findings import Finding, format_counts, format_findings, tabulate_findings, wrap
from deepstudy.table import Table

if TYPE_CHECKING:
    from rich.text import Text


class UnsoundError(AssertionError):
    """A network has bugs; the message lists them."""


@dataclass(frozen=True, repr=False)
class CheckResult(Displayed):
    """The findings of all rules for one network.

    Attributes:
        model: the name of the network.
        input: the shape of one input, without the batch.
        classes: the requested number of classes.
        checks: the names of the rules that ran.
        findings: the findings, the worst first.
        notes: further remarks.
    """

    model: str
    input: tuple[int, ...] | None
    classes: int | None
    checks: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    @property
    def bugs(self) -> tuple[Finding, ...]:
        """The findings that are bugs."""
        return tuple(finding for finding in self.findings if finding.severity == "bug")

    def raise_if_bugs(self) -> "CheckResult":
        """Return the result itself if the network has no bug, for your own tests.

        Raises:
            UnsoundError: the network has bugs.
        """
        if self.bugs:
            raise UnsoundError("; ".join(f"{bug.says} [{bug.where}] {bug.remedy}" for bug in self.bugs))
        return self

    def renderables(self, width: int) -> "list[Text]":
        """What `check` prints: the network, the findings, and their numbers.

        Arguments:
            width: columns of the terminal.

        Returns:
            The texts, in order.
        """
        from rich.text import Text

        size = "x".join(map(str, self.input)) if self.input else "?"
        rules = f"{len(self.checks)} rule{'s' * (len(self.checks) != 1)}"
        return [
            Text.assemble((self.model, "bold"), f"  input {size}"),
            *([format_findings(self.findings, min(width, 80))] if self.findings else []),
            Text(f"{rules} applied: {format_counts(self.findings)}"),
            *(wrap(note, width, "dim") for note in self.notes),
        ]

    def as_table(self) -> Table:
        """The findings, a row each."""
        columns = ["rule", "severity", "where", "says", "remedy"]
        return tabulate_findings(self.findings, columns, f"{self.model}: {format_counts(self.findings)}")

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "CheckResult":
        """Read a result.

        Arguments:
            document: what `as_json` made.

        Returns:
            The same result.
        """
        fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in document.items()}
        fields["findings"] = tuple(Finding.from_json(finding) for finding in document["findings"])
        return cls(**fields)

    def as_json(self) -> dict[str, Any]:
        """The document that `check --json` prints."""
        return {
            "model": self.model,
            "input": None if self.input is None else list(self.input),
            "classes": self.classes,
            "checks": list(self.checks),
            "findings": [finding.as_json(alias="check") for finding in self.findings],
            "notes": list(self.notes),
        }
