"""The measured runs in results/, and the scripts that pack them and write their pages."""

import importlib.util
import json
import re
import statistics
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import pytest

from deepstudy.record import Collection, Record, read_records
from deepstudy.reporting import markdown
from deepstudy.reporting.chapter import Chapter
from deepstudy.reporting.document import verdicts_json
from deepstudy.reporting.tables.runs import machines_of
from deepstudy.study import Study, load_study

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "results"
COLLECTIONS = [Collection(path.parent) for path in sorted(RESULTS.glob("*/*/runs.jsonl"))]
RUNS = [(each.folder.parent.name, each.folder.name, info) for each in COLLECTIONS for info in each.infos()]
RECORDS = [(name, budget, info.experiment, info.seed) for name, budget, info in RUNS if not info.timing]
DONE = sorted({(name, budget) for name, budget, *_ in RECORDS})
TIMED = sorted({name for name, _, info in RUNS if info.timing})


@lru_cache
def records_of(name: str, budget: str) -> list[Record]:
    return read_records(RESULTS, name, None if budget == "full" else budget, study_of(name).names())


@lru_cache
def study_of(name: str) -> Study:
    return load_study(name)


@lru_cache
def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, RESULTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def reports() -> ModuleType:
    return script("reports")


@pytest.fixture(scope="module")
def chapters() -> Iterator[list[Chapter]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        yield reports().read_chapters()


def test_a_figure_is_held_against_the_images_that_were_scored(chapters: list[Chapter]) -> None:
    """Report R4 calls the training images, on which it scores in its third phase, test images."""
    (vgg,) = (chapter for chapter in chapters if chapter.study.name == "vgg-resnet50-cifar10")
    row = next(row for row in vgg.tables["figures"].rows if row[0] == "vgg-on-test")
    scored = [record.at(1, "train").accuracy for record in vgg.by_experiment["vgg-on-test"]]
    assert row[1] == "accuracy on train (labelled test)"
    assert row[4] == f"{statistics.fmean(scored):.2f} ± {statistics.stdev(scored):.2f}"


def test_the_markdown_says_what_a_reader_needs(chapters: list[Chapter]) -> None:
    (vgg,) = (chapter for chapter in chapters if chapter.study.name == "vgg-resnet50-cifar10")
    text = markdown.render([vgg], RESULTS / "report.md", {})
    assert "under the budget “cpu” (a fifth of the images, 8 epochs" in text
    assert "* vgg-on-test: phase three, trained on the test images" in text
    assert "* the stability of the training comes from minimising residuals" in text
    assert "48.68 to 63.12 (of one run)" in text  # a prediction interval, beside those of means


def test_a_page_without_a_report_speaks_of_none(chapters: list[Chapter]) -> None:
    (fast,) = (chapter for chapter in chapters if chapter.study.name == "cifar10-fast")
    assert not fast.study.has_report
    assert all("the report" not in notice for notice in fast.notices)
    assert all("the report" not in cell for row in fast.tables["verdicts"].rows for cell in row)


@pytest.mark.slow
def test_runs_on_different_machines_have_no_chart_of_time(chapters: list[Chapter]) -> None:
    for chapter in chapters:
        has_one = any(chart.name.endswith("-time") for chart in chapter.charts)
        assert has_one == (len(machines_of(chapter.records)) == 1), chapter.study.name


@pytest.mark.parametrize(("name", "budget", "experiment", "seed"), RECORDS)
def test_the_records_are_of_complete_runs_of_todays_studies(name: str, budget: str, experiment: str, seed: int) -> None:
    record = next(one for one in records_of(name, budget) if (one.experiment, one.seed) == (experiment, seed))
    assert record.info.status == "complete"
    assert not record.info.overrides
    today = study_of(name).experiment(experiment, None if budget == "full" else budget)
    assert record.info.recipe_hash == today.hash()  # behind it, that of what the run starts from
    assert record.epochs == today.epochs


@pytest.mark.parametrize("name", TIMED)
def test_runs_for_their_times_had_the_machine_to_themselves(name: str) -> None:
    records = records_of(name, "timing")
    assert all(run.info.timing and run.info.runs_sharing_machine == 1 for run in records)
    assert len({(run.info.machine.cpu, run.info.machine.threads) for run in records}) == 1


def test_each_study_and_budget_with_runs_has_a_chapter(chapters: list[Chapter]) -> None:
    assert [(shown.study.name, shown.budget or "full") for shown in chapters] == DONE


def test_each_study_gets_a_report_with_its_charts(chapters: list[Chapter], tmp_path: Path) -> None:
    (fast,) = (chapter for chapter in chapters if chapter.study.name == "cifar10-fast")
    reports().write_report(fast, tmp_path)
    written = (tmp_path / "report.md").read_text(encoding="utf-8")
    links = re.findall(r"!\[.*?\]\((.*?)\)", written)
    assert links == [f"figures/{chart.name}.svg" for chart in fast.charts]
    assert all(fast.title in (tmp_path / link).read_text(encoding="utf-8") for link in links)
    assert {path.suffix for path in (tmp_path / "figures").iterdir()} == {".svg"}
    decided = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))
    assert decided == json.loads(json.dumps(verdicts_json([fast])))
    assert (tmp_path / "report.html").is_file()


def test_runs_are_packed_into_the_folder_of_their_study_and_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script("pack"), "RESULTS", tmp_path)
    script("pack").main([str(RESULTS / "lenet-mnist" / "timing")])  # packed runs can be packed again
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'lenet-mnist' / 'timing'}: custom/seed0, custom/seed1,")
    for name in ("runs.jsonl", "metrics.csv", "layers.jsonl"):
        there = RESULTS / "lenet-mnist" / "timing" / name
        assert (tmp_path / "lenet-mnist" / "timing" / name).read_bytes() == there.read_bytes()
    with pytest.raises(SystemExit, match=r"^pack\.py: .*nowhere: holds no run; give a folder STUDY/BUDGET"):
        script("pack").main([str(tmp_path / "nowhere")])
