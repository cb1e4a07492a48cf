"""The page and its tables and charts, from records written by hand."""

import html.parser
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair as alt
import pytest

from deepstudy.api import report
from deepstudy.errors import InputError
from deepstudy.findings import Finding
from deepstudy.record import Record, RecordedExperiment, read_records
from deepstudy.reporting.chapter import read_chapter
from deepstudy.reporting.chart import Chart
from deepstudy.reporting.chart_files import font_notice, without_glyph
from deepstudy.reporting.charts import draw_charts, preselected
from deepstudy.reporting.document import write
from deepstudy.reporting.folders import StudyFolder
from deepstudy.reporting.formatting import MARKS
from deepstudy.reporting.tables.figures import tabulate_counts
from deepstudy.reporting.tables.results import tabulate_results
from deepstudy.reporting.tables.runs import describe_environments
from deepstudy.study import Study, load_study
from deepstudy.table import Table

Write = Callable[..., Path]
WriteRun = Callable[..., None]
NASTY = "</script><img src=x onerror=alert(1)>"  # in the title of `study`


class Reader(html.parser.HTMLParser):
    """Collects what a browser would load, and the text of each script."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for key, value in attributes if key in ("src", "href", "srcset", "action")]
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.scripts and self.tags[-1] == "script":
            self.scripts[-1] += data


def read(path: Path) -> tuple[str, Reader]:
    text, reader = path.read_text(encoding="utf-8"), Reader()
    reader.feed(text)
    return text, reader


def test_the_page_is_one_file_that_asks_for_nothing(study: Study, runs: Path, tmp_path: Path) -> None:
    written = report(study, runs=runs, output=tmp_path / "report.html")
    assert [path.name for path in written] == ["report.html", "report.json", "verdicts.json", "report.md"]
    text, reader = read(tmp_path / "report.html")
    assert all(address.startswith("#") for address in reader.addresses)
    assert "default-src 'none'" in text
    assert "@import" not in text
    assert "url(" not in text.split("</style>")[0]
    assert len(text) < 5_000_000
    specifications = json.loads(reader.scripts[0])
    assert len(specifications) == 8
    assert ">Accuracy on test images<" in text


def test_what_a_user_wrote_is_inert(study: Study, runs: Path, tmp_path: Path) -> None:
    report(study, runs=runs, output=tmp_path / "report.html")
    text, reader = read(tmp_path / "report.html")
    assert "img" not in reader.tags
    assert NASTY not in text
    assert "&lt;/script&gt;&lt;img" in text
    assert reader.tags.count("script") == 3


def test_results_are_mean_and_spread_over_seeds(study: Study, runs: Path) -> None:
    records = read_records(runs, study.name, None, study.names())
    table = tabulate_results(study, records)
    assert list(table.columns) == ["experiment", "epoch 2", "epoch 3", "seeds", "s/epoch", "parameters"]
    assert table.rows[0] == ["plain", "83.00 ± 1.41", "84.00 ± 1.41", "2", "8.0", "61,706"]
    assert table.caption == "small: accuracy (%) on the 200 test images of mnist5k"


def test_parameter_figures_stand_beside_the_built_networks(study: Study, runs: Path) -> None:
    records = read_records(runs, study.name, None, study.names())
    layers = {record.experiment: record.layers for record in records}
    assert [row[2:] for row in tabulate_counts(study, layers).rows] == [
        ["61,470", "61,470", "same"],
        ["48,001", "48,000", "differs"],
    ]


@pytest.mark.slow
def test_the_reports_figures_are_drawn_in_up_to_the_last_epoch(study: Study, runs: Path) -> None:
    records = read_records(runs, study.name, None, study.names())
    figures = {figure.name: json.dumps(figure.specification) for figure in draw_charts(study, records)}
    per_epoch = {
        f"{quantity}-{split}" for quantity in ("accuracy", "loss") for split in ("train", "validation", "test")
    }
    assert set(figures) == per_epoch | {"accuracy-test-time", "final-accuracy"}
    for specification in figures.values():
        alt.LayerChart.from_dict(json.loads(specification), validate=True)
    assert "reported: 83.10" in figures["accuracy-test"]
    assert "reported: 78~81" not in figures["accuracy-test"]
    assert "reported: 83.10" not in figures["accuracy-validation"]
    assert "reported saturation" in figures["accuracy-validation"]
    assert "reported" not in figures["loss-test"]


def test_images_that_some_train_on_and_others_are_scored_on_have_two_charts(
    write_study: Write, tmp_path: Path, write_run: WriteRun
) -> None:
    roles = "dropped: {model: {name: lenet5, dropout: 0.3}, roles: {train_on: test, score_on: train}}"
    study = load_study(write_study(("dropped: {model: {name: lenet5, dropout: 0.3}}", roles)))
    for name in study.names():
        write_run(tmp_path, study, name, 0)
    path = tmp_path / study.name / "full" / "dropped" / "seed0" / "metrics.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    swapped = {"train": ("test", "running"), "test": ("train", "scored")}
    lines = [
        {**line, "split": swapped[line["split"]][0], "measure": swapped[line["split"]][1]}
        for line in lines
        if line["split"] in swapped
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    figures = draw_charts(study, read_records(tmp_path, study.name, None, study.names()))
    names = [figure.name for figure in figures if figure.name.startswith("accuracy")]
    assert len(set(names)) == len(names)
    shown = {
        figure.name: {
            row["experiment"]
            for layer in figure.specification["layer"]
            for row in _values(figure, layer)
            if "experiment" in row
        }
        for figure in figures
    }
    assert shown["accuracy-train-running"] == shown["accuracy-test-scored"] == {"plain"}
    assert shown["accuracy-train-scored"] == shown["accuracy-test-running"] == {"dropped"}


def test_a_single_epoch_has_no_curve_but_a_row(write_study: Write, tmp_path: Path, write_run: WriteRun) -> None:
    study = load_study(write_study(("epochs: 2", "epochs: 1")))
    for name in study.names():
        for seed in range(2):
            write_run(tmp_path, study, name, seed)
            path = tmp_path / study.name / "full" / name / f"seed{seed}" / "metrics.jsonl"
            lines = [line for line in path.read_text().splitlines(keepends=True) if json.loads(line)["epoch"] == 1]
            path.write_text("".join(lines))
    charts = draw_charts(study, read_records(tmp_path, study.name, None, study.names()))
    assert [(chart.name, chart.place) for chart in charts if chart.name != "accuracy-test-time"] == [
        ("final-accuracy", "final")
    ]
    assert "dropped" in charts[0].alt


def test_at_most_six_lines_are_shown_at_first_those_of_the_claims() -> None:
    study = load_study("resnet-cifar10")
    shown = preselected(study, study.names())
    assert len(shown) == 6
    claimed = {name for claim in study.claims if claim.source == "report" for name in claim.form.experiments}
    assert claimed <= {*shown}


def _values(figure: Chart, layer: dict[str, Any]) -> list[dict[str, Any]]:
    data = layer.get("data") or figure.specification["data"]
    values: list[dict[str, Any]] = (
        data["values"] if "values" in data else figure.specification["datasets"][data["name"]]
    )
    return values


@pytest.mark.slow
def test_figures_are_written_as_svg_and_png(study: Study, runs: Path, tmp_path: Path, capsys: Any) -> None:
    written = report(study, runs=runs, output=tmp_path / "report.html", figures=tmp_path / "figures")
    assert len(written) == 20
    for path in written[4:]:
        start = path.read_bytes()[:8]
        assert start.startswith(b"<svg" if path.suffix == ".svg" else b"\x89PNG")
    svg = (tmp_path / "figures" / "accuracy-test.svg").read_text(encoding="utf-8")
    assert "제목" in svg
    assert 'clip-path="url(#clip0)"' in svg
    report(study, runs=runs, output=tmp_path / "again.html", figures=tmp_path / "again")
    assert (tmp_path / "again" / "accuracy-test.svg").read_text(encoding="utf-8") == svg
    missing = without_glyph("제목")
    assert (f"no font on this machine has {missing}" in font_notice(study.title or "")) == bool(missing)
    assert capsys.readouterr().err == ""


@pytest.mark.slow
def test_the_charts_are_linked_from_the_markdown(study: Study, runs: Path, tmp_path: Path) -> None:
    report(study, runs=runs, output=tmp_path / "report.html", figures=tmp_path / "my figures")
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    for link in re.findall(r"!\[[^]]*\]\(([^)]*)\)", text):
        assert (tmp_path / link.replace("%20", " ")).is_file()
    assert text.count("![") == 8
    assert NASTY not in text


CLAIMS = """\
claims:
  - id: better
    says: "it is </script> better"
    compare: {quantity: accuracy, split: test, epoch: 2, of: dropped, with: plain, expect: greater}
  - {id: heavy, says: it has many weights, value: {of: plain, quantity: weights, reported: "61,470"}}
budgets:
"""


@pytest.fixture
def claiming(write_study: Write, tmp_path: Path, write_run: WriteRun) -> Study:
    study = load_study(write_study(("budgets:\n", CLAIMS)))
    for name in study.names():
        for seed in range(2):
            write_run(tmp_path / "runs", study, name, seed)
    return study


def test_claims_and_findings_lead_the_page(claiming: Study, tmp_path: Path) -> None:
    findings = [
        Finding("granularity", "impossible", "<b>93.326</b> is no accuracy."),
        Finding("omissions", "missing", "No seeds."),
    ]
    report(claiming, runs=tmp_path / "runs", output=tmp_path / "report.html", findings=findings)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (
        text.index("1 of the report&#39;s 2 claims holds, 1 is undecided.")
        < text.index("93.326")
        < text.index("The report makes 2 claims: 1 supported, 1 undecided.")
        < text.index("<h2>Results</h2>")
    )
    assert "it is &lt;/script&gt; better" in text
    assert "&lt;b&gt;93.326&lt;/b&gt; is no accuracy." in text
    assert "1 detail that the report does not give" in text
    assert "<h2>Audit: errors in the report</h2>" in text
    (better, heavy) = json.loads((tmp_path / "verdicts.json").read_text())
    assert (heavy["verdict"], heavy["measured"], heavy["runs"]) == ("supported", 61470.0, 0)
    assert set(better) >= {
        "study",
        "budget",
        "claim",
        "says",
        "verdict",
        "reported",
        "measured",
        "interval",
        "runs",
        "reason",
    }


def test_every_table_in_three_forms(claiming: Study, tmp_path: Path) -> None:
    report(claiming, runs=tmp_path / "runs", output=tmp_path / "report.html", tables_in=tmp_path / "tables")
    names = {path.name for path in (tmp_path / "tables").iterdir()}
    assert {"verdicts.csv", "verdicts.md", "verdicts.tex", "results.tex", "runs.csv"} <= names
    latex = (tmp_path / "tables" / "verdicts.tex").read_text(encoding="utf-8")
    assert "supported" in latex
    assert not [mark for mark in MARKS.values() if f"{mark} " in latex]  # LaTeX's usual fonts lack them


def test_a_study_without_claims_gets_a_page_without_verdicts(
    small_study: Study, tmp_path: Path, write_run: WriteRun
) -> None:
    write_run(tmp_path / "runs", small_study, "plain", 0)
    report(small_study, runs=tmp_path / "runs", output=tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<h2>Claims</h2>" not in text
    assert "<h2>Audit" not in text
    assert json.loads((tmp_path / "verdicts.json").read_text()) == []


def test_letters_that_every_font_has_are_not_missed() -> None:
    assert without_glyph("Accuracy (%) ± 0.1 Точность") == ""


def test_an_incomplete_study_says_what_is_missing_and_what_to_do(
    study: Study, tmp_path: Path, write_run: WriteRun
) -> None:
    write_run(tmp_path, study, "plain", 0, status="failed", why="the loss is nan at step 3")
    write_run(tmp_path, study, "plain", 1)
    report(study, runs=tmp_path, output=tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Without a complete run: dropped." in text
    assert "plain seed 0 failed after epoch 3 (the loss is nan at step 3)." in text


def test_a_study_without_any_run_gets_a_page_that_says_so(claiming: Study, tmp_path: Path) -> None:
    write([read_chapter(StudyFolder.within(tmp_path / "none", claiming, None))], tmp_path / "report.html")
    text, reader = read(tmp_path / "report.html")
    assert (
        f"There are no runs yet, so claims that need runs are undecided. To start: <code>deepstudy run {claiming.path}"
        in text
    )
    assert "The report makes 2 claims: 2 undecided." in text
    assert "<h2>Learning curves</h2>" not in text
    assert json.loads(reader.scripts[0]) == []
    assert len(text) < 60_000  # no chart, no chart library
    assert "optimizer.lr" in text
    assert "deepstudy run" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_what_cannot_be_compared_is_said(study: Study, tmp_path: Path, write_run: WriteRun) -> None:
    data = {
        "name": "mnist5k",
        "fingerprint": "g",
        "published": False,
        "splits": {"train": 3, "validation": 1, "test": 2},
    }
    write_run(tmp_path, study, "plain", 0, overrides=["optimizer.lr=0.1"], data=data)
    report(study, runs=tmp_path, output=tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Runs used --set optimizer.lr=0.1. Their accuracies are not comparable" in text
    assert "The data is not the published copy" in text


def test_tables_in_the_forms_of_a_write_up() -> None:
    table = Table(["a", "n"], [["x|y_z", "1,000"]], frozenset({1}))
    assert table.write("markdown") == "| a      |     n |\n|--------|-------|\n| x\\|y_z | 1,000 |\n"
    assert r"x|y\_z" in table.write("latex")
    assert table.write("csv") == 'a,n\nx|y_z,"1,000"\n'
    assert "| two lines |" in Table(["says"], [["two\nlines"]]).write("markdown")  # which would be two rows


def test_files_of_an_own_loop_make_a_page(small_study: Study, tmp_path: Path) -> None:
    folder = tmp_path / "runs" / small_study.name / "full" / "plain"
    folder.mkdir(parents=True)
    for seed in range(2):
        lines = "\n".join(f"{epoch},0.3,0.2,{90 + epoch}.{seed}" for epoch in (1, 2))
        (folder / f"seed{seed}.csv").write_text(f"epoch,train_loss,val_loss,test_acc\n{lines}\n")
    report(small_study, runs=tmp_path / "runs", output=tmp_path / "report.html", tables_in=tmp_path / "tables")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "External runs, not verified by DeepStudy: plain seed 0, plain seed 1." in text
    assert "92.05 ± 0.07" in (tmp_path / "tables" / "results.csv").read_text(encoding="utf-8")
    assert "loss on validation images" in text.lower()


def test_results_name_each_end_and_what_a_run_starts_from(study: Study, runs: Path) -> None:
    records = read_records(runs, study.name, None, study.names())
    short = next(run for run in records if run.experiment == "plain")
    others = [run for run in records if run.experiment != "plain"]
    machine = short.info.machine.model_copy(update={"cpu": "another"})
    start = {"epochs": 1, "start_from": {"experiment": "other", "epoch": 3, "file": None}}
    resolved = RecordedExperiment.model_validate(short.info.resolved.document | start)
    info = short.info.model_copy(update={"resolved": resolved, "machine": machine})
    first = [line for line in short.metrics if line.epoch == 1]
    table = tabulate_results(study, [*others, Record(info, first, short.layers, short.directory)])
    row = next(row for row in table.rows if row[0].startswith("plain"))
    assert row[0] == "plain (starts from other, epoch 3)"
    assert row[table.columns.index("epoch 1")] != "–"
    assert table.caption.endswith(". The runs used 2 machines, so their times are not compared")


def test_a_note_says_what_limits_the_times(study: Study, runs: Path) -> None:
    records = read_records(runs, study.name, None, study.names())
    shared = [
        Record(one.info.model_copy(update={"runs_sharing_machine": 2}), one.metrics, one.layers, one.directory)
        for one in records
    ]
    table = tabulate_results(study, shared)
    assert "s/epoch" in table.columns
    assert table.caption.endswith(". The runs shared the machine, so their times are not compared")
    assert tabulate_results(study, records, shared).caption.endswith(". Times are from timed runs")


def test_an_environment_has_cores_and_threads_in_singular_and_plural(study: Study, runs: Path) -> None:
    record = read_records(runs, study.name, None, study.names())[0]
    machine = record.info.machine.model_copy(update={"cores": 1, "threads": 2})
    info = record.info.model_copy(update={"machine": machine, "runs_sharing_machine": 3})
    ((letter, text),) = describe_environments([Record(info, record.metrics, record.layers, record.directory)])
    assert letter == "A"
    assert ", 1 core, 2 threads, " in text
    assert text.endswith("; 3 runs shared the machine")


@pytest.mark.slow
def test_several_come_one_below_the_other(
    study: Study, runs: Path, write_study: Callable[..., Path], tmp_path: Path
) -> None:
    small_study = load_study(write_study(name="small-too.yaml"))
    chapters = [
        read_chapter(StudyFolder.within(runs, study, None)),
        read_chapter(StudyFolder.within(runs, small_study, "tiny")),
    ]
    written = write(chapters, tmp_path / "all.html", tmp_path / "figures", tmp_path / "tables")
    text = (tmp_path / "all.html").read_text(encoding="utf-8")
    assert "<h1>2 studies</h1>" in text
    assert text.split("<script")[0].count("<h2>") == 2
    assert text.index('id="study-1"') < text.index('id="study-2"')
    assert "There are no runs yet" in text  # none under tiny
    assert (tmp_path / "tables" / "small-full" / "results.csv").is_file()
    assert (tmp_path / "tables" / "small-too-tiny" / "recipe.csv").is_file()
    assert [path.name for path in written[:3]] == ["all.html", "all.json", "all.md"]
    assert (tmp_path / "all.md").read_text(encoding="utf-8").count("\n# ") == 2


@pytest.mark.parametrize("name", ["", "report.md", "verdicts.json", "study.yaml", "folder.html", "report"])
def test_the_page_replaces_nothing_but_a_page(small_study: Study, tmp_path: Path, name: str) -> None:
    chapters = [read_chapter(StudyFolder.within(tmp_path, small_study, None))]
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "study.yaml").write_text("mine")
    with pytest.raises(InputError, match=r"must be a file ending in \.html"):
        write(chapters, f"{tmp_path}/{name}" if name else "")
    assert (tmp_path / "study.yaml").read_text() == "mine"


def test_the_report_beside_it_replaces_only_a_report(small_study: Study, tmp_path: Path) -> None:
    chapters = [read_chapter(StudyFolder.within(tmp_path, small_study, None))]
    (tmp_path / "README.md").write_text("# Mine")
    assert write(chapters, tmp_path / "README.html") == [tmp_path / "README.html", tmp_path / "README.json"]
    for _ in range(2):
        assert tmp_path / "report.md" in write(chapters, tmp_path / "report.html")
    assert (tmp_path / "README.md").read_text() == "# Mine"
