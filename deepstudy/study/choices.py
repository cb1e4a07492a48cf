"""What is chosen by name from the catalog: a name alone, or a mapping of `name` and options."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeAlias, Union

from pydantic import ConfigDict, Field, PlainValidator, SerializeAsAny
from pydantic_core import PydanticCustomError

from deepstudy.catalog import (
    MODELS,
    OPTIMIZERS,
    SCHEDULES,
    Choice,
    Entry,
    OptimizerConfig,
    ScheduleConfig,
    StrictModel,
)
from deepstudy.errors import did_you_mean
from deepstudy.study.merging import overrides_map
from deepstudy.study.mistakes import validate
from deepstudy.study.places import Map, SourcePlace


class OwnModel(Choice):
    """A network of your own, `file.py:Name` or `package.module:Name`. All other keys are its arguments."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(
        description="Class or function that returns the network: `file.py:Name` or `package.module:Name`. The path is "
        "relative to the study file."
    )

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments that the study gives."""
        return dict(self.model_extra or {})


def _from_catalog(what: str, entries: Mapping[str, type[Entry]], own: type[Choice] | None = None) -> PlainValidator:
    """How pydantic reads such a choice: the name picks the class.

    A tagged union of pydantic would do the same, but without a hint at the name that was meant. Its errors would also
    have the tag among their keys, which no study file has.
    """

    def parse(value: Any) -> Choice:
        if isinstance(value, Choice):
            return value
        if isinstance(value, str):
            value = {"name": value}
        if not isinstance(value, dict) or not isinstance(value.get("name"), str):
            raise PydanticCustomError("no_name", "needs a name, or a mapping of `name` and options")
        name = value["name"]
        if name in entries:
            return entries[name].model_validate(value)
        if own is not None and ":" in name:
            return own.model_validate(value)
        raise PydanticCustomError(
            "unknown_name",
            "no {what} is called {name}{hint}",
            {"what": what, "name": name, "hint": did_you_mean(name, entries)},
        )

    classes = [*dict.fromkeys(entries.values()), *([own] if own else [])]
    return PlainValidator(parse, json_schema_input_type=Union[Literal[tuple(entries)], *classes])


ModelChoice: TypeAlias = Annotated[SerializeAsAny[Choice], _from_catalog("model", MODELS, own=OwnModel)]
OptimizerChoice: TypeAlias = Annotated[SerializeAsAny[OptimizerConfig], _from_catalog("optimizer", OPTIMIZERS)]
ScheduleChoice: TypeAlias = Annotated[SerializeAsAny[ScheduleConfig], _from_catalog("schedule", SCHEDULES)]


class _ModelOnly(StrictModel):
    model: ModelChoice


def model_choice(name: str, arguments: Iterable[str] = ()) -> Choice:
    """Choose a network, as `show` and `check` do.

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
    model.put("name", name, SourcePlace("--arg", None, ""))
    whole.put("model", model, whole.place)
    return validate(_ModelOnly, whole).model
