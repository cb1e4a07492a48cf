"""Layer tables of a study's experiments.

Tables of built-in networks are cached beside the data sets, because importing torch takes longer than the rest of an
audit.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from deepstudy.catalog import Choice, is_built_in
from deepstudy.datasets import DATASETS
from deepstudy.errors import InputError
from deepstudy.files import cached
from deepstudy.layer_table.table import LayerTable
from deepstudy.study import Study


def of_experiment(study: Study, name: str) -> LayerTable:
    """Count the layers of an experiment's network.

    Arguments:
        study: the study.
        name: the experiment.

    Returns:
        The layer table.

    Raises:
        InputError: if the network cannot be built. It names file, line and key.
    """
    experiment = study.experiment(name)
    choice, data = experiment.model, experiment.data
    if is_built_in(choice.name) and data.name in DATASETS:
        info = DATASETS[data.name]
        return _cached_table(choice, info.shape, len(info.classes))
    from deepstudy.layer_table import measure
    from deepstudy.loading import dataset_info

    info = dataset_info(data, study.path.parent)
    try:
        return measure.of_choice(choice, info.shape, len(info.classes), study.path.parent)
    except InputError as error:
        problem = str(error).removeprefix(f"model {choice.name}: ")
        raise InputError(f"{study.experiment_place(name, 'model')}: {problem}") from error


def macs_of(study: Study) -> list[int]:
    """Count the multiply-adds of a study's networks.

    Arguments:
        study: the study.

    Returns:
        The multiply-adds of each different network that can be built.
    """
    macs = {}
    for name in study.names():
        experiment = study.experiment(name)
        key = json.dumps([experiment.model.model_dump(), experiment.data.name, experiment.data.size])
        if key not in macs:
            with suppress(InputError):
                macs[key] = of_experiment(study, name).macs
    return list(macs.values())


def _cached_table(choice: Choice, shape: tuple[int, int, int], classes: int) -> LayerTable:
    """The layer table of a built-in network, counted once for each version of the source."""
    source = json.dumps([choice.model_dump(), shape, classes]).encode() + b"".join(_sources())

    def count() -> bytes:
        from deepstudy.layer_table import measure

        return json.dumps(asdict(measure.of_choice(choice, shape, classes, Path()))).encode()

    return LayerTable.from_dict(json.loads(cached("networks", source, count)))


def _sources() -> Iterator[bytes]:
    """The source of the networks and of what builds and counts them."""
    package = Path(__file__).parents[1]
    for path in sorted([package / "catalog.py", *package.glob("models/*.py"), *package.glob("layer_table/*.py")]):
        yield path.read_bytes()
