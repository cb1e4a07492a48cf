"""The page of each rule: its headings, and its examples, which are audited."""

import re
from pathlib import Path

import pytest

from deepstudy import audits
from deepstudy.audits import RULES
from deepstudy.findings import Finding

HEADINGS = ["Why it matters", "Example", "Not an error", "How to fix", "Source"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sections(name: str) -> dict[str, str]:
    """The text below each heading of a rule's page, by heading. The text before the first one has the key ""."""
    parts = re.split(r"^## (.*)\n", RULES[name].page, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def audit_example(name: str, heading: str, tmp_path: Path) -> list[Finding]:
    """What the rule finds in the one example below a heading of its page."""
    ((language, report),) = FENCE.findall(sections(name)[heading])
    assert language == "text"
    path = tmp_path / "report.txt"
    path.write_text(report, encoding="utf-8")
    return [finding for finding in audits.audit(path).findings if finding.rule == name]


@pytest.mark.parametrize("name", RULES)
def test_a_page_has_all_headings_in_order_and_begins_with_the_rules_line(name: str) -> None:
    page = RULES[name].page
    assert page.splitlines()[:2] == [RULES[name].says, ""]
    outside = FENCE.sub("", page)
    assert re.findall(r"^#+ .*$", outside, re.MULTILINE) == [f"## {heading}" for heading in HEADINGS]
    assert list(sections(name)) == ["", *HEADINGS]
    assert all(text.strip() for text in sections(name).values())
    assert 25 <= len(page.splitlines()) <= 55


@pytest.mark.parametrize("name", RULES)
def test_the_rule_finds_its_example(name: str, tmp_path: Path) -> None:
    assert audit_example(name, "Example", tmp_path)


@pytest.mark.parametrize("name", RULES)
def test_the_rule_passes_what_only_looks_like_its_example(name: str, tmp_path: Path) -> None:
    found = audit_example(name, "Not an error", tmp_path)
    if name != "omissions":  # which finds only what is missing
        found = [finding for finding in found if finding.severity != "missing"]
    assert found == []
