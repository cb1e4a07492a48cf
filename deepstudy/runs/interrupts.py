"""Ctrl-C and SIGTERM: noted when they come, obeyed between two steps, with the state saved."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType


class Interrupted(Exception):  # noqa: N818 - an event, not an error
    """A signal came; the state of what was running is saved."""

    def __init__(self, number: int) -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.number = number


@contextlib.contextmanager
def noted_signals(before_dying: Callable[[], None] = lambda: None) -> Iterator[Callable[[], int]]:
    """Note SIGINT and SIGTERM instead of ending at once; a second one of either kind ends the process.

    Arguments:
        before_dying: called before a second one ends the process.

    Returns:
        A context that gives a function, which returns the number of the signal that has come, else 0.
    """
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        if received:
            before_dying()
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        received.append(number)

    try:
        before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not in the main thread: whoever runs us there handles signals
        before = {}
    try:
        yield lambda: received[0] if received else 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
