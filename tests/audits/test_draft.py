"""The draft of a study: what a document says, in the form of a study file."""

import re
from pathlib import Path

import pytest

from deepstudy import audits
from deepstudy.audits.draft import draft
from deepstudy.audits.draft.settings import read_settings, schedule_of
from deepstudy.audits.evidence import of_text
from deepstudy.findings import Finding
from deepstudy.study import Study, load_study

FOLDER = Path(__file__).parent
TABLE = """\
# Optimizers on CIFAR-10

We train ResNet-18 with batch size 128, momentum 0.9 and weight decay 5e-4 for 30 epochs.

| Optimizer | lr | Test accuracy (%) | Loss |
|---|---|---|---|
| SGD | 0.1 | 93.45 | 0.312 |
| Adam | 0.001 | 92.10 | 0.401 |
| Wide Adam | 0.001 | 92.7 ± 0.2 | 0.39 |

SGD reaches the best test accuracy, 93.45 %. Wide Adam is better than Adam.
"""


def study_of(text: str, folder: Path, name: str = "report.md") -> tuple[Study, str]:
    path = folder / "draft.yaml"
    path.write_text(draft(of_text(text, name)), encoding="utf-8")
    return load_study(path), path.read_text(encoding="utf-8")


def found_in_draft(text: str, folder: Path) -> list[Finding]:
    """What the audit of a text's draft finds, without what is missing."""
    study_of(text, folder)
    return [each for each in audits.audit(folder / "draft.yaml").findings if each.severity != "missing"]


# Experiments ----------------------------------------------------------------------------------------------------------


def test_a_row_of_a_table_is_an_experiment_with_its_settings_and_figures(tmp_path: Path) -> None:
    study, _ = study_of(TABLE, tmp_path)
    assert study.names() == ["sgd", "adam", "wide-adam"]
    first, second, _ = (study.experiment(name) for name in study.names())
    assert (first.model.name, first.epochs, first.batch_size) == ("resnet18", 30, 128)
    options = first.optimizer.options
    assert (options["lr"], options["momentum"], options["weight_decay"]) == (0.1, 0.9, 0.0005)
    assert (second.optimizer.name, second.optimizer.options["lr"]) == ("adam", 0.001)
    rows = {(each.experiment, each.quantity, each.value) for each in study.reported}
    assert {("sgd", "accuracy", "93.45"), ("adam", "accuracy", "92.10"), ("wide-adam", "accuracy", "92.7±0.2")} <= rows
    assert {("sgd", "loss", "0.312"), ("wide-adam", "loss", "0.39")} <= rows
    assert len([each for each in study.reported if each.value == "93.45"]) == 1  # the sentence repeats the cell


@pytest.mark.parametrize(
    "table",
    [
        "| epoch | test accuracy |\n|---|---|\n| 1 | 50.12 |\n| 2 | 60.13 |\n",
        "| class | accuracy |\n|---|---|\n| cat | 81.2 |\n| dog | 83.1 |\n| ship | 93.0 |\n",
        "| layer | parameters |\n|---|---|\n| conv1 | 150 |\n| fc1 | 48,000 |\n",
    ],
)
def test_rows_of_epochs_classes_and_layers_are_no_experiments(table: str, tmp_path: Path) -> None:
    study, _ = study_of(f"# LeNet-5 on CIFAR-10\n\nThe test accuracy is 66.41 %.\n\n{table}", tmp_path)
    assert len(study.names()) == 1


def test_cells_about_a_number(tmp_path: Path) -> None:
    header = "# MNIST\n\n| network | parameters | test accuracy |\n|---|---|---|\n"
    rows = "| LeNet-5 | ~60K | **~98.4 %** |\n| MLP | 62,006 | 97.1 % |\n"
    study, _ = study_of(header + rows, tmp_path)
    assert [each.value for each in study.reported if each.is_about] == ["98.4", "60k"]


def test_a_network_with_counts_is_not_taken_for_ours(tmp_path: Path) -> None:
    header = "# CIFAR-10\n\n| network | parameters | test accuracy |\n|---|---|---|\n"
    study, drafted = study_of(f"{header}| VGG-16 | 15.1M | 93.32 % |\n| LeNet-5 | 62,006 | 66.41 % |\n", tmp_path)
    assert "model: model.py:Vgg16  # complete: its file and class, or vgg16 if it has just these layers" in drafted
    assert [each.value for each in study.reported if each.quantity == "parameters"] == ["15.1M", "62,006"]


def test_validation_images_are_held_out(tmp_path: Path) -> None:
    text = "CIFAR-10: 45,000 training images, 5,000 validation images. Validation accuracy: 91.24 %\n"
    assert study_of(text, tmp_path)[0].experiment("report").data.validation == 5000
    text = "CIFAR-10. model.fit(x, y, validation_split=0.1)\nValidation accuracy: 91.24 %\n"
    assert study_of(text, tmp_path)[0].experiment("report").data.validation == 5000
    _, drafted = study_of("CIFAR-10. Validation accuracy: 91.24 %\n", tmp_path)
    assert "validation: 5000}  # complete: how many images are held out" in drafted
    assert "- data.validation" in drafted


def test_a_log_of_another_loss_is_left_out(tmp_path: Path) -> None:
    text = "CIFAR-10 with mixup\n" + "".join(f"Epoch {epoch}: loss 1.9, accuracy 71.2%\n" for epoch in (1, 2))
    study, drafted = study_of(text, tmp_path)
    assert study.logs == []
    assert "#       Epoch 1: loss 1.9, accuracy 71.2%" in drafted


def test_blanks_stand_where_the_text_is_silent_or_says_several_things(tmp_path: Path) -> None:
    text = "CIFAR-10, SGD with batch size 64 or a batch size of 128. Test accuracy: 91.23 %\n"
    _, drafted = study_of(text + "VGG-16: batch size 32 for testing\n", tmp_path)
    assert re.search(r"epochs: 10  # complete: not found in the text", drafted)
    _, drafted = study_of("MNIST. Learning rate 0.1.\nTest accuracy: 99.12 %\n", tmp_path)
    assert "optimizer: {name: sgd, lr: 0.1}  # complete: not found in the text" in drafted
    assert "- recipe.optimizer" in drafted
    _, drafted = study_of(TABLE.replace("SGD", "RMSprop"), tmp_path)
    assert '# complete: its optimizer is "RMSprop"' in drafted


def test_sums_and_counts_are_kept(tmp_path: Path) -> None:
    text = "# LeNet on MNIST\nfc1: 400 x 120 = 4,800\n150 + 2,400 + 48,000 = 60,550\nTest accuracy: 99.12 %\n"
    study, _ = study_of(text, tmp_path)
    kept = {(each.layer, each.value) for each in study.reported if each.quantity == "weights"}
    assert ("fc1", "400 x 120 = 4,800") in kept
    assert any(layer is None and value.endswith("60,550") for layer, value in kept)
    found = [each for each in audits.audit(tmp_path / "draft.yaml").findings if each.rule == "parameters"]
    assert len(found) >= 2


# Counts ---------------------------------------------------------------------------------------------------------------

KERAS = """\
# CNN on MNIST
Model: "sequential"
_________________________________________________________________
 Layer (type)                Output Shape              Param #
=================================================================
 conv2d (Conv2D)             (None, 26, 26, 32)        320
 max_pooling2d (MaxPooling2D)  (None, 13, 13, 32)       0
 flatten (Flatten)           (None, 5408)              0
 dense (Dense)               (None, 10)                54090
=================================================================
Total params: 54,410
Trainable params: 54,410
Non-trainable params: 0
_________________________________________________________________
"""
TREE = """\
# CNN on CIFAR-10
Net(
  (conv1): Conv2d(3, 6, kernel_size=(5, 5), stride=(1, 1))
  (bn): BatchNorm2d(6, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  (fc1): Linear(in_features=4704, out_features=10, bias=True)
)
"""


def counts_in(text: str, folder: Path) -> list[tuple[str | None, str]]:
    study, _ = study_of(text, folder)
    return [(each.layer, each.value) for each in study.reported if each.quantity in ("weights", "parameters")]


def test_the_layers_of_a_summary_are_counts_of_layers(tmp_path: Path) -> None:
    assert counts_in(KERAS, tmp_path) == [("conv2d", "320"), ("dense", "54,090"), (None, "54,410")]
    assert found_in_draft(KERAS, tmp_path) == []
    (found,) = found_in_draft(KERAS.replace("54090", "54190"), tmp_path)
    assert (found.rule, found.severity) == ("parameters", "impossible")


def test_the_arguments_of_layers_are_counts_beside_a_stated_total(tmp_path: Path) -> None:
    parts = [("conv1", "450 + 6 = 456"), ("bn", "6 + 6 = 12"), ("fc1", "47,040 + 10 = 47,050")]
    assert counts_in(f"{TREE}Total parameters: 47,518\n", tmp_path) == [*parts, (None, "47,518")]
    assert counts_in(f"{TREE}Total parameters: 47,608\n", tmp_path) == [*parts, (None, "47,608")]
    assert [each.rule for each in found_in_draft(f"{TREE}Total parameters: 47,608\n", tmp_path)] == ["parameters"]
    # Without biases and normalisation: the layers above are more than what this total counts.
    assert counts_in(f"{TREE}Total parameters: 47,490\n", tmp_path) == [(None, "47,490")]
    assert counts_in(TREE, tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        f"{TREE}Total parameters: 47,608\nThe other network has 138 M parameters.\n",
        f"{TREE}Total parameters: 47,608\n" + TREE.replace("Net(", "Big(").replace("6", "8").partition("\n")[2],
        "# Pretrained ResNet on CIFAR-10\nself.fc = nn.Linear(512, 10)\nTotal parameters: 11,181,642\n",
        KERAS.replace("Non-trainable params: 0", "Optimizer params: 108,822").replace(
            "Total params: 54,410", "Total params: 163,232"
        ),
        KERAS.replace("54090", "54.1 K"),
    ],
)
def test_layers_that_may_not_be_the_whole_are_left_out(text: str, tmp_path: Path) -> None:
    assert [layer for layer, _ in counts_in(text, tmp_path) if layer is not None] == []
    assert found_in_draft(text, tmp_path) == []


def test_the_total_of_the_parts_is_held_against_them(tmp_path: Path) -> None:
    text = "# LeNet on MNIST\nconv1: 156\nfc1: 4,810\ntotal: 4,966\nWith the second head it has 9,776 parameters.\n"
    assert counts_in(text, tmp_path)[-1] == (None, "4,966")
    assert found_in_draft(text, tmp_path) == []


def test_a_network_of_several_experiments_is_for_a_person_to_place(tmp_path: Path) -> None:
    _, drafted = study_of(TABLE + KERAS, tmp_path)
    assert "network sequential: 54,410 parameters  # complete: of which experiment?" in drafted


def test_rounded_counts_stay_rounded(tmp_path: Path) -> None:
    assert counts_in("# CIFAR-10\nVGG-16 has 138 M weights.\n", tmp_path) == [(None, "138M")]


def test_doubled_counts_and_sizes_are_kept(tmp_path: Path) -> None:
    text = "# CIFAR-10\nWith backpropagation: 61,470 x 2 = 122,940 weights.\n(32 - 5 + 2*2)/1 + 1 = 28\n1/3 = 0.333\n"
    study, _ = study_of(text, tmp_path)
    assert [(each.quantity, each.value) for each in study.reported if "=" in each.value] == [
        ("weights", "61,470 x 2 = 122,940"),
        ("shape", "(32 - 5 + 2*2)/1 + 1 = 28"),
    ]
    assert [each.severity for each in found_in_draft(text, tmp_path)] == ["impossible", "inconsistent"]


# Images ---------------------------------------------------------------------------------------------------------------


def test_an_accuracy_has_the_images_of_its_sentence(tmp_path: Path) -> None:
    study, _ = study_of("CIFAR-10\nTest accuracy (first 333 images): 55.856 %\nTest accuracy: 57.12 %\n", tmp_path)
    assert [(each.value, each.images) for each in study.reported] == [("55.856", 333), ("57.12", None)]


def test_images_of_a_split_are_those_of_an_accuracy_that_fits_them(tmp_path: Path) -> None:
    text = "A CNN on leaves, with 802 training images and 204 validation images.\n\nValidation accuracy: {} %\n"
    study, _ = study_of(text.format("50.5"), tmp_path)
    assert [each.images for each in study.reported] == [204]
    assert study.experiment(study.names()[0]).data.validation == 204
    study, _ = study_of(text.format("62.4"), tmp_path)  # a mean over batches
    assert [each.images for each in study.reported] == [None]


def test_accuracies_of_other_data_and_of_other_figures_are_left_out(tmp_path: Path) -> None:
    text = (
        "# A CNN on CIFAR-10\nThe test accuracy on CIFAR-10 is 91.12 %.\n"
        "The test accuracy is 120.5 % of the baseline's.\n\n"
        "# The same CNN on SVHN\nThe test accuracy on SVHN is 96.124 %.\n"
    )
    study, drafted = study_of(text, tmp_path)
    assert [each.value for each in study.reported] == ["91.12"]
    assert "accuracy 96.124, of a data set that is not built in  # complete: of which experiment?" in drafted
    assert "accuracy 120.5, a part of another figure" in drafted
    assert any(each.rule == "rates" for each in found_in_draft("CIFAR-10\nTest accuracy: 120.51 %\n", tmp_path))


@pytest.mark.parametrize("name", ["SVHN", "our own pictures of leaves"])
def test_data_that_is_not_built_in_is_a_folder(name: str, tmp_path: Path) -> None:
    text = f"A CNN on {name}.\nThe test accuracy is 96.1237 %.\n"
    study, drafted = study_of(text, tmp_path)
    assert 'data: {name: "./images/"}  # complete: the folder of its images' in drafted
    assert [each.value for each in study.reported] == ["96.1237"]
    assert found_in_draft(text, tmp_path) == []


def test_each_row_has_its_data_set(tmp_path: Path) -> None:
    text = "# A CNN\n\n| Data | Test accuracy (%) |\n|---|---|\n| MNIST | 99.12 |\n| CIFAR-10 | 71.34 |\n"
    study, _ = study_of(text, tmp_path)
    assert [study.experiment(name).data.name for name in study.names()] == ["mnist", "cifar10"]


@pytest.mark.parametrize(
    ("said", "sizes"),
    [
        ("45,000 training images and 5,000 validation images", (5000, None, None)),
        ("We train on 5,000 training images and test on 2,000 test images", (0, 5000, 2000)),
        ("50,000 training images and 10,000 test images", (0, None, None)),
        ("5,000 of the training images are held out", (5000, None, None)),
    ],
)
def test_sizes_of_splits(said: str, sizes: tuple[int, int | None, int | None], tmp_path: Path) -> None:
    data = study_of(f"# CIFAR-10\n{said}.\nTest accuracy: 71.2 %\n", tmp_path)[0].experiment("cifar-10").data
    assert (data.validation, data.train_images, data.test_images) == sizes


def test_more_images_than_there_are_are_for_a_person_to_check(tmp_path: Path) -> None:
    text = "# CIFAR-10\nThe data set has 70,000 training images.\nTest accuracy: 71.2 %\n"
    assert "# complete: the text says 70,000 training images" in study_of(text, tmp_path)[1]


def test_a_count_beside_its_percentage_is_read_in_quotes_and_logs(tmp_path: Path) -> None:
    right = (
        "CIFAR-10, batch size 100\nTest accuracy: 91.24% (9124/10000)\n"
        "Test set: Average loss: 0.31, Accuracy: 9124/10000 (91%)\n"
    )
    assert found_in_draft(right, tmp_path) == []
    (found,) = found_in_draft(right.replace("91.24%", "91.34%"), tmp_path)
    assert found.says == "9,124 of 10,000 is 91.24 %, not 91.34 %."
    (found,) = found_in_draft(right.replace("(91%)", "(97%)"), tmp_path)
    assert found.says == "9,124 of 10,000 is 91.24 %, not 97 %."
    batches = (
        "MNIST, batch size 64\nTrain Epoch: 1 [0/60000 (0%)] Loss: 2.3\nTrain Epoch: 1 [29984/60000 (100%)] Loss: 0.2\n"
    )
    assert found_in_draft(batches, tmp_path) == []


def test_times_of_single_epochs_are_not_those_since_the_start(tmp_path: Path) -> None:
    lines = "".join(
        f"Epoch {epoch} took {time} s, accuracy {60 + epoch}.0 %\n" for epoch, time in enumerate((12, 30, 11), 1)
    )
    study, _ = study_of(f"A CNN on CIFAR-10\n{lines}", tmp_path)
    assert [each.elapsed for each in study.reported] == [None] * 3
    lines = "".join(f"Epoch {epoch}: accuracy {60 + epoch}.0 % (took {25 * epoch} s)\n" for epoch in (1, 2, 3))
    study, _ = study_of(f"A CNN on CIFAR-10\n{lines}", tmp_path)
    assert [each.elapsed for each in study.reported] == ["25", "50", "75"]


# Logs -----------------------------------------------------------------------------------------------------------------


def log_in(text: str, folder: Path) -> list[str]:
    return [line for log in study_of(text, folder)[0].logs for line in log.text.splitlines()]


def test_rows_of_a_table_of_epochs_are_a_log_in_words(tmp_path: Path) -> None:
    header = "CNN auf CIFAR-10\n\n| Epoche | Trainingsverlust | Testgenauigkeit (%) |\n|---|---|---|\n"
    assert log_in(f"{header}| 1 | 1,512 | 55,12 |\n| 2 | 1,212 | 61,45 |\n", tmp_path) == [
        "Epoch 1, train loss 1.512, test accuracy 55.12%",
        "Epoch 2, train loss 1.212, test accuracy 61.45%",
    ]
    header = "CNN on CIFAR-10\n\n| epoch | val_loss | val_acc |\n|---|---|---|\n"
    assert log_in(f"{header}| 1 | 1.51 | 0.5512 |\n| 2 | 1.21 | 0.6145 |\n", tmp_path)[0] == (
        "validation: Epoch 1, validation loss 1.51, validation accuracy 0.5512"
    )


@pytest.mark.parametrize(
    "line",
    [
        "Epoch [21/20], Step [100/500], Loss: 2.1",
        "Epoch: [3][390/391] Loss 1.5012 (1.8012)",
        "Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.292",
        "Epoch 3/20: train loss 0.31, train accuracy 0.9134, val loss 0.41, val accuracy 0.8912",
    ],
)
def test_a_line_that_a_study_file_reads_stays_as_printed(line: str, tmp_path: Path) -> None:
    assert log_in(f"CIFAR-10\n{line}\n", tmp_path) == [line]


def test_a_line_below_its_epoch_gets_it(tmp_path: Path) -> None:
    line = "469/469 [==============================] - 3s 5ms/step - loss: 0.3112 - accuracy: 0.9112"
    assert log_in(f"CNN on MNIST\nEpoch 1/2\n{line}\nEpoch 2/2\n{line}\n", tmp_path) == [
        f"Epoch 1/2: {line}",
        f"Epoch 2/2: {line}",
    ]


# Settings -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("We use a batch size of 64 and train for 20 epochs.", {"batch_size": [64], "epochs": [20]}),
        ('{"lr": 0.1, "batch_size": 128, "epochs": 30}', {"batch_size": [128], "epochs": [30], "optimizer.lr": [0.1]}),
        ("SGD(net.parameters(), lr=1e-2, momentum=0.9)", {"optimizer.lr": [0.01], "optimizer.momentum": [0.9]}),
        ("weight decay: 5e-4, label smoothing 0.1", {"optimizer.weight_decay": [5e-4], "loss.label_smoothing": [0.1]}),
        ("RandomCrop(32, padding=4), RandomHorizontalFlip()", {"augment.flip": [True], "augment.crop": [4]}),
        ("batch size = 64\nbatch size: 32", {"batch_size": [64, 32]}),
        ("test batch size 1000; BatchNorm2d(16, eps=1e-05, momentum=0.1)", {}),
        ("Epochs: 3/20 are shown, with 95 % of them", {}),
    ],
)
def test_settings_in_sentences_code_and_mappings(text: str, settings: dict[str, object]) -> None:
    assert read_settings(of_text(f"{text}\n", "report.md")) == settings


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("CosineAnnealingLR(optimizer, T_max=30)", {"name": "cosine"}),
        ("StepLR(optimizer, step_size=10, gamma=0.5)", {"name": "step", "every": 10, "gamma": 0.5}),
        ("MultiStepLR(opt, milestones=[60, 120], gamma=0.2)", {"name": "multistep", "at": [60, 120], "gamma": 0.2}),
        ("StepLR(optimizer, step_size=10) or cosine annealing", {}),
        ("a constant learning rate", {}),
    ],
)
def test_a_schedule(text: str, schedule: dict[str, object], tmp_path: Path) -> None:
    assert schedule_of(read_settings(of_text(f"{text}\n", "report.md"))) == schedule
    study, _ = study_of(f"CIFAR-10\n{text}\nTest accuracy: 91.23 %\n", tmp_path)
    assert study.experiment(study.names()[0]).schedule.name == schedule.get("name", "constant")


# Claims ---------------------------------------------------------------------------------------------------------------


def test_sentences_that_compare_are_claims_to_complete(tmp_path: Path) -> None:
    _, drafted = study_of(TABLE, tmp_path)
    claims = [line for line in drafted.splitlines() if line.startswith("#    ")]
    assert claims == [
        '#    says: "SGD reaches the best test accuracy, 93.45 %."',
        "#    compare: {quantity: accuracy, split: test, epoch: last, of: sgd, with: COMPLETE, expect: greater}",
        '#    says: "Wide Adam is better than Adam."',
        "#    compare: {quantity: accuracy, split: test, epoch: last, of: wide-adam, with: adam, expect: greater}",
    ]
    taken = drafted.replace("claims: []", "claims:").replace("#  - id", "  - id").replace("#    ", "    ")
    path = tmp_path / "taken.yaml"
    path.write_text(taken.replace("COMPLETE", "adam"), encoding="utf-8")
    assert [claim.id for claim in load_study(path).claims] == ["claim-1", "claim-2"]


@pytest.mark.parametrize(
    ("sentence", "compare"),
    [
        ("The training loss of Adam is lower than that of SGD.", "quantity: loss, split: train, epoch: last, of: adam"),
        ("Adam is faster than SGD.", "{quantity: seconds_per_epoch, of: adam, with: sgd, expect: less}"),
        ("Adam trains slower than SGD.", "{quantity: seconds_per_epoch, of: adam, with: sgd, expect: greater}"),
        ("SGD hat die höchste Genauigkeit.", "of: sgd, with: COMPLETE, expect: greater"),
        ("Adam has a worse accuracy than SGD.", "of: adam, with: sgd, expect: less"),
    ],
)
def test_what_a_sentence_compares(sentence: str, compare: str, tmp_path: Path) -> None:
    _, drafted = study_of(TABLE.replace("SGD reaches", f"{sentence} SGD reaches"), tmp_path)
    assert compare in drafted.partition("# These sentences compare.")[2]


# All texts ------------------------------------------------------------------------------------------------------------

#: What a study file has a place for: accuracies, counts, logs, settings and times.
CARRIED = (
    "granularity",
    "loss_floor",
    "softmax_floor",
    "parameters",
    "time",
    "labels",
    "replicates",
    "recipe",
    "shapes",
)

#: Flaws between two sentences of a text, which a study file has no place for.
ONLY_IN_SENTENCES = (
    "updates_in_all.md",
    "steps_of_the_images_that_are_left.md",
    "parts_of_a_folder.md",
    "parts_of_a_total_in_the_sentence_before.md",
    "images_that_are_left.md",
    "two_splits_and_all_of_them.md",
    "a_count_in_other_words.md",
    "epochs_in_brackets_before_steps.txt",
    "the_epoch_of_the_loss_of_which_images.txt",
)


def texts(file: str) -> list[tuple[str, str]]:
    """The titles and texts of a collection."""
    parts = re.split(r"^%%% (.*)$", (FOLDER / file).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def test_the_audit_of_a_draft_finds_most_of_what_the_audit_of_its_text_finds(tmp_path: Path) -> None:
    """It cannot hold arguments of layers, sizes of splits that are too large, steps without their number, and totals
    of time. What only a sentence can say is left out."""
    flawed = [(*re.split(r" \| |, ", title)[:2], text) for title, text in texts("flawed.txt")]
    flawed = [each for each in flawed if each[1] in CARRIED and each[0] not in ONLY_IN_SENTENCES]
    lost = [name for name, rule, text in flawed if rule not in {each.rule for each in found_in_draft(text, tmp_path)}]
    assert len(lost) <= 0.25 * len(flawed), lost


def test_the_audit_of_a_draft_hardly_finds_more_than_the_audit_of_its_text(tmp_path: Path) -> None:
    """A study file cannot say that steps include those of scoring."""
    sound = texts("sound.txt")
    accused = [
        title for title, text in sound if any(each.severity != "doubtful" for each in found_in_draft(text, tmp_path))
    ]
    assert len(accused) <= 0.05 * len(sound), accused
