"""The study of the first half of report R1 says what the report and its code say."""

from deepstudy.study import load_study


def test_every_row_of_the_table() -> None:
    study = load_study("googlenet-cifar10")
    rows = [(r.experiment, r.epoch, r.value, r.elapsed, r.words) for r in study.reported]
    assert rows == [
        ("plain", 10, "48.89", "1054", "about half hour"),
        ("plain", 100, "75.62", "9649", "about 2.5 hour"),
        ("plain", 300, "79.65", "28728", "about 8 hour"),
        ("plain", 900, "78–81", None, None),
        ("bn-adam", 10, "61.45", "1149", "about half hour"),
        ("bn-sgd", 10, "72.3", "1159", "about half hour"),
        ("bn-sgd", 20, "81.18", "2213", None),
        ("bn-sgd", 139, "89.2", "14763", None),
        ("bn-sgd-0.1", 10, "56.2", "1155", "about half hour"),
        ("bn-concat-sgd", 10, "71.99", "1159", "about half hour"),
        ("bn-concat-sgd-0.1", 10, "60.69", "1116", "about half hour"),
    ]
    assert {(r.quantity, r.split, r.source) for r in study.reported} == {("accuracy", "test", "report")}
    assert study.reported[3].number == (78, 81)


def test_recipes() -> None:
    study = load_study("googlenet-cifar10")
    every = {name: study.experiment(name) for name in study.names()}
    for experiment in every.values():
        assert experiment.batch_size == 128
        assert (experiment.augment.crop, experiment.augment.flip, experiment.augment.cutout) == (4, True, 0)
        assert experiment.normalize is not None
        assert experiment.normalize.std == [0.247, 0.243, 0.261]
        assert experiment.outputs is not None
        assert experiment.outputs.weights == [1, 0.3, 0.3]
    assert every["plain"].optimizer.options["weight_decay"] == 0.0005
    assert every["bn-sgd-0.1"].optimizer.options == {**every["bn-sgd"].optimizer.options, "lr": 0.1}
    assert every["bn-sgd"].optimizer.options["weight_decay"] == 0
    assert [every[name].epochs for name in ("plain", "bn-adam", "bn-sgd")] == [900, 10, 139]
    assert study.value_origin("batch_size").origin == "code"
    assert study.value_origin("optimizer.lr").origin == "report"


def test_beside_every_experiment_stands_its_twin_with_logits() -> None:
    study = load_study("googlenet-cifar10")
    for name in study.names()[:6]:
        faithful, corrected = study.experiment(name).flat(), study.experiment(f"{name}-logits").flat()
        differs = {key for key in faithful if faithful[key] != corrected[key]} - {"epochs"}
        assert differs == {"model.head"}
        assert faithful["model.head"] == "softmax"


def test_its_implied_claims() -> None:
    says = " ".join(claim.says for claim in load_study("googlenet-cifar10").claims if claim.source == "report")
    for words in (
        "raises accuracy",
        "SGD 0.01 beats",
        "0.1 is worse",
        "changes nothing",
        "helps at 0.1",
        "9 %",
        "78 to 81",
    ):
        assert words in says


def test_claims_compare_what_the_report_compares() -> None:
    """(of, expected, with) of each comparison; at epoch 10 unless it is about time."""
    study = load_study("googlenet-cifar10")
    compared = {claim.id: claim.compare for claim in study.claims if claim.compare}
    assert {id_: (c.of, c.expect, c.with_, c.epoch) for id_, c in compared.items()} == {
        "bn-helps": ("bn-adam", "greater", "plain", 10),
        "sgd-beats-adam": ("bn-sgd", "greater", "bn-adam", 10),
        "high-rate-worse": ("bn-sgd-0.1", "less", "bn-sgd", 10),
        "concat-changes-nothing": ("bn-concat-sgd", "equivalent", "bn-sgd", 10),
        "concat-helps-at-0.1": ("bn-concat-sgd-0.1", "greater", "bn-sgd-0.1", 10),
        "bn-costs-time": ("bn-adam", "greater", "plain", None),
        "logits-help": ("bn-sgd-logits", "greater", "bn-sgd", 10),
        "logits-help-adam": ("plain-logits", "greater", "plain", 10),
    }
    plateau = next(claim.saturates for claim in study.claims if claim.saturates)
    assert (plateau.of, plateau.by, plateau.split) == ("plain", 300, "test")
