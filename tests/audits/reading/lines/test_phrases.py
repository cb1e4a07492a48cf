"""Lines of many tools and of eight languages, and what is read in each; the rows stand in phrases.txt."""

from typing import Any

ROWS = "phrases.txt"


def test_a_line_is_read(row: Any, understood: Any) -> None:
    assert understood(row) == row.expected
