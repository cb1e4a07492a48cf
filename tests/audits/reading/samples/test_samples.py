"""What a text says of several runs."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.blocks import PrintedTable
from deepstudy.audits.reading.samples.passages import read_passages
from deepstudy.audits.reading.samples.sample_tables import read_sample_table
from deepstudy.audits.reading.samples.samples import RunSample, count_of, numbers_of, read_lines, read_sentence


def read(text: str) -> RunSample | None:
    evidence = of_text(text, "report.md")
    assert evidence.document is not None
    (passage,) = read_passages(evidence.document, evidence.layout)
    return read_sentence(passage.text, passage, 0)


def test_a_sentence_lists_runs_and_their_mean() -> None:
    sample = read("The five seeds reach 91.2, 91.6, 90.9, 91.4 and 91.1 %, on average 91.24 ± 0.27 %.")
    assert sample is not None
    assert [run.text for run in sample.runs] == ["91.2", "91.6", "90.9", "91.4", "91.1"]
    assert (sample.count, sample.is_counted, sample.where) == (5, True, "report.md:1")
    assert sample.said("mean").value == 91.24  # type: ignore[union-attr]
    assert sample.margin is not None
    assert sample.margin.text == "0.27"


def test_numbers_follow_their_words_or_a_list_of_words() -> None:
    sample = read("Over 5 runs the mean, minimum and maximum are 91.2, 90.1 and 92.3 %.")
    assert sample is not None
    assert {label: numbers[0].text for label, numbers in sample.stated.items()} == {
        "mean": "91.2",
        "low": "90.1",
        "high": "92.3",
    }
    sample = read("Mittelwert über 5 Läufe: 91,2 %, Standardabweichung 0,3 %, 95-%-Konfidenzintervall 90,9 bis 91,5 %.")
    assert sample is not None
    assert sample.said("deviation").value == 0.3  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("five independent runs", 5),
        ("10-fold cross-validation", 10),
        ("averaged over 3 random seeds", 3),
        ("五次实验", 5),
        ("5회 반복", 5),
        ("fünf Läufe", 5),
        ("cinco ejecuciones", 5),
        ("run 5", None),
        ("5 epochs", None),
    ],
)
def test_numbers_of_runs(text: str, count: int | None) -> None:
    assert count_of(text) == count


def test_numbers_of_runs_epochs_and_sizes_are_no_results() -> None:
    line = "Run 3 of 5 runs, epoch 20, lr 0.01, seeds 1, 2 and 3, 10000 images, 95 % confidence: 91.2 %"
    assert [number.text for number in numbers_of(line)] == ["91.2"]
    assert [number.value for number in numbers_of("91,2 %, 91,4 % und 91,1 %")] == [91.2, 91.4, 91.1]


def test_printed_lines_are_summed_up_below() -> None:
    lines = [
        "Seed 0: test acc 0.931, loss 0.21",
        "Seed 1: test acc 0.935, loss 0.22",
        "Seed 2: test acc 0.933, loss 0.20",
    ]
    text = "```\n" + "\n".join([*lines, "", "mean test acc: 0.933", "mean loss: 0.21"]) + "\n```"
    evidence = of_text(text, "report.md")
    assert evidence.document is not None
    samples = list(read_lines(list(read_passages(evidence.document, evidence.layout))))
    assert [(sample.name, len(sample.runs), sample.said("mean").text) for sample in samples] == [  # type: ignore[union-attr]
        ("accuracy", 3, "0.933"),
        ("loss", 3, "0.21"),
    ]


def test_tables_list_runs_in_columns_or_in_rows() -> None:
    columns = (
        "| net | run 1 | run 2 | run 3 | mean ± std |\n|---|---|---|---|---|\n| A | 99.2 | 99.4 | 99.3 | 99.3 ± 0.1 |\n"
    )
    rows = "| seed | accuracy |\n|---|---|\n| 1 | 98.9 |\n| 2 | 99.1 |\n| 3 | 99.0 |\n| mean ± std | 99.0 ± 0.1 |\n"
    evidence = of_text(f"{columns}\nThe next table:\n\n{rows}", "report.md")
    assert evidence.document is not None
    samples = [
        sample
        for block in evidence.layout.blocks
        if isinstance(block, PrintedTable)
        for sample in read_sample_table(block, evidence.document)
    ]
    assert [[run.value for run in sample.runs] for sample in samples] == [[99.2, 99.4, 99.3], [98.9, 99.1, 99.0]]
    assert [sample.where for sample in samples] == ["report.md:3", "report.md:12"]
