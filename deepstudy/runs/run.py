"""One run, and whoever listens to how it goes."""

from dataclasses import dataclass, replace
from typing import Literal

from deepstudy import models
from deepstudy.files import digest
from deepstudy.record import RunDirectory
from deepstudy.study import Experiment, Study
from deepstudy.training.progress import Progress

Outcome = Literal["complete", "skipped", "failed"]


@dataclass(frozen=True)
class Run:
    """One experiment with one seed under one budget, and where it is recorded.

    Attributes:
        study: the study that it belongs to.
        name: the experiment's name.
        experiment: what is done, complete.
        seed: the seed.
        budget: the budget's name, None for the study as it is.
        overrides: pairs like `optimizer.lr=0.1`.
        directory: the run directory.
        timing: whether it is made for its times alone.
        number: its place in the plan, from 1.
        total: how many runs the plan has.
    """

    study: Study
    name: str
    experiment: Experiment
    seed: int
    budget: str | None
    overrides: tuple[str, ...]
    directory: RunDirectory
    timing: bool = False
    number: int = 1
    total: int = 1

    @property
    def hash(self) -> str:
        """What makes two runs the same: `recipe_hash` and `code_hashes`, joined."""
        return "-".join([self.recipe_hash, *self.code_hashes])

    @property
    def recipe_hash(self) -> str:
        """A digest of the experiment."""
        return self.experiment.hash()

    @property
    def code_hashes(self) -> tuple[str, ...]:
        """Digests of the code of a network that is not ours, and of what the run starts from."""
        folder, start = self.study.path.parent, self.experiment.start_from
        files = models.source_files(self.experiment.model.name, folder)
        files += [folder / start.file] if start and start.file else []
        parts = [digest([path.read_bytes()]) for path in files if path.is_file()]
        if start and start.experiment:
            source = self.study.experiment(start.experiment, self.budget, self.overrides)
            first = replace(self, name=start.experiment, experiment=source)
            parts += [first.recipe_hash, *first.code_hashes]
        return tuple(parts)

    @property
    def is_complete(self) -> bool:
        """Whether it is done to its last epoch."""
        info = self.directory.info()
        return info is not None and info.status == "complete" and self.directory.epochs() >= self.experiment.epochs

    @property
    def source(self) -> RunDirectory | None:
        """The run of another experiment, with the same seed, that this one starts from."""
        start = self.experiment.start_from
        if start is None or start.experiment is None:
            return None
        return RunDirectory(self.directory.path.parent.parent / start.experiment / self.directory.path.name)


class RunListener:
    """Hears how runs go. Override what you want to know; the rest does nothing."""

    def on_start(self, run: Run, finished_epochs: int) -> None:
        """A run begins, or goes on.

        Arguments:
            run: the run.
            finished_epochs: epochs that were done before.
        """

    def on_progress(self, run: Run, progress: Progress) -> None:
        """A run has come further; about twice a second, and after each epoch.

        Arguments:
            run: the run.
            progress: where it is.
        """

    def on_end(self, run: Run, outcome: Outcome, why: str) -> None:
        """A run has ended.

        Arguments:
            run: the run.
            outcome: how.
            why: of one that failed, else empty.
        """
