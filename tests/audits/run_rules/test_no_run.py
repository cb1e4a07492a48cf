"""Figures of a report that no run gave, and figures that only look like it."""

import pytest

from deepstudy.audits import RUN_RULES
from deepstudy.audits.evidence import of_text
from deepstudy.audits.measured.compare import ReportWithRuns
from deepstudy.audits.measured.folder import FolderOfRuns
from deepstudy.audits.measured.values import MeasuredRun, RunValue, WrongPrint
from deepstudy.audits.run_rules.no_run import find
from deepstudy.findings import Finding

#: Accuracies and losses by epoch.
TRAIN, TEST = (88.125, 94.25, 97.875, 99.125), (90.41, 93.62, 95.87, 95.31)
LOSSES = (0.4123, 0.2217, 0.0931, 0.0412)


def values(train: tuple[float, ...] = TRAIN, test: tuple[float, ...] = TEST) -> tuple[RunValue, ...]:
    series = {("accuracy", "train"): train, ("accuracy", "test"): test, ("loss", "train"): LOSSES}
    return tuple(
        RunValue(quantity, split, epoch, value)
        for (quantity, split), row in series.items()
        for epoch, value in enumerate(row, 1)
    )


ONE = (MeasuredRun("train", "train", "runs/train", values(), is_complete=True),)
SEEDS = tuple(
    MeasuredRun(
        name,
        name,
        f"{name}/seed{seed}",
        values(test=tuple(each + shift + seed / 4 for each in TEST)),
        seed,
        None,
        network,
    )
    for name, shift, network in (("lenet5", 0.0, "lenet5"), ("wide-net", 1.5, "lenet_1x1"))
    for seed in range(3)
)
COMPLETE = tuple(
    MeasuredRun(each.experiment, each.group, each.where, each.values, each.seed, None, each.network, True)
    for each in SEEDS
)


def audit(report: str, runs: tuple[MeasuredRun, ...] = ONE) -> list[Finding]:
    return list(find(ReportWithRuns(of_text(report, "report.md"), FolderOfRuns("runs", runs))))


@pytest.mark.parametrize(
    ("report", "says"),
    [
        ("After 4 epochs, the test accuracy is 99.13 %.", "99.13 % is the training accuracy of epoch 4, not the test"),
        ("The test accuracy after epoch 2 is 90.41 %.", "90.41 % is the test accuracy of epoch 1, not of epoch 2."),
        ("The final test accuracy is 95.87 %.", "95.87 % is the test accuracy of epoch 3, not of the last one."),
        ("Our network has a test error of 0.88 %.", "0.88 % is 100 % minus the training accuracy of epoch 4, not the"),
        ("Epoch 2: train loss 0.4123, test acc 0.9362", "0.4123 is the training loss of epoch 1, not of epoch 2."),
        (
            "The test accuracy is 93.62 % after 2 epochs and 95.87 % after 4 epochs.",
            "95.87 % is the test accuracy of epoch 3",
        ),
        (
            "After 4 epochs the training accuracy is 99.13 %.\n\nThe test accuracy after epoch 3 is 96.87 %.",
            "No run gave 96.87 % as test accuracy in epoch 3.",
        ),
        (
            "| epoch | train accuracy (%) | test accuracy (%) |\n|---|---|---|\n"
            "| 1 | 88.13 | 90.41 |\n| 2 | 94.25 | 93.62 |\n| 3 | 97.88 | 95.87 |\n| 4 | 95.31 | 95.31 |\n",
            "95.31 % is the test accuracy of epoch 4, not the training accuracy.",
        ),
    ],
)
def test_a_figure_that_is_another_one_of_a_complete_run(report: str, says: str) -> None:
    (finding,) = audit(f"# Report\n\n{report}\n")
    assert finding.says.startswith(says)
    assert (finding.rule, finding.severity) == ("no_run", "inconsistent")
    assert finding.where.startswith("report.md:")
    assert finding.possible


def test_the_values_that_could_stand_there_are_given() -> None:
    (finding,) = audit("The final test accuracy is 95.87 %.")
    assert (finding.reported, finding.possible) == ("95.87 %", "95.31 %, the test accuracy of epoch 4")
    (finding,) = audit("The test accuracy is 99.13 %.")
    assert finding.possible == "95.31 %, the test accuracy of epoch 4; 95.87 %, the best test accuracy"
    (finding,) = audit("The lenet5 network has a test accuracy of 0.9912 after 4 epochs.", COMPLETE)
    assert finding.possible == "0.9531, 0.9556 or 0.9581, the test accuracy of epoch 4 of lenet5 (3 runs)"


@pytest.mark.parametrize(
    ("why", "report", "runs"),
    [
        ("nothing else is of the runs", "The test accuracy is 91.77 %.", ONE),
        ("the split is not said", "The accuracy is 91.77 %.\n\nThe training accuracy is 99.13 %.", ONE),
        ("it is not the best one", "The best test accuracy is 93.62 %.", ONE),
        ("two experiments may be meant", "The test accuracy after 4 epochs is 99.13 %.", COMPLETE),
        ("nobody knows whether the file has all epochs", "The final test accuracy is 99.13 %.", SEEDS[:1]),
    ],
)
def test_what_is_not_sure_is_doubtful(why: str, report: str, runs: tuple[MeasuredRun, ...]) -> None:
    assert [finding.severity for finding in audit(report, runs)] == ["doubtful"], why


def test_a_file_is_complete_if_the_report_says_how_many_epochs_there_are() -> None:
    (finding,) = audit("We train for 4 epochs.\n\nThe final test accuracy is 99.13 %.", SEEDS[:1])
    assert finding.severity == "inconsistent"


def test_a_result_of_another_experiment_is_said_to_be_one() -> None:
    (finding,) = audit(
        "| network | test accuracy (%) |\n|---|---|\n| lenet5 | 96.81 |\n| wide-net | 96.81 |\n", COMPLETE
    )
    assert finding.says == "96.81 % is the test accuracy of epoch 4 of wide-net (seed 0), not of lenet5."


def test_a_number_that_the_program_computed_wrongly_is_said_to_be_wrong() -> None:
    says = "the sum of the batch means divided by 400, the number of images"
    run = MeasuredRun(
        "train", "train", "t", values(), is_complete=True, wrong=(WrongPrint("0.000824", "loss", says, "train.py:31"),)
    )
    (finding,) = audit("The training loss is 0.000824 after 4 epochs.", (run,))
    assert finding.says == f"0.000824 is what train.py:31 prints: {says}. It is not the training loss."
    assert (finding.severity, finding.possible) == ("inconsistent", "0.041200, the training loss of epoch 4")


@pytest.mark.parametrize(
    ("why", "report"),
    [
        ("rounded", "The test accuracy is 95.3 %."),
        ("cut", "The test accuracy after epoch 3 is 95.8 %."),
        ("a whole number", "The test accuracy is 96 %."),
        ("a fraction", "The test accuracy is 0.9531."),
        ("an error", "The test error is 4.69 %."),
        ("the best epoch", "The best test accuracy is 95.87 %."),
        ("the best epoch, without the word", "We reach a test accuracy of 95.87 %."),
        ("after the last epoch", "The final test accuracy is 95.31 %, the training accuracy 99.13 %."),
        ("validation images, which are the test images", "The validation accuracy is 95.31 %."),
        ("a difference", "The test accuracy after epoch 2 is 3.21 % higher than after epoch 1."),
        ("a difference in words of its own", "Between epochs 1 and 2 we won 3.21 % of test accuracy."),
        ("about", "The test accuracy is about 94.5 %."),
        ("a range", "The test accuracy lies between 97 and 98 %."),
        ("two epochs", "The test accuracy is 93.62 % after 2 epochs and 95.31 % after 4 epochs."),
        ("two epochs, named before", "After 2 epochs the test accuracy is 93.62 %, after 4 epochs 95.31 %."),
        ("from one epoch to another", "The test accuracy rises from 90.41 % in epoch 1 to 95.31 % in epoch 4."),
        ("training that is no split", "Epoch 3 has 95.87 % test accuracy; training for all 4 epochs gives 95.31 %."),
        ("a table of measures", "| | train | test |\n|---|---|---|\n| accuracy (%) | 99.13 | 95.31 |\n"),
        ("an epoch that the run does not have", "After 90 epochs the test accuracy is 96.42 %."),
        ("a bound", "The test accuracy never exceeds 97.5 %, and rises above 90.2 % in epoch 1."),
        ("somebody else's", "LeCun et al. [3] report a test accuracy of 99.05 %."),
        ("a baseline", "The test accuracy is 95.31 %; the baseline has a test accuracy of 91.40 %."),
        ("another setting beside it", "The test accuracy is 95.31 % with SGD and 96.42 % with Adam."),
        ("another setting", "The test accuracy is 95.31 %. With Adam, the test accuracy is 96.42 %."),
        ("a baseline that is another value by chance", "The baseline has a test accuracy of 97.9 %."),
        (
            "a row that is another value by chance",
            "| network | test accuracy (%) |\n|---|---|\n| ours | 95.31 |\n| MLP | 88.13 |\n",
        ),
        ("a step of an epoch", "Epoch 2 step 40/100: loss 0.7314"),
        ("another network", "# VGG-16 and ResNet-18\n\nVGG-16 has a test accuracy of 91.77 %."),
        (
            "rows of other experiments",
            "| network | test accuracy (%) |\n|---|---|\n| ours | 95.31 |\n| MLP | 91.77 |\n",
        ),
        ("another section", "# A\n\nThe test accuracy is 95.31 %.\n\n# B\n\nThe test accuracy is 91.77 %.\n"),
        ("epochs from 0", "Epoch 0: test acc 90.41\nEpoch 1: test acc 93.62\nEpoch 2: test acc 95.87\n"),
    ],
)
def test_what_a_report_may_say(why: str, report: str) -> None:
    assert audit(report) == [], why


@pytest.mark.parametrize(
    ("why", "report"),
    [
        (
            "means over seeds",
            "| run | test accuracy (%) |\n|---|---|\n| lenet5 | 95.56 ± 0.25 |\n| wide-net | 97.06 |\n",
        ),
        ("a median", "The lenet5 network reaches a median test accuracy of 95.56 % after 4 epochs."),
        ("a mean of the best epochs", "Averaged over 3 seeds, the best test accuracy of `lenet5` is 96.12 %."),
        ("a mean of fewer seeds", "Over 2 seeds, `lenet5` has a mean test accuracy of 95.44 %."),
        ("one seed", "With seed 2, `lenet5` has a final test accuracy of 95.81 %."),
        ("any experiment of the network", "LeNet-5 reaches a test accuracy of 95.81 %."),
        ("a variation that was not run", "| run | test accuracy (%) |\n|---|---|\n| LeNet-5 + dropout | 91.77 |\n"),
    ],
)
def test_what_a_report_may_say_of_several_runs(why: str, report: str) -> None:
    assert audit(report, COMPLETE) == [], why


def test_runs_of_other_data_are_not_compared() -> None:
    run = MeasuredRun("a", "a", "a", values(), data="cifar10", is_complete=True)
    assert audit("MNIST: the test accuracy is 99.13 % after 4 epochs.", (run,)) == []
    assert audit("CIFAR-10: the test accuracy is 99.13 % after 4 epochs.", (run,)) != []


def test_what_a_program_printed_is_a_value_of_its_run() -> None:
    said = of_text("Top accuracy on test: 93.07 %", "train.py").statements
    run = MeasuredRun("train", "train", "t", values(), is_complete=True, printed=tuple(said))
    assert audit("The test accuracy is 93.07 %.", (run,)) == []
    assert len(audit("The training accuracy is 93.07 %.", (run,))) == 1
    run = MeasuredRun("train", "train", "t", values(), is_complete=True, numbers=(0.9307,))
    assert audit("The training accuracy is 93.07 %.", (run,)) == []


def test_among_many_values_a_coarse_figure_fits_one_by_chance() -> None:
    train = tuple(80 + epoch / 10 for epoch in range(100))
    run = MeasuredRun("train", "train", "t", values(train, TEST), is_complete=True)
    assert [each.severity for each in audit("The final test accuracy is 88.4 %.", (run,))] == ["doubtful"]
    assert [each.severity for each in audit("The final test accuracy is 88.40 %.", (run,))] == ["inconsistent"]


def test_many_figures_of_one_kind_are_counted() -> None:
    lines = "\n".join(f"Epoch {epoch}: test accuracy {80 + epoch}.37 %" for epoch in (1, 2, 3, 4))
    findings = audit(lines)
    assert len(findings) == 3
    assert findings[-1].says.endswith(" 1 more figure of this section is like this.")


def test_the_page_is_one_of_a_rule() -> None:
    for name, rule in RUN_RULES.items():
        assert rule.module.endswith(name)
        assert rule.page.splitlines()[:2] == [rule.says, ""]
        for heading in ("Why it matters", "Example", "Not an error", "How to fix", "Source"):
            assert f"\n## {heading}\n" in rule.page
