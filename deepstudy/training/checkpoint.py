"""Checkpoints: the whole state of a run between two steps, and weights to start another run from.

A file is named after the place in the run and the SHA-256 of its contents, `epoch-0003-step-0000120-1f0c….pt`, as torch
hub names weights. It appears under that name in one step, so a damaged one is recognised by its name alone. The last
two stay; `kept-epoch-0010-….pt` are permanent ones, of epochs that other experiments start from.
"""

import io
import re
import warnings
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import torch
from torch import Tensor

from deepstudy.errors import InputError
from deepstudy.files import digest, write_atomically

_KEEP = 2


class SavedState(TypedDict):
    """What a checkpoint holds; see `state.TrainingState` for what each is."""

    epoch: int
    step: int
    losses: Tensor
    correct: Tensor
    elapsed: float
    switched: bool
    log_size: NotRequired[int]  # not in checkpoints of earlier versions
    model: dict[str, Any]
    optimizer: dict[str, Any]


def save(folder: Path, state: SavedState, permanent: bool = False) -> None:
    """Write a checkpoint, and delete all but the last two.

    Arguments:
        folder: of the run's checkpoints.
        state: what to save; `epoch` counts finished epochs, `step` the steps of the next.
        permanent: whether to save it a second time as one that is never deleted.
    """
    buffer = io.BytesIO()
    torch.save(dict(state), buffer)
    data = buffer.getvalue()
    mark = digest([data])
    if permanent:
        write_atomically(folder / f"kept-epoch-{state['epoch']:04d}-{mark}.pt", data)
    written = folder / f"epoch-{state['epoch']:04d}-step-{state['step']:07d}-{mark}.pt"
    write_atomically(written, data)
    earlier = [path for path in _newest_first(folder) if path != written]
    for old in [*earlier[_KEEP - 1 :], *folder.glob("*.part")]:
        old.unlink()


def load_newest(folder: Path) -> SavedState | None:
    """Load the newest whole checkpoint, and delete damaged ones.

    Arguments:
        folder: of the run's checkpoints.

    Returns:
        The saved state, or None.
    """
    for path in _newest_first(folder):
        data = path.read_bytes()
        if _is_whole(path, data):
            state: SavedState = _load(path, data)
            return state
        path.unlink()
    return None


def newest_file(folder: Path) -> Path | None:
    """Find the newest whole checkpoint.

    Arguments:
        folder: of the run's checkpoints.

    Returns:
        The file, or None.
    """
    return next((path for path in _newest_first(folder) if _is_whole(path, path.read_bytes())), None)


def place_of(path: Path) -> tuple[int, int] | None:
    """Read from a checkpoint's name where in its run it was saved.

    Arguments:
        path: the file.

    Returns:
        Finished epochs, and steps of the next; None for a file of another name.
    """
    found = re.fullmatch(r"(?:kept-)?epoch-(\d+)-(?:step-(\d+)-)?[0-9a-f]+", path.stem)
    return (int(found[1]), int(found[2] or 0)) if found else None


def at_end_of(folder: Path, epoch: int) -> Path | None:
    """Find a whole checkpoint of the end of an epoch: a permanent one, or one of the last two.

    Arguments:
        folder: of the run's checkpoints.
        epoch: the epoch.

    Returns:
        The file, or None.
    """
    found = (*folder.glob(f"kept-epoch-{epoch:04d}-*.pt"), *folder.glob(f"epoch-{epoch:04d}-step-0000000-*.pt"))
    return next((path for path in found if _is_whole(path, path.read_bytes())), None)


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read a network's weights from a checkpoint or from a `torch.save(model.state_dict())` file.

    Arguments:
        path: the file.

    Returns:
        The state dict.

    Raises:
        InputError: if the file is missing, is something else, or holds more than tensors and plain values.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such checkpoint")
    loaded = _load(path, path.read_bytes())
    weights = loaded.get("model", loaded) if isinstance(loaded, dict) else None
    if not isinstance(weights, dict) or not all(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in weights.items()
    ):
        raise InputError(f"{path}: is not a state dict of tensors; save one with torch.save(model.state_dict(), path)")
    return weights


def discard(folder: Path) -> None:
    """Delete all checkpoints.

    Arguments:
        folder: of the run's checkpoints.
    """
    for path in folder.glob("*.pt"):
        path.unlink()


def _load(path: Path, data: bytes) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's doubts about a file come before its refusal, which follows
            return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # the unpickler raises anything for other bytes
        raise InputError(
            f"{path}: is damaged, or is not a checkpoint of tensors only ({type(error).__name__}); "
            "save it again with torch.save(model.state_dict(), path)"
        ) from None


def _newest_first(folder: Path) -> list[Path]:
    places = {path: place for path in folder.glob("epoch-*-step-*-*.pt") if (place := place_of(path))}
    return sorted(places, key=lambda path: places[path], reverse=True)


def _is_whole(path: Path, data: bytes) -> bool:
    return path.stem.rpartition("-")[2] == digest([data])
