"""What `audit` says of the built-in studies and of the four reports' raw text, all of it."""

import re
import textwrap
from pathlib import Path

import pytest

from deepstudy import audits
from deepstudy.audits.examine import AuditResult
from deepstudy.errors import InputError
from deepstudy.study import load_study

REPORTS = Path(__file__).parent / "reports"

STUDIES: dict[str, list[tuple[str, str, str]]] = {
    "googlenet-cifar10": [
        ("inconsistent", "time", "1054 s, about half hour"),
        ("inconsistent", "time", "1149 s, about half hour"),
        ("inconsistent", "time", "1159 s, about half hour"),
        ("inconsistent", "time", "1155 s, about half hour"),
        ("inconsistent", "time", "1159 s, about half hour"),
        ("inconsistent", "time", "1116 s, about half hour"),
        ("inconsistent", "recipe", "softmax, then cross-entropy"),
        ("doubtful", "time", "1,159 s, 2 times"),
        ("doubtful", "recipe", "SGD 0.01 beats Adam 0.001 at epoch 10"),
        ("doubtful", "recipe", "one run of each"),
        ("missing", "omissions", "the network's layers in full"),
        ("missing", "omissions", "the batch size"),
        ("missing", "omissions", "the augmentation"),
        ("missing", "omissions", "the pixel scaling"),
        ("missing", "omissions", "the weight initialisation"),
        ("missing", "omissions", "the number of runs and their seeds"),
        ("missing", "omissions", "the hardware"),
    ],
    "resnet-cifar10": [
        ("impossible", "time", "1,959 s at epoch 71"),
        ("inconsistent", "recipe", "softmax, then cross-entropy"),
        ("inconsistent", "recipe", "test_accuracy > 80"),
        ("inconsistent", "recipe", "test_accuracy > 80"),
        ("doubtful", "time", "489 s, 2 times"),
        ("doubtful", "replicates", "60.03 % and 66.04 % at epoch 10"),
        ("doubtful", "recipe", "no weight decay is given"),
        ("doubtful", "recipe", "shortcut projection"),
        ("doubtful", "recipe", "the learning rate is never lowered"),
        ("doubtful", "recipe", "89.53 % against 89.11 %"),
        ("doubtful", "recipe", "89.68 % against 89.11 %"),
        ("doubtful", "recipe", "89.68 % against 89.53 %"),
        ("doubtful", "recipe", "90.51 % against 90.4 %"),
        ("doubtful", "recipe", "one run of each"),
        ("missing", "omissions", "the network's layers in full"),
        ("missing", "omissions", "the batch size"),
        ("missing", "omissions", "the augmentation"),
        ("missing", "omissions", "the pixel scaling"),
        ("missing", "omissions", "the weight initialisation"),
        ("missing", "omissions", "the number of runs and their seeds"),
        ("missing", "omissions", "the hardware"),
    ],
    "small-cnn-cifar10": [
        ("impossible", "labels", "83.068 % on 50,000 test images"),
        ("inconsistent", "softmax_floor", "mean loss 1.78 at a mean accuracy of 63.8 %, lowest loss 1.686"),
        ("inconsistent", "labels", "about 20 epochs are enough"),
        ("inconsistent", "labels", "Epoch [9/10]"),
        (
            "inconsistent",
            "recipe",
            "about 20 epochs are enough, and accuracy no longer rises after them (the report looked at test images)",
        ),
        ("missing", "omissions", "the augmentation"),
        ("missing", "omissions", "the pixel scaling"),
        ("missing", "omissions", "the number of runs and their seeds"),
        ("missing", "omissions", "the hardware"),
        ("missing", "omissions", "a split and an epoch"),
    ],
    "lenet-mnist": [
        ("impossible", "parameters", "3,000 + 720 + 8,100 + 1,800 + 48,000 + 10,080 + 840; total 60,540"),
        ("inconsistent", "parameters", "61,470 x 2 = 122,940"),
        ("inconsistent", "parameters", "48,000"),
        ("inconsistent", "parameters", "60,540 x 2 = 121,080"),
        ("doubtful", "time", "the custom network trains faster than LeNet-5"),
        ("doubtful", "labels", "accuracy saturates around epoch 15"),
        ("missing", "omissions", "the batch size"),
        ("missing", "omissions", "the augmentation"),
        ("missing", "omissions", "the pixel scaling"),
        ("missing", "omissions", "the weight initialisation"),
        ("missing", "omissions", "the number of runs and their seeds"),
        ("missing", "omissions", "the hardware"),
        ("missing", "omissions", "the number of validation images"),
    ],
    "vgg-resnet50-cifar10": [
        ("impossible", "granularity", "93.326 %"),
        ("impossible", "granularity", "90.358 %"),
        ("inconsistent", "labels", "93.326 %, Epoch [1/1], Step [100/100] Loss: 0.5869"),
        ("inconsistent", "labels", "90.358 %, Epoch [1/1], Step [100/100] Loss: 0.5701"),
        ("doubtful", "recipe", "step after 20 epochs, in a run of 1"),
        ("doubtful", "recipe", "std (0.2023, 0.1994, 0.201)"),
        ("doubtful", "recipe", "VGG performs better than ResNet"),
        ("doubtful", "recipe", "one run of each"),
        ("missing", "omissions", "the network's layers in full"),
        ("missing", "omissions", "the optimizer"),
        ("missing", "omissions", "the learning rate"),
        ("missing", "omissions", "the augmentation"),
        ("missing", "omissions", "the pixel scaling"),
        ("missing", "omissions", "the number of runs and their seeds"),
        ("missing", "omissions", "the hardware"),
    ],
}
TEXTS: dict[str, list[tuple[str, str, str]]] = {
    "r1.md": [
        ("impossible", "time", "1,959 s at epoch 71"),
        ("inconsistent", "time", "1054 s, about half hour"),
        ("inconsistent", "time", "1149 s, about half hour"),
        ("inconsistent", "time", "1159 s, about half hour"),
        ("inconsistent", "time", "1155 s, about half hour"),
        ("inconsistent", "time", "1159 s, about half hour"),
        ("inconsistent", "time", "1116 s, about half hour"),
        ("doubtful", "time", "1,159 s, 2 times"),
        ("doubtful", "time", "489 s, 2 times"),
        ("doubtful", "replicates", "60.03 % and 66.04 % at epoch 10"),
        ("missing", "omissions", "the batch size"),
        ("missing", "omissions", "the number of runs and their seeds"),
        ("missing", "omissions", "the augmentation"),
        ("missing", "omissions", "the hardware"),
        ("missing", "omissions", "the pixel scaling"),
        ("missing", "omissions", "the weight initialisation"),
    ],
    "r2.txt": [
        ("impossible", "labels", "83.068 % on 50,000 test images"),
        ("inconsistent", "softmax_floor", "mean loss 1.78 at a mean accuracy of 63.8 %, lowest loss 1.686"),
        ("inconsistent", "labels", "Epoch [9/10]"),
        (
            "doubtful",
            "recipe",
            "At epochs 30 and 40 it still wanders between 60 and 70, on data sampled from the test set.",
        ),
        ("missing", "omissions", "the number of runs and their seeds"),
        ("missing", "omissions", "the augmentation"),
        ("missing", "omissions", "the hardware"),
        ("missing", "omissions", "the pixel scaling"),
    ],
    "r3.txt": [
        ("inconsistent", "parameters", "61,470 x 2 = 122,940"),
        ("inconsistent", "parameters", "3,000 + 720 + 8,100 + 1,800 + 48,000 + 10,080 + 840; total 60,540"),
        ("inconsistent", "parameters", "60,540 x 2 = 121,080"),
        ("doubtful", "labels", "The accuracy saturates around epoch 15 when trained for longer."),
        ("missing", "omissions", "the batch size"),
        ("missing", "omissions", "the number of runs and their seeds"),
        ("missing", "omissions", "the augmentation"),
        ("missing", "omissions", "the hardware"),
        ("missing", "omissions", "the pixel scaling"),
        ("missing", "omissions", "the weight initialisation"),
    ],
    "r4.txt": [
        ("impossible", "granularity", "93.326 %"),
        ("impossible", "granularity", "90.358 %"),
        ("inconsistent", "labels", "93.326 %, Epoch [1/1], Step [100/100] Loss: 0.5869"),
        ("inconsistent", "labels", "90.358 %, Epoch [1/1], Step [100/100] Loss: 0.5701"),
        ("missing", "omissions", "the optimizer"),
        ("missing", "omissions", "the learning rate"),
        ("missing", "omissions", "the number of runs and their seeds"),
        ("missing", "omissions", "the augmentation"),
        ("missing", "omissions", "the hardware"),
        ("missing", "omissions", "the pixel scaling"),
        ("missing", "omissions", "the weight initialisation"),
    ],
}


def triples(result: AuditResult) -> list[tuple[str, str, str]]:
    """Severity, test, and what was reported (of an omission, what should have been)."""
    return [
        (each.severity, each.rule, each.possible if each.severity == "missing" else each.reported)
        for each in result.findings
    ]


@pytest.mark.parametrize("name", STUDIES)
def test_all_findings_of_a_study(name: str) -> None:
    assert triples(audits.audit(name)) == STUDIES[name]


@pytest.mark.parametrize("name", TEXTS)
def test_all_findings_of_a_raw_text(name: str) -> None:
    assert triples(audits.audit(REPORTS / name)) == TEXTS[name]


def said(subject: str | Path, test: str, reported: str) -> str:
    """The sentence of the one finding of a test about a figure."""
    (finding,) = (each for each in audits.audit(subject).findings if each.rule == test and reported in each.reported)
    return finding.says


def test_the_sentences_hold_what_was_worked_out_by_hand() -> None:
    assert "if fc1 had 36,000 instead of 48,000" in said("lenet-mnist", "parameters", "total 60,540")
    assert "46,663 of the 50,000 training images" in said("vgg-resnet50-cifar10", "granularity", "93.326")
    assert "45,179 of the 50,000 training images" in said("vgg-resnet50-cifar10", "granularity", "90.358")
    assert "trained on the test images and scored on the training images" in said(
        "vgg-resnet50-cifar10", "labels", "93.326"
    )
    replicates = said("resnet-cifar10", "replicates", "60.03")
    assert "6.01 points" in replicates
    assert "differ by 9 %" in replicates
    assert "fast-catches-up" in replicates
    assert "1.4612" in said("small-cnn-cifar10", "softmax_floor", "mean loss")
    assert "28 epochs" in said("resnet-cifar10", "time", "1,959 s at epoch 71")
    assert "reversed" in next(
        each.says for each in audits.audit("resnet-cifar10").findings if each.possible == "train_error < 80"
    )
    assert "6.6 times as many multiply-adds" in said("lenet-mnist", "time", "faster")


@pytest.mark.parametrize("name", STUDIES)
def test_what_rests_on_code_says_so_and_what_is_assumed_is_not_held_against_a_report(name: str) -> None:
    study = load_study(name)
    for finding in audits.audit(study).findings:
        if finding.rule == "recipe" and finding.reported.startswith(("softmax", "test_accuracy", "std (")):
            assert "(known from the report's code)" in finding.says
    # The softmax of report R2 is deduced from its losses: the recipe's audit must not claim it was reported.
    if name == "small-cnn-cifar10":
        assert not [each for each in audits.audit(study).findings if each.reported == "softmax, then cross-entropy"]


def test_a_study_without_a_report_is_only_held_against_itself(small_study: object) -> None:
    assert audits.audit(small_study).findings == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no figure"),
        (b"Nothing but words.\n", "no figure"),
        (b"%PDF-1.4 ...", "is a damaged PDF"),
        (b"\x00\x01\x02" * 100, "is not a text file"),
        (b"\xff" * 100, "its encoding is not known"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=complaint):
        audits.audit(path)


def test_figures_that_lack_the_same_are_named_in_one_line() -> None:
    rows = "".join(f"Network {number}: accuracy 9{number}.1 %\n" for number in range(6))
    (found,) = (each for each in audits.audit(f"MNIST, batch size 64\n{rows}").findings if "which images" in each.says)
    assert found.says.endswith("on which images it measured 90.1 %, 91.1 %, 92.1 % and 3 more figures.")
    assert found.where == "text:2"


def test_korean_windows_and_utf16_texts_are_read(tmp_path: Path) -> None:
    text = "MNIST 실험, 배치 크기 100\n테스트 정확도: 99.123%\n"
    for encoding in ("utf-8", "cp949", "utf-16"):
        path = tmp_path / f"{encoding}.txt"
        path.write_text(text, encoding=encoding)
        assert [each.rule for each in audits.audit(path).findings if each.severity == "impossible"] == ["granularity"]


def as_pdf_prints_it(text: str, width: int = 70) -> str:
    """A report as the text of a PDF: no marks of Markdown, bullets, and lines that are wrapped."""
    lines = []
    for line in text.splitlines():
        plain = re.sub(r"^\s*[*-] ", "● ", re.sub(r"^#+ ", "", line))
        lines += textwrap.wrap(plain, width) or [""]
    return "\n".join(lines)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("width", [50, 60, 70, 90])
def test_wrapped_lines_and_bullets_change_no_finding(name: str, width: int) -> None:
    text = as_pdf_prints_it((REPORTS / name).read_text(encoding="utf-8"), width)
    found = [(each.severity, each.rule) for each in audits.audit(text).findings if each.severity != "missing"]
    assert sorted(found) == sorted((severity, rule) for severity, rule, _ in TEXTS[name] if severity != "missing")
