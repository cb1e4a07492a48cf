"""What takes long to make and is the same each time, kept beside the data sets."""

import hashlib
import zlib
from collections.abc import Callable
from contextlib import suppress

from deepstudy import catalog


def kept(kind: str, source: bytes, make: Callable[[], bytes]) -> bytes:
    """What `make` makes, from the folder `kind` where it was made before; `source` is all that it depends on."""
    path = catalog.data_folder() / kind / f"{hashlib.sha256(source).hexdigest()[:32]}.z"
    with suppress(OSError, zlib.error):  # none there, or damaged, which a checksum tells
        return zlib.decompress(path.read_bytes())
    from deepstudy.record import write_atomically  # with numpy, which takes longer than to read what is kept

    made = make()
    with suppress(OSError):  # where nothing can be kept it is made each time
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, zlib.compress(made))
    return made
