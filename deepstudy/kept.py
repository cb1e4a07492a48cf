"""What takes long to make and is the same each time, kept beside the data sets."""

import zlib
from collections.abc import Callable
from contextlib import suppress

from deepstudy import catalog


def kept(name: str, make: Callable[[], bytes]) -> bytes:
    """What `make` makes, from a file of that name where it was made before; all that it depends on is in the name."""
    path = catalog.data_folder() / f"{name}.z"
    with suppress(OSError, zlib.error):  # none there, or damaged, which a checksum tells
        return zlib.decompress(path.read_bytes())
    from deepstudy.record import write_atomically  # with numpy, which takes longer than to read what is kept

    made = make()
    with suppress(OSError):  # where nothing can be kept it is made each time
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, zlib.compress(made))
    return made
