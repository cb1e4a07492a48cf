"""Runs somebody's script or notebook as `__main__` under observation. This runs in a process of its own.

The program has the terminal, the arguments, the folder and the import path that it would have without us.
"""

import ast
import builtins
import json
import os
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deepstudy.errors import one_line

ENOUGH = 90  # the exit code of `--steps` when enough was seen; the recording says 0


class EnoughSeen(BaseException):
    """Ends a program of which enough was seen."""


def main() -> None:
    """Run the program that the environment variable `DEEPSTUDY_WATCH` describes, and write its recording."""
    task = json.loads(os.environ.pop("DEEPSTUDY_WATCH"))
    script, folder = Path(task["script"]), Path(task["folder"])
    # The stand-ins must be there before the program imports anything, the hooks before it imports torch.
    from deepstudy.watching.observer import Observer

    run, labels = _runner(script)
    observer = Observer(task["script"], labels, task["steps"])
    notes = observer.recording.notes
    _install_stand_ins(notes.append)
    _stop_after_scoring(observer, task["steps"])
    sys.argv = [task["script"], *task["arguments"]]
    sys.path.insert(0, str(script.resolve().parent))
    observer.install()
    code = 0
    try:
        run()
    except EnoughSeen:
        notes.append(f"The program was stopped after {task['steps']} training steps an epoch and one scoring.")
    except SystemExit as end:
        code = _exit_code(end)
    except KeyboardInterrupt:
        code = 130
        observer.recording.error = "interrupted"
    except BaseException as error:
        code = 1
        observer.recording.error = one_line(error)[:1000]
        observer.recording.error_where = _place(error, observer)
        _print_traceback(error)
    observer.recording.exit = code
    _flush()
    observer.finish().save(folder)
    _flush()
    sys.exit(code)  # as Python ends: what `atexit` holds runs, and open files are written


def _runner(script: Path) -> tuple[Callable[[], None], dict[str, str]]:
    """A function that runs the program, and the names of its parts."""
    module = types.ModuleType("__main__")
    module.__file__ = str(script)
    module.__builtins__ = builtins  # type: ignore[attr-defined]
    sys.modules["__main__"] = module
    names = vars(module)
    if script.suffix.lower() != ".ipynb":
        return lambda: exec(compile(script.read_bytes(), str(script), "exec", dont_inherit=True), names), {}
    from deepstudy.checks.units import read_units

    units = read_units(script)
    del module.__file__  # a notebook has none
    names["get_ipython"] = lambda: None
    names["display"] = print
    os.environ.setdefault("MPLBACKEND", "Agg")

    def run() -> None:
        for unit in units:
            _run_cell(unit.tree, unit.file, names)

    return run, {unit.file: unit.label for unit in units}


def _run_cell(tree: ast.Module, file: str, names: dict[str, Any]) -> None:
    """Run a cell; the value of a last expression is shown, as in Jupyter."""
    body, last = list(tree.body), None
    if body and isinstance(body[-1], ast.Expr):
        last = body.pop()
    exec(compile(ast.Module(body, []), file, "exec", dont_inherit=True), names)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), file, "eval", dont_inherit=True), names)
        if value is not None:
            print(repr(value))


def _install_stand_ins(note: Callable[[str], None]) -> None:
    from deepstudy.watching import stand_ins

    stand_ins.install(note)


def _stop_after_scoring(observer: Any, steps: int | None) -> None:
    """With `--steps`, end the program when a training begins after a first scoring."""
    if steps is None:
        return
    seen: list[Any] = []

    def on_walk(walk: Any) -> None:
        trained = [each for each in seen if each.trained]
        scored_after = [each for each in seen if not each.trained and each.complete and trained]
        if scored_after and any(walk.loader == each.loader for each in trained):
            raise EnoughSeen
        seen.append(walk)

    observer.loaders.on_walk = on_walk


def _exit_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1


def _place(error: BaseException, observer: Any) -> str:
    places = observer.state.places
    if isinstance(error, SyntaxError) and error.filename:
        return str(places.label(error.filename, error.lineno or 1))
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if places.is_own(frame.filename)]
    return places.label(own[-1].filename, own[-1].lineno or 0) if own else ""


def _print_traceback(error: BaseException) -> None:
    """Print the error as Python would: without our own frames."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(str(Path(__file__).parent)):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # closed by the program, or nobody reads it any more
            continue
