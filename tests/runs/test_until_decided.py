"""Runs until the claims are decided: which claim gets the next seed, and when it ends."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from deepstudy.cli import main
from deepstudy.errors import InputError
from deepstudy.runs.plan import Plan, RunOptions
from deepstudy.runs.run import RunEnd
from deepstudy.runs.until_decided import Limits, look_at, run_until_decided
from deepstudy.study import Study, load_study
from deepstudy.verdicts import Verdict, VerdictWord
from deepstudy.verdicts.samples import SeedsNeeded

CLAIMS = """\
claims:
  - id: higher
    says: it
    compare: {of: dropped, with: plain, quantity: accuracy, split: test, epoch: 2, expect: greater}
  - {id: high, says: it, exceeds: {of: plain, quantity: accuracy, split: test, epoch: 2, level: 50}}
  - {id: many, says: it, exceeds: {of: plain, quantity: weights, level: 50}}
  - {id: faster, says: it, compare: {of: dropped, with: plain, quantity: seconds_per_epoch, expect: less}}
budgets:
"""


@pytest.fixture
def study(write_study: Callable[..., Path]) -> Study:
    return load_study(write_study(("budgets:\n", CLAIMS)))


def verdict(claim: str, word: VerdictWord = "undecided", needed: int | None = 4, runs: int = 3) -> Verdict:
    seeds = SeedsNeeded(needed, of_each=True)
    return Verdict(claim, "it", word, "", None, None, runs, "", needed=seeds if word == "undecided" else None)


class Runner:
    """Does no runs, and remembers which were wanted."""

    def __init__(self, judge: Callable[[dict[str, int]], Sequence[Verdict]]) -> None:
        self.judge = judge
        self.seeds = {"plain": 0, "dropped": 0}
        self.plans: list[list[tuple[str, int]]] = []
        self.said: list[str] = []

    def do_runs(self, plan: Plan) -> list[RunEnd]:
        self.plans.append([(run.experiment, run.seed) for run in plan.runs])
        assert all(run.until_decided for run in plan.runs)
        for name, seed in self.plans[-1]:
            self.seeds[name] = max(self.seeds[name], seed + 1)
        return [RunEnd(run, "complete") for run in plan.runs]

    def run(self, study: Study, folder: Path, limits: Limits = Limits()) -> list[RunEnd]:  # noqa: B008
        options = RunOptions(out=folder, until_decided=True)
        return run_until_decided(study, options, limits, lambda: self.judge(self.seeds), self.do_runs, self.said.append)


def test_a_claim_gets_seeds_until_it_is_decided(study: Study, tmp_path: Path) -> None:
    def judge(seeds: dict[str, int]) -> list[Verdict]:
        higher = "supported" if min(seeds.values()) >= 4 else "undecided"
        return [
            verdict("higher", higher),  # type: ignore[arg-type]
            verdict("high", "supported" if seeds["plain"] >= 2 else "undecided"),
            verdict("many"),
            verdict("faster", "not comparable"),
        ]

    runner = Runner(judge)
    ends = runner.run(study, tmp_path)
    assert runner.plans == [
        [("plain", 0), ("plain", 1)],  # for `high`, which needs the fewest runs
        [("dropped", 0), ("dropped", 1)],
        [("plain", 2), ("dropped", 2)],
        [("plain", 3), ("dropped", 3)],
    ]
    assert len(ends) == 8
    assert "Next: high (plain to 2 seeds)" in runner.said[0]
    assert runner.said[-1] == "2 claims decided. No further seed decides faster; the report says why."


def test_a_claim_that_needs_more_seeds_than_allowed_is_given_up_after_three(study: Study, tmp_path: Path) -> None:
    def judge(seeds: dict[str, int]) -> list[Verdict]:
        return [verdict("higher", needed=None), verdict("high", needed=30), verdict("many"), verdict("faster")]

    runner = Runner(judge)
    runner.run(study, tmp_path, Limits(most=8))
    assert runner.seeds == {"plain": 3, "dropped": 3}
    assert "Not even 8 seeds would probably decide higher, high." in runner.said[-1]


def test_no_experiment_gets_more_seeds_than_allowed(study: Study, tmp_path: Path) -> None:
    runner = Runner(lambda seeds: [verdict(name, needed=4) for name in ("higher", "high", "many", "faster")])
    runner.run(study, tmp_path, Limits(most=4))
    assert runner.seeds == {"plain": 4, "dropped": 4}


def test_two_seeds_at_most_end_after_two(study: Study, tmp_path: Path) -> None:
    runner = Runner(lambda seeds: [verdict(name, needed=4) for name in ("higher", "high", "many", "faster")])
    runner.run(study, tmp_path, Limits(most=2))
    assert runner.seeds == {"plain": 2, "dropped": 2}
    with pytest.raises(InputError, match="1 is too few"):
        runner.run(study, tmp_path, Limits(most=1))


def test_after_the_time_no_run_begins(study: Study, tmp_path: Path) -> None:
    runner = Runner(lambda seeds: [verdict(name) for name in ("higher", "high", "many", "faster")])
    assert runner.run(study, tmp_path, Limits(seconds=0.0)) == []
    assert runner.plans == []
    assert "The time is up: 0 claims decided, high, higher still open." in runner.said[-1]


def test_the_claim_that_needs_the_fewest_runs_comes_first(study: Study) -> None:
    claims = [claim for claim in study.claims if claim.id in ("higher", "high")]
    seeds = {"plain": 3, "dropped": 3}
    look = look_at(claims, [verdict("higher", needed=5), verdict("high", needed=6)], seeds, 10)
    assert [claim.id for claim, _ in look.open] == ["high", "higher"]  # 3 runs against 4


def test_options_that_contradict_it_are_refused(study: Study, write_study: Callable[..., Path], tmp_path: Path) -> None:
    for options, says in ((RunOptions(seeds=3), "remove --seeds"), (RunOptions(timing=True), "not for --timing")):
        with pytest.raises(InputError, match=says):
            run_until_decided(study, options, Limits(), list, lambda _: [], print)
    with pytest.raises(InputError, match="has no claims that runs decide"):
        run_until_decided(load_study(write_study()), RunOptions(out=tmp_path), Limits(), list, lambda _: [], print)


def exit_code(*words: str) -> object:
    with pytest.raises(SystemExit) as end:
        main([*words])
    return end.value.code


def test_the_command_does_it_and_the_report_knows(
    write_study: Callable[..., Path],
    tmp_path: Path,
    mnist5k: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_study(("budgets:\n", CLAIMS))
    assert exit_code("run", str(path), "--until", "decided", "--most", "3", "--json") == 0
    shown = capsys.readouterr()
    assert "0 claims decided, 2 open. Next: high (plain to 2 seeds)." in shown.err
    runs = json.loads(shown.out)["runs"]
    assert {(run["experiment"], run["seed"]) for run in runs} >= {("plain", 0), ("plain", 1), ("dropped", 1)}
    assert all(run["until_decided"] for run in runs)
    assert exit_code("report", str(path), "--json") == 0
    verdicts = {each["claim"]: each for each in json.loads(capsys.readouterr().out)}
    assert verdicts["higher"]["level"] in (97.5, 99.2)  # a half or a sixth of 5 %: the first looks
    assert exit_code("run", str(path), "--most", "3") == 2
    assert "--most needs --until decided" in capsys.readouterr().err
