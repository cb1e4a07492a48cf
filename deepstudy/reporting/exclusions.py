"""Which records belong to the study as it is now. Each excluded record gets a sentence with the reason."""

from collections import Counter
from collections.abc import Sequence

from deepstudy.errors import InputError
from deepstudy.record import Record
from deepstudy.reporting.folders import StudyFolder


def exclude_other_recipes(folder: StudyFolder, records: Sequence[Record]) -> tuple[list[Record], list[str]]:
    """Leave out the records that do not belong to the study as it is now.

    Arguments:
        folder: the study and its budget.
        records: the records that were read.

    Returns:
        The records with the current recipes and the code of most runs, and a sentence for each other record.
    """
    included, exclusions = [], []
    for record in records:
        difference = _difference(folder, record)
        if difference is None:
            included.append(record)
        else:
            why = f"it is a run of another recipe ({difference})"
            exclusions.append(f"{record.experiment} seed {record.seed} is excluded: {why}.")
    for name in dict.fromkeys(record.experiment for record in included):
        code_of = {record.seed: record.info.code_hashes for record in included if record.experiment == name}
        commonest = Counter(code_of.values()).most_common(1)[0][0]
        why = "the network's code, or the run it starts from, differs from most runs"
        exclusions += [f"{name} seed {seed} is excluded: {why}." for seed, code in code_of.items() if code != commonest]
        included = [record for record in included if record.experiment != name or record.info.code_hashes == commonest]
    return included, exclusions


def _difference(folder: StudyFolder, record: Record) -> str | None:
    """How a run's recipe differs from the study's current recipe; None if it does not."""
    study, budget, overrides = folder.study, folder.budget, record.info.overrides
    try:
        experiment = study.experiment(record.experiment, budget, overrides)
    except InputError as error:
        return str(error)
    if record.info.recipe_hash != experiment.hash():
        return experiment.differs_from(record.info.resolved.document) or "its record was edited"
    start = experiment.start_from
    while start and start.experiment:  # which may itself start from another run
        started_from = study.experiment(start.experiment, budget, overrides)
        if started_from.hash() not in record.info.code_hashes:
            return "the run it starts from has changed"
        start = started_from.start_from
    return None
