"""Which runs `report` means: of a study, of a folder, of several."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy.api import report
from deepstudy.errors import InputError
from deepstudy.record import pack
from deepstudy.reporting.chapter import read_chapter
from deepstudy.reporting.folders import find_folders
from deepstudy.study import Study


def meant(subject: Path | str, budget: str | None = None) -> list[tuple[str, str | None, Path]]:
    return [(folder.study.name, folder.budget, folder.path) for folder in find_folders(str(subject), budget)]


@pytest.fixture
def folder(small_study: Study, tmp_path: Path, write_run: Callable[..., None]) -> Path:
    """Runs of the small study: full, under the budget tiny, and for their times."""
    for budget in (None, "tiny"):
        write_run(tmp_path / "runs", small_study, "plain", 0, budget=budget, study_file="../../../../../small.yaml")
        if budget is None:
            shutil.move(tmp_path / "runs" / "small" / "full", tmp_path / "moved")
    shutil.move(tmp_path / "runs" / "small" / "full", tmp_path / "runs" / "small" / "tiny")
    shutil.move(tmp_path / "moved", tmp_path / "runs" / "small" / "full")
    write_run(tmp_path / "timing", small_study, "plain", 0, timing=True)
    shutil.move(tmp_path / "timing" / "small" / "full", tmp_path / "runs" / "small" / "timing")
    return tmp_path / "runs" / "small"


def test_a_study_is_read_from_the_folder_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # beside the tests there may be runs, as `make demo` leaves them
    assert meant("lenet-mnist", "demo") == [("lenet-mnist", "demo", Path("runs/lenet-mnist/demo"))]
    assert meant("lenet-mnist") == [("lenet-mnist", None, Path("runs/lenet-mnist/full"))]


def test_a_folder_called_as_a_study_does_not_stand_in_its_way(
    small_study: Study, tmp_path: Path, write_run: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(tmp_path, small_study, "plain", 0, study_file="../../../../small.yaml")
    shutil.move(tmp_path / "small", tmp_path / "lenet-mnist")
    monkeypatch.chdir(tmp_path)
    assert meant("lenet-mnist") == [("lenet-mnist", None, Path("runs/lenet-mnist/full"))]
    assert meant("./lenet-mnist") == [("small", None, Path("lenet-mnist/full"))]


def test_a_folder_of_runs_knows_its_study_and_budget(folder: Path) -> None:
    tiny, full = ("small", "tiny", folder / "tiny"), ("small", None, folder / "full")
    assert meant(folder / "tiny") == [tiny]
    assert meant(folder / "full") == [full]
    assert meant(folder) == meant(folder.parent) == [full, tiny]
    assert meant(folder, "tiny") == [tiny]


def test_a_study_that_was_only_run_under_budgets_is_shown_under_those(folder: Path, small_study: Study) -> None:
    runs = folder.parent

    def shown() -> list[str | None]:
        return [found.budget for found in find_folders(str(small_study.path), None, runs)]

    assert shown() == [None]
    shutil.rmtree(folder / "full")
    assert shown() == ["tiny"]
    (folder / "full" / "plain" / "seed0").mkdir(parents=True)  # of a run that was refused
    assert shown() == ["tiny"]
    report(small_study.path, runs=runs, output=folder / "report.html")
    assert {row["budget"] for row in json.loads((folder / "verdicts.json").read_text())} <= {"tiny"}
    assert "“tiny”" in (folder / "report.html").read_text(encoding="utf-8")
    shutil.rmtree(folder / "tiny")
    assert shown() == [None]  # whose page says that there are no runs yet
    (folder / "tiny" / "plain").mkdir(parents=True)
    (folder / "tiny" / "plain" / "seed0.csv").write_text("epoch,accuracy\n1,90\n")
    assert shown() == ["tiny"]


def test_a_renamed_folder_shows_what_lies_in_it(folder: Path) -> None:
    other = folder.with_name("handed-in-by-kim")
    folder.rename(other)
    (full, _) = find_folders(str(other))
    assert full.path == other / "full"
    assert [record.seed for record in read_chapter(full).records] == [0]


def test_a_folder_that_cannot_be_shown_says_why(folder: Path) -> None:
    with pytest.raises(InputError, match=r"has no runs under the budget demo; omit --budget"):
        meant(folder, "demo")
    for part in ("full/plain", "full/plain/seed0"):
        with pytest.raises(InputError, match=r"is a single run or experiment; give the folder of its study or budget"):
            meant(folder / part)
    (folder.parent.parent / "small.yaml").unlink()
    with pytest.raises(
        InputError, match=r"its study file .*small\.yaml no longer exists; give the study file and --runs"
    ):
        meant(folder / "tiny")


def test_a_mistyped_folder_of_runs_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError, match=r"--runs .*reslts: is not a folder; give the one that holds lenet-mnist"):
        find_folders("lenet-mnist", None, tmp_path / "reslts")
    with pytest.raises(InputError, match=r"full: is itself a folder of runs; give it instead of lenet-mnist"):
        find_folders("lenet-mnist", None, folder / "full")


def test_a_folder_of_packed_runs_knows_its_study_and_budget(folder: Path) -> None:
    expected = meant(folder)
    for name in ("full", "tiny", "timing"):
        pack(folder / name, folder / "packed")
        shutil.rmtree(folder / name)
        (folder / "packed").rename(folder / name)
    assert meant(folder) == meant(folder.parent) == expected
    assert meant(folder, "tiny") == meant(folder / "tiny") == expected[1:]
    (full, _) = find_folders(str(folder))
    chapter = read_chapter(full)
    assert [len(runs) for runs in (chapter.records, chapter.timed)] == [1, 1]
    assert f"Without a complete run: dropped. To run the study: `deepstudy run {full.study.path}`." in chapter.notices
    with pytest.raises(InputError, match=r"full: is itself a folder of runs; give it instead of lenet-mnist"):
        find_folders("lenet-mnist", None, folder / "full")
    (folder / "full" / "plain").mkdir()
    (folder / "full" / "plain" / "seed0.csv").write_text("epoch,accuracy\n1,90\n")
    with pytest.raises(InputError, match=r"seed0\.csv: .*runs\.jsonl has a run with the same seed; delete one"):
        read_chapter(full)
