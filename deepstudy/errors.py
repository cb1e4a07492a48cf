"""Errors: the one for mistakes of the user, hints at what was meant, and how errors become one line."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(Exception):
    """Bad input: a study file, a data file, an argument.

    Its message is one line that says what is wrong, where, and what to do. The command line prints that line and
    exits with code 2. Every other exception keeps its traceback.
    """


class NoNetworkError(InputError):
    """A file that can be read, but holds no network."""


#: What torch, its libraries and the system say when memory runs out, on CPUs and on GPUs.
_NO_MEMORY = ("allocate memory", "not enough memory", "out of memory", "std::bad_alloc")


def is_memory(error: BaseException) -> bool:
    """Whether an error says that there was not enough memory.

    Arguments:
        error: what was raised.

    Returns:
        Whether Python, torch or the system ran out of memory.
    """
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError | OSError) and any(sign in str(error) for sign in _NO_MEMORY)
    )


def one_line(error: BaseException) -> str:
    """Describe an error in one line.

    Arguments:
        error: the error.

    Returns:
        Its type and message, `ValueError: too narrow`; its type alone if it has no message.
    """
    return f"{type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Hint at what an unknown word was meant to be.

    Arguments:
        word: what was written.
        words: what could have been.

    Returns:
        `; did you mean X?` if one of `words` is close. Else `; choose from A, B`, if they are few. Else "".
    """
    choices = list(words)
    near = get_close_matches(word, choices, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    if len(choices) == 1:
        return f"; the only one is {choices[0]}"
    return f"; choose from {', '.join(sorted(choices))}" if 0 < len(choices) <= 30 else ""
