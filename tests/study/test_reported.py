import pytest

from deepstudy.study.reported import printed_number


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
    ],
)
def test_printed_number(text: str, low: float, high: float) -> None:
    assert printed_number(text) == (low, high)


@pytest.mark.parametrize("text", ["", "many", "61,470 x 2", "1 2 3", "1,2", "1e999"])
def test_no_single_number(text: str) -> None:
    with pytest.raises(ValueError, match="does not state one number"):
        printed_number(text)
