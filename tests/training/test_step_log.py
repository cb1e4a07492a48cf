"""Step lines as the report's own program printed them."""

from pathlib import Path
from typing import Any

from deepstudy.training import loop


def test_step_lines_are_the_reports(setup_of: Any, directory: Any, tmp_path: Path) -> None:
    """Of one program, which counts images and shows the step's loss; and of another, with the mean so far."""
    lines = {
        "images": "Epoch [{epoch}/{epochs}], Step [{image}/{images}], Loss: {loss:.4f}, Accuracy: {accuracy:.1f}%",
        "steps": "Epoch [{epoch}/{epochs}], Step [{step}/{steps}] Loss: {mean_loss:.4f} {mean_accuracy:.3f}",
        "every step": "{loss:.6f} {accuracy:.6f}",
    }
    logs = {}
    for name, line in lines.items():
        run, every = directory(tmp_path / name), 1 if name == "every step" else 2
        loop.train(setup_of("batch_size=20", f"log={{every: {every}, line: '{line}'}}"), run)
        logs[name] = (run.path / "log.txt").read_text().splitlines()
    steps = [tuple(map(float, line.split())) for line in logs["every step"]]
    assert len(steps) == 10  # two epochs of 90 images: four batches of 20 and one of 10
    loss, accuracy = steps[6]
    assert logs["images"][2] == f"Epoch [2/2], Step [41/100], Loss: {loss:.4f}, Accuracy: {accuracy:.1f}%"
    assert [line.split(",")[1] for line in logs["images"]] == [" Step [41/100]", " Step [81/100]"] * 2
    mean = sum(loss for loss, _ in steps[5:9]) / 4
    right = sum(accuracy for _, accuracy in steps[5:9]) / 4
    assert logs["steps"][3] == f"Epoch [2/2], Step [4/5] Loss: {mean:.4f} {right:.3f}"


def test_the_step_log_follows_the_run_whatever_it_asks_for_later(setup_of: Any, directory: Any, tmp_path: Path) -> None:
    run, line = directory(tmp_path), "line: '{epoch} {step}'"
    for epochs, log in ((1, f"{{every: 2, {line}}}"), (2, "null"), (3, f"{{every: 4, {line}}}")):
        loop.train(setup_of("batch_size=20", f"epochs={epochs}", f"log={log}"), run)
    assert (run.path / "log.txt").read_text() == "1 2\n1 4\n3 4\n"
