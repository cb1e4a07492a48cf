"""Which running code is the network's own.

Nothing heavy is imported here: an error in a file need not wait for torch.
"""

import importlib.util
import os
import traceback
from pathlib import Path

#: Folders of code that does not belong to the network: this package but its models, torch, Python.
_PACKAGE = Path(__file__).parents[1]
_ROOMS = [str(each) for each in _PACKAGE.iterdir() if each.name != "models"]
_TORCH = importlib.util.find_spec("torch")
_FOREIGN = (*_ROOMS, *([str(Path(str(_TORCH.origin)).parent)] if _TORCH else []), str(Path(str(os.__file__)).parent))


def is_own(file: str) -> bool:
    """Say whether code belongs to the network: not to torch, Python or these checks.

    Arguments:
        file: the file of the code.

    Returns:
        True if it belongs to the network.
    """
    # Packages are in subfolders of Python's own folder; only files directly in that folder belong to Python.
    return not file.startswith(("<", *_FOREIGN)) or ("-packages" in file and not file.startswith(_FOREIGN[:-1]))


def where_in(error: BaseException) -> str:
    """Find the line of the network's code where an error was raised.

    Arguments:
        error: what was raised.

    Returns:
        A text like `model.py:12`; empty if none of its code was running.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_own(frame.filename)]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
