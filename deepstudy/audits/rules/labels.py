"""Image counts, steps and epochs that do not match the data set or the run.

The rule checks:

* a number of images against the size of that split, and sizes of splits against their sum and their shares;
* images of each class times classes;
* steps per epoch, and iterations of a run, against the number of training images and the batch size;
* steps and epochs after the last one, and logs of a run that the report does not describe;
* validation results although no images are held out;
* conclusions about epochs after the last one shown.

## Why it matters

The figure belongs to other images or to another run than the report says. A "test accuracy" over 50,000 CIFAR-10 images
is the accuracy on the training images, so it says nothing about new images.

## Example

```text
CNN on CIFAR-10, batch size 100, 20 epochs
Epoch [1/20], Step [100/600], Loss: 2.1012
Accuracy of the network on the 50000 test images: 83.068 %
```

## Not an error

An epoch of 450 steps instead of 500, because 5,000 images are held out and 45,000 make 450 batches.

```text
CNN on CIFAR-10, batch size 100, 20 epochs
45,000 training images and 5,000 validation images
Epoch [1/20], Step [100/450], Loss: 2.1012
Accuracy of the network on the 45000 training images: 83.067 %
```

## How to fix

Print `len(loader)` and `len(loader.dataset)` instead of typed numbers. Name the split of each figure, and take figures
and logs from the same run.

## Source

Arithmetic: an epoch has `ceil(images / batch_size)` steps, or `floor` of it with `drop_last=True`. The sizes come from
the pages of the data sets, for example https://www.cs.toronto.edu/~kriz/cifar.html for CIFAR-10.
"""

import math
import re
from collections.abc import Iterator, Mapping

from deepstudy.audits.arithmetic.training_evidence import read_training
from deepstudy.audits.evidence import Evidence, PrintedLog, Trial
from deepstudy.audits.rules.document_labels import find_in_document, step_counts
from deepstudy.audits.rules.granularity import IMAGES_OF, bare, counts
from deepstudy.findings import Finding


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find numbers of images, steps and epochs that do not match the data set or the run.

    Arguments:
        evidence: what the report says.

    Returns:
        Findings about images, splits, steps and epochs.
    """
    if evidence.document is not None:
        yield from find_in_document(evidence)
    else:
        yield from _images(evidence)
        yield from _validation(evidence)
        for log in evidence.logs:
            yield from _steps(evidence, log)
            yield from _epochs(evidence, log)
    yield from _trained_on_test(evidence)
    yield from _not_shown(evidence)


def _images(evidence: Evidence) -> Iterator[Finding]:
    """`50000 test images` of a data set that has 10,000."""
    for figure in evidence.accuracies():
        said, entry = figure.said, evidence.trials[figure.said.experiment].data
        if entry is None or said.images is None or said.split is None or said.split not in entry.splits:
            continue
        size = entry.splits[said.split]
        if said.images == sum(entry.splits.values()):  # of both splits: it may be said of the data set
            continue
        if said.images <= size and not _is_other(said.images, said.split, entry.splits):
            continue
        other = next((split for split, count in entry.splits.items() if count == said.images), None)
        own, what = IMAGES_OF.get(said.split, said.split), IMAGES_OF.get(str(other), other)
        yield Finding(
            "labels",
            "impossible",
            f"The data set has {size:,} {own} images, not {said.images:,}. "
            + (
                f"{said.images:,} is the number of its {what} images, so {said.value} % is the accuracy on those."
                if other
                else "The number of images or the data set is wrong."
            ),
            where=figure.where,
            reported=f"{said.value} % on {said.images:,} {own} images",
            possible=f"{size:,} {own} images" + (f", or {said.images:,} {what} images" if other else ""),
        )


def _is_other(images: int, split: str, splits: Mapping[str, int]) -> bool:
    return any(count == images and name != split for name, count in splits.items()) and images != splits[split]


def _validation(evidence: Evidence) -> Iterator[Finding]:
    """Accuracies on validation images although no images are held out."""
    for name, trial in evidence.trials.items():
        entry, held_out = trial.data, trial.facts.get("data.validation")
        if entry is None or held_out is None or held_out.value:
            continue
        for figure in evidence.figures:
            if figure.said.experiment == name and figure.said.split == "validation":
                yield Finding(
                    "labels",
                    "inconsistent",
                    f"The report names validation images, but holds out none of the {entry.splits['train']:,} "
                    f"training images. Its validation images can only be the {entry.splits['test']:,} test images.",
                    where=figure.where,
                    reported=figure.said.quote or figure.said.says or f"{figure.said.quantity} on validation images",
                    possible="images held out from the training images",
                )


def _steps(evidence: Evidence, log: PrintedLog) -> Iterator[Finding]:
    """Step counters that no epoch in batches can give."""
    trial = evidence.trials[log.experiment]
    batch, entry = trial.stated("batch_size"), trial.data
    for line in log.lines:
        if line.step is not None and line.steps is not None and line.step > line.steps:
            yield Finding(
                "labels",
                "impossible",
                f"Step {line.step:,} comes after the last step, {line.steps:,}.",
                where=line.where,
                reported=line.text,
                possible=f"1 to {line.steps:,}",
            )
    totals = {line.steps for line in log.lines if line.steps is not None and line.phase is None}
    if not batch or entry is None or not evidence.is_one_device:
        return
    used = trial.images("train")
    sizes = {*entry.splits.values(), *([] if used is None else [used])}
    for total in sorted(totals):
        if any(total in step_counts(size, batch) for size in sizes):
            continue
        doubt = _held_out(total, batch, entry.splits["train"]) if used is None or evidence.study is None else 1.0
        if not doubt:
            continue
        size = used or entry.splits["train"]
        whole = math.ceil(size / batch)
        other = round(size / total)
        yield Finding(
            "labels",
            "inconsistent" if doubt == 1 else "doubtful",
            f"An epoch of {total:,} step{'s' * (total != 1)} does not fit a batch size of {batch}: {size:,} training "
            f"images make {whole:,} batch{'es' * (whole != 1)}."
            + ("" if doubt == 1 else " Some images may be held out, or the steps may count something else as well."),
            where=log.where,
            reported=f"{total:,} step{'s' * (total != 1)}",
            possible=f"{whole:,} step{'s' * (whole != 1)}" + (f", or batches of about {other}" if other > 1 else ""),
        )


def _held_out(total: int, batch: int, train: int) -> float:
    """The certainty (0, 0.5 or 1) that a counter does not fit, even if some training images are held out."""
    rest = range(0, train // 2 + 1, 500)
    if any(total in step_counts(train - held_out, batch) for held_out in rest):
        return 0.0
    whole = math.ceil(train / batch)
    return 0.5 if total < 1.15 * whole else 1.0


def _epochs(evidence: Evidence, log: PrintedLog) -> Iterator[Finding]:
    """Logs of a run with a number of epochs that no run of the report has."""
    own = evidence.trials[log.experiment].said("epochs")
    stated = sorted(
        {*evidence.epochs, *([own.value] if own and evidence.study and not evidence.study.source.epochs else [])}
    )
    printed = {line.epochs for each in evidence.logs for line in each.lines if line.epochs is not None}
    is_one_run = len(printed) == 1  # several lengths are several runs, of which the text need not tell
    for total in sorted({line.epochs for line in log.lines if line.epochs is not None}):
        if stated and total not in stated and is_one_run:
            yield Finding(
                "labels",
                "inconsistent",
                f"The log belongs to a run of {total} epoch{'s' * (total != 1)}, but the report describes runs of "
                f"{_and(stated)} epochs. So the report's figures do not come from this run.",
                where=log.where,
                reported=f"Epoch [{log.lines[0].epoch}/{total}]",
                possible=f"a log of {_and(stated).replace(' and ', ' or ')} epochs",
            )
    for line in log.lines:
        if line.epoch is not None and line.epochs is not None and line.epoch > line.epochs:
            yield Finding(
                "labels",
                "impossible",
                f"Epoch {line.epoch} comes after the last epoch, {line.epochs}.",
                where=line.where,
                reported=line.text,
                possible=f"1 to {line.epochs}",
            )


def _trained_on_test(evidence: Evidence) -> Iterator[Finding]:
    """A training log with as many images as the test set, and an accuracy that fits only the training set."""
    for log in evidence.logs:
        trial = evidence.trials[log.experiment]
        batch, entry = trial.stated("batch_size"), trial.data
        totals = {line.steps for line in log.lines if line.steps and line.epoch is not None and line.phase is None}
        if not batch or entry is None or len(totals) != 1:
            continue
        (steps,), (train, test) = totals, (entry.splits["train"], entry.splits["test"])
        if steps not in step_counts(test, batch) or steps in step_counts(train, batch):
            continue
        for figure in evidence.accuracies(log.experiment, "test"):
            printed = bare(figure.said.value) if figure.definite else None
            if printed and not counts(printed, test) and (right := counts(printed, train)):
                yield Finding(
                    "labels",
                    "inconsistent",
                    "The network was trained on the test images and scored on the training images. The log has "
                    f"{steps:,} steps per epoch with a batch size of {batch}, which fits the {test:,} test images. The "
                    f"accuracy of {printed} % fits {right[0]:,} of the {train:,} training images.",
                    where=figure.where,
                    reported=f"{printed} %, {log.lines[-1].text}",
                    possible=f"an epoch of {math.ceil(train / batch):,} steps, and an accuracy over {test:,} images",
                )


def _not_shown(evidence: Evidence) -> Iterator[Finding]:
    """Conclusions about epochs after the last one shown."""
    epochs_shown = {*evidence.epochs, *(f.said.epoch for f in evidence.accuracies() if isinstance(f.said.epoch, int))}
    for where, epoch, says in evidence.later:
        if epochs_shown and epoch > max(epochs_shown):
            yield Finding(
                "labels",
                "doubtful",
                f"The report draws a conclusion about epoch {epoch}, but shows nothing after epoch "
                f"{max(epochs_shown)}. So readers cannot check it.",
                where=where,
                reported=says,
                possible=f"curves or figures that go beyond epoch {epoch}",
            )
    for figure in evidence.accuracies():
        epochs = _length(evidence.trials[figure.said.experiment]) or max(evidence.epochs, default=None)
        if evidence.document is not None and epochs is not None:  # several runs may be told of
            epochs = max(
                epochs, *evidence.epochs, *(int(said.value) for said in read_training(evidence).settings.epochs)
            )
        is_named = re.search(rf"\b{figure.said.epoch}\b", figure.said.experiment) is not None  # "… 200 epochs"
        if evidence.document is not None and isinstance(figure.said.epoch, int):
            is_named |= not _names_epoch(figure.said.quote or figure.said.says or "", figure.said.epoch)
            is_named |= _RESUMED.search(evidence.document.text) is not None  # a job of ten epochs may begin at 30
        if isinstance(figure.said.epoch, int) and epochs is not None and figure.said.epoch > epochs and not is_named:
            yield Finding(
                "labels",
                "inconsistent",
                f"{figure.said.experiment} has {epochs} epoch{'s' * (epochs != 1)}, but a figure is given at "
                f"epoch {figure.said.epoch}.",
                where=figure.where,
                reported=f"{figure.said.value} % at epoch {figure.said.epoch}",
                possible=f"an epoch up to {epochs}",
            )


_RESUMED = re.compile(
    r"\bresum(?:e|ed|ing)\b|loaded checkpoint|fortgesetzt|wieder aufgenommen|reanud|retomad|repris|이어서|继续训练|"
    r"再開",
    re.IGNORECASE,
)


def _names_epoch(text: str, epoch: int) -> bool:
    """Whether the words give this number to an epoch, and not a number of images beside one."""
    return (
        re.search(
            rf"(?:epoch|에폭|에포크|[ée]poca|[ée]poque|エポック)\w{{0,2}}\W{{0,4}}(?:nr|no)?\W{{0,3}}{epoch}(?!\d|"
            rf"[,.]\d)|(?<![\d.,/]){epoch}\W{{0,2}}(?:st|nd|rd|th|번째|个|轮|ª|e|ème)?\W?(?:epoch|에폭|에포크|轮|"
            rf"[ée]poca|[ée]poque|エポック)|第\s?{epoch}\s?(?:轮|个|輪)",
            text,
            re.IGNORECASE,
        )
        is not None
    )


def _length(trial: Trial) -> int | None:
    epochs = trial.stated("epochs")
    return epochs if isinstance(epochs, int) else None


def _and(numbers: list[int]) -> str:
    return " and ".join(
        [", ".join(map(str, numbers[:-1])), str(numbers[-1])] if len(numbers) > 1 else map(str, numbers)
    )
