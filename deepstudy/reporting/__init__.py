"""The report page: one HTML file with all that the runs of a study show. Never torch.

document.py   the page and the files beside it
chapter.py    what is shown of one study: records, verdicts, findings
tables.py · charts.py · pictures.py    made of a chapter
html.py · markdown.py                  the page, and the report for GitHub

`run` prints a table and draws nothing, so the names below are imported when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deepstudy.reporting.chapter import Chapter, StudyRuns, find_runs, read_chapter
    from deepstudy.reporting.document import report, verdicts_json, write

__all__ = ["Chapter", "StudyRuns", "find_runs", "read_chapter", "report", "verdicts_json", "write"]

_IN_DOCUMENT = ("report", "verdicts_json", "write")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'deepstudy.reporting' has no attribute {name!r}")
    return getattr(import_module(f"deepstudy.reporting.{'document' if name in _IN_DOCUMENT else 'chapter'}"), name)
