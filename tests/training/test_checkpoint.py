"""Checkpoints: written whole, read only when whole."""

import hashlib
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from deepstudy.errors import InputError
from deepstudy.training import checkpoint


def state(epoch: int, step: int = 0) -> dict[str, Any]:
    return {"epoch": epoch, "step": step, "model": {"w": torch.full((2,), float(epoch))}}


def test_the_last_two_checkpoints_are_kept_and_those_asked_for(tmp_path: Path) -> None:
    for epoch in range(1, 6):
        checkpoint.save(tmp_path, state(epoch), permanent=epoch == 2)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.rpartition("-")[0] for name in names] == [
        "epoch-0004-step-0000000",
        "epoch-0005-step-0000000",
        "kept-epoch-0002",
    ]
    for name in names:
        digest = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        assert name.endswith(f"-{digest[:16]}.pt")
    newest = checkpoint.load_newest(tmp_path)
    assert newest is not None
    assert newest["epoch"] == 5
    kept = checkpoint.at_end_of(tmp_path, 2)
    assert kept is not None
    assert checkpoint.read_weights(kept)["w"].tolist() == [2, 2]
    assert checkpoint.at_end_of(tmp_path, 3) is None


def test_steps_of_the_next_epoch_are_newer_than_its_beginning(tmp_path: Path) -> None:
    for epoch, step in ((9, 0), (9, 20), (9, 100), (10, 0)):
        checkpoint.save(tmp_path, state(epoch, step))
    newest = checkpoint.load_newest(tmp_path)
    assert newest is not None
    assert (newest["epoch"], newest["step"]) == (10, 0)


def test_epochs_are_counted_not_spelled(tmp_path: Path) -> None:
    for epoch in (9_999, 10_000, 10_001):
        checkpoint.save(tmp_path, state(epoch))
    newest = checkpoint.load_newest(tmp_path)
    assert newest is not None
    assert newest["epoch"] == 10_001


def test_damaged_checkpoints_never_displace_a_whole_one(tmp_path: Path) -> None:
    for epoch in (7, 8):
        (tmp_path / f"epoch-{epoch:04d}-step-0000000-0123456789abcdef.pt").write_bytes(b"damaged")
    checkpoint.save(tmp_path, state(3))
    newest = checkpoint.load_newest(tmp_path)
    assert newest is not None
    assert newest["epoch"] == 3
    assert len(list(tmp_path.iterdir())) == 1


class Evil:
    def __reduce__(self) -> Any:
        return (eval, ("1/0",))


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: None, "no such checkpoint"),
        (lambda path: path.write_bytes(b""), "is damaged, or is not a checkpoint of tensors only"),
        (lambda path: path.write_bytes(b"\x80\x02"), "is damaged, or is not a checkpoint of tensors only"),
        (lambda path: path.write_bytes(b"hello"), "is damaged, or is not a checkpoint of tensors only"),
        (lambda path: path.write_bytes(pickle.dumps(Evil())), "is damaged, or is not a checkpoint of tensors only"),
        (lambda path: torch.save(Evil(), path), "is damaged, or is not a checkpoint of tensors only"),
        (lambda path: torch.save([1, 2], path), "is not a state dict of tensors"),
        (lambda path: torch.save({"epoch": 3}, path), "is not a state dict of tensors"),
        (lambda path: torch.save({1: torch.ones(1)}, path), "is not a state dict of tensors"),
        (lambda path: path.write_text("epoch,loss\n1,2\n"), "is damaged, or is not a checkpoint of tensors only"),
    ],
)
def test_what_is_no_checkpoint_is_refused_unexecuted(tmp_path: Path, write: Any, message: str) -> None:
    path = tmp_path / "x.pt"
    write(path)
    with pytest.raises(InputError, match=message):
        checkpoint.read_weights(path)
