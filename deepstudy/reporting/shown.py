"""What a report shows of one study under one budget: its records, its claims decided, its audit's findings."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deepstudy.errors import InputError
from deepstudy.external_runs import read_external
from deepstudy.layer_table.table import LayerTable
from deepstudy.record import Collection, Record, RecordedExperiment, RunDirectory, RunInfo, read_folder, timing_label
from deepstudy.record.collection import RUNS
from deepstudy.reporting import charts, tables
from deepstudy.study import Study, built_in_studies, load_study
from deepstudy.table import Table
from deepstudy.verdicts import Layers, Verdict, decide


@dataclass(frozen=True)
class Source:
    """A study under a budget, and the folder STUDY/BUDGET of its runs, which may have been renamed."""

    study: Study
    budget: str | None
    folder: Path

    @classmethod
    def in_runs(cls, study: Study, budget: str | None, runs: Path) -> "Source":
        """The study's folder where `run` puts it."""
        return cls(study, budget, runs / study.name / (budget or "full"))

    @property
    def command(self) -> str:
        """The command that does what is missing there, or, where the runs are packed, all of it in the usual place."""
        if Collection.within(self.folder):
            return self.anew
        runs = self.folder.parent.parent
        where = Source.in_runs(self.study, self.budget, runs).folder == self.folder
        return self.anew + (f" --out {shlex.quote(str(runs))}" if where and str(runs) != "runs" else "")

    @property
    def anew(self) -> str:
        """The command that does all of it once more, in the usual place."""
        return f"deepstudy run {shlex.quote(self.study.argument)}" + (
            f" --budget {shlex.quote(self.budget)}" if self.budget else ""
        )


@dataclass(frozen=True)
class Shown:
    """All that a page, a Markdown report and the tables of a study under one budget are made of.

    `timed` are the runs made for their times, `left_out` says in words which records are not shown, and why.
    """

    source: Source
    records: Sequence[Record]
    timed: Sequence[Record]
    left_out: Sequence[str]
    verdicts: Sequence[Verdict]
    findings: Sequence[Mapping[str, str]]

    @property
    def study(self) -> Study:
        """The study."""
        return self.source.study

    @property
    def budget(self) -> str | None:
        """The budget's name, None for the study as it is."""
        return self.source.budget

    @property
    def title(self) -> str:
        """The study's title, or its name."""
        return self.study.title or self.study.name

    @cached_property
    def by_experiment(self) -> dict[str, list[Record]]:
        """The runs that count, by experiment."""
        return tables.group(self.records)

    @cached_property
    def layers(self) -> dict[str, LayerTable]:
        """The layer tables that the runs left, by experiment."""
        found = {
            name: next((run.layers for run in runs if run.layers), None) for name, runs in self.by_experiment.items()
        }
        return {name: layers for name, layers in found.items() if layers}

    @cached_property
    def recorded(self) -> dict[str, RecordedExperiment]:
        """What each experiment is: as its runs have it, else as the study has it under the budget."""
        by_name = self.by_experiment
        return {
            name: by_name[name][0].info.resolved
            if name in by_name
            else RecordedExperiment.of(self.study.experiment(name, self.budget))
            for name in self.study.names()
        }

    @cached_property
    def curves(self) -> list[charts.Figure]:
        """The charts."""
        return charts.curves(self.study, self.records)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The tables by name, without those that are empty."""
        found = {
            "verdicts": tables.verdicts(self.verdicts),
            "results": tables.accuracies(self.study, self.records, self.timed),
            "figures": tables.figures(self.study, self.records, self.budget, self.timed),
            "parameters": tables.arithmetic(self.study, self.layers),
            "recipe": tables.common_recipe(self.study, self.budget, self.recorded),
            "differences": tables.differences(self.recorded),
            "runs": tables.runs([*self.records, *self.timed]),
        }
        return {name: table for name, table in found.items() if table.rows}

    @property
    def commands(self) -> list[str]:
        """The commands that did these runs: experiments, seeds, overrides and precision included."""
        found: dict[tuple[str, ...], list[str]] = {}
        for name, runs in tables.group([run for run in self.records if not run.external_file]).items():
            overrides = sorted({pair for run in runs for pair in run.info.overrides})
            options = [
                f"--seeds {max(run.seed for run in runs) + 1}",
                *(f"--set {shlex.quote(pair)}" for pair in overrides),
            ]
            precisions = {run.info.machine.precision for run in runs}
            options += [f"--precision {precisions.pop()}"] if len(precisions) == 1 else []
            found.setdefault(tuple(options), []).append(name)
        base = self.source.anew  # where the runs are, a complete one is not done again
        if len(found) == 1 and sorted(*found.values()) == sorted(self.study.names()):
            commands = [" ".join([base, *options]) for options in found]
        else:
            commands = [" ".join([base, *map(shlex.quote, names), *options]) for options, names in found.items()]
        return (commands or [base]) + ([f"{base} --timing"] if self.timed else [])

    @property
    def threads(self) -> int | None:
        """How many threads every run had, None where they had not the same number."""
        threads = {run.info.machine.threads for run in self.records if not run.external_file}
        return threads.pop() if len(threads) == 1 else None

    @property
    def notices(self) -> list[str]:
        """What a reader must know before believing the numbers."""
        return [*self._comparable(), *self.left_out, *self._missing(), *_roles(self.records)]

    def _comparable(self) -> list[str]:
        notices = []
        report = "the report's" if self.study.has_report else "published ones"
        if self.budget and self.records:
            says = self.study.budgets[self.budget].says.partition(";")[0]
            what = f"“{self.budget}” ({says})" if says else f"“{self.budget}”"
            notices.append(f"Run under the budget {what}: these accuracies are not comparable with {report}.")
        overrides = sorted({pair for run in self.records for pair in run.info.overrides})
        if overrides:
            notices.append(f"Run with --set {' '.join(overrides)}: these accuracies are not comparable with {report}.")
        unpublished = [run.info.data for run in self.records if not run.info.data.published]
        for says in sorted({data.provenance for data in unpublished}):
            notices.append(f"The data is {says}: accuracies are not comparable with {report}.")
        notices += self._precisions()
        own = [f"{run.experiment} seed {run.seed}" for run in self.records if run.external_file]
        if own:
            notices.append(f"From a training loop of its author's own, taken on trust: {_some(own)}.")
        return notices

    def _precisions(self) -> list[str]:
        """Which runs were computed in another precision than most: the same recipe, but not the same arithmetic."""
        found: dict[str, list[str]] = {}
        for run in self.records:
            if not run.external_file:
                precision = run.info.machine.precision or "unknown"
                found.setdefault(precision, []).append(f"{run.experiment} seed {run.seed}")
        most = max(found, key=lambda precision: len(found[precision]), default="")
        spoken = {"32": "float32", "bf16": "bfloat16"}
        return [
            f"Not computed in {spoken.get(most, most)} as the others, but in {spoken.get(other, other)}: "
            f"{_some(found[other])}."
            for other in found
            if other != most
        ]

    def _missing(self) -> list[str]:
        if not self.by_experiment:
            return [
                f"There are no runs yet: every claim that needs one is undecided. `{self.source.command}` does them."
            ]
        notices = []
        done = {run.experiment for run in self.records if run.info.status == "complete"}
        without = [name for name in self.study.names() if name not in done]
        if without:
            does = "does them" if Collection.within(self.source.folder) else "goes on"
            notices.append(f"Without a complete run: {_some(without)}. `{self.source.command}` {does}.")
        words = {"failed": "failed", "interrupted": "was interrupted", "running": "is not finished,"}
        for run in self.records:
            if run.info.status in words:
                why = f" ({run.info.why})" if run.info.why else ""
                when = f"after epoch {run.epochs}" if run.epochs else "before the end of its first epoch"
                notices.append(f"{run.experiment} seed {run.seed} {words[run.info.status]} {when}{why}.")
        return notices


def read(source: Source, *, findings: Sequence[Mapping[str, str]] = (), layers: Layers | None = None) -> Shown:
    """What the runs of a source show, every claim decided.

    `findings` are those of an audit (`Audit.as_json`), `layers` the layer tables of experiments that have no run.
    Raises InputError for a budget that is not there or a record that cannot be read.
    """
    study, budget, folder = source.study, source.budget, source.folder
    names = study.names()
    study.experiment(names[0], budget)  # refuses a budget that is not there
    records, left_out = _of_these_recipes(source, read_folder(folder, names))
    records += _read_external(source, {(run.experiment, run.seed) for run in records})
    records.sort(key=lambda run: (names.index(run.experiment), run.seed))
    timed, timed_out = _of_these_recipes(source, read_folder(folder.with_name(timing_label(budget)), names))
    left_out += [f"Of the runs for their times {notice}" for notice in timed_out]
    return Shown(source, records, timed, left_out, decide(study, records, budget, layers, timed), findings)


def _read_external(source: Source, known: Set[tuple[str, int]]) -> list[Record]:
    """The runs that files of somebody's own loop stand in for, where there are no runs of ours."""
    records = read_external(source.folder, source.study, source.budget)
    if twice := next((run for run in records if (run.experiment, run.seed) in known), None):
        beside = f"a run of the same seed in {source.folder / RUNS}"
        raise InputError(f"{twice.external_file}: stands beside {beside}; keep one of the two")
    return records


def _of_these_recipes(source: Source, records: Sequence[Record]) -> tuple[list[Record], list[str]]:
    """The records that are runs of what the study says now, and what is to be said of the others."""
    kept, left_out = [], []
    for run in records:
        why = _other_recipe(source, run)
        if why is None:
            kept.append(run)
        else:
            left_out.append(f"{run.experiment} seed {run.seed} is left out: it is a run of another recipe ({why}).")
    for name in dict.fromkeys(run.experiment for run in kept):
        codes = {run.seed: run.info.code_hashes for run in kept if run.experiment == name}
        most = Counter(codes.values()).most_common(1)[0][0]
        for seed in (seed for seed, code in codes.items() if code != most):
            why = "the code of its network, or what it starts from, was another than that of most"
            left_out.append(f"{name} seed {seed} is left out: {why}.")
        kept = [run for run in kept if run.experiment != name or run.info.code_hashes == most]
    return kept, left_out


def _other_recipe(source: Source, run: Record) -> str | None:
    """How a run's recipe differs from what the study says now; None where it does not."""
    try:
        experiment = source.study.experiment(run.experiment, source.budget, run.info.overrides)
    except InputError as error:
        return str(error)
    if run.info.recipe_hash == experiment.hash():
        start = experiment.start_from
        while start and start.experiment:  # that may start from another in turn
            began = source.study.experiment(start.experiment, source.budget, run.info.overrides)
            if began.hash() not in run.info.code_hashes:
                return "what it starts from was another"
            start = began.start_from
        return None
    return experiment.differs_from(run.info.resolved.document) or "its record was changed"


def sources(subject: str, budget: str | None = None, runs: Path = Path("runs")) -> list[Source]:
    """What `subject` means: a study, whose runs are in `runs`, or a folder of runs, with any number of studies in it.

    A study without a `budget` stands for its runs without one, or, where there are none, for those under the budgets
    that it has been run under. A folder STUDY/BUDGET, STUDY, or one that holds such folders stands for all budgets, or
    for `budget` where one is given. Raises InputError.
    """
    path = Path(subject)
    if subject in built_in_studies() or path.is_file() or not path.is_dir():
        return _of_study_there(load_study(subject), budget, runs)
    found = []
    for folder, run, info in _run_folders(path):
        if budget in (None, info.budget):
            found.append(Source(_study_of(run, info), info.budget, folder))
    if found:
        return found
    if _run_folders(path):
        raise InputError(f"{subject}: holds no runs under the budget {budget}; leave --budget out to see what it holds")
    if (path / "run.json").is_file() or any(path.glob("seed*/run.json")):
        raise InputError(f"{subject}: is one run or experiment; give the folder of its study or budget")
    if any(path.glob("**/seed*.csv")):
        raise InputError(f"{subject}: holds files of somebody's own loop; give the study, and the folder with --runs")
    return _of_study_there(load_study(subject), budget, runs)


def of_study(study: Study, budget: str | None, runs: Path) -> list[Source]:
    """The runs of a study in `runs`: under `budget`, or, without one, what `sources` says."""
    source = Source.in_runs(study, budget, runs)
    if budget is None and not _holds_runs(source.folder):
        under = [Source.in_runs(study, name, runs) for name in study.budgets]
        return [each for each in under if _holds_runs(each.folder)] or [source]
    return [source]


def _of_study_there(study: Study, budget: str | None, runs: Path) -> list[Source]:
    """The same, of a folder that a user named and that must be there."""
    if runs != Path("runs") and not runs.is_dir():
        raise InputError(f"--runs {runs}: is no folder; give the one that holds {study.name}")
    if not (runs / study.name).is_dir() and _is_run_folder(runs):
        raise InputError(f"--runs {runs}: is a folder of runs itself; give it in the place of {study.name}")
    return of_study(study, budget, runs)


def _holds_runs(folder: Path) -> bool:
    """Whether a folder STUDY/BUDGET holds runs, ours or of somebody's own loop."""
    return _is_run_folder(folder) or any(folder.glob("*/seed*.csv"))


def _is_run_folder(folder: Path) -> bool:
    return Collection.within(folder) is not None or any(folder.glob("*/seed*/run.json"))


def _run_folders(path: Path) -> list[tuple[Path, Path, RunInfo]]:
    """The folders STUDY/BUDGET that `path` is or holds, without those of timing runs, each with one of its runs."""
    found: list[tuple[Path, Path, RunInfo]] = []
    for within in ("", "*/", "*/*/"):
        files = sorted(path.glob(f"{within}*/seed*/run.json"), reverse=True)
        first = {file.parent.parent.parent: file.parent for file in files}
        packed = {file.parent for file in path.glob(f"{within}{RUNS}")}
        for folder in sorted(first.keys() | packed):
            info = RunDirectory(first[folder]).info() if folder in first else Collection(folder).first()
            if info is not None and not info.timing:
                found.append((folder, first.get(folder) or folder / info.experiment / f"seed{info.seed}", info))
    return found


def _study_of(run: Path, info: RunInfo) -> Study:
    """The study that a run is of: a built-in one, or the file that the run remembers."""
    name, file = str(info.study), info.study_file
    if file is None:
        if name in built_in_studies():
            return load_study(name)
        raise InputError(f"{run}: does not say where its study is; give the study's file and --runs")
    path = (run / file).resolve()  # the folder of a packed run is not there
    if not path.is_file():
        raise InputError(f"{run}: is a run of {path}, which is gone; give the study's file and --runs")
    return load_study(path)


def _some(names: Sequence[str]) -> str:
    """At most eight of them."""
    more = len(names) - 8
    return ", ".join(names[:8]) + (f" and {more} more" if more > 0 else "")


def _roles(records: Sequence[Record]) -> list[str]:
    """The experiments whose images have other roles than usual."""
    unusual = set()
    for run in records:
        roles = run.info.resolved.roles
        if not roles.are_usual:
            images = f"trained on the {roles.train_on} images, scored on the {roles.score_on} images"
            unusual.add(f"{run.experiment}: {images}")
    return sorted(unusual)
