"""Each rule catches the networks planted for it, and says nothing of their sound twins."""

import importlib.util
import inspect
from pathlib import Path

import pytest
from torch import nn

from deepstudy.checks import RULES
from deepstudy.checks.examine import examine
from deepstudy.checks.probe import Probe

PLANTED = Path(__file__).parents[1] / "planted"
#: Plants that are no bug for sure, but must be found all the same.
MILD = {"PlantedLogSoftmax": "note", "PlantedBias": "note"}


def planted(prefix: str) -> list[tuple[str, str]]:
    found = []
    for file in sorted(PLANTED.glob("[a-z]*.py")):
        source = file.read_text(encoding="utf-8")
        for line in source.splitlines():
            if line.startswith(f"class {prefix}"):
                found.append((file.stem, line.removeprefix("class ").partition("(")[0]))
    return found


def network(rule: str, name: str) -> type[nn.Module]:
    spec = importlib.util.spec_from_file_location(f"planted_{rule}", PLANTED / f"{rule}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, name)
    assert inspect.isclass(found)
    return found


def probe(rule: str, name: str) -> Probe:
    cls = network(rule, name)
    return Probe(name, cls, getattr(cls, "INPUT", (1, 28, 28)), 10, seconds=10)


def test_every_rule_has_a_plant_and_a_sound_twin() -> None:
    assert {rule for rule, _ in planted("Planted")} == set(RULES)
    assert {rule for rule, _ in planted("Sound")} == set(RULES)


@pytest.mark.parametrize(("rule", "name"), planted("Planted"))
def test_a_plant_is_caught(rule: str, name: str) -> None:
    if name == "PlantedOnlyBatchesOf64":  # nothing goes through, so that no rule can look
        found = list(examine(probe(rule, name)).findings)
    else:
        found = list(RULES[rule].load()(probe(rule, name)))
    assert [finding.rule for finding in found if finding.rule == rule], "not caught"
    for finding in found:
        assert finding.severity in ("bug", "risk") or MILD.get(name) == finding.severity
        assert finding.says.endswith(".")
        assert finding.remedy.endswith(".")


@pytest.mark.parametrize(("rule", "name"), planted("Sound"))
def test_a_sound_twin_raises_nothing(rule: str, name: str) -> None:
    checked = examine(probe(rule, name))
    assert [finding for finding in checked.findings if finding.rule == rule] == []
    assert [finding for finding in checked.bugs if name != "SoundUnderSoftmax"] == []
