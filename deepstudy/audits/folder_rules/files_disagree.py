"""A report and the log or notebook beside it that print different results of one run.

Checked, in each folder:

* the test, validation or training results (accuracy, error, F1, ...) of a network that a report states once;
* against the final result of the only run of that network in a log or notebook of the same folder.

## Why it matters

Results are copied by hand from a log into a report. The log is edited by nobody, so where both differ, the report has
the number of another run, of another epoch, or a slip. A reader of the report alone cannot see it.

## Example

```text
report.md
    ResNet-18 reaches a test accuracy of 98.45 %.
train.log
    ResNet-18 on MNIST
    Test accuracy: 97.31 %
```

## Not an error

```text
report.md
    ResNet-18 reaches a test accuracy of 98.45 % in epoch 9, and 97.31 % at the end.
train.log
    ResNet-18 on MNIST
    Test accuracy: 97.31 %
```

The rule is silent if anything else can explain the difference: if one file has both numbers, or several networks, runs
or data sets; if the epochs differ; if a number is a mean, a range, approximate or cited; or if there are two reports.

## How to fix

Hand in the log of the run that the report describes, or correct the number. Say so if the report gives the best epoch
or the mean of several runs.

## Source

Nuijten et al. 2016, The prevalence of statistical reporting errors in psychology: half of the papers have at least one
p-value that does not fit the numbers beside it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.networks.names import NETWORK, networks_in, spelling
from deepstudy.audits.reading.statements import RATES, Statement
from deepstudy.findings import Finding

_RULE = "files_disagree"
_NOTEBOOK = ".ipynb"
_LEAST = 3  # statements of a log make a document a log


@dataclass(frozen=True)
class _Result:
    """What a file says of one network, metric and split."""

    file: str
    evidence: Evidence
    statement: Statement

    @property
    def text(self) -> str:
        """All text of the file, and its name."""
        return _text(self.file, self.evidence)

    @property
    def where(self) -> str:
        """Its place, with the folder of the file."""
        return self.file + self.statement.where.removeprefix(PurePath(self.file).name)

    @property
    def printed(self) -> str:
        """The number with its unit."""
        return self.statement.printed + (" %" if self.statement.unit == "%" else "")


_Key = tuple[str, str, str]  # network, metric, split


def find(evidences: Mapping[str, Evidence]) -> Iterator[Finding]:
    """Compare the files of a folder.

    Arguments:
        evidences: what each file says, by the path of the file.

    Yields:
        A finding for each result that differs.
    """
    folders: dict[PurePath, dict[str, Evidence]] = defaultdict(dict)
    for file, evidence in evidences.items():
        if evidence.document is not None:
            folders[PurePath(file).parent][file] = evidence
    for files in folders.values():
        reports = {file: _stated(file, evidence) for file, evidence in files.items() if not _is_log(evidence)}
        records = {file: _final(file, evidence) for file, evidence in files.items() if _is_record(file, evidence)}
        for key in dict.fromkeys(key for stated in reports.values() for key in stated):
            said = [_Result(file, files[file], stated[key]) for file, stated in reports.items() if key in stated]
            ran = [_Result(file, files[file], final[key]) for file, final in records.items() if key in final]
            said = [each for each in said if each.file not in {other.file for other in ran}]
            if len(said) == len(ran) == 1 and _disagree(said[0], ran[0]):
                yield _finding(key, said[0], ran[0])


def _finding(key: _Key, said: _Result, ran: _Result) -> Finding:
    network, metric, split = key
    name = f"{split} {metric}"
    network = next(match[0] for match in NETWORK.finditer(said.text) if spelling(match) == network)
    says = (
        f"{said.where}: {name} {said.printed}; {ran.where}: {ran.printed}. Each file gives this result of {network} "
        "once. One may be of another run, or a slip."
    )
    return Finding(
        _RULE, "doubtful", says, said.where, reported=said.printed, possible=f"{ran.printed}, as in {ran.where}"
    )


def _is_log(evidence: Evidence) -> bool:
    """Whether a document is a log: most of its numbers were printed by a program."""
    lines = sum(statement.kind == "log" for statement in evidence.statements)
    return lines >= _LEAST and 2 * lines > len(evidence.statements)


def _is_record(file: str, evidence: Evidence) -> bool:
    return PurePath(file).suffix.lower() in (_NOTEBOOK, ".log") or _is_log(evidence)


def _by_key(file: str, evidence: Evidence) -> dict[_Key, list[Statement]]:
    """The results of a document by network, metric and split; without those that nobody can compare."""
    results: dict[_Key, list[Statement]] = defaultdict(list)
    only = networks_in(_text(file, evidence))
    for statement in evidence.statements:
        if statement.metric not in RATES or statement.split is None or statement.step_number is not None:
            continue
        names = networks_in(statement.of) or networks_in(statement.text) or only
        if len(names) == 1:
            results[next(iter(names)), statement.metric, statement.split].append(statement)
    return results


def _stated(file: str, evidence: Evidence) -> dict[_Key, Statement]:
    """The results that a report states exactly once."""
    if evidence.runs is not None and evidence.runs > 1:
        return {}
    return {key: group[0] for key, group in _by_key(file, evidence).items() if len(group) == 1 and _is_plain(group[0])}


def _final(file: str, evidence: Evidence) -> dict[_Key, Statement]:
    """The result at the end of the only run of a log or notebook."""
    final = {}
    for key, group in _by_key(file, evidence).items():
        epochs = [statement.epoch for statement in group if statement.epoch is not None]
        summaries = [statement for statement in group if statement.epoch is None]
        is_one_run = all(before < after for before, after in pairwise(epochs))
        if is_one_run and len(summaries) <= 1 and all(map(_is_plain, group)):
            final[key] = summaries[0] if summaries else group[-1]
    return final


def _is_plain(statement: Statement) -> bool:
    """Whether a statement is one measured number of one run."""
    is_vague = statement.is_about or statement.is_mean or statement.is_change or statement.is_cited
    return not is_vague and statement.spread is None and statement.upper is None


def _disagree(said: _Result, ran: _Result) -> bool:
    """Whether nothing else in both files explains that the numbers differ."""
    data = {said.statement.dataset, ran.statement.dataset} - {None}
    if len(data) > 1 or _differ_in_epochs(said, ran):
        return False
    return not any(
        _are_same(mine.statement, other)
        for mine, theirs in ((said, ran), (ran, said))
        for other in theirs.evidence.statements
    )


def _differ_in_epochs(said: _Result, ran: _Result) -> bool:
    """Whether the report speaks of another epoch than the last one of the run, or of a run of another length."""
    last = {statement.epoch for statement in ran.evidence.statements if statement.epoch is not None}
    lengths = {*said.evidence.epochs, *({said.statement.epoch} if said.statement.epoch is not None else ())}
    return bool(last and lengths) and max(last) not in lengths and max(last) + 1 not in lengths


def _are_same(one: Statement, other: Statement) -> bool:
    """Whether two rates may be one number, rounded or cut, or an accuracy and its error."""
    room = max(one.step, other.step) + 1e-9
    return other.metric in RATES and any(abs(one.value - value) <= room for value in (other.value, 100 - other.value))


def _text(file: str, evidence: Evidence) -> str:
    """All that a file says, also in its name: logs often bear the name of their network."""
    return f"{PurePath(file).stem}\n{evidence.document.text if evidence.document else ''}"
