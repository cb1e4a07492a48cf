"""Write the report page of each study from the measured runs here. No training.

    make results

The pages (report.html, report.md, figures/, verdicts.json) are not committed.
"""

import contextlib
from pathlib import Path

from deepstudy.reporting.chapter import Chapter, read_chapter
from deepstudy.reporting.document import write
from deepstudy.reporting.folders import find_folders

RESULTS = Path(__file__).parent


def read_chapters() -> list[Chapter]:
    """Read the chapter of each study and budget that has runs here. Timed runs belong to the chapter of their study."""
    return [read_chapter(folder) for folder in find_folders(RESULTS.name)]


def write_report(chapter: Chapter, folder: Path) -> None:
    """Write a study's page, its Markdown report with the charts as SVG, and verdicts.json.

    Arguments:
        chapter: what its runs show.
        folder: where the files are written.
    """
    charts = folder / "figures"
    for drawing in charts.glob("*.svg"):
        drawing.unlink()  # it may be of a chart that no longer exists
    write([chapter], folder / "report.html", charts)
    for drawing in charts.glob("*.png"):
        drawing.unlink()  # report.md shows the SVG


def main() -> None:
    """Write the pages."""
    with contextlib.chdir(RESULTS.parent):
        for chapter in read_chapters():
            write_report(chapter, chapter.folder.path)
            print(f"{chapter.folder.path / 'report.html'}")


if __name__ == "__main__":
    main()
