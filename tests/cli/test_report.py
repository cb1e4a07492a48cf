"""`deepstudy report` in the terminal and as JSON, on the measured LeNet study; `run --timing`."""

import itertools
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import deepstudy
from deepstudy.cli import main
from deepstudy.loading import dataset
from deepstudy.record import read_records
from deepstudy.reporting import chart_files
from deepstudy.runs.plan import TIMING_EPOCHS, RunOptions, make_plan
from deepstudy.study import load_study
from deepstudy.verdicts import decide

RESULTS = Path(__file__).parents[2] / "results"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["report", *arguments])
    output = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, output.out, output.err


def test_json_is_all_that_is_printed_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(capsys, "lenet-mnist", "--runs", str(RESULTS), "--json")
    rows = json.loads(out)
    assert code == 0
    assert len(rows) == len(load_study("lenet-mnist").claims)
    assert rows[0]["verdict"] == "supported"
    assert list(tmp_path.iterdir()) == []


def test_the_terminal_tells_verdict_figures_and_reason(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = run(capsys, "lenet-mnist", "--runs", str(RESULTS), "-o", str(tmp_path / "r.html"))
    flat = " ".join(out.split())
    assert code == 0
    assert "✘ contradicted the regularised network is more accurate on the training images" in flat
    assert "16 claims: 7 supported" in flat
    assert (tmp_path / "r.html").is_file()


@pytest.mark.slow
def test_characters_that_no_font_has_are_named_on_stderr(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart_files, "without_glyph", lambda text: "제")
    files = ["-o", str(tmp_path / "r.html"), "--figures", str(tmp_path / "figures")]
    code, out, errors = run(capsys, "cifar10-fast", "--runs", str(RESULTS), *files)
    assert code == 0
    assert "note: no font on this machine has 제, so the PNG files show boxes there" in errors
    assert "no font" not in out


def test_claims_about_counts_need_no_run_of_theirs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "vgg-resnet50-cifar10" / "full" / "vgg").mkdir(parents=True)
    external = tmp_path / "vgg-resnet50-cifar10" / "full" / "vgg" / "seed0.csv"
    external.write_text("epoch,split,accuracy,loss\n1,test,50.0,1.5\n", encoding="utf-8")
    code, out, _ = run(capsys, "vgg-resnet50-cifar10", "--runs", str(tmp_path), "--json")
    words = {row["claim"]: row["verdict"] for row in json.loads(out)}
    assert (code, words["pooling-fewer-parameters"]) == (0, "supported")
    assert words["vgg-beats-resnet"] == "undecided"


def test_runs_are_reported_where_their_images_are_not(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for split, name in itertools.product(("train", "test"), ("oak", "elm")):
        folder = tmp_path / "trees" / split / name
        folder.mkdir(parents=True)
        for number in range(2):
            Image.fromarray(np.full((32, 32, 3), 90 * number, np.uint8)).save(folder / f"{number}.png")
    (tmp_path / "study.yaml").write_text(
        "data: {name: ./trees/, size: 32}\nseeds: 1\n"
        "recipe: {epochs: 1, batch_size: 4, optimizer: {name: sgd, lr: 0.01}}\n"
        "experiments: {plain: {model: small_cnn}}\n"
        "claims: [{id: few, says: few, source: ours, value: {quantity: parameters, of: plain, reported: 77978}}]\n"
    )
    deepstudy.run("study.yaml")
    shutil.rmtree("trees")
    dataset._read_whole.cache_clear()  # another process would know nothing of them
    code, out, _ = run(capsys, "study.yaml", "--json")
    assert (code, json.loads(out)[0]["verdict"]) == (0, "supported")
    shutil.rmtree("runs")
    code, _, errors = run(capsys, "study.yaml")
    assert (code, "holds no images" in errors) == (2, True)


def test_runs_for_their_times_take_turns_and_decide_claims_about_time(
    write_study: Callable[..., Path], tmp_path: Path, mnist5k: None
) -> None:
    claim = (
        "claims:\n  - {id: t, says: it is faster, "
        "compare: {quantity: seconds_per_epoch, of: dropped, with: plain, expect: less}}\nbudgets:"
    )
    study = load_study(write_study(("budgets:", claim)))
    records = deepstudy.run(study, seeds=2, overrides=("data.train_images=100",), timing=True, out=tmp_path / "runs")
    order = [
        (one.seed, one.experiment) for one in make_plan(study, RunOptions(seeds=2, timing=True, out=tmp_path)).runs
    ]
    assert order == [(0, "plain"), (0, "dropped"), (1, "plain"), (1, "dropped")]
    assert all(record.info.timing and record.epochs == TIMING_EPOCHS for record in records)
    assert read_records(tmp_path / "runs", study.name, None, study.names()) == []
    timed = read_records(tmp_path / "runs", study.name, "timing", study.names())
    alone = {"runs_sharing_machine": 1}  # other tests may be running beside this one
    timed = [replace(record, info=record.info.model_copy(update=alone)) for record in timed]
    (verdict,) = decide(study, [], timed=timed)
    assert (verdict.runs, verdict.verdict != "not comparable") == (2, True)


def test_another_file_with_the_name_of_the_verdicts_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.json").write_text("[1, 2]")
    code, _, errors = run(capsys, "cifar10-fast", "--runs", str(RESULTS), "-o", str(tmp_path / "page.html"))
    assert code == 0
    assert (tmp_path / "page.json").read_text() == "[1, 2]"
    assert "page.json holds no verdicts, so it stays" in " ".join(errors.split())


def test_a_served_page_writes_no_files(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, errors = run(capsys, "cifar10-fast", "--runs", str(RESULTS), "--serve", "--json")
    assert code == 2
    assert "--serve writes no files" in errors
