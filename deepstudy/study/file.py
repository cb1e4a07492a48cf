"""A study file as a whole: how it is found, read, checked, and resolved into complete experiments.

A study is read in two steps. The file becomes a `Study`; its experiments are not complete by themselves, so each is
merged (common part, budget, experiment, `--set`) into an `Experiment`. Loading a study resolves every experiment under
every budget, so a mistake anywhere in the file shows at once, with its file, line and key.
"""

import itertools
import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr

from deepstudy.catalog import MODELS, OPTIMIZERS, SCHEDULES, Choice, Count, ModelConfig, StrictModel
from deepstudy.datasets import DATASETS
from deepstudy.errors import InputError, did_you_mean
from deepstudy.study.choices import ModelChoice
from deepstudy.study.experiment import Experiment, Recipe, in_common
from deepstudy.study.merging import expand_short_forms, nest, overrides_map, validate
from deepstudy.study.places import Map, Place, merge, place_of, read_yaml
from deepstudy.study.reported import FORMS, Claim, Reported, ReportedLog, ReportedShapes


class ReportSource(StrictModel):
    """Where the report and its papers can be found, and what the report says of its runs as a whole."""

    report: str = ""
    papers: list[str] = []
    code: str = ""
    epochs: Annotated[
        list[Count], Field(description="lengths of the runs that the report shows, where `recipe.epochs` are not those")
    ] = []
    runs: Annotated[
        Count | None, Field(description="how many runs stand behind each figure, where the report says so")
    ] = None
    hardware: Annotated[str, Field(description="what the report ran on, where it says so")] = ""


class Budget(StrictModel):
    """A smaller version of the study, merged over its common part; `experiments` over single experiments."""

    says: str = ""
    data: dict[str, Any] | str | None = None
    recipe: dict[str, Any] = {}
    seeds: Count | None = None
    experiments: dict[str, dict[str, Any]] = {}


class Matrix(StrictModel):
    """Variants of one experiment: every combination of the values given to some of its keys."""

    of: str
    vary: Annotated[dict[str, Annotated[list[Any], Field(min_length=1)]], Field(min_length=1)]


_NAME = re.compile(r"\w(?:[\w .,=+()-]{0,98}[\w=+()])?")  # names of folders, on Windows too
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}


#: Where a value is from: the report, only its code, our assumption, or our defaults.
Origin = Literal["report", "code", "assumed", "default"]


class Study(StrictModel):
    """A report made executable."""

    schema_: Annotated[str | None, Field(alias="$schema")] = None
    title: str = ""
    source: ReportSource = ReportSource()
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
    logs: list[ReportedLog] = []
    shapes: list[ReportedShapes] = []
    claims: list[Claim] = []
    remarks: Annotated[list[str], Field(description="what the report says and no run can decide")] = []

    _name: str = PrivateAttr("")
    _path: Path = PrivateAttr(Path())
    _text: str = PrivateAttr("")
    _raw: Map = PrivateAttr(default_factory=lambda: Map(Place("")))

    @property
    def name(self) -> str:
        """The file's name without its ending (of a `study.yaml`, its folder's); the folder of its runs."""
        return self._name

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def text(self) -> str:
        """What the file said when it was read."""
        return self._text

    @property
    def argument(self) -> str:
        """What the command line takes for this study: its name if it is built in, else its path."""
        return self._name if built_in_studies().get(self._name) == self._path else str(self._path)

    def origin(self, key: str, budget: str | None = None) -> str:
        """Find where a value of the common recipe is from.

        Arguments:
            key: its dotted key.
            budget: the budget, if any.

        Returns:
            `report`, `the report's code`, `assumed`, `budget NAME` or `default`.

        Raises:
            InputError: if there is no such budget.
        """
        if any(_has_key(layer, key.split(".")) for layer in self._budget_layers(budget)):
            return f"budget {budget}"
        place = key if key.startswith("data.") else f"recipe.{key}"
        written, steps = expand_short_forms(self._raw), place.split(".")
        written.put("recipe", expand_short_forms(self._raw["recipe"]), self._raw.places["recipe"])
        if not _has_key(written, steps):
            return "default"
        above = {".".join(steps[:count]) for count in range(1, len(steps) + 1)}
        for listed, says in ((self.assumed, "assumed"), (self.from_code, "the report's code")):
            if not above.isdisjoint(listed):
                return says
        return "report"

    def written(self, name: str, key: str) -> tuple[Origin, str]:
        """Find where a value of an experiment is from.

        Arguments:
            name: the experiment.
            key: the dotted key of the value.

        Returns:
            Whose value it is, and where it stands (`file:line`).
        """
        own = expand_short_forms(self._experiments[name])
        if not _has_key(own, key.split(".")):
            origin = self.origin(key)
            place = ("data",) if key.startswith("data.") else ("recipe", *key.split("."))
            origins: dict[str, Origin] = {"the report's code": "code", "assumed": "assumed", "report": "report"}
            return origins.get(origin, "default"), self.place(*place if origin in origins else ("experiments", name))
        full, where = f"experiments.{name}.{key}", self.place("experiments", name, *key.split("."))
        listed: tuple[tuple[Origin, list[str]], ...] = (("assumed", self.assumed), ("code", self.from_code))
        for origin, keys in listed:
            if any(full == item or full.startswith(f"{item}.") for item in keys):
                return origin, where
        return "report", where

    def place(self, *location: str | int) -> str:
        """Find where something stands in the file.

        Arguments:
            location: keys and positions that lead to it, like "reported", 0.

        Returns:
            Its `file:line`, or that of the nearest thing above it.
        """
        place = place_of(self._raw, location)
        return f"{Path(place.file).name}:{place.line}"

    def names(self) -> list[str]:
        """The experiments in the file's order, and then those that `matrix` makes."""
        return list(self._experiments)

    @property
    def has_report(self) -> bool:
        """Whether there is a report behind it: the file names one, or a claim is from one."""
        return bool(self.source.report) or any(claim.source == "report" for claim in self.claims)

    @property
    def _experiments(self) -> Map:
        """The experiments as written, and those that the matrix makes."""
        experiments = merge(Map(Place("")), self._raw["experiments"])
        for name, matrix in self.matrix.items():
            place, vary = self._raw["matrix"].places[name], self._raw["matrix"][name]["vary"]
            for values in itertools.product(*matrix.vary.values()):
                pairs = list(zip(matrix.vary, values, strict=True))
                label = ",".join(f"{key.rpartition('.')[2]}={value}" for key, value in pairs)
                patch = nest((key, value, vary.places[key]) for key, value in pairs)
                label = f"{name}-{label}"
                if label in experiments:
                    raise InputError(f"{place}: gives an experiment {label}, and there is one already")
                experiments.put(label, merge(expand_short_forms(experiments[matrix.of]), patch), place)
        return experiments

    def experiment(self, name: str, budget: str | None = None, overrides: Iterable[str] = ()) -> Experiment:
        """Complete an experiment.

        Arguments:
            name: its name.
            budget: the budget that is merged over the common part, if any.
            overrides: `--set` pairs that are merged over the experiment, like `optimizer.lr=0.1`.

        Returns:
            The experiment.

        Raises:
            InputError: if there is no such experiment or budget, or the parts do not make a sound experiment.
        """
        experiment = self._resolve(name, budget, overrides := tuple(overrides))
        start = experiment.start_from
        if start is None or start.experiment is None or start.epoch is None:
            return experiment
        last = self._resolve(start.experiment, budget, overrides).epochs
        if start.epoch <= last:
            return experiment
        if budget is None and not overrides:
            raise InputError(
                f"{self.path}: {name} starts from epoch {start.epoch} of {start.experiment}, which has {last}"
            )
        return experiment.model_copy(update={"start_from": start.model_copy(update={"epoch": last})})

    def _resolve(self, name: str, budget: str | None, overrides: Iterable[str]) -> Experiment:
        written = self._experiments
        if name not in written:
            raise InputError(f"{self.path}: no experiment is called {name}{did_you_mean(name, written)}")
        common = Map(self._raw.place)
        common.put("data", self._raw["data"], self._raw.places["data"])
        layers = [common, self._raw["recipe"], *self._budget_layers(budget), written[name]]
        if budget is not None and name in self.budgets[budget].experiments:
            layers.append(self._raw["budgets"][budget]["experiments"][name])
        changes = overrides_map(overrides)
        # The file by itself was sound when it was read, so what does not fit together now is due to --set.
        whole = Map(Place("--set") if changes else written.places[name])
        layers.append(changes)
        for layer in layers:
            whole = merge(whole, expand_short_forms(layer))
        return validate(Experiment, whole)

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

    def differs(self, name: str, budget: str | None = None, overrides: Iterable[str] = ()) -> dict[str, Any]:
        """Find what sets an experiment apart: values that most others do not have, and its model's own options.

        Arguments:
            name: the experiment.
            budget: as in `experiment`.
            overrides: as in `experiment`.

        Returns:
            The values by dotted key; of the model's options, those that are not the defaults.

        Raises:
            InputError: as `experiment`.
        """
        flats = {other: self.experiment(other, budget, overrides).flat() for other in self.names()}
        common = {key: value for key, value in in_common(list(flats.values())).items() if not key.startswith("model.")}
        model = self.experiment(name, budget, overrides).model
        common["model.name"] = model.name
        if isinstance(model, ModelConfig):
            common |= {f"model.{key}": option.default for key, option in model.option_fields().items()}
        return {key: value for key, value in flats[name].items() if key not in common or common[key] != value}

    def seed_count(self, budget: str | None = None) -> int:
        """Count the seeds that each experiment gets.

        Arguments:
            budget: the budget, if any.

        Returns:
            How many they are.
        """
        return (self.budgets[budget].seeds if budget in self.budgets and budget else None) or self.seeds


def load_study(study: str | Path, text: str | None = None) -> Study:
    """Read a study, and check every experiment under every budget.

    Arguments:
        study: the path of its file or folder, or the name of a built-in study.
        text: what is read instead of the file's own text, if anything.

    Returns:
        The study.

    Raises:
        InputError: if it cannot be read or does not validate. It names file, line and key.
    """
    loaded = _read(study, text)
    _check_references(loaded, loaded._raw)
    for name in loaded.names():
        for budget in (None, *loaded.budgets):
            loaded.experiment(name, budget)
    return loaded


def _read(study: str | Path, text: str | None = None) -> Study:
    """A study whose experiments and references are not checked yet."""
    path = _find(study)
    is_ours = text is None and path in built_in_studies().values()
    try:
        text = path.read_text(encoding="utf-8") if text is None else text
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    raw = read_yaml(text, str(study) if path == Path(study) else path.name, _AS_PRINTED, is_ours=is_ours)
    loaded = validate(Study, raw)
    name = path.resolve().parent.name if path.name == "study.yaml" else path.stem
    loaded._name, loaded._path, loaded._text, loaded._raw = name, path, text, raw
    return loaded


def fits_a_folder(name: str) -> bool:
    """Whether a folder can have this name on every system.

    Arguments:
        name: the name of an experiment, a budget or a study.

    Returns:
        Whether it can.
    """
    return _NAME.fullmatch(name) is not None and name.casefold().partition(".")[0] not in _DEVICES


def built_in_studies() -> dict[str, Path]:
    """The studies that come with DeepStudy."""
    folder = Path(str(resources.files("deepstudy") / "studies"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def outlines() -> dict[str, Study]:
    """The built-in studies, read faster: their experiments are not checked, since tests do that."""
    return {name: _read(name) for name in built_in_studies()}


def schema() -> dict[str, Any]:
    """The JSON Schema of a study file, for editors.

    Parts that are merged later (`recipe`, an experiment, a budget) may leave any key out.
    """
    whole = Study.model_json_schema(by_alias=True)
    parts = Experiment.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    defs = whole["$defs"] | parts.pop("$defs")
    recipe = {key: value for key, value in parts["properties"].items() if key in Recipe.model_fields}
    entries = {entry.__name__ for table in (MODELS, OPTIMIZERS, SCHEDULES) for entry in table.values()}
    for name in ("Data", "StepLog", *entries):  # they are merged, so each part may leave keys out
        defs[name].pop("required", None)
    defs["RecipePart"] = {"type": "object", "additionalProperties": False, "properties": recipe}
    defs["ExperimentPart"] = {"type": "object", "additionalProperties": False, "properties": parts["properties"]}
    data = {"anyOf": [{"enum": list(DATASETS)}, {"pattern": "/|^[.]"}, {"$ref": "#/$defs/Data"}]}
    whole["properties"] |= {"data": data, "recipe": {"$ref": "#/$defs/RecipePart"}}
    whole["properties"]["experiments"] |= {"additionalProperties": {"$ref": "#/$defs/ExperimentPart"}}
    defs["Budget"]["properties"] |= {"data": data, "recipe": {"$ref": "#/$defs/RecipePart"}}
    defs["Budget"]["properties"]["experiments"] |= {"additionalProperties": {"$ref": "#/$defs/ExperimentPart"}}
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
    if str(study) in MODELS:
        raise InputError(f"{study} is a model, not a study; did you mean `deepstudy show {study}`?")
    if path.exists():
        raise InputError(f"{path}: a study file ends in .yaml")
    raise InputError(
        f"no study is called {study}{did_you_mean(str(study), built_in)} (or give the path of a .yaml file)"
    )


class _ModelOnly(StrictModel):
    model: ModelChoice


def model_choice(name: str, arguments: Iterable[str] = ()) -> Choice:
    """Choose a network as `show` and `check` do.

    Arguments:
        name: its name.
        arguments: its arguments, such as `dropout=0.3`, as `--arg` gives them.

    Returns:
        The network's name and options.

    Raises:
        InputError: if there is no such network or it does not take the arguments.
    """
    whole = overrides_map((f"model.{argument}" for argument in arguments), "--arg")
    model = whole.get("model", Map(whole.place))
    model.put("name", name, Place("--arg", None, ""))
    whole.put("model", model, whole.place)
    return validate(_ModelOnly, whole).model


def _known(name: str, names: Iterable[str], place: Place) -> None:
    names = list(names)
    if name not in names:
        raise InputError(f"{place}: no experiment is called {name}{did_you_mean(name, names)}")


def _check_references(study: Study, raw: Map) -> None:
    """Check that whatever names something else in the file names something that is there."""
    for name, matrix in study.matrix.items():
        _known(matrix.of, raw["experiments"], place_of(raw, ("matrix", name, "of")))
    names = study.names()
    _check_names(names, study._experiments)
    for budget, parts in study.budgets.items():
        for name in parts.experiments:
            _known(name, names, place_of(raw, ("budgets", budget, "experiments", name)))
    _check_names(study.budgets, raw.get("budgets", {}), reserved={"full", "timing"})
    for recipe in (
        raw["recipe"],
        *(budget["recipe"] for budget in raw.get("budgets", {}).values() if "recipe" in budget),
    ):
        for key in recipe:
            if key not in Recipe.model_fields:
                hint = did_you_mean(key, list(Recipe.model_fields))
                raise InputError(f"{recipe.places[key]}: unknown key{hint}")
    for name in names:
        _check_start(study, name, place_of(raw, ("experiments", name, "start_from")))
    for section in ("reported", "logs", "shapes"):
        for index, item in enumerate(getattr(study, section)):
            _known(item.experiment, names, place_of(raw, (section, index, "experiment")))
    ids: set[str] = set()
    for index, claim in enumerate(study.claims):
        if claim.id in ids:
            raise InputError(f"{place_of(raw, ('claims', index, 'id'))}: the id {claim.id} stands twice")
        ids.add(claim.id)
        form = next(form for form in FORMS if getattr(claim, form) is not None)
        for key in ("of", "with"):
            if key in raw["claims"][index][form]:
                _known(raw["claims"][index][form][key], names, place_of(raw, ("claims", index, form, key)))
    for section in ("assumed", "from_code"):
        for index, dotted in enumerate(getattr(study, section)):
            if not _has_key(raw, dotted.split(".")):
                place = place_of(raw, (section, index))
                raise InputError(f"{place}: the file has no key {dotted}; name a key that stands in it")


def _check_names(names: Iterable[str], written: Any, reserved: Iterable[str] = ()) -> None:
    """Check that names of experiments or budgets can name their folders on every system."""
    seen: set[str] = set()
    for name in names:
        folded = name.casefold()
        if not fits_a_folder(name) or folded in reserved:
            raise InputError(
                f"{written.places[name]}: the name {name} becomes a folder, and that one cannot: "
                "use up to 100 letters, digits, spaces and . , = + ( ) - _"
            )
        if folded in seen:
            raise InputError(f"{written.places[name]}: the name {name} stands twice (capitals do not count)")
        seen.add(folded)


def _check_start(study: Study, name: str, place: Place) -> None:
    """Check that an experiment starts from one that is there, and that no chain of starts is a circle."""
    path = [name]
    while (start := study._resolve(path[-1], None, ()).start_from) and start.experiment:
        _known(start.experiment, study.names(), place)
        path.append(start.experiment)
        if start.experiment in path[:-1]:
            raise InputError(f"{place}: start_from goes in a circle: {' -> '.join(path)}")


def _has_key(raw: Any, steps: list[str]) -> bool:
    """Whether the dotted key stands in the file (experiment names may hold dots themselves)."""
    if not steps:
        return True
    return isinstance(raw, Map) and any(
        (key := ".".join(steps[:count])) in raw and _has_key(raw[key], steps[count:])
        for count in range(1, len(steps) + 1)
    )
