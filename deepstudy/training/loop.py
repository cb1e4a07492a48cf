"""The training loop: from the state of a run directory to the end of its experiment.

A run can be interrupted after any step and continues to the same bits (except `elapsed`). This is exact because the
order of the images comes from (seed, epoch), their augmentation from (seed, epoch, image), and dropout from (seed,
epoch, step). Everything else that the next step depends on is in the checkpoint.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import Tensor, nn

from deepstudy.loading.seeds import seed_for
from deepstudy.record import RunDirectory
from deepstudy.training import fast_paths, optimizers
from deepstudy.training.batches import TrainingBatches
from deepstudy.training.guards import GuardedNetwork
from deepstudy.training.outputs import training_loss
from deepstudy.training.progress import Progress
from deepstudy.training.schedules import Schedule
from deepstudy.training.scoring import epoch_metrics
from deepstudy.training.setup import TrainingSetup
from deepstudy.training.state import TrainingState, TrainingStopped
from deepstudy.training.step_log import step_lines


@dataclass(frozen=True)
class Trained:
    """The result of training.

    Attributes:
        model: the trained network, on the device.
        outputs: its outputs (n, classes) for each split that was scored after the last epoch.
    """

    model: nn.Module
    outputs: dict[str, Tensor]


def train(
    setup: TrainingSetup,
    directory: RunDirectory,
    should_stop: Callable[[], bool] = lambda: False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Trained:
    """Train to the end of the experiment, from the newest checkpoint if there is one.

    Arguments:
        setup: experiment, seed, data and machine.
        directory: of the run; each epoch's metrics are appended, checkpoints are left there.
        should_stop: asked after each step whether to save and stop.
        on_progress: called about twice a second, and after each epoch with its metrics.

    Returns:
        The trained network, and its outputs when it was scored last.

    Raises:
        TrainingStopped: soon after `should_stop()` is true, with the state saved.
        NotFiniteError: when the loss is no longer finite; it names the step, and the last good checkpoint stays.
        InputError: if somebody else's network cannot be trained.
    """
    experiment, machine, train_on = setup.experiment, setup.machine, setup.experiment.roles.train_on
    batches = {split: setup.batcher(split) for split in setup.data.splits}
    training = TrainingBatches(setup, batches[train_on])
    model = machine.place_model(setup.build_model())
    network, parameters = GuardedNetwork(setup, model), list(model.parameters())
    optimizer = optimizers.build(experiment.optimizer.name, experiment.optimizer.options, parameters)
    schedule = Schedule.of(experiment)
    state = TrainingState(model, optimizer, training.sizes, machine.device)
    state.resume(directory)
    outputs: dict[str, Tensor] = {}

    with network.translated_errors():
        while state.epoch < experiment.epochs:
            epoch, first = state.epoch + 1, state.step
            state.begin_epoch()
            model.train()
            for step, images, labels in training.of_epoch(epoch, first):
                fast_paths.seed_generators(seed_for("step", setup.seed, epoch, step), machine.device)  # dropout
                schedule.apply(optimizer, epoch - 1 + step / len(training), state.switched)
                loss, scores = training_loss(network.forward(images), labels, experiment)  # (), (n, classes)
                fast_paths.clear_gradients(optimizer, parameters)
                network.backward(loss)
                network.update(optimizer)
                state.add_step(loss.detach(), (scores.detach().argmax(1) == labels).sum())

                if step == first:
                    network.refuse_growth()
                if schedule.waits_for(train_on) and not state.switched:
                    state.switched = schedule.switches(train_on, *state.running())
                report_due, save_due = state.take_due()
                if report_due:
                    on_progress(state.progress(experiment.epochs))
                if should_stop():
                    state.save(directory)
                    raise TrainingStopped
                if save_due:
                    state.save(directory)

            progress = state.progress(experiment.epochs)
            metrics, outputs = epoch_metrics(setup, state, batches)
            for line in metrics:
                state.switched = state.switched or schedule.switches(line.split, line.loss, line.accuracy)
            if experiment.log is not None:
                lines = step_lines(experiment.log, state, experiment.epochs, experiment.batch_size)
                state.log_size = directory.append_log(lines)
            directory.append_metrics(metrics)
            state.end_epoch()
            state.save(directory, setup.keep_epochs)
            on_progress(replace(progress, epoch=epoch, step=0, finished=metrics))
            if should_stop() and epoch < experiment.epochs:
                raise TrainingStopped
    return Trained(model, outputs)
