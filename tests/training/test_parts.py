"""Optimizers, initial weights, checkpoints, device, estimate."""

import hashlib
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from deepstudy import models
from deepstudy.errors import InputError
from deepstudy.loading import load
from deepstudy.loading.seeds import derive_seed
from deepstudy.study import Study
from deepstudy.training import checkpoint, device, init, loop, optimizers
from deepstudy.training.device import Machine
from deepstudy.training.estimate import Estimator


@pytest.mark.parametrize(
    ("pairs", "torchs", "defaults"),
    [
        (["optimizer=SGD"], torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0, "nesterov": False}),
        (
            ["optimizer={name: sgd, momentum: 0.9, nesterov: true}"],
            torch.optim.SGD,
            {"momentum": 0.9, "nesterov": True},
        ),
        (["optimizer=adam"], torch.optim.Adam, {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0}),
        (["optimizer=AdamW"], torch.optim.AdamW, {"lr": 1e-3, "weight_decay": 1e-2}),
    ],
)
def test_optimizers_are_torchs_with_torchs_defaults(
    small_study: Study, pairs: list[str], torchs: type, defaults: dict[str, Any]
) -> None:
    chosen = small_study.experiment("plain", None, pairs).optimizer
    layer, twin = nn.Linear(3, 2), nn.Linear(3, 2)
    twin.load_state_dict(layer.state_dict())
    built = optimizers.build(chosen.name, chosen.options, layer.parameters())
    assert isinstance(built, torchs)
    assert {key: built.defaults[key] for key in defaults} == defaults

    plain = torchs(twin.parameters(), **chosen.options)
    for seed in range(3):
        torch.manual_seed(seed)
        for one, other in zip(layer.parameters(), twin.parameters(), strict=True):
            one.grad = torch.randn_like(one)
            other.grad = one.grad.clone()
        built.step()
        plain.step()
    assert torch.allclose(layer.weight, twin.weight, rtol=1e-6)


def test_an_optimizer_does_not_import_torchs_compiler_which_takes_two_seconds() -> None:
    code = """
import sys, torch
from deepstudy import catalog
from deepstudy.training import optimizers
for name in catalog.OPTIMIZERS:
    layer = torch.nn.Linear(2, 2)
    optimizer = optimizers.build(name, {}, layer.parameters())
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())
sys.exit("torch._dynamo" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_muon_turns_filters_as_torchs_does_and_moves_the_rest_as_adam() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(6, 16, 3), nn.Flatten(), nn.Linear(16, 5))
    filters, bias = model[0].weight, model[2].bias
    matrix, twin = nn.Parameter(filters.detach().flatten(1).clone()), nn.Parameter(bias.detach().clone())
    options = {"lr": 0.1, "momentum": 0.6, "rest_lr": 0.01, "betas": (0.9, 0.95)}
    ours = optimizers.build("muon", options, model.parameters())
    torchs = torch.optim.Muon([matrix], lr=0.1, momentum=0.6, nesterov=True, weight_decay=0)
    adam = torch.optim.Adam([twin], lr=0.01, betas=(0.9, 0.95))
    for _ in range(3):
        with torch.no_grad():  # ours keeps the length, torch's does not: begin each step alike
            filters.mul_(4 / filters.norm())
            matrix.copy_(filters.flatten(1))
        for parameter in model.parameters():
            parameter.grad = torch.randn_like(parameter)
        # torch's momentum is an average, ours a sum: 1 / (1 - 0.6) times as long, which the direction does not see
        matrix.grad, twin.grad = filters.grad.flatten(1).clone(), bias.grad.clone()
        for optimizer in (ours, torchs, adam):
            optimizer.step()
        moved = (filters.detach().flatten(1) - matrix.detach()).norm()
        assert moved < 0.03 * 0.1 * 16**0.5  # bfloat16 there
        assert torch.allclose(bias, twin, atol=1e-6)


@pytest.mark.parametrize("shape", [(8, 40), (40, 8)])
def test_orthogonal_keeps_directions_and_evens_their_lengths(shape: tuple[int, int]) -> None:
    matrix = torch.randn(*shape, generator=torch.Generator().manual_seed(0))
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    found = u.T @ optimizers.orthogonal(matrix) @ v.T
    assert found.diagonal().min() > 0.6
    assert found.diagonal().max() < 1.3
    assert (found - found.diagonal().diag()).abs().max() < 1e-4


def test_parameters_that_are_frozen_are_left_out() -> None:
    layer = nn.Conv2d(1, 2, 3)
    layer.weight.requires_grad_(False)
    for name in ("sgd", "muon"):
        (group,) = optimizers.build(name, {}, layer.parameters()).param_groups
        assert [parameter.shape for parameter in group["params"]] == [layer.bias.shape]


def test_a_whitening_convolution_gives_uncorrelated_outputs_and_is_not_trained(cifar10: None) -> None:
    images = load("cifar10").splits["train"].images[:2000].float() / 255 - 0.5
    model = nn.Sequential(nn.Conv2d(3, 24, 2), nn.ReLU())
    init.initialise(model, first="whiten", images=lambda: images)
    seen = torch.nn.functional.conv2d(images, model[0].weight, stride=2).transpose(0, 1).flatten(1)[:12]  # (12, m)
    variances = torch.cov(seen)
    # The largest components have variance 1 each; small ones, mostly noise, stay below.
    assert torch.allclose(variances[:5, :5], torch.eye(5), atol=0.1)
    assert variances.diagonal().max() < 1.05
    assert torch.equal(model[0].weight[:12], -model[0].weight[12:])
    assert not model[0].weight.requires_grad
    assert model[0].bias.requires_grad


@pytest.mark.parametrize("layer", [nn.Conv2d(1, 24, 2), nn.Conv2d(3, 26, 2), nn.Conv2d(3, 7, 3), nn.Linear(3, 3)])
def test_what_cannot_whiten_is_told(layer: nn.Module) -> None:
    with pytest.raises(InputError, match=r"^init\.first: "):
        init.initialise(nn.Sequential(layer), first="whiten", images=lambda: torch.rand(20, 3, 8, 8))


def test_dirac_filters_pass_on_a_channel_each() -> None:
    layer = nn.Conv2d(3, 8, 3, padding=1, bias=False)
    rest = layer.weight[3:].clone()
    init.initialise(layer, conv="dirac")
    images = torch.rand(2, 3, 6, 6)
    assert torch.allclose(layer(images)[:, :3], images, atol=1e-6)
    assert torch.equal(layer.weight[3:], rest)


def test_initial_weights() -> None:
    model = nn.Sequential(nn.Conv2d(8, 64, 3), nn.BatchNorm2d(64), nn.Linear(64, 400))
    before = {key: value.clone() for key, value in model.state_dict().items()}
    torch.manual_seed(derive_seed("test"))
    init.initialise(model, conv="xavier_uniform", linear="kaiming_normal", norm="normal")
    bound = (6 / (8 * 9 + 64 * 9)) ** 0.5  # Glorot & Bengio 2010, equation 16
    assert 0.95 * bound < model[0].weight.abs().max() <= bound
    assert model[2].weight.std().item() == pytest.approx((2 / 64) ** 0.5, rel=0.03)
    assert model[1].weight.mean().item() == pytest.approx(1, abs=0.01)
    assert model[1].weight.std().item() == pytest.approx(0.02, rel=0.3)
    assert torch.equal(model[0].bias, before["0.bias"])


def test_a_scale_that_a_network_does_not_have_is_not_drawn() -> None:
    model = models.build("fast_cnn", {"width": 16}, (3, 32, 32), 10)
    init.initialise(model, norm="normal")
    shifts = [parameter for name, parameter in model.named_parameters() if ".bn" in name]
    assert shifts
    assert not any(shift.any() for shift in shifts)
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    assert all((norm.weight == 1).all() for norm in norms)  # there, as CUDA's backward pass wants one
    assert not any(".bn" in name and "weight" in name for name in model.state_dict())


def test_too_little_memory_ends_only_the_run_that_wants_it() -> None:
    with pytest.raises(RuntimeError) as error:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert loop.ends_only_this_run(error.value)
    assert loop.ends_only_this_run(MemoryError())
    assert not loop.ends_only_this_run(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


def test_initialise_leaves_defaults_alone() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Linear(3, 4))
    before = [parameter.clone() for parameter in model.parameters()]
    init.initialise(model)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def state(epoch: int, step: int = 0) -> dict[str, Any]:
    return {"epoch": epoch, "step": step, "model": {"w": torch.full((2,), float(epoch))}}


def test_the_last_two_checkpoints_are_kept_and_those_asked_for(tmp_path: Path) -> None:
    for epoch in range(1, 6):
        checkpoint.save(tmp_path, state(epoch), keep_forever=epoch == 2)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.rpartition("-")[0] for name in names] == [
        "epoch-0004-step-0000000",
        "epoch-0005-step-0000000",
        "kept-epoch-0002",
    ]
    for name in names:
        digest = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        assert name.endswith(f"-{digest[:16]}.pt")
    newest = checkpoint.newest(tmp_path)
    assert newest is not None
    assert newest["epoch"] == 5
    kept = checkpoint.at_end_of(tmp_path, 2)
    assert kept is not None
    assert checkpoint.read_weights(kept)["w"].tolist() == [2, 2]
    assert checkpoint.at_end_of(tmp_path, 3) is None


def test_steps_of_the_next_epoch_are_newer_than_its_beginning(tmp_path: Path) -> None:
    for epoch, step in ((9, 0), (9, 20), (9, 100), (10, 0)):
        checkpoint.save(tmp_path, state(epoch, step))
    newest = checkpoint.newest(tmp_path)
    assert newest is not None
    assert (newest["epoch"], newest["step"]) == (10, 0)


def test_epochs_are_counted_not_spelled(tmp_path: Path) -> None:
    for epoch in (9_999, 10_000, 10_001):
        checkpoint.save(tmp_path, state(epoch))
    newest = checkpoint.newest(tmp_path)
    assert newest is not None
    assert newest["epoch"] == 10_001


def test_damaged_checkpoints_never_displace_a_whole_one(tmp_path: Path) -> None:
    for epoch in (7, 8):
        (tmp_path / f"epoch-{epoch:04d}-step-0000000-0123456789abcdef.pt").write_bytes(b"damaged")
    checkpoint.save(tmp_path, state(3))
    newest = checkpoint.newest(tmp_path)
    assert newest is not None
    assert newest["epoch"] == 3
    assert len(list(tmp_path.iterdir())) == 1


class Evil:
    def __reduce__(self) -> Any:
        return (eval, ("1/0",))


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: None, "there is no such checkpoint"),
        (lambda path: path.write_bytes(b""), "not a checkpoint of tensors alone"),
        (lambda path: path.write_bytes(b"\x80\x02"), "not a checkpoint of tensors alone"),
        (lambda path: path.write_bytes(b"hello"), "not a checkpoint of tensors alone"),
        (lambda path: path.write_bytes(pickle.dumps(Evil())), "not a checkpoint of tensors alone"),
        (lambda path: torch.save(Evil(), path), "not a checkpoint of tensors alone"),
        (lambda path: torch.save([1, 2], path), "holds no state dict"),
        (lambda path: torch.save({"epoch": 3}, path), "holds no state dict"),
        (lambda path: torch.save({1: torch.ones(1)}, path), "holds no state dict"),
        (lambda path: path.write_text("epoch,loss\n1,2\n"), "not a checkpoint of tensors alone"),
    ],
)
def test_what_is_no_checkpoint_is_refused_unexecuted(tmp_path: Path, write: Any, message: str) -> None:
    path = tmp_path / "x.pt"
    write(path)
    with pytest.raises(InputError, match=message):
        checkpoint.read_weights(path)


def test_device() -> None:
    assert device.choose("cpu").device.type == "cpu"
    best = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert device.choose("auto").device.type == best
    absent = "mps" if best != "mps" else "cuda"
    with pytest.raises(InputError, match=f"device {absent}: torch finds none on this machine"):
        device.choose(absent)


def test_bfloat16_is_for_machines_that_multiply_it_and_studies_that_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    for native, large, small in ((True, "bf16", "32"), (False, "32", "32")):
        monkeypatch.setattr(device, "multiplies_bfloat16", lambda _, native=native: native)
        assert device.choose("cpu", "auto", lambda: [2_000_000, 40_000_000, 250_000_000]).precision == large
        assert device.choose("cpu", "auto", lambda: [400_000, 2_000_000, 40_000_000]).precision == small
        assert device.choose("cpu", "auto").precision == "32"
        assert device.choose("cpu", "bf16").precision == "bf16"
        assert device.choose("cpu", "32", lambda: [10**9]).precision == "32"
    assert device.choose("cpu").precision == "32"
    with device.choose("cpu", "bf16").autocast():
        assert torch.nn.functional.linear(torch.ones(2, 2), torch.ones(2, 2)).dtype == torch.bfloat16


@pytest.mark.parametrize("kind", ["cpu", "auto"])
def test_a_machine_draws_what_torch_draws(kind: str) -> None:
    machine = device.choose(kind)
    torch.manual_seed(3)
    expected = torch.rand(4, device=machine.device)
    machine.seed(4)
    assert not torch.equal(torch.rand(4, device=machine.device), expected)
    machine.seed(3)
    assert torch.equal(torch.rand(4, device=machine.device), expected)


def test_estimates_count_parameters_and_grow_with_the_work(small_study: Study) -> None:
    estimate = Estimator(Path(), device.choose("cpu"))
    experiment = small_study.experiment("plain")
    parameters, seconds = estimate(experiment)
    assert parameters == 61_706
    assert 0 < seconds < 60
    assert estimate(small_study.experiment("plain", overrides=["epochs=20"])) == (parameters, 10 * seconds)


def test_estimates_of_slow_networks_come_from_part_of_a_batch(
    small_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr("deepstudy.training.estimate._SLOW", 0.0)
    place = Machine.place_images
    monkeypatch.setattr(Machine, "place_images", lambda self, x: (seen.append(len(x)), place(self, x))[1])
    assert Estimator(Path(), device.choose("cpu"))(small_study.experiment("plain"))[1] > 0
    assert set(seen) == {8}
