"""Downloads of missing data sets into the data folder."""

import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from deepstudy.datasets.info import DatasetInfo
from deepstudy.errors import InputError


def obtain(dataset: DatasetInfo, hashes: Mapping[str, str], mirrors: Iterable[str]) -> Path:
    """Download the files of a data set that are missing.

    A file that exists is left alone, whatever its hash: its reader checks its contents. A download has a temporary
    name until its hash is right.

    Arguments:
        dataset: the data set.
        hashes: the names of its files, and the hash (`md5:...` or `sha256:...`) of each as published.
        mirrors: URLs that end in `/`; the first that delivers a complete file is used.

    Returns:
        The folder that holds all of the files.

    Raises:
        InputError: if no mirror delivers a file. It names file, folder and what to do.
    """
    folder = dataset.paths[0].parent
    for name, known_hash in hashes.items():
        if not (folder / name).is_file():
            _download(dataset, name, known_hash, folder, mirrors)
    return folder


def obtain_archive(dataset: DatasetInfo, archive: str, known_hash: str, mirrors: Iterable[str]) -> Path:
    """Unpack the missing files of a data set from the `.tar.gz` of its publisher.

    Files that exist are left alone. An archive that you put into the data folder is used and kept. A downloaded one
    is deleted afterwards.

    Arguments:
        dataset: the data set.
        archive: the name of the archive.
        known_hash: its hash as published.
        mirrors: URLs that end in `/`.

    Returns:
        The folder that holds all of the files.

    Raises:
        InputError: if no mirror delivers the archive, or it cannot be unpacked.
    """
    files = dataset.paths
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
        raise InputError(f"{path}: cannot be unpacked: {error}; delete it and download it again") from None
    if not was_there:
        path.unlink(missing_ok=True)
    return folder


def _download(dataset: DatasetInfo, name: str, known_hash: str, folder: Path, mirrors: Iterable[str]) -> None:
    import pooch  # with requests a second of imports, which only a download needs
    import requests

    reasons = []
    for mirror in mirrors:
        for _attempt in range(2):
            try:
                with _Bar(f"{dataset.name}/{name}") as bar:
                    downloader = pooch.HTTPDownloader(progressbar=bar, timeout=30)
                    pooch.retrieve(mirror + name, known_hash, fname=name, path=folder, downloader=downloader)
                return
            except ValueError:  # pooch: the hash of what arrived is not the known one
                reasons.append(f"{mirror} sent a damaged file")
            except requests.HTTPError as error:
                status = error.response.status_code if error.response is not None else "with an error"
                reasons.append(f"{mirror} answered {status}")
                break
            except requests.ConnectionError:
                reasons.append(f"{mirror} cannot be reached")
                break
            except requests.RequestException as error:
                reasons.append(f"{mirror} interrupted the download ({type(error).__name__})")
            except OSError as error:
                problem = error.strerror or error
                raise InputError(
                    f"{folder / name}: cannot be written: {problem}; set DEEPSTUDY_DATA to another folder"
                ) from None
    smaller = dataset.offline
    instead = f", or use {smaller}, which needs no download (--set data.name={smaller})" if smaller else ""
    why = ", ".join(dict.fromkeys(reasons))
    raise InputError(f"{folder / name}: could not be downloaded ({why}); put the published file there{instead}")


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
