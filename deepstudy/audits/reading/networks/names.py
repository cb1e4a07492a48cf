"""The networks that a text names, in one spelling."""

import re

#: Families of networks, and what may follow: `ResNet-18`, `VGG16`, `MobileNetV2`, `EfficientNet-B0`, `WRN-28-10`.
NETWORK = re.compile(
    r"(?<![a-z])(le-?net|alexnet|vgg(?:net)?|(?:wide[ -]?)?resnet|wrn|resnext|se-?resnet|densenet|google?le?net|"
    r"inception|xception|mobilenet|efficientnet|shufflenet|squeezenet|nasnet|mnasnet|regnet|convnext|vit|swin|u-?net)"
    r"[ _-]?(v?[bx]?\d{0,4}(?:[-_]\d{1,3})?)(?![a-z\d])",
    re.IGNORECASE,
)


def networks_in(text: str) -> set[str]:
    """Find the networks that a text names.

    Arguments:
        text: the text.

    Returns:
        Each in one spelling. Without its size a name adds nothing to one with a size.
    """
    names = {spelling(match) for match in NETWORK.finditer(text)}
    return {name for name in names if not any(other.startswith(f"{name}-") for other in names)}


def spelling(match: re.Match[str]) -> str:
    """Spell a network.

    Arguments:
        match: what `NETWORK` found.

    Returns:
        One spelling: `res-18` of `ResNet18` and of `ResNet 18`.
    """
    family = re.sub(r"[ _-]", "", match[1].lower()).removesuffix("net")
    return f"{family}-{match[2].lower()}".strip("-")
