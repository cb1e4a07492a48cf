"""Two files of a folder that print different results of one run, and pairs that only look like it."""

from pathlib import PurePath
from typing import Any

import pytest

from deepstudy.audits import FOLDER_RULES
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.folder_rules.files_disagree import find
from deepstudy.audits.reading.blocks import Span
from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.audits.reading.statements import Statement
from deepstudy.findings import Finding

Line = tuple[str, float, dict[str, Any]]


def number(text: str, value: float, **known: Any) -> Line:
    """A line of a file, with the accuracy that it states."""
    return text, value, known


def file(name: str, *lines: Line | str, **known: Any) -> tuple[str, Evidence]:
    """A file, of which some lines state a test accuracy."""
    texts = [line if isinstance(line, str) else line[0] for line in lines]
    base = PurePath(name).name
    document = ReportDocument(base, tuple(TextLine(text, str(at)) for at, text in enumerate(texts, 1)))
    evidence = Evidence(base, base, {}, document=document, **known)
    for at, line in enumerate(lines):
        if not isinstance(line, str):
            text, value, said = line
            usual: dict[str, Any] = {"kind": "sentence", "unit": "%", "split": "test"}
            stated = Statement(
                "accuracy", f"{value:g}", value, 0.01, document.where(at + 1), text, Span(at, 0, 1), **usual | said
            )
            evidence.statements.append(stated)
    return name, evidence


def compare(*files: tuple[str, Evidence]) -> list[Finding]:
    return list(find(dict(files)))


REPORT = file("report.md", "Digits", number("ResNet-18 reaches a test accuracy of 98.45 %.", 98.45))
LAST = number("Epoch 12: test acc 97.31", 97.31, epoch=12, kind="log")
LOG = file(
    "train.log",
    "ResNet18 on MNIST",
    number("Epoch 10: test acc 95.02", 95.02, epoch=10, kind="log"),
    number("Epoch 11: test acc 96.2", 96.2, epoch=11, kind="log"),
    LAST,
)


@pytest.mark.parametrize(
    ("report", "record", "says"),
    [
        (REPORT, LOG, "report.md:2: test accuracy 98.45 %; train.log:4: 97.31 %."),
        (REPORT, file("net.ipynb", "resnet 18", number("Test: 97.31 %", 97.31)), "net.ipynb:2: 97.31 %."),
        (REPORT, file("resnet18.log", number("Test: 97.31 %", 97.31)), "resnet18.log:1: 97.31 %."),
        (
            file("lee/r.pdf", number("VGG-16 | 91.2", 91.2, of="VGG-16", kind="table"), "and ResNet-18"),
            file("lee/vgg16.log", number("accuracy 90.4", 90.4)),
            "lee/r.pdf:1: test accuracy 91.2 %; lee/vgg16.log:1: 90.4 %.",
        ),
        (
            file("r.md", number("LeNet-5, 12 epochs: 98.45 %", 98.45, epoch=12), "LeNet is old."),
            file("a.log", "LeNet5", LAST),
            "r.md:1: test accuracy 98.45 %; a.log:2: 97.31 %.",
        ),
    ],
)
def test_a_result_that_differs_from_its_log_or_notebook(
    report: tuple[str, Evidence], record: tuple[str, Evidence], says: str
) -> None:
    (finding,) = compare(record, report)
    assert (finding.rule, finding.severity) == ("files_disagree", "doubtful")
    assert says in finding.says
    assert finding.says.startswith(f"{finding.where}: ")


@pytest.mark.parametrize(
    ("why", "files"),
    [
        ("the numbers are one, rounded", (file("r.md", number("ResNet-18: 97.3 %", 97.3)), LOG)),
        (
            "the report gives both",
            (file("r.md", number("ResNet-18", 98.45), number("at last", 97.31, split=None)), LOG),
        ),
        ("the log gives both", (REPORT, file("a.log", "ResNet-18", number("best", 98.45, split=None), LAST))),
        ("one is the error", (file("r.md", number("ResNet-18", 2.69)), LOG)),
        ("another network", (file("r.md", number("ResNet-34: 98.45 %", 98.45)), LOG)),
        ("no network is named", (file("r.md", number("We reach 98.45 %", 98.45)), file("a.log", LAST))),
        ("the log is of two networks", (REPORT, file("a.log", "ResNet-18, VGG-16", LAST))),
        ("another split", (file("r.md", number("ResNet-18: 98.45 %", 98.45, split="train")), LOG)),
        ("two results", (file("r.md", number("ResNet-18: 98", 98), number("ResNet-18, wider: 99", 99)), LOG)),
        ("two reports", (REPORT, file("other.md", number("ResNet-18: 94.2", 94.2)), LOG)),
        ("two logs", (REPORT, LOG, file("again.log", "ResNet-18", number("Test", 96.1)))),
        ("another folder", (REPORT, file("kim/train.log", "ResNet-18", LAST))),
        ("two runs in the log", (REPORT, file("a.log", "ResNet-18", LAST, number("Epoch 1", 41.2, epoch=1)))),
        ("a mean", (file("r.md", number("ResNet-18", 98.45, is_mean=True)), LOG)),
        ("a mean of runs", (file("r.md", number("ResNet-18", 98.45), runs=5), LOG)),
        ("with a spread", (file("r.md", number("ResNet-18", 98.45, spread=0.1)), LOG)),
        ("about", (file("r.md", number("ResNet-18", 98.45, is_about=True)), LOG)),
        ("of a paper", (file("r.md", number("ResNet-18", 98.45, is_cited=True)), LOG)),
        ("another epoch", (file("r.md", number("ResNet-18", 98.45, epoch=40)), LOG)),
        ("a longer run", (file("r.md", number("ResNet-18", 98.45), epochs=(90,)), LOG)),
        (
            "other data",
            (
                file("r.md", number("ResNet-18", 98.45, dataset="mnist")),
                file("a.log", "ResNet-18", number("Test", 97.31, dataset="cifar10")),
            ),
        ),
        ("only a batch", (REPORT, file("a.log", "ResNet-18", number("Step 3", 97.31, step_number=3)))),
        ("two texts", (REPORT, file("b.txt", number("ResNet-18 reaches 97.31 %", 97.31)))),
    ],
)
def test_pairs_that_something_explains(why: str, files: tuple[tuple[str, Evidence], ...]) -> None:
    assert compare(*files) == []


def test_the_page_is_one_of_a_rule() -> None:
    rule = FOLDER_RULES["files_disagree"]
    assert rule.load() is find
    assert rule.page.splitlines()[:2] == [rule.says, ""]
    for heading in ("Why it matters", "Example", "Not an error", "How to fix", "Source"):
        assert f"\n## {heading}\n" in rule.page
