"""Rows of texts with what is read in them: lines in phrases.txt, tables in tables.txt, layouts in layouts.txt.

A test that asks for a `row` runs once for each row of the file that its module names as `ROWS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.statements import Statement

#: Metrics that are compared only in rows that expect one of them.
ON_DEMAND = ("seconds", "seconds_per_epoch", "images", "size_mb", "other", "learning_rate")
_MARKS = ("change", "about", "mean", "cited")


@dataclass(frozen=True)
class Row:
    """A row of such a file.

    Attributes:
        line: the number of its first line in the file.
        group: its group.
        text: the lines of a document.
        expected: what is read in them, number by number.
    """

    line: int
    group: str
    text: str
    expected: tuple[str, ...]


def read_rows(file: str) -> list[Row]:
    """All rows of a file of this folder; phrases.txt says how they are written."""
    lines = (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines()
    rows: list[Row] = []
    group, pending = "", list[str]()
    for number, line in enumerate(lines, 1):
        if line.startswith("%%% "):
            group, pending = line.removeprefix("%%% "), []
        elif line.startswith("→"):
            text = "\n".join(pending).strip("\n")
            expected = _expected(line.removeprefix("→").strip())
            if rows and not text:  # a long row goes on
                rows[-1] = Row(rows[-1].line, group, rows[-1].text, rows[-1].expected + expected)
            else:
                rows.append(Row(number - text.count("\n") - 1, group, text, expected))
            pending = []
        elif group:
            pending.append(line)
    return rows


def _expected(line: str) -> tuple[str, ...]:
    """What a line expects; what stands behind `@` holds for each of its numbers."""
    if line == "nothing":
        return ()
    numbers, _, common = line.partition(" @ ")
    return tuple(f"{each.strip()} {common}".strip() for each in numbers.split(" | "))


def describe(statement: Statement) -> str:
    """A statement in the words of these files."""
    parts = [statement.split or "", statement.metric, statement.printed]
    if statement.images is not None and statement.correct is not None:
        parts.append(f"{statement.correct}/{statement.images}")
    parts.append(f"±{statement.spread:.4g}" if statement.spread is not None else "")
    parts.append(f"to {statement.upper:.4g}" if statement.upper is not None else "")
    parts += [mark for mark in _MARKS if getattr(statement, f"is_{mark}")]
    for name, at, whole in (
        ("epoch", statement.epoch, statement.epochs),
        ("step", statement.step_number, statement.steps),
    ):
        parts.append("" if at is None else f"{name} {at}" if whole is None else f"{name} {at}/{whole}")
    return " ".join(filter(None, parts))


def _understood(row: Row) -> tuple[str, ...]:
    wanted = {metric for metric in ON_DEMAND for each in row.expected if f"{metric} " in f"{each} "}
    statements = of_text(row.text, "row.txt").statements
    return tuple(describe(each) for each in statements if each.metric not in ON_DEMAND or each.metric in wanted)


@pytest.fixture
def understood() -> Callable[[Row], tuple[str, ...]]:
    """Says what the reader reads in a row."""
    return _understood


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of rows once for each row; its name says where the row stands: `tables.txt:12 seeds`."""
    if "row" in metafunc.fixturenames:
        file = metafunc.module.ROWS
        rows = read_rows(file)
        metafunc.parametrize("row", rows, ids=[f"{file}:{row.line} {row.group}" for row in rows])
