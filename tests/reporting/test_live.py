"""The page while runs go on."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deepstudy.errors import InputError
from deepstudy.reporting.live import LiveServer

PAGE = "<html><meta content=\"default-src 'none'; x\"><body>look {}</body></html>"


class Pages:
    """Makes a new page each time; fails where it is told to."""

    def __init__(self) -> None:
        self.made, self.fails = 0, False

    def __call__(self) -> str:
        if self.fails:
            raise InputError("run.json: is being written")
        self.made += 1
        return PAGE.format(self.made)


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def server(tmp_path: Path, pages: Pages) -> Iterator[LiveServer]:
    with LiveServer([tmp_path], pages) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def get(server: LiveServer, path: str = "/", **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(server.address.rstrip("/") + path, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_page_is_made_again_when_a_run_has_moved_on(server: LiveServer, pages: Pages, tmp_path: Path) -> None:
    status, first = get(server)
    assert status == 200
    assert "look 1" in first
    assert "connect-src 'self'" in first  # the page may ask for the state, and for nothing else
    _, state = get(server, "/state")
    assert f'"{state}"' in first
    assert get(server)[1] == first  # nothing changed
    (tmp_path / "seed0").mkdir()
    (tmp_path / "seed0" / "metrics.jsonl").write_text("{}\n")
    assert get(server, "/state")[1] != state
    assert "look 2" in get(server)[1]
    assert pages.made == 2


def test_while_a_file_is_being_written_the_last_page_stays(server: LiveServer, pages: Pages, tmp_path: Path) -> None:
    assert "look 1" in get(server)[1]
    (tmp_path / "run.json").write_text("{")
    pages.fails = True
    assert "look 1" in get(server)[1]


def test_without_any_page_it_says_why(server: LiveServer, pages: Pages) -> None:
    pages.fails = True
    assert get(server) == (503, "run.json: is being written")


def test_only_this_machine_and_one_page(server: LiveServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert get(server, "/etc/passwd")[0] == 404
    assert get(server, Host="evil.example")[0] == 403


def test_a_port_that_is_taken_is_refused(server: LiveServer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"port {server.server_port} cannot be opened"):
        LiveServer([tmp_path], str, server.server_port)


def test_a_browser_that_goes_away_is_no_error(server: LiveServer, capfd: pytest.CaptureFixture[str]) -> None:
    for error in (BrokenPipeError(), ConnectionResetError()):
        try:
            raise error
        except ConnectionError:
            server.handle_error(None, ("127.0.0.1", 1))
    assert capfd.readouterr().err == ""
