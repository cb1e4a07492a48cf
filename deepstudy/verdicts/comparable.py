"""What may be compared, and which runs a comparison does not count."""

from collections.abc import Iterator, Sequence
from typing import Any

from deepstudy.record import MachineInfo, Record, RecordedExperiment
from deepstudy.study.reported import Compare, Drops, Exceeds, Overtakes, Saturates, Value
from deepstudy.verdicts.runs import (
    COUNTS,
    TIMES,
    Runs,
    epoch_of_time,
    experiments_of,
    format_share,
    how_to_time,
    is_of_whole_runs,
    quantity_of,
)


def not_comparable(runs: Runs, form: Any) -> str:
    """Say why the runs cannot decide a claim.

    Arguments:
        runs: the runs of the study.
        form: the form of the claim.

    Returns:
        A sentence; "" if they can.
    """
    if quantity_of(form) in COUNTS:
        return ""
    figure = "This is a figure of the report" if runs.study.has_report else "This is a figure from elsewhere"
    used = [run for name in experiments_of(form) for run in runs.of(name, form)]
    settings = {" ".join(sorted(pair for pair in run.info.overrides if _matters(pair, run, form))) for run in used}
    if len(settings) > 1:
        with_ = " and ".join(f"--set {each}" if each else "no --set" for each in sorted(settings))
        return f"Some of the runs had {with_}, so that more differs than the claim is about."
    if quantity_of(form) in TIMES:
        if isinstance(form, Value):
            return f"{figure}, and times here are of another machine."
        return _times_not_comparable(runs, used)
    overrides = sorted({pair for run in used for pair in run.info.overrides if _matters(pair, run, form)})
    if isinstance(form, Value | Exceeds | Drops):
        if runs.budget:
            return f"{figure}, and these runs are under the budget {runs.budget}."
        if overrides:
            return f"{figure}, and these runs had --set {' '.join(overrides)}."
        unpublished = sorted({run.info.data.provenance for run in used if run.info.data.published is False})
        if unpublished:
            return f"{figure}, and the data here is {unpublished[0]}."
    if isinstance(form, Compare | Overtakes):
        data = {(run.info.data.name, run.info.resolved.data.size, run.info.data.fingerprint) for run in used}
        names = [(name, size) for name, size, fingerprint in data if fingerprint is not None]
        if twice := next((name for name in names if names.count(name) > 1), None):
            return f"The runs are of different copies of {twice[0]}, so that they were not scored on the same images."
        lengths = sorted({run.epochs for run in used})
        if is_of_whole_runs(form) and len(lengths) > 1 and any(run.epochs != runs.last(run.experiment) for run in used):
            ran = " and ".join(map(str, lengths))
            return f"The runs are of {ran} epochs, so that more differs than the claim is about."
    if isinstance(form, Saturates) and any(_has_other_epochs(runs, run) for run in used):
        changes = f"the budget {runs.budget}" if runs.budget else "--set"
        return f"This is about a number of epochs, and {changes} changes what an epoch is."
    return ""


def _matters(override: str, run: Record, form: Any) -> bool:
    """Whether a --set pair makes a run another one for a claim, and not only a longer or a shorter one."""
    if override.partition("=")[0].strip() != "epochs" or is_of_whole_runs(form):
        return True
    return not run.info.resolved.extends


def images_compared(runs: Runs, form: Any) -> tuple[str, str]:
    """Compare the images of the two experiments of a claim.

    Arguments:
        runs: the runs of the study.
        form: the form of the claim.

    Returns:
        Why their images forbid a comparison, and else in what the images differ, which is then what is compared.
        Each is a sentence, or "".
    """
    if not hasattr(form, "with_") or quantity_of(form) in COUNTS:
        return "", ""
    split = getattr(form, "split", None) or ""
    both = [runs.recorded(name) for name in experiments_of(form)]
    data = [
        (one.data.name, {"test": one.data.test_images, "validation": one.data.validation}.get(split)) for one in both
    ]
    if data[0] == data[1] and both[0].roles == both[1].roles:
        return "", ""
    parts = []
    for name, one, (data_name, size) in zip(experiments_of(form), both, data, strict=True):
        of = f" of {data_name}" if data[0] != data[1] else ""
        of += f" ({size:,} of them)" if of and size else ""
        scored_on = "validation" if split == "validation" else one.roles.score_on
        parts.append(f"{name} is trained on {one.roles.train_on} and scored on {scored_on} images{of}")
    differs = "; ".join(parts)
    follow = {"data", "roles", "normalize", "says", "log"}  # the images, what follows from them, and mere words
    ours, theirs = (one.document for one in both)
    differing = [key for key in ours if key not in follow and ours[key] != theirs.get(key)]
    if differing:
        return f"Different images: {differs}. They differ in {' and '.join(differing[:3])} as well.", ""
    return "", f"The images are what is compared: {differs}."


def _has_other_epochs(runs: Runs, run: Record) -> bool:
    """Whether the epochs of a run have other images or other batches than the study's."""
    here, there = (
        (one.batch_size, one.data.name, one.data.train_images, one.data.validation)
        for one in (RecordedExperiment.from_experiment(runs.study.experiment(run.experiment)), run.info.resolved)
    )
    return here != there


def _times_not_comparable(runs: Runs, used: Sequence[Record]) -> str:
    command = how_to_time(runs)
    if own := next((run.external_file for run in used if run.external_file), None):
        return f"{own} is a file of somebody's own loop, whose machine is not known; {command}."
    machines = [machine for run in used for machine in (run.info.machine, *_machines_before(run))]
    if len({(each.cpu, each.gpu, each.device, each.threads, each.precision) for each in machines}) > 1:
        return f"The runs are of different machines, threads or precisions; {command}."
    if any((run.info.runs_sharing_machine or 0) != 1 for run in used):
        return f"Other runs shared the machine; {command}."
    if not all(run.info.timing for run in used):
        return f"The runs were not interleaved; {command}."
    return ""


def _machines_before(run: Record) -> list[MachineInfo]:
    """The machines that a run was on until it was cut short."""
    return [cut.machine_before for cut in run.info.resumed if cut.machine_before]


def notes_on_uncounted(runs: Runs, form: Any) -> Iterator[str]:
    """Say which runs a claim does not count, or counts otherwise than as they are.

    Arguments:
        runs: the runs of the study.
        form: the form of the claim.

    Yields:
        A sentence for each reason.
    """
    if quantity_of(form) in COUNTS:
        return
    for name in experiments_of(form):
        pool = runs.pool(name, form)
        failed = [run for run in pool if run.info.status == "failed"]
        rest = [run for run in pool if run.info.status != "failed"]
        if rest and failed:
            yield f"{format_share(len(failed), len(pool), name)} failed and {_is(failed)} not counted."
        if is_of_whole_runs(form):
            used = {run.seed for run in runs.of(name, form)}
            short = [run for run in rest if run.seed not in used]
            is_done = all(run.info.status == "complete" for run in short)
            how = "of another length" if is_done else "not complete"
            why = f"{_is(short)} {how} and not counted: this is about the whole training."
        else:
            epoch = _epoch(runs, name, form)
            short = [run for run in rest if run.epochs < epoch and not run.info.timing]
            why = f"{'has' if len(short) == 1 else 'have'} not come to epoch {epoch}."
        if 0 < len(short) < len(rest):
            yield f"{format_share(len(short), len(pool), name)} {why}"
        timed = [run for run in rest if run.info.timing]
        if quantity_of(form) == "elapsed" and any(epoch_of_time(runs, run, form) > run.epochs for run in timed):
            yield f"The time of {name} is that of its timed epochs, at the same pace for all."


def _epoch(runs: Runs, name: str, form: Any) -> int:
    """The epoch that a claim is about, 1 where it is about none."""
    epoch = getattr(form, "epoch", getattr(form, "at", 1))
    return runs.last(name) if epoch == "last" else epoch if isinstance(epoch, int) else 1


def _is(some: Sequence[Record]) -> str:
    return "is" if len(some) == 1 else "are"
