"""A folder of submissions: which files are checked, and one row for each of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deepstudy.checks.make_probe import FILES
from deepstudy.errors import InputError
from deepstudy.table import Table

_COLUMNS = ("file", "networks", "bugs", "risks", "notes", "refused", "rules", "why")
_HIDDEN = ("__pycache__", ".ipynb_checkpoints", "site-packages", "node_modules")


@dataclass(frozen=True)
class FileSummary:
    """What was found in one file.

    Attributes:
        name: the file, relative to its folder.
        documents: the documents of its networks, as `check --json` prints them.
        has_networks: whether it holds any network.
    """

    name: str
    documents: Sequence[Mapping[str, Any]]
    has_networks: bool = True

    @property
    def refusals(self) -> list[str]:
        """Why networks were not checked, without their names; that a file holds no network is no refusal."""
        refused = [each for each in self.documents if "refused" in each and self.has_networks]
        return [str(each["refused"]).removeprefix(f"{each['model']}: ") for each in refused]

    def count(self, severity: str) -> int:
        """Count findings.

        Arguments:
            severity: bug, risk or note.

        Returns:
            How many of this severity the networks of the file have.
        """
        return sum(finding["severity"] == severity for finding in self._findings())

    def row(self) -> list[str]:
        """The cells of its row in a table."""
        checked = sum("refused" not in each for each in self.documents)
        counts = [self.count(severity) for severity in ("bug", "risk", "note")]
        rules = dict.fromkeys(each["rule"] for each in self._findings() if each["severity"] != "note")
        numbers = [checked, *counts, len(self.refusals)]
        return [self.name, *map(str, numbers), " ".join(rules), self.why]

    @property
    def why(self) -> str:
        """The first refusal, otherwise the first bug or risk."""
        if not self.has_networks:
            return "holds no network"
        for refusal in self.refusals:
            return refusal
        worst = sorted(self._findings(), key=lambda each: each["severity"] != "bug")
        return next((f"{each['rule']}: {each['says']}" for each in worst if each["severity"] != "note"), "")

    def _findings(self) -> list[Mapping[str, str]]:
        return [finding for each in self.documents for finding in each.get("findings", ())]


def submissions(folder: Path) -> Iterator[tuple[str, Path]]:
    """Find the files of a folder.

    Arguments:
        folder: the folder.

    Returns:
        The name of each script and notebook below it, and its path, in order.

    Raises:
        InputError: there is none.
    """
    files = sorted(file for file in folder.rglob("*") if file.suffix in FILES and file.is_file())
    files = [file for file in files if not {*_HIDDEN} & {*file.relative_to(folder).parts}]
    if not files:
        raise InputError(f"{folder}: holds no script (.py) and no notebook (.ipynb)")
    return ((str(file.relative_to(folder)), file) for file in files)


def tabulate_files(summaries: Sequence[FileSummary]) -> Table:
    """Lay out the files of a folder.

    Arguments:
        summaries: what was found in each.

    Returns:
        A row for each file.
    """
    return Table(_COLUMNS, [each.row() for each in summaries], frozenset(range(1, 6)))


def heading(width: int) -> str:
    """Write the line above those of the files.

    Arguments:
        width: of the column with their names.

    Returns:
        The line.
    """
    return f"{'file':<{width}}  networks  bugs  risks  refused"


def line(summary: FileSummary, width: int, columns: int) -> str:
    """Write what was found in a file in one line.

    Arguments:
        summary: what was found.
        width: of the column with the names of the files.
        columns: of the terminal; the reason is cut where it ends.

    Returns:
        The line.
    """
    _, networks, bugs, risks, _, refused, _, why = summary.row()
    begin = f"{summary.name:<{width}}  {networks:>8}  {bugs:>4}  {risks:>5}  {refused:>7}  "
    room = max(columns - len(begin), 20)
    return (begin + (why if len(why) <= room else f"{why[: room - 1]}…")).rstrip()
