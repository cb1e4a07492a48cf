"""The JSON Schema of a study file, with which editors complete and check it."""

from typing import Any

from deepstudy.catalog import MODELS, OPTIMIZERS, SCHEDULES
from deepstudy.datasets import DATASETS
from deepstudy.study.experiment import Experiment, Recipe
from deepstudy.study.file import Study
from deepstudy.study.places import SourcePlace, read_value


def schema() -> dict[str, Any]:
    """The JSON Schema of a study file, for editors.

    Parts that are merged later (`recipe`, an experiment, a budget) may leave out any key.
    """
    whole = Study.model_json_schema(by_alias=True)
    parts = Experiment.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    defs = whole["$defs"] | parts.pop("$defs")
    recipe = {key: value for key, value in parts["properties"].items() if key in Recipe.model_fields}
    entries = {entry.__name__ for table in (MODELS, OPTIMIZERS, SCHEDULES) for entry in table.values()}
    for name in ("Data", "StepLog", *entries):  # they are merged, so each part may leave keys out
        defs[name].pop("required", None)
    one = "One network trained one way. Its keys replace those of `data` and `recipe` of the study."
    for name, about, properties in (("Recipe", Recipe.__doc__, recipe), ("Experiment", one, parts["properties"])):
        part = {"type": "object", "additionalProperties": False, "properties": properties}
        defs[f"{name}Part"] = {"description": about, **part}
    data = {"anyOf": [{"enum": list(DATASETS)}, {"pattern": "/|^[.]"}, {"$ref": "#/$defs/Data"}]}
    for properties in (whole["properties"], defs["Budget"]["properties"]):
        _replace(properties, "data", data)
        _replace(properties, "recipe", {"$ref": "#/$defs/RecipePart"})
        properties["experiments"] |= {"additionalProperties": {"$ref": "#/$defs/ExperimentPart"}}
    _replace(defs["ExperimentPart"]["properties"], "data", data)
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "$defs": defs}
    _read_examples(document)
    return document


def _replace(properties: dict[str, Any], key: str, definition: dict[str, Any]) -> None:
    """Replace the definition of a property, but keep its description and examples."""
    about = {word: properties[key][word] for word in ("description", "examples") if word in properties[key]}
    properties[key] = about | definition


def _read_examples(part: Any) -> None:
    """Turn examples, which are written as YAML, into values."""
    if isinstance(part, list):
        for item in part:
            _read_examples(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "examples" and isinstance(value, list):
                part[key] = [read_value(text, SourcePlace("")) if isinstance(text, str) else text for text in value]
            else:
                _read_examples(value)
