"""Where lines, ticks and labels of a chart stand."""

import math
import re
from itertools import pairwise

import pytest

from deepstudy.watching.page.drawing import HEIGHT, WIDTH, Curve, CurveChart, draw


def chart(*curves: Curve, x: str = "epoch", unit: str = "") -> CurveChart:
    made = draw(curves, "Loss", x, unit)
    assert made is not None
    return made


def test_a_single_epoch_is_a_point_and_says_its_value() -> None:
    made = chart(Curve("test", "test", [(1, 0.5)]))
    assert [(each.path, len(each.dots)) for each in made.curves] == [("", 1)]
    assert made.says == "Loss by epoch. test: 0.5."
    assert [text for _, text in made.x_ticks] == ["1"]


def test_epochs_have_whole_ticks() -> None:
    made = chart(Curve("test", "test", [(each, each / 7) for each in range(1, 4)]))
    assert [text for _, text in made.x_ticks] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("values", "unit", "ticks"),
    [
        ([97.2, 99.1], "%", ["97", "97.5", "98", "98.5", "99", "99.5"]),
        ([10, 100], "%", ["0", "20", "40", "60", "80", "100"]),
        ([0.1, 2.3], "", ["0", "0.5", "1", "1.5", "2", "2.5"]),
        ([0.001, 10], "", ["0.001", "0.01", "0.1", "1", "10"]),
        ([3, 3], "", None),
    ],
)
def test_scales_are_round_and_cover_the_values(values: list[float], unit: str, ticks: list[str] | None) -> None:
    made = chart(Curve("a", "test", [*enumerate(values)]), unit=unit)
    if ticks is not None:
        assert [text for _, text in made.y_ticks] == ticks
    points = [float(each) for each in re.findall(r"[\d.]+", made.curves[0].path)][1::2]
    assert all(made.top - 0.1 <= each <= made.bottom + 0.1 for each in points)


def test_what_is_not_a_number_breaks_the_line_and_is_counted() -> None:
    made = chart(Curve("test", "test", [(1, 1.0), (2, 2.0), (3, math.nan), (4, math.inf), (5, 1.0)]))
    assert made.curves[0].path.count("M") == 1
    assert len(made.curves[0].dots) == 3
    assert "2 not a number" in made.says
    assert draw([Curve("a", "test", [(1, math.nan)])], "Loss", "epoch", "") is None


def test_labels_do_not_cover_each_other_and_stay_inside() -> None:
    made = chart(*(Curve(f"split {number}", "test", [(1, 1.0), (2, 0.001 * number)]) for number in range(6)))
    heights = sorted(each.label_at[1] for each in made.curves)
    assert all(after - before >= 14.9 for before, after in pairwise(heights))
    assert heights[0] > 0
    assert heights[-1] <= HEIGHT
    assert all(each.label_at[0] + 7 * len(each.label) <= WIDTH + 8 for each in made.curves)


def test_a_long_curve_keeps_its_ends_and_few_points() -> None:
    made = chart(Curve("", "train", [(each, each % 7) for each in range(100_000)]), x="step")
    assert made.curves[0].path.count("L") <= 1_001
    assert made.curves[0].dots == []
