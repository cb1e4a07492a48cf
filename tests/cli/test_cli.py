"""The command line: exit codes, one line for what a user gets wrong, and the JSON that others rely on."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deepstudy import cli

Write = Callable[..., Path]


@pytest.fixture
def deepstudy(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command line; its exit code, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exit_:
            cli.main([str(argument) for argument in arguments])
        output, errors = capfd.readouterr()
        assert isinstance(exit_.value.code, int)
        return exit_.value.code, output, errors

    return run


Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["frob"], "No such command 'frob'; see `deepstudy --help`"),
        (["run"], "Missing argument 'STUDY'; see `deepstudy run --help`"),
        (["run", "lenet5"], "lenet5 is a model, not a study; did you mean `deepstudy show lenet5`?"),
        (["run", "lenet-mnist", "lenet6"], "no experiment is called lenet6; did you mean lenet5?"),
        (["run", "lenet-mnist", "--budget", "dem"], "no budget is called dem; did you mean demo?"),
        (["run", "lenet-mnist", "--seeds", "0"], "Invalid value for '--seeds': 0 is not in the range x>=1"),
        (["run", "lenet-mnist", "--set", "epochs=x"], "--set: epochs: input should be a valid integer"),
        (["run", "lenet-mnist", "--device", "tpu"], "Invalid value for '--device': 'tpu' is not one of"),
        (["show", "lenet6"], "no model or study is called lenet6; did you mean lenet5?"),
        (["show", "lenet5", "--arg", "drop=1"], "--arg: model.drop: unknown key; did you mean dropout?"),
        (["show", "lenet5", "--input", "28"], "--input 28: write channels, height and width, for example 3,32,32"),
        (["show", "lenet5", "--input", "3,32,32"], "model lenet5 takes 28x28 images, but the data has 32x32"),
        (["show", "no_such:Net"], "No module named 'no_such'"),
        (["data", "mnis"], "no data set is called mnis; did you mean mnist?"),
        (
            ["report", "lenet-mnist", "--runs", "/nowhere"],
            "no runs of this study and budget yet; do them with `deepstudy run",
        ),
        (["report", "lenet-mnist", "--budget", "x"], "no budget is called x"),
    ],
)
def test_what_a_user_gets_wrong_is_one_line(deepstudy: Run, arguments: list[str], message: str) -> None:
    code, output, errors = deepstudy(*arguments)
    assert (code, output) == (2, "")
    assert errors.startswith("deepstudy: ")
    assert errors.count("\n") == 1
    assert message in errors


def test_help_says_every_verb(deepstudy: Run) -> None:
    code, output, _ = deepstudy("--help")
    assert code == 0
    for verb in ("list", "show", "run", "report", "data", "schema"):
        assert f"\n  {verb} " in output


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom deepstudy import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit: pass\n"
        "sys.exit(bool({'torch', 'numpy', 'altair', 'pydantic', 'rich'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


def test_list(deepstudy: Run) -> None:
    code, output, _ = deepstudy("list", "--json")
    document = json.loads(output)
    assert code == 0
    assert {"lenet5", "lenet_1x1"} <= {entry["name"] for entry in document["models"]}
    assert {"lenet-mnist"} <= {entry["name"] for entry in document["studies"]}
    assert {"mnist", "mnist5k"} <= {entry["name"] for entry in document["data"]}
    assert all(entry["says"] for entries in document.values() for entry in entries)
    assert "lenet-mnist" in deepstudy("list")[1]


def test_show_model(deepstudy: Run) -> None:
    document = json.loads(deepstudy("show", "lenet5", "--json")[1])
    assert document.keys() == {"model", "input", "layers", "weights", "biases", "parameters", "macs", "trace"}
    assert (document["model"], document["input"]) == ("lenet5", [1, 28, 28])
    assert (document["weights"], document["biases"], document["parameters"]) == (61_470, 236, 61_706)
    assert (
        document["layers"][0].items()
        >= {
            "name": "conv1",
            "kind": "Conv2d",
            "output": [6, 28, 28],
            "weights": 150,
            "biases": 6,
            "macs": 117_600,
        }.items()
    )
    assert "61,470" in deepstudy("show", "lenet5")[1]
    assert json.loads(deepstudy("show", "lenet_1x1", "--arg", "pool=last", "--json")[1])["weights"] == 60_540


def test_show_writes_markdown_latex_and_csv(deepstudy: Run) -> None:
    assert (
        "| fc1     | Linear    | 120      | 400x120 = 48,000 |"
        in deepstudy("show", "lenet5", "--format", "markdown")[1]
    )
    assert r"\toprule" in deepstudy("show", "lenet5", "--format", "latex")[1]
    assert 'fc1,Linear,120,"400x120 = 48,000",120,"48,000"\n' in deepstudy("show", "lenet5", "--format", "csv")[1]


def test_show_study(deepstudy: Run) -> None:
    document = json.loads(deepstudy("show", "lenet-mnist", "--json")[1])
    assert document.keys() == {"study", "experiments", "reported", "claims", "budgets"}
    assert document["budgets"] == ["demo", "quick", "cpu"]
    rows = {row["name"]: row for row in document["experiments"]}
    assert rows["regularised"]["differs"] == {"optimizer.weight_decay": 0.001, "model.dropout": 0.3}
    assert rows["custom-1x1-first"]["differs"] == {"model.pool": "last"}
    assert rows["lenet5"]["parameters"] == 61_706
    assert all(row["seconds_estimate"] > 0 for row in rows.values())
    assert (document["reported"], document["claims"]) == (17, 16)


def test_schema_is_json(deepstudy: Run) -> None:
    assert "experiments" in json.loads(deepstudy("schema")[1])["properties"]


@pytest.mark.usefixtures("mnist5k")
def test_run_report_and_data(deepstudy: Run, write_study: Write, tmp_path: Path) -> None:
    study, runs = write_study(), tmp_path / "runs"
    code, output, errors = deepstudy("run", study, "--seeds", "2", "plain", "--out", runs)
    assert code == 0
    assert "plain" in output
    assert "±" in output
    assert "on the 200 test images of mnist5k" in output
    assert "epoch 2/2" in errors
    code, output, errors = deepstudy("run", study, "plain", "--out", runs, "--json")
    document = json.loads(output)
    assert [run["status"] for run in document["runs"]] == ["complete", "complete"]
    assert "was done before" in errors
    code, output, _ = deepstudy("report", study, "--runs", runs, "-o", tmp_path / "page" / "report.html")
    assert (code, output) == (0, f"{tmp_path / 'page' / 'report.html'}\n")
    document: dict[str, Any] = json.loads(deepstudy("data", "mnist5k", "--json")[1])
    assert document["images"] == {"train": 4000, "test": 1000}
    assert document["published"] is True


@pytest.mark.usefixtures("mnist5k")
def test_a_failed_run_exits_with_1_and_says_so_last(deepstudy: Run, write_study: Write, tmp_path: Path) -> None:
    arguments = ("plain", "--seeds", "1", "--set", "optimizer.lr=1e12", "--out", tmp_path / "runs")
    code, _, errors = deepstudy("run", write_study(), *arguments)
    assert code == 1
    assert errors.splitlines()[-1].startswith("deepstudy: plain seed 0 failed: the loss is ")


def test_without_a_network_the_message_names_file_folder_and_way_out(
    deepstudy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deepstudy.datasets import _copy, mnist

    _copy.cache_clear()
    monkeypatch.setattr(mnist, "MIRRORS", ("http://127.0.0.1:9/",))
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path / "data"))
    code, _, errors = deepstudy("data", "mnist")
    assert code == 2
    last = errors.splitlines()[-1]
    assert f"{tmp_path / 'data' / 'mnist' / 'train-images-idx3-ubyte.gz'}: could not be downloaded" in last
    assert "mnist5k" in last
