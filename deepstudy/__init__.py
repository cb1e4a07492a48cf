"""DeepStudy makes a lab report executable. Its verbs are functions: `deepstudy.run(study)`, `deepstudy.report(study)`.

They are imported when they are first asked for, so that `import deepstudy` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deepstudy.api import report, run
    from deepstudy.audits import audit
    from deepstudy.checks import check
    from deepstudy.errors import InputError
    from deepstudy.study import load_study
    from deepstudy.watching import watch

__version__ = "0.1.0"
__all__ = ["InputError", "__version__", "audit", "check", "load_study", "report", "run", "watch"]

_HOMES = {
    "InputError": "errors",
    "audit": "audits",
    "check": "checks",
    "load_study": "study",
    "report": "api",
    "run": "api",
    "watch": "watching",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'deepstudy' has no attribute {name!r}")
    return getattr(import_module(f"deepstudy.{_HOMES[name]}"), name)
