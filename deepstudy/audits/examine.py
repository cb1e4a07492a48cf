"""A report, read and audited by all rules."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from deepstudy.audits import RULES, RUN_RULES
from deepstudy.audits.evidence import Evidence, of_document, of_study, of_text
from deepstudy.audits.reading import read_document
from deepstudy.display import Displayed
from deepstudy.errors import InputError
from deepstudy.findings import Finding, format_counts, format_findings, tabulate_findings, worst_first, wrap
from deepstudy.study import Study, load_study
from deepstudy.table import Table

if TYPE_CHECKING:
    from deepstudy.audits.measured.folder import FolderOfRuns

_LONGEST_PATH = 4096  # characters; what is longer is a text


@dataclass(frozen=True)
class RunsOfReport:
    """The runs that a report was held against.

    Attributes:
        folder: their folder.
        runs: how many there are.
        compared: how many figures of the report were compared with them.
        given: how many of those a run gave.
        note: a sentence about files in the folder that are no runs; "" if there are none.
    """

    folder: str
    runs: int
    compared: int
    given: int
    note: str

    @property
    def says(self) -> str:
        """A sentence for a person."""
        runs = f"{self.folder}: {self.runs} run{'s' * (self.runs != 1)}"
        if not self.compared:
            return f"{runs}; no figure of the report can be compared with them"
        return f"{runs}; {self.given} of {self.compared} figures that can be compared are theirs"


@dataclass(frozen=True, repr=False)
class AuditResult(Displayed):
    """All that was found in one report.

    Attributes:
        report: the name of the report.
        figures: the number of figures that were checked.
        findings: the findings of all rules, the worst first.
        unread: the number of figures that look like results and were not understood.
        runs: the runs that it was held against; None without them.
    """

    report: str
    figures: int
    findings: tuple[Finding, ...]
    unread: int = 0
    runs: RunsOfReport | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing is impossible or inconsistent."""
        return all(finding.severity in ("doubtful", "missing") for finding in self.findings)

    def renderables(self, width: int) -> list[Text]:
        """What `audit` prints: the findings, then how many there are.

        Arguments:
            width: columns of the terminal.

        Returns:
            The lines to print.
        """
        figures = f"{self.figures} figure{'s' * (self.figures != 1)}"
        unread = f", {self.unread} not understood" if self.unread else ""
        counts = f"{self.report}: {figures} checked by arithmetic{unread}; {format_counts(self.findings)}"
        findings = [format_findings(self.findings, min(width, 80))] if self.findings else []
        of_runs = [] if self.runs is None else [wrap(self.runs.says, width)]
        notes = [wrap(self.runs.note, width, "dim")] if self.runs is not None and self.runs.note else []
        return [*findings, wrap(counts, width), *of_runs, *notes]

    def as_table(self) -> Table:
        """The findings, a row each."""
        columns = ["rule", "where", "severity", "says", "reported", "possible"]
        return tabulate_findings(self.findings, columns, f"{self.report}: {format_counts(self.findings)}")

    def as_json(self) -> dict[str, Any]:
        """The document that `audit --json` prints. It has the key `runs` only where there are some."""
        of_runs = {} if self.runs is None else {"runs": vars(self.runs)}
        return {
            "subject": self.report,
            "figures": self.figures,
            "unread": self.unread,
            "findings": [finding.as_json(alias="test") for finding in self.findings],
            **of_runs,
        }


def read_evidence(report: str | Path | Study, trust: bool = False) -> Evidence:
    """Read what a report says.

    Arguments:
        report: a study (a name, a path, or one that is loaded), the path of a text file, or a text of several lines.
        trust: whether rules may build networks that are not built in.

    Returns:
        What the rules read.

    Raises:
        InputError: the report cannot be read, or has nothing to audit.
    """
    if isinstance(report, Study):
        return of_study(report, trust)
    if isinstance(report, str) and ("\n" in report or len(report) > _LONGEST_PATH):
        evidence, where = of_text(report, "text"), "text"
    elif is_document(report):
        evidence, where = of_document(read_document(Path(report))), str(report)
    else:
        return of_study(load_study(report), trust)
    read = (
        evidence.statements,
        evidence.sizes,
        evidence.sums,
        evidence.trees,
        evidence.networks,
        evidence.matrices,
        evidence.unread,
    )
    if not any(read):
        raise InputError(f"{where}: holds no figure, log or layer size that audit can read; give the text of a report")
    return evidence


def examine(evidence: Evidence, runs: "FolderOfRuns | None" = None) -> AuditResult:
    """Apply all rules to what a report says.

    Arguments:
        evidence: what the report says.
        runs: the runs that it is about; without them, the rules about runs are not applied.

    Returns:
        The findings, the worst first.
    """
    findings = [finding for rule in RULES.values() for finding in rule.load()(evidence)]
    for experiment, why in evidence.uncounted.items():
        says = f"The layers of {experiment} were not counted, so no figures were compared with them: {why}."
        findings.append(Finding("parameters", "missing", says, where=evidence.where))
    of_runs = None
    if runs is not None:
        from deepstudy.audits.measured.compare import ReportWithRuns

        both = ReportWithRuns(evidence, runs)
        findings += [finding for rule in RUN_RULES.values() for finding in rule.load()(both)]
        given = sum(each.is_given for each in both.compared)
        of_runs = RunsOfReport(runs.folder, len(runs.runs), len(both.compared), given, runs.note)
    return AuditResult(evidence.report, _count_figures(evidence), worst_first(findings), len(evidence.unread), of_runs)


def _count_figures(evidence: Evidence) -> int:
    """How many numbers were read."""
    if evidence.document is not None:
        return len(evidence.statements) + len(evidence.sizes)
    logged = sum(len(line.losses) + len(line.accuracies) for log in evidence.logs for line in log.lines)
    return len(evidence.figures) + len(evidence.sums) + len(evidence.sizes) + logged


def is_document(report: str | Path) -> bool:
    """Say whether a report is a document, and not a study file or the name of a study.

    Arguments:
        report: the name of a study, or a path.

    Returns:
        True if it is a file and not YAML.
    """
    path = Path(report)
    return path.is_file() and path.suffix not in (".yaml", ".yml")
