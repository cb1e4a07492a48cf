"""A file that the examined one imports may lack a package that has nothing to do with the network."""

import subprocess
import sys
from pathlib import Path

import deepstudy

MODEL = """
from __future__ import annotations
import packagethatismissing
from packagethatismissing.part import draw as paint
from torch import nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(784, 10)

    def forward(self, x):
        return self.fc(x.flatten(1))
"""


def test_a_missing_package_of_a_neighbour_leaves_a_placeholder(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").write_text("")
    (tmp_path / "parts" / "model.py").write_text(MODEL)
    script = tmp_path / "main.py"
    script.write_text('from parts.model import Net\n\nif __name__ == "__main__":\n    model = Net()\n')
    code = f"import deepstudy; print([each for each in deepstudy.check({str(script) + ':model'!r}).findings])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout == "[]\n", done.stderr


def test_using_the_placeholder_says_what_is_missing(tmp_path: Path) -> None:
    uses = MODEL + "\n\nclass Uses(Net):\n    def forward(self, x):\n        return paint(super().forward(x))\n"
    (tmp_path / "needy.py").write_text(uses)
    script = tmp_path / "main.py"
    script.write_text("from needy import Uses\n\nmodel = Uses()\n")
    (bug,) = deepstudy.check(f"{script}:model", input=(1, 28, 28)).bugs
    assert "paint could not be imported (No module named 'packagethatismissing')" in bug.says
