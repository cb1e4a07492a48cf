"""Training as PyTorch's own examples write it: what `make bench` compares ours with.

A `DataLoader` over one image at a time, each through a pipeline of transforms on PIL images and tensors (pad and crop,
flip, to tensor, normalise, as torchvision has them), float32, the default memory layout, torch's layers, its optimizer
with default arguments, `loss.item()` and the accuracy of every batch. Nothing here is slow on purpose.
"""

import random
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from deepstudy import catalog, models
from deepstudy.loading import channel_statistics, load
from deepstudy.models import small_cnn
from deepstudy.models.layers import Conv1x1, LocalResponseNorm
from deepstudy.process import Parent
from deepstudy.study import load_study
from deepstudy.training import init


def random_crop(padding: int) -> Callable[[Image.Image], Image.Image]:
    def transform(image: Image.Image) -> Image.Image:
        width, height = image.size
        padded = ImageOps.expand(image, padding)
        left, top = random.randint(0, 2 * padding), random.randint(0, 2 * padding)
        return padded.crop((left, top, left + width, top + height))

    return transform


def random_flip(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else image


def to_tensor(image: Image.Image) -> Tensor:
    pixels = np.array(image)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    return torch.from_numpy(pixels.transpose(2, 0, 1).copy()).to(torch.float32).div(255)


def normalize(mean: list[float], std: list[float]) -> Callable[[Tensor], Tensor]:
    def transform(image: Tensor) -> Tensor:
        shape = (-1, 1, 1)
        return image.sub(torch.tensor(mean).view(shape)).div_(torch.tensor(std).view(shape))

    return transform


class Images(Dataset):
    """Images and their classes; each image is transformed when it is read."""

    def __init__(self, images: Tensor, labels: Tensor, transforms: list[Callable]) -> None:
        pixels = images.permute(0, 2, 3, 1).contiguous().numpy()
        self.pixels = pixels[..., 0] if pixels.shape[3] == 1 else pixels
        self.labels, self.transforms = labels.tolist(), transforms

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = Image.fromarray(self.pixels[index])
        for transform in self.transforms:
            image = transform(image)
        return image, self.labels[index]


class LeNet5(nn.Module):
    """The network in the order of the textbooks: ReLU, then pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


def textbook(model: nn.Module) -> nn.Module:
    """`model` with torch's layers instead of ours, in the order of the textbooks."""
    for name, child in model.named_children():
        if isinstance(child, LocalResponseNorm):
            setattr(model, name, nn.LocalResponseNorm(child.size, child.alpha, child.beta, child.k))
        elif isinstance(child, Conv1x1):
            child.__class__ = nn.Conv2d
        elif isinstance(child, small_cnn.ConvBlock):
            setattr(model, name, nn.Sequential(*child))
        else:
            textbook(child)
    return model


class Stock:
    """An experiment's network, recipe and images, the stock way."""

    def __init__(self, study: str, experiment: str, images: int, workers: int, overrides: Sequence[str] = ()) -> None:
        recipe = load_study(study).experiment(experiment, None, overrides)
        data = load(**recipe.data.model_dump())
        train = data.splits["train"]
        shape = tuple(train.images.shape[1:])
        given = recipe.normalize
        self.normalize = normalize(*((given.mean, given.std) if given else channel_statistics(train)))
        augment: list[Callable] = [random_crop(recipe.augment.crop)] if recipe.augment.crop else []
        augment += [random_flip] if recipe.augment.flip else []
        self.loader = DataLoader(
            Images(train.images[:images], train.labels[:images], [*augment, to_tensor, self.normalize]),
            batch_size=recipe.batch_size,
            shuffle=True,
            num_workers=workers,
            persistent_workers=workers > 0,
        )
        test = data.splits["test"]
        self.test = DataLoader(Images(test.images, test.labels, [to_tensor, self.normalize]), batch_size=1000)

        name, options = recipe.model.name, recipe.model.options
        model = LeNet5() if name == "lenet5" else textbook(models.build(name, options, shape, len(data.classes)))
        init.initialize(model, **recipe.init.model_dump())
        self.model = model
        kind = catalog.OPTIMIZERS[recipe.optimizer.name].import_target()
        self.optimizer = kind(model.parameters(), **recipe.optimizer.options)
        self.weights = recipe.outputs.weights if recipe.outputs else [1.0]
        self.criterion = nn.CrossEntropyLoss()

    def epoch(self) -> float:
        """Train on all images; the mean loss of the batches."""
        self.model.train()
        running, correct = 0.0, 0
        for inputs, labels in self.loader:
            self.optimizer.zero_grad()
            outputs = self.model(inputs)
            outputs = outputs if isinstance(outputs, tuple) else (outputs,)
            loss = sum(w * self.criterion(output, labels) for w, output in zip(self.weights, outputs, strict=True))
            loss.backward()
            self.optimizer.step()
            running += loss.item()
            correct += (outputs[0].argmax(1) == labels).sum().item()
        return running / len(self.loader)

    def accuracy(self) -> float:
        self.model.eval()
        correct = 0
        with torch.no_grad():
            for inputs, labels in self.test:
                correct += (self.model(inputs).argmax(1) == labels).sum().item()
        return 100 * correct / len(self.test.dataset)


def take_turns(parent: Parent) -> None:
    """Train on the images each time a message comes, and answer with the seconds it took."""
    task = parent.receive()
    stock = Stock(task["study"], task["experiment"], task["images"], task["workers"], task["overrides"])
    while parent.receive() is not None:
        began = time.perf_counter()
        stock.epoch()
        parent.send({"seconds": time.perf_counter() - began})
