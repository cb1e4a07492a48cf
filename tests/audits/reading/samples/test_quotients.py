"""Counts beside their percentage, as they are printed."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.samples.passages import read_passages
from deepstudy.audits.reading.samples.quotients import PrintedQuotient, is_progress, read_quotients


def read(text: str) -> list[PrintedQuotient]:
    evidence = of_text(text, "report.md")
    assert evidence.document is not None
    return [each for passage in read_passages(evidence.document, evidence.layout) for each in read_quotients(passage)]


@pytest.mark.parametrize(
    ("text", "part", "whole", "percent"),
    [
        ("Accuracy: 9913/10000 (99%)", 9913, 10000, "99"),
        ("Accuracy: 91.34 % (9,134 of 10,000)", 9134, 10000, "91.34"),
        ("9,134 of the 10,000 test images (91.34 %)", 9134, 10000, "91.34"),
        ("9134 out of 10000 are correct, i.e. 91.34 %", 9134, 10000, "91.34"),
        ("10,000장 중 9,134장(91.34%)", 9134, 10000, "91.34"),
        ("10000张中的9134张（91.34%）", 9134, 10000, "91.34"),
        ("10,000枚中9,134枚（91.34 %）", 9134, 10000, "91.34"),
        ("9.134 von 10.000 Bildern (91,34 %)", 9134, 10000, "91.34"),
        ("9134 de las 10000 imágenes (91,34 %)", 9134, 10000, "91.34"),
        ("9134 sur 10000 (91,34 %)", 9134, 10000, "91.34"),
    ],
)
def test_counts_in_many_languages(text: str, part: int, whole: int, percent: str) -> None:
    (quotient,) = read(text)
    assert (quotient.part, quotient.whole, quotient.percent) == (part, whole, percent)


@pytest.mark.parametrize("text", ["Epoch 15/30 (91 %)", "5/10 (50 %)", "accuracy 91 %, see 12/2024", "lr 1/100, 91 %"])
def test_what_is_no_count_of_images(text: str) -> None:
    assert read(text) == []


def test_progress_counts_batches() -> None:
    assert is_progress(512, 1_000, 50)
    assert is_progress(640, 60_000, 1)
    assert is_progress(44_928, 60_000, 100)  # the last batch of 128 has 96 images
    assert is_progress(0, 60_000, 0)
    assert not is_progress(640, 60_000, 50)
