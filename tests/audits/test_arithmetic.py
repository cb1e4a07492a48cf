"""The arithmetic behind the audits, against figures worked out by hand and by brute force."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from deepstudy import audits
from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import granularity, labels, softmax_floor


@pytest.mark.parametrize(
    ("printed", "images", "correct"),
    [
        ("93.326", 10_000, []),
        ("93.326", 50_000, [46_663]),
        ("90.358", 50_000, [45_179]),
        ("83.068", 50_000, [41_534]),
        ("68.29", 10_000, [6_829]),
        ("65.6", 64, [42]),
        ("65.7", 64, []),
        ("66.67", 3, [2]),
        ("66.66", 3, [2]),  # cut off, not rounded
        ("100", 10_000, [9_950, 10_000]),
    ],
)
def test_counts(printed: str, images: int, correct: list[int]) -> None:
    found = granularity.counts(printed, images)
    assert (list(found) if len(found) < 3 else [found[0], found[-1]]) == correct


def test_counts_by_brute_force() -> None:
    for images in (7, 64, 313):
        for k in range(images + 1):
            exact = 100 * k / images
            assert k in granularity.counts(f"{exact:.2f}", images)
            assert k in granularity.counts(f"{math.floor(exact * 100) / 100:.2f}", images)
        admitted = sum(len(granularity.counts(f"{step / 100:.2f}", images)) > 0 for step in range(10_001))
        assert images < admitted <= 2 * images + 2  # each count is printed in at most two ways


def test_the_floor_is_the_least_cross_entropy_of_probabilities() -> None:
    for classes in (2, 10, 100):
        surest = torch.eye(classes)[:1]
        least = float(F.cross_entropy(surest.double(), torch.tensor([0])))
        assert softmax_floor.floor(classes) == pytest.approx(least, abs=1e-12)
    assert round(softmax_floor.floor(10), 4) == 1.4612


def test_loss_plus_probability_lies_in_the_band() -> None:
    generator = torch.Generator().manual_seed(0)
    low, high = softmax_floor.band(10)
    for sharpness in (0.1, 1, 10, 100):
        p = (sharpness * torch.randn(500, 10, generator=generator, dtype=torch.double)).softmax(1)
        labels_ = torch.randint(10, (500,), generator=generator)
        total = F.cross_entropy(p, labels_, reduction="none") + p[torch.arange(500), labels_]
        assert float(total.min()) >= low - 1e-9
        assert float(total.max()) <= high + 1e-9


def test_calibrated_predictions_stay_below_fanos_bound() -> None:
    generator = torch.Generator().manual_seed(0)
    for sharpness in (0.5, 1, 2, 4):
        p = (sharpness * torch.randn(4000, 10, generator=generator, dtype=torch.double)).softmax(1)
        entropy = -(p * p.log()).sum(1).mean()  # the loss if labels are drawn from p: calibrated by construction
        accuracy = float(p.max(1).values.mean())
        assert float(entropy) <= softmax_floor.honest(accuracy, 10) + 1e-9


def log(head: str, seed: int, steps: int = 14) -> str:
    """A log of simulated batches: probabilities that are right as often as they are sure."""
    generator = torch.Generator().manual_seed(seed)
    lines = ["CIFAR-10, batch size 64"]
    for step in range(1, steps + 1):
        logits = 3 * torch.randn(64, 10, generator=generator)
        truth = torch.multinomial(logits.softmax(1), 1, generator=generator)[:, 0]
        given = logits.softmax(1) if head == "softmax" else logits
        right = 100 * float((logits.argmax(1) == truth).float().mean())
        loss = float(F.cross_entropy(given, truth))
        lines.append(f"Epoch [9/10], Step [{100 * step}/782], Loss: {loss:.4f}, Accuracy: {right:.1f}%")
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(5))
def test_a_softmax_log_is_not_taken_for_one_of_logits(seed: int) -> None:
    for head, expected in (("softmax", 1), ("logits", 0)):
        found = list(softmax_floor.find(of_text(log(head, seed), "log.txt")))
        assert len(found) == expected, head


def test_a_single_pair_decides_nothing() -> None:
    assert list(softmax_floor.find(of_text(log("softmax", 0, steps=3), "log.txt"))) == []


def test_passes_of_images_in_batches() -> None:
    assert labels.step_counts(50_000, 64) == {781, 782, 781 * 64, 50_048, 50_000}


FIGURE = "reported:\n  - {experiment: plain, quantity: parameters, value: VALUE}\nbudgets:\n"


@pytest.mark.parametrize(
    ("value", "severity"),
    [
        ('"61,706"', None),
        ("62k", None),
        ("0.06M", None),
        ('"about 62,000"', None),
        ('"62,000", about: true', None),
        ('"60k~65k"', None),
        ('"1000 x 62 = 62k"', None),
        ("61k", "doubtful"),  # as many weights, without the biases
        ('"62,000"', "impossible"),
        ("63k", "impossible"),
        ('"about 70,000"', "impossible"),
        ('"62k x 2 = 124k"', "inconsistent"),
    ],
)
def test_a_count_is_possible_if_the_network_has_what_it_stands_for(
    write_study: Callable[..., Path], value: str, severity: str | None
) -> None:
    findings = audits.audit(write_study(("budgets:\n", FIGURE.replace("VALUE", value)))).findings
    found = [each for each in findings if each.rule == "parameters"]
    assert [each.severity for each in found] == ([severity] if severity else [])
    if value == "63k":
        assert "61,706 weights and biases, not 63k (62,500 to 63,500)" in found[0].says


def test_sums_are_done_with_counts_in_full(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("LeNet-5 on MNIST\n1000 x 62 = 62k\n1000 x 63 = 62k\n5x5x6 = 150,\n5x5x7 = 1,2\n")
    assert [each.reported for each in audits.audit(path).findings if each.rule == "parameters"] == ["1000 x 63 = 62k"]


def test_about_so_many_parameters_are_not_held_to_the_last_digit(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    modules = "A network on MNIST\n(fc): Linear(in_features=100, out_features=15, bias=True)\nIt has {} parameters.\n"
    for count, fits in (("1,515", True), ("1,600", False), ("about 1,600", True), ("about 2,000", False)):
        path.write_text(modules.format(count))
        assert audits.audit(path).is_sound == fits


def test_a_sign_behind_an_accuracy_is_no_obstacle(write_study: Callable[..., Path]) -> None:
    logs = 'logs:\n  - {experiment: plain, text: "Epoch [1/1], Step [20/20] Loss: 0.5869"}\n'
    for value in ("93.326", "93.326 %", "93.3 ± 0.2"):
        figure = f'{{experiment: plain, quantity: accuracy, split: test, epoch: 1, value: "{value}"}}'
        path = write_study(("budgets:\n", f"reported:\n  - {figure}\n{logs}budgets:\n"), ("mnist5k", "mnist"))
        severities = {each.severity for each in audits.audit(path).findings if each.rule == "granularity"}
        assert ("impossible" in severities) == ("±" not in value)
