"""The networks that a file defines: the whole ones, in its order."""

import json
from collections.abc import Callable
from pathlib import Path

from deepstudy.checks.execution import execute_file
from deepstudy.checks.networks import find_networks

Write = Callable[..., Path]

HEAD = """
from __future__ import annotations
import torch, torch.nn as nn
from torch.nn import Module
class Base(nn.Module):
    def forward(self, x): return x
"""


def found(write: Write, text: str) -> list[str]:
    whole = [*find_networks(execute_file(write(text), whole=True))]
    assert [*find_networks(execute_file(write(text)))] == whole
    return whole


def test_networks_are_the_whole_ones_in_order(write: Write) -> None:
    assert found(
        write,
        """
        import torch.nn as nn
        from torch.nn import Linear, Module
        class Flatten(Module):
            def forward(self, x): return x
        class Zeta(Module):
            def __init__(self, num_classes, in_channels, *, nClasses):
                super(Zeta, self).__init__()
                self.flat = Flatten()
            def forward(self, x): return x
        class Alpha(nn.Sequential):
            def __init__(self, hidden): super().__init__(Linear(3, hidden))
        class FocalLoss(Module):
            def forward(self, x): return x
        class Nothing(Module): pass
        class Config: net = Zeta
        def train(model: Zeta): return Alpha
        """,
    ) == ["Zeta", "Alpha"]


def test_a_class_gives_way_to_the_functions_that_complete_it(write: Write) -> None:
    resnet = """
        from torch import nn
        class Block(nn.Module):
            def __init__(self, planes): super().__init__()
            def forward(self, x): return x
        class ResNet(nn.Module):
            def __init__(self, block, layers, num_classes=10): super().__init__()
            def forward(self, x): return x
        def _resnet(block, layers): return ResNet(block, layers)
        def resnet18(): return _resnet(Block, [2, 2, 2, 2])
        def resnet34(num_classes):
            model = ResNet(Block, [3, 4, 6, 3])
            model.apply(print)
            return model.to("cpu")
        def main():
            model = resnet18()
            train_it(model)
            return model
        """
    assert found(write, resnet) == ["resnet18", "resnet34"]


def test_functions_that_build(write: Write) -> None:
    text = """
        from __future__ import annotations
        import torch
        from torch import nn
        class Net(nn.Module):
            def __init__(self, width=8):
                super().__init__()
                self.fc = nn.Linear(3, width)
            def forward(self, x): return self.fc(x)
        def wide(): return Net(16)
        def sized(width): return Net(width)
        def layers(sizes): return nn.Sequential(*map(nn.Linear, sizes, sizes))
        def mlp(): return nn.Sequential(layers([3]), nn.Flatten())
        def hinted() -> nn.Module:
            net = vars(nn)["Identity"]()
            return net
        def quoted() -> "Net": ...
        def one() -> nn.Linear: return nn.Linear(3, 3)
        def plain(x): return x
        def score() -> torch.Tensor: return Net()(3)
        def fitted() -> Net:
            net = Net()
            net.loss().backward()
            return net
        async def later(): return Net()
        """
    assert found(write, text) == ["Net", "wide", "mlp", "hinted", "quoted"]


def test_a_base_class_gives_way_to_what_completes_it(write: Write) -> None:
    text = """
        from abc import ABC, abstractmethod
        from torch import nn
        class VGG(nn.Module):
            def __init__(self, depth): super().__init__()
            def forward(self, x): return x
        class VGG11(VGG):
            def __init__(self): VGG.__init__(self, 11)
        class Abstract(nn.Module, ABC):
            @abstractmethod
            def forward(self, x): ...
        class Simple(Abstract):
            def forward(self, x): return x
        class Wider(Simple):
            def __init__(self): Simple.__init__(self)
        """
    assert found(write, text) == ["VGG11", "Simple", "Wider"]


def test_networks_of_other_files_do_not_count(write: Write) -> None:
    write("from torch import nn\nclass Net(nn.Module):\n    def forward(self, x): ...", name="sibling_net.py")
    text = "from sibling_net import Net\nclass Mine(Net): pass\ndef build(): return Net()\n"
    assert found(write, text) == ["Mine", "build"]
    assert found(write, "import math\n") == []


def test_a_network_defined_twice_counts_once_and_last(write: Write) -> None:
    body = "(nn.Module):\n    def forward(self, x): ...\n"
    file = execute_file(write(f"from torch import nn\nclass A{body}class B{body}class C{body}", f"class A{body}del C"))
    assert [*find_networks(file)] == ["B", "A"]


def test_what_only_wraps_or_trains_a_network_does_not_hide_it(tmp_path: Path) -> None:
    cells = [
        "import torch\nfrom __future__ import print_function\nfrom torch import nn",
        "class Net(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(784, 10)\n"
        "    def forward(self, x):\n        return self.fc(x.flatten(1))\n",
        "class Trainer(nn.Module):\n"
        "    def __init__(self, model):\n        super().__init__()\n        self.model = model\n"
        "    def fit(self):\n        self.model = Net()\n",
        "model = nn.DataParallel(Net())\ntrainer = Trainer(model)",
    ]
    path = tmp_path / "lab.ipynb"
    source = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    path.write_text(json.dumps({"cells": source, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert list(find_networks(execute_file(path))) == ["Net"]


def test_a_function_may_define_the_class_that_it_builds(write: Write) -> None:
    assert found(
        write,
        HEAD
        + """
        def make():
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 2)
                def forward(self, x): return self.fc(x)
            return Net()
        """.replace("\n        ", "\n"),
    ) == ["make"]


def test_a_file_may_be_named_as_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "lenet"
    folder.mkdir()
    (folder / "base.py").write_text(
        "from torch import nn\nclass Base(nn.Module):\n    def forward(self, x): return self.fc(x)\n"
    )
    (folder / "lenet.py").write_text(
        "from torch import nn\nfrom .base import Base\nclass Net(Base):\n    def __init__(self):\n"
        "        super().__init__()\n        self.fc = nn.Linear(4, 2)\n"
    )
    assert [*find_networks(execute_file(folder / "lenet.py"))] == ["Net"]


def test_a_function_of_another_file_may_build_the_network(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(
        "from torch import nn\n"
        "def layers(width): return nn.Sequential(nn.Flatten(), nn.Linear(4, width), nn.Linear(width, 2))\n"
        "def small(): return layers(3)\n"
        "def trained():\n    net = layers(3)\n    train(net)\n    return net\n"
    )
    main = tmp_path / "main.py"
    main.write_text("from nets import *\nmodel = small().to('cpu')\nother = trained()\nopt = SGD(model.parameters())\n")
    assert [*find_networks(execute_file(main))] == ["model"]
