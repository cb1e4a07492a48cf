"""The JSON Schema of a study file, with which editors complete and check it."""

from typing import Any

from deepstudy.catalog import MODELS, OPTIMIZERS, SCHEDULES
from deepstudy.datasets import DATASETS
from deepstudy.study.experiment import Experiment, Recipe
from deepstudy.study.file import Study


def schema() -> dict[str, Any]:
    """The JSON Schema of a study file, for editors.

    Parts that are merged later (`recipe`, an experiment, a budget) may leave any key out.
    """
    whole = Study.model_json_schema(by_alias=True)
    parts = Experiment.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    defs = whole["$defs"] | parts.pop("$defs")
    recipe = {key: value for key, value in parts["properties"].items() if key in Recipe.model_fields}
    entries = {entry.__name__ for table in (MODELS, OPTIMIZERS, SCHEDULES) for entry in table.values()}
    for name in ("Data", "StepLog", *entries):  # they are merged, so each part may leave keys out
        defs[name].pop("required", None)
    defs["RecipePart"] = {"type": "object", "additionalProperties": False, "properties": recipe}
    defs["ExperimentPart"] = {"type": "object", "additionalProperties": False, "properties": parts["properties"]}
    data = {"anyOf": [{"enum": list(DATASETS)}, {"pattern": "/|^[.]"}, {"$ref": "#/$defs/Data"}]}
    whole["properties"] |= {"data": data, "recipe": {"$ref": "#/$defs/RecipePart"}}
    whole["properties"]["experiments"] |= {"additionalProperties": {"$ref": "#/$defs/ExperimentPart"}}
    defs["Budget"]["properties"] |= {"data": data, "recipe": {"$ref": "#/$defs/RecipePart"}}
    defs["Budget"]["properties"]["experiments"] |= {"additionalProperties": {"$ref": "#/$defs/ExperimentPart"}}
    defs["ExperimentPart"]["properties"]["data"] = data
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "$defs": defs}
