"""Layouts: rows of layouts.txt, and the blocks that a document falls into."""

from typing import Any

import pytest

from deepstudy.audits.reading.blocks import DocumentLayout, Heading, Paragraph, PrintedTable, Verbatim
from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.audits.reading.layout import (
    clean,
    clean_in_place,
    is_printed,
    iterate_sentences,
    looks_like_code,
    read_layout,
)

ROWS = "layouts.txt"


def layout(text: str) -> DocumentLayout:
    return read_layout(
        ReportDocument("report.md", tuple(TextLine(line, str(at)) for at, line in enumerate(text.splitlines(), 1)))
    )


def test_a_document_is_read(row: Any, understood: Any) -> None:
    assert understood(row) == row.expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("# Title\n\nA sentence of text.\n\n- an item of a list\n", [Heading, Paragraph, Paragraph]),
        ("Title\n=====\n\nWe train a network and look at it.\n", [Heading, Paragraph]),
        ("**Results:**\n\nThe network is small, and so is its error.\n", [Heading, Paragraph]),
        ("| a | accuracy |\n|---|---|\n| b | 91.2 |\n", [PrintedTable]),
        (
            "We trained for long.\n\nEpoch 1: loss 0.3\nEpoch 2: loss 0.2\n\nIt works.\n",
            [Paragraph, Verbatim, Paragraph],
        ),
        ("```python\nx = 1\n```\nIt works.\n", [Verbatim, Paragraph]),
        ("epoch 1 | loss 0.3 | acc 0.9\nepoch 2 | loss 0.2 | acc 0.9\n", [Verbatim]),
        ("0.9712\n", [Verbatim]),
        ("97.31 %\n", [Verbatim]),
        ("", []),
    ],
)
def test_blocks(text: str, kinds: list[type]) -> None:
    assert [type(block) for block in layout(text).blocks] == kinds


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("# LeNet-5 on MNIST", "LeNet-5 on MNIST"),
        ("3. Results", "Results"),
        ("2.1 The data", "The data"),
        ("IV. Discussion", "Discussion"),
        ("第三章 实验结果", "实验结果"),
        ("Kapitel 3 Ergebnisse", "Ergebnisse"),
        ("0.9712", None),
        ("98.71 %", None),
        ("21.3 M    Trainable params", None),
        ("1. The accuracy is 98.71 %.", None),
        ("2. We then trained all networks for ten epochs, with momentum.", None),
    ],
)
def test_headings(line: str, heading: str | None) -> None:
    found = [block.text for block in layout(line).blocks if isinstance(block, Heading)]
    assert found == ([] if heading is None else [heading])


def test_blocks_stand_under_their_headings() -> None:
    read = layout("# A\n\nOne sentence.\n\n## B\n\nTwo sentences.\n\n# C\n\nThree sentences.\n")
    assert [
        headings for block, headings in zip(read.blocks, read.headings, strict=True) if isinstance(block, Paragraph)
    ] == [("A",), ("A", "B"), ("C",)]


def test_a_wrapped_sentence_knows_the_place_of_each_letter() -> None:
    lines = [
        "  The accuracy of the small network on all of the test",
        "  images is 97.31 %, which is not bad for its size.",
    ]
    (paragraph,) = layout("\n".join(lines)).blocks
    assert isinstance(paragraph, Paragraph)
    start = paragraph.text.index("97.31")
    span = paragraph.locate(start, start + 5)
    assert (span.line, lines[span.line][span.start : span.end]) == (1, "97.31")


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("Epoch 3, loss: 0.2", True),
        ("loss: 0.21 - accuracy: 0.93", True),
        ("accuracy =", True),
        ("[1, 2000] loss: 2.208", True),
        ("{'loss': 0.21, 'epoch': 2.0}", True),
        ("테스트 정확도: 98.5%", True),
        ("The accuracy after all epochs is 93 %, and this is a good result.", False),
        ("We trained the network: it has 61,706 parameters, which are few for images of this size.", False),
        ("A sentence without numbers.", False),
    ],
)
def test_lines_that_a_program_printed(line: str, printed: bool) -> None:
    assert is_printed(line) is printed


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One sentence. Another one! A third?", ["One sentence.", "Another one!", "A third?"]),
        ("The accuracy is 97.31 % in Fig. 3 of the report.", ["The accuracy is 97.31 % in Fig. 3 of the report."]),
        ("It rose, e.g. to 97.3 %. Then it fell.", ["It rose, e.g. to 97.3 %.", "Then it fell."]),
        ("准确率是97.31%。损失是0.09。", ["准确率是97.31%。", "损失是0.09。"]),
        ("Version 1.2.3 is used", ["Version 1.2.3 is used"]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end].strip() for start, end in iterate_sentences(text)] == sentences


def test_marks_are_removed_or_replaced_by_spaces() -> None:
    marked = "**97.31** <b>%</b> of $x$ in `code`"
    assert clean(marked) == "97.31 % of x in code"
    assert len(clean_in_place(marked)) == len(marked)
    assert clean_in_place(marked).split() == clean(marked).split()


@pytest.mark.parametrize(
    ("lines", "is_code"),
    [
        (["import torch", "model = Net()", "model.train()"], True),
        (["for epoch in range(10):", "    loss.backward()", "    optimizer.step()"], True),
        (["Epoch 1: loss 0.3", "Epoch 2: loss 0.2"], False),
        (["We import the data and train", "for ten epochs in all."], False),
    ],
)
def test_programs(lines: list[str], is_code: bool) -> None:
    assert looks_like_code(lines) is is_code
