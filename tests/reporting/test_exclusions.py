"""Runs that are not of today's study are excluded, by name."""

from collections.abc import Callable
from pathlib import Path

from deepstudy.reporting.chapter import read_chapter
from deepstudy.reporting.folders import StudyFolder
from deepstudy.study import Study, load_study


def test_runs_of_another_recipe_are_left_out_by_name(
    write_study: Callable[..., Path], tmp_path: Path, write_run: Callable[..., None]
) -> None:
    before = load_study(write_study())
    for seed in range(2):
        write_run(tmp_path / "runs", before, "plain", seed)
        write_run(tmp_path / "runs", before, "dropped", seed)
    after = load_study(write_study(("dropout: 0.3", "dropout: 0.1")))
    shown = read_chapter(StudyFolder.within(tmp_path / "runs", after, None))
    assert {record.experiment for record in shown.records} == {"plain"}
    why = "dropped seed 0 is excluded: it is a run of another recipe (model.dropout 0.3 there, 0.1 now)."
    assert why in shown.notices


def test_runs_of_code_that_was_edited_meanwhile_are_left_out(
    small_study: Study, tmp_path: Path, write_run: Callable[..., None]
) -> None:
    digest = small_study.experiment("plain").hash()
    for seed in range(3):
        write_run(tmp_path / "runs", small_study, "plain", seed, hash=f"{digest}-{'new' if seed else 'old'}")
    shown = read_chapter(StudyFolder.within(tmp_path / "runs", small_study, None))
    assert [record.seed for record in shown.records] == [1, 2]
    assert any(notice.startswith("plain seed 0 is excluded: the network's code") for notice in shown.notices)


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
    shown = read_chapter(StudyFolder.within(tmp_path / "runs", before, None))
    assert {run.experiment for run in shown.records} == {"second", "third"}
    after = load_study(write_study(added, ("plain: {model: lenet5}", "plain: {model: {name: lenet5, dropout: 0.2}}")))
    shown = read_chapter(StudyFolder.within(tmp_path / "runs", after, None))
    assert not shown.records
    assert sum("the run it starts from has changed" in notice for notice in shown.notices) == 2
