"""The parts of an experiment, from a file or after `--set`: short forms, dotted keys, and messages about mistakes."""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, PlainValidator, ValidationError
from pydantic.fields import FieldInfo

from deepstudy.catalog import Entry
from deepstudy.errors import InputError, did_you_mean
from deepstudy.study.places import Map, Seq, SourcePlace, merge, place_of, read_value

SHORT_FORMS = ("model", "data", "optimizer", "schedule")  # `model: lenet5` is short for `model: {name: lenet5}`

T = TypeVar("T", bound=BaseModel)


def validate(model: type[T], raw: Map) -> T:
    """Validate what was written.

    Arguments:
        model: what it should be.
        raw: what was written, and where.

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
    first = errors[0]
    place = place_of(raw, first["loc"])
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    raise InputError(f"{place}: {_describe_mistake(first, model, raw)}{more}")


def _describe_mistake(error: Any, model: type[BaseModel], raw: Map) -> str:
    """A mistake that pydantic found, in plain words."""
    key = str(error["loc"][-1]) if error["loc"] else ""
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key{did_you_mean(key, _keys_beside(model, raw, error['loc']))}"
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


def _keys_beside(model: type[BaseModel], raw: Map, location: tuple[str | int, ...]) -> list[str]:
    """The keys that could have stood at the last step of `location`, as far as the classes tell."""
    keys: list[str] = []
    classes: list[type[Any]] = [model]
    written: Any = raw
    for step in location:
        name = written.get("name") if isinstance(written, Map) else None
        chosen = [cls for cls in classes if issubclass(cls, Entry) and name in cls.names()]
        fields = {
            field.alias or key: field
            for cls in chosen or classes
            if issubclass(cls, BaseModel)
            for key, field in cls.model_fields.items()
        }
        keys = list(fields) or keys
        if step in fields:
            classes = _classes(fields[str(step)])
        if isinstance(written, Map):
            written = written.get(str(step))
        elif isinstance(written, Seq) and isinstance(step, int):
            written = written[step]
    return keys


def _classes(field: FieldInfo) -> list[type[Any]]:
    """The classes that the type of a field is made of."""
    classes: list[type[Any]] = []
    queue: list[Any] = [field.annotation, *field.metadata]
    while queue:
        item = queue.pop()
        if isinstance(item, PlainValidator):
            item = item.json_schema_input_type
        if isinstance(item, type):
            classes.append(item)
        queue.extend(getattr(item, "__args__", ()))
    return classes


def expand_short_forms(layer: Map) -> Map:
    """Write short forms out.

    Arguments:
        layer: a part of an experiment.

    Returns:
        The same with `model: lenet5` as `model: {name: lenet5}`, and `SGD` as `sgd`.
    """
    result = merge(Map(layer.place), layer)
    for key in SHORT_FORMS:
        value = result.get(key)
        if isinstance(value, str):
            short, value = value, Map(result.places[key])
            value.put("name", short, result.places[key])
            result.put(key, value, result.places[key])
        if key == "optimizer" and isinstance(value, Map) and isinstance(value.get("name"), str):
            lower = merge(Map(value.place), value)
            lower["name"] = value["name"].lower()
            result[key] = lower
    return result


def nest(pairs: Iterable[tuple[str, Any, SourcePlace]]) -> Map:
    """Turn dotted keys into nested mappings; `optimizer` alone sets the optimizer's name.

    Arguments:
        pairs: dotted keys with their values, and where they were written.

    Returns:
        The mapping.

    Raises:
        InputError: if a key is set, and keys below it as well.
    """
    root = Map(SourcePlace("--set"))
    for dotted, value, place in pairs:
        is_short = dotted in SHORT_FORMS and isinstance(value, str)
        steps = [*dotted.split("."), "name"] if is_short else dotted.split(".")
        here = root
        for step in steps[:-1]:
            if step not in here:
                here.put(step, Map(place), place)
            if not isinstance(here[step], Map):
                raise InputError(f"{place}: {step} is set to a plain value as well; set one or the other")
            here = here[step]
        if isinstance(here.get(steps[-1]), Map):
            raise InputError(f"{place}: keys below it are set as well; set one or the other")
        here.put(steps[-1], _with_places(value, place), place)
    return expand_short_forms(root)


def _with_places(value: Any, place: SourcePlace) -> Any:
    if isinstance(value, dict):
        placed = Map(place)
        for key, item in value.items():
            placed.put(str(key), _with_places(item, place), place)
        return placed
    if isinstance(value, list):
        items = Seq(place)
        items.extend(_with_places(item, place) for item in value)
        items.places = [place] * len(value)
        return items
    return value


def overrides_map(pairs: Iterable[str], option: str = "--set") -> Map:
    """Read what the command line sets.

    Arguments:
        pairs: pairs like `optimizer.lr=0.1`.
        option: the option that they were given with.

    Returns:
        The mapping that they make.

    Raises:
        InputError: if one is no such pair, its value cannot be read, or two do not fit together.
    """

    def parsed() -> Iterable[tuple[str, Any, SourcePlace]]:
        for pair in pairs:
            key, equals, value = pair.partition("=")
            if not equals or not key.strip():
                raise InputError(f"{option} {pair}: write KEY=VALUE, for example optimizer.lr=0.1")
            place = SourcePlace(option, None, key.strip())
            yield key.strip(), read_value(value, place), place

    return nest(parsed())
