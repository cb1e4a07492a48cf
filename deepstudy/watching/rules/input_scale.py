"""The inputs are far from mean 0 and deviation 1.

## Why it matters
Initial weights and usual learning rates are made for inputs of about deviation 1. Pixels from 0 to 255 make activations
and gradients a hundred times larger. Training is then slow or unstable, and weight decay means something else.

## Example
```python
x = torch.tensor(images, dtype=torch.float32)  # 0 to 255
```

## Not an error
The first layer normalises its input.
```python
model = nn.Sequential(nn.BatchNorm2d(3), *layers)
```

## How to fix
Divide by 255, and subtract the mean of the training images.

## Source
LeCun et al. 1998, Efficient BackProp, section 4.3.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence

_LARGEST = 30.0  # deviation


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the first inputs of each trained network.

    Arguments:
        evidence: the recorded program.

    Returns:
        A risk for each network with inputs of a large deviation.
    """
    for number in dict.fromkeys(each.network for each in evidence.training):
        network = evidence.network(number)
        own = [each for each in evidence.training if each.network == number and each.std is not None]
        normalised = network.layers and network.layers[0][1].startswith(("BatchNorm", "LayerNorm", "Embedding"))
        if own and not normalised and own[0].std is not None and own[0].std > _LARGEST:
            yield Finding(
                "input_scale",
                "risk",
                f"The inputs of {network.kind} have mean {own[0].mean:.0f} and deviation {own[0].std:.0f}, as pixels "
                "from 0 to 255 have. Initial weights and learning rates are made for deviation 1.",
                own[0].where,
                "Divide the pixels by 255, and normalise them.",
            )
