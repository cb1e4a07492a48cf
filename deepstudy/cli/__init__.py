"""The command line: one small file per verb, and here what they share.

Each verb is a click command that returns its exit code. `main` turns what a user can get wrong into one line on
stderr and exit code 2. Heavy imports stand inside the commands, so that `--help` answers at once.
"""

import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import Any

import click

from deepstudy import __version__
from deepstudy.cli.audit import audit
from deepstudy.cli.check import check
from deepstudy.cli.data import data
from deepstudy.cli.explain import explain
from deepstudy.cli.list import list_
from deepstudy.cli.new import new
from deepstudy.cli.report import report
from deepstudy.cli.run import run
from deepstudy.cli.schema import schema
from deepstudy.cli.show import show
from deepstudy.cli.test import test
from deepstudy.cli.train import train
from deepstudy.cli.watch import watch
from deepstudy.errors import InputError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="deepstudy")
def cli() -> None:
    """Find the errors in a lab report on a CNN paper: its numbers, networks, training programs and claims."""


for verb in (list_, show, run, report, audit, check, watch, explain, train, test, new, data, schema):
    cli.add_command(verb)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code.

    0 fine, 1 a run failed, or an audit, check or watch found something wrong, 2 bad input, 130 and 143 interrupted.

    Arguments:
        arguments: what follows `deepstudy`; by default, what the process was called with.

    Raises:
        SystemExit: always, with the exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks a letter is no reason to stop
    in_main = threading.current_thread() is threading.main_thread()  # other threads may not set handlers
    if in_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    sys.exit(_run(arguments))


def _interrupt(_number: int, frame: FrameType | None) -> None:
    """Handle Ctrl-C by a KeyboardInterrupt, but not within an import: exit at once there."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):  # nothing has begun that could stay half done
            os._exit(_report("interrupted", 130))
        frame = frame.f_back
    raise KeyboardInterrupt


def _run(arguments: Sequence[str] | None) -> int:
    try:
        return _exit_code(cli.main(arguments, prog_name="deepstudy", standalone_mode=False))
    except InputError as error:
        return _report(str(error), 2)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        return _report(_usage(error), 2)
    except click.ClickException as error:
        return _report(error.format_message(), 2)
    except (click.Abort, KeyboardInterrupt):
        return _report("interrupted", 130)
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # `deepstudy list | head`: the reader has had enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        where = f"{error.filename}: " if error.filename else ""
        return _report(f"{where}{error.strerror or error}", 2)


def _exit_code(code: Any) -> int:
    return code if isinstance(code, int) else 0


def _report(message: str, code: int) -> int:
    click.echo(f"deepstudy: {' '.join(message.split())}", err=True)
    return code


def _usage(error: click.UsageError) -> str:
    """What click says is wrong, and where the usage is described."""
    context = error.ctx
    message = error.format_message().rstrip(".")
    message = message.replace("valid integer range", "whole number").replace("valid float range", "number")
    help_ = f"{context.command_path} --help" if context else "deepstudy --help"
    return f"{message}; see `{help_}`"
