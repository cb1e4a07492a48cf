"""YAML values that remember their lines, and their deep merge.

A study is merged from several places (common part, budget, experiment, `--set`) before it is validated. Messages about
mistakes must still name the file and line of the mistake. So mappings and sequences are read into `Map` and `Seq`, an
ordinary dict and list that also know the `SourcePlace` of each item. A merge keeps the places.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from deepstudy.errors import InputError

_MOST_NODES = 50_000  # an alias bomb is refused long before it fills the memory
_DEEPEST = 40
_CORE_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")}


@dataclass(frozen=True)
class SourcePlace:
    """Where a value was written: `file:line` (or `--set`) and its dotted key."""

    file: str
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}" if self.key else where


class Map(dict[str, Any]):
    """A mapping that remembers where it and each of its keys were written."""

    def __init__(self, place: SourcePlace) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, SourcePlace] = {}

    def put(self, key: str, value: Any, place: SourcePlace) -> None:
        """Set a key.

        Arguments:
            key: the key.
            value: its value.
            place: where it was written.
        """
        self[key] = value
        self.places[key] = place


class Seq(list[Any]):
    """A sequence that remembers where each of its items was written."""

    def __init__(self, place: SourcePlace) -> None:
        super().__init__()
        self.place = place
        self.places: list[SourcePlace] = []


def read_yaml(text: str, file: str, as_printed: Iterable[tuple[str, ...]] = (), *, is_ours: bool = False) -> Map:
    """Read a mapping (YAML 1.2).

    Arguments:
        text: the text.
        file: its name, for messages.
        as_printed: keys whose scalars keep their text, so `72.30` does not lose its zero. Each is given
            by its path, without list positions.
        is_ours: whether libyaml may read it, which is eight times as fast. It must not read texts of users: it refuses
            `{name: net.py:Net}`, and crashes if lists are nested too deeply.

    Returns:
        The mapping.

    Raises:
        InputError: for anything but a plain mapping: bad syntax, tags, duplicate keys, aliases that multiply.
    """
    try:
        node = YAML(typ="safe", pure=not is_ours).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        problem = " ".join(str(error.problem or error.context).split())
        hint = "check the indentation, and quote text with a colon or comma"
        raise InputError(f"{SourcePlace(file, line)}: not valid YAML: {problem}; {hint}") from None
    except RecursionError:
        raise InputError(f"{file}: is nested too deeply; write fewer levels") from None
    except (YAMLError, ValueError) as error:
        raise InputError(f"{file}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(node, MappingNode):
        raise InputError(f"{file}: is not a study; a study file has the keys `data`, `recipe` and `experiments`")
    try:
        value = _NodeReader(file, set(as_printed)).value(node, ())
    except RecursionError:
        raise InputError(f"{file}: is nested too deeply; write fewer levels") from None
    assert isinstance(value, Map)
    return value


class _NodeReader:
    """Turns composed nodes into Map, Seq and scalars."""

    def __init__(self, file: str, as_printed: set[tuple[str, ...]], option: SourcePlace | None = None) -> None:
        self.file = file
        self.option = option
        self.as_printed = as_printed
        self.nodes = 0
        self.scalars = YAML(typ="safe", pure=True).constructor

    def place(self, node: Node, path: tuple[str, ...]) -> SourcePlace:
        return self.option or SourcePlace(self.file, node.start_mark.line + 1, ".".join(path))

    def value(self, node: Node, path: tuple[str, ...], parents: tuple[int, ...] = ()) -> Any:
        place = self.place(node, path)
        self.nodes += 1
        if len(parents) > _DEEPEST:
            raise InputError(f"{place}: is nested too deeply; write fewer levels")
        if self.nodes > _MOST_NODES or id(node) in parents:
            raise InputError(f"{place}: aliases (`*name`) make this file too large; write the values out")
        if str(node.tag) not in _CORE_TAGS and not str(node.tag).endswith(":timestamp"):
            raise InputError(f"{place}: the tag {node.tag} is not allowed; write a plain value")
        parents = (*parents, id(node))
        if isinstance(node, MappingNode):
            mapping = Map(place)
            for key_node, value_node in node.value:
                if not isinstance(key_node, ScalarNode):
                    raise InputError(f"{self.place(key_node, path)}: a key must be a word, not a list or a mapping")
                key = str(key_node.value)
                here = self.place(key_node, (*path, key))
                if key in mapping:
                    raise InputError(f"{here}: this key is used twice; keep one")
                mapping.put(key, self.value(value_node, (*path, key), parents), here)
            return mapping
        if isinstance(node, SequenceNode):
            sequence = Seq(place)
            for index, item in enumerate(node.value):
                step = (*path, str(index))
                sequence.append(self.value(item, step, parents))
                sequence.places.append(self.place(item, step))
            return sequence
        if tuple(key for key in path if not key.isdigit()) in self.as_printed or str(node.tag).endswith(":timestamp"):
            return str(node.value)
        try:
            return self.scalars.construct_object(node)
        except (ValueError, KeyError, IndexError):
            kind = str(node.tag).rpartition(":")[2]
            raise InputError(f"{place}: {node.value!r:.40} is not a valid {kind}; write a plain value") from None


def read_value(text: str, place: SourcePlace) -> Any:
    """Read a value: `0.1` is a number, `[1, 2]` is a list. Text that is not YAML is a string.

    Arguments:
        text: what was written.
        place: where.

    Returns:
        The value.

    Raises:
        InputError: as `read_yaml`.
    """
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        return None if node is None else _NodeReader("", set(), place).value(node, ())
    except YAMLError:
        return text
    except (RecursionError, ValueError):
        raise InputError(f"{place}: {text:.40} cannot be read; write a plain value") from None


def merge(base: Map, patch: Map) -> Map:
    """Merge two mappings deeply, and change neither.

    A mapping whose `name` changes replaces the one below it, so that Adam does not inherit SGD's momentum.

    Arguments:
        base: a mapping.
        patch: the mapping whose values are used if both have one.

    Returns:
        The merged mapping.
    """
    merged = Map(base.place)
    for source in (base, patch):
        for key, value in source.items():
            below = merged.get(key)
            if isinstance(below, Map) and isinstance(value, Map):
                renamed = "name" in below and "name" in value and below["name"] != value["name"]
                value = value if renamed else merge(below, value)
            merged.put(key, value, source.places[key])
    return merged


def place_of(root: Map, location: Iterable[str | int]) -> SourcePlace:
    """Find where a value was written.

    Arguments:
        root: the whole.
        location: the keys and positions that lead to the value.

    Returns:
        The place of the value, or of the nearest key above it that was written.
    """
    place, here = root.place, root
    missing: list[str] = []
    for step in location:
        if isinstance(here, Map) and step in here:
            place, here = here.places[str(step)], here[str(step)]
        elif isinstance(here, Seq) and isinstance(step, int) and step < len(here):
            place, here = here.places[step], here[step]
        elif isinstance(here, Map):
            missing.append(str(step))
    key = ".".join([*([place.key] if place.key else []), *missing[-1:]])
    return SourcePlace(place.file, place.line, key)


def has_key(root: Any, steps: Sequence[str]) -> bool:
    """Say whether a dotted key was written. A name may contain dots, and then covers several steps.

    Arguments:
        root: the whole.
        steps: the parts of the dotted key.

    Returns:
        Whether it was written.
    """
    if not steps:
        return True
    return isinstance(root, Map) and any(
        (key := ".".join(steps[:count])) in root and has_key(root[key], steps[count:])
        for count in range(1, len(steps) + 1)
    )
