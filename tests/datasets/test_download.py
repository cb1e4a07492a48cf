"""Downloads, from a server on this machine."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deepstudy.datasets.download import obtain
from deepstudy.datasets.mnist import MNIST
from deepstudy.errors import InputError

BODY = b"the published file" * 1000
HASH = "md5:" + hashlib.md5(BODY).hexdigest()


class Handler(BaseHTTPRequestHandler):
    answers: list[bytes]  # one a request; the last for all that follow
    requests: list[str]

    def do_GET(self) -> None:
        self.requests.append(self.path)
        body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if body == b"404":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    Handler.requests = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_a_missing_file_is_downloaded_and_a_present_one_left_alone(server: str, tmp_path: Path) -> None:
    Handler.answers = [BODY]
    assert obtain(MNIST, {"f.gz": HASH}, [f"{server}/a/"]) == tmp_path / "mnist"
    assert (tmp_path / "mnist" / "f.gz").read_bytes() == BODY
    obtain(MNIST, {"f.gz": HASH}, [f"{server}/a/"])
    assert Handler.requests == ["/a/f.gz"]


def test_a_damaged_download_is_retried(server: str, tmp_path: Path) -> None:
    Handler.answers = [b"x" * len(BODY), BODY]
    obtain(MNIST, {"f.gz": HASH}, [f"{server}/a/"])
    assert (tmp_path / "mnist" / "f.gz").read_bytes() == BODY


def test_a_download_that_breaks_off_is_retried(server: str, tmp_path: Path) -> None:
    Handler.answers = [BODY[:100], BODY]
    obtain(MNIST, {"f.gz": HASH}, [f"{server}/a/"])
    assert (tmp_path / "mnist" / "f.gz").read_bytes() == BODY


def test_the_mirror_is_asked_when_the_first_place_has_nothing(server: str, tmp_path: Path) -> None:
    Handler.answers = [b"404", BODY]
    obtain(MNIST, {"f.gz": HASH}, [f"{server}/a/", f"{server}/b/"])
    assert Handler.requests == ["/a/f.gz", "/b/f.gz"]


def test_nothing_is_left_when_every_place_fails(server: str, tmp_path: Path) -> None:
    Handler.answers = [b"x" * len(BODY)]
    with pytest.raises(InputError) as error:
        obtain(MNIST, {"f.gz": HASH}, [f"{server}/a/", "http://127.0.0.1:9/"])
    message = str(error.value)
    assert message.startswith(f"{tmp_path / 'mnist' / 'f.gz'}: could not be downloaded (")
    assert f"{server}/a/ sent a damaged file, http://127.0.0.1:9/ cannot be reached" in message
    assert "--set data.name=mnist5k" in message
    assert "\n" not in message
    assert not list((tmp_path / "mnist").iterdir())
