import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deepstudy.sandbox import FLOOD, PRINTED, CallResult, call

CODE = """\
import ctypes, json, os, random, socket, subprocess, sys, threading, time
from pathlib import Path

def answer(argument, tell):
    print("said", "\\u00e9\\u6f22")
    print("wailed", file=sys.stderr)
    names = ("MPLBACKEND", "GOMP_SPINCOUNT")
    environment = {name: os.environ[name] for name in names}
    return {"argument": argument, "cwd": os.getcwd(), "environment": environment, "random": random.__file__}

def count(flag, tell):
    tell(0)
    while not Path(flag).exists():
        time.sleep(0.01)
    for i in range(1, 1000):
        tell(i)
    tell({"text": "two\\nlines"})

def divide(argument, tell):
    return json.loads(argument)

def loop(argument, tell):
    print("begins")
    while True:
        pass  # LOOP

def sleep(argument, tell):
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    time.sleep(1000)  # SLEEP

def leave(argument, tell):
    sys.exit(argument)  # LEAVE

def vanish(argument, tell):
    print("before")
    os._exit(argument)

def crash(argument, tell):
    ctypes.string_at(0)  # CRASH

def killed(argument, tell):
    os.kill(os.getpid(), argument)

def grab(argument, tell):
    return len(bytearray(2_000_000_000))  # GRAB

def grow(argument, tell):
    lists = []
    while True:
        lists.append([0] * 1000)

def wrapped(argument, tell):
    try:
        grab(argument, tell)
    except MemoryError as error:
        raise ValueError("no model") from error

def flood(size, tell):
    for _ in range(size // 1_000_000):
        print("x" * 999_999)
    print("the end")

def not_json(argument, tell):
    return {"a": object()}

def note_not_json(argument, tell):
    tell(object())  # NOTE

def user_error(argument, tell):
    from deepstudy.errors import InputError
    raise InputError("nets.py has no Net")

def imitate(argument, tell):
    print(json.dumps({"note": 1}))
    print(json.dumps({"ended": "returned", "result": 1, "says": "", "frames": []}))
    print("Timeout (0:00:02)!")
    sys.exit(3)

def lingers(argument, tell):
    threading.Thread(target=time.sleep, args=(1000,)).start()
    return 1

GRANDCHILD = "import socket, sys, time; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); time.sleep(1000)"

def family(port, tell):
    subprocess.Popen([sys.executable, "-c", GRANDCHILD, str(port)])
    tell("started")
    loop(None, tell)

def network(argument, tell):
    import torch
    net = torch.nn.Conv2d(3, 8, 3)
    net(torch.zeros(2, 3, 8, 8)).sum().backward()
    tell("trained")
    torch.zeros(2_000_000_000)  # TENSOR
"""

Isolated = Callable[..., CallResult]


@pytest.fixture
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Isolated:
    """Calls a function of the code above, whose folder is the working folder."""
    (tmp_path / "strange_code.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)

    def isolate(
        function: str, argument: Any = None, seconds: float = 60, gigabytes: float = 4, **more: Any
    ) -> CallResult:
        return call(f"strange_code:{function}", argument, seconds=seconds, gigabytes=gigabytes, **more)

    return isolate


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield server


def place(mark: str) -> str:
    (line,) = [number for number, text in enumerate(CODE.splitlines(), 1) if text.endswith(f"# {mark}")]
    return f"strange_code.py:{line}"


def test_a_value_comes_back_with_what_was_printed(isolated: Isolated, tmp_path: Path) -> None:
    outcome = isolated("answer", {"a": [1, None, "漢"]})
    assert (outcome.ended, outcome.says) == ("returned", "")
    assert outcome.result["argument"] == {"a": [1, None, "漢"]}
    assert Path(outcome.result["cwd"]).samefile(tmp_path)
    assert outcome.result["environment"] == {"MPLBACKEND": "Agg", "GOMP_SPINCOUNT": "2000"}
    assert outcome.printed.splitlines() == ["said é漢", "wailed"]


def test_how_threads_wait_is_the_users_choice(isolated: Isolated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMP_SPINCOUNT", "1000")
    assert isolated("answer").result["environment"]["GOMP_SPINCOUNT"] == "1000"


def test_files_of_the_working_folder_do_not_stand_in_for_the_standard_library(
    isolated: Isolated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shadows").mkdir()
    (tmp_path / "shadows" / "random.py").write_text("raise SystemExit('a student named this random.py')")
    monkeypatch.chdir(tmp_path / "shadows")
    assert "shadows" not in isolated("answer").result["random"]


def test_notes_come_live_and_in_order(isolated: Isolated, tmp_path: Path) -> None:
    notes = []

    def told(note: Any) -> None:
        notes.append(note)
        (tmp_path / "flag").touch()  # which the child awaits after its first note

    assert isolated("count", str(tmp_path / "flag"), on_note=told).ended == "returned"
    assert notes == [*range(1000), {"text": "two\nlines"}]


def test_an_exception_is_told_with_the_last_place_in_own_code(isolated: Isolated) -> None:
    outcome = isolated("divide", "[1, ")
    assert outcome.ended == "raised"
    assert outcome.says.startswith("JSONDecodeError: Expecting value")
    assert outcome.says.endswith(f"(strange_code.py:{CODE[: CODE.index('return json')].count(chr(10)) + 1})")
    assert outcome.result is None


def test_a_target_that_is_not_there_is_told(isolated: Isolated) -> None:
    assert "has no attribute 'nothing'" in isolated("nothing").says
    assert call("no_such_code:f", None, seconds=60, gigabytes=4).says == (
        "ModuleNotFoundError: No module named 'no_such_code'"
    )


def test_a_mistake_of_the_users_keeps_its_own_words(isolated: Isolated) -> None:
    outcome = isolated("user_error")
    assert (outcome.ended, outcome.says) == ("raised", "nets.py has no Net")


@pytest.mark.slow
@pytest.mark.parametrize(("function", "mark"), [("loop", "LOOP"), ("sleep", "SLEEP")])
def test_what_does_not_end_is_ended_and_its_place_named(isolated: Isolated, function: str, mark: str) -> None:
    outcome = isolated(function, seconds=1)
    assert outcome.ended == "timed out"
    assert outcome.says.startswith("still running after 1 s, at strange_code.py:")
    assert outcome.says.endswith(f" in {function}")
    if mark == "SLEEP":  # the loop may as well be seen at its `while`
        assert place(mark) in outcome.says
    assert ("begins" in outcome.printed) == (function == "loop")


@pytest.mark.slow
def test_a_place_in_a_folder_with_a_foreign_name_is_named(
    isolated: Isolated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "é漢😀"
    folder.mkdir()
    (folder / "foreign.py").write_text("import strange_code\ndef f(a, tell):\n    strange_code.time.sleep(1000)\n")
    monkeypatch.syspath_prepend(folder)
    outcome = call("foreign:f", None, seconds=1, gigabytes=4)
    assert outcome.says == f"still running after 1 s, at {Path('é漢😀', 'foreign.py')}:3 in f"


def test_a_function_that_has_returned_may_not_keep_its_process(
    isolated: Isolated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deepstudy.sandbox.LEAVING", 0.1)
    outcome = isolated("lingers", seconds=600)
    assert (outcome.ended, outcome.result) == ("returned", 1)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there, processes that the child started may outlive it")
def test_the_childs_own_children_end_with_it(isolated: Isolated, listener: socket.socket) -> None:
    assert isolated("family", listener.getsockname()[1], seconds=2).ended == "timed out"
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(30)
        assert connection.recv(1) == b""  # its other end is gone


@pytest.mark.skipif(sys.platform == "win32", reason="there, processes that the child started may outlive it")
def test_an_interrupt_ends_the_child_and_goes_on(isolated: Isolated, listener: socket.socket) -> None:
    connections = []

    def told(note: Any) -> None:
        connections.append(listener.accept()[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        isolated("family", listener.getsockname()[1], on_note=told)
    with connections[0] as connection:
        connection.settimeout(30)
        assert connection.recv(1) == b""


@pytest.mark.parametrize(("argument", "code"), [(3, 3), (None, 0), ("enough", 1)])
def test_sys_exit_is_told(isolated: Isolated, argument: Any, code: int) -> None:
    outcome = isolated("leave", argument)
    assert outcome.ended == "exited"
    assert outcome.says == f"exits with code {code} (SystemExit), at {place('LEAVE')} in leave"


@pytest.mark.parametrize("code", [0, 3])
def test_an_exit_without_a_word_is_told(isolated: Isolated, code: int) -> None:
    outcome = isolated("vanish", code)
    assert (outcome.ended, outcome.says) == ("exited", f"exits with code {code} before it returns")
    assert outcome.printed == "before\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_a_crash_is_told_with_its_place(isolated: Isolated, tmp_path: Path) -> None:
    outcome = isolated("crash")
    assert outcome.ended == "crashed"
    assert outcome.says == f"crashed with signal SIGSEGV, at {place('CRASH')} in crash"
    assert [path.name for path in tmp_path.iterdir() if "core" in path.name] == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_a_child_that_others_kill_is_told(isolated: Isolated) -> None:
    assert isolated("killed", int(signal.SIGTERM)).says == "crashed with signal SIGTERM"
    assert "ran out of memory" in isolated("killed", int(signal.SIGKILL)).says


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
@pytest.mark.parametrize(("function", "named"), [("grab", "grab"), ("wrapped", "grab"), ("grow", "grow")])
def test_too_much_memory_is_told_with_its_place(isolated: Isolated, function: str, named: str) -> None:
    outcome = isolated(function, gigabytes=0.2)
    assert outcome.ended == "out of memory"
    assert outcome.says.startswith("needs more than 0.2 GB of memory, at strange_code.py:")
    assert outcome.says.endswith(f" in {named}")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_torch_works_within_the_limit_and_not_beyond(isolated: Isolated) -> None:
    notes: list[Any] = []
    outcome = isolated("network", gigabytes=4, on_note=notes.append)
    assert notes == ["trained"]
    assert outcome.says == f"needs more than 4 GB of memory, at {place('TENSOR')} in network"


def test_only_the_end_of_a_flood_is_kept(isolated: Isolated) -> None:
    outcome = isolated("flood", 2 * FLOOD)
    assert outcome.ended == "returned"
    assert len(outcome.printed) == PRINTED
    assert outcome.printed.endswith("xxx\nthe end\n")


def test_what_is_not_json_is_told(isolated: Isolated) -> None:
    outcome = isolated("not_json")
    assert outcome.ended == "raised"
    assert outcome.says.startswith(
        "TypeError: strange_code:not_json returns something that is not JSON: Object of type object"
    )
    outcome = isolated("note_not_json")
    assert outcome.ended == "raised"
    assert outcome.says == f"TypeError: Object of type object is not JSON serializable ({place('NOTE')})"
    with pytest.raises(TypeError, match="not JSON serializable"):
        isolated("answer", object())


def test_printing_what_looks_like_a_message_does_nothing(isolated: Isolated) -> None:
    notes: list[Any] = []
    outcome = isolated("imitate", on_note=notes.append)
    assert (outcome.ended, notes) == ("exited", [])
    assert len(outcome.printed.splitlines()) == 3


def test_nothing_is_left_behind(isolated: Isolated) -> None:
    before = set(os.listdir(tempfile.gettempdir()))
    isolated("answer")
    isolated("loop", seconds=0.5)
    assert set(os.listdir(tempfile.gettempdir())) == before
