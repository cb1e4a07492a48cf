"""Results for Gradescope and otter-grader have the shape that these programs read."""

from typing import Any

import jsonschema
import pytest

from deepstudy.checks.grades import FORMATS

BUG = {
    "rule": "final_relu",
    "severity": "bug",
    "where": "net.py:7",
    "says": "No logit can be negative.",
    "remedy": "Go.",
}
NOTE = BUG | {"severity": "note", "rule": "activations"}
FILES: dict[str, list[dict[str, Any]]] = {
    "net.py": [
        {"model": "in/net.py:Good", "findings": [NOTE]},
        {"model": "in/net.py:Bad", "findings": [BUG, NOTE]},
        {"model": "in/net.py:Odd", "refused": "takes two inputs"},
    ],
    "a/lab.ipynb": [{"model": "in/a/lab.ipynb", "refused": "no network found"}],
}

#: https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
TEXTS = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
GRADESCOPE = {
    "type": "object",
    "required": ["tests"],
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": TEXTS,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": TEXTS,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                },
            },
        },
    },
}

#: What otter-grader's GradingResults.from_ottr_json takes out of a document.
CASE = {
    "type": "object",
    "required": ["name", "code", "points", "hidden", "success_message", "failure_message"],
    "properties": {
        "name": {"type": "string"},
        "code": {"type": "string"},
        "points": {"type": "number"},
        "hidden": {"type": "boolean"},
        "success_message": {"type": ["string", "null"]},
        "failure_message": {"type": ["string", "null"]},
    },
}
OTTER = {
    "type": "object",
    "required": ["test_file_results"],
    "properties": {
        "test_file_results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["filename", "test_case_results"],
                "properties": {
                    "filename": {"type": "string"},
                    "points": {"type": ["number", "null"]},
                    "test_case_results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["passed", "error", "test_case"],
                            "properties": {
                                "passed": {"type": "boolean"},
                                "error": {"type": ["string", "null"]},
                                "test_case": CASE,
                            },
                        },
                    },
                },
            },
        }
    },
}


@pytest.mark.parametrize(("name", "schema"), [("gradescope", GRADESCOPE), ("otter", OTTER)])
@pytest.mark.parametrize("files", [FILES, {}, {"net.py": []}])
def test_the_shape(name: str, schema: dict[str, Any], files: dict[str, list[dict[str, Any]]]) -> None:
    jsonschema.validate(FORMATS[name](files), schema)


def test_a_network_is_a_point_and_a_refusal_is_none() -> None:
    document = FORMATS["gradescope"](FILES)
    assert (document["score"], document["output"]) == (1.0, "2 networks checked, 1 without a bug")
    assert [(test["name"], test.get("score"), test.get("status")) for test in document["tests"]] == [
        ("net.py:Good", 1.0, "passed"),
        ("net.py:Bad", 0.0, "failed"),
        ("net.py:Odd", None, None),
        ("a/lab.ipynb", None, None),
    ]
    assert document["tests"][1]["output"].startswith("bug final_relu net.py:7\n  No logit can be negative.\n  Go.")
    assert document["tests"][2]["output"] == "not checked: takes two inputs"


def test_otter_keeps_files_apart_by_their_stem() -> None:
    net, lab = FORMATS["otter"](FILES)["test_file_results"]
    assert (net["filename"], lab["filename"]) == ("net.py", "a_lab.ipynb")
    assert [(case["passed"], case["test_case"]["points"]) for case in net["test_case_results"]] == [
        (True, 1),
        (False, 1),
        (False, 0),
    ]
