"""Elapsed times that stand still, jump, or disagree with the same time in words.

The rule checks:

* elapsed seconds that do not rise with the epoch;
* epochs that take far longer or shorter than the other epochs of the run;
* seconds that differ by more than 25 % from the words printed with them;
* two runs with the same time to the second;
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
from collections.abc import Iterator
from itertools import pairwise

from deepstudy.audits.evidence import Evidence, PrintedFigure
from deepstudy.audits.printed import words_to_seconds
from deepstudy.findings import Finding

_FAR = 1.25  # the factor by which "about" may be wrong, and by which epochs of one run may differ


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find elapsed times that stand still, jump, disagree with their words, or appear in two rows.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each such time, and for each claim of speed that the number of multiply-adds makes unlikely.
    """
    for name in evidence.trials:
        rows = [
            figure
            for figure in evidence.accuracies(name)
            if figure.seconds is not None and isinstance(figure.said.epoch, int)
        ]
        rows.sort(key=lambda figure: (figure.said.epoch, figure.seconds))
        if not _are_paces(rows):
            yield from _rising(name, rows)
    yield from _words(evidence)
    yield from _twice(evidence)
    yield from _faster(evidence)


def _are_paces(rows: list[PrintedFigure]) -> bool:
    """Whether the seconds hardly change while the epochs do: then they are per epoch, not since the start."""
    seconds = [_seconds(row) for row in rows]
    return len(rows) > 1 and max(seconds) < 1.5 * min(seconds) and _epoch(rows[-1]) >= 2 * _epoch(rows[0])


def _rising(name: str, rows: list[PrintedFigure]) -> Iterator[Finding]:
    """Seconds of one run that do not rise, and epochs that take far longer or shorter than the other epochs."""
    sound: list[PrintedFigure] = []
    for row in rows:
        if sound and _seconds(row) <= _seconds(sound[-1]) and _epoch(row) > _epoch(sound[-1]):
            yield _stands_still(name, sound[-1], row, [other for other in rows if other is not row])
        elif not sound or _epoch(row) > _epoch(sound[-1]):
            sound.append(row)
    points = [(0, 0.0), *((_epoch(row), _seconds(row)) for row in sound)]
    paces = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points)]
    median = statistics.median(paces) if paces else 0.0
    if len(paces) < 3 or not median:
        return
    for row, pace in zip(sound, paces, strict=True):
        if not 1 / _FAR <= pace / median <= _FAR:
            before = points[points.index((_epoch(row), _seconds(row))) - 1]
            yield Finding(
                "time",
                "doubtful",
                f"{name} took {pace:.1f} s per epoch from epoch {before[0]} to {_epoch(row)}, but {median:.1f} s "
                "elsewhere. Perhaps the machine was busy or was another one, or a figure is wrong.",
                where=row.where,
                reported=f"{_seconds(row):,.0f} s at epoch {_epoch(row)}",
                possible=f"about {before[1] + median * (_epoch(row) - before[0]):,.0f} s",
            )


def _stands_still(name: str, before: PrintedFigure, row: PrintedFigure, others: list[PrintedFigure]) -> Finding:
    paces = [
        (_seconds(b) - _seconds(a)) / (_epoch(b) - _epoch(a))
        for a, b in pairwise(others)
        if _seconds(b) > _seconds(a) and _epoch(b) > _epoch(a)
    ]
    expected = ""
    if paces:
        after = _seconds(before) + statistics.median(paces) * (_epoch(row) - _epoch(before))
        expected = f"about {after:,.0f} s, at {statistics.median(paces):.1f} s per epoch"
    same = _seconds(row) == _seconds(before)
    between = _epoch(row) - _epoch(before)
    return Finding(
        "time",
        "impossible" if same else "inconsistent",
        f"{name} has {_seconds(before):,.0f} s at epoch {_epoch(before)} and "
        + (
            f"the same at epoch {_epoch(row)}: {between} epoch{'s' * (between > 1)} cannot take no time."
            if same
            else f"only {_seconds(row):,.0f} s at epoch {_epoch(row)}. Elapsed time cannot fall unless the clock was "
            "restarted."
        ),
        where=row.where,
        reported=f"{_seconds(row):,.0f} s at epoch {_epoch(row)}",
        possible=expected,
    )


def _words(evidence: Evidence) -> Iterator[Finding]:
    for figure in evidence.figures:
        seconds, words = figure.seconds, figure.said.words
        named = words_to_seconds(words) if words else None
        if seconds is None or seconds < 60 or not named or 1 / _FAR <= seconds / named <= _FAR:
            continue
        yield Finding(
            "time",
            "inconsistent",
            f"{seconds:,.0f} s is {_format_duration(seconds)}, not '{words}', which is {named:,.0f} s. One of them is "
            "wrong, or they measure different things.",
            where=figure.where,
            reported=f"{figure.said.elapsed} s, {words}",
            possible=f"{_format_duration(seconds)}, or {named:,.0f} s",
        )


def _twice(evidence: Evidence) -> Iterator[Finding]:
    """The same time to the second in two rows: for different runs this is rarely chance."""
    rows: dict[tuple[float, object], list[PrintedFigure]] = defaultdict(list)
    for figure in evidence.accuracies():
        if figure.seconds:
            rows[figure.seconds, figure.said.epoch].append(figure)
    for (seconds, epoch), figures in rows.items():
        names = [figure.said.experiment for figure in figures]
        if len(figures) > 1 and len(set(names)) == len(names):
            yield Finding(
                "time",
                "doubtful",
                f"{' and '.join(names)} have the same time at epoch {epoch}: {seconds:,.0f} s. Different runs rarely "
                "take the same time to the second, so a time may have been copied.",
                where=figures[1].where,
                reported=f"{seconds:,.0f} s, {len(figures)} times",
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


def _epoch(figure: PrintedFigure) -> int:
    assert isinstance(figure.said.epoch, int)
    return figure.said.epoch


def _seconds(figure: PrintedFigure) -> float:
    assert figure.seconds is not None
    return figure.seconds
