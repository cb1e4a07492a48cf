import math

import pytest
import torch
import torch.nn.functional as F

from deepstudy.models.layers import Conv1x1, LocalResponseNorm, finish


@pytest.mark.parametrize("size", [1, 4, 5, 16])
@pytest.mark.parametrize(("alpha", "beta", "k"), [(1e-4, 0.75, 1.0), (0.5, 0.75, 2.0), (0.3, 0.5, 1.0)])
def test_local_response_norm_is_torchs(size: int, alpha: float, beta: float, k: float) -> None:
    """To 1e-6, forward and backward, also where the window reaches over both ends."""
    x = torch.randn(2, 12, 5, 4, generator=torch.Generator().manual_seed(0)).mul(3).requires_grad_()
    ours = LocalResponseNorm(12, size, alpha, beta, k)(x)
    theirs = torch.nn.LocalResponseNorm(size, alpha, beta, k)(x)
    assert torch.allclose(ours, theirs, atol=1e-6, rtol=1e-6)
    weight = torch.randn(ours.shape, generator=torch.Generator().manual_seed(1))
    gradients = [torch.autograd.grad((out * weight).sum(), x)[0] for out in (ours, theirs)]
    assert torch.allclose(*gradients, atol=1e-6, rtol=1e-5)


def test_local_response_norm_in_bfloat16() -> None:
    """The small sum beside k = 1 is not lost, as it would be if it were added in bfloat16."""
    x = torch.full((1, 16, 2, 2), 8.0)
    exact = torch.nn.LocalResponseNorm(16)(x)
    with torch.autocast("cpu", torch.bfloat16):
        near = LocalResponseNorm(16, 16)(x.bfloat16())
    assert near.dtype == torch.bfloat16
    assert torch.allclose(near.float(), exact, rtol=2**-8)
    assert not torch.equal(near.float(), x)


def test_its_matrix_is_not_part_of_the_state() -> None:
    assert not LocalResponseNorm(8, 4).state_dict()


def test_softmax_in_cross_entropy_has_a_floor() -> None:
    """ln(e + K - 1) - 1, however confident the network is."""
    confident = finish(torch.eye(10) * 1000, "softmax")
    loss = F.cross_entropy(confident, torch.arange(10)).item()
    assert loss == pytest.approx(math.log(math.e + 9) - 1, abs=1e-6)
    assert round(loss, 4) == 1.4612
    assert F.cross_entropy(finish(torch.eye(10) * 1000, "logits"), torch.arange(10)).item() == 0


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize("stride", [1, 2])
def test_1x1_convolution_is_torchs(stride: int, layout: torch.memory_format) -> None:
    torch.manual_seed(0)
    ours = Conv1x1(6, 4, stride)
    torchs = torch.nn.Conv2d(6, 4, 1, stride)
    torchs.load_state_dict(ours.state_dict())
    x, y = (torch.randn(3, 6, 5, 7).contiguous(memory_format=layout).requires_grad_() for _ in range(2))
    y.data.copy_(x.data)
    one, other = ours(x), torchs(y)
    assert one.shape == other.shape
    assert torch.allclose(one, other, atol=1e-6)
    (one**2).sum().backward()
    (other**2).sum().backward()
    for a, b in ((x, y), (ours.weight, torchs.weight), (ours.bias, torchs.bias)):
        assert torch.allclose(a.grad, b.grad, atol=1e-4)
