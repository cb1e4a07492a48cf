"""Names of torchvision that are not here: they can be imported, but say so when they are used."""

from typing import Any


class NotHereError(NotImplementedError):
    """Something of torchvision that its stand-in does not have."""


def absent(name: str) -> type[Any]:
    """A class or function that is not here; calling it, or making one, raises an error that says so."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise NotHereError(f"{name} is not part of the stand-in for torchvision; run pip install torchvision")

    return type(name.rpartition(".")[2], (), {"__new__": refuse, "__doc__": "Not part of the stand-in."})
