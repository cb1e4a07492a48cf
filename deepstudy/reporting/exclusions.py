"""Which records are runs of today's study. The others are left out, each with a sentence that says why."""

from collections import Counter
from collections.abc import Sequence

from deepstudy.errors import InputError
from deepstudy.record import Record
from deepstudy.reporting.folders import StudyFolder


def exclude_other_recipes(folder: StudyFolder, records: Sequence[Record]) -> tuple[list[Record], list[str]]:
    """Leave out the records that are not runs of today's study.

    Arguments:
        folder: the study and its budget.
        records: the records that were read.

    Returns:
        The records of today's recipes and of the code that most of them had. And a sentence for each other record.
    """
    included, exclusions = [], []
    for record in records:
        difference = _difference(folder, record)
        if difference is None:
            included.append(record)
        else:
            why = f"it is a run of another recipe ({difference})"
            exclusions.append(f"{record.experiment} seed {record.seed} is left out: {why}.")
    for name in dict.fromkeys(record.experiment for record in included):
        code_of = {record.seed: record.info.code_hashes for record in included if record.experiment == name}
        commonest = Counter(code_of.values()).most_common(1)[0][0]
        why = "the network's code, or the run it starts from, differs from most runs"
        exclusions += [f"{name} seed {seed} is left out: {why}." for seed, code in code_of.items() if code != commonest]
        included = [record for record in included if record.experiment != name or record.info.code_hashes == commonest]
    return included, exclusions


def _difference(folder: StudyFolder, record: Record) -> str | None:
    """How a run's recipe differs from what the study says now; None where it does not."""
    study, budget, overrides = folder.study, folder.budget, record.info.overrides
    try:
        experiment = study.experiment(record.experiment, budget, overrides)
    except InputError as error:
        return str(error)
    if record.info.recipe_hash != experiment.hash():
        return experiment.differs_from(record.info.resolved.document) or "its record was changed"
    start = experiment.start_from
    while start and start.experiment:  # that one may start from another in turn
        started_from = study.experiment(start.experiment, budget, overrides)
        if started_from.hash() not in record.info.code_hashes:
            return "the run it starts from has changed"
        start = started_from.start_from
    return None
