"""The verbs `run` and `report` as functions, and what they return."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from deepstudy.display import Displayed
from deepstudy.errors import InputError
from deepstudy.findings import Finding
from deepstudy.record import Record
from deepstudy.runs.plan import Plan, RunOptions, make_plan
from deepstudy.runs.progress_display import ProgressDisplay
from deepstudy.runs.run import RunEnd, RunListener
from deepstudy.runs.run_study import run_plan
from deepstudy.runs.until_decided import MOST, Limits, run_until_decided
from deepstudy.study import Study, load_study
from deepstudy.table import Table
from deepstudy.verdicts import Layers, Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

    from deepstudy.reporting.chapter import Chapter


@dataclass(frozen=True, repr=False)
class RunResult(Displayed, Sequence[Record]):
    """What a command's runs left: a sequence of records.

    Attributes:
        study: the study.
        budget: the budget's name, None for the whole study.
        records: the record of each run, also of those that failed.
        ends: how each run ended.
    """

    study: Study
    budget: str | None
    records: Sequence[Record]
    ends: Sequence[RunEnd]

    @property
    def failed(self) -> list[RunEnd]:
        """The runs that failed, with the reason."""
        return [end for end in self.ends if end.outcome == "failed"]

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, place: Any) -> Any:
        return self.records[place]

    def as_table(self) -> Table:
        """Each experiment's accuracy over seeds."""
        from deepstudy.reporting.tables.results import tabulate_results

        return tabulate_results(self.study, self.records)

    def renderables(self, width: int) -> "list[RenderableType]":
        """What `run` prints: each experiment's accuracy over seeds.

        Arguments:
            width: columns of the terminal.
        """
        from rich.text import Text

        table = self.as_table()
        return [Text(table.caption), table.rich()]

    def rows(self) -> list[dict[str, Any]]:
        """The metrics: a row for each run, epoch and split."""
        return [
            {"experiment": record.experiment, "seed": record.seed, **line.model_dump()}
            for record in self.records
            for line in record.metrics
        ]

    def as_json(self) -> dict[str, Any]:
        """The document that `run --json` prints."""
        runs = [record.info.as_json() for record in self.records]
        return {"study": self.study.name, "budget": self.budget, "runs": runs}


@dataclass(frozen=True, repr=False)
class ReportResult(Displayed, Sequence[Path]):
    """What `report` decided and wrote: a sequence of files, the page first.

    Attributes:
        chapters: the studies with their runs.
        files: the page, the verdicts as JSON, the Markdown report, then charts and tables.
    """

    chapters: "Sequence[Chapter]"
    files: Sequence[Path]

    @property
    def verdicts(self) -> list[Verdict]:
        """The verdict on each claim."""
        return [verdict for chapter in self.chapters for verdict in chapter.verdicts]

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, place: Any) -> Any:
        return self.files[place]

    def as_table(self) -> Table:
        """The verdicts, a row each."""
        from deepstudy.reporting.formatting import format_tally
        from deepstudy.reporting.tables.verdicts import tabulate_verdicts

        table = tabulate_verdicts(self.verdicts)
        return Table(table.columns, table.rows, table.numeric, format_tally(self.verdicts), table.marks)

    def renderables(self, width: int) -> "list[RenderableType]":
        """What `report` prints: the verdicts of each study, then the names of the files.

        Arguments:
            width: columns of the terminal.
        """
        from rich.text import Text

        from deepstudy.reporting.document import is_document
        from deepstudy.reporting.terminal import format_chapter

        parts: list[RenderableType] = []
        for chapter in self.chapters:
            if len(self.chapters) > 1:
                budget = f" (budget {chapter.budget})" if chapter.budget else ""
                parts.append(Text(f"{chapter.title}{budget}", "bold"))
            parts += format_chapter(chapter)
        return [*parts, *(Text(str(path)) for path in self.files if is_document(path, self.files[0]))]

    def rows(self) -> list[dict[str, Any]]:
        """The rows of the verdicts' JSON file."""
        from deepstudy.reporting.document import verdicts_json

        return verdicts_json(self.chapters)


def run(
    study: Study | str | Path,
    experiments: Sequence[str] = (),
    *,
    listener: RunListener | None = None,
    until: Literal["decided"] | None = None,
    most: int | None = None,
    time: float | None = None,
    say: Callable[[str], None] | None = None,
    **options: Any,
) -> RunResult:
    """Do the experiments of a study over seeds.

    Complete runs are skipped. Interrupted runs continue where they stopped. In a notebook and in a terminal,
    progress is shown.

    Arguments:
        study: a study, the name of a built-in one, or a study file.
        experiments: those to do; all of them where none is named.
        listener: hears how the runs go, instead of the progress display.
        until: `decided` gives the next seed to the claim that it would decide soonest, and stops when all claims are
            decided or more seeds are of no use.
        most: seeds per experiment with `until`; 10 by default.
        time: the seconds after which `until` begins no new run.
        say: prints a sentence: what `until` does next. By default nothing is printed.
        options: the other attributes of `RunOptions`: `seeds`, `budget`, `overrides`, `out`, `device`, `precision`,
            `deterministic`, `timing`, `workers`.

    Returns:
        The records of these runs, also of those that failed.

    Raises:
        InputError: for what cannot be run.
        Interrupted: after SIGINT or SIGTERM, with the state saved.

    Example:
        >>> records = deepstudy.run("lenet-mnist", ["lenet5"], budget="demo", seeds=2)
        >>> [record.info.final["test"].accuracy for record in records]
    """
    study = study if isinstance(study, Study) else load_study(study)
    wanted = RunOptions(tuple(experiments), until_decided=until is not None, **options)

    def do_runs(plan: Plan) -> list[RunEnd]:
        if listener is not None:
            return run_plan(plan, listener)
        with ProgressDisplay(plan) as display:
            return run_plan(plan, display if display.is_watched else RunListener())

    if until is None:
        if most is not None or time is not None:
            raise InputError("most and time need until='decided'")
        plan = make_plan(study, wanted)
        ends = do_runs(plan)
        return RunResult(study, wanted.budget, plan.records(), ends)
    if until != "decided":
        raise InputError(f"until: {until!r} is not known; write until='decided'")
    return decide_by_runs(study, wanted, Limits(MOST if most is None else most, time), do_runs, say or (lambda _: None))


def decide_by_runs(
    study: Study,
    wanted: RunOptions,
    limits: Limits,
    do_runs: Callable[[Plan], list[RunEnd]],
    say: Callable[[str], None],
) -> RunResult:
    """Do runs until the claims of a study are decided.

    Arguments:
        study: the study.
        wanted: its experiments, the budget and the folder.
        limits: when to stop in any case.
        do_runs: does the runs of a plan.
        say: prints a sentence: which runs come next.

    Returns:
        The records of the study's runs.

    Raises:
        InputError: the study has no claims, or its runs cannot be read.
    """
    from deepstudy.reporting.chapter import read_chapter
    from deepstudy.reporting.folders import StudyFolder

    folder = StudyFolder.within(wanted.out, study, wanted.budget)

    def judge() -> Sequence[Verdict]:
        return read_chapter(folder, until_decided=True).verdicts

    ends = run_until_decided(study, wanted, limits, judge, do_runs, say)
    return RunResult(study, wanted.budget, read_chapter(folder).records, ends)


def report(
    study: Study | str | Path,
    *,
    budget: str | None = None,
    runs: Path | str = "runs",
    output: Path | str = "report.html",
    figures: Path | str | None = None,
    tables_in: Path | str | None = None,
    findings: Sequence[Finding] = (),
    layers: Layers | None = None,
) -> ReportResult:
    """Decide the claims of a study from its runs, and write the page, the verdicts as JSON and a Markdown report.

    Arguments:
        study: a study, or its name or file.
        budget: the budget's name. Without one: the whole study's runs, or those under each budget if there are none.
        runs: the folder of all runs.
        output: the page's file.
        figures: a folder for the charts as SVG and PNG.
        tables_in: a folder for every table as CSV, Markdown and LaTeX.
        findings: what an audit found (`deepstudy.audit(study).findings`).
        layers: layer tables of experiments that have no run.

    Returns:
        The verdicts, and the files that were written.

    Raises:
        InputError: there are no runs, a record cannot be read, or a file cannot be written.

    Example:
        >>> print(deepstudy.report("lenet-mnist", budget="demo", findings=deepstudy.audit("lenet-mnist").findings))
    """
    from deepstudy.reporting.chapter import read_chapter
    from deepstudy.reporting.document import write
    from deepstudy.reporting.folders import folders_of_study

    study = study if isinstance(study, Study) else load_study(study)
    folders = folders_of_study(Path(runs), study, budget)
    chapters = [read_chapter(folder, findings=findings, layers=layers) for folder in folders]
    require_runs(chapters)
    return ReportResult(chapters, write(chapters, output, figures, tables_in))


def require_runs(chapters: "Sequence[Chapter]") -> None:
    """Refuse to report on nothing.

    Arguments:
        chapters: the studies that are to be reported.

    Raises:
        InputError: none of them has a run that counts. It says why, or names the command that makes some.
    """
    if any(chapter.records or chapter.timed for chapter in chapters):
        return
    first = chapters[0]
    if first.exclusions:
        more = f" ({len(first.exclusions) - 1} more)" if len(first.exclusions) > 1 else ""
        why = first.exclusions[0].rstrip(".")
        raise InputError(
            f"{first.folder.path}: {why}{more}; restore the study, or run it into another folder with --out"
        )
    budget = first.budget or next(iter(first.study.budgets), None)
    command = f"deepstudy run {shlex.quote(first.study.argument)}"
    command += f" --budget {shlex.quote(budget)}" if budget else ""
    raise InputError(f"{first.folder.path}: holds no runs of {first.study.name}; run the study first: `{command}`")
