"""What a report shows of one study under one budget: its records, its claims decided, its audit's findings."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from deepstudy.errors import InputError
from deepstudy.own_loop import read_own
from deepstudy.page import charts, tables
from deepstudy.record import Record, RunDirectory, read_records, timing_label
from deepstudy.study import Study, built_in_studies, load_study
from deepstudy.verdicts import Layers, Verdict, decide


@dataclass(frozen=True)
class Shown:
    """All that a page, a Markdown report and the tables of a study under one budget are made of."""

    study: Study
    budget: str | None
    records: Sequence[Record]
    verdicts: Sequence[Verdict]
    findings: Sequence[Mapping[str, str]]

    @property
    def title(self) -> str:
        """The study's title, or its name."""
        return self.study.title or self.study.name

    @cached_property
    def by_experiment(self) -> dict[str, list[Record]]:
        """The runs that have finished an epoch, by experiment."""
        return tables.group(self.records)

    @cached_property
    def layers(self) -> dict[str, dict[str, Any]]:
        """The layer tables that the runs left, by experiment."""
        found = {name: next((run.layers for run in runs if run.layers), None) for name, runs in self._groups()}
        return {name: layers for name, layers in found.items() if layers}

    @cached_property
    def resolved(self) -> dict[str, dict[str, Any]]:
        """What each experiment is: as its runs have it, else as the study has it under the budget."""
        by_name = self.by_experiment
        return {
            name: by_name[name][0].info["resolved"]
            if name in by_name
            else self.study.experiment(name, self.budget).model_dump(mode="json")
            for name in self.study.names()
        }

    @cached_property
    def curves(self) -> list[charts.Figure]:
        """The charts."""
        return charts.curves(self.study, self.records)

    @cached_property
    def tables(self) -> dict[str, tables.Table]:
        """The tables by name, without those that are empty."""
        found = {
            "verdicts": tables.verdicts(self.verdicts),
            "results": tables.accuracies(self.study, self.records),
            "figures": tables.figures(self.study, self.records, self.budget),
            "parameters": tables.arithmetic(self.study, self.layers),
            "recipe": tables.common_recipe(self.study, self.budget, self.resolved),
            "differences": tables.differences(self.resolved),
            "runs": tables.runs(self.records),
        }
        return {name: table for name, table in found.items() if table.rows}

    @property
    def command(self) -> str:
        """The command that does what is missing."""
        return f"deepstudy run {shlex.quote(self.study.argument)}" + (f" --budget {self.budget}" if self.budget else "")

    @property
    def exact_command(self) -> str:
        """The command that did these runs: seeds, overrides and precision included."""
        ours = [run for run in self.records if not run.own_loop]
        if not ours:
            return self.command
        overrides = sorted({pair for run in ours for pair in run.info["overrides"]})
        precisions = {run.info["machine"]["precision"] for run in ours}
        seeds = max(run.seed for run in ours) + 1
        parts = [self.command, f"--seeds {seeds}", *(f"--set {shlex.quote(pair)}" for pair in overrides)]
        if len(precisions) == 1:
            parts.append(f"--precision {precisions.pop()}")
        return " ".join(parts)

    @property
    def notices(self) -> list[str]:
        """What a reader must know before believing the numbers."""
        return [*self._comparable(), *self._missing(), *_roles(self.records)]

    def _comparable(self) -> list[str]:
        notices = []
        if self.budget and self.records:
            notices.append(
                f"Run under the budget “{self.budget}”: these accuracies are not comparable with the report's."
            )
        overrides = sorted({pair for run in self.records for pair in run.info["overrides"]})
        if overrides:
            notices.append(f"Run with --set {' '.join(overrides)}: not comparable with the report's figures.")
        unpublished = [run.info["data"] for run in self.records if not run.info["data"]["published"]]
        for says in sorted({data.get("copy", "not the published copy") for data in unpublished}):
            notices.append(f"The data is {says}: accuracies are not comparable with the report's.")
        own = [f"{run.experiment} seed {run.seed}" for run in self.records if run.own_loop]
        if own:
            notices.append(f"From a training loop of its author's own, taken on trust: {_some(own)}.")
        return notices

    def _missing(self) -> list[str]:
        if not self.by_experiment:
            return [f"There are no runs yet: every claim that needs one is undecided. `{self.command}` does them."]
        notices = []
        done = {run.experiment for run in self.records if run.info["status"] == "complete"}
        without = [name for name in self.study.names() if name not in done]
        if without:
            notices.append(f"Without a complete run: {_some(without)}. `{self.command}` goes on.")
        for run in self.records:
            if run.info["status"] in ("failed", "interrupted", "running"):
                why = f": {run.info['why']}" if run.info["why"] else ""
                notices.append(
                    f"{run.experiment} seed {run.seed} is {run.info['status']} after epoch {run.epochs}{why}."
                )
        return notices

    def _groups(self) -> list[tuple[str, list[Record]]]:
        return list(self.by_experiment.items())


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
    order = {name: number for number, name in enumerate(study.names())}
    records = [*read_records(Path(runs), study.name, budget, study.names()), *read_own(Path(runs), study, budget)]
    records.sort(key=lambda run: (order[run.experiment], run.seed))
    timed = read_records(Path(runs), study.name, timing_label(budget), study.names())
    return Shown(study, budget, records, decide(study, records, budget, layers, timed), findings)


@dataclass(frozen=True)
class Source:
    """A study under a budget, and the folder of runs to read."""

    study: Study
    budget: str | None
    runs: Path


def sources(subject: str, budget: str | None, runs: Path) -> list[Source]:
    """What `subject` means: a study, whose runs are in `runs`, or a folder of runs: `runs/STUDY/BUDGET`, `runs/STUDY`.

    A study's folder stands for each of its budgets, or for `budget` where one is given. Raises InputError.
    """
    folders = _run_folders(Path(subject))
    if not folders:
        if (Path(subject) / "run.json").is_file() or any(Path(subject).glob("seed*/run.json")):
            raise InputError(f"{subject}: is one run or experiment; give the folder of its study or budget")
        return [Source(load_study(subject), budget, runs)]
    found = []
    for folder, first in folders:
        info = first.info()
        assert info is not None
        if budget in (None, info["budget"]):
            found.append(Source(_study_of(first, info), info["budget"], folder.parent.parent))
    if not found:
        raise InputError(f"{subject}: holds no runs under the budget {budget}; leave --budget out to see what it holds")
    return found


def _run_folders(path: Path) -> list[tuple[Path, RunDirectory]]:
    """The folders STUDY/BUDGET that `path` is or holds, those of timing runs left out, each with one of its runs."""
    found: dict[Path, RunDirectory] = {}
    for pattern in ("*/seed*/run.json", "*/*/seed*/run.json"):
        for file in sorted(path.glob(pattern)):
            found.setdefault(file.resolve().parent.parent.parent, RunDirectory(file.resolve().parent))
    return [(folder, run) for folder, run in found.items() if not (run.info() or {}).get("timing")]


def _study_of(run: RunDirectory, info: Mapping[str, Any]) -> Study:
    """The study that a run is of: a built-in one, or the file that the run remembers."""
    name, file = str(info["study"]), info.get("study_file")
    if file is None:
        if name in built_in_studies():
            return load_study(name)
        raise InputError(f"{run.path}: does not say where its study is; give the study's file and --runs")
    path = run.path / file
    if not path.is_file():
        raise InputError(f"{run.path}: is a run of {path.resolve()}, which is gone; give the study's file and --runs")
    return load_study(path.resolve())


def _some(names: Sequence[str]) -> str:
    """At most eight of them."""
    more = len(names) - 8
    return ", ".join(names[:8]) + (f" and {more} more" if more > 0 else "")


def _roles(records: Sequence[Record]) -> list[str]:
    """The experiments whose images have other roles than usual."""
    unusual = set()
    for run in records:
        roles = run.info["resolved"]["roles"]
        if roles != {"train_on": "train", "score_on": "test"}:
            images = f"trained on the {roles['train_on']} images, scored on the {roles['score_on']} images"
            unusual.add(f"{run.experiment}: {images}")
    return sorted(unusual)
