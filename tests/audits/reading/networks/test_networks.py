"""Networks are read from everything that lists one, with their arguments, sizes, counts and places."""

import time

import pytest
import torch

from deepstudy.audits.arithmetic.layer_arithmetic import possible_totals, sizes_along, tallies
from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.audits.reading.networks.layers import ListedNetwork, kind_of, read_count
from deepstudy.audits.reading.networks.networks import read_networks


def read(text: str) -> list[ListedNetwork]:
    """The networks of a text."""
    lines = tuple(TextLine(line, str(at)) for at, line in enumerate(text.splitlines(), 1))
    return read_networks(ReportDocument("report.txt", lines))


def only(text: str) -> ListedNetwork:
    """The one network of a text."""
    (network,) = read(text)
    return network


def kinds(network: ListedNetwork) -> list[str]:
    """The kinds of its layers."""
    return [layer.kind for layer in network.layers]


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [
        ("61,706", 61706, 61706),
        ("61.706", 61706, 61706),
        ("61 706", 61706, 61706),
        ("61706", 61706, 61706),
        ("1,234,567", 1234567, 1234567),
        ("62 K", 61500, 62500),
        ("0.06M", 55000, 65000),
        ("6.2万", 61500, 62500),
        ("1,2 Millionen", 1150000, 1250000),
    ],
)
def test_counts_in_the_ways_of_several_countries(printed: str, low: float, high: float) -> None:
    count = read_count(printed)
    assert count is not None
    assert (count.low, count.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("text", ["", "many", "1,2,3", "1" * 40])
def test_what_is_no_count(text: str) -> None:
    assert read_count(text) is None


def test_types_of_layers_are_known_even_where_their_names_are_cut_off() -> None:
    names = ["Conv2d", "MaxPooling2", "BatchNormaliza", "GlobalAverageP", "Dense", "LSTM", "PReLU", "Sequential"]
    assert [kind_of(name) for name in names] == [
        "conv",
        "pool",
        "norm",
        "global_pool",
        "linear",
        "other",
        "other",
        "container",
    ]


TORCHSUMMARY = """\
----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1            [-1, 8, 28, 28]              80
       BatchNorm2d-2            [-1, 8, 28, 28]              16
            Linear-3                   [-1, 10]          62,730
================================================================
Total params: 62,826
Trainable params: 62,826
Non-trainable params: 0
----------------------------------------------------------------
Params size (MB): 0.24
Estimated Total Size (MB): 0.37
"""
TORCHINFO = """\
==========================================================================================
Layer (type:depth-idx)                   Output Shape              Param #
==========================================================================================
Net                                      [1, 10]                   --
├─Sequential: 1-1                        [1, 8, 14, 14]            --
│    └─Conv2d: 2-1                       [1, 8, 28, 28]            80
│    └─MaxPool2d: 2-2                    [1, 8, 14, 14]            --
├─Conv2d: 1-2                            [1, 8, 14, 14]            584
├─Conv2d: 1-3                            [1, 8, 14, 14]            (recursive)
├─Linear: 1-4                            [1, 10]                   15,690
==========================================================================================
Total params: 16,354
Trainable params: 16,354
Non-trainable params: 0
Total mult-adds (M): 0.28
"""
KERAS_3 = """\
Model: "small"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                 │ (None, 26, 26, 32)     │           320 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ global_average_pooling2d        │ (None, 32)             │             0 │
│ (GlobalAveragePooling2D)        │                        │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 10)             │           330 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 1,952 (7.63 KB)
 Trainable params: 650 (2.54 KB)
 Non-trainable params: 0 (0.00 B)
 Optimizer params: 1,302 (5.09 KB)
"""
MARKDOWN = """\
| Layer (type:depth-idx) | Output Shape | Param # |
|---|---|---|
| ├─Conv2d: 1-1 | [2, 8, 28, 28] | 80 |
| ├─Linear: 1-2 | [2, 10] | 62,730 |

Total params: 62,810
"""
LIGHTNING = """\
  | Name  | Type   | Params
---------------------------------
0 | conv1 | Conv2d | 156
1 | fc1   | Linear | 48.1 K
---------------------------------
48.3 K    Trainable params
0         Non-trainable params
48.3 K    Total params
0.193     Total estimated model params size (MB)
"""


@pytest.mark.parametrize(
    ("text", "layers", "counts", "total"),
    [
        (TORCHSUMMARY, ["conv", "norm", "linear"], [80, 16, 62730], 62826),
        (
            TORCHINFO,
            ["container", "container", "conv", "pool", "conv", "conv", "linear"],
            [0, 0, 80, 0, 584, None, 15690],
            16354,
        ),
        (KERAS_3, ["conv", "global_pool", "linear"], [320, 0, 330], 1952),
        (MARKDOWN, ["conv", "linear"], [80, 62730], 62810),
    ],
)
def test_summaries(text: str, layers: list[str], counts: list[int | None], total: int) -> None:
    network = only(text)
    assert network.listing == "summary"
    assert network.is_complete
    assert kinds(network) == layers
    assert [layer.count.value if layer.count else None for layer in network.layers] == counts
    printed = network.total("total")
    assert printed is not None
    assert printed.count.value == total


def test_sizes_of_a_summary_have_channels_first() -> None:
    assert [layer.size for layer in only(TORCHSUMMARY).layers] == [(8, 28, 28), (8, 28, 28), (10,)]
    assert [layer.size for layer in only(KERAS_3).layers] == [(32, 26, 26), (32,), (10,)]


def test_totals_have_their_units_and_places() -> None:
    totals = {total.quantity: total for total in only(KERAS_3).totals}
    assert totals["optimizer"].count.value == 1302
    assert (totals["params_size"].count.value, totals["params_size"].unit) == (7.63, "KB")
    assert totals["trainable"].line == 13
    size = only(TORCHSUMMARY).total("params_size")
    assert size is not None
    assert (size.count.value, size.unit) == (0.24, "MB")


def test_lightning_rounds_and_cuts_off() -> None:
    network = only(LIGHTNING)
    assert [layer.name for layer in network.layers] == ["conv1", "fc1"]
    count = network.layers[1].count
    assert count is not None
    assert count.fits(48120)
    assert not count.fits(48900)


def test_a_summary_with_rows_cut_out_is_not_complete() -> None:
    cut = TORCHSUMMARY.replace("       BatchNorm2d-2            [-1, 8, 28, 28]              16\n", "    ...\n")
    assert not only(cut).is_complete


MATLAB_ANALYSIS = """\
     1   'imageinput'   Image Input             28×28×1 images with 'zerocenter' normalization
     2   'conv_1'       Convolution             8 3×3×1 convolutions with stride [1  1] and padding 'same'
     3   'batchnorm_1'  Batch Normalization     Batch normalization with 8 channels
     4   'relu_1'       ReLU                    ReLU
     5   'maxpool_1'    Max Pooling             2×2 max pooling with stride [2  2] and padding [0  0  0  0]
     6   'fc'           Fully Connected         10 fully connected layer
     7   'softmax'      Softmax                 softmax
"""
MATLAB_CODE = """\
layers = [
    imageInputLayer([28 28 1])

    convolution2dLayer(3,8,'Padding','same')  % eight filters
    batchNormalizationLayer
    reluLayer
    maxPooling2dLayer(2,'Stride',2)

    fullyConnectedLayer(10)
    softmaxLayer
    classificationLayer];
"""
TREE = """\
Net(
  (features): Sequential(
    (0): Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1),
padding=(1, 1))
    (1): BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    (2): ReLU(inplace=True)
    (3): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  )
  (fc): Linear(in_features=1568, out_features=10, bias=True)
)
"""
TORCH_CLASS = """\
classes = 10
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.bn = nn.BatchNorm2d(8)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc = nn.Linear(8 * 14 * 14, classes)

    def forward(self, x):
        x = self.pool(F.relu(self.bn(self.conv(x))))
        x = x.view(-1, 8 * 14 * 14)
        return self.fc(x)
"""
TORCH_SEQUENTIAL = """\
model = nn.Sequential(
    nn.Conv2d(1, 8, kernel_size=3, padding="same"), nn.BatchNorm2d(8), nn.ReLU(),  # (a comment
    nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(1568, 10),
)
"""
KERAS_ADD = """\
model = Sequential()
model.add(Conv2D(8, (3, 3), padding='same', input_shape=(28, 28, 1)))
model.add(BatchNormalization())
model.add(Activation('relu'))
model.add(MaxPooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(10, activation='softmax'))
"""
KERAS_LIST = """\
model = keras.Sequential([
    keras.Input(shape=(28, 28, 1)),
    layers.Conv2D(8, kernel_size=3, padding="same"),
    layers.BatchNormalization(),
    layers.ReLU(),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(10),
])
"""
KERAS_FUNCTIONAL = """\
inputs = keras.Input(shape=(28, 28, 1))
x = layers.Conv2D(8, 3, padding="same")(inputs)
x = layers.BatchNormalization()(x)
x = layers.MaxPooling2D(2)(x)
x = layers.Flatten()(x)
outputs = layers.Dense(10)(x)
"""
ENGLISH = """\
- input 28x28x1
- 3x3 convolution with same padding, 8 filters, batch normalisation, ReLU
- 2x2 max pooling
- fully connected 10, softmax
"""
GERMAN = """\
Eingabe 28x28x1
1. Faltungsschicht 3x3, 8 Filter, same padding, Batch-Normalisierung, ReLU
2. Max-Pooling 2x2
3. Vollverbundene Schicht mit 10 Neuronen, Softmax
"""
SPANISH = """\
- Entrada 28x28x1
- Convolución 3x3, 8 filtros, padding same, normalización por lotes, ReLU
- Max pooling 2x2
- Totalmente conectada 10, softmax
"""
FRENCH = """\
- Entrée 28x28x1
- Convolution 3x3, 8 filtres, padding same, normalisation par lots, ReLU
- Pooling max 2x2
- Couche entièrement connectée, 10 neurones
"""
PORTUGUESE = """\
- Entrada 28x28x1
- Camada convolucional 3x3, 8 filtros, padding same, normalização em lote, ReLU
- Max pooling 2x2
- Camada totalmente conectada, 10 neurônios
"""
KOREAN = "입력 28x28x1 → 합성곱 3x3, 필터 8개, same padding, 배치 정규화, ReLU → 최대 풀링 2x2 → 완전연결 10\n"
CHINESE = "输入 28x28x1 → 卷积层 3x3，8个滤波器，same padding，批归一化 → 最大池化 2x2 → 全连接层 10\n"
JAPANESE = "入力 28x28x1 → 畳み込み層 3x3、8フィルタ、same padding、バッチ正規化 → 最大プーリング 2x2 → 全結合層 10\n"
ARROWS = "28x28x1 input -> Conv2D(8, 3x3, same) -> BN -> ReLU -> MaxPool(2x2) -> Flatten -> Dense(10)\n"
DRAWN = """\
Input (28x28x1)
    ↓
Conv2D (8 filters, 3x3, same)
    ↓
BatchNorm
    ↓
MaxPool2D (2x2)
    ↓
Dense (10, Softmax)
"""
TABLE = """\
| Layer | Filters | Kernel | Stride | Output |
|---|---|---|---|---|
| Input | - | - | - | 28x28x1 |
| Conv1 | 8 | 3x3 | 1 | 28x28x8 |
| Batch norm | - | - | - | 28x28x8 |
| Max pooling | - | 2x2 | 2 | 14x14x8 |
| Fully connected | 10 | - | - | 10 |
"""
CALLS = """\
Input: 28x28x1
  ↓
Conv2d(1, 8, 3, padding=1) + BatchNorm + ReLU → (8, 28, 28)
  ↓
MaxPool2d(2, 2) → (8, 14, 14)
  ↓
Linear(1568→10)
"""
ALL_OF_ONE = {
    "MATLAB's analysis": MATLAB_ANALYSIS,
    "MATLAB code": MATLAB_CODE,
    "module tree": TREE,
    "PyTorch class": TORCH_CLASS,
    "PyTorch Sequential": TORCH_SEQUENTIAL,
    "Keras add": KERAS_ADD,
    "Keras list": KERAS_LIST,
    "Keras functional": KERAS_FUNCTIONAL,
    "English": ENGLISH,
    "German": GERMAN,
    "Spanish": SPANISH,
    "French": FRENCH,
    "Portuguese": PORTUGUESE,
    "Korean": KOREAN,
    "Chinese": CHINESE,
    "Japanese": JAPANESE,
    "arrows": ARROWS,
    "drawn": DRAWN,
    "table": TABLE,
    "calls": CALLS,
}


@pytest.mark.parametrize("name", ALL_OF_ONE)
def test_one_network_in_all_listings(name: str) -> None:
    network = only(ALL_OF_ONE[name])
    assert network.is_complete, [(layer.kind, layer.name) for layer in network.layers]
    counted = tallies(network, network.input or (1, 28, 28))
    assert counted is not None
    assert [(each.weights, each.biases, each.normalised) for each in counted if each.weights or each.normalised] == [
        (72, 8, 0),
        (0, 0, 8),
        (15680, 10, 0),
    ]
    assert possible_totals(network, [network.input or (1, 28, 28)])[0].count == 80 + 16 + 15690


@pytest.mark.parametrize("text", [TABLE, ENGLISH, CALLS, DRAWN, KERAS_LIST, MATLAB_CODE])
def test_the_size_of_an_image_is_read_where_it_is_listed(text: str) -> None:
    assert only(text).input == (1, 28, 28)


def test_caffes_layers() -> None:
    text = "".join(
        f'layer {{\n  name: "{name}"\n  type: "{kind}"\n  bottom: "{below}"\n  top: "{name}"\n'
        f"  param {{\n    {said}\n  }}\n}}\n"
        for name, kind, below, said in (
            ("conv1", "Convolution", "data", "num_output: 20 kernel_size: 5"),
            ("pool1", "Pooling", "conv1", "kernel_size: 2 stride: 2"),
            ("ip1", "InnerProduct", "pool1", "num_output: 10"),
        )
    )
    network = only(text)
    assert network.is_chain
    assert sizes_along(network, (1, 28, 28)) == [(1, 28, 28), (20, 24, 24), (20, 12, 12), (2880,), (10,)]


@pytest.mark.parametrize(
    "text",
    [
        TORCH_CLASS.replace("8, 3, padding=1", "8, size, padding=1"),
        TORCH_CLASS.replace("nn.BatchNorm2d(8)", "Attention(8)"),
        TORCH_SEQUENTIAL.replace("nn.ReLU()", "Residual(8)"),
        KERAS_ADD.replace("Conv2D(8,", "Conv2D(filters,"),
        KERAS_LIST.replace("layers.ReLU()", "layers.LSTM(8)"),
        MATLAB_CODE.replace("(3,8,", "(3,n,"),
        ENGLISH.replace("8 filters", "several filters"),
        ENGLISH.replace("2x2 max pooling", "a residual connection"),
        TABLE.replace("| Batch norm |", "| Squeezer |"),
    ],
)
def test_what_is_not_understood_is_not_guessed(text: str) -> None:
    assert all(not network.is_complete for network in read(text))


def test_the_way_through_a_class_is_known_only_if_it_is_straight() -> None:
    assert only(TORCH_CLASS).is_chain
    branched = TORCH_CLASS.replace("return self.fc(x)", "return self.fc(x) + self.fc(x * 2)")
    assert not only(branched).is_chain
    unused = TORCH_CLASS.replace("self.bn(self.conv(x))", "self.conv(x)")
    assert not only(unused).is_chain


def test_a_layer_that_is_used_twice_is_counted_once() -> None:
    text = TORCH_CLASS.replace("nn.Conv2d(1, 8", "nn.Conv2d(8, 8").replace(
        "self.conv(x)", "self.conv(F.relu(self.conv(x)))"
    )
    counted = tallies(only(text), (8, 28, 28))
    assert counted is not None
    assert sum(each.weights for each in counted) == 8 * 8 * 9 + 15680


def test_repeated_blocks_of_a_tree_count_as_often_as_they_stand_there() -> None:
    text = "Net(\n  (blocks): Sequential(\n    (0-2): 3 x Linear(in_features=10, out_features=10, bias=True)\n  )\n)\n"
    counted = tallies(only(text), None)
    assert counted is not None
    assert [(each.weights, each.biases) for each in counted] == [(300, 30)]


def test_sums_by_hand_with_their_parts() -> None:
    network = only("conv1: 5x5x1x6 = 150\nconv2: 5x5x6x16 = 2,400\nfc: 400 x 10 = 4,000\nTotal weights: 6,550\n")
    assert network.listing == "sums"
    assert [layer.count.value for layer in network.layers if layer.count] == [150, 2400, 4000]
    (total,) = network.totals
    assert (total.count.value, total.line) == (6550, 4)


@pytest.mark.parametrize(
    "sentence",
    [
        "Total parameters: 15,786",
        "The network has 15,786 trainable parameters.",
        "Number of parameters: 15786",
        "Das Netz hat 15.786 Parameter.",
        "Gesamtzahl der Parameter: 15.786",
        "Le modèle a 15 786 paramètres.",
        "El modelo tiene 15.786 parámetros.",
        "총 파라미터 수: 15,786개",
        "总参数：15,786",
        "| Total params | 15,786 |",
    ],
)
def test_totals_in_sentences_stand_with_the_network(sentence: str) -> None:
    (total,) = only(f"{ENGLISH}\n{sentence}\n").totals
    assert total.count.value == 15786
    assert not total.is_own


@pytest.mark.parametrize(
    "sentence",
    [
        "ResNet-50 has 25,600,000 parameters in total.",
        "The original paper used 60,000 parameters in total.",
        "It has 12,000 parameters fewer than before.",
        "The first layer has 80 parameters.",
        "We tuned 12 hyperparameters in total.",
    ],
)
def test_counts_of_others_are_left_alone(sentence: str) -> None:
    assert only(f"{ENGLISH}\n{sentence}\n").totals == ()


def test_sizes_and_counts_of_a_tree_are_torchs() -> None:
    layers = [
        torch.nn.Conv2d(3, 6, 5, padding=2),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(6, 8, 7, 2, 3, bias=False),
        torch.nn.BatchNorm2d(8),
    ]
    image, sizes = torch.zeros(1, 3, 32, 32), [(3, 32, 32)]
    for layer in layers:
        image = layer(image)
        if not isinstance(layer, torch.nn.BatchNorm2d):
            sizes.append(tuple(image.shape[1:]))
    module = torch.nn.Sequential(*layers, torch.nn.Flatten(), torch.nn.Linear(512, 10))
    network = only(str(module))
    assert sizes_along(network, (3, 32, 32)) == [*sizes, (512,), (512,), (10,)]
    count = sum(value.numel() for value in module.parameters())
    assert possible_totals(network, [None])[0].count == count
    assert sizes_along(network, (1, 28, 28)) is None


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000,
        "(a): Conv2d(" * 400,
        "Net(\n" + "  (a): Sequential(\n" * 2000,
        "conv 3x3, " * 40 + "\n",
        ("conv 3x3, 8 filters, ReLU, 2x2 max pooling\n" * 1000),
        "model.add(\n" * 800,
        "class Net(nn.Module):\n" * 500,
        "layer {\n" * 800,
        "Layer (type)   Output Shape   Param #\n" * 500,
        "Total parameters = " + "1 + " * 120 + "1\n",
        "x = nn.Sequential(nn.Conv2d(1, 8, kernel_size=(0, 0), stride=0, groups=0), nn.Linear(0, 0))\n",
        "Total params: 1,2,3\nParams size (MB): 1.2.3\n",
        "| Layer | " + "x | " * 200 + "\n",
    ],
)
def test_odd_text_neither_fails_nor_hangs(text: str) -> None:
    begun = time.perf_counter()
    read(text)
    assert time.perf_counter() - begun < 5
