"""What is comparable, and which runs a claim does not count."""

from collections.abc import Iterator, Sequence

from deepstudy.record import MachineInfo, Record, RecordedExperiment
from deepstudy.study.reported import Compare, Drops, Exceeds, Form, Measure, Overtakes, Saturates, Value
from deepstudy.verdicts.formatting import format_share, format_timing_advice
from deepstudy.verdicts.quantities import epoch_of_time
from deepstudy.verdicts.records import COUNTS, TIMES, StudyRecords, is_of_whole_runs


def not_comparable(records: StudyRecords, form: Form) -> str:
    """Say why the runs cannot decide a claim.

    Arguments:
        records: the records of the study.
        form: the form of the claim.

    Returns:
        A sentence; "" if they can decide it.
    """
    if form.quantity in COUNTS:
        return ""
    counted = [record for name in form.experiments for record in records.counted(name, form)]
    settings = {" ".join(overrides) for overrides in _overrides(counted, form)}
    if len(settings) > 1:
        had = " and ".join(f"--set {pairs}" if pairs else "no --set" for pairs in sorted(settings))
        return f"The runs had different settings ({had}), so they differ in more than the claim is about."
    if form.quantity in TIMES:
        return _times_not_comparable(records, counted, form)
    if isinstance(form, Value | Exceeds | Drops):
        return _figure_not_comparable(records, counted, form)
    if isinstance(form, Compare | Overtakes):
        return _experiments_not_comparable(records, counted, form)
    if isinstance(form, Saturates) and any(_has_other_epochs(records, record) for record in counted):
        changes = f"the budget {records.budget}" if records.budget else "--set"
        return f"The claim is about a number of epochs, but {changes} changes the images or batches of an epoch."
    return ""


def _overrides(records: Sequence[Record], form: Form) -> list[list[str]]:
    """The --set pairs of each record that matter to a claim. A different number of epochs alone may not."""

    def matters(pair: str, record: Record) -> bool:
        only_length = pair.partition("=")[0].strip() == "epochs" and not is_of_whole_runs(form)
        return not (only_length and record.info.resolved.extends)

    return [sorted(pair for pair in record.info.overrides if matters(pair, record)) for record in records]


def _times_not_comparable(records: StudyRecords, counted: Sequence[Record], form: Form) -> str:
    if isinstance(form, Value):
        whose = "The report's" if records.study.has_report else "The published"
        return f"{whose} times are from another machine."
    advice = format_timing_advice(records.study, records.budget)
    if file := next((record.external_file for record in counted if record.external_file), None):
        return f"The machine of the external run {file} is not known. {advice}"
    machines = [machine for record in counted for machine in _machines(record)]
    ways = {
        (each.cpu, each.gpu, each.device, each.threads, each.precision, each.layout, bool(each.deterministic))
        for each in machines
    }
    if len(ways) > 1:
        return f"The runs differ in machine, threads, precision, layout or --deterministic. {advice}"
    if any((record.info.runs_sharing_machine or 0) != 1 for record in counted):
        return f"Other runs shared the machine. {advice}"
    if not all(record.info.timing for record in counted):
        return f"The runs did not take turns. {advice}"
    return ""


def _machines(record: Record) -> list[MachineInfo]:
    """The machine of a run, and the machines before each interruption."""
    return [record.info.machine, *(cut.machine_before for cut in record.info.resumed if cut.machine_before)]


def _figure_not_comparable(records: StudyRecords, counted: Sequence[Record], form: Form) -> str:
    figure = "The figure is from the report" if records.study.has_report else "The figure was measured elsewhere"
    if records.budget:
        return f"{figure}, but the runs used the budget {records.budget}."
    overrides = sorted({pair for pairs in _overrides(counted, form) for pair in pairs})
    if overrides:
        return f"{figure}, but the runs used --set {' '.join(overrides)}."
    unpublished = sorted({record.info.data.provenance for record in counted if record.info.data.published is False})
    if unpublished:
        return f"{figure}, but the data here is {unpublished[0]}."
    return ""


def _experiments_not_comparable(records: StudyRecords, counted: Sequence[Record], form: Form) -> str:
    copies = {
        (record.info.data.name, record.info.resolved.data.size, record.info.data.fingerprint) for record in counted
    }
    data = [(name, size) for name, size, fingerprint in copies if fingerprint is not None]
    if twice := next((each for each in data if data.count(each) > 1), None):
        return f"The runs used different copies of {twice[0]}, so they were not scored on the same images."
    lengths = sorted({record.epochs for record in counted})
    as_planned = all(record.epochs == records.last_epoch(record.experiment) for record in counted)
    if is_of_whole_runs(form) and len(lengths) > 1 and not as_planned:
        epochs = " and ".join(map(str, lengths))
        return f"The runs have {epochs} epochs, so they differ in more than the claim is about."
    return ""


def _has_other_epochs(records: StudyRecords, record: Record) -> bool:
    """Whether the epochs of a run have different images or batches than the study's."""
    now, then = (
        (recorded.batch_size, recorded.data.name, recorded.data.train_images, recorded.data.validation)
        for recorded in (
            RecordedExperiment.from_experiment(records.study.experiment(record.experiment)),
            record.info.resolved,
        )
    )
    return now != then


def images_compared(records: StudyRecords, form: Form) -> tuple[str, str]:
    """Compare the images of the two experiments of a claim.

    Arguments:
        records: the records of the study.
        form: the form of the claim.

    Returns:
        Two texts, each a sentence or "": why the images cannot be compared, and how they differ if the claim is about
        that difference.
    """
    if not isinstance(form, Compare | Overtakes) or form.quantity in COUNTS:
        return "", ""
    ours, theirs = (records.recorded(name) for name in form.experiments)
    data = [_scored_data(recorded, form.split) for recorded in (ours, theirs)]
    if data[0] == data[1] and ours.roles == theirs.roles:
        return "", ""
    parts = []
    for name, recorded, (data_name, size) in zip(form.experiments, (ours, theirs), data, strict=True):
        of = f" of {data_name}" if data[0] != data[1] else ""
        count = f"{size:,} " if of and size else ""
        scored_on = "validation" if form.split == "validation" else recorded.roles.score_on
        parts.append(
            f"{name} is trained on {recorded.roles.train_on} images and scored on {count}{scored_on} images{of}"
        )
    images = "; ".join(parts)
    follow = {"data", "roles", "normalize", "says", "log"}  # the images, what depends on them, and descriptions
    differing = [key for key in ours.document if key not in follow and ours.document[key] != theirs.document.get(key)]
    if differing:
        also = f"They also differ in {' and '.join(differing[:3])}."
        return f"The experiments use different images: {images}. {also}", ""
    return "", f"The claim compares these images: {images}."


def _scored_data(recorded: RecordedExperiment, split: str | None) -> tuple[str, int | None]:
    """The data set, and the number of images of a split if the study gives it."""
    data = recorded.data
    return data.name, {"test": data.test_images, "validation": data.validation}.get(split or "")


def notes_on_uncounted(records: StudyRecords, form: Form) -> Iterator[str]:
    """Say which runs a claim does not count, and which times are extrapolated.

    Arguments:
        records: the records of the study.
        form: the form of the claim.

    Yields:
        A sentence for each reason.
    """
    if form.quantity in COUNTS:
        return
    yield from _notes_on_epochs(records, form)
    for name in form.experiments:
        pool = records.pool(name, form)
        failed = [record for record in pool if record.info.status == "failed"]
        unfailed = [record for record in pool if record.info.status != "failed"]
        if unfailed and failed:
            yield f"{format_share(len(failed), len(pool), name)} failed and {_is(failed)} not counted."
        if is_of_whole_runs(form):
            counted = {record.seed for record in records.counted(name, form)}
            uncounted = [record for record in unfailed if record.seed not in counted]
            is_done = all(record.info.status == "complete" for record in uncounted)
            how = "not of the same length" if is_done else "not complete"
            why = f"{_is(uncounted)} {how} and not counted, because the claim is about the whole training."
        else:
            epoch = _epoch(records, name, form)
            uncounted = [record for record in unfailed if record.epochs < epoch and not record.info.timing]
            why = f"{'has' if len(uncounted) == 1 else 'have'} not reached epoch {epoch}."
        if 0 < len(uncounted) < len(unfailed):
            yield f"{format_share(len(uncounted), len(pool), name)} {why}"
        if isinstance(form, Measure) and form.quantity == "elapsed":
            timed = [record for record in unfailed if record.info.timing]
            if any(epoch_of_time(records, record, form) > record.epochs for record in timed):
                yield f"The time of {name} is extrapolated from its timed epochs."


def _notes_on_epochs(records: StudyRecords, form: Form) -> Iterator[str]:
    """Say that a claim about a late epoch is decided at an earlier one, the last of the budget."""
    epoch = getattr(form, "epoch", None)
    used = {records.epoch_of(name, epoch) for name in form.experiments} if isinstance(epoch, int) else set()
    if used - {epoch}:
        yield f"Decided after {' and '.join(map(str, sorted(used)))} of {epoch} epochs, where the budget ends."


def _epoch(records: StudyRecords, name: str, form: Form) -> int:
    """The epoch that a claim names; 1 if it names none."""
    if isinstance(form, Saturates | Overtakes):
        return 1
    epoch = form.at if isinstance(form, Drops) else form.epoch
    return records.epoch_of(name, epoch) if epoch == "last" or isinstance(epoch, int) else 1


def _is(records: Sequence[Record]) -> str:
    return "is" if len(records) == 1 else "are"
