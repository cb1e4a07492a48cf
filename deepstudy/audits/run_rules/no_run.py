"""Accuracies, errors and losses of a report that none of its runs gave.

Checked with `audit REPORT --runs DIR` only: each figure, with its split and epoch where the report says them, against
the runs in the folder. If it is another value of a run, the finding says which one.

## Why it matters

Results are copied by hand, often from a long log. A slip of a line gives the training accuracy for the test accuracy,
or the best epoch for the last one. The report alone cannot show that.

## Example

```text
report.md
    After 12 epochs the test accuracy is 98.45 %.
runs/seed0.csv
    epoch,train_accuracy,test_accuracy
    12,98.45,97.31
```

## Not an error

```text
report.md
    The network reaches a test accuracy of 97.3 %, an error of 0.027.
runs/seed0.csv
    epoch,train_accuracy,test_accuracy
    12,98.45,97.31
```

A figure may be rounded or cut, a fraction, an error, the best epoch, a mean or median over seeds, or a number that the
program printed. The rule is silent where the figure may be of other runs: another network, another data set, a row of
a larger table, a baseline, a second test accuracy beside the one of the run. A finding is `inconsistent` only if one
experiment can be meant, and its run is complete.

## How to fix

Copy the number again, or say which split, epoch and run it is of. Give `--runs` the folder of the runs that the report
is about.

## Source

Nuijten et al. 2016, The prevalence of statistical reporting errors in psychology: half of the papers have at least one
p-value that does not fit the numbers beside it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from deepstudy.audits.measured.candidates import Candidate, quantity_of
from deepstudy.audits.measured.compare import ComparedFigure, ReportWithRuns
from deepstudy.audits.measured.values import MeasuredRun
from deepstudy.audits.reading.statements import Statement
from deepstudy.findings import AuditSeverity, Finding

_RULE = "no_run"
_MOST = 3  # findings of one kind, of one section; the others are counted
_SHOWN = 3  # experiments or epochs whose values a finding gives
_LISTED = 5  # values of one experiment that are listed; of more, the range
_FINE = 0.1  # points: what a rate must be printed to, to be known again


def find(both: ReportWithRuns) -> Iterator[Finding]:
    """Find the figures that no run gave.

    Arguments:
        both: the report and its runs.

    Yields:
        A finding for each such figure; of many of one kind, the last one counts the others.
    """
    wrong = [each for each in both.compared if not each.is_given]
    counts = Counter(map(_key, wrong))
    shown: Counter[tuple[object, ...]] = Counter()
    for each in wrong:
        key = _key(each)
        shown[key] += 1
        if shown[key] > _MOST:
            continue
        finding = _finding(each, both)
        rest = counts[key] - _MOST
        if shown[key] == _MOST and rest > 0:
            more = f"{rest} more figure{'s' * (rest != 1)} of this section {'are' if rest != 1 else 'is'} like this."
            finding = replace(finding, says=f"{finding.says} {more}")
        yield finding


def _key(compared: ComparedFigure) -> tuple[object, ...]:
    statement = compared.statement
    return compared.kind, statement.metric, statement.split, statement.headings


def _finding(compared: ComparedFigure, both: ReportWithRuns) -> Finding:
    statement = compared.statement
    with_name = len(both.folder.runs) > 1
    possible = _values(compared.right, statement, with_name)
    return Finding(
        _RULE,
        _severity(compared, both),
        _says(compared, with_name),
        statement.where,
        reported=_printed(statement),
        possible=possible,
    )


def _says(compared: ComparedFigure, with_name: bool) -> str:
    """What the figure is instead, or that it is nothing."""
    statement, fit = compared.statement, compared.fit
    printed, quantity = _printed(statement), quantity_of(statement.split, statement.metric)
    if compared.wrong is not None:
        return f"{printed} is what {compared.wrong.where} prints: {compared.wrong.says}. It is not the {quantity}."
    if fit is None:
        epoch = f" in epoch {statement.epoch}" if statement.epoch is not None else ""
        return f"No run gave {printed} as {quantity}{epoch}."
    if statement.metric == "error" and fit.quantity == "accuracy":
        is_what = f"{printed} is 100 % minus {fit.says(with_name)}"
    else:
        is_what = f"{printed} is {fit.says(with_name)}"
    if compared.kind == "not_last":
        return f"{is_what}, not of the last one."
    if compared.kind == "not_best":
        return f"{is_what}, which is not the best one."
    if compared.kind == "epoch":
        return f"{is_what}, not of epoch {statement.epoch}."
    if compared.kind == "experiment":
        return f"{is_what}, not of {compared.attribution.runs[0].experiment}."
    return f"{is_what}, not the {quantity}."


def _severity(compared: ComparedFigure, both: ReportWithRuns) -> AuditSeverity:
    """How sure it is which figure is meant, and that the runs have all of it."""
    statement, runs = compared.statement, compared.attribution.runs
    if not compared.attribution.is_single or statement.split is None or compared.kind == "not_best":
        return "doubtful"
    if statement.epoch is not None:
        runs = tuple(run for run in runs if run.epochs >= statement.epoch)
    if not runs or not all(statement.epoch is not None or _is_finished(run, both) for run in runs):
        return "doubtful"
    if not all(statement.split in run.splits for run in runs) or (
        statement.metric != "loss" and statement.step > _FINE
    ):
        return "doubtful"
    is_explained = compared.kind != "nowhere" and not compared.is_by_chance
    return "inconsistent" if is_explained or _is_anchored(compared, both) else "doubtful"


def _is_finished(run: MeasuredRun, both: ReportWithRuns) -> bool:
    """Whether a run has all its epochs. Of a CSV file that is known if the report says how many there are."""
    return run.is_complete or (run.is_complete is None and run.epochs in both.evidence.epochs)


def _is_anchored(compared: ComparedFigure, both: ReportWithRuns) -> bool:
    """Whether another figure beside it is of the runs: so the report is about them, and means the same quantity.

    If that figure is of the same kind, and no experiment is named, this one may be of another experiment.
    """
    statement = compared.statement
    is_loss = statement.metric == "loss"
    beside = [
        each.statement
        for each in both.compared
        if each.kind == "given"
        and each.statement.headings == statement.headings
        and (each.statement.metric == "loss") == is_loss
        and (is_loss or each.statement.step <= _FINE)
    ]
    same = (statement.metric, statement.split, statement.epoch)
    is_alone = not any((each.metric, each.split, each.epoch) == same for each in beside)
    return bool(beside) and (compared.attribution.is_named or is_alone)


def _values(candidates: Sequence[Candidate], statement: Statement, with_name: bool) -> str:
    """The values that could stand there: of the epoch that is meant, else of the last and of the best one."""
    rows: dict[tuple[str, int | None, str], list[Candidate]] = {}
    bests: dict[MeasuredRun, Candidate] = {}
    for each in candidates:
        if each.is_last or (statement.epoch is not None and each.epoch == candidates[0].epoch):
            rows.setdefault((each.run.group, each.epoch, each.split), []).append(each)
        best = bests.setdefault(each.run, each)
        sign = -1 if each.quantity == "loss" else 1
        bests[each.run] = max(best, each, key=lambda one: sign * one.value)
    if statement.epoch is None and not all(each.is_last for each in bests.values()):
        for each in bests.values():
            rows.setdefault((each.run.group, None, each.split), []).append(each)
    return "; ".join(_row(row, epoch, statement, with_name) for (_, epoch, _), row in [*rows.items()][:_SHOWN])


def _row(row: Sequence[Candidate], epoch: int | None, statement: Statement, with_name: bool) -> str:
    """Values of one experiment, split and epoch: `99.1 or 99.2 %, the test accuracy of epoch 20 of lenet5 (5 runs)`."""
    values = sorted({_value(each, statement) for each in row}, key=float)
    unit = "" if statement.metric == "loss" or statement.unit == "fraction" else " %"
    if len(values) <= _LISTED:
        numbers = " or ".join([*([", ".join(values[:-1])] if len(values) > 1 else []), values[-1]]) + unit
    else:
        numbers = f"{values[0]} to {values[-1]}{unit}"
    quantity = quantity_of(row[0].split, statement.metric)
    what = f"the best {quantity}" if epoch is None else f"the {quantity} of epoch {epoch}"
    runs = {each.run for each in row}
    name = row[0].run.name if len(runs) == 1 else f"{row[0].run.experiment} ({len(runs)} runs)"
    return f"{numbers}, {what}" + (f" of {name}" if with_name else "")


def _value(candidate: Candidate, statement: Statement) -> str:
    """A value as the report prints it."""
    value = 100 - candidate.value if statement.metric == "error" else candidate.value
    if statement.metric == "loss":
        return f"{value:.{max(statement.decimals, 3)}f}"
    if statement.unit == "fraction":
        return f"{value / 100:.{max(statement.decimals, 3)}f}"
    return f"{value:.{max(statement.decimals, 1)}f}"


def _printed(statement: Statement) -> str:
    return statement.printed + (" %" if statement.unit in ("%", "percent") else "")
