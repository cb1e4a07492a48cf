"""Scoring runs and checkpoints."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

import deepstudy
from deepstudy.errors import InputError
from deepstudy.loading import Dataset
from deepstudy.loading.split import Split
from deepstudy.record import RunDirectory
from deepstudy.study import Study, load_study, model_choice
from deepstudy.training import checkpoint
from deepstudy.training.evaluate import evaluate

pytestmark = pytest.mark.usefixtures("mnist5k")


@pytest.fixture
def run(small_study: Study, tmp_path: Path) -> Path:
    deepstudy.run(small_study, ["plain"], seeds=1, out=tmp_path / "runs")
    return tmp_path / "runs" / "small" / "full" / "plain" / "seed0"


def test_a_run_is_scored_as_its_own_metrics_say(run: Path) -> None:
    last = RunDirectory(run).metrics()
    for split in ("test", "validation"):
        line = next(line for line in last if line.epoch == 2 and line.split == split)
        result = evaluate(run, split=split)
        assert (result.correct, result.images) == (line.correct, line.images)
        assert result.loss == pytest.approx(line.loss, abs=1e-6)
        assert result.accuracy == pytest.approx(line.accuracy, abs=1e-4)
    assert (result.experiment, result.seed, result.epoch, result.trained_on) == ("plain", 0, 2, "train")
    assert evaluate(run, split="train").images == 300
    assert result.as_json()["copy"] == result.provenance
    assert "provenance" not in result.as_json()


def test_a_checkpoint_of_a_run_and_other_data(run: Path) -> None:
    one, two = sorted(run.glob("checkpoints/epoch-*.pt"))
    assert [evaluate(path).epoch for path in (one, two)] == [1, 2]
    assert evaluate(two).correct == evaluate(run).correct
    whole = evaluate(run, data="mnist5k")
    assert whole.images == 200  # the data of the run, which keeps 200 of them
    with pytest.raises(InputError, match="--size 28: the images of the run already have a size"):
        evaluate(run, size=28)
    with pytest.raises(InputError, match="--size 28: applies only to folders of images; remove it"):
        evaluate(run, data="mnist", size=28)


def test_a_runs_own_folder_is_known_by_any_path(
    write_study: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        for split in ("train", "test"):
            folder = tmp_path / "pets" / split / "ab"[number % 2]
            folder.mkdir(parents=True, exist_ok=True)
            Image.new("L", (28, 28), 20 * number).save(folder / f"{number}.png")
    data = "data: {name: mnist5k, validation: 100, train_images: 300, test_images: 200}"
    path = write_study((data, "data: ./pets/"), ("epochs: 2", "epochs: 1"))
    (record,) = deepstudy.run(load_study(path), ["plain"], seeds=1, out=tmp_path / "runs")
    monkeypatch.chdir(tmp_path / "pets")
    found = evaluate(record.directory.path, data="../pets", split="train")
    assert (found.trained_on, found.images) == ("train", 12)


def test_classes_of_other_names_are_refused(run: Path, tmp_path: Path) -> None:
    for label in (*"012345678", "ten"):
        for folder in (tmp_path / "digits" / split / label for split in ("train", "test")):
            folder.mkdir(parents=True)
            Image.new("L", (28, 28)).save(folder / "x.png")
    with pytest.raises(InputError, match=r"digits.*: has a class ten instead of the run's class 9"):
        evaluate(run, data=f"{tmp_path}/digits")


def test_weights_alone(run: Path, tmp_path: Path) -> None:
    newest = checkpoint.newest_file(run / "checkpoints")
    assert newest is not None
    torch.save(checkpoint.read_weights(newest), tmp_path / "weights.pt")
    result = evaluate(tmp_path / "weights.pt", model=model_choice("lenet5"), data="mnist5k")
    assert (result.images, result.experiment, result.epoch, result.trained_on) == (1000, None, None, None)
    with pytest.raises(InputError, match="do not belong to a run; add --model NAME --data NAME"):
        evaluate(tmp_path / "weights.pt")
    with pytest.raises(InputError, match="these weights are of another network"):
        evaluate(tmp_path / "weights.pt", model=model_choice("lenet_1x1"), data="mnist5k")


def test_what_is_wrong_is_said(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="no such run or checkpoint"):
        evaluate(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"is not a run, as it has no run\.json; give a folder like"):
        evaluate(tmp_path)
    with pytest.raises(InputError, match=r"--data mnits: no such data set; did you mean mnist\?"):
        evaluate(run, data="mnits")
    coloured = Split(torch.zeros(2, 3, 28, 28, dtype=torch.uint8), torch.zeros(2, dtype=torch.int64))
    colours = Dataset("cifar10", tuple("0123456789"), {"test": coloured}, "", True, "")
    with monkeypatch.context() as patch:
        patch.setattr("deepstudy.training.evaluate.load", lambda **_: colours)
        with pytest.raises(InputError, match="--data cifar10: has 3 channels, but the run had 1"):
            evaluate(run, data="cifar10")
    with pytest.raises(InputError, match=f"{tmp_path}/pets/train: holds no images"):
        evaluate(run, data=f"{tmp_path}/pets")
    with pytest.raises(InputError, match="the run already names its network; remove --model"):
        evaluate(run, model=model_choice("lenet5"))
    info = RunDirectory(run).info()
    assert info is not None
    odd = info.resolved.model_copy(update={"batch_size": None})
    RunDirectory(run).write_info(info.model_copy(update={"resolved": odd}))
    with pytest.raises(InputError, match=r"run\.json: was written by another version; delete the run"):
        evaluate(run)
    RunDirectory(run).write_info(info)
    for path in run.glob("checkpoints/*.pt"):
        path.write_bytes(b"cut short")
    with pytest.raises(InputError, match="holds no intact checkpoint; delete the run"):
        evaluate(run)


def test_a_network_of_the_studys_own_is_found_again(
    write_study: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nets.py").write_text(
        "from torch import nn\nclass Net(nn.Sequential):\n"
        "    def __init__(self):\n        super().__init__(nn.Flatten(), nn.Linear(784, 10))\n"
    )
    study = load_study(write_study(("plain: {model: lenet5}", 'plain: {model: "nets.py:Net"}')))
    deepstudy.run(study, ["plain"], seeds=1, out=tmp_path / "out" / "runs")
    monkeypatch.chdir(tmp_path / "out")
    path = Path("runs/small/full/plain/seed0")
    line = RunDirectory(path).metrics()[-1]
    assert evaluate(path).correct == line.correct
    for label in "0123456789":
        for folder in (tmp_path / "wide" / split / label for split in ("train", "test")):
            folder.mkdir(parents=True)
            Image.new("L", (30, 30)).save(folder / "x.png")
    with pytest.raises(InputError, match="in evaluation mode, fails on images of 30x30 pixels: RuntimeError"):
        evaluate(path, data=f"{tmp_path}/wide")


def test_a_packed_run_has_no_weights_to_score(tmp_path: Path) -> None:
    (tmp_path / "small" / "full").mkdir(parents=True)
    (tmp_path / "small" / "full" / "runs.jsonl").write_text("")
    with pytest.raises(InputError, match="small/full: holds packed runs, which have no checkpoints"):
        evaluate(tmp_path / "small" / "full" / "plain" / "seed0")
