"""From claims and records to verdicts."""

from collections.abc import Sequence
from dataclasses import replace

from deepstudy.record import Record, RecordedExperiment
from deepstudy.study import Study, flatten
from deepstudy.study.reported import Claim, Exceeds, Form, Measure
from deepstudy.verdicts.comparable import images_compared, not_comparable, notes_on_uncounted
from deepstudy.verdicts.formatting import format_reported
from deepstudy.verdicts.forms import decide_form
from deepstudy.verdicts.image_noise import note_on_images
from deepstudy.verdicts.looks import decide_at_looks
from deepstudy.verdicts.quantities import by_seed
from deepstudy.verdicts.records import Layers, StudyRecords
from deepstudy.verdicts.verdict import UncorrectedVerdict, Undecidable, Verdict, correct


def decide(
    study: Study,
    records: Sequence[Record],
    budget: str | None = None,
    layers: Layers | None = None,
    timed: Sequence[Record] = (),
    until_decided: bool = False,
) -> list[Verdict]:
    """Decide the claims of a study.

    Arguments:
        study: the study.
        records: its runs.
        budget: the budget's name, None for the whole study.
        layers: layer tables of experiments without runs, for claims that need no run.
        timed: the timed runs.
        until_decided: whether somebody looks after every seed, also if no run says so yet.

    Returns:
        A verdict for each claim, in the order of the study.
    """
    counted = layers_of_study(study, records, layers)
    study_records = StudyRecords.from_records(study, budget, records, timed, counted)
    study_records = replace(study_records, until_decided=until_decided)
    return correct([_decide(study_records, claim) for claim in study.claims])


def layers_of_study(study: Study, records: Sequence[Record], layers: Layers | None = None) -> Layers:
    """Collect the layer tables of a study's own networks.

    Arguments:
        study: the study.
        records: its runs. A run whose network was changed by `--set` or a budget does not count.
        layers: layer tables of experiments without runs.

    Returns:
        A layer table by experiment.
    """
    of_runs = {
        record.experiment: record.layers for record in records if record.layers and _has_its_network(study, record)
    }
    return {**(layers or {}), **of_runs}


def values_of(
    study: Study,
    records: Sequence[Record],
    name: str,
    measure: Measure,
    budget: str | None = None,
    timed: Sequence[Record] = (),
) -> list[float]:
    """Measure a quantity.

    Arguments:
        study: the study.
        records: its runs.
        name: the experiment.
        measure: the quantity, with its split and epoch.
        budget: the budget's name, None for the whole study.
        timed: the timed runs.

    Returns:
        A value for each run that counts; an empty list if the runs do not have the quantity.
    """
    try:
        return list(by_seed(StudyRecords.from_records(study, budget, records, timed), name, measure).values())
    except Undecidable:
        return []


def _has_its_network(study: Study, record: Record) -> bool:
    """Whether a run has the network of the study. `--set` or a budget can change it."""
    now, then = RecordedExperiment.from_experiment(study.experiment(record.experiment)), record.info.resolved
    old, new = flatten(then.model.document), flatten(now.model.document)
    same = all(old[key] == new[key] for key in old.keys() & new.keys())  # a record may be older than an option
    return same and then.data.name == now.data.name


def _decide(records: StudyRecords, claim: Claim) -> UncorrectedVerdict:
    """Decide a claim before the correction. Runs that cannot be compared overrule the result of its form."""
    form = claim.form
    draft = Verdict(
        claim=claim.id,
        says=claim.says,
        verdict="undecided",
        reported=format_reported(records.study, form),
        measured=None,
        interval=None,
        runs=0,
        reason="",
        source=claim.source,
    )
    other_images, images_note = images_compared(records, form)
    try:
        result = decide_at_looks(records, form, lambda looked_at: decide_form(looked_at, form, draft))
        obstacle = other_images or not_comparable(records, form)
    except Undecidable as why:
        result, obstacle = UncorrectedVerdict(replace(draft, runs=why.runs, reason=why.reason)), other_images
    if obstacle:
        result = UncorrectedVerdict(
            replace(result.verdict, verdict="not comparable", reason=obstacle, p=None), notes=result.notes
        )
    on_images = "" if obstacle else note_on_images(records, form, result.verdict.measured)
    notes = (*result.notes, *filter(None, (images_note, on_images)), *notes_on_uncounted(records, form))
    return replace(result, notes=notes, parameter=_parameter(form))


def _parameter(form: Form) -> tuple[object, ...]:
    """What a claim is about, without what it says about it: claims with the same parameter share an interval."""
    said = {"expect", "margin", "reported", "about", "of", "with_"} | (
        {"level"} if isinstance(form, Exceeds) else set()
    )
    return type(form).__name__, frozenset(form.experiments), str(form.model_dump(exclude=said))
