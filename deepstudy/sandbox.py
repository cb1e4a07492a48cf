"""Calls a function in a child process, so that any mistake of somebody else's code ends in a clear message.

It protects against accidents, not against malice. An infinite loop, a crash, an exit or gigabytes of memory end the
child and not its parent. But the child may read and write everything that the user may.

Memory is limited on Linux only, for each process separately: the memory that it can write to and does not share, with
the stacks of its threads. On Windows, processes that the child started may outlive it.
"""

import faulthandler
import importlib
import json
import os
import re
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Literal

from deepstudy.errors import InputError, is_memory, one_line
from deepstudy.process import Child, Parent

if sys.platform != "win32":
    import resource

PRINTED = 10_000  # characters of what the child prints that an outcome keeps
FLOOD = 100_000_000  # bytes printed that may fill the disk before all but their end is thrown away
GRACE = 5  # seconds after which a child is killed that did not end itself when its time was over
LEAVING = 2  # seconds that a child may take to leave once its function has ended
_LOOK_EVERY = 0.05  # seconds between looks at whether the child lives and how much it has printed
_LAST_WORDS = 1  # seconds that messages may take to arrive after the child has ended

Ending = Literal["returned", "raised", "timed out", "out of memory", "exited", "crashed"]

#: How long torch's threads wait for each other by counting; by default, beside other work, for a core that the counting
#: takes. On a busy machine a check of ResNet-20 took 26 to 46 s, with this 6 to 8; on an idle one a tenth longer.
_PATIENT = {"GOMP_SPINCOUNT": "2000"}

_DIES_WITHOUT_MEMORY = ("std::bad_alloc", "libgomp: Thread creation failed")
_FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$', re.MULTILINE)


@dataclass(frozen=True)
class CallResult:
    """How a call in a child process ended.

    Attributes:
        ended: how.
        result: what the function returned; None unless it did.
        says: what went wrong and where, in one line; empty if nothing did.
        printed: what went to stdout and stderr, its last 10,000 characters.
    """

    ended: Ending
    result: Any
    says: str
    printed: str


@dataclass(frozen=True)
class _Task:
    """What the child is to do; `stack` is the file for its last traceback."""

    target: str
    argument: Any
    seconds: float
    gigabytes: float
    stack: str


@dataclass(frozen=True)
class _End:
    ended: Ending
    says: str = ""
    result: Any = None
    frames: Sequence[tuple[str, int, str]] = ()  # file, line and function, the innermost first


def ignore(note: Any) -> None:
    """Ignore a note.

    Arguments:
        note: what a child sends.
    """


def call(
    target: str, argument: Any, *, seconds: float, gigabytes: float, on_note: Callable[[Any], None] = ignore
) -> CallResult:
    """Call a function in a child process as `function(argument, tell)`.

    The child has the working folder, the environment and the import path of this process. When this returns or raises,
    the child is gone, and so are its own children.

    Arguments:
        target: the function, `package.module:function`. Its result must be JSON, and so must each note that it passes
            to `tell(note)`.
        argument: what it is called with; JSON.
        seconds: how long it may run.
        gigabytes: how much memory it may take, in 10^9 bytes.
        on_note: called with each note in this process while the function runs, in their order.

    Returns:
        How the call ended.

    Raises:
        TypeError: if the argument is not JSON.
        ValueError: likewise.
    """
    with tempfile.TemporaryDirectory(prefix="deepstudy-", ignore_cleanup_errors=True) as name:
        printed, stack = Path(name) / "printed", Path(name) / "stack"
        stack.touch()
        task = _Task(target, argument, seconds, gigabytes, str(stack))
        json.dumps(argument)  # raises before anything starts
        messages, flood = _Messages(on_note), ""
        environment = {**_PATIENT, **os.environ, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8:backslashreplace"}
        with printed.open("ab") as output:
            child = Child("deepstudy.sandbox:serve", messages.queue.put, output=output, environment=environment)
            try:
                child.send(vars(task))
                deadline = time.monotonic() + seconds + GRACE
                while child.process.poll() is None and time.monotonic() < deadline:
                    messages.receive(_LOOK_EVERY)
                    if messages.end:
                        deadline = min(deadline, time.monotonic() + LEAVING)
                    if printed.stat().st_size > FLOOD:
                        flood = _tail(printed)
                        os.truncate(printed, 0)
                late = child.process.poll() is None
            finally:
                child.kill()
                code = child.wait()
                child.close()
            messages.receive(_LAST_WORDS)
        tail = (flood + _tail(printed))[-PRINTED:]
        trace = stack.read_text(encoding="ascii", errors="replace")
        end = messages.end or _sudden_end(task, code, late or "Timeout (" in trace, _dumped_frames(trace), tail)
    return CallResult(end.ended, end.result, end.says + _place(end), tail)


class _Messages:
    """What the child sends: notes, which are passed on, and how the call ended."""

    def __init__(self, on_note: Callable[[Any], None]) -> None:
        self.queue: SimpleQueue[Any] = SimpleQueue()
        self.on_note = on_note
        self.end: _End | None = None
        self.is_closed = False

    def receive(self, seconds: float) -> None:
        """Take what comes within so many seconds; return sooner once the child sends no more."""
        deadline = time.monotonic() + seconds
        while not self.is_closed and (left := deadline - time.monotonic()) > 0:
            try:
                message = self.queue.get(timeout=left)
            except Empty:
                return
            if message is None:
                self.is_closed = True
            elif "note" in message:
                self.on_note(message["note"])
            else:
                self.end = _End(**message)
                return
        if self.is_closed:
            time.sleep(0.01)  # the process is about to end


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 4 * PRINTED))  # a character has at most 4 bytes
        return file.read().decode("utf-8", errors="replace")[-PRINTED:]


def _sudden_end(task: _Task, code: int, timed_out: bool, frames: Sequence[tuple[str, int, str]], printed: str) -> _End:
    """What must have happened to a child that ended without a message."""
    if timed_out:
        return _End("timed out", f"still running after {task.seconds:g} s", frames=frames)
    if code != 0 and any(sign in printed for sign in _DIES_WITHOUT_MEMORY):
        return _End("out of memory", f"needs more than {task.gigabytes:g} GB of memory", frames=frames)
    if code == -9:
        return _End("crashed", "killed by signal SIGKILL, perhaps because the computer ran out of memory")
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
    """Where it ended, as the end of its line: the innermost place in code that is not an installed package."""
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


def serve(parent: Parent) -> None:
    """Do the call that the parent asks for; this runs in the child process.

    Arguments:
        parent: sends the task, and takes the notes and the end.
    """
    task = _Task(**parent.receive())
    stack = os.open(task.stack, os.O_WRONLY | os.O_APPEND)  # open until the last moment of the process
    faulthandler.enable(stack)
    faulthandler.dump_traceback_later(task.seconds, exit=True, file=stack)
    _limit_memory(task.gigabytes)
    try:
        module, _, function = task.target.partition(":")
        call_it = getattr(importlib.import_module(module), function)
        result = call_it(task.argument, lambda note: parent.send({"note": note}))
        try:
            parent.send({"ended": "returned", "result": result})
        except (TypeError, ValueError, RecursionError) as error:
            raise TypeError(f"{task.target} returns something that is not JSON: {error}") from error
    except BaseException as error:
        _limit_memory(task.gigabytes + 0.1)  # to say what happened needs some as well
        parent.send(vars(_end_by(error, task)))


def _limit_memory(gigabytes: float) -> None:
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no core file
        most = resource.getrlimit(resource.RLIMIT_DATA)[1]
        wanted = int(gigabytes * 1e9)
        # Not RLIMIT_AS: importing torch takes a lot of address space, whatever it uses of it.
        resource.setrlimit(
            resource.RLIMIT_DATA, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most)
        )


def _end_by(error: BaseException, task: _Task) -> _End:
    cause: BaseException | None = error
    while cause is not None:
        if is_memory(cause):
            says = f"needs more than {task.gigabytes:g} GB of memory"
            return _End("out of memory", says, frames=_frames(cause))
        cause = cause.__cause__
    if isinstance(error, SystemExit):
        code = 0 if error.code is None else error.code if isinstance(error.code, int) else 1
        return _End("exited", f"exits with code {code} (SystemExit)", frames=_frames(error))
    if isinstance(error, InputError):
        return _End("raised", str(error))  # which says where by itself
    return _End("raised", one_line(error), frames=_frames(error))


def _frames(error: BaseException) -> list[tuple[str, int, str]]:
    passed = list(traceback.walk_tb(error.__traceback__))
    return [(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in reversed(passed)]
