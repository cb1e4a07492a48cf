"""Parameter counts of listed networks: rows, sums, totals in the text, bytes."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import parameters
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    """What the rule finds in a text."""
    return list(parameters.find(of_text(text, "report.md")))


KERAS = """\
Model: "sequential"
_________________________________________________________________
 Layer (type)                Output Shape              Param #
=================================================================
 conv2d (Conv2D)             (None, 26, 26, 16)        160
 batch_normalization (BatchNormalization)  (None, 26, 26, 16)  64
 max_pooling2d (MaxPooling2D)  (None, 13, 13, 16)      0
 conv2d_1 (Conv2D)           (None, 11, 11, 32)        4640
 flatten (Flatten)           (None, 3872)              0
 dense (Dense)               (None, 10)                38730
=================================================================
Total params: 43594 (170.29 KB)
Trainable params: 43562 (170.16 KB)
Non-trainable params: 32 (128.00 Byte)
"""
TORCHSUMMARY = """\
----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1            [-1, 16, 26, 26]             160
       BatchNorm2d-2            [-1, 16, 26, 26]              32
              ReLU-3            [-1, 16, 26, 26]               0
            Conv2d-4            [-1, 32, 24, 24]           4,640
            Linear-5                    [-1, 10]         184,330
================================================================
Total params: 189,162
Trainable params: 189,162
Non-trainable params: 0
----------------------------------------------------------------
Input size (MB): 0.00
Forward/backward pass size (MB): 0.39
Params size (MB): 0.72
Estimated Total Size (MB): 1.11
----------------------------------------------------------------
"""
TORCHINFO = """\
==========================================================================================
Layer (type:depth-idx)                   Output Shape              Param #
==========================================================================================
Net                                      [1, 10]                   --
├─Sequential: 1-1                        [1, 16, 13, 13]           --
│    └─Conv2d: 2-1                       [1, 16, 26, 26]           160
│    └─MaxPool2d: 2-2                    [1, 16, 13, 13]           --
├─Linear: 1-2                            [1, 10]                   27,050
==========================================================================================
Total params: 27,210
Trainable params: 27,210
Non-trainable params: 0
"""
BOXES = """\
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                 │ (None, 26, 26, 32)     │           320 │
│ global_average_pooling2d        │ (None, 32)             │             0 │
│ (GlobalAveragePooling2D)        │                        │               │
│ dense (Dense)                   │ (None, 10)             │           330 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 1,952 (7.62 KB)
 Trainable params: 650 (2.54 KB)
 Non-trainable params: 0 (0.00 B)
 Optimizer params: 1,302 (5.09 KB)
"""
LIGHTNING = """\
  | Name  | Type   | Params
---------------------------------
0 | conv1 | Conv2d | 156
1 | conv2 | Conv2d | 2.4 K
2 | fc1   | Linear | 48.1 K
---------------------------------
50.7 K    Trainable params
0         Non-trainable params
50.7 K    Total params
0.203     Total estimated model params size (MB)
"""


@pytest.mark.parametrize("text", [KERAS, TORCHSUMMARY, TORCHINFO, BOXES, LIGHTNING])
def test_summaries_as_programs_print_them_are_right(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "right", "wrong", "severity", "words"),
    [
        (KERAS, "4640", "4604", "impossible", ("32 filters", "multiple of 32")),
        (KERAS, "38730", "37830", "inconsistent", ("3,872 x 10 + 10 = 38,730",)),
        (KERAS, "4640", "4672", "inconsistent", ("3x3 convolution has 4,640",)),
        (KERAS, "16)  64", "16)  60", "inconsistent", ("64",)),
        (KERAS, "16)      0", "16)      16", "inconsistent", ("MaxPooling2D has none",)),
        (TORCHSUMMARY, "4,640", "4,460", "impossible", ("would need 4,640",)),
        (TORCHSUMMARY, "184,330", "184,333", "impossible", ("multiple of 10",)),
        (TORCHINFO, "160\n", "170\n", "impossible", ("multiple of 16",)),
        (BOXES, "330 │", "300 │", "inconsistent", ("32 x 10 + 10 = 330",)),
    ],
)
def test_a_row_that_no_such_layer_has(text: str, right: str, wrong: str, severity: str, words: tuple[str, ...]) -> None:
    (finding,) = found(text.replace(right, wrong))
    assert finding.severity == severity
    assert not [word for word in words if word not in finding.says]


@pytest.mark.parametrize(
    ("text", "right", "wrong", "says"),
    [
        (
            KERAS,
            "Total params: 43594",
            "Total params: 43954",
            "The rows add up to 43,594, but the printed total is 43,954",
        ),
        (TORCHSUMMARY, "Total params: 189,162", "Total params: 198,162", "add up to 189,162, but"),
        (TORCHINFO, "Total params: 27,210", "Total params: 27,120", "add up to 27,210, but"),
        (BOXES, "Total params: 1,952", "Total params: 2,952", "add up to 650, but"),
        (LIGHTNING, "50.7 K    Total", "57.0 K    Total", "but the printed total is 57.0 K"),
    ],
)
def test_rows_that_do_not_make_their_total(text: str, right: str, wrong: str, says: str) -> None:
    (finding,) = found(text.replace(right, wrong))
    assert finding.severity in ("inconsistent", "doubtful")
    assert says in finding.says


@pytest.mark.parametrize(
    ("text", "right", "wrong", "says"),
    [
        (KERAS, "Trainable params: 43562", "Trainable params: 43526", "43,526 + 32 = 43,558, not 43,594"),
        (TORCHSUMMARY, "Non-trainable params: 0", "Non-trainable params: 320", "189,162 + 320 = 189,482"),
        (
            TORCHSUMMARY,
            "Trainable params: 189,162\nNon-trainable params: 0",
            "Trainable params: 189,612",
            "more than all",
        ),
        (TORCHSUMMARY, "Params size (MB): 0.72", "Params size (MB): 0.27", "need 0.722 MB, not 0.27 MB"),
        (KERAS, "170.29 KB", "17.29 KB", "need 170 KB"),
        (LIGHTNING, "0.203 ", "0.303 ", "0.303 MB"),
    ],
)
def test_parts_and_bytes_of_a_total(text: str, right: str, wrong: str, says: str) -> None:
    (finding,) = found(text.replace(right, wrong))
    assert finding.severity == "inconsistent"
    assert says in finding.says


@pytest.mark.parametrize(
    "text",
    [
        KERAS.replace(" flatten (Flatten)           (None, 3872)              0\n", " ...\n").replace("4640", "4640"),
        "model.half()\n" + TORCHSUMMARY.replace("Params size (MB): 0.72", "Params size (MB): 0.36"),
        TORCHSUMMARY.replace("0.72", "0.36") + "The weights are stored as float16.\n",
        TORCHSUMMARY.replace("0.72", "0.18") + "Los pesos se cuantizan a 8 bits.\n",
        TORCHSUMMARY.replace("              ReLU-3", "        MyThing-3"),
        KERAS.replace("(BatchNormalization)  (None, 26, 26, 16)  64", "(BatchNormalizat (None, 26, 26, 16)  64"),
        # without scale or shift
        KERAS.replace("16)  64", "16)  48").replace("43594 (170.29 KB)", "43578").replace("43562", "43546"),
        # a depthwise convolution, in groups
        TORCHSUMMARY.replace("[-1, 32, 24, 24]           4,640", "[-1, 16, 24, 24]             160")
        .replace("184,330", "92,170")
        .replace("189,162", "92,522")
        .replace("0.72", "0.35"),
        # pruning: the summary counts what is left
        "We pruned the network.\n" + TORCHINFO.replace("160\n", "70\n").replace("27,210", "27,120"),
        # a module that stands in two rows
        LIGHTNING.replace("Linear | 48.1 K", "Linear | 48.1 K\n3 | whole | Sequential | 50.7 K"),
    ],
)
def test_summaries_that_only_look_wrong(text: str) -> None:
    assert found(text) == []


def test_a_row_that_was_cut_out_is_no_contradiction() -> None:
    (finding,) = found(
        TORCHINFO.replace("│    └─Conv2d: 2-1                       [1, 16, 26, 26]           160\n", "")
    )
    assert finding.severity == "doubtful"


ENGLISH = """\
MNIST, the layers one by one:
- input 28x28x1
- 5x5 convolution, 6 filters, ReLU, 2x2 average pooling
- 5x5 convolution, 16 filters, ReLU, 2x2 average pooling
- fully connected 120, ReLU, fully connected 84, ReLU, fully connected 10
"""
GERMAN = """\
MNIST
- Eingabe 28x28x1
- Faltungsschicht 5x5, 6 Filter, ReLU, Mittelwert-Pooling 2x2
- Faltungsschicht 5x5, 16 Filter, ReLU, Mittelwert-Pooling 2x2
- vollverbunden 120, vollverbunden 84, vollverbunden 10
"""
ARROWS = "MNIST: 28x28x1 input → conv 5x5, 6 → avg pool 2x2 → conv 5x5, 16 → avg pool 2x2 → FC 120 → FC 84 → FC 10\n"
KOREAN = (
    "MNIST: 입력 28x28x1 → 합성곱 5x5, 필터 6개 → 평균 풀링 2x2 → 합성곱 5x5, 필터 16개 → 평균 풀링 2x2 → "
    "완전연결 120 → 완전연결 84 → 완전연결 10\n"
)
TREE = """\
Net(
  (conv1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))
  (conv2): Conv2d(6, 16, kernel_size=(5, 5), stride=(1, 1))
  (fc1): Linear(in_features=400, out_features=120, bias=True)
  (fc2): Linear(in_features=120, out_features=84, bias=True)
  (fc3): Linear(in_features=84, out_features=10, bias=True)
)
"""
CODE = """\
model = models.Sequential()
model.add(layers.Conv2D(6, (5, 5), padding='same', input_shape=(28, 28, 1)))
model.add(layers.AveragePooling2D((2, 2)))
model.add(layers.Conv2D(16, (5, 5)))
model.add(layers.AveragePooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dense(120))
model.add(layers.Dense(84))
model.add(layers.Dense(10))
"""
LISTS = [ENGLISH, GERMAN, ARROWS, KOREAN, TREE, CODE]
SENTENCES = [
    "Total parameters: {}",
    "The network has {} trainable parameters.",
    "Das Netz hat {} Parameter.",
    "총 파라미터 수: {}개",
    "参数总数：{}",
    "El modelo tiene {} parámetros.",
]


@pytest.mark.parametrize("listed", LISTS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_total_that_the_listed_layers_do_not_have(listed: str, sentence: str) -> None:
    (finding,) = found(f"{listed}\n{sentence.format('66,107')}\n")
    assert finding.severity == "inconsistent"
    assert "not 66,107" in finding.says
    assert found(f"{listed}\n{sentence.format('61,706')}\n") == []


@pytest.mark.parametrize(
    "count",
    [
        "61,706",  # the first convolution pads, as in LeNet-5
        "61,470",  # without biases
        "44,426",  # no convolution pads
        "107,786",  # both pad
        "about 62,000",
        "62k",
        "0.06M",
        "61.7 K",
    ],
)
def test_a_list_that_leaves_its_padding_open_fits_every_padding(count: str) -> None:
    assert found(f"{ENGLISH}\nTotal parameters: {count}\n") == []


@pytest.mark.parametrize("count", ["61,607", "65k", "about 150,000", "0.16M"])
def test_a_count_that_fits_no_padding(count: str) -> None:
    (finding,) = found(f"{ENGLISH}\nTotal parameters: {count}\n")
    assert finding.severity == "inconsistent"


@pytest.mark.parametrize(
    "norm",
    [
        "batch normalisation",
        "batch norm",
        "BN",
        "Batch-Normalisierung",
        "배치 정규화",
        "批归一化",
        "normalización por lotes",
    ],
)
def test_normalisation_counts_with_and_without_its_statistics(norm: str) -> None:
    listed = (
        f"- input 8x8x3\n- 3x3 convolution, 8 filters, {norm}, ReLU\n- global average pooling\n- fully connected 10\n"
    )
    right = 224 + 90
    for count in (right, right + 8 * 2, right + 8 * 4):
        assert found(f"{listed}Total parameters: {count}\n") == []
    assert len(found(f"{listed}Total parameters: {right + 8 * 7}\n")) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"{ENGLISH}\nThe original paper has 60,000 parameters in total.\n",
        f"{ENGLISH}\nVGG-16 has a total of 138,357,544 parameters.\n",
        f"{ENGLISH}\nThe first layer has 156 parameters.\n",
        f"{ENGLISH}\nThis is 12,000 parameters less.\n",
        f"{ENGLISH}\n## ResNet-18\nTotal parameters: 11,173,962\n",
        f"{ENGLISH.replace('6 filters', 'some filters')}\nTotal parameters: 66,107\n",
        f"{ENGLISH.replace('ReLU, 2x2', 'squeeze, 2x2')}\nTotal parameters: 66,107\n",
        f"{CODE.replace('Conv2D(6,', 'Conv2D(width,')}\nTotal parameters: 66,107\n",
        "We use a pretrained ResNet-50 with a new head.\n"
        "model = nn.Sequential(\n    nn.Linear(2048, 128),\n    nn.ReLU(),\n    nn.Linear(128, 10),\n)\n"
        "Total parameters: 23,771,594\n",
        # points part thousands
        "conv: 5x5x6x16 = 2.400\nfc: 400 x 10 = 4.000\nGesamt: 6.400\n",
        # images of another size
        f"{ARROWS.replace('28x28x1 input → ', '')}The images are resized to 224 pixels.\nTotal parameters: 5,666,107\n",
    ],
)
def test_totals_that_may_be_of_something_else(text: str) -> None:
    assert found(text) == []


def test_a_total_of_the_text_against_a_summary() -> None:
    assert found(f"{TORCHSUMMARY}\nThe model has 189,162 parameters.\n") == []
    (finding,) = found(f"{TORCHSUMMARY}\nThe model has 198,162 parameters.\nTotal number of parameters: 198,162\n")
    assert "The text says 198,162 parameters, but the summary says 189,162" in finding.says
    assert "1 more place" in finding.says
    assert finding.where == "report.md:20"


def test_with_two_networks_it_is_only_doubtful() -> None:
    second = ENGLISH.replace("fully connected 84, ReLU, ", "").replace("MNIST, the", "The second network, the")
    (finding,) = found(f"{ENGLISH}\n{second}\nTotal parameters: 66,107\n")
    assert finding.severity == "doubtful"


@pytest.mark.parametrize(
    "text",
    [
        "conv1: 5x5x1x6 = 150\nconv2: 5x5x6x16 = 2,400\nfc: 400x10 = 4,000\nTotal weights: 6,055\n",
        "- Parameters = (5 x 5 x 1) x 6 = 150\n\nPooling.\n- Parameters = (5 x 5 x 6) x 16 = 2,400\nTotal = 2,055\n",
        "Faltung 1: 5x5x1x6 = 150\nFaltung 2: 5x5x6x16 = 2.400\nconv3: 100\nGesamt: 2,055\n",
        "합성곱: 5x5x1x6 = 150\n완전연결: 400 x 10 = 4,000\n합계: 4,015\n",
    ],
)
def test_sums_by_hand_that_are_larger_than_their_total(text: str) -> None:
    assert [finding.severity for finding in found(text)][-1:] == ["inconsistent"]


@pytest.mark.parametrize(
    "text",
    [
        "conv1: 5x5x1x6 = 150\nconv2: 5x5x6x16 = 2,400\nTotal weights: 2,550\n",
        "conv1: 32\nconv2: 64\nfc: 128\nTotal parameters: 34,826\n",  # channels
        "Layer 1: 100\nLayer 2: 200\nIn total we looked at 120 images\n",
        # the first network's total stands nowhere
        "conv1: 5x5x1x6 = 150\nfc: 10 x 10 = 100\n\nconv1: 5x5x1x8 = 200\nfc: 20 x 10 = 200\nTotal: 400\n",
    ],
)
def test_sums_by_hand_that_are_right(text: str) -> None:
    assert found(text) == []


PARTS = """\
| Schicht | Ausgabe | Parameter |
|---|---|---|
| conv1 | 6x28x28 | 156 |
| pool1 | 6x14x14 | - |
| conv2 | 16x10x10 | 2.416 |
| fc | 10 | 4.010 |
| **Summe** | | **6.582** |
"""


@pytest.mark.parametrize("word", ["Summe", "Total", "합계", "总计", "Gesamt"])
def test_a_table_of_parts_with_a_row_for_their_sum(word: str) -> None:
    assert found(PARTS.replace("Summe", word)) == []
    (finding,) = found(PARTS.replace("Summe", word).replace("6.582", "6.285"))
    assert finding.severity == "inconsistent"
    assert "156 + 2,416 + 4,010 = 6,582, but the printed total is 6,285" in finding.says


def test_a_wrong_row_of_a_table_is_the_only_mistake() -> None:
    table = (
        "| Layer | Filters | Kernel | Output | Params |\n|---|---|---|---|---|\n| Input | | | 28x28x1 | 0 |\n"
        "| Conv | 6 | 5x5 | 24x24x6 | 156 |\n| Max pooling | | 2x2 | 12x12x6 | 0 |\n"
        "| Fully connected | 10 | | 10 | 8,650 |\n| Total | | | | 8,806 |\n"
    )
    assert found(table) == []
    (finding,) = found(table.replace("156", "165"))
    assert "Its arguments give 156" in finding.says


@pytest.mark.parametrize(
    "text",
    [
        PARTS.replace("4.010", "4,0k").replace("6.582", "6,6k"),
        PARTS.replace("| **Summe** | | **6.582** |", "| LeNet-5 | 10 | 61.706 |"),  # a table of networks
    ],
)
def test_tables_without_an_exact_sum(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "line",
    [
        "With backpropagation: 6,550 x 2 = 13,100",
        "Total parameters = 6,550 x 2(backpropagation) = 13,100",
        "역전파 포함 파라미터: 6,550 x 2 = 13,100",
        "gradients and weights: 6,550 * 2 = 13,100",
    ],
)
def test_gradients_are_no_parameters(line: str) -> None:
    text = f"conv1: 5x5x1x6 = 150\nconv2: 5x5x6x16 = 2,400\nfc: 400x10 = 4,000\nTotal weights: 6,550\n{line}\n"
    (finding,) = found(text)
    assert "gradients are not parameters" in finding.says


SMALL_CODE = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3)
        self.bn = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, 3)
        self.fc = nn.Linear(32 * 24 * 24, 10)
"""


def test_a_summary_against_the_code_that_it_should_be_of() -> None:
    assert found(f"{SMALL_CODE}\n{TORCHSUMMARY}") == []
    (finding,) = found(f"{SMALL_CODE.replace('(16, 32, 3)', '(16, 32, 5)')}\n{TORCHSUMMARY}")
    assert finding.severity == "inconsistent"
    assert "160 + 32 + 12,832 + 184,330 = 197,354" in finding.says
    # a network of others' layers below ours
    row = "       BatchNorm2d-2            [-1, 16, 26, 26]              32"
    text = TORCHSUMMARY.replace(row, "       VGG-2            [-1, 16, 26, 26]              9,032")
    assert found(f"{SMALL_CODE}\n{text.replace('189,162', '198,162').replace('0.72', '0.76')}") == []
    # another network, with other layers
    assert found(f"{SMALL_CODE.replace('32', '64')}\n{TORCHSUMMARY}") == []


@pytest.mark.parametrize(
    "text",
    [
        "dense: (300 * 64) + 64 = 19'264",
        "couche 2 : (300 × 64) + 64 = 19’264",
        "capa 2: 300 x 64 + 64 = 19 264",
        "Schicht 2: 300 × 64 + 64 = 19.264",
        "Der Anteil ist 0,75.\nSchicht 2: 300 × 64 + 64 = 19.264",
        "Der Anteil ist 0,75.\nloss: 0.850 + 1.024 = 1.874",
        "150 + 2416 + 48 120 + 10 164 = 60 850",
        "0,5 x 3 = 1,5",
        "3 channels x 32 bins = 96",
        "3x3x16x32 = 4608 128",
    ],
)
def test_equations_in_any_notation_are_right(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dense: (300 * 64) + 64 = 19'246", "is 19,264, not 19,246"),
        ("capa 2: 300 x 64 + 64 = 19 246", "is 19,264, not 19,246"),
        ("Schicht 2: 300 × 64 + 64 = 19.246", "is 19,264, not 19,246"),
        ("Der Anteil ist 0,75.\nSchicht 2: 300 × 64 + 64 = 19.246", "is 19,264, not 19,246"),
        ("5 channels x (2 + 4 cells) x (10 x 10 blocks) = 600", "is 3,000, not 600"),
        ("a: 20 x 30 = 660\n\nb: 20 x 30 = 660", "The same equation stands in 1 more place"),
    ],
)
def test_equations_in_any_notation_that_are_wrong(text: str, says: str) -> None:
    (finding,) = found(text)
    assert finding.severity == "impossible"
    assert says in finding.says


SIZES = """\
| network | parameters | MB |
|---|---|---|
| Slim | 1,204,000 | 4.8 |
| Broad | 5,310,400 | 21.2 |
| Vast | 9,880,000 | 39.5 |
"""
BOTH = """\
Die Gewichte sind Zahlen mit 32 Bit.

| Netz | Parameter | Größe (MB) |
|---|---|---|
| klein | 402.600 | 1,6 |
| mittel | 2.816.300 | 11,3 |
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TORCHSUMMARY.replace("0.72", "0.36"), "189,162 parameters of 4 bytes need 0.722 MB, not 0.36 MB"),
        (SIZES.replace("21.2", "10.6"), "5,310,400 parameters of 4 bytes need 21.2 or 20.3 MB, not 10.6"),
        (SIZES.replace("1,204,000", "1.2 M").replace("4.8", "9.6"), "1.2 M parameters of 4 bytes need 4.8 or"),
        (BOTH.replace("11,3", "5,6"), "2,816,300 parameters of 4 bytes need 11.3 or 10.7 MB, not 5,6"),
        (SIZES.replace("parameters | MB", "Params (k) | float32 size (MB)").replace("1,204,000", "1204")
         .replace("5,310,400", "5310").replace("9,880,000", "9880").replace("39.5", "19.8"), "not 19.8"),
        ("The 5,310,400 parameters take 10.6 MB as float32 numbers.", "not 10.6 MB"),
        ("2,5 Millionen Parameter belegen mit 4 Byte je Gewicht 25 MB.", "not 25 MB"),
    ],
)  # fmt: skip
def test_sizes_that_are_not_four_bytes_each(text: str, says: str) -> None:
    (finding,) = found(text)
    assert finding.severity == "inconsistent"
    assert says in finding.says


@pytest.mark.parametrize(
    "text",
    [
        SIZES,
        BOTH,
        SIZES.replace("4.8", "2.4").replace("21.2", "10.6").replace("39.5", "19.8"),  # half precision
        SIZES.replace("21.2", "10.6") + "\nBroad is stored as fp16.",
        SIZES.replace("21.2", "5.3") + "\nBroad is quantised to int8.",
        SIZES.replace("| MB |", "| GPU memory (MB) |").replace("21.2", "900"),
        SIZES.replace("4.8", "4.9").replace("21.2", "21.4"),  # files with a header
        SIZES.replace("4.8", "4.6").replace("21.2", "20.3").replace("39.5", "37.7"),  # 1024 bytes in a KB
        SIZES.replace("4.8", "14.5").replace("21.2", "63.7").replace("39.5", "118.6"),  # with the optimiser's numbers
        "The 5,310,400 parameters take 21.2 MB as float32 numbers.",
        "The 5,310,400 parameters take 10.6 MB.",
        "Training the 5,310,400 parameters in float32 takes 900 MB of memory.",
    ],
)
def test_sizes_with_a_sound_reading(text: str) -> None:
    assert found(text) == []


ALIGNED = """\
Layer            Output        Params
conv1 (5x5,8)    24x24x8           208
pool1            12x12x8             0
conv2 (5x5,20)   8x8x20          4,020
pool2            4x4x20              0
fc1              50             16,050
fc2              10                510
total                           20,788
"""


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("20,788", "20,878", "208 + 4,020 + 16,050 + 510 = 20,788, but the printed total is 20,878"),
        ("4,020", "4,200", "Its arguments give 4,020"),
    ],
)
def test_a_table_without_lines(right: str, wrong: str, says: str) -> None:
    assert found(ALIGNED) == []
    findings = found(ALIGNED.replace(right, wrong))
    assert len(findings) == 1
    assert says in findings[0].says


@pytest.mark.parametrize(
    "text",
    [
        "The norms add 2 (8 + 16) = 48 parameters.\n",
        "The norms add 2(8 + 16) = 48 parameters.\n",
        "The norms add 2 · (8 + 16) = 48 parameters.\n",
        "The norms add 2 × (8 + 16) = 48 parameters.\n",
        "The norms add 2 ⋅ (8 + 16) = 48 parameters.\n",
        "The norms add (8 + 16) · 2 = 48 parameters.\n",
        "The norms add (8 + 16) 2 = 48 parameters.\n",
        "The square is (3 + 4)² = 49 and (3 + 4)^2 = 49 again.\n",
        "The norms add (1 + 1)(8 + 16) = 48 parameters.\n",
        "For two norms they are k (8 + 16) = 48, n × (8 + 16) = 72 and 3² + 4 + 5 = 18.\n",
        "Layer 3 (9 + 1) x 6 = 60 parameters\n",
        "The side is 40 (20 + 20) = 40.\n",
    ],
)
def test_factors_before_and_behind_a_bracket(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("The norms add 2(8 + 16) = 46 parameters.\n", "2(8 + 16) is 48, not 46"),
        ("Layer 3 (9 + 1) x 6 = 65 parameters\n", "(9 + 1) x 6 is 60, not 65"),
    ],
)
def test_wrong_products_with_a_bracket(text: str, says: str) -> None:
    assert [says in finding.says for finding in found(text)] == [True]


TABLE_OF_SIZES = """\
| layer | size | parameters |
|---|---|---|
| conv 5 | 8 x 300 | 480 |
| pool 3 | 8 x 100 | |
| conv 3 | 8 x 98 | 200 |
| linear | 10 | 7850 |
| total | | 8530 |
"""


def test_a_sum_needs_a_column_of_parameters() -> None:
    assert found(TABLE_OF_SIZES) == []
    assert "8,530" in found(TABLE_OF_SIZES.replace("8530", "8350"))[0].says
    torn = TABLE_OF_SIZES.replace("| pool 3 | 8 x 100 | |", "| pool 3 | 8 x | 100 |")
    assert found(torn) == []
    assert found(TABLE_OF_SIZES.replace("| 8 x 100 | |", "| 8 x 100 | 100 |")) == []


BOXED = """\
Model: "functional_7"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape     ┃     Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━┩
│ image (InputLayer)  │ (None, 96, 96,   │           0 │
│                     │ 3)               │             │
├─────────────────────┼──────────────────┼─────────────┤
│ tinynet_0.50_96     │ (None, 3, 3, 64) │      20,000 │
│ (Functional)        │                  │             │
├─────────────────────┼──────────────────┼─────────────┤
│ global_pooling      │ (None, 64)       │           0 │
│ (GlobalAveragePool… │                  │             │
├─────────────────────┼──────────────────┼─────────────┤
│ dense (Dense)       │ (None, 5)        │         325 │
└─────────────────────┴──────────────────┴─────────────┘
 Total params: 20,325
"""


def test_names_and_shapes_that_wrap_in_a_box() -> None:
    assert found(BOXED) == []
    assert "add up to 20,325" in found(BOXED.replace("params: 20,325", "params: 20,235"))[0].says


def test_a_summary_with_a_row_that_is_not_understood_has_no_sum() -> None:
    strange = KERAS.replace(" flatten (Flatten) ", " something else without a type here: 12\n flatten (Flatten) ")
    assert found(strange.replace("43594 (170.29 KB)", "53594").replace("43562 (170.16 KB)", "53562")) == []
