"""How long an experiment would take."""

from pathlib import Path

import pytest

from deepstudy.study import Study
from deepstudy.training import device
from deepstudy.training.device import Machine
from deepstudy.training.estimate import Estimate, Estimator


def test_estimates_count_parameters_and_grow_with_the_work(small_study: Study) -> None:
    estimator = Estimator(Path(), device.choose_machine("cpu"))
    experiment = small_study.experiment("plain")
    one = estimator.estimate(experiment)
    assert one.parameters == 61_706
    assert 0 < one.seconds < 60
    assert estimator.estimate(small_study.experiment("plain", overrides=["epochs=20"])) == Estimate(
        one.parameters, 10 * one.seconds
    )


def test_estimates_of_slow_networks_come_from_part_of_a_batch(
    small_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr("deepstudy.training.estimate._SLOW", 0.0)
    place = Machine.place_images
    monkeypatch.setattr(Machine, "place_images", lambda self, x: (seen.append(len(x)), place(self, x))[1])
    assert Estimator(Path(), device.choose_machine("cpu")).estimate(small_study.experiment("plain")).seconds > 0
    assert set(seen) == {8}
