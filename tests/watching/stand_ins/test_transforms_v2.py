"""The transforms of v2: images of structures, and torchvision's results."""

import importlib
import pickle
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from deepstudy.watching.stand_ins.importable.torchvision.transforms import v2 as T

#: Equal to the last bit, on every kind of image.
EXACT = """
ToTensor()
PILToTensor()
ToPILImage()
ToImage()
Identity()
ToDtype(torch.float32)
ToDtype(torch.float32, scale=True)
ConvertImageDtype(torch.float32)
Resize(20)
Resize((50, 60))
Resize((20, 24), interpolation=T.InterpolationMode.BICUBIC)
Resize((50, 24), antialias=False)
CenterCrop(51)
Pad((1, 2, 3, 4), fill=7)
RandomCrop(28, padding=4)
RandomCrop((28, 40), pad_if_needed=True)
RandomCrop((24, 50), padding=(1, 2), pad_if_needed=True, fill=9)
RandomHorizontalFlip()
RandomVerticalFlip(0.7)
RandomResizedCrop(24)
RandomRotation(15)
RandomAffine(10, translate=(0.1, 0.1), scale=(0.8, 1.2), shear=10)
RandomErasing(0.8)
RandomErasing(1.0, value="random")
RandomApply([T.RandomRotation(20), T.RandomHorizontalFlip()], 0.6)
RandomChoice([T.RandomRotation(20), T.RandomHorizontalFlip()], [0.3, 0.7])
RandomOrder([T.RandomRotation(20), T.RandomCrop(20), T.RandomHorizontalFlip()])
Compose([T.ToImage(), T.ToDtype(torch.float32, scale=True), T.Normalize((0.5,), (0.5,))])
Compose([T.RandomCrop(28, padding=4), T.RandomHorizontalFlip(), T.ToTensor(), T.RandomErasing()])
""".strip().splitlines()
#: Equal on PIL images; on tensors up to the rounding of the last steps.
CLOSE = """
Grayscale()
Grayscale(3)
RandomGrayscale(0.5)
RandomRotation(30, interpolation=T.InterpolationMode.BILINEAR, fill=3)
RandomPerspective(0.3, 1.0, fill=5)
ColorJitter(0.4, 0.4, 0.4, 0.1)
GaussianBlur(3)
RandomAdjustSharpness(0.3)
""".strip().splitlines()


def made(module: Any, case: str) -> Any:
    return eval(f"T.{case}", {"T": module, "torch": torch})


def outcome(transform: Any, image: Any, seed: int) -> tuple[Any, Any, float]:
    torch.manual_seed(seed)
    image = transform(image.clone() if isinstance(image, torch.Tensor) else image)
    kind = image.mode if isinstance(image, Image.Image) else image.dtype
    return kind, np.asarray(image).astype(float), torch.rand(1).item()


@pytest.mark.filterwarnings("ignore")  # torchvision's own
@pytest.mark.parametrize("case", [*EXACT, *CLOSE])
def test_it_equals_torchvision(case: str, real: ModuleType, images: Mapping[str, Any]) -> None:
    ours, theirs = made(T, case), made(importlib.import_module("torchvision.transforms.v2"), case)
    for name, image in images.items():
        for seed in range(8):
            kind, pixels, after = outcome(ours, image, seed)
            kind_there, pixels_there, after_there = outcome(theirs, image, seed)
            assert (kind, after) == (kind_there, after_there), (name, seed)
            if case in EXACT or name.endswith("PIL"):
                assert np.array_equal(pixels, pixels_there), (name, seed)
            else:
                assert np.allclose(pixels, pixels_there, rtol=0, atol=2 if name.endswith("bytes") else 2e-6)


def test_a_structure_keeps_its_labels_and_its_images_get_the_same_numbers() -> None:
    image = Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8))
    transform = T.Compose([T.RandomCrop(5), T.RandomHorizontalFlip(), T.ToImage()])
    torch.manual_seed(3)
    sample = transform({"a": image, "rest": (image, 7, torch.ones(2), "name")})
    assert torch.equal(sample["a"], sample["rest"][0])
    assert sample["rest"][1:3] == (7, pytest.approx(torch.ones(2)))
    assert sample["rest"][3] == "name"
    image, label = transform(image, 4)
    assert (tuple(image.shape), label) == (((1, 5, 5)), 4)


def test_without_a_picture_the_first_tensor_is_the_image() -> None:
    flip = T.RandomHorizontalFlip(1.0)
    image, other = torch.arange(6.0).reshape(1, 2, 3), torch.arange(3.0)
    assert torch.equal(flip(image, other)[0], image.flip(-1))
    assert torch.equal(flip(image, other)[1], other)


def test_generated_classes_are_pickled() -> None:
    transform = pickle.loads(pickle.dumps(T.Compose([T.RandomCrop(4, padding=1), T.Normalize([0.5], [0.5])])))
    assert [type(each) for each in transform.transforms] == [T.RandomCrop, T.Normalize]
    assert transform.transforms[0].size == (4, 4)


def test_what_is_not_here_says_so() -> None:
    for use in (T.MixUp, T.RandAugment, lambda: T.ToDtype({torch.Tensor: torch.float32})):
        with pytest.raises(NotImplementedError, match=r"stand-in.*install torchvision"):
            use()
    with pytest.raises(AttributeError, match=r"torchvision\.transforms\.v2\.Resizes is not part of the stand-in"):
        _ = T.Resizes
