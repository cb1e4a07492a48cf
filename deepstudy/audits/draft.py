"""A study file to start from, made from a report's raw text: what was not found is marked."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from deepstudy.audits.evidence import Evidence, Trial
from deepstudy.catalog import MODELS
from deepstudy.datasets import DATASETS

_MISSING = "# complete: not found in the text"
_DEFAULTS: dict[str, Any] = {"batch_size": 64, "optimizer.name": "sgd", "optimizer.lr": 0.01}


def draft(evidence: Evidence) -> str:
    """The text of a valid study file, in which a person completes the lines marked `complete`."""
    trials = list(evidence.trials.values()) or [Trial("report", {})]
    names = _names(trials)
    common, assumed = _common(evidence, trials)
    data = next((trial.facts["data.name"].value for trial in trials if "data.name" in trial.facts), None)
    data = data if data in DATASETS else None
    lines = [
        f"# Drafted from {evidence.report}. Complete the lines marked `complete`, and delete what was read wrongly.",
        "",
        f"title: {_text(evidence.title or evidence.report)}",
        "source:",
        f"  report: {_text(evidence.report)}",
        *([f"  epochs: {json.dumps(list(evidence.epochs))}"] if evidence.epochs else []),
        "",
        f"data: {{name: {data or _usual_data(trials)}}}" + ("" if data else f"  {_MISSING}"),
        "recipe:",
        f"  epochs: {common['epochs']}" + (f"  {_MISSING}" if "recipe.epochs" in assumed else ""),
        f"  batch_size: {common['batch_size']}" + (f"  {_MISSING}" if "recipe.batch_size" in assumed else ""),
        f"  optimizer: {_optimizer(common)}" + (f"  {_MISSING}" if "recipe.optimizer" in assumed else ""),
        *(["assumed:", *(f"  - {key}" for key in assumed)] if assumed else []),
        "",
        "experiments:",
    ]
    for trial in trials:
        lines += _experiment(trial, names[trial.name], common, evidence)
    lines += ["", *_reported(evidence, names), *_logs(evidence, names), *_shapes(evidence, names, trials)]
    lines += ["# complete: write each conclusion as a claim", "claims: []"]
    lines += [f"# {where}: {says}" for where, _, says in evidence.later]
    return "\n".join(lines) + "\n"


def _usual_data(trials: list[Trial]) -> str:
    """The usual data set of the networks that the report names."""
    names = {trial.facts["model.name"].value for trial in trials if "model.name" in trial.facts}
    return "mnist" if "lenet5" in names else "cifar10"


def _names(trials: list[Trial]) -> dict[str, str]:
    """A name for each trial that is also valid as a folder name."""
    names: dict[str, str] = {}
    for trial in trials:
        name = re.sub(r"[^\w.+=-]+", "-", trial.name).strip("-.")[:80].lower() or "report"
        taken = set(names.values())
        names[trial.name] = next(
            each
            for number in range(1, len(trials) + 2)
            if (each := name if number == 1 else f"{name}-{number}") not in taken
        )
    return names


def _common(evidence: Evidence, trials: list[Trial]) -> tuple[dict[str, Any], list[str]]:
    """The most common recipe of the trials, and the keys that are assumed."""
    common: dict[str, Any] = {}
    assumed = []
    for key, default in _DEFAULTS.items():
        values = Counter(trial.facts[key].value for trial in trials if key in trial.facts)
        common[key] = values.most_common(1)[0][0] if values else default
        if not values:
            assumed.append("recipe." + key.partition(".")[0])
    if common["optimizer.name"] == "adam" and "recipe.optimizer" in assumed:
        common["optimizer.lr"] = 0.001  # its default
    epochs = [figure.said.epoch for figure in evidence.accuracies() if isinstance(figure.said.epoch, int)]
    common["epochs"] = max(evidence.epochs or epochs or [10])
    if not (evidence.epochs or epochs):
        assumed.append("recipe.epochs")
    return common, list(dict.fromkeys(assumed))


def _optimizer(facts: dict[str, Any]) -> str:
    options = [f"{key.partition('.')[2]}: {value}" for key, value in facts.items() if key.startswith("optimizer.")]
    return "{" + ", ".join(options) + "}"


def _experiment(trial: Trial, name: str, common: dict[str, Any], evidence: Evidence) -> Iterator[str]:
    model = trial.facts.get("model.name")
    known = model is not None and model.value in MODELS
    yield f"  {name}:"
    yield f"    says: {_text(trial.name)}"
    yield (
        f"    model: {model.value}"
        if known and model
        else "    model: model.py:Network  # complete: its file and class"
    )
    optimizer = {key: fact.value for key, fact in trial.facts.items() if key.startswith("optimizer.")}
    if any(common.get(key) != value for key, value in optimizer.items()):
        yield f"    optimizer: {_optimizer({'optimizer.name': common['optimizer.name'], **optimizer})}"
    if "batch_size" in trial.facts and trial.facts["batch_size"].value != common["batch_size"]:
        yield f"    batch_size: {trial.facts['batch_size'].value}"
    if "schedule.rates" in trial.facts:
        rates = " then ".join(map(str, trial.facts["schedule.rates"].value))
        yield f"    schedule: constant  # complete: learning rate {rates}"


def _reported(evidence: Evidence, names: dict[str, str]) -> Iterator[str]:
    if evidence.figures:
        yield "reported:"
    for figure in evidence.figures:
        said = figure.said.model_dump(exclude_defaults=True, exclude={"experiment", "quantity", "value", "quote"})
        parts = [f"experiment: {names[figure.said.experiment]}", f"quantity: {figure.said.quantity}"]
        parts += [
            f"{key}: {_text(value) if isinstance(value, str) else json.dumps(value)}" for key, value in said.items()
        ]
        parts += [f"value: {_text(figure.said.value)}", f"quote: {_text(figure.said.quote or '')}"]
        yield "  - {" + ", ".join(parts) + "}"
    if evidence.figures:
        yield ""


def _logs(evidence: Evidence, names: dict[str, str]) -> Iterator[str]:
    if evidence.logs:
        yield "logs:"
    for log in evidence.logs:
        yield f"  - experiment: {names[log.experiment]}"
        yield "    text: |2-"
        yield from (f"      {line.text}" for line in log.lines)
    if evidence.logs:
        yield ""


def _shapes(evidence: Evidence, names: dict[str, str], trials: list[Trial]) -> Iterator[str]:
    if evidence.sizes:
        yield "shapes:"
    for sizes in evidence.sizes:
        yield f"  - experiment: {names[trials[0].name]}" + ("  # complete: which experiment" if len(trials) > 1 else "")
        if sizes.batches:
            yield f"    batch: {sizes.batches[0]}"
        yield "    text: |2-"
        if sizes.batches:
            for batch, size in zip(sizes.batches, sizes.sizes, strict=True):
                yield f"      torch.Size({[batch, *size]})"
        else:
            yield "      " + " → ".join(f"{height}x{width}x{channels}" for channels, height, width in sizes.sizes)
    if evidence.sizes:
        yield ""


def _text(value: str) -> str:
    """A string as YAML (JSON strings are)."""
    return json.dumps(value, ensure_ascii=False)
