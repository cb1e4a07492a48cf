"""How a data set that is missing gets into the data folder."""

import hashlib
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from deepstudy import catalog
from deepstudy.errors import InputError


def obtain(dataset: str, files: Mapping[str, str], mirrors: Iterable[str]) -> Path:
    """The folder of `dataset`, every one of its `files` in it.

    `files` maps names to the hash (`md5:...` or `sha256:...`) of what the publisher ships. A file that is there is
    left alone, whatever its hash: its reader judges what it holds. One that is missing is downloaded from the
    first of `mirrors` (URLs that end in `/`) that delivers it whole, under a temporary name until its hash is right.
    Raises InputError, naming file, folder and what to do, if none does.
    """
    folder = catalog.DATASETS[dataset].paths[0].parent
    for name, known_hash in files.items():
        if not (folder / name).is_file():
            _download(dataset, name, known_hash, folder, mirrors)
    return folder


def obtain_archive(dataset: str, archive: str, known_hash: str, mirrors: Iterable[str]) -> Path:
    """The folder of `dataset` that holds its files, which its publisher ships as one `.tar.gz`.

    Files that are there are left alone, as above. Where one is missing, the archive is unpacked: the one that somebody
    put into the data folder, else a downloaded one, which is deleted again. Raises InputError as above.
    """
    files = catalog.DATASETS[dataset].paths
    folder = files[0].parent
    if all(file.is_file() for file in files):
        return folder
    path = folder.parent / archive
    was_there = path.is_file()
    _download(dataset, archive, known_hash, folder.parent, mirrors)
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch, tarfile.open(path) as packed:
            packed.extractall(scratch, filter="data")
            folder.mkdir(exist_ok=True)
            for file in (Path(scratch) / folder.name).iterdir():
                if not (folder / file.name).exists():
                    os.replace(file, folder / file.name)
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise InputError(f"{path}: cannot be unpacked: {error}; delete it and try again") from None
    if not was_there:
        path.unlink(missing_ok=True)
    return folder


def _download(dataset: str, name: str, known_hash: str, folder: Path, mirrors: Iterable[str]) -> None:
    import pooch  # with requests a second of imports, which only a download needs
    import requests

    reasons = []
    for mirror in mirrors:
        for _attempt in range(2):
            try:
                with _Bar(f"{dataset}/{name}") as bar:
                    downloader = pooch.HTTPDownloader(progressbar=bar, timeout=30)
                    pooch.retrieve(mirror + name, known_hash, fname=name, path=folder, downloader=downloader)
                return
            except ValueError:  # pooch: the hash of what arrived is not the known one
                reasons.append(f"{mirror} delivered a damaged file")
            except requests.HTTPError as error:
                status = error.response.status_code if error.response is not None else "with an error"
                reasons.append(f"{mirror} answered {status}")
                break
            except requests.ConnectionError:
                reasons.append(f"{mirror} cannot be reached")
                break
            except requests.RequestException as error:
                reasons.append(f"{mirror} broke off ({type(error).__name__})")
            except OSError as error:
                raise InputError(f"{folder / name}: cannot be written: {error.strerror or error}") from None
    offline = catalog.DATASETS[dataset].offline
    instead = f", or work without a network on {offline} (--set data.name={offline})" if offline else ""
    why = "; ".join(dict.fromkeys(reasons))
    raise InputError(f"{folder / name}: could not be downloaded: {why}. Put the published file there{instead}")


class _Bar:
    """A rich progress bar with the four methods that pooch calls."""

    def __init__(self, label: str) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        self.progress = Progress(*columns, console=Console(stderr=True), transient=False)
        self.task: TaskID = self.progress.add_task(f"downloading {label}", total=None)
        self.total = 0

    def __enter__(self) -> "_Bar":
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def update(self, count: int) -> None:
        self.progress.update(self.task, total=self.total or None, advance=count)

    def reset(self) -> None:
        self.progress.reset(self.task)

    def close(self) -> None:
        self.progress.refresh()


def digest(parts: Iterable[bytes | memoryview]) -> str:
    """The first 16 hex digits of the SHA-256 of `parts`, one after the other."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()[:16]
