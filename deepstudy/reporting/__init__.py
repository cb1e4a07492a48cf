"""The report page: one HTML file that shows what the runs of a study showed. Never torch.

document.py   the page and what is written beside it
shown.py      what there is to show of a study: records, verdicts, findings
tables.py · charts.py · pictures.py    made of it
html.py · markdown.py                  the page, and the report for GitHub

`run` prints a table and draws nothing, so the names below are imported when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deepstudy.reporting.document import report, verdicts_json, write
    from deepstudy.reporting.shown import Shown, Source, read, sources

__all__ = ["Shown", "Source", "read", "report", "sources", "verdicts_json", "write"]

_IN_DOCUMENT = ("report", "verdicts_json", "write")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'deepstudy.reporting' has no attribute {name!r}")
    return getattr(import_module(f"deepstudy.reporting.{'document' if name in _IN_DOCUMENT else 'shown'}"), name)
