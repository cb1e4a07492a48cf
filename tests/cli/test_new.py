"""The study that `new` makes: what it refuses, and that every verb works on it as it stands."""

import itertools
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from deepstudy import audits, cli, study
from deepstudy.layer_table import of_experiment
from deepstudy.study import load_study

FILES = ["README.md", "model.py", "schema.json", "study.yaml", "test_model.py"]
PROJECT = Path(__file__).parents[2]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def deepstudy(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in an empty folder; its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exit_:
            cli.main([*arguments])
        output, errors = capfd.readouterr()
        assert isinstance(exit_.value.code, int)
        return exit_.value.code, output, errors

    return run


@pytest.fixture
def made(deepstudy: Run, tmp_path: Path) -> Path:
    """A fresh study."""
    assert deepstudy("new", "my-paper")[0] == 0
    return tmp_path / "my-paper"


def commands(folder: Path) -> list[list[str]]:
    """The command lines of the README, in its order."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [shlex.split(line) for line in "".join(blocks).splitlines() if line.strip()]


def names_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_help_says_the_verb(deepstudy: Run) -> None:
    assert "\n  new " in deepstudy("--help")[1]


def test_makes_a_folder_and_says_the_next_command(deepstudy: Run, tmp_path: Path) -> None:
    code, output, errors = deepstudy("new", "my-paper")
    assert code == 0
    assert names_below(tmp_path) == ["my-paper"]
    assert names_below(tmp_path / "my-paper") == FILES
    assert all(f"  {file} " in output for file in FILES)
    assert errors == "Next: deepstudy audit my-paper\n"


def test_the_folder_is_as_open_as_any_other(made: Path, tmp_path: Path) -> None:
    (ordinary := tmp_path / "ordinary").mkdir()
    assert made.stat().st_mode == ordinary.stat().st_mode


def test_the_name_may_be_a_path_and_an_empty_folder_and_hold_spaces(deepstudy: Run, tmp_path: Path) -> None:
    folder = tmp_path / "papers" / "내 paper (2)"
    folder.mkdir(parents=True)
    code, _, errors = deepstudy("new", str(folder.relative_to(tmp_path)))
    assert (code, errors) == (0, "Next: deepstudy audit 'papers/내 paper (2)'\n")
    assert (names_below(folder.parent), names_below(folder)) == ([folder.name], FILES)
    assert load_study(folder).name == folder.name
    assert ["deepstudy", "check", f"{folder.name}/model.py"] in commands(folder)
    assert "my-paper" not in "".join((folder / file).read_text(encoding="utf-8") for file in FILES)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("full", "full: already exists; choose another name or move it away"),
        ("full/study.yaml", "a study name cannot end in .yaml"),
        ("full/inside", "full/inside: already exists"),
        ("full/inside/mine", "full/inside/mine: cannot be created: "),
        ("link", "link: already exists"),
        (".", "this path gives the study no name"),
        ("", "this path gives the study no name"),
        ("papers/..", "the name .. cannot be a folder name"),
        ("a:b", "the name a:b cannot be a folder name"),
        ("what?", "use up to 100 letters"),
        ("aux.1", "the name aux.1 cannot be a folder name"),
        ("x" * 101, "use up to 100 letters"),
        ("mine.YAML", "a study name cannot end in .YAML"),
        ("lenet5", "lenet5 is a built-in model"),
        ("papers/LeNet-MNIST", "LeNet-MNIST is a built-in study"),
    ],
)
def test_refusals_are_one_line_and_leave_nothing(deepstudy: Run, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "inside").write_text("mine", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("empty")
    before = sorted(tmp_path.rglob("*"))
    code, output, errors = deepstudy("new", name)
    assert (code, output, errors.count("\n")) == (2, "", 1)
    assert errors.startswith("deepstudy: ")
    assert message in errors
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("fails", range(7))
def test_nothing_is_left_half_written(
    deepstudy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: int
) -> None:
    """The disk is full at every step: the folder, its five files, the renaming."""
    steps = itertools.count()

    def guard(method: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(path: Path, *arguments: Any, **options: Any) -> Any:
            if ".new-" in str(path) and next(steps) == fails:
                raise OSError(28, "No space left on device")
            return method(path, *arguments, **options)

        return guarded

    with monkeypatch.context() as patch:
        for method in ("mkdir", "write_text", "rename"):
            patch.setattr(Path, method, guard(getattr(Path, method)))
        code, _, errors = deepstudy("new", "my-paper")
    assert (code, names_below(tmp_path)) == (2, [])
    assert errors == "deepstudy: my-paper: cannot be created: No space left on device; choose another folder\n"


def test_study_loads_and_holds_a_part_of_each_kind(made: Path) -> None:
    loaded = load_study(made)
    assert (loaded.name, loaded.names(), [*loaded.budgets]) == ("my-paper", ["plain", "normalised"], ["quick"])
    assert loaded.differs("normalised") == {"model.norm": True}
    assert [figure.quantity for figure in loaded.reported] == ["weights", "accuracy"]
    assert all(claim.compare for claim in loaded.claims)
    replaced = loaded.path.read_text(encoding="utf-8").splitlines()
    number = next(
        number for number, line in enumerate(replaced) if "quantity: accuracy, split: test, epoch: 10" in line
    )
    assert "REPLACE" in replaced[number - 1]


def test_study_validates_against_the_schema_beside_it(made: Path) -> None:
    schema = json.loads((made / "schema.json").read_text(encoding="utf-8"))
    text = (made / "study.yaml").read_text(encoding="utf-8")
    assert schema == study.schema()
    first = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", text.splitlines()[0])
    assert first is not None
    assert (made / first.group(1)).is_file()
    jsonschema.validate(YAML(typ="safe", pure=True).load(text), schema)


def test_reported_weights_are_those_of_the_network(made: Path) -> None:
    loaded = load_study(made)
    table = of_experiment(loaded, "plain")
    for figure in loaded.reported:
        if figure.quantity == "weights":
            own = [layer.weights for layer in table.layers if layer.name == figure.layer]
            assert figure.number == (*own, *own)
    written = re.findall(r"^    (\w+) +\w+ +[\dx]+ +[\dx]+ = ([\d,]+)$", (made / "model.py").read_text("utf-8"), re.M)
    assert [(layer.name, f"{layer.weights:,}") for layer in table.layers if layer.weights] == written


def test_audit_finds_only_what_the_report_leaves_out(made: Path) -> None:
    for trust in (False, True):
        audit = audits.audit(made, trust)
        assert audit.is_sound
        assert {finding.severity for finding in audit.findings} <= {"missing"}
    path = made / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("3x3x16x32 = 4,608", "4,600"), encoding="utf-8")
    assert not audits.audit(made, trust=True).is_sound


@pytest.mark.slow
def test_its_own_tests_pass_in_the_folder(made: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, check=False, cwd=made, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


def test_code_is_formatted_like_ours(made: Path) -> None:
    for arguments in (["format", "--check"], ["check", "--ignore", "D1"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--config", str(PROJECT / "pyproject.toml")]
        done = subprocess.run([*command, "."], check=False, cwd=made, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("mnist5k")
def test_the_commands_of_its_readme_work_as_they_stand(deepstudy: Run, made: Path, tmp_path: Path) -> None:
    ours = [words[1:] for words in commands(made) if words[0] == "deepstudy"]
    assert [words[0] for words in ours] == ["show", "audit", "check", "run", "run", "report", "report"]
    smaller = ["--seeds", "1", "--set", "data.train_images=200", "--set", "data.test_images=100", "--set", "epochs=1"]
    for words in ours:
        code, output, errors = deepstudy(*words, *(smaller if words[0] == "run" else []))
        assert code == 0, (words, output, errors)
        if words[0] == "check":
            assert "rules applied: nothing found" in output
    for budget in ("quick", "full"):
        for name in ("plain", "normalised"):
            info = (tmp_path / "runs" / "my-paper" / budget / name / "seed0" / "run.json").read_text(encoding="utf-8")
            assert json.loads(info)["status"] == "complete"
    assert "REPLACE: the report" in (tmp_path / "report.html").read_text(encoding="utf-8")
