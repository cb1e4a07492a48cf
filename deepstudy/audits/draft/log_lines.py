"""Lines of a log as a study file reads them: as they are printed, else with their numbers in a common form."""

from deepstudy.audits.printed import LogLine, Printed, log_line


def format_line(line: LogLine) -> str:
    """Write a line of a log.

    Rows of tables and lines in other languages are not read in a study file, so their numbers are written out. A line
    below `Epoch 3/20` gets its epoch.

    Arguments:
        line: the line.

    Returns:
        The line as printed, if a study file reads all its numbers; else a line with the same numbers.
    """
    epoch = f"Epoch {line.epoch}{_of(line.epochs)}" if line.epoch is not None else ""
    for text in (line.text, f"{epoch}: {line.text}"):
        read = log_line(text, line.where)
        if read is not None and _is_same(line, read):
            return text
    step = f"Step {line.step}{_of(line.steps)}" if line.step is not None else ""
    numbers = [f"{_split(loss)}loss {_plain(loss.text)}" for loss in line.losses]
    numbers += [f"{_split(accuracy)}accuracy {_rate(accuracy)}" for accuracy in line.accuracies]
    splits = {number.split for number in (*line.losses, *line.accuracies)}
    phase = f"{splits.pop()}: " if splits in ({"test"}, {"validation"}) else ""
    return phase + ", ".join(part for part in (epoch, step, *numbers) if part)


def _of(last: int | None) -> str:
    return "" if last is None else f"/{last}"


def _split(number: Printed) -> str:
    return f"{number.split} " if number.split else ""


def _plain(digits: str) -> str:
    return digits.replace(",", ".")


def _rate(accuracy: Printed) -> str:
    """An accuracy with the unit that it is printed in."""
    digits = _plain(accuracy.text).rstrip(" %")
    if not digits.replace(".", "", 1).isdecimal() or len(digits) > 20:
        return f"{accuracy.value:.10g}%"
    return digits if abs(100 * float(digits) - accuracy.value) < 1e-6 and float(digits) <= 1 else f"{digits}%"


def _is_same(line: LogLine, read: LogLine) -> bool:
    """Whether a study file reads what the document says. It may read more, such as an epoch after the last one."""
    counters = zip((line.epochs, line.step, line.steps), (read.epochs, read.step, read.steps), strict=True)
    has_epoch = line.epoch in (None, read.epoch) or read.phase is not None
    return (
        has_epoch
        and all(wanted in (None, there) for wanted, there in counters)
        and _are_read(line.losses, read.losses, read.phase)
        and _are_read(line.accuracies, read.accuracies, read.phase)
    )


def _are_read(wanted: tuple[Printed, ...], read: tuple[Printed, ...], phase: str | None) -> bool:
    """Whether the numbers that are read are among those of the document, and none of a split is missing.

    The document may say one thing twice: a count beside its percentage, a loss beside its mean so far.
    """
    return len(read) >= len({each.split for each in wanted}) and all(_is_among(each, wanted, phase) for each in read)


def _is_among(number: Printed, others: tuple[Printed, ...], phase: str | None) -> bool:
    split = number.split or phase
    return any(
        abs(number.value - each.value) < 1e-6 and (split is None or each.split in (None, split)) for each in others
    )
