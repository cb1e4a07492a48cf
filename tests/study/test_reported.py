from typing import Any

import pytest

from deepstudy.study.reported import Claim, printed_number, says_about, stands_for


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("89.20", 89.2, 89.2),
        ("61,470", 61470, 61470),
        ("61,470 x 2 = 122,940", 122940, 122940),
        ("(5x5x16)x120 = 48,000", 48000, 48000),
        ("78~81", 78, 81),
        ("78–81", 78, 81),
        ("83.068%", 83.068, 83.068),
        ("1e-2", 0.01, 0.01),
        ("about 1159 s", 1159, 1159),
        ("78-81", 78, 81),
        ("93.39±0.16", 93.39, 93.39),
        ("-1.5", -1.5, -1.5),
        ("62k", 62_000, 62_000),
        ("62 K", 62_000, 62_000),
        ("0.06M", 60_000, 60_000),
        ("1.2 million", 1_200_000, 1_200_000),
        ("4.1 GFLOPs", 4.1e9, 4.1e9),
        ("6만", 60_000, 60_000),
        ("1.1~1.3M", 1_100_000, 1_300_000),
        ("60k–70k", 60_000, 70_000),
        ("1000 x 62 = 62k", 62_000, 62_000),
        ("62 kg", 62, 62),
        ("20 min", 20, 20),
    ],
)
def test_printed_number(text: str, low: float, high: float) -> None:
    assert printed_number(text) == (low, high)


@pytest.mark.parametrize("text", ["", "many", "61,470 x 2", "1 2 3", "1,2", "1e999"])
def test_no_single_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not one number|is too large a number"):
        printed_number(text)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("62k", 61_500, 62_500),
        ("0.06M", 55_000, 65_000),
        ("1.20 million", 1_195_000, 1_205_000),
        ("61,706", 61_705.5, 61_706.5),
        ("about 62,000", 55_800, 68_200),
        ("~62,000", 55_800, 68_200),
        ("약 62,000", 55_800, 68_200),
        ("about 1M", 500_000, 1_500_000),  # what rounds to it is more than 10 %
        ("60k~70k", 60_000, 70_000),
        ("about 60k~70k", 54_000, 77_000),
    ],
)
def test_what_a_count_stands_for(text: str, low: float, high: float) -> None:
    assert stands_for(text, "parameters") == (low, high)
    bare = text.removeprefix("about ")
    assert stands_for(bare, "parameters", about=says_about(text)) == (low, high)


@pytest.mark.parametrize(
    ("text", "about", "low", "high"),
    [
        ("72.3", False, 72.25, 72.35),
        ("72.30 %", False, 72.295, 72.305),
        ("60~70", False, 60, 70),
        ("60~70", True, 58, 72),
        ("about 80", False, 78, 82),
        ("93.39±0.16", False, 93.385, 93.395),
    ],
)
def test_what_an_accuracy_stands_for(text: str, about: bool, low: float, high: float) -> None:
    assert stands_for(text, "accuracy", about) == pytest.approx((low, high), abs=1e-12)


@pytest.mark.parametrize(
    ("form", "quantity", "experiments"),
    [
        ({"value": {"of": "a", "quantity": "weights", "reported": "5"}}, "weights", ("a",)),
        ({"compare": {"of": "a", "with": "b", "quantity": "macs", "expect": "less"}}, "macs", ("a", "b")),
        ({"overtakes": {"of": "a", "with": "b", "split": "test"}}, "accuracy", ("a", "b")),
        ({"drops": {"of": "a", "split": "test", "at": 3, "by": 1}}, "accuracy", ("a",)),
    ],
)
def test_every_form_has_a_quantity_and_experiments(
    form: dict[str, Any], quantity: str, experiments: tuple[str, ...]
) -> None:
    claim = Claim.model_validate({"id": "c", "says": "it", **form})
    assert (claim.form.quantity, claim.form.experiments) == (quantity, experiments)
