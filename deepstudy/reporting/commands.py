"""The commands that run a chapter's study, or run it again."""

import shlex
from collections.abc import Sequence

from deepstudy.record import Record
from deepstudy.reporting.folders import StudyFolder
from deepstudy.verdicts import by_experiment, records_that_count


def command_to_finish(folder: StudyFolder) -> str:
    """Write the command that runs what is missing in a folder of runs.

    Arguments:
        folder: the study, the budget and the folder.

    Returns:
        The command. If the runs are packed or the folder was renamed, it runs the whole study in the usual folder.
    """
    runs = folder.path.parent.parent
    is_elsewhere = str(runs) != "runs" and StudyFolder.within(runs, folder.study, folder.budget).path == folder.path
    out = f" --out {shlex.quote(str(runs))}" if is_elsewhere and not folder.is_packed else ""
    return _command_anew(folder) + out


def commands_to_repeat(folder: StudyFolder, records: Sequence[Record], timed: Sequence[Record]) -> list[str]:
    """Write the commands that made these runs, with their experiments, seeds, overrides and precision.

    They do not name the folder of the runs, because `run` skips complete runs there.

    Arguments:
        folder: the study, the budget and the folder.
        records: the records that are shown.
        timed: the records of timed runs.

    Returns:
        A command for each set of options. Without records, the command that runs the whole study.
    """
    experiments: dict[tuple[str, ...], list[str]] = {}  # by options
    ours = [record for record in records_that_count(records) if not record.external_file]
    for name, group in by_experiment(ours).items():
        overrides = sorted({pair for record in group for pair in record.info.overrides})
        options = [
            f"--seeds {max(record.seed for record in group) + 1}",
            *(f"--set {shlex.quote(pair)}" for pair in overrides),
        ]
        precisions = {precision for record in group if (precision := record.info.machine.precision)}
        options += [f"--precision {precisions.pop()}"] if len(precisions) == 1 else []
        options += ["--deterministic"] if all(record.info.machine.deterministic for record in group) else []
        experiments.setdefault(tuple(options), []).append(name)
    command = _command_anew(folder)
    are_all = len(experiments) == 1 and sorted(*experiments.values()) == sorted(folder.study.names())
    commands = [
        " ".join([command, *([] if are_all else map(shlex.quote, names)), *options])
        for options, names in experiments.items()
    ]
    return (commands or [command]) + ([f"{command} --timing"] if timed else [])


def _command_anew(folder: StudyFolder) -> str:
    budget = f" --budget {shlex.quote(folder.budget)}" if folder.budget else ""
    return f"deepstudy run {shlex.quote(folder.study.argument)}{budget}"
