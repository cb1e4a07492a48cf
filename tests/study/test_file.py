"""A study file: what is read, what is refused, and with which words."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy.errors import InputError
from deepstudy.study import Study, built_in_studies, load_study, model_choice, order_by_start, schema

Write = Callable[..., Path]
REPORTED = (
    "\nreported:\n  - {experiment: plain, quantity: accuracy, split: test, epoch: 10, value: 98.10, elapsed: 012.50}\n"
)
CLAIM = (
    "\nclaims:\n  - {id: a, says: b, "
    "compare: {quantity: accuracy, split: test, epoch: 1, of: plain, with: dropped, expect: greater}}\n"
)


def refused(path: Path, *overrides: str) -> str:
    with pytest.raises(InputError) as error:
        load_study(path).experiment("plain", None, overrides)
    message = str(error.value)
    assert "\n" not in message
    return message.replace(str(path), "small.yaml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("epochs: 2\n", "epoch: 2\n", "small.yaml:5: recipe.epoch: unknown key; did you mean epochs?"),
        (
            "epochs: 2\n",
            "epochs: 0\n",
            "small.yaml:5: recipe.epochs: input should be greater than or equal to 1, not 0",
        ),
        ("epochs: 2\n", "epochs: true\n", "small.yaml:5: recipe.epochs: input should be a valid integer, not true"),
        ("momentum", "momentun", "small.yaml:7: recipe.optimizer.momentun: unknown key; did you mean momentum?"),
        ("name: sgd", "name: sdg", "small.yaml:7: recipe.optimizer: no optimizer is called sdg; did you mean sgd?"),
        ("lr: 0.05", "lr: -1", "small.yaml:7: recipe.optimizer.lr: input should be greater than 0, not -1"),
        ("lr: 0.05", "lr: .nan", "small.yaml:7: recipe.optimizer.lr: input should be a finite number"),
        (
            "{model: lenet5}",
            "{model: lenet}",
            "small.yaml:9: experiments.plain.model: no model is called lenet; did you",
        ),
        ("{model: lenet5}", "{}", "small.yaml:9: experiments.plain.model: this key is missing; add it"),
        (
            "dropout: 0.3",
            "dropout: 1.0",
            "small.yaml:10: experiments.dropped.model.dropout: input should be less than 1",
        ),
        (
            "dropout: 0.3",
            "drop: 0.3",
            "small.yaml:10: experiments.dropped.model.drop: unknown key; did you mean dropout?",
        ),
        ("name: mnist5k", "name: mnist6k", "small.yaml:2: data: no data set is called mnist6k; did you mean mnist5k?"),
        (
            "validation: 100",
            "validation: 4000",
            "small.yaml:2: data: mnist5k has 4,000 training images, too few for 4,000",
        ),
        ("seeds: 2\n", "seeds: two\n", "small.yaml:3: seeds: input should be a valid integer, not 'two'"),
        ("title:", "titel:", "small.yaml:1: titel: unknown key; did you mean title?"),
        (
            "recipe: {epochs: 1}",
            "recipe: {epohcs: 1}",
            "small.yaml:12: budgets.tiny.recipe.epohcs: unknown key; did you",
        ),
        ("plain:", "a/b:", "small.yaml:9: experiments.a/b: the name a/b cannot be a folder name; use up to 100"),
        ("plain:", "'con ':", "the name con  cannot be a folder name"),
        ("plain:", "NUL.x:", "the name NUL.x cannot be a folder name"),
        ("plain:", f"{'x' * 101}:", "cannot be a folder name"),
        ("plain:", "Dropped:", "the name dropped is used twice (capitals do not count)"),
        ("tiny:", "full:", "budgets.full: the name full cannot be a folder name"),
        ("tiny:", "../x:", "budgets.../x: the name ../x cannot be a folder name"),
        ("recipe: {epochs: 1}", "recipe: {model: lenet5}", "budgets.tiny.recipe.model: unknown key"),
        ("name: sgd, lr", "name: adam, lr", "recipe.optimizer.momentum: unknown key; choose from amsgrad, betas"),
        (
            "model: lenet5}",
            "model: lenet5, start_from: {experiment: plan, epoch: 1}}",
            "no experiment is called plan; did",
        ),
        ("model: lenet5}", "model: lenet5, start_from: {experiment: plain, epoch: 1}}", "in a circle: plain -> plain"),
        (
            "model: lenet5}",
            "model: lenet5, start_from: {experiment: dropped, epoch: 3}}",
            "small.yaml:9: experiments.plain.start_from.epoch: dropped has 2 epochs; plain cannot start from epoch 3",
        ),
        (
            "batch_size: 50\n",
            "batch_size: 50\n  normalize: {mean: [.inf], std: [1]}\n",
            "input should be a finite number",
        ),
        (
            "budgets:",
            "assumed: [recipe.batchsize]\nbudgets:",
            "small.yaml:11: assumed.0: the file has no key recipe.batchsize",
        ),
        (
            "budgets:",
            "matrix:\n  g: {of: plane, vary: {epochs: [1]}}\nbudgets:",
            "small.yaml:12: matrix.g.of: no experiment",
        ),
        (
            "budgets:",
            "matrix:\n  g: {of: plain, vary: {epohcs: [1]}}\nbudgets:",
            "small.yaml:12: matrix.g.vary.epohcs: unknown",
        ),
        ("momentum: 0.9", "nesterov: true", "optimizer.nesterov: needs a momentum above 0"),
        (
            "batch_size: 50\n",
            "batch_size: 50\n  roles: {train_on: test}\n",
            "train_on and score_on are both test",
        ),
        (
            "batch_size: 50\n",
            "batch_size: 50\n  outputs: {weights: [0, 0]}\n",
            "small.yaml:7: recipe.outputs: weights are all 0, so the network would learn nothing; raise",
        ),
        (
            "batch_size: 50\n",
            "batch_size: 50\n  schedule: {name: step}\n",
            "recipe.schedule.every: this key is missing",
        ),
        (
            "batch_size: 50\n",
            "batch_size: 50\n  schedule: {name: switch, until: x, then: 1}\n",
            "small.yaml:7: recipe.schedule.until: 'x' is not a condition; write one such as test_accuracy > 80",
        ),
        (
            "batch_size: 50\n",
            "batch_size: 50\n  roles: {score_on: validation}\n"
            "  schedule: {name: switch, until: test_accuracy > 80, then: 1}\n",
            "schedule.until: the test images are neither trained on nor scored; use train or validation",
        ),
    ],
)
def test_mistakes_are_told_with_file_line_and_key(write_study: Write, old: str, new: str, message: str) -> None:
    assert message in refused(write_study((old, new)))


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("optimizer.lr=abc", "--set: optimizer.lr: input should be a valid number, not 'abc'"),
        ("optimizr.lr=1", "--set: optimizr.lr: unknown key; did you mean optimizer?"),
        ("resolution={start: 16}", "--set: resolution.start: lenet5 takes images of one size only"),
        ("epochs", "--set epochs: write KEY=VALUE"),
        ("=3", "--set =3: write KEY=VALUE"),
        ("epochs=!!int abc", "--set: epochs: 'abc' is not a valid int"),
        ("epochs=2001-99-99", "--set: epochs: input should be a valid integer"),
        ("epochs=" + "9" * 5000, "--set: epochs: "),
        ("epochs=" + "[" * 1000, "--set: epochs: "),
        ("epochs=" + "[" * 400 + "]" * 400, "--set: epochs: "),
        ("optimizer=&a [*a]", "--set: optimizer"),
        ("a..b=1", "--set: a..b: unknown key"),
        ("model={name: 'x.py:N', a: !!binary gICA}", "the tag tag:yaml.org,2002:binary is not allowed"),
    ],
)
def test_set_is_validated_the_same_way(write_study: Write, pair: str, message: str) -> None:
    assert message in refused(write_study(), pair)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (REPORTED.replace("98.10", "high"), "'high' is not one number"),
        (
            REPORTED.replace("plain", "plane"),
            "reported.0.experiment: no experiment is called plane; did you mean plain?",
        ),
        (
            REPORTED.replace("accuracy", "precision"),
            "reported.0.quantity: 'precision' is not allowed; choose from accuracy, best_accuracy",
        ),
        (CLAIM.replace("with: dropped", "with: drop"), "claims.0.compare.with: no experiment is called drop; did you"),
        (CLAIM.replace("epoch: 1, ", ""), "accuracy needs the key `epoch`"),
        (CLAIM.replace("greater", "equivalent"), "equivalent needs a `margin` above 0"),
        (
            CLAIM.replace("compare: {", "saturates: {of: plain, split: test, by: 1, margin: 1}, compare: {"),
            "has compare and saturates; keep one",
        ),
        (CLAIM + CLAIM.split("claims:\n")[1], "claims.1.id: the id a is used twice; rename one"),
    ],
)
def test_figures_and_claims_are_checked(write_study: Write, text: str, message: str) -> None:
    path = write_study()
    path.write_text(path.read_text() + text)
    assert message in refused(path)


def test_figures_keep_their_printed_text(write_study: Write) -> None:
    path = write_study()
    path.write_text(path.read_text() + REPORTED + CLAIM)
    study = load_study(path)
    assert study.reported[0].value == "98.10"
    assert study.reported[0].elapsed == "012.50"
    assert study.reported[0].number == (98.1, 98.1)
    assert study.claims[0].form.of == "plain"


def test_every_part_of_the_schema_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "whole.yaml"
    path.write_text(
        """\
$schema: schema.json
title: 제목 with everything
source: {report: R, papers: [P], code: C}
data: mnist5k
device: cpu
recipe:
  epochs: 4
  batch_size: 10
  optimizer: Adam
  schedule: {name: cosine, warmup: 0.5}
  loss: {label_smoothing: 0.1}
  augment: {crop: 2, flip: true, cutout: 4}
  normalize: {mean: [0.1], std: [0.3]}
  init: {conv: xavier_uniform, norm: normal}
  outputs: {weights: [1]}
  roles: {train_on: test, score_on: train}
assumed: [recipe.batch_size]
from_code: [recipe.epochs]
experiments:
  one: {model: lenet5, says: first}
  two: {model: "nets.py:Net", start_from: {experiment: one, epoch: 2}}
matrix:
  grid: {of: one, vary: {optimizer.lr: [0.1, 0.2], batch_size: [5]}}
reported:
  - {experiment: one, quantity: accuracy, split: test, epoch: 900, value: 78~81, about: true, words: about a day}
  - {experiment: one, quantity: accuracy, split: test, images: 50000, epoch: unknown, value: "83.068%", source: code}
  - {experiment: one, quantity: shape, layer: conv1, value: 8x8x64}
logs: [{experiment: one, text: "Epoch 1", pattern: "x"}]
shapes: [{experiment: one, batch: 64, text: "torch.Size([64, 3])"}]
claims:
  - {id: a, says: s, value: {quantity: weights, of: one, reported: "61,470"}}
  - {id: b, says: s, overtakes: {of: one, with: two, split: validation, after: 3}}
  - {id: c, says: s, drops: {of: one, split: test, at: switch, by: 28, regained_after: 28}}
  - {id: d, says: s, gap: {of: one, between: [train, test], expect: less, margin: 1}}
  - {id: e, says: s, exceeds: {of: one, quantity: best_accuracy, split: test, level: 90}}
""",
        encoding="utf-8",
    )
    study = load_study(path)
    assert study.names() == ["one", "two", "grid-lr=0.1,batch_size=5", "grid-lr=0.2,batch_size=5"]
    assert study.experiment("grid-lr=0.2,batch_size=5").optimizer.options["lr"] == 0.2
    assert study.experiment("two").model.name == "nets.py:Net"
    assert study.reported[0].number == (78, 81)


def test_merging_goes_budget_experiment_set(small_study: Study) -> None:
    assert small_study.experiment("plain", "tiny").epochs == 1
    assert small_study.experiment("plain", "tiny", ["epochs=7"]).epochs == 7
    dropped = small_study.experiment("dropped", None, ["model.dropout=0.5", "optimizer.weight_decay=0.01"])
    assert dropped.model.options == {"dropout": 0.5, "norm": False, "head": "logits"}
    assert dropped.optimizer.options["momentum"] == 0.9
    assert small_study.seed_count() == 2
    assert small_study.seed_count("tiny") == 1


def test_an_experiments_own_value_stands_over_the_budgets(write_study: Write) -> None:
    study = load_study(write_study(("{model: lenet5}", "{model: lenet5, epochs: 5}")))
    assert study.experiment("plain", "tiny").epochs == 5


def test_another_optimizer_inherits_nothing(small_study: Study) -> None:
    adam = small_study.experiment("plain", None, ["optimizer.name=Adam"]).optimizer
    assert adam.name == "adam"
    assert adam.options == {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "amsgrad": False, "weight_decay": 0.0}


@pytest.mark.parametrize("pairs", [["optimizer=adam", "optimizer.lr=0.1"], ["optimizer.lr=0.1", "optimizer=adam"]])
def test_a_name_and_its_options_can_both_be_set(small_study: Study, pairs: list[str]) -> None:
    adam = small_study.experiment("plain", None, pairs).optimizer
    assert (adam.name, adam.options["lr"]) == ("adam", 0.1)


def test_a_plain_value_and_keys_below_it_cannot(small_study: Study) -> None:
    for pairs in (["epochs=3", "epochs.x=1"], ["epochs.x=1", "epochs=3"]):
        with pytest.raises(InputError, match="set one or the other"):
            small_study.experiment("plain", None, pairs)


def test_a_name_given_where_there_was_none_keeps_what_stands_beside(write_study: Write) -> None:
    path = write_study(
        ("batch_size: 50\n", "batch_size: 50\n  loss: {label_smoothing: 0.1}\n"),
        ("{model: lenet5}", "{model: lenet5, loss: {name: cross_entropy}}"),
    )
    assert load_study(path).experiment("plain").loss.label_smoothing == 0.1


def test_an_experiment_that_matrix_would_replace(write_study: Write) -> None:
    extra = "matrix:\n  dropped: {of: plain, vary: {epochs: [1]}}\n"
    path = write_study(
        ("plain:", "dropped-epochs=1:"), ("budgets:", extra.replace("plain", "dropped-epochs=1") + "budgets:")
    )
    assert "which exists already; rename one" in refused(path)


def test_a_start_is_no_later_than_what_a_budget_leaves(write_study: Write) -> None:
    path = write_study(("{model: lenet5}", "{model: lenet5, start_from: {experiment: dropped, epoch: 2}}"))
    start = load_study(path).experiment("plain", "tiny").start_from
    assert start is not None
    assert start.epoch == 1


def test_a_study_in_a_folder_is_called_after_it(write_study: Write, tmp_path: Path) -> None:
    (tmp_path / "my-paper").mkdir()
    write_study(name="my-paper/study.yaml")
    assert load_study(tmp_path / "my-paper").name == "my-paper"
    assert load_study(tmp_path / "my-paper" / "study.yaml").name == "my-paper"


def test_hash_says_when_two_runs_are_the_same(small_study: Study) -> None:
    def hash_of(*pairs: str) -> str:
        return small_study.experiment("plain", None, pairs).hash()

    assert hash_of() == hash_of("epochs=9")  # a constant schedule: more epochs only extend the run
    assert hash_of() == hash_of("optimizer.weight_decay=0.0")
    assert hash_of() != hash_of("optimizer.lr=0.01")
    assert hash_of() != hash_of("data.validation=50")
    assert hash_of("schedule=cosine") != hash_of("schedule=cosine", "epochs=9")


def test_differs_names_what_an_experiment_changes(small_study: Study) -> None:
    assert small_study.differs("plain") == {}
    assert small_study.differs("dropped") == {"model.dropout": 0.3}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lenet-mist", "no study, file or folder is called lenet-mist; did you mean lenet-mnist?"),
        ("lenet5", "lenet5 is a model, not a study; did you mean `deepstudy show lenet5`?"),
        ("missing.yaml", "no such file"),
    ],
)
def test_what_is_no_study(name: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        load_study(name)


def test_unknown_names_in_a_study(small_study: Study) -> None:
    with pytest.raises(InputError, match="no experiment is called plan; did you mean plain"):
        small_study.experiment("plan")
    with pytest.raises(InputError, match="no budget is called teeny"):
        small_study.experiment("plain", "teeny")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"s\.yaml: is not UTF-8 text"):
        load_study(path)


def test_model_choice_takes_arguments() -> None:
    assert model_choice("lenet_1x1", ["pool=last"]).options == {"pool": "last"}
    with pytest.raises(InputError, match=r"--arg: model.pool: 'middle' is not allowed; choose from first, last"):
        model_choice("lenet_1x1", ["pool=middle"])


def test_schema_is_json_schema_of_partial_parts() -> None:
    document = json.loads(json.dumps(schema()))
    assert document["required"] == ["data", "recipe", "experiments"]
    part = document["$defs"]["ExperimentPart"]
    assert "required" not in part
    assert {"model", "epochs", "start_from"} <= part["properties"].keys()
    references = set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(document)))
    assert references <= document["$defs"].keys()


@pytest.mark.parametrize("name", built_in_studies())
def test_built_in_studies_satisfy_their_own_schema(name: str) -> None:
    from jsonschema import Draft202012Validator
    from ruamel.yaml import YAML

    data = YAML(typ="safe", pure=True).load(built_in_studies()[name].read_text(encoding="utf-8"))
    errors = [error.message for error in Draft202012Validator(schema()).iter_errors(data)]
    assert errors == []


def test_experiments_come_after_what_they_start_from(write_study: Write) -> None:
    path = write_study(("{model: lenet5}", "{model: lenet5, start_from: {experiment: dropped, epoch: 1}}"))
    study = load_study(path)
    experiments = {name: study.experiment(name) for name in study.names()}
    assert list(experiments) == ["plain", "dropped"]
    assert order_by_start(study, experiments) == ["dropped", "plain"]
    assert order_by_start(study, {"dropped": experiments["dropped"]}) == ["dropped"]
    experiments["dropped"] = study.experiment("dropped", overrides=["start_from={experiment: plain, epoch: 1}"])
    with pytest.raises(
        InputError, match=r"small.yaml:9: experiments.plain.start_from: start_from goes in a circle: plain"
    ):
        order_by_start(study, experiments)


def test_whose_value_it_is(write_study: Write) -> None:
    study = load_study(
        write_study(("experiments:", "assumed: [recipe.batch_size]\nfrom_code: [experiments.dropped]\nexperiments:"))
    )
    origins = {
        ("batch_size", None, None): "assumed",
        ("optimizer.lr", None, None): "report",
        ("augment.crop", None, None): "default",
        ("epochs", None, "tiny"): "budget",
        ("model.dropout", "dropped", None): "code",
        ("batch_size", "dropped", None): "assumed",
        ("augment.crop", "dropped", None): "default",
    }
    for (key, name, budget), origin in origins.items():
        assert study.value_origin(key, name, budget).origin == origin
    lines = study.text.splitlines()
    place = study.value_origin("model.dropout", "dropped").place
    assert "dropout: 0.3" in lines[int(place.removeprefix("small.yaml:")) - 1]
