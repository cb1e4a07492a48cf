"""Sentences that give a count and a rate of the same images."""

import pytest

from deepstudy.audits.arithmetic.counts_and_rates import count_findings
from deepstudy.audits.evidence import of_text


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("Of the 10,000 test images 9,896 are right and 104 wrong, an error of 1.40 %.", "1.04 %"),
        ("Von 432 Bildern sind 31 falsch, also eine Fehlerrate von 6,8 %.", "7.2 %"),
        ("De las 10.000 imágenes de prueba acierta 8.217, un 82,71 %.", "82.17 %"),
        ("测试集 10000 张图片中答对 9821 张，准确率为 98.12%。", "98.21 %"),
    ],
)
def test_a_rate_that_its_count_does_not_give(text: str, possible: str) -> None:
    (finding,) = count_findings(of_text(text + "\n", "report.md"))
    assert finding.possible.startswith(possible)


@pytest.mark.parametrize(
    "text",
    [
        "Of the 10,000 test images 9,896 are right and 104 wrong, an error of 1.04 %.",
        "Of the 10,000 test images 104 are wrong; on the training images the error is 0.4 %.",
        "Would 9,896 of 10,000 right images be an accuracy of 98.69 %?",
        "Class 3 has 80 wrong images of 1,000, an error of 8 %; the network errs on 1.04 %.",
    ],
)
def test_nothing_where_it_fits_or_speaks_of_others(text: str) -> None:
    assert list(count_findings(of_text(text + "\n", "report.md"))) == []
