"""Settings that are given twice."""

import json

import pytest

from deepstudy.audits import audit
from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import settings
from deepstudy.findings import Finding

TABLE = """\
| setting | value |
|---|---|
| batch size | 128 |
| optimizer | SGD |

"""


def found(text: str) -> list[Finding]:
    return list(settings.find(of_text(text + "\n", "report.md")))


def test_two_batch_sizes_of_a_text() -> None:
    (finding,) = found(TABLE + "All networks were trained once, with a batch size of 256.")
    assert finding.severity == "doubtful"
    assert "128" in finding.says
    assert "256" in finding.says


def test_the_code_of_a_notebook_against_its_text(tmp_path) -> None:  # type: ignore[no-untyped-def]
    code = (
        "model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.001), loss='mse')\n"
        "model.fit(x_train, y_train, batch_size=50, epochs=12)\n"
    )
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "We train for 20 epochs on MNIST, test accuracy 98.11 %."},
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": [], "source": code},
    ]
    path = tmp_path / "report.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    (finding,) = (each for each in audit(path).findings if each.rule == "settings")
    assert finding.severity == "inconsistent"
    assert "20" in finding.says
    assert "12" in finding.says


@pytest.mark.parametrize(
    "text",
    [
        TABLE + "All networks were trained once, with a batch size of 128.",
        TABLE + "With a batch size of 256 instead, the accuracy falls.",
        TABLE + "The original paper uses a batch size of 256.",
        "We compare a batch size of 64 with a batch size of 256.",
        TABLE + "Testing uses a test batch size of 1000.",
    ],
)
def test_settings_that_are_compared(text: str) -> None:
    assert found(text) == []
