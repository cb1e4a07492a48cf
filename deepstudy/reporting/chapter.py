"""A chapter of the report: one study under one budget, with its runs, the verdicts on its claims, and the findings."""

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
class StudyRuns:
    """A study under a budget, and the folder of its runs.

    Attributes:
        study: the study.
        budget: the budget's name, None for the whole study.
        folder: the folder STUDY/BUDGET, which may have been renamed.
    """

    study: Study
    budget: str | None
    folder: Path

    @classmethod
    def in_runs(cls, study: Study, budget: str | None, runs: Path) -> "StudyRuns":
        """Name the folder where `run` records a study.

        Arguments:
            study: the study.
            budget: the budget's name, None for the whole study.
            runs: the folder of all runs.

        Returns:
            The study with that folder, which need not exist.
        """
        return cls(study, budget, runs / study.name / (budget or "full"))

    @property
    def command(self) -> str:
        """The command that does what is missing there. Where the runs are packed, it does all of it elsewhere."""
        if Collection.within(self.folder):
            return self.command_anew
        runs = self.folder.parent.parent
        where = StudyRuns.in_runs(self.study, self.budget, runs).folder == self.folder
        return self.command_anew + (f" --out {shlex.quote(str(runs))}" if where and str(runs) != "runs" else "")

    @property
    def command_anew(self) -> str:
        """The command that does all of it once more, in the usual place."""
        return f"deepstudy run {shlex.quote(self.study.argument)}" + (
            f" --budget {shlex.quote(self.budget)}" if self.budget else ""
        )


@dataclass(frozen=True)
class Chapter:
    """All that the page, the Markdown report and the tables of a study under one budget are made of.

    Attributes:
        study_runs: the study, the budget and the folder of the runs.
        records: the runs that are shown.
        timed: the runs made for their times.
        exclusions: sentences that say which records are not shown, and why.
        verdicts: a verdict for each claim of the study.
        findings: what the audit found, in the form of its JSON.
    """

    study_runs: StudyRuns
    records: Sequence[Record]
    timed: Sequence[Record]
    exclusions: Sequence[str]
    verdicts: Sequence[Verdict]
    findings: Sequence[Mapping[str, str]]

    @property
    def study(self) -> Study:
        """The study."""
        return self.study_runs.study

    @property
    def budget(self) -> str | None:
        """The budget's name, None for the study as it is."""
        return self.study_runs.budget

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
        """The layer table of each experiment whose runs left one."""
        found = {
            name: next((run.layers for run in runs if run.layers), None) for name, runs in self.by_experiment.items()
        }
        return {name: layers for name, layers in found.items() if layers}

    @cached_property
    def recorded(self) -> dict[str, RecordedExperiment]:
        """Each experiment as its runs recorded it; without a run, as the study has it under the budget."""
        by_name = self.by_experiment
        return {
            name: by_name[name][0].info.resolved
            if name in by_name
            else RecordedExperiment.from_experiment(self.study.experiment(name, self.budget))
            for name in self.study.names()
        }

    @cached_property
    def curves(self) -> list[charts.Chart]:
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
        """The commands that did these runs, with their experiments, seeds, overrides and precision."""
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
        base = self.study_runs.command_anew  # where the runs are, a complete one is not done again
        if len(found) == 1 and sorted(*found.values()) == sorted(self.study.names()):
            commands = [" ".join([base, *options]) for options in found]
        else:
            commands = [" ".join([base, *map(shlex.quote, names), *options]) for options, names in found.items()]
        return (commands or [base]) + ([f"{base} --timing"] if self.timed else [])

    @property
    def threads(self) -> int | None:
        """How many threads every run had; None where the runs had different numbers."""
        threads = {run.info.machine.threads for run in self.records if not run.external_file}
        return threads.pop() if len(threads) == 1 else None

    @property
    def notices(self) -> list[str]:
        """What a reader must know before believing the numbers."""
        return [*self._comparable(), *self.exclusions, *self._missing(), *_roles(self.records)]

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
        unpublished = [run.info.data for run in self.records if run.info.data.published is False]
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
        names = {"32": "float32", "bf16": "bfloat16"}
        return [
            f"Not computed in {names.get(most, most)} as the others, but in {names.get(other, other)}: "
            f"{_some(found[other])}."
            for other in found
            if other != most
        ]

    def _missing(self) -> list[str]:
        if not self.by_experiment:
            command = self.study_runs.command
            return [f"There are no runs yet: every claim that needs one is undecided. `{command}` does them."]
        notices = []
        done = {run.experiment for run in self.records if run.info.status == "complete"}
        without = [name for name in self.study.names() if name not in done]
        if without:
            does = "does them" if Collection.within(self.study_runs.folder) else "goes on"
            notices.append(f"Without a complete run: {_some(without)}. `{self.study_runs.command}` {does}.")
        words = {"failed": "failed", "interrupted": "was interrupted", "running": "is not finished,"}
        for run in self.records:
            if run.info.status in words:
                why = f" ({run.info.why})" if run.info.why else ""
                when = f"after epoch {run.epochs}" if run.epochs else "before the end of its first epoch"
                notices.append(f"{run.experiment} seed {run.seed} {words[run.info.status]} {when}{why}.")
        return notices


def read_chapter(
    study_runs: StudyRuns, *, findings: Sequence[Mapping[str, str]] = (), layers: Layers | None = None
) -> Chapter:
    """Read the runs of a study and decide its claims.

    Arguments:
        study_runs: the study, the budget and the folder of the runs.
        findings: what an audit found (`Audit.as_json`).
        layers: layer tables of experiments that have no run.

    Returns:
        What there is to show.

    Raises:
        InputError: for a budget that the study does not have, and a record that cannot be read.
    """
    study, budget, folder = study_runs.study, study_runs.budget, study_runs.folder
    names = study.names()
    study.experiment(names[0], budget)  # refuses a budget that is not there
    records, exclusions = _of_these_recipes(study_runs, read_folder(folder, names))
    records += _read_external(study_runs, {(run.experiment, run.seed) for run in records})
    records.sort(key=lambda run: (names.index(run.experiment), run.seed))
    timed, timed_exclusions = _of_these_recipes(study_runs, read_folder(folder.with_name(timing_label(budget)), names))
    exclusions += [f"Of the runs for their times {notice}" for notice in timed_exclusions]
    return Chapter(study_runs, records, timed, exclusions, decide(study, records, budget, layers, timed), findings)


def _read_external(study_runs: StudyRuns, known: Set[tuple[str, int]]) -> list[Record]:
    """The runs that files of somebody's own loop stand in for, where there are no runs of ours."""
    records = read_external(study_runs.folder, study_runs.study, study_runs.budget)
    if twice := next((run for run in records if (run.experiment, run.seed) in known), None):
        beside = f"a run of the same seed in {study_runs.folder / RUNS}"
        raise InputError(f"{twice.external_file}: stands beside {beside}; keep one of the two")
    return records


def _of_these_recipes(study_runs: StudyRuns, records: Sequence[Record]) -> tuple[list[Record], list[str]]:
    """The records that are runs of today's study, and a sentence for each other record."""
    shown, exclusions = [], []
    for run in records:
        why = _other_recipe(study_runs, run)
        if why is None:
            shown.append(run)
        else:
            exclusions.append(f"{run.experiment} seed {run.seed} is left out: it is a run of another recipe ({why}).")
    for name in dict.fromkeys(run.experiment for run in shown):
        codes = {run.seed: run.info.code_hashes for run in shown if run.experiment == name}
        most = Counter(codes.values()).most_common(1)[0][0]
        for seed in (seed for seed, code in codes.items() if code != most):
            why = "the code of its network, or what it starts from, was another than that of most"
            exclusions.append(f"{name} seed {seed} is left out: {why}.")
        shown = [run for run in shown if run.experiment != name or run.info.code_hashes == most]
    return shown, exclusions


def _other_recipe(study_runs: StudyRuns, run: Record) -> str | None:
    """How a run's recipe differs from what the study says now; None where it does not."""
    try:
        experiment = study_runs.study.experiment(run.experiment, study_runs.budget, run.info.overrides)
    except InputError as error:
        return str(error)
    if run.info.recipe_hash == experiment.hash():
        start = experiment.start_from
        while start and start.experiment:  # that may start from another in turn
            began = study_runs.study.experiment(start.experiment, study_runs.budget, run.info.overrides)
            if began.hash() not in run.info.code_hashes:
                return "what it starts from was another"
            start = began.start_from
        return None
    return experiment.differs_from(run.info.resolved.document) or "its record was changed"


def find_runs(subject: str, budget: str | None = None, runs: Path = Path("runs")) -> list[StudyRuns]:
    """Find the runs that a user means.

    Arguments:
        subject: a study, or a folder of runs with any number of studies in it: STUDY/BUDGET, STUDY, or what holds them.
        budget: the budget's name. Without one, a folder stands for all its budgets. A study then stands for its whole
            runs, or, where there are none, for those under the budgets that it was run under.
        runs: the folder of the runs of a study; a folder as `subject` needs none.

    Returns:
        Each study with its budget and its folder.

    Raises:
        InputError: if there is no such study or folder, or the folder holds no runs under the budget.
    """
    path = Path(subject)
    if subject in built_in_studies() or path.is_file() or not path.is_dir():
        return _of_study_there(load_study(subject), budget, runs)
    found = []
    for folder, run, info in _run_folders(path):
        if budget in (None, info.budget):
            found.append(StudyRuns(_study_of(run, info), info.budget, folder))
    if found:
        return found
    if _run_folders(path):
        raise InputError(f"{subject}: holds no runs under the budget {budget}; leave --budget out to see what it holds")
    if (path / "run.json").is_file() or any(path.glob("seed*/run.json")):
        raise InputError(f"{subject}: is one run or experiment; give the folder of its study or budget")
    if any(path.glob("**/seed*.csv")):
        raise InputError(f"{subject}: holds files of somebody's own loop; give the study, and the folder with --runs")
    return _of_study_there(load_study(subject), budget, runs)


def runs_of_study(study: Study, budget: str | None, runs: Path) -> list[StudyRuns]:
    """Find the runs of a study.

    Arguments:
        study: the study.
        budget: the budget's name; see `find_runs` for None.
        runs: the folder of all runs.

    Returns:
        The study with each budget that is shown.
    """
    whole = StudyRuns.in_runs(study, budget, runs)
    if budget is None and not _holds_runs(whole.folder):
        under = [StudyRuns.in_runs(study, name, runs) for name in study.budgets]
        return [each for each in under if _holds_runs(each.folder)] or [whole]
    return [whole]


def _of_study_there(study: Study, budget: str | None, runs: Path) -> list[StudyRuns]:
    """The same, of a folder that a user named and that must be there."""
    if runs != Path("runs") and not runs.is_dir():
        raise InputError(f"--runs {runs}: is no folder; give the one that holds {study.name}")
    if not (runs / study.name).is_dir() and _is_run_folder(runs):
        raise InputError(f"--runs {runs}: is a folder of runs itself; give it instead of {study.name}")
    return runs_of_study(study, budget, runs)


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
