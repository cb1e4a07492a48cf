"""The registry of the audits' rules."""

import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from deepstudy.audits import RULES

FLAWED = (Path(__file__).parent / "flawed.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_its_line_its_module_and_a_text_that_breaks_it(name: str) -> None:
    rule = RULES[name]
    assert rule.name == name
    assert rule.says.endswith(".")
    assert "\n" not in rule.says
    assert rule.load() is import_module(f"deepstudy.audits.rules.{name}").find
    assert inspect.isgeneratorfunction(rule.load())
    assert re.search(rf"^%%% .* \| {name}, \w+$", FLAWED, re.MULTILINE)


def test_every_module_that_finds_is_a_rule() -> None:
    folder = Path(str(import_module("deepstudy.audits.rules").__file__)).parent
    modules = {file.stem for file in folder.glob("*.py") if re.search(r"^def find\(", file.read_text("utf-8"), re.M)}
    assert modules == {*RULES}
    assert {rule.module for rule in RULES.values()} == {f"deepstudy.audits.rules.{module}" for module in modules}


def test_the_registries_are_read_without_what_is_slow() -> None:
    program = """
import sys
from deepstudy import audits
print(len(audits.RULES), sorted({"torch", "rich", "numpy", "pydantic"} & sys.modules.keys()))
"""
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert output == f"{len(RULES)} []\n"
