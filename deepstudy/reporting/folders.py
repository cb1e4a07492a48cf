"""Where the runs of a study are on disk, and which study a folder of runs belongs to."""

from dataclasses import dataclass
from pathlib import Path

from deepstudy.errors import InputError
from deepstudy.record import Collection, RunDirectory, RunInfo
from deepstudy.record.collection import RUNS
from deepstudy.study import Study, built_in_studies, load_study


@dataclass(frozen=True)
class StudyFolder:
    """A study under a budget, and the folder of its runs.

    Attributes:
        study: the study.
        budget: the budget's name, None for the whole study.
        path: the folder STUDY/BUDGET. It may have another name.
    """

    study: Study
    budget: str | None
    path: Path

    @classmethod
    def within(cls, runs: Path, study: Study, budget: str | None) -> "StudyFolder":
        """Name the folder where `run` records a study.

        Arguments:
            runs: the folder of all runs.
            study: the study.
            budget: the budget's name, None for the whole study.

        Returns:
            The study with that folder, which may not exist yet.
        """
        return cls(study, budget, runs / study.name / (budget or "full"))

    @property
    def is_packed(self) -> bool:
        """Whether the runs are packed into a collection. `run` does not add to it."""
        return Collection.within(self.path) is not None

    @property
    def holds_runs(self) -> bool:
        """Whether there are runs, including external ones."""
        return _is_run_folder(self.path) or any(self.path.glob("*/seed*.csv"))


def find_folders(subject: str, budget: str | None = None, runs: Path = Path("runs")) -> list[StudyFolder]:
    """Find the runs that a user names.

    Arguments:
        subject: a study, or a folder of runs: STUDY/BUDGET, STUDY, or a folder that contains several of them.
        budget: the budget's name. If None, a folder means all its budgets. A study means the runs of the whole study
            or, if there are none, the runs under each of its budgets.
        runs: the folder of all runs, if `subject` is a study.

    Returns:
        Each study with its budget and folder.

    Raises:
        InputError: if there is no such study or folder, or the folder has no runs under the budget.
    """
    path = Path(subject)
    if subject in built_in_studies() or path.is_file() or not path.is_dir():
        return _folders_in_existing(runs, load_study(subject), budget)
    candidates = _run_folders(path)
    chosen = [each for each in candidates if budget in (None, each.info.budget)]
    if chosen:
        return [StudyFolder(_study_of(each), each.info.budget, each.path) for each in chosen]
    if candidates:
        raise InputError(f"{subject}: has no runs under the budget {budget}; omit --budget to see all its runs")
    if (path / "run.json").is_file() or any(path.glob("seed*/run.json")):
        raise InputError(f"{subject}: is a single run or experiment; give the folder of its study or budget")
    if any(path.glob("**/seed*.csv")):
        raise InputError(f"{subject}: holds only external runs; give the study, and the folder with --runs")
    return _folders_in_existing(runs, load_study(subject), budget)


def folders_of_study(runs: Path, study: Study, budget: str | None) -> list[StudyFolder]:
    """Find the runs of a study.

    Arguments:
        runs: the folder of all runs.
        study: the study.
        budget: the budget's name; see `find_folders` for None.

    Returns:
        The study with each budget that is shown.
    """
    whole = StudyFolder.within(runs, study, budget)
    if budget is not None or whole.holds_runs:
        return [whole]
    under_budgets = [StudyFolder.within(runs, study, name) for name in study.budgets]
    return [folder for folder in under_budgets if folder.holds_runs] or [whole]


def _folders_in_existing(runs: Path, study: Study, budget: str | None) -> list[StudyFolder]:
    """The runs of a study in a folder that a user named, which must exist and be the folder of all runs."""
    if runs != Path("runs") and not runs.is_dir():
        raise InputError(f"--runs {runs}: is not a folder; give the one that holds {study.name}")
    if not (runs / study.name).is_dir() and _is_run_folder(runs):
        raise InputError(f"--runs {runs}: is itself a folder of runs; give it instead of {study.name}")
    return folders_of_study(runs, study, budget)


def _is_run_folder(path: Path) -> bool:
    return Collection.within(path) is not None or any(path.glob("*/seed*/run.json"))


@dataclass(frozen=True)
class _RunFolder:
    """A folder STUDY/BUDGET with one of its runs. Packed runs have no folder of their own."""

    path: Path
    run: Path
    info: RunInfo


def _run_folders(path: Path) -> list[_RunFolder]:
    """The folders STUDY/BUDGET at or below `path`, without those of timed runs."""
    folders = []
    for within in ("", "*/", "*/*/"):
        files = sorted(path.glob(f"{within}*/seed*/run.json"), reverse=True)
        first_runs = {file.parent.parent.parent: file.parent for file in files}
        packed = {file.parent for file in path.glob(f"{within}{RUNS}")}
        for folder in sorted(first_runs.keys() | packed):
            run = first_runs.get(folder)
            info = RunDirectory(run).info() if run else Collection(folder).first()
            if info is not None and not info.timing:
                folders.append(_RunFolder(folder, run or folder / info.experiment / f"seed{info.seed}", info))
    return folders


def _study_of(folder: _RunFolder) -> Study:
    """The study of a folder's run: a built-in one, or the file that the run recorded."""
    name, file = str(folder.info.study), folder.info.study_file
    if file is None:
        if name in built_in_studies():
            return load_study(name)
        raise InputError(f"{folder.run}: does not name its study file; give the study file and --runs")
    path = (folder.run / file).resolve()  # not strict: a packed run has no folder
    if not path.is_file():
        raise InputError(f"{folder.run}: its study file {path} no longer exists; give the study file and --runs")
    return load_study(path)
