"""The layer tables that claims about counts need, for networks without runs."""

from collections.abc import Callable

from deepstudy.catalog import MODELS
from deepstudy.errors import InputError
from deepstudy.layer_table.table import LayerTable
from deepstudy.record import read_folder
from deepstudy.reporting.folders import StudyFolder
from deepstudy.study import Study
from deepstudy.verdicts import COUNTS


def layers_for_claims(
    folder: StudyFolder, count: Callable[[Study, str], LayerTable], trust: bool = False
) -> dict[str, LayerTable]:
    """Count the networks that the claims of a study are about.

    Arguments:
        folder: the study and the folder of its runs.
        count: builds the network of an experiment and counts its layers. This module must not import torch itself.
        trust: also build networks that are not built in, which runs their code.

    Returns:
        The layer tables by experiment.

    Raises:
        InputError: if a network cannot be built and no run has recorded its layer table.
    """
    study = folder.study
    forms = [claim.form for claim in study.claims if claim.form.quantity in COUNTS]
    layers = {}
    for name in dict.fromkeys(name for form in forms for name in form.experiments):
        if not trust and study.experiment(name).model.name not in MODELS:
            continue
        try:
            layers[name] = count(study, name)
        except InputError:  # the user's images may not be on the machine that has the runs
            if not any(record.layers for record in read_folder(folder.path, [name])):
                raise
    return layers
