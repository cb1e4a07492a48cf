"""Files and notebooks to execute."""

import json
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", [*sys.path])
    modules = {*sys.modules}
    yield
    for name in {*sys.modules} - modules:
        if name.startswith(("deepstudy_checked_", "sibling_")):
            del sys.modules[name]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file; several texts are the code cells of a notebook, with a text cell in front."""

    def write(*texts: str, name: str = "") -> Path:
        path = tmp_path / (name or ("model.py" if len(texts) == 1 else "lab.ipynb"))
        cells = [textwrap.dedent(text).lstrip("\n") for text in texts]
        if path.suffix == ".py":
            path.write_text(cells[0], encoding="utf-8")
            return path
        lines = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
        words = {"cell_type": "markdown", "source": ["# A lab"]}
        path.write_text(json.dumps({"cells": [words, *lines], "nbformat": 4}), encoding="utf-8")
        return path

    return write
