"""What may be compared, and what is left out of a comparison."""

from collections.abc import Iterator, Sequence
from typing import Any

from deepstudy.catalog import SCHEDULES
from deepstudy.record import Record
from deepstudy.study.reported import Compare, Drops, Exceeds, Overtakes, Saturates, Value
from deepstudy.verdicts.runs import (
    COUNTS,
    TIMES,
    Runs,
    epoch_of_time,
    experiments_of,
    how_to_time,
    is_of_whole_runs,
    quantity_of,
    so_many,
)


def not_comparable(runs: Runs, form: Any) -> str:
    """Why the runs cannot decide a claim, '' if they can."""
    if quantity_of(form) in COUNTS:
        return ""
    figure = "A figure of the report" if runs.study.has_report else "A figure from elsewhere"
    used = [run for name in experiments_of(form) for run in runs.of(name, form)]
    settings = {" ".join(sorted(pair for pair in run.info["overrides"] if _matters(pair, run, form))) for run in used}
    if len(settings) > 1:
        with_ = " and ".join(f"--set {each}" if each else "no --set" for each in sorted(settings))
        return f"Some of the runs had {with_}, so that more differs than the claim is about."
    if quantity_of(form) in TIMES:
        if isinstance(form, Value):
            return f"{figure}, and times here are another machine's."
        return _times_not_comparable(runs, used)
    overrides = sorted({pair for run in used for pair in run.info["overrides"] if _matters(pair, run, form)})
    if isinstance(form, Value | Exceeds | Drops):
        if runs.budget:
            return f"{figure}, and these runs are under the budget {runs.budget}."
        if overrides:
            return f"{figure}, and these runs had --set {' '.join(overrides)}."
        copies = sorted(
            {run.info["data"].get("copy", "another copy") for run in used if not run.info["data"]["published"]}
        )
        if copies:
            return f"{figure}, and the data here is {copies[0]}."
    if isinstance(form, Compare | Overtakes):
        data = {
            (
                run.info["data"].get("name"),
                run.info["resolved"]["data"].get("size"),
                run.info["data"].get("fingerprint"),
            )
            for run in used
        }
        names = [(name, size) for name, size, fingerprint in data if fingerprint is not None]
        if twice := next((name for name in names if names.count(name) > 1), None):
            return f"The runs are of different copies of {twice[0]}, so that they were not scored on the same images."
        lengths = sorted({run.epochs for run in used})
        if is_of_whole_runs(form) and len(lengths) > 1 and any(run.epochs != runs.last(run.experiment) for run in used):
            ran = " and ".join(map(str, lengths))
            return f"The runs are of {ran} epochs, so that more differs than the claim is about."
    if isinstance(form, Saturates) and any(_has_other_epochs(runs, run) for run in used):
        changes = f"the budget {runs.budget}" if runs.budget else "--set"
        return f"A number of epochs, and {changes} changes what an epoch is."
    return ""


def _matters(override: str, run: Record, form: Any) -> bool:
    """Whether a --set pair makes a run another one for a claim, and not only a longer or a shorter one."""
    if override.partition("=")[0].strip() != "epochs" or is_of_whole_runs(form):
        return True
    resolved = run.info["resolved"]
    schedule = SCHEDULES.get(resolved["schedule"]["name"])
    return schedule is None or schedule.needs_length or bool(resolved.get("resolution"))


def images_compared(runs: Runs, form: Any) -> tuple[str, str]:
    """Why two experiments on different images cannot be compared; or else what of them differs and is compared."""
    if not hasattr(form, "with_") or quantity_of(form) in COUNTS:
        return "", ""
    both = [runs.resolved(name) for name in experiments_of(form)]
    besides = {"test": ("test_images",), "validation": ("validation",)}
    keys = ("name", *besides.get(getattr(form, "split", None) or "", ()))
    held_out = "validation" if "validation" in keys else None
    data = [{key: one["data"].get(key) for key in keys} for one in both]
    roles = [one["roles"] for one in both]
    if data[0] == data[1] and roles[0] == roles[1]:
        return "", ""
    parts = []
    for name, one, where in zip(experiments_of(form), both, roles, strict=True):
        of = f" of {one['data']['name']}" if data[0] != data[1] else ""
        size = one["data"].get(keys[-1]) if len(keys) > 1 else None
        of += f" ({size:,} of them)" if of and size else ""
        parts.append(
            f"{name} is trained on {where['train_on']} and scored on {held_out or where['score_on']} images{of}"
        )
    differs = "; ".join(parts)
    follow = {"data", "roles", "normalize", "says", "log"}  # the images, what follows from them, and mere words
    others = [key for key in both[0] if key not in follow and both[0][key] != both[1].get(key)]
    if others:
        return f"Different images: {differs}. They differ in {' and '.join(others[:3])} as well.", ""
    return "", f"The images are what is compared: {differs}."


def _has_other_epochs(runs: Runs, run: Record) -> bool:
    """Whether the epochs of a run have other images or other batches than the study's."""
    full, done = runs.study.experiment(run.experiment).model_dump(mode="json"), run.info["resolved"]
    keys = ("name", "train_images", "validation")
    here, there = ([one["batch_size"], *(one["data"].get(key) for key in keys)] for one in (full, done))
    return here != there


def _times_not_comparable(runs: Runs, used: Sequence[Record]) -> str:
    command = how_to_time(runs)
    if own := next((run.external_file for run in used if run.external_file), None):
        return f"{own} is a file of somebody's own loop, whose machine is not known; {command}."
    keys = ("cpu", "gpu", "device", "threads", "precision")
    machines = [machine for run in used for machine in (run.info["machine"], *_machines_before(run))]
    if len({tuple(machine.get(key) for key in keys) for machine in machines}) > 1:
        return f"The runs are of different machines, threads or precisions; {command}."
    if any((run.info.get("runs_sharing_machine") or 0) != 1 for run in used):
        return f"Other runs shared the machine; {command}."
    if not all(run.info.get("timing") for run in used):
        return f"The runs were not interleaved; {command}."
    return ""


def _machines_before(run: Record) -> list[dict[str, Any]]:
    """The machines that a run was on until it was cut short."""
    return [cut["machine_before"] for cut in run.info.get("resumed", []) if "machine_before" in cut]


def left_out(runs: Runs, form: Any) -> Iterator[str]:
    """How many runs a claim does not count, or counts otherwise than as they are, and why."""
    if quantity_of(form) in COUNTS:
        return
    for name in experiments_of(form):
        pool = runs.pool(name, form)
        failed = [run for run in pool if run.info["status"] == "failed"]
        rest = [run for run in pool if run.info["status"] != "failed"]
        if rest and failed:
            yield f"{so_many(len(failed), len(pool), name)} failed and {_is(failed)} not counted."
        if is_of_whole_runs(form):
            used = {run.seed for run in runs.of(name, form)}
            short = [run for run in rest if run.seed not in used]
            is_done = all(run.info["status"] == "complete" for run in short)
            how = "of another length" if is_done else "not complete"
            why = f"{_is(short)} {how} and not counted: this is about the whole training."
        else:
            epoch = _epoch(runs, name, form)
            short = [run for run in rest if run.epochs < epoch and not run.info.get("timing")]
            why = f"{'has' if len(short) == 1 else 'have'} not come to epoch {epoch}."
        if 0 < len(short) < len(rest):
            yield f"{so_many(len(short), len(pool), name)} {why}"
        timed = [run for run in rest if run.info.get("timing")]
        if quantity_of(form) == "elapsed" and any(epoch_of_time(runs, run, form) > run.epochs for run in timed):
            yield f"The time of {name} is that of its timed epochs, at the same pace for all."


def _epoch(runs: Runs, name: str, form: Any) -> int:
    """The epoch that a claim is about, 1 where it is about none."""
    epoch = getattr(form, "epoch", getattr(form, "at", 1))
    return runs.last(name) if epoch == "last" else epoch if isinstance(epoch, int) else 1


def _is(some: Sequence[Record]) -> str:
    return "is" if len(some) == 1 else "are"
