"""Networks that return more than logits, and networks that are not classifiers."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from torch import Tensor, nn

import deepstudy
from deepstudy.checks.examine import examine
from deepstudy.checks.probe import Probe
from deepstudy.errors import InputError


class Two(nn.Module):
    """Features and logits, joined in some way."""

    def __init__(self, join: Callable[[Tensor, Tensor], object]) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU())
        self.head = nn.Linear(64, 10)
        self.join = join

    def forward(self, x: Tensor) -> object:
        features = self.features(x)
        return self.join(features, self.head(features))


@dataclass
class Result:
    features: Tensor
    logits: Tensor


@pytest.mark.parametrize(
    "join",
    [
        lambda features, logits: (features, logits),
        lambda features, logits: (logits, features),
        lambda features, logits: {"features": features, "logits": logits},
        lambda features, logits: {"logits": logits, "loss": features.mean()},
        Result,
    ],
)
def test_rules_look_at_the_logits_among_several_outputs(join: Callable[[Tensor, Tensor], object]) -> None:
    assert deepstudy.check(Two(join)).findings == ()


def test_a_second_head_with_fewer_classes_is_learned_too() -> None:
    class Heads(Two):
        def __init__(self) -> None:
            super().__init__(lambda features, logits: logits)
            self.domain = nn.Linear(64, 2)

        def forward(self, x: Tensor) -> object:
            features = self.features(x)
            return self.head(features), self.domain(features)

    assert examine(Probe("Heads", Heads, (1, 28, 28))).findings == ()


@pytest.mark.parametrize("squeeze", [False, True])
@pytest.mark.parametrize("sigmoid", [False, True])
def test_one_output_is_a_binary_classifier(squeeze: bool, sigmoid: bool) -> None:
    layers = [nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 1)]
    layers += [nn.Sigmoid()] if sigmoid else []
    layers += [nn.Flatten(0)] if squeeze else []
    checked = deepstudy.check(nn.Sequential(*layers))
    assert [finding for finding in checked.findings if finding.rule != "leak"] == []
    assert "binary" in checked.notes[0]


@pytest.mark.parametrize(
    ("network", "complaint"),
    [
        (nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 5, 1)), "a map of the size of its input"),
        (
            nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 784), nn.Sigmoid()),
            "as many numbers as its input has",
        ),
        (nn.Sequential(nn.Embedding(100, 16), nn.Flatten(), nn.Linear(160, 2)), "starts with an embedding"),
        (nn.Bilinear(8, 8, 2), "2 inputs"),
    ],
)
def test_what_is_no_classifier_is_refused(network: nn.Module, complaint: str) -> None:
    shape = (8,) if isinstance(network, nn.Bilinear) else None
    with pytest.raises(InputError, match=complaint):
        deepstudy.check(network, input=shape)


def test_what_takes_no_gradient_or_has_nothing_to_learn_is_a_bug() -> None:
    class Argmax(nn.Sequential):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x).argmax(1)

    layers = [nn.Flatten(), nn.Linear(784, 10)]
    assert [bug.rule for bug in deepstudy.check(Argmax(*layers)).bugs] == ["output_shape"]
    frozen = nn.Sequential(*layers).requires_grad_(False)
    assert "no_gradient" in [bug.rule for bug in deepstudy.check(frozen).bugs]


@pytest.mark.parametrize(("wrong", "complaint"), [(42, "nn.Module .* got: int"), (nn.Linear, "got: type")])
def test_what_is_no_module_is_refused(wrong: object, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        deepstudy.check(wrong)  # type: ignore[arg-type]


def test_a_view_of_maps_is_no_finding_but_said_as_run_would_train_it() -> None:
    class Views(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 8, 5, stride=2)
            self.fc = nn.Linear(8 * 12 * 12, 10)

        def forward(self, x: Tensor) -> Tensor:
            x = self.conv(x).relu()
            return self.fc(x.view(x.size(0), -1))

    checked = deepstudy.check(Views(), input=(1, 28, 28))
    assert checked.findings == ()
    (note,) = checked.notes
    assert note.startswith("needs torch's default memory layout, so `run` trains it without channels_last: ")
    assert "test_outputs.py:" in note


class Encoder(nn.Module):
    """What a variational autoencoder computes."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU())
        self.head, self.mean, self.width, self.back = (nn.Linear(64, size) for size in (10, 8, 8, 784))


class Autoencoder(Encoder):
    def forward(self, x: Tensor) -> object:
        x = self.body(x)
        mu, logvar = self.mean(x), self.width(x)
        recon = self.back(x).sigmoid()
        return mu, logvar, recon


class AlsoClassifier(Encoder):
    def forward(self, x: Tensor) -> object:
        x = self.body(x)
        mu, logvar = self.mean(x), self.width(x)
        scores = self.head(x)
        return mu, logvar, scores


def test_an_autoencoder_among_several_outputs_is_refused() -> None:
    with pytest.raises(InputError, match="returns mu, logvar, recon, one of them as large as its input"):
        deepstudy.check(Autoencoder(), input=(1, 28, 28))


def test_the_mean_and_variance_of_a_distribution_are_no_logits() -> None:
    probe = Probe("AlsoClassifier", AlsoClassifier, (1, 28, 28))
    assert probe.output.shape == (4, 10)
    assert probe.heads == frozenset()
    assert [finding.rule for finding in examine(probe).bugs] == []


def test_features_beside_the_logits_are_no_second_head() -> None:
    probe = Probe("Two", lambda: Two(lambda features, logits: (logits, features)), (1, 28, 28))
    assert probe.heads == frozenset()


def test_a_linear_network_need_not_memorise() -> None:
    averaged = nn.Sequential(nn.AvgPool2d(28), nn.Flatten(), nn.Linear(1, 10))
    assert "overfit" not in [finding.rule for finding in deepstudy.check(averaged, input=(1, 28, 28)).findings]


def test_an_input_that_another_size_would_fit_is_refused() -> None:
    network = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 12 * 12, 10))
    with pytest.raises(InputError, match=r"takes inputs of 1x28x28, not 3x32x32 .*; write --input 1,28,28"):
        deepstudy.check(network, input=(3, 32, 32))
    broken = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 12 * 13, 10))
    assert [bug.rule for bug in deepstudy.check(broken, input=(1, 28, 28)).bugs] == ["forward"]


def test_a_backward_pass_that_fails_names_the_line_that_overwrote() -> None:
    class Overwrites(nn.Sequential):
        def forward(self, x: Tensor) -> Tensor:
            x = self[0](x).sigmoid()
            x += 1
            return self[1](x)

    (bug,) = deepstudy.check(Overwrites(nn.Linear(784, 32), nn.Linear(32, 10)), input=(784,)).bugs
    assert bug.rule == "in_place"
    assert "overwrites a tensor that the gradient of test_outputs.py:" in bug.says
    assert "test_outputs.py:" in bug.where
