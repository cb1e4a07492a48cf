"""What is chosen by name from the catalog: `name`, and the options of that entry beside it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, SerializeAsAny, create_model
from pydantic_core import PydanticCustomError

from deepstudy import catalog
from deepstudy.catalog import Entry, did_you_mean


class Closed(BaseModel):
    """A mapping in which unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
            name=(Literal[name], ...),
            **{
                key: (option.type, Field(option.default, description=option.says))
                for key, option in entry.options.items()
            },  # type: ignore[call-overload]
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
            chosen: Choice = classes[name].model_validate(value)
            return chosen
        if own is not None and ":" in name:
            return own.model_validate(value)
        raise PydanticCustomError(
            "unknown_name",
            "no {what} is called {name}{hint}",
            {"what": what, "name": name, "hint": did_you_mean(name, table)},
        )

    union: Any = Literal[tuple(table)]
    for choice in [*classes.values(), *([own] if own else [])]:
        union = union | choice
    return Annotated[SerializeAsAny[Choice], PlainValidator(parse, json_schema_input_type=union)]


if TYPE_CHECKING:
    ModelChoice: TypeAlias = Choice
    OptimizerChoice: TypeAlias = Choice
    ScheduleChoice: TypeAlias = Choice
else:
    ModelChoice = _choice("model", catalog.MODELS, own=OwnModel)
    OptimizerChoice = _choice("optimizer", catalog.OPTIMIZERS)
    ScheduleChoice = _choice("schedule", catalog.SCHEDULES)
