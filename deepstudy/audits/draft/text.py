"""The study file of a draft."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deepstudy.audits.draft.claims import draft_claims
from deepstudy.audits.draft.experiments import DraftedExperiment, draft_experiments
from deepstudy.audits.draft.log_lines import format_line
from deepstudy.audits.draft.settings import read_settings, schedule_of
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.printed import Sizes
from deepstudy.catalog import MODELS, OPTIMIZERS
from deepstudy.datasets import DATASETS
from deepstudy.study.reported import Reported

_MISSING = "# complete: not found in the text"
_DEFAULTS: dict[str, Any] = {"epochs": 10, "batch_size": 64, "optimizer.name": "sgd", "optimizer.lr": 0.01}
#: A folder, as a study file gives data sets that are not built in. Nothing is held against the sizes of a guess.
_OTHER_DATA = "./images/"
_BUILT_IN = "  # complete: the folder of its images, or a data set that is built in, such as"
_USUALLY_HELD_OUT = 5000  # training images
_USUAL_RATE = {"adam": 0.001, "adamw": 0.001}
#: Options that each optimizer of a draft may have.
_OPTIONS = {"sgd": ("lr", "momentum", "weight_decay", "nesterov"), "adam": ("lr", "weight_decay")}


def draft(evidence: Evidence) -> str:
    """Write a valid study file, in which a person completes the lines marked `complete`.

    Arguments:
        evidence: what a document says.

    Returns:
        The text of the file.
    """
    drafted = draft_experiments(evidence)
    recipe = _CommonRecipe(evidence, drafted.experiments, drafted.is_of_other_data)
    lines = [
        f"# Drafted from {evidence.report}. Complete the lines marked `complete`, and delete what was read wrongly.",
        "",
        f"title: {_text(evidence.title or evidence.report)}",
        "source:",
        f"  report: {_text(evidence.report)}",
        *([f"  epochs: {json.dumps(recipe.lengths)}"] if recipe.lengths else []),
        *([f"  runs: {evidence.runs}"] if evidence.runs else []),
        "",
        *recipe.lines(),
        "",
        "experiments:",
    ]
    for experiment in drafted.experiments:
        lines += _experiment(experiment, recipe)
    lines += ["", *_reported(drafted.experiments, drafted.homeless), *_logs(drafted.experiments, evidence)]
    lines += _shapes(evidence.sizes, drafted.experiments)
    lines += ["# complete: write each conclusion as a claim", "claims: []"]
    lines += draft_claims(evidence, drafted.experiments)
    lines += [f"# {where}: {says}" for where, _, says in evidence.later]
    return "\n".join(lines) + "\n"


class _CommonRecipe:
    """What all experiments share: what most of them say, then what the text says once, else a default."""

    def __init__(self, evidence: Evidence, experiments: Sequence[DraftedExperiment], is_of_other_data: bool) -> None:
        self.experiments = experiments
        self.settings = read_settings(evidence)
        epochs = [figure.epoch for each in experiments for figure in each.figures if isinstance(figure.epoch, int)]
        lines = [line for each in experiments for log in each.logs for line in log.lines]
        epochs += [epoch for line in lines for epoch in (line.epoch, line.epochs) if epoch]
        self.lengths: list[int] = self.settings.get("epochs", [])
        self.epochs = max(self.lengths or epochs or [0])
        self.batch_size = self._most_common("batch_size")
        self.optimizer = self._optimizer()
        names = [each.facts["data.name"] for each in experiments if each.facts.get("data.name") in DATASETS]
        self.data = names[0] if names and not is_of_other_data else None
        self.sizes, self.too_many = _sizes(evidence, self.settings, self.data)
        splits = {figure.split for each in experiments for figure in each.figures}
        self.has_validation = "validation" in splits | {statement.split for statement in evidence.statements}
        self.normalize = {key: self._most_common(f"normalize.{key}") for key in ("mean", "std")}

    def _most_common(self, key: str, optimizer: str | None = None) -> Any:
        """The value that most experiments have, of those with this optimizer; else the one that the text gives."""
        of = [
            each.facts for each in self.experiments if optimizer in (None, each.facts.get("optimizer.name", optimizer))
        ]
        values = Counter(json.dumps(facts[key]) for facts in of if facts.get(key) is not None)
        if values:
            return json.loads(values.most_common(1)[0][0])
        said = self.settings.get(key, [])
        return said[0] if len(said) == 1 else None

    def _optimizer(self) -> dict[str, Any]:
        name = self._most_common("optimizer.name")
        name = name if name in OPTIMIZERS else None
        options = {key: self._most_common(f"optimizer.{key}", name) for key in _OPTIONS.get(name or "sgd", ("lr",))}
        options["lr"] = options["lr"] or _USUAL_RATE.get(name or "", _DEFAULTS["optimizer.lr"])
        if not options.get("momentum"):
            options.pop("nesterov", None)
        return {"name": name or _DEFAULTS["optimizer.name"], **{key: value for key, value in options.items() if value}}

    def lines(self) -> Iterator[str]:
        """The common part of the study file."""
        assumed = []
        sizes = self.sizes
        if self.has_validation and "validation" not in sizes:
            sizes = {**sizes, "validation": _USUALLY_HELD_OUT}
            assumed = ["data.validation"]
        remark = "  # complete: how many images are held out" if assumed else ""
        if self.too_many:
            remark = f"  # complete: the text says {self.too_many}"
        if self.data is None:
            remark = f"{_BUILT_IN} {_usual_data(self.experiments)}"
        yield f"data: {_mapping({'name': self.data or _OTHER_DATA, **sizes})}{remark}"
        yield "recipe:"
        for key, value in (("epochs", self.epochs or None), ("batch_size", self.batch_size)):
            yield f"  {key}: {value or _DEFAULTS[key]}" + ("" if value else self._missing(key))
            assumed += [] if value else [f"recipe.{key}"]
        is_known = self._most_common("optimizer.name") in OPTIMIZERS
        yield f"  optimizer: {_mapping(self.optimizer)}" + ("" if is_known else self._missing("optimizer.name"))
        assumed += [] if is_known else ["recipe.optimizer"]
        if schedule := schedule_of(self.settings):
            yield f"  schedule: {_mapping(schedule)}"
        if smoothing := self._most_common("loss.label_smoothing"):
            yield f"  loss: {{name: cross_entropy, label_smoothing: {smoothing}}}"
        augment = {key: self._most_common(f"augment.{key}") for key in ("crop", "flip")}
        if any(augment.values()):
            yield f"  augment: {_mapping({key: value for key, value in augment.items() if value})}"
        if all(self.normalize.values()):
            yield f"  normalize: {_mapping(self.normalize)}"
        if assumed:
            yield "assumed:"
            yield from (f"  - {key}" for key in assumed)

    def _missing(self, key: str) -> str:
        """Why a line has to be completed: the text is silent, or says several things."""
        said = [each.facts.get(key) for each in self.experiments if each.facts.get(key)] or self.settings.get(key, [])
        values = " and ".join(dict.fromkeys(map(str, said)))
        return f"  # complete: the text gives {values}" if values else f"  {_MISSING}"


def _sizes(evidence: Evidence, settings: Mapping[str, Sequence[Any]], data: str | None) -> tuple[dict[str, int], str]:
    """How many images of a data set are used, where the text says one thing, and sizes that it does not have.

    Of training images, more than half are what the held-out ones leave; fewer are a part of the data set.
    """
    splits = DATASETS[data].splits if data is not None else {}
    said: dict[str, set[int]] = {"train": set(), "validation": set(), "test": set()}
    for _, split, images, of, _ in evidence.splits:
        if data is None or of in ("None", data):
            said.setdefault(split, set()).add(images)
    if data is None:
        return ({"validation": min(said["validation"])} if len(said["validation"]) == 1 else {}), ""
    held_out = {
        *settings.get("data.validation", []),
        *(round(part * splits["train"]) for part in settings.get("data.fraction", ())),
    }
    used = {images for images in said["train"] if images < splits["train"]} - held_out
    rests = {splits["train"] - images for images in used if images >= splits["train"] / 2}
    parts = {images for images in used if images < splits["train"] / 2}
    validation = said["validation"] | held_out | rests
    sizes = {}
    if len(validation) == 1 and 0 < min(validation) < splits["train"]:
        sizes["validation"] = min(validation)
    if len(parts) == 1 and min(parts) + sizes.get("validation", 0) <= splits["train"]:
        sizes["train_images"] = min(parts)
    if len(said["test"]) == 1 and 0 < min(said["test"]) < splits["test"]:
        sizes["test_images"] = min(said["test"])
    names = {"train": "training"}
    more = [
        (split, n) for split in splits for n in sorted(said[split]) if n > splits[split] and n != sum(splits.values())
    ]
    return sizes, " and ".join(f"{n:,} {names.get(split, split)} images" for split, n in more)


def _usual_data(experiments: Sequence[DraftedExperiment]) -> str:
    """The usual data set of the networks that the report names."""
    return "mnist" if "lenet5" in {each.facts.get("model.name") for each in experiments} else "cifar10"


def _experiment(experiment: DraftedExperiment, recipe: _CommonRecipe) -> Iterator[str]:
    facts = experiment.facts
    model = facts.get("model.name")
    options = {key: facts[f"model.{key}"] for key in ("head",) if facts.get(f"model.{key}")}
    yield f"  {experiment.name}:"
    yield f"    says: {_text(experiment.says)}"
    has_counts = any(figure.quantity in ("weights", "parameters") for figure in experiment.figures)
    if model in MODELS and not has_counts:
        yield f"    model: {model}"
    else:
        name = "".join(re.findall(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+", experiment.name.title())) if experiment.is_row else ""
        path = f"model.py:{name}" if name[:1].isalpha() and name.isascii() else "model.py:Network"
        network = _mapping({"name": path, **options}) if options else path
        # Counts are held against the network, and one of the same name may have other layers.
        perhaps = f", or {model} if it has just these layers" if model in MODELS else ""
        yield f"    model: {network}  # complete: its file and class{perhaps}"
    data = facts.get("data.name")
    if recipe.data is not None and data in DATASETS and data != recipe.data:
        yield f"    data: {_mapping({'name': data})}"
    yield from _own_optimizer(facts, recipe.optimizer)
    batch_size = facts.get("batch_size")
    if batch_size and batch_size != recipe.batch_size:
        yield f"    batch_size: {batch_size}"
    constants = {key: facts.get(f"normalize.{key}") for key in ("mean", "std")}
    if all(constants.values()) and constants != recipe.normalize:
        yield f"    normalize: {_mapping(constants)}"
    if rates := facts.get("schedule.rates"):
        yield f"    schedule: constant  # complete: learning rate {' then '.join(map(str, rates))}"


def _own_optimizer(facts: Mapping[str, Any], common: Mapping[str, Any]) -> Iterator[str]:
    """The optimizer of an experiment, where it differs from the common one."""
    own = {key.partition(".")[2]: value for key, value in facts.items() if key.startswith("optimizer.") and value}
    name = own.pop("name", common["name"])
    if name not in OPTIMIZERS:
        yield f"    # complete: its optimizer is {json.dumps(name, ensure_ascii=False)}"
        return
    inherited = {key: value for key, value in common.items() if key != "name"} if name == common["name"] else {}
    options = {key: value for key, value in own.items() if key in _OPTIONS.get(name, ("lr",))}
    optimizer = {"name": name, "lr": _USUAL_RATE.get(name, _DEFAULTS["optimizer.lr"]), **inherited, **options}
    if optimizer != common:
        yield f"    optimizer: {_mapping(optimizer)}"


def _reported(experiments: Sequence[DraftedExperiment], homeless: Sequence[tuple[str, str]]) -> Iterator[str]:
    if any(each.figures for each in experiments):
        yield "reported:"
    for experiment in experiments:
        for figure in experiment.figures:
            yield f"  - {_figure(figure, experiment.name)}"
    for where, says in homeless:
        yield f"  # {where}: {says}  # complete: of which experiment?"
    if homeless or any(each.figures for each in experiments):
        yield ""


def _figure(figure: Reported, experiment: str) -> str:
    said = figure.model_dump(exclude_defaults=True, exclude={"experiment", "quantity", "value", "quote"})
    parts = [f"experiment: {experiment}", f"quantity: {figure.quantity}"]
    parts += [f"{key}: {_value(value)}" for key, value in said.items()]
    parts += [f"value: {_text(figure.value)}", f"quote: {_text(figure.quote or '')}"]
    return "{" + ", ".join(parts) + "}"


def _logs(experiments: Sequence[DraftedExperiment], evidence: Evidence) -> Iterator[str]:
    """The logs. A study file cannot say that a loss has more parts or that a step is of several machines."""
    logs = [(experiment.name, log) for experiment in experiments for log in experiment.logs]
    if not logs:
        return
    off = ""
    if not evidence.is_plain_loss or evidence.is_other_loss:
        yield "# complete: the loss is more than cross-entropy, which a study file cannot say; so this log is left out"
        off = "# "
    elif not evidence.is_one_device:
        yield "# complete: a step may be of several machines or of a subset; so this log is left out"
        off = "# "
    yield f"{off}logs:"
    for name, log in logs:
        yield f"{off}  - experiment: {name}"
        yield f"{off}    text: |2-"
        yield from (f"{off}      {format_line(line)}" for line in log.lines)
    yield ""


def _shapes(all_sizes: Sequence[Sizes], experiments: Sequence[DraftedExperiment]) -> Iterator[str]:
    if all_sizes:
        yield "shapes:"
    for sizes in all_sizes:
        which = "  # complete: which experiment" if len(experiments) > 1 else ""
        yield f"  - experiment: {experiments[0].name}{which}"
        if sizes.batches:
            yield f"    batch: {sizes.batches[0]}"
        yield "    text: |2-"
        if sizes.batches:
            for batch, size in zip(sizes.batches, sizes.sizes, strict=True):
                yield f"      torch.Size({[batch, *size]})"
        else:
            yield "      " + " → ".join(f"{height}x{width}x{channels}" for channels, height, width in sizes.sizes)
    if all_sizes:
        yield ""


def _mapping(values: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_bare(value)}" for key, value in values.items()) + "}"


def _bare(value: Any) -> str:
    """A value inside a mapping; words that are safe there stay without quotes."""
    return value if isinstance(value, str) and value.replace("_", "").isalnum() else _value(value)


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _text(value: str) -> str:
    """A string as YAML (JSON strings are)."""
    return json.dumps(value, ensure_ascii=False)
