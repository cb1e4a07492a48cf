"""Every command, program and study file of the README and the tutorials works as it stands there.

A tutorial has the files of docs/examples beside it. On a page, a block `sh` is run, `python` is executed, a block with
a title is written to the file of that name, and a block `text` right after a command is compared with what the command
printed; `...` stands for anything. The findings of `watch` come on stderr, after what the program prints. A block
behind `<!-- not run: WHY -->` takes hours or needs a network: its commands are only parsed.
"""

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from deepstudy.cli import cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "tutorials").glob("*.md"))]
_BLOCK = re.compile(
    r"(?:<!-- not run: (?P<why>[^>]+) -->\n+)?^```(?P<kind>\w+)(?P<title>[^\n]*)\n(?P<code>.*?)^```", re.M | re.S
)
_INSTALLING = ("git clone ", "cd ", "python -m venv ", "pip install ", ". .venv/bin/activate", "make ", "eval ")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the title behind it, whether it is only parsed, and what it holds."""

    kind: str
    title: str
    is_run: bool
    code: str

    @property
    def commands(self) -> list[str]:
        """The commands of a block `sh`, without comments."""
        lines = self.code.replace("\\\n", " ").splitlines()
        return [" ".join(line.split()) for raw in lines if (line := re.sub(r"(^|\s)#.*", "", raw).strip())]


def blocks(page: Path) -> Iterator[Block]:
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        title = re.search(r'title="([^"]+)"', match["title"])
        yield Block(match["kind"], title[1] if title else "", match["why"] is None, match["code"])


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    examples = ROOT / "docs" / "examples"
    shutil.copytree(examples, tmp_path / ("docs/examples" if page.name == "README.md" else "."), dirs_exist_ok=True)
    output = None
    for block in blocks(page):
        if block.title:
            (tmp_path / block.title).write_text(block.code, encoding="utf-8")
        elif block.kind == "sh" and block.is_run:
            output = "\n".join(_run(command, tmp_path) for command in block.commands)
            continue
        elif block.kind == "python":
            output = _execute(block.code, tmp_path)
            continue
        elif block.kind == "text" and output is not None:
            flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            assert doctest.OutputChecker().check_output(block.code, output, flags), (
                f"{block.code}\n--- is now\n{output}"
            )
        output = None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_an_example_is_shown_as_it_is(page: Path) -> None:
    examples = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "examples").iterdir()}
    shown = {block.title: block.code for block in blocks(page) if block.title in examples}
    assert shown == {name: examples[name] for name in shown}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_can_be_parsed(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    inline = re.findall(r"`(deepstudy [a-z][^`]*)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    in_blocks = [command for block in blocks(page) if block.kind == "sh" for command in block.commands]
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    for command in [*inline, *in_blocks]:
        if "deepstudy " in command and not command.startswith(_INSTALLING):
            _parse(command[command.index("deepstudy ") :])
        else:
            assert command.startswith(_INSTALLING) or command in ("pytest",), command
            if command.startswith("make "):
                assert command.split()[-1] in targets, command


def _parse(text: str) -> None:
    """Parse a command line as click does, without calling the command."""
    _, *arguments = shlex.split(text)
    if arguments[0].startswith("-"):
        return
    command = cli.commands.get(arguments[0])
    assert command is not None, f"{text}: no such command"
    if arguments[1:]:  # a command alone is named, not called
        try:
            command.make_context(arguments[0], arguments[1:])
        except click.UsageError as error:
            pytest.fail(f"{text}: {error.format_message()}")
        except click.exceptions.Exit:  # --help and --version
            pass


def _run(command: str, folder: Path) -> str:
    """Run a command as a shell does, in a folder; exit code 1, "something was found", is fine."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "80",
    }
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode in (0, 1), f"{command}: {done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + (done.stderr if "deepstudy watch " in command else "")


def _execute(program: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
