"""What a message about a mistake in a study suggests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy.errors import InputError
from deepstudy.study import load_study
from deepstudy.study.mistakes import as_written

Write = Callable[..., Path]
MATRIX = "write matrix: {NAME: {of: EXPERIMENT, vary: {optimizer.lr: [0.1, 0.01]}}}"


def message_of(path: Path, *overrides: str) -> str:
    with pytest.raises(InputError) as error:
        load_study(path).experiment("plain", None, overrides)
    message = str(error.value)
    assert "\n" not in message
    return message.replace(str(path), "small.yaml")


@pytest.mark.parametrize(
    ("pair", "meant"),
    [
        ("lr=0.1", "optimizer.lr"),
        ("learning_rate=0.1", "optimizer.lr"),
        ("momentun=0.9", "optimizer.momentum"),
        ("dropout=0.2", "model.dropout"),
        ("validation=10", "data.validation"),
        ("flip=true", "augment.flip or scoring.flip"),
        ("recipe.optimizer.lr=0.1", "optimizer.lr"),
        ("epoch=3", "epochs"),  # what is misspelt here comes before what is deeper, such as start_from.epoch
    ],
)
def test_a_key_that_exists_deeper_is_suggested_with_its_path(write_study: Write, pair: str, meant: str) -> None:
    key = pair.partition("=")[0]
    assert message_of(write_study(), pair) == f"--set: {key}: unknown key; did you mean {meant}?"


def test_a_built_in_study_suggests_it_too() -> None:
    with pytest.raises(InputError, match=r"^--set: lr: unknown key; did you mean optimizer\.lr\?$"):
        load_study("lenet-mnist").experiment("lenet5", None, ["lr=0.1"])


def test_a_key_of_the_whole_study_cannot_be_set(write_study: Write) -> None:
    assert message_of(write_study(), "seeds=3").endswith("seeds belongs at the top level of the study file")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seeds: 2\n", "lr: 0.1\n", "small.yaml:3: lr: unknown key; did you mean recipe.optimizer.lr?"),
        ("seeds: 2\n", "epochs: 2\n", "small.yaml:3: epochs: unknown key; did you mean recipe.epochs?"),
        ("seeds: 2\n", "model: lenet5\n", "small.yaml:3: model: unknown key; did you mean experiments.NAME.model?"),
        ("batch_size: 50\n", "batch_size: 50\n  lr: 1\n", "7: recipe.lr: unknown key; did you mean optimizer.lr?"),
        ("batch_size: 50\n", "batch_size: 50\n  optimizer.lr: 1\n", "unknown key; write optimizer: {lr: ...}"),
        ("batch_size: 50\n", "batch_size: 50\n  seeds: 1\n", "seeds belongs at the top level of the study file"),
        ("batch_size: 50\n", "batch_size: 50\n  model: lenet5\n", "model belongs in an experiment"),
        (
            "recipe: {epochs: 1}",
            "epochs: 1",
            "small.yaml:12: budgets.tiny.epochs: unknown key; did you mean recipe.epochs?",
        ),
        ("budgets:", "assumed: [epochs]\nbudgets:", "the file has no key epochs; did you mean recipe.epochs?"),
    ],
)
def test_keys_in_the_wrong_part_of_a_file(write_study: Write, old: str, new: str, message: str) -> None:
    assert message in message_of(write_study((old, new)))


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        ("{optimizer.lr: [0.1, 0.01]}", "matrix", f"the variants need a name and an experiment; {MATRIX}"),
        ("{of: plain, vary: {optimizer.lr: [0.1, 0.01]}}", "matrix", f"the variants need a name; {MATRIX}"),
        ("{of: plain, vary: {epochs: [1]}}", "matrix", "write matrix: {NAME: {of: EXPERIMENT, vary: {epochs: [1]}}}"),
        ("[0.1]", "matrix", f"is not a mapping; {MATRIX}"),
        ("{g: {of: plain}}", "matrix.g", f"needs the keys `of` and `vary`, and no others; {MATRIX}"),
        ("{g: {of: plain, vary: [0.1]}}", "matrix.g.vary", "write vary: {optimizer.lr: [0.1, 0.01]}"),
        ("{g: {of: plain, vary: {epochs: 3}}}", "matrix.g.vary", "write a list, epochs: [3]"),
        ("{g: {of: plain, vary: {epochs: []}}}", "matrix.g.vary", "give at least one value"),
        (
            "{g: {of: plain, vary: {optimizer: {lr: [0.1, 0.2]}}}}",
            "matrix.g.vary",
            "optimizer has no list of values; write the key with a dot, optimizer.lr: [0.1, 0.2]",
        ),
        ("{g: {of: plain, vary: {lr: [0.1]}}}", "matrix.g.vary.lr", "unknown key; did you mean optimizer.lr?"),
    ],
)
def test_a_matrix_in_another_form(write_study: Write, written: str, place: str, message: str) -> None:
    said = message_of(write_study(("seeds: 2\n", f"seeds: 2\nmatrix: {written}\n")))
    assert said.startswith(f"small.yaml:4: {place}: ")
    assert said.endswith(message)


@pytest.mark.parametrize("place", ["recipe", "experiments.plain"])
def test_a_matrix_in_another_place(write_study: Write, place: str) -> None:
    matrix = "matrix: {optimizer.lr: [0.1, 0.01]}"
    old, new = {
        "recipe": ("batch_size: 50\n", f"batch_size: 50\n  {matrix}\n"),
        "experiments.plain": ("{model: lenet5}", f"{{model: lenet5, {matrix}}}"),
    }[place]
    said = message_of(write_study((old, new)))
    assert f": {place}.matrix: unknown key; matrix belongs at the top level of the study file; {MATRIX}" in said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("batch_size: 50\n", "batch_size: 50\n  augment: true\n", "input should be a mapping, not true; for example"),
        (
            "batch_size: 50\n",
            "batch_size: 50\n  augment: {flip: yes}\n",
            "should be true, false or alternating, not 'yes'",
        ),
        ("batch_size: 50\n", "batch_size: 50\n  normalize: {mean: [], std: 1}\n", "std: input should be a list, not 1"),
        (
            "batch_size: 50\n",
            "batch_size: 50\n  log: {line: '{los}'}\n",
            "mean_accuracy, not 'los'; did you mean loss?",
        ),
        ("batch_size: 50\n", "batch_size: 50\n  optimizer: {name: adam, betas: [0.9]}\n", "twice"),
        ("name: sgd, lr: 0.05, momentum: 0.9", "name: adam, betas: [0.9]", "betas: has 1 value, but needs 2"),
        ("title: A small study", "title: 3", "title: input should be a string, not 3; put it in quotes"),
        ("{model: lenet5}", "lenet5", "input should be a mapping, not 'lenet5'; for example experiments: {plain: "),
        (
            "{model: lenet5}",
            "{model: 5}",
            "needs a name, or a mapping of `name` and options; for example model: {name: ",
        ),
    ],
)
def test_values_of_the_wrong_kind(write_study: Write, old: str, new: str, message: str) -> None:
    assert message in message_of(write_study((old, new)))


def test_values_are_shown_as_yaml_has_them() -> None:
    assert as_written({"a": [True, None, 0.5], "b": "x"}) == "{a: [true, null, 0.5], b: x}"
    assert as_written("x") == "'x'"
    assert len(as_written("x" * 100)) == 60


def test_further_mistakes_are_counted(write_study: Write) -> None:
    one = write_study(("seeds: 2\n", "seeds: two\nremarks: a\n"))
    assert message_of(one).endswith("(1 more mistake in this part)")
    two = write_study(("seeds: 2\n", "seeds: two\nremarks: a\ndevice: x\n"))
    assert message_of(two).endswith("(2 more mistakes in this part)")
