"""Means, totals and differences of tables against their rows."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import table_sums
from deepstudy.findings import Finding


def found(table: str) -> list[Finding]:
    return list(table_sums.find(of_text(table, "report.md")))


def table(*rows: str) -> str:
    """A table of Markdown, from rows whose cells are parted by commas and a space."""
    lines = [f"| {' | '.join(row.split(', '))} |" for row in rows]
    lines.insert(1, "|---" * (rows[0].count(", ") + 1) + "|")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            ("run, test accuracy", "seed 1, 91.20 %", "seed 2, 91.64 %", "seed 3, 90.97 %", "mean, 91.72 %"),
            "The mean of test accuracy over the 3 rows is 91.27 %, not 91.72 %.",
        ),
        (
            ("폴드, 정확도", "1, 0.912", "2, 0.934", "3, 0.921", "평균, 0.932"),
            "The mean of 정확도 over the 3 rows is 0.922, not 0.932.",
        ),
        (
            ("指标, 准确率", "第1次, 98.1", "第2次, 98.3", "第3次, 98.5", "平均值, 98.9"),
            "The mean of 准确率 over the 3 rows is 98.3, not 98.9.",
        ),
        (
            ("試行, 正解率", "1, 98.1", "2, 98.3", "3, 98.5", "平均, 98.0"),
            "The mean of 正解率 over the 3 rows is 98.3, not 98.0.",
        ),
        (
            ("corrida, exactitud", "1, 88.1", "2, 88.9", "3, 88.3", "Promedio, 88.9"),
            "The mean of exactitud over the 3 rows is 88.4, not 88.9.",
        ),
        (
            ("execução, acurácia", "1, 88.1", "2, 88.9", "3, 88.3", "Média, 88.9"),
            "The mean of acurácia over the 3 rows is 88.4, not 88.9.",
        ),
        (
            ("essai, exactitude", "1, 88.1", "2, 88.9", "3, 88.3", "Moyenne, 88.9"),
            "The mean of exactitude over the 3 rows is 88.4, not 88.9.",
        ),
        (
            (
                "Modell, Lauf 1, Lauf 2, Lauf 3, Mittelwert",
                "CNN, 91.2, 91.8, 91.5, 91.5",
                "MLP, 88.1, 88.4, 88.0, 88.7",
            ),
            "The mean of the 3 numbers beside it is 88.2, not 88.7, in the row MLP.",
        ),
        (
            ("fold, accuracy", "1, 90.0", "2, 92.0", "3, 94.0", "std, 2.9"),
            "The standard deviation of accuracy over the 3 rows is 2.0, not 2.9.",
        ),
        (
            ("phase, time (s)", "load, 12.0", "train, 300.5", "test, 8.2", "Total, 340.7"),
            "The sum of time (s) over the 3 rows is 320.7, not 340.7.",
        ),
        (
            (
                "net, train, test, gap",
                "A, 99.1, 93.0, 6.1",
                "B, 98.2, 92.1, 6.1",
                "C, 97.5, 92.9, 4.6",
                "D, 96.0, 92.0, 5.0",
            ),
            "In the other rows, gap is train minus test. In the row D that is 4.0, not 5.0.",
        ),
        (
            (
                "net, accuracy, Δ",
                "base, 90.0, 0.0",
                "flip, 91.2, +1.2",
                "crop, 92.1, +2.1",
                "both, 92.9, +3.9",
                "all, 93.1, +3.1",
            ),
            "In the other rows, Δ is accuracy minus that of base. In the row both that is 2.9, not +3.9.",
        ),
        (
            (
                "setting, time (s), speed-up",
                "base, 120, 1.0x",
                "amp, 80, 1.5x",
                "tf32, 60, 2.0x",
                "graphs, 40, 3.4x",
                "both, 30, 4.0x",
            ),
            "In the other rows, speed-up is time (s) of base divided by it. In the row graphs that is 3, not 3.4x.",
        ),
        (
            (
                "fold, items, forest (%), perceptron (%), difference",
                "1, 40, 85.00, 90.00, 5.00",
                "2, 40, 87.50, 87.50, 0.00",
                "3, 40, 90.00, 92.50, 2.50",
                "4, 39, 84.62, 92.31, 6.69",
                "5, 40, 82.50, 90.00, 7.50",
                "SD, , 2.77, 2.05, 2.90",
            ),
            "In the other rows, difference is forest (%) minus perceptron (%). In the row 4 that is 7.69, not 6.69.",
        ),
    ],
)
def test_what_does_not_follow(rows: tuple[str, ...], says: str) -> None:
    (finding,) = found(table(*rows))
    assert (finding.rule, finding.severity, finding.says) == ("table_sums", "inconsistent", says)


@pytest.mark.parametrize(
    "rows",
    [
        ("run, accuracy", "1, 91.20", "2, 91.64", "3, 90.97", "mean, 91.3"),  # rounded
        ("run, accuracy", "1, 91.20", "2, 91.64", "3, 90.97", "mean, 91.2"),  # cut off
        ("run, accuracy", "1, 91.20", "2, 91.64", "3, 90.97", "mean ± std, 91.27 ± 0.34"),
        ("run, accuracy", "1, 91.20", "2, 91.64", "3, 90.97", "std, 0.28"),  # divided by n
        ("run, accuracy", "1, 91.20", "2, 91.64", "3, 90.97", "median, 91.20"),
        ("run, accuracy", "paper, 93.00", "1, 91.20", "2, 91.64", "mean, 91.42"),  # without the first
        ("run, accuracy", "1, 91.2", "..., ...", "10, 91.0", "mean, 91.9"),  # rows are left out
        ("run, accuracy", "1, 91.2", "2, -", "3, 91.0", "mean, 90.7"),  # a run without a number
        ("class, accuracy, support", "cat, 80.0, 300", "dog, 90.0, 100", "mean, 82.5, 400"),  # weighted
        ("set, accuracy", "train, 99.0", "test, 91.0", "total, 97.6"),  # of all images
        ("run, accuracy", "1, 91.2", "2, 91.6", "Mean, 91.4", "3, 90.2", "4, 90.6", "Mean, 90.4"),
        (", accuracy", "count, 3", "mean, 91.0", "std, 1.0", "min, 90.0", "50%, 91.0", "75%, 91.5", "max, 92.0"),
        ("net, accuracy, gain", "base, 90.0, -", "flip, 91.2, 1.3 %", "crop, 92.1, 2.3 %", "both, 92.9, 3.2 %"),
        ("net, train, test, gap", "A, 99.1, 93.0, 6", "B, 98.2, 92.1, 6", "C, 97.5, 92.9, 5", "D, 96.0, 92.0, 4"),
        ("net, rank, gap", "A, 1, 3.3", "B, 2, 1.1", "C, 3, 9.9", "D, 4, 0.5"),
        (  # the difference of two columns whose names have nothing in common
            "fold, items, forest (%), perceptron (%), difference",
            "1, 40, 85.00, 90.00, 5.00",
            "2, 40, 87.50, 87.50, 0.00",
            "3, 40, 90.00, 92.50, 2.50",
            "4, 39, 84.62, 92.31, 7.69",
            "Mean, 39.75, 86.78, 90.58, 3.80",
            "SD, 0.5, 2.46, 2.31, 3.31",
        ),
        # deviations are no differences, and times fit them by chance
        ("層, 平均, 標準偏差, 時間", "2, 91.1, 1.0, 20", "4, 92.0, 2.1, 21", "6, 92.9, 3.0, 22", "8, 93.0, 0.9, 27"),
        ("层, 标准差, 时间", "2, 1.0, 20", "4, 2.1, 21", "6, 3.0, 22", "8, 0.9, 27"),
        ("网络, 交叉熵误差, 时间", "2, 1.0, 20", "4, 2.0, 21", "6, 3.0, 22", "8, 0.9, 27"),
        # relations that are too rough to tell anything
        ("net, change, steps", "A, 0, 10", "B, 10, 11", "C, 10, 11", "D, 20, 12", "E, 90, 12"),
    ],
)
def test_what_follows_or_cannot_be_told(rows: tuple[str, ...]) -> None:
    assert found(table(*rows)) == []


RUNS = table(
    "net, seed 1, seed 2, seed 3, seed 4, mean",
    "A, 90.11, 90.52, 90.23, 90.94, 90.45",
    "B, 91.05, 91.33, 91.80, 91.22, 91.35",
)


@pytest.mark.parametrize(
    ("sentence", "three", "four"),
    [
        ("In the table, the averages of {} seeds are in the last column.", "three", "four"),
        ("Results are averaged over {} random seeds.", "3", "4"),
        ("표의 마지막 열은 {}개의 시드에 대한 평균이다.", "3", "4"),
        ("结果为{}次运行的平均值。", "3", "4"),
        ("{}回の試行の平均を示す。", "3", "4"),
        ("Se da la media de {} semillas.", "tres", "cuatro"),
        ("Os valores são médias de {} execuções.", "três", "quatro"),
        ("Angegeben ist der Mittelwert über {} Läufe.", "drei", "vier"),
        ("Les valeurs sont des moyennes de {} essais.", "trois", "quatre"),
    ],
)
def test_how_many_runs_a_mean_is_over(sentence: str, three: str, four: str) -> None:
    (finding,) = found(f"{sentence.format(three)}\n\n{RUNS}")
    assert finding.severity == "inconsistent"
    assert finding.says == "The text speaks of means over 3 runs. The table has 4, and its means are over all of them."
    assert found(f"{sentence.format(four)}\n\n{RUNS}") == []


@pytest.mark.parametrize(
    "text",
    [
        RUNS.replace("seed ", ""),  # perhaps settings
        RUNS.replace("90.45", "90.29").replace("91.35", "91.39"),  # the means of three of them
        RUNS.replace("seed", "fold"),  # each fold may be a mean of three seeds
        f"Other tables show means of five seeds.\n\n{RUNS}",
    ],
)
def test_runs_that_may_be_others(text: str) -> None:
    assert not any("runs" in finding.says for finding in found(f"Every number is the mean of three seeds.\n\n{text}"))


def test_a_mean_with_more_decimals_than_its_parts() -> None:
    rows = [
        "net, run 1, run 2, run 3, run 4, mean",
        "A, 90.11, 90.52, 90.23, 90.94, 90.450",
        "B, 91.05, 91.33, 91.80, 91.22, 91.350",
        "C, 92.10, 92.31, 92.44, 92.18, 92.258",
        "D, 89.91, 89.77, 90.02, 89.86, 89.884",
    ]
    (finding,) = found(table(*rows))
    assert finding.says == "The mean of the 4 numbers beside it is 89.890, not 89.884, in the row D."
    assert found(table(*(rows[:3]), rows[3].replace("92.258", "92.261"), rows[4])) == []  # their parts are rounded


def test_a_mean_of_which_no_number_fits_may_be_of_more_runs() -> None:
    rows = ("run, accuracy, loss", "1, 91.2, 0.30", "2, 91.8, 0.28", "3, 91.5, 0.34", "mean, 91.9, 0.33")
    (finding,) = found(table(*rows))
    assert finding.severity == "doubtful"
    assert finding.says.endswith("1 more number of this row does not fit.")
    outside = ("run, accuracy, loss", "1, 91.2, 0.30", "2, 91.8, 0.28", "3, 91.5, 0.34", "mean, 93.7, 0.33")
    assert found(table(*outside))[0].severity == "inconsistent"


def test_bold_marks_the_best_number_in_all_columns_but_one() -> None:
    header, first = "net, accuracy, F1, loss", "A, **91.2**, 90.0, 0.31"
    (finding,) = found(
        table(header, first, "B, 90.1, **90.5**, 0.30", "C, 89.0, 88.0, **0.29**", "D, 91.5, 88.9, 0.35")
    )
    assert finding.severity == "doubtful"
    assert finding.says == (
        "Bold marks the best number in the other columns. In accuracy it marks 91.2, but the best is 91.5 (D)."
    )
    own = table(
        header, "A, **91.2**, **90.5**, **0.29**", "B, 90.1, 90.0, 0.30", "C, 89.0, 88.0, 0.32", "D, 91.5, 88.9, 0.35"
    )
    assert found(own) == []  # bold marks one's own model
