"""The results of checks in the formats of Gradescope and otter-grader.

A network is a test that is worth one point: it passes without a bug. What could not be checked is no test: it is shown,
and gives and takes no points.

`gradescope` is the `results.json` that an autograder of Gradescope leaves in `/autograder/results`. `otter` is the JSON
that otter-grader reads as results of its R client, `GradingResults.from_ottr_json`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

Document = Mapping[str, Any]


def gradescope(files: Mapping[str, Sequence[Document]]) -> dict[str, Any]:
    """Write results as Gradescope reads them.

    Arguments:
        files: by the name of each file, the documents of its networks, as `check --json` prints them.

    Returns:
        The document: a score, and a test for each network.
    """
    tests = []
    for name, documents in files.items():
        for document in documents:
            test: dict[str, Any] = {"name": _short(name, document), "output": _text(document), "visibility": "visible"}
            test["output_format"] = "text"
            if "refused" not in document:
                passed = not _bugs(document)
                test |= {"score": float(passed), "max_score": 1.0, "status": "passed" if passed else "failed"}
            tests.append(test)
    score = sum(test.get("score", 0.0) for test in tests)
    checked = [test for test in tests if "score" in test]
    says = f"{len(checked)} network{'s' * (len(checked) != 1)} checked, {score:g} without a bug"
    return {"score": score, "output": says, "visibility": "visible", "stdout_visibility": "hidden", "tests": tests}


def otter(files: Mapping[str, Sequence[Document]]) -> dict[str, Any]:
    """Write results as otter-grader reads them.

    Arguments:
        files: by the name of each file, the documents of its networks, as `check --json` prints them.

    Returns:
        The document: a test file for each file, and a test case for each network.
    """
    return {"test_file_results": [_test_file(name, documents) for name, documents in files.items()]}


def _test_file(name: str, documents: Iterable[Document]) -> dict[str, Any]:
    cases = []
    for document in documents:
        passed = "refused" not in document and not _bugs(document)
        case = {
            "name": _short(name, document),
            "code": f"deepstudy check {document['model']}",
            "points": 0 if "refused" in document else 1,
            "hidden": False,
            "success_message": _text(document) if passed else "",
            "failure_message": "" if passed else _text(document),
        }
        cases.append({"passed": passed, "error": None if passed else _text(document), "test_case": case})
    # otter-grader keeps results by the stem of this name, so that folders must be a part of it
    return {"filename": "_".join(PurePath(name).parts), "points": None, "test_case_results": cases}


def _bugs(document: Document) -> list[Mapping[str, str]]:
    return [finding for finding in document["findings"] if finding["severity"] == "bug"]


def _short(name: str, document: Document) -> str:
    """The file and the network, without its folders outside the submission."""
    network = str(document["model"]).rpartition(":")[2]
    return name if str(document["model"]).endswith(PurePath(name).name) else f"{name}:{network}"


def _text(document: Document) -> str:
    if "refused" in document:
        return f"not checked: {document['refused']}"
    lines = [
        f"{each['severity']} {each['rule']} {each['where']}".rstrip() + f"\n  {each['says']}\n  {each['remedy']}"
        for each in document["findings"]
    ]
    return "\n\n".join(lines) or "nothing found"


#: By the name on the command line.
FORMATS: Mapping[str, Callable[[Mapping[str, Sequence[Document]]], dict[str, Any]]] = {
    "gradescope": gradescope,
    "otter": otter,
}
