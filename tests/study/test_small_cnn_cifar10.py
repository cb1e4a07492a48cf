"""The study of report R2 says what the report says."""

import re

from deepstudy.study import load_study


def test_recipe() -> None:
    study = load_study("small-cnn-cifar10")
    faithful, corrected = study.experiment("softmax"), study.experiment("logits")
    assert (faithful.epochs, faithful.batch_size, faithful.optimizer.name) == (100, 64, "adam")
    assert faithful.optimizer.options["lr"] == 0.001
    assert faithful.extends  # so a run of 100 epochs begins with those of 20 and of 40
    assert (faithful.init.conv, faithful.init.linear, faithful.init.norm) == ("xavier_uniform",) * 2 + ("normal",)
    assert (faithful.model.options["head"], corrected.model.options["head"]) == ("softmax", "logits")
    assert study.value_origin("normalize.mean").origin == study.value_origin("init.norm").origin == "assumed"
    assert study.value_origin("init.conv").origin == "report"  # Xavier is what it says
    assert study.value_origin("batch_size").origin == "report"


def test_its_figures_and_log() -> None:
    study = load_study("small-cnn-cifar10")
    accuracies = [r for r in study.reported if r.quantity == "accuracy"]
    assert [(r.value, r.images, r.epoch) for r in accuracies[:2]] == [
        ("83.068", 50_000, "unknown"),
        ("68.29", 10_000, "unknown"),
    ]
    assert [(r.epoch, r.number) for r in accuracies[2:]] == [(30, (60, 70)), (40, (60, 70))]
    lines = study.logs[0].text.splitlines()
    losses = [float(re.findall(r"Loss: ([\d.]+)", line)[0]) for line in lines]
    correct = [float(re.findall(r"Accuracy: ([\d.]+)", line)[0]) for line in lines]
    assert losses == [
        *(1.7524, 1.8655, 1.8129, 1.7790, 1.8075, 1.7916, 1.7833),
        *(1.6860, 1.7446, 1.8081, 1.7854, 1.7000, 1.8745, 1.7909),
    ]
    assert correct == [65.6, 71.9, 64.1, 60.9, 57.8, 62.5, 67.2, 65.6, 70.3, 51.6, 64.1, 64.1, 65.6, 62.5]
    steps = [int(re.findall(r"Step \[(\d+)/50048]", line)[0]) for line in lines]
    assert steps == [batch * 100 * 64 + 1 for batch in range(1, 8)] * 2


def test_its_suggestions_are_experiments_with_both_heads() -> None:
    study = load_study("small-cnn-cifar10")
    for name, option in (
        ("twice-the-channels", {"width": 2}),
        ("two-linear", {"linear": 2}),
        ("five-linear", {"linear": 5}),
    ):
        for head, experiment in (("softmax", name), ("logits", f"{name}-logits")):
            options = {"head": head, "width": 1, "linear": 3, **option}
            assert study.experiment(experiment).model.options == options


def test_claims_are_the_reports_conclusions_and_suggestions() -> None:
    study = load_study("small-cnn-cifar10")
    compared = {claim.id: claim.compare for claim in study.claims if claim.compare}
    assert {id_: (c.of, c.expect, c.with_, c.epoch) for id_, c in compared.items()} == {
        "more-channels-help": ("twice-the-channels", "greater", "softmax", 20),
        "two-linear-do": ("two-linear", "equivalent", "softmax", 20),
        "two-more-linear-help": ("five-linear", "greater", "softmax", 20),
        "logits-differ": ("logits", "greater", "softmax", 20),
    }
    levels = [(c.epoch, c.expect, c.level) for claim in study.claims if (c := claim.exceeds)]
    assert levels == [(epoch, *side) for epoch in (30, 40) for side in (("greater", 60), ("less", 70))]
    saturates = next(claim.saturates for claim in study.claims if claim.saturates)
    assert (saturates.of, saturates.by, saturates.split) == ("softmax", 20, "test")
