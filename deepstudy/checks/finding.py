"""What a check has to say, and all that was found of one network."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["bug", "risk", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing a check has to say: how bad, what, where in the network or its file, and the remedy."""

    check: str
    severity: Severity
    says: str
    where: str = ""
    remedy: str = ""


class UnsoundError(AssertionError):
    """A network has bugs; the message lists them."""


@dataclass(frozen=True)
class Checked:
    """What a check found. `checks` are the names of those that ran; `notes` what else there is to know."""

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

    def raise_if_bugs(self) -> "Checked":
        """For a test of one's own: raises UnsoundError if there is a bug, else returns itself."""
        if self.bugs:
            raise UnsoundError("; ".join(f"{bug.says} [{bug.where}] {bug.remedy}" for bug in self.bugs))
        return self

    @classmethod
    def of_json(cls, document: dict[str, Any]) -> "Checked":
        """The same out of the document that `as_json` makes."""
        fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in document.items()}
        fields["findings"] = tuple(Finding(**finding) for finding in document["findings"])
        return cls(**fields)

    def as_json(self) -> dict[str, Any]:
        """The document that `check --json` prints."""
        document = asdict(self)
        return {key: list(value) if isinstance(value, tuple) else value for key, value in document.items()}
