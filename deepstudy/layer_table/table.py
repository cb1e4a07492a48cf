"""The layer table of a network, and the shapes along its stages."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Layer:
    """One row of a layer table.

    Attributes:
        name: the layer's name in the network, such as `stage1.conv1`.
        kind: its class.
        output: the shape of its output, without the batch.
        weights: how many weights it has.
        biases: how many biases it has.
        macs: multiply-adds for one image.
        arithmetic: the product that gives the number of weights, such as `5x5x1x6`.
    """

    name: str
    kind: str
    output: list[int]
    weights: int
    biases: int
    macs: int
    arithmetic: str = ""


@dataclass(frozen=True)
class StageShapes:
    """A part of a network, and the shapes of its input and output, without the batch."""

    name: str
    kind: str
    input: list[int]
    output: list[int]


@dataclass(frozen=True)
class LayerTable:
    """The layers and stages of a network in the order in which an image passes them, and their totals."""

    model: str
    input: list[int]
    layers: list[Layer] = field(default_factory=list)
    stages: list[StageShapes] = field(default_factory=list)

    @property
    def weights(self) -> int:
        """Weights of all layers; the scale of a normalisation layer is a weight."""
        return sum(layer.weights for layer in self.layers)

    @property
    def biases(self) -> int:
        """Biases of all layers; the shift of a normalisation layer is a bias."""
        return sum(layer.biases for layer in self.layers)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases

    @property
    def macs(self) -> int:
        """Multiply-adds of convolutions and linear layers for one image."""
        return sum(layer.macs for layer in self.layers)

    def trace(self, batch: int) -> list[list[int]]:
        """List the sizes of a batch along the network, as reports print them.

        Arguments:
            batch: the number of images in the batch.

        Returns:
            The input, then the output of each stage. If images are flattened between two stages, the flat size follows.
        """
        sizes = [self.input]
        for stage in self.stages:
            sizes += [stage.input, stage.output]
        different = [size for number, size in enumerate(sizes) if number == 0 or size != sizes[number - 1]]
        return [[batch, *size] for size in different]

    def by_stage(self) -> "LayerTable":
        """A table with one row for each stage: its output, and the sums over its layers."""
        rows = []
        for stage in self.stages:
            own = [layer for layer in self.layers if layer.name.split(".")[0] == stage.name]
            if len(own) == 1 and own[0].name == stage.name:
                rows.append(own[0])
                continue
            counts = {key: sum(getattr(layer, key) for layer in own) for key in ("weights", "biases", "macs")}
            rows.append(Layer(stage.name, stage.kind, stage.output, **counts))
        seen = {stage.name for stage in self.stages}
        rows += [layer for layer in self.layers if layer.name.split(".")[0] not in seen]
        return LayerTable(self.model, self.input, rows, self.stages)

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> "LayerTable":
        """Make a table from a dictionary, the inverse of `dataclasses.asdict`.

        Arguments:
            document: the result of `dataclasses.asdict` for a table. The result of `as_json` has no stages.

        Returns:
            The table.
        """
        layers = [Layer(**row) for row in document["layers"]]
        return cls(document["model"], document["input"], layers, [StageShapes(**row) for row in document["stages"]])

    def as_json(self) -> dict[str, Any]:
        """The document that `show --json` prints."""
        totals = {key: getattr(self, key) for key in ("weights", "biases", "parameters", "macs")}
        return {"model": self.model, "input": self.input, "layers": [asdict(row) for row in self.layers], **totals}
