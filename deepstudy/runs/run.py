"""One run, and whoever listens to how it goes."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from deepstudy.catalog import is_built_in
from deepstudy.files import digest
from deepstudy.record import RunDirectory, RunInfo
from deepstudy.study import Experiment, Study
from deepstudy.training.progress import Progress

if TYPE_CHECKING:  # a plan is made and checked before torch is imported
    from deepstudy.loading import Dataset

RunOutcome = Literal["complete", "skipped", "failed"]


@dataclass(frozen=True)
class RunState:
    """What a run directory holds of a run.

    Attributes:
        info: run.json, None where there is no run yet.
        epochs: finished epochs.
    """

    info: RunInfo | None
    epochs: int


@dataclass(frozen=True)
class Run:
    """One experiment with one seed under one budget, and where it is recorded.

    Attributes:
        study: the study that it belongs to.
        experiment: the experiment's name.
        resolved: the experiment, complete.
        seed: the seed.
        budget: the budget's name, None for the study as it is.
        overrides: pairs like `optimizer.lr=0.1`.
        directory: the run directory.
        timing: whether only its times are used, as with `--timing`.
        until_decided: whether the number of runs depends on what they show, as with `--until decided`.
        number: its place in the plan, from 1.
        total: how many runs the plan has.
    """

    study: Study
    experiment: str
    resolved: Experiment
    seed: int
    budget: str | None
    overrides: tuple[str, ...]
    directory: RunDirectory
    timing: bool = False
    until_decided: bool = False
    number: int = 1
    total: int = 1

    @property
    def hash(self) -> str:
        """What must be the same in a run directory for the run to continue: `recipe_hash` and `code_hashes`, joined."""
        return "-".join([self.recipe_hash, *self.code_hashes])

    @property
    def recipe_hash(self) -> str:
        """A digest of the experiment."""
        return self.resolved.hash()

    @property
    def code_hashes(self) -> tuple[str, ...]:
        """Digests of the code of a network that is not ours, and of what the run starts from."""
        folder, start, name = self.study.path.parent, self.resolved.start_from, self.resolved.model.name
        files = [] if is_built_in(name) else _source_files(name, folder)
        files += [folder / start.file] if start and start.file else []
        digests = [digest([path.read_bytes()]) for path in files if path.is_file()]
        if start and start.experiment:
            resolved = self.study.experiment(start.experiment, self.budget, self.overrides)
            first = replace(self, experiment=start.experiment, resolved=resolved)
            digests += [first.recipe_hash, *first.code_hashes]
        return tuple(digests)

    @property
    def starts_from(self) -> RunDirectory | None:
        """The run of another experiment, with the same seed, whose weights this one starts from."""
        start = self.resolved.start_from
        if start is None or start.experiment is None:
            return None
        return RunDirectory(self.directory.path.parent.parent / start.experiment / self.directory.path.name)

    def state(self) -> RunState:
        """Read what the run directory holds now. Raises InputError if it is damaged."""
        return RunState(self.directory.info(), self.directory.epochs())

    def is_complete(self, state: RunState) -> bool:
        """Say whether the run is done to its last epoch.

        Arguments:
            state: what its directory holds.
        """
        done = state.info is not None and state.info.status == "complete"
        return done and state.epochs >= self.resolved.epochs

    def load_data(self) -> "Dataset":
        """Load the images that the run works on. Raises InputError if they are missing or damaged."""
        from deepstudy.loading import load

        return load(**self.resolved.data.model_dump(), folder=self.study.path.parent)

    def describe_failed_start(self, why: str | None) -> str:
        """Say that this run cannot start because the run that it starts from failed.

        Arguments:
            why: why that run failed.
        """
        assert self.resolved.start_from is not None
        return f"starts from {self.resolved.start_from.experiment}, which failed: {why}"


def _source_files(name: str, folder: Path) -> list[Path]:
    from deepstudy import models  # which brings torch with it

    return models.source_files(name, folder)


@dataclass(frozen=True)
class RunEnd:
    """How a run ended; `why` is the reason if it failed."""

    run: Run
    outcome: RunOutcome
    why: str = ""


class RunListener:
    """Is called while runs go on. Override the methods that you need; the others do nothing."""

    def on_start(self, run: Run, finished_epochs: int) -> None:
        """A run begins or continues.

        Arguments:
            run: the run.
            finished_epochs: epochs that an earlier command finished.
        """

    def on_notice(self, run: Run, says: str) -> None:
        """A run is done in another way than usual. Several runs may say the same.

        Arguments:
            run: the run.
            says: in which way, and why.
        """

    def on_progress(self, run: Run, progress: Progress) -> None:
        """A run has made progress; called about twice a second and after each epoch.

        Arguments:
            run: the run.
            progress: how far it is.
        """

    def on_end(self, end: RunEnd) -> None:
        """A run has ended.

        Arguments:
            end: the run, and how.
        """
