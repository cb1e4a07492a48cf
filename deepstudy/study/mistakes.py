"""Messages about mistakes in a study: `file:line: key: what is wrong, and what would be right`."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, PlainValidator, ValidationError
from pydantic.fields import FieldInfo

from deepstudy.catalog import Entry
from deepstudy.errors import InputError, did_you_mean
from deepstudy.study.places import Map, Seq, place_of

T = TypeVar("T", bound=BaseModel)

_SYNONYMS = {"learning_rate": "lr"}
_CLOSE = 0.8  # a misspelt key is this similar to the right one
_MOST_PATHS = 4  # a key that exists in more places than these, such as `name`, gets no hint


@dataclass(frozen=True)
class PartOf:
    """Marks a field that holds a part of `kind`, which is merged before it is validated.

    Attributes:
        kind: the class that the merged parts become.
        named: whether the field is a mapping of names to such parts.
    """

    kind: type[BaseModel]
    named: bool = False


def validate(model: type[T], raw: Map, elsewhere: Mapping[str, str] | None = None) -> T:
    """Validate what was written.

    Arguments:
        model: what it should be.
        raw: what was written, and where.
        elsewhere: keys that belong to another part of a study, with the name of that part.

    Returns:
        The `model`.

    Raises:
        InputError: for the first mistake. It says where that was written.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    errors.sort(key=lambda error: error["type"] != "extra_forbidden")  # a misspelt key also makes one missing
    place = place_of(raw, errors[0]["loc"])
    same = [error for error in errors if place_of(raw, error["loc"]) == place]
    more = len(errors) - len(same)
    count = f" ({more} more mistake{'s' if more > 1 else ''} in this part)" if more else ""
    raise InputError(f"{place}: {_describe_mistake(same, model, raw, elsewhere or {})}{count}")


def refuse_unknown_keys(model: type[BaseModel], raw: Map, elsewhere: Mapping[str, str]) -> None:
    """Refuse keys that a part of a study does not have, before it is merged with others.

    Arguments:
        model: what the merged parts become.
        raw: what was written, and where.
        elsewhere: as in `validate`.

    Raises:
        InputError: for the first such key.
    """
    for key in raw:
        if key not in model.model_fields:
            raise InputError(f"{raw.places[key]}: {_unknown_key(model, raw, (key,), elsewhere)}")


def as_written(value: Any) -> str:
    """Write a value as YAML has it.

    Arguments:
        value: what was read from YAML.

    Returns:
        One line, cut where it is long.
    """

    def flow(value: Any) -> str:
        match value:
            case bool() | None:
                return {True: "true", False: "false", None: "null"}[value]
            case dict():
                return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
            case list() | tuple():
                return "[" + ", ".join(flow(item) for item in value) + "]"
        return str(value)

    text = repr(value) if isinstance(value, str) else flow(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _describe_mistake(errors: list[Any], model: type[BaseModel], raw: Map, elsewhere: Mapping[str, str]) -> str:
    """The mistakes that pydantic found at one place, in plain words."""
    error = errors[0]
    location = error["loc"]
    match error["type"]:
        case "extra_forbidden":
            return _unknown_key(model, raw, location, elsewhere)
        case "missing" if location and isinstance(location[-1], int):
            have, need = len(error["input"]), max(error["loc"][-1] for error in errors) + 1
            return f"has {have} value{'' if have == 1 else 's'}, but needs {need}"
        case "missing":
            return "this key is missing; add it"
        case "literal_error" if len(errors) == 1:
            values = _allowed(error)
            hint = did_you_mean(str(error["input"]), values) if len(values) > 1 else f"; write {values[0]}"
            return f"{as_written(error['input'])} is not allowed{hint}"
        case "too_short":
            return f"is empty; give at least one value{_example(model, raw, location)}"
        case "no_name":
            return f"{error['msg']}{_example(model, raw, location)}"
        case "unknown_name" | "form":
            return str(error["msg"])
        case "value_error":
            return str(error["ctx"]["error"])
    expected = list(dict.fromkeys(word for error in errors for word in _expected(error)))
    value = error["input"]
    hint = ""
    if expected == ["a string"] and isinstance(value, bool | int | float):
        hint = "; put it in quotes"
    elif expected[0] in ("a mapping", "a list"):
        hint = _example(model, raw, location)
    return f"input should be {_enumerate(expected)}, not {as_written(value)}{hint}"


def _enumerate(words: list[str]) -> str:
    """`a, b or c`."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _expected(error: Any) -> list[str]:
    """What pydantic expected instead of what was written."""
    match error["type"]:
        case "dict_type" | "model_type" | "model_attributes_type":
            return ["a mapping"]
        case "list_type" | "tuple_type":
            return ["a list"]
        case "string_type":
            return ["a string"]
        case "bool_type":
            return ["true", "false"]
        case "literal_error":
            return _allowed(error)
    return [str(error["msg"]).partition("should be ")[2] or str(error["msg"])]


def _allowed(error: Any) -> list[str]:
    """The values that pydantic names if none of them was written."""
    expected: str = error["ctx"]["expected"]
    return [word.strip("'") for part in expected.split(", ") for word in part.split(" or ")]


def _example(model: type[BaseModel], raw: Map, location: tuple[str | int, ...]) -> str:
    """How the key at a location is written, or the list or mapping that it is an item of."""
    fields = [(str(step), level.fields[str(step)]) for level, step in _levels(model, raw, location) if step in level]
    key, field = fields[-1] if fields else ("", None)
    return f"; for example {key}: {field.examples[0]}" if field and field.examples else ""


# Unknown keys ------------------------------------------------------------------------------------------------------


def _unknown_key(
    model: type[BaseModel], raw: Map, location: tuple[str | int, ...], elsewhere: Mapping[str, str]
) -> str:
    level = [level for level, _ in _levels(model, raw, location)][-1]
    return f"unknown key{_hint_at_key(str(location[-1]), level, place_of(raw, location).key, elsewhere)}"


def _hint_at_key(key: str, level: "_Level", written: str, elsewhere: Mapping[str, str]) -> str:
    first, _, rest = key.partition(".")
    if rest and first in level.fields:
        return f"; write {first}: {{{rest.replace('.', ': {')}: ...{'}' * (key.count('.'))}"
    word = _SYNONYMS.get(key, key)
    if near := get_close_matches(word, level.fields, n=1, cutoff=_CLOSE):
        return f"; did you mean {near[0]}?"
    deeper = [path for path in level.paths() if "." in path]
    hits = [path for path in deeper if path.rpartition(".")[2] == word]
    if not hits and key in elsewhere:
        below = written.partition(f"{key}.")[2]  # `--set recipe.epochs=3`
        is_here = below.partition(".")[0] in level.fields
        return f"; did you mean {below}?" if is_here else f"; {key} belongs {elsewhere[key]}"
    if not hits and (near := get_close_matches(word, {path.rpartition(".")[2] for path in deeper}, 1, _CLOSE)):
        hits = [path for path in deeper if path.rpartition(".")[2] == near[0]]
    hits = [path for path in hits if path.partition(".")[0] in level.written] or hits
    hits = [path for path in hits if not path.startswith("experiments.")] or hits
    if 0 < len(hits) <= _MOST_PATHS:
        return f"; did you mean {_enumerate(hits)}?"
    return did_you_mean(word, level.fields)


@dataclass(frozen=True)
class _Level:
    """The keys that a mapping can have, as far as the classes tell, and what was written there."""

    fields: Mapping[str, FieldInfo]
    written: Any

    def __contains__(self, step: object) -> bool:
        return step in self.fields

    @classmethod
    def of(cls, classes: Collection[type[Any]], written: Any) -> "_Level":
        name = written.get("name") if isinstance(written, Map) else written if isinstance(written, str) else None
        chosen = [each for each in classes if issubclass(each, Entry) and name in each.names()]
        fields = {
            field.alias or key: field
            for each in chosen or classes
            if issubclass(each, BaseModel)
            for key, field in each.model_fields.items()
        }
        return cls(fields, written if isinstance(written, Map) else {})

    def paths(self) -> Iterator[str]:
        """The dotted keys of everything that can be written here."""
        for key, field in self.fields.items():
            yield key
            part = next((each for each in field.metadata if isinstance(each, PartOf)), None)
            written = self.written.get(key, field.default if isinstance(field.default, str) else None)
            prefix = f"{key}.NAME" if part and part.named else key
            classes = [part.kind] if part else list(_direct_classes(field))
            for path in _Level.of(classes, written).paths() if classes else ():
                yield f"{prefix}.{path}"


def _levels(model: type[BaseModel], raw: Map, location: tuple[str | int, ...]) -> Iterator[tuple[_Level, str | int]]:
    """The keys that are possible at each step of a location, and the step."""
    classes: list[type[Any]] = [model]
    written: Any = raw
    level = _Level({}, {})
    for step in location:
        found = _Level.of(classes, written)
        level = found if found.fields else _Level(level.fields, found.written)
        yield level, step
        if step in level:
            classes = list(_classes(level.fields[str(step)]))
        if isinstance(written, Map):
            written = written.get(str(step))
        elif isinstance(written, Seq) and isinstance(step, int) and step < len(written):
            written = written[step]


def _classes(field: FieldInfo) -> Iterator[type[Any]]:
    """The classes that the type of a field is made of, those of lists' and mappings' items too."""
    queue: list[Any] = [field.annotation, *field.metadata]
    while queue:
        item = queue.pop()
        if isinstance(item, PlainValidator):
            item = item.json_schema_input_type
        if isinstance(item, type):
            yield item
        queue.extend(get_args(item))


def _direct_classes(field: FieldInfo) -> Iterator[type[BaseModel]]:
    """The classes that the value of a field itself can have."""
    queue: list[Any] = [field.annotation, *field.metadata]
    while queue:
        item = queue.pop()
        if isinstance(item, PlainValidator):
            item = item.json_schema_input_type
        if isinstance(item, type) and issubclass(item, BaseModel):
            yield item
        elif get_origin(item) in (Union, UnionType) or hasattr(item, "__metadata__"):
            queue.extend(get_args(item))
