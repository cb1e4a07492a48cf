"""What a watched program did: the typed `Recording` that the observers write and the rules read.

A recording is a folder with two files: `recording.json`, and `arrays.npz` for what has a value per batch or image.
Places are texts as a person finds them: `train.py:31`, `lab.ipynb cell 4:7`. A clock counts the networks' forward
passes, so that events of all kinds have an order. Nothing here imports torch.
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from deepstudy.errors import InputError
from deepstudy.files import write_atomically

Role = Literal["train", "validation", "test", "unknown"]
RECORDING = "recording.json"  # the file that makes a folder a recording
_ARRAYS = "arrays.npz"


@dataclass
class DatasetSeen:
    """A data set that a loader draws from: the root below `Subset` and `random_split`.

    Attributes:
        number: its number; equal contents have equal `content`.
        kind: the name of its class.
        size: how many items it has.
        where: the place where it was made, or first used.
        name: the variable that it was assigned to; "" if there is none.
        transforms: the steps of its transform, as the program describes them.
        random_transforms: those of them that draw random numbers.
        changed: whether its stored images were others at the end of the program.
        content: a digest of its images and labels, as they are stored; "" where they are not at hand.
        images_digest: a digest of the stored images alone; "" where they are not at hand.
        part: `train` or `test`, where the class has that argument.
        labels: the class of each item, where the data set holds them in one array; empty otherwise.
    """

    number: int
    kind: str
    size: int
    where: str = ""
    name: str = ""
    transforms: list[str] = field(default_factory=list)
    random_transforms: list[str] = field(default_factory=list)
    content: str = ""
    images_digest: str = ""
    part: str = ""
    changed: bool = False
    labels: list[int] = field(default_factory=list)


@dataclass
class LoaderSeen:
    """A `DataLoader`.

    Attributes:
        number: its number.
        where: the place where it was made.
        name: the variable or the key that it was assigned to; "" if there is none.
        datasets: the numbers of the data sets that it draws from.
        size: how many items it covers.
        held: how many items its data set holds, which are more where a sampler chooses.
        batch_size: images a batch; None where a batch sampler decides.
        shuffled: whether its order is random.
        drop_last: whether it drops an incomplete last batch.
        workers: how many processes load its items.
        varies: whether an item looked different when it was drawn again after the end of the program.
    """

    number: int
    where: str
    name: str
    datasets: list[int]
    size: int
    batch_size: int | None
    shuffled: bool
    drop_last: bool
    workers: int
    held: int = -1
    varies: bool = False


@dataclass
class NetworkSeen:
    """A module with parameters that the program called as a whole.

    Attributes:
        number: its number.
        kind: the name of its class.
        where: the place of its first pass.
        parameters: how many numbers it learns and does not learn.
        frozen: how many of them need no gradient at the first step.
        dropouts: the paths of its dropout layers with p > 0.
        batch_norms: the paths of its batch normalisations that keep running statistics.
        frozen_norms: those of them whose weights were frozen at the first pass.
        unregistered: attributes that hold layers in a plain list or dict, which `parameters()` does not see.
        output: what its output looked like in the first passes: `softmax`, `log_softmax`, `sigmoid` or "".
        classes: the width of its output, 0 if that is not (batch, width).
        layers: (name, kind, number of parameters) of its layers.
        tensors: the names of the parameters whose norms were recorded; see `Recording`.
    """

    number: int
    kind: str
    where: str
    parameters: int
    frozen: int = 0
    dropouts: list[str] = field(default_factory=list)
    batch_norms: list[str] = field(default_factory=list)
    frozen_norms: list[str] = field(default_factory=list)
    unregistered: list[str] = field(default_factory=list)
    output: str = ""
    classes: int = 0
    layers: list[tuple[str, str, int]] = field(default_factory=list)
    tensors: list[str] = field(default_factory=list)


@dataclass
class OptimizerSeen:
    """An optimizer.

    Attributes:
        number: its number.
        kind: the name of its class.
        where: the place where it was made.
        made: the clock when it was made.
        settings: its numbers: learning rate, momentum, weight decay, ...
        parameters: how many numbers it changes.
        steps: how many steps it took.
        rates: (learning rate of the first group, steps taken at it), in order.
        networks: the numbers of the networks that hold its parameters.
        foreign: how many of its numbers belong to no network that ran.
        left_out: parameters that got gradients, and that no optimizer holds, by the network's names for them.
        without_gradient: of its first steps, how many found no gradient at all.
        carried: of its first steps, how many added to the gradient of the step before.
        looked_at: how many first steps these two numbers are about.
        thrown_away: how often gradients were set to 0 that no step had used.
        left_over: of its first steps, how many also followed the loss that another optimizer's step was made for.
        states_kept: whether it has a state from step to step (momentum, Adam).
        first_step: the clock of its first step.
        last_step: the clock of its last step.
        step_where: the place of its first step.
    """

    number: int
    kind: str
    where: str
    made: int
    settings: dict[str, float] = field(default_factory=dict)
    parameters: int = 0
    steps: int = 0
    rates: list[tuple[float, int]] = field(default_factory=list)
    networks: list[int] = field(default_factory=list)
    foreign: int = 0
    left_out: list[str] = field(default_factory=list)
    without_gradient: int = 0
    carried: int = 0
    looked_at: int = 0
    thrown_away: int = 0
    left_over: int = 0
    states_kept: bool = False
    first_step: int = -1
    last_step: int = -1
    step_where: str = ""


@dataclass
class SchedulerSeen:
    """A learning rate schedule.

    Attributes:
        number: its number.
        kind: the name of its class.
        where: the place where it was made.
        optimizer: the number of its optimizer; -1 if unknown.
        settings: its numbers: `T_max`, `step_size`, `gamma`, `total_steps`, ...
        milestones: those of a `MultiStepLR`.
        steps: for each of its steps, how many optimizer steps had been taken.
        step_where: the place of its steps.
        metrics: what `ReduceLROnPlateau` was given, with the clock.
        mode: its `mode`, `min` or `max`; "" for other schedules.
    """

    number: int
    kind: str
    where: str
    optimizer: int
    settings: dict[str, float] = field(default_factory=dict)
    milestones: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    step_where: str = ""
    metrics: list[tuple[int, float]] = field(default_factory=list)
    mode: str = ""


@dataclass(frozen=True)
class ChoiceByScore:
    """A place of the program where scores choose something.

    Attributes:
        where: the place.
        says: its text: `acc > best`, `max(results, key=results.get)`.
    """

    where: str
    says: str


@dataclass
class Round:
    """Passes of one network that belong together: those of one walk through a loader, trained or scored.

    Where no loader is involved, a round is a series of passes of the same purpose.

    Attributes:
        number: its number.
        network: the number of the network.
        trained: whether the passes were followed by `backward`.
        loader: the number of the loader; -1 if there is none.
        walk: which walk through the loader this was, from 0.
        complete: whether the walk went to its end.
        where: the place of its first pass.
        start: the clock of its first pass.
        end: the clock after its last pass.
        in_training_mode: how many of its passes ran in training mode.
        with_dropout: how many passes ran with an active dropout.
        with_batch_statistics: how many passes ran with a batch normalisation that used the batch's statistics.
        seconds: how long it took.
        rate: the learning rate at its last pass; None before the first optimizer.
        steps: how many optimizer steps fell into it.
        loss_kind: the function that computed its losses.
        loss_where: the place of that function.
        mean: the mean of the first inputs over all channels; None if not looked at.
        std: their standard deviation.
        varied: of the images seen before in an earlier round, how many looked different now; -1 if not compared.
        compared: how many images were compared.
        frozen_norms_moved: in how many passes a batch normalisation with frozen weights used the batch's statistics.
        read_in_part: in how many passes only the first predictions of the batch were read, one by one.
        choices: what its score chooses, as far as the program's text shows.
    """

    number: int
    network: int
    trained: bool
    loader: int
    walk: int
    complete: bool
    where: str
    start: int
    end: int
    in_training_mode: int = 0
    with_dropout: int = 0
    with_batch_statistics: int = 0
    seconds: float = 0.0
    rate: float | None = None
    steps: int = 0
    loss_kind: str = ""
    loss_where: str = ""
    mean: float | None = None
    std: float | None = None
    varied: int = -1
    compared: int = 0
    frozen_norms_moved: int = 0
    read_in_part: int = 0
    choices: list[ChoiceByScore] = field(default_factory=list)


@dataclass
class Event:
    """Something that happened once, or that is wrong at a place whatever the data.

    Attributes:
        kind: what: `save`, `load`, `copy`, `broadcast`, `argmax_dim`, `loss_input`, `cut_loss`, `same_storage`, ...
        clock: when.
        where: the place.
        says: details.
        network: the number of the network; -1 if none.
        times: how often it happened at this place.
        clocks: when it happened, for the first thousand times.
    """

    kind: str
    clock: int
    where: str
    says: str = ""
    network: int = -1
    times: int = 1
    clocks: list[int] = field(default_factory=list)


@dataclass
class PrintedLine:
    """A line that the program printed.

    Attributes:
        clock: when.
        text: the line, at most 2,000 characters.
        where: the place of the statement that ended it.
    """

    clock: int
    text: str
    where: str


@dataclass
class Recording:
    """What one program did.

    Attributes:
        script: the program's file, as it was given.
        exit: the program's exit code.
        error: the line that says what it raised; "" if it raised nothing.
        error_where: the place.
        seconds: how long it ran.
        clock: how many forward passes it made in all.
        datasets, loaders, networks, optimizers, schedulers, rounds, events, printed: see their classes.
        not_observed: what could not be seen, in sentences.
        notes: what was done for the program, in sentences: data that stood in.
        versions: of Python, torch and numpy.
        arrays: by name; for round `n`: `n.sizes`, `n.losses`, `n.hits` (-1: unknown), `n.clocks` a pass;
            `n.step_losses` the value that `backward` was called on; `n.rows` an image: the number of its data set
            times 2**32, plus its place in it; `n.signatures` an image (see `samples.py`); `n.labels` and, where
            scored, `n.predicted` an image: class numbers.
            For network `n`: `layers.n.weights` and `layers.n.gradients`, the norm of each of its `tensors` before the
            first step of each training round (NaN: it has none), and `layers.n.clocks`, when that was.
    """

    script: str
    exit: int = 0
    error: str = ""
    error_where: str = ""
    seconds: float = 0.0
    clock: int = 0
    datasets: list[DatasetSeen] = field(default_factory=list)
    loaders: list[LoaderSeen] = field(default_factory=list)
    networks: list[NetworkSeen] = field(default_factory=list)
    optimizers: list[OptimizerSeen] = field(default_factory=list)
    schedulers: list[SchedulerSeen] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    printed: list[PrintedLine] = field(default_factory=list)
    not_observed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


_ADAPTER: TypeAdapter[Recording] = TypeAdapter(Recording)
Array = NDArray[Any]


@dataclass
class RecordedProgram:
    """A recording with its arrays.

    Attributes:
        recording: what happened.
        arrays: see `Recording`.
    """

    recording: Recording
    arrays: dict[str, Array]

    def array(self, round: Round, name: str) -> Array:
        """Look up an array of a round.

        Arguments:
            round: the round.
            name: `sizes`, `losses`, `hits`, `clocks`, `rows`, `signatures`, `labels` or
                `predicted`.

        Returns:
            The array; an empty one if the round has none.
        """
        return self.arrays.get(f"{round.number}.{name}", np.empty(0))

    @cached_property
    def training(self) -> list[Round]:
        """The rounds that were trained on, in order."""
        return [each for each in self.recording.rounds if each.trained]

    @cached_property
    def scoring(self) -> list[Round]:
        """The rounds that were scored, in order."""
        return [each for each in self.recording.rounds if not each.trained]

    def save(self, folder: Path) -> None:
        """Write the recording into a folder.

        Arguments:
            folder: an existing folder.

        Raises:
            OSError: a file cannot be written.
        """
        with (folder / _ARRAYS).open("wb") as file:
            np.savez(file, **self.arrays)  # type: ignore[arg-type]  # its second parameter is a flag
        write_atomically(folder / RECORDING, _ADAPTER.dump_json(self.recording))


def read_recording(folder: Path) -> RecordedProgram:
    """Read a recording.

    Arguments:
        folder: its folder.

    Returns:
        The recording with its arrays.

    Raises:
        InputError: there is none, or it is damaged.
    """
    try:
        recording = _ADAPTER.validate_json((folder / RECORDING).read_bytes())
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return RecordedProgram(recording, dict(arrays))
    except FileNotFoundError:
        raise InputError(f"{folder}: holds no recording; watch the program again") from None
    except (ValueError, OSError) as error:
        raise InputError(
            f"{folder}: the recording is damaged ({type(error).__name__}); watch the program again"
        ) from error
