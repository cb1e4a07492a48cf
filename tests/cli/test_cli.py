"""The command line: exit codes, one line for what a user gets wrong, and the JSON that others rely on."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deepstudy import cli
from deepstudy.checks import RULES

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
        (
            ["run", "lenet-mnist", "--workers", "all"],
            "Invalid value for '--workers': 'all' is neither auto nor 1 or more",
        ),
        (
            ["run", "lenet-mnist", "--timing", "--workers", "2"],
            "--timing: runs that share the machine say nothing about time",
        ),
        (["run", "lenet-mnist", "--set", "epochs=x"], "--set: epochs: input should be a valid integer"),
        (["run", "lenet-mnist", "--device", "tpu"], "Invalid value for '--device': 'tpu' is not one of"),
        (["show", "lenet6"], "no model or study is called lenet6; did you mean lenet5?"),
        (["show", "lenet5", "--arg", "drop=1"], "--arg: model.drop: unknown key; did you mean dropout?"),
        (["show", "lenet5", "--input", "28"], "--input 28: give channels, height and width, for example 3,32,32"),
        (["show", "lenet5", "--input", "3,32,32"], "model lenet5 needs 28x28 images, but the data has 32x32"),
        (["show", "no_such:Net"], "No module named 'no_such'"),
        (["show", "lenet-mnist", "--stages"], "--stages: applies only to models, and lenet-mnist is a study"),
        (["show", "lenet5", "--budget", "cpu"], "--budget: applies only to studies, and lenet5 is a model"),
        (
            ["test", "runs/x", "--arg", "dropout=0.1"],
            "--arg: is an argument of a network; give the network",
        ),
        (["data", "mnist", "--size", "16"], "--size: applies only to folders of images; remove it"),
        (["train", "lenet5", "--data", "mnist", "--set", "data="], "--set data: give it with --data"),
        (["train", "lenet5", "--data", "mnist", "--set", "model=5"], "--set model: give it as MODEL"),
        (["data", "mnis"], "no data set is called mnis; did you mean mnist?"),
        (["report", "lenet-mnist", "--runs", "/nowhere"], "not a folder; give the one that holds lenet-mnist"),
        (["report", "lenet-mnist", "--budget", "x"], "no budget is called x"),
        (["train", "lenet5"], "Missing option '--data'"),
        (["train", "lenet5", "--data", "mnits"], "no data set is called mnits; did you mean mnist?"),
        (["train", "lenet5", "--data", "./no/where", "--out", "/tmp"], "no/where/train: holds no images"),
        (["test", "/nowhere"], "/nowhere: no such run or checkpoint"),
        (
            ["show", "resnet20", "--input", "3,4,4"],
            "model resnet20 needs images of at least 8 pixels, but the data has 4x4",
        ),
        (["show", "resnet20", "--arg", "depth=32"], "--arg: model.depth: unknown key"),
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


def test_a_second_list_reads_no_study_and_says_the_same(
    deepstudy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path))
    first = deepstudy("list", "--json")[1]
    code = """
import sys
from deepstudy.cli import main
try:
    main(["list", "--json"])
except SystemExit:
    sys.exit("deepstudy.study" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, first)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_an_interrupt_while_torch_is_imported_is_one_line() -> None:
    code = """
import os, signal, sys
from deepstudy.cli import main
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
main(["show", "lenet5"])
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "deepstudy: interrupted\n")


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


def test_a_narrow_terminal_cuts_no_number_short(deepstudy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    _, out, _ = deepstudy("show", "lenet5")
    assert "5x5x6x16 = 2,400" in out


def test_show_writes_markdown_latex_and_csv(deepstudy: Run) -> None:
    assert (
        "| fc1     | Linear    | 120      | 400x120 = 48,000 |"
        in deepstudy("show", "lenet5", "--format", "markdown")[1]
    )
    assert r"\toprule" in deepstudy("show", "lenet5", "--format", "latex")[1]
    assert 'fc1,Linear,120,"400x120 = 48,000",120,"48,000"\n' in deepstudy("show", "lenet5", "--format", "csv")[1]


@pytest.mark.slow
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


def test_show_prints_the_sizes_of_a_batch(deepstudy: Run) -> None:
    for batch in ("64", "10000"):
        output = deepstudy("show", "small_cnn", "--batch", batch)[1]
        trace = [line for line in output.splitlines() if line.startswith("torch.Size")]
        assert trace[0] == f"torch.Size([{batch}, 3, 32, 32])"
        assert trace[4:] == [f"torch.Size([{batch}, {size}])" for size in (512, 120, 84, 10)]
    assert json.loads(deepstudy("show", "small_cnn", "--json", "--batch", "2")[1])["trace"][1] == [2, 6, 16, 16]
    assert "inception4e  Inception" in deepstudy("show", "googlenet", "--stages")[1]


@pytest.mark.slow
def test_show_lists_a_studys_figures_and_claims(deepstudy: Run, write_study: Write) -> None:
    study = write_study(
        (
            "budgets:",
            "reported: [{experiment: plain, quantity: accuracy, split: test, epoch: 2, value: '90.10', elapsed: '30', "
            "words: half a minute}]\n"
            "claims: [{id: wins, says: dropout wins, "
            "compare: {quantity: parameters, of: dropped, with: plain, expect: less}}]\nbudgets:",
        )
    )
    output = " ".join(deepstudy("show", study)[1].split())
    for part in ("1 reported figure ", "90.10", "30 s (half a", "1 claim ", "dropout wins", "2 seeds: about"):
        assert part in output
    assert "1 seed under the budget tiny: about" in deepstudy("show", study, "--budget", "tiny")[1]


@pytest.mark.usefixtures("mnist5k")
def test_train_and_test(deepstudy: Run, tmp_path: Path) -> None:
    settings = ["epochs=1", "data.train_images=200", "data.test_images=150", "model.dropout=0.2"]
    command = ["train", "lenet5", "--data", "mnist5k", "--out", tmp_path]
    command += [word for pair in settings for word in ("--set", pair)]
    code, output, errors = deepstudy(*command)
    assert (code, "on the 150 test images of mnist5k" in output) == (0, True)
    assert f"study: {tmp_path / 'lenet5-mnist5k' / 'study.yaml'}" in errors
    assert "already complete" in deepstudy(*command)[2]
    run = tmp_path / "lenet5-mnist5k" / "full" / "lenet5" / "seed0"
    code, output, _ = deepstudy("test", run, "--split", "train")
    assert code == 0
    assert "accuracy on the 200 train images of mnist5k: " in output
    assert "The network was trained on these images." in output
    document = json.loads(deepstudy("test", run, "--json")[1])
    assert (document["images"], document["split"], document["epoch"]) == (150, "test", 1)
    assert document["accuracy"] == pytest.approx(100 * document["correct"] / 150)
    code, _, errors = deepstudy("test", run, "--split", "validation", "--data", "cifar10")
    assert (code, errors.count("\n")) == (2, 1)


def test_several_networks_are_checked_one_after_the_other(deepstudy: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("x = 1\n")
    code, output, errors = deepstudy("check", "lenet5", tmp_path / "gone.py", tmp_path / "empty.py", "small_cnn")
    assert code == 2
    counts = [line for line in output.splitlines() if line.startswith(f"{len(RULES)} rules applied: ")]
    assert counts == [f"{len(RULES)} rules applied: {found}" for found in ("nothing found", "1 note")]
    assert [line.split(": ")[1] for line in errors.splitlines()] == [f"{tmp_path}/gone.py", f"{tmp_path}/empty.py"]
    code, output, _ = deepstudy("check", "lenet5", tmp_path / "gone.py", "--json")
    assert [("refused" in document, document["model"]) for document in json.loads(output)] == [
        (False, "lenet5"),
        (True, str(tmp_path / "gone.py")),
    ]


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
    assert "already complete" in errors
    code, output, _ = deepstudy("report", study, "--runs", runs, "-o", tmp_path / "page" / "report.html")
    assert code == 0
    assert [Path(line).name for line in output.splitlines()[-4:]] == [
        "report.html",
        "report.json",
        "verdicts.json",
        "report.md",
    ]
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
    from deepstudy.datasets import mnist
    from deepstudy.loading import dataset

    dataset._read_whole.cache_clear()
    monkeypatch.setattr(mnist, "MIRRORS", ("http://127.0.0.1:9/",))
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path / "data"))
    code, _, errors = deepstudy("data", "mnist")
    assert code == 2
    last = errors.splitlines()[-1]
    assert f"{tmp_path / 'data' / 'mnist' / 'train-images-idx3-ubyte.gz'}: could not be downloaded" in last
    assert "mnist5k" in last
