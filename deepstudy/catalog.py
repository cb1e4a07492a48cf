"""What a study can choose by name: networks, optimizers, learning-rate schedules.

Each is a class whose fields are its options, so the type, default and description of an option are here and only here.
To add one, write its class and put it into the table below. A class names what it builds as `module:attribute`. That is
imported only when it is built, so reading a study file never imports torch.
"""

import importlib
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

Count = Annotated[int, Field(ge=1, strict=True)]
Positive = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, lt=1, strict=True)]

#: What a `switch` waits for: the split, the quantity, the sign, the level.
CONDITION = r"\s*(train|validation|test)_(accuracy|error|loss)\s*([<>])\s*(\d+(?:\.\d+)?)\s*"


def _check_condition(text: str) -> str:
    if not re.fullmatch(CONDITION, text):
        raise ValueError(f"{text!r} is not a condition; write one such as test_accuracy > 80 or train_error < 80")
    return text


SwitchCondition = Annotated[
    str, AfterValidator(_check_condition), Field(json_schema_extra={"pattern": f"^{CONDITION}$"})
]


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
    """Put the line about each name into the JSON Schema."""
    described = [{"const": name, "description": entry.summary(name)} for name in entry.names()]
    whole = f"The name that chooses this entry: {', '.join(entry.names())}."
    schema["properties"]["name"] = {"description": whole, "oneOf": described}


class Entry(Choice):
    """An entry of the catalog. Its docstring is the line that lists and the JSON Schema show."""

    model_config = ConfigDict(json_schema_extra=_describe_names)

    target: ClassVar[str]  #: what it builds, as `module:attribute`

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Its names. There are several if networks of one family differ only in their depth."""
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
    """A network, with the images of its paper or report."""

    paper: ClassVar[str]
    input: ClassVar[tuple[int, int, int]] = (3, 32, 32)  #: channels, height and width of the paper's images
    smallest: ClassVar[int] = 0  #: the smallest height and width it takes; 0 if it takes only those of `input`
    outputs: ClassVar[tuple[float, ...]] = ()  #: the weights of the losses of its outputs, if it returns several

    @classmethod
    def implied(cls, name: str) -> dict[str, Any]:
        """Arguments that the name itself gives: the depth of `resnet20`.

        Arguments:
            name: one of its names.

        Returns:
            Keyword arguments of the target, in addition to the options.
        """
        return {}


Head = Annotated[
    Literal["logits", "softmax"],
    Field(description="What the network returns. The loss expects logits. Default: logits."),
]


class LeNet5Config(ModelConfig):
    """LeNet-5 with ReLU and max pooling, for 28x28 digits"""

    target = "deepstudy.models.lenet5:LeNet5"
    paper = "LeCun et al. 1998"
    input = (1, 28, 28)

    name: Literal["lenet5"]
    dropout: Fraction = Field(
        0.0, description="Dropout rate after each hidden fully connected layer. Default: 0.0, no dropout."
    )
    norm: bool = Field(False, description="Whether batch normalisation follows each convolution. Default: false.")
    head: Head = "logits"


class LeNet1x1Config(ModelConfig):
    """a wider LeNet whose 1x1 convolutions reduce the channels"""

    target = "deepstudy.models.lenet_1x1:LeNet1x1"
    paper = "a lab report's own network, after LeCun et al. 1998 and Lin et al. 2013"
    input = (1, 28, 28)

    name: Literal["lenet_1x1"]
    pool: Literal["first", "last"] = Field(
        "first",
        description="Whether pooling comes before (`first`, as reported) or after (`last`) each 1x1 convolution. "
        "Default: first.",
    )


class SmallCNNConfig(ModelConfig):
    """three convolutions with batch normalisation and three linear layers"""

    target = "deepstudy.models.small_cnn:SmallCNN"
    paper = "a lab report's own network, after LeCun et al. 1998 and Ioffe & Szegedy 2015"

    name: Literal["small_cnn"]
    head: Head = "logits"
    width: Count = Field(1, description="Factor for the channels of each convolution of the report. Default: 1.")
    linear: Literal[2, 3, 5] = Field(3, description="Number of linear layers. Default: 3, as in the report.")


class GoogLeNetConfig(ModelConfig):
    """GoogLeNet with its auxiliary heads, fitted to 32x32 images"""

    target = "deepstudy.models.googlenet:GoogLeNet"
    paper = "Szegedy et al. 2014"
    outputs = (1.0, 0.3, 0.3)

    name: Literal["googlenet"]
    bn: Literal["none", "heads", "conv", "conv+concat"] = Field(
        "none",
        description="Where batch normalisation is used: nowhere (`none`), in the `heads`, after each convolution "
        "(`conv`), or after each concatenation too (`conv+concat`). Default: none.",
    )
    head: Head = "logits"


class FamilyConfig(ModelConfig):
    """Networks of one family, whose names end in their depth"""

    line: ClassVar[str]  #: the line about each network, with `{depth}` for its depth

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
        """The depth in a name.

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
    bn: bool = Field(True, description="Whether batch normalisation follows each convolution. Default: true.")
    linear: Literal[1, 3] = Field(1, description="Number of linear layers in the head. Default: 1; the paper has 3.")

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
        "identity",
        description="Shortcuts where shapes change: a zero-padded `identity` (option A of the paper) or a 1x1 "
        "convolution (`projection`). Default: identity.",
    )
    head: Head = "logits"
    stem_relu: bool = Field(True, description="Whether ReLU follows the first convolution. Default: true.")
    bias: bool = Field(
        False, description="Whether convolutions have biases before batch normalisation. Default: false."
    )


class ResNetConfig(FamilyConfig):
    """ResNet of section 4.1 with a 3x3 stem, for small images"""

    target = "deepstudy.models.resnet:ResNet"
    line = "ResNet-{depth} of section 4.1 with a 3x3 stem, for small images"
    paper = "He et al. 2015"
    smallest = 8

    name: Literal["resnet18", "resnet34", "resnet50"]


class LateResNet50Config(ModelConfig):
    """a report's ResNet-50: three stages; two of them downscale the image in their last block"""

    target = "deepstudy.models.resnet50_late:LateResNet50"
    paper = "a lab report's own network, after He et al. 2015"
    smallest = 32

    name: Literal["resnet50_late"]
    shortcut: Literal["always", "when-needed", "pool"] = Field(
        "always",
        description="Shortcuts: a projection in each block (`always`), only where shapes change (`when-needed`), or "
        "average pooling where the image is downscaled (`pool`). Default: always.",
    )
    relu_after_add: bool = Field(
        False, description="Whether ReLU follows the addition, as in the paper, or precedes it. Default: false."
    )
    downsample: Literal["last", "first"] = Field(
        "last", description="Which block of a stage downscales the image. Default: last; the paper has first."
    )


class FastCNNConfig(ModelConfig):
    """a whitening convolution and six more, for CIFAR-10 in minutes"""

    target = "deepstudy.models.fast_cnn:FastCNN"
    paper = "our own, after Page 2018 and Jordan 2024"
    smallest = 16

    name: Literal["fast_cnn"]
    width: Count = Field(
        64, description="Channels of the first stage. The other stages have four times as many. Default: 64."
    )
    scale: Positive = Field(1.0, description="Factor that multiplies the logits. Default: 1.0.")


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
    """Say whether a network comes with DeepStudy.

    Arguments:
        name: the network's name.

    Returns:
        Whether the catalog has it. Any other name is that of a user's own network.
    """
    return name in MODELS


# Optimizers --------------------------------------------------------------------------------------------------------


class OptimizerConfig(Entry):
    """An optimizer."""

    lr: Positive = Field(1e-3, description="Learning rate. Default: 0.001.")


class SGDConfig(OptimizerConfig):
    """stochastic gradient descent"""

    target = "torch.optim:SGD"

    name: Literal["sgd"]
    momentum: Fraction = Field(0.0, description="Momentum. Default: 0.0, none.")
    dampening: NotNegative = Field(0.0, description="Dampening of the momentum. Default: 0.0, none.")
    weight_decay: NotNegative = Field(
        0.0, description="Factor of the L2 penalty, which is added to the gradient. Default: 0.0, none."
    )
    nesterov: bool = Field(
        False,
        description="Whether to use Nesterov momentum. It needs `momentum` above 0 and no `dampening`. Default: false.",
    )


class AdamFamilyConfig(OptimizerConfig):
    """Adam with any kind of weight decay"""

    betas: tuple[Fraction, Fraction] = Field(
        (0.9, 0.999), description="Decay rates of the two running averages. Default: [0.9, 0.999]."
    )
    eps: Positive = Field(1e-8, description="Number added to the denominator for stability. Default: 1e-08.")
    amsgrad: bool = Field(False, description="Whether to use the AMSGrad variant. Default: false.")


class AdamConfig(AdamFamilyConfig):
    """Adam (Kingma & Ba 2014)"""

    target = "torch.optim:Adam"

    name: Literal["adam"]
    weight_decay: NotNegative = Field(
        0.0, description="Factor of the L2 penalty, which is added to the gradient. Default: 0.0, none."
    )


class AdamWConfig(AdamFamilyConfig):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2017)"""

    target = "torch.optim:AdamW"

    name: Literal["adamw"]
    weight_decay: NotNegative = Field(1e-2, description="Factor of the decoupled weight decay. Default: 0.01.")


class MuonConfig(OptimizerConfig):
    """Muon (Jordan et al. 2024) for filters, Adam for the rest"""

    target = "deepstudy.training.optimizers:Muon"

    name: Literal["muon"]
    lr: Positive = Field(0.1, description="Learning rate of the convolution filters. Default: 0.1.")
    momentum: Fraction = Field(0.6, description="Nesterov momentum of the convolution filters. Default: 0.6.")
    rest_lr: Positive = Field(0.01, description="Learning rate of all other weights, which Adam trains. Default: 0.01.")
    betas: tuple[Fraction, Fraction] = Field(
        (0.9, 0.95), description="Decay rates of Adam's two running averages. Default: [0.9, 0.95]."
    )


OPTIMIZERS = _by_name(SGDConfig, AdamConfig, AdamWConfig, MuonConfig)


# Schedules ---------------------------------------------------------------------------------------------------------


class ScheduleConfig(Entry):
    """A learning-rate schedule"""

    #: Whether the learning rate at an epoch depends on how many epochs follow. Where it does not, a run of 10 epochs
    #: is the beginning of a run of 20.
    needs_length: ClassVar[bool] = False

    warmup: NotNegative = Field(
        0.0, description="Epochs in which the learning rate first rises linearly from 0. Default: 0.0, none."
    )


class ConstantConfig(ScheduleConfig):
    """the same learning rate throughout"""

    target = "deepstudy.training.schedules:constant"

    name: Literal["constant"]


class StepConfig(ScheduleConfig):
    """multiplies the learning rate by `gamma` every `every` epochs"""

    target = "deepstudy.training.schedules:step"

    name: Literal["step"]
    every: Count = Field(description="Number of epochs between two steps.")
    gamma: Positive = Field(0.1, description="Factor of each step. Default: 0.1.")


class MultistepConfig(ScheduleConfig):
    """multiplies the learning rate by `gamma` after each epoch of `at`"""

    target = "deepstudy.training.schedules:multistep"

    name: Literal["multistep"]
    at: list[Count] = Field(description="Epochs after which the learning rate steps.", examples=["[60, 120]"])
    gamma: Positive = Field(0.1, description="Factor of each step. Default: 0.1.")


class CosineConfig(ScheduleConfig):
    """lowers the factor from 1 to `floor` over the run, as half a cosine (Loshchilov & Hutter 2016)"""

    target = "deepstudy.training.schedules:cosine"
    needs_length = True

    name: Literal["cosine"]
    floor: Fraction = Field(0.0, description="Fraction of the learning rate at the end of the run. Default: 0.0.")


class LinearConfig(ScheduleConfig):
    """lowers the factor from 1 to `floor` over the run, linearly"""

    target = "deepstudy.training.schedules:linear"
    needs_length = True

    name: Literal["linear"]
    floor: Fraction = Field(0.0, description="Fraction of the learning rate at the end of the run. Default: 0.0.")


class SwitchConfig(ScheduleConfig):
    """sets the learning rate to `then` once the condition `until` is true"""

    target = "deepstudy.training.schedules:constant"

    name: Literal["switch"]
    until: SwitchCondition = Field(
        description="Condition to wait for, such as `test_accuracy > 80` or `train_error < 80`. Accuracies and errors "
        "are in percent.",
    )
    then: Positive = Field(description="Learning rate after the switch.")
    at: list[Count] = Field(
        [],
        description="Epochs of the run after which the learning rate steps once it has switched. Default: none.",
        examples=["[60, 120]"],
    )
    gamma: Positive = Field(0.1, description="Factor of each of these steps. Default: 0.1.")

    @property
    def split(self) -> str:
        """The split in the condition `until`."""
        return self.until.strip().partition("_")[0]


SCHEDULES = _by_name(ConstantConfig, StepConfig, MultistepConfig, CosineConfig, LinearConfig, SwitchConfig)
