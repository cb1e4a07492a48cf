"""Watched programs, each in a process that is forked from one that has imported torch already."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deepstudy.watching.recording import RecordedProgram, read_recording

_SERVER = """
import json, os, sys
import torch
from deepstudy.watching import observer, program, stand_ins
torch.set_num_threads(1)
for line in sys.stdin:
    task = json.loads(line)
    child = os.fork()
    if child == 0:
        try:
            for number, name in ((0, os.devnull), (1, task["output"]), (2, task["errors"])):
                flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                os.dup2(os.open(name, flags), number)
            os.chdir(task["directory"])
            os.environ["DEEPSTUDY_WATCH"] = json.dumps(task["watch"])
            sys.stdout = open(1, "w", closefd=False)
            program.main()
        except SystemExit as end:
            sys.stdout.flush()
            os._exit(end.code or 0)
        finally:
            os._exit(99)  # only if the program could not even begin
    os.waitpid(child, 0)
    print("ended", flush=True)
"""

Record = Callable[..., RecordedProgram]


@pytest.fixture(scope="session")
def server() -> Iterator[subprocess.Popen[str]]:
    """The process that forks."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.communicate()  # closes its stdin, which ends it


@pytest.fixture
def record(server: subprocess.Popen[str], tmp_path: Path) -> Record:
    """Records a program; its arguments, and `--steps`, may follow. What it printed is in `stdout` of its folder."""

    def record(script: Path, *arguments: str, steps: int | None = None) -> RecordedProgram:
        folder = tmp_path / "recording"
        folder.mkdir(exist_ok=True)
        task = {
            "output": str(folder / "stdout"),
            "errors": str(folder / "stderr"),
            "directory": str(tmp_path),
            "watch": {"script": str(script), "arguments": arguments, "steps": steps, "folder": str(folder)},
        }
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(task) + "\n")
        server.stdin.flush()
        assert server.stdout.readline() == "ended\n"
        assert (folder / "recording.json").is_file(), (folder / "stderr").read_text()
        return read_recording(folder)

    return record
