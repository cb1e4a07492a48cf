"""The table of runs, and the environments that its letters stand for."""

from collections.abc import Iterable, Sequence

from deepstudy.record import MetricsLine, Record
from deepstudy.reporting.formatting import format_unusual_roles
from deepstudy.table import Table


def tabulate_runs(records: Sequence[Record]) -> Table:
    """Make the table of runs: epochs, last accuracy, times, and environment.

    Arguments:
        records: the records of the runs.

    Returns:
        A row for each run. `describe_environments` explains the letters.
    """
    letters = _letters(records)
    rows = []
    for record in records:
        split = record.info.resolved.roles.score_on
        pace = record.seconds_per_epoch()
        rows.append(
            [
                record.experiment + format_unusual_roles(record) + (" (timed)" if record.info.timing else ""),
                str(record.seed),
                record.info.status,
                str(record.epochs),
                _accuracy(record.at(record.epochs, split)),
                "–" if pace is None else f"{pace:.2f}",
                _elapsed(record),
                (record.info.began or "–")[:16].replace("T", " "),
                letters[_environment(record)],
            ]
        )
    columns = [
        "experiment",
        "seed",
        "status",
        "epochs",
        "accuracy (%)",
        "s/epoch",
        "total time (s)",
        "started (UTC)",
        "environment",
    ]
    return Table(columns, rows, frozenset({1, 3, 4, 5, 6}))


def _accuracy(line: MetricsLine | None) -> str:
    if line is None or line.accuracy is None:
        return "–"
    has_counts = line.correct is not None and line.images is not None
    return f"{line.accuracy:.2f}" + (f" ({line.correct:,}/{line.images:,})" if has_counts else "")


def _elapsed(record: Record) -> str:
    times = [line.elapsed for line in record.metrics if line.elapsed is not None]
    return f"{times[-1]:.0f}" if times else "–"


def describe_environments(records: Sequence[Record]) -> list[tuple[str, str]]:
    """Describe the environments in the table of runs.

    Arguments:
        records: the records of that table.

    Returns:
        Each letter, with its machine, versions and data.
    """
    return [(letter, environment) for environment, letter in _letters(records).items()]


def machines_of(records: Iterable[Record]) -> set[tuple[str | None, str | None]]:
    """Collect the machines that runs were trained on.

    Arguments:
        records: the records of the runs. The machine of external runs is not known.

    Returns:
        Each processor with its GPU, or with None.
    """
    machines = [record.info.machine for record in records if not record.external_file]
    return {(machine.cpu, machine.gpu) for machine in machines}


def _letters(records: Sequence[Record]) -> dict[str, str]:
    """The letter of each environment: A to Z, AA to ZZ, and so on."""
    environments = dict.fromkeys(_environment(record) for record in records)
    return {text: chr(ord("A") + number % 26) * (number // 26 + 1) for number, text in enumerate(environments)}


def _environment(record: Record) -> str:
    if record.external_file:
        return "external run; its machine is not known"
    machine, data = record.info.machine, record.info.data
    versions = ", ".join(f"{name} {version}" for name, version in record.info.versions.items())
    where = machine.gpu or machine.cpu
    sharing = record.info.runs_sharing_machine
    return (
        f"{machine.device}: {where}, {_several(machine.cores, 'core')}, {_several(machine.threads, 'thread')}, "
        f"{machine.system}; "
        f"precision {machine.precision}, {machine.layout}; {versions}; data {data.name} {data.fingerprint}"
        + ("" if sharing == 1 else f"; {sharing or 'an unknown number of'} runs shared the machine")
    )


def _several(number: int | None, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{'unknown' if number is None else number} {noun}s"
