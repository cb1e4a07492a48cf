"""Keeps the code of a file harmless while it builds its networks: no downloads, no files, no other programs, no GPU.

Weights that would be downloaded or read are left out, so that a network begins with new ones. Devices become the CPU.
This protects against accidents, not against malice.
"""

import argparse
import importlib
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_FORBIDDEN = (  # events of Python's audit hooks, or their beginnings
    *("socket.connect", "urllib.Request", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn"),
    *("subprocess.Popen", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.mkdir", "os.symlink", "os.link"),
    *("shutil.rmtree", "shutil.move"),
)
_WRITING = frozenset("wax+")
_OWN_FOLDERS = ("__pycache__", "matplotlib", "/dev/", "fontconfig")  # what libraries write when they are imported

#: What a reader of the findings should know of what was changed.
remarks: list[str] = []

_depth = 0  # how many guards are active
_is_installed = False


class LeftOutWeights(dict[str, Any]):
    """Stands for weights that were neither downloaded nor read. A module that loads them stays as it is."""


@contextmanager
def guard() -> Iterator[None]:
    """Forbid side effects while code of a file builds something.

    Raises:
        PermissionError: in the code that writes a file, connects to a server or starts a program.
    """
    global _depth
    install()
    _depth += 1
    try:
        with _cpu_mode(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the code of the file
            yield
    finally:
        _depth -= 1


def _cpu_mode() -> Any:
    """A mode in which tensors that should go to a GPU stay on the CPU."""
    import torch
    from torch.overrides import TorchFunctionMode

    def moved(value: Any) -> Any:
        if isinstance(value, torch.device) and value.type != "cpu" and value.type != "meta":
            return torch.device("cpu")
        is_name = isinstance(value, str) and value.partition(":")[0] in ("cuda", "mps", "xpu", "hpu")
        return "cpu" if is_name else value

    class OnCpu(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if getattr(func, "__name__", "") in ("cuda", "pin_memory"):
                return args[0]
            if func in (torch.device, torch.Tensor.to) or "device" in (kwargs or {}):
                args = tuple(map(moved, args))
                kwargs = {key: moved(value) for key, value in (kwargs or {}).items()}
            return func(*args, **(kwargs or {}))

    return OnCpu()


def install() -> None:
    """Install the hooks, once in a process; they do nothing outside `guard`.

    Before torchvision is imported is a good time: it imports some functions that are replaced here by their names.
    """
    global _is_installed
    if _is_installed:
        return
    _is_installed = True
    import torch
    from torch import hub, nn

    sys.addaudithook(_audit)
    for owner, name in ((torch, "load"), (hub, "load_state_dict_from_url")):
        _replace(owner, name, lambda original, *args, **kwargs: LeftOutWeights())
    _replace(hub, "load", _hub_model)
    for owner, name in ((torch, "save"), (hub, "download_url_to_file")):
        _replace(owner, name, lambda original, *args, **kwargs: None)

    def load_state_dict(original: Any, module: Any, state: Any, *args: Any, **kwargs: Any) -> Any:
        return None if isinstance(state, LeftOutWeights) else original(module, state, *args, **kwargs)

    def parse(original: Any, parser: Any, *args: Any, **kwargs: Any) -> Any:
        for action in parser._actions:
            action.required = False
        return original(parser, [], *args[1:], **{key: value for key, value in kwargs.items() if key != "args"})

    _replace(nn.Module, "load_state_dict", load_state_dict)
    _replace(argparse.ArgumentParser, "parse_known_args", parse)

    def keep_single(original: Any, module: Any) -> Any:
        remarks.append("checked in single precision; the file sets half precision")
        return module

    for name in ("half", "bfloat16"):  # in which a CPU cannot compute everything
        _replace(nn.Module, name, keep_single)


def _hub_model(original: Any, repository: Any = "", model: Any = "", *args: Any, **kwargs: Any) -> Any:
    """The network of torchvision that `torch.hub.load` would download; it may be installed."""
    if not str(repository).startswith("pytorch/vision"):
        raise PermissionError(f"check does not download {repository}")
    return getattr(importlib.import_module("torchvision.models"), model)()


def _replace(owner: Any, name: str, call: Callable[..., Any]) -> None:
    """Replace a function while a guard is active: `call` gets the original first."""
    original = getattr(owner, name)

    def guarded(*args: Any, **kwargs: Any) -> Any:
        return call(original, *args, **kwargs) if _depth else original(*args, **kwargs)

    guarded.__name__, guarded.__doc__ = name, original.__doc__
    setattr(owner, name, guarded)
    for module in [*sys.modules.values()]:  # which imported the function by its name
        if getattr(module, "__name__", "").startswith(("torchvision.", "timm.")) and vars(module).get(name) is original:
            setattr(module, name, guarded)


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if not _depth:
        return
    if event == "open":
        path, mode, flags = (*args, None, None)[:3]
        writes = (isinstance(mode, str) and _WRITING & {*mode}) or (isinstance(flags, int) and flags & 3)
        if writes and not any(folder in str(path) for folder in _OWN_FOLDERS) and not _is_importing():
            raise PermissionError(f"check lets no file be written here: {path}")
    elif event.startswith(_FORBIDDEN) and not _is_importing():
        raise PermissionError(f"check does not allow {event} here")


def _is_importing() -> bool:
    """Whether a package is being imported, which may look for its caches and its compilers."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False
