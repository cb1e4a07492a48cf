"""The house: what its files promise to whoever reads them."""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "deepstudy"
FILES = sorted(PACKAGE.rglob("*.py"))
#: What stands in for other packages bears their names and takes their arguments, which their documentation describes.
OWN_FILES = [path for path in FILES if "importable" not in path.parts]

#: Methods that a base class describes.
INHERITED = frozenset("forward step on_start on_progress on_end".split())
#: Words that are no names here; see CONTRIBUTING.
NOT_OUR_WORDS = frozenset("judged logits_of expect leave shrunk kept told heard spoken together derive".split())
STUDY_KEYS = {("reported", "expect")}  # as study files have them
NOT_OUR_CLASSES = frozenset("Glimpse Watcher Passes Closed Subject Shown Found Source Figure Log Reader".split())


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef, bool]]:
    """The functions and methods of a file that others may call, with their names and whether they are methods."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, node, False
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                    yield f"{node.name}.{method.name}", method, True


def is_command(function: ast.FunctionDef) -> bool:
    """Whether it is a verb of the command line, whose docstring is its help."""
    return any("click.command" in ast.unparse(decorator) for decorator in function.decorator_list)


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_public_functions_say_what_they_take(path: Path) -> None:
    silent = []
    for name, function, is_method in functions(path):
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)][is_method:]
        names += [argument.arg for argument in function.args.kwonlyargs]
        names = [name for name in names if not name.startswith("_") and name != "cls"]
        doc = ast.get_docstring(function) or ""
        if (
            not names
            or is_command(function)
            or name.split(".")[-1] in ("forward", "step", "on_start", "on_progress", "on_end")
        ):
            continue
        described = doc.partition("Arguments:")[2]
        silent += [
            f"{name}: {missing}" for missing in names if not re.search(rf"^\s+\**{missing}\b.*:", described, re.M)
        ]
    assert not silent


def test_no_name_stands_for_two_classes_or_for_none() -> None:
    places = defaultdict(list)
    for path in OWN_FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                places[node.name.lstrip("_")].append(str(path.relative_to(PACKAGE)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
    assert not places.keys() & NOT_OUR_CLASSES


def test_names_are_the_fields_words() -> None:
    odd = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                words = {node.name}
            elif isinstance(node, ast.arg):
                words = {node.arg}
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                words = {node.id}
            else:
                continue
            odd += [
                f"{path.relative_to(PACKAGE)}:{node.lineno} {word}"
                for word in words
                if word.strip("_").lower() in NOT_OUR_WORDS and (path.stem, word) not in STUDY_KEYS
            ]
    assert not odd


def test_no_literal_is_a_stub_of_rewrapping() -> None:
    """Two string literals on one line side by side are what a formatter left of a longer line."""
    stub = re.compile(r"""(?<![\w"'])f?"[^"\n]*" f?"[^"\n]*"(?!["'])""")
    assert [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if stub.search(line) and '"""' not in line
    ] == []


def test_the_architecture_page_draws_every_room_on_its_floor() -> None:
    text = (ROOT / "docs" / "architecture" / "index.md").read_text(encoding="utf-8")
    drawn = re.findall(r"^│   [├└]── (\w+)(?:/|\.py) ", text, re.MULTILINE)
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert {*drawn} == rooms - {"__init__", "__main__", "__pycache__"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    house = next(
        each for each in project["tool"]["importlinter"]["contracts"] if each.get("containers") == ["deepstudy"]
    )
    assert [room for room in drawn if room not in ("studies", "templates")] == house["layers"]


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
