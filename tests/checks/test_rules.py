"""The registry of the checks' rules."""

import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from deepstudy.checks import RULES
from deepstudy.cli import main


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_its_module(name: str) -> None:
    rule = RULES[name]
    assert rule.name == name
    module = import_module(f"deepstudy.checks.rules.{name}")
    assert rule.load() is module.find
    assert inspect.isgeneratorfunction(module.find)


def test_every_module_of_the_room_is_a_rule() -> None:
    folder = Path(str(import_module("deepstudy.checks.rules").__file__)).parent
    assert {file.stem for file in folder.glob("*.py")} == {"__init__", *RULES}


def test_the_registry_is_read_without_what_is_slow() -> None:
    program = """
import sys
from deepstudy import checks
print(len(checks.RULES), sorted({"torch", "rich", "numpy", "pydantic"} & sys.modules.keys()))
"""
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert output == f"{len(RULES)} []\n"


def test_help_ends_with_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["check", "--help"])
    out = capsys.readouterr().out
    assert stop.value.code == 0
    rules = out.partition("\nRules:\n")[2]
    assert [line.split()[0] for line in rules.splitlines() if line[2:3].strip()] == list(RULES)
    assert " ".join(rules.split()) == " ".join(f"{rule.name} {rule.says}" for rule in RULES.values())
    assert max(map(len, out.splitlines())) <= 80
