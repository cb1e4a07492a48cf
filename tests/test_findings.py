"""Findings: their severities, their order and their JSON; and the registry of rules."""

import json

import pytest

from deepstudy.findings import (
    AUDIT_SEVERITIES,
    CHECK_SEVERITIES,
    SEVERITIES,
    Finding,
    format_counts,
    format_findings,
    make_rules,
    worst_first,
)

LONG = "The accuracy cannot be one over ten thousand images, since each image is a hundredth of a percent."


def test_severities_are_those_of_audits_and_checks() -> None:
    assert (*AUDIT_SEVERITIES, *CHECK_SEVERITIES) == SEVERITIES


def test_the_worst_come_first_and_equals_keep_their_order() -> None:
    findings = [Finding(str(number), severity, ".") for number, severity in enumerate(reversed(SEVERITIES * 2))]
    assert [finding.severity for finding in worst_first(findings)] == [each for each in SEVERITIES for _ in range(2)]
    assert [finding.rule for finding in worst_first(findings)[:2]] == ["6", "13"]


def test_a_finding_of_an_audit_has_figures_and_the_old_name_of_its_rule() -> None:
    finding = Finding("shapes", "inconsistent", "It is 5x5.", "r.txt:3", reported="6x6", possible="5x5")
    document = finding.as_json(alias="test")
    assert document == {
        "rule": "shapes",
        "severity": "inconsistent",
        "where": "r.txt:3",
        "says": "It is 5x5.",
        "reported": "6x6",
        "possible": "5x5",
        "test": "shapes",
    }
    assert Finding.from_json(json.loads(json.dumps(document))) == finding


def test_a_finding_of_a_check_has_a_remedy_and_the_old_name_of_its_rule() -> None:
    finding = Finding("final_relu", "bug", "The output is cut off.", "fc3 (net.py:4)", "Return `self.fc3(x)`.")
    document = finding.as_json(alias="check")
    assert document == {
        "rule": "final_relu",
        "severity": "bug",
        "where": "fc3 (net.py:4)",
        "says": "The output is cut off.",
        "remedy": "Return `self.fc3(x)`.",
        "check": "final_relu",
    }
    assert Finding.from_json(json.loads(json.dumps(document))) == finding


def test_a_rule_lies_in_the_module_of_its_name_and_the_registry_is_fixed() -> None:
    rules = make_rules("deepstudy.checks.rules", {"leak": "Images leak.", "final_relu": "A ReLU is last."})
    assert [(rule.name, rule.says, rule.module) for rule in rules.values()] == [
        ("leak", "Images leak.", "deepstudy.checks.rules.leak"),
        ("final_relu", "A ReLU is last.", "deepstudy.checks.rules.final_relu"),
    ]
    assert rules["leak"].load().__module__ == "deepstudy.checks.rules.leak"
    with pytest.raises(TypeError):
        rules["leak"] = rules["final_relu"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("severities", "text"),
    [
        ((), "nothing found"),
        (("note", "bug", "bug", "risk"), "2 bugs, 1 risk, 1 note"),
        (("missing", "missing", "impossible"), "1 impossible, 2 missing"),
    ],
)
def test_counts(severities: tuple[str, ...], text: str) -> None:
    assert format_counts(Finding("rule", severity, ".") for severity in severities) == text  # type: ignore[arg-type]


def test_findings_fill_80_columns_with_all_that_they_have() -> None:
    text = format_findings(
        [
            Finding("softmax_floor", "impossible", LONG, "r.txt:26", reported="93.326 %", possible="[93.32] or 93.33"),
            Finding("final_relu", "bug", "The output is cut off.", "fc3 (net.py:4)", "Return `self.fc3(x)`."),
            Finding("forward", "bug", "It crashes."),
            Finding("omissions", "missing", "The seed is missing.", "r.txt", possible="a seed"),
            Finding("omissions", "missing", "The hardware is missing.", "r.txt", possible="hardware"),
            Finding("parameters", "missing", "The layers were not counted.", "r.txt"),
        ]
    )
    assert (
        f"{text.plain}\n"
        == """\
impossible  softmax_floor  r.txt:26
  The accuracy cannot be one over ten thousand images, since each image is a
  hundredth of a percent.
  reported: 93.326 %
  possible: [93.32] or 93.33

bug  final_relu  fc3 (net.py:4)
  The output is cut off.
  remedy: Return `self.fc3(x)`.

bug  forward
  It crashes.

missing  omissions
  The seed is missing.
  The hardware is missing.

missing  parameters
  The layers were not counted.

"""
    )


def test_a_long_place_is_not_cut() -> None:
    place = "/".join(["a_folder_with_a_long_name"] * 5) + "/report.txt:1"
    first, *lines = format_findings([Finding("labels", "doubtful", "x" * 200, place)]).plain.splitlines()
    assert first == f"doubtful  labels  {place}"
    assert max(map(len, lines)) == 80
    assert "".join(line.strip() for line in lines) == "x" * 200
