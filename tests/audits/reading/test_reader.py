"""The reader as a whole: places, numbers that were not understood, encodings, hostile texts."""

import re
from pathlib import Path

import pytest

from deepstudy.audits.evidence import of_document, of_text
from deepstudy.audits.reading import read_document
from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.audits.reading.layout import read_layout
from deepstudy.audits.reading.reader import read_statements
from deepstudy.audits.reading.unwrap import unwrap

AUDITS = Path(__file__).parents[1]


def texts() -> dict[str, str]:
    """All texts that audits are tested with."""
    found = {path.name: path.read_text(encoding="utf-8") for path in sorted((AUDITS / "reports").iterdir())}
    for file in ("flawed.txt", "sound.txt"):
        parts = re.split(r"^%%% (.*)\n", (AUDITS / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
        found |= dict(zip(parts[1::2], parts[2::2], strict=True))
    for file in ("phrases.txt", "tables.txt", "layouts.txt"):
        found[file] = (Path(__file__).parent / file).read_text(encoding="utf-8")
    return found


TEXTS = texts()


def document_of(text: str) -> ReportDocument:
    """A text as a document."""
    return ReportDocument("report.md", tuple(TextLine(line, str(at)) for at, line in enumerate(text.splitlines(), 1)))


@pytest.mark.parametrize("name", TEXTS)
def test_each_number_stands_where_its_statement_says(name: str) -> None:
    evidence = of_text(TEXTS[name], "report.md")
    document = unwrap(document_of(TEXTS[name]))
    lines, printed = [line.text for line in document.lines], TEXTS[name].splitlines()
    for each in evidence.statements:
        assert each.printed in printed[int(each.where.removeprefix("report.md:")) - 1]
        assert lines[each.span.line][each.span.start : each.span.end] == each.printed
        assert re.fullmatch(r"[-+−]?[\d.].*", each.printed), each
        assert not re.match(r"\d", lines[each.span.line][each.span.end :]), each


@pytest.mark.parametrize("name", TEXTS)
def test_no_number_is_two_results(name: str) -> None:
    places = [
        (each.span.line, each.span.start, each.span.end)
        for each in of_text(TEXTS[name], "report.md").statements
        if each.kind != "summary"
    ]
    assert len(places) == len(set(places))
    assert places == sorted(places)


# Numbers that were not understood -----------------------------------------------------------------------------------


def unread(text: str) -> list[str]:
    """The numbers of a text that look like results and were not understood."""
    document = document_of(text)
    _, places = read_statements(document, read_layout(document))
    return [document.lines[span.line].text[span.start : span.end] for span in places]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The frobnication is 98.31 %.", ["98.31 %"]),
        ("Our score was 0.9831 in the end.", ["0.9831"]),
    ],
)
def test_what_was_not_understood_is_listed(text: str, numbers: list[str]) -> None:
    assert unread(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "The test accuracy is 98.31 %.",
        "learning rate 0.001, momentum 0.95, weight decay 0.0005",
        "Dropout of 0.25 follows.",
        "One step takes 0.12 s and needs 8.21 GB.",
        "accuracy 91.42 ± 0.31",
        "Epoch 3/10: loss 0.2134",
        "```python\nx = 0.9831\n```",
        "## Reaching 98.31 %",
        "We use 3 layers and 61,706 parameters.",
    ],
)
def test_settings_and_times_are_not_unread(text: str) -> None:
    assert unread(text) == []


# Encodings ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "text", "expected"),
    [
        ("shift_jis", "モデルはMNISTで学習した。\nテストデータの正解率は98.31%であった。\n", ("test", 98.31)),
        ("euc_jp", "モデルはMNISTで学習した。\nテストデータの正解率は98.31%であった。\n", ("test", 98.31)),
        ("cp949", "모델은 숫자 데이터로 훈련하였다.\n테스트 정확도는 98.31%였다.\n", ("test", 98.31)),
        ("gbk", "我们使用卷积神经网络识别手写数字。\n测试集上的准确率为98.31%。\n", ("test", 98.31)),
        ("big5", "我們使用卷積神經網路辨識手寫數字。\n測試集的準確率為98.31%。\n", ("test", 98.31)),
        ("latin-1", "Le réseau est entraîné.\nL'exactitude sur le jeu de test s'élève à 98,31 %.\n", ("test", 98.31)),
        ("cp1252", "Das Netz wurde geprüft – gründlich.\nDie Testgenauigkeit beträgt 98,31 %.\n", ("test", 98.31)),
        ("utf-8-sig", "El modelo está listo.\nLa exactitud de prueba es 98,31 %.\n", ("test", 98.31)),
        ("utf-16", "The model is ready.\nThe test accuracy is 98.31 %.\n", ("test", 98.31)),
    ],
)
def test_a_report_in_any_common_encoding_is_understood(
    tmp_path: Path, encoding: str, text: str, expected: tuple[str, float]
) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(text.encode(encoding))
    (found,) = (each for each in of_document(read_document(path)).statements if each.metric == "accuracy")
    assert (found.split, found.value) == (expected[0], pytest.approx(expected[1]))
    assert found.where == "report.txt:2"


# Hostile texts ------------------------------------------------------------------------------------------------------

HOSTILE = {
    "one long line": "test accuracy 98.31 % " * 10_000,
    "one long word": "a" * 200_000,
    "one long number": "The test accuracy is " + "9" * 5_000 + " %.",
    "many decimals": "The test accuracy is 0." + "9" * 5_000 + ".",
    "a large exponent": "The loss is 1e" + "9" * 5_000 + " and 1e999.",
    "many commas": "accuracy " + "1," * 50_000,
    "many pipes": "|" * 10_000,
    "many cells": "| 98.31 % " * 5_000 + "|\n" + "|---" * 5_000 + "|\n" + "| 98.31 % " * 5_000 + "|",
    "brackets": "[" * 50_000 + "]" * 50_000,
    "round brackets": "accuracy " + "(" * 20_000 + "98.31 %" + ")" * 20_000,
    "stars": "*" * 50_000 + " accuracy " + "_" * 50_000,
    "fences": "```\n" * 5_000,
    "hashes": "#" * 50_000 + " accuracy 98.31 %",
    "numbered headings": "1." * 50_000 + " accuracy",
    "spaces": "accuracy" + " " * 100_000 + "98.31 %",
    "tabs": "accuracy\t" * 20_000,
    "dashes": "epoch loss acc\n" + "-" * 100_000 + "\n1 0.5 0.9\n",
    "words of one kind": "accuracy " * 20_000,
    "splits without numbers": "train test val " * 10_000,
    "plus and minus": "accuracy 98.31 " + "± 0.2 " * 20_000,
    "percent signs": "accuracy " + "%" * 100_000,
    "backslashes": "accuracy " + "\\" * 100_000,
    "quotes": "{'accuracy': " * 10_000,
    "wide letters": "准确率" * 20_000,
    "digits of other scripts": "accuracy ٩٨٫٣١ % and ９８．３１ % and ² ½",
    "control letters": "accuracy\x00\x0b\x0c 98.31 %\u2028loss 0.2\x85",
    "dotted capitals": "İ" * 10_000 + " accuracy 98.31 %",
    "many short lines": "1\n" * 20_000,
    "many tables": "| a | accuracy |\n|---|---|\n| b | 98.31 |\n\n" * 1_000,
    "nothing": "",
    "a line end": "\n",
    "spaces behind a number": "1" + " " * 100_000 + "\n98.31 %" + " " * 100_000 + "epochs",
    "numbers and spaces": "1 " * 50_000,
    "ratios": "9831/10000" * 10_000,
    "decimal commas": "98,31 % " * 10_000,
    "thousands": "accuracy 1" + ".000" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_stops_the_reader(name: str) -> None:
    lines = unwrap(document_of(HOSTILE[name])).lines
    for each in of_text(HOSTILE[name], "report.md").statements:
        assert lines[each.span.line].text[each.span.start : each.span.end] == each.printed
        assert abs(each.value) < float("inf")
