"""How threads wait: chosen once, by the load, and never against the user."""

import os
import sys

import pytest

from deepstudy import waiting
from deepstudy.waiting import avoid_spinning_if_busy


@pytest.fixture(autouse=True)
def before_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """As at the start of a command, with settings that are undone at the end."""
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1}, raising=False)
    monkeypatch.setattr(waiting, "_running_now", lambda unknown: unknown)


def set_load(monkeypatch: pytest.MonkeyPatch, load: float) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 9.0, 9.0), raising=False)


def test_on_a_busy_machine_threads_do_not_spin(monkeypatch: pytest.MonkeyPatch) -> None:
    set_load(monkeypatch, 3.98)
    says = avoid_spinning_if_busy()
    assert says == "The machine is busy (load 4.0 on 2 cores), so waiting threads do not spin."
    assert os.environ["GOMP_SPINCOUNT"] == "1000"


def test_a_command_that_has_just_ended_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    set_load(monkeypatch, 3.98)
    monkeypatch.setattr(waiting, "_running_now", lambda unknown: 0)
    assert avoid_spinning_if_busy() == ""


def test_on_an_idle_machine_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    set_load(monkeypatch, 0.4)
    assert avoid_spinning_if_busy() == ""
    assert not {"GOMP_SPINCOUNT", "KMP_BLOCKTIME"} & os.environ.keys()


@pytest.mark.parametrize("chosen", ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"])
def test_what_the_user_chose_stays(monkeypatch: pytest.MonkeyPatch, chosen: str) -> None:
    set_load(monkeypatch, 9.0)
    monkeypatch.setattr(os, "environ", {chosen: "7"})
    assert avoid_spinning_if_busy() == ""
    assert os.environ.get("GOMP_SPINCOUNT") != "1000"


def test_after_torch_it_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    set_load(monkeypatch, 9.0)
    monkeypatch.setitem(sys.modules, "torch", os)
    assert avoid_spinning_if_busy() == ""
