"""What a report speaks of."""

import pytest

from deepstudy.audits.reading.topics import TOPICS, topics_of

SAYS = {
    "batch_size": (
        "batch size 64",
        "mini-batches of 128",
        "배치 크기: 64",
        "批大小为64",
        "バッチサイズは64",
        "tamaño de lote de 64",
        "tamanho do lote: 64",
        "Batchgröße 64",
        "taille de lot de 64",
    ),
    "optimizer": ("trained by SGD", "AdamW", "경사 하강법", "梯度下降", "descenso por gradiente", "Gradientenabstieg"),
    "optimizer.lr": (
        "learning rate 0.1",
        "lr=0.1",
        "학습률 0.01",
        "学习率为0.01",
        "学習率0.01",
        "tasa de aprendizaje",
        "Lernrate",
    ),
    "epochs": (
        "20 epochs",
        "Epoch: 20",
        "20 에폭",
        "训练20轮",
        "20エポック",
        "20 épocas",
        "20 Epochen",
        "20 époques",
        "max_epochs",
    ),
    "seeds": ("seed 0", "93.1 ± 0.2", "시드 0", "随机种子", "semilla 0", "mean of five runs"),
    "hardware": ("an RTX 3090 GPU", "Google Colab", "Tesla V100", "显卡", "tarjeta gráfica", "Grafikkarte"),
    "augment": ("random flips", "데이터 증강", "数据增强", "aumento de datos", "Datenerweiterung"),
    "init": ("Xavier initialization", "가중치 초기화", "初始化", "pretrained weights", "inicialización"),
    "normalize": ("images are normalized", "divided by 255", "정규화", "归一化", "正規化", "normiert"),
    "layers": (
        "a ResNet-18",
        "two convolutions with 32 filters",
        "합성곱 층",
        "两个卷积层",
        "畳み込み層",
        "capas densas",
    ),
    "loss": ("cross-entropy", "교차 엔트로피", "交叉熵", "交差エントロピー", "entropía cruzada", "Kreuzentropie"),
}


def test_each_topic_has_words() -> None:
    assert set(SAYS) == set(TOPICS)


@pytest.mark.parametrize(("topic", "text"), [(topic, text) for topic, texts in SAYS.items() for text in texts])
def test_words_show_a_topic(topic: str, text: str) -> None:
    assert topic in topics_of(text)


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("batch_size", "| Net | Batch | LR |"),
        ("batch_size", "Les lots comptent 50 images"),
        ("optimizer", "train.AdamOptimizer"),
        ("optimizer", "optim.ASGD"),
        ("optimizer.lr", "α = 0.05"),
        ("epochs", "12/90 [10:00<50:00, 4.1s/ep]"),
        ("epochs", "for k in range(n_epochs)"),
        ("seeds", "mean 0.71\nstd 0.02"),
        ("seeds", "rng(4)"),
        ("hardware", "a Quadro card"),
        ("init", "ImageNet 가중치"),
        ("init", "学習済みモデル"),
        ("init", "poids d'ImageNet"),
        ("normalize", "x /= 255"),
        ("normalize", "像素除以255"),
        ("normalize", "255で割る"),
        ("normalize", "0에서 1 사이"),
        ("normalize", "scale: 0.0039"),
        ("layers", "hidden_layer_sizes=(30,)"),
    ],
)
def test_other_wordings_show_a_topic_too(topic: str, text: str) -> None:
    assert topic in topics_of(text)


@pytest.mark.parametrize("text", ["", "We classify digits and are content.", "우리는 숫자를 분류한다.", "我们很高兴。"])
def test_a_text_without_these_words_speaks_of_nothing(text: str) -> None:
    assert topics_of(text) == frozenset()
