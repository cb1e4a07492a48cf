"""The study of the second half of report R1 says what the report, its code and the paper say."""

from deepstudy.study import load_study


def test_every_row_of_the_table() -> None:
    study = load_study("resnet-cifar10")
    rows = [(r.experiment, r.epoch, r.value, r.elapsed, r.words) for r in study.reported if r.source == "report"]
    assert rows == [
        ("lr-0.01", 10, "60.03", "532", "about 9 mins"),
        ("lr-0.01", 50, "80.46", "2220", "about 40 mins"),
        ("lr-0.01", 300, "89.11", "13368", "about 4 hours"),
        ("lr-0.01", 500, "90.4", "22249", "about 6 hours"),
        ("lr-0.1", 10, "51.11", "489", "about 8 mins"),
        ("lr-0.1", 50, "78.48", "2271", "about 40 mins"),
        ("lr-0.1", 300, "89.53", "13405", "about 4 hours"),
        ("switch", 10, "66.04", "489", "about 8 mins"),
        ("switch", 42, "80.51", "1915", None),
        ("switch", 43, "52.48", "1959", None),
        ("switch", 71, "80.71", "1959", None),
        ("switch", 100, "83.81", "4496", None),
        ("switch", 300, "89.68", "13396", None),
        ("switch", 500, "90.51", "22296", None),
    ]
    assert [(r.value, r.experiment) for r in study.reported if r.source == "paper"] == [
        ("93.39±0.16", "corrected"),
        ("93.57", "corrected"),
    ]


def test_the_faithful_experiments() -> None:
    study = load_study("resnet-cifar10")
    for name, lr, schedule in (("lr-0.01", 0.01, "constant"), ("lr-0.1", 0.1, "constant"), ("switch", 0.01, "switch")):
        experiment = study.experiment(name)
        assert experiment.model.name == "resnet110"
        assert experiment.model.options == {
            "shortcut": "projection",
            "head": "softmax",
            "stem_relu": False,
            "bias": True,
        }
        assert (experiment.optimizer.options["lr"], experiment.schedule.name) == (lr, schedule)
        assert (experiment.optimizer.options["momentum"], experiment.optimizer.options["weight_decay"]) == (0.9, 0)
        assert experiment.batch_size == 128
    assert study.experiment("switch").schedule.options["until"] == "test_accuracy > 80"
    assert study.experiment("switch").schedule.options["then"] == 0.1


def test_each_suspect_is_one_factor_and_corrected_is_all_of_them() -> None:
    study = load_study("resnet-cifar10")
    switch = study.experiment("switch").flat()

    def differs(name: str) -> set[str]:
        other = study.experiment(name).flat()
        return {key for key in switch if switch[key] != other[key]} - {"epochs"}

    factors = {
        "logits": {"model.head"},
        "early-switch": {"schedule.until"},
        "weight-decay": {"optimizer.weight_decay"},
        "lr-decay": {"schedule.at"},
        "identity-shortcut": {"model.shortcut"},
    }
    assert {name: differs(name) for name in factors} == factors
    others = {"model.stem_relu", "model.bias", "init.conv", "init.linear"}
    assert differs("corrected") == set().union(*factors.values(), others)
    assert study.experiment("corrected").optimizer.options["weight_decay"] == 1e-4
    for name in ("lr-0.01", "lr-0.1", "switch", *factors, "corrected"):
        other, small = study.experiment(name).flat(), study.experiment(f"r20-{name}").flat()
        assert {key for key in other if other[key] != small[key]} - {"epochs"} == {"model.name"}


def test_the_papers_iterations() -> None:
    """64,000 iterations of 128 of 50,000 images; the learning rate is divided by 10 at 32,000 and 48,000."""
    corrected = load_study("resnet-cifar10").experiment("corrected")
    an_epoch = -(-50_000 // corrected.batch_size)
    assert corrected.epochs == round(64_000 / an_epoch)
    assert corrected.schedule.options["at"] == [round(32_000 / an_epoch), round(48_000 / an_epoch)]


def test_claims_compare_what_the_report_compares() -> None:
    study = load_study("resnet-cifar10")
    compared = {claim.id: claim.compare for claim in study.claims if claim.compare and claim.source == "report"}
    assert {id_: (c.of, c.expect, c.with_, c.epoch) for id_, c in compared.items()} == {
        "slow-ahead-at-10": ("lr-0.01", "greater", "lr-0.1", 10),
        "slow-ahead-at-50": ("lr-0.01", "greater", "lr-0.1", 50),
        "fast-catches-up": ("lr-0.1", "greater", "lr-0.01", 300),
        "switch-ends-highest-300": ("switch", "greater", "lr-0.01", 300),
        "switch-beats-fast-300": ("switch", "greater", "lr-0.1", 300),
        "switch-ends-highest-500": ("switch", "greater", "lr-0.01", 500),
    }
    drop = next(claim.drops for claim in study.claims if claim.drops)
    assert (drop.of, drop.at, drop.by, drop.regained_after) == ("switch", "switch", 28, 28)
    for claim in study.claims:  # our own: each mended factor against the report's switch
        if claim.source == "ours" and claim.compare:
            assert claim.compare.expect == "greater"
            assert claim.compare.with_ == ("r20-switch" if claim.compare.of.startswith("r20-") else "switch")
