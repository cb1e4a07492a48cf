"""Small texts with the numbers of real reports: what must be found in each, and that nothing else is."""

from pathlib import Path

import pytest

from deepstudy import audits

CASES = Path(__file__).parents[1] / "cases" / "audit"

#: For each text all findings but missing details: the severity, the rule, and words that its sentences must hold.
EXPECTED: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "parameters_of_a_listed_network": [
        (
            "inconsistent",
            "parameters",
            ("80 + 16 + 1,168 + 32 + 4,640 + 64 + 4,224 + 1,290 = 11,514", "not 34,826"),
        ),
    ],
    "wrapped_names_in_a_summary": [],
    "wrapped_module_tree": [],
    "bulleted_sums": [
        (
            "inconsistent",
            "parameters",
            ("500 + 160 + 30,000 + 5,040 + 420 = 36,120", "27,320", "with 21,200 instead of"),
        ),
        ("inconsistent", "parameters", ("27,320 x 2", "gradients are not parameters")),
    ],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_all_that_is_found_in_a_text(name: str) -> None:
    found = [each for each in audits.audit(CASES / f"{name}.txt").findings if each.severity != "missing"]
    assert [(each.severity, each.rule) for each in found] == [each[:2] for each in EXPECTED[name]]
    for finding, (*_, words) in zip(found, EXPECTED[name], strict=True):
        assert not [word for word in words if word not in finding.says]
