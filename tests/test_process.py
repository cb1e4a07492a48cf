"""A child process and its parent, and what code in the child cannot disturb."""

import os
import signal
import sys
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from deepstudy.process import Child

CODE = """\
import os, random, subprocess, sys

def echo(parent):
    while (message := parent.receive()) is not None:
        print("heard", message)
        parent.send({"echo": message, "read": sys.stdin.read(), "random": random.__file__})

def die_in_a_line(parent):
    parent.send("whole")
    os.write(parent._output, b'{"half": ')
    os._exit(3)

def be_disturbed(parent):
    parent.send("whole")
    os.write(parent._output, b"\\xffno message" + b"\\n")
    while parent.send("unheard"):
        pass
    parent.receive()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "child_code.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "random.py").write_text("raise ImportError('this one shadows')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def test_messages_go_both_ways_and_what_is_printed_is_none(folder: Path) -> None:
    messages: SimpleQueue[Any] = SimpleQueue()
    with (folder / "printed").open("wb") as output:
        child = Child("child_code:echo", messages.put, output=output)
        for message in ([1, None, "漢"], {"text": "two\nlines"}):
            child.send(message)
            answer = messages.get(timeout=30)
            assert (answer["echo"], answer["read"]) == (message, "")
            assert "here" not in answer["random"]
        child.close()
        assert messages.get(timeout=30) is None
        assert child.wait() == 0
    child.send("to nobody")
    assert (folder / "printed").read_text().splitlines()[0] == "heard [1, None, '漢']"


def test_half_a_line_of_a_child_that_dies_is_no_message(folder: Path) -> None:
    messages: SimpleQueue[Any] = SimpleQueue()
    child = Child("child_code:die_in_a_line", messages.put)
    assert [messages.get(timeout=30), messages.get(timeout=30)] == ["whole", None]
    assert child.wait() == 3
    child.close()


def test_a_child_whose_line_other_code_wrote_into_is_heard_no_more(folder: Path) -> None:
    messages: SimpleQueue[Any] = SimpleQueue()
    child = Child("child_code:be_disturbed", messages.put)
    assert [messages.get(timeout=30), messages.get(timeout=30)] == ["whole", None]
    child.close()
    assert child.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_a_child_that_is_killed_has_a_session_of_its_own(folder: Path) -> None:
    messages: SimpleQueue[Any] = SimpleQueue()
    child = Child("child_code:echo", messages.put, environment={"PYTHONHASHSEED": "1"})
    assert os.getsid(child.process.pid) == child.process.pid
    child.kill()
    assert child.wait() == -signal.SIGKILL
    assert messages.get(timeout=30) is None
    child.close()
