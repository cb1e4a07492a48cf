"""What a study file says, as a whole, and how its parts are resolved into complete experiments.

A study is read in two steps. The file becomes a `Study`; its experiments are not complete by themselves, so each is
merged (common part, budget, experiment, `--set`) into an `Experiment`.
"""

import itertools
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, PrivateAttr

from deepstudy.catalog import Count, ModelConfig, StrictModel
from deepstudy.errors import InputError, did_you_mean
from deepstudy.study.experiment import Experiment, in_common
from deepstudy.study.merging import expand_short_forms, nest, overrides_map, validate
from deepstudy.study.places import Map, SourcePlace, has_key, merge, place_of
from deepstudy.study.reported import Claim, Reported, ReportedLog, ReportedShapes


class ReportInfo(StrictModel):
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


#: Who gave a value: the report, only its code, our assumption, a budget, or our defaults.
Origin = Literal["report", "code", "assumed", "budget", "default"]


class ValueOrigin(NamedTuple):
    """Who gave a value, and where the file says so (`file:line`)."""

    origin: Origin
    place: str


class Study(StrictModel):
    """A report made executable."""

    schema_: Annotated[str | None, Field(alias="$schema")] = None
    title: str = ""
    source: ReportInfo = ReportInfo()
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
    _document: Map = PrivateAttr(default_factory=lambda: Map(SourcePlace("")))
    _is_built_in: bool = PrivateAttr(False)

    @classmethod
    def from_document(cls, document: Map, text: str, path: Path, is_built_in: bool) -> "Study":
        """Make a study of what its file says. Its experiments and references are not checked.

        Arguments:
            document: what the file says, with the line of each value.
            text: the file's text.
            path: the file.
            is_built_in: whether the study comes with DeepStudy.

        Returns:
            The study.

        Raises:
            InputError: if a part is of the wrong kind. It names file, line and key.
        """
        study = validate(cls, document)
        name = path.resolve().parent.name if path.name == "study.yaml" else path.stem
        study._document, study._text, study._path = document, text, path
        study._name, study._is_built_in = name, is_built_in
        return study

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
    def document(self) -> Map:
        """What the file said, with the line of each value."""
        return self._document

    @property
    def is_built_in(self) -> bool:
        """Whether it comes with DeepStudy."""
        return self._is_built_in

    @property
    def argument(self) -> str:
        """What the command line takes for this study: its name if it is built in, else its path."""
        return self._name if self._is_built_in else str(self._path)

    @property
    def has_report(self) -> bool:
        """Whether there is a report behind it: the file names one, or a claim is from one."""
        return bool(self.source.report) or any(claim.source == "report" for claim in self.claims)

    def names(self) -> list[str]:
        """The experiments in the file's order, and then those that `matrix` makes."""
        return list(self._experiments)

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
        overrides = tuple(overrides)
        experiment = self.resolve(name, budget, overrides)
        start = experiment.start_from
        if start is None or start.experiment is None or start.epoch is None:
            return experiment
        last = self.resolve(start.experiment, budget, overrides).epochs
        if start.epoch <= last:
            return experiment
        if budget is None and not overrides:
            raise InputError(
                f"{self.path}: {name} starts from epoch {start.epoch} of {start.experiment}, which has {last}"
            )
        return experiment.model_copy(update={"start_from": start.model_copy(update={"epoch": last})})

    def resolve(self, name: str, budget: str | None = None, overrides: Iterable[str] = ()) -> Experiment:
        """Merge the parts of an experiment. What it starts from is not looked at, as `experiment` does.

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
        # The file by itself was sound when it was read, so what does not fit together now is due to --set.
        whole = Map(SourcePlace("--set") if changes else written.places[name])
        layers.append(changes)
        for layer in layers:
            whole = merge(whole, expand_short_forms(layer))
        return validate(Experiment, whole)

    def differs(self, name: str, budget: str | None = None, overrides: Iterable[str] = ()) -> dict[str, Any]:
        """List the values in which an experiment differs from most others.

        Arguments:
            name: the experiment.
            budget: as in `experiment`.
            overrides: as in `experiment`.

        Returns:
            The values by dotted key. Of the model's options, all that are not the defaults.

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
        return (self.budgets[budget].seeds if budget else None) or self.seeds

    def value_origin(self, key: str, experiment: str | None = None, budget: str | None = None) -> ValueOrigin:
        """Find where a value is from.

        Arguments:
            key: its dotted key, such as `optimizer.lr`.
            experiment: the experiment whose value it is; by default, the value of the common recipe.
            budget: the budget under which the common recipe is seen, if any.

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
        """Find where something stands in the file.

        Arguments:
            location: keys and positions that lead to it, like "reported", 0.

        Returns:
            Its `file:line`, or that of the nearest thing above it.
        """
        place = place_of(self._document, location)
        return f"{Path(place.file).name}:{place.line}"

    def experiment_place(self, name: str) -> SourcePlace:
        """Find where an experiment was written.

        Arguments:
            name: the experiment.

        Returns:
            Its place in `experiments`, or that of the matrix that makes it.
        """
        return self._experiments.places[name]

    def _given_by(self, location: tuple[str, ...]) -> Origin:
        """Who gave the value that stands at `location`."""
        keys = ".".join(location).split(".")
        above = {".".join(keys[:count]) for count in range(1, len(keys) + 1)}
        if not above.isdisjoint(self.assumed):
            return "assumed"
        return "report" if above.isdisjoint(self.from_code) else "code"

    @cached_property
    def _experiments(self) -> Map:
        """The experiments as written, and those that the matrix makes."""
        experiments = merge(Map(SourcePlace("")), self._document["experiments"])
        for name, matrix in self.matrix.items():
            place, vary = self._document["matrix"].places[name], self._document["matrix"][name]["vary"]
            for values in itertools.product(*matrix.vary.values()):
                pairs = list(zip(matrix.vary, values, strict=True))
                label = ",".join(f"{key.rpartition('.')[2]}={value}" for key, value in pairs)
                patch = nest((key, value, vary.places[key]) for key, value in pairs)
                label = f"{name}-{label}"
                if label in experiments:
                    raise InputError(f"{place}: makes an experiment {label}, which exists already; rename one of them")
                experiments.put(label, merge(expand_short_forms(experiments[matrix.of]), patch), place)
        return experiments

    def _budget_layers(self, budget: str | None) -> list[Map]:
        if budget is None:
            return []
        if budget not in self.budgets:
            hint = did_you_mean(budget, self.budgets) or "; it has none"
            raise InputError(f"{self.path}: no budget is called {budget}{hint}")
        raw = self._document["budgets"][budget]
        layers = [raw["recipe"]] if "recipe" in raw else []
        if "data" in raw:
            data = Map(raw.place)
            data.put("data", raw["data"], raw.places["data"])
            layers.append(data)
        return layers
