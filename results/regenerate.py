"""Make the README's tables and each study's report from the measured runs here. No training.

    make results

The README's tables are committed. The reports (report.html, report.md, figures/, verdicts.json) are not.
"""

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tabulate import tabulate

from deepstudy.reporting.chapter import Chapter, read_chapter
from deepstudy.reporting.document import write
from deepstudy.reporting.folders import find_folders
from deepstudy.reporting.formatting import format_tally, format_verdict_interval
from deepstudy.reporting.tables.results import tabulate_results
from deepstudy.verdicts import Verdict, format_number

RESULTS = Path(__file__).parent
README = RESULTS.parent / "README.md"
_COLUMNS = ["study", "claim", "reported", "measured (95 % interval)", "n", "verdict"]


def read_chapters() -> list[Chapter]:
    """Read the chapter of each study and budget that has runs here. Timed runs belong to the chapter of their study."""
    return [read_chapter(folder) for folder in find_folders(RESULTS.name)]


def readme_parts(chapters: Sequence[Chapter]) -> dict[str, str]:
    """Make the tables of the README.

    Arguments:
        chapters: what the runs of each study show.

    Returns:
        The tables by their names there: the accuracies of each study, and the verdicts of all.
    """
    results = {
        _name(chapter): tabulate_results(chapter.study, chapter.records, chapter.timed).write("markdown")
        for chapter in chapters
    }
    return results | {"verdicts": _verdicts(chapters)}


def _name(chapter: Chapter) -> str:
    return chapter.study.name + (f", {chapter.budget}" if chapter.budget else "")


def _verdicts(chapters: Iterable[Chapter]) -> str:
    """A table of the claims that runs measured something for, and a line about the runs of each study."""
    rows, notes = [], []
    for chapter in chapters:
        rows += [[_name(chapter), *_row(verdict)] for verdict in chapter.verdicts if verdict.measured is not None]
        notes.append(f"* {_name(chapter)}: {_describe_runs(chapter)}. {format_tally(chapter.verdicts)}")
    return "\n".join([tabulate(rows, _COLUMNS, tablefmt="github", disable_numparse=True), "", *notes, ""])


def _row(verdict: Verdict) -> list[str]:
    assert verdict.measured is not None
    measured = format_number(verdict.measured)
    measured += f", {format_verdict_interval(verdict)}" if verdict.interval else ""
    says = verdict.says + ("" if verdict.source == "report" else " (not the report's claim)")
    return [says, verdict.reported, f"{measured} ({verdict.what})", str(verdict.runs or "–"), verdict.verdict]


def _describe_runs(chapter: Chapter) -> str:
    """How many runs there are, and of which data."""
    data = chapter.records[0].info.data
    groups = chapter.by_experiment.values()
    images = f"{data.splits['train']:,} training and {data.splits['test']:,} test images of {data.name}"
    seeds, epochs = _range(map(len, groups)), _range(record.epochs for record in chapter.records)
    done = f"{len(groups)} of {len(chapter.study.names())} experiments"
    return f"{images}, {data.provenance}; {done}, {seeds} seeds, {epochs} epochs"


def _range(numbers: Iterable[int]) -> str:
    several = {*numbers}
    return f"{min(several)}" if len(several) == 1 else f"{min(several)} to {max(several)}"


def with_parts(text: str, parts: Mapping[str, str]) -> str:
    """Put tables into the README, between their marks `<!-- NAME -->` and `<!-- /NAME -->`.

    Arguments:
        text: the README.
        parts: the tables by name.

    Returns:
        The README with these tables.

    Raises:
        SystemExit: if the README has no place for a table.
    """
    for name, part in parts.items():
        between = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
        text, count = between.subn(lambda _, part=part: part, text)
        if count != 1:
            raise SystemExit(f"README.md: give the table of {name} a place, <!-- {name} --> and <!-- /{name} -->")
    return text


def write_report(chapter: Chapter, folder: Path) -> None:
    """Write a study's page, its Markdown report with the charts as SVG, and verdicts.json.

    Arguments:
        chapter: what its runs show.
        folder: where the files are written.
    """
    figures = folder / "figures"
    for drawing in figures.glob("*.svg"):
        drawing.unlink()  # it may be of a chart that no longer exists
    write([chapter], folder / "report.html", figures)
    for drawing in figures.glob("*.png"):
        drawing.unlink()  # report.md shows the SVG


def main() -> None:
    """Write the reports and the README."""
    with contextlib.chdir(RESULTS.parent):
        chapters = read_chapters()
        for chapter in chapters:
            write_report(chapter, chapter.folder.path)
        README.write_text(with_parts(README.read_text(encoding="utf-8"), readme_parts(chapters)), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
