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
    module, _, function = rule.function.partition(":")
    assert rule.load() is getattr(import_module(module), function)
    assert inspect.isgeneratorfunction(rule.load())
    assert re.search(rf"^%%% .* \| {name}, \w+$", FLAWED, re.MULTILINE)


def test_every_module_with_an_audit_is_a_rule() -> None:
    folder = Path(str(import_module("deepstudy.audits").__file__)).parent
    modules = {file.stem for file in folder.glob("*.py") if re.search(r"^def audit\(", file.read_text("utf-8"), re.M)}
    assert {rule.function for rule in RULES.values()} == {
        f"deepstudy.audits.{module}:audit" for module in modules - {"__init__"}
    }


def test_the_registries_are_read_without_what_is_slow() -> None:
    program = """
import sys
from deepstudy import audits
print(len(audits.RULES), sorted({"torch", "rich", "numpy", "pydantic"} & sys.modules.keys()))
"""
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert output == f"{len(RULES)} []\n"
