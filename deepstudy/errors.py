"""The one exception that stands for a mistake of the user's, not of ours; and how too little memory is recognised."""


class InputError(Exception):
    """Bad input: a study file, a data file, an argument.

    Its message is one line that says what is wrong, where, and what to do. The command line prints that line and
    exits with code 2; no other exception type is ever shown without its traceback.
    """


#: What torch, its libraries and the system say, on CPUs and on GPUs.
_NO_MEMORY = ("allocate memory", "not enough memory", "out of memory", "std::bad_alloc")


def is_memory(error: BaseException) -> bool:
    """Whether an error says that there was not enough memory."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError | OSError) and any(sign in str(error) for sign in _NO_MEMORY)
    )
