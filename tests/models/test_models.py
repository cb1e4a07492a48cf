"""Every registered network."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from deepstudy.catalog import MODELS, ModelConfig
from deepstudy.errors import InputError
from deepstudy.layer_table import count_layers
from deepstudy.models import build, source_files
from deepstudy.reporting.tables.study import tabulate_layers
from deepstudy.training import device

VARIANTS = [
    ("lenet5", {}),
    ("lenet5", {"dropout": 0.5}),
    ("lenet_1x1", {"pool": "first"}),
    ("lenet_1x1", {"pool": "last"}),
    ("small_cnn", {"head": "softmax"}),
    ("small_cnn", {"width": 2}),
    ("small_cnn", {"linear": 2}),
    ("small_cnn", {"linear": 5}),
    ("googlenet", {"head": "softmax"}),
    ("googlenet", {"bn": "heads"}),
    ("googlenet", {"bn": "conv"}),
    ("googlenet", {"bn": "conv+concat", "head": "softmax"}),
    ("vgg11", {}),
    ("vgg13", {"bn": False}),
    ("vgg16", {}),
    ("vgg16", {"linear": 3}),
    ("vgg19", {}),
    ("resnet20", {}),
    ("resnet20", {"shortcut": "projection", "head": "softmax", "stem_relu": False, "bias": True}),
    ("resnet32", {}),
    ("resnet44", {}),
    ("resnet56", {}),
    ("resnet110", {}),
    ("resnet110", {"shortcut": "projection", "head": "softmax", "stem_relu": False, "bias": True}),
    ("resnet18", {}),
    ("resnet34", {}),
    ("resnet50", {}),
    ("fast_cnn", {}),
    ("fast_cnn", {"width": 32}),
    ("resnet50_late", {}),
    ("resnet50_late", {"shortcut": "when-needed", "relu_after_add": True}),
    ("resnet50_late", {"shortcut": "pool"}),
    ("resnet50_late", {"shortcut": "pool", "downsample": "first"}),
]
every_variant = pytest.mark.parametrize(("name", "options"), VARIANTS, ids=str)


def make(name: str, options: dict[str, object]) -> torch.nn.Module:
    torch.manual_seed(0)
    return build(name, options, MODELS[name].input, 10)


def images(name: str, count: int) -> torch.Tensor:
    return torch.randn(count, *MODELS[name].input, generator=torch.Generator().manual_seed(0))


def test_every_model_is_tested() -> None:
    assert {name for name, _ in VARIANTS} == set(MODELS)


@every_variant
def test_options_and_defaults_are_the_catalogs(name: str, options: dict[str, object]) -> None:
    assert set(options) <= MODELS[name].option_fields().keys()
    model = make(name, {})
    for key, option in MODELS[name].option_fields().items():
        assert getattr(model, key) == option.default


def everything(outputs: Any) -> list[torch.Tensor]:
    return list(outputs) if isinstance(outputs, tuple) else [outputs]


@every_variant
def test_forward_and_backward(name: str, options: dict[str, object]) -> None:
    model = make(name, options)
    outputs = everything(model(images(name, 3)))
    assert [output.shape for output in outputs] == [(3, 10)] * max(1, len(MODELS[name].outputs))
    assert all(bool((output.sum(1) - 1).abs().max() < 1e-5) == ("softmax" in options.values()) for output in outputs)
    sum(F.cross_entropy(output, torch.tensor([1, 2, 3])) for output in outputs).backward()
    for key, parameter in model.named_parameters():
        assert parameter.grad is not None, key
        # a bias before batch normalisation has no effect, so its gradient is nothing but rounding
        assert parameter.grad.abs().sum() > 0 or key.endswith("bias"), key


@every_variant
def test_evaluation_is_deterministic_and_goes_image_by_image(name: str, options: dict[str, object]) -> None:
    model = make(name, options).eval()
    x = images(name, 3)
    with torch.inference_mode():
        out = model(x)
        assert out.shape == (3, 10)
        assert torch.equal(out, model(x))
        assert torch.allclose(out[2:3], model(x[2:3]), atol=1e-5)


# One of each kind: without bfloat16 instructions a single image takes GoogLeNet 8 seconds.
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("lenet5", {}),
        ("lenet_1x1", {"pool": "last"}),
        ("small_cnn", {"head": "softmax"}),
        ("googlenet", {"bn": "conv+concat", "head": "softmax"}),
        ("vgg11", {}),
        ("resnet20", {"shortcut": "projection", "head": "softmax", "stem_relu": False, "bias": True}),
        ("resnet18", {}),
        ("fast_cnn", {"width": 32}),
        ("resnet50_late", {}),
    ],
    ids=str,
)
def test_bfloat16(name: str, options: dict[str, object]) -> None:
    """The same to bfloat16's two or three digits, forward, and a finite gradient where a run may have one."""
    model = make(name, options)
    if device.multiplies_bfloat16("cpu"):
        with torch.autocast("cpu", torch.bfloat16):
            outputs = everything(model(images(name, 2)))
        sum(F.cross_entropy(output.float(), torch.tensor([1, 2])) for output in outputs).backward()
        gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
        assert all(bool(gradient.isfinite().all()) for gradient in gradients)
    model.eval()
    with torch.inference_mode():
        exact = model(images(name, 1))
        with torch.autocast("cpu", torch.bfloat16):
            near = model(images(name, 1)).float()
    assert (near - exact).abs().max() <= 0.05 * exact.abs().max() + 0.01


@every_variant
def test_state_dict_round_trip(name: str, options: dict[str, object]) -> None:
    model, other = make(name, options).eval(), build(name, options, MODELS[name].input, 10).eval()
    other.load_state_dict(model.state_dict())
    assert torch.equal(model(images(name, 2)), other(images(name, 2)))


@every_variant
def test_another_number_of_classes_and_channels(name: str, options: dict[str, object]) -> None:
    c, h, w = MODELS[name].input
    model = build(name, options, (4 - c, h, w), 7).eval()
    assert model(torch.randn(2, 4 - c, h, w)).shape == (2, 7)


TABLES = ["fast_cnn", "lenet5", "lenet_1x1", "small_cnn", "googlenet", "vgg16", "resnet20", "resnet50_late"]


@pytest.mark.parametrize("name", TABLES)
def test_the_docstrings_layer_table_is_the_built_networks(name: str) -> None:
    module = sys.modules[type(make(name, {})).__module__]
    table = tabulate_layers(count_layers(name, make(name, {}), MODELS[name].input).by_stage())

    def words(line: str) -> str:
        return " ".join(line.split())

    written = [words(line) for line in (module.__doc__ or "").splitlines() if line.startswith("    ")]
    built = [words(" ".join(row)) for row in [table.columns, *table.rows]]
    assert written == built


def test_every_file_has_its_table_tested() -> None:
    modules = {entry.target.partition(":")[0] for entry in MODELS.values()}
    assert {MODELS[name].target.partition(":")[0] for name in TABLES} == modules


@pytest.mark.parametrize(("name", "entry"), MODELS.items(), ids=MODELS)
def test_networks_for_any_image_take_the_smallest_and_odd_sizes(name: str, entry: type[ModelConfig]) -> None:
    if not entry.smallest:
        with pytest.raises(InputError, match=f"model {name} needs"):
            build(name, {}, (3, 29, 29), 10)
        return
    with torch.inference_mode():
        for size in (entry.smallest, entry.smallest + 5):
            assert build(name, {}, (3, size, size), 10).eval()(torch.randn(1, 3, size, size)).shape == (1, 10)
    with pytest.raises(InputError, match=f"images of at least {entry.smallest} pixels"):
        build(name, {}, (3, entry.smallest - 1, 64), 10)


def test_dropout_acts_on_both_hidden_layers_in_training_only() -> None:
    model = make("lenet5", {"dropout": 0.5})
    seen: dict[str, torch.Tensor] = {}
    for name in ("fc2", "fc3"):
        layer = model.get_submodule(name)
        layer.register_forward_pre_hook(lambda _, inputs, name=name: seen.__setitem__(name, inputs[0].detach()))
    x = images("lenet5", 64)
    model.eval()(x)
    kept = {name: (inputs != 0).float().mean().item() for name, inputs in seen.items()}
    model.train()(x)
    for name, inputs in seen.items():
        assert (inputs != 0).float().mean().item() == pytest.approx(kept[name] / 2, rel=0.15)
    assert torch.equal(model.eval()(x), make("lenet5", {}).eval()(x))


def textbook(model: torch.nn.Module, order: list[str], x: torch.Tensor) -> torch.Tensor:
    """The layers one after the other, ReLU after every one with weights but the last."""
    for name in order:
        layer = model.get_submodule(name)
        x = layer(x.flatten(1) if name == "fc1" else x)
        if name != "fc3" and not isinstance(layer, torch.nn.MaxPool2d):
            x = torch.relu(x)
    return x


@pytest.mark.parametrize(
    ("name", "options", "order", "macs"),
    [
        ("lenet5", {}, "conv1 pool1 conv2 pool2 fc1 fc2 fc3", 416_520),
        ("lenet_1x1", {"pool": "first"}, "conv1 pool1 squeeze1 conv2 pool2 squeeze2 fc1 fc2 fc3", 2_733_600),
        ("lenet_1x1", {"pool": "last"}, "conv1 squeeze1 pool1 conv2 squeeze2 pool2 fc1 fc2 fc3", 3_179_640),
    ],
)
def test_pooling_before_relu_changes_nothing(name: str, options: dict[str, object], order: str, macs: int) -> None:
    """The same output and gradients as conv, ReLU, pool written out."""
    model = make(name, options)
    x = images(name, 3)
    written_out = textbook(model, order.split(), x)
    assert torch.equal(model(x), written_out)
    gradients = torch.autograd.grad(written_out.square().sum(), list(model.parameters()))
    ours = torch.autograd.grad(model(x).square().sum(), list(model.parameters()))
    assert all(torch.equal(a, b) for a, b in zip(gradients, ours, strict=True))
    assert count_layers(name, model, MODELS[name].input).macs == macs


def test_own_networks_by_file_and_by_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_nets.py").write_text(
        "from torch import nn\n"
        "class Net(nn.Sequential):\n    def __init__(self, width=4):\n        super().__init__(nn.Linear(width, 2))\n"
        "def number():\n    return 3\n"
        "def leave():\n    raise SystemExit(3)\n"
        "class Wide(Net):\n    pass\n"
        "def make(classes, *, depth, **more):\n    return Net()\n"
    )
    (tmp_path / "no_nets.py").write_text("import math\nfrom torch.nn import Linear\nclass Plain: pass\n")
    (tmp_path / "broken.py").write_text("class Net(:\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("my_nets.py:Net", "my_nets:Net"):
        model = build(name, {"width": 6}, (1, 28, 28), 10, tmp_path)
        assert model[0].in_features == 6
    for name, options, message in [
        ("my_nets.py:Nets", {}, r"has no Nets; did you mean Net\?"),
        ("my_nets.py:Transformer", {}, r"my_nets\.py has no Transformer; its nn\.Module classes are Net, Wide$"),
        ("my_nets:numbr", {}, r"my_nets has no numbr; did you mean number\?$"),
        ("no_nets.py:Linnear", {}, r"no_nets\.py has no Linnear; it defines no nn\.Module class$"),
        ("my_nets.py:Net", {"wdth": 1}, "unexpected keyword argument 'wdth'"),
        (
            "my_nets.py:make",
            {},
            r"needs the arguments classes, depth; write model: \{name: .*make, classes: VALUE, depth",
        ),
        ("my_nets.py:make", {"depth": 2}, r"needs the argument classes; .* --set model\.classes=VALUE$"),
        ("my_nets.py:number", {}, "returns a value of type int, not an nn.Module"),
        ("other.py:Net", {}, "no such file"),
        ("no_such_module:Net", {}, "No module named 'no_such_module'"),
        ("my_nets.py:leave", {}, r"SystemExit: 3 \(.*my_nets\.py:8\)"),
        ("broken.py:Net", {}, "importing broken.py fails: SyntaxError"),
        (":Net", {}, r"write file\.py:Name or package\.module:Name"),
        ("..a:b", {}, "importing ..a fails: TypeError"),
    ]:
        with pytest.raises(InputError, match=message):
            build(name, options, (1, 28, 28), 10, tmp_path)


def test_lazy_layers_learn_their_sizes_from_the_images(tmp_path: Path) -> None:
    (tmp_path / "lazy.py").write_text(
        "from torch import nn\n"
        "def net(side=28):\n"
        "    return nn.Sequential(nn.LazyConv2d(4, side), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(10))\n"
    )
    model = build("lazy.py:net", {}, (3, 32, 32), 10, tmp_path)
    assert (model[0].in_channels, model[1].num_features, model[3].in_features) == (3, 4, 4 * 5 * 5)
    assert model.training
    assert model[1].num_batches_tracked == 0
    with pytest.raises(InputError, match=r"model lazy.py:net cannot take one image of 3x32x32: RuntimeError"):
        build("lazy.py:net", {"side": 40}, (3, 32, 32), 10, tmp_path)
    (tmp_path / "unused.py").write_text(
        "from torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self.head = nn.LazyLinear(10)\n"
        "    def forward(self, x):\n        return x\n"
    )
    with pytest.raises(
        InputError,
        match=r"layer head.weight is not used in eval mode, so its size is unknown; set the size in the code",
    ):
        build("unused.py:Net", {}, (3, 32, 32), 10, tmp_path)


def test_two_files_may_have_helpers_of_one_name(tmp_path: Path) -> None:
    for width in (3, 4):
        (tmp_path / f"with{width}").mkdir()
        (tmp_path / f"with{width}" / "helper.py").write_text(f"WIDTH = {width}\n")
        (tmp_path / f"with{width}" / "net.py").write_text(
            "from torch import nn\nfrom helper import WIDTH\ndef net():\n    return nn.Linear(WIDTH, 2)\n"
        )
    for width in (3, 4, 3):
        assert build("net.py:net", {}, (1, 28, 28), 10, tmp_path / f"with{width}").in_features == width


def test_a_modules_source_is_known_before_it_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "not_yet_seen.py").write_text("from torch.nn import Identity as Net\n")
    assert source_files("not_yet_seen:Net", tmp_path) == [tmp_path / "not_yet_seen.py"]
    (tmp_path / "leaving").mkdir()
    (tmp_path / "leaving" / "__init__.py").write_text("raise SystemExit(0)\n")
    assert source_files("leaving.net:Net", tmp_path) == []


def test_a_module_in_the_working_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here_only").mkdir()
    (tmp_path / "here_only" / "nets.py").write_text("from torch.nn import Identity as Net\n")
    monkeypatch.setattr("sys.path", [entry for entry in sys.path if entry])
    monkeypatch.chdir(tmp_path)
    assert isinstance(build("here_only.nets:Net", {}, (1, 28, 28), 10, tmp_path / "runs" / "net"), nn.Identity)


def test_images_of_another_size_are_refused() -> None:
    with pytest.raises(InputError, match=re.escape("model lenet5 needs 28x28 images, but the data has 32x32")):
        build("lenet5", {}, (3, 32, 32), 10)
