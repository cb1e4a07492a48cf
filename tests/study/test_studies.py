"""What every built-in study has in common."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from deepstudy import report, run
from deepstudy.loading import load
from deepstudy.loading.augmentation import Augmentation
from deepstudy.loading.batches import Batcher
from deepstudy.study import built_in_studies, load_study, outlines
from deepstudy.study.places import Map, Seq, SourcePlace, read_yaml
from deepstudy.training import device, optimizers
from deepstudy.training.outputs import training_loss
from deepstudy.training.setup import TrainingSetup

EXPERIMENTS = [(study, name) for study in built_in_studies() for name in load_study(study).names()]


def test_all_four_reports_and_two_studies_of_our_own_are_here() -> None:
    assert list(built_in_studies()) == [
        "cifar10-fast",
        "digits",
        "googlenet-cifar10",
        "lenet-mnist",
        "resnet-cifar10",
        "small-cnn-cifar10",
        "vgg-resnet50-cifar10",
    ]


def test_an_outline_is_the_study() -> None:
    for name, short in outlines().items():
        whole = load_study(name)
        assert (short.title, short.names(), short.budgets) == (whole.title, whole.names(), whole.budgets)


@pytest.mark.parametrize("study", built_in_studies())
def test_libyaml_reads_it_as_ruamel_does(study: str) -> None:
    path = built_in_studies()[study]
    text = path.read_text(encoding="utf-8")
    fast, slow = (read_yaml(text, "f", is_ours=ours) for ours in (True, False))
    assert fast == slow
    assert [str(place) for place in _places(fast)] == [str(place) for place in _places(slow)]


def _places(value: Any) -> Iterator[SourcePlace]:
    if isinstance(value, Map):
        yield from value.places.values()
        for below in value.values():
            yield from _places(below)
    elif isinstance(value, Seq):
        yield from value.places
        for below in value:
            yield from _places(below)


@pytest.mark.parametrize("study", built_in_studies())
def test_small_budgets_make_every_experiment_smaller(study: str) -> None:
    loaded = load_study(study)
    if study == "digits":
        pytest.skip("it is small as it is")
    assert {"quick", "cpu"} <= set(loaded.budgets)
    for name in loaded.names():
        full, cpu, quick = (loaded.experiment(name, budget) for budget in (None, "cpu", "quick"))
        assert quick.epochs <= cpu.epochs <= full.epochs
        assert quick.epochs <= 2
        assert quick.data.train_images is not None
        assert {key: value for key, value in full.flat().items() if key.startswith("model.")} == {
            key: value for key, value in quick.flat().items() if key.startswith("model.")
        }


@pytest.mark.parametrize("study", built_in_studies())
def test_report_figures_and_claims_name_what_they_are_from(study: str) -> None:
    loaded = load_study(study)
    assert loaded.source.papers
    assert loaded.claims
    assert {claim.source for claim in loaded.claims} <= ({"report", "ours"} if loaded.source.report else {"ours"})


@pytest.mark.slow
@pytest.mark.parametrize(("study", "name"), EXPERIMENTS, ids=str)
@pytest.mark.usefixtures("mnist", "cifar10")
def test_every_experiment_takes_a_real_step(study: str, name: str) -> None:
    experiment = load_study(study).experiment(name)
    data = load(**experiment.data.model_dump())
    machine = device.choose_machine("cpu")
    setup = TrainingSetup(experiment, 0, data, machine)
    model = machine.place_model(setup.build_model())
    optimizer = optimizers.build(experiment.optimizer.name, experiment.optimizer.options, model.parameters())
    batches = Batcher(data.splits[experiment.roles.train_on], *setup.normalization())
    augmentation = Augmentation(**experiment.augment.model_dump())
    images, labels = batches.augmented(torch.arange(4), augmentation, seed=0, epoch=1)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    loss, logits = training_loss(model(machine.place_images(images)), labels, experiment)
    loss.backward()
    optimizer.step()
    assert torch.isfinite(loss)
    assert logits.shape == (4, 10)
    moved = [not torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True)]
    assert sum(moved) >= 0.5 * len(moved)
    assert all(bool(torch.isfinite(parameter).all()) for parameter in model.parameters())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("study", "experiments"),
    [
        ("googlenet-cifar10", ["bn-concat-sgd"]),
        ("lenet-mnist", ["regularised", "custom"]),
        ("resnet-cifar10", ["r20-switch", "r20-corrected"]),
        ("small-cnn-cifar10", ["softmax", "logits"]),
        ("vgg-resnet50-cifar10", ["resnet-on-test"]),
    ],
    ids=str,
)
@pytest.mark.usefixtures("mnist", "cifar10")
def test_a_few_steps_lead_to_a_page(study: str, experiments: list[str], tmp_path: Path) -> None:
    """What the budget `quick` does, with fewer images still; sources that others start from come along."""
    images = ["data.train_images=12", "data.test_images=8", "batch_size=4"]
    records = run(study, experiments, budget="quick", seeds=1, overrides=images, out=tmp_path)
    assert {record.info.status for record in records} == {"complete"}
    done = {record.experiment for record in records}
    assert done >= set(experiments)
    if study == "vgg-resnet50-cifar10":
        assert done == {"resnet", "resnet-one-more", "resnet-on-test"}
        log = tmp_path / study / "quick" / "resnet-on-test" / "seed0" / "log.txt"
        assert log.read_text().startswith("Epoch [1/1], Step [1/2] Loss: ")
    report(study, budget="quick", runs=tmp_path, output=tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert all(experiment in text for experiment in experiments)
    if study == "vgg-resnet50-cifar10":
        assert "resnet-on-test (trained on test, scored on train)" in text
