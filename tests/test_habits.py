"""What users and GitHub find at the root: workflow, action, hooks, issue forms, citation and changelog."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from deepstudy import __version__
from deepstudy.cli import cli

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif((ROOT / "PKG-INFO").is_file(), reason="a source archive has none of these files")

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FORMS = sorted(set((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")) - {ROOT / ".github/ISSUE_TEMPLATE/config.yml"})
HOOKS = ("deepstudy-audit", "deepstudy-check")
#: What a file of each kind must say at its top.
KEYS = {
    **{path: {"name", "on", "permissions", "jobs"} for path in WORKFLOWS},
    **{path: {"name", "description", "body"} for path in FORMS},
    ROOT / ".github/ISSUE_TEMPLATE/config.yml": {"blank_issues_enabled", "contact_links"},
    ROOT / "action.yml": {"name", "description", "inputs", "runs"},
    ROOT / "CITATION.cff": {"cff-version", "message", "title", "authors", "version"},
}
FLAWED = "The test accuracy on the 10,000 test images of CIFAR-10 in batches of 100 is 93.326 %.\n"
SOUND = "The test accuracy on the 10,000 test images of CIFAR-10 in batches of 100 is 93.32 %.\n"


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def hook(name: str) -> dict[str, Any]:
    (found,) = [each for each in read(ROOT / ".pre-commit-hooks.yaml") if each["id"] == name]
    assert isinstance(found, dict)
    return found


def make_targets(script: str) -> list[str]:
    """The targets that a script makes, comments left out."""
    lines = [line.partition("#")[0] for line in script.splitlines()]
    return [target for line in lines for target in re.findall(r"\bmake\s+([\w-]+)", line)]


def commands_of(script: str) -> set[str]:
    """The commands of deepstudy that a script calls: `deepstudy audit` or `"deepstudy", "audit"`."""
    return set(re.findall(r"\bdeepstudy\b[\"',\s]+(\w+)", script))


def execute(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The end of a command, for which `deepstudy` is the one of these tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    if shutil.which("deepstudy", path=path) is None or shutil.which("python", path=path) is None:
        pytest.skip("deepstudy is not installed as a command")
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path, **variables}, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize("path", KEYS, ids=lambda path: path.name)
def test_files_parse_and_say_what_they_must(path: Path) -> None:
    assert read(path).keys() >= KEYS[path]


def test_there_are_a_workflow_and_the_forms() -> None:
    assert [path.stem for path in WORKFLOWS] == ["ci"]
    assert [path.stem for path in FORMS] == ["bug_report", "false_alarm", "new_rule"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_each_question_of_a_form_has_an_id_and_a_label(path: Path) -> None:
    questions = [element for element in read(path)["body"] if element["type"] != "markdown"]
    assert {element["type"] for element in questions} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert all(element["attributes"]["label"] for element in questions)
    names = [element["id"] for element in questions]
    assert len(names) == len(set(names))
    assert any(element.get("validations", {}).get("required") for element in questions)


def test_a_false_alarm_needs_the_example_and_the_output() -> None:
    body = read(ROOT / ".github/ISSUE_TEMPLATE/false_alarm.yml")["body"]
    required = {element["id"] for element in body if element.get("validations", {}).get("required")}
    assert required >= {"command", "rule", "example", "output", "reason", "version"}


@pytest.mark.parametrize("form", ["false_alarm", "new_rule"])
def test_forms_name_commands_that_exist(form: str) -> None:
    body = read(ROOT / f".github/ISSUE_TEMPLATE/{form}.yml")["body"]
    (options,) = [element["attributes"]["options"] for element in body if element.get("id") == "command"]
    assert {option.removeprefix("deepstudy ") for option in options} <= cli.commands.keys()


def test_workflows_and_ci_make_the_same_targets_and_all_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    wanted = set(make_targets((ROOT / ".ci/run").read_text(encoding="utf-8")))
    assert wanted >= {"lint", "test"}
    assert wanted <= targets
    for path in WORKFLOWS:
        steps = [step for job in read(path)["jobs"].values() for step in job["steps"]]
        assert {target for step in steps for target in make_targets(step.get("run", ""))} == wanted


def test_the_workflow_may_only_read_and_tests_each_version_of_python() -> None:
    workflow = read(ROOT / ".github/workflows/ci.yml")
    assert workflow["permissions"] == {"contents": "read"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = {line.rpartition(" ")[2] for line in project["classifiers"] if re.search(r":: 3\.\d+$", line)}
    assert set(workflow["jobs"]["check"]["strategy"]["matrix"]["python"]) == versions
    assert "download.pytorch.org/whl/cpu" in workflow["env"]["PIP_EXTRA_INDEX_URL"]


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_calls_a_command_that_exists(name: str) -> None:
    (command,) = commands_of(hook(name)["entry"])
    assert isinstance(cli.commands[command], click.Command)
    assert name == f"deepstudy-{command}"


def test_the_hooks_differ_only_in_their_command() -> None:
    hooks = read(ROOT / ".pre-commit-hooks.yaml")
    assert [each["id"] for each in hooks] == [*HOOKS]
    assert len({re.sub("audit|check", "", each["entry"]) for each in hooks}) == 1


@pytest.mark.parametrize(
    ("name", "path", "is_examined"),
    [
        ("deepstudy-audit", "report.md", True),
        ("deepstudy-audit", "week 2/Lab-Report v2.txt", True),
        ("deepstudy-audit", "reports/lenet.rst", True),
        ("deepstudy-audit", "my-study.yaml", True),
        ("deepstudy-audit", "README.md", False),
        ("deepstudy-audit", "docs/index.md", False),
        ("deepstudy-audit", "reports/README.md", False),
        ("deepstudy-audit", "src/reporting.md", False),
        ("deepstudy-audit", "mkdocs.yaml", False),
        ("deepstudy-audit", ".github/ISSUE_TEMPLATE/bug_report.md", False),
        ("deepstudy-check", "model.py", True),
        ("deepstudy-check", "src/my_network.py", True),
        ("deepstudy-check", "models/lenet.py", True),
        ("deepstudy-check", "notebooks/net_v2.ipynb", True),
        ("deepstudy-check", "models/__init__.py", False),
        ("deepstudy-check", "models/layers.py", False),
        ("deepstudy-check", "tests/test_model.py", False),
        ("deepstudy-check", "remodel.py", False),
        ("deepstudy-check", "train.py", False),
    ],
)
def test_hooks_examine_only_files_that_are_meant(name: str, path: str, is_examined: bool) -> None:
    wanted = hook(name)
    assert (bool(re.search(wanted["files"], path)) and not re.search(wanted["exclude"], path)) == is_examined


@pytest.mark.slow
@pytest.mark.parametrize(("names", "code"), [(("flawed.md", "sound.md"), 1), (("sound.md", "a b.md"), 0)])
def test_a_hook_examines_each_of_its_files(names: tuple[str, ...], code: int, tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).write_text(FLAWED if "flawed" in name else SOUND, encoding="utf-8")
    entry = shlex.split(hook("deepstudy-audit")["entry"])
    assert execute([*entry, *names], tmp_path).returncode == code
    assert execute([*entry, "--json", *reversed(names)], tmp_path).returncode == code


def test_the_action_uses_each_of_its_inputs() -> None:
    action = read(ROOT / "action.yml")
    assert action["inputs"].keys() == {"command", "paths", "arguments", "python-version"}
    steps = str(action["runs"]["steps"])
    unused = {name for name in action["inputs"] if not re.search(rf"\binputs\.{name}\b", steps)}
    assert not unused
    assert set(re.findall(r"inputs\.([\w-]+)", steps)) == action["inputs"].keys()


def test_the_scripts_of_the_action_hold_no_input() -> None:
    """An input that stands in a script can add code to it."""
    steps = read(ROOT / "action.yml")["runs"]["steps"]
    assert not [step for step in steps if "${{" in step.get("run", "")]
    used = {name for step in steps for name in step.get("env", {}) if name.startswith("DEEPSTUDY_")}
    assert used == set(re.findall(r"DEEPSTUDY_\w+", steps[-1]["run"]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "paths", "code", "says"),
    [
        ("audit", "sound.md", 0, "sound.md"),
        ("audit", "sound.md\n*.md\n", 1, "::error file=flawed.md::"),
        ("audit", "**/low.md", 1, "low.md: exit code 1"),
        ("audit", "nothing-*.md", 2, "::error::paths: no file matches 'nothing-*.md'"),
        ("audit", "\n", 2, "::error::paths: no path"),
        ("remove", "sound.md", 2, "::error::command: unknown command 'remove'"),
    ],
)
def test_the_action_fails_by_exit_code(command: str, paths: str, code: int, says: str, tmp_path: Path) -> None:
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "sound.md").write_text(SOUND, encoding="utf-8")
    for name in ("flawed.md", "deep/er/low.md"):
        (tmp_path / name).write_text(FLAWED, encoding="utf-8")
    script = read(ROOT / "action.yml")["runs"]["steps"][-1]["run"]
    variables = {"DEEPSTUDY_COMMAND": command, "DEEPSTUDY_PATHS": paths, "DEEPSTUDY_ARGUMENTS": "--json"}
    done = execute([sys.executable, "-c", script], tmp_path, **variables)
    assert (done.returncode, says in done.stdout) == (code, True)


def test_the_citation_has_the_version_and_address_of_the_package() -> None:
    citation = read(ROOT / "CITATION.cff")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["version"] == __version__
    assert citation["repository-code"] == project["urls"]["Source"]
    assert citation["license"] == project["license"]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert all(author["name"] in licence for author in citation["authors"])


def test_the_changelog_has_a_section_for_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## \[([^\]]+)\](.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert set(re.findall(r"^### (\w+)$", sections[__version__], re.MULTILINE)) >= {"Added"}
    assert f"[{__version__}]: https://" in text
