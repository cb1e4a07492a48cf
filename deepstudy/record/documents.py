"""The documents of a run, as typed objects: `run.json`, the lines of `metrics.jsonl`, and `layers.json`.

A document is checked once, when it is read; its fields then have the types given here. Fields with a default were
missing in records of earlier versions. Keys that a later version adds stay, so that a record can be rewritten.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_serializer

from deepstudy.catalog import SCHEDULES
from deepstudy.layer_table.table import Layer, LayerTable
from deepstudy.study import Experiment
from deepstudy.study.experiment import SplitName

Status = Literal["running", "complete", "interrupted", "failed"]
_Count = Annotated[int, Field(ge=0)]
_Positive = Annotated[int, Field(ge=1)]
_Number = Annotated[float, Field(ge=0)]
_Percent = Annotated[float, Field(ge=0, le=100)]


class Document(BaseModel):
    """A JSON object whose known keys have these types."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, allow_inf_nan=False, populate_by_name=True)

    def as_json(self) -> dict[str, Any]:
        """The JSON object, with every known key."""
        return self.model_dump(mode="json", by_alias=True)

    @property
    def document(self) -> dict[str, Any]:
        """The JSON object that was read: the keys that were there, and no others."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class RecordedRoles(Document):
    """Which split a run was trained on, and which it is scored on."""

    train_on: SplitName
    score_on: SplitName

    @property
    def are_usual(self) -> bool:
        """Whether the run was trained on the train split and is scored on the test split."""
        return (self.train_on, self.score_on) == ("train", "test")


class RecordedChoice(Document):
    """A name from the catalog, with its options beside it."""

    name: str = ""

    @property
    def options(self) -> Mapping[str, Any]:
        """The options by name."""
        return self.model_extra or {}


class RecordedModel(RecordedChoice):
    """A network by its name, with its options beside it."""

    name: str


class RecordedData(Document):
    """Which data set, and which of its images.

    Attributes:
        name: a data set of the catalog, or a folder of images.
        size: the side in pixels that the images of a folder are scaled to.
        validation: how many training images are held out.
        train_images: how many training images are used, None for all.
        test_images: how many test images are used, None for all.
    """

    name: str = ""
    size: int | None = None
    validation: int | None = None
    train_images: int | None = None
    test_images: int | None = None


class RecordedExperiment(Document):
    """An experiment as a run recorded it, whatever version of the program that was.

    The fields are what every version has. `experiment` is all of it, where this version still takes it.

    Attributes:
        epochs: how many epochs the run was to have.
        batch_size: images in a training step.
        schedule: the learning rate's schedule.
        roles: the splits trained on and scored on.
        model: the network.
        data: the data set.
    """

    epochs: _Positive
    batch_size: int | None
    schedule: RecordedChoice
    roles: RecordedRoles
    model: RecordedModel
    data: RecordedData

    @classmethod
    def from_experiment(cls, experiment: Experiment) -> "RecordedExperiment":
        """Describe an experiment of a study as its runs record it.

        Arguments:
            experiment: the complete experiment.

        Returns:
            The same experiment, in the form of a record.
        """
        return cls.model_validate(experiment.model_dump(mode="json"))

    @property
    def document(self) -> dict[str, Any]:
        """The JSON object that was read, its keys in the order in which a study has them."""
        read = super().document
        return {key: read[key] for key in Experiment.model_fields if key in read} | read

    @property
    def experiment(self) -> Experiment | None:
        """The experiment; None if this version does not accept it any more."""
        try:
            return Experiment.model_validate(self.document)
        except ValidationError:
            return None

    @property
    def _rest(self) -> Mapping[str, Any]:
        return self.model_extra or {}

    @property
    def says(self) -> str:
        """What the study says of the experiment."""
        return str(self._rest.get("says", ""))

    @property
    def extends(self) -> bool:
        """Whether more epochs only add to the end of a shorter run; see `Experiment.extends`."""
        schedule = SCHEDULES.get(self.schedule.name)
        return schedule is not None and not schedule.needs_length and not self._rest.get("resolution")

    @property
    def starts_after(self) -> tuple[str, int] | None:
        """The experiment whose weights it starts from, and after which epoch; None if it starts from none."""
        start = self._rest.get("start_from") or {}
        return (start["experiment"], start["epoch"]) if start.get("experiment") else None


class MachineInfo(Document):
    """The machine that a run was trained on. A field is None if it is not known.

    Attributes:
        device: `cpu`, `cuda` or `mps`.
        gpu: the GPU's name.
        cpu: the processor's name.
        cores: processor cores.
        threads: threads of torch.
        system: the operating system.
        precision: `32`, `bf16` …
        layout: how images lie in memory: `channels_last`, or `contiguous` for torch's default.
        layout_why: why the network's code needs torch's default layout, with the place.
        deterministic: whether torch allowed only operations that give exactly the same result each time.
    """

    device: str | None = None
    gpu: str | None = None
    cpu: str | None = None
    cores: _Count | None = None
    threads: _Count | None = None
    system: str | None = None
    precision: str | None = None
    layout: str | None = None
    layout_why: str | None = None
    deterministic: bool | None = None


def _provenance(data: Mapping[str, Any]) -> str:
    return "the published copy" if data.get("published") else "not the published copy"


class DataInfo(Document):
    """The data that a run was trained and scored on.

    Attributes:
        name: the data set, or the folder of images.
        fingerprint: a digest of the images and labels.
        published: whether they are the published images, bit for bit; None if that is not known.
        provenance: where they come from, in words; `copy` in JSON.
        classes: how many classes there are.
        class_names: the classes by number.
        splits: how many images each split has.
        mean: the mean of each channel, of pixel values in 0 to 1, that images are normalised with.
        std: the standard deviation of each channel, used in the same way.
    """

    name: str
    fingerprint: str | None = None
    published: bool | None = False
    provenance: Annotated[str, Field(alias="copy", default_factory=_provenance)]
    classes: _Count | None = None
    class_names: list[str] | None = None
    splits: dict[SplitName, _Count]
    mean: list[float] | None = None
    std: list[float] | None = None


class ModelSize(Document):
    """The size of a network: weights, biases, both together, and multiply-adds for one image."""

    weights: _Count | None = None
    biases: _Count | None = None
    parameters: _Count | None = None
    macs: _Count | None = None

    @classmethod
    def from_table(cls, table: LayerTable) -> "ModelSize":
        """Take the totals of a layer table.

        Arguments:
            table: the layer table of the network.

        Returns:
            Its size.
        """
        return cls(weights=table.weights, biases=table.biases, parameters=table.parameters, macs=table.macs)


class MetricsLine(Document):
    """Measurements on one split after one epoch. A field is None if an external file does not hold it.

    Attributes:
        epoch: the epoch, from 1.
        split: which images.
        measure: `running`, on the batches of the epoch before each step, or `scored`, after the epoch.
        loss: the mean cross-entropy in nats.
        accuracy: in percent.
        correct: images that the network got right.
        images: images that were measured.
        elapsed: seconds of training and scoring since the run's start.
        lr: the learning rate of the epoch's last step.
    """

    epoch: _Positive
    split: SplitName
    measure: Literal["running", "scored"]
    loss: float | None = None
    accuracy: float | None = None
    correct: int | None = None
    images: int | None = None
    elapsed: float | None = None
    lr: float | None = None


class WholeMetricsLine(MetricsLine):
    """A line of `metrics.jsonl`: training measures everything, so that nothing is None."""

    loss: _Number
    accuracy: _Percent
    correct: _Count
    images: _Positive
    elapsed: _Number
    lr: _Number


class Resumption(Document):
    """When an interrupted run continued, and on which machine and versions it had run until then.

    Attributes:
        at: the time (UTC) at which it continued.
        machine_before: the machine until then.
        versions_before: the versions until then.
    """

    at: str | None = None
    machine_before: MachineInfo | None = None
    versions_before: dict[str, str] | None = None


class RunInfo(Document):
    """The contents of `run.json`.

    Attributes:
        study: the study's name.
        experiment: the experiment's name.
        budget: the budget's name, None for the whole study.
        timing: whether only the times of the run are used (`--timing`).
        until_decided: whether the number of runs depends on what they showed (`--until decided`).
        seed: the seed, from 0.
        status: whether it is running, complete, interrupted or failed.
        why: why it was interrupted or failed.
        began: the time (UTC) at which it first started.
        ended: the time (UTC) at which it ended.
        resumed: when it continued after an interruption.
        hash: `recipe_hash` and `code_hashes`, joined by `-`.
        recipe_hash: a digest of the recipe; see `Experiment.key`.
        code_hashes: digests of the network's own code, and of the run that it starts from.
        study_file: the study's file, relative to the run's folder; None for a built-in study.
        folder: the folder of the user's own network or images, relative to the run's folder.
        resolved: the experiment, complete.
        overrides: the `--set` pairs.
        versions: the versions of Python and of libraries.
        machine: the machine that the run was trained on last.
        runs_sharing_machine: the largest number of runs at the same time on the machine; None if it is not known.
        data: the data.
        model: the size of the network.
        epochs_done: finished epochs.
        final: the metrics of the last epoch by split.
    """

    study: str | None = None
    experiment: str
    budget: str | None = None
    timing: bool = False
    until_decided: bool = False
    seed: _Count
    status: Status
    why: str | None = None
    began: str | None = None
    ended: str | None = None
    resumed: list[Resumption] = []
    hash: str
    recipe_hash: Annotated[str, Field(default_factory=lambda info: info.get("hash", "").partition("-")[0])]
    code_hashes: Annotated[
        tuple[str, ...], Field(default_factory=lambda info: tuple(info.get("hash", "").split("-")[1:]))
    ]
    study_file: str | None = None
    folder: str | None = None
    resolved: RecordedExperiment
    overrides: list[str] = []
    versions: dict[str, str] = {}
    machine: MachineInfo
    runs_sharing_machine: _Positive | None = None
    data: DataInfo
    model: ModelSize = ModelSize()
    epochs_done: _Count = 0
    final: dict[str, MetricsLine] | None = None

    @field_serializer("resolved")
    def _as_recorded(self, resolved: RecordedExperiment) -> dict[str, Any]:
        return resolved.document


class _LayerRow(Document):
    name: str
    kind: str
    output: list[_Count]
    weights: _Count
    biases: _Count
    macs: _Count
    arithmetic: str = ""


class _LayersFile(Document):
    """layers.json."""

    model: str
    input: list[_Count]
    layers: list[_LayerRow]
    weights: _Count
    biases: _Count
    parameters: _Count
    macs: _Count

    @property
    def layer_table(self) -> LayerTable:
        rows = [
            Layer(row.name, row.kind, row.output, row.weights, row.biases, row.macs, row.arithmetic)
            for row in self.layers
        ]
        return LayerTable(self.model, self.input, rows)


def layer_table_of(data: bytes) -> LayerTable:
    """Read a layer table.

    Arguments:
        data: what `layers.json` holds.

    Returns:
        The layer table; its stages are not recorded.

    Raises:
        ValidationError: if it is not a layer table.
    """
    return _LayersFile.model_validate_json(data).layer_table


class LayersLine(Document):
    """A line of a collection's `layers.jsonl`: a layer table, and the experiments whose network it describes."""

    experiments: list[str]
    table: _LayersFile

    @property
    def layers(self) -> LayerTable:
        """The layer table."""
        return self.table.layer_table


def describe_validation_error(error: ValidationError) -> str:
    """Describe what is wrong with a document.

    Arguments:
        error: what reading it raised.

    Returns:
        The first mistake with its place, in one line: `data.name: missing`.
    """
    first = error.errors(include_url=False)[0]
    place, message = ".".join(map(str, first["loc"])), first["msg"][:1].lower() + first["msg"][1:]
    if not place:
        return message
    return f"{place}: missing" if first["type"] == "missing" else f"{place}: {message}, not {first['input']!r:.60}"
