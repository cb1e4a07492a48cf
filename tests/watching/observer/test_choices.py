"""A score is followed through the text of a program to what it chooses."""

import ast
import linecache
import textwrap
from pathlib import Path

import pytest

from deepstudy.watching.observer.choices import Choices
from deepstudy.watching.observer.places import Call, Places

SCORE = """
def score(model, loader):
    hits = 0
    for x, y in loader:
        hits += (net(x).argmax(1) == y).sum().item()
    return hits / len(loader.dataset)


"""

CHOOSES = {
    "the best weights": """
        best = 0
        for epoch in range(3):
            acc = score(model, test)
            if acc > best:
                best = acc
                weights = copy(model)
    """,
    "the best setting, from a dict": """
        results = {}
        for rate in rates:
            results[rate] = score(train(rate), test)
        winner = max(results, key=results.get)
    """,
    "the place of the best": """
        history = {"train": [], "test": []}
        for rate in rates:
            history["test"].append(score(model, test))
        print(rates[np.argmax(history["test"])])
    """,
    "the first of a sorted list": """
        runs = []
        for rate in rates:
            runs.append((score(model, test), rate))
        best_rate = sorted(runs, reverse=True)[0][1]
    """,
    "when to stop, by hand": """
        losses = []
        for epoch in range(9):
            losses.append(score(model, test))
            if epoch and losses[-1] > losses[-2]:
                break
    """,
    "when to stop, by patience": """
        lowest, waited = 9, 0
        for epoch in range(9):
            error = 1 - score(model, test)
            if error >= lowest:
                waited += 1
                if waited > 2:
                    break
            else:
                lowest, waited = error, 0
    """,
    "in a function that gets it": """
        def better(value, state):
            if value > state["best"]:
                state["best"] = value
                state["weights"] = copy(model)

        for epoch in range(9):
            better(score(model, test), state)
    """,
    "in a function around it": """
        def run(rate):
            acc = score(train(rate), test)
            return acc

        best_acc = 0
        for rate in rates:
            acc = run(rate)
            if acc > best_acc:
                best_acc, best_rate = acc, rate
    """,
}

CHOOSES_NOT = {
    "the largest is printed with the smallest": """
        scores = []
        for seed in range(3):
            scores.append(score(model, test))
        print(min(scores), max(scores))
    """,
    "the best is only kept to be printed": """
        best = 0
        for epoch in range(3):
            acc = score(model, test)
            if acc > best:
                best = acc
                best_epoch = epoch
    """,
    "another score chooses": """
        best = 0
        for epoch in range(3):
            acc = score(model, test)
            val_acc = validate(model)
            if val_acc > best:
                best, chosen = val_acc, acc
                weights = copy(model)
    """,
    "the name gets another value before": """
        best = 0
        for epoch in range(3):
            acc = score(model, test)
            print(acc)
            acc = validate(model)
            if acc > best:
                best = acc
                weights = copy(model)
    """,
    "it is compared with a constant": """
        acc = score(model, test)
        if acc < 0.5:
            print("it has not learned")
    """,
    "the key is another one": """
        history = {"val": [], "test": []}
        for rate in rates:
            history["val"].append(validate(model))
            history["test"].append(score(model, test))
        print(history["test"][np.argmax(history["val"])])
    """,
    "a table is sorted": """
        rows = []
        for name in names:
            rows.append((name, score(model, test)))
        for name, acc in sorted(rows, key=lambda row: -row[1]):
            print(name, acc)
    """,
}


def choices(tmp_path: Path, text: str) -> list[str]:
    """The choices that follow from the pass of `net` in `score`, called as the text calls it."""
    file = tmp_path / "train.py"
    file.write_text(SCORE + textwrap.dedent(text))
    tree = ast.parse(file.read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    chain, wanted = [], ["net", "score"]
    around = next((f.name for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and f.name == "run"), None)
    for name in [*wanted, *([around] if around else [])]:
        call = next(each for each in calls if isinstance(each.func, ast.Name) and each.func.id == name)
        chain.append(Call(str(file), (call.lineno, call.col_offset, call.end_lineno or 0, call.end_col_offset or 0)))
    return [each.says for each in Choices(Places(tmp_path)).of(tuple(chain))]


@pytest.mark.parametrize("text", CHOOSES.values(), ids=CHOOSES)
def test_a_score_chooses(text: str, tmp_path: Path) -> None:
    assert len(choices(tmp_path, text)) == 1


@pytest.mark.parametrize("text", CHOOSES_NOT.values(), ids=CHOOSES_NOT)
def test_a_score_chooses_nothing(text: str, tmp_path: Path) -> None:
    assert choices(tmp_path, text) == []


def test_a_choice_says_its_place_and_its_text(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    assert choices(tmp_path, CHOOSES["the best weights"]) == ["acc > best"]
    tree = ast.parse(file.read_text())
    net, score = (
        next(
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        )
        for name in ("net", "score")
    )
    chain = tuple(
        Call(str(file), (each.lineno, each.col_offset, each.end_lineno or 0, each.end_col_offset or 0))
        for each in (net, score)
    )
    (choice,) = Choices(Places(tmp_path)).of(chain)
    assert choice.where == "train.py:13"


def test_a_name_lives_on_in_the_next_cells(tmp_path: Path) -> None:
    cells = {
        "cell 1": SCORE,
        "cell 2": "results = {1: score(a, test), 2: 0}\n",
        "cell 3": "max(results, key=results.get)\n",
    }
    for name, text in cells.items():
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    places = Places(tmp_path, {name: f"lab.ipynb {name}" for name in cells})
    calls = [
        next(
            node
            for node in ast.walk(ast.parse(cells[name]))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == called
        )
        for name, called in (("cell 1", "net"), ("cell 2", "score"))
    ]
    chain = tuple(
        Call(name, (call.lineno, call.col_offset, call.end_lineno or 0, call.end_col_offset or 0))
        for name, call in zip(cells, calls, strict=False)
    )
    (choice,) = Choices(places).of(chain)
    assert (choice.where, choice.says) == ("lab.ipynb cell 3:1", "max(results, key=results.get)")
