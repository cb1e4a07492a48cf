"""Faithful networks are flagged where the reports' were wrong; corrected and published ones have no bug."""

from typing import Any

import pytest

from deepstudy import catalog
from deepstudy.checks.examine import examine
from deepstudy.checks.make_probe import CheckRequest, make_probe

pytestmark = pytest.mark.slow

LATE = "resnet50_late"
CORRECT_LATE = {"shortcut": "when-needed", "relu_after_add": True, "downsample": "first"}

#: Network, options, and all that is said of it but bugs that only long training shows.
KNOWN: list[tuple[str, dict[str, Any], set[tuple[str, str]]]] = [
    ("lenet5", {}, set()),
    ("lenet5", {"dropout": 0.3}, set()),
    ("lenet_1x1", {}, set()),
    ("small_cnn", {}, {("bias_before_norm", "note")}),
    ("small_cnn", {"head": "softmax"}, {("bias_before_norm", "note"), ("output_activation", "bug")}),
    ("small_cnn", {"linear": 5}, {("bias_before_norm", "note")}),
    ("resnet20", {}, set()),
    (
        "resnet20",
        {"shortcut": "projection", "head": "softmax", "stem_relu": False, "bias": True},
        {("bias_before_norm", "note"), ("output_activation", "bug"), ("nonlinearity", "risk")},
    ),
    (LATE, {}, {("bias_before_norm", "note"), ("residual", "risk"), ("resolution", "risk")}),
    (LATE, CORRECT_LATE, {("bias_before_norm", "note"), ("resolution", "risk")}),
    ("resnet18", {}, set()),
    ("vgg11", {}, {("bias_before_norm", "note")}),
]


@pytest.mark.parametrize(
    ("name", "options", "expected"), KNOWN, ids=[f"{name} {options}" for name, options, _ in KNOWN]
)
def test_all_findings_of_a_built_in_network(name: str, options: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    entry = catalog.MODELS[name]
    arguments = {key: option.default for key, option in entry.option_fields().items()} | options
    checked = examine(make_probe(CheckRequest(name, arguments), lambda note: None))
    assert {(finding.rule, finding.severity) for finding in checked.findings} == expected
    if name == LATE and not options:
        (block,) = (finding for finding in checked.findings if finding.rule == "residual")
        assert block.says.startswith("8 of 13 residual blocks have no identity path")


def test_googlenets_heads_have_linear_layers_in_a_row() -> None:
    """Only the checks that look: the others take half a minute on it."""
    from deepstudy.checks.rules import nonlinearity, output_activation, shared_modules

    arguments = {"bn": "conv", "head": "softmax"}
    probe = make_probe(CheckRequest("googlenet", arguments), lambda note: None)
    (row,) = nonlinearity.find(probe)
    assert row.says.startswith("There is no activation between fc1 and fc2.")
    assert [finding.severity for finding in output_activation.find(probe)] == ["bug"]
    assert list(shared_modules.find(probe)) == []
