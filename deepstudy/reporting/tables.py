"""The tables of the page and of the terminal: their columns and cells."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deepstudy.layer_table.table import Layer, LayerTable
from deepstudy.record import MetricsLine, Record, RecordedExperiment
from deepstudy.study import Study, flatten, in_common
from deepstudy.study.reported import FORMS, Reported, says_about
from deepstudy.table import Table
from deepstudy.verdicts import (
    COUNTS,
    Layers,
    Verdict,
    count_in,
    format_interval,
    format_number,
    runs_that_count,
    values_of,
)


def layers(table: LayerTable) -> Table:
    """Lay out the layers of a network, with their totals.

    Arguments:
        table: the network's layer table.

    Returns:
        A row for each layer, and one for the totals.
    """
    rows = [
        [
            layer.name,
            layer.kind,
            "x".join(str(size) for size in layer.output),
            _weights(layer),
            _count(layer.biases),
            _count(layer.macs),
        ]
        for layer in table.layers
    ]
    rows.append(["total", "", "", f"{table.weights:,}", f"{table.biases:,}", f"{table.macs:,}"])
    columns = ["layer", "kind", "output", "weights", "biases", "multiply-adds"]
    return Table(columns, rows, frozenset({3, 4, 5}))


def _weights(layer: Layer) -> str:
    if not layer.weights:
        return ""
    return f"{layer.arithmetic} = {layer.weights:,}" if layer.arithmetic else f"{layer.weights:,}"


def _count(number: int) -> str:
    return f"{number:,}" if number else ""


def accuracies(study: Study, records: Sequence[Record], timed: Sequence[Record] = ()) -> Table:
    """Lay out each experiment's accuracy on the images that it is scored on, over seeds.

    Arguments:
        study: the study.
        records: its runs.
        timed: the runs made for their times; where there are some, times are theirs.

    Returns:
        A row for each experiment. There is a column for each epoch that matters: the epochs of the report's accuracies
        and claims, the epochs with which experiments end, and the last epoch that all runs of one have finished.
    """
    by_name, timed_by_name = group(records), group(timed)
    done = {name: min(run.epochs for run in runs) for name, runs in by_name.items()}
    last = max(done.values(), default=0)
    ends = {done[name] for name, runs in by_name.items() if done[name] == runs[0].info.resolved.epochs}
    epochs = sorted({epoch for epoch in named_epochs(study) if epoch < last} | ends | ({last} if last else set()))
    sets = {name: _data(runs) for name, runs in by_name.items()}
    one_set = len(set(sets.values())) < 2
    rows = []
    for name, runs in by_name.items():
        split = runs[0].info.resolved.roles.score_on
        cells = [] if one_set else [sets[name]]
        for epoch in epochs:
            lines = [line for run in runs if (line := run.at(epoch, split))]
            values = [line.accuracy for line in lines if line.accuracy is not None]
            cells.append(mean_and_spread(values) + (f" (n={len(values)})" if 0 < len(values) < len(runs) else ""))
        timers = timed_by_name.get(name, []) if timed else runs
        seconds = [time for run in timers if (time := run.seconds_per_epoch()) is not None]
        median = f"{statistics.median(seconds):.1f}" if seconds else "–"
        parameters = next((n for run in runs if (n := run.info.model.parameters) is not None), None)
        size = "–" if parameters is None else f"{parameters:,}"
        rows.append([name + _continued(runs[0]) + _swapped(runs[0]), *cells, str(len(runs)), median, size])
    caption = f"{study.name}: accuracy (%) on {score_splits(records)}" if rows else ""
    caption += f" of {next(iter(sets.values()))}" if rows and one_set else ""
    shared = any((run.info.runs_sharing_machine or 1) > 1 for run in records)
    trained_on = machines(timed or records)
    kind = "timed" if timed else "shared" if shared else ""
    kind = ", ".join(filter(None, (kind, f"{len(trained_on)} machines" if len(trained_on) > 1 else "")))
    pace = "s/epoch" + (f" ({kind})" if kind else "")
    columns = ["experiment", *([] if one_set else ["data"]), *(f"epoch {epoch}" for epoch in epochs)]
    columns += ["seeds", pace, "parameters"]
    return Table(columns, rows, frozenset(range(1 if one_set else 2, len(columns))), caption)


def _data(runs: Sequence[Record]) -> str:
    """The data set of an experiment's runs, and which copy it was, where that is not the published one."""
    data = runs[0].info.data
    return data.name + (f" ({data.provenance})" if data.published is False else "")


def _continued(run: Record) -> str:
    """` (after vgg, epoch 8)`, of a run that starts from another's weights."""
    start = run.info.resolved.starts_after
    return f" (after {start[0]}, epoch {start[1]})" if start else ""


def _swapped(run: Record) -> str:
    """` (trained on test, scored on train)`, of a run whose images have other roles than usual."""
    roles = run.info.resolved.roles
    return "" if roles.are_usual else f" (trained on {roles.train_on}, scored on {roles.score_on})"


def score_splits(records: Sequence[Record]) -> str:
    """Say which images the experiments are scored on.

    Arguments:
        records: the runs.

    Returns:
        `the 10,000 test images`.
    """
    splits: dict[str, int | None] = {}
    for run in records:
        split = run.info.resolved.roles.score_on
        splits[split] = splits.get(split) or run.info.data.splits.get(split)
    return " and ".join(
        f"the {count:,} {split} images" if count else f"the {split} images" for split, count in splits.items()
    )


def mean_and_spread(values: Iterable[float]) -> str:
    """Write the mean and the standard deviation (n - 1) over runs.

    Arguments:
        values: a value of each run.

    Returns:
        `98.93 ± 0.08`; the value alone where there is one, and a dash where there is none.
    """
    numbers = list(values)
    if not numbers:
        return "–"
    mean = f"{statistics.fmean(numbers):.2f}"
    return f"{mean} ± {statistics.stdev(numbers):.2f}" if len(numbers) > 1 else mean


def machines(records: Iterable[Record]) -> set[tuple[str | None, str | None]]:
    """Collect the machines that runs were trained on.

    Arguments:
        records: the runs; external runs do not know their machine.

    Returns:
        Each processor with its GPU, None where there is none.
    """
    trained_on = [run.info.machine for run in records if not run.external_file]
    return {(machine.cpu, machine.gpu) for machine in trained_on}


def group(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Group the runs that count.

    Arguments:
        records: any runs.

    Returns:
        The runs that have finished an epoch and did not fail, by experiment.
    """
    groups: dict[str, list[Record]] = {}
    for record in runs_that_count(records):
        groups.setdefault(record.experiment, []).append(record)
    return groups


def named_epochs(study: Study) -> list[int]:
    """Collect the epochs at which the report gives an accuracy or a loss, or a claim compares one.

    Arguments:
        study: the study.

    Returns:
        The epochs in their order, without the first epoch.
    """
    measures: list[Any] = [*study.reported, *(claim.form for claim in study.claims)]
    return sorted(
        {
            epoch
            for measure in measures
            if getattr(measure, "quantity", "accuracy") in ("accuracy", "loss")
            and isinstance(epoch := getattr(measure, "epoch", None), int)
            and epoch > 1
        }
    )


MARKS = {"supported": "✔", "contradicted": "✘", "undecided": "?", "not comparable": "≠"}


def verdicts(decided: Sequence[Verdict]) -> Table:
    """Lay out verdicts: each claim, what was reported and measured, the verdict and its reason.

    Arguments:
        decided: the verdicts.

    Returns:
        A row for each verdict.
    """
    is_marked = any(each.source == "report" for each in decided)
    rows = [
        [
            f"{MARKS[each.verdict]} {each.verdict}",
            each.says + (" (not the report's claim)" if is_marked and each.source != "report" else ""),
            each.reported,
            "–" if each.measured is None else number(each.measured),
            interval(each),
            str(each.runs) if each.runs else "–",
            each.reason,
        ]
        for each in decided
    ]
    columns = ["verdict", "claim", "reported", "measured", "95 % interval", "n", "why"]
    return Table(columns, rows, frozenset({3, 4, 5}), marks=frozenset(MARKS.values()))


def tally(decided: Sequence[Verdict]) -> str:
    """Count the verdicts, in a sentence: `Of 16 claims 3 are supported, 13 undecided.`

    Arguments:
        decided: the verdicts.

    Returns:
        The sentence; it counts claims that are not the report's apart. "" where there are no claims.
    """
    words = [each.verdict for each in decided if each.source == "report"]
    own = [each.verdict for each in decided if each.source != "report"]
    if not words and not own:
        return ""
    if not own:
        return (f"The claim is {words[0]}" if len(words) == 1 else f"Of {len(words)} claims {_counts(words)}") + "."
    if not words:
        one = f"The claim, which is not the report's, is {own[0]}."
        return one if len(own) == 1 else f"Of {len(own)} claims, none of them the report's, {_counts(own)}."
    ours = f"The report's claim is {words[0]}" if len(words) == 1 else f"Of the report's {len(words)} claims "
    ours += _counts(words) if len(words) > 1 else ""
    rest = f"the other is {own[0]}" if len(own) == 1 else f"of {len(own)} others {_counts(own)}"
    return f"{ours}; {rest}."


def _counts(words: Sequence[str]) -> str:
    """`1 is supported, 2 undecided`."""
    first, *others = ((count, word) for word in MARKS if (count := words.count(word)))
    return ", ".join(
        [f"{first[0]} {'is' if first[0] == 1 else 'are'} {first[1]}", *(f"{n} {word}" for n, word in others)]
    )


def interval(verdict: Verdict) -> str:
    """Write the interval of a verdict.

    Arguments:
        verdict: the verdict.

    Returns:
        `-0.12 to 0.34`, and a dash where there is none. An interval of another level than 95 %, or for one more run,
        says so.
    """
    if verdict.interval is None:
        return "–"
    ends = format_interval(verdict.interval, verdict.bounds)
    ends += " (of one run)" if verdict.is_prediction else ""
    return ends if verdict.level == 95 else f"{ends} ({verdict.level} %)"


def number(value: float) -> str:
    """Write a measured number.

    Arguments:
        value: the number.

    Returns:
        `68.04`, `61,470`.
    """
    return format_number(value)


def figures(study: Study, records: Sequence[Record], budget: str | None, timed: Sequence[Record] = ()) -> Table:
    """Lay out the report's figures beside what the runs give; counts and sizes have a table of their own.

    Arguments:
        study: the study.
        records: its runs.
        budget: the budget's name, None for the whole study.
        timed: the runs made for their times; where an experiment has some, its times are theirs.

    Returns:
        A row for each figure.
    """
    by_name, rows = group(records), []
    for figure in study.reported:
        if figure.quantity in COUNTS:
            continue
        runs = by_name.get(figure.experiment, [])
        split, roles = figure.split, study.experiment(figure.experiment, budget).roles
        if split == roles.train_on != "train":  # the report calls the images that it scored by another name
            split = roles.score_on
            figure = figure.model_copy(update={"split": split})
        if split is None and figure.quantity in ("best_accuracy", "saturation_epoch", "epochs_to") and runs:
            split = runs[0].info.resolved.roles.score_on
        is_known = split is not None or figure.quantity in ("seconds_per_epoch", "elapsed")
        values = values_of(study, records, figure.experiment, figure, budget, timed) if is_known else []
        epoch = study.experiment(figure.experiment, budget).epochs if figure.epoch == "last" else figure.epoch
        lines = [run.at(epoch, split) for run in runs if isinstance(epoch, int) and split]
        times = [line.elapsed for line in lines if line and line.elapsed is not None]
        source = "" if figure.source == "report" else f" ({figure.source})"
        rows.append(
            [
                figure.experiment,
                _called(figure, split),
                str(figure.epoch or "–"),
                ("about " if figure.about and not says_about(figure.value) else "") + figure.value + source,
                mean_and_spread(values),
                str(len(values)) if values else "–",
                figure.elapsed or "–",
                f"{statistics.median(times):,.0f}" if times and figure.elapsed else "–",
            ]
        )
    columns = ["experiment", "figure", "epoch", "reported", "measured", "n", "reported s", "measured s"]
    return Table(columns, rows, frozenset({2, 3, 4, 5, 6, 7}))


def _called(figure: Reported, split: str | None) -> str:
    """`accuracy on test (10,000 images)`, `epochs to 80 % on test`, `seconds per epoch`."""
    what = figure.quantity.replace("_", " ")
    if figure.quantity == "epochs_to" and figure.level is not None:
        what += f" {figure.level:g} %"
    if figure.quantity not in ("seconds_per_epoch", "elapsed"):
        what += f" on {split or '?'}"
    besides = ", ".join(filter(None, (f"{figure.images:,} images" if figure.images else "", figure.says)))
    return f"{what} ({besides})" if besides else what


def arithmetic(study: Study, layer_tables: Layers) -> Table:
    """Lay out the parameter counts of the report beside the counts of the networks that were built.

    Arguments:
        study: the study.
        layer_tables: the layer tables by experiment.

    Returns:
        A row for each count of an experiment that has a layer table.
    """
    rows = []
    for figure in study.reported:
        table = layer_tables.get(figure.experiment)
        if figure.quantity not in COUNTS or figure.quantity == "shape" or table is None:
            continue
        count, (low, high) = count_in(table, figure), figure.meant
        same = "" if count is None else "same" if low <= count <= high else "differs"
        what = f"{figure.quantity} of {figure.layer}" if figure.layer else f"{figure.quantity} in all"
        what += f" ({figure.says})" if figure.says else ""
        value = ("about " if figure.about and not says_about(figure.value) else "") + figure.value
        rows.append([figure.experiment, what, value, "–" if count is None else f"{count:,}", same])
    return Table(["experiment", "figure", "reported", "built", "match"], rows, frozenset({2, 3}))


def reported(study: Study) -> Table:
    """Lay out every figure that the report printed.

    Arguments:
        study: the study.

    Returns:
        A row for each figure, with what it claims to be.
    """
    rows = []
    for figure in study.reported:
        what = figure.quantity.replace("_", " ")
        if figure.split:
            what += f" on the {figure.split} images" + (f" ({figure.images:,} of them)" if figure.images else "")
        if figure.layer:
            what += f" of {figure.layer}"
        epoch = "" if figure.epoch is None else f"{figure.epoch}"
        time = " ".join(filter(None, (figure.elapsed and f"{figure.elapsed} s", figure.words and f"({figure.words})")))
        about = "about " if figure.about else ""
        note = figure.says or figure.quote or ""
        rows.append([figure.experiment, what, epoch, about + figure.value, time, note, figure.source])
    columns = ["experiment", "figure", "epoch", "reported", "after", "says", "source"]
    used = [column for column in range(len(columns)) if column < 4 or any(row[column] for row in rows)]
    return Table([columns[column] for column in used], [[row[column] for column in used] for row in rows])


def claims(study: Study) -> Table:
    """Lay out the claims of a study.

    Arguments:
        study: the study.

    Returns:
        A row for each claim, in words and in the form that decides it.
    """
    rows = []
    for claim in study.claims:
        form = next(name for name in FORMS if getattr(claim, name) is not None)
        parts = claim.form.model_dump(by_alias=True, exclude_defaults=True)
        how = ", ".join(f"{key} {value}" for key, value in parts.items())
        rows.append([claim.id, claim.says, f"{form}: {how}", claim.source])
    return Table(["claim", "says", "decided by", "source"], rows)


def common_recipe(study: Study, budget: str | None, recorded: Mapping[str, RecordedExperiment]) -> Table:
    """Lay out the recipe that most experiments share.

    Arguments:
        study: the study.
        budget: the budget's name, None for the whole study.
        recorded: the experiments by name.

    Returns:
        A row for each value, with where it comes from.
    """
    common = in_common([flatten(each.document) for each in recorded.values()])
    rows = [
        [key, text(value), _origin(study, key, budget)]
        for key, value in common.items()
        if value is not None and key != "says" and not key.startswith("model.")
    ]
    return Table(["key", "value", "from"], rows)


def _origin(study: Study, key: str, budget: str | None) -> str:
    origin = study.value_origin(key, budget=budget).origin
    return {"code": "the report's code", "budget": f"budget {budget}"}.get(origin, origin)


def differences(recorded: Mapping[str, RecordedExperiment]) -> Table:
    """Lay out what each experiment does otherwise than most.

    Arguments:
        recorded: the experiments by name.

    Returns:
        A row for each experiment.
    """
    flats = {name: flatten(each.document) for name, each in recorded.items()}
    common = in_common(list(flats.values()))
    rows = []
    for name, flat in flats.items():
        changed = [key for key in flat if key != "says" and (key == "model.name" or flat[key] != common[key])]
        rows.append([name, ", ".join(f"{key} = {text(flat[key])}" for key in changed)])
    return Table(["experiment", "differs in"], rows)


def runs(records: Sequence[Record]) -> Table:
    """Lay out the runs: how far each came, its last accuracy, its times, and its environment.

    Arguments:
        records: the runs.

    Returns:
        A row for each run; see `environments` for the letters.
    """
    kinds = _environment_letters(records)
    rows = []
    for run in records:
        split = run.info.resolved.roles.score_on
        line = run.at(run.epochs, split)
        pace = run.seconds_per_epoch()
        rows.append(
            [
                run.experiment + _swapped(run) + (" (timing)" if run.info.timing else ""),
                str(run.seed),
                run.info.status,
                str(run.epochs),
                _accuracy(line),
                "–" if pace is None else f"{pace:.2f}",
                _elapsed(run),
                (run.info.began or "–")[:16].replace("T", " "),
                kinds[_environment(run)],
            ]
        )
    columns = [
        "experiment",
        "seed",
        "status",
        "epochs",
        "accuracy (%)",
        "s/epoch",
        "seconds",
        "began (UTC)",
        "environment",
    ]
    return Table(columns, rows, frozenset({1, 3, 4, 5, 6}))


def _accuracy(line: MetricsLine | None) -> str:
    if line is None or line.accuracy is None:
        return "–"
    known = line.correct is not None and line.images is not None
    return f"{line.accuracy:.2f}" + (f" ({line.correct:,}/{line.images:,})" if known else "")


def _elapsed(run: Record) -> str:
    times = [line.elapsed for line in run.metrics if line.elapsed is not None]
    return f"{times[-1]:.0f}" if times else "–"


def environments(records: Sequence[Record]) -> list[tuple[str, str]]:
    """Describe the environments that the table of runs names by letter.

    Arguments:
        records: the runs of that table.

    Returns:
        Each letter with machine, versions and data.
    """
    return [(letter, text) for text, letter in _environment_letters(records).items()]


def _environment_letters(records: Sequence[Record]) -> dict[str, str]:
    found = dict.fromkeys(_environment(run) for run in records)
    return {text: chr(ord("A") + number % 26) * (number // 26 + 1) for number, text in enumerate(found)}


def _environment(run: Record) -> str:
    if run.external_file:
        return "a training loop of its author's own; what it ran on is not known"
    machine, data = run.info.machine, run.info.data
    versions = ", ".join(f"{name} {version}" for name, version in run.info.versions.items())
    where = machine.gpu or machine.cpu
    sharing = run.info.runs_sharing_machine
    return (
        f"{machine.device}: {where}, {machine.cores} cores, {machine.threads} threads, {machine.system}; "
        f"precision {machine.precision}, {machine.layout}; {versions}; data {data.name} {data.fingerprint}"
        + ("" if sharing == 1 else f"; {sharing or 'an unknown number of'} runs at once")
    )


def text(value: Any) -> str:
    """Write a value of a recipe.

    Arguments:
        value: a value of a study file.

    Returns:
        The text that a person would write.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(text(item) for item in value) if isinstance(value, list) else str(value)
