"""Sizes along listed networks."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import parameters, shapes
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    """What the rule finds in a text."""
    return list(shapes.find(of_text(text, "report.md")))


KERAS = """\
 Layer (type)                Output Shape              Param #
=================================================================
 conv2d (Conv2D)             (None, 26, 26, 16)        160
 max_pooling2d (MaxPooling2D)  (None, 13, 13, 16)      0
 conv2d_1 (Conv2D)           (None, 11, 11, 32)        4640
 dropout (Dropout)           (None, 11, 11, 32)        0
 flatten (Flatten)           (None, 3872)              0
 dense (Dense)               (None, 10)                38730
=================================================================
Total params: 43530
"""


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("(None, 3872) ", "(None, 3782) ", "would make 3872 features"),
        ("(None, 13, 13, 16)", "(None, 13, 13, 61)", "61x13x13 out of 16x26x26. It would make 16x13x13"),
        ("dropout (Dropout)           (None, 11, 11, 32)", "dropout (Dropout)   (None, 10, 10, 32)", "32x11x11"),
        ("conv2d_1 (Conv2D)           (None, 11, 11, 32)", "conv2d_1 (Conv2D)   (None, 12, 12, 32)", "32x11x11"),
        # the row below the pooling is right
        (
            " (None, 11, 11, 32)        4640\n dropout (Dropout)           (None, 11, 11, 32)        0\n",
            " (None, 11, 11, 32)        4640\n"
            " max_pooling2d_1 (MaxPooling2D) (None, 6, 6, 32) 0\n dropout (Dropout)     (None, 5, 5, 32)        0\n",
            "Layer max_pooling2d_1 makes 32x5x5 out of 32x11x11, as the row below it says, not 32x6x6",
        ),
    ],
)
def test_rows_of_a_chain_hand_on_their_sizes(right: str, wrong: str, says: str) -> None:
    assert found(KERAS) == []
    assert says in found(KERAS.replace(right, wrong))[0].says


def test_a_network_that_may_branch_is_left_alone() -> None:
    text = KERAS.replace("Param #", "Param #     Connected to").replace("(None, 3872) ", "(None, 3782) ")
    assert found(text) == []


TABLE = """\
| Layer | Description |
|---|---|
| Input | 32x32x1 grayscale image |
| Convolution 5x5 | 1x1 stride, valid padding, outputs 28x28x6 |
| ReLU | |
| Max pooling | 2x2 stride, outputs 14x14x6 |
| Convolution 5x5 | 1x1 stride, valid padding, outputs 10x10x16 |
| Max pooling | 2x2 stride, outputs 5x5x16 |
| Flatten | outputs 400 |
| Fully connected | input 400, outputs 120 |
| Fully connected | input 120, outputs 43 |
"""

PADDED = (  # the same, but the first convolution pads
    TABLE.replace("valid padding, outputs 28x28x6", "outputs 32x32x6")
    .replace("14x14x6", "16x16x6")
    .replace("10x10x16", "12x12x16")
    .replace("5x5x16", "6x6x16")
    .replace("400", "576")
)


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("5x5x16", "5x5x6", "6x5x5 out of 16x10x10. It would make 16x5x5"),
        ("valid padding, outputs 28x28x6", "same padding, outputs 28x28x6", "32x32"),
        ("outputs 400", "outputs 576", "400 features"),
        ("input 120", "input 84", "takes 84 features"),
        ("input 400, outputs 120", "576 x 120", "takes 576 features"),
        ("10x10x16", "12x12x16", "16x10x10"),
    ],
)
def test_sizes_of_a_table_of_layers(right: str, wrong: str, says: str) -> None:
    assert found(TABLE) == []
    (finding,) = found(TABLE.replace(right, wrong))
    assert finding.severity == "inconsistent"
    assert says in finding.says


@pytest.mark.parametrize(
    "text",
    [
        TABLE.replace("1x1 stride, valid padding, ", ""),
        PADDED,
        TABLE.replace("input 400, outputs 120", "5*5*16 + 14*14*6 to 512").replace("input 120", "input 512"),
        TABLE.replace("input 400, outputs 120", "400 x 120").replace("input 120, outputs 43", "120*43"),
        TABLE.replace("| ReLU | |", "| Inception block | |").replace("5x5x16", "5x5x6"),
        TABLE.replace("Max pooling | 2x2 stride, outputs 14x14x6", "Max pooling 3x3 | outputs 14x14x6"),
    ],
)
def test_tables_that_only_look_wrong(text: str) -> None:
    assert found(text) == []


CODE = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        return self.fc2(x)
"""


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("nn.Conv2d(6, 16, 5)", "nn.Conv2d(8, 16, 5)", "conv2 takes 8 channels, but the layer before it makes 6"),
        ("16 * 5 * 5", "32 * 5 * 5", "From 32x32 pixels they are 400."),
        ("16 * 5 * 5", "405", "no square image gives so many there"),
    ],
)
def test_code_that_cannot_have_run(right: str, wrong: str, says: str) -> None:
    assert found(f"CIFAR-10\n{CODE}") == []
    (finding,) = found(f"CIFAR-10\n{CODE.replace(right, wrong)}")
    assert says in finding.says


@pytest.mark.parametrize(
    "text",
    [
        CODE.replace("16 * 5 * 5", "16 * 4 * 4"),  # of other images
        CODE.replace("16 * 5 * 5", "16 * 5 * 10"),  # of images that are not square
        CODE.replace("nn.Conv2d(6, 16, 5)", "nn.Conv2d(8, 16, 5)").replace("x = torch.flatten(x, 1)", "x = x + 1"),
        CODE.replace("16 * 5 * 5", "width"),
    ],
)
def test_code_that_may_have_run(text: str) -> None:
    assert found(text) == []


SIZES = "torch.Size([8, 3, 32, 32])\ntorch.Size([8, 6, 14, 14])\ntorch.Size([8, 16, 5, 5])\ntorch.Size([8, 400])\n"


def test_printed_sizes_against_printed_code() -> None:
    assert found(f"{CODE}\n{SIZES}") == []
    (finding,) = found(f"{CODE}\n{SIZES.replace('14, 14', '16, 16')}")
    assert finding.says.startswith("6x16x16 cannot follow 3x32x32 in the printed code.")
    assert "The sizes there are 6x28x28 → 6x14x14" in finding.says
    assert "3x32x32 →" not in finding.says


def test_sizes_that_begin_inside_the_network_are_found_there() -> None:
    keras = (
        "model = Sequential()\nmodel.add(Conv2D(6, 5, input_shape=(32, 32, 1)))\nmodel.add(MaxPooling2D(2))\n"
        "model.add(Flatten())\nmodel.add(Dense(10))\n"
    )
    assert found(f"{keras}\n28x28x6 → 14x14x6\n") == []
    assert found(f"{keras}\n100x100x6 → 50x50x6\n") == []
    assert len(found(f"{keras}\n28x28x6 → 12x12x6\n")) == 1


SETTINGS = """\
| layer | setting | output | parameters |
|---|---|---|---|
| input | – | 3×64×64 | 0 |
| conv1 | 32 filters, 5/2/2 | 32×32×32 | 2,432 |
| pool1 | max 3/2/0 | 32×15×15 | 0 |
| conv2 | 48 filters, 3/1/1 | 48×15×15 | 13,872 |
| pool2 | max 3/2/0 | 48×7×7 | 0 |
| fc3 | 90 units, dropout 0.5 | 90 | 211,770 |
| fc4 | 12 units | 12 | 1,092 |
| total | | | 229,166 |
"""


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("48×7×7", "48×8×8", "A 3x3 pooling cannot make 48x8x8 out of 48x15x15. It would make 48x7x7"),
        ("32×32×32", "32×31×31", "A 5x5 convolution cannot make 32x31x31 out of 3x64x64. It would make 32x32x32"),
    ],
)
def test_kernel_stride_and_padding_in_one_cell(right: str, wrong: str, says: str) -> None:
    assert found(SETTINGS) == []
    (finding,) = found(SETTINGS.replace(right, wrong))
    assert says in finding.says
    assert [each.rule for each in parameters.find(of_text(SETTINGS.replace(right, wrong), "report.md"))] == []


COUNTED = """\
| couche | taille de sortie | paramètres |
|---|---|---|
| conv 3×3, 16 filtres | 16 × 30 × 30 | 448 |
| max-pool 2×2 | 16 × 15 × 15 | 0 |
| conv 3×3, 24 filtres | 24 × 13 × 13 | 3 480 |
| max-pool 2×2 | 24 × 6 × 6 | 0 |
| dense | 10 | 8 650 |
| total |  | 12 578 |
"""


def test_a_linear_layer_whose_count_needs_another_size() -> None:
    assert found(COUNTED) == []
    (finding,) = found(COUNTED.replace("24 × 6 × 6", "24 × 7 × 7"))
    assert "The 8,650 parameters of dense need 24x6x6, but the size before it is 24x7x7" in finding.says
    assert finding.severity == "inconsistent"


EXCERPT = """\
We train on CIFAR-10.

class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(8 * 50, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = x.view(-1, 8 * 50)
        return self.fc1(x)
"""


@pytest.mark.parametrize(
    "omission",
    ["        # ...\n", "        ...\n", "        # the other layers are omitted\n", "        # （此处省略若干层）\n"],
)
def test_code_that_leaves_layers_out(omission: str) -> None:
    assert "takes 400 features" in found(EXCERPT)[0].says
    before = "        self.fc1 = nn"
    assert found(EXCERPT.replace(before, omission + before)) == []


def test_code_beside_a_fuller_list_of_its_network() -> None:
    table = """
| Layer | Kernel | Output |
|---|---|---|
| Conv2d | 3x3 | 32x32x8 |
| MaxPool | 2x2 | 16x16x8 |
| Conv2d | 3x3 | 14x14x8 |
| MaxPool | 2x2 | 5x10x8 |
| Linear | | 10 |
"""
    assert [finding for finding in found(EXCERPT + table) if "fc1" in finding.says] == []
