"""Settings of a report that none of its runs had.

Checked with `audit REPORT --runs DIR` only: the batch size, learning rate and number of epochs of a report that states
one of them once, against what all runs in the folder recorded.

## Why it matters

A report that states another batch size than its runs had cannot be repeated. Often a setting was changed in the program
after the text was written, and the results are of an older run.

## Example

```text
report.md
    We train with batch size 128.
runs/lenet5/seed0/run.json
    "batch_size": 64
```

## Not an error

```text
report.md
    We train with batch size 128, and once with 64.
runs/lenet5/seed0/run.json
    "batch_size": 64
```

The rule is silent if the report states several values, if one run had the stated one, or if a run did not record it. A
learning rate under a schedule of the watched program is not compared, nor a number of epochs that may end early.

## How to fix

State what the runs had, or run again with what is stated. The folder of each run says what it was run with.

## Source

Pineau et al. 2021, Improving reproducibility in machine learning research: the checklist asks for all settings with
their values.
"""

from collections.abc import Iterator

from deepstudy.audits.measured.compare import ReportWithRuns
from deepstudy.findings import Finding

_RULE = "other_settings"
_NAMES = {"batch_size": "batch size", "optimizer.lr": "learning rate", "epochs": "number of epochs"}
_SHOWN = 4  # values of runs in a finding


def find(both: ReportWithRuns) -> Iterator[Finding]:
    """Find the settings that no run had.

    Arguments:
        both: the report and its runs.

    Yields:
        A finding for each setting.
    """
    for key, name in _NAMES.items():
        said = {
            (fact.value, fact.where)
            for trial in both.evidence.trials.values()
            if (fact := trial.facts.get(key)) is not None and fact.origin == "report"
        }
        had = [run.settings.get(key) for run in both.folder.runs]
        known = sorted({value for value in had if value is not None})
        stated = {value for value, _ in said}
        if len(stated) != 1 or len(known) == 0 or None in had:
            continue
        ((value, where), *_) = sorted(said)
        if key == "epochs" and len(set(both.evidence.epochs)) != 1:
            continue
        if all(abs(value - each) > 1e-9 * abs(each) for each in known):
            had_text = " or ".join(f"{each:g}" for each in known[:_SHOWN]) + (" ..." if len(known) > _SHOWN else "")
            runs = "the run" if len(had) == 1 else f"all {len(had)} runs"
            says = f"The report states a {name} of {value:g}; {runs} in {both.folder.folder} had {had_text}."
            yield Finding(_RULE, "doubtful", says, where, reported=f"{value:g}", possible=had_text)
