"""Means, spreads and ranges against each other and against the runs."""

import random
from statistics import fmean, pstdev, stdev

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import spreads
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    return list(spreads.find(of_text(text, "report.md")))


RUNS = "91.2, 91.6, 90.9, 91.4 and 91.1 %"  # mean 91.24, standard deviation 0.27 or 0.24, standard error 0.12


@pytest.mark.parametrize(
    "text",
    [
        f"The five seeds reach {RUNS}, which is a mean of 91.8 %.",
        f"The mean of the five runs {RUNS} is 91.9 %.",
        f"We repeated the training with five seeds and got {RUNS}. The mean is 90.2 %.",
        "Die fünf Läufe ergaben 91,2, 91,6, 90,9, 91,4 und 91,1 %; im Mittel sind das 90,2 %.",
        "5회 실행의 정확도는 91.2, 91.6, 90.9, 91.4, 91.1%이며 평균은 92.3%이다.",
        "五次实验的准确率分别为 91.2%、91.6%、90.9%、91.4%、91.1%，平均 92.24%。",
        "5回の試行の精度は 91.2、91.6、90.9、91.4、91.1 % で、平均は 92.24 % である。",
        "Las cinco ejecuciones dieron 91,2 %, 91,6 %, 90,9 %, 91,4 % y 91,1 %, con una media de 91,9 %.",
        "As cinco execuções deram 91,2, 91,6, 90,9, 91,4 e 91,1 %, com média de 92,24 %.",
        "Les cinq exécutions donnent 91,2, 91,6, 90,9, 91,4 et 91,1 %, soit une moyenne de 92,1 %.",
        "```\nRun 1: Accuracy = 93.33%\nRun 2: Accuracy = 86.67%\nRun 3: Accuracy = 90.00%\nMean Accuracy: 91.67%\n```",
        "```\nseed 0 test acc 0.9312\nseed 1 test acc 0.9330\nseed 2 test acc 0.9301\naverage test acc: 0.9344\n```",
        "```\nscores: [0.91 0.93 0.92 0.94 0.90]  mean: 0.94\n```",
        f"The five runs gave {RUNS}; the best run reached 91.9 %.",
    ],
)
def test_what_does_not_follow_from_the_listed_runs(text: str) -> None:
    (finding,) = found(text)
    assert (finding.rule, finding.severity) == ("spreads", "inconsistent")


def test_the_sentence_says_what_follows() -> None:
    (finding,) = found("The five seeds reach 91.20, 91.60, 90.90, 91.40 and 91.10 %, a mean of 91.33 %.")
    assert finding.says == (
        "The mean of the 5 listed results is 91.24, not 91.33. It would be the mean without the result 90.9."
    )


def test_each_metric_of_folds_has_its_own_mean() -> None:
    lines = [
        "Score per fold",
        "------------------",
        "> Fold 1 - Loss: 2.4094747734069824 - Accuracy: 67.96666383743286%",
        "------------------",
        "> Fold 2 - Loss: 1.768296229839325 - Accuracy: 67.03333258628845%",
        "------------------",
        "> Fold 3 - Loss: 2.4695983460744224 - Accuracy: 66.46666526794434%",
        "------------------",
        "Average scores for all folds:",
        "> Accuracy: 67.15555 (+- 0.6184)",
        "> Loss: 2.2157897",
    ]
    assert found("```\n" + "\n".join(lines) + "\n```") == []
    wrong = "\n".join(lines).replace("2.2157897", "2.3157897")
    (finding,) = found(f"```\n{wrong}\n```")
    assert "not 2.3157897" in finding.says


@pytest.mark.parametrize("spread", ["0.27", "0.24", "0.3", "0.12", "0.35", "0.54", "0.34"])
def test_all_that_people_put_behind_a_plus_minus(spread: str) -> None:
    assert found(f"The five seeds reach {RUNS}, which is 91.24 ± {spread} %.") == []


@pytest.mark.parametrize(
    "text",
    [
        f"The five seeds reach {RUNS}, which is 91.24 ± 1.90 % on average.",
        f"The five seeds reach {RUNS}, with a mean of 91.24 % and a standard deviation of 0.91 %.",
        "As cinco execuções deram 91,2, 91,6, 90,9, 91,4 e 91,1 %, com média de 91,24 % e desvio padrão de 0,9 %.",
        "| n | run 1 | run 2 | run 3 | mean ± std |\n|---|---|---|---|---|\n| VGG | 99.2 | 99.4 | 99.3 | 99.3 ± 0.5 |",
        "| seed | accuracy |\n|---|---|\n| 1 | 98.9 |\n| 2 | 99.1 |\n| 3 | 99.0 |\n| mean ± std | 99.0 ± 0.4 |",
        "```\nRun 1: 93.33%\nRun 2: 86.67%\nRun 3: 90.00%\nMean: 90.00%\nStd: 4.9%\n```",
    ],
)
def test_spreads_of_listed_runs(text: str) -> None:
    (finding,) = found(text)
    assert finding.severity == "inconsistent"


def test_a_standard_error_that_is_called_a_deviation_is_doubtful() -> None:
    (finding,) = found(f"The five seeds reach {RUNS}, with a standard deviation of 0.12 %.")
    assert finding.severity == "doubtful"
    assert finding.says.endswith("The printed number is their standard error.")


@pytest.mark.parametrize(
    "text",
    [
        "The accuracy over 10 runs has a mean of 93.4 %, ranging from 90.1 to 92.3 %.",
        "Over ten seeds the mean accuracy is 93.4 % (min 90.1 %, max 92.3 %).",
        "Über zehn Läufe liegt der Mittelwert bei 93,4 % (Minimum 90,1 %, Maximum 92,3 %).",
        "10회 실행의 평균은 93.4%, 최소 90.1%, 최대 92.3%이다.",
        "Over 5 runs: mean 91.2 %, standard deviation 2.3 %, min 90.9 %, max 91.5 %.",
        "Over 4 seeds the mean is 91.2 %, the standard deviation 0.1 %, the minimum 90.2 % and the maximum 92.5 %.",
        "Over 20 seeds the mean is 91.2 % with a 95 % confidence interval of [91.4, 92.0].",
        "The standard deviation over 16 runs is 0.8 % and the standard error 0.4 %.",
        "The five runs gave 91.2, 91.6, 90.9 and 91.4 % (mean 91.3 %).",
        "* dropout: Mean=98.21% | Std=0.24% | Min=98.15% | Max=98.26% (n=10)",
        "* dropout: Mean=98.31% | Std=0.07% | Min=97.98% | Max=98.21% (n=10)",
    ],
)
def test_means_ranges_and_errors_that_exclude_each_other(text: str) -> None:
    (finding,) = found(text)
    assert finding.severity == "inconsistent"


@pytest.mark.parametrize(
    "text",
    [
        "| model | mean | std | min | max |\n|---|---|---|---|---|\n| VGG | 99.2 | 0.2 | 98.0 | 99.1 |",
        "| model | mean | std | min | max |\n|---|---|---|---|---|\n| VGG | 99.2 | 2.2 | 99.0 | 99.5 |",
        "       accuracy  loss\ncount   5.0       5.0\nmean    0.95      0.20\nstd     0.01      0.02\n"
        "min     0.93      0.18\n25%     0.94      0.19\n50%     0.95      0.20\n75%     0.95      0.21\n"
        "max     0.94      0.23\n",
        "Mean accuracy over 4 seeds: 99.9 % (standard deviation 9.8 %).",
    ],
)
def test_what_no_runs_can_give(text: str) -> None:
    assert [each.severity for each in found(text)] == ["impossible"]


@pytest.mark.parametrize(
    "text",
    [
        f"The five seeds reach {RUNS}, which is a mean of 91.2 %.",
        f"The five seeds reach {RUNS}, about 91 % on average.",
        "We compare LeNet, VGG and ResNet with accuracies of 91.2, 92.3 and 93.4 %; the mean over five runs is 92.9 %.",
        "The mean accuracies over 5 runs are 91.2, 92.4 and 93.1 %, and the best run reached 93.5 %.",
        "The accuracies of folds 1, 2 and 3 are 0.91, 0.92 and 0.93; the mean of all ten folds is 0.95.",
        "The accuracies at epochs 10, 20 and 30 of the first run are 88.1, 89.2 and 90.0 %; the mean is 90.5 %.",
        "We ran each network three times. LeNet: 98.9, 99.0, 99.1 (mean 99.0). VGG: 99.2, 99.3, 99.5 (mean 99.33).",
        "Accuracy over 3 runs (98.9, 99.0, 99.1): 99.0 ± 0.08.",
        "Mean accuracy 98.2 ± 0.3 % for LeNet and 99.1 ± 0.1 % for VGG over five seeds.",
        "The mean accuracy is 93.4 % and the maximum accuracy 92.9 % with dropout.",
        "Over five runs the mean accuracy is 93.4 % with and the maximum 92.9 % without dropout.",
        "Of the five runs the first three gave 91.2, 91.6 and 90.9 % (mean of all: 91.24 %, best 91.6 %).",
        "| model | best | mean | std |\n|---|---|---|---|\n| VGG | 0.1 | 99.2 | 0.2 |",
        "| metric | mean loss | max accuracy |\n|---|---|---|\n| VGG | 99.2 | 98.0 |",
        "```\nRun 1: Accuracy=81.2%, Macro F1=0.802, Epochs=15\nRun 2: Accuracy=80.8%, Macro F1=0.798, Epochs=31\n"
        "Run 3: Accuracy=81.5%, Macro F1=0.805, Epochs=22\nAverage: 81.17% ± 0.35%\n```",
        "```\nRun 1: acc 91.2, time 30.1 s\nRun 2: acc 91.4, time 30.3 s\nRun 3: acc 91.3, time 31.0 s\n"
        "Mean time 30.5 s\n```",
        "Mean accuracy over 5 seeds: 99.2 ± 1.1 %.",
        "* dropout: Mean=98.25% | Std=0.06% | Min=98.18% | Max=98.37% (n=10)",
        "| metric | value |\n|---|---|\n| Mean accuracy | 83.94% |\n| Std deviation | 2.03% |\n"
        "| Standard error | 0.91% |\n"
        "| 95% CI | [81.42%, 86.46%] |\n| runs | 5 |",
    ],
)
def test_sound_samples(text: str) -> None:
    assert found(text) == []


def test_correct_reports_of_random_runs_are_never_accused() -> None:
    generator = random.Random(0)
    for _ in range(300):
        runs = [round(generator.gauss(91, 0.5), 2) for _ in range(generator.randint(3, 10))]
        spread = generator.choice([stdev, pstdev])(runs)
        decimals = generator.choice([1, 2, 3])
        listed = ", ".join(f"{run:.2f}" for run in runs)
        text = (
            f"The {len(runs)} runs reach {listed} %: mean {fmean(runs):.{decimals}f} %, std {spread:.{decimals}f} %, "
        )
        text += f"min {min(runs):.{decimals}f} %, max {max(runs):.{decimals}f} %."
        assert found(text) == [], text
        summary = (
            f"Over {len(runs)} seeds: mean {fmean(runs):.{decimals}f} %, standard deviation {spread:.{decimals}f} %,"
        )
        summary += f" minimum {min(runs):.2f} %, maximum {max(runs):.2f} %."
        assert found(summary) == [], summary


def test_a_table_of_words_and_numbers() -> None:
    rows = ["| metric | value |", "|---|---|", "| Mean accuracy | 83.94% |", "| Std deviation | 2.03% |"]
    text = "\n".join([*rows, "| Standard error | 0.71% |", "| runs | 5 |"])
    (finding,) = found(text)
    assert finding.says == "A standard deviation of 2.03 over 5 runs gives a standard error of 0.91, not 0.71."


SEEDS = """\
# Vier Startwerte

{said}

| Netz | Lauf 1 | Lauf 2 | Lauf 3 | Lauf 4 | Mittel |
|---|---|---|---|---|---|
| A | 91,2 | 91,6 | 90,9 | 91,5 | 91,3 |
| B | 92,0 | 92,4 | 92,1 | 92,3 | 92,2 |
"""


@pytest.mark.parametrize(
    "said",
    [
        "Jede Zahl ist das Mittel von drei Läufen.",
        "Every number is the average of three seeds.",
        "Cada valor es la media de tres ejecuciones.",
        "Chaque valeur est la moyenne de trois exécutions.",
        "所有结果均为三次运行的平均值。",
        "모든 수치는 3회 실행의 평균이다.",
    ],
)
def test_means_of_another_number_of_runs_than_the_table_lists(said: str) -> None:
    (finding,) = found(SEEDS.format(said=said))
    assert finding.severity == "inconsistent"
    assert "means of 3 runs, but the table lists 4 runs" in finding.says


@pytest.mark.parametrize(
    "said",
    [
        "Jede Zahl ist das Mittel von vier Läufen.",
        "In a first try, we took the average of three seeds.",
        "Every number of the appendix is one run; the network was trained three times.",
    ],
)
def test_numbers_of_runs_that_fit_or_are_of_something_else(said: str) -> None:
    assert found(SEEDS.format(said=said)) == []


def test_long_hostile_lines_are_read_quickly() -> None:
    for text in (
        "91.2, " * 4_000,
        "mean " * 4_000,
        "± 1.2 " * 4_000,
        "five runs " * 4_000,
        "Run 1: 0.9 " * 4_000,
    ):
        assert found(f"Runs: {text} mean 91.2 ± 0.1") == []
