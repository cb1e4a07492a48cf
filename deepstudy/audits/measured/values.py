"""The values of a run, in one form whatever wrote them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from deepstudy.audits.reading.statements import Statement


@dataclass(frozen=True)
class RunValue:
    """What a run measured on one split after one epoch.

    Attributes:
        quantity: `accuracy`, in percent, or `loss`.
        split: `train`, `validation`, `test` or `unknown`.
        epoch: the epoch, from 1.
        value: the value.
    """

    quantity: str
    split: str
    epoch: int
    value: float


@dataclass(frozen=True)
class WrongPrint:
    """A number that a program printed as something that it is not.

    Attributes:
        text: the number, as it was printed.
        quantity: `accuracy` or `loss`.
        says: what it is: "the sum of the batch means divided by 400, the number of images".
        where: the place in the program.
    """

    text: str
    quantity: str
    says: str
    where: str


@dataclass(frozen=True, eq=False)
class MeasuredRun:
    """A run, with all values that it measured.

    Attributes:
        experiment: the name of its experiment, or of its program.
        group: the same for all seeds of one experiment, and for no others.
        where: its file or folder.
        values: what it measured, in order.
        seed: its seed; None if it is not known.
        data: its data set, as `datasets.DATASETS` names it; None if it is not known.
        network: its network, as the run names it; "" if it is not known.
        is_complete: whether it ended as planned, and all of it was seen; None if that is not known.
        counts_from_zero: whether its program counts epochs from 0.
        settings: numbers that it was run with, by the keys of a study file: `epochs`, `batch_size`, `optimizer.lr`;
            and `parameters`, `seconds`.
        steps: how far its values are rounded, by quantity; 0 if they are not.
        printed: what its program printed, as a report says it.
        numbers: the numbers of printed lines that say nothing that a report would say.
        wrong: the printed numbers that are not what they are said to be.
    """

    experiment: str
    group: str
    where: str
    values: tuple[RunValue, ...]
    seed: int | None = None
    data: str | None = None
    network: str = ""
    is_complete: bool | None = None
    counts_from_zero: bool = False
    settings: Mapping[str, float] = field(default_factory=dict)
    steps: Mapping[str, float] = field(default_factory=dict)
    printed: tuple[Statement, ...] = ()
    numbers: tuple[float, ...] = ()
    wrong: tuple[WrongPrint, ...] = ()

    @property
    def name(self) -> str:
        """Its name for a reader: `lenet5 (seed 0)`."""
        return self.experiment if self.seed is None else f"{self.experiment} (seed {self.seed})"

    @cached_property
    def epochs(self) -> int:
        """Its last epoch with a value."""
        return max((each.epoch for each in self.values), default=0)

    @cached_property
    def splits(self) -> frozenset[str]:
        """The splits that it has values of."""
        return frozenset(each.split for each in self.values)

    def series(self, quantity: str, split: str) -> dict[int, float]:
        """Look up a quantity of a split by epoch.

        Arguments:
            quantity: `accuracy` or `loss`.
            split: the split.

        Returns:
            The last value of each epoch, in order.
        """
        found = {each.epoch: each.value for each in self.values if (each.quantity, each.split) == (quantity, split)}
        return dict(sorted(found.items()))
