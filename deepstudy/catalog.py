"""What a study can ask for by name: networks, optimizers, learning-rate schedules.

Each is a class whose fields are its options, so an option has its type, default and description here and only here.
To add one, write its class and put it into the table below it. What a class builds is addressed as
`module:attribute` and imported only where it is built, so reading a study file never costs the import of torch.
"""

import importlib
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

Count = Annotated[int, Field(ge=1, strict=True)]
Positive = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, lt=1, strict=True)]

#: What a `switch` waits for: the split, the quantity, the sign, the level.
CONDITION = r"\s*(train|validation|test)_(accuracy|error|loss)\s*([<>])\s*(\d+(?:\.\d+)?)\s*"


class StrictModel(BaseModel):
    """A mapping in which unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(StrictModel):
    """Something chosen by name, and its options: the other fields."""

    name: str

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments, defaults included."""
        return {key: value for key, value in dict(self).items() if key != "name"}


def _describe_names(schema: dict[str, Any], entry: type["Entry"]) -> None:
    """Put the line about each name into the JSON Schema; where there is one name, pydantic does so."""
    if len(entry.names()) > 1:
        described = [{"const": name, "description": entry.summary(name)} for name in entry.names()]
        schema["properties"]["name"] = {"oneOf": described}


class Entry(Choice):
    """An entry of the catalog. Its docstring is the line that lists and the JSON Schema show."""

    model_config = ConfigDict(json_schema_extra=_describe_names)

    target: ClassVar[str]  #: what it builds, as `module:attribute`

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names it goes by: several where networks of one family differ in nothing but their depth."""
        return get_args(cls.model_fields["name"].annotation)

    @classmethod
    def summary(cls, name: str) -> str:
        """One line about it.

        Arguments:
            name: one of its names.

        Returns:
            The line, without a full stop.
        """
        return cls.__doc__ or ""

    @classmethod
    def option_fields(cls) -> dict[str, FieldInfo]:
        """Its options by name, with type, default and description."""
        return {key: field for key, field in cls.model_fields.items() if key != "name"}

    @classmethod
    def import_target(cls) -> Any:
        """What it builds, imported."""
        module, _, attribute = cls.target.partition(":")
        return getattr(importlib.import_module(module), attribute)


EntryT = TypeVar("EntryT", bound=Entry)


def _by_name(*entries: type[EntryT]) -> Mapping[str, type[EntryT]]:
    return {name: entry for entry in entries for name in entry.names()}


# Networks ----------------------------------------------------------------------------------------------------------


class ModelConfig(Entry):
    """A network, with what its paper or report says of its images."""

    paper: ClassVar[str]
    input: ClassVar[tuple[int, int, int]] = (3, 32, 32)  #: channels, height and width of the paper's images
    smallest: ClassVar[int] = 0  #: the least height and width it takes; 0 where it takes those of `input` alone
    outputs: ClassVar[tuple[float, ...]] = ()  #: the weights of its outputs' losses, where it returns several

    @classmethod
    def implied(cls, name: str) -> dict[str, Any]:
        """What the name itself says: `resnet20` is a depth.

        Arguments:
            name: one of its names.

        Returns:
            Keyword arguments of the target beside the options.
        """
        return {}


Head = Annotated[Literal["logits", "softmax"], Field(description="what it returns; cross-entropy takes logits")]


class LeNet5Config(ModelConfig):
    """LeNet-5 with ReLU and max pooling, for 28x28 digits"""

    target = "deepstudy.models.lenet5:LeNet5"
    paper = "LeCun et al. 1998"
    input = (1, 28, 28)

    name: Literal["lenet5"]
    dropout: Fraction = Field(0.0, description="dropout after each hidden fully connected layer")


class LeNet1x1Config(ModelConfig):
    """wider LeNet whose 1x1 convolutions squeeze the channels"""

    target = "deepstudy.models.lenet_1x1:LeNet1x1"
    paper = "a lab report's own network, after LeCun et al. 1998 and Lin et al. 2013"
    input = (1, 28, 28)

    name: Literal["lenet_1x1"]
    pool: Literal["first", "last"] = Field(
        "first", description="pool before the 1x1 convolution (as reported) or after it"
    )


class SmallCNNConfig(ModelConfig):
    """three convolutions with batch normalisation and three linear layers"""

    target = "deepstudy.models.small_cnn:SmallCNN"
    paper = "a lab report's own network, after LeCun et al. 1998 and Ioffe & Szegedy 2015"

    name: Literal["small_cnn"]
    head: Head = "logits"
    width: Count = Field(1, description="times the channels of the report")
    linear: Literal[2, 3, 5] = Field(3, description="linear layers in all")


class GoogLeNetConfig(ModelConfig):
    """GoogLeNet with its auxiliary heads, fitted to 32x32 images"""

    target = "deepstudy.models.googlenet:GoogLeNet"
    paper = "Szegedy et al. 2014"
    outputs = (1.0, 0.3, 0.3)

    name: Literal["googlenet"]
    bn: Literal["none", "heads", "conv", "conv+concat"] = Field(
        "none",
        description="batch normalisation: none, in the heads, after each convolution, after each concatenation too",
    )
    head: Head = "logits"


class FamilyConfig(ModelConfig):
    """Networks of one family, whose names end in their depth"""

    line: ClassVar[str]  #: the line about each of them, with `{depth}` where that stands

    @classmethod
    def summary(cls, name: str) -> str:
        """One line about a network of the family.

        Arguments:
            name: one of the family's names.

        Returns:
            The line, without a full stop.
        """
        return cls.line.format(depth=_depth(name))

    @classmethod
    def implied(cls, name: str) -> dict[str, Any]:
        """The depth that a name says.

        Arguments:
            name: one of the family's names.

        Returns:
            The depth as a keyword argument.
        """
        return {"depth": _depth(name)}


def _depth(name: str) -> int:
    return int(re.sub(r"\D", "", name))


class VGGConfig(FamilyConfig):
    """VGG, for small images"""

    target = "deepstudy.models.vgg:VGG"
    paper = "Simonyan & Zisserman 2014"
    smallest = 32

    name: Literal["vgg11", "vgg13", "vgg16", "vgg19"]
    bn: bool = Field(True, description="batch normalisation after each convolution")
    linear: Literal[1, 3] = Field(1, description="linear layers of the head; the paper has 3")

    @classmethod
    def summary(cls, name: str) -> str:
        """One line about a VGG, with the letter that the paper's table 1 gives it.

        Arguments:
            name: `vgg11`, `vgg13`, `vgg16` or `vgg19`.

        Returns:
            The line, without a full stop.
        """
        depth = _depth(name)
        configuration = {11: "A", 13: "B", 16: "D", 19: "E"}[depth]
        return f"VGG-{depth}, configuration {configuration}, for small images"


class CifarResNetConfig(FamilyConfig):
    """ResNet of section 4.2, for small images"""

    target = "deepstudy.models.resnet:CifarResNet"
    line = "ResNet-{depth} of section 4.2, for small images"
    paper = "He et al. 2015"
    smallest = 8

    name: Literal["resnet20", "resnet32", "resnet44", "resnet56", "resnet110"]
    shortcut: Literal["identity", "projection"] = Field(
        "identity", description="zero-padded identity (option A) or 1x1 convolution"
    )
    head: Head = "logits"
    stem_relu: bool = Field(True, description="ReLU after the first convolution")
    bias: bool = Field(False, description="biases in the convolutions, beside batch normalisation")


class ResNetConfig(FamilyConfig):
    """ResNet of section 4.1 with a 3x3 stem, for small images"""

    target = "deepstudy.models.resnet:ResNet"
    line = "ResNet-{depth} of section 4.1 with a 3x3 stem, for small images"
    paper = "He et al. 2015"
    smallest = 8

    name: Literal["resnet18", "resnet34", "resnet50"]


class LateResNet50Config(ModelConfig):
    """a report's ResNet-50: three stages, each shrinking the image in its last block"""

    target = "deepstudy.models.resnet50_late:LateResNet50"
    paper = "a lab report's own network, after He et al. 2015"
    smallest = 32

    name: Literal["resnet50_late"]
    shortcut: Literal["always", "when-needed", "pool"] = Field(
        "always",
        description="projections everywhere, only where shapes change, or pooling where the image shrinks",
    )
    relu_after_add: bool = Field(False, description="ReLU after the addition (as the paper) instead of before it")
    downsample: Literal["last", "first"] = Field("last", description="which block of a stage shrinks the image")


class FastCNNConfig(ModelConfig):
    """six convolutions behind a whitening one, for CIFAR-10 in minutes"""

    target = "deepstudy.models.fast_cnn:FastCNN"
    paper = "our own, after Page 2018 and Jordan 2024"
    smallest = 16

    name: Literal["fast_cnn"]
    width: Count = Field(64, description="channels of the first stage; the others have four times as many")
    scale: Positive = Field(1.0, description="factor of the logits")


MODELS = _by_name(
    LeNet5Config,
    LeNet1x1Config,
    SmallCNNConfig,
    GoogLeNetConfig,
    VGGConfig,
    CifarResNetConfig,
    ResNetConfig,
    LateResNet50Config,
    FastCNNConfig,
)


def is_built_in(name: str) -> bool:
    """Whether a network comes with DeepStudy.

    Arguments:
        name: the network's name.

    Returns:
        Whether the catalog has it; else it is somebody's own code.
    """
    return name in MODELS


# Optimizers --------------------------------------------------------------------------------------------------------


class OptimizerConfig(Entry):
    """An optimizer."""

    lr: Positive = Field(1e-3, description="learning rate")


class SGDConfig(OptimizerConfig):
    """stochastic gradient descent"""

    target = "torch.optim:SGD"

    name: Literal["sgd"]
    momentum: Fraction = Field(0.0, description="momentum")
    dampening: NotNegative = Field(0.0, description="dampening of the momentum")
    weight_decay: NotNegative = Field(0.0, description="L2 penalty, added to the gradient")
    nesterov: bool = Field(False, description="Nesterov momentum")


class AdamFamilyConfig(OptimizerConfig):
    """Adam, however it decays weights"""

    betas: tuple[Fraction, Fraction] = Field((0.9, 0.999), description="decay of the two running averages")
    eps: Positive = Field(1e-8, description="added to the denominator")
    amsgrad: bool = Field(False, description="the AMSGrad variant")


class AdamConfig(AdamFamilyConfig):
    """Adam (Kingma & Ba 2014)"""

    target = "torch.optim:Adam"

    name: Literal["adam"]
    weight_decay: NotNegative = Field(0.0, description="L2 penalty, added to the gradient")


class AdamWConfig(AdamFamilyConfig):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2017)"""

    target = "torch.optim:AdamW"

    name: Literal["adamw"]
    weight_decay: NotNegative = Field(1e-2, description="decoupled weight decay")


class MuonConfig(OptimizerConfig):
    """Muon (Jordan et al. 2024) for filters, Adam for the rest"""

    target = "deepstudy.training.optimizers:Muon"

    name: Literal["muon"]
    lr: Positive = Field(0.1, description="learning rate of the filters")
    momentum: Fraction = Field(0.6, description="momentum of the filters, Nesterov's")
    rest_lr: Positive = Field(0.01, description="learning rate of everything else, by Adam")
    betas: tuple[Fraction, Fraction] = Field((0.9, 0.95), description="decay of Adam's two running averages")


OPTIMIZERS = _by_name(SGDConfig, AdamConfig, AdamWConfig, MuonConfig)


# Schedules ---------------------------------------------------------------------------------------------------------


class ScheduleConfig(Entry):
    """A learning-rate schedule"""

    #: Whether the learning rate at an epoch depends on how many epochs follow. Where it does not, a run of 10 epochs
    #: is the beginning of a run of 20.
    needs_length: ClassVar[bool] = False

    warmup: NotNegative = Field(0.0, description="epochs of linear rise from 0 at the start")


class ConstantConfig(ScheduleConfig):
    """the same learning rate throughout"""

    target = "deepstudy.training.schedules:constant"

    name: Literal["constant"]


class StepConfig(ScheduleConfig):
    """times `gamma` every `every` epochs"""

    target = "deepstudy.training.schedules:step"

    name: Literal["step"]
    every: Count = Field(description="epochs between steps")
    gamma: Positive = Field(0.1, description="factor")


class MultistepConfig(ScheduleConfig):
    """times `gamma` after each epoch of `at`"""

    target = "deepstudy.training.schedules:multistep"

    name: Literal["multistep"]
    at: list[Count] = Field(description="epochs after which it steps")
    gamma: Positive = Field(0.1, description="factor")


class CosineConfig(ScheduleConfig):
    """half a cosine from 1 to `floor` over the run (Loshchilov & Hutter 2016)"""

    target = "deepstudy.training.schedules:cosine"
    needs_length = True

    name: Literal["cosine"]
    floor: Fraction = Field(0.0, description="fraction of the learning rate left at the end")


class LinearConfig(ScheduleConfig):
    """straight from 1 to `floor` over the run"""

    target = "deepstudy.training.schedules:linear"
    needs_length = True

    name: Literal["linear"]
    floor: Fraction = Field(0.0, description="fraction of the learning rate left at the end")


class SwitchConfig(ScheduleConfig):
    """the learning rate `then`, for good, once `until` has come true"""

    target = "deepstudy.training.schedules:constant"

    name: Literal["switch"]
    until: str = Field(
        pattern=f"^{CONDITION}$", description="a condition such as `test_accuracy > 80` or `train_error < 80`"
    )
    then: Positive = Field(description="the learning rate from then on")
    at: list[Count] = Field([], description="epochs after which it then steps, as in multistep")
    gamma: Positive = Field(0.1, description="factor of those steps")

    @property
    def split(self) -> str:
        """The split that `until` asks for."""
        return self.until.strip().partition("_")[0]


SCHEDULES = _by_name(ConstantConfig, StepConfig, MultistepConfig, CosineConfig, LinearConfig, SwitchConfig)
