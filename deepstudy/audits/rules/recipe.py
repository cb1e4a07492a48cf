"""Training choices that have no effect, do harm, or do not support a conclusion.

The rule checks:

* a softmax whose output goes into cross-entropy;
* a schedule that never acts, and a learning rate that depends on test images;
* normalisation with swapped constants, or with those of other images;
* training on test images, and a model or an epoch that is chosen by their accuracy, in words or in code;
* a recipe that differs from the paper that the report cites;
* comparisons of single runs, of accuracies too close to each other, or of experiments that differ in several things.

## Why it matters

The report blames or praises a network for something that its recipe did. An accuracy on test images that were used for
training or for a choice is too high for new images.

## Example

```text
CNN on CIFAR-10, batch size 64
transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
x = F.softmax(self.fc3(x), dim=1)
loss = nn.CrossEntropyLoss()(x, y)
Test accuracy: 80.12 %
```

## Not an error

`log_softmax` belongs before `nll_loss`, and a mean and std of 0.5 only scale the pixels to -1..1.

```text
CNN on CIFAR-10, batch size 64
transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
x = F.log_softmax(self.fc3(x), dim=1)
loss = F.nll_loss(x, y)
Test accuracy: 80.12 %
```

## How to fix

Pass logits to `nn.CrossEntropyLoss`. Compute `mean` and `std` from the training images. Make choices on validation
images. Compare several runs of experiments that differ in one thing.

## Source

PyTorch documentation of `torch.nn.CrossEntropyLoss`. Goodfellow, Bengio & Courville 2016, Deep Learning, section 5.3,
on test images. He et al. 2015, Deep residual learning for image recognition, section 4.2, on the recipe of ResNet.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from deepstudy.audits.evidence import Evidence, Fact, Trial
from deepstudy.audits.rules.document_recipe import find_in_document
from deepstudy.audits.rules.replicates import standard_error
from deepstudy.catalog import CONDITION
from deepstudy.findings import Finding
from deepstudy.study.reported import Compare

#: The recipes of papers, by the names of their networks: where the paper gives it, and its values by study key.
PAPERS: Mapping[str, tuple[str, Mapping[str, tuple[Any, str]]]] = {
    **dict.fromkeys(
        ("resnet20", "resnet32", "resnet44", "resnet56"),
        (
            "He et al. 2015, section 4.2",
            {
                "optimizer.name": ("sgd", "SGD"),
                "optimizer.momentum": (0.9, "momentum 0.9"),
                "optimizer.weight_decay": (0.0001, "weight decay 0.0001"),
                "batch_size": (128, "batches of 128"),
                "model.shortcut": ("identity", "shortcuts without parameters (option A)"),
                "schedule.at": (None, "a learning rate divided by 10 at 32,000 and 48,000 of 64,000 iterations"),
            },
        ),
    ),
}
_RESNET_110 = (PAPERS["resnet20"][0], {**PAPERS["resnet20"][1], "schedule.until": ("train_error < 80", "")})
PAPERS = {**PAPERS, "resnet110": _RESNET_110}

#: Constants that are often copied from one program into another, and where they come from.
KNOWN_CONSTANTS: tuple[tuple[tuple[float, ...], str], ...] = (
    ((0.2023, 0.1994, 0.2010), "mean standard deviations of single CIFAR-10 images, which are lower"),
    ((0.229, 0.224, 0.225), "ImageNet's"),
    ((0.485, 0.456, 0.406), "ImageNet's"),
    ((0.3081,), "MNIST's"),
    ((0.1307,), "MNIST's"),
)


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find training choices that have no effect or do harm, and comparisons that do not support their conclusion.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each choice, which names all experiments that made it.
    """
    for kind in (_softmax_head, _idle_schedule, _looks_at_test, _constants, _trains_on_test):
        yield from _grouped(evidence, kind)
    yield from _selected_on_test(evidence)
    yield from _departs_from_paper(evidence)
    yield from _compares(evidence)
    if evidence.document is not None:
        yield from find_in_document(evidence)


def _grouped(evidence: Evidence, kind: Callable[[Trial], Iterator[Finding]]) -> Iterator[Finding]:
    """One finding for all experiments with the same problem; its `says` begins with {names}."""
    groups: dict[tuple[str, str, str], list[tuple[str, Finding]]] = defaultdict(list)
    for trial in evidence.trials.values():
        for finding in kind(trial):
            groups[finding.says, finding.severity, finding.reported].append((trial.name, finding))
    for members in groups.values():
        names = ", ".join(name for name, _ in members)
        first = members[0][1]
        says = first.says.replace("{names}", names)
        yield Finding(
            first.rule,
            first.severity,
            says,
            where=first.where,
            reported=first.reported,
            possible=first.possible,
        )


def _softmax_head(trial: Trial) -> Iterator[Finding]:
    head = trial.said("model.head")
    if head is not None and head.value == "softmax":
        yield Finding(
            "recipe",
            "inconsistent",
            f"{{names}}: softmax is applied twice. The network ends in a softmax{head.known_from}, and cross-entropy "
            "applies softmax itself. This makes gradients small. With ten classes, the loss cannot fall below 1.4612.",
            where=head.where,
            reported="softmax, then cross-entropy",
            possible="logits into cross-entropy, or log-softmax into the negative log-likelihood",
        )


def _idle_schedule(trial: Trial) -> Iterator[Finding]:
    name, epochs = trial.said("schedule.name"), trial.facts.get("epochs")
    if name is None or epochs is None or epochs.origin == "assumed":
        return
    first: int | None = None
    if name.value == "step":
        first = trial.facts["schedule.every"].value
    elif name.value == "multistep":
        first = min(trial.facts["schedule.at"].value, default=None)
    if first is not None and first >= epochs.value:
        yield Finding(
            "recipe",
            "doubtful",
            f"{{names}}: the schedule never changes the learning rate. Its first change comes after epoch {first}"
            f"{name.known_from}, but the run has only {epochs.value} epoch{'s' * (epochs.value != 1)}.",
            where=name.where,
            reported=f"{name.value} after {first} epochs, in a run of {epochs.value}",
            possible="a constant learning rate, which is what the run used",
        )


def _looks_at_test(trial: Trial) -> Iterator[Finding]:
    until = trial.said("schedule.until")
    match = re.fullmatch(CONDITION, str(until.value)) if until else None
    if until is not None and match and match.group(1) == "test":
        yield Finding(
            "recipe",
            "inconsistent",
            f"{{names}}: training depends on the test images. The learning rate changes on `{until.value}`"
            f"{until.known_from}, so the test accuracy no longer measures how well the network does on new images.",
            where=until.where,
            reported=str(until.value),
            possible="a condition on the training images, or on validation images held out from them",
        )


def _constants(trial: Trial) -> Iterator[Finding]:
    entry = trial.data
    for key, own in (("mean", entry.mean if entry else ()), ("std", entry.std if entry else ())):
        fact = trial.said(f"normalize.{key}")
        # A mean and std of 0.5 scale pixels to -1..1; they were not measured.
        if fact is None or not own or not isinstance(fact.value, list) or set(fact.value) <= {0.0, 0.5, 1.0}:
            continue
        if len(fact.value) == len(own) and all(abs(a - b) < 0.0025 for a, b in zip(fact.value, own, strict=True)):
            continue
        if entry is not None and _close(fact.value, entry.std if key == "mean" else entry.mean):
            yield Finding(
                "recipe",
                "inconsistent",
                f"{{names}}: mean and std of the normalisation are swapped{fact.known_from}. {_tuple(fact.value)} is "
                f"the {'std' if key == 'mean' else 'mean'} of the training images.",
                where=fact.where,
                reported=f"{key} {_tuple(fact.value)}",
                possible=f"{key} {_tuple(own)}",
            )
            continue
        known = next((says for values, says in KNOWN_CONSTANTS if _close(values, fact.value)), None)
        yield Finding(
            "recipe",
            "doubtful",
            f"{{names}}: images are normalised with {key} {_tuple(fact.value)}{fact.known_from}, but the {key} of the "
            f"training images is {_tuple(own)}." + (f" The values are {known}." if known else ""),
            where=fact.where,
            reported=f"{key} {_tuple(fact.value)}",
            possible=f"{key} {_tuple(own)}",
        )


def _close(values: Sequence[float], others: Sequence[float]) -> bool:
    return len(values) == len(others) and all(abs(a - b) < 0.0025 for a, b in zip(values, others, strict=True))


def _trains_on_test(trial: Trial) -> Iterator[Finding]:
    role = trial.said("roles.train_on")
    if role is not None and role.value == "test":
        yield Finding(
            "recipe",
            "inconsistent",
            "{names}: the network is trained on the test images" + role.known_from + ". So no images are left that "
            "measure how well it does on new images.",
            where=role.where,
            reported="trained on test",
            possible="trained on train, scored on test",
        )


def _selected_on_test(evidence: Evidence) -> Iterator[Finding]:
    """A choice, for example of the number of epochs, that was made with test images."""
    for where, claim in evidence.claims:
        if claim.chose and getattr(claim.form, "split", None) == "test":
            yield Finding(
                "recipe",
                "inconsistent",
                f"A choice was made with the test images ({claim.says}). This makes the test accuracy too high, so "
                "it no longer measures how well the network does on new images.",
                where=where,
                reported=claim.says,
                possible="the same choice, made with validation images held out from the training images",
            )
    for where, line in evidence.on_test:
        yield Finding(
            "recipe",
            "doubtful",
            "The report uses images from the test set here. If it made any choice with them, their accuracy is too "
            "high. It then no longer measures how well the network does on new images.",
            where=where,
            reported=line,
            possible="validation images, held out from the training images",
        )


def _departs_from_paper(evidence: Evidence) -> Iterator[Finding]:
    """Where the recipe of an experiment differs from the paper that the report cites."""
    departures: dict[tuple[str, str], list[tuple[str, Fact]]] = defaultdict(list)
    for trial in evidence.trials.values():
        model = trial.said("model.name")
        source, rules = PAPERS.get(model.value if model else "", ("", {}))
        author, year = source.partition(" ")[0], "2015"
        if not any(author in paper and year in paper for paper in evidence.papers):
            continue
        for key, (wanted, says) in rules.items():
            fact = trial.facts.get(key)
            if key == "schedule.until" and trial.facts["schedule.name"].value == "switch" and fact is not None:
                if fact.origin in ("report", "code") and fact.value != wanted:
                    yield _upside_down(trial, fact, source)
            elif key == "schedule.at":
                name = trial.facts["schedule.name"]
                if name.origin in ("report", "code") and not (fact is not None and fact.value):
                    departures[key, says].append((trial.name, name))
            elif key != "schedule.until" and fact is not None and fact.origin != "assumed" and fact.value != wanted:
                departures[key, says].append((trial.name, fact))
    for (key, says), members in departures.items():
        fact = members[0][1]
        value = "none" if key == "schedule.at" else fact.value
        word = key.removesuffix(".name").rpartition(".")[2].replace("_", " ")
        done = {"schedule.at": "the learning rate is never lowered"}.get(key, f"{word} {value}")
        if fact.origin == "default" and not value:
            done = f"no {word} is given"
        yield Finding(
            "recipe",
            "doubtful",
            f"{', '.join(name for name, _ in members)}: {done}{fact.known_from}, but the cited paper trains with "
            f"{says} ({_cited(evidence)}). The accuracy may differ from the paper's because of that.",
            where=fact.where,
            reported=done,
            possible=says,
        )


def _cited(evidence: Evidence) -> str:
    return next(paper for paper in evidence.papers if "He" in paper and "2015" in paper)


def _upside_down(trial: Trial, fact: Fact, source: str) -> Finding:
    return Finding(
        "recipe",
        "inconsistent",
        f"{trial.name}: the paper's rule is reversed. The learning rate rises when `{fact.value}`"
        f"{fact.known_from}; the cited paper ({source}) raises it when the training error is below 80 %. That is an "
        "accuracy above 20 %, which takes about one epoch. So the network trains at the low rate for far too long.",
        where=fact.where,
        reported=str(fact.value),
        possible="train_error < 80",
    )


def _compares(evidence: Evidence) -> Iterator[Finding]:
    """Comparisons of single runs, of figures too close to each other, or of experiments with several differences."""
    single: list[str] = []
    where_single = ""
    for where, claim in evidence.claims:
        compare = claim.compare
        if compare is None or not claim.tried:
            continue
        yield from _confounded(evidence, where, claim.id, claim.says, compare)
        epoch = compare.epoch if isinstance(compare.epoch, int) else 0
        of, other = (evidence.accuracy_at(name, compare.split, epoch) for name in (compare.of, compare.with_))
        if compare.quantity != "accuracy" or of is None or other is None or evidence.runs not in (None, 1):
            continue
        where_single = where_single or where
        single.append(f"{claim.id} ({of.said.value} against {other.said.value})")
        images = evidence.trials[compare.of].images(str(compare.split))
        margin = 1.96 * standard_error(of.number, other.number, images) if images else 0.0
        if compare.expect != "equivalent" and abs(of.number - other.number) < margin:
            yield Finding(
                "recipe",
                "doubtful",
                f"{claim.says}: {of.said.value} against {other.said.value} % is a difference of only "
                f"{abs(of.number - other.number):.2f} points. On {images:,} images, two equally good networks can "
                f"differ by {margin:.2f} points by chance (95 %). Differences between runs add to that.",
                where=where,
                reported=f"{of.said.value} % against {other.said.value} %",
                possible=f"a difference of more than {margin:.2f} points, or several runs of each",
            )
    if single:
        rest = "1 comparison rests" if len(single) == 1 else f"{len(single)} comparisons rest"
        yield Finding(
            "recipe",
            "doubtful",
            f"{rest} on a single run of each experiment: {'; '.join(single)}. Another seed would give different "
            "figures, and single runs do not show how different.",
            where=where_single,
            reported="one run of each",
            possible="several runs of each, with their spread",
        )


def _confounded(evidence: Evidence, where: str, name: str, says: str, compare: Compare) -> Iterator[Finding]:
    """A comparison of experiments that differ in more than one thing."""
    of, other = evidence.trials.get(compare.of), evidence.trials.get(compare.with_)
    if of is None or other is None:
        return
    factors: dict[str, str] = {}
    for key in sorted({*of.facts, *other.facts}):
        facts = [trial.facts.get(key) for trial in (of, other)]
        values = [None if fact is None else fact.value for fact in facts]
        if values[0] == values[1] or any(fact and fact.origin == "assumed" for fact in facts):
            continue
        factor = _factor(key, of, other)
        if factor and factor not in factors and any(fact and fact.origin in ("report", "code") for fact in facts):
            source = next((fact.known_from for fact in facts if fact and fact.origin == "code"), "")
            if f"{factor}.name" in of.facts:
                values = [trial.facts[f"{factor}.name"].value for trial in (of, other)]
            factors[factor] = f"{factor} ({values[0]} against {values[1]}){source}"
    if len(factors) > 1:
        yield Finding(
            "recipe",
            "doubtful",
            f"{name}: {compare.of} and {compare.with_} differ in more than one thing: {', '.join(factors.values())}. "
            "Any of them may cause the difference.",
            where=where,
            reported=says,
            possible="experiments that differ in one thing only",
        )


def _factor(key: str, of: Trial, other: Trial) -> str | None:
    """The choice that a key belongs to; None if it cannot cause a difference.

    If the names differ, their options are not separate choices. Weights that start from the same file are not
    initialised. The first learning rate and its schedule are one choice.
    """
    part, _, option = key.partition(".")
    loaded = all(trial.facts.get("start_from.epoch") or trial.facts.get("start_from.file") for trial in (of, other))
    if part in ("epochs", "says", "log") or key == "start_from.experiment" or (part == "init" and loaded):
        return None
    names = {trial.facts[f"{part}.name"].value for trial in (of, other) if f"{part}.name" in trial.facts}
    if len(names) > 1 and part != "schedule" and option != "weight_decay":
        return part
    return "learning rate" if part == "schedule" or key == "optimizer.lr" else key


def _tuple(values: Any) -> str:
    return "(" + ", ".join(f"{value:g}" for value in values) + ")"
