"""Which percentages whole numbers of images can give, by brute force."""

from fractions import Fraction

import pytest

from deepstudy.audits.arithmetic import image_grids


def figure(text: str) -> tuple[Fraction, Fraction]:
    return Fraction(text), Fraction(1, 10 ** len(text.partition(".")[2]))


@pytest.mark.parametrize("images", [7, 64, 313])
def test_every_printed_share_fits_and_few_others_do(images: int) -> None:
    for k in range(images + 1):
        exact = Fraction(100 * k, images)
        for text in (f"{float(exact):.2f}", f"{int(exact * 100) / 100:.2f}"):  # rounded, cut off
            assert k in image_grids.counts_within(*figure(text), images)
    fitting = sum(
        bool(image_grids.counts_within(Fraction(step, 100), Fraction(1, 100), images)) for step in range(10_001)
    )
    assert fitting / 10_001 <= image_grids.chance(Fraction(1, 100), images) + 0.01


def test_means_over_batches_of_which_the_last_is_smaller() -> None:
    images, batch = 100, 32
    whole, last = divmod(images, batch)
    for k in (0, 17, 91, 96):
        for j in (0, 3, 4):
            mean = 100 * (Fraction(k, batch) + Fraction(j, last)) / (whole + 1)
            assert image_grids.is_mean_of_batches(*figure(f"{float(mean):.4f}"), images, batch)
    assert not image_grids.is_mean_of_batches(*figure("91.2345"), 100, 32)
    assert not image_grids.is_mean_of_batches(*figure("91.2345"), 100, 50)  # no smaller batch


def test_single_precision_prints_noise() -> None:
    assert image_grids.is_float_noise(*figure("94.58000063896179"), 10_000)
    assert image_grids.is_float_noise(*figure("71.21999859809875"), 10_000)
    assert not image_grids.is_float_noise(*figure("94.58462063896179"), 10_000)
    assert not image_grids.is_float_noise(*figure("94.58"), 10_000)


def test_what_loaders_make_of_a_number_of_images() -> None:
    assert image_grids.other_sizes(10_000, 128) == (9_984, 10_112)
    assert image_grids.other_sizes(50_000, 256) == (49_920, 50_176)
    assert image_grids.other_sizes(10_000, 100) == ()
    assert image_grids.other_sizes(10, 64) == ()


def test_figures_that_fit_another_number_together() -> None:
    figures = [figure(f"{100 * k / 9_984:.3f}") for k in (8_037, 8_112, 8_207, 8_399)]
    assert image_grids.fit_all(figures, [9_984]) == 9_984
    assert image_grids.fit_all([*figures, figure("91.234")], [9_984]) is None
    assert image_grids.joint_chance(figures, 9_984) < 1e-3
