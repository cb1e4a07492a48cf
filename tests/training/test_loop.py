"""The training loop: that it learns, and that a run which was cut and continued is the run that was not."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from deepstudy.errors import InputError
from deepstudy.loading import Dataset
from deepstudy.record import RunDirectory
from deepstudy.study import Study
from deepstudy.training import checkpoint, device, loop
from deepstudy.training.state import SAVE_EVERY, NotFiniteError, TrainingStopped

#: Everything that has a state or a random number: momentum, dropout, augmentation, a switch in the running epoch.
HARD = [
    "model.dropout=0.3",
    "batch_size=25",
    "augment.crop=2",
    "augment.flip=true",
    "schedule={name: switch, until: train_accuracy > 15, then: 0.01, warmup: 1.5}",
    "log={every: 2, line: 'Epoch [{epoch}/{epochs}], Step [{step}/{steps}] Loss: {mean_loss:.4f}'}",
]


STEPS = 8  # two epochs of 90 images in batches of 25


#: The same of recipes for short runs.
FAST = [
    "batch_size=25",
    "optimizer={name: muon, lr: 0.05}",
    "schedule={name: linear, warmup: 0.5}",
    "augment.flip=alternating",
    "scoring={flip: true, every: 2}",
]


def after(calls: int) -> Callable[[], bool]:
    """A `stop` that says yes the `calls`-th time it is asked."""
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked >= calls

    return stop


@pytest.fixture
def uncut(setup_of: Any, directory: Any, result: Any, tmp_path: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    run = directory(tmp_path / "uncut")
    loop.train(setup_of(*HARD), run)
    metrics, state = result(run)
    assert [line["lr"] for line in metrics if line["split"] == "train"] == [pytest.approx(0.05 * 0.75 / 1.5), 0.01]
    return metrics, state


@pytest.mark.parametrize("steps", [3, 5])
def test_a_short_recipe_that_is_cut_goes_on_the_same(
    setup_of: Any, directory: Any, result: Any, same: Any, tmp_path: Path, steps: int
) -> None:
    """Muon's and Adam's state, alternating flip, scores after the last epoch alone."""
    whole, cut = directory(tmp_path / "whole"), directory(tmp_path / "cut")
    loop.train(setup_of(*FAST), whole)
    with pytest.raises(TrainingStopped):
        loop.train(setup_of(*FAST), cut, should_stop=after(steps))
    loop.train(setup_of(*FAST), cut)
    metrics, _ = result(whole)
    assert [(line["epoch"], line["split"]) for line in metrics] == [
        (1, "train"),
        *((2, split) for split in ("train", "validation", "test")),
    ]
    assert same(result(whole), result(cut))


def test_metrics_say_what_was_measured(setup_of: Any, directory: Any, digits: Dataset, tmp_path: Path) -> None:
    run = directory(tmp_path)
    model = loop.train(setup_of(), run).model
    metrics = run.metrics()
    assert [(line.epoch, line.split, line.measure, line.images) for line in metrics] == [
        (epoch, split, measure, images)
        for epoch in (1, 2)
        for split, measure, images in (("train", "running", 90), ("validation", "scored", 30), ("test", "scored", 40))
    ]
    for line in metrics:
        assert line.accuracy == pytest.approx(100 * line.correct / line.images, abs=1e-4)
    times = [line.elapsed for line in metrics]
    assert times == sorted(times)
    model.eval()
    mean, std = setup_of().normalization()
    images = (digits.splits["test"].images.float() / 255 - mean[0]) / std[0]
    assert int((model(images).argmax(1) == digits.splits["test"].labels).sum()) == metrics[-1].correct


@pytest.mark.slow
def test_it_learns(setup_of: Any, directory: Any, tmp_path: Path) -> None:
    loop.train(setup_of("epochs=40", "batch_size=15"), directory(tmp_path))
    assert RunDirectory(tmp_path).metrics()[-1].accuracy > 90


def test_a_switch_comes_within_the_epoch_or_at_its_end(setup_of: Any, directory: Any, tmp_path: Path) -> None:
    """Of the running training error at once, of an epoch's test accuracy from the next epoch on."""
    for until, rates in (("train_error < 101", [0.5, 0.5]), ("test_accuracy < 101", [0.05, 0.5])):
        run = directory(tmp_path / until.split()[0])
        loop.train(setup_of(f"schedule={{name: switch, until: '{until}', then: 0.5}}"), run)
        assert [line.lr for line in run.metrics() if line.split == "train"] == rates


def test_bfloat16_runs_learn_and_go_on_exactly(
    setup_of: Any, directory: Any, result: Any, same: Any, tmp_path: Path
) -> None:
    settings = ("batch_size=10", "epochs=4", "optimizer.lr=0.02")
    whole = replace(setup_of(*settings), machine=device.choose_machine("cpu", "bf16"))
    uncut, cut = directory(tmp_path / "uncut"), directory(tmp_path / "cut")
    loop.train(whole, uncut)
    with pytest.raises(TrainingStopped):
        loop.train(whole, cut, after(13))
    loop.train(whole, cut)
    assert same(result(cut), result(uncut))
    losses = [line.loss for line in uncut.metrics() if line.split == "train"]
    assert losses[-1] < losses[0] - 0.1
    exact = directory(tmp_path / "exact")
    loop.train(replace(whole, machine=device.choose_machine("cpu")), exact)
    exactly = [line.loss for line in exact.metrics() if line.split == "train"]
    assert losses == pytest.approx(exactly, abs=0.1)
    assert losses != exactly


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{los}", "knows epoch, epochs, step, .* not 'los'"),
        ("{loss.real}", "not 'loss.real'"),
        ("{}", "not ''"),
        ("{loss:q}", "format code"),
        ("{loss", "expected '}'"),
        ("{loss:{foo}}", "cannot be filled in"),
        ("{loss:{}}", "cannot be filled in"),
        ("{loss}\\n", "has a line break or another control character; remove it"),
        ("{loss}\\r", "has a line break or another control character; remove it"),
    ],
)
def test_a_line_that_cannot_be_written_is_refused_when_the_study_is_read(
    small_study: Study, line: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        small_study.experiment("plain", overrides=[f'log={{line: "{line}"}}'])


@pytest.mark.parametrize("steps", range(1, STEPS + 1))
def test_a_run_stopped_after_any_step_goes_on_exactly(
    setup_of: Any, directory: Any, result: Any, same: Any, tmp_path: Path, uncut: Any, steps: int
) -> None:
    run = directory(tmp_path / "cut")
    with pytest.raises(TrainingStopped):
        loop.train(setup_of(*HARD), run, should_stop=after(steps + (steps > 4)))
    torch.manual_seed(99)  # another process would not have our generator's state
    loop.train(setup_of(*HARD), run)
    assert same(result(run), uncut)


@pytest.mark.parametrize("steps", range(1, STEPS + 1))
def test_a_run_killed_after_any_step_goes_on_exactly(
    setup_of: Any,
    directory: Any,
    result: Any,
    same: Any,
    tmp_path: Path,
    uncut: Any,
    steps: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is saved at the kill; checkpoints within the epoch are written after every other step."""
    run = directory(tmp_path / "cut")
    ticks = iter(range(10**6))
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks) * SAVE_EVERY / 6)
    asked = after(steps + (steps > 4))

    def kill() -> bool:
        if asked():
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        loop.train(setup_of(*HARD), run, should_stop=kill)
    loop.train(setup_of(*HARD), run)
    assert same(result(run), uncut)


def test_a_crash_at_any_file_operation_loses_nothing(
    setup_of: Any, directory: Any, result: Any, same: Any, tmp_path: Path, uncut: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashes = 0
    for operation in range(1, 200):
        run = directory(tmp_path / f"crash{operation}")
        left = operation

        def failing(real: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise OSError("the power went out")
            return real(*arguments, **options)

        with monkeypatch.context() as patch:
            for owner, name in ((os, "replace"), (os, "fsync"), (Path, "unlink")):
                real = getattr(owner, name)
                patch.setattr(owner, name, lambda *a, _real=real, **o: failing(_real, *a, **o))
            try:
                loop.train(setup_of(*HARD), run)
                break
            except OSError:
                crashes += 1
        loop.train(setup_of(*HARD), run)
        assert same(result(run), uncut), f"operation {operation}"
        assert len(list(run.checkpoints.glob("epoch-*.pt"))) == 2
    assert crashes >= 8


def test_a_damaged_checkpoint_is_passed_over(
    setup_of: Any, directory: Any, result: Any, same: Any, tmp_path: Path, uncut: Any
) -> None:
    run = directory(tmp_path / "cut")
    with pytest.raises(TrainingStopped):
        loop.train(setup_of(*HARD), run, should_stop=after(7))
    last = sorted(run.checkpoints.glob("epoch-*.pt"))[-1]
    last.write_bytes(last.read_bytes()[:-100])
    loop.train(setup_of(*HARD), run)
    assert same(result(run), uncut)


def test_a_shorter_run_is_the_beginning_of_a_longer_one(
    setup_of: Any, directory: Any, result: Any, same: Any, tmp_path: Path
) -> None:
    short, grown, long = (directory(tmp_path / name) for name in ("short", "grown", "long"))
    loop.train(setup_of("epochs=3"), long)
    for run in (short, grown):
        loop.train(setup_of("epochs=2"), run)
    loop.train(setup_of("epochs=3"), grown)
    assert result(short)[0] == result(long)[0][: len(result(short)[0])]
    assert same(result(grown), result(long))


def test_seeds_differ_and_repeat(setup_of: Any, directory: Any, result: Any, same: Any, tmp_path: Path) -> None:
    runs = [directory(tmp_path / name) for name in ("a", "b", "c")]
    for run, seed in zip(runs, (0, 0, 1), strict=True):
        loop.train(setup_of(seed=seed), run)
    first, again, other = map(result, runs)
    assert same(first, again)
    assert not same(first[1]["model"], other[1]["model"])


def test_a_loss_that_is_not_finite_stops_the_run(setup_of: Any, directory: Any, tmp_path: Path) -> None:
    run = directory(tmp_path)
    # the first epoch is good; the rate then leaps
    overrides = ["epochs=5", "batch_size=15", "schedule={name: multistep, at: [1], gamma: 1.0e+30}"]
    with pytest.raises(NotFiniteError, match=r"the loss is (nan|inf) at step \d+ of epoch [23]"):
        loop.train(setup_of(*overrides), run)
    state = checkpoint.load_newest(run.checkpoints)
    assert state is not None
    assert state["epoch"] == 1
    assert all(torch.isfinite(value).all() for value in state["model"].values())
    assert {line.epoch for line in run.metrics()} == {1}


def test_roles_train_on_one_split_and_score_on_another(setup_of: Any, directory: Any, tmp_path: Path) -> None:
    run = directory(tmp_path)
    loop.train(setup_of("roles={train_on: test, score_on: train}"), run)
    lines = {line.split: (line.measure, line.images) for line in run.metrics()}
    assert lines == {"test": ("running", 40), "validation": ("scored", 30), "train": ("scored", 90)}
