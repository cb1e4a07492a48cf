"""Make everything that is made of the measured runs here: the README's tables, and each study's report. No training.

    make results

The README's tables are committed. The reports (report.html, report.md, figures/, verdicts.json) are not.
"""

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tabulate import tabulate

from deepstudy import reporting
from deepstudy.reporting import tables
from deepstudy.verdicts import Verdict

RESULTS = Path(__file__).parent
README = RESULTS.parent / "README.md"
_COLUMNS = ["study", "claim", "reported", "measured (95 % interval)", "n", "verdict"]


def read_chapters() -> list[reporting.Chapter]:
    """What there are runs of, study by study and budget by budget; those for times alone belong to the others."""
    return [reporting.read_chapter(each) for each in reporting.find_runs(RESULTS.name)]


def readme_parts(chapters: Sequence[reporting.Chapter]) -> dict[str, str]:
    """Make the tables of the README.

    Arguments:
        chapters: what the runs of each study show.

    Returns:
        The tables by their names there: the accuracies of each study, and the verdicts of all.
    """
    accuracies = {
        _name(each): tables.accuracies(each.study, each.records, each.timed).write("markdown") for each in chapters
    }
    return accuracies | {"verdicts": _verdicts(chapters)}


def _name(chapter: reporting.Chapter) -> str:
    return chapter.study.name + (f", {chapter.budget}" if chapter.budget else "")


def _verdicts(chapters: Iterable[reporting.Chapter]) -> str:
    """All claims that the runs measured something of, and what they were runs of."""
    rows, notes = [], []
    for each in chapters:
        rows += [[_name(each), *_row(verdict)] for verdict in each.verdicts if verdict.measured is not None]
        notes.append(f"* {_name(each)}: {_of(each)}. {tables.tally(each.verdicts)}")
    return "\n".join([tabulate(rows, _COLUMNS, tablefmt="github", disable_numparse=True), "", *notes, ""])


def _row(verdict: Verdict) -> list[str]:
    assert verdict.measured is not None
    measured = tables.number(verdict.measured)
    measured += f", {tables.interval(verdict)}" if verdict.interval else ""
    says = verdict.says + ("" if verdict.source == "report" else " (not the report's claim)")
    return [says, verdict.reported, f"{measured} ({verdict.what})", str(verdict.runs or "–"), verdict.verdict]


def _of(chapter: reporting.Chapter) -> str:
    """Which runs of which data they were."""
    data = chapter.records[0].info.data
    runs = chapter.by_experiment.values()
    images = f"{data.splits['train']:,} training and {data.splits['test']:,} test images of {data.name}"
    seeds, epochs = _range(map(len, runs)), _range(run.epochs for run in chapter.records)
    done = f"{len(runs)} of {len(chapter.study.names())} experiments"
    return f"{images}, {data.provenance}; {done}, {seeds} seeds, {epochs} epochs"


def _range(numbers: Iterable[int]) -> str:
    there = {*numbers}
    return f"{min(there)}" if len(there) == 1 else f"{min(there)} to {max(there)}"


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


def write_report(chapter: reporting.Chapter, folder: Path) -> None:
    """Write a study's page, its Markdown report with the charts as SVG, and verdicts.json.

    Arguments:
        chapter: what its runs show.
        folder: where the files are written.
    """
    figures = folder / "figures"
    for drawing in figures.glob("*.svg"):
        drawing.unlink()  # one may be of a chart that there is no more
    reporting.write([chapter], folder / "report.html", figures)
    for drawing in figures.glob("*.png"):
        drawing.unlink()  # report.md shows the SVG


def main() -> None:
    """Write all of it."""
    with contextlib.chdir(RESULTS.parent):
        chapters = read_chapters()
        for each in chapters:
            write_report(each, each.study_runs.folder)
        README.write_text(with_parts(README.read_text(encoding="utf-8"), readme_parts(chapters)), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
