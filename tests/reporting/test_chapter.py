"""What `report` can be given: studies, folders of runs, several of them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy import reporting
from deepstudy.errors import InputError
from deepstudy.record import pack
from deepstudy.reporting import pictures
from deepstudy.study import Study, load_study


def meant(subject: Path | str, budget: str | None = None) -> list[tuple[str, str | None, Path]]:
    return [(source.study.name, source.budget, source.folder) for source in reporting.find_runs(str(subject), budget)]


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
        return [source.budget for source in reporting.find_runs(str(small_study.path), None, runs)]

    assert shown() == [None]
    shutil.rmtree(folder / "full")
    assert shown() == ["tiny"]
    (folder / "full" / "plain" / "seed0").mkdir(parents=True)  # of a run that was refused
    assert shown() == ["tiny"]
    reporting.report(small_study.path, runs=runs, output=folder / "report.html")
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
    (source, _) = reporting.find_runs(str(other))
    assert source.folder == other / "full"
    assert [record.seed for record in reporting.read_chapter(source).records] == [0]


def test_a_folder_that_cannot_be_shown_says_why(folder: Path) -> None:
    with pytest.raises(InputError, match=r"holds no runs under the budget demo; leave --budget out"):
        meant(folder, "demo")
    for part in ("full/plain", "full/plain/seed0"):
        with pytest.raises(InputError, match=r"is one run or experiment; give the folder of its study or budget"):
            meant(folder / part)
    (folder.parent.parent / "small.yaml").unlink()
    with pytest.raises(InputError, match=r"is a run of .*small\.yaml, which is gone; give the study's file and --runs"):
        meant(folder / "tiny")


@pytest.mark.slow
def test_several_come_one_below_the_other(
    study: Study, runs: Path, write_study: Callable[..., Path], tmp_path: Path
) -> None:
    small_study = load_study(write_study(name="small-too.yaml"))
    chapters = [
        reporting.read_chapter(reporting.StudyRuns.in_runs(study, None, runs)),
        reporting.read_chapter(reporting.StudyRuns.in_runs(small_study, "tiny", runs)),
    ]
    written = reporting.write(chapters, tmp_path / "all.html", tmp_path / "figures", tmp_path / "tables")
    text = (tmp_path / "all.html").read_text(encoding="utf-8")
    assert "<h1>2 reports, measured</h1>" in text
    assert text.split("<script")[0].count("<h2>") == 2
    assert text.index('id="study-1"') < text.index('id="study-2"')
    assert "There are no runs yet" in text  # none under tiny
    assert (tmp_path / "tables" / "small-full" / "results.csv").is_file()
    assert (tmp_path / "tables" / "small-too-tiny" / "recipe.csv").is_file()
    assert [path.name for path in written[:3]] == ["all.html", "verdicts.json", "all.md"]
    assert (tmp_path / "all.md").read_text(encoding="utf-8").count("\n# ") == 2


def test_runs_of_another_recipe_are_left_out_by_name(
    write_study: Callable[..., Path], tmp_path: Path, write_run: Callable[..., None]
) -> None:
    before = load_study(write_study())
    for seed in range(2):
        write_run(tmp_path / "runs", before, "plain", seed)
        write_run(tmp_path / "runs", before, "dropped", seed)
    after = load_study(write_study(("dropout: 0.3", "dropout: 0.1")))
    shown = reporting.read_chapter(reporting.StudyRuns.in_runs(after, None, tmp_path / "runs"))
    assert {record.experiment for record in shown.records} == {"plain"}
    why = "dropped seed 0 is left out: it is a run of another recipe (model.dropout 0.3 there, 0.1 now)."
    assert why in shown.notices


def test_runs_of_code_that_was_edited_meanwhile_are_left_out(
    small_study: Study, tmp_path: Path, write_run: Callable[..., None]
) -> None:
    digest = small_study.experiment("plain").hash()
    for seed in range(3):
        write_run(tmp_path / "runs", small_study, "plain", seed, hash=f"{digest}-{'new' if seed else 'old'}")
    shown = reporting.read_chapter(reporting.StudyRuns.in_runs(small_study, None, tmp_path / "runs"))
    assert [record.seed for record in shown.records] == [1, 2]
    assert any(notice.startswith("plain seed 0 is left out: the code of its network") for notice in shown.notices)


def test_runs_whose_sources_source_has_changed_are_left_out(
    write_study: Callable[..., Path], tmp_path: Path, write_run: Callable[..., None]
) -> None:
    chain = "\n  ".join(
        f"{name}: {{model: lenet5, start_from: {{experiment: {source}, epoch: 1}}}}"
        for name, source in (("second", "plain"), ("third", "second"))
    )
    added = ("  dropped:", f"  {chain}\n  dropped:")
    before = load_study(write_study(added))
    digests = {name: before.experiment(name).hash() for name in ("plain", "second", "third")}
    ends = {"second": ("second", "plain"), "third": ("third", "second", "plain")}
    for name, parts in ends.items():
        write_run(tmp_path / "runs", before, name, 0, hash="-".join(digests[part] for part in parts))
    shown = reporting.read_chapter(reporting.StudyRuns.in_runs(before, None, tmp_path / "runs"))
    assert {run.experiment for run in shown.records} == {"second", "third"}
    after = load_study(write_study(added, ("plain: {model: lenet5}", "plain: {model: {name: lenet5, dropout: 0.2}}")))
    shown = reporting.read_chapter(reporting.StudyRuns.in_runs(after, None, tmp_path / "runs"))
    assert not shown.records
    assert sum("what it starts from was another" in notice for notice in shown.notices) == 2


def test_seeds_in_another_precision_are_named(
    small_study: Study, tmp_path: Path, write_run: Callable[..., None]
) -> None:
    for seed in range(3):
        write_run(tmp_path / "runs", small_study, "plain", seed)
    source = reporting.StudyRuns.in_runs(small_study, None, tmp_path / "runs")
    assert not any("omputed in" in notice for notice in reporting.read_chapter(source).notices)
    machine = reporting.read_chapter(source).records[0].info.machine.as_json()
    write_run(tmp_path / "runs", small_study, "dropped", 0, machine=machine | {"precision": "bf16"})
    assert (
        "Not computed in float32 as the others, but in bfloat16: dropped seed 0."
        in reporting.read_chapter(source).notices
    )


def test_the_commands_repeat_what_is_shown(
    small_study: Study, tmp_path: Path, write_run: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    base = f"deepstudy run {small_study.path}"
    for seed in range(3):
        write_run(Path("runs"), small_study, "plain", seed)
    shown = reporting.read_chapter(reporting.StudyRuns.in_runs(small_study, None, Path("runs")))
    assert shown.commands == [f"{base} plain --seeds 3 --precision 32"]
    for seed in range(2):
        write_run(Path("runs"), small_study, "dropped", seed)
    shown = reporting.read_chapter(reporting.StudyRuns.in_runs(small_study, None, Path("runs")))
    assert shown.commands == [f"{base} plain --seeds 3 --precision 32", f"{base} dropped --seeds 2 --precision 32"]
    Path("runs").rename("my runs")
    source = reporting.StudyRuns.in_runs(small_study, None, Path("my runs"))
    assert reporting.read_chapter(source).commands[0].startswith(f"{base} plain")  # there, nothing would be done again
    assert source.command == f"{base} --out 'my runs'"


@pytest.mark.parametrize("name", ["", "report.md", "verdicts.json", "study.yaml", "folder.html", "report"])
def test_the_page_replaces_nothing_but_a_page(small_study: Study, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "study.yaml").write_text("mine")
    with pytest.raises(InputError, match=r"is no place for the page; name a file that ends in \.html"):
        reporting.report(small_study, runs=tmp_path, output=f"{tmp_path}/{name}" if name else "")
    assert (tmp_path / "study.yaml").read_text() == "mine"


def test_the_report_beside_it_replaces_only_a_report(small_study: Study, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Mine")
    with pytest.raises(InputError, match=r"README\.md: is there already and is not a report; choose another name"):
        reporting.report(small_study, runs=tmp_path, output=tmp_path / "README.html")
    for _ in range(2):
        reporting.report(small_study, runs=tmp_path, output=tmp_path / "report.html")
    assert (tmp_path / "README.md").read_text() == "# Mine"


def test_a_mistyped_folder_of_runs_is_told(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError, match=r"--runs .*reslts: is no folder; give the one that holds lenet-mnist"):
        reporting.find_runs("lenet-mnist", None, tmp_path / "reslts")
    with pytest.raises(InputError, match=r"full: is a folder of runs itself; give it instead of lenet-mnist"):
        reporting.find_runs("lenet-mnist", None, folder / "full")


@pytest.mark.slow
def test_packed_runs_show_the_same(
    study: Study, runs: Path, write_pictures: Callable[..., None], tmp_path: Path
) -> None:
    write_pictures(runs, study, "plain", 0)
    pack(runs / study.name / "full", tmp_path / "packed" / study.name / "full")
    before, after = (
        reporting.read_chapter(reporting.StudyRuns.in_runs(study, None, folder))
        for folder in (runs, tmp_path / "packed")
    )
    assert after.verdicts == before.verdicts
    assert after.tables == before.tables
    assert [chart.specification for chart in after.curves] == [chart.specification for chart in before.curves]
    assert str(pictures.read_pictures(after.by_experiment)) == str(pictures.read_pictures(before.by_experiment))


def test_a_folder_of_packed_runs_knows_its_study_and_budget(folder: Path) -> None:
    expected = meant(folder)
    for name in ("full", "tiny", "timing"):
        pack(folder / name, folder / "packed")
        shutil.rmtree(folder / name)
        (folder / "packed").rename(folder / name)
    assert meant(folder) == meant(folder.parent) == expected
    assert meant(folder, "tiny") == meant(folder / "tiny") == expected[1:]
    (full, _) = reporting.find_runs(str(folder))
    chapter = reporting.read_chapter(full)
    assert [len(runs) for runs in (chapter.records, chapter.timed)] == [1, 1]
    assert f"Without a complete run: dropped. `deepstudy run {full.study.path}` does them." in chapter.notices
    with pytest.raises(InputError, match=r"full: is a folder of runs itself; give it instead of lenet-mnist"):
        reporting.find_runs("lenet-mnist", None, folder / "full")
    (folder / "full" / "plain").mkdir()
    (folder / "full" / "plain" / "seed0.csv").write_text("epoch,accuracy\n1,90\n")
    with pytest.raises(InputError, match=r"seed0\.csv: stands beside a run of the same seed in .*runs\.jsonl;"):
        reporting.read_chapter(full)
