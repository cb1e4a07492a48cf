"""Runs where they decide: the next seed goes to the claim that it would decide soonest."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from deepstudy.errors import InputError
from deepstudy.runs.plan import Plan, RunOptions, make_plan
from deepstudy.runs.run import RunEnd
from deepstudy.study import Study
from deepstudy.study.reported import Claim
from deepstudy.verdicts import COUNTS, TIMES, Verdict

MOST = 10  # seeds per experiment, by default
_FIRST = 2  # seeds that any claim needs
_BEFORE_GIVING_UP = 3  # the spread of 2 runs says too little to call a claim hopeless

Seeds = dict[str, int]  # the number of seeds of each experiment, from seed 0


@dataclass(frozen=True)
class Limits:
    """When to stop, decided or not.

    Attributes:
        most: seeds per experiment.
        seconds: the time after which no new run begins; None for no limit.
    """

    most: int = MOST
    seconds: float | None = None


@dataclass(frozen=True)
class Look:
    """What a look at the verdicts says.

    Attributes:
        open: the claims that more seeds may decide, with the number of seeds that each probably needs. The first one
            needs the fewest further runs.
        hopeless: the claims that so many seeds would not decide.
        decided: how many claims are decided.
        unreachable: the claims that no further seed decides, such as those about time.
    """

    open: Sequence[tuple[Claim, int]]
    hopeless: Sequence[Claim]
    decided: int
    unreachable: Sequence[Claim]


def run_until_decided(
    study: Study,
    options: RunOptions,
    limits: Limits,
    judge: Callable[[], Sequence[Verdict]],
    do_runs: Callable[[Plan], list[RunEnd]],
    say: Callable[[str], None],
) -> list[RunEnd]:
    """Do runs until the claims of a study are decided, or more runs are of no use.

    Arguments:
        study: the study.
        options: the experiments, the budget and the folder. The number of seeds follows from the verdicts.
        limits: when to stop in any case.
        judge: decides the claims from the runs that there are, with each look taken into account.
        do_runs: does the runs of a plan.
        say: prints a sentence: what a look shows, and which runs come next.

    Returns:
        How each run ended.

    Raises:
        InputError: the study has no claim that runs decide, or the options say how many runs there are to be.
    """
    _refuse(study, options, limits)
    names = set(options.experiments or study.names())
    claims = [claim for claim in study.claims if names.issuperset(claim.form.experiments)]
    claims = [claim for claim in claims if claim.form.quantity not in COUNTS]  # counting needs no run
    started, ends = time.monotonic(), dict[tuple[str, int], RunEnd]()
    seeds = {name: _complete_seeds(study, options, name, limits.most) for name in names}
    while True:
        look = look_at(claims, judge(), seeds, limits.most)
        if not look.open:
            break
        claim, needed = look.open[0]
        if limits.seconds is not None and time.monotonic() - started > limits.seconds:
            say(f"The time is up: {_count(look.decided)} decided, {_ids(claim for claim, _ in look.open)} still open.")
            return [*ends.values()]
        wanted = _next_seeds(claim, seeds, limits.most)
        per = f"; it probably needs {needed} seeds" if needed > _FIRST else ""
        runs = ", ".join(f"{name} to {count} seeds" for name, count in wanted.items())
        say(f"{_count(look.decided)} decided, {len(look.open)} open. Next: {claim.id} ({runs}{per}).")
        for end in do_runs(_plan(study, options, seeds, wanted)):
            ends[end.run.experiment, end.run.seed] = end
        seeds |= wanted
    say(_closing(look, limits))
    return [*ends.values()]


def look_at(claims: Sequence[Claim], verdicts: Sequence[Verdict], seeds: Seeds, most: int) -> Look:
    """Sort the claims of a study by what more seeds would do for them.

    Arguments:
        claims: the claims that may be decided.
        verdicts: the verdicts so far.
        seeds: how many seeds each experiment has.
        most: how many it may have.

    Returns:
        What is open, hopeless, decided, and out of reach.
    """
    by_id = {verdict.claim: verdict for verdict in verdicts}
    opened, hopeless, decided, unreachable = [], [], 0, []
    for claim in claims:
        verdict = by_id[claim.id]
        if claim.form.quantity in TIMES or verdict.verdict == "not comparable":
            unreachable.append(claim)
            continue
        if verdict.verdict != "undecided":
            decided += 1
            continue
        have = min(seeds[name] for name in claim.form.experiments)
        if have >= most:
            hopeless.append(claim)
        elif have < _FIRST:
            opened.append((claim, _FIRST))
        elif verdict.needed is None:
            unreachable.append(claim)
        elif have < _BEFORE_GIVING_UP:
            opened.append((claim, max(min(verdict.needed.fewest or most, most), have + 1)))
        elif verdict.needed.fewest is None or verdict.needed.fewest > most:
            hopeless.append(claim)
        else:
            opened.append((claim, verdict.needed.fewest))

    def further_runs(each: tuple[Claim, int]) -> int:
        return sum(max(each[1] - seeds[name], 0) for name in each[0].form.experiments)

    return Look(sorted(opened, key=further_runs), hopeless, decided, unreachable)


def _next_seeds(claim: Claim, seeds: Seeds, most: int) -> Seeds:
    """One seed more for the experiments of a claim that have the fewest; two for those that have none."""
    fewest = min(seeds[name] for name in claim.form.experiments)
    wanted = min(max(_FIRST, fewest + 1), most)
    return {name: wanted for name in claim.form.experiments if seeds[name] < wanted}


def _plan(study: Study, options: RunOptions, seeds: Seeds, wanted: Seeds) -> Plan:
    """The runs that lead from some seeds to those that are wanted."""
    plan = make_plan(study, replace(options, seeds=max(wanted.values())))
    return plan.select({(name, seed) for name, count in wanted.items() for seed in range(seeds[name], count)})


def _complete_seeds(study: Study, options: RunOptions, name: str, most: int) -> int:
    """How many seeds of an experiment are complete already, from seed 0 on."""
    plan = make_plan(study, replace(options, experiments=(name,), seeds=most))
    complete = {run.seed for run, state in zip(plan.runs, plan.states, strict=True) if run.is_complete(state)}
    return next((seed for seed in range(most) if seed not in complete), most)


def _refuse(study: Study, options: RunOptions, limits: Limits) -> None:
    if limits.most < _FIRST:
        raise InputError(f"most: {limits.most} is too few; a claim needs at least {_FIRST} seeds")
    if options.seeds is not None:
        raise InputError("--until decided chooses the number of seeds; remove --seeds, or give a limit with --most")
    if options.timing:
        raise InputError("--until decided is not for --timing: runs that take turns have a fixed number")
    if all(claim.form.quantity in COUNTS for claim in study.claims):
        raise InputError(f"{study.argument}: has no claims that runs decide; remove --until")


def _closing(look: Look, limits: Limits) -> str:
    parts = [f"{_count(look.decided)} decided."]
    if look.hopeless:
        parts.append(f"Not even {limits.most} seeds would probably decide {_ids(look.hopeless)}.")
    if look.unreachable:
        parts.append(f"No further seed decides {_ids(look.unreachable)}; the report says why.")
    return " ".join(parts)


def _ids(claims: Iterable[Claim]) -> str:
    return ", ".join(claim.id for claim in claims)


def _count(claims: int) -> str:
    return f"{claims} claim{'s' if claims != 1 else ''}"
