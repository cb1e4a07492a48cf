import pytest

from deepstudy.errors import InputError
from deepstudy.study.places import Map, merge, place_of, read_yaml


def test_values_and_places() -> None:
    raw = read_yaml("a: 1e-3\nb:\n  c: [1, true]\n", "f.yaml")
    assert raw == {"a": 0.001, "b": {"c": [1, True]}}
    assert str(place_of(raw, ("b", "c", 1))) == "f.yaml:3: b.c.1"


def test_missing_key_is_placed_at_its_parent() -> None:
    raw = read_yaml("a: 1\nb:\n  c: 1\n", "f.yaml")
    assert str(place_of(raw, ("b", "d"))) == "f.yaml:2: b.d"


def test_scalars_kept_as_printed() -> None:
    raw = read_yaml("x: [{v: 72.30, w: 72.30}]\n", "f", [("x", "v")])
    assert raw == {"x": [{"v": "72.30", "w": 72.3}]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "f:2: a: this key is used twice"),
        ("a: !!python/object:os.system x", "the tag tag:yaml.org,2002:python/object:os.system is not allowed"),
        ("a: !x 3", "f:1: a: the tag !x is not allowed"),
        ("a: [1", "f:1: not valid YAML"),
        ("a: b: c", "f:1: not valid YAML: mapping values are not allowed here; check the indentation, and quote text"),
        ("- 1", "is not a study; a study file has the keys"),
        ("", "is not a study; a study file has the keys"),
        ("a: &x\n  b: *x", "f:1: a.b: aliases"),
        ("? [a]\n: 1", "f:1: a key must be a word"),
        ("a: \x00", "f: not valid YAML"),
        ("a: !!int abc", "f:1: a: 'abc' is not a valid int"),
        ("a: !!bool ''", "f:1: a: '' is not a valid bool"),
        ("a: " + "9" * 5000, "is not a valid int"),
        ("a: " + "[" * 1000, "f: is nested too deeply"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read_yaml(text, "f")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    with pytest.raises(InputError, match="too large"):
        read_yaml("\n".join(lines), "f")


def test_merge_is_deep_and_keeps_places_and_inputs() -> None:
    base, patch = read_yaml("o: {name: sgd, lr: 1}\nk: 1", "base"), read_yaml("o: {lr: 2}", "patch")
    merged = merge(base, patch)
    assert merged == {"o": {"name": "sgd", "lr": 2}, "k": 1}
    assert str(place_of(merged, ("o", "lr"))) == "patch:1: o.lr"
    assert str(place_of(merged, ("o", "name"))) == "base:1: o.name"
    assert base["o"]["lr"] == 1


def test_merge_replaces_a_mapping_whose_name_changes() -> None:
    base = read_yaml("o: {name: sgd, momentum: 0.9}", "base")
    merged: Map = merge(base, read_yaml("o: {name: adam}", "patch"))
    assert merged["o"] == {"name": "adam"}
