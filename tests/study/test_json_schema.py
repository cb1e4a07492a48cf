"""The JSON Schema of a study file: every key is described, for editors and the reference."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from deepstudy.study import load_study, schema


def properties() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each key of a study file, as `Recipe.epochs`, with what the schema says about it."""
    document = schema()
    for name, part in {"Study": document, **document["$defs"]}.items():
        for key, described in part.get("properties", {}).items():
            yield f"{name}.{key}", described


def test_every_key_is_described_in_one_or_two_sentences() -> None:
    keys = dict(properties())
    assert {"Study.matrix", "Matrix.vary", "RecipePart.epochs", "ExperimentPart.model", "VGGConfig.name"} <= keys.keys()
    for key, described in keys.items():
        text = described.get("description", "")
        assert text, key
        assert text.endswith("."), key
        assert text[0].isupper(), key


def test_every_part_is_described() -> None:
    for name, part in schema()["$defs"].items():
        assert part.get("description"), name


def test_a_key_that_may_be_left_out_says_what_it_is_then() -> None:
    document = schema()
    for name, part in {"Study": document, **document["$defs"]}.items():
        for key, described in part["properties"].items():
            if "default" not in described:
                continue
            assert "Default: " in described["description"], f"{name}.{key}"
            stated = described["description"].partition("Default: ")[2]
            default = described["default"]
            if default not in (None, "", [], {}) and not isinstance(default, dict):
                assert str(default if isinstance(default, str) else json.dumps(default)) in stated, f"{name}.{key}"


def test_examples_are_values_and_not_their_text() -> None:
    examples = {key: described["examples"] for key, described in properties() if "examples" in described}
    assert examples["RecipePart.augment"] == [{"crop": 4, "flip": True}]
    assert not any(isinstance(example, str) for several in examples.values() for example in several)


@pytest.mark.parametrize("key", ["source", "recipe", "experiments", "budgets", "reported", "logs", "shapes", "claims"])
def test_examples_can_be_written(key: str) -> None:
    """The examples of the whole file fit each other, but for the names of their experiments."""
    value = schema()["properties"][key]["examples"][0]
    document = {
        "data": "mnist5k",
        "recipe": {"epochs": 1, "batch_size": 10, "optimizer": "sgd"},
        "experiments": {name: {"model": "lenet5"} for name in ("plain", "a", "b")},
    }
    load_study("lenet-mnist", text=json.dumps(document | {key: value}))


IN_EXPERIMENTS = schema()["$defs"]["ExperimentPart"]["properties"]


@pytest.mark.parametrize("key", [key for key, part in IN_EXPERIMENTS.items() if "examples" in part])
def test_examples_of_experiments_can_be_written(key: str) -> None:
    value = IN_EXPERIMENTS[key]["examples"][0]
    document = {
        "data": {"name": "cifar10", "validation": 100},
        "recipe": {"epochs": 10, "batch_size": 10, "optimizer": "sgd"},
        "experiments": {"plain": {"model": "resnet20"}, "other": {"model": "resnet20", key: value}},
    }
    load_study("lenet-mnist", text=json.dumps(document))


def test_the_example_of_matrix_makes_experiments() -> None:
    text = json.dumps(schema()["properties"]["matrix"]["examples"][0])
    document = {
        "data": "mnist5k",
        "recipe": {"epochs": 1, "batch_size": 10, "optimizer": "sgd"},
        "experiments": {"a": {"model": "lenet5"}},
        "matrix": json.loads(text.replace("NAME", "grid").replace("EXPERIMENT", "a")),
    }
    study = load_study("lenet-mnist", text=json.dumps(document))
    assert study.names() == ["a", "grid-lr=0.1", "grid-lr=0.01"]
