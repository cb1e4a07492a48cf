"""Child processes that run our own functions, and lines of JSON to and from them.

Somebody else's code runs in one (`sandbox`), runs at the same time have one each (`runs.pool`), and the two sides of a
benchmark have one each.

A child's stdin and stdout carry the messages. So the child first moves them out of the way of the code that it runs:
printed text goes to stderr, and reading finds nothing. If the parent dies, the child's input ends.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import IO, Any


class Child:
    """A process that runs one function of ours, seen from its parent."""

    def __init__(
        self,
        target: str,
        on_message: Callable[[Any], None],
        *,
        output: IO[bytes] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it.

        It has the working folder and the import path of this process, and starts a new process group: Ctrl-C in the
        terminal reaches this process only.

        Arguments:
            target: the function, `module:function`; it is called with a `Parent`.
            on_message: called in another thread with each message, and with None once the child sends no more, or
                something that is not a message.
            output: where its stdout and stderr go; by default to this process's stderr.
            environment: variables to set beside those of this process.
        """
        # Not `-m`, which looks for modules in the working folder: a student's random.py may lie there.
        program = f"import sys; sys.path[:] = {[str(entry) for entry in sys.path]}; from deepstudy.process import serve"
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", f"{program}; serve({target!r})"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # what Windows has instead of sessions
        )
        threading.Thread(target=self._read, args=(on_message,), daemon=True).start()

    def send(self, message: Any) -> None:
        """Send a message. Nothing happens where the child is gone or `close` was called.

        Arguments:
            message: what `json.dumps` takes.
        """
        assert self.process.stdin is not None
        data = json.dumps(message).encode() + b"\n"
        with contextlib.suppress(OSError, ValueError):  # gone; closed
            self.process.stdin.write(data)
            self.process.stdin.flush()

    def close(self) -> None:
        """Send no more messages, at which it should end."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def kill(self) -> None:
        """End it at once, and its own children with it (on Windows they may outlive it)."""
        if sys.platform == "win32":
            self.process.kill()
        else:
            # All of the group may be gone already; with only the dead in it, macOS refuses permission.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait until it has ended.

        Returns:
            Its exit code; the number of a signal that ended it, negative.
        """
        return self.process.wait()

    def _read(self, on_message: Callable[[Any], None]) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break  # it died while it wrote
                try:
                    message = json.loads(line)
                except ValueError:
                    break  # other code wrote into the line; for the child it is now as if this process were gone
                on_message(message)
        on_message(None)


class Parent:
    """The process that started this one."""

    def __init__(self) -> None:
        """Move stdin and stdout, which carry the messages, out of the way of other code."""
        self._input = open(os.dup(0), "rb", buffering=0)  # noqa: SIM115 - until the process ends
        self._output = os.dup(1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)

    def receive(self) -> Any:
        """Wait for the next message.

        Returns:
            The message; None where the parent is gone or has no more.
        """
        line = self._input.readline()
        return json.loads(line) if line.endswith(b"\n") else None

    def send(self, message: Any) -> bool:
        """Send a message.

        Arguments:
            message: what `json.dumps` takes.

        Returns:
            False where the parent is gone.
        """
        data = json.dumps(message).encode() + b"\n"
        try:
            while data:
                data = data[os.write(self._output, data) :]
        except OSError:
            return False
        return True


def serve(target: str) -> None:
    """Do what this child process was started for.

    Arguments:
        target: the function, `module:function`; it is called with the `Parent`.
    """
    parent = Parent()
    module, _, function = target.partition(":")
    getattr(importlib.import_module(module), function)(parent)
