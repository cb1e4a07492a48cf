"""Several reports, audited one after the other and compared with each other."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from deepstudy.audits import ALL_RULES, FOLDER_RULES
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.examine import AuditResult, examine, read_evidence
from deepstudy.display import Displayed
from deepstudy.errors import InputError
from deepstudy.findings import AUDIT_SEVERITIES, Finding, format_findings, worst_first
from deepstudy.table import Table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from deepstudy.audits.measured.folder import FolderOfRuns


@dataclass(frozen=True, repr=False)
class FolderResult(Displayed):
    """All that was found in several reports.

    Attributes:
        results: the result of each report by its name, or why it cannot be read.
        compared: what their files say of one thing with different numbers.
    """

    results: Mapping[str, AuditResult | InputError]
    compared: tuple[Finding, ...]

    @property
    def readable(self) -> list[AuditResult]:
        """The results of the reports that can be read."""
        return [result for result in self.results.values() if isinstance(result, AuditResult)]

    def as_table(self) -> Table:
        """A line for each report: how many findings it has of each severity, and the worst of them."""
        columns = ["report", "figures", *AUDIT_SEVERITIES, "worst"]
        rows = [[name, *_counts(result), _worst(name, result)] for name, result in self.results.items()]
        return Table(columns, rows, frozenset(range(1, 6)), f"{len(rows)} report{'s' * (len(rows) != 1)}")

    def as_table_of_rules(self) -> Table:
        """The same, with a column for each rule: how many findings it has."""
        table = self.as_table()
        rules = [*ALL_RULES]
        rows = [
            [*row[:-1], *self._counts_by_rule(name, rules), row[-1]]
            for name, row in zip(self.results, table.rows, strict=True)
        ]
        return Table([*table.columns[:-1], *rules, table.columns[-1]], rows, frozenset(range(1, 6 + len(rules))))

    def _counts_by_rule(self, name: str, rules: Iterable[str]) -> list[str]:
        result = self.results[name]
        if isinstance(result, InputError):
            return [""] * len([*rules])
        about = [finding for finding in self.compared if finding.where.startswith((f"{name}:", f"{name},"))]
        counts = Counter(finding.rule for finding in (*result.findings, *about))
        return [str(counts[rule]) for rule in rules]

    def short_table(self, width: int) -> Table:
        """The table for a terminal: the last column is cut where the line ends.

        Arguments:
            width: columns of the terminal.

        Returns:
            The table.
        """
        table = self.as_table()
        widths = [max(map(len, cells)) + 2 for cells in zip(table.columns, *table.rows, strict=True)]
        room = max(width - sum(widths[:-1]), 20)
        short = [[*row[:-1], row[-1] if len(row[-1]) <= room else f"{row[-1][: room - 1]}…"] for row in table.rows]
        return Table(table.columns, short, table.numeric)

    def renderables(self, width: int) -> "list[RenderableType]":
        """What `audit` prints of a folder: a line for each report, then where their files disagree.

        Arguments:
            width: columns of the terminal.

        Returns:
            The lines to print.
        """
        return [self.short_table(width).rich(), *self.comparison(width)]

    def comparison(self, width: int) -> list[Text]:
        """What is printed of the comparison.

        Arguments:
            width: columns of the terminal.

        Returns:
            The findings below an empty line; nothing if there are none.
        """
        return [Text(), format_findings(self.compared, min(width, 80))] if self.compared else []

    def as_json(self) -> dict[str, Any]:
        """The document that `audit --json` prints of a folder."""
        files = [
            {"subject": name, "refused": str(result)}
            if isinstance(result, InputError)
            else result.as_json() | {"subject": name}
            for name, result in self.results.items()
        ]
        return {"files": files, "compared": [finding.as_json(alias="test") for finding in self.compared]}


def audit_several(
    subjects: Iterable[tuple[str, str | Path]], trust: bool = False, runs: "FolderOfRuns | None" = None
) -> FolderResult:
    """Audit several reports. One that cannot be read does not stop the next one.

    Arguments:
        subjects: the name of each report, and the report: a study or a file.
        trust: whether rules may build networks that are not built in.
        runs: the runs that all of them are about.

    Returns:
        What was found in each, and between them.
    """
    results: dict[str, AuditResult | InputError] = {}
    read: dict[str, Evidence] = {}
    for name, subject in subjects:
        try:
            read[name] = read_evidence(subject, trust)
            results[name] = examine(read[name], runs)
        except InputError as error:
            results[name] = error
    return FolderResult(results, worst_first(each for rule in FOLDER_RULES.values() for each in rule.load()(read)))


def _counts(result: AuditResult | InputError) -> list[str]:
    """The figures that were checked, and the findings of each severity."""
    if isinstance(result, InputError):
        return [""] * (1 + len(AUDIT_SEVERITIES))
    severities = [finding.severity for finding in result.findings]
    return [str(result.figures), *(str(severities.count(severity)) for severity in AUDIT_SEVERITIES)]


def _worst(name: str, result: AuditResult | InputError) -> str:
    """What the worst finding says, or why the report cannot be read."""
    if isinstance(result, InputError):
        return f"not read: {str(result).rpartition(f'{name}: ')[2]}"
    return next((each.says for each in result.findings if each.severity != "missing"), "")
