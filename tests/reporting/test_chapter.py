"""A chapter: its notices, its commands, and the same from packed runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy.layer_table import count_layers
from deepstudy.models import build
from deepstudy.record import pack
from deepstudy.reporting.chapter import read_chapter
from deepstudy.reporting.commands import command_to_finish
from deepstudy.reporting.folders import StudyFolder
from deepstudy.reporting.pictures import read_pictures
from deepstudy.study import Study


def test_seeds_in_another_precision_are_named(
    small_study: Study, tmp_path: Path, write_run: Callable[..., None]
) -> None:
    for seed in range(3):
        write_run(tmp_path / "runs", small_study, "plain", seed)
    folder = StudyFolder.within(tmp_path / "runs", small_study, None)
    assert not any("omputed in" in notice for notice in read_chapter(folder).notices)
    machine = read_chapter(folder).records[0].info.machine.as_json()
    write_run(tmp_path / "runs", small_study, "dropped", 0, machine=machine | {"precision": "bf16"})
    assert "Computed in bfloat16, unlike most runs: dropped seed 0." in read_chapter(folder).notices


def test_the_commands_repeat_what_is_shown(
    small_study: Study, tmp_path: Path, write_run: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    base = f"deepstudy run {small_study.path}"
    for seed in range(3):
        write_run(Path("runs"), small_study, "plain", seed)
    shown = read_chapter(StudyFolder.within(Path("runs"), small_study, None))
    assert shown.commands == [f"{base} plain --seeds 3 --precision 32"]
    for seed in range(2):
        write_run(Path("runs"), small_study, "dropped", seed)
    shown = read_chapter(StudyFolder.within(Path("runs"), small_study, None))
    assert shown.commands == [f"{base} plain --seeds 3 --precision 32", f"{base} dropped --seeds 2 --precision 32"]
    machine = shown.records[0].info.machine.as_json()
    for seed in range(2):
        changed = machine | {"precision": None, "deterministic": True}
        write_run(Path("runs"), small_study, "dropped", seed, machine=changed)
    shown = read_chapter(StudyFolder.within(Path("runs"), small_study, None))
    assert shown.commands[1] == f"{base} dropped --seeds 2 --deterministic"
    Path("runs").rename("my runs")
    folder = StudyFolder.within(Path("my runs"), small_study, None)
    assert read_chapter(folder).commands[0].startswith(f"{base} plain")  # there, nothing would be done again
    assert command_to_finish(folder) == f"{base} --out 'my runs'"


@pytest.mark.slow
def test_packed_runs_show_the_same(
    study: Study, runs: Path, write_pictures: Callable[..., None], tmp_path: Path
) -> None:
    write_pictures(runs, study, "plain", 0)
    pack(runs / study.name / "full", tmp_path / "packed" / study.name / "full")
    before, after = (read_chapter(StudyFolder.within(folder, study, None)) for folder in (runs, tmp_path / "packed"))
    assert after.verdicts == before.verdicts
    assert after.tables == before.tables
    assert [chart.specification for chart in after.charts] == [chart.specification for chart in before.charts]
    assert str(read_pictures(after.by_experiment)) == str(read_pictures(before.by_experiment))


def test_counts_are_those_that_claims_are_decided_from(
    small_study: Study, tmp_path: Path, write_run: Callable[..., None]
) -> None:
    """The layer table of a run with another network says nothing of the study's."""
    overrides = ["model=lenet_1x1"]
    other = small_study.experiment("plain", None, overrides)
    write_run(tmp_path / "runs", small_study, "plain", 0, overrides=overrides, hash=other.hash())
    folder = StudyFolder.within(tmp_path / "runs", small_study, None)
    chapter = read_chapter(folder)
    assert (chapter.layers["plain"].weights, chapter.counted) == (60_540, {})
    counted = {"plain": count_layers("lenet5", build("lenet5", {}, (1, 28, 28), 10), (1, 28, 28))}
    assert read_chapter(folder, layers=counted).counted == counted
