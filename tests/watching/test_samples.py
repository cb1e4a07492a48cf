"""Images are known again after normalisation, and not taken for others."""

import numpy as np
import pytest

from deepstudy.watching.samples import known, sign


@pytest.fixture
def images() -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, 256, (2_000, 3, 16, 16))
    return noise.astype(np.float32)


def test_an_image_is_known_after_normalisation(images: np.ndarray) -> None:
    scale = np.array([0.2, 0.25, 0.3], np.float32)[None, :, None, None]
    normalised = (images / 255 - 0.45) / scale
    assert known(sign(normalised), sign(images)).all()
    assert known(sign(normalised[:, :, :, ::-1]), sign(images)).all()  # its mirror image


def test_others_are_not_known(images: np.ndarray) -> None:
    assert known(sign(images[:1_000]), sign(images[1_000:])).mean() < 0.005


def test_flat_images_have_the_signature_of_their_shape() -> None:
    digits = np.random.default_rng(1).random((50, 1, 28, 28)).astype(np.float32)
    assert np.allclose(sign(digits), sign(digits.reshape(50, -1)), atol=1e-5)


def test_constant_images_are_never_known() -> None:
    constant = np.ones((60, 1, 8, 8), np.float32)
    assert not known(sign(constant), sign(constant)).any()
