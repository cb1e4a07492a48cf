"""What `watch` found out about one program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deepstudy.display import Displayed
from deepstudy.findings import Finding, format_counts, format_findings, tabulate_findings, wrap
from deepstudy.table import Table

if TYPE_CHECKING:
    from rich.text import Text

    from deepstudy.watching.recording import Recording


@dataclass(frozen=True)
class Score:
    """One training or scoring round, recomputed.

    Attributes:
        epoch: how many training rounds of its network had begun, from 1.
        split: `train`, `validation`, `test` or `unknown`.
        trained: whether it was trained on; then loss and accuracy are running ones.
        network: the name of the network's class.
        images: how many images.
        correct: how many of them were predicted right; None if unknown.
        accuracy: in percent.
        loss: the mean over images; None if unknown.
        lr: the learning rate; None if unknown.
        seconds: how long the round took.
        data: what the images are, in words.
        where: its place in the program.
    """

    epoch: int
    split: str
    trained: bool
    network: str
    images: int
    correct: int | None
    accuracy: float | None
    loss: float | None
    lr: float | None
    seconds: float
    data: str
    where: str


@dataclass(frozen=True, repr=False)
class WatchResult(Displayed):
    """What a program did, and the findings of all rules.

    Attributes:
        script: the program.
        exit: its exit code.
        epochs: its rounds.
        findings: the findings, the worst first.
        not_observed: what could not be seen, in sentences.
        notes: what was done for the program.
        recording: all that was recorded.
    """

    script: str
    exit: int
    epochs: Sequence[Score]
    findings: tuple[Finding, ...]
    not_observed: tuple[str, ...]
    notes: tuple[str, ...]
    recording: "Recording"

    @property
    def bugs(self) -> tuple[Finding, ...]:
        """The findings that are bugs."""
        return tuple(finding for finding in self.findings if finding.severity == "bug")

    def renderables(self, width: int) -> "list[Text]":
        """What `watch` prints after the program: what was seen, the findings, and their numbers.

        Arguments:
            width: columns of the terminal.

        Returns:
            The texts, in order.
        """
        from rich.text import Text

        from deepstudy.watching.rules import RULES

        return [
            Text.assemble((self.script, "bold"), f"  {self._seen()}"),
            *([format_findings(self.findings, min(width, 80))] if self.findings else []),
            Text(f"{len(RULES)} rules applied: {format_counts(self.findings)}"),
            *(wrap(f"Not observed: {sentence}", width, "dim") for sentence in self.not_observed),
            *(wrap(note, width, "dim") for note in self.notes),
        ]

    def _seen(self) -> str:
        trained = [each for each in self.epochs if each.trained]
        scored = [each for each in self.epochs if not each.trained]
        return (
            f"{_count(len(trained), 'training round')}, {_count(len(scored), 'scoring round')}, "
            f"{self.recording.seconds:.0f} s"
        )

    def as_table(self) -> Table:
        """The findings, a row each."""
        columns = ["rule", "severity", "where", "says", "remedy"]
        return tabulate_findings(self.findings, columns, f"{self.script}: {format_counts(self.findings)}")

    def as_json(self) -> dict[str, Any]:
        """The document that `watch --json FILE` writes."""
        return {
            "script": self.script,
            "exit": self.exit,
            "error": self.recording.error,
            "epochs": [vars(each) for each in self.epochs],
            "findings": [finding.as_json(alias="rule") for finding in self.findings],
            "not_observed": list(self.not_observed),
            "notes": list(self.notes),
        }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
