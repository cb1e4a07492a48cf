"""The report page: one HTML file that shows what the runs of a study showed. Never torch.

`report` reads a study and its records, fills `page.html` with tables and charts, and inlines the style sheet and the
chart library, so that the page opens anywhere and asks the network for nothing.
"""

import json
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import vl_convert

from deepstudy.errors import InputError
from deepstudy.page import charts, tables
from deepstudy.record import Record, read_records, timing_label, write_atomically, write_json
from deepstudy.study import Study, load_study
from deepstudy.verdicts import Layers, Verdict, decide


@dataclass(frozen=True)
class Shown:
    """All that a page, a Markdown report and the tables of a study under one budget are made of."""

    study: Study
    budget: str | None
    records: Sequence[Record]
    verdicts: Sequence[Verdict]
    findings: Sequence[Mapping[str, str]]
    command: str

    def tables(self) -> dict[str, tables.Table]:
        """The tables by name, without those that are empty."""
        by_name = tables.group(self.records)
        layers = {name: runs[0].layers for name, runs in by_name.items() if runs[0].layers}
        found = {
            "verdicts": tables.verdicts(self.verdicts),
            "results": tables.accuracies(self.study, self.records),
            "figures": tables.figures(self.study, self.records, self.budget),
            "parameters": tables.arithmetic(self.study, layers),
            "recipe": tables.common_recipe(self.study, self.budget, self.records),
            "differences": tables.differences(by_name),
            "runs": tables.runs(self.records),
        }
        return {name: table for name, table in found.items() if table.rows}


def read(
    study: Study | str | Path,
    *,
    budget: str | None = None,
    runs: Path | str = "runs",
    findings: Sequence[Mapping[str, str]] = (),
    layers: Layers | None = None,
) -> Shown:
    """What the runs of a study under a budget show, every claim decided.

    `findings` are those of an audit (`Audit.as_json`), `layers` the layer tables of experiments that have no run.
    Raises InputError for a budget that is not there or a record that cannot be read.
    """
    study = study if isinstance(study, Study) else load_study(study)
    study.experiment(study.names()[0], budget)  # refuses a budget that is not there
    records = read_records(Path(runs), study.name, budget, study.names())
    timed = read_records(Path(runs), study.name, timing_label(budget), study.names())
    decided = decide(study, records, budget, layers, timed)
    return Shown(study, budget, records, decided, findings, _run_command(study, budget))


def report(
    study: Study | str | Path,
    *,
    budget: str | None = None,
    runs: Path | str = "runs",
    output: Path | str = "report.html",
    figures: Path | str | None = None,
    tables_in: Path | str | None = None,
    findings: Sequence[Mapping[str, str]] = (),
    layers: Layers | None = None,
) -> list[Path]:
    """Write the page of a study's runs, `verdicts.json` and a Markdown report beside it; the files written.

    `figures` is a folder for the charts as SVG and PNG, `tables_in` one for every table as CSV, Markdown and LaTeX; for
    the others see `read`. Raises InputError if there are no runs, or a file cannot be written.
    """
    shown = read(study, budget=budget, runs=runs, findings=findings, layers=layers)
    return write(shown, runs, output, figures, tables_in)


def write(
    shown: Shown,
    runs: Path | str,
    output: Path | str,
    figures: Path | str | None = None,
    tables_in: Path | str | None = None,
) -> list[Path]:
    """Write what `read` gave; see `report`."""
    output, study = Path(output), shown.study
    if not tables.group(shown.records):
        folder = Path(runs) / study.name
        raise InputError(f"{folder}: no runs of this study and budget yet; do them with `{shown.command}`")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        curves = charts.curves(study, shown.records)
        write_atomically(output, _page(shown, curves).encode())
        json_file, markdown = output.with_name("verdicts.json"), output.with_suffix(".md")
        write_json(json_file, verdicts_json(shown))
        written = [output, json_file, markdown]
        drawn: list[Path] = []
        if figures is not None:
            names = list(tables.group(shown.records))
            drawn, missing = charts.write_figures(curves, Path(figures), study.title or study.name, names)
            written += drawn
            if missing:
                print(
                    f"deepstudy: no font on this machine has {missing}, so the PNG files show boxes there; "
                    "install one, for example with: pip install 'deepstudy[cjk]'",
                    file=sys.stderr,
                )
        write_atomically(markdown, _markdown(shown, markdown, drawn).encode())
        if tables_in is not None:
            written += _write_tables(shown, Path(tables_in))
    except OSError as error:
        raise InputError(f"{error.filename or output}: cannot be written: {error.strerror}") from None
    return written


def verdicts_json(shown: Shown) -> list[dict[str, Any]]:
    """The document of verdicts.json."""
    return [verdict.as_json(shown.study.name, shown.budget) for verdict in shown.verdicts]


def _write_tables(shown: Shown, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    endings: dict[tables.Format, str] = {"csv": "csv", "markdown": "md", "latex": "tex"}
    written = []
    for name, table in shown.tables().items():
        for format_, ending in endings.items():
            path = folder / f"{name}.{ending}"
            write_atomically(path, table.write(format_).encode())
            written.append(path)
    return written


def _markdown(shown: Shown, path: Path, drawn: Sequence[Path]) -> str:
    """The report for a page that shows Markdown: verdicts, results and charts, without what opens only on the page."""
    study, found = shown.study, shown.tables()
    parts = [f"# {study.title or study.name}", *([study.source.report] if study.source.report else [])]
    parts += [f"> {notice}" for notice in _notices(study, shown.budget, shown.records)]
    titles = {"verdicts": "Claims", "results": "Results", "figures": "Figures, reported and measured"}
    titles |= {"parameters": "Parameter counts, reported and built"}
    for name, title in titles.items():
        if name in found:
            lead = tables.tally(shown.verdicts) if name == "verdicts" else found[name].caption
            parts += [f"## {title}", *([lead] if lead else []), found[name].write("markdown").strip()]
    pictures = [drawing for drawing in drawn if drawing.suffix == ".svg"]
    if pictures:
        links = [os.path.relpath(picture, path.parent).replace(os.sep, "/").replace(" ", "%20") for picture in pictures]
        parts += ["## Learning curves", *(f"![{Path(link).stem}]({link})" for link in links)]
    return "\n\n".join([*parts, "## Do it again", f"```sh\n{shown.command}\n```"]) + "\n"


def _page(shown: Shown, curves: list[charts.Figure]) -> str:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("deepstudy", "page"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    study, budget, records = shown.study, shown.budget, shown.records
    by_name, found = tables.group(records), shown.tables()
    layers = {name: runs[0].layers for name, runs in by_name.items() if runs[0].layers}
    return environment.get_template("page.html").render(
        study=study,
        budget=budget,
        budget_says=study.budgets[budget].says if budget else "",
        title=study.title or study.name,
        says={name: runs[0].info["resolved"].get("says", "") for name, runs in by_name.items()},
        colours=charts.colours(list(by_name)),
        verdicts=shown.verdicts,
        tally=tables.tally(shown.verdicts),
        marks=tables.MARKS,
        number=tables.number,
        interval=tables.interval,
        findings=[each for each in shown.findings if each["severity"] != "missing"],
        omissions=[each for each in shown.findings if each["severity"] == "missing"],
        printed=found.get("figures"),
        results=found["results"],
        data=records[0].info["data"],
        roles=sorted({_roles(run) for run in records} - {""}),
        notices=_notices(study, budget, records),
        figures=curves,
        specifications=_json([_for_page(figure) for figure in curves]),
        arithmetic=tables.arithmetic(study, layers),
        layers=_same_layers(layers),
        common=tables.common_recipe(study, budget, records),
        differences=tables.differences(by_name),
        recipes={
            name: json.dumps(runs[0].info["resolved"], indent=2, ensure_ascii=False) for name, runs in by_name.items()
        },
        runs=tables.runs(records),
        environments=tables.environments(records),
        command=_exact_command(shown),
        style=resources.files("deepstudy.page").joinpath("style.css").read_text(encoding="utf-8"),
        script=resources.files("deepstudy.page").joinpath("page.js").read_text(encoding="utf-8"),
        vega=_vega(),
    )


def _exact_command(shown: Shown) -> str:
    """The command that did these runs: seeds, overrides and precision included."""
    seeds = max((run.seed for run in shown.records), default=0) + 1
    overrides = sorted({pair for run in shown.records for pair in run.info["overrides"]})
    precisions = {run.info["machine"]["precision"] for run in shown.records}
    parts = [shown.command, f"--seeds {seeds}", *(f"--set {shlex.quote(pair)}" for pair in overrides)]
    if len(precisions) == 1:
        parts.append(f"--precision {precisions.pop()}")
    return " ".join(parts)


def _for_page(figure: charts.Figure) -> dict[str, Any]:
    """The specification as wide as its place on the page, without what the page itself gives: title and legend."""
    return {**figure.specification, "width": "container", "autosize": {"type": "fit-x", "contains": "padding"}}


def _json(document: Any) -> str:
    """JSON that can stand inside a script element, whatever it says."""
    text = json.dumps(document, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@lru_cache(maxsize=1)
def _vega() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script."""
    bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub knows no defaults
    return bundle.replace("</script", "<\\/script")


def _roles(record: Record) -> str:
    roles = record.info["resolved"]["roles"]
    if roles == {"train_on": "train", "score_on": "test"}:
        return ""
    return f"{record.experiment}: trained on the {roles['train_on']} images, scored on the {roles['score_on']} images"


def _notices(study: Study, budget: str | None, records: Sequence[Record]) -> list[str]:
    """What a reader must know before believing the numbers."""
    notices = []
    if budget:
        notices.append(f"Run under the budget “{budget}”: these accuracies are not comparable with the report's.")
    overrides = sorted({pair for run in records for pair in run.info["overrides"]})
    if overrides:
        notices.append(f"Run with --set {' '.join(overrides)}: not comparable with the report's figures.")
    unpublished = [run.info["data"] for run in records if not run.info["data"]["published"]]
    for says in sorted({data.get("copy", "not the published copy") for data in unpublished}):
        notices.append(f"The data is {says}: accuracies are not comparable with the report's.")
    done = {(run.experiment, run.seed) for run in records if run.info["status"] == "complete"}
    missing = [name for name in study.names() if not any(experiment == name for experiment, _ in done)]
    if missing:
        notices.append(f"Without a complete run: {', '.join(missing)}. `{_run_command(study, budget)}` goes on.")
    for run in records:
        if run.info["status"] in ("failed", "interrupted", "running"):
            why = f": {run.info['why']}" if run.info["why"] else ""
            notices.append(f"{run.experiment} seed {run.seed} is {run.info['status']} after epoch {run.epochs}{why}.")
    return notices


def _same_layers(layers: dict[str, Any]) -> list[tuple[list[str], tables.Table]]:
    """Layer tables, once for the experiments that share one."""
    groups: list[tuple[list[str], dict[str, Any]]] = []
    for name, document in layers.items():
        same = next((names for names, other in groups if other["layers"] == document["layers"]), None)
        if same is None:
            groups.append(([name], document))
        else:
            same.append(name)
    return [(names, tables.layers(document)) for names, document in groups]


def _run_command(study: Study, budget: str | None) -> str:
    return f"deepstudy run {study.argument}" + (f" --budget {budget}" if budget else "")
