"""A collection: many finished runs in few files, in a folder STUDY/BUDGET. `results/` is made of such folders.

    runs.jsonl      run.json of each run, a line each, by experiment and seed
    metrics.csv     every line of their metrics.jsonl, after the experiment and the seed
    layers.jsonl    each layer table once, with the experiments whose network it describes
    predictions.npz, pictures.npz   their arrays; equal ones are stored once
    logs.zip        EXPERIMENT/seedK/log.txt of the runs that have one

All figures of a run directory are kept; checkpoints are not. A folder holds a collection or run directories, never
both: reading a folder that holds both is refused, and `run` adds nothing to a collection.
"""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from deepstudy.errors import InputError, one_line
from deepstudy.layer_table.table import LayerTable
from deepstudy.record.directory import MetricsChecker, damaged_arrays, read_arrays
from deepstudy.record.documents import LayersLine, RunInfo, WholeMetricsLine, describe_validation_error

RUNS, METRICS, LAYERS, LOGS = "runs.jsonl", "metrics.csv", "layers.jsonl", "logs.zip"
ARRAYS = ("predictions.npz", "pictures.npz")
COLUMNS = ("experiment", "seed", *WholeMetricsLine.model_fields)
CONTENTS = "contents"  # the array of a packed .npz file that says, as JSON, which arrays each run has

_AGAIN = "pack its runs again"

Arrays = dict[str, NDArray[Any]]
#: Where an array is stored: under this name, or, if it is split along its first axis, under these names.
ArrayLocation = str | list[str]
#: What a file of arrays holds: by run and array, where that is stored; and all that is stored.
_Packed = tuple[dict[str, dict[str, ArrayLocation]], Arrays]


@dataclass(frozen=True)
class Collection:
    """The packed runs in a folder.

    Attributes:
        folder: the folder, STUDY/BUDGET.
    """

    folder: Path
    _cache: dict[str, _Packed] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def within(cls, folder: Path) -> "Collection | None":
        """Find the collection in a folder.

        Arguments:
            folder: a folder STUDY/BUDGET, which need not exist.

        Returns:
            The collection; None if the folder holds no packed runs.
        """
        return cls(folder) if (folder / RUNS).is_file() else None

    def infos(self) -> list[RunInfo]:
        """Read runs.jsonl.

        Returns:
            What run.json said of each run.

        Raises:
            InputError: with the line, for a damaged record, or a run that is recorded twice.
        """
        infos: list[RunInfo] = []
        known = set()
        for number, text in enumerate(self._lines(RUNS), 1):
            info = self._info(number, text)
            if (info.experiment, info.seed) in known:
                raise self._damaged(RUNS, number, f"{info.experiment} seed {info.seed} is recorded twice")
            known.add((info.experiment, info.seed))
            infos.append(info)
        return infos

    def first(self) -> RunInfo:
        """Read the first run of runs.jsonl, which names the study and the budget of all of them.

        Returns:
            What its run.json said.

        Raises:
            InputError: if it is not a record of a run.
        """
        return self._info(1, next(iter(self._lines(RUNS)), b""))

    def metrics(self, infos: Sequence[RunInfo]) -> dict[tuple[str, int], list[WholeMetricsLine]]:
        """Read metrics.csv.

        Arguments:
            infos: the runs whose metrics are read.

        Returns:
            The lines of each run, by experiment and seed; a run without an epoch has none.

        Raises:
            InputError: with the line, if it is not a line of metrics or does not follow the one before.
        """
        checkers = {
            (info.experiment, str(info.seed)): MetricsChecker(max(info.resolved.epochs, info.epochs_done))
            for info in infos
        }
        rows = csv.reader(io.StringIO((self._read(METRICS) or b"").decode("utf-8", "replace"), newline=""))
        header = next(rows, [])
        if header[:2] != ["experiment", "seed"]:
            raise self._damaged(METRICS, 1, "the first columns are not experiment and seed")
        for row in rows:
            if len(row) != len(header):
                raise self._damaged(
                    METRICS, rows.line_num, f"this line has {len(row)} cells, but the header has {len(header)}"
                )
            checker = checkers.get((row[0], row[1]))
            if checker is None:
                continue
            try:
                line = dict(zip(header[2:], row[2:], strict=True))
                checker.add(WholeMetricsLine.model_validate(line, strict=False))
            except ValidationError as error:
                raise self._damaged(METRICS, rows.line_num, describe_validation_error(error)) from None
            except ValueError as error:
                raise self._damaged(METRICS, rows.line_num, str(error)) from None
        return {(experiment, int(seed)): checker.lines for (experiment, seed), checker in checkers.items()}

    def layers(self) -> dict[str, LayerTable]:
        """Read layers.jsonl.

        Returns:
            The layer table of each experiment that has one.

        Raises:
            InputError: with the line, if it is not a layer table.
        """
        tables: dict[str, LayerTable] = {}
        for number, text in enumerate(self._lines(LAYERS), 1):
            try:
                line = LayersLine.model_validate_json(text)
            except ValidationError as error:
                what = f"is not a layer table ({describe_validation_error(error)})"
                raise self._damaged(LAYERS, number, what) from None
            tables |= dict.fromkeys(line.experiments, line.layers)
        return tables

    def arrays(self, experiment: str, seed: int, name: str) -> Arrays | None:
        """Look up the arrays of a run.

        Arguments:
            experiment: the experiment's name.
            seed: the seed.
            name: the file that they were in, such as `predictions.npz`.

        Returns:
            The arrays by name; None if the run wrote none.

        Raises:
            ValueError: with what is wrong in one line, if the file cannot be read.
        """
        try:
            contents, stored = self._packed(name)
            locations = contents.get(run_name(experiment, seed))
            return None if locations is None else {key: _array(stored, at) for key, at in locations.items()}
        except Exception as error:  # of a damaged file zipfile, zlib and numpy raise whatever they come upon
            raise damaged_arrays(error) from None

    def log(self, experiment: str, seed: int) -> bytes | None:
        """Look up the step lines of a run.

        Arguments:
            experiment: the experiment's name.
            seed: the seed.

        Returns:
            What its log.txt held; None if the run wrote none.

        Raises:
            InputError: if the file cannot be read.
        """
        data = self._read(LOGS)
        if data is None:
            return None
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                name = f"{run_name(experiment, seed)}/log.txt"
                return file.read(name) if name in file.namelist() else None
        except Exception as error:  # of a damaged file zipfile and zlib raise whatever they come upon
            raise InputError(f"{self.folder / LOGS}: cannot be read ({one_line(error)}); {_AGAIN}") from None

    def _packed(self, name: str) -> _Packed:
        """What a file of arrays holds; it is read once, for all runs."""
        if name not in self._cache:
            data = self._read(name)
            stored = {} if data is None else read_arrays(data)
            contents = {} if data is None else json.loads(str(stored[CONTENTS]))
            self._cache[name] = contents, stored
        return self._cache[name]

    def _info(self, number: int, text: bytes) -> RunInfo:
        try:
            return RunInfo.model_validate_json(text)
        except ValidationError as error:
            what = f"is damaged or from another version ({describe_validation_error(error)})"
            raise self._damaged(RUNS, number, what) from None

    def _lines(self, name: str) -> list[bytes]:
        return (self._read(name) or b"").splitlines()

    def _damaged(self, name: str, number: int, what: str) -> InputError:
        return InputError(f"{self.folder / name}:{number}: {what}; {_AGAIN}")

    def _read(self, name: str) -> bytes | None:
        path = self.folder / name
        try:
            return path.read_bytes() if path.is_file() else None
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}; make it readable") from None


def _array(stored: Arrays, location: ArrayLocation) -> NDArray[Any]:
    return stored[location] if isinstance(location, str) else np.stack([stored[name] for name in location])


def run_name(experiment: str, seed: int) -> str:
    """Name a run inside a packed file.

    Arguments:
        experiment: the experiment's name.
        seed: the seed.

    Returns:
        `EXPERIMENT/seedK`.
    """
    return f"{experiment}/seed{seed}"
