"""What `report` can be given: studies, folders of runs, several of them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy import page
from deepstudy.errors import InputError
from deepstudy.study import Study


def meant(subject: Path | str, budget: str | None = None) -> list[tuple[str, str | None, Path]]:
    return [(source.study.name, source.budget, source.runs) for source in page.sources(str(subject), budget, Path("x"))]


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


def test_a_study_is_read_from_the_folder_of_runs() -> None:
    assert meant("lenet-mnist", "demo") == [("lenet-mnist", "demo", Path("x"))]


def test_a_folder_of_runs_knows_its_study_and_budget(folder: Path) -> None:
    runs = folder.parent
    assert meant(folder / "tiny") == [("small", "tiny", runs)]
    assert meant(folder / "full") == [("small", None, runs)]
    assert sorted(meant(folder), key=str) == [("small", "tiny", runs), ("small", None, runs)]
    assert meant(folder, "tiny") == [("small", "tiny", runs)]


def test_a_folder_that_cannot_be_shown_says_why(folder: Path) -> None:
    with pytest.raises(InputError, match=r"holds no runs under the budget demo; leave --budget out"):
        meant(folder, "demo")
    for part in ("full/plain", "full/plain/seed0"):
        with pytest.raises(InputError, match=r"is one run or experiment; give the folder of its study or budget"):
            meant(folder / part)
    (folder.parent.parent / "small.yaml").unlink()
    with pytest.raises(InputError, match=r"is a run of .*small\.yaml, which is gone; give the study's file and --runs"):
        meant(folder / "tiny")


def test_several_come_one_below_the_other(
    study: Study, small_study: Study, runs: Path, tmp_path: Path, write_run: Callable[..., None]
) -> None:
    write_run(runs, small_study, "plain", 0)
    chapters = [page.read(study, runs=runs), page.read(small_study, runs=runs, budget="tiny")]
    written = page.write(chapters, tmp_path / "all.html", tmp_path / "figures", tmp_path / "tables")
    text = (tmp_path / "all.html").read_text(encoding="utf-8")
    assert "<h1>2 reports, measured</h1>" in text
    assert text.split("<script")[0].count("<h2>") == 2
    assert text.index('id="study-1"') < text.index('id="study-2"')
    assert "There are no runs yet" in text  # none under tiny
    assert (tmp_path / "tables" / "small-full" / "results.csv").is_file()
    assert (tmp_path / "tables" / "small-tiny" / "recipe.csv").is_file()
    assert [path.name for path in written[:3]] == ["all.html", "verdicts.json", "all.md"]
    assert (tmp_path / "all.md").read_text(encoding="utf-8").count("\n# ") == 1
