"""The values of a recording of `watch`: what the program computed, and what it printed."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from deepstudy.audits.evidence import of_text
from deepstudy.audits.measured.values import MeasuredRun, RunValue, WrongPrint
from deepstudy.audits.reading.statements import Statement
from deepstudy.datasets import DATASETS
from deepstudy.watching.averages import Averages
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.judge import score_rounds
from deepstudy.watching.printed_numbers import numbers_of
from deepstudy.watching.recording import Recording, read_recording
from deepstudy.watching.result import Score

_MOST_LINES = 2000  # printed lines that are read
_ZERO = re.compile(r"\bepochs?\W{0,3}0+(?![\d.])", re.IGNORECASE)


def runs_of_recording(folder: Path) -> Sequence[MeasuredRun]:
    """Read a recording.

    Arguments:
        folder: its folder.

    Returns:
        A run for each kind of network that was trained or scored.

    Raises:
        InputError: the recording is damaged.
    """
    evidence = ProgramEvidence(read_recording(folder))
    recording = evidence.recording
    by_network: dict[str, list[Score]] = defaultdict(list)
    for score in score_rounds(evidence):
        by_network[score.network].append(score)
    printed, numbers = _printed(recording)
    wrong = tuple(_wrong(evidence))
    script = Path(recording.script).stem
    return [
        MeasuredRun(
            script if len(by_network) == 1 else f"{script} {network}",
            f"{folder} {network}",
            str(folder),
            tuple(_values(scores)),
            data=_data(recording),
            network=network,
            # What was not seen, and data that stood in, leave open what the report's own run measured.
            is_complete=not (recording.exit or recording.error or recording.not_observed or recording.notes),
            counts_from_zero=any(_ZERO.search(line.text) for line in recording.printed),
            settings=_settings(recording),
            printed=printed,
            numbers=numbers,
            wrong=wrong,
        )
        for network, scores in by_network.items()
    ]


def _values(scores: Sequence[Score]) -> Iterator[RunValue]:
    for score in scores:
        accuracy = 100 * score.correct / score.images if score.correct is not None else score.accuracy
        for quantity, value in (("accuracy", accuracy), ("loss", score.loss)):
            if value is not None and score.epoch > 0:
                yield RunValue(quantity, score.split, score.epoch, value)


def _settings(recording: Recording) -> dict[str, float]:
    """Numbers that the program was run with; those that it uses in two ways are left out."""
    trained = {each.loader for each in recording.rounds if each.trained}
    sizes = {each.batch_size for each in recording.loaders if each.number in trained}
    rates = {each.settings.get("lr") for each in recording.optimizers if each.steps}
    found: dict[str, set[float | None]] = {
        "batch_size": {*sizes} if -1 not in trained else set(),
        "optimizer.lr": set() if recording.schedulers else rates,  # some schedules replace the rate at once
        "parameters": {each.parameters for each in recording.networks},
        "seconds": {recording.seconds},
    }
    singles = {key: values.pop() for key, values in found.items() if len(values) == 1}
    return {key: float(value) for key, value in singles.items() if value is not None}


def _data(recording: Recording) -> str | None:
    """The data set, by the name of its class."""
    names = {re.sub(r"[^a-z0-9]", "", name): name for name in DATASETS}
    kinds = {names.get(each.kind.lower()) for each in recording.datasets}
    return kinds.pop() if len(kinds) == 1 else None


def _lines(recording: Recording) -> list[str]:
    """The printed lines; of a long output its beginning and its end."""
    lines = [line.text for line in recording.printed if re.search(r"\d", line.text)]
    return lines if len(lines) <= _MOST_LINES else lines[: _MOST_LINES // 2] + lines[-_MOST_LINES // 2 :]


def _printed(recording: Recording) -> tuple[tuple[Statement, ...], tuple[float, ...]]:
    """What the program printed, as a report says it; and the numbers of lines without words for them."""
    lines = _lines(recording)
    statements = of_text("\n".join(lines), recording.script).statements
    understood = {each.span.line for each in statements}
    others = [line for at, line in enumerate(lines) if at not in understood]
    return tuple(statements), tuple({number.value for line in others for number in numbers_of(line)})


def _wrong(evidence: ProgramEvidence) -> Iterator[WrongPrint]:
    """All numbers that were printed where a wrong average was: one for each epoch."""
    places = {}
    for each in Averages(evidence).wrong:
        at = [number.text for number in numbers_of(each.line.text)].index(each.printed.text)
        places[each.line.where, at] = each.says
    for line in evidence.recording.printed:
        for at, number in enumerate(numbers_of(line.text)):
            if (line.where, at) in places:
                yield WrongPrint(number.text, number.quantity, places[line.where, at], line.where)
