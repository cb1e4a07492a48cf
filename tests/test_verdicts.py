"""Verdicts: each rule on figures worked out by hand, and their error rates on simulated runs."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from deepstudy.record import Record, RunDirectory, read_records
from deepstudy.study import Study, load_study
from deepstudy.verdicts import Verdict, decide, saturation_epoch

CLAIMS = """\
claims:
  - {id: c, says: what the report says, FORM}
"""


@pytest.fixture
def study_with(write_study: Callable[..., Path]) -> Callable[..., Study]:
    def make(*forms: str, epochs: int = 2) -> Study:
        claims = "claims:\n" + "".join(f"  - {{id: c{n}, says: it, {form}}}\n" for n, form in enumerate(forms))
        return load_study(write_study(("budgets:", claims + "budgets:"), ("epochs: 2", f"epochs: {epochs}")))

    return make


def run(study: Study, name: str, seed: int, curve: Sequence[float], **info: Any) -> Record:
    """A complete run with these test accuracies, a point less on the training images, and epochs of 10 s."""
    metrics = []
    for epoch, accuracy in enumerate(curve, 1):
        metrics.append({"epoch": epoch, "split": "train", "measure": "running", "accuracy": accuracy - 1})
        metrics.append({"epoch": epoch, "split": "test", "measure": "scored", "accuracy": accuracy})
    for line in metrics:
        line |= {"loss": 1.0, "elapsed": 10.0 * line["epoch"], "lr": 0.05}
    base: dict[str, Any] = {
        "experiment": name,
        "seed": seed,
        "status": "complete",
        "resolved": study.experiment(name).model_dump(mode="json"),
        "overrides": [],
        "runs_sharing_machine": 1,
        "machine": {"cpu": "x", "gpu": None, "device": "cpu", "threads": 2, "precision": "32"},
        "data": {"published": True, "copy": "the published copy"},
    }
    return Record(base | info, metrics, None, RunDirectory(Path()))


def runs(study: Study, values: Mapping[str, Sequence[float]], **info: Any) -> list[Record]:
    """Runs of two epochs that end at these accuracies, seed by seed."""
    return [
        run(study, name, seed, [value - 5, value], **info)
        for name, column in values.items()
        for seed, value in enumerate(column)
    ]


GREATER = "compare: {quantity: accuracy, split: test, epoch: 2, of: dropped, with: plain, expect: greater}"
EQUIVALENT = GREATER.replace("greater", "equivalent, margin: 1")
VALUE = "value: {of: plain, quantity: accuracy, split: test, epoch: 2, reported: '90.5'}"


def one(study: Study, values: Mapping[str, Sequence[float]], **info: Any) -> Verdict:
    (verdict,) = decide(study, runs(study, values, **info))
    return verdict


def test_a_paired_comparison_is_scipys(study_with: Callable[..., Study]) -> None:
    values = {"plain": [90.0, 91.0, 90.4], "dropped": [91.2, 92.0, 91.5]}
    verdict = one(study_with(GREATER), values)
    expected = stats.ttest_rel(values["dropped"], values["plain"])
    interval = expected.confidence_interval()
    assert verdict.verdict == "supported"
    assert verdict.measured == pytest.approx(1.1)
    assert verdict.interval == pytest.approx((interval.low, interval.high))
    assert verdict.p == pytest.approx(expected.pvalue)
    assert "paired by seed, n=3" in verdict.reason


def test_other_seeds_are_compared_after_welch(study_with: Callable[..., Study]) -> None:
    values = {"plain": [90.0, 91.0, 90.4, 90.9], "dropped": [91.9, 93.3, 92.5]}
    verdict = one(study_with(GREATER), values)
    expected = stats.ttest_ind(values["dropped"], values["plain"], equal_var=False)
    interval = expected.confidence_interval()
    assert verdict.interval == pytest.approx((interval.low, interval.high))
    assert (verdict.verdict, verdict.runs) == ("supported", 3)


def test_the_other_way_round_and_in_between(study_with: Callable[..., Study]) -> None:
    study = study_with(GREATER)
    assert one(study, {"plain": [92.0, 92.1, 92.2], "dropped": [90.0, 90.1, 90.3]}).verdict == "contradicted"
    unsure = one(study, {"plain": [90.0, 91.0, 90.5], "dropped": [91.0, 90.2, 90.9]})
    assert unsure.verdict == "undecided"
    assert "seeds of each would decide it" in unsure.reason


def test_one_seed_decides_nothing(study_with: Callable[..., Study]) -> None:
    verdict = one(study_with(GREATER), {"plain": [90.0], "dropped": [95.0]})
    assert (verdict.verdict, verdict.measured) == ("undecided", 5.0)
    assert "at least 2 runs" in verdict.reason
    assert "at least 3 runs" in one(study_with(VALUE), {"plain": [90.0, 90.1]}).reason


def test_a_reported_figure_beside_one_more_run(study_with: Callable[..., Study]) -> None:
    study = study_with(VALUE)
    inside = one(study, {"plain": [90.0, 90.6, 90.9]})
    spread = np.std([90.0, 90.6, 90.9], ddof=1) * math.sqrt(4 / 3) * stats.t.ppf(0.975, 2)
    assert inside.verdict == "supported"
    assert inside.interval == pytest.approx((90.5 - spread, 90.5 + spread))
    assert one(study, {"plain": [80.0, 80.1, 80.2]}).verdict == "contradicted"


@pytest.mark.parametrize(
    ("info", "why"),
    [
        ({"overrides": ["epochs=2"]}, "--set epochs=2"),
        ({"data": {"published": False, "copy": "re-encoded"}}, "re-encoded"),
    ],
)
def test_what_is_not_comparable_shows_both_numbers(
    study_with: Callable[..., Study], info: dict[str, Any], why: str
) -> None:
    values = {"plain": [90.0, 90.6, 90.9], "dropped": [95.0, 95.1, 95.2]}
    absolute = one(study_with(VALUE), values, **info)
    assert (absolute.verdict, absolute.reported) == ("not comparable", "90.5")
    assert absolute.measured == pytest.approx(90.5)
    assert why in absolute.reason
    assert one(study_with(GREATER), values, **info).verdict == "supported"  # between experiments it holds all the same


def test_times_need_runs_that_were_made_for_them(study_with: Callable[..., Study]) -> None:
    study = study_with("compare: {quantity: seconds_per_epoch, of: dropped, with: plain, expect: less}")
    values = {"plain": [90.0, 90.6], "dropped": [95.0, 95.1]}
    assert "interleaved" in one(study, values).reason
    assert "shared the machine" in one(study, values, runs_sharing_machine=2).reason
    timed = runs(study, values, timing=True)
    for record in timed:
        for line in record.metrics:
            line["elapsed"] *= (1.2 if record.experiment == "plain" else 1.0) + 0.01 * record.seed
    (verdict,) = decide(study, runs(study, values), timed=timed)
    assert (verdict.verdict, verdict.what) == ("supported", "dropped less plain, s")


def test_counts_need_no_run(study_with: Callable[..., Study]) -> None:
    study = study_with(
        "value: {of: plain, quantity: weights, reported: '61,470'}",
        "compare: {quantity: parameters, of: dropped, with: plain, expect: less}",
        "exceeds: {of: plain, quantity: macs, level: 400000}",
    )
    table = {"weights": 61_470, "biases": 236, "parameters": 61_706, "macs": 416_520, "layers": []}
    found = decide(study, [], layers={"plain": table, "dropped": table})
    assert [verdict.verdict for verdict in found] == ["supported", "contradicted", "supported"]
    assert [verdict.verdict for verdict in decide(study, [])] == ["undecided"] * 3


def test_a_claim_about_a_shape_is_left_to_the_audit(study_with: Callable[..., Study]) -> None:
    study = study_with("exceeds: {of: plain, quantity: shape, level: 3}")
    (verdict,) = decide(study, [], layers={"plain": {"weights": 1, "layers": []}})
    assert verdict.verdict == "undecided"
    assert "audit" in verdict.reason


def curves(study: Study, **by_name: Sequence[Sequence[float]]) -> list[Record]:
    return [run(study, name, seed, curve) for name, each in by_name.items() for seed, curve in enumerate(each)]


def test_saturation(study_with: Callable[..., Study]) -> None:
    study = study_with("saturates: {of: plain, split: test, by: 8, margin: 0.5}", epochs=20)
    flat = [[50 + 5 * min(e, 6) + 0.1 * ((e + s) % 3) for e in range(20)] for s in range(4)]
    rising = [[50 + 2 * e + 0.1 * s for e in range(20)] for s in range(4)]
    assert decide(study, curves(study, plain=flat))[0].verdict == "supported"
    assert decide(study, curves(study, plain=rising))[0].verdict == "contradicted"
    for length in (8, 2):
        short = decide(study, curves(study, plain=[curve[:length] for curve in flat]))[0]
        assert "seen only beyond it" in short.reason


@pytest.mark.parametrize(
    ("curve", "epoch"), [([50, 60, 70, 80, 80, 80, 80, 80], 4), ([80] * 8, 1), ([10, 20, 30, 40], 4)]
)
def test_saturation_epoch(curve: list[float], epoch: int) -> None:
    assert saturation_epoch(curve) == epoch


def test_overtaking(study_with: Callable[..., Study]) -> None:
    study = study_with("overtakes: {of: dropped, with: plain, split: test}", epochs=8)
    plain = [[60 + e + 0.1 * s for e in range(8)] for s in range(3)]
    later = [[50 + 4 * e + 0.13 * s for e in range(8)] for s in range(3)]
    verdict = decide(study, curves(study, plain=plain, dropped=later))[0]
    assert verdict.verdict == "supported"
    assert "passes around epoch 5" in verdict.reason
    assert decide(study, curves(study, plain=later, dropped=plain))[0].verdict == "contradicted"
    same = [[value + 0.5 * (-1) ** s for value in curve] for s, curve in enumerate(plain)]
    assert decide(study, curves(study, plain=plain, dropped=same))[0].verdict == "undecided"


def test_a_fall_at_the_switch(study_with: Callable[..., Study]) -> None:
    study = study_with("drops: {of: plain, split: test, at: switch, by: 28, regained_after: 2}", epochs=6)
    records = curves(study, plain=[[70, 80 + s, 52 + 0.5 * s, 70, 82 + s, 85] for s in range(4)])
    for record in records:
        for line in record.metrics:
            line["lr"] = 0.01 if line["epoch"] < 3 else 0.1
    verdict = decide(study, records)[0]
    assert verdict.verdict == "supported"
    assert verdict.measured == pytest.approx(28.75)
    for record in records:
        for line in record.metrics:
            line["lr"] = 0.01
    assert "came to the switch" in decide(study, records)[0].reason


def test_a_gap_between_splits(study_with: Callable[..., Study]) -> None:
    study = study_with("gap: {of: plain, between: [test, train], epoch: 2, expect: less, margin: 2}")
    values = {"plain": [90.0, 90.6, 90.9]}
    assert one(study, values).measured == pytest.approx(1.0)
    assert one(study, values).verdict == "supported"


def test_several_claims_are_corrected(study_with: Callable[..., Study]) -> None:
    clear = GREATER
    weak = "exceeds: {of: plain, quantity: accuracy, split: test, epoch: 2, level: 89}"
    values = {"plain": [90.0, 91.0, 89.7], "dropped": [92.2, 93.1, 91.95]}
    alone = one(study_with(weak), values)
    many = decide(study_with(clear, *[weak] * 3), runs(study_with(clear), values))
    assert alone.p is not None
    assert alone.p < 0.1
    assert many[0].verdict == "supported"
    assert {each.verdict for each in many[1:]} == {"undecided"}


SIMULATIONS = 2000


def rate(outcomes: Sequence[bool]) -> float:
    return sum(outcomes) / len(outcomes)


def simulate(
    study: Study, effect: float, n: int, spread: tuple[float, float], seed: int, paired: bool = True
) -> list[Verdict]:
    generator = np.random.default_rng(seed)
    blank = runs(study, {"plain": [0.0] * n, "dropped": [0.0] * n})
    if not paired:
        for record in blank:
            record.info["seed"] += 100 * (record.experiment == "dropped")
    found = []
    for _ in range(SIMULATIONS):
        for record in blank:
            of = record.experiment == "dropped"
            record.metrics[-1]["accuracy"] = 90 + of * effect + generator.normal(0, spread[of])
        found += decide(study, blank)
    return found


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("n", [3, 5])
def test_no_effect_is_claimed_more_often_than_stated(study_with: Callable[..., Study], n: int, paired: bool) -> None:
    found = simulate(study_with(GREATER), 0.0, n, (0.3, 0.6), seed=n, paired=paired)
    assert rate([verdict.verdict != "undecided" for verdict in found]) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / SIMULATIONS)


def test_power_is_as_computed(study_with: Callable[..., Study]) -> None:
    found = simulate(study_with(GREATER), 0.6, 5, (0.3, 0.3), seed=7)
    shift = 0.6 / (0.3 * math.sqrt(2 / 5))
    expected = float(stats.nct.sf(stats.t.ppf(0.975, 4), 4, shift))
    assert rate([verdict.verdict == "supported" for verdict in found]) == pytest.approx(expected, abs=0.035)


def test_equivalence_is_not_claimed_of_what_lies_at_the_margin(study_with: Callable[..., Study]) -> None:
    found = simulate(study_with(EQUIVALENT), 1.0, 5, (0.3, 0.3), seed=11)
    assert rate([verdict.verdict == "supported" for verdict in found]) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / SIMULATIONS)
    same = simulate(study_with(EQUIVALENT), 0.0, 5, (0.3, 0.3), seed=12)
    assert rate([verdict.verdict == "supported" for verdict in same]) > 0.8


def test_one_more_run_falls_into_its_interval_as_often_as_stated(study_with: Callable[..., Study]) -> None:
    study = study_with(VALUE)
    generator = np.random.default_rng(3)
    blank = runs(study, {"plain": [0.0] * 4})
    inside = []
    for _ in range(SIMULATIONS):
        level = 90.5 - generator.normal(0, 0.4)  # the reported run is one of the same kind
        for record in blank:
            record.metrics[-1]["accuracy"] = level + generator.normal(0, 0.4)
        inside.append(decide(study, blank)[0].verdict == "supported")
    assert rate(inside) == pytest.approx(0.95, abs=0.015)


def test_holm_keeps_the_chance_of_any_wrong_verdict(study_with: Callable[..., Study]) -> None:
    form = "exceeds: {{of: plain, quantity: accuracy, split: test, epoch: {}, level: 90}}"
    study = study_with(*[form.format(epoch) for epoch in (1, 2)] * 3)
    generator = np.random.default_rng(5)
    blank = runs(study, {"plain": [0.0] * 5})
    wrong = []
    for _ in range(SIMULATIONS):
        for record in blank:
            for line in record.metrics:
                line["accuracy"] = 90 + generator.normal(0, 0.4)
        wrong.append(any(verdict.verdict != "undecided" for verdict in decide(study, blank)))
    assert rate(wrong) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / SIMULATIONS)


def test_the_measured_study_has_a_verdict_for_each_claim() -> None:
    study = load_study("lenet-mnist")
    found = decide(study, read_records(Path(__file__).parents[1] / "results", study.name, None, study.names()))
    assert [verdict.claim for verdict in found] == [claim.id for claim in study.claims]
    words = {verdict.claim: verdict.verdict for verdict in found}
    assert words["lenet5-weights"] == words["custom-weights"] == "supported"
    assert words["regularised-wins-on-train"] == "contradicted"
    assert words["custom-faster"] == "not comparable"
