"""Files: the data folder, atomic writes, digests, and a cache of slow results."""

import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs


def data_folder() -> Path:
    """Find the folder of data sets and cached files.

    Returns:
        `$DEEPSTUDY_DATA`, else the user's cache folder (`~/.cache/deepstudy` on Linux).
    """
    return Path(os.environ.get("DEEPSTUDY_DATA") or platformdirs.user_cache_path("deepstudy", appauthor=False))


def digest(parts: Iterable[bytes | memoryview]) -> str:
    """Digest bytes.

    Arguments:
        parts: the bytes, in order.

    Returns:
        The first 16 hex digits of their SHA-256.
    """
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()[:16]


def cached(kind: str, source: bytes, make: Callable[[], bytes]) -> bytes:
    """Make something once, and read it from the data folder afterwards.

    A damaged cache file is made again. If the data folder cannot be written, nothing is cached.

    Arguments:
        kind: the folder below the data folder.
        source: everything that the result depends on. Each source has its own entry.
        make: makes the result.

    Returns:
        The result, from the cache or new.
    """
    path = data_folder() / kind / f"{hashlib.sha256(source).hexdigest()[:32]}.z"
    with suppress(OSError, zlib.error):  # missing or damaged, which the checksum of zlib shows
        return zlib.decompress(path.read_bytes())
    made = make()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, zlib.compress(made))
    return made


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is either the old one or the new one, even if the process is killed.

    Arguments:
        path: the file.
        data: its new contents.

    Raises:
        OSError: with the path, if it cannot be written.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error  # the error of a full disk has no path


def write_json(path: Path, document: Any) -> None:
    """Write a JSON file atomically.

    Arguments:
        path: the file.
        document: anything that `json.dumps` takes, without NaN and infinities.

    Raises:
        ValueError: for NaN or an infinity.
        OSError: with the path, if it cannot be written.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    write_atomically(path, (text + "\n").encode())
