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


def texts(file: str) -> list[tuple[str, str]]:
    """The titles and texts of a collection."""
    parts = re.split(r"^%%% (.*)$", (FOLDER / file).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def found_in_draft(text: str, folder: Path) -> list[Finding]:
    """What the audit of a text's draft finds, without what is missing."""
    study_of(text, folder)
    return [each for each in audits.audit(folder / "draft.yaml").findings if each.severity != "missing"]


def test_the_audit_of_a_draft_finds_most_of_what_the_audit_of_its_text_finds(tmp_path: Path) -> None:
    """It cannot hold counts with their percentage, sizes of splits, module trees, and sums of sizes."""
    flawed = [(*re.split(r" \| |, ", title)[:2], text) for title, text in texts("flawed.txt")]
    flawed = [each for each in flawed if each[1] in CARRIED]
    lost = [name for name, rule, text in flawed if rule not in {each.rule for each in found_in_draft(text, tmp_path)}]
    assert len(lost) <= 0.25 * len(flawed), lost


def test_the_audit_of_a_draft_hardly_finds_more_than_the_audit_of_its_text(tmp_path: Path) -> None:
    """A study file cannot say that a text has two data sets, or that steps include those of scoring."""
    sound = texts("sound.txt")
    accused = [
        title for title, text in sound if any(each.severity != "doubtful" for each in found_in_draft(text, tmp_path))
    ]
    assert len(accused) <= 0.05 * len(sound), accused
