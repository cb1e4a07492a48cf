"""A chapter of the report: one study under one budget, with its runs, the verdicts on its claims, and the findings."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from deepstudy.errors import InputError
from deepstudy.external_runs import read_external
from deepstudy.findings import Finding
from deepstudy.layer_table.table import LayerTable
from deepstudy.record import Record, RecordedExperiment, read_folder, timing_label
from deepstudy.record.collection import RUNS
from deepstudy.reporting.answer import Answer, answer
from deepstudy.reporting.chart import Chart
from deepstudy.reporting.charts import draw_charts
from deepstudy.reporting.commands import commands_to_repeat
from deepstudy.reporting.exclusions import exclude_other_recipes
from deepstudy.reporting.folders import StudyFolder
from deepstudy.reporting.notices import notices_on
from deepstudy.reporting.tables.figures import tabulate_counts, tabulate_figures
from deepstudy.reporting.tables.results import tabulate_results
from deepstudy.reporting.tables.runs import tabulate_runs
from deepstudy.reporting.tables.study import tabulate_differences, tabulate_recipe
from deepstudy.reporting.tables.verdicts import tabulate_verdicts
from deepstudy.study import Study
from deepstudy.table import Table
from deepstudy.verdicts import (
    Layers,
    Verdict,
    by_experiment,
    decide,
    layers_of_study,
    recorded_experiment,
    records_that_count,
)


@dataclass(frozen=True)
class Chapter:
    """A study with its runs: what the page, the Markdown report and the tables show.

    Attributes:
        folder: the study, the budget and the folder of the runs.
        records: the records that are shown.
        timed: the records of timed runs.
        exclusions: sentences that say which records are not shown, and why.
        verdicts: a verdict for each claim of the study.
        findings: what the audit found.
        counted: the layer tables that decide claims about counts.
    """

    folder: StudyFolder
    records: Sequence[Record]
    timed: Sequence[Record]
    exclusions: Sequence[str]
    verdicts: Sequence[Verdict]
    findings: Sequence[Finding]
    counted: Layers

    @property
    def study(self) -> Study:
        """The study."""
        return self.folder.study

    @property
    def budget(self) -> str | None:
        """The budget's name, None for the whole study."""
        return self.folder.budget

    @property
    def title(self) -> str:
        """The study's title, or its name if it has no title."""
        return self.study.title or self.study.name

    @property
    def threads(self) -> int | None:
        """The number of threads of every run; None if the runs differ."""
        threads = {record.info.machine.threads for record in self.records if not record.external_file}
        return threads.pop() if len(threads) == 1 else None

    @property
    def answer(self) -> Answer:
        """What the report got right, what wrong, and what stays open."""
        return answer(self.verdicts, self.findings, has_report=self.study.has_report)

    @property
    def notices(self) -> list[str]:
        """What limits the results, in sentences."""
        return notices_on(self.folder, self.records, self.exclusions, self.timed)

    @property
    def commands(self) -> list[str]:
        """The commands that make these runs again."""
        return commands_to_repeat(self.folder, self.records, self.timed)

    @cached_property
    def by_experiment(self) -> dict[str, list[Record]]:
        """The records that count, by experiment."""
        return by_experiment(records_that_count(self.records))

    @cached_property
    def recorded(self) -> dict[str, RecordedExperiment]:
        """Each experiment as its runs recorded it; without runs, as the study defines it under the budget."""
        return {
            name: recorded_experiment(self.study, self.budget, name, self.by_experiment.get(name, ()))
            for name in self.study.names()
        }

    @cached_property
    def layers(self) -> dict[str, LayerTable]:
        """The layer table of each experiment whose runs recorded one."""
        layers: dict[str, LayerTable] = {}
        for record in records_that_count(self.records):
            if record.layers:
                layers.setdefault(record.experiment, record.layers)
        return layers

    @cached_property
    def charts(self) -> list[Chart]:
        """The charts."""
        return draw_charts(self.study, self.records)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The tables by name, without empty ones."""
        tables = {
            "verdicts": tabulate_verdicts(self.verdicts),
            "results": tabulate_results(self.study, self.records, self.timed),
            "figures": tabulate_figures(self.study, self.records, self.budget, self.timed),
            "parameters": tabulate_counts(self.study, self.counted),
            "recipe": tabulate_recipe(self.study, self.budget, self.recorded),
            "differences": tabulate_differences(self.recorded),
            "runs": tabulate_runs([*self.records, *self.timed]),
        }
        return {name: table for name, table in tables.items() if table.rows}


def read_chapter(
    folder: StudyFolder,
    *,
    findings: Sequence[Finding] = (),
    layers: Layers | None = None,
    until_decided: bool = False,
) -> Chapter:
    """Read the runs of a study and decide its claims.

    Arguments:
        folder: the study, the budget and the folder of the runs.
        findings: what an audit found.
        layers: layer tables of experiments without runs.
        until_decided: whether somebody looks at the verdicts after every seed.

    Returns:
        The study with its runs, verdicts and findings.

    Raises:
        InputError: if the study has no such budget, or a record cannot be read.
    """
    study, budget, path = folder.study, folder.budget, folder.path
    names = study.names()
    study.experiment(names[0], budget)  # raises for an unknown budget
    records, exclusions = exclude_other_recipes(folder, read_folder(path, names))
    records += _read_external(folder, {(record.experiment, record.seed) for record in records})
    records.sort(key=lambda record: (names.index(record.experiment), record.seed))
    timed_records = read_folder(path.with_name(timing_label(budget)), names)
    timed, timed_exclusions = exclude_other_recipes(folder, timed_records)
    exclusions += [f"Timed runs: {exclusion}" for exclusion in timed_exclusions]
    verdicts = decide(study, records, budget, layers, timed, until_decided)
    counted = layers_of_study(study, records, layers)
    return Chapter(folder, records, timed, exclusions, verdicts, findings, counted)


def _read_external(folder: StudyFolder, known: Set[tuple[str, int]]) -> list[Record]:
    """The external runs, which must not have the seed of another run of the same experiment."""
    records = read_external(folder.path, folder.study, folder.budget)
    if twice := next((record for record in records if (record.experiment, record.seed) in known), None):
        other = f"{folder.path / RUNS} has a run with the same seed"
        raise InputError(f"{twice.external_file}: {other}; delete one of them")
    return records
