"""The stand-in beside the real torchvision, where that is installed."""

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest
import torch
from PIL import Image

from deepstudy.watching.stand_ins import IMPORTABLE, copies


@pytest.fixture
def real() -> ModuleType:
    """The installed torchvision."""
    module = pytest.importorskip("torchvision", reason="torchvision is not installed")
    if str(IMPORTABLE) in module.__file__:
        pytest.skip("torchvision is not installed")
    return importlib.import_module("torchvision")


@pytest.fixture
def fresh() -> Iterator[None]:
    """No torchvision is imported; what the test imports is forgotten afterwards."""
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "torchvision"}
    path, finders = list(sys.path), list(sys.meta_path)
    for name in before:
        del sys.modules[name]
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    sys.modules.update(before)
    sys.path[:], sys.meta_path[:] = path, finders
    copies.report_to(lambda _: None)


@pytest.fixture(scope="session")
def images() -> dict[str, Image.Image | torch.Tensor]:
    """A smooth image in colour and a grey one, each as PIL image and as tensors."""
    generator = np.random.default_rng(0)
    pictures = {}
    for name, width, height in (("color", 40, 32), ("gray", 28, 28)):
        coarse = generator.integers(0, 256, (height // 4, width // 4, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        picture = picture if name == "color" else picture.convert("L")
        pixels = np.array(picture)
        tensor = torch.from_numpy(pixels if pixels.ndim == 3 else pixels[:, :, None]).permute(2, 0, 1).contiguous()
        pictures |= {f"{name} PIL": picture, f"{name} bytes": tensor, f"{name} floats": tensor / 255}
    return pictures
