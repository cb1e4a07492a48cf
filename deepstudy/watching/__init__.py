"""`watch`: run a training program unchanged, and say what is wrong with it.

process.py      starts the program's process
program.py      in that process: runs the script or notebook under observation
observer/       the hooks there
stand_ins/      data sets and torchvision, where the program would need them
recording.py    what the program did: all that the rules read
evidence.py     questions about a recording
averages.py     which average a printed number is
samples.py, digests.py, known_images.py   by what images and data sets are known again
rules/          one kind of bug, one file; their names in `RULES`
judge.py        all rules, applied to one recording
comparisons.py  printed numbers beside computed ones
result.py       what was found
page/           all of it as an HTML page
"""

from collections.abc import Sequence
from pathlib import Path

from deepstudy.watching.result import Score, WatchResult
from deepstudy.watching.rules import RULES

__all__ = ["RULES", "Score", "WatchResult", "watch"]


def watch(
    script: Path | str,
    arguments: Sequence[str] = (),
    *,
    steps: int | None = None,
    seconds: float | None = None,
    recording: Path | str | None = None,
) -> WatchResult:
    """Run a training program in a process of its own, and find its bugs.

    The program runs unchanged: it prints to this process's stdout and computes the same numbers.

    Arguments:
        script: a `.py` file or an `.ipynb` notebook.
        arguments: its own arguments.
        steps: after how many training steps an epoch ends, and the program after one scoring; None for no limit.
        seconds: after how many seconds it is interrupted; None for no limit.
        recording: a folder in which the recording is kept.

    Returns:
        What it did, and the findings, the worst first.

    Raises:
        InputError: there is no such file, or no training was observed.

    Example:
        >>> deepstudy.watch("train.py", ["--epochs", "3"]).bugs
    """
    from deepstudy.watching.judge import judge
    from deepstudy.watching.process import record_program

    folder = Path(recording) if recording is not None else None
    return judge(record_program(Path(script), arguments, steps=steps, seconds=seconds, folder=folder))
