"""What a study file says, validated.

A study is read in two steps. The file as a whole becomes a `Study`; its experiments are not complete by themselves,
so each is merged (common part, budget, experiment, `--set`) into an `Experiment`, which is complete and is all that
training ever sees. Loading a study resolves every experiment under every budget, so a mistake anywhere in the file
shows at once, with its file, line and key.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    PrivateAttr,
    SerializeAsAny,
    ValidationError,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from deepstudy import catalog
from deepstudy.catalog import Count, Entry, Fraction, NotNegative, did_you_mean
from deepstudy.errors import InputError
from deepstudy.places import Map, Place, Seq, merge, place_of, read_scalar, read_yaml

SplitName = Literal["train", "validation", "test"]
Quantity = Literal[
    "accuracy",
    "loss",
    "best_accuracy",
    "saturation_epoch",
    "epochs_to",
    "seconds_per_epoch",
    "elapsed",
    "weights",
    "biases",
    "parameters",
    "macs",
    "shape",
]


class Closed(BaseModel):
    """A mapping in which unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ---------------------------------------------------------------------------------------------------------------------
# What is chosen by name: `name`, and the options of that catalog entry beside it


class Choice(BaseModel):
    """A catalog entry's name with its options; the options of each entry make a subclass of their own."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments, defaults included."""
        return {key: value for key, value in dict(self).items() if key != "name"}


class OwnModel(Choice):
    """A network that is not ours, `file.py:Name` or `package.module:Name`: any keyword may stand beside its name."""

    model_config = ConfigDict(extra="allow", frozen=True)

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments that the study gives it."""
        return dict(self.model_extra or {})


def _choice(what: str, table: Mapping[str, Entry], own: type[Choice] | None = None) -> Any:
    classes = {
        name: create_model(
            f"{what.title().replace(' ', '')}_{name}",
            __base__=Choice,
            __doc__=entry.says,
            name=(Literal[name], ...),  # type: ignore[valid-type]
            **{key: (option.type, Field(option.default, description=option.says)) for key, option in entry.options.items()},  # type: ignore[call-overload]
        )
        for name, entry in table.items()
    }

    def parse(value: Any) -> Choice:
        if isinstance(value, Choice):
            return value
        if isinstance(value, str):
            value = {"name": value}
        if not isinstance(value, dict) or not isinstance(value.get("name"), str):
            raise PydanticCustomError("no_name", "write a name, or a mapping with `name` and its options")
        name = value["name"]
        if name in classes:
            return classes[name].model_validate(value)
        if own is not None and ":" in name:
            return own.model_validate(value)
        raise PydanticCustomError(
            "unknown_name", "no {what} is called {name}{hint}", {"what": what, "name": name, "hint": did_you_mean(name, table)}
        )

    union: Any = Literal[tuple(table)]
    for choice in [*classes.values(), *([own] if own else [])]:
        union = union | choice
    return Annotated[SerializeAsAny[Choice], PlainValidator(parse, json_schema_input_type=union)]


ModelChoice = _choice("model", catalog.MODELS, own=OwnModel)
OptimizerChoice = _choice("optimizer", catalog.OPTIMIZERS)
ScheduleChoice = _choice("schedule", catalog.SCHEDULES)
_SHORT = ("model", "data", "optimizer", "schedule")  # `model: lenet5` is short for `model: {name: lenet5}`


# ---------------------------------------------------------------------------------------------------------------------
# An experiment


class Data(Closed):
    """Which data set, and which of its images.

    `validation` images are held out of the training images (the same ones for every seed); `train_images` and
    `test_images` keep only that many, for budgets.
    """

    name: str
    validation: Annotated[int, Field(ge=0, strict=True)] = 0
    train_images: Count | None = None
    test_images: Count | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        entry = catalog.DATASETS.get(self.name)
        if entry is None:
            raise PydanticCustomError(
                "unknown_name",
                "no data set is called {name}{hint}",
                {"name": self.name, "hint": did_you_mean(self.name, catalog.DATASETS)},
            )
        left = entry.splits["train"] - self.validation
        if left < (self.train_images or 1):
            raise ValueError(f"{self.name} has {entry.splits['train']:,} training images: not enough for this split")
        if (self.test_images or 0) > entry.splits["test"]:
            raise ValueError(f"{self.name} has {entry.splits['test']:,} test images")
        return self


class Loss(Closed):
    """Cross-entropy in nats, averaged over the batch."""

    name: Literal["cross_entropy"] = "cross_entropy"
    label_smoothing: Fraction = 0.0


class Augment(Closed):
    """What is done to training images, drawn anew for each image and epoch."""

    crop: Annotated[int, Field(ge=0, strict=True, description="pixels of zero padding before a random crop")] = 0
    flip: Annotated[bool, Field(strict=True, description="mirror left-right, with probability 1/2")] = False
    cutout: Annotated[int, Field(ge=0, strict=True, description="side of a square set to the mean colour")] = 0


class Normalize(Closed):
    """Per-channel constants over pixel values in 0..1; without them the training images' own are measured."""

    mean: list[Annotated[float, Field(strict=True)]]
    std: list[catalog.Positive]


Filler = Literal["default", "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal"]


class Init(Closed):
    """How weights start; `default` leaves what torch's layers do by themselves."""

    conv: Filler = "default"
    linear: Filler = "default"
    norm: Annotated[
        Literal["default", "normal"], Field(description="`normal`: BatchNorm scales from N(1, 0.02), shifts 0")
    ] = "default"


class Outputs(Closed):
    """For a network that returns a tuple: the weight of each output's loss. The first output is the scored one."""

    weights: Annotated[list[NotNegative], Field(min_length=1)]


class Roles(Closed):
    """Which split is trained on and which is scored; anything but the default is labelled wherever it shows."""

    train_on: SplitName = "train"
    score_on: SplitName = "test"


class StartFrom(Closed):
    """Weights to start from: another experiment's after an epoch (same seed and budget), or a checkpoint file's."""

    experiment: str | None = None
    epoch: Count | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.file is None) == (self.experiment is None) or (self.experiment is None) != (self.epoch is None):
            raise ValueError("write {experiment, epoch} or {file}")
        return self


class Recipe(Closed):
    """Everything about training that is not the network or the data."""

    epochs: Count
    batch_size: Count
    optimizer: OptimizerChoice
    schedule: ScheduleChoice = Field("constant", validate_default=True)
    loss: Loss = Loss()
    augment: Augment = Augment()
    normalize: Normalize | None = None
    init: Init = Init()
    outputs: Outputs | None = None
    roles: Roles = Roles()


class Experiment(Recipe):
    """One network trained one way, complete: what training sees."""

    says: str = ""
    model: ModelChoice
    data: Data
    start_from: StartFrom | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        options = self.optimizer.options
        if options.get("nesterov") and not (options["momentum"] > 0 and options["dampening"] == 0):
            raise ValueError("optimizer.nesterov needs a momentum above 0 and no dampening")
        if self.roles.train_on == self.roles.score_on:
            raise ValueError("roles: train_on and score_on are the same images")
        if "validation" in (self.roles.train_on, self.roles.score_on) and not self.data.validation:
            raise ValueError("roles name the validation images, but data.validation is 0")
        return self

    @property
    def extends(self) -> bool:
        """Whether more epochs only add to the end of a shorter run."""
        return self.schedule.name in catalog.PREFIX_SCHEDULES

    def key(self) -> dict[str, Any]:
        """What makes two runs of one seed the same run: everything but the prose, and `epochs` where it may grow.

        Defaults are left out, so that an option added in a later version does not disown the runs made before it.
        """
        exclude = {"says", "epochs"} if self.extends else {"says"}
        return self.model_dump(mode="json", exclude=exclude, exclude_defaults=True)

    def hash(self) -> str:
        """A digest of `key`."""
        return hashlib.sha256(json.dumps(self.key(), sort_keys=True).encode()).hexdigest()[:16]


# ---------------------------------------------------------------------------------------------------------------------
# What the report says


class Source(Closed):
    """Where the report and its papers can be found."""

    report: str = ""
    papers: list[str] = []
    code: str = ""


class Budget(Closed):
    """A smaller version of the study, merged over its common part."""

    says: str = ""
    data: dict[str, Any] | str | None = None
    recipe: dict[str, Any] = {}
    seeds: Count | None = None


class Matrix(Closed):
    """Variants of one experiment: every combination of the values given to some of its keys."""

    of: str
    vary: Annotated[dict[str, Annotated[list[Any], Field(min_length=1)]], Field(min_length=1)]


_NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")


def printed_number(text: str) -> tuple[float, float]:
    """The number that a printed figure states, as (lowest, highest).

    `61,470` → (61470, 61470); `78~81` → (78, 81); of `5x5x1x6 = 150` what follows the last `=`. Raises ValueError
    where no single number or range stands.
    """
    result = text.rpartition("=")[2].replace("–", "~").replace("−", "-")
    numbers = [float(match.replace(",", "")) for match in _NUMBER.findall(result)]
    if len(numbers) == 2 and "~" in result:
        return min(numbers), max(numbers)
    if len(numbers) != 1:
        raise ValueError(f"{text!r} does not state one number; write it as printed, like 89.20, 78~81 or 5x5x6 = 150")
    return numbers[0], numbers[0]


class Measure(Closed):
    """A quantity of one run, with what it needs to be definite."""

    quantity: Quantity
    split: SplitName | None = None
    epoch: Count | Literal["last", "unknown"] | None = None
    layer: str | None = None
    level: float | None = None


class Reported(Measure):
    """A number the report printed, with what it claims to be. `value` and `elapsed` keep their printed text."""

    experiment: str
    value: str
    images: Count | None = None
    elapsed: str | None = None
    words: str | None = None
    about: bool = False
    says: str | None = None
    quote: str | None = None
    source: Literal["report", "code"] = "report"

    @model_validator(mode="after")
    def _numbers(self) -> Self:
        if self.quantity != "shape":
            printed_number(self.value)
        if self.elapsed is not None:
            printed_number(self.elapsed)
        return self

    @property
    def number(self) -> tuple[float, float]:
        """The figure as (lowest, highest); both the same where it is not a range."""
        return printed_number(self.value)


class Log(Closed):
    """Log lines of one experiment, pasted as printed."""

    experiment: str
    text: str
    pattern: str | None = None
    source: Literal["report", "code"] = "report"


class Shapes(Closed):
    """Tensor sizes along the network, pasted as printed, for a batch of `batch`."""

    experiment: str
    batch: Count
    text: str
    source: Literal["report", "code"] = "report"


class _Definite(Measure):
    @model_validator(mode="after")
    def _definite(self) -> Self:
        needs = {"accuracy": ("split", "epoch"), "loss": ("split", "epoch"), "best_accuracy": ("split",)}
        needs |= {"saturation_epoch": ("split",), "epochs_to": ("split", "level")}
        for key in needs.get(self.quantity, ()):
            if getattr(self, key) in (None, "unknown"):
                raise ValueError(f"{self.quantity} needs `{key}`")
        return self


class Compare(_Definite):
    """A quantity of experiment `of` beside that of `with`, beyond `margin`."""

    of: str
    with_: Annotated[str, Field(alias="with")]
    expect: Literal["greater", "less", "equivalent"]
    margin: NotNegative = 0.0

    @model_validator(mode="after")
    def _margin(self) -> Self:
        if self.expect == "equivalent" and self.margin == 0:
            raise ValueError("equivalent needs a `margin` above 0")
        return self


class Value(_Definite):
    """A reported figure beside what runs give."""

    of: str
    reported: str

    @model_validator(mode="after")
    def _number(self) -> Self:
        printed_number(self.reported)
        return self


class Saturates(Closed):
    """Accuracy is within `margin` points of its final level from epoch `by` on."""

    of: str
    split: SplitName
    by: Count
    margin: catalog.Positive


class Overtakes(Closed):
    """`of` starts below `with` and is above it after some epoch (`after`, where the report names one)."""

    of: str
    with_: Annotated[str, Field(alias="with")]
    quantity: Literal["accuracy"] = "accuracy"
    split: SplitName
    after: Count | None = None


class Drops(Closed):
    """Accuracy falls by `by` points at an epoch, or at the schedule's switch, and is regained `regained_after` epochs on."""

    of: str
    split: SplitName
    at: Count | Literal["switch"]
    by: catalog.Positive
    regained_after: Count | None = None


class Gap(Closed):
    """The accuracy on the first split of `between` less that on the second, against `margin` points."""

    of: str
    between: tuple[SplitName, SplitName]
    epoch: Count | Literal["last"] = "last"
    expect: Literal["greater", "less"]
    margin: NotNegative


class Exceeds(_Definite):
    """A quantity of one experiment against a level."""

    of: str
    level: float
    expect: Literal["greater", "less"] = "greater"


_FORMS = ("compare", "value", "saturates", "overtakes", "drops", "gap", "exceeds")


class Claim(Closed):
    """A sentence of the report in a form that runs can decide: exactly one of the forms."""

    id: Annotated[str, Field(pattern=r"^[\w][\w.-]*$")]
    says: str
    source: Literal["report", "code", "ours"] = "report"
    compare: Compare | None = None
    value: Value | None = None
    saturates: Saturates | None = None
    overtakes: Overtakes | None = None
    drops: Drops | None = None
    gap: Gap | None = None
    exceeds: Exceeds | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if sum(getattr(self, form) is not None for form in _FORMS) != 1:
            raise ValueError(f"a claim has exactly one of {', '.join(_FORMS)}")
        return self

    @property
    def form(self) -> Compare | Value | Saturates | Overtakes | Drops | Gap | Exceeds:
        """What decides it."""
        form = next(value for name in _FORMS if (value := getattr(self, name)) is not None)
        assert isinstance(form, Compare | Value | Saturates | Overtakes | Drops | Gap | Exceeds)
        return form


# ---------------------------------------------------------------------------------------------------------------------
# The study


_NAME = re.compile(r"\w(?:[\w .,=+()-]*[\w=+()])?")  # experiment names are folder names, on Windows too


class Study(Closed):
    """A report made executable."""

    schema_: Annotated[str | None, Field(alias="$schema")] = None
    title: str = ""
    source: Source = Source()
    data: dict[str, Any] | str
    seeds: Count = 1
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    recipe: dict[str, Any]
    assumed: Annotated[list[str], Field(description="dotted keys that neither the report nor its code gives")] = []
    from_code: Annotated[list[str], Field(description="dotted keys that only the report's code gives")] = []
    experiments: Annotated[dict[str, dict[str, Any]], Field(min_length=1)]
    matrix: dict[str, Matrix] = {}
    budgets: dict[str, Budget] = {}
    reported: list[Reported] = []
    logs: list[Log] = []
    shapes: list[Shapes] = []
    claims: list[Claim] = []

    _name: str = PrivateAttr("")
    _path: Path = PrivateAttr(Path())
    _raw: Map = PrivateAttr(default_factory=lambda: Map(Place("")))

    @property
    def name(self) -> str:
        """The file's name without its ending; the folder of its runs."""
        return self._name

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def names(self) -> list[str]:
        """The experiments, in the file's order, those of `matrix` last."""
        return list(self._experiments)

    @property
    def _experiments(self) -> Map:
        """The experiments as written, with the matrix spelled out."""
        experiments = merge(Map(Place("")), self._raw["experiments"])
        for name, matrix in self.matrix.items():
            place, vary = self._raw["matrix"].places[name], self._raw["matrix"][name]["vary"]
            for values in itertools.product(*matrix.vary.values()):
                pairs = list(zip(matrix.vary, values, strict=True))
                label = ",".join(f"{key.rpartition('.')[2]}={value}" for key, value in pairs)
                patch = _nested((key, value, vary.places[key]) for key, value in pairs)
                experiments.put(f"{name}-{label}", merge(_spelled_out(experiments[matrix.of]), patch), place)
        return experiments

    def experiment(self, name: str, budget: str | None = None, overrides: Iterable[str] = ()) -> Experiment:
        """The experiment `name`, complete, under a budget and with `--set` pairs (`optimizer.lr=0.1`) over it.

        Raises InputError for an unknown name or budget, and for what does not validate.
        """
        written = self._experiments
        if name not in written:
            raise InputError(f"{self.path}: no experiment is called {name}{did_you_mean(name, written)}")
        common = Map(self._raw.place)
        common.put("data", self._raw["data"], self._raw.places["data"])
        layers = [common, self._raw["recipe"], *self._budget_layers(budget), written[name], _overrides(overrides)]
        whole = Map(written.places[name])
        for layer in layers:
            whole = merge(whole, _spelled_out(layer))
        return _validate(Experiment, whole)

    def _budget_layers(self, budget: str | None) -> list[Map]:
        if budget is None:
            return []
        if budget not in self.budgets:
            hint = did_you_mean(budget, self.budgets) or "; it has none"
            raise InputError(f"{self.path}: no budget is called {budget}{hint}")
        raw = self._raw["budgets"][budget]
        layers = [raw["recipe"]] if "recipe" in raw else []
        if "data" in raw:
            data = Map(raw.place)
            data.put("data", raw["data"], raw.places["data"])
            layers.append(data)
        return layers

    def seed_count(self, budget: str | None = None) -> int:
        """How many seeds each experiment gets."""
        return (self.budgets[budget].seeds if budget in self.budgets and budget else None) or self.seeds


def load_study(study: str | Path) -> Study:
    """The study at a path, or the built-in one of that name.

    Raises InputError, whose message names file, line and key, if it cannot be read or does not validate.
    """
    path = _find(study)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    raw = read_yaml(text, str(study) if path == Path(study) else path.name, _AS_PRINTED)
    loaded = _validate(Study, raw)
    loaded._name, loaded._path, loaded._raw = path.stem, path, raw
    _check_references(loaded, raw)
    for name in loaded.names():
        for budget in (None, *loaded.budgets):
            start = loaded.experiment(name, budget).start_from
            if start and start.experiment:
                _known(start.experiment, loaded.names(), place_of(raw, ("experiments", name, "start_from", "experiment")))
    return loaded


def built_in_studies() -> dict[str, Path]:
    """The studies that come with DeepStudy."""
    folder = Path(str(resources.files("deepstudy") / "studies"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def schema() -> dict[str, Any]:
    """The JSON Schema of a study file, for editors.

    Parts that are merged later (`recipe`, an experiment, a budget) may leave any key out.
    """
    whole = Study.model_json_schema(by_alias=True)
    parts = Experiment.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    defs = whole["$defs"] | parts.pop("$defs")
    recipe = {key: value for key, value in parts["properties"].items() if key in Recipe.model_fields}
    for name in ("Data", *(name for name in defs if "_" in name)):  # catalog entries are merged as well
        defs[name].pop("required", None)
    defs["RecipePart"] = {"type": "object", "additionalProperties": False, "properties": recipe}
    defs["ExperimentPart"] = {"type": "object", "additionalProperties": False, "properties": parts["properties"]}
    data = {"anyOf": [{"enum": list(catalog.DATASETS)}, {"$ref": "#/$defs/Data"}]}
    whole["properties"] |= {"data": data, "recipe": {"$ref": "#/$defs/RecipePart"}}
    whole["properties"]["experiments"] |= {"additionalProperties": {"$ref": "#/$defs/ExperimentPart"}}
    defs["Budget"]["properties"] |= {"data": data, "recipe": {"$ref": "#/$defs/RecipePart"}}
    defs["ExperimentPart"]["properties"]["data"] = data
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "$defs": defs}


_AS_PRINTED = (("reported", "value"), ("reported", "elapsed"), ("claims", "value", "reported"))


def _find(study: str | Path) -> Path:
    path = Path(study)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise InputError(f"{path}: there is no such file")
        return path
    built_in = built_in_studies()
    if str(study) in built_in:
        return built_in[str(study)]
    if (path / "study.yaml").is_file():
        return path / "study.yaml"
    if str(study) in catalog.MODELS:
        raise InputError(f"{study} is a model, not a study; did you mean `deepstudy show {study}`?")
    if path.exists():
        raise InputError(f"{path}: a study file ends in .yaml")
    raise InputError(f"no study is called {study}{did_you_mean(str(study), built_in)} (or give the path of a .yaml file)")


T = TypeVar("T", bound=BaseModel)


def _validate(model: type[T], raw: Map) -> T:
    """`raw` as a `model`; the first mistake becomes an InputError that says where it was written."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    errors.sort(key=lambda error: error["type"] != "extra_forbidden")  # a misspelt key also makes one missing
    first = errors[0]
    place = place_of(raw, first["loc"])
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    raise InputError(f"{place}: {_say(first, model)}{more}")


def _say(error: Any, model: type[BaseModel]) -> str:
    """A pydantic error in our words."""
    key = str(error["loc"][-1]) if error["loc"] else ""
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key{did_you_mean(key, _keys_beside(model, error['loc']))}"
        case "missing":
            return "is required and missing"
        case "literal_error":
            return f"{error['input']!r} should be {error['ctx']['expected']}"
        case "unknown_name" | "no_name":
            return str(error["msg"])
        case "value_error":
            return str(error["ctx"]["error"])
    message = str(error["msg"])
    return f"{message[:1].lower()}{message[1:]}, not {error['input']!r:.60}"


def _keys_beside(model: Any, location: tuple[str | int, ...]) -> list[str]:
    """The keys that could have stood where the last step of `location` does, as far as the classes tell."""
    keys: list[str] = []
    here = [model]
    for step in location:
        fields = {
            field.alias or name: field
            for cls in here
            if isinstance(cls, type) and issubclass(cls, BaseModel)
            for name, field in cls.model_fields.items()
        }
        keys = list(fields) or keys
        if step in fields:
            here = _classes(fields[str(step)])
    return keys


def _classes(field: Any) -> list[Any]:
    found, queue = [], [field.annotation, *field.metadata]
    while queue:
        item = queue.pop()
        if isinstance(item, PlainValidator):
            item = item.json_schema_input_type
        if isinstance(item, type):
            found.append(item)
        queue.extend(getattr(item, "__args__", ()))
    return found


def _spelled_out(layer: Map) -> Map:
    """`layer` with `model: lenet5` written as `model: {name: lenet5}`, and optimizer names as torch's modules have them."""
    result = merge(Map(layer.place), layer)
    for key in _SHORT:
        value = result.get(key)
        if isinstance(value, str):
            short, value = value, Map(result.places[key])
            value.put("name", short, result.places[key])
            result.put(key, value, result.places[key])
        if key == "optimizer" and isinstance(value, Map) and isinstance(value.get("name"), str):
            spelled = merge(Map(value.place), value)
            spelled["name"] = value["name"].lower()
            result[key] = spelled
    return result


def _nested(pairs: Iterable[tuple[str, Any, Place]]) -> Map:
    """Dotted keys as nested mappings."""
    root = Map(Place("--set"))
    for dotted, value, place in pairs:
        here = root
        *parents, last = dotted.split(".")
        for parent in parents:
            if not isinstance(here.get(parent), Map):
                here.put(parent, Map(place), place)
            here = here[parent]
        here.put(last, _marked(value, place), place)
    return _spelled_out(root)


def _marked(value: Any, place: Place) -> Any:
    if isinstance(value, dict):
        marked = Map(place)
        for key, item in value.items():
            marked.put(str(key), _marked(item, place), place)
        return marked
    if isinstance(value, list):
        items = Seq(place)
        items.extend(_marked(item, place) for item in value)
        items.places = [place] * len(value)
        return items
    return value


def _overrides(pairs: Iterable[str]) -> Map:
    def parsed() -> Iterable[tuple[str, Any, Place]]:
        for pair in pairs:
            key, equals, value = pair.partition("=")
            if not equals or not key.strip():
                raise InputError(f"--set {pair}: write KEY=VALUE, for example optimizer.lr=0.1")
            yield key.strip(), read_scalar(value), Place("--set", None, key.strip())

    return _nested(parsed())


def _known(name: str, names: Iterable[str], place: Place) -> None:
    names = list(names)
    if name not in names:
        raise InputError(f"{place}: no experiment is called {name}{did_you_mean(name, names)}")


def _check_references(study: Study, raw: Map) -> None:
    """What names something else in the file must name something that is there."""
    for name in raw["experiments"]:
        if not _NAME.fullmatch(name):
            raise InputError(f"{raw['experiments'].places[name]}: an experiment's name becomes a folder: use letters, digits, spaces and . , = + ( ) - _")
    for name, matrix in study.matrix.items():
        _known(matrix.of, raw["experiments"], place_of(raw, ("matrix", name, "of")))
    names = study.names()
    for section in ("reported", "logs", "shapes"):
        for index, item in enumerate(getattr(study, section)):
            _known(item.experiment, names, place_of(raw, (section, index, "experiment")))
    ids: set[str] = set()
    for index, claim in enumerate(study.claims):
        if claim.id in ids:
            raise InputError(f"{place_of(raw, ('claims', index, 'id'))}: the id {claim.id} stands twice")
        ids.add(claim.id)
        form = next(form for form in _FORMS if getattr(claim, form) is not None)
        for key in ("of", "with"):
            if key in raw["claims"][index][form]:
                _known(raw["claims"][index][form][key], names, place_of(raw, ("claims", index, form, key)))
    for section in ("assumed", "from_code"):
        for index, dotted in enumerate(getattr(study, section)):
            if not _stands(raw, dotted.split(".")):
                place = place_of(raw, (section, index))
                raise InputError(f"{place}: the file has no key {dotted}; name a key that stands in it")


def _stands(raw: Any, steps: list[str]) -> bool:
    """Whether the dotted key stands in the file (experiment names may hold dots themselves)."""
    if not steps:
        return True
    return isinstance(raw, Map) and any(
        (key := ".".join(steps[:count])) in raw and _stands(raw[key], steps[count:]) for count in range(1, len(steps) + 1)
    )


