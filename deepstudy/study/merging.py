"""Deep merge of the parts that make an experiment, and how a mistake in any of them is told."""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, PlainValidator, ValidationError

from deepstudy import catalog
from deepstudy.catalog import did_you_mean
from deepstudy.errors import InputError
from deepstudy.study.places import Map, Place, Seq, merge, place_of, read_value

SHORT = ("model", "data", "optimizer", "schedule")  # `model: lenet5` is short for `model: {name: lenet5}`

T = TypeVar("T", bound=BaseModel)


def validate(model: type[T], raw: Map) -> T:
    """`raw` as a `model`; the first mistake becomes an InputError that says where it was written."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    errors.sort(key=lambda error: error["type"] != "extra_forbidden")  # a misspelt key also makes one missing
    first = errors[0]
    place = place_of(raw, first["loc"])
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    raise InputError(f"{place}: {_say(first, model, raw)}{more}")


def _say(error: Any, model: type[BaseModel], raw: Map) -> str:
    """A pydantic error in our words."""
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


def _keys_beside(model: Any, raw: Any, location: tuple[str | int, ...]) -> list[str]:
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
    parent: Any = raw
    for step in location[:-1]:
        parent = parent[step] if isinstance(parent, Map | Seq) else None  # type: ignore[index]
    name = str(parent.get("name", "")).lower() if isinstance(parent, Map) else ""
    for table in (catalog.MODELS, catalog.OPTIMIZERS, catalog.SCHEDULES):
        if name in table:
            return ["name", *table[name].options]
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


def spelled_out(layer: Map) -> Map:
    """`layer` with `model: lenet5` written as `model: {name: lenet5}`, and `SGD` as `sgd`."""
    result = merge(Map(layer.place), layer)
    for key in SHORT:
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


def nested(pairs: Iterable[tuple[str, Any, Place]]) -> Map:
    """Dotted keys as nested mappings; `optimizer` alone sets the optimizer's name. Raises InputError."""
    root = Map(Place("--set"))
    for dotted, value, place in pairs:
        steps = [*dotted.split("."), "name"] if dotted in SHORT and isinstance(value, str) else dotted.split(".")
        here = root
        for step in steps[:-1]:
            if step not in here:
                here.put(step, Map(place), place)
            if not isinstance(here[step], Map):
                raise InputError(f"{place}: {step} is set to a plain value as well; set one or the other")
            here = here[step]
        if isinstance(here.get(steps[-1]), Map):
            raise InputError(f"{place}: keys below it are set as well; set one or the other")
        here.put(steps[-1], _marked(value, place), place)
    return spelled_out(root)


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


def overrides_map(pairs: Iterable[str], option: str = "--set") -> Map:
    """What pairs like `optimizer.lr=0.1` say, given with the command line's `option`. Raises InputError."""

    def parsed() -> Iterable[tuple[str, Any, Place]]:
        for pair in pairs:
            key, equals, value = pair.partition("=")
            if not equals or not key.strip():
                raise InputError(f"{option} {pair}: write KEY=VALUE, for example optimizer.lr=0.1")
            place = Place(option, None, key.strip())
            yield key.strip(), read_value(value, place), place

    return nested(parsed())
