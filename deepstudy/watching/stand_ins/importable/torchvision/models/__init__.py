"""Networks, by torchvision's names: the same modules, with the same initial weights for the same seed.

resnet.py, vgg.py, alexnet.py, mobilenetv2.py   the networks
weights.py                                      trained weights, which are not here
"""

from typing import Any

from ..absent import absent
from .alexnet import AlexNet as AlexNet
from .alexnet import alexnet as alexnet
from .mobilenetv2 import MobileNetV2 as MobileNetV2
from .mobilenetv2 import mobilenet_v2 as mobilenet_v2
from .resnet import ResNet as ResNet
from .resnet import resnet18 as resnet18
from .resnet import resnet34 as resnet34
from .resnet import resnet50 as resnet50
from .resnet import resnet101 as resnet101
from .resnet import resnet152 as resnet152
from .resnet import wide_resnet50_2 as wide_resnet50_2
from .vgg import VGG as VGG
from .vgg import vgg11 as vgg11
from .vgg import vgg11_bn as vgg11_bn
from .vgg import vgg13 as vgg13
from .vgg import vgg13_bn as vgg13_bn
from .vgg import vgg16 as vgg16
from .vgg import vgg16_bn as vgg16_bn
from .vgg import vgg19 as vgg19
from .vgg import vgg19_bn as vgg19_bn
from .weights import named_weights

_HERE = (
    "alexnet mobilenet_v2 resnet18 resnet34 resnet50 resnet101 resnet152 vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn "
    "vgg19 vgg19_bn wide_resnet50_2".split()
)
_NOT_HERE = frozenset(
    "ConvNeXt DenseNet EfficientNet GoogLeNet Inception3 MNASNet MobileNetV3 RegNet ShuffleNetV2 SqueezeNet "
    "SwinTransformer VisionTransformer convnext_base convnext_large convnext_small convnext_tiny densenet121 "
    "densenet161 densenet169 densenet201 efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 "
    "efficientnet_b4 efficientnet_b5 efficientnet_b6 efficientnet_b7 efficientnet_v2_l efficientnet_v2_m "
    "efficientnet_v2_s googlenet inception_v3 maxvit_t mnasnet0_5 mnasnet1_0 mobilenet_v3_large mobilenet_v3_small "
    "regnet_x_400mf regnet_y_400mf resnext50_32x4d resnext101_32x8d resnext101_64x4d shufflenet_v2_x0_5 "
    "shufflenet_v2_x1_0 squeezenet1_0 squeezenet1_1 swin_b swin_s swin_t vit_b_16 vit_b_32 vit_l_16 vit_l_32 "
    "wide_resnet101_2".split()
)


def list_models() -> list[str]:
    """The names of the networks that are here."""
    return list(_HERE)


def get_model(name: str, **config: Any) -> Any:
    """A network by its name."""
    return (globals()[name] if name in _HERE else absent(f"torchvision.models.{name}"))(**config)


def __getattr__(name: str) -> type[Any]:
    if name.endswith("_Weights"):
        return named_weights(name)
    if name in _NOT_HERE:
        return absent(f"torchvision.models.{name}")
    raise AttributeError(f"torchvision.models.{name} is not part of the stand-in for torchvision")
