"""How many images each split of a line has."""

import pytest

from deepstudy.audits.reading.lines.phrases import read_phrase


def sizes(line: str) -> dict[str, int]:
    return {each.split: int(each.value) for each in read_phrase(line).numbers if each.role == "images" and each.split}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("train 54000  val 6000  test 10000", {"train": 54000, "validation": 6000, "test": 10000}),
        ("45,000 images for training and 5,000 for validation", {"train": 45000, "validation": 5000}),
        (
            "Aufteilung: 17500 Training / 3750 Validierung / 3750 Test",
            {"train": 17500, "validation": 3750, "test": 3750},
        ),
        (
            "4480 para entrenamiento, 960 para validación y 960 para prueba",
            {"train": 4480, "validation": 960, "test": 960},
        ),
        ("训练集 2936 张，验证集 367 张，测试集 367 张", {"train": 2936, "validation": 367, "test": 367}),
        ("학습 4200장, 검증 900장, 시험 900장", {"train": 4200, "validation": 900}),
        ("We hold out 5,000 images for validation, leaving 55,000.", {"validation": 5000, "train": 55000}),
        ("data/val/cat : 300 images", {}),
        ("Training for 3000 steps, test every 500 steps", {}),
        ("参数总数 1199882, Train", {}),
    ],
)
def test_sizes_of_splits(line: str, expected: dict[str, int]) -> None:
    found = sizes(line)
    assert {split: found.get(split) for split in expected} == expected
    assert expected or not found
