"""The observers see what a program does, and change nothing of it."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from deepstudy.errors import InputError
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.judge import judge
from deepstudy.watching.process import record_program
from deepstudy.watching.recording import RecordedProgram, read_recording

Record = Callable[..., RecordedProgram]
PROGRAMS = Path(__file__).parents[1] / "cases" / "programs"

DATA = """
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset, TensorDataset, ConcatDataset, random_split

torch.manual_seed(0)
labels = torch.arange(300) % 4
images = torch.randn(4, 1, 8, 8)[labels] + torch.randn(300, 1, 8, 8)
train_set, test_set = TensorDataset(images[:200], labels[:200]), TensorDataset(images[200:], labels[200:])
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
"""


@pytest.fixture
def watched(record: Record, tmp_path: Path) -> Callable[[str], ProgramEvidence]:
    def watched(code: str) -> ProgramEvidence:
        script = tmp_path / "program.py"
        script.write_text(DATA + textwrap.dedent(code))
        program = record(script)
        assert program.recording.exit == 0, program.recording.error
        assert program.recording.not_observed == []
        return ProgramEvidence(program)

    return watched


@pytest.mark.parametrize("name", ["no_eval", "augmented_scoring_sound", "best_by_reference_sound", "schedule_sound"])
def test_a_watched_program_prints_the_same_and_learns_the_same(name: str, record: Record, tmp_path: Path) -> None:
    script = tmp_path / f"{name}.py"
    ending = "\nprint([float(each.double().sum()) for each in model.state_dict().values()], torch.rand(1).item())\n"
    script.write_text((PROGRAMS / f"{name}.py").read_text() + ending)
    plain = subprocess.run([sys.executable, script.name], cwd=tmp_path, capture_output=True, check=True)
    record(script)
    assert (tmp_path / "recording" / "stdout").read_bytes() == plain.stdout


def test_rounds_have_exact_counts(watched: Callable[[str], ProgramEvidence]) -> None:
    evidence = watched("""
        for epoch in range(2):
            for x, y in DataLoader(train_set, 64, shuffle=True):
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
            model.eval()
            hits = total = 0
            with torch.no_grad():
                for x, y in DataLoader(test_set, 32):
                    output = model(x)
                    total += F.cross_entropy(output, y, reduction="sum").item()
                    hits += int((output.argmax(1) == y).sum())
            print(hits, total / 100)
    """)
    assert [evidence.images(each) for each in evidence.training] == [200, 200]
    assert [each.steps for each in evidence.training] == [4, 4]
    assert len(evidence.scored) == 2
    for round, line in zip(evidence.scored, evidence.recording.printed, strict=True):
        hits, loss = map(float, line.text.split())
        assert evidence.program.array(round, "hits").sum() == hits
        assert evidence.loss(round) == pytest.approx(loss, rel=1e-6)
        assert round.complete
        assert round.in_training_mode == 0
    assert len(evidence.recording.loaders) == 2  # made anew in each epoch, but the same to a reader
    assert sorted(evidence.rows(evidence.training[0]) & 0xFFFFFFFF) == list(range(200))


def test_rows_are_followed_through_parts_and_joins(watched: Callable[[str], ProgramEvidence]) -> None:
    evidence = watched("""
        part = Subset(ConcatDataset([test_set, Subset(train_set, range(50, 150))]), [0, 99, 100, 199])
        for x, y in DataLoader(part, 4):
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
    """)
    rows = evidence.program.array(evidence.training[0], "rows")
    assert [(int(row) >> 32, int(row) & 0xFFFFFFFF) for row in rows] == [(0, 0), (0, 99), (1, 50), (1, 149)]


def test_a_pass_is_trained_whatever_loss_leads_to_it(watched: Callable[[str], ProgramEvidence]) -> None:
    evidence = watched("""
        other = nn.Linear(4, 2)
        for x, y in DataLoader(train_set, 50):
            first = model(x)
            second = other(first)
            loss = (F.cross_entropy(first, y) + 0.3 * F.cross_entropy(second, y % 2)) / 2
            (loss + 0.01 * sum(p.pow(2).sum() for p in model.parameters())).backward()
            optimizer.step()
            optimizer.zero_grad()
    """)
    assert sorted((each.network, len(evidence.program.array(each, "sizes"))) for each in evidence.training) == [
        (0, 4),
        (1, 4),
    ]
    assert evidence.scored == []


def test_a_discriminator_and_a_generator_are_trained_and_not_scored(watched: Callable[[str], ProgramEvidence]) -> None:
    evidence = watched("""
        G, D = nn.Linear(8, 64), nn.Linear(64, 1)
        og, od = (torch.optim.Adam(net.parameters()) for net in (G, D))
        for x, _ in DataLoader(train_set, 50):
            real, fake = x.flatten(1), G(torch.randn(50, 8))
            od.zero_grad()
            ones = torch.ones(50, 1)
            bce = F.binary_cross_entropy_with_logits
            (bce(D(real), ones) + bce(D(fake.detach()), 0 * ones)).backward()
            od.step()
            og.zero_grad()
            bce(D(fake), ones).backward()
            og.step()
    """)
    assert {each.network for each in evidence.training} == {0, 1}
    assert evidence.scored == []
    assert judge(evidence.program).findings == ()


def test_a_closure_is_followed(watched: Callable[[str], ProgramEvidence]) -> None:
    evidence = watched("""
        lbfgs = torch.optim.LBFGS(model.parameters(), max_iter=5)

        def closure():
            lbfgs.zero_grad()
            loss = F.cross_entropy(model(images[:200]), labels[:200])
            loss.backward()
            return loss

        for _ in range(3):
            lbfgs.step(closure)
        print((model(images[200:]).argmax(1) == labels[200:]).float().mean().item())
    """)
    assert len(evidence.training) == 1
    assert [evidence.images(each) for each in evidence.scored] == [100]
    assert judge(evidence.program).findings == ()


def test_a_network_without_a_module_is_followed(watched: Callable[[str], ProgramEvidence]) -> None:
    evidence = watched("""
        W = torch.zeros(64, 4, requires_grad=True)
        sgd = torch.optim.SGD([W], lr=0.1)
        for x, y in DataLoader(train_set, 50, shuffle=True):
            sgd.zero_grad()
            F.cross_entropy(x.flatten(1) @ W, y).backward()
            sgd.step()
        with torch.no_grad():
            print(F.cross_entropy(images[200:].flatten(1) @ W, labels[200:]).item())
    """)
    assert [evidence.images(each) for each in evidence.training] == [200]
    assert [evidence.images(each) for each in evidence.scored] == [100]
    assert judge(evidence.program).findings == ()


def test_workers_are_not_observed_and_their_batches_are(watched: Callable[[str], ProgramEvidence]) -> None:
    evidence = watched("""
        for x, y in DataLoader(train_set, 50, num_workers=2):
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
            optimizer.zero_grad()
    """)
    assert evidence.images(evidence.training[0]) == 200
    assert (evidence.rows(evidence.training[0]) & 0xFFFFFFFF).tolist() == list(range(200))


def test_steps_end_epochs_and_the_program(record: Record, tmp_path: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(
        DATA
        + textwrap.dedent("""
        for epoch in range(50):
            for x, y in DataLoader(train_set, 10, shuffle=True):
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
                optimizer.zero_grad()
            hits = sum(int((model(x).argmax(1) == y).sum()) for x, y in DataLoader(test_set, 10))
            print(epoch, hits)
        """)
    )
    program = record(script, steps=3)
    evidence = ProgramEvidence(program)
    assert [len(program.array(each, "sizes")) for each in evidence.training] == [3]
    assert [evidence.images(each) for each in evidence.scored] == [100]
    assert program.recording.exit == 0
    assert "stopped after 3 training steps" in program.recording.notes[-1]


def test_what_a_program_raises_is_its_own(record: Record, tmp_path: Path) -> None:
    script = tmp_path / "fails.py"
    script.write_text(
        DATA + "F.cross_entropy(model(images), labels).backward()\noptimizer.step()\nmodel(images[0, 0])\n"
    )
    program = record(script)
    assert program.recording.exit == 1
    assert program.recording.error_where == "fails.py:15"
    errors = (tmp_path / "recording" / "stderr").read_text()
    assert "RuntimeError" in errors
    assert "deepstudy/watching/program.py" not in errors


def test_a_program_without_training_is_no_sound_program(record: Record, tmp_path: Path) -> None:
    script = tmp_path / "nothing.py"
    script.write_text("print('hello')\n")
    with pytest.raises(InputError, match=r"nothing\.py: no training was observed; .*nothing is said about it"):
        judge(record(script))


def test_a_notebook_runs_cell_by_cell(record: Record, tmp_path: Path) -> None:
    cells = [DATA, "%matplotlib inline\nF.cross_entropy(model(images), labels).backward()\noptimizer.step()", "1 + 1"]
    notebook = tmp_path / "lab.ipynb"
    source = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    notebook.write_text(json.dumps({"cells": source, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    program = record(notebook)
    assert program.training[0].where == "lab.ipynb cell 2:2"
    assert (tmp_path / "recording" / "stdout").read_text() == "2\n"


def test_a_recording_is_read_as_it_was_written(record: Record, tmp_path: Path) -> None:
    program = record(PROGRAMS / "no_eval.py")
    program.save(tmp_path)
    again = read_recording(tmp_path)
    assert again.recording == program.recording
    assert again.arrays.keys() == program.arrays.keys()
    assert all(np.array_equal(again.arrays[name], value, equal_nan=True) for name, value in program.arrays.items())
    (tmp_path / "recording.json").write_bytes(b"{")
    with pytest.raises(InputError, match="the recording is damaged"):
        read_recording(tmp_path)


def test_a_mistake_of_an_observer_is_said_and_ends_nothing(record: Record, tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        "from deepstudy.watching.observer import networks\n"
        "def fails(*_): raise ValueError('planted')\n"
        "networks.looks_like = fails\n"
        + DATA
        + "F.cross_entropy(model(images), labels).backward()\nprint('to the end')\n"
    )
    program = record(script)
    assert (tmp_path / "recording" / "stdout").read_text() == "to the end\n"
    assert program.recording.not_observed == ["Looking failed in Networks._end: ValueError: planted."]


def test_what_a_program_leaves_to_its_end_is_done(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        DATA + "F.cross_entropy(model(images), labels).backward()\noptimizer.step()\n"
        "import atexit\natexit.register(print, 'at the end')\nlog = open('log.txt', 'w')\nlog.write('not closed')\n"
    )
    code = "from pathlib import Path; from deepstudy.watching.process import record_program; "
    code += "record_program(Path('program.py'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "at the end\n"
    assert (tmp_path / "log.txt").read_text() == "not closed"


def test_an_old_recording_is_not_taken_for_this_one(tmp_path: Path) -> None:
    (tmp_path / "recording.json").write_text("{}")
    script = tmp_path / "dies.py"
    script.write_text("import os\nos._exit(3)\n")
    with pytest.raises(InputError, match="ended with code 3 before its recording was written"):
        record_program(script, folder=tmp_path)


def test_losses_that_are_no_numbers_are_null(record: Record) -> None:
    result = judge(record(PROGRAMS / "diverged.py"))
    assert result.epochs[-1].loss is None
    json.dumps(result.as_json(), allow_nan=False)


def test_what_loaders_compute_is_not_seen(watched: Callable[[str], ProgramEvidence]) -> None:
    """A transform may be a module; each call of it that is seen would cost time for each image."""
    evidence = watched("""
        seen = set()

        class Scale(nn.Module):
            def forward(self, image):
                seen.add(torch._C._len_torch_function_stack())
                return image * 2

        class Scaled(torch.utils.data.Dataset):
            def __init__(self): self.transform = Scale()
            def __len__(self): return 100
            def __getitem__(self, place): return self.transform(images[place]), int(labels[place])

        for x, y in DataLoader(Scaled(), batch_size=50):
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        print(sorted(seen))
    """)
    assert evidence.recording.printed[-1].text == "[0]"
