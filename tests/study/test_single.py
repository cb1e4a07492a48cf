"""The study that a single run makes."""

from pathlib import Path

import pytest

from deepstudy.errors import InputError
from deepstudy.study import load_study
from deepstudy.study.single import single


def test_it_says_everything_and_can_be_loaded_again(tmp_path: Path) -> None:
    study = single("resnet20", "cifar10", ["optimizer=sgd", "optimizer.lr=0.1", "model.shortcut=projection"], tmp_path)
    assert study.path == tmp_path / "resnet20-cifar10" / "study.yaml"
    assert (study.name, study.names()) == ("resnet20-cifar10", ["resnet20"])
    experiment = load_study(tmp_path / "resnet20-cifar10").experiment("resnet20")
    assert (experiment.epochs, experiment.batch_size) == (10, 64)
    assert (experiment.optimizer.name, experiment.optimizer.options["lr"]) == ("sgd", 0.1)
    assert "betas" not in experiment.optimizer.options  # another optimizer inherits nothing of Adam's
    assert experiment.model.options["shortcut"] == "projection"
    assert (experiment.data.name, experiment.data.validation) == ("cifar10", 5000)
    text = study.path.read_text()
    assert "deepstudy train resnet20 --data cifar10 --set optimizer=sgd" in text.splitlines()[0]


def test_the_same_command_finds_its_study_and_another_takes_the_next_folder(tmp_path: Path) -> None:
    first = single("lenet5", "mnist", [], tmp_path)
    assert single("lenet5", "mnist", [], tmp_path).path == first.path
    other = single("lenet5", "mnist", ["epochs=3"], tmp_path)
    assert other.path == tmp_path / "lenet5-mnist-2" / "study.yaml"
    first.path.write_text(first.path.read_text().replace("seeds: 1", "seeds: 2"))  # grown into a study of one's own
    assert single("lenet5", "mnist", [], tmp_path).path == tmp_path / "lenet5-mnist-3" / "study.yaml"
    assert load_study(first.path).seeds == 2


def test_networks_with_several_outputs_bring_their_weights(tmp_path: Path) -> None:
    outputs = single("googlenet", "cifar10", [], tmp_path).experiment("googlenet").outputs
    assert outputs is not None
    assert outputs.weights == [1, 0.3, 0.3]


def test_own_networks_and_folders_are_found_from_the_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for split in ("train", "test"):
        (tmp_path / "pets" / split / "cat").mkdir(parents=True)
        (tmp_path / "pets" / split / "cat" / "1.png").touch()
    study = single("nets.py:Net", "./pets/", ["model.width=4", "data.size=16"], Path("runs"))
    assert study.path == Path("runs/Net-pets/study.yaml")
    experiment = study.experiment("Net")
    assert experiment.model.name == "../../nets.py:Net"
    assert experiment.model.options == {"width": 4}
    assert (study.path.parent / experiment.data.name).resolve() == tmp_path / "pets"
    assert experiment.data.size == 16


@pytest.mark.parametrize(
    ("model", "data", "overrides", "message"),
    [
        ("resnet21", "cifar10", [], "no model is called resnet21; did you mean resnet"),
        ("resnet20", "cifar11", [], "no data set is called cifar11; did you mean cifar10?"),
        (":x", "cifar10", [], "no model is called :x"),
        ("net.py", "cifar10", [], "net.py: name one network of the file, such as net.py:Net"),
        ("resnet20", "cifar10", ["model=resnet32"], "--set: model: give it as MODEL"),
        ("resnet20", "cifar10", ["data.name=mnist"], "--set: data.name: give it with --data"),
        ("resnet20", "cifar10", ["epoch=3"], "--set: epoch: unknown key; did you mean epochs?"),
        ("resnet20", "cifar10", ["optimizer.lr=-1"], "recipe.optimizer.lr: input should be greater than 0"),
        ("resnet20", "cifar10", ["model.depth=3"], "model.depth: unknown key"),
        ("resnet20", "cifar10", ["data.size=16"], "size applies only to folders of images; remove it"),
    ],
)
def test_mistakes_leave_nothing_behind(
    tmp_path: Path, model: str, data: str, overrides: list[str], message: str
) -> None:
    with pytest.raises(InputError) as error:
        single(model, data, overrides, tmp_path)
    assert message in str(error.value)
    assert "study.yaml" not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_it_can_start_from_weights_and_lie_behind_a_symbolic_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "big" / "disk").mkdir(parents=True)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "runs").symlink_to(tmp_path / "big" / "disk")
    monkeypatch.chdir(tmp_path / "here")
    study = single("nets.py:Net", "cifar10", ["start_from.file=weights.pt"], Path("runs"))
    experiment = study.experiment("Net")
    assert experiment.start_from is not None
    assert (study.path.parent / str(experiment.start_from.file)).resolve() == tmp_path / "here" / "weights.pt"
    assert (study.path.parent / experiment.model.name.rpartition(":")[0]).resolve() == tmp_path / "here" / "nets.py"


def test_a_full_disk_leaves_no_empty_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *_: object, **__: object) -> None:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(
        InputError, match=r"study.yaml: cannot be written: No space left on device; choose another folder with --out"
    ):
        single("lenet5", "mnist", [], tmp_path)
    assert not list(tmp_path.rglob("study.yaml"))
