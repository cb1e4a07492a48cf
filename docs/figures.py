"""The figures that the docs quote, out of the measured runs in `results/`.

Pages of the docs hold placeholders such as `{{ accuracy("lenet-mnist", "lenet5", 10) }}`. `render` replaces them when
the docs are built, so that no page can say another number than the records. A study under a budget is `STUDY/BUDGET`.
"""

import json
import re
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from ruamel.yaml import YAML

from deepstudy.record import Record
from deepstudy.reporting.chapter import Chapter, read_chapter
from deepstudy.reporting.folders import find_folders
from deepstudy.reporting.formatting import format_mean, format_tally, format_verdict_interval
from deepstudy.reporting.tables.results import tabulate_results
from deepstudy.table import Table
from deepstudy.verdicts import Verdict, format_number

DOCS = Path(__file__).parent
ROOT = DOCS.parent
RESULTS = ROOT / "results"
FINDINGS = DOCS / "findings"


@lru_cache
def chapter(study: str) -> Chapter:
    """Read the runs of a study and its verdicts.

    Arguments:
        study: `STUDY` or `STUDY/BUDGET`.

    Returns:
        What the runs show.
    """
    folder = RESULTS / (study if "/" in study else f"{study}/full")
    return read_chapter(find_folders(str(folder))[0])


def accuracy(study: str, experiment: str, epoch: int, split: str = "test") -> str:
    """Write the mean accuracy over seeds, in percent: `98.85 ± 0.10`."""
    return format_mean(_values(study, experiment, epoch, split))


def one_run(study: str, experiment: str, epoch: int, seed: int, split: str = "test") -> str:
    """Write the accuracy of one run, in percent: `98.80`."""
    (run,) = (run for run in _runs(study, experiment) if run.seed == seed)
    line = run.at(epoch, split)
    assert line is not None, f"{study} {experiment} seed {seed} has no {split} accuracy at epoch {epoch}"
    assert line.accuracy is not None
    return f"{line.accuracy:.2f}"


def seeds(study: str, experiment: str) -> str:
    """Write how many runs of an experiment count."""
    return str(len(_runs(study, experiment)))


def seconds(study: str, experiment: str) -> str:
    """Write the median seconds an epoch, over the runs that were made for timing: `22.4`."""
    timed = [run for run in chapter(study).timed if run.experiment == experiment]
    assert timed, f"{study} {experiment} has no timed runs"
    return f"{statistics.median(time for run in timed if (time := run.seconds_per_epoch()) is not None):.1f}"


def parameters(study: str, experiment: str) -> str:
    """Write the number of parameters of an experiment's network: `61,042`."""
    return f"{_runs(study, experiment)[0].info.model.parameters:,}"


def scored(study: str, experiment: str, epoch: int, split: str = "train") -> str:
    """Write the mean accuracy of weights that `deepstudy test` scored after training, from `scored-*.json`."""
    rows = [row for file in sorted((RESULTS / study).glob("scored-*.json")) for row in json.loads(file.read_bytes())]
    asked = (experiment, epoch, split)
    values = [row["accuracy"] for row in rows if (row["experiment"], row["epoch"], row["split"]) == asked]
    assert values, f"{study} has no scores of {asked}"
    return format_mean(values)


@dataclass(frozen=True)
class ClaimFigures:
    """The figures of a claim's verdict, as text."""

    decided: Verdict

    @property
    def measured(self) -> str:
        """What the runs give, in the unit of the claim."""
        assert self.decided.measured is not None, f"{self.decided.claim}: nothing was measured"
        return format_number(self.decided.measured)

    @property
    def size(self) -> str:
        """The same without its sign."""
        return self.measured.removeprefix("-")

    @property
    def interval(self) -> str:
        """The interval: `0.08 to 0.37`. Another level than 95 % is named."""
        assert self.decided.interval is not None, f"{self.decided.claim}: has no interval"
        return format_verdict_interval(self.decided)

    @property
    def opposite(self) -> str:
        """The interval of the same difference, taken the other way round."""
        assert self.decided.interval is not None, f"{self.decided.claim}: has no interval"
        low, high = self.decided.interval
        return f"{format_number(-high)} to {format_number(-low)}"

    @property
    def n(self) -> str:
        """How many runs of each experiment count."""
        return str(self.decided.runs)

    @property
    def verdict(self) -> str:
        """The verdict's word."""
        return self.decided.verdict

    @property
    def reported(self) -> str:
        """What the report says."""
        return self.decided.reported

    @property
    def says(self) -> str:
        """The claim in words."""
        return self.decided.says

    @property
    def level(self) -> str:
        """The level of the interval, in percent."""
        return f"{self.decided.level:g}"


def claim(study: str, id: str) -> ClaimFigures:
    """Find a claim's figures by its id in the study file."""
    found = {verdict.claim: verdict for verdict in chapter(study).verdicts}
    assert id in found, f"{study} has no claim {id}; it has {', '.join(found)}"
    return ClaimFigures(found[id])


def tally(study: str) -> str:
    """Count the verdicts of a study, in a sentence."""
    return format_tally(chapter(study).verdicts)


def results_table(study: str) -> str:
    """Lay out the accuracies of a study's experiments as a Markdown table."""
    shown = chapter(study)
    return tabulate_results(shown.study, shown.records, shown.timed).write("markdown")


def verdict_table(study: str) -> str:
    """Lay out the claims of a study that runs measured something for, as a Markdown table."""
    columns = ["claim", "reported", "measured", "interval", "n", "verdict"]
    return Table(columns, [_row(each) for each in chapter(study).verdicts if each.measured is not None]).write(
        "markdown"
    )


def bench_table(name: str) -> str:
    """Lay out a file of `make bench` as a Markdown table: images a second, stock PyTorch beside DeepStudy."""
    document = json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_bytes())
    columns = ["network", "PyTorch, images/s", "DeepStudy, images/s", "ratio", "precision"]
    rows = []
    for network in document["networks"]:
        stock, ours = (statistics.median(network[f"{side}_images_per_second"]) for side in ("stock", "ours"))
        precision = network["machine"]["precision"] if "machine" in network else network["precision"]
        rows.append([network["network"], f"{stock:,.0f}", f"{ours:,.0f}", f"{network['ratio']:.2f}", precision])
    return Table(columns, rows, frozenset({1, 2, 3})).write("markdown")


def speed_notes() -> str:
    """Copy the entries of benchmarks/NOTES.md, one level of headings deeper, with links that fit a page of findings."""
    notes = (ROOT / "benchmarks" / "NOTES.md").read_text(encoding="utf-8").partition("\n")[2]
    return re.sub(r"^## ", "### ", notes.replace("](../docs/", "](../"), flags=re.MULTILINE)


def answers_table() -> str:
    """Lay out the question and the answer of each page of findings as a Markdown table."""
    rows = []
    for page in finding_pages():
        front = front_matter(page)
        title = f"[{front['title']}]({page.name})"
        rows.append([title, front["question"], render(front["answer"])])
    return Table(["report", "question", "answer"], rows).write("markdown")


def finding_pages() -> list[Path]:
    """The pages that answer a question, in the order of `order` in their front matter."""
    pages = [page for page in FINDINGS.glob("*.md") if page.read_text(encoding="utf-8").startswith("---\n")]
    return sorted(pages, key=lambda page: front_matter(page)["order"])


def front_matter(page: Path) -> Mapping[str, Any]:
    """Read the YAML between the first two lines `---` of a page."""
    text = page.read_text(encoding="utf-8")
    assert text.startswith("---\n"), f"{page}: has no front matter"
    matter: Mapping[str, Any] = YAML(typ="safe").load(text.split("---\n", 2)[1])
    return matter


_FUNCTIONS: list[Callable[..., Any]] = [
    accuracy,
    one_run,
    seeds,
    seconds,
    parameters,
    scored,
    claim,
    tally,
    results_table,
    verdict_table,
    bench_table,
    speed_notes,
    answers_table,
]


def render(text: str) -> str:
    """Replace the placeholders of a text.

    Arguments:
        text: Markdown with `{{ … }}`.

    Returns:
        The Markdown with figures.

    Raises:
        jinja2.UndefinedError: if a placeholder names a function that does not exist.
        AssertionError: if the records do not have the figure.
    """
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False)
    environment.globals.update({function.__name__: function for function in _FUNCTIONS})
    return environment.from_string(text).render()


def _runs(study: str, experiment: str) -> list[Record]:
    runs = chapter(study).by_experiment.get(experiment)
    assert runs, f"{study} has no runs of {experiment}"
    return runs


def _values(study: str, experiment: str, epoch: int, split: str) -> list[float]:
    lines = [line for run in _runs(study, experiment) if (line := run.at(epoch, split))]
    values = [line.accuracy for line in lines if line.accuracy is not None]
    assert values, f"{study} {experiment} has no {split} accuracy at epoch {epoch}"
    return values


def _row(verdict: Verdict) -> list[str]:
    assert verdict.measured is not None
    says = verdict.says + ("" if verdict.source == "report" else " (ours)")
    measured = f"{format_number(verdict.measured)} ({verdict.what})"
    return [
        says,
        verdict.reported,
        measured,
        format_verdict_interval(verdict),
        str(verdict.runs or "–"),
        verdict.verdict,
    ]
