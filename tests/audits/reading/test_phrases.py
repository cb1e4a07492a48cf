"""Lines of many tools and of eight languages, and what is read in each; the rows stand in phrases.txt."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.statements import Statement

#: Metrics that are compared in rows that expect one of them, only.
ON_DEMAND = ("seconds", "seconds_per_epoch", "images", "size_mb", "other", "learning_rate")
LANGUAGES = ("English", "Korean", "Chinese", "Japanese", "Spanish", "Portuguese", "German", "French")


@dataclass(frozen=True)
class Row:
    """A row of phrases.txt: where it stands, its group, its lines, and what is read in them."""

    line: int
    group: str
    text: str
    expected: tuple[str, ...]

    @property
    def name(self) -> str:
        """`phrases.txt:14 Keras 2`."""
        return f"phrases.txt:{self.line} {self.group}"


def read_rows() -> list[Row]:
    """All rows of phrases.txt."""
    lines = (Path(__file__).parent / "phrases.txt").read_text(encoding="utf-8").splitlines()
    rows, group, pending = [], "", []
    for number, line in enumerate(lines, 1):
        if line.startswith("## "):
            group, pending = line.removeprefix("## "), []
        elif line.startswith("→"):
            text = "\n".join(pending).strip("\n")
            rows.append(Row(number - text.count("\n") - 1, group, text, expected_of(line.removeprefix("→").strip())))
            pending = []
        elif group:
            pending.append(line)
    return rows


def expected_of(line: str) -> tuple[str, ...]:
    """What a row expects, number by number; what stands behind `@` holds for each."""
    if line == "nothing":
        return ()
    numbers, _, common = line.partition(" @ ")
    return tuple(f"{each.strip()} {common}".strip() for each in numbers.split(" | "))


def describe(statement: Statement) -> str:
    """A statement in the words of phrases.txt."""
    parts = [statement.split or "", statement.metric, statement.printed]
    if statement.images is not None and statement.correct is not None:
        parts.append(f"{statement.correct}/{statement.images}")
    parts.append(f"±{statement.spread:.4g}" if statement.spread is not None else "")
    parts.append(f"to {statement.upper:.4g}" if statement.upper is not None else "")
    parts += [word for word in ("change", "about", "mean") if getattr(statement, f"is_{word}")]
    for name, at, whole in (
        ("epoch", statement.epoch, statement.epochs),
        ("step", statement.step_number, statement.steps),
    ):
        parts.append("" if at is None else f"{name} {at}" if whole is None else f"{name} {at}/{whole}")
    return " ".join(filter(None, parts))


def understood(row: Row) -> tuple[str, ...]:
    """What the reader reads in a row."""
    wanted = {metric for metric in ON_DEMAND for each in row.expected if f"{metric} " in each}
    statements = of_text(row.text, "row.txt").statements
    return tuple(describe(each) for each in statements if each.metric not in ON_DEMAND or each.metric in wanted)


ROWS = read_rows()


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_line_is_read(row: Row) -> None:
    assert understood(row) == row.expected
