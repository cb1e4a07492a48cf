"""The layer table of a network: output shapes, weights with their arithmetic, biases, multiply-adds.

table.py      LayerTable
measure.py    count_layers: the table of a network, from one forward pass
of_study.py   the tables of a study's experiments, cached
"""

from typing import TYPE_CHECKING, Any

from deepstudy.layer_table.of_study import macs_of, of_experiment
from deepstudy.layer_table.table import LayerTable

if TYPE_CHECKING:
    from deepstudy.layer_table.measure import count_layers

__all__ = ["LayerTable", "count_layers", "macs_of", "of_experiment"]


def __getattr__(name: str) -> Any:
    """Import `count_layers` only when it is used, because it imports torch."""
    if name == "count_layers":
        from deepstudy.layer_table.measure import count_layers

        return count_layers
    raise AttributeError(f"module {__name__} has no attribute {name}")
