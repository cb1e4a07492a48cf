"""Packing: finished runs into a collection."""

import csv
import io
import json
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepstudy.errors import InputError
from deepstudy.files import write_atomically
from deepstudy.record.collection import (
    ARRAYS,
    COLUMNS,
    CONTENTS,
    LAYERS,
    LOGS,
    METRICS,
    RUNS,
    ArrayLocation,
    Arrays,
    Collection,
    run_name,
)
from deepstudy.record.records import Record, read_folder

_TO_SPLIT = "images"  # of pictures.npz: many runs are wrong about the same images


def pack(runs: Path, into: Path) -> list[str]:
    """Add finished runs to a collection, which is created if necessary. The run directories stay as they are.

    A run of the same experiment and seed that the collection already has is replaced.

    Arguments:
        runs: a folder STUDY/BUDGET of run directories.
        into: the folder of the collection.

    Returns:
        The runs that were packed: `EXPERIMENT/seedK`.

    Raises:
        InputError: for a run that is not complete or cannot be read, for runs of one experiment with different
            networks, and for a collection beside run directories. The collection is then as it was.
        OSError: with the path, if a file cannot be written.
    """
    new = [_moved(record, into) for record in _read(runs)]
    if not new:
        raise InputError(f"{runs}: holds no run; give a folder STUDY/BUDGET of run directories")
    for record in new:
        if record.info.status != "complete":
            is_not = f"this run is {record.info.status}, not complete"
            raise InputError(f"{record.directory.path}: {is_not}; finish it, or move it elsewhere")
    if directory := next(into.glob("*/seed*/run.json"), None):
        raise InputError(f"{directory.parent}: is a run directory; pack into another folder")
    packed = {_name(record): record for record in [*_read(into), *new]}
    records = sorted(packed.values(), key=lambda record: (record.experiment, record.seed))
    files = {
        RUNS: _jsonl(record.info.document for record in records),
        METRICS: _csv(records),
        LAYERS: _jsonl(_layers(records)),
        LOGS: _zip({f"{_name(record)}/log.txt": log for record in records if (log := record.log()) is not None}),
    }
    for name in ARRAYS:
        files[name] = _npz({_name(each): arrays for each in records if (arrays := _arrays(each, name)) is not None})
    into.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        if data:
            write_atomically(into / name, data)
    return [_name(record) for record in new]


def _read(folder: Path) -> list[Record]:
    """The runs in a folder, of all experiments."""
    if (collection := Collection.within(folder)) is not None:
        names = {info.experiment for info in collection.infos()}
    else:
        names = {path.parent.parent.name for path in folder.glob("*/seed*/run.json")}
    return read_folder(folder, sorted(names))


def _name(record: Record) -> str:
    return run_name(record.experiment, record.seed)


def _moved(record: Record, into: Path) -> Record:
    """The record with the paths to a study of the user made relative to its new place."""
    old, new = record.directory.path.resolve(), (into / _name(record)).resolve()
    paths = {"study_file": record.info.study_file, "folder": record.info.folder}
    changed = {key: os.path.relpath((old / path).resolve(), new) for key, path in paths.items() if path is not None}
    info = record.info.model_copy(update=changed) if changed else record.info
    return Record(info, record.metrics, record.layers, record.directory, collection=record.collection)


def _jsonl(documents: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n" for document in documents).encode()


def _csv(records: Sequence[Record]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in records:
        for line in record.metrics:
            if line.model_extra:
                what = f"its metrics hold {', '.join(line.model_extra)}, which this version does not know"
                raise InputError(f"{record.directory.path}: {what}; pack it with the version that made it")
            writer.writerow([record.experiment, record.seed, *(getattr(line, name) for name in COLUMNS[2:])])
    return text.getvalue().encode()


def _layers(records: Sequence[Record]) -> list[dict[str, Any]]:
    """The lines of layers.jsonl."""
    tables: dict[str, dict[str, Any]] = {}
    for record in records:
        if record.layers is None:
            continue
        table = record.layers.as_json()
        if tables.setdefault(record.experiment, table) != table:
            what = f"has another network than the other runs of {record.experiment}"
            raise InputError(f"{record.directory.path}: {what}; move it elsewhere")
    lines: list[dict[str, Any]] = []
    for name, table in tables.items():
        same = next((line for line in lines if line["table"] == table), None)
        if same is None:
            lines.append({"experiments": [name], "table": table})
        else:
            same["experiments"].append(name)
    return lines


def _arrays(record: Record, name: str) -> Arrays | None:
    try:
        return record.arrays(name)
    except ValueError as error:
        raise InputError(f"{record.directory.path / name}: cannot be read ({error}); delete it") from None


def _npz(runs: Mapping[str, Arrays]) -> bytes:
    """A file of the arrays of all runs, each distinct array under the name of the first run that has it."""
    names: dict[tuple[str, tuple[int, ...], bytes], str] = {}
    stored: Arrays = {}

    def store(name: str, array: NDArray[Any]) -> str:
        first = names.setdefault((array.dtype.str, array.shape, array.tobytes()), name)
        stored.setdefault(first, array)
        return first

    contents: dict[str, dict[str, ArrayLocation]] = {}
    for run, arrays in runs.items():
        contents[run] = {}
        for name, array in arrays.items():
            whole = f"{run}/{name}"
            is_split = name == _TO_SPLIT and array.ndim and len(array)
            contents[run][name] = (
                [store(f"{whole}/{number}", row) for number, row in enumerate(array)]
                if is_split
                else store(whole, array)
            )
    if not contents:
        return b""
    file = io.BytesIO()
    np.savez_compressed(file, **{CONTENTS: np.array(json.dumps(contents)), **stored})  # type: ignore[arg-type]
    return file.getvalue()


def _zip(texts: Mapping[str, bytes]) -> bytes:
    """A zip file of files by name; the same files make the same bytes."""
    if not texts:
        return b""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED, 9)
    return file.getvalue()
