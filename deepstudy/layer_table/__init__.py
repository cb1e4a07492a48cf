"""The layer table of a network: output shapes, weights with their arithmetic, biases, multiply-adds.

Those of our networks are kept beside the data sets, for to import torch takes longer than all the rest of an audit.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from deepstudy import catalog
from deepstudy.errors import InputError
from deepstudy.files import cached
from deepstudy.layer_table.table import LayerTable
from deepstudy.study import Study
from deepstudy.study.choices import Choice

if TYPE_CHECKING:
    from torch import nn

__all__ = ["LayerTable", "count_layers", "macs_of", "of_experiment"]


def count_layers(name: str, model: "nn.Module", shape: tuple[int, int, int]) -> LayerTable:
    """The layer table of `model` for one image of `shape` (channels, height, width).

    Rows are the modules without children, and any module that owns a parameter itself, each time it is called; a
    module that is called again has its parameters counted once. Parameters that no call shows, such as those of heads
    for training only, end in rows of their own, one for each of the network's parts.
    Raises InputError if the network does not take such an image.
    """
    from deepstudy.layer_table import measure

    return measure.count_layers(name, model, shape)


def of_experiment(study: Study, name: str) -> LayerTable:
    """The layer table of an experiment's network. Raises InputError if it cannot be built."""
    experiment = study.experiment(name)
    choice, data = experiment.model, experiment.data
    if choice.name in catalog.MODELS and data.name in catalog.DATASETS:
        entry = catalog.DATASETS[data.name]
        return _kept(choice, entry.shape, len(entry.classes))
    from deepstudy.datasets import describe
    from deepstudy.layer_table import measure

    entry = describe(data, study.path.parent)
    return measure.of_choice(choice, entry.shape, len(entry.classes), study.path.parent)


def macs_of(study: Study) -> list[int]:
    """Multiply-adds of each of a study's networks; of those that cannot be built nothing, for they are not trained."""
    found = {}
    for name in study.names():
        experiment = study.experiment(name)
        key = json.dumps([experiment.model.model_dump(), experiment.data.name, experiment.data.size])
        if key not in found:
            with suppress(InputError):
                found[key] = of_experiment(study, name).macs
    return list(found.values())


def _kept(choice: Choice, shape: tuple[int, int, int], classes: int) -> LayerTable:
    """The layer table of one of our networks, counted once for each version of their source."""
    source = json.dumps([choice.model_dump(), shape, classes]).encode() + b"".join(_sources())

    def count() -> bytes:
        from deepstudy.layer_table import measure

        return json.dumps(asdict(measure.of_choice(choice, shape, classes, Path()))).encode()

    return LayerTable.of_json(json.loads(cached("networks", source, count)))


def _sources() -> Iterator[bytes]:
    """The source of the networks and of what builds and counts them."""
    package = Path(__file__).parents[1]
    for path in sorted([package / "catalog.py", *package.glob("models/*.py"), *package.glob("layer_table/*.py")]):
        yield path.read_bytes()
