"""The study of report R3 says what the report says."""

from deepstudy.layer_table import count_layers
from deepstudy.models import build
from deepstudy.study import load_study


def test_recipes() -> None:
    study = load_study("lenet-mnist")
    plain, regularised = study.experiment("lenet5"), study.experiment("regularised")
    assert (plain.epochs, plain.optimizer.name) == (20, "sgd")
    assert plain.optimizer.options["lr"] == 0.01
    assert plain.optimizer.options["momentum"] == 0.9
    assert plain.data.validation == 5000
    assert regularised.optimizer.options["weight_decay"] == 0.001
    assert regularised.model.options["dropout"] == 0.3
    assert study.experiment("custom-1x1-first").model.options["pool"] == "last"
    assert study.value_origin("batch_size").origin == "assumed"
    assert study.value_origin("optimizer.lr").origin == "report"
    assert study.value_origin("optimizer.nesterov").origin == "default"


def test_only_three_of_its_parameter_figures_do_not_hold() -> None:
    study = load_study("lenet-mnist")
    wrong = []
    for figure in (figure for figure in study.reported if figure.quantity == "weights"):
        choice = study.experiment(figure.experiment).model
        summary = count_layers(choice.name, build(choice.name, choice.options, (1, 28, 28), 10), (1, 28, 28))
        counts = {layer.name: layer.weights for layer in summary.layers} | {None: summary.weights}
        if figure.number != (counts[figure.layer],) * 2:
            wrong.append(figure.value)
    assert wrong == ["61,470 x 2 = 122,940", "48,000", "60,540 x 2 = 121,080"]


def test_it_has_every_claim_of_the_report() -> None:
    says = " ".join(claim.says for claim in load_study("lenet-mnist").claims)
    for word in (
        "saturates",
        "more accurate",
        "sooner",
        "starts worse",
        "jumps past",
        "overfit",
        "faster",
        "before the pooling",
    ):
        assert word in says
