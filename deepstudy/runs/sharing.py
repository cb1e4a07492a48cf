"""How many runs share the machine: the times of such runs decide no claim."""

import getpass
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def counted() -> Iterator[Callable[[], int | None]]:
    """Count the processes that train on this machine while this one does.

    Each process holds its own lock in a folder of the user.

    Returns:
        A context that gives a function: it counts, this process included, and returns None where that cannot be.
    """
    try:
        folder = Path(tempfile.gettempdir()) / f"deepstudy-{getpass.getuser()}"
        folder.mkdir(parents=True, exist_ok=True)
        own = FileLock(folder / f"{os.getpid()}.lock")
        own.acquire(timeout=0)
    except (OSError, KeyError, ImportError, Timeout):  # getuser raises any of the first three
        yield lambda: None
        return

    def count() -> int:
        return 1 + sum(_is_held(path) for path in folder.glob("*.lock") if path != Path(own.lock_file))

    try:
        yield count
    finally:
        own.release()
        Path(own.lock_file).unlink(missing_ok=True)


def _is_held(path: Path) -> bool:
    """Whether the process of a lock still lives; the lock of one that is gone is deleted."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    path.unlink(missing_ok=True)
    return False


def most(*counts: int | None) -> int | None:
    """The largest of the counts that are known.

    Arguments:
        counts: each a number of runs, or None.

    Returns:
        The largest; None where none is known.
    """
    return max(filter(None, counts), default=None)
