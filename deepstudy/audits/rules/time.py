"""Elapsed times that stand still, jump, or disagree with the same time in words.

The rule checks:

* elapsed seconds that do not rise with the epoch;
* epochs that take far longer or shorter than the other epochs of the run;
* seconds that differ by more than 25 % from the words printed with them;
* two runs with the same time to the second;
* the time of a step or an epoch, times their number, and the times of all epochs, against the time of the whole;
* time stamps that go back, or leave no time for an epoch;
* claims of speed, `three times as fast`, against the times that they are about;
* images per second against the time of an epoch;
* a network that is claimed to train faster although it needs far more multiply-adds.

## Why it matters

A time that was copied or misread makes a comparison of speeds wrong. It also casts doubt on the accuracy in the same
row, which may have been copied too.

## Example

```text
ResNet-20 on CIFAR-10, lr 0.1
epoch 10: test accuracy 66.04 % (took 489 secs, about 8 mins)
epoch 43: test accuracy 72.48 % (took 1959 secs, about half hour)
epoch 71: test accuracy 80.71 % (took 1959 secs, about half hour)
```

## Not an error

The same time in two rows, if it is the time of one epoch and not the time since the start.

```text
ResNet-20 on CIFAR-10, lr 0.1
epoch 10: test accuracy 66.04 % (45.6 secs per epoch)
epoch 43: test accuracy 72.48 % (45.6 secs per epoch)
epoch 71: test accuracy 80.71 % (45.6 secs per epoch)
```

## How to fix

Let the training program print the seconds since the start, with the epoch. Say whether a time is for one epoch or for
the whole run. Mention a restart of the clock.

## Source

Arithmetic.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from deepstudy.audits.arithmetic.training_evidence import read_training
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.printed import elapsed, number, words_to_seconds
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.rules.document_times import find_in_document
from deepstudy.findings import Finding

_LONG = 100.0  # seconds: two runs may well take the same shorter time
_FAR = 1.25  # the factor by which "about" may be wrong, and by which epochs of one run may differ


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find elapsed times that stand still, jump, disagree with their words, or appear in two rows.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each such time, and for each claim of speed that the number of multiply-adds makes unlikely.
    """
    rows = list(_rows_of_document(evidence) if evidence.document is not None else _rows_of_study(evidence))
    by_name: dict[str, list[_TimedRow]] = defaultdict(list)
    for row in rows:
        by_name[row.name].append(row)
    rising: list[Finding] = []
    for members in by_name.values():
        timed = sorted((row for row in members if row.epoch), key=lambda row: (row.epoch, row.seconds))
        if not _are_paces(timed) and (evidence.document is None or _are_elapsed(timed)):
            rising += _rising(timed[0].of if timed else "", timed)
    yield from _folded(rising) if evidence.document is not None else rising
    yield from _words(evidence)
    yield from _twice(rows)
    yield from _faster(evidence)
    if evidence.document is not None:
        yield from find_in_document(evidence)


@dataclass(frozen=True)
class _TimedRow:
    """The seconds that a row, a line or a figure gives at an epoch."""

    name: str  # tells runs apart
    of: str  # what findings call the run
    epoch: int  # 0 if it is unknown
    seconds: float
    where: str


def _rows_of_study(evidence: Evidence) -> Iterator[_TimedRow]:
    for figure in evidence.accuracies():
        if figure.seconds is not None:
            name, epoch = figure.said.experiment, figure.said.epoch
            yield _TimedRow(name, name, epoch if isinstance(epoch, int) else 0, figure.seconds, figure.where)


def _rows_of_document(evidence: Evidence) -> Iterator[_TimedRow]:
    """The lines of logs and the rows of tables that give a time since the start, or of an epoch."""
    for at, log in enumerate(read_training(evidence).logs):
        of = log.headings[-1] if log.headings else "The run"
        for line in log.lines:
            if not line.names_epoch or line.epoch is None or line.step is not None:
                continue
            seconds, _ = elapsed(line.text)
            column = next((each for each in line.results if each.metric == "seconds"), None)
            value = number(seconds) if seconds is not None else column.value if column is not None else None
            if value is not None and not line.is_per_epoch:
                yield _TimedRow(f"{at}", of, line.epoch, value, line.where)


def _are_elapsed(rows: Sequence[_TimedRow]) -> bool:
    """Whether the seconds rise about as the epochs do; then they are since the start."""
    if len(rows) < 2 or not rows[0].seconds:
        return False
    return rows[-1].seconds / rows[0].seconds >= 0.5 * rows[-1].epoch / rows[0].epoch


def _are_paces(rows: Sequence[_TimedRow]) -> bool:
    """Whether the seconds hardly change while the epochs do: then they are per epoch, not since the start."""
    seconds = [row.seconds for row in rows]
    return len(rows) > 1 and max(seconds) < 1.5 * min(seconds) and rows[-1].epoch >= 2 * rows[0].epoch


def _rising(name: str, rows: Sequence[_TimedRow]) -> Iterator[Finding]:
    """Seconds of one run that do not rise, and epochs that take far longer or shorter than the other epochs."""
    sound: list[_TimedRow] = []
    for row in rows:
        if sound and row.seconds <= sound[-1].seconds and row.epoch > sound[-1].epoch:
            if row.seconds == sound[-1].seconds and _is_rounded(sound[-1], row, rows):
                sound.append(row)
                continue
            yield _stands_still(name, sound[-1], row, [other for other in rows if other is not row])
        elif not sound or row.epoch > sound[-1].epoch:
            sound.append(row)
    points = [(0, 0.0), *((row.epoch, row.seconds) for row in sound)]
    paces = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points)]
    median = statistics.median(paces) if paces else 0.0
    if len(paces) < 3 or not median:
        return
    if 4 * sum(not 1 / _FAR <= pace / median <= _FAR for pace in paces) > len(paces) > 5:
        return  # the machine was never steady
    for row, pace in zip(sound, paces, strict=True):
        epochs = row.epoch - points[points.index((row.epoch, row.seconds)) - 1][0]
        is_rounded = row.seconds == int(row.seconds) and abs(pace - median) * epochs <= 1
        if not 1 / _FAR <= pace / median <= _FAR and not is_rounded:
            before = points[points.index((row.epoch, row.seconds)) - 1]
            yield Finding(
                "time",
                "doubtful",
                f"{name} took {pace:.1f} s per epoch from epoch {before[0]} to {row.epoch}, but {median:.1f} s "
                "elsewhere. Perhaps the machine was busy or was another one, or a figure is wrong.",
                where=row.where,
                reported=f"{row.seconds:,.0f} s at epoch {row.epoch}",
                possible=f"about {before[1] + median * (row.epoch - before[0]):,.0f} s",
            )


def _folded(findings: Sequence[Finding]) -> Iterator[Finding]:
    """One finding of each kind, with the number of the others."""
    kinds: dict[tuple[str, bool], list[Finding]] = defaultdict(list)
    for finding in findings:
        kinds[finding.severity, " s per epoch from " in finding.says].append(finding)
    for first, *others in kinds.values():
        more = f" {len(others)} more line{'s are' if len(others) > 1 else ' is'} alike." if others else ""
        yield replace(first, says=first.says + more)


def _is_rounded(before: _TimedRow, row: _TimedRow, rows: Sequence[_TimedRow]) -> bool:
    """Whether whole seconds can hide the time of the epochs between two rows."""
    if any(each.seconds != int(each.seconds) for each in rows):
        return False
    pace = (rows[-1].seconds - rows[0].seconds) / max(rows[-1].epoch - rows[0].epoch, 1)
    return pace * (row.epoch - before.epoch) < 2


def _stands_still(name: str, before: _TimedRow, row: _TimedRow, others: Sequence[_TimedRow]) -> Finding:
    paces = [
        (b.seconds - a.seconds) / (b.epoch - a.epoch)
        for a, b in pairwise(others)
        if b.seconds > a.seconds and b.epoch > a.epoch
    ]
    expected = ""
    if paces:
        after = before.seconds + statistics.median(paces) * (row.epoch - before.epoch)
        expected = f"about {after:,.0f} s, at {statistics.median(paces):.1f} s per epoch"
    same = row.seconds == before.seconds
    between = row.epoch - before.epoch
    return Finding(
        "time",
        "impossible" if same else "inconsistent",
        f"{name} has {before.seconds:,.0f} s at epoch {before.epoch} and "
        + (
            f"the same at epoch {row.epoch}: {between} epoch{'s' * (between > 1)} cannot take no time."
            if same
            else f"only {row.seconds:,.0f} s at epoch {row.epoch}. Elapsed time cannot fall unless the clock was "
            "restarted."
        ),
        where=row.where,
        reported=f"{row.seconds:,.0f} s at epoch {row.epoch}",
        possible=expected,
    )


def _words(evidence: Evidence) -> Iterator[Finding]:
    """Seconds that differ from the words beside them: `1054 secs, about half hour`."""
    said = _words_of_document(evidence.document) if evidence.document is not None else _words_of_study(evidence)
    for where, seconds, printed, words in said:
        named = words_to_seconds(words)
        if seconds < 60 or not named or 1 / _FAR <= seconds / named <= _FAR:
            continue
        yield Finding(
            "time",
            "inconsistent",
            f"{seconds:,.0f} s is {_format_duration(seconds)}, not '{words}', which is {named:,.0f} s. One of them is "
            "wrong, or they measure different things.",
            where=where,
            reported=f"{printed} s, {words}",
            possible=f"{_format_duration(seconds)}, or {named:,.0f} s",
        )


def _words_of_study(evidence: Evidence) -> Iterator[tuple[str, float, str, str]]:
    for figure in evidence.figures:
        if figure.seconds is not None and figure.said.words:
            yield figure.where, figure.seconds, str(figure.said.elapsed), figure.said.words


def _words_of_document(document: ReportDocument) -> Iterator[tuple[str, float, str, str]]:
    for index, line in enumerate(document.lines, 1):
        if len(line.text) < 400:
            seconds, words = elapsed(line.text)
            if seconds is not None and words is not None:
                yield document.where(index), number(seconds), seconds, words


def _twice(rows: Sequence[_TimedRow]) -> Iterator[Finding]:
    """The same time to the second in two runs: this is rarely chance."""
    same: dict[tuple[float, int], list[_TimedRow]] = defaultdict(list)
    for row in rows:
        if row.seconds >= _LONG:
            same[row.seconds, row.epoch].append(row)
    for (seconds, epoch), members in same.items():
        names = [row.name for row in members]
        if len(members) > 1 and len(set(names)) == len(names):
            of = " and ".join(dict.fromkeys(row.of for row in members))
            runs = of if " and " in of else f"{len(members)} runs"
            yield Finding(
                "time",
                "doubtful",
                f"{runs} have the same time at epoch {epoch}: {seconds:,.0f} s. Different runs rarely "
                "take the same time to the second, so a time may have been copied.",
                where=members[1].where,
                reported=f"{seconds:,.0f} s, {len(members)} times",
                possible="a different time for each run",
            )


def _faster(evidence: Evidence) -> Iterator[Finding]:
    """A claim that a network trains faster although it needs far more multiply-adds."""
    for where, claim in evidence.claims:
        compare = claim.compare
        if compare is None or compare.quantity not in ("seconds_per_epoch", "elapsed") or compare.expect != "less":
            continue
        of, other = evidence.network(compare.of), evidence.network(compare.with_)
        if of is None or other is None or of.macs <= 1.5 * other.macs:
            continue
        yield Finding(
            "time",
            "doubtful",
            f"{compare.of} is claimed to be faster than {compare.with_}, but it needs {of.macs / other.macs:.1f} times "
            f"as many multiply-adds for one image ({of.macs:,} against {other.macs:,}). The claim can be true if the "
            "machine waits for something else, such as data. Time both networks.",
            where=where,
            reported=claim.says,
            possible=f"about {of.macs / other.macs:.1f} times the time, if multiply-adds decide it",
        )


def _format_duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
