"""The study of report R4 says what the report and its code say."""

import re

import pytest

from deepstudy.study import load_study
from deepstudy.training.schedules import Schedule


def test_three_phases() -> None:
    study = load_study("vgg-resnet50-cifar10")
    for net, epochs in (("vgg", 250), ("resnet", 285)):
        long, more, test = (study.experiment(name) for name in (net, f"{net}-one-more", f"{net}-on-test"))
        assert (long.epochs, more.epochs, test.epochs) == (epochs, 1, 1)
        assert more.start_from is not None
        assert (more.start_from.experiment, more.start_from.epoch) == (net, epochs)
        assert test.start_from is not None
        assert test.start_from.experiment == f"{net}-one-more"
        assert (test.roles.train_on, test.roles.score_on) == ("test", "train")
        assert Schedule.of(more).at(0.0) == 0.001
        for experiment in (long, more, test):
            assert (experiment.batch_size, experiment.optimizer.name) == (100, "adam")
            assert experiment.normalize is not None
            assert experiment.normalize.std == [0.2023, 0.1994, 0.201]


def test_the_learning_rate_falls_to_a_third_every_20_epochs() -> None:
    schedule = Schedule.of(load_study("vgg-resnet50-cifar10").experiment("vgg"))
    rates = [schedule.at(epoch) for epoch in (0.0, 19.9, 20.0, 40.0)]
    assert rates == pytest.approx([1e-3, 1e-3, 1e-3 / 3, 1e-3 / 9])


def test_its_figures_and_logs() -> None:
    study = load_study("vgg-resnet50-cifar10")
    assert [(r.experiment, r.value) for r in study.reported] == [
        ("vgg-one-more", "86.44"),
        ("resnet-one-more", "83.03"),
        ("vgg-on-test", "93.326"),
        ("resnet-on-test", "90.358"),
    ]
    losses = {log.experiment: re.findall(r"Loss: ([\d.]+)", log.text) for log in study.logs}
    assert losses == {
        "vgg-one-more": ["0.1847", "0.1796", "0.1841", "0.1862", "0.1881"],
        "resnet-one-more": ["0.2940", "0.2839", "0.2930", "0.2954", "0.2991"],
        "vgg-on-test": ["0.5869"],
        "resnet-on-test": ["0.5701"],
    }
    assert "32x32x3 → 8x8x64 → 8x8x256" in study.shapes[0].text


def test_variants_of_its_resnet_differ_in_one_thing() -> None:
    study = load_study("vgg-resnet50-cifar10")
    faithful = study.experiment("resnet").flat()
    for name, key, value in (
        ("resnet-pool", "model.shortcut", "pool"),
        ("resnet-when-needed", "model.shortcut", "when-needed"),
        ("resnet-first-block", "model.downsample", "first"),
        ("resnet-relu-after-add", "model.relu_after_add", True),
    ):
        variant = study.experiment(name).flat()
        assert {other: variant[other] for other in variant if variant[other] != faithful[other]} == {key: value}
    assert study.experiment("resnet-corrected").normalize is None


def test_claims_are_the_reports_conclusions_and_suggestion() -> None:
    study = load_study("vgg-resnet50-cifar10")
    compared = {claim.id: claim.compare for claim in study.claims if claim.compare and claim.source == "report"}
    assert {id_: (c.quantity, c.of, c.expect, c.with_) for id_, c in compared.items()} == {
        "vgg-beats-resnet": ("accuracy", "vgg-one-more", "greater", "resnet-one-more"),
        "pooling-fewer-parameters": ("parameters", "resnet-pool", "less", "resnet"),
        "pooling-helps": ("accuracy", "resnet-pool", "greater", "resnet"),
    }
    values = {(v.of, v.split): v.reported for claim in study.claims if (v := claim.value)}
    assert values == {
        ("vgg-one-more", "test"): "86.44",
        ("resnet-one-more", "test"): "83.03",
        ("vgg-on-test", "train"): "93.326",
        ("resnet-on-test", "train"): "90.358",
    }
    assert any("residuals" in remark for remark in study.remarks)
    assert study.value_origin("optimizer.lr").origin == "code"
    assert study.value_origin("schedule.warmup").origin == study.value_origin("augment.cutout").origin == "default"
