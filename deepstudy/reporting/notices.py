"""What limits the results of a chapter, in sentences for the reader."""

from collections.abc import Sequence

from deepstudy.record import Record
from deepstudy.reporting.commands import command_to_finish
from deepstudy.reporting.folders import StudyFolder
from deepstudy.verdicts import records_that_count

_MOST_NAMES = 8  # that a sentence can hold
_PRECISIONS = {"32": "float32", "bf16": "bfloat16", "unknown": "an unknown precision"}
_STATUS = {"failed": "failed", "interrupted": "was interrupted", "running": "is unfinished"}


def notices_on(
    folder: StudyFolder, records: Sequence[Record], exclusions: Sequence[str], timed: Sequence[Record] = ()
) -> list[str]:
    """Say what limits the results of a study's runs.

    Arguments:
        folder: the study, the budget and the folder of the runs.
        records: the records that are shown.
        exclusions: sentences about the records that are not shown.
        timed: the records of timed runs.

    Returns:
        Sentences about what is not comparable, left out or missing, and about images with unusual roles.
    """
    return [
        *_on_comparability(folder, records),
        *_on_precisions(records),
        *_on_external(records),
        *exclusions,
        *_on_missing(folder, records, timed),
        *_on_roles(records),
    ]


def _on_comparability(folder: StudyFolder, records: Sequence[Record]) -> list[str]:
    notices = []
    others = "the report's" if folder.study.has_report else "published accuracies"
    if folder.budget and records:
        says = folder.study.budgets[folder.budget].says.partition(";")[0]
        budget = f"“{folder.budget}” ({says})" if says else f"“{folder.budget}”"
        notices.append(f"These runs are under the budget {budget}. Their accuracies are not comparable with {others}.")
    overrides = sorted({pair for record in records for pair in record.info.overrides})
    if overrides:
        used = f"Runs used --set {' '.join(overrides)}"
        notices.append(f"{used}. Their accuracies are not comparable with {others}.")
    unpublished = {record.info.data.provenance for record in records if record.info.data.published is False}
    for provenance in sorted(unpublished):
        notices.append(f"The data is {provenance}. These accuracies are not comparable with {others}.")
    return notices


def _on_precisions(records: Sequence[Record]) -> list[str]:
    """Runs in a different precision than most runs have the same recipe, but different arithmetic."""
    runs: dict[str, list[str]] = {}  # by precision
    for record in records:
        if not record.external_file:
            runs.setdefault(record.info.machine.precision or "unknown", []).append(_name(record))
    commonest = max(runs, key=lambda precision: len(runs[precision]), default="")
    return [
        f"Computed in {_PRECISIONS.get(precision, precision)}, unlike most runs: {_some(names)}."
        for precision, names in runs.items()
        if precision != commonest
    ]


def _on_external(records: Sequence[Record]) -> list[str]:
    external = [_name(record) for record in records if record.external_file]
    return [f"External runs, not verified by DeepStudy: {_some(external)}."] if external else []


def _on_missing(folder: StudyFolder, records: Sequence[Record], timed: Sequence[Record]) -> list[str]:
    command = command_to_finish(folder)
    if not records_that_count(records):
        there_are = "There are only timed runs" if timed else "There are no runs yet"
        return [f"{there_are}, so claims that need {'other ' * bool(timed)}runs are undecided. To start: `{command}`."]
    notices = []
    complete = {record.experiment for record in records if record.info.status == "complete"}
    without = [name for name in folder.study.names() if name not in complete]
    if without:
        purpose = "run the study" if folder.is_packed else "continue"
        notices.append(f"Without a complete run: {_some(without)}. To {purpose}: `{command}`.")
    for record in records:
        if record.info.status in _STATUS:
            why = f" ({record.info.why})" if record.info.why else ""
            when = f"after epoch {record.epochs}" if record.epochs else "in its first epoch"
            notices.append(f"{_name(record)} {_STATUS[record.info.status]} {when}{why}.")
    return notices


def _on_roles(records: Sequence[Record]) -> list[str]:
    unusual = set()
    for record in records:
        roles = record.info.resolved.roles
        if not roles.are_usual:
            images = f"trained on the {roles.train_on} images and scored on the {roles.score_on} images"
            unusual.add(f"{record.experiment} is {images}.")
    return sorted(unusual)


def _name(record: Record) -> str:
    return f"{record.experiment} seed {record.seed}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
