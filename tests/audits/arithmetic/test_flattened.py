"""How many numbers reach the first linear layer."""

import pytest

from deepstudy.audits.arithmetic.flattened import flattened_findings
from deepstudy.audits.evidence import of_text

SUMMARY = """\
```text
Layer (type)                 Output Shape              Param #
=================================================================
conv2d (Conv2D)              (None, 26, 26, 32)        320
max_pooling2d (MaxPooling2D) (None, 13, 13, 32)        0
conv2d_1 (Conv2D)            (None, 11, 11, 64)        18496
max_pooling2d_1 (MaxPooling2 (None, 5, 5, 64)          0
flatten (Flatten)            (None, 1600)              0
dense (Dense)                (None, 10)                16010
=================================================================
Total params: 34,826
```

"""


def test_another_number_of_features() -> None:
    text = SUMMARY + "After flattening, 3136 numbers go into the dense layer.\n"
    (finding,) = flattened_findings(of_text(text, "report.md"))
    assert finding.possible == "1,600"


@pytest.mark.parametrize(
    "text",
    [
        "After flattening, 1600 numbers go into the dense layer.",
        "With padding, 3136 numbers would go into the dense layer.",
        "The dense layer sees 2000 images.",
    ],
)
def test_nothing_where_it_fits(text: str) -> None:
    assert list(flattened_findings(of_text(SUMMARY + text + "\n", "report.md"))) == []
