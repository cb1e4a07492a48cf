"""The training loop: from wherever a run directory stands to the end of its experiment.

A run can be cut after any step and goes on to the same bits (`elapsed` aside). What makes that exact: the order of the
images comes from (seed, epoch), their augmentation from (seed, epoch, image), dropout from (seed, epoch, step). All
else that the next step depends on is in the checkpoint.
"""

from collections.abc import Callable
from dataclasses import replace

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
from deepstudy.training.state import InterruptedRunError, TrainingState
from deepstudy.training.step_log import step_lines


def train(
    setup: TrainingSetup,
    run: RunDirectory,
    stop: Callable[[], bool] = lambda: False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    on_scored: Callable[[str, Tensor], None] = lambda split, outputs: None,
) -> nn.Module:
    """Train to the end of the experiment, from the newest checkpoint if there is one.

    Arguments:
        setup: experiment, seed, data and machine.
        run: the run directory; each epoch's metrics are appended, checkpoints are left there.
        stop: asked after each step whether to save and stop.
        on_progress: called about twice a second, and after each epoch with its metrics.
        on_scored: takes a split's name and the outputs (n, classes) whenever it is scored.

    Returns:
        The trained network, on the device.

    Raises:
        InterruptedRunError: soon after `stop()` is true, with the state saved.
        NotFiniteError: when the loss is no longer finite; it names the step, and the last good checkpoint stays.
        InputError: for a network of somebody else's that cannot be trained.
    """
    experiment, machine = setup.experiment, setup.machine
    batches = {split: setup.batcher(split) for split in setup.data.splits}
    training = TrainingBatches(setup, batches[experiment.roles.train_on])
    model = machine.place_model(setup.build_model())
    network, parameters = GuardedNetwork(setup, model), list(model.parameters())
    optimizer = optimizers.build(experiment.optimizer.name, experiment.optimizer.options, parameters)
    schedule = Schedule.of(experiment)
    state = TrainingState(model, optimizer, training.sizes, machine.device)
    state.resume(run)

    with network.translated_errors():
        while state.epoch < experiment.epochs:
            epoch, first = state.epoch + 1, state.step
            state.begin_epoch()
            model.train()
            for step, images, labels in training.of_epoch(epoch, first):
                fast_paths.seed_generators(seed_for("step", setup.seed, epoch, step), machine.device)  # dropout
                schedule.apply(optimizer, epoch - 1 + step / len(training), state.switched)
                outputs = network.forward(images)
                loss, scores = training_loss(outputs, labels, experiment)  # (), (n, classes)
                fast_paths.clear_gradients(optimizer, parameters)
                network.backward(loss)
                network.update(optimizer)
                state.add_step(loss.detach(), (scores.detach().argmax(1) == labels).sum())

                if step == first:
                    network.refuse_growth()
                if schedule.asks(experiment.roles.train_on) and not state.switched:
                    state.switched = schedule.is_time(*state.running())
                report_due, save_due = state.due()
                if report_due:
                    on_progress(state.progress(experiment.epochs))
                if stop():
                    state.save(run)
                    raise InterruptedRunError
                if save_due:
                    state.save(run)

            progress = state.progress(experiment.epochs)
            metrics = list(epoch_metrics(setup, state, batches, on_scored))
            for line in metrics:
                if schedule.asks(line.split) and not state.switched:
                    state.switched = schedule.is_time(line.loss, line.accuracy)
            if experiment.log is not None:
                lines = step_lines(experiment.log, state, experiment.epochs, experiment.batch_size)
                state.log_size = run.append_log(lines)
            run.append_metrics(metrics)
            state.end_epoch()
            state.save(run, setup.keep_epochs)
            on_progress(replace(progress, epoch=epoch, step=0, finished=metrics))
            if stop() and epoch < experiment.epochs:
                raise InterruptedRunError
    return model
