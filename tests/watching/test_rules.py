"""Each rule finds its bug in a planted program, and nothing in a sound one that only looks like it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy.watching.judge import judge
from deepstudy.watching.recording import RecordedProgram
from deepstudy.watching.rules import RULES

PROGRAMS = Path(__file__).parents[1] / "cases" / "programs"
SOUND = sorted(PROGRAMS.glob("*_sound.py"))
PLANTED = sorted({*PROGRAMS.glob("*.py")} - {*SOUND})
#: Rules whose programs need real images; see test_images.py.
ELSEWHERE = {"pixel_order"}
#: What a program may be blamed for besides, because its bug has that effect too.
EFFECTS = {
    "shared_transform": {"augmented_scoring"},
    "vanishing_rate": {"schedule"},
    "partial_scoring": {"wrong_average"},
}


def rule_of(path: Path) -> str:
    """The rule that a program is about: the longest name that its own begins with."""
    return max((name for name in RULES if path.stem.startswith(name)), key=len)


def test_each_rule_has_a_planted_program_and_a_sound_one() -> None:
    assert {rule_of(path) for path in PLANTED} == RULES.keys() - ELSEWHERE
    assert {rule_of(path) for path in SOUND} == RULES.keys() - ELSEWHERE


@pytest.mark.parametrize("path", PLANTED, ids=lambda path: path.stem)
def test_planted(path: Path, record: Callable[..., RecordedProgram]) -> None:
    result = judge(record(path))
    rule = rule_of(path)
    assert rule in {each.rule for each in result.findings if each.severity != "note"}, result.findings
    assert {each.rule for each in result.findings} <= {rule} | EFFECTS.get(path.stem, set())
    assert all(each.where.startswith(path.name) for each in result.findings)


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_sound(path: Path, record: Callable[..., RecordedProgram]) -> None:
    result = judge(record(path))
    assert result.exit == 0
    assert result.findings == ()
