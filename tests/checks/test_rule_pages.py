"""The page of each rule: its form, and its examples, which the rule must find and must not find."""

import re
from pathlib import Path

import pytest

import deepstudy
from deepstudy.checks import RULES, CheckResult

HEADINGS = ["Why it matters", "Example", "Not an error", "How to fix", "Source"]
CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sections(rule: str) -> dict[str, str]:
    """The text below each heading of a page."""
    parts = re.split(r"^## (.+)\n", RULES[rule].page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def check(rule: str, heading: str, folder: Path) -> CheckResult:
    """Check the network of an example, for images of the size that its section names, or that its data set has."""
    section = sections(rule)[heading]
    (code,) = CODE.findall(section)
    file = folder / "net.py"
    file.write_text(code, encoding="utf-8")
    size = re.search(r"images of (\d+)x(\d+)x(\d+)", section)
    shape = tuple(map(int, size.groups())) if size else None if "datasets." in code else (3, 32, 32)
    return deepstudy.check(f"{file}:Net", input=shape, classes=10)


@pytest.mark.parametrize("name", RULES)
def test_a_page_has_its_line_and_its_headings(name: str) -> None:
    lines = RULES[name].page.splitlines()
    assert lines[:2] == [RULES[name].says, ""]
    assert re.findall(r"^#+ .*", CODE.sub("", RULES[name].page), re.MULTILINE) == [f"## {each}" for each in HEADINGS]
    assert all(text.strip() for text in sections(name).values())
    assert 25 <= len(lines) <= 55


@pytest.mark.slow
@pytest.mark.usefixtures("warm_child")
@pytest.mark.parametrize("name", RULES)
def test_a_rule_finds_its_example(name: str, tmp_path: Path) -> None:
    assert name in {finding.rule for finding in check(name, "Example", tmp_path).findings}


@pytest.mark.slow
@pytest.mark.usefixtures("warm_child")
@pytest.mark.parametrize("name", RULES)
def test_what_looks_like_an_error_is_not_found(name: str, tmp_path: Path) -> None:
    checked = check(name, "Not an error", tmp_path)
    assert checked.bugs == ()
    assert name not in {finding.rule for finding in checked.findings}
    assert checked.checks == (*RULES,)
