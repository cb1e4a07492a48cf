"""The records of runs, typed and checked. Training writes them; verdicts and report pages read them.

documents.py   run.json, metrics.jsonl and layers.json as typed objects
directory.py   a run directory: the files of one run
collection.py  many finished runs in few files
packing.py     from run directories to a collection
records.py     records, read from either

The keys and types of a `Record` are checked. Nothing here imports torch.
"""

from deepstudy.record.collection import Collection
from deepstudy.record.directory import RunDirectory, run_path, timing_label
from deepstudy.record.documents import (
    DataInfo,
    MachineInfo,
    MetricsLine,
    ModelSize,
    RecordedExperiment,
    Resumption,
    RunInfo,
    Status,
    WholeMetricsLine,
)
from deepstudy.record.packing import pack
from deepstudy.record.records import Record, read_folder, read_records

__all__ = [
    "Collection",
    "DataInfo",
    "MachineInfo",
    "MetricsLine",
    "ModelSize",
    "Record",
    "RecordedExperiment",
    "Resumption",
    "RunDirectory",
    "RunInfo",
    "Status",
    "WholeMetricsLine",
    "pack",
    "read_folder",
    "read_records",
    "run_path",
    "timing_label",
]
