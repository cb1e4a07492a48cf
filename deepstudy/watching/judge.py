"""All rules, applied to one recording."""

import math

from deepstudy.errors import InputError
from deepstudy.findings import Finding, worst_first
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.recording import RecordedProgram, Round
from deepstudy.watching.result import Score, WatchResult
from deepstudy.watching.rules import ROOT_CAUSES, RULES


def judge(program: RecordedProgram) -> WatchResult:
    """Apply all rules to what a program did.

    Arguments:
        program: the recording.

    Returns:
        The findings, the worst first.

    Raises:
        InputError: no training was observed, so nothing can be said.
    """
    evidence = ProgramEvidence(program)
    recording = program.recording
    if not evidence.training:
        said = [part for part in (recording.error_where, recording.error) if part]
        why = f" ({': '.join(said)})" if said else ""
        unseen = " ".join(recording.not_observed)
        raise InputError(
            f"{recording.script}: no training was observed{why}; watch sees `backward` on the output of an nn.Module "
            f"in the main thread, so nothing is said about it. {unseen}".rstrip()
        )
    findings: list[Finding] = []
    for rule in RULES.values():
        findings += rule.load()(evidence)
    # One mistake, one finding: networks of one class, or batches of other sizes, meet it again at the same place.
    findings = list({(each.rule, each.where, each.severity): each for each in reversed(findings)}.values())[::-1]
    if any(each.rule in ROOT_CAUSES and each.severity == "bug" for each in findings):
        findings = [each for each in findings if each.rule != "does_not_learn"]
    return WatchResult(
        recording.script,
        recording.exit,
        score_rounds(evidence),
        worst_first(findings),
        tuple(recording.not_observed),
        tuple(recording.notes),
        recording,
    )


def score_rounds(evidence: ProgramEvidence) -> list[Score]:
    """Recompute what each round measured.

    Arguments:
        evidence: the recorded program.

    Returns:
        The training and scoring rounds, in order.
    """
    return [_score(evidence, each) for each in evidence.rounds]


def _score(evidence: ProgramEvidence, seen: Round) -> Score:
    accuracy, loss = evidence.accuracy(seen), evidence.loss(seen)
    hits = evidence.program.array(seen, "hits")
    return Score(
        epoch=sum(each.network == seen.network and each.start <= seen.start for each in evidence.training),
        split=evidence.role(seen),
        trained=seen.trained,
        network=evidence.network(seen.network).kind,
        images=evidence.images(seen),
        correct=None if accuracy is None else int(hits.sum()),
        accuracy=None if accuracy is None else round(accuracy, 4),
        loss=None if loss is None or not math.isfinite(loss) else round(loss, 6),
        lr=seen.rate,
        seconds=round(seen.seconds, 3),
        data=evidence.describe(seen),
        where=seen.where,
    )
