"""Verdicts: each form of a claim on figures worked out by hand, and their error rates on simulated runs."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from deepstudy.layer_table.table import Layer, LayerTable
from deepstudy.record import DataInfo, MetricsLine, Record, RecordedExperiment, RunDirectory, RunInfo, read_records
from deepstudy.study import Study, load_study
from deepstudy.verdicts import Verdict, decide, format_interval, records_that_count, saturation_epoch, values_of

CLAIMS = """\
claims:
  - {id: c, says: what the report says, FORM}
"""


@pytest.fixture
def study_with(write_study: Callable[..., Path]) -> Callable[..., Study]:
    def make(*forms: str, epochs: int = 2, changes: Sequence[tuple[str, str]] = ()) -> Study:
        claims = "claims:\n" + "".join(f"  - {{id: c{n}, says: it, {form}}}\n" for n, form in enumerate(forms))
        return load_study(write_study(("budgets:", claims + "budgets:"), ("epochs: 2", f"epochs: {epochs}"), *changes))

    return make


DATA = {"name": "mnist5k", "splits": {}, "published": True}


def run(study: Study, name: str, seed: int, curve: Sequence[float], **info: Any) -> Record:
    """A complete run with these test accuracies, a point less on the training images, and epochs of 10 s."""
    metrics = []
    for epoch, accuracy in enumerate(curve, 1):
        same: dict[str, Any] = {"epoch": epoch, "loss": 1.0, "elapsed": 10.0 * epoch, "lr": 0.05}
        metrics.append(MetricsLine(split="train", measure="running", accuracy=accuracy - 1, **same))
        metrics.append(MetricsLine(split="test", measure="scored", accuracy=accuracy, **same))
    base: dict[str, Any] = {
        "experiment": name,
        "seed": seed,
        "status": "complete",
        "hash": study.experiment(name).hash(),
        "resolved": study.experiment(name).model_dump(mode="json"),
        "overrides": [],
        "runs_sharing_machine": 1,
        "machine": {"cpu": "x", "gpu": None, "device": "cpu", "threads": 2, "precision": "32"},
        "data": DATA,
    }
    return Record(RunInfo.model_validate(base | info), metrics, None, RunDirectory(Path()))


def with_info(record: Record, **changes: Any) -> Record:
    return replace(record, info=record.info.model_copy(update=changes))


def with_lines(record: Record, change: Callable[[MetricsLine], dict[str, Any]]) -> Record:
    return replace(record, metrics=[line.model_copy(update=change(line)) for line in record.metrics])


def slower(record: Record) -> Record:
    """The same with 12 s an epoch if it is one of plain, and a little more for each seed."""
    pace = (1.2 if record.experiment == "plain" else 1.0) + 0.01 * record.seed
    return with_lines(record, lambda line: {"elapsed": 10.0 * line.epoch * pace})


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


PAIRS = {"plain": [90.0, 91.0, 90.4, 90.7, 90.2], "dropped": [91.2, 92.1, 91.5, 91.9, 91.3]}  # seeds matter


def test_where_seeds_matter_a_comparison_is_scipys_of_pairs(study_with: Callable[..., Study]) -> None:
    verdict = one(study_with(GREATER), PAIRS)
    expected = stats.ttest_rel(PAIRS["dropped"], PAIRS["plain"])
    interval = expected.confidence_interval()
    assert verdict.verdict == "supported"
    assert verdict.measured == pytest.approx(1.14)
    assert verdict.interval == pytest.approx((interval.low, interval.high))
    assert verdict.p == pytest.approx(expected.pvalue)
    assert "n=5, paired by seed" in verdict.reason


def test_where_seeds_do_not_matter_it_is_welchs(study_with: Callable[..., Study]) -> None:
    values = {"plain": [90.0, 91.0, 90.4, 90.9, 90.1], "dropped": [91.9, 91.3, 92.5, 92.0, 91.6]}
    verdict = one(study_with(GREATER), values)
    expected = stats.ttest_ind(values["dropped"], values["plain"], equal_var=False)
    interval = expected.confidence_interval()
    assert verdict.interval == pytest.approx((interval.low, interval.high))
    assert (verdict.verdict, verdict.runs) == ("supported", 5)
    assert "n=5, unpaired" in verdict.reason


def test_the_effect_is_given_in_spreads_and_as_a_chance(study_with: Callable[..., Study]) -> None:
    values = {"plain": [90.0, 91.0, 92.0], "dropped": [91.0, 92.0, 93.0]}  # a spread of 1 each
    verdict = one(study_with(GREATER), values)
    assert verdict.effect == pytest.approx(1.0)
    assert verdict.chance == pytest.approx(stats.norm.cdf(1 / math.sqrt(2)))


def test_other_seeds_are_never_pairs(study_with: Callable[..., Study]) -> None:
    study = study_with(GREATER)
    plain, dropped = (runs(study, {name: values}) for name, values in PAIRS.items())
    later = [with_info(each, seed=each.seed + 2) for each in dropped]
    (verdict,) = decide(study, plain + later)
    assert "unpaired" in verdict.reason


def test_one_run_more_of_one_experiment_leaves_the_pairs(study_with: Callable[..., Study]) -> None:
    study = study_with(GREATER)
    expected, found = one(study, PAIRS), one(study, {**PAIRS, "plain": [*PAIRS["plain"], 95.0]})
    assert (found.interval, found.p, found.runs) == (expected.interval, expected.p, 5)
    assert "paired by seed" in found.reason


def test_runs_that_all_give_the_same_show_no_difference(study_with: Callable[..., Study]) -> None:
    # A mean of three times 10.7 in floating point is a little more than one of two times 10.7.
    verdict = one(study_with(GREATER), {"plain": [10.7, 10.7], "dropped": [10.7, 10.7, 10.7]})
    assert (verdict.verdict, verdict.measured, verdict.p) == ("undecided", 0.0, 1.0)


def test_the_other_way_round_and_in_between(study_with: Callable[..., Study]) -> None:
    study = study_with(GREATER)
    assert one(study, {"plain": [92.0, 92.1, 92.2], "dropped": [90.0, 90.1, 90.3]}).verdict == "contradicted"
    unsure = one(study, {"plain": [90.0, 91.0, 90.5], "dropped": [91.0, 90.2, 90.9]})
    assert unsure.verdict == "undecided"
    assert re.search(r"About \d+ seeds per experiment would probably decide this\.", unsure.reason)


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
        ({"overrides": ["batch_size=25"]}, "--set batch_size=25"),
        ({"data": {**DATA, "published": False, "copy": "re-encoded"}}, "re-encoded"),
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


def test_runs_that_were_set_differently_are_not_compared(study_with: Callable[..., Study]) -> None:
    study, values = study_with(GREATER), {"plain": [90.0, 90.6, 90.9], "dropped": [95.0, 95.1, 95.2]}
    records = runs(study, values)
    records[-1] = with_info(records[-1], overrides=["epochs=2"])  # a longer run is the same run
    assert decide(study, records)[0].verdict == "supported"
    records[-1] = with_info(records[-1], overrides=["optimizer.lr=0.1"])
    (verdict,) = decide(study, records)
    assert verdict.verdict == "not comparable"
    assert "(no --set and --set optimizer.lr=0.1)" in verdict.reason


def test_a_reported_time_is_of_another_machine(study_with: Callable[..., Study]) -> None:
    study = study_with("value: {of: plain, quantity: seconds_per_epoch, reported: '60'}")
    timed = runs(study, {"plain": [90.0, 90.6, 90.9]}, timing=True)
    (verdict,) = decide(study, timed, timed=timed)
    assert (verdict.verdict, verdict.reason) == (
        "not comparable",
        "The report's times are from another machine.",
    )


def test_times_need_runs_that_were_made_for_them(study_with: Callable[..., Study]) -> None:
    study = study_with("compare: {quantity: seconds_per_epoch, of: dropped, with: plain, expect: less}")
    values = {"plain": [90.0, 90.6], "dropped": [95.0, 95.1]}
    assert "did not take turns" in one(study, values).reason
    assert "shared the machine" in one(study, values, runs_sharing_machine=2).reason
    moved = runs(study, values, timing=True, resumed=[{"machine_before": {"cpu": "y", "threads": 1}}])
    (verdict,) = decide(study, runs(study, values), timed=moved)
    assert "differ in machine" in verdict.reason
    for other in ({"layout": "contiguous"}, {"deterministic": True}):  # a run that was cut and went on otherwise
        before = runs(study, values)[0].info.machine.as_json() | other
        moved = runs(study, values, timing=True, resumed=[{"machine_before": before}])
        (verdict,) = decide(study, runs(study, values), timed=moved)
        assert "differ in machine, threads, precision, layout or --deterministic" in verdict.reason
    timed = [slower(record) for record in runs(study, values, timing=True)]
    (verdict,) = decide(study, runs(study, values), timed=timed)
    assert (verdict.verdict, verdict.what) == ("supported", "dropped minus plain, s")
    assert verdict.reported == "faster"


def test_counts_need_no_run(study_with: Callable[..., Study]) -> None:
    study = study_with(
        "value: {of: plain, quantity: weights, reported: '61,470'}",
        "compare: {quantity: parameters, of: dropped, with: plain, expect: less}",
        "exceeds: {of: plain, quantity: macs, level: 400000}",
    )
    table = table_of(Layer("all", "Net", [10], 61_470, 236, 416_520))
    found = decide(study, [], layers={"plain": table, "dropped": table})
    assert [verdict.verdict for verdict in found] == ["supported", "contradicted", "supported"]
    assert [verdict.verdict for verdict in decide(study, [])] == ["undecided"] * 3


def test_a_claim_about_a_shape_is_left_to_the_audit(study_with: Callable[..., Study]) -> None:
    study = study_with("exceeds: {of: plain, quantity: shape, level: 3}")
    (verdict,) = decide(study, [], layers={"plain": table_of()})
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
        assert f"end at epoch {length}" in short.reason
        assert "at least 10 epochs" in short.reason


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
    assert "dropped overtakes plain around epoch 5" in verdict.reason
    assert verdict.reported == "overtakes"
    assert decide(study, curves(study, plain=later, dropped=plain))[0].verdict == "contradicted"
    same = [[value + 0.5 * (-1) ** s for value in curve] for s, curve in enumerate(plain)]
    assert decide(study, curves(study, plain=plain, dropped=same))[0].verdict == "undecided"


def test_a_fall_at_the_switch(study_with: Callable[..., Study]) -> None:
    study = study_with("drops: {of: plain, split: test, at: switch, by: 28, regained_after: 2}", epochs=6)
    same = curves(study, plain=[[70, 80 + s, 52 + 0.5 * s, 70, 82 + s, 85] for s in range(4)])
    records = [with_lines(record, lambda line: {"lr": 0.01 if line.epoch < 3 else 0.1}) for record in same]
    verdict = decide(study, records)[0]
    assert verdict.verdict == "supported"
    assert verdict.measured == pytest.approx(28.75)
    warmed = study.experiment("plain").model_dump(mode="json")
    warmed["schedule"] = {"name": "switch", "warmup": 1, "then": 0.1}
    resolved = RecordedExperiment.model_validate(warmed)
    rates = (0.005, 0.01, 0.1, 0.1, 0.1, 0.1)
    records = [
        with_info(with_lines(record, lambda line: {"lr": rates[line.epoch - 1]}), resolved=resolved) for record in same
    ]
    assert decide(study, records)[0].measured == pytest.approx(28.75)
    records = [with_lines(record, lambda line: {"lr": 0.01}) for record in records]
    assert "No run of plain reached the learning-rate switch." in decide(study, records)[0].reason


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


# Figures as they are printed -----------------------------------------------------------------------------------------


def table_of(*layers: Layer) -> LayerTable:
    return LayerTable("net", [1, 28, 28], list(layers))


FC1 = Layer("fc1", "Linear", [120], 48_000, 120, 48_000)
LAYERS = table_of(FC1, Layer("rest", "Net", [10], 13_470, 116, 368_520))


@pytest.mark.parametrize(
    ("figure", "word"),
    [
        ("62k", "supported"),
        ("0.06M", "supported"),
        ("0.062 million", "supported"),
        ("about 62,000", "supported"),
        ("~65,000", "supported"),
        ("60k~62k", "supported"),
        ("61,706", "supported"),
        ("61k", "contradicted"),
        ("62,000", "contradicted"),
        ("0.07M", "contradicted"),
        ("1.2 million", "contradicted"),
        ("about 70,000", "contradicted"),
    ],
)
def test_a_count_is_held_against_what_its_figure_stands_for(
    study_with: Callable[..., Study], figure: str, word: str
) -> None:
    study = study_with(f"value: {{of: plain, quantity: parameters, reported: '{figure}'}}")
    (verdict,) = decide(study, [], layers={"plain": LAYERS})
    assert (verdict.verdict, verdict.measured, verdict.reported) == (word, 61_706, figure)
    assert (f"({figure}) covers " in verdict.reason) == (figure not in ("61,706", "62,000"))


def test_about_can_be_said_beside_the_figure(study_with: Callable[..., Study]) -> None:
    study = study_with("value: {of: plain, quantity: parameters, reported: '62,000', about: true}")
    (verdict,) = decide(study, [], layers={"plain": LAYERS})
    assert (verdict.verdict, verdict.reported) == ("supported", "about 62,000")


@pytest.mark.parametrize(
    ("figure", "word"),
    [("60~70", "supported"), ("62.4~70", "contradicted"), ("50~61.9", "supported"), ("62", "supported")],
)
def test_a_range_is_supported_where_the_prediction_meets_it(
    study_with: Callable[..., Study], figure: str, word: str
) -> None:
    study = study_with(VALUE.replace("90.5", figure))
    verdict = one(study, {"plain": [62.0, 62.05, 62.1]})  # one more lies between 61.80 and 62.30
    assert (verdict.verdict, verdict.measured) == (word, pytest.approx(62.05))
    assert ("outside it" in verdict.reason) == (word == "contradicted")
    assert figure in verdict.reason


def test_an_interval_too_wide_supports_nothing(study_with: Callable[..., Study]) -> None:
    study = study_with(VALUE.replace("90.5", "99"))
    wide = one(study, {"plain": [60.0, 80.0, 98.0]})
    assert wide.verdict == "undecided"
    assert wide.interval == (0.0, 100.0)  # an accuracy can be nothing else
    assert "too wide to decide (it reaches more than 3 points either way)" in wide.reason
    assert one(study, {"plain": [60.0, 62.0, 64.0]}).verdict == "contradicted"  # as wide, but far away
    some = one(study, {"plain": [98.0, 99.0, 100.0]})
    assert "About 6 seeds would" in some.reason
    reach = [stats.t.ppf(0.975, n - 1) * math.sqrt(1 + 1 / n) for n in (5, 6)]
    assert reach[0] > 3 > reach[1]
    assert "95 % prediction interval" in some.reason


# Runs that do not count ----------------------------------------------------------------------------------------------


def test_a_failed_run_is_left_out_and_told(study_with: Callable[..., Study]) -> None:
    study = study_with("exceeds: {of: plain, quantity: accuracy, split: test, epoch: 2, level: 80}", GREATER)
    records = runs(study, {"plain": [90.0, 90.6, 90.9, 10.0], "dropped": [95.0, 95.1, 95.2]})
    records[3] = with_info(records[3], status="failed")
    assert records_that_count(records) == [record for record in records if record is not records[3]]
    for verdict in decide(study, records):
        assert verdict.runs == 3
        assert verdict.reason.endswith(" 1 of 4 runs of plain failed and is not counted.")
    records[2] = with_info(records[2], status="failed")
    assert "2 of 4 runs of plain failed and are not counted." in decide(study, records)[0].reason
    records = [with_info(record, status="failed") for record in records[:4]] + records[4:]
    assert decide(study, records)[0].reason == "All 4 runs of plain failed."


WHOLE = {
    "best": "compare: {quantity: best_accuracy, split: test, of: dropped, with: plain, expect: greater}",
    "saturation": "compare: {quantity: saturation_epoch, split: test, of: dropped, with: plain, expect: less}",
    "epochs": "compare: {quantity: epochs_to, level: 61, split: test, of: dropped, with: plain, expect: less}",
    "elapsed": "compare: {quantity: elapsed, of: dropped, with: plain, expect: less}",
    "saturates": "saturates: {of: dropped, split: test, by: 3, margin: 1}",
    "overtakes": "overtakes: {of: dropped, with: plain, split: test}",
}


@pytest.mark.parametrize("form", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("status", ["running", "interrupted"])
def test_only_complete_runs_decide_what_the_whole_training_decides(
    study_with: Callable[..., Study], form: str, status: str
) -> None:
    study = study_with(form, epochs=8)
    records = curves(
        study,
        plain=[[60 + e + 0.1 * s for e in range(8)] for s in range(3)],
        dropped=[[58 + 2 * e + 0.1 * s for e in range(8)] for s in range(3)],
    )
    late = run(study, "dropped", 3, [58.0, 60.0, 62.0, 64.0], status=status)
    (verdict,) = decide(study, [*records, late])
    assert verdict.runs == 3
    why = "because the claim is about the whole training."
    assert verdict.reason.endswith(f"1 of 4 runs of dropped is not complete and not counted, {why}")
    (verdict,) = decide(study, [*[record for record in records if record.experiment == "plain"], late])
    assert (verdict.verdict, verdict.runs) == ("undecided", 0)
    assert verdict.reason.startswith("No run of dropped is complete: they end at epoch 4 at the latest.")


def test_a_claim_about_an_epoch_takes_every_run_that_came_to_it(study_with: Callable[..., Study]) -> None:
    study = study_with(GREATER, epochs=4)
    records = runs(study, {"plain": [90.0, 91.0, 90.4], "dropped": [91.2, 92.0, 91.5]}, status="interrupted")
    assert decide(study, records)[0].verdict == "supported"
    records.append(run(study, "plain", 3, [80.0], status="running"))
    assert decide(study, records)[0].reason.endswith("1 of 4 runs of plain has not reached epoch 2.")


def test_a_level_that_a_run_never_reaches_decides_nothing(study_with: Callable[..., Study]) -> None:
    study = study_with(
        WHOLE["epochs"], "value: {of: dropped, quantity: epochs_to, level: 61, split: test, reported: 2}"
    )
    values = {"plain": [70.0, 71.0, 72.0], "dropped": [63.0, 60.0, 64.0]}
    for verdict in decide(study, runs(study, values)):
        assert verdict.verdict == "undecided"
        assert verdict.reason == "1 of 3 runs of dropped never reaches 61 % on test images."


def test_measured_is_what_the_records_that_count_have(study_with: Callable[..., Study]) -> None:
    study = study_with(WHOLE["best"], "value: {of: plain, quantity: epochs_to, level: 61, split: test, reported: 2}")
    records = [*runs(study, {"plain": [90.0, 91.0]}), run(study, "plain", 2, [99.0], status="interrupted")]
    best, epochs_to = (claim.form for claim in study.claims)
    assert values_of(study, records, "plain", best) == [90.0, 91.0]  # type: ignore[arg-type]
    assert values_of(study, records, "plain", epochs_to) == [1.0, 1.0]  # type: ignore[arg-type]
    assert values_of(study, records, "dropped", best) == []  # type: ignore[arg-type]
    late = run(study, "plain", 3, [50.0, 60.0])
    assert values_of(study, [*records, late], "plain", epochs_to) == []  # type: ignore[arg-type]


def test_runs_that_have_not_finished_an_epoch(study_with: Callable[..., Study]) -> None:
    study = study_with(GREATER, "saturates: {of: plain, split: test, by: 1, margin: 1}")
    begun = [run(study, name, 0, [], status="running") for name in ("plain", "dropped")]
    assert [verdict.reason for verdict in decide(study, begun)] == [
        "No run of dropped has finished an epoch.",
        "No run of plain has finished an epoch.",
    ]
    none = ["There are no runs of dropped.", "There are no runs of plain."]
    assert [verdict.reason for verdict in decide(study, [])] == none


# What may be compared ------------------------------------------------------------------------------------------------

FASTER = "compare: {quantity: seconds_per_epoch, of: dropped, with: plain, expect: less}"


def test_times_without_runs_are_undecided_and_the_command_is_whole(study_with: Callable[..., Study]) -> None:
    study = study_with(FASTER)
    (verdict,) = decide(study, runs(study, {"plain": [90.0, 90.1]}))
    assert verdict.verdict == "undecided"
    assert verdict.reason.startswith("There are no runs of dropped.")
    assert verdict.reason.endswith(f"`deepstudy run {study.path} --timing`.")
    both = runs(study, {"plain": [90.0, 90.1], "dropped": [90.0, 90.1]}, runs_sharing_machine=2)
    (verdict,) = decide(study, both, "tiny")
    assert verdict.verdict == "not comparable"
    assert f"`deepstudy run {study.path} --budget tiny --timing`" in verdict.reason


def test_the_time_of_a_whole_run_from_its_timed_epochs(study_with: Callable[..., Study]) -> None:
    study = study_with(WHOLE["elapsed"], epochs=40)
    same = [[80, 81, 82 + s] for s in range(3)]
    timed = [
        slower(with_info(record, timing=True, overrides=["epochs=3"]))
        for record in curves(study, plain=same, dropped=same)
    ]
    (verdict,) = decide(study, [], timed=timed)
    assert (verdict.verdict, verdict.measured) == ("supported", pytest.approx(-80.0))  # 40 epochs of 10 and of 12 s
    assert "The time of plain is extrapolated from its timed epochs." in verdict.reason


OTHER_DATA = ("dropped: {model: {name: lenet5, dropout: 0.3}}", "dropped: {model: MODEL, data: {name: mnist}}")


@pytest.mark.parametrize("model", ["lenet5", "lenet_1x1"])
def test_other_images_are_compared_only_where_they_are_what_differs(
    study_with: Callable[..., Study], model: str
) -> None:
    study = study_with(GREATER, changes=[(OTHER_DATA[0], OTHER_DATA[1].replace("MODEL", model))])
    values = {"plain": [90.0, 90.6, 90.9], "dropped": [95.0, 95.1, 95.2]}
    verdict = one(study, values)
    assert "dropped is trained on train images and scored on test images of mnist; plain is" in verdict.reason
    assert "scored on 200 test images of mnist5k." in verdict.reason
    if model == "lenet5":
        assert verdict.verdict == "supported"
        assert "The claim compares these images: " in verdict.reason
    else:
        assert (verdict.verdict, verdict.measured) == ("not comparable", pytest.approx(4.6))
        assert verdict.reason.endswith("They also differ in model.")
        assert decide(study, [])[0].verdict == "not comparable"


def test_swapped_roles_are_named(study_with: Callable[..., Study]) -> None:
    roles = "roles: {train_on: test, score_on: train}"
    changes = [("dropped: {model: {name: lenet5, dropout: 0.3}}", f"dropped: {{model: lenet5, {roles}}}")]
    values = {"plain": [90.0, 90.6, 90.9], "dropped": [95.0, 95.1, 95.2]}
    verdict = one(study_with(GREATER, changes=changes), values)
    assert verdict.verdict == "supported"
    assert "dropped is trained on test images and scored on train images; plain is trained on train" in verdict.reason
    changes = [("dropped: {model: {name: lenet5, dropout: 0.3}}", f"dropped: {{model: lenet_1x1, {roles}}}")]
    assert one(study_with(GREATER, changes=changes), values).verdict == "not comparable"


def test_two_sizes_of_one_folder_are_no_two_copies(study_with: Callable[..., Study]) -> None:
    study = study_with(GREATER)
    records = runs(study, {"plain": [90.0, 90.6, 90.9], "dropped": [95.0, 95.1, 95.2]})
    sized = []
    for record in records:
        size = 32 if record.experiment == "plain" else 64
        data = DataInfo.model_validate({**DATA, "name": "./own/", "fingerprint": str(size)})
        sized.append(with_info(record, data=data, resolved=with_data(record, size=size)))
    assert decide(study, sized)[0].verdict == "supported"


def with_data(record: Record, **changes: Any) -> RecordedExperiment:
    resolved = record.info.resolved
    return resolved.model_copy(update={"data": resolved.data.model_copy(update=changes)})


def test_best_accuracies_of_runs_of_different_lengths_are_not_compared(study_with: Callable[..., Study]) -> None:
    form = "compare: {quantity: best_accuracy, split: test, of: dropped, with: plain, expect: greater}"
    study = study_with(form)
    long = [run(study, "dropped", seed, [90.0, 91.0 + seed, 95.0]) for seed in range(3)]
    short = [run(study, "plain", seed, [80.0, 81.0 + seed]) for seed in range(3)]
    (verdict,) = decide(study, [*long, *short])
    assert verdict.verdict == "not comparable"
    assert "The runs have 2 and 3 epochs" in verdict.reason
    even = [run(study, "dropped", seed, [90.0, 91.0 + seed]) for seed in range(3)]
    assert decide(study, [*even, *short])[0].verdict != "not comparable"


def test_who_overtakes_after_an_epoch_is_seen_after_it(study_with: Callable[..., Study]) -> None:
    study = study_with("overtakes: {of: dropped, with: plain, split: test, after: 3}", epochs=8)
    ends = {"dropped": [70.0, 75.0, 80.0, 95.0], "plain": [80.0, 85.0, 90.0, 91.0]}

    def verdict(epochs: int) -> Verdict:
        records = [
            run(study, name, seed, [value + 0.1 * seed * (name == "plain") for value in curve[:epochs]])
            for name, curve in ends.items()
            for seed in range(4)
        ]
        return decide(study, records)[0]

    assert verdict(4).verdict == "supported"
    assert verdict(3).verdict == "undecided"
    assert verdict(3).reason == "The runs end at epoch 3, but the claim is about epochs after 3."
    assert verdict(4).reported == "overtakes after epoch 3"


def test_what_an_epoch_is_can_be_changed_by_set_too(study_with: Callable[..., Study]) -> None:
    study = study_with("saturates: {of: plain, split: test, by: 2, margin: 1}", epochs=8)
    records = [run(study, "plain", seed, [80.0, *[90.0 + 0.1 * seed] * 7]) for seed in range(4)]
    assert decide(study, records)[0].verdict != "not comparable"
    fewer = [
        with_info(record, resolved=with_data(record, train_images=64), overrides=["data.train_images=64"])
        for record in records
    ]
    (verdict,) = decide(study, fewer)
    assert verdict.verdict == "not comparable"
    assert "--set changes the images or batches of an epoch" in verdict.reason


def test_copies_of_one_data_set_are_not_mixed(study_with: Callable[..., Study]) -> None:
    study = study_with(GREATER)
    records = runs(study, {"plain": [90.0, 90.6, 90.9], "dropped": [95.0, 95.1, 95.2]})
    mixed = []
    for record in records:
        fingerprint = "a" if record.experiment == "plain" else "b"
        mixed.append(with_info(record, data=DataInfo.model_validate({**DATA, "fingerprint": fingerprint})))
    (verdict,) = decide(study, mixed)
    assert verdict.verdict == "not comparable"
    assert "different copies of mnist5k" in verdict.reason


# Words ---------------------------------------------------------------------------------------------------------------


def test_equivalence_is_decided_by_an_interval_of_90_percent_and_says_so(study_with: Callable[..., Study]) -> None:
    study = study_with(EQUIVALENT)
    values = {"plain": [90.0, 90.0, 90.0], "dropped": [90.2, 90.5, 90.78]}
    verdict = one(study, values)
    interval = stats.ttest_rel(values["dropped"], values["plain"]).confidence_interval(0.9)
    assert (verdict.verdict, verdict.level) == ("supported", 90)
    assert verdict.interval == pytest.approx((interval.low, interval.high))
    assert "90 % interval" in verdict.reason
    assert verdict.as_json("s", None)["level"] == 90
    apart = one(study, {"plain": [90.0, 90.0, 90.0], "dropped": [93.2, 93.5, 93.78]})
    assert (apart.verdict, apart.level) == ("contradicted", 95)
    assert "95 % interval" in apart.reason
    unsure = one(study, {"plain": [90.0, 90.0, 90.0], "dropped": [90.1, 91.1, 91.5]})
    assert (unsure.verdict, unsure.level) == ("undecided", 90)
    assert "equivalence within 1 point is not significant (p = " in unsure.reason
    assert unsure.reported == "equal within 1 point"


def test_a_running_accuracy_is_called_so(study_with: Callable[..., Study]) -> None:
    study = study_with("gap: {of: plain, between: [train, test], epoch: 2, expect: less, margin: 1}")
    verdict = one(study, {"plain": [90.0, 90.6, 90.9]})
    assert verdict.what == "running train accuracy minus test accuracy, points"
    assert "The train accuracy was measured during the epoch" in verdict.reason
    assert verdict.reported == "gap below 1 point"
    records = runs(study, {"plain": [90.0, 90.6, 90.9]})
    records = [with_lines(record, lambda _: {"measure": "scored"}) for record in records]
    assert "running" not in decide(study, records)[0].reason + decide(study, records)[0].what


def test_seeds_are_counted_at_the_level_that_the_correction_leaves(study_with: Callable[..., Study]) -> None:
    values = {"plain": [90.0, 91.0, 90.4, 90.6, 90.2], "dropped": [90.8, 91.2, 91.1, 90.9, 90.9]}
    alone = one(study_with(GREATER), values)
    assert alone.verdict == "supported"
    other = "exceeds: {{of: plain, quantity: accuracy, split: test, epoch: {}, level: {}}}"
    study = study_with(GREATER, *[other.format(epoch, level) for epoch in (1, 2) for level in (90.2, 90.3)])
    found = decide(study, runs(study, values))
    taken_back = found[0]
    assert taken_back.verdict == "undecided"
    assert "as claimed" not in taken_back.reason
    weak = f"not significant after Holm's correction for 3 tests (p = {alone.p:.2g}). About "
    assert f": in the claimed direction, but {weak}" in taken_back.reason
    parts = [np.var(each, ddof=1) / 5 for each in values.values()]
    error_of_one = math.sqrt(5 * sum(parts))
    welch = sum(parts) ** 2 / sum(part**2 / 4 for part in parts)

    def decides(n: int) -> bool:  # by hand: t of n runs against both quantiles; one of the three tests is significant
        df = welch * (n - 1) / 4
        needed = stats.t.ppf(1 - 0.05 / 2 / 2, df) + stats.t.ppf(0.8, df)
        return bool((alone.measured or 0) * math.sqrt(n) > error_of_one * needed)

    fewest = next(n for n in range(6, 1000) if decides(n))
    assert f"About {fewest} seeds per experiment would probably decide" in taken_back.reason
    assert taken_back.needed is not None
    assert taken_back.needed.fewest == fewest
    assert "per experiment" not in found[1].reason


def test_no_difference_at_all(study_with: Callable[..., Study]) -> None:
    verdict = one(study_with(GREATER), {"plain": [90.0, 90.6, 90.9], "dropped": [90.0, 90.6, 90.9]})
    assert (verdict.verdict, verdict.measured) == ("undecided", 0.0)
    assert verdict.reason == (
        "+0.00 points, 95 % interval -1.04 to +1.04 (n=3, unpaired): no difference, so not significant (p = 1). "
        "Even 1,000 seeds per experiment would probably not decide this."
    )


def test_a_difference_of_counts_is_a_count(study_with: Callable[..., Study]) -> None:
    study = study_with("compare: {quantity: parameters, of: dropped, with: plain, expect: less}")
    smaller = table_of(FC1, Layer("rest", "Net", [10], 13_470 - 664, 116, 368_520))
    (verdict,) = decide(study, [], layers={"plain": LAYERS, "dropped": smaller})
    assert (verdict.measured, verdict.what) == (-664, "dropped minus plain, parameters")
    assert verdict.reported == "fewer"
    assert isinstance(verdict.measured, int)


@pytest.mark.parametrize(
    ("interval", "bounds", "says"),
    [
        ((0.7123, 1.00052), (1.0,), "0.712 to 1.001"),
        ((0.7123, 1.0041), (1.0,), "0.712 to 1.004"),
        ((0.7123, 1.0141), (1.0,), "0.71 to 1.01"),
        ((0.0, 0.5), (0.0,), "0.00 to 0.50"),
        ((-0.001, 0.5), (), "0.00 to 0.50"),
        ((1234.2, 61_470.0), (), "1,234 to 61,470"),
    ],
)
def test_an_interval_is_told_from_its_bound(
    interval: tuple[float, float], bounds: tuple[float, ...], says: str
) -> None:
    assert format_interval(interval, bounds) == says


def test_verdicts_tell_whose_claim_it_is(study_with: Callable[..., Study]) -> None:
    study = study_with(VALUE.replace("value:", "source: ours, value:"))
    assert one(study, {"plain": [90.0]}).as_json("s", None)["source"] == "ours"


UNITED = {  # a claim, with what it expects in words
    "compare: {quantity: accuracy, split: test, epoch: 2, of: dropped, with: plain, expect: less, margin: 2}": (
        "lower by more than 2 points"
    ),
    "compare: {quantity: loss, split: test, epoch: 2, of: dropped, with: plain, expect: less}": "lower",
    "compare: {quantity: seconds_per_epoch, of: dropped, with: plain, expect: greater, margin: 1}": (
        "slower by more than 1 s"
    ),
    "compare: {quantity: elapsed, of: dropped, with: plain, expect: greater}": "longer",
    "compare: {quantity: epochs_to, level: 61, split: test, of: dropped, with: plain, expect: less, margin: 1}": (
        "earlier by more than 1 epoch"
    ),
    "compare: {quantity: macs, of: dropped, with: plain, expect: greater, margin: 1000000}": ("over 1,000,000 more"),
    "exceeds: {of: plain, quantity: accuracy, split: test, epoch: 2, level: 89.5}": "above 89.5 %",
    "exceeds: {of: plain, quantity: macs, level: 400000, expect: less}": "below 400,000",
    "gap: {of: plain, between: [train, test], epoch: 2, expect: greater, margin: 2}": "gap above 2 points",
    "drops: {of: plain, split: test, at: 2, by: 1, regained_after: 1}": "drops 1 point, recovers after 1 epoch",
    "saturates: {of: plain, split: test, by: 8, margin: 0.5}": "saturated by epoch 8",
}


@pytest.mark.parametrize(("form", "says"), UNITED.items(), ids=UNITED.values())
def test_what_a_claim_expects_is_said_in_the_words_of_its_quantity(
    study_with: Callable[..., Study], form: str, says: str
) -> None:
    (verdict,) = decide(study_with(form, epochs=20), [])
    assert verdict.reported == says


def test_one_of_something_is_singular(study_with: Callable[..., Study]) -> None:
    study = study_with("value: {of: plain, quantity: biases, reported: '1'}")
    (verdict,) = decide(study, [], layers={"plain": table_of(Layer("all", "Net", [1], 4, 1, 4))})
    assert verdict.reason.startswith("The network has 1 bias.")
    study = study_with("value: {of: plain, quantity: weights, layer: fc1, reported: '48k'}")
    (verdict,) = decide(study, [], layers={"plain": LAYERS})
    assert verdict.reason.startswith("The network has 48,000 weights in fc1.")


def test_an_accuracy_is_in_percent_and_its_spread_in_points(study_with: Callable[..., Study]) -> None:
    verdict = one(study_with(VALUE.replace("90.5", "99")), {"plain": [60.0, 80.0, 98.0]})
    assert verdict.what == "%"
    assert verdict.reason.startswith("The runs give 79.33 ± 19.01 % (n=3).")
    assert "3 points either way" in verdict.reason


# Error rates ---------------------------------------------------------------------------------------------------------

SIMULATIONS = 2000


def rate(outcomes: Sequence[bool]) -> float:
    return sum(outcomes) / len(outcomes)


def simulate(
    study: Study, effect: float, n: int, spread: tuple[float, float], seed: int, paired: bool = True
) -> list[Verdict]:
    generator = np.random.default_rng(seed)
    blank = runs(study, {"plain": [0.0] * n, "dropped": [0.0] * n})
    if not paired:
        blank = [with_info(record, seed=record.seed + 100 * (record.experiment == "dropped")) for record in blank]
    found = []
    for _ in range(SIMULATIONS):
        drawn = []
        for record in blank:
            of = record.experiment == "dropped"
            drawn.append(ending(record, 90 + of * effect + generator.normal(0, spread[of])))
        found += decide(study, drawn)
    return found


def ending(record: Record, accuracy: float) -> Record:
    """The same run, with another accuracy at its end."""
    last = record.metrics[-1].model_copy(update={"accuracy": accuracy})
    return replace(record, metrics=[*record.metrics[:-1], last])


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("n", [3, 5])
def test_no_effect_is_claimed_more_often_than_stated(study_with: Callable[..., Study], n: int, paired: bool) -> None:
    found = simulate(study_with(GREATER), 0.0, n, (0.3, 0.6), seed=n, paired=paired)
    assert rate([verdict.verdict != "undecided" for verdict in found]) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / SIMULATIONS)


def test_power_is_as_computed(study_with: Callable[..., Study]) -> None:
    found = simulate(study_with(GREATER), 0.6, 5, (0.3, 0.3), seed=7)
    shift = 0.6 / (0.3 * math.sqrt(2 / 5))
    expected = float(stats.nct.sf(stats.t.ppf(0.975, 8), 8, shift))
    assert rate([verdict.verdict == "supported" for verdict in found]) == pytest.approx(expected, abs=0.035)


@pytest.mark.slow
def test_equivalence_is_not_claimed_of_what_lies_at_the_margin(study_with: Callable[..., Study]) -> None:
    found = simulate(study_with(EQUIVALENT), 1.0, 5, (0.3, 0.3), seed=11)
    assert rate([verdict.verdict == "supported" for verdict in found]) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / SIMULATIONS)
    same = simulate(study_with(EQUIVALENT), 0.0, 5, (0.3, 0.3), seed=12)
    assert rate([verdict.verdict == "supported" for verdict in same]) > 0.8


@pytest.mark.slow
def test_as_many_seeds_as_are_named_show_equality_four_times_in_five(study_with: Callable[..., Study]) -> None:
    study = study_with(EQUIVALENT)
    for differences in ([1.2, 0.6, -1.1, -0.3], [1.3, 0.8, -0.3, 0.2]):  # in the middle, and half way to the margin
        values = {"plain": [90.0] * 4, "dropped": [90 + each for each in differences]}
        (seeds,) = re.findall(r"About (\d+) seeds per experiment would", one(study, values).reason)
        effect, spread = float(np.mean(differences)), float(np.std(differences, ddof=1)) / math.sqrt(2)
        found = simulate(study, effect, int(seeds), (spread, spread), seed=13)
        assert 0.78 < rate([verdict.verdict == "supported" for verdict in found]) < 0.9


@pytest.mark.slow
def test_as_many_seeds_as_are_named_contradict_a_figure_four_times_in_five(study_with: Callable[..., Study]) -> None:
    study = study_with(
        VALUE, *["exceeds: {of: plain, quantity: accuracy, split: test, epoch: 2, level: 90}"] * 4
    )  # one test
    values = [89.4, 90.0, 89.6, 89.8, 89.7]  # the figure, 90.5, is 3.6 times their spread away
    reason = decide(study, runs(study, {"plain": values}))[0].reason
    (seeds,) = re.findall(r"Holm's correction .* About (\d+) seeds would", reason)
    generator = np.random.default_rng(4)
    blank, alone = runs(study, {"plain": [0.0] * int(seeds)}), study_with(VALUE)
    found = []
    for _ in range(SIMULATIONS):
        drawn = [ending(record, generator.normal(np.mean(values), np.std(values, ddof=1))) for record in blank]
        found.append(decide(alone, drawn)[0].p)
    assert 0.78 < rate([p is not None and p < 0.05 / 2 for p in found]) < 0.95


def test_one_more_run_falls_into_its_interval_as_often_as_stated(study_with: Callable[..., Study]) -> None:
    study = study_with(VALUE)
    generator = np.random.default_rng(3)
    blank = runs(study, {"plain": [0.0] * 4})
    inside = []
    for _ in range(SIMULATIONS):
        level = 90.5 - generator.normal(0, 0.4)  # the reported run is one of the same kind
        drawn = [ending(record, level + generator.normal(0, 0.4)) for record in blank]
        inside.append(decide(study, drawn)[0].verdict == "supported")
    assert rate(inside) == pytest.approx(0.95, abs=0.015)


@pytest.mark.slow
def test_holm_keeps_the_chance_of_any_wrong_verdict(study_with: Callable[..., Study]) -> None:
    form = "exceeds: {{of: plain, quantity: accuracy, split: test, epoch: {}, level: 90}}"
    study = study_with(*[form.format(epoch) for epoch in (1, 2)] * 3)
    generator = np.random.default_rng(5)
    blank = runs(study, {"plain": [0.0] * 5})
    wrong = []
    for _ in range(SIMULATIONS):
        drawn = [with_lines(record, lambda _: {"accuracy": 90 + generator.normal(0, 0.4)}) for record in blank]
        wrong.append(any(verdict.verdict != "undecided" for verdict in decide(study, drawn)))
    assert rate(wrong) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / SIMULATIONS)


def test_the_measured_study_has_a_verdict_for_each_claim() -> None:
    study = load_study("lenet-mnist")
    found = decide(study, read_records(Path(__file__).parents[2] / "results", study.name, None, study.names()))
    assert [verdict.claim for verdict in found] == [claim.id for claim in study.claims]
    words = {verdict.claim: verdict.verdict for verdict in found}
    assert words["lenet5-weights"] == words["custom-weights"] == "supported"
    assert words["regularised-wins-on-train"] == "contradicted"
    assert words["custom-faster"] == "not comparable"


@pytest.mark.parametrize(
    "form",
    [
        "exceeds: {of: plain, quantity: epochs_to, split: test, level: 3}",
        "saturates: {of: plain, split: test, by: 1, margin: 1}",
        "drops: {of: plain, split: test, at: 3, by: 1}",
    ],
)
def test_runs_that_are_not_scored_after_every_epoch_have_no_curve(study_with: Callable[..., Study], form: str) -> None:
    study = study_with(form, epochs=6)
    records = [run(study, "plain", seed, [1, 2, 3, 4, 5, 6]) for seed in range(3)]
    records = [
        replace(run, metrics=[line for line in run.metrics if line.split == "train" or line.epoch % 3 == 0])
        for run in records
    ]
    (verdict,) = decide(study, records)
    assert verdict.verdict == "undecided"
    assert "The runs of plain have no test accuracy for some epochs" in verdict.reason


def test_a_curve_that_still_rises_is_not_flat_near_its_end(study_with: Callable[..., Study]) -> None:
    rising = [[50.0 + epoch + 0.01 * seed for epoch in range(12)] for seed in range(4)]
    for by, word in ((11, "undecided"), (10, "contradicted"), (9, "contradicted")):
        study = study_with(f"saturates: {{of: plain, split: test, by: {by}, margin: 0.1}}", epochs=12)
        assert decide(study, curves(study, plain=rising))[0].verdict == word


def test_more_epochs_are_another_recipe_where_the_schedule_depends_on_them(study_with: Callable[..., Study]) -> None:
    values = {"plain": [90.0, 90.6, 90.9], "dropped": [95.0, 95.1, 95.2]}
    assert one(study_with(VALUE), values, overrides=["epochs=2"]).verdict == "supported"  # the same up to there
    cosine = [("batch_size: 50", "batch_size: 50\n  schedule: cosine")]
    study = study_with(GREATER, changes=cosine)
    records = runs(study, values)
    records[-1] = with_info(records[-1], overrides=["epochs=20"])
    assert decide(study, records)[0].verdict == "not comparable"
    assert one(study_with(VALUE, changes=cosine), values, overrides=["epochs=2"]).verdict == "not comparable"


def test_validation_images_of_other_numbers_are_other_images(study_with: Callable[..., Study]) -> None:
    form = GREATER.replace("split: test", "split: validation")
    fewer = ("dropped: {model:", "dropped: {data: {validation: 50}, model:")
    study = study_with(form, changes=[fewer])
    records = runs(study, {"plain": [90.0, 90.6, 90.9], "dropped": [95.0, 95.1, 95.2]})
    held_out = [with_lines(record, lambda line: {"split": "validation"}).metrics[1::2] for record in records]
    records = [
        replace(record, metrics=[*record.metrics, *lines]) for record, lines in zip(records, held_out, strict=True)
    ]
    (verdict,) = decide(study, records)
    assert verdict.verdict == "not comparable"  # `dropped` has dropout as well
    assert "scored on 50 validation images of mnist5k" in verdict.reason


def test_one_longer_run_takes_no_other_out(study_with: Callable[..., Study]) -> None:
    study = study_with("value: {of: plain, quantity: best_accuracy, split: test, reported: '90'}", epochs=4)
    each = [[80.0, 85.0, 88.0, 90.0 + seed / 10] for seed in range(4)]
    each[0] += [95.0, 99.0]
    (verdict,) = decide(study, curves(study, plain=each))
    assert verdict.runs == 3
    assert "1 of 4 runs of plain is not of the same length and not counted" in verdict.reason


def test_a_count_is_of_the_studys_network_and_not_of_another_by_set(study_with: Callable[..., Study]) -> None:
    study = study_with("value: {of: plain, quantity: weights, reported: '61470'}")
    records = runs(study, {"plain": [90.0, 91.0]})
    other = {**study.experiment("plain").model_dump(mode="json"), "model": {"name": "lenet_1x1"}}
    strange = table_of(Layer("all", "Net", [10], 60_540, 236, 416_520))
    resolved = RecordedExperiment.model_validate(other)
    records = [replace(with_info(one, resolved=resolved), layers=strange) for one in records]
    (verdict,) = decide(study, records, None, {"plain": LAYERS})
    assert (verdict.verdict, verdict.measured) == ("supported", 61470)
