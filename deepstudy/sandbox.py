"""Calls a function in a child process, so that whatever somebody else's code does ends in a clear message.

It protects against accidents, not against malice: an infinite loop, a crash, an exit or gigabytes of memory end the
child and not its parent, but the child may read and write whatever the user may.

Memory is limited on Linux only, for each process by itself: what it may write to and shares with no other process, the
stacks of its threads included. On Windows, processes that the child started may outlive it.
"""

import contextlib
import faulthandler
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from deepstudy.errors import InputError, is_memory

if sys.platform != "win32":
    import resource

PRINTED = 10_000  # characters of what the child prints that an outcome keeps
FLOOD = 100_000_000  # bytes printed that may fill the disk before all but their end is thrown away
GRACE = 5  # seconds after which a child is killed that did not end itself when its time was over
LEAVING = 2  # seconds that a child may take to leave once its function has ended

Ending = Literal["returned", "raised", "timed out", "out of memory", "exited", "crashed"]

#: How long torch's threads wait for each other by counting; by default, beside other work, for a core that the counting
#: takes. On a busy machine a check of ResNet-20 took 26 to 46 s, with this 6 to 8; on an idle one a tenth longer.
_PATIENT = {"GOMP_SPINCOUNT": "2000"}

_DIES_WITHOUT_MEMORY = ("std::bad_alloc", "libgomp: Thread creation failed")
_FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$', re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """How a call in a child process ended.

    `result` is what the function returned, None unless it did. `says` is one line on what went wrong and where, empty
    if nothing did. `printed` is what went to stdout and stderr, its last 10,000 characters.
    """

    ended: Ending
    result: Any
    says: str
    printed: str


@dataclass(frozen=True)
class _End:
    ended: Ending
    says: str = ""
    result: Any = None
    frames: Sequence[tuple[str, int, str]] = ()  # file, line and function, the innermost first


def ignore(note: Any) -> None:
    """Does nothing with a note."""


def call(
    target: str, argument: Any, *, seconds: float, gigabytes: float, on_note: Callable[[Any], None] = ignore
) -> Outcome:
    """Calls `target` ("package.module:function") in a child process as `function(argument, tell)`.

    The argument, the result and each note that the function passes to `tell(note)` must be JSON. Notes reach
    `on_note` in this process while the function runs, in their order. The child has the working folder, the
    environment and the import path of this process. It may run for `seconds` and take `gigabytes` (of 10^9 bytes) of
    memory. When this returns or raises, the child is gone, and so are its own children.

    Raises TypeError or ValueError if the argument is not JSON, and whatever `on_note` raises.
    """
    with tempfile.TemporaryDirectory(prefix="deepstudy-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        asked = {"target": target, "argument": argument, "seconds": seconds, "gigabytes": gigabytes}
        (folder / "asked").write_text(json.dumps(asked), encoding="utf-8")
        (folder / "stack").touch()
        (folder / "sent").touch()
        # Not `-m`: a student's random.py in the working folder must not stand in for Python's own.
        program = f"import sys; sys.path[:] = {[str(entry) for entry in sys.path]}; "
        program += f"from deepstudy.sandbox import _child; _child({name!r})"
        end, kept = None, ""
        with (folder / "printed").open("ab") as printed, (folder / "sent").open("rb") as sent:
            process = subprocess.Popen(
                [sys.executable, "-u", "-c", program],
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                env={**_PATIENT, **os.environ, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8:backslashreplace"},
                start_new_session=True,
            )
            try:
                deadline = time.monotonic() + seconds + GRACE
                while process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.02)
                    if end := _listen(sent, on_note) or end:
                        deadline = min(deadline, time.monotonic() + LEAVING)
                    if (folder / "printed").stat().st_size > FLOOD:
                        kept = _tail(folder / "printed")
                        os.truncate(folder / "printed", 0)
                late = process.poll() is None
            finally:
                _kill(process)
            end = _listen(sent, on_note) or end
        kept = (kept + _tail(folder / "printed"))[-PRINTED:]
        stack = (folder / "stack").read_text(encoding="ascii", errors="replace")
    if end is None:
        end = _sudden_end(asked, process.returncode, late, stack, kept)
    return Outcome(end.ended, end.result, end.says + _place(end), kept)


def _listen(sent: BinaryIO, on_note: Callable[[Any], None]) -> _End | None:
    """Passes on the notes that have come since the last time; returns the end if it has come."""
    while (line := sent.readline()).endswith(b"\n"):
        message = json.loads(line)
        if "note" not in message:
            return _End(**message)
        on_note(message["note"])
    sent.seek(-len(line), os.SEEK_CUR)  # half a line waits for its other half
    return None


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        # All of the group may have left already; with only the dead in it, macOS refuses permission.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 4 * PRINTED))  # a character has at most 4 bytes
        return file.read().decode("utf-8", errors="replace")[-PRINTED:]


def _sudden_end(asked: dict[str, Any], code: int, late: bool, stack: str, printed: str) -> _End:
    """What must have happened to a child that is gone without having said how it ended."""
    frames = _dumped_frames(stack)
    if late or "Timeout (" in stack:
        return _End("timed out", f"still running after {asked['seconds']:g} s", frames=frames)
    if code != 0 and any(sign in printed for sign in _DIES_WITHOUT_MEMORY):
        return _End("out of memory", f"needs more than {asked['gigabytes']:g} GB of memory", frames=frames)
    if code == -9:
        return _End("crashed", "killed with signal SIGKILL, perhaps because the computer has no memory left")
    if code < 0:
        names = {-number.value: number.name for number in signal.Signals}
        return _End("crashed", f"crashed with signal {names.get(code, -code)}", frames=frames)
    if code >= 2**31:  # so Windows ends a process that crashes
        return _End("crashed", f"crashed with code {code:#x}", frames=frames)
    return _End("exited", f"exits with code {code} before it returns")


def _dumped_frames(stack: str) -> list[tuple[str, int, str]]:
    """The frames, in what faulthandler wrote, of the thread that crashed; of the main thread if that ran no Python."""
    threads = re.split(r"\n(?=Thread |Current thread )", stack)  # the main thread is the last
    threads.sort(key=lambda thread: thread.startswith("Current thread 0x"))
    frames = next((found for thread in reversed(threads) if (found := _FRAME.findall(thread))), [])
    return [(_unescaped(file), int(line), _unescaped(function)) for file, line, function in frames]


def _unescaped(text: str) -> str:
    """Undoes what faulthandler, which writes ASCII only, did to other characters."""
    return re.sub(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U000[0-9a-f]{5})", lambda found: chr(int(found[1][1:], 16)), text)


def _place(end: _End) -> str:
    """Where it ended, as the end of its line: the innermost place in code that nobody else has written."""
    own = [frame for frame in end.frames if not _is_installed(frame[0])]
    if end.ended == "raised":
        return f" ({_shown(own[0][0])}:{own[0][1]})" if own else ""
    for file, line, function in own or end.frames:
        return f", at {_shown(file)}:{line} in {function}"
    return ""


def _is_installed(file: str) -> bool:
    path = Path(file)
    if file.startswith("<") or {"site-packages", "dist-packages"} & set(path.parts):
        return True
    return any(path.is_relative_to(Path(module).parent) for module in (os.__file__, __file__))


def _shown(file: str) -> str:
    return str(Path(file).relative_to(Path.cwd()) if Path(file).is_relative_to(Path.cwd()) else file)


def _child(folder: str) -> None:
    """What the child process does: it finds its task in the folder, and writes there how it went."""
    asked = json.loads(Path(folder, "asked").read_text(encoding="utf-8"))
    # Neither file is closed: they are needed until the last moment of the process.
    stack = os.open(Path(folder, "stack"), os.O_WRONLY | os.O_APPEND)
    sent = os.open(Path(folder, "sent"), os.O_WRONLY | os.O_APPEND)
    faulthandler.enable(stack)
    faulthandler.dump_traceback_later(asked["seconds"], exit=True, file=stack)
    _limit_memory(asked["gigabytes"])

    def send(**message: Any) -> None:
        os.write(sent, json.dumps(message).encode() + b"\n")

    try:
        module, _, function = asked["target"].partition(":")
        result = getattr(importlib.import_module(module), function)(asked["argument"], lambda note: send(note=note))
        try:
            send(ended="returned", result=result)
        except (TypeError, ValueError, RecursionError) as error:
            raise TypeError(f"{asked['target']} returns what is not JSON: {error}") from error
    except BaseException as error:
        _limit_memory(asked["gigabytes"] + 0.1)  # to say what happened needs some as well
        send(**vars(_end_by(error, asked)))


def _limit_memory(gigabytes: float) -> None:
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no core file
        most = resource.getrlimit(resource.RLIMIT_DATA)[1]
        wanted = int(gigabytes * 1e9)
        # Not RLIMIT_AS: importing torch takes a lot of address space, whatever it uses of it.
        resource.setrlimit(
            resource.RLIMIT_DATA, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most)
        )


def _end_by(error: BaseException, asked: dict[str, Any]) -> _End:
    cause: BaseException | None = error
    while cause is not None:
        if is_memory(cause):
            says = f"needs more than {asked['gigabytes']:g} GB of memory"
            return _End("out of memory", says, frames=_frames(cause))
        cause = cause.__cause__
    if isinstance(error, SystemExit):
        code = 0 if error.code is None else error.code if isinstance(error.code, int) else 1
        return _End("exited", f"exits with code {code} (SystemExit)", frames=_frames(error))
    if isinstance(error, InputError):
        return _End("raised", str(error))  # which says where by itself
    text = " ".join(str(error).split())
    return _End("raised", f"{type(error).__name__}: {text}" if text else type(error).__name__, frames=_frames(error))


def _frames(error: BaseException) -> list[tuple[str, int, str]]:
    passed = list(traceback.walk_tb(error.__traceback__))
    return [(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in reversed(passed)]
