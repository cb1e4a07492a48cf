"""What happens when a script imports torchvision: the installed one, the one that stands in, and copies."""

import importlib
import importlib.util
import os
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from deepstudy.files import data_folder
from deepstudy.watching.stand_ins import IMPORTABLE, install
from deepstudy.watching.stand_ins.finder import StandInFinder

#: The last line of a torchvision of our own, whose data sets would download.
DATASETS = {
    "__init__.py": "from .mnist import *\nfrom .cifar import *\n",
    "vision.py": """
class VisionDataset:
    def __init__(self, root=None, transforms=None, transform=None, target_transform=None):
        self.root, self.transform, self.target_transform = root, transform, target_transform
""",
    "mnist.py": """
from .vision import VisionDataset
class MNIST(VisionDataset):
    def __init__(self, root, train=True, transform=None, target_transform=None, download=False):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.read = type(self).__name__
class FashionMNIST(MNIST): pass
class KMNIST(MNIST): pass
""",
    "cifar.py": """
from .vision import VisionDataset
class CIFAR10(VisionDataset):
    base_folder = "cifar-10-batches-py"
    def __init__(self, root, train=True, transform=None, target_transform=None, download=False):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.read = type(self).__name__
class CIFAR100(CIFAR10):
    base_folder = "cifar-100-python"
""",
}
pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture
def notes() -> list[str]:
    """What was said since the stand-ins were installed."""
    notes: list[str] = []
    install(notes.append)
    return notes


@pytest.fixture
def no_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    """No torchvision is installed."""
    folders = [folder for folder in sys.path if not (Path(folder) / "torchvision").is_dir()]
    monkeypatch.setattr(sys, "path", folders)


@pytest.fixture
def small_torchvision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A torchvision of our own is installed."""
    package = tmp_path / "site" / "torchvision"
    (package / "datasets").mkdir(parents=True)
    (package / "__init__.py").write_text("from . import datasets\n")
    for name, text in DATASETS.items():
        (package / "datasets" / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return package


@pytest.mark.usefixtures("no_torchvision")
def test_where_none_is_installed_one_stands_in(notes: list[str]) -> None:
    torchvision = importlib.import_module("torchvision")
    assert notes == ["torchvision: not installed; the stand-in of DeepStudy takes its place"]
    assert torchvision.__version__.endswith("+deepstudy")
    transforms = importlib.import_module("torchvision.transforms.v2")
    assert transforms.RandomCrop.__module__ == "torchvision.transforms.v2"
    assert importlib.import_module("torchvision.transforms.functional") is torchvision.transforms.functional


@pytest.mark.usefixtures("no_torchvision")
@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("import torchvision.ops", "torchvision.ops"),
        ("from torchvision.io import read_image", "torchvision.io"),
        ("from torchvision.datasets import MNISTT", "torchvision.datasets.MNISTT"),
        ("from torchvision.models import detection", "torchvision.models.detection"),
    ],
)
def test_imports_of_what_is_not_there_say_so(statement: str, name: str, notes: list[str]) -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        exec(statement, {})
    assert str(caught.value) == f"{name} is not part of the stand-in for torchvision; run pip install torchvision"


def test_packages_that_ask_for_torchvision_do_not_get_the_stand_in(tmp_path: Path) -> None:
    """Those that can do without it, as `transformers`, would take it for the whole of torchvision."""
    package = tmp_path / "site-packages"
    package.mkdir()
    (package / "asks.py").write_text(
        "import importlib.util\nhas_torchvision = importlib.util.find_spec('torchvision') is not None\n"
    )
    code = (
        "import sys; from deepstudy.watching.stand_ins import install; install(print); import asks; "
        "import importlib.util; print(asks.has_torchvision, importlib.util.find_spec('torchvision') is not None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(package)},
    )
    installed = importlib.util.find_spec("torchvision", None)
    here = installed is not None and not str(installed.origin).startswith(str(IMPORTABLE))
    assert done.stdout.splitlines()[-1] == f"{here} True"


def test_a_broken_one_is_replaced_and_its_error_is_said(small_torchvision: Path, notes: list[str]) -> None:
    (small_torchvision / "__init__.py").write_text("from . import datasets\nraise RuntimeError('no operator nms')\n")
    torchvision = importlib.import_module("torchvision")
    assert torchvision.__version__.endswith("+deepstudy")
    assert torchvision.datasets.__file__.startswith(str(IMPORTABLE))
    (note,) = notes
    assert note.startswith("torchvision: the installed one cannot be imported (RuntimeError: no operator nms); the sta")


def test_an_editable_installation_goes_before_the_stand_in(small_torchvision: Path, notes: list[str]) -> None:
    """It is found by a finder of its own, after the folders of `sys.path`."""

    class Editable:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
            if name != "torchvision":
                return None
            return importlib.util.spec_from_file_location(name, small_torchvision / "__init__.py")

    sys.path[:] = [folder for folder in sys.path if not (Path(folder) / "torchvision" / "datasets").is_dir()]
    sys.path.append(str(IMPORTABLE))
    sys.meta_path.append(Editable)  # type: ignore[arg-type]
    assert importlib.import_module("torchvision").datasets.__file__.startswith(str(small_torchvision))
    assert not notes


@pytest.mark.usefixtures("mnist")
def test_the_installed_one_reads_the_copy(small_torchvision: Path, notes: list[str], tmp_path: Path) -> None:
    datasets = importlib.import_module("torchvision").datasets
    assert datasets.__file__.startswith(str(small_torchvision))
    test = datasets.MNIST(tmp_path, False, len, download=True)
    assert (tuple(test.data.shape), tuple(test.targets.shape)) == ((10_000, 28, 28), (10_000,))
    assert (test.train, test.transform, test.root) == (False, len, tmp_path)
    assert (type(test), isinstance(test, datasets.vision.VisionDataset)) == (datasets.MNIST, True)
    assert notes == [f"MNIST: the copy in {data_folder() / 'mnist'} stands in; nothing was downloaded"]

    class Mine(datasets.MNIST):
        pass

    assert len(Mine(tmp_path, train=False).data) == 10_000
    assert len(notes) == 1


@pytest.mark.usefixtures("cifar10")
def test_the_installed_one_reads_the_copy_of_cifar10(small_torchvision: Path, notes: list[str], tmp_path: Path) -> None:
    datasets = importlib.import_module("torchvision.datasets")
    test = datasets.CIFAR10(root=str(tmp_path), train=False)
    assert (test.data.shape, set(test.targets), test.classes[3]) == ((10_000, 32, 32, 3), {*range(10)}, "cat")
    assert test.class_to_idx["truck"] == 9
    assert len(notes) == 1


@pytest.mark.usefixtures("small_torchvision")
def test_the_installed_one_reads_its_own_files(
    notes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deepstudy.watching.stand_ins import copies

    for name in copies.FILES:
        folder = tmp_path / {"CIFAR10": "cifar-10-batches-py", "CIFAR100": "cifar-100-python"}.get(name, name)
        for file in copies.FILES[name]:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).touch()
    datasets = importlib.import_module("torchvision.datasets")
    for name in copies.FILES:
        assert getattr(datasets, name)(tmp_path, download=True).read == name
    assert datasets.KMNIST(tmp_path / "none").read == "KMNIST"
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path / "empty"))
    assert datasets.CIFAR100(tmp_path / "none", download=True).read == "CIFAR100"  # which would download it
    assert not notes


@pytest.mark.usefixtures("mnist")
@pytest.mark.filterwarnings("ignore")
def test_the_real_torchvision_reads_the_copy(tmp_path: Path) -> None:
    if importlib.util.find_spec("torchvision") is None:
        pytest.skip("torchvision is not installed")
    script = f"""
import sys
from deepstudy.watching.stand_ins import install
install(lambda line: print("note:", line))
assert "torch" not in sys.modules
from torchvision.datasets import FakeData, MNIST
digits = MNIST({str(tmp_path)!r}, train=False, download=True)
image, label = digits[0]
print(digits, image.size, image.mode, label, digits.class_to_idx["7 - seven"])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        f"note: MNIST: the copy in {data_folder() / 'mnist'} stands in; nothing was downloaded",
        "Dataset MNIST",
        "    Number of datapoints: 10000",
        f"    Root location: {tmp_path}",
        "    Split: Test (28, 28) L 7 7",
    ]
    assert not list(tmp_path.iterdir())


def test_installing_imports_nothing_and_twice_is_once() -> None:
    script = """
import sys
from deepstudy.watching.stand_ins import install
install(print)
print({"torch", "torchvision", "numpy"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
    for _ in range(2):
        install(print)
    assert sum(isinstance(finder, StandInFinder) for finder in sys.meta_path) == 1
    assert sys.path.count(str(IMPORTABLE)) == 1
    assert sys.path[-1] == str(IMPORTABLE)


@pytest.mark.slow
@pytest.mark.usefixtures("mnist")
def test_workers_that_are_spawned_read_the_data_set(tmp_path: Path) -> None:
    """A spawned process installs no hook, but inherits where the stand-in lies."""
    script = tmp_path / "train.py"
    script.write_text(
        """
import sys
if __name__ == "__main__":
    from deepstudy.watching.stand_ins import install
    install(lambda line: None)
import torchvision.transforms as T
from torch.utils.data import DataLoader, Subset
from torchvision.datasets import MNIST
if __name__ == "__main__":
    digits = MNIST("none", train=False, transform=T.Compose([T.RandomCrop(28, padding=2), T.ToTensor()]))
    batches = DataLoader(Subset(digits, range(8)), batch_size=4, num_workers=1, multiprocessing_context="spawn")
    print([tuple(images.shape) for images, _ in batches])
"""
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.stdout, done.returncode) == ("[(4, 1, 28, 28), (4, 1, 28, 28)]\n", 0), done.stderr
