"""Losses, accuracies and learning rates over time."""

import numpy as np

from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.page.curves import network_curves, rate_histories, trained_networks
from deepstudy.watching.recording import OptimizerSeen, RecordedProgram, Round


def test_each_split_is_a_curve_with_its_recomputed_values(program: RecordedProgram) -> None:
    evidence = ProgramEvidence(program)
    assert trained_networks(evidence) == [0]
    loss, accuracy = network_curves(evidence, 0, "Net").charts
    assert [(each.label, each.style) for each in loss.curves] == [("train, running", "train"), ("test", "test")]
    assert "train, running: 2.1 at first, 0.7667 at last" in loss.says
    assert "test: 50 at first, 70 at last" in accuracy.says


def test_a_score_within_an_epoch_stands_within_it(program: RecordedProgram) -> None:
    within = Round(4, 0, False, 1, 2, True, "train.py:4", 11, 12, loss_kind="cross_entropy")
    program.recording.rounds.append(within)
    program.arrays |= {"4.sizes": np.array([50]), "4.losses": np.array([1.0]), "4.hits": np.array([25.0])}
    program.arrays |= {"4.clocks": np.array([11]), "4.rows": np.arange(300, 350)}
    loss, _ = network_curves(ProgramEvidence(program), 0, "Net").charts
    test = next(each for each in loss.curves if each.label == "test")
    first, middle, last = (x for x, _ in test.dots)
    assert middle - first == (last - first) / 2  # half of the second epoch's batches came before


def test_networks_without_known_values_have_no_chart(program: RecordedProgram) -> None:
    for name in [name for name in program.arrays if name.endswith((".losses", ".hits"))]:
        program.arrays[name] = np.full(4, np.nan)
    assert network_curves(ProgramEvidence(program), 0, "Net").charts == []


def test_a_rate_that_never_changed_needs_no_chart(program: RecordedProgram) -> None:
    constant = OptimizerSeen(1, "Adam", "a.py:1", 0, steps=1, rates=[(0.001, 1)])
    unused = OptimizerSeen(2, "Adam", "a.py:2", 0)
    program.recording.optimizers += [constant, unused]
    (stepped, plain), left_out = rate_histories(ProgramEvidence(program))
    assert stepped.chart is not None
    assert [text for _, text in stepped.chart.x_ticks][-1] == "8"
    assert (plain.says, plain.chart, left_out) == ("Adam (`a.py:1`): 0.001 at each of 1 step.", None, 0)


def test_further_optimizers_are_counted(program: RecordedProgram) -> None:
    program.recording.optimizers *= 11
    histories, left_out = rate_histories(ProgramEvidence(program))
    assert (len(histories), left_out) == (8, 3)
