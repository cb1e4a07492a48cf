"""What the verbs return: it prints as the command prints, shows as a table, and turns into a data frame."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import deepstudy
from deepstudy.cli import main
from deepstudy.study import Study, load_study

CLAIM = """
claims:
  - id: dropout-helps
    says: dropout <really> helps
    compare: {quantity: accuracy, split: test, epoch: 1, of: dropped, with: plain, expect: greater}
"""


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints, without the spaces that fill a terminal's lines."""
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(arguments)
    return "\n".join(line.rstrip() for line in capsys.readouterr().out.strip().splitlines())


def test_an_audit_prints_as_its_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("fc1 has 400x120 = 48,000 weights\nfc3 has 84x10 = 850\nTest accuracy: 98.5 %\n", encoding="utf-8")
    result = deepstudy.audit(path)
    assert str(result).strip() == printed(capsys, "audit", str(path))
    assert repr(result) == "<AuditResult: report.txt: 1 impossible, 7 missing>"
    frame = result.to_pandas()
    assert list(frame.columns) == ["rule", "where", "severity", "says", "reported", "possible"]
    assert frame.severity[0] == "impossible"
    assert len(frame) == len(result.findings)


def test_an_audit_takes_a_text_itself() -> None:
    (worst, *_) = deepstudy.audit("Here fc3 has\n84x10 = 850 weights.").findings
    assert (worst.where, worst.reported) == ("text:2", "84x10 = 850")
    with pytest.raises(deepstudy.InputError, match=r"^text: holds no figure"):
        deepstudy.audit("word " * 2000)


def test_a_check_prints_as_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    result = deepstudy.check("lenet5")
    assert str(result).strip() == printed(capsys, "check", "lenet5")
    assert repr(result) == "<CheckResult: lenet5: nothing found>"
    assert list(result.to_pandas().columns) == ["rule", "severity", "where", "says", "remedy"]


@pytest.mark.slow
def test_runs_and_their_report(
    capsys: pytest.CaptureFixture[str], write_study: Callable[..., Path], tmp_path: Path, mnist5k: None
) -> None:
    path = write_study()
    path.write_text(path.read_text(encoding="utf-8") + CLAIM, encoding="utf-8")
    runs, page = tmp_path / "runs", tmp_path / "report.html"
    result = deepstudy.run(path, seeds=2, budget="tiny", out=runs)
    assert (len(result), result[0].experiment, result.failed) == (4, "plain", [])
    assert str(result) == printed(capsys, "run", str(path), "--seeds", "2", "--budget", "tiny", "--out", str(runs))
    frame = result.to_pandas()
    assert {*frame.columns} >= {"experiment", "seed", "epoch", "split", "measure", "accuracy", "loss"}
    assert len(frame) == 4 * 3  # running accuracy, validation and test

    report = deepstudy.report(path, budget="tiny", runs=runs, output=page)
    assert report[0] == page
    assert page.is_file()
    assert [verdict.claim for verdict in report.verdicts] == ["dropout-helps"]
    command = ["report", str(path), "--budget", "tiny", "--runs", str(runs), "-o", str(page)]
    assert str(report) == printed(capsys, *command)
    assert list(report.to_pandas().verdict) == [report.verdicts[0].verdict]
    shown = report._repr_html_()
    assert "dropout &lt;really&gt; helps" in shown
    assert re.search(r'<td style="text-align: right;">\s*-?\d+\.\d\d\s*</td>', shown)


def test_nothing_is_shown_where_nobody_watches(
    small_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str], mnist5k: None
) -> None:
    deepstudy.run(small_study, ["plain"], seeds=1, budget="tiny", out=tmp_path)
    assert capsys.readouterr() == ("", "")


def test_a_report_without_runs_names_the_command_that_makes_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    (tmp_path / "runs").mkdir()
    with pytest.raises(SystemExit) as stop:
        main(["report", "lenet-mnist", "--runs", str(tmp_path / "runs"), "-o", str(page)])
    assert stop.value.code == 2
    assert "run the study first: `deepstudy run lenet-mnist --budget demo" in capsys.readouterr().err
    with pytest.raises(deepstudy.InputError, match="run the study first"):
        deepstudy.report(load_study("lenet-mnist"), runs=tmp_path / "runs", output=page)
    assert not page.exists()


@pytest.mark.slow
def test_a_report_on_runs_of_another_recipe_says_what_differs(
    write_study: Callable[..., Path], tmp_path: Path, mnist5k: None
) -> None:
    deepstudy.run(write_study(), ["plain"], seeds=1, budget="tiny", out=tmp_path / "runs")
    changed = write_study(("lr: 0.05", "lr: 0.06"))
    with pytest.raises(deepstudy.InputError, match=r"another recipe \(optimizer\.lr 0\.05 there, 0\.06 now\).*--out"):
        deepstudy.report(changed, budget="tiny", runs=tmp_path / "runs", output=tmp_path / "report.html")


def test_a_data_frame_without_pandas_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    result = deepstudy.audit("lenet-mnist")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(deepstudy.InputError, match=re.escape("pip install 'deepstudy[notebook]'")):
        result.to_pandas()
