"""Small texts with the numbers of real reports: what must be found in each, and that nothing else is."""

from pathlib import Path

import pytest

from deepstudy import audits
from deepstudy.audits.evidence import of_document
from deepstudy.audits.reading import read_document

CASES = Path(__file__).parents[1] / "cases" / "audit"

#: For each text all findings but missing details: the severity, the rule, and words that its sentences must hold.
EXPECTED: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "loss_below_floor": [
        ("impossible", "loss_floor", ("0.2513", "2 more lines", "Times the batch size 64 it is 1.03"))
    ],
    "two_level_header": [("impossible", "rates", ("4.4089 is not a possible accuracy",))],
    "two_scales_of_loss": [("inconsistent", "loss_scales", ("6.9233 is 6.2 times the test loss 1.1224",))],
    "prints_of_many_tools": [],
    "settings_in_a_dictionary": [],
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

#: What must be read of some of them: the metric, the value in percent or nats or as a count, and the split.
READ: dict[str, list[tuple[str, float, str | None]]] = {
    "two_level_header": [
        ("accuracy", value, split)
        for row in ((85.42, 32.44, 33.58), (45.72, 42.79, 43.49))
        for value, split in zip(row, ("train", "validation", "test"), strict=True)
    ],
    "prints_of_many_tools": [
        ("correct", 7398, None),
        ("accuracy", 73.98, None),
        ("accuracy", 94.58, "test"),
        ("loss", 0.2169, "test"),
        ("loss", 0.6537, "train"),
        ("loss", 0.4134, "validation"),
        ("accuracy", 84.4063, "validation"),
        ("accuracy", 81.402, "validation"),
        ("accuracy", 79.65, "test"),
        ("parameters", 406244, None),
        ("accuracy", 97.457, None),
        ("accuracy", 82.58, "test"),
    ],
    "settings_in_a_dictionary": [
        ("top5", 29.1611, "train"),
        ("accuracy", 4.1501, "test"),
        ("accuracy", 67.81, "test"),
    ],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_all_that_is_found_in_a_text(name: str) -> None:
    found = [each for each in audits.audit(CASES / f"{name}.txt").findings if each.severity != "missing"]
    assert [(each.severity, each.rule) for each in found] == [each[:2] for each in EXPECTED[name]]
    for finding, (*_, words) in zip(found, EXPECTED[name], strict=True):
        assert not [word for word in words if word not in finding.says]


@pytest.mark.parametrize("name", READ)
def test_what_is_read_in_a_text(name: str) -> None:
    statements = of_document(read_document(CASES / f"{name}.txt")).statements
    read = {(each.metric, round(each.value, 4), each.split) for each in statements}
    assert not [each for each in READ[name] if each not in read]


def test_the_dropout_of_a_row_is_no_accuracy() -> None:
    statements = of_document(read_document(CASES / "two_level_header.txt")).statements
    assert not {0.0, 25.0} & {each.value for each in statements}


@pytest.mark.parametrize("detail", ["optimizer", "learning rate", "number of epochs", "seeds", "batch size"])
def test_what_stands_in_a_dictionary_is_not_missing(detail: str) -> None:
    findings = audits.audit(CASES / "settings_in_a_dictionary.txt").findings
    assert not [each for each in findings if detail in each.possible]
