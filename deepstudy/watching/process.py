"""Starts the process of a watched program, and waits for it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from deepstudy.errors import InputError
from deepstudy.watching.recording import RECORDING, RecordedProgram, read_recording

_GRACE = 20.0  # seconds that a program may take to end when its time is over


def record_program(
    script: Path,
    arguments: Sequence[str] = (),
    *,
    steps: int | None = None,
    seconds: float | None = None,
    folder: Path | None = None,
) -> RecordedProgram:
    """Run a program under observation. It reads and writes this process's stdin, stdout and stderr.

    Arguments:
        script: a `.py` file or an `.ipynb` notebook.
        arguments: its own arguments.
        steps: after how many training steps an epoch ends, and the program after one scoring; None for no limit.
        seconds: after how many seconds the program is interrupted; None for no limit.
        folder: where the recording stays; by default it is not kept.

    Returns:
        What the program did.

    Raises:
        InputError: there is no such file, or the program ended without a recording.
    """
    if script.suffix.lower() not in (".py", ".ipynb"):
        raise InputError(f"{script}: is not a .py file or an .ipynb notebook; watch runs only these")
    if not script.is_file():
        raise InputError(f"{script}: no such file; check the path")
    with tempfile.TemporaryDirectory(prefix="deepstudy-watch-") as temporary:
        directory = folder or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / RECORDING).unlink(missing_ok=True)  # that of another program must not be taken for this one's
        task = {"script": str(script), "arguments": list(arguments), "steps": steps, "folder": str(directory.resolve())}
        code, late = _run(task, seconds)
        if not (directory / RECORDING).is_file():
            raise InputError(f"{script}: {_why(code)} before its recording was written; run it alone to see why")
        program = read_recording(directory)
    if late:
        program.recording.notes.append(f"The program was interrupted after {seconds:g} s.")
    return program


def _run(task: Mapping[str, object], seconds: float | None) -> tuple[int, bool]:
    """Run the process to its end: its exit code, and whether its time was over."""
    root = str(Path(__file__).parents[2])
    # At the end of the path: a student's random.py beside the script must win, as it does without us.
    start = (
        f"import sys; sys.path[:] = [each for each in sys.path if each] + [{root!r}] * ({root!r} not in sys.path); "
        "from deepstudy.watching.program import main; main()"
    )
    environment = {**os.environ, "DEEPSTUDY_WATCH": json.dumps(task)}
    # Ctrl-C in the terminal reaches both: the program ends as it would, and its findings are still printed.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen([sys.executable, "-c", start], env=environment, preexec_fn=_default_interrupt)
        try:
            return process.wait(seconds), False
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        try:
            return process.wait(_GRACE), True
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait(), True
    finally:
        signal.signal(signal.SIGINT, before)


def _default_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _why(code: int) -> str:
    if code < 0:
        names = {-number.value: number.name for number in signal.Signals}
        return f"the program was ended by {names.get(code, f'signal {-code}')}"
    return f"the program ended with code {code}"
