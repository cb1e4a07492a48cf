"""The page while runs go on: a server on this machine only, whose page loads itself again when a run has moved on.

It reads the run directories, as `report` does, and writes nothing. Closing it stops no run.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from deepstudy.errors import InputError

HOST = "127.0.0.1"
_FILES = ("run.json", "metrics.jsonl")  # what changes while a run goes on
_STATE = "/state"
_EVERY = 3000  # milliseconds between two looks at the state
_POLICY = "default-src 'none';"
_RELOAD = """<script>
setInterval(async () => {
  const now = await fetch("%s").then((answer) => answer.text(), () => null);
  if (now !== null && now !== "%s") location.reload();
}, %d);
</script>
</body>"""


class LiveServer(ThreadingHTTPServer):
    """Serves the page of folders of runs."""

    daemon_threads = True

    def __init__(self, folders: Iterable[Path], render: Callable[[], str], port: int = 0) -> None:
        """Open the port. Raises InputError if it is taken.

        Arguments:
            folders: the folders whose runs are shown.
            render: makes the page from what they hold now. It may raise InputError.
            port: the port; 0 for any that is free.
        """
        self.folders, self.render = [*folders], render
        self.page: tuple[str, bytes] = ("", b"")  # the state that it shows, and the page
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise InputError(f"--serve: port {port} cannot be opened: {error.strerror}; choose another one") from None

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about a browser that has gone away; report anything else.

        Arguments:
            request: its connection.
            client_address: where it comes from.
        """
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def address(self) -> str:
        """Where a browser finds the page."""
        return f"http://{HOST}:{self.server_port}/"

    def state(self) -> str:
        """A digest of when the files of the runs changed last."""
        return hashlib.sha256(repr(sorted(self._files())).encode()).hexdigest()[:16]

    def current(self) -> bytes:
        """The page of the present state; while a file is being written, the last one. Raises InputError without one."""
        state = self.state()
        if self.page[0] != state:
            try:
                text = self.render()
            except InputError:
                if not self.page[1]:
                    raise
                return self.page[1]
            text = text.replace(_POLICY, f"{_POLICY} connect-src 'self';", 1)
            self.page = state, text.replace("</body>", _RELOAD % (_STATE, state, _EVERY)).encode()
        return self.page[1]

    def _files(self) -> Iterator[tuple[str, int, int]]:
        for folder in self.folders:
            for path, _, names in os.walk(folder):
                for name in names:
                    if name in _FILES or name.endswith(".csv"):
                        try:
                            found = os.stat(Path(path, name))
                        except OSError:  # gone since
                            continue
                        yield str(Path(path, name)), found.st_mtime_ns, found.st_size


class _Handler(BaseHTTPRequestHandler):
    server: LiveServer

    def do_GET(self) -> None:  # the name that http.server calls
        host = self.headers.get("Host", "").partition(":")[0]
        if host not in (HOST, "localhost"):  # a page of another site must not read this one
            self._answer(403, b"only for this machine", "text/plain")
        elif self.path == _STATE:
            self._answer(200, self.server.state().encode(), "text/plain")
        elif self.path in ("/", "/index.html"):
            try:
                self._answer(200, self.server.current(), "text/html")
            except InputError as error:
                self._answer(503, str(error).encode(), "text/plain")
        else:
            self._answer(404, b"there is only one page: /", "text/plain")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal belongs to the runs."""
