"""Numbers of a line that are no results."""

import pytest

from deepstudy.audits.reading.lines.phrases import read_phrase


def roles(line: str, is_printed: bool = False) -> dict[str, str]:
    """The role of each number of a line, by how it is printed; those without a role are left out."""
    numbers = read_phrase(line, is_printed=is_printed).numbers
    return {line[each.token.start : each.token.end]: each.role for each in numbers if each.role}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Epoch 3/10: loss 0.25", {"3": "epoch", "10": "whole"}),
        ("after 20 epochs", {"20": "epoch"}),
        ("20 에폭 동안 학습", {"20": "epoch"}),
        ("训练了20轮", {"20": "epoch"}),
        ("Step [100/600]", {"100": "step", "600": "whole"}),
        ("batch 64 of 128", {"64": "step", "128": "whole"}),
        ("learning rate 0.01", {"0.01": "setting"}),
        ("lr=1e-3, momentum=0.9", {"1e-3": "setting", "0.9": "setting"}),
        ("five kernels of 3 x 3", {"3": "size"}),
        ("with 32 filters and 64 units", {"32": "setting", "64": "setting"}),
        ("on 2024-03-11", {"2024": "date", "03": "date", "11": "date"}),
        ("12.5 s", {"12.5": "seconds"}),
        ("250 ms", {"250": "seconds"}),
        ("3분", {"3": "seconds"}),
        ("10,000 test images", {"10,000": "images"}),
        ("10000장의 이미지", {"10000": "images"}),
        ("60000张图片", {"60000": "images"}),
        ("8.21 GB", {"8.21": "size"}),
        ("dropout 50 %", {"50": "setting"}),
    ],
)
def test_roles(line: str, expected: dict[str, str]) -> None:
    assert roles(line) == expected


@pytest.mark.parametrize(
    ("line", "epoch", "step"),
    [
        ("Epoch 3/10, step 100/600", (3, 10), (100, 600)),
        ("Epoch [3][100/600]", (3, None), (100, 600)),
        ("[2, 4000] loss: 1.834", (2, None), (4000, None)),
        ("Train Epoch: 1 [6400/60000 (11%)]", (1, None), (6400, 60000)),
        ("938/938 [======] - 3s", (None, None), (938, 938)),
        ("Epoch 4: 100%|████| 430/430 [00:12<00:00, 35.1it/s]", (4, None), (430, 430)),
        ("100%|████| 20/20 [01:12<00:00, 3.6s/it]", (None, None), (None, None)),
        ("'epoch': 2.0", (2, None), (None, None)),
        ("612ms/epoch - 2ms/step", (None, None), (None, None)),
        ("Step: 41ms | Tot: 21s", (None, None), (None, None)),
        ("3번째 에폭", (3, None), (None, None)),
        ("第5轮", (5, None), (None, None)),
        ("for 10 epochs", (None, None), (None, None)),
        ("after 10 epochs", (10, None), (None, None)),
        ("10エポック後", (10, None), (None, None)),
    ],
)
def test_counters(line: str, epoch: tuple[int | None, int | None], step: tuple[int | None, int | None]) -> None:
    phrase = read_phrase(line, is_printed=True)
    assert (phrase.epoch, phrase.step) == (epoch, step)


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("12.5 s", 12.5),
        ("250 ms", 0.25),
        ("1 h 12 min", 4320),
        ("1h 20m 5s", 4805),
        ("0:52:10", 3130),
        ("20 min 30 s", 1230),
        ("2시간 5분", 7500),
        ("7分30秒", 450),
        ("3 Stunden und 10 Minuten", 11400),
    ],
)
def test_times_in_parts_are_one_time(line: str, seconds: float) -> None:
    first, *others = read_phrase(line).numbers
    assert first.seconds == pytest.approx(seconds)
    assert {each.role for each in others} <= {"spread"}


def test_numbers_that_belong_together() -> None:
    ratio = read_phrase("9123 of 10000 images").numbers[0]
    assert (ratio.value, ratio.whole) == (9123, 10000)
    spread = read_phrase("91.4 ± 0.3 %").numbers[0]
    assert (spread.spread, spread.has_percent) == (0.3, True)
    ends = read_phrase("between 92-93 %").numbers[0]
    assert (ends.value, ends.upper) == (92, 93)
