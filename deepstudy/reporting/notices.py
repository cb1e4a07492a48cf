"""What a reader must know before believing the numbers of a chapter, in sentences."""

from collections.abc import Sequence

from deepstudy.record import Record
from deepstudy.reporting.commands import command_to_finish
from deepstudy.reporting.folders import StudyFolder
from deepstudy.verdicts import records_that_count

_MOST_NAMES = 8  # that a sentence can hold
_PRECISIONS = {"32": "float32", "bf16": "bfloat16"}
_STATUS = {"failed": "failed", "interrupted": "was interrupted", "running": "is not finished,"}


def notices_on(folder: StudyFolder, records: Sequence[Record], exclusions: Sequence[str]) -> list[str]:
    """Say what a reader must know of the runs of a study.

    Arguments:
        folder: the study, the budget and the folder of the runs.
        records: the records that are shown.
        exclusions: sentences on the records that are not shown.

    Returns:
        The sentences: what is not comparable, what is left out, what is missing, and whose images have unusual roles.
    """
    return [
        *_on_comparability(folder, records),
        *_on_precisions(records),
        *_on_external(records),
        *exclusions,
        *_on_missing(folder, records),
        *_on_roles(records),
    ]


def _on_comparability(folder: StudyFolder, records: Sequence[Record]) -> list[str]:
    notices = []
    report = "the report's" if folder.study.has_report else "published ones"
    if folder.budget and records:
        says = folder.study.budgets[folder.budget].says.partition(";")[0]
        budget = f"“{folder.budget}” ({says})" if says else f"“{folder.budget}”"
        notices.append(f"Run under the budget {budget}: these accuracies are not comparable with {report}.")
    overrides = sorted({pair for record in records for pair in record.info.overrides})
    if overrides:
        notices.append(f"Run with --set {' '.join(overrides)}: these accuracies are not comparable with {report}.")
    unpublished = {record.info.data.provenance for record in records if record.info.data.published is False}
    for provenance in sorted(unpublished):
        notices.append(f"The data is {provenance}: accuracies are not comparable with {report}.")
    return notices


def _on_precisions(records: Sequence[Record]) -> list[str]:
    """The runs in another precision than most have the same recipe, but not the same arithmetic."""
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
    return [f"From a training loop of its author's own, taken on trust: {_some(external)}."] if external else []


def _on_missing(folder: StudyFolder, records: Sequence[Record]) -> list[str]:
    command = command_to_finish(folder)
    if not records_that_count(records):
        return [f"There are no runs yet: every claim that needs one is undecided. `{command}` does them."]
    notices = []
    complete = {record.experiment for record in records if record.info.status == "complete"}
    without = [name for name in folder.study.names() if name not in complete]
    if without:
        verb = "does them" if folder.is_packed else "goes on"
        notices.append(f"Without a complete run: {_some(without)}. `{command}` {verb}.")
    for record in records:
        if record.info.status in _STATUS:
            why = f" ({record.info.why})" if record.info.why else ""
            when = f"after epoch {record.epochs}" if record.epochs else "before the end of its first epoch"
            notices.append(f"{_name(record)} {_STATUS[record.info.status]} {when}{why}.")
    return notices


def _on_roles(records: Sequence[Record]) -> list[str]:
    unusual = set()
    for record in records:
        roles = record.info.resolved.roles
        if not roles.are_usual:
            images = f"trained on the {roles.train_on} images, scored on the {roles.score_on} images"
            unusual.add(f"{record.experiment}: {images}")
    return sorted(unusual)


def _name(record: Record) -> str:
    return f"{record.experiment} seed {record.seed}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
