"""Each rule finds the networks planted for it, and reports nothing about their sound twins."""

import copy
import importlib.util
import inspect
from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepstudy.checks import RULES
from deepstudy.checks.examine import examine
from deepstudy.checks.losses import Losses
from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding

PLANTED = Path(__file__).parents[1] / "planted"
#: Plants that may be intended, but must be found.
MILD = {
    "PlantedLogSoftmax": "note",
    "PlantedBias": "note",
    "PlantedPool": "note",
    "PlantedCaffe": "note",
    "PlantedSwitchedOff": "note",
}


def planted(prefix: str) -> list[tuple[str, str]]:
    networks = []
    for file in sorted(PLANTED.glob("[a-z]*.py")):
        source = file.read_text(encoding="utf-8")
        for line in source.splitlines():
            if line.startswith(f"class {prefix}"):
                networks.append((file.stem, line.removeprefix("class ").partition("(")[0]))
    return networks


def network(rule: str, name: str) -> type[nn.Module]:
    spec = importlib.util.spec_from_file_location(f"planted_{rule}", PLANTED / f"{rule}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cls = getattr(module, name)
    assert inspect.isclass(cls)
    return cls


def probe(rule: str, name: str) -> Probe:
    cls = network(rule, name)
    losses, misfit = getattr(cls, "LOSSES", Losses()), getattr(cls, "MISFIT", ())
    return Probe(name, cls, getattr(cls, "INPUT", (1, 28, 28)), 10, losses=losses, seconds=10, misfit=misfit)


def test_every_rule_has_a_plant_and_a_sound_twin() -> None:
    assert {rule for rule, _ in planted("Planted")} == set(RULES)
    assert {rule for rule, _ in planted("Sound")} == set(RULES)


@pytest.mark.parametrize(("rule", "name"), planted("Planted"))
def test_a_plant_is_caught(rule: str, name: str) -> None:
    if name == "PlantedOnlyBatchesOf64":  # the rule `forward` finds it, because no batch works
        findings = list(examine(probe(rule, name)).findings)
    else:
        findings = list(RULES[rule].load()(probe(rule, name)))
    assert [finding.rule for finding in findings if finding.rule == rule], "not caught"
    for finding in findings:
        assert finding.severity in ("bug", "risk") or MILD.get(name) == finding.severity
        assert finding.says.endswith(".")
        assert finding.remedy.endswith(".")


@pytest.mark.parametrize(("rule", "name"), planted("Sound"))
def test_a_sound_twin_raises_nothing(rule: str, name: str) -> None:
    checked = examine(probe(rule, name))
    assert [finding for finding in checked.findings if finding.rule == rule] == []
    assert [finding for finding in checked.bugs if name != "SoundUnderSoftmax"] == []


class JoinsLater(nn.Module):
    """A block that joins after the first training pass, and a gate that is 0: further passes change the gradients."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 32)
        self.block = nn.Linear(32, 32)
        self.gated = nn.Linear(32, 32)
        self.fc2 = nn.Linear(32, 10)
        self.passes = 0

    def forward(self, x: Tensor) -> Tensor:
        self.passes += self.training
        x = F.relu(self.fc1(x.flatten(1)))
        if self.passes != 1:
            x = x + F.relu(self.block(x))
        return self.fc2(x + x.detach() + 0 * F.relu(self.gated(x)))


ORDERED = [
    JoinsLater,
    network("no_gradient", "PlantedForgotten"),
    network("no_gradient", "PlantedTimesZero"),
    network("gradient_cut", "PlantedDetach"),
    network("state_dict", "PlantedPlainTensor"),
    network("batch_statistics", "PlantedInTraining"),
]


@pytest.mark.parametrize("cls", ORDERED, ids=lambda cls: cls.__name__)
def test_the_order_of_the_rules_does_not_matter(cls: type[nn.Module]) -> None:
    def findings(names: Iterable[str]) -> dict[str, list[Finding]]:
        shared = Probe(cls.__name__, cls, (1, 28, 28), 10, seconds=10)
        return {name: list(RULES[name].load()(shared)) for name in names}

    assert findings(RULES) == findings(reversed(RULES))


@pytest.mark.parametrize("name", RULES)
def test_a_rule_leaves_the_shared_training_pass_as_it_is(name: str) -> None:
    shared = Probe("JoinsLater", JoinsLater, (1, 28, 28), 10, seconds=10)
    module = shared.training_pass.network
    before = copy.deepcopy(module.state_dict())
    gradients = {key: copy.deepcopy(value.grad) for key, value in module.named_parameters()}
    list(RULES[name].load()(shared))
    assert module.passes == 1
    assert all(torch.equal(before[key], value) for key, value in module.state_dict().items())
    for key, value in module.named_parameters():
        was = gradients[key]
        assert value.grad is was or (was is not None and value.grad is not None and torch.equal(value.grad, was))
