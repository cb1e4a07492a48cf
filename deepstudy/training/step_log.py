"""Step lines as the report's own program printed them."""

from deepstudy.study.experiment import StepLog
from deepstudy.training.state import TrainingState


def step_lines(log: StepLog, state: TrainingState, epochs: int, batch_size: int) -> list[str]:
    """Format the lines of the epoch that has just ended.

    Arguments:
        log: which steps have a line, and its format.
        state: the losses and correct images of the epoch's steps.
        epochs: epochs in all.
        batch_size: images of a full batch.

    Returns:
        A line after each `log.every` steps.
    """
    steps = len(state.sizes)
    losses, correct = state.losses.cpu().double(), state.correct.cpu()
    lines = []
    for step in range(log.every, steps + 1, log.every):
        images = int(state.sizes[:step].sum())
        values = {
            "epoch": state.epoch + 1,
            "epochs": epochs,
            "step": step,
            "steps": steps,
            "image": step * batch_size + 1,
            "images": steps * batch_size,
            "loss": losses[step - 1].item(),
            "mean_loss": losses[:step].mean().item(),
            "accuracy": 100 * int(correct[step - 1]) / int(state.sizes[step - 1]),
            "mean_accuracy": 100 * int(correct[:step].sum()) / images,
        }
        lines.append(log.line.format(**values))
    return lines
