"""The training loop: that it learns, and that a run which was cut and continued is the run that was not."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from deepstudy.errors import InputError
from deepstudy.loading import Dataset
from deepstudy.loading.batches import Batcher
from deepstudy.loading.seeds import epoch_order
from deepstudy.loading.split import Split
from deepstudy.record import RunDirectory
from deepstudy.study import Experiment, Scoring, Study, load_study
from deepstudy.training import checkpoint, device, loop

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


def plan(study: Study, digits: Dataset, *overrides: str, seed: int = 0) -> loop.Plan:
    return loop.Plan(study.experiment("plain", None, overrides), seed, digits, device.choose("cpu"))


def directory(path: Path) -> RunDirectory:
    run = RunDirectory(path)
    run.create()
    return run


def result(run: RunDirectory) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Metrics without their times, and the last checkpoint with the step log."""
    log = run.path / "log.txt"
    metrics = [{key: value for key, value in line.items() if key != "elapsed"} for line in run.metrics()]
    state = checkpoint.newest(run.checkpoints)
    assert state is not None
    return metrics, {**state, "log": log.read_text() if log.is_file() else ""}


def same(a: Any, b: Any) -> bool:
    if isinstance(a, Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a if key != "elapsed")
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


def after(calls: int) -> Callable[[], bool]:
    """A `stop` that says yes the `calls`-th time it is asked."""
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked >= calls

    return stop


@pytest.fixture
def uncut(small_study: Study, digits: Dataset, tmp_path: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    run = directory(tmp_path / "uncut")
    loop.train(plan(small_study, digits, *HARD), run)
    metrics, state = result(run)
    assert [line["lr"] for line in metrics if line["split"] == "train"] == [pytest.approx(0.05 * 0.75 / 1.5), 0.01]
    return metrics, state


@pytest.mark.parametrize("steps", [3, 5])
def test_a_short_recipe_that_is_cut_goes_on_the_same(
    small_study: Study, digits: Dataset, tmp_path: Path, steps: int
) -> None:
    """Muon's and Adam's state, alternating flip, scores after the last epoch alone."""
    whole, cut = directory(tmp_path / "whole"), directory(tmp_path / "cut")
    loop.train(plan(small_study, digits, *FAST), whole)
    with pytest.raises(loop.InterruptedRunError):
        loop.train(plan(small_study, digits, *FAST), cut, stop=after(steps))
    loop.train(plan(small_study, digits, *FAST), cut)
    metrics, _ = result(whole)
    assert [(line["epoch"], line["split"]) for line in metrics] == [
        (1, "train"),
        *((2, split) for split in ("train", "validation", "test")),
    ]
    assert same(result(whole), result(cut))


def test_mirror_images_count_half_in_a_score(small_study: Study, digits: Dataset) -> None:
    what = plan(small_study, digits)
    model, batches = loop.build_model(what), Batcher(digits.splits["test"], [0.0], [1.0])
    mirror = Batcher(Split(digits.splits["test"].images.flip(3), digits.splits["test"].labels), [0.0], [1.0])
    one, other = (loop.predict(model, each, 10, what.machine, Scoring()) for each in (batches, mirror))
    both = loop.predict(model, batches, 10, what.machine, Scoring(flip=True))
    assert torch.allclose(both, (one + other) / 2, atol=1e-6)


def test_moved_images_count_a_quarter_each_in_a_score(small_study: Study, digits: Dataset) -> None:
    what, split = plan(small_study, digits), digits.splits["test"]
    model = loop.build_model(what)
    padded = nn.functional.pad(split.images.float(), (2, 2, 2, 2), mode="reflect").byte()

    def says(down: int, scoring: Scoring) -> Tensor:
        moved = Split(padded[:, :, 2 - down : 30 - down, 2 - down : 30 - down], split.labels)
        return loop.predict(model, Batcher(moved, [0.0], [1.0]), 10, what.machine, scoring)

    still, down, up = (says(by, Scoring()) for by in (0, 2, -2))
    together = says(0, Scoring(shift=2))
    assert torch.allclose(together, still / 2 + down / 4 + up / 4, atol=1e-6)
    assert not torch.allclose(together, still, atol=1e-4)


def test_images_grow_to_their_size(small_study: Study, digits: Dataset, tmp_path: Path) -> None:
    sides: list[int] = []

    class Seen(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(1, 10)

        def forward(self, x: Tensor) -> Tensor:
            if self.training:
                sides.append(x.shape[2])
            y: Tensor = self.fc(x.mean((2, 3)))
            return y

    growing = ("model=fast_cnn", "resolution={start: 16, until: 0.6}")
    what = plan(small_study, digits, "batch_size=90", "epochs=6", *growing)
    assert not what.experiment.extends  # how large images are at an epoch depends on how many follow
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop.models, "build", lambda *_: Seen())
        loop.train(what, directory(tmp_path))
    assert sides == [16, 16, 20, 24, 28, 28]


@pytest.mark.parametrize(
    ("pairs", "takes"),
    [
        (["resolution={start: 16}"], "lenet5 takes images of one size alone"),
        (["model=fast_cnn", "resolution={start: 12}"], "fast_cnn takes images of 16 pixels or more"),
    ],
)
def test_images_too_small_for_a_network_are_refused(small_study: Study, pairs: list[str], takes: str) -> None:
    with pytest.raises(InputError, match=f"resolution.start: {takes}"):
        small_study.experiment("plain", None, pairs)


def test_the_next_batch_is_asked_for_before_the_step(
    small_study: Study, digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []
    monkeypatch.setattr(Split, "prefetch", lambda _, index: asked.append(torch.arange(10_000)[index].tolist()))
    what = plan(small_study, digits, "batch_size=64", "epochs=1")
    loop.train(what, directory(tmp_path))
    shuffled = epoch_order(len(digits.splits["train"]), 0, 1).split(64)
    following = [batch.tolist() for batch in shuffled[1:]] + [[]]
    first = asked.index(following[0])
    # Each batch is asked for once ahead of its time, and once more when it is taken.
    assert [each for each in asked[first:] if each in following][: 2 * len(following) : 2] == following


class Odd(nn.Module):
    """A network of somebody's own with one thing wrong."""

    def __init__(self, wrong: str) -> None:
        super().__init__()
        self.fc = nn.Linear(784, 5 if wrong == "classes" else 10).requires_grad_(wrong != "frozen")
        self.wrong = wrong
        self.register_buffer("memory", None)
        if wrong == "sparse":
            self.table = nn.Embedding(2, 1, sparse=True)

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        found = super().state_dict(*args, **kwargs)
        return found | {"_extra_state": {"seen": 3}} if self.wrong == "extra" else found

    def forward(self, x: Tensor) -> Any:
        if self.wrong == "size":
            x = x[..., 1:]
        if self.wrong == ("leaves" if self.training else "leaves, scored"):
            raise SystemExit(0)
        if self.wrong == "grows":
            self.more = nn.Linear(1, 1)
        if self.wrong == "remembers":
            self.memory = torch.zeros(3)
        scores = self.fc(x.flatten(1))
        if self.wrong == "sparse":
            scores = scores + self.table(x.flatten(1)[:, :10].long().clamp(0, 1)).squeeze(2)
        if self.wrong == "in place":
            scores = scores.sigmoid()
            scores += 1
        odd = {
            "dict": {"logits": scores},
            "shape": scores[..., None],
            "integers": scores.argmax(1, keepdim=True).expand(-1, 10),
            "detached": scores.detach(),
            "nothing": (),
            "scored": scores if self.training else [scores.mean(0)],
            "others": scores if self.training else scores[:, 1:],
        }
        return odd.get(self.wrong, scores)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("size", r"model mine.py:Net: fails on a batch of 64 images of 28x28 pixels: RuntimeError: mat1 and mat2"),
        ("classes", r"gives 64x5 for 64 images, not 64x10"),
        ("shape", r"gives 64x10x1 for 64 images, not 64x10"),
        ("dict", r"gives a dict for 64 images"),
        ("integers", r"gives 64x10 of torch.int64 for 64 images"),
        ("detached", r"model mine.py:Net: nothing that it gives has a gradient"),
        ("nothing", r"model mine.py:Net gives no output"),
        ("scored", r"the network, when it is scored, gives 10 for \d+ images, not \d+x10"),
        ("others", r"the network, when it is scored, gives \d+x9 for \d+ images, not \d+x10"),
        ("frozen", r"the network has no weights that are trained"),
        ("leaves", r"fails on a batch of 64 images of 28x28 pixels: SystemExit: 0 \(.*test_loop\.py"),
        ("leaves, scored", r"the network, when it is scored, fails on images of 28x28 pixels: SystemExit: 0"),
        ("grows", r"model mine.py:Net: makes more.bias when it runs, so nothing trains it; make it in __init__"),
        ("remembers", r"model mine.py:Net: makes memory when it runs"),
        ("extra", r"model mine.py:Net: keeps _extra_state in its state_dict, and a checkpoint holds tensors alone"),
        ("in place", r"model mine.py:Net: its gradients cannot be computed: RuntimeError: one of the variables"),
        ("sparse", r"model mine.py:Net: its weights cannot be updated: RuntimeError: .* sparse"),
    ],
)
def test_what_is_wrong_with_a_network_of_ones_own_is_said_in_one_line(
    small_study: Study, digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, says: str
) -> None:
    monkeypatch.setattr(loop.models, "build", lambda *_: Odd(wrong))
    with pytest.raises(InputError, match=says) as refusal:
        loop.train(plan(small_study, digits, "model=mine.py:Net", "batch_size=64"), directory(tmp_path))
    assert "\n" not in str(refusal.value)


def test_metrics_say_what_was_measured(small_study: Study, digits: Dataset, tmp_path: Path) -> None:
    run = directory(tmp_path)
    model = loop.train(plan(small_study, digits), run)
    metrics = run.metrics()
    assert [(line["epoch"], line["split"], line["measure"], line["images"]) for line in metrics] == [
        (epoch, split, measure, images)
        for epoch in (1, 2)
        for split, measure, images in (("train", "running", 90), ("validation", "scored", 30), ("test", "scored", 40))
    ]
    for line in metrics:
        assert line["accuracy"] == pytest.approx(100 * line["correct"] / line["images"], abs=1e-4)
    times = [line["elapsed"] for line in metrics]
    assert times == sorted(times)
    model.eval()
    mean, std = loop.normalisation(plan(small_study, digits))
    images = (digits.splits["test"].images.float() / 255 - mean[0]) / std[0]
    assert int((model(images).argmax(1) == digits.splits["test"].labels).sum()) == metrics[-1]["correct"]


def test_it_learns(small_study: Study, digits: Dataset, tmp_path: Path) -> None:
    loop.train(plan(small_study, digits, "epochs=40", "batch_size=15"), directory(tmp_path))
    assert RunDirectory(tmp_path).metrics()[-1]["accuracy"] > 90


def test_step_lines_are_the_reports(small_study: Study, digits: Dataset, tmp_path: Path) -> None:
    """Of one program, which counts images and shows the step's loss; and of another, with the mean so far."""
    lines = {
        "images": "Epoch [{epoch}/{epochs}], Step [{image}/{images}], Loss: {loss:.4f}, Accuracy: {accuracy:.1f}%",
        "steps": "Epoch [{epoch}/{epochs}], Step [{step}/{steps}] Loss: {mean_loss:.4f} {mean_accuracy:.3f}",
        "every step": "{loss:.6f} {accuracy:.6f}",
    }
    logs = {}
    for name, line in lines.items():
        run, every = directory(tmp_path / name), 1 if name == "every step" else 2
        loop.train(plan(small_study, digits, "batch_size=20", f"log={{every: {every}, line: '{line}'}}"), run)
        logs[name] = (run.path / "log.txt").read_text().splitlines()
    steps = [tuple(map(float, line.split())) for line in logs["every step"]]
    assert len(steps) == 10  # two epochs of 90 images: four batches of 20 and one of 10
    loss, accuracy = steps[6]
    assert logs["images"][2] == f"Epoch [2/2], Step [41/100], Loss: {loss:.4f}, Accuracy: {accuracy:.1f}%"
    assert [line.split(",")[1] for line in logs["images"]] == [" Step [41/100]", " Step [81/100]"] * 2
    mean = sum(loss for loss, _ in steps[5:9]) / 4
    right = sum(accuracy for _, accuracy in steps[5:9]) / 4
    assert logs["steps"][3] == f"Epoch [2/2], Step [4/5] Loss: {mean:.4f} {right:.3f}"


def test_the_step_log_follows_the_run_whatever_it_asks_for_later(
    small_study: Study, digits: Dataset, tmp_path: Path
) -> None:
    run, line = directory(tmp_path), "line: '{epoch} {step}'"
    for epochs, log in ((1, f"{{every: 2, {line}}}"), (2, "null"), (3, f"{{every: 4, {line}}}")):
        loop.train(plan(small_study, digits, "batch_size=20", f"epochs={epochs}", f"log={log}"), run)
    assert (run.path / "log.txt").read_text() == "1 2\n1 4\n3 4\n"


def test_a_switch_comes_within_the_epoch_or_at_its_end(small_study: Study, digits: Dataset, tmp_path: Path) -> None:
    """Of the running training error at once, of an epoch's test accuracy from the next epoch on."""
    for until, rates in (("train_error < 101", [0.5, 0.5]), ("test_accuracy < 101", [0.05, 0.5])):
        run = directory(tmp_path / until.split()[0])
        loop.train(plan(small_study, digits, f"schedule={{name: switch, until: '{until}', then: 0.5}}"), run)
        assert [line["lr"] for line in run.metrics() if line["split"] == "train"] == rates


def test_bfloat16_runs_learn_and_go_on_exactly(small_study: Study, digits: Dataset, tmp_path: Path) -> None:
    settings = ("batch_size=10", "epochs=4", "optimizer.lr=0.02")
    whole = replace(plan(small_study, digits, *settings), machine=device.choose("cpu", "bf16"))
    uncut, cut = directory(tmp_path / "uncut"), directory(tmp_path / "cut")
    loop.train(whole, uncut)
    with pytest.raises(loop.InterruptedRunError):
        loop.train(whole, cut, after(13))
    loop.train(whole, cut)
    assert same(result(cut), result(uncut))
    losses = [line["loss"] for line in uncut.metrics() if line["split"] == "train"]
    assert losses[-1] < losses[0] - 0.1
    exact = directory(tmp_path / "exact")
    loop.train(replace(whole, machine=device.choose("cpu")), exact)
    exactly = [line["loss"] for line in exact.metrics() if line["split"] == "train"]
    assert losses == pytest.approx(exactly, abs=0.1)
    assert losses != exactly


def test_a_batch_of_one_that_cannot_be_normalised_is_told(
    write_study: Callable[..., Path], digits: Dataset, tmp_path: Path
) -> None:
    study = load_study(write_study(("plain: {model: lenet5}", "plain: {model: resnet18}")))
    tiny = Dataset(
        "t",
        digits.classes,
        {n: Split(s.images[:, :, :8, :8], s.labels) for n, s in digits.splits.items()},
        "",
        False,
        "",
    )
    with pytest.raises(InputError, match="batch_size: leaves a batch of 1, and batch normalisation needs more"):
        loop.train(plan(study, tiny, "batch_size=89"), directory(tmp_path / "run"))


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
        ("{loss}\\n", "leave line breaks"),
        ("{loss}\\r", "leave line breaks"),
    ],
)
def test_a_line_that_cannot_be_written_is_refused_when_the_study_is_read(
    small_study: Study, line: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        small_study.experiment("plain", overrides=[f'log={{line: "{line}"}}'])


@pytest.mark.parametrize("steps", range(1, STEPS + 1))
def test_a_run_stopped_after_any_step_goes_on_exactly(
    small_study: Study, digits: Dataset, tmp_path: Path, uncut: Any, steps: int
) -> None:
    run = directory(tmp_path / "cut")
    with pytest.raises(loop.InterruptedRunError):
        loop.train(plan(small_study, digits, *HARD), run, stop=after(steps + (steps > 4)))
    torch.manual_seed(99)  # another process would not have our generator's state
    loop.train(plan(small_study, digits, *HARD), run)
    assert same(result(run), uncut)


@pytest.mark.parametrize("steps", range(1, STEPS + 1))
def test_a_run_killed_after_any_step_goes_on_exactly(
    small_study: Study, digits: Dataset, tmp_path: Path, uncut: Any, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is saved at the kill; checkpoints within the epoch are written after every other step."""
    run = directory(tmp_path / "cut")
    ticks = iter(range(10**6))
    monkeypatch.setattr(loop.time, "perf_counter", lambda: next(ticks) * loop._SAVE_EVERY / 6)
    asked = after(steps + (steps > 4))

    def kill() -> bool:
        if asked():
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        loop.train(plan(small_study, digits, *HARD), run, stop=kill)
    loop.train(plan(small_study, digits, *HARD), run)
    assert same(result(run), uncut)


def test_a_crash_at_any_file_operation_loses_nothing(
    small_study: Study, digits: Dataset, tmp_path: Path, uncut: Any, monkeypatch: pytest.MonkeyPatch
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
                loop.train(plan(small_study, digits, *HARD), run)
                break
            except OSError:
                crashes += 1
        loop.train(plan(small_study, digits, *HARD), run)
        assert same(result(run), uncut), f"operation {operation}"
        assert len(list(run.checkpoints.glob("epoch-*.pt"))) == 2
    assert crashes >= 8


def test_a_damaged_checkpoint_is_passed_over(small_study: Study, digits: Dataset, tmp_path: Path, uncut: Any) -> None:
    run = directory(tmp_path / "cut")
    with pytest.raises(loop.InterruptedRunError):
        loop.train(plan(small_study, digits, *HARD), run, stop=after(7))
    last = sorted(run.checkpoints.glob("epoch-*.pt"))[-1]
    last.write_bytes(last.read_bytes()[:-100])
    loop.train(plan(small_study, digits, *HARD), run)
    assert same(result(run), uncut)


def test_a_shorter_run_is_the_beginning_of_a_longer_one(small_study: Study, digits: Dataset, tmp_path: Path) -> None:
    short, grown, long = (directory(tmp_path / name) for name in ("short", "grown", "long"))
    loop.train(plan(small_study, digits, "epochs=3"), long)
    for run in (short, grown):
        loop.train(plan(small_study, digits, "epochs=2"), run)
    loop.train(plan(small_study, digits, "epochs=3"), grown)
    assert result(short)[0] == result(long)[0][: len(result(short)[0])]
    assert same(result(grown), result(long))


def test_seeds_differ_and_repeat(small_study: Study, digits: Dataset, tmp_path: Path) -> None:
    runs = [directory(tmp_path / name) for name in ("a", "b", "c")]
    for run, seed in zip(runs, (0, 0, 1), strict=True):
        loop.train(plan(small_study, digits, seed=seed), run)
    first, again, other = map(result, runs)
    assert same(first, again)
    assert not same(first[1]["model"], other[1]["model"])


def test_a_loss_that_is_not_finite_stops_the_run(small_study: Study, digits: Dataset, tmp_path: Path) -> None:
    run = directory(tmp_path)
    # the first epoch is good; the rate then leaps
    overrides = ["epochs=5", "batch_size=15", "schedule={name: multistep, at: [1], gamma: 1.0e+30}"]
    with pytest.raises(loop.NotFiniteError, match=r"the loss is (nan|inf) at step \d+ of epoch [23]"):
        loop.train(plan(small_study, digits, *overrides), run)
    state = checkpoint.newest(run.checkpoints)
    assert state is not None
    assert state["epoch"] == 1
    assert all(torch.isfinite(value).all() for value in state["model"].values())
    assert {line["epoch"] for line in run.metrics()} == {1}


def test_roles_train_on_one_split_and_score_on_another(small_study: Study, digits: Dataset, tmp_path: Path) -> None:
    run = directory(tmp_path)
    loop.train(plan(small_study, digits, "roles={train_on: test, score_on: train}"), run)
    lines = {line["split"]: (line["measure"], line["images"]) for line in run.metrics()}
    assert lines == {"test": ("running", 40), "validation": ("scored", 30), "train": ("scored", 90)}


def test_it_starts_from_given_weights(small_study: Study, digits: Dataset, tmp_path: Path) -> None:
    run = directory(tmp_path)
    trained = loop.train(plan(small_study, digits), run)
    torch.save(trained.state_dict(), tmp_path / "weights.pt")
    started = loop.build_model(replace(plan(small_study, digits), seed=5, start=tmp_path / "weights.pt"))
    assert same(dict(started.state_dict()), dict(trained.state_dict()))
    with pytest.raises(InputError, match="these weights are not of this network"):
        loop.build_model(replace(plan(small_study, digits, "model=lenet_1x1"), start=tmp_path / "weights.pt"))


class TwoHeads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.main, self.extra = nn.Linear(784, 10), nn.Linear(784, 10)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.main(x.flatten(1)), self.extra(x.flatten(1))


def test_several_outputs_add_up_and_the_first_is_scored(small_study: Study) -> None:
    def experiment(*overrides: str) -> Experiment:
        return small_study.experiment("plain", None, overrides)

    outputs, labels = TwoHeads()(torch.randn(5, 1, 28, 28)), torch.tensor([0, 1, 2, 3, 4])
    ce = nn.functional.cross_entropy
    loss, scored = loop.training_loss(outputs, labels, experiment("outputs={weights: [1, 0.3]}"))
    assert torch.allclose(loss, ce(outputs[0], labels) + 0.3 * ce(outputs[1], labels))
    assert scored is outputs[0]
    with pytest.raises(InputError, match=r"returns 2 outputs; give outputs\.weights 2 numbers"):
        loop.training_loss(outputs, labels, experiment())
    smooth, _ = loop.training_loss(outputs[0], labels, experiment("loss.label_smoothing=0.1"))
    assert torch.allclose(smooth, ce(outputs[0], labels, label_smoothing=0.1))


def test_normalisation_is_measured_on_the_images_trained_on(small_study: Study, digits: Dataset) -> None:
    pixels = digits.splits["train"].images.double() / 255
    mean, std = loop.normalisation(plan(small_study, digits))
    assert mean == pytest.approx([pixels.mean().item()])
    assert std == pytest.approx([pixels.std(correction=0).item()])
    assert loop.normalisation(plan(small_study, digits, "normalize={mean: [0.5], std: [0.25]}")) == ([0.5], [0.25])
    with pytest.raises(InputError, match="the images have 1 channels"):
        loop.normalisation(plan(small_study, digits, "normalize={mean: [0.5, 0.5], std: [1, 1]}"))
