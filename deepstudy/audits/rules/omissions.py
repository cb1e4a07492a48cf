"""Missing details that others need to repeat the experiments.

The rule looks for the network, batch size, optimizer, learning rate, epochs, augmentation, pixel scaling, weight
initialisation, number of runs and hardware. Each accuracy also needs its split and its epoch.

## Why it matters

Nobody can repeat the experiment without guessing. A different guess can change the accuracy by several points. A
reader cannot tell whether two reports differ in the network or only in the recipe.

## Example

```text
CNN on CIFAR-10
SGD, 20 epochs
Test accuracy: 91.23 %
```

## Not an error

A report of the same length, which says what it did not use and where it used a default.

```text
ResNet-20 on CIFAR-10, seeds 0 to 4, one RTX 3090
SGD lr 0.1, momentum 0.9, batch size 128, 160 epochs
No augmentation, pixels divided by 255, default initialisation
Test accuracy after epoch 160: 91.23 %
```

## How to fix

Give each value, even if it is a default or "none". Publish the training script with the report.

## Source

Pineau et al. 2021, Improving reproducibility in machine learning research, JMLR 22(164): the checklist.
"""

import re
from collections.abc import Iterator, Sequence

from deepstudy.audits.evidence import Evidence, PrintedFigure
from deepstudy.findings import Finding

#: What a report must give: its name, its keys in a study file, and why it matters.
MUST_SAY: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("network's layers in full", ("model.name",), "several networks have the same name"),
    ("batch size", ("batch_size",), "it sets the number of steps per epoch and the noise of each step"),
    ("optimizer", ("optimizer.name",), "optimizers differ in speed and in the accuracy they reach"),
    ("learning rate", ("optimizer.lr",), "it matters more than most other choices"),
    ("number of epochs", ("epochs",), "accuracy depends on how long the network trains"),
    (
        "augmentation",
        ("augment.crop", "augment.flip", "augment.cutout"),
        "on small images it is worth several points",
    ),
    ("pixel scaling", ("normalize", "normalize.mean"), "the best learning rate depends on it"),
    ("weight initialisation", ("init.conv", "init.linear"), "some choices stop a deep network from learning"),
)

#: What a document must say: the topic of `reading.topics`, its name, and why it matters; the most important first.
_TOPICS = (
    ("optimizer", "optimizer", "optimizers differ in speed and in the accuracy they reach"),
    ("optimizer.lr", "learning rate", "it matters more than most other choices"),
    ("batch_size", "batch size", "it sets the number of steps per epoch and the noise of each step"),
    ("epochs", "number of epochs", "accuracy depends on how long the network trains"),
    ("layers", "network's layers in full", "several networks have the same name"),
    (
        "seeds",
        "number of runs and their seeds",
        "another seed gives different figures, and readers cannot tell a single run from a mean of ten",
    ),
    ("augment", "augmentation", "on small images it is worth several points"),
    ("hardware", "hardware", "the last digits of results depend on it"),
    ("normalize", "pixel scaling", "the best learning rate depends on it"),
    ("init", "weight initialisation", "some choices stop a deep network from learning"),
)
_RESULTS = frozenset(("accuracy", "error", "top5", "loss", "f1"))
_SAYS_SPLIT = re.compile(
    r"test|valid|\beval|held[- ]?out|테스트|검증|시험|测试|測試|验证|テスト|検証|評価|prueba|teste?\b|тест|doğrulama",
    re.IGNORECASE,
)
#: A sentence that says where all was measured.
_MEASURED_ON = re.compile(
    r"(?:evaluat|tested|measured)[^.\n]{0,60} on (?:the |a )?(?:held-out )?(?:test|valid)|在(?:测试|验证)集上"
    r"|(?:테스트|검증) ?(?:세트|데이터|셋)(?:에서|로)|(?:テスト|検証)(?:データ|セット|画像)(?:で|を用)"
    r"|(?:en el|no) conjunto de (?:prueba|test|valid)|auf (?:den|dem) (?:test|valid)"
    r"|sur l['’]ensemble de (?:test|valid)",
    re.IGNORECASE,
)
#: Classifiers without layers, words of networks, and words of an evaluation of finished models.
_NO_NETWORK = re.compile(
    r"random ?forest|decision ?tree|\bk-?nn\b|nearest neighbou?r|\bsvm\b|naive bayes|xgboost", re.I
)
_NETWORK = re.compile(
    r"neural|network|\b[cdrm]nn|\bmlp|perceptron|deep learning|conv|epoch|keras|torch|tensorflow"
    r"|신경망|神经|神經|ニューラル"
    r"|neuronal|\bred(?:es)?\b|\brede|réseau|netz|logistic|에폭|エポック|épo[cq]",
    re.IGNORECASE,
)
_UNTRAINED = re.compile(
    r"no\s{1,9}(?:training|fine-?tuning)\s{1,9}(?:was|is|were|took)"
    r"|nothing was trained|without (?:any |further )?training"
    r"|학습은? ?(?:전혀 )?(?:하지 않|없)|(?:没有|未|不)(?:进行|做)(?:任何)?训练"
    r"|(?:学習|訓練)は(?:一切)?(?:行|し)(?:わな|って|てい|な)"
    r"|sin (?:ningún )?entrenamiento|no se entrenó|sem (?:nenhum )?trein|nenhum trein|nada foi treinado"
    r"|aucun (?:apprentissage|entraînement)|sans (?:aucun )?(?:apprentissage|entraînement)|kein training|ohne training",
    re.IGNORECASE,
)
_OF_TRAINING = frozenset(("optimizer", "optimizer.lr", "batch_size", "epochs", "augment", "init"))
_MOST_LINES = 8
_MOST_NAMED = 3  # figures that a sentence names


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find what the report must give and does not.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding of severity `missing` for each missing detail.
    """
    if not evidence.is_report:
        return
    if evidence.document is not None:
        yield from _of_document(evidence)
        return
    for what, keys, why in MUST_SAY:
        yield from _key(evidence, what, keys, why)
    if evidence.runs is None:
        yield _missing(
            evidence,
            "number of runs and their seeds",
            "another seed gives different figures, and readers cannot tell a single run from a mean of ten",
            "nothing",
        )
    if not evidence.hardware:
        timed = any(figure.seconds is not None for figure in evidence.figures) or any(
            claim.compare is not None and claim.compare.quantity in ("seconds_per_epoch", "elapsed")
            for _, claim in evidence.claims
        )
        why = "its times mean nothing without it" if timed else "the last digits of results depend on it"
        yield _missing(evidence, "hardware", why, "nothing")
    yield from _held_out(evidence)
    yield from _unlabelled(evidence)


def _unlabelled(evidence: Evidence) -> Iterator[Finding]:
    """Accuracies without a split or an epoch: one finding for each kind, with the first figures and the number."""
    kinds: dict[str, list[PrintedFigure]] = {}
    for figure in evidence.accuracies():
        said = figure.said
        lacks = [
            word
            for word, absent in (
                ("on which images", said.split is None and said.images is None),
                ("after which epoch", said.epoch == "unknown" and len(evidence.epochs) != 1),
            )
            if absent
        ]
        if lacks:
            kinds.setdefault(" and ".join(lacks), []).append(figure)
    for lacking, figures in kinds.items():
        yield _name_figures(evidence, lacking, [f"{each.said.value} %" for each in figures], figures[0].where)


def _name_figures(evidence: Evidence, lacking: str, printed: Sequence[str], where: str) -> Finding:
    values = list(dict.fromkeys(printed))
    more = len(values) - _MOST_NAMED
    last = [f"{more} more figure{'s' * (more > 1)}"] if more > 0 else []
    *first, final = [*values[:_MOST_NAMED], *last]
    named = f"{', '.join(first)} and {final}" if first else final
    lengths = f" Its runs have {', '.join(map(str, evidence.epochs))} epochs." if evidence.epochs else ""
    return Finding(
        "omissions",
        "missing",
        f"The report does not say {lacking} it measured {named}.{lengths}",
        where=where,
        reported=named,
        possible="a split and an epoch",
    )


def _of_document(evidence: Evidence) -> Iterator[Finding]:
    """What a document does not say anywhere: at most `_MOST_LINES` findings, the last of which names the rest."""
    has_results = any(each.metric in _RESULTS and not each.is_cited for each in evidence.statements)
    if not has_results:
        return
    has_epochs = any(each.epoch is not None for each in evidence.statements)
    stated = {
        "layers": bool(evidence.networks or evidence.trees),
        "epochs": bool(evidence.epochs) or has_epochs,
        "seeds": evidence.runs is not None,
    }
    topics = _with_inapplicable(evidence)
    absent = [(what, why) for topic, what, why in _TOPICS if topic not in topics and not stated.get(topic)]
    findings = [_missing(evidence, what, why, "nothing") for what, why in absent]
    findings += _without_split(evidence)
    if len(findings) > _MOST_LINES:
        rest = [what for what, _ in absent[_MOST_LINES - 2 :]]
        first = findings[: _MOST_LINES - 2] + list(_without_split(evidence))
        findings = [*first, _rest(evidence, rest)]
    yield from findings


def _with_inapplicable(evidence: Evidence) -> frozenset[str]:
    """The topics of a document, and those that do not apply: nothing has layers, or nothing was trained."""
    topics = evidence.topics or frozenset()
    if not evidence.networks and _NO_NETWORK.search(evidence.text) and not _NETWORK.search(evidence.text):
        return topics | _OF_TRAINING | {"layers"}
    if not topics & {"optimizer", "optimizer.lr", "epochs"} and _UNTRAINED.search(evidence.text):
        return topics | _OF_TRAINING | {"seeds"}
    return topics


def _rest(evidence: Evidence, names: Sequence[str]) -> Finding:
    says = f"The report does not give {', '.join(names[:-1])} and {names[-1]} either." if len(names) > 1 else ""
    says = says or f"The report does not give the {names[0]} either."
    return Finding("omissions", "missing", says, where=evidence.where, reported="nothing", possible=", ".join(names))


def _without_split(evidence: Evidence) -> list[Finding]:
    """Accuracies of which nothing says on which images they were measured: one finding, the first and the count."""
    accuracies = [
        each
        for each in evidence.statements
        if each.metric == "accuracy" and not (each.is_change or each.is_cited or each.is_about)
    ]
    silent = [each for each in accuracies if each.split is None and each.images is None]
    named = {each.split for each in accuracies} - {None}
    # Where most have a split, or the text names a single one, a reader takes the others for the same.
    if not silent or len(named) == 1 or len(silent) < len(accuracies) / 2:
        return []
    near = " ".join(f"{each.text} {' '.join(each.headings)}" for each in silent)
    if _SAYS_SPLIT.search(near) or (len(silent) > 3 and _SAYS_SPLIT.search(evidence.text)):
        return []
    if _MEASURED_ON.search(evidence.text):
        return []
    printed = [f"{each.value:.4g} %" for each in silent]
    return [_name_figures(evidence, "on which images", printed, silent[0].where)]


def _key(evidence: Evidence, what: str, keys: tuple[str, ...], why: str) -> Iterator[Finding]:
    facts = [trial.facts[key] for trial in evidence.trials.values() for key in keys if key in trial.facts]
    if any(fact.origin == "report" for fact in facts):
        return
    if keys == ("epochs",) and evidence.epochs:
        return
    code = next((fact for fact in facts if fact.origin == "code"), None)
    assumed = next((fact for fact in facts if fact.origin == "assumed"), None)
    if code is not None:
        listed = sorted({str(fact.value) for fact in facts if fact.origin == "code"})
        yield _missing(evidence, what, why, f"only its code does: {', '.join(listed)}", code.where)
    elif assumed is not None:
        yield _missing(evidence, what, why, f"{assumed.value} is assumed here", assumed.where)
    else:
        yield _missing(evidence, what, why, "nothing")


def _held_out(evidence: Evidence) -> Iterator[Finding]:
    """The number of validation images, if the report mentions any."""
    speaks = any(figure.said.split == "validation" for figure in evidence.figures) or any(
        "validation" in (getattr(claim.form, "split", None), *getattr(claim.form, "between", ()))
        for _, claim in evidence.claims
    )
    assumed = [trial.facts["data.validation"] for trial in evidence.trials.values() if "data.validation" in trial.facts]
    if speaks and assumed and assumed[0].origin == "assumed":
        why = "an accuracy on few images is uncertain, and held-out images are not used for training"
        says = f"{assumed[0].value:,} is assumed here"
        yield _missing(evidence, "number of validation images", why, says, assumed[0].where)


def _missing(evidence: Evidence, what: str, why: str, reported: str, where: str | None = None) -> Finding:
    also = "" if reported == "nothing" else f" ({reported})"
    says = f"The report does not give the {what}{also}: {why}."
    if what == "augmentation":
        says = f"The report does not say whether images were augmented{also}: {why}."
    return Finding(
        "omissions",
        "missing",
        says,
        where=where or evidence.where,
        reported=reported,
        possible=f"the {what}",
    )
