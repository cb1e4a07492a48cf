"""The report page: one HTML file that shows what the runs of a study showed. Never torch.

`report` reads a study and its records, fills `page.html` with tables and charts, and inlines the style sheet and the
chart library, so that the page opens anywhere and asks the network for nothing.
"""

import json
import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import vl_convert

from deepstudy.errors import InputError
from deepstudy.page import charts, tables
from deepstudy.record import Record, read_records, write_atomically
from deepstudy.study import Study, load_study


def report(
    study: Study | str | Path,
    *,
    budget: str | None = None,
    runs: Path | str = "runs",
    output: Path | str = "report.html",
    figures: Path | str | None = None,
) -> list[Path]:
    """Write the page of a study's runs, and its charts as SVG and PNG into `figures` if given; the files written.

    Raises InputError if there are no runs, or a file cannot be written.
    """
    study = study if isinstance(study, Study) else load_study(study)
    study.experiment(study.names()[0], budget)  # refuses a budget that is not there
    records = read_records(Path(runs), study.name, budget, study.names())
    command = _run_command(study, budget)
    if not tables.group(records):
        raise InputError(f"{Path(runs) / study.name}: no runs of this study and budget yet; do them with `{command}`")
    output = Path(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        curves = charts.curves(study, records)
        write_atomically(output, _page(study, budget, records, curves, command).encode())
        written = [output]
        if figures is not None:
            names = list(tables.group(records))
            paths, missing = charts.write_figures(curves, Path(figures), study.title or study.name, names)
            written += paths
            if missing:
                print(
                    f"deepstudy: no font on this machine has {missing}, so the PNG files show boxes there; "
                    "install one, for example with: pip install 'deepstudy[cjk]'",
                    file=sys.stderr,
                )
    except OSError as error:
        raise InputError(f"{error.filename or output}: cannot be written: {error.strerror}") from None
    return written


def _page(
    study: Study, budget: str | None, records: Sequence[Record], curves: list[charts.Figure], command: str
) -> str:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("deepstudy", "page"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    by_name = tables.group(records)
    layers = {name: runs[0].layers for name, runs in by_name.items() if runs[0].layers}
    return environment.get_template("page.html").render(
        study=study,
        budget=budget,
        budget_says=study.budgets[budget].says if budget else "",
        title=study.title or study.name,
        says={name: runs[0].info["resolved"].get("says", "") for name, runs in by_name.items()},
        colours=charts.colours(list(by_name)),
        results=tables.accuracies(study, records),
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
        command=command,
        style=resources.files("deepstudy.page").joinpath("style.css").read_text(encoding="utf-8"),
        script=resources.files("deepstudy.page").joinpath("page.js").read_text(encoding="utf-8"),
        vega=_vega(),
    )


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
