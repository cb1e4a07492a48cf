"""Tables without lines."""

import pytest

from deepstudy.audits.reading.aligned import find_aligned

TABLES = {
    "spaces": ["epoch   loss    acc", "1       0.51    0.83", "2       0.33    0.89"],
    "tabs": ["epoch\tloss\tacc", "1\t0.51\t0.83", "2\t0.33\t0.89"],
    "commas": ["epoch,loss,acc", "1,0.51,0.83", "2,0.33,0.89"],
    "single spaces": ["epoch loss acc", "1 0.51 0.83", "2 0.33 0.89"],
    "a rule": ["epoch   loss    acc", "------------------", "1       0.51    0.83", "2       0.33    0.89"],
}


@pytest.mark.parametrize("name", TABLES)
def test_columns(name: str) -> None:
    table = find_aligned([*TABLES[name], "", "The network is small."])
    assert table is not None
    assert table.length == len(TABLES[name])
    assert [[text for text, _, _ in cells] for _, cells in table.rows] == [
        ["epoch", "loss", "acc"],
        ["1", "0.51", "0.83"],
        ["2", "0.33", "0.89"],
    ]


@pytest.mark.parametrize("name", TABLES)
def test_cells_stand_where_they_say(name: str) -> None:
    table = find_aligned(TABLES[name])
    assert table is not None
    for at, cells in table.rows:
        assert [TABLES[name][at][start:end] for _, start, end in cells] == [text for text, _, _ in cells]


def test_rows_that_end_in_numbers_have_a_label() -> None:
    table = find_aligned(
        ["Method Train accuracy Test accuracy", "the plain network 99.1 91.2", "the same with dropout 97.3 92.4"]
    )
    assert table is not None
    header, *rows = [[text for text, _, _ in cells] for _, cells in table.rows]
    assert header[-1] == "Test accuracy"
    assert rows == [
        ["the plain network", "99.1", "91.2"],
        ["the same with dropout", "97.3", "92.4"],
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["The accuracy of the network", "is good."],
        ["Epoch 1: loss 0.51 acc 0.83", "Epoch 2: loss 0.33 acc 0.89"],
        ["accuracy: 0.83", "loss: 0.51"],
        ["network   colour", "a         red", "b         blue"],
        ["epoch   loss    acc"],
        ["   "],
    ],
)
def test_what_is_no_table(lines: list[str]) -> None:
    assert find_aligned(lines) is None
