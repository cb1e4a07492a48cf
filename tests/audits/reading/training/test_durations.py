"""Times in sentences."""

import pytest

from deepstudy.audits.reading.training.durations import format_seconds, read_durations


@pytest.mark.parametrize(
    ("text", "seconds", "kinds"),
    [
        ("An epoch takes 12.5 s, the whole run 1 h 5 min.", [12.5, 3900], ["epoch", "total"]),
        ("19 s par époque, 3 min 38 s en tout", [19, 218], ["epoch", "total"]),
        ("total time 0:52:10", [3130], ["total"]),
        ("训练完成，总用时 7分30秒", [450], ["total"]),
        ("el entrenamiento tardó 2 horas para terminar", [7200], ["total"]),
        ("1エポックあたり60秒", [60], ["epoch"]),
        ("The run began at 10:20:30 with 3m weights.", [], []),
        ("[05-16 10:31:36] loss 0.3", [], []),
        ("0.3 s per image", [0.3], ["other"]),
    ],
)
def test_times_and_what_they_are_of(text: str, seconds: list[float], kinds: list[str]) -> None:
    found = read_durations(text)
    assert [each.seconds for each in found] == pytest.approx(seconds)
    assert [each.kind for each in found] == kinds


def test_times_are_said_in_a_unit_that_people_use() -> None:
    assert [format_seconds(each) for each in (0.0253, 48.2, 2220, 12960)] == [
        "25.3 ms",
        "48.2 s",
        "2,220 s (37 min)",
        "12,960 s (3.6 h)",
    ]
