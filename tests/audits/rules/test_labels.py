"""Numbers of images, steps and epochs in documents."""

from pathlib import Path

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import labels
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    return list(labels.find(of_text(text, "report.md")))


@pytest.mark.parametrize(
    "text",
    [
        """\
We divide the 60,000 images of MNIST into 50,000 training, 5,000 validation and 10,000 test images.
Test accuracy: 98.12 %
""",
        """\
The 70,000 images were split 80/10/10 into 50,000 for training, 10,000 for validation and 10,000 for testing.
""",
        """\
The data set holds 12 classes with 500 images per class, 5,000 images in total. Accuracy 91.2 %.
""",
        """\
# Digits
Batch size 64, MNIST
Train Epoch: 1 [0/60000 (0%)]	Loss: 2.300
Train Epoch: 1 [1000/60000 (2%)]	Loss: 1.938
Train Epoch: 1 [2000/60000 (3%)]	Loss: 1.640
Train Epoch: 1 [3000/60000 (5%)]	Loss: 1.440
Train Epoch: 1 [4000/60000 (7%)]	Loss: 1.340
""",
        """\
Réseau sur MNIST, 60 000 images d'entraînement, taille de lot 128, 5 époques.
Époque 1/5
1875/1875 [==============================] - 12s 6ms/step - loss: 0.3 - accuracy: 0.91
""",
        """\
MNIST, 배치 크기 100, 훈련 이미지 60,000장
에폭 [1/5], 스텝 [100/938], 손실: 0.4123
에폭 [1/5], 스텝 [200/938], 손실: 0.3123
""",
        """\
We train on CIFAR-10 in batches of 100 for 20,000 iterations (about 80 epochs). Accuracy 80.12 %.
""",
        """\
# CNN on CIFAR-10 in 10 epochs
Batches of 50.
epoch 1, loss 1.5
epoch 2, loss 1.4
epoch 3, loss 1.3
epoch 4, loss 1.2
epoch 5, loss 1.2
epoch 6, loss 1.2
epoch 7, loss 1.2
epoch 8, loss 1.2
epoch 9, loss 1.2
epoch 10, loss 1.2
epoch 11, loss 1.2
epoch 12, loss 1.2
""",
        """\
```python
model.fit(x_train, y_train, epochs=5, validation_split=0.2)
```
MNIST
Epoch 1/5
1875/1875 [====] - 9s 5ms/step - loss: 0.2 - accuracy: 0.93 - val_loss: 0.1 - val_accuracy: 0.96
""",
        """\
训练集60000张，测试集10000张，共80000张。MNIST 准确率 98.1%。
""",
        "The 2,000 images are divided into 1,400 for training, 300 for validation and 400 for testing.\n",
        "Die 2.400 Bilder wurden in 1.700 Trainings-, 300 Validierungs- und 420 Testbilder aufgeteilt.\n",
        "Las 2.000 imágenes se dividen en 1.400 de entrenamiento, 300 de validación y 200 de prueba.\n",
        "As 2.000 imagens foram divididas em 1.400 de treino, 300 de validação e 200 de teste.\n",
        "Les 2 000 images : 1 400 images d'apprentissage, 300 images de validation et 280 images de test.\n",
        "Es gibt 6 Klassen mit je 300 Bildern, insgesamt 2.100 Bilder.\n",
        "Hay 12 clases de 100 imágenes cada una, 1300 imágenes en total.\n",
        """\
The folder has 2,400 pictures. Of these, 700 show a leaf and the other 1,600 show none.
""",
        """\
Wir haben 900 Bilder, davon 250 mit Rost und die übrigen 600 ohne.
""",
        """\
El conjunto tiene 3200 imágenes, de las cuales 1200 son de gatos y las restantes 1900 de perros.
""",
        """\
There are over 400 images, of which 12,400 are for training.
""",
        """\
We use 41,000 training and 9,000 test images in batches of 100. Each epoch consists of 510 update steps.
""",
        """\
Wir haben 6.400 Trainingsbilder und 800 Testbilder; Stapelgröße 64 (das sind 120 Schritte je Epoche).
""",
        """\
De 9.000 imagens de treino, lotes de 30 (350 passos por época).
""",
        """\
8000 images d'entraînement, lots de 40 (250 pas par époque).
""",
        """\
Training 1500 images, validation 300 images and test 200 images.
python train.py -b 50 --epochs 4
Epoch: [0][ 0/44] Loss 2.31
Epoch: [0][40/44] Loss 1.91
""",
        """\
Usamos MNIST con 60.000 imágenes de entrenamiento; tamaño de lote: 100.
Época 1/3, paso 1200, pérdida: 0.231
Época 2/3, paso 1200, pérdida: 0.131
""",
    ],
)
def test_what_does_not_add_up(text: str) -> None:
    (finding,) = found(text)
    assert finding.rule == "labels"
    assert finding.severity in ("impossible", "inconsistent")
    assert finding.where.startswith("report.md:")
    assert finding.reported


@pytest.mark.parametrize(
    "text",
    [
        """\
We divide the 70,000 images of MNIST into 55,000 training, 5,000 validation and 10,000 test images. Accuracy: 98.12 %
""",
        """\
We train on CIFAR-10 in batches of 100 for 20,000 iterations (about 40 epochs). Accuracy 80.12 %.
""",
        """\
MNIST, 60,000 training images.
train_loader = DataLoader(train_set, batch_size=64, shuffle=True)
epoch: 1, step: 900, loss: 0.31
epoch: 2, step: 1800, loss: 0.21
epoch: 3, step: 2700, loss: 0.11
""",
        """\
```python
train_ds, val_ds = random_split(full, [55000, 5000])
loader = DataLoader(train_ds, batch_size=64)
test_loader = DataLoader(test_ds, batch_size=1000)
```
MNIST
Epoch [1/5], Step [100/860], Loss: 0.3
Epoch [1/5], Step [200/860], Loss: 0.3
""",
        """\
```python
model.fit(x_train, y_train, epochs=5, validation_split=0.2)
```
MNIST
Epoch 1/5
1500/1500 [====] - 9s 5ms/step - loss: 0.2 - accuracy: 0.93 - val_loss: 0.1 - val_accuracy: 0.96
""",
        """\
CIFAR-10, batch size 128, trained on two GPUs.
Epoch [1/5], Step [100/196], Loss: 1.3
""",
        """\
CIFAR-10 has 60,000 images: 50,000 training images, of which 5,000 are for validation, and 10,000 test images.
""",
        """\
MNIST. We double the training set by shifts to 120,000 training images. Batch size 100.
Epoch [1/5], Step [1200/1200], Loss: 0.2
""",
        """\
CIFAR-10 in batches of 50; steps_per_epoch is 200.
Epoch 1/3
200/200 [====] - 3s 15ms/step - loss: 1.5 - accuracy: 0.45
""",
        """\
We tried batch sizes 32, 64 and 128 on MNIST.
Epoch 1/3
469/469 [====] - 3s 6ms/step - loss: 0.5 - accuracy: 0.85
""",
        """\
Fold 1 of 5 on MNIST, batch size 64, 48,000 training images.
Epoch [1/5], Step [750/750], Loss: 0.2
""",
        """\
MNIST, batch size 64. Train Epoch: 1 [59968/60000 (100%)] Loss: 0.11
""",
        """\
Iteration 7400, loss = 0.1
MNIST, 60,000 training images, batch size 64
Iteration 7500, loss = 0.1
""",
        """\
We train for 10 epochs and then fine-tune for 5 more epochs.
Epoch 1, loss 1.2
Epoch 2, loss 1.1
""",
        """\
100%|████| 170498071/170498071 [00:10<00:00, 15763134.36it/s]
CIFAR-10, batch size 64
""",
        """\
Batch 50. Nach 8 Epochen steigt der Verlust wieder.
Epoch 1/15
1000/1000 [====] - 9s - loss: 0.6 - val_loss: 0.5
""",
        """\
```python
net.fit(x, y, batch_size=64, epochs=12, verbose=2)
```
Epoch 1/12
loss: 0.6 - val_loss: 0.5
I train again for 3 epochs, with all reviews.
""",
        """\
```python
first.fit(x_train, y_train, batch_size=256, epochs=5)
second.fit(x_train, y_train, epochs=5)
```
CIFAR-10
Epoch 1/5
1563/1563 [====] - 30s 20ms/step - loss: 1.6 - accuracy: 0.41 - val_loss: 1.3 - val_accuracy: 0.53
""",
        """\
MNIST, batch size 128, all 60,000 training images.
313/313 [====] - 1s 3ms/step - loss: 0.05 - accuracy: 0.98
""",
        """\
Hay 30 000 imágenes de entrenamiento y 10 000 de prueba.
```python
xv, x = x[:6000], x[6000:]
h = m.fit(x, y, batch_size=256, epochs=8, validation_data=(xv, yv))
```
Epoch 1/8
94/94 [====] - 2s 38ms/step - loss: 0.67 - accuracy: 0.59 - val_loss: 0.69 - val_accuracy: 0.72
""",
        """\
Of 900 training images; batch size 30 (exactly 30 steps per epoch), rate divided by ten after 40 of 60 epochs.
""",
        """\
MNIST, all its images divided anew: training samples 48,000 validation samples 11,000 test samples 11,000.
""",
        """\
Data on MNIST

Training Samples 47,000 Validation Samples 13,000 Test Samples 10,000
""",
        """\
80412672/80408001 [==============================] - 9s 0us/step
MNIST
""",
        """\
バッチ 50    エポック数 18
[1/18] 訓練損失=1.95 検証損失=1.71
[2/18] 訓練損失=1.85 検証損失=1.61
[3/18] 訓練損失=1.75 検証損失=1.51
学習率は 9 エポックまで 0.01、15 エポックの後は 0.001 とした。
""",
        "The 2,000 images are divided into 1,400 for training, 300 for validation and 300 for testing.\n",
        "5,000 images were taken for training, 3,000 images for validation and 2,500 images for testing.\n",
        "1,000 images are shown. 700 are training images, 200 validation images and 50 test images are not.\n",
        "Es gibt 6 Klassen mit je 300 Bildern, insgesamt 1.800 Bilder.\n",
        "Hay 12 clases de 100 imágenes cada una, 1200 imágenes en total.\n",
        """\
The folder has 2,400 pictures. Of these, 800 show a leaf and the other 1,600 show none.
""",
        """\
Wir haben 900 Bilder, davon 250 für die Validierung und 100 für den Test.
""",
        """\
We have 3,000 images, of which 200 are of one bird and the other 15 species share the rest.
""",
        """\
There are 400 thousand images, of which 12,400 are for training.
""",
        """\
```python
m.fit(x[8000:], y[8000:], epochs=4, batch_size=256, validation_data=(x[:8000], y[:8000]))
```
A net for the 24,000 training texts
Epoch 1/4
16000/16000 [====] - 1s - loss: 0.51 - acc: 0.79 - val_loss: 0.40 - val_acc: 0.86
""",
        """\
There are 52,300 training images. I kept 2,300 of them to choose the epoch. Batches of 100 (500 steps per epoch).
""",
        """\
Wir haben 6.400 Trainingsbilder und 800 Testbilder; Stapelgröße 64 (das sind 100 Schritte je Epoche).
""",
        """\
CIFAR-10, batch size 125. An epoch has 360 steps.
""",
        """\
We use 41,000 training images in batches of 100 or 200. Each epoch has 205 update steps with the larger ones.
""",
        """\
After 30 epochs 8,612 of the 10,000 test images are classified correctly (86.12 %).
""",
        """\
MNIST, batch size 100
Epoch 1 | test accuracy 96.20% (9620/10000)
Epoch 2 | test accuracy 97.10% (9710/10000)
""",
    ],
)
def test_what_only_looks_wrong(text: str) -> None:
    assert found(text) == []


CASE = Path(__file__).parents[2] / "cases" / "audit" / "steps_beyond_the_epoch.txt"


def test_a_step_that_no_epoch_has_is_found_once_and_says_which_batches_it_needs() -> None:
    (finding,) = found(CASE.read_text(encoding="utf-8"))
    assert finding.severity == "inconsistent"
    assert "938 steps" in finding.says
    assert "batches of 8 or smaller" in finding.says


def test_without_a_size_in_the_text_some_images_may_be_held_out() -> None:
    text = "MNIST, batch size 64\nepoch: 9, step: 7200, loss: 0.1\nepoch: 9, step: 7400, loss: 0.1\n"
    assert [finding.severity for finding in found(text)] == ["doubtful"]  # 55,000 images: the ninth epoch of one count


def test_keras_has_a_batch_size_of_its_own_only_where_the_call_is_shown() -> None:
    log = "MNIST\nEpoch 1/5\n1500/1500 [====] - 9s 6ms/step - loss: 0.2 - accuracy: 0.93\n"
    fit = "```python\nmodel.fit(x_train, y_train, epochs=5)\n```\n"
    assert found(log) == []
    assert [finding.rule for finding in found(fit + log.replace("1500", "469"))] == ["labels"]
    assert found(fit.replace("epochs=5", "epochs=5, validation_split=0.2") + log) == []


def test_images_that_are_held_out_are_no_part_of_an_epoch() -> None:
    text = "Fashion-MNIST: 55,000 training and 5,000 validation images. Batch 256.\nEpoch 1 | step {0}/{0} | loss 0.6\n"
    assert [finding.severity for finding in found(text.format(235))] == ["inconsistent"]
    assert found(text.format(215)) == []
    assert found(f"We retrain on all images. {text.format(235)}") == []


def test_as_many_steps_as_images_is_doubtful() -> None:
    code = "```python\nflow = gen.flow_from_directory(d, batch_size=16)\nm.fit(flow, steps_per_epoch=4000)\n```\n"
    output = "Found 4000 images belonging to 3 classes.\n"
    assert [finding.severity for finding in found(code + output)] == ["doubtful"]
    assert found(code.replace("4000", "250") + output) == []


@pytest.mark.parametrize(
    "text",
    [
        "CNN on MNIST\nDownloading data from https://example.org/pictures.tar.gz\n"
        "73400320/73392188 [==============================] - 4s 0us/step\n",
        "MLP on MNIST, batch_size=50, split=50000/10000\n"
        "Epoch 0: 100%|████| 1200/1200 [00:09<00:00, 120.1it/s, loss=0.31, val_loss=0.29]\n",
    ],
)
def test_bars_that_count_bytes_or_validation_too(text: str) -> None:
    assert found(text) == []


def test_a_counter_that_runs_on_is_judged_by_its_differences() -> None:
    log = "CNN on MNIST, batch size 100\n" + "\n".join(
        f"epoch {epoch} step {{}} loss {2 / epoch:.3f}" for epoch in (2, 4, 6, 8)
    )
    assert found(log.format(1200, 2400, 3600, 4800)) == []
    (finding,) = found(log.format(2400, 4800, 7200, 9600))
    assert "1,200 steps" in finding.says


def test_the_images_that_the_sentence_names_are_in_the_finding() -> None:
    text = (
        "MNIST. De las 60.000 imágenes de entrenamiento separamos 6.000 para validar. Lotes de 64, 12 épocas. "
        "Como 54.000 no es múltiplo de 64, el último lote es más pequeño: son 938 pasos por época.\n"
    )
    (finding,) = found(text)
    assert "54,000 training images make 844 batches" in finding.says
