"""The wheel and the source archive: built from what git would ship, and good enough to work with."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SHIPPED = ("deepstudy", "benchmarks", "docs", "results", "tests", "*.md", "*.toml", "*.txt", "LICENSE", "Makefile")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both, built from a copy without what a checkout gathers."""
    folder = tmp_path_factory.mktemp("package")
    for pattern in (*SHIPPED, ".gitignore"):
        for path in ROOT.glob(pattern):
            if path.is_dir():
                shutil.copytree(path, folder / "source" / path.name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, folder / "source")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)]
    done = subprocess.run(command, cwd=folder / "source", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_wheel_holds_all_that_runs_and_works(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(built / "installed")
    installed = {path.relative_to(built / "installed") for path in (built / "installed").rglob("*") if path.is_file()}
    ours = {path.relative_to(ROOT) for path in (ROOT / "deepstudy").rglob("*") if path.is_file()}
    assert {path for path in ours if "__pycache__" not in path.parts} <= installed
    assert {path.parts[0] for path in installed} <= {"deepstudy", "deepstudy-0.1.0.dist-info"}
    for arguments, expected in (
        (["--version"], "deepstudy, version 0.1.0"),
        (["list"], "lenet-mnist"),
        (["show", "lenet5"], "61,470"),
        (["audit", "lenet-mnist", "--csv"], "parameters,"),
    ):
        command = [sys.executable, "-P", "-m", "deepstudy", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(built / "installed")}
        done = subprocess.run(command, cwd=built, env=environment, capture_output=True, text=True, check=False)
        assert expected in done.stdout, (arguments, done.stderr)


def test_the_source_archive_can_be_built_and_tested_from(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "Makefile", "constraints.txt", "CONTRIBUTING.md"} <= names
    for folder in ("deepstudy", "tests", "benchmarks"):
        files = {str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.py")}
        assert files <= names, folder
