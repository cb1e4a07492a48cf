"""The plan of a command: which runs a study asks for, in what order. Made once, then handed on."""

from collections.abc import Set
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from deepstudy.errors import InputError
from deepstudy.layer_table import macs_of
from deepstudy.record import Record, RunDirectory, read_records, run_path, timing_label
from deepstudy.runs.run import Run, RunState
from deepstudy.study import Study
from deepstudy.study.references import order_by_start

TIMING_EPOCHS, TIMING_SEEDS = 3, 5  # of `--timing` runs
DEVICES, PRECISIONS = ("auto", "cpu", "cuda", "mps"), ("auto", "32", "bf16")


@dataclass(frozen=True)
class RunOptions:
    """What a command asks for, beside the study.

    Attributes:
        experiments: the names of those to run, beside those that they start from; all of them by default.
        seeds: runs of each, with seeds 0 to seeds - 1; None takes the study's number.
        budget: a smaller version of the study.
        overrides: pairs like `optimizer.lr=0.1`.
        out: the folder for the run directories.
        device: `auto`, `cpu`, `cuda` or `mps`; None takes the study's.
        precision: `auto`, `32` or `bf16`.
        deterministic: have torch refuse operations that do not give the same bits each time.
        until_decided: record that the number of runs depends on what they show.
        timing: run a few epochs of each experiment, in turn, recorded beside the other runs. Only claims about time
            read them.
        workers: how many runs go on at the same time, each in a child process. With 1 they are done in this process.
            `auto` takes one a core where that is faster.
    """

    experiments: tuple[str, ...] = ()
    seeds: int | None = None
    budget: str | None = None
    overrides: tuple[str, ...] = ()
    out: Path = Path("runs")
    device: str | None = None
    precision: str = "auto"
    deterministic: bool = False
    timing: bool = False
    until_decided: bool = False
    workers: int | Literal["auto"] = 1

    def __post_init__(self) -> None:
        """Turn lists into tuples and text into a path. Raises InputError for options that make no sense."""
        for name in ("experiments", "overrides"):
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))
        object.__setattr__(self, "out", Path(self.out))
        if self.workers != "auto" and not (isinstance(self.workers, int) and self.workers >= 1):
            raise InputError(f"workers: {self.workers!r} is neither auto nor 1 or more")
        if self.seeds is not None and self.seeds < 1:
            raise InputError(f"seeds: {self.seeds} is too few; give 1 or more")
        for name, choices in (("device", (None, *DEVICES)), ("precision", PRECISIONS)):
            if getattr(self, name) not in choices:
                raise InputError(
                    f"{name}: {getattr(self, name)} is not known; choose {', '.join(filter(None, choices))}"
                )
        if self.timing and self.workers != 1:
            raise InputError("--timing: runs that share the machine say nothing about time; remove --workers")


@dataclass(frozen=True)
class Plan:
    """The runs of a command, in the order in which they are done.

    Attributes:
        study: the study.
        options: what was asked for.
        runs: seed by seed, so that a study that is stopped half-way has the same number of runs of each experiment. A
            run that another one starts from comes first.
        states: what the directory of each run held when the plan was made.
    """

    study: Study
    options: RunOptions
    runs: tuple[Run, ...]
    states: tuple[RunState, ...]

    @property
    def incomplete(self) -> list[Run]:
        """The runs that are still to do."""
        return [run for run, state in zip(self.runs, self.states, strict=True) if not run.is_complete(state)]

    @cached_property
    def macs(self) -> list[int]:
        """Multiply-adds an image of each of the study's networks."""
        return macs_of(self.study)

    def select(self, wanted: Set[tuple[str, int]]) -> "Plan":
        """Take some of the runs, with those that they start from.

        Arguments:
            wanted: their experiments and seeds.

        Returns:
            The plan of these runs, in the same order.
        """
        directories = {run.directory for run in self.runs if (run.experiment, run.seed) in wanted}
        for run in reversed(self.runs):  # what a run starts from comes before it
            if run.directory in directories and run.starts_from is not None:
                directories.add(run.starts_from)
        both = zip(self.runs, self.states, strict=True)
        chosen = [(run, state) for run, state in both if run.directory in directories]
        runs = [replace(run, number=number, total=len(chosen)) for number, (run, _) in enumerate(chosen, 1)]
        return replace(self, runs=tuple(runs), states=tuple(state for _, state in chosen))

    def records(self) -> list[Record]:
        """What these runs have left so far."""
        wanted = {(run.experiment, run.seed) for run in self.runs}
        label = _label(self.options)
        found = read_records(self.options.out, self.study.name, label, self.study.names())
        return [record for record in found if (record.experiment, record.seed) in wanted]


def make_plan(study: Study, options: RunOptions) -> Plan:
    """Plan the runs of a command.

    Arguments:
        study: the study.
        options: which of its experiments, how often, where.

    Returns:
        The plan. It also has the experiments that the named ones start from.

    Raises:
        InputError: for an experiment, budget or override that does not fit the study, and for a damaged run directory.
    """
    overrides, seeds = options.overrides, options.seeds
    if options.timing:
        overrides, seeds = (f"epochs={TIMING_EPOCHS}", *overrides), seeds or TIMING_SEEDS
    names = list(options.experiments) or study.names()
    resolved = {name: study.experiment(name, options.budget, overrides) for name in names}
    for experiment in list(resolved.values()):
        start = experiment.start_from
        while start and start.experiment and start.experiment not in resolved:
            resolved[start.experiment] = study.experiment(start.experiment, options.budget, overrides)
            start = resolved[start.experiment].start_from
    runs = []
    for seed in range(seeds or study.seed_count(options.budget)):
        for name in order_by_start(study, resolved):
            directory = RunDirectory(run_path(options.out, study.name, _label(options), name, seed))
            run = Run(study, name, resolved[name], seed, options.budget, overrides, directory, options.timing)
            runs.append(replace(run, until_decided=options.until_decided))
    numbered = tuple(replace(run, number=number, total=len(runs)) for number, run in enumerate(runs, 1))
    return Plan(study, options, numbered, tuple(run.state() for run in numbered))


def _label(options: RunOptions) -> str | None:
    """The folder below the study's; None is that of runs without a budget."""
    return timing_label(options.budget) if options.timing else options.budget
