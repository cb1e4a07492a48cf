"""A study file as a whole, and how its parts become complete experiments.

A study is read in two steps. First the file becomes a `Study`. Then each experiment is merged from its parts (common
part, budget, experiment, `--set`) into an `Experiment`.
"""

import itertools
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, PrivateAttr
from pydantic_core import PydanticCustomError

from deepstudy.catalog import Count, ModelConfig, StrictModel
from deepstudy.errors import InputError, did_you_mean
from deepstudy.study.experiment import Data, Experiment, Recipe, in_common
from deepstudy.study.merging import expand_short_forms, nest, overrides_map
from deepstudy.study.mistakes import PartOf, as_written, validate
from deepstudy.study.places import Map, SourcePlace, has_key, merge, place_of
from deepstudy.study.reported import Claim, Reported, ReportedLog, ReportedShapes


class ReportInfo(StrictModel):
    """Where the report and its papers can be found, and what the report says about all of its runs."""

    report: str = Field(default="", description="Title, authors and date of the report. Default: no report.")
    author: str = Field(default="", description="Who writes this study. Default: not given.")
    course: str = Field(default="", description="Course for which it is written. Default: none.")
    date: str = Field(default="", description="When it is written, such as `2025-11-28`. Default: not given.")
    papers: list[str] = Field(
        default=[], description="Papers that the report is about. Default: none.", examples=["[LeCun et al. 1998]"]
    )
    code: str = Field(default="", description="Where the report's code can be found. Default: not given.")
    epochs: list[Count] = Field(
        default=[],
        description="Lengths in epochs of the runs that the report shows, if they differ from `recipe.epochs`. "
        "Default: `recipe.epochs`.",
        examples=["[20, 40]"],
    )
    runs: Count | None = Field(
        default=None, description="Number of runs behind each figure, if the report gives it. Default: not given."
    )
    hardware: str = Field(default="", description="Hardware that the report used, if it names it. Default: not given.")


class Budget(StrictModel):
    """A smaller version of the study. Its values replace those of the common part."""

    says: str = Field(default="", description="What the budget is, in one line. Default: nothing.")
    data: Annotated[dict[str, Any] | str | None, PartOf(Data)] = Field(
        default=None,
        description="Changes of `data` under this budget. Default: none.",
        examples=["{train_images: 2000}"],
    )
    recipe: Annotated[dict[str, Any], PartOf(Recipe)] = Field(
        default={},
        description="Changes of `recipe` under this budget. Values of an experiment still replace them. Default: none.",
        examples=["{epochs: 3}"],
    )
    seeds: Count | None = Field(
        default=None, description="Number of runs of each experiment under this budget. Default: `seeds` of the study."
    )
    experiments: Annotated[dict[str, dict[str, Any]], PartOf(Experiment, named=True)] = Field(
        default={},
        description="Changes of single experiments under this budget, by name. Default: none.",
        examples=["{plain: {epochs: 1}}"],
    )


_VARY = "{optimizer.lr: [0.1, 0.01]}"


def _matrix(vary: str = _VARY) -> str:
    """How `matrix` is written."""
    return f"{{NAME: {{of: EXPERIMENT, vary: {vary}}}}}"


def _check_vary(vary: Any) -> Any:
    if not isinstance(vary, dict) or not vary:
        raise PydanticCustomError("form", "needs keys with lists of values; write vary: {optimizer.lr: [0.1, 0.01]}")
    for key, values in vary.items():
        if isinstance(values, dict):
            below = next(iter(values), "KEY")
            advice = f"write the key with a dot, {key}.{below}: {as_written(values.get(below, ['VALUE']))}"
        elif not isinstance(values, list):
            advice = f"write a list, {key}: [{as_written(values)}]"
        elif not values:
            advice = "give at least one value"
        else:
            continue
        raise PydanticCustomError("form", "{key} has no list of values; {advice}", {"key": key, "advice": advice})
    return vary


class Matrix(StrictModel):
    """Variants of one experiment: one for each combination of the values in `vary`."""

    of: str = Field(description="Name of the experiment whose variants are made.")
    vary: Annotated[
        dict[str, Annotated[list[Any], Field(min_length=1)]], Field(min_length=1), BeforeValidator(_check_vary)
    ] = Field(
        description="Lists of values by dotted key. Each combination of values makes one experiment.",
        examples=["{optimizer.lr: [0.1, 0.01], batch_size: [32, 64]}"],
    )


def _check_variants(variants: Any) -> Any:
    if isinstance(variants, dict) and variants.keys() == {"of", "vary"}:
        return variants
    raise PydanticCustomError(
        "form", "needs the keys `of` and `vary`, and no others; write matrix: {form}", {"form": _matrix()}
    )


def _check_matrix(matrix: Any) -> Any:
    """Refuse what is not a mapping of names, and say how it is written."""
    if not isinstance(matrix, dict):
        problem, vary = "is not a mapping", _VARY
    elif not matrix.keys().isdisjoint({"of", "vary"}):
        problem, vary = "the variants need a name", as_written(matrix.get("vary"))
    elif any(isinstance(values, list) for values in matrix.values()):
        problem, vary = "the variants need a name and an experiment", as_written(matrix)
    else:
        return matrix
    form = _matrix(vary if vary.startswith("{") and vary.endswith("}") else _VARY)
    raise PydanticCustomError("form", "{problem}; write matrix: {form}", {"problem": problem, "form": form})


#: Who gave a value: the report, only its code, our assumption, a budget, or our defaults.
Origin = Literal["report", "code", "assumed", "budget", "default"]


class ValueOrigin(NamedTuple):
    """Who gave a value, and where the file says so (`file:line`)."""

    origin: Origin
    place: str


class Study(StrictModel):
    """A study file: a report made executable."""

    schema_: Annotated[str | None, Field(alias="$schema")] = Field(
        default=None, description="Path of the JSON Schema, for editors. DeepStudy ignores it. Default: none."
    )
    title: str = Field(default="", description="Title of the study. Default: no title.")
    source: ReportInfo = Field(
        default=ReportInfo(),
        description="Where the report and its papers can be found. Default: no report.",
        examples=['{report: "A lab report on LeNet-5"}'],
    )
    data: Annotated[dict[str, Any] | str, PartOf(Data)] = Field(
        description="Data set of all experiments: its name, or a mapping of `name` and options.",
        examples=["{name: cifar10, validation: 5000}"],
    )
    seeds: Count = Field(
        default=1, description="Number of runs of each experiment; their seeds are 0, 1, 2 and so on. Default: 1."
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        default="auto", description="Device to train on. Default: auto, a GPU if there is one."
    )
    recipe: Annotated[dict[str, Any], PartOf(Recipe)] = Field(
        description="How all experiments are trained. An experiment can replace each key.",
        examples=["{epochs: 10, batch_size: 64, optimizer: {name: adam, lr: 0.001}}"],
    )
    assumed: list[str] = Field(
        default=[],
        description="Dotted keys of this file whose values neither the report nor its code gives. Default: none.",
        examples=["[recipe.batch_size]"],
    )
    from_code: list[str] = Field(
        default=[],
        description="Dotted keys of this file whose values only the report's code gives. Default: none.",
        examples=["[recipe.batch_size]"],
    )
    experiments: Annotated[dict[str, dict[str, Any]], PartOf(Experiment, named=True)] = Field(
        min_length=1,
        description="The experiments by name. Each is a network, and what differs from `data` and `recipe`.",
        examples=["{plain: {model: lenet5}}"],
    )
    matrix: Annotated[
        dict[str, Annotated[Matrix, BeforeValidator(_check_variants)]], BeforeValidator(_check_matrix)
    ] = Field(
        default={},
        description="More experiments, made from one in `experiments`: one for each combination of the values in "
        "`vary`, named like `NAME-lr=0.1`. Default: none.",
        examples=[_matrix()],
    )
    budgets: dict[str, Budget] = Field(
        default={},
        description="Smaller versions of the study by name, which `--budget NAME` chooses. Default: none.",
        examples=["{quick: {data: {train_images: 2000}, recipe: {epochs: 3}}}"],
    )
    reported: list[Reported] = Field(
        default=[],
        description="Numbers that the report prints. Default: none.",
        examples=['[{experiment: plain, quantity: accuracy, split: test, epoch: 10, value: "98.10"}]'],
    )
    logs: list[ReportedLog] = Field(
        default=[],
        description="Training logs that the report prints. Default: none.",
        examples=['[{experiment: plain, text: "Epoch 1, loss 0.5"}]'],
    )
    shapes: list[ReportedShapes] = Field(
        default=[],
        description="Sizes of layers that the report prints. Default: none.",
        examples=['[{experiment: plain, text: "32x32x3 -> 8x8x64"}]'],
    )
    claims: list[Claim] = Field(
        default=[],
        description="Sentences of the report in a form that runs can decide. Default: none.",
        examples=[
            "[{id: a-wins, says: A is more accurate, compare: "
            "{quantity: accuracy, split: test, epoch: last, of: a, with: b, expect: greater}}]"
        ],
    )
    remarks: list[str] = Field(
        default=[],
        description="Sentences of the report that no run can decide. Default: none.",
        examples=["[the loss curve is shown]"],
    )

    _name: str = PrivateAttr("")
    _path: Path = PrivateAttr(Path())
    _text: str = PrivateAttr("")
    _document: Map = PrivateAttr(default_factory=lambda: Map(SourcePlace("")))
    _is_built_in: bool = PrivateAttr(False)

    @classmethod
    def from_document(cls, document: Map, text: str, path: Path, is_built_in: bool) -> "Study":
        """Make a study from the contents of its file. Its experiments and references are not checked.

        Arguments:
            document: the contents of the file, with the line of each value.
            text: the file's text.
            path: the file.
            is_built_in: whether the study comes with DeepStudy.

        Returns:
            The study.

        Raises:
            InputError: if a part has the wrong form. It names file, line and key.
        """
        study = validate(cls, document)
        name = path.resolve().parent.name if path.name == "study.yaml" else path.stem
        study._document, study._text, study._path = document, text, path
        study._name, study._is_built_in = name, is_built_in
        return study

    @property
    def name(self) -> str:
        """The file's name without its suffix, or for a `study.yaml` its folder's name. Also the folder of its runs."""
        return self._name

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def text(self) -> str:
        """The text of the file when it was read."""
        return self._text

    @property
    def document(self) -> Map:
        """The contents of the file, with the line of each value."""
        return self._document

    @property
    def is_built_in(self) -> bool:
        """Whether it comes with DeepStudy."""
        return self._is_built_in

    @property
    def argument(self) -> str:
        """The study on the command line: its name if it is built in, else its path."""
        return self._name if self._is_built_in else str(self._path)

    @property
    def has_report(self) -> bool:
        """Whether the study is about a report: the file names one, or a claim is from one."""
        return bool(self.source.report) or any(claim.source == "report" for claim in self.claims)

    def names(self) -> list[str]:
        """The names of the experiments: first those in the file, then those that `matrix` makes."""
        return list(self._experiments)

    def experiment(self, name: str, budget: str | None = None, overrides: Iterable[str] = ()) -> Experiment:
        """Complete an experiment.

        Arguments:
            name: its name.
            budget: the budget that is merged over the common part, if any.
            overrides: `--set` pairs that are merged over the experiment, such as `optimizer.lr=0.1`.

        Returns:
            The experiment.

        Raises:
            InputError: if there is no such experiment or budget, or the parts do not fit together.
        """
        overrides = tuple(overrides)
        experiment = self.resolve(name, budget, overrides)
        start = experiment.start_from
        if start is None or start.experiment is None or start.epoch is None:
            return experiment
        last = self.resolve(start.experiment, budget, overrides).epochs
        if start.epoch <= last:
            return experiment
        if budget is None and not overrides:
            place = place_of(self._document, ("experiments", name, "start_from", "epoch"))
            raise InputError(
                f"{place}: {start.experiment} has {last} epoch{'' if last == 1 else 's'}; "
                f"{name} cannot start from epoch {start.epoch}"
            )
        return experiment.model_copy(update={"start_from": start.model_copy(update={"epoch": last})})

    def resolve(self, name: str, budget: str | None = None, overrides: Iterable[str] = ()) -> Experiment:
        """Merge the parts of an experiment, without the check of `start_from` that `experiment` makes.

        Arguments:
            name: as in `experiment`.
            budget: as in `experiment`.
            overrides: as in `experiment`.

        Returns:
            The experiment.

        Raises:
            InputError: as `experiment`.
        """
        written = self._experiments
        if name not in written:
            raise InputError(f"{self.path}: no experiment is called {name}{did_you_mean(name, written)}")
        common = Map(self._document.place)
        common.put("data", self._document["data"], self._document.places["data"])
        layers = [common, self._document["recipe"], *self._budget_layers(budget), written[name]]
        if budget is not None and name in self.budgets[budget].experiments:
            layers.append(self._document["budgets"][budget]["experiments"][name])
        changes = overrides_map(overrides)
        # The file was checked when it was read, so a mistake now comes from --set.
        whole = Map(SourcePlace("--set") if changes else written.places[name])
        layers.append(changes)
        for layer in layers:
            whole = merge(whole, expand_short_forms(layer))
        return validate(Experiment, whole, BELONGS)

    def differs(self, name: str, budget: str | None = None, overrides: Iterable[str] = ()) -> dict[str, Any]:
        """List the values in which an experiment differs from most others.

        Arguments:
            name: the experiment.
            budget: as in `experiment`.
            overrides: as in `experiment`.

        Returns:
            The values by dotted key. Options of the model are listed if they are not the defaults.

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
        """Count the seeds of each experiment.

        Arguments:
            budget: the budget, if any.

        Returns:
            The number of seeds.
        """
        return (self.budgets[budget].seeds if budget else None) or self.seeds

    def value_origin(self, key: str, experiment: str | None = None, budget: str | None = None) -> ValueOrigin:
        """Find where a value comes from.

        Arguments:
            key: its dotted key, such as `optimizer.lr`.
            experiment: the experiment that has the value; by default, the common recipe.
            budget: the budget that changes the common recipe, if any.

        Returns:
            Who gave the value, and where the file says so.

        Raises:
            InputError: if there is no such budget.
        """
        steps = tuple(key.split("."))
        if experiment is not None and has_key(expand_short_forms(self._experiments[experiment]), steps):
            location = ("experiments", experiment, *steps)
            return ValueOrigin(self._given_by(location), self.place(*location))
        of_data = steps[0] == "data"
        location = steps if of_data else ("recipe", *steps)
        if any(has_key(layer, steps) for layer in self._budget_layers(budget)):
            return ValueOrigin("budget", self.place("budgets", str(budget), *location))
        common = expand_short_forms(self._document)
        common.put("recipe", expand_short_forms(self._document["recipe"]), self._document.places["recipe"])
        if has_key(common, location):
            return ValueOrigin(self._given_by(location), self.place(*(location[:1] if of_data else location)))
        return ValueOrigin(
            "default", self.place("recipe") if experiment is None else self.place("experiments", experiment)
        )

    def place(self, *location: str | int) -> str:
        """Find where something is written in the file.

        Arguments:
            location: keys and positions that lead to it, such as "reported", 0.

        Returns:
            Its `file:line`, or that of the nearest key above it.
        """
        place = place_of(self._document, location)
        return f"{Path(place.file).name}:{place.line}"

    def experiment_place(self, name: str, key: str = "") -> SourcePlace:
        """Find where an experiment, or a key of it, was written.

        Arguments:
            name: the experiment.
            key: the key, such as `model`; by default, the experiment itself.

        Returns:
            The place of the key if the experiment gives it, else that of the experiment, which is in `experiments` or
            is the matrix that makes it.
        """
        written: Map = self._experiments[name]
        return written.places.get(key, self._experiments.places[name])

    def _given_by(self, location: tuple[str, ...]) -> Origin:
        """Who gave the value at `location`."""
        keys = ".".join(location).split(".")
        above = {".".join(keys[:count]) for count in range(1, len(keys) + 1)}
        if not above.isdisjoint(self.assumed):
            return "assumed"
        return "report" if above.isdisjoint(self.from_code) else "code"

    @cached_property
    def _experiments(self) -> Map:
        """The experiments as written, and those that `matrix` makes."""
        experiments = merge(Map(SourcePlace("")), self._document["experiments"])
        for name, matrix in self.matrix.items():
            place, vary = self._document["matrix"].places[name], self._document["matrix"][name]["vary"]
            for values in itertools.product(*matrix.vary.values()):
                pairs = list(zip(matrix.vary, values, strict=True))
                label = ",".join(f"{key.rpartition('.')[2]}={value}" for key, value in pairs)
                patch = nest((key, value, vary.places[key]) for key, value in pairs)
                label = f"{name}-{label}"
                if label in experiments:
                    raise InputError(f"{place}: makes an experiment {label}, which exists already; rename one")
                experiments.put(label, merge(expand_short_forms(experiments[matrix.of]), patch), place)
        return experiments

    def _budget_layers(self, budget: str | None) -> list[Map]:
        if budget is None:
            return []
        if budget not in self.budgets:
            hint = did_you_mean(budget, self.budgets) or "; the study has no budgets"
            raise InputError(f"{self.path}: no budget is called {budget}{hint}")
        raw = self._document["budgets"][budget]
        layers = [raw["recipe"]] if "recipe" in raw else []
        if "data" in raw:
            data = Map(raw.place)
            data.put("data", raw["data"], raw.places["data"])
            layers.append(data)
        return layers


#: Keys that no experiment has, and where they belong.
BELONGS = {
    **dict.fromkeys(Study.model_fields.keys() - Experiment.model_fields, "at the top level of the study file"),
    "matrix": f"at the top level of the study file; write matrix: {_matrix()}",
}
