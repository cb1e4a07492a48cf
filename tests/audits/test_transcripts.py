"""Raw text in the shapes that people print: no false alarm on what is sound, no miss of what is wrong."""

import re
from pathlib import Path

import pytest

from deepstudy.audits import evidence, printed
from deepstudy.audits.draft import draft
from deepstudy.audits.examine import examine
from deepstudy.errors import InputError
from deepstudy.study import load_study

FOLDER = Path(__file__).parent


def texts(file: str) -> dict[str, str]:
    parts = re.split(r"^%%% (.*)\n", (FOLDER / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


SOUND, FLAWED = texts("sound.txt"), texts("flawed.txt")


@pytest.mark.parametrize("name", SOUND)
def test_no_alarm_on_a_sound_report(name: str) -> None:
    found = examine(evidence.of_text(SOUND[name], name)).findings
    assert [each for each in found if each.severity in ("impossible", "inconsistent")] == []


@pytest.mark.parametrize("title", FLAWED)
def test_a_flaw_is_found(title: str) -> None:
    name, _, expected = title.partition(" | ")
    test, _, severity = expected.partition(", ")
    found = examine(evidence.of_text(FLAWED[title], name)).findings
    assert (test, severity) in [(each.rule, each.severity) for each in found]


@pytest.mark.parametrize("name", [*SOUND, *FLAWED])
def test_the_draft_of_any_text_loads(name: str, tmp_path: Path) -> None:
    text = SOUND.get(name) or FLAWED[name]
    path = tmp_path / "study.yaml"
    path.write_text(draft(evidence.of_text(text, "report.txt")), encoding="utf-8")
    study = load_study(path)
    assert study.names()


def test_a_draft_keeps_what_was_printed(tmp_path: Path) -> None:
    path = tmp_path / "r1.yaml"
    text = (FOLDER / "reports/r1.md").read_text(encoding="utf-8")
    path.write_text(draft(evidence.of_text(text, "r1.md")), encoding="utf-8")
    study = load_study(path)
    rows = [(each.value, each.epoch, each.elapsed, each.words) for each in study.reported]
    assert ("72.3", 10, "1159", "about half hour") in rows
    assert ("90.4", 500, "22249", "about 6 hours") in rows
    assert len(rows) == 25
    assert study.experiment("resnet-1e-1").optimizer.options["lr"] == 0.1


@pytest.mark.parametrize(
    ("line", "epoch", "step", "loss", "accuracy"),
    [
        ("Epoch [9/10], Step [6401/50048], Loss: 1.7524, Accuracy: 65.6%", (9, 10), (6401, 50048), 1.7524, 65.6),
        ("Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.292192", (1, None), (640, 60000), 2.292192, None),
        ("[1,  2000] loss: 2.213", (1, None), (2000, None), 2.213, None),
        ("Epoch: [0][10/391]\tTime 0.1 (0.2)\tLoss 2.30 (2.31)\tAcc@1 10.0 (11.2)", (0, None), (10, 391), 2.30, None),
        ("782/782 [====] - 9s 11ms/step - loss: 1.5402 - accuracy: 0.4431", (None, None), (782, 782), 1.5402, 44.31),
        ("에폭 1/20, 손실: 0.3021, 정확도: 90.83%", (1, 20), (None, None), 0.3021, 90.83),
        ("epoch 5, loss 0.381, train acc 0.861, test acc 0.833", (5, None), (None, None), 0.381, 86.1),
    ],
)
def test_log_lines_of_common_shapes(
    line: str, epoch: tuple[int, int], step: tuple[int, int], loss: float, accuracy: float | None
) -> None:
    read = printed.log_line(line, "log.txt:1")
    assert read is not None
    assert (read.epoch, read.epochs) == epoch
    assert (read.step, read.steps) == step
    assert read.losses[0].value == loss
    assert [round(each.value, 6) for each in read.accuracies[:1]] == ([] if accuracy is None else [accuracy])


def test_a_log_in_a_shape_of_its_own_is_read_by_its_pattern() -> None:
    pattern = r"e(?P<epoch>\d+) b(?P<step>\d+) l=(?P<loss>[\d.]+) a=(?P<accuracy>[\d.]+)"
    (line,) = printed.log_lines("e3 b200 l=1.25 a=61.5", "study.yaml:9", pattern)
    assert (line.epoch, line.step, line.losses[0].value, line.accuracies[0].value) == (3, 200, 1.25, 61.5)


def test_a_line_that_only_looks_like_the_pattern_is_passed_over() -> None:
    assert printed.log_lines("e three b200 l=1.25", "study.yaml:9", r"e (?P<epoch>\w+) b(?P<step>\d+)") == ()


@pytest.mark.parametrize(("pattern", "complaint"), [("(", "not a regular expression"), ("l (?P<lss>.*)", "group")])
def test_a_pattern_that_cannot_work_is_told_with_its_line(tmp_path: Path, pattern: str, complaint: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "data: {name: mnist}\nrecipe: {epochs: 1, batch_size: 64, optimizer: sgd}\n"
        f"experiments: {{net: {{model: lenet5}}}}\nlogs:\n  - {{experiment: net, pattern: '{pattern}', text: x}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=rf"own.yaml:5: .*{complaint}"):
        load_study(path)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("about half hour", 1800),
        ("half an hour", 1800),
        ("about 2.5 hour", 9000),
        ("about 9 mins", 540),
        ("an hour and a half", 5400),
        ("약 30분", 1800),
        ("1시간 반", 5400),
        ("two days", 172800),
        ("soon", None),
    ],
)
def test_times_in_words(words: str, seconds: float | None) -> None:
    assert printed.words_to_seconds(words) == seconds


@pytest.mark.parametrize(
    ("line", "elapsed"),
    [
        ("took 1054 secs (about half hour)", ("1054", "about half hour")),
        ("2 h 5 min 12 s", ("7512", None)),
        ("31.2 s per epoch", (None, None)),
        ("1,159초 (약 30분)", ("1,159", "약 30분")),
        ("5ms/step", (None, None)),
    ],
)
def test_elapsed_times(line: str, elapsed: tuple[str | None, str | None]) -> None:
    assert printed.elapsed(line) == elapsed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(5 x 5 x 1) x 6", 150),
        ("5×5×6×16", 2400),
        ("48,000 + 10,080 + 840", 58920),
        ("(32 + 2*3 - 7)/2 + 1", 16.5),
        ("150", None),
        ("1/0", None),
        ("9" * 400 + " x 2", None),
        ("__import__('os')", None),
    ],
)
def test_printed_arithmetic(text: str, value: float | None) -> None:
    assert printed.evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "0.123456 " * 40,
        "-" * 5000,
        " " * 5000 + "x",
        "1+" * 3000 + "1",
        "9" * 5000 + " sec",
        "batch size 0\nEpoch [1/1], Step [0/0], Loss: 1.0\nTest accuracy: 91.23 %\nCIFAR-10",
        "Test accuracy: 1e999 %\nTest accuracy: nan",
        "torch.Size([])\ntorch.Size([64])",
        "(conv): Conv2d(3, 6, kernel_size=(5, 5), stride=(0, 0), groups=0)\ntorch.Size([1, 3, 32, 32])\n"
        "torch.Size([1, 6, 28, 28])",
        "transforms.Normalize((0.5.5, 0.5), (0.5,))",
        "Epoch 0: test accuracy 45.10 %",
        "accuracy on the 000 test images: 12.3 %",
    ],
)
def test_odd_text_neither_fails_nor_hangs(text: str) -> None:
    examine(evidence.of_text(text, "odd.txt"))
