"""`deepstudy check` of several networks, of folders, and what it writes."""

import json
from pathlib import Path

import pytest

from deepstudy.cli import main

SOUND = """
from torch import nn
class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 10))
"""
BAD = SOUND.replace("Net", "Bad").replace("nn.Linear(16, 10))", "nn.Linear(16, 10), nn.Softmax(1))")
TWO_INPUTS = """
from torch import nn
class Pair(nn.Bilinear):
    def __init__(self):
        super().__init__(8, 8, 2)
    def forward(self, left, right):
        return super().forward(left, right)
"""

pytestmark = pytest.mark.usefixtures("warm_child")


def check(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["check", *map(str, arguments)])
    output = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, output.out, output.err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "anna").mkdir()
    (tmp_path / "__pycache__").mkdir()
    for name, text in {
        "anna/net.py": SOUND,
        "bert.py": BAD,
        "carl.py": "x = 1\n",
        "dora.py": TWO_INPUTS,
        "emil.py": "class Net(:\n",
        "__pycache__/old.py": BAD,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_one_bad_network_does_not_hide_the_others(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(TWO_INPUTS + SOUND, encoding="utf-8")
    code, out, err = check(capsys, tmp_path / "nets.py", "--json")
    documents = json.loads(out)
    assert code == 2
    assert [document["model"].rpartition(":")[2] for document in documents] == ["Pair", "Net"]
    assert "`forward` takes 2 inputs (left, right) (nets.py:6)" in documents[0]["refused"]
    assert documents[1]["findings"] == []
    assert "takes 2 inputs" in err


@pytest.mark.parametrize(("text", "says"), [("x = 1\n", "no network found"), ("class Net(:\n", "not valid Python")])
def test_no_answer_is_empty(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "net.py").write_text(text, encoding="utf-8")
    code, out, _ = check(capsys, tmp_path / "net.py", "--json")
    document = json.loads(out)
    assert code == 2
    assert says in document["refused"]
    code, out, err = check(capsys, tmp_path / "net.py")
    assert (code, out) == (2, "")
    assert says in err


def test_a_folder_is_a_line_a_file(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    grades = folder / "results.json"
    code, out, err = check(capsys, folder, "--csv", folder / "all.csv", "--grades", "gradescope", "-o", grades)
    lines = [line.split(maxsplit=5) for line in out.splitlines()]
    assert (code, err) == (1, "")
    assert lines[0] == ["file", "networks", "bugs", "risks", "refused"]
    assert [line[:5] for line in lines[1:]] == [
        ["anna/net.py", "1", "0", "0", "0"],
        ["bert.py", "1", "1", "0", "0"],
        ["carl.py", "0", "0", "0", "0"],
        ["dora.py", "0", "0", "0", "1"],
        ["emil.py", "0", "0", "0", "1"],
    ]
    assert lines[2][5].startswith("output_activation: The output is a softmax")
    assert lines[3][5] == "holds no network"
    assert lines[4][5].startswith("`forward` takes 2 inputs")
    table = (folder / "all.csv").read_text(encoding="utf-8").splitlines()
    assert table[0] == "file,networks,bugs,risks,notes,refused,rules,why"
    assert table[2].startswith("bert.py,1,1,0,0,0,output_activation,")
    assert [test["name"] for test in json.loads(grades.read_text())["tests"]][:2] == ["anna/net.py:Net", "bert.py:Bad"]


def test_a_folder_as_json(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "bert.py").unlink()
    code, out, _ = check(capsys, folder, "--json")
    files = {each["file"]: each["networks"] for each in json.loads(out)["files"]}
    assert code == 2
    assert files["anna/net.py"][0]["findings"] == []
    assert "no network found" in files["carl.py"][0]["refused"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "holds no script (.py) and no notebook"),
        (["lenet5"], "check one folder at a time"),
        (["--grades", "otter"], "--grades and -o: each needs the other"),
    ],
)
def test_usage_of_folders(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], complaint: str
) -> None:
    code, out, err = check(capsys, tmp_path, *arguments)
    assert (code, out) == (2, "")
    assert complaint in err
