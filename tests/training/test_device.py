"""The machine that is chosen."""

import pytest
import torch

from deepstudy.errors import InputError
from deepstudy.training import device


def test_device() -> None:
    assert device.choose_machine("cpu").device.type == "cpu"
    best = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert device.choose_machine("auto").device.type == best
    absent = "mps" if best != "mps" else "cuda"
    with pytest.raises(InputError, match=f"device {absent}: torch finds no such device on this machine"):
        device.choose_machine(absent)


def test_bfloat16_is_for_machines_that_multiply_it_and_studies_that_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    for native, large, small in ((True, "bf16", "32"), (False, "32", "32")):
        monkeypatch.setattr(device, "multiplies_bfloat16", lambda _, native=native: native)
        assert device.choose_machine("cpu", "auto", lambda: [2_000_000, 40_000_000, 250_000_000]).precision == large
        assert device.choose_machine("cpu", "auto", lambda: [400_000, 2_000_000, 40_000_000]).precision == small
        assert device.choose_machine("cpu", "auto").precision == "32"
        assert device.choose_machine("cpu", "bf16").precision == "bf16"
        assert device.choose_machine("cpu", "32", lambda: [10**9]).precision == "32"
    assert device.choose_machine("cpu").precision == "32"
    with device.choose_machine("cpu", "bf16").autocast():
        assert torch.nn.functional.linear(torch.ones(2, 2), torch.ones(2, 2)).dtype == torch.bfloat16
