"""A function around another one."""

from collections.abc import Callable
from typing import Any


def wrap(owner: Any, name: str, wrapper: Callable[..., Any]) -> None:
    """Put a function around a function or a method.

    Arguments:
        owner: the class or module that holds it.
        name: its name.
        wrapper: gets the original and then its arguments.
    """
    original = getattr(owner, name)

    def wrapped(*args: Any, **options: Any) -> Any:
        return wrapper(original, *args, **options)

    wrapped.__name__, wrapped.__doc__ = name, original.__doc__
    wrapped.__wrapped__ = original  # type: ignore[attr-defined]
    setattr(owner, name, wrapped)
