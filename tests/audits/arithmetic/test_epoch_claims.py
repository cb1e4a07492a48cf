"""Sentences that name an epoch, against the log."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import epoch_means

LOG = """\
MNIST, batch size 100

```text
Epoch 1/5 loss 0.6012 val_loss 0.5123 val_acc 0.8312
Epoch 2/5 loss 0.4521 val_loss 0.4410 val_acc 0.8534
Epoch 3/5 loss 0.3812 val_loss 0.4207 val_acc 0.8611
Epoch 4/5 loss 0.3220 val_loss 0.4391 val_acc 0.8640
Epoch 5/5 loss 0.2711 val_loss 0.4702 val_acc 0.8602
```

"""


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("The lowest validation loss, 0.4207, is that of epoch 4.", "3"),
        ("Die beste Validierungsgenauigkeit von 0.8640 wird in Epoche 3 erreicht.", "4"),
        ("La mejor pérdida de validación (0.4207) se obtuvo en la época 5.", "3"),
    ],
)
def test_a_value_of_another_epoch(text: str, possible: str) -> None:
    findings = list(epoch_means.find(of_text(LOG + text + "\n", "report.md")))
    assert len(findings) == 1
    assert possible in findings[0].possible + findings[0].says


@pytest.mark.parametrize(
    "text",
    [
        "The lowest validation loss, 0.4207, is that of epoch 3.",
        "Die beste Validierungsgenauigkeit von 0.8640 wird in Epoche 4 erreicht.",
        "In another run the lowest validation loss, 0.4101, was that of epoch 4.",
        "From epoch 4 on the validation loss rises.",
    ],
)
def test_nothing_where_it_fits_or_speaks_of_another_run(text: str) -> None:
    assert list(epoch_means.find(of_text(LOG + text + "\n", "report.md"))) == []
