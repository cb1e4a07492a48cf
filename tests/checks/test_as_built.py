"""Networks are built as their file builds them: arguments, input and classes come from the rest of the file."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils import data

from deepstudy.checks import stand_ins
from deepstudy.checks.examine import examine
from deepstudy.checks.execution import execute_file
from deepstudy.checks.make_probe import BuildError, CheckRequest, make_probe
from deepstudy.checks.networks import find_networks
from deepstudy.checks.probe import Probe
from deepstudy.errors import InputError

Write = Callable[..., Path]

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
NET = """
class Net(nn.Module):
    def __init__(self, features, hidden, classes, p):
        super().__init__()
        self.a, self.b, self.drop = nn.Linear(features, hidden), nn.Linear(hidden, classes), nn.Dropout(p)
    def forward(self, x):
        return self.b(self.drop(F.relu(self.a(x.flatten(1)))))
"""
CONV = """
class Conv(nn.Module):
    def __init__(self, channels=3):
        super().__init__()
        self.conv = nn.Conv2d(channels, 8, 5)
        self.fc = nn.Linear(8 * SIDE * SIDE, 10)
    def forward(self, x):
        return self.fc(F.max_pool2d(F.relu(self.conv(x)), 2).flatten(1))
"""


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stand-ins as in the child process; afterwards torchvision is as it was."""
    ours = ("torchvision", "lightning", "pytorch_lightning")
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] in ours}
    datasets = before.get("torchvision.datasets")
    names = {name: getattr(datasets, name, None) for name in stand_ins.KNOWN} if datasets else {}
    monkeypatch.setattr(data, "DataLoader", data.DataLoader)
    monkeypatch.setattr(data.dataloader, "DataLoader", data.dataloader.DataLoader)
    for name in ("script", "trace", "script_method", "freeze", "optimize_for_inference", "ScriptModule"):
        monkeypatch.setattr(torch.jit, name, getattr(torch.jit, name))
    stand_ins.made.clear()
    stand_ins.install()
    yield
    for name in [name for name in sys.modules if name.split(".")[0] in ours and name not in before]:
        del sys.modules[name]
    for name, value in names.items():
        setattr(datasets, name, value)


def probe(path: Path, name: str = "Net", **options: Any) -> Probe:
    return make_probe(CheckRequest(f"{path}:{name}", options.pop("arguments", {}), **options), lambda stage: None)


def widths(probe: Probe) -> tuple[int, int, int, float]:
    net = probe.fresh()
    return net.a.in_features, net.a.out_features, net.b.out_features, net.drop.p


@pytest.mark.parametrize(
    "calls",
    [
        "net = Net(784, 32, 7, 0.2)",
        "SIZE = 28 * 28\nWIDTHS = dict(hidden=32)\nnet = Net(SIZE, **WIDTHS, classes=7, p=0.2).to('cuda')",
        "def main(hidden, p=0.2):\n    names = list('abcdefg')\n    net = Net(784, hidden, len(names), p)\n"
        "    fit(net)\n"
        "if __name__ == '__main__':\n    main(32)",
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--hidden', type=int, default=32)\n"
        "parser.add_argument('data', help='required')\nargs = parser.parse_args()\n"
        "net = Net(784, args.hidden, 7, p=0.2)",
        "def options():\n    import argparse\n    parser = argparse.ArgumentParser()\n"
        "    parser.add_argument('--hidden', type=int, default=32)\n    return parser.parse_args()\n"
        "def run(args):\n    for fold in range(5):\n        net = Net(784, args.hidden, 7, 0.2)\n        net.train()\n"
        "run(options())",
        "class Trainer:\n    def __init__(self, hidden):\n"
        "        self.hidden = hidden\n        self.log = open('log')\n"
        "    def build(self):\n        self.net = Net(784, self.hidden, 7, 0.2)\n        save(self.net)\n"
        "trainer = Trainer(32)\ntrainer.build()",
        "from types import SimpleNamespace\nconfig = SimpleNamespace(hidden=32)\nwith open('log') as log:\n"
        "    while True:\n        net = Net(784, config.hidden, 7, 0.2)",
        "x = torch.zeros(5, 784)\nnet = Net(x.shape[1], 32, 7, 0.2)",
    ],
)
def test_arguments_come_from_the_call(write: Write, calls: str) -> None:
    assert widths(probe(write(HEAD + NET + calls))) == (784, 32, 7, 0.2)


def test_arguments_of_the_command_line_come_first(write: Write) -> None:
    path = write(HEAD + NET + "net = Net(784, 32, 7, 0.2)")
    assert widths(probe(path, arguments={"hidden": 5})) == (784, 5, 7, 0.2)


def test_what_only_a_run_can_know_is_guessed_by_its_name_and_said(write: Write) -> None:
    found = probe(write(HEAD + NET + "net = Net(784, measure(), classes=count(), p=0.2)"))
    assert widths(found) == (784, 64, 10, 0.2)
    assert [note for note in found.notes if note.startswith("hidden=64 is a guess: measure() in model.py:11")]
    path = write(HEAD + NET.replace("hidden", "spread") + "net = Net(784, measure(), 7, 0.2)")
    with pytest.raises(InputError, match=r"model.py:11: `Net\(784, measure\(\), 7, 0.2\)`: measure\(\) is known only"):
        probe(path)


def test_classes_and_size_come_from_the_data_set(write: Write) -> None:
    loaded = "from torchvision import datasets, transforms\ntrain = datasets.CIFAR100('.', download=True)\n"
    found = probe(write(HEAD + loaded + NET + "net = Net(3072, 32, len(train.classes), 0.2)"))
    assert widths(found) == (3072, 32, 100, 0.2)
    assert found.shape == (3, 32, 32)


@pytest.mark.parametrize(
    ("said", "side", "shape", "why"),
    [
        ("transform = T.Compose([T.Resize((40, 40)), T.ToTensor()])", 18, (3, 40, 40), "the transform in model.py:6"),
        ("data = datasets.STL10('.', transform=T.ToTensor())", 46, (3, 96, 96), "the size of STL10"),
        (
            "data = datasets.ImageFolder('cats', T.Compose([T.Resize(72), T.CenterCrop(64), T.ToTensor()]))",
            30,
            (3, 64, 64),
            "the size of ImageFolder",
        ),
        ("net = Conv()\nprint(net(torch.randn(1, 3, 52, 52)))", 24, (3, 52, 52), "given in model.py:7"),
        ("net = Conv()\nsummary(net, (3, 52, 52))", 24, (3, 52, 52), "given in model.py:7"),
        ("", 23, (3, 50, 50), "was found by a search"),
    ],
)
def test_the_input_comes_from_the_file(write: Write, said: str, side: int, shape: tuple[int, ...], why: str) -> None:
    head = HEAD + "from torchvision import datasets\nimport torchvision.transforms as T\n"
    network = CONV.replace("SIDE", str(side))
    text = f"{head}{said}\n{network}" if "Conv()" not in said else f"{head}{network}{said}"
    found = probe(write(text), "Conv")
    assert found.shape == shape
    assert any(why.replace("model.py:7", "model.py:") in note for note in found.notes)


def test_the_input_is_what_the_training_loop_gives(write: Write) -> None:
    text = """
        from torchvision import datasets, transforms
        loader = torch.utils.data.DataLoader(datasets.MNIST(".", transform=transforms.ToTensor()), 50)
        net = nn.Sequential(nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 10))
        def train(model, batches):
            for images, labels in batches:
                images = images.view(images.shape[0], -1).to("cuda")
                loss = F.cross_entropy(model(images), labels)
                loss.backward()
        train(net, loader)
    """
    path = write(HEAD + "\n".join(line.removeprefix("        ") for line in text.splitlines()))
    assert [*find_networks(execute_file(path))] == ["net"]
    found = probe(path, "net")
    assert found.shape == (784,)
    assert found.place == "model.py:7"


def test_networks_that_are_values(write: Write) -> None:
    text = """
        hidden = nn.Linear(784, 8)
        net = nn.Sequential(nn.Flatten(), hidden, nn.ReLU(), nn.Linear(8, 10))
        net[3] = nn.Linear(8, 3)
        net.add_module("last", nn.Identity())
        part = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU())
        loss = nn.CrossEntropyLoss()
        def main():
            model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
            torch.save(model, "net.pt")
    """
    path = write(HEAD + "\n".join(line.removeprefix("        ") for line in text.splitlines()))
    assert [*find_networks(execute_file(path))] == ["net", "main.model"]
    net = probe(path, "net").fresh()
    assert [type(layer).__name__ for layer in net] == ["Flatten", "Linear", "ReLU", "Linear", "Identity"]
    assert net[3].out_features == 3


def test_a_network_of_a_file_beside_it(write: Write) -> None:
    write(HEAD + CONV.replace("SIDE", "14"), name="sibling_conv.py")
    path = write("from sibling_conv import Conv\nnet = Conv(channels=1)\n")
    assert [*find_networks(execute_file(path))] == ["net"]
    assert probe(path, "net").shape == (1, 32, 32)


def test_both_networks_of_a_name_in_a_notebook(write: Write) -> None:
    first = HEAD + CONV.replace("SIDE", "12") + "net = Conv(1)"
    path = write(first, CONV.replace("SIDE", "14").replace("Conv2d(channels, 8, 5)", "Conv2d(channels, 8, 3, 1, 1)"))
    assert [*find_networks(execute_file(path))] == ["Conv@cell1", "Conv"]
    assert probe(path, "Conv@cell1").shape == (1, 28, 28)
    assert probe(path, "Conv").shape == (3, 28, 28)


def test_parts_and_helpers_are_no_networks(write: Write) -> None:
    text = """
        class Reshape(nn.Module):
            def __init__(self, shape):
                super().__init__()
                self.shape = shape
            def forward(self, x): return x.view(-1, *self.shape)
        class Encoder(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(784, 32)
            def forward(self, x): return F.relu(self.fc(x.flatten(1)))
        class Judge(nn.Module):
            def __init__(self, encoder):
                super().__init__()
                self.encoder, self.fc = encoder, nn.Linear(32, 10)
            def forward(self, x): return self.fc(self.encoder(x))
        class Smooth(nn.modules.loss._Loss):
            def forward(self, x, y): return (x - y).abs().mean()
        def build(): return Judge(Encoder())
        def unit(i, o): return nn.Sequential(nn.Linear(i, o), nn.ReLU())
        net = Judge(Encoder())
        other = nn.Sequential(Reshape((784,)), unit(784, 32), nn.Linear(32, 10))
    """
    path = write(HEAD + "\n".join(line.removeprefix("        ") for line in text.splitlines()))
    assert [*find_networks(execute_file(path))] == ["build", "other"]
    only = write(
        HEAD + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.fc = nn.Linear(3, 3)\n    def forward(self, x): return x\ndef make(): return Net()\n"
    )
    assert [*find_networks(execute_file(only))] == ["Net"]


def test_a_forward_inside_init_is_a_bug_with_its_line(write: Write) -> None:
    path = write(
        HEAD + NET.replace("    def forward", "        def forward").replace("        return", "            return")
    )
    assert [*find_networks(execute_file(path))] == ["Net"]
    with pytest.raises(BuildError) as error:
        probe(path)
    assert (error.value.finding.rule, error.value.finding.where) == ("forward", "model.py:9")


def test_a_name_that_exists_nowhere_is_a_bug_with_its_line(write: Write) -> None:
    path = write(HEAD + CONV.replace("SIDE", "14").replace("super()", "super(Convv, self)") + "net = Conv()")
    with pytest.raises(BuildError, match="name 'Convv' is not defined") as error:
        probe(path, "Conv")
    assert error.value.finding.where == "model.py:7"


def test_reasons_of_refusals(write: Write) -> None:
    two = (
        HEAD
        + "class Two(nn.Bilinear):\n    def forward(self, left, right):\n        return super().forward(left, right)\n"
    )
    with pytest.raises(InputError, match=r"`forward` takes 2 inputs \(left, right\) \(model.py:5\)"):
        probe(write(two + "net = Two(3, 3, 2)"), "Two")
    own = HEAD + CONV.replace("SIDE", "14").replace(
        "return self.fc", "raise OSError('no file')\n        return self.fc"
    )
    with pytest.raises(InputError, match=r"its own code fails at model.py:11: OSError: no file"):
        probe(write(own), "Conv")


def test_the_batch_size_of_the_code_is_used_to_find_it(write: Write) -> None:
    path = write(
        HEAD + CONV.replace("SIDE", "12").replace(".flatten(1)", ".view(24, -1)") + "net = Conv()\n"
        "net(torch.zeros(24, 3, 28, 28))"
    )
    assert probe(path, "Conv").shape == (3, 28, 28)


def test_half_precision_is_left_out_and_said(write: Write) -> None:
    found = probe(write(HEAD + CONV.replace("SIDE", "14") + "net = Conv().half()"), "Conv")
    assert found.dtype == torch.float32
    assert "checked in single precision; the file sets half precision" in found.notes


@pytest.mark.parametrize(
    "line",
    [
        "open('made', 'w').write('x')",
        "import os; os.mkdir('made')",
        "import os; os.system('touch made')",
        "import subprocess; subprocess.run(['touch', 'made'])",
        "from pathlib import Path; Path('made').touch()",
    ],
)
def test_a_constructor_can_do_no_harm(write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(HEAD + CONV.replace("SIDE", "14").replace("super()", f"{line}\n        super()") + "net = Conv()")
    with pytest.raises(InputError, match=r"check (lets no file be written|does not allow)"):
        probe(path, "Conv")
    assert not (tmp_path / "made").exists()


def test_weights_are_left_out(write: Write) -> None:
    load = "net = Conv()\nnet.load_state_dict(torch.load('gone.pt'))\nnet.fc = nn.Linear(8 * 14 * 14, 3)"
    found = probe(write(HEAD + CONV.replace("SIDE", "14") + load), "Conv")
    assert found.fresh()(torch.zeros(2, 3, 32, 32)).shape == (2, 3)


def test_a_sound_network_stays_sound(write: Write) -> None:
    path = write(HEAD + NET + "net = Net(784, 32, 7, 0.2)")
    assert isinstance(probe(path).make(), nn.Module)
    assert [bug.says for bug in examine(probe(path)).bugs] == []


def test_relative_imports(tmp_path: Path, write: Write) -> None:
    (tmp_path / "sibling_models").mkdir()
    write("WIDTH = 12", name="sibling_sizes.py")
    write("from ..sibling_sizes import WIDTH", name="sibling_models/sizes.py")
    text = HEAD + "from .sizes import WIDTH\n" + CONV.replace("SIDE", "WIDTH")
    path = write(text, name="sibling_models/net.py")
    assert execute_file(path).missing == {"WIDTH": "ImportError: attempted relative import beyond top-level package"}
    write("from .other import WIDTH", name="sibling_models/sizes.py")
    write("WIDTH = 12", name="sibling_models/other.py")
    for name in [name for name in sys.modules if name.startswith("sibling_models")]:
        del sys.modules[name]
    assert probe(path, "Conv").shape == (3, 28, 28)


def test_a_module_of_lightning_needs_no_lightning(write: Write) -> None:
    text = HEAD + "import pytorch_lightning as pl\n" + NET.replace("nn.Module", "pl.LightningModule")
    text = text.replace("super().__init__()", "super().__init__(); self.save_hyperparameters()")
    found = probe(write(text + "net = Net(784, 32, 7, 0.2)"))
    assert widths(found) == (784, 32, 7, 0.2)
    assert found.fresh().hparams.hidden == 32


def test_a_data_set_that_is_gone_through_gives_one_image(write: Write) -> None:
    text = (
        "from torchvision import datasets\ndata = datasets.CIFAR10('.')\nfor image, label in data: size = image.size\n"
    )
    assert execute_file(write(text + "count = len(data)")).module.count == 50_000


def test_what_is_imported_below_the_main_block_counts(write: Write) -> None:
    late = "\nif __name__ == '__main__':\n    import torch.nn.functional as F\n    net = Conv()\n"
    head = HEAD.replace("import torch.nn.functional as F\n", "")
    assert probe(write(head + CONV.replace("SIDE", "14") + late), "Conv").shape == (3, 32, 32)
