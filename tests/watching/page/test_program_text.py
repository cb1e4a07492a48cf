"""The lines of a program around a place."""

import json
from pathlib import Path

from deepstudy.watching.page.program_text import ProgramText


def test_lines_around_a_place_have_no_common_indent_and_end_at_a_gap(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text("def f():\n    a = 1\n\n\n    if a:\n\tb = 2\n    c = 3\n\nd = 4\n", encoding="utf-8")
    lines = ProgramText(script).around("train.py:6")
    assert [(each.number, each.text, each.is_here) for each in lines] == [
        (5, "    if a:", False),
        (6, "    b = 2", True),
        (7, "    c = 3", False),
        (8, "", False),
        (9, "d = 4", False),
    ]
    assert [each.text for each in ProgramText(script).around("train.py:2")] == ["def f():", "    a = 1"]


def test_places_that_have_no_line(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("x = 1\n", encoding="utf-8")
    folder = tmp_path / "lab"
    folder.mkdir()
    script = folder / "train.py"
    script.write_text("x = 1\n", encoding="utf-8")
    (folder / "notes.txt").write_text("x\n", encoding="utf-8")
    text = ProgramText(script)
    for where in (
        "",
        "train.py",
        "train.py:0",
        "train.py:2",
        "train.py:x",
        "../secret.py:1",
        "gone.py:1",
        "notes.txt:1",
    ):
        assert text.around(where) == []
    assert len(text.around("train.py:1")) == 1


def test_cells_of_a_notebook(tmp_path: Path) -> None:
    script = tmp_path / "lab.ipynb"
    cells = [
        {"cell_type": "code", "source": ["%matplotlib inline\n", "a = 1"]},
        {"cell_type": "code", "source": ["b = 2"]},
    ]
    script.write_text(json.dumps({"cells": cells, "nbformat": 4}), encoding="utf-8")
    text = ProgramText(script)
    assert [each.text for each in text.around("lab.ipynb cell 2:1")] == ["b = 2"]
    assert [each.is_here for each in text.around("lab.ipynb cell 1:2")] == [False, True]
    script.unlink()
    assert ProgramText(script).around("lab.ipynb cell 2:1") == []
