import pytest
import torch

from deepstudy.loading.views import downscale, views


def test_smaller_images_are_means_of_what_they_stand_for() -> None:
    images = torch.zeros(1, 1, 32, 32)
    images[..., 16:] = 1
    small = downscale(images, 16)
    assert small.shape == (1, 1, 16, 16)
    assert small.mean().item() == pytest.approx(0.5)
    assert small[0, 0, :, :7].abs().max().item() < 1e-6
    assert downscale(torch.zeros(1, 1, 32, 48), 16).shape == (1, 1, 16, 24)
    assert downscale(images, 32) is images


@pytest.mark.parametrize("shape", [(2, 3, 32, 32), (2, 1, 40, 24)])
def test_smaller_images_are_those_of_torch(shape: tuple[int, ...]) -> None:
    images = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    small = downscale(images, 20)
    expected = torch.nn.functional.interpolate(images, small.shape[2:], mode="bilinear", antialias=True)
    torch.testing.assert_close(small, expected)


def test_views_are_the_image_moved_both_ways_and_mirrored() -> None:
    images = torch.randint(1, 256, (2, 3, 32, 32), generator=torch.Generator().manual_seed(0)).float()
    shown = views(images, flip=True, shift=1)
    assert [weight for weight, _ in shown] == [0.25, 0.25, 0.125, 0.125, 0.125, 0.125]
    assert torch.equal(shown[0][1], images)
    assert torch.equal(shown[1][1], images.flip(3))
    down, up = shown[2][1], shown[4][1]
    assert torch.equal(down[:, :, 1:, 1:], images[:, :, :-1, :-1])
    assert torch.equal(up[:, :, :-1, :-1], images[:, :, 1:, 1:])
    assert torch.equal(up[:, :, -1, :-1], images[:, :, -2, 1:])  # reflected at the edge
    assert [weight for weight, _ in views(images, flip=False, shift=0)] == [1.0]
