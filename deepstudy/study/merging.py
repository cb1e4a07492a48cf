"""The parts of an experiment, from a file or after `--set`: short forms and dotted keys."""

from collections.abc import Iterable
from typing import Any

from deepstudy.errors import InputError
from deepstudy.study.places import Map, Seq, SourcePlace, merge, read_value

SHORT_FORMS = ("model", "data", "optimizer", "schedule")  # `model: lenet5` is short for `model: {name: lenet5}`


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
    """Turn dotted keys into nested mappings. `optimizer` alone sets the name of the optimizer.

    Arguments:
        pairs: dotted keys with their values, and where they were written.

    Returns:
        The mapping.

    Raises:
        InputError: if a key and keys below it are both set.
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
                raise InputError(f"{place}: {step} is also set to a plain value; set one or the other")
            here = here[step]
        if isinstance(here.get(steps[-1]), Map):
            raise InputError(f"{place}: keys below it are also set; set one or the other")
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
        pairs: pairs such as `optimizer.lr=0.1`.
        option: the option that gave them.

    Returns:
        The mapping of all pairs.

    Raises:
        InputError: if one is not such a pair, its value cannot be read, or two do not fit together.
    """

    def parsed() -> Iterable[tuple[str, Any, SourcePlace]]:
        for pair in pairs:
            key, equals, value = pair.partition("=")
            if not equals or not key.strip():
                raise InputError(f"{option} {pair}: write KEY=VALUE, for example optimizer.lr=0.1")
            place = SourcePlace(option, None, key.strip())
            yield key.strip(), read_value(value, place), place

    return nest(parsed())
