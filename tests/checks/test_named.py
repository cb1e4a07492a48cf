"""Networks by name, in files and notebooks, examined in a child process."""

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
import torch
from torch import nn

import deepstudy
from deepstudy.checks import RULES, CheckResult, UnsoundError
from deepstudy.checks.make_probe import CheckRequest
from deepstudy.checks.named import check_named, list_networks
from deepstudy.cli import main
from deepstudy.errors import InputError

SCRIPT = """\
import torch, torchvision
from torch import nn
import torch.nn.functional as F

BATCH = 64
data = torchvision.datasets.CIFAR10(".", download=True)

class Block(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.Conv2d(i, o, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(o)
    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))

class Net(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.block = Block(3, 8)
        self.fc = nn.Linear(8 * 16 * 16, num_classes)
    def forward(self, x):
        return F.softmax(self.fc(F.max_pool2d(self.block(x), 2).flatten(1)), dim=1)

net = Net(10).cuda()
for epoch in range(10):
    raise SystemExit("training")
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "net.py") -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


def network(forward: str, init: str = "pass") -> str:
    return (
        "import os, sys, time, torch\nfrom torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n"
        f"        super().__init__()\n        self.fc = nn.Linear(784, 10)\n        {init}\n"
        f"    def forward(self, x):\n        {forward}\n"
    )


def cli(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["check", *arguments])
    output = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, output.out, output.err


@pytest.mark.slow
def test_a_training_script_is_checked_without_training(
    capsys: pytest.CaptureFixture[str], write: Callable[..., str]
) -> None:
    code, out, _ = cli(capsys, write(SCRIPT), "--json")
    document = json.loads(out)
    assert code == 1
    assert document["model"] == "net.py:Net"
    assert (document["input"], document["classes"]) == ([3, 32, 32], None)
    (bug,) = (each for each in document["findings"] if each["severity"] == "bug")
    assert set(bug) == {"rule", "check", "severity", "says", "where", "remedy"}
    assert bug["rule"] == bug["check"] == "output_activation"
    assert document["checks"] == [*RULES]
    assert "net.py:22" in bug["where"]
    assert any("for epoch in range(10)" in each for each in document["skipped"])
    assert "input 3x32x32: the size of CIFAR10" in document["notes"]


@pytest.mark.usefixtures("warm_child")
def test_lazy_layers_are_sized_before_they_are_checked(tmp_path: Path) -> None:
    (tmp_path / "lazy.py").write_text(
        "import torch.nn.functional as F\nfrom torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n"
        "        self.conv, self.fc = nn.LazyConv2d(8, 3), nn.LazyLinear(10)\n"
        "    def forward(self, x):\n        return self.fc(F.relu(self.conv(x)).flatten(1))\n"
    )
    checked = check_named(CheckRequest(f"{tmp_path}/lazy.py:Net", {}, (3, 16, 16), 10))
    assert [finding.says for finding in checked.findings] == []


@pytest.mark.slow
@pytest.mark.usefixtures("warm_child")
def test_a_notebook(write: Callable[..., str]) -> None:
    cells = [{"cell_type": "code", "source": [line]} for line in (SCRIPT.partition("net = ")[0], "!pip install x")]
    name = write(json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}), "lab.ipynb")
    assert list_networks(Path(name)).names == ("Net",)
    checked = check_named(CheckRequest("lab.ipynb:Net", {}, classes=10))
    assert [bug.rule for bug in checked.bugs] == ["output_activation"]
    assert "lab.ipynb cell 1" in checked.bugs[0].where


@pytest.mark.slow
@pytest.mark.parametrize(
    ("forward", "says", "limits"),
    [
        ("while True: time.sleep(0.1)", "still running after 1 s", {"seconds": 1.0}),
        ("sys.exit(3)", "exits with code 3", {}),
        ("os._exit(4)", "exits with code 4", {}),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV", {}),
        ("many = [bytearray(10**8) for _ in range(100)]", "needs more than 2 GB", {"gigabytes": 2.0}),
    ],
)
@pytest.mark.usefixtures("warm_child")
def test_what_ends_the_process_is_a_finding(
    write: Callable[..., str], forward: str, says: str, limits: dict[str, float]
) -> None:
    name = write(network(forward))
    checked = check_named(CheckRequest(f"{name}:Net", {}, (1, 28, 28)), **limits)
    (finding,) = checked.findings
    assert (finding.severity, finding.rule) == ("bug", "forward")
    assert says in finding.says


@pytest.mark.usefixtures("warm_child")
@pytest.mark.parametrize(("where", "doing"), [("", "import"), ("        ", "construction")])
def test_a_crash_before_any_rule_is_a_finding_of_forward(write: Callable[..., str], where: str, doing: str) -> None:
    crash = "import ctypes; ctypes.string_at(0)"
    text = network("return x", crash) if where else f"{network('return x')}\nif True:\n    {crash}\n"
    checked = check_named(CheckRequest(f"{write(text)}:Net", {}, (1, 28, 28), whole_file=True))
    (finding,) = checked.findings
    assert (finding.severity, finding.rule) == ("bug", "forward")
    assert doing in finding.says
    assert checked.checks == ()


@pytest.mark.usefixtures("warm_child")
def test_a_result_is_the_same_after_a_round_trip_through_json(write: Callable[..., str]) -> None:
    checked = check_named(CheckRequest(f"{write(SCRIPT)}:Net", {}, classes=10))
    assert checked.findings
    assert CheckResult.from_json(json.loads(json.dumps(checked.as_json()))) == checked
    assert {finding.rule for finding in checked.findings} <= {*RULES}
    assert checked.checks == (*RULES,)


@pytest.mark.usefixtures("warm_child")
def test_what_goes_wrong_in_forward_is_a_finding_with_its_line(write: Callable[..., str]) -> None:
    checked = check_named(CheckRequest(f"{write(network('return self.fc(x)'))}:Net", {}, (1, 28, 28)))
    (finding,) = checked.findings
    assert finding.where == "net.py:10"
    assert finding.says.startswith("In eval mode the network fails on a batch of 1x28x28 inputs (RuntimeError")


@pytest.mark.usefixtures("warm_child")
def test_a_compiled_network_is_checked_as_it_is_written(write: Callable[..., str]) -> None:
    code = network("return self.fc(x.flatten(1)).softmax(1)").replace("nn.Module", "torch.jit.ScriptModule")
    code = code.replace("    def forward", "    @torch.jit.script_method\n    def forward")
    checked = check_named(CheckRequest(f"{write(code + 'net = torch.jit.script(Net())')}:Net", {}))
    assert [bug.rule for bug in checked.bugs] == ["output_activation"]


@pytest.mark.usefixtures("warm_child")
def test_a_batch_size_in_the_code_is_named_with_what_goes_through(write: Callable[..., str]) -> None:
    code = network("return self.fc(x.reshape(64, 784))")
    (finding,) = check_named(CheckRequest(f"{write(code)}:Net", {}, (1, 28, 28))).findings
    assert (finding.rule, finding.where) == ("hard_coded", "net.py:10")
    assert finding.says.startswith("In eval mode the network works with a batch of 64 and fails with a batch of 4 (")


@pytest.mark.parametrize(
    ("model", "text", "complaint"),
    [
        ("net.py:Net", network("return x", "raise ValueError('no width')"), "cannot be built: ValueError: no width"),
        ("net.py:Other", network("return x"), "has no Other"),
        ("net.py:sys", network("return x"), "cannot be built"),
        ("net.py:Net", "class Net(:\n", "net.py:1"),
        ("gone.py:Net", "", "gone.py"),
        ("no.such.package:Net", "", "No module named"),
    ],
)
@pytest.mark.usefixtures("warm_child")
def test_what_cannot_be_had_is_one_line(write: Callable[..., str], model: str, text: str, complaint: str) -> None:
    write(text)
    with pytest.raises(InputError, match=complaint) as error:
        check_named(CheckRequest(model, {}))
    assert "\n" not in str(error.value)


@pytest.mark.usefixtures("warm_child")
def test_a_file_without_networks_says_so(write: Callable[..., str]) -> None:
    with pytest.raises(InputError, match="no network found"):
        list_networks(Path(write("x = 1\n")))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["lenet-mnist"], "did you mean `deepstudy audit"),
        (["lenet"], "no model is called lenet"),
        (["lenet5", "--arg", "dropout=2"], "dropout"),
        (["lenet5", "--input", "a,b"], "--input"),
    ],
)
@pytest.mark.usefixtures("warm_child")
def test_bad_usage_gets_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str) -> None:
    code, out, err = cli(capsys, *arguments)
    assert (code, out) == (2, "")
    assert complaint in err
    assert err.count("\n") == 1


def test_a_module_in_a_test_of_ones_own() -> None:
    sound = nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 10))
    before = {name: value.clone() for name, value in sound.state_dict().items()}
    state = torch.get_rng_state()
    assert deepstudy.check(sound, classes=10).raise_if_bugs().input == (1, 28, 28)
    assert all(torch.equal(value, before[name]) for name, value in sound.state_dict().items())
    assert torch.equal(state, torch.get_rng_state())
    assert sound.training
    with pytest.raises(UnsoundError, match="is a softmax"):
        deepstudy.check(nn.Sequential(sound, nn.Softmax(1))).raise_if_bugs()


def test_an_input_that_cannot_be_guessed_is_asked_for() -> None:
    with pytest.raises(InputError, match="--input C,H,W"):
        deepstudy.check(nn.Sequential(nn.Conv2d(5, 4, 3), nn.Flatten(), nn.Linear(99, 10)))


def test_sizes_that_are_known_only_when_the_file_runs_are_guessed(write: Callable[..., str]) -> None:
    where = write(
        dedent("""
        from torch import nn
        class Net(nn.Module):
            def __init__(self, D_in, H, D_out):
                super().__init__()
                self.one, self.two = nn.Linear(D_in, H), nn.Linear(H, D_out)
            def forward(self, x):
                return self.two(self.one(x).relu())
        D_in, H, D_out = load().shape[1], 100, 40
        model = Net(D_in, H, D_out)
    """)
    )
    checked = deepstudy.check(f"{where}:Net")
    assert checked.findings == ()
    assert checked.input == (784,)


def test_sizes_that_never_fit_are_a_finding(write: Callable[..., str]) -> None:
    net = dedent("""
        import torch
        from torch import nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv, self.fc = nn.Conv2d(1, 8, 3), nn.Linear(1023, 10)
            def forward(self, x):
                return self.fc(self.conv(x).relu().flatten(1))
    """)
    where = write(net)
    (risk,) = deepstudy.check(f"{where}:Net").findings
    assert (risk.rule, risk.severity) == ("forward", "risk")
    assert "fails on each input that was tried" in risk.says
    (bug,) = deepstudy.check(write(net + "model = Net()\nprint(model(torch.zeros(4, 1, 28, 28)))\n") + ":Net").findings
    assert (bug.rule, bug.severity) == ("forward", "bug")
    assert "on the input of its file" in bug.says
    norm = net.replace("nn.Linear(1023, 10)", "nn.BatchNorm2d(4)")
    (risk,) = deepstudy.check(write(norm.replace(".flatten(1)", "")) + ":Net").findings
    assert "running_mean should contain 8 elements not 4" in risk.says


def test_a_train_of_its_own_does_not_stop_the_check(write: Callable[..., str]) -> None:
    where = write(
        dedent("""
        from torch import nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(784, 10)
            def forward(self, x):
                return self.fc(x.flatten(1))
            def train(self, images, labels, epochs):
                pass
    """)
    )
    assert deepstudy.check(f"{where}:Net", input=(1, 28, 28)).findings == ()


def test_a_class_that_is_replaced_is_itself_in_super(tmp_path: Path) -> None:
    cell = """
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc = nn.Linear(784, WIDTH)
    def forward(self, x):
        return self.fc(x.flatten(1))
model = Net()
"""
    cells = [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": cell.replace("WIDTH", n),
        }
        for n in ("10", "11")
    ]
    lab = tmp_path / "lab.ipynb"
    lab.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    names = list_networks(str(lab)).names
    assert names == ("Net@cell1", "Net")
    for name in names:
        assert deepstudy.check(f"{lab}:{name}", input=(1, 28, 28)).findings == ()


def test_a_crash_of_torch_is_no_bug_of_the_network(write: Callable[..., str]) -> None:
    where = write(
        dedent("""
        import os, signal
        from torch import nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(784, 10)
            def forward(self, x):
                os.kill(os.getpid(), signal.SIGABRT)
                return self.fc(x)
    """)
    )
    with pytest.raises(InputError, match="could not be checked: its process crashed with signal SIGABRT"):
        deepstudy.check(f"{where}:Net", input=(1, 28, 28))


def test_images_of_the_file_that_the_network_does_not_take(write: Callable[..., str]) -> None:
    net = dedent("""
        from torch import nn
        from torchvision import datasets, transforms
        STEP
        data = datasets.MNIST(".", transform=transforms.ToTensor())
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv, self.fc = nn.Conv2d(1, 8, 5, stride=4), nn.Linear(8 * 49, 10)
            def forward(self, x):
                return self.fc(self.conv(x).relu().flatten(1))
    """)
    (risk,) = deepstudy.check(write(net.replace("STEP", "")) + ":Net").findings
    assert (risk.rule, risk.severity) == ("input_size", "risk")
    assert "are 1x28x28, and the network fails on them. It takes 1x32x32" in risk.says
    resized = net.replace("STEP", "resize = transforms.Resize(32)")
    assert deepstudy.check(write(resized) + ":Net").findings == ()


def test_a_class_of_another_file_that_cannot_be_built(tmp_path: Path) -> None:
    (tmp_path / "blocks.py").write_text(
        "from torch import nn\nclass Net(nn.Module):\n    def __init__(self, classes):\n        super().__init__()\n"
        "        self.fc = nn.Linear(784)\n    def forward(self, x):\n        return self.fc(x.flatten(1))\n"
    )
    train = tmp_path / "train.py"
    train.write_text("from blocks import Net\nnet = Net(10).to('cpu')\n")
    (bug,) = deepstudy.check(f"{train}:Net").findings
    assert (bug.rule, bug.severity, bug.where) == ("forward", "bug", "blocks.py:5")
    assert "cannot be built as in train.py:2: TypeError: " in bug.says


def test_a_failed_import_of_another_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "blocks.py").write_text("class Net(nn.Module): ...\n")
    train = tmp_path / "train.py"
    train.write_text("from blocks import *\nnet = Net()\n")
    with pytest.raises(InputError, match=r"an import failed: NameError: name 'nn' is not defined .*blocks\.py:1"):
        list_networks(str(train))


def test_a_class_that_cannot_be_defined_is_a_finding(write: Callable[..., str]) -> None:
    where = write(
        dedent("""
        from torch import nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
            self.fc = nn.Linear(784, 10)
            def forward(self, x):
                return self.fc(x.flatten(1))
    """)
    )
    assert list_networks(where).names == ("Net",)
    (bug,) = deepstudy.check(f"{where}:Net").findings
    assert (bug.rule, bug.severity) == ("forward", "bug")
    assert "cannot be defined: NameError: name 'self' is not defined" in bug.says
    assert bug.where.endswith(":6")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("self.drop()(self.conv(x))", "Dropout.forward() missing 1 required positional argument"),
        ("flatten(self.conv(x), 1)", "name 'flatten' is not defined"),
        ("self.convolution(x)", "has no attribute 'convolution'"),
        ("nn.functional.relu(self.rnn(x.flatten(2)))", "not tuple"),
    ],
)
def test_code_that_fails_on_any_input_is_a_bug_beside_missing_packages(
    write: Callable[..., str], line: str, says: str
) -> None:
    net = dedent("""
        import no_such_package
        from torch import nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv, self.drop, self.rnn = nn.Conv2d(1, 8, 3), nn.Dropout(), nn.LSTM(784, 784)
            def forward(self, x):
                return LINE
    """).replace("LINE", line)
    (bug,) = deepstudy.check(write(net) + ":Net").findings
    assert (bug.rule, bug.severity) == ("forward", "bug")
    assert says in bug.says


def test_code_that_needs_a_missing_package_is_no_bug(write: Callable[..., str]) -> None:
    net = dedent("""
        from torch import nn
        from no_such_package import pool
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(1, 8, 3)
            def forward(self, x):
                return pool(self.conv(x))
    """)
    with pytest.raises(InputError, match="no_such_package"):
        deepstudy.check(write(net) + ":Net")


def test_a_size_that_is_only_a_guess_makes_a_note_of_lost_resolution(write: Callable[..., str]) -> None:
    net = dedent("""
        from torch import nn
        class Net(nn.Sequential):
            def __init__(self):
                layers = [nn.Conv2d(3, 16, 7, stride=2, padding=3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
                for _ in range(3):
                    layers += [nn.Conv2d(16, 16, 3, padding=1), nn.ReLU()]
                super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))
    """)
    where = write(net)
    guessed = [each for each in deepstudy.check(f"{where}:Net").findings if each.rule == "resolution"]
    assert all(each.severity == "note" for each in guessed)
    (given,) = [
        each for each in deepstudy.check(f"{where}:Net", input=(3, 32, 32)).findings if each.rule == "resolution"
    ]
    assert given.severity == "risk"


def test_a_network_too_small_to_memorise_images_is_no_bug(write: Callable[..., str]) -> None:
    net = "from torch import nn\nclass Net(nn.Sequential):\n    def __init__(self):\n"
    where = write(net + "        super().__init__(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2))\n")
    assert "overfit" not in {each.rule for each in deepstudy.check(f"{where}:Net", input=(2,)).findings}


def test_a_block_with_two_names_whose_activation_runs_twice_is_not_shared(write: Callable[..., str]) -> None:
    net = dedent("""
        import torch
        from torch import nn
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv1, self.conv2 = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)
                self.act = nn.PReLU()
                self.relu = nn.ReLU()
            def forward(self, x):
                return self.relu(x + self.conv2(self.relu(self.conv1(x))))
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.b1, self.b2 = Block(), Block()
                self.net = nn.Sequential(self.b1, self.b2, nn.Flatten(), nn.Linear(3 * 32 * 32, 10))
            def forward(self, x):
                return self.net(x)
    """)
    assert "shared_modules" not in {each.rule for each in deepstudy.check(write(net) + ":Net").findings}
