"""What the pool and its workers say to each other. Each message is an object with its name in JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:  # a worker reads its first message before it imports torch
    from deepstudy.runs.run import RunOutcome


@dataclass(frozen=True)
class WorkerSetup:
    """To a worker, first: how to work.

    Attributes:
        study: the study, as the command line named it.
        text: its file, which may change while the runs go on.
        budget: the budget's name.
        overrides: pairs like `optimizer.lr=0.1`.
        device: `cpu`, `cuda` or `mps`.
        precision: `32` or `bf16`.
        deterministic: whether torch refuses operations that do not give the same bits each time.
        threads: threads of torch.
        cores: the cores that it may use; with an empty list the system decides.
    """

    study: str
    text: str | None
    budget: str | None
    overrides: Sequence[str]
    device: str
    precision: str
    deterministic: bool
    threads: int
    cores: Sequence[int]


@dataclass(frozen=True)
class RunRequest:
    """To a worker: do this run, while at least so many share the machine."""

    experiment: str
    seed: int
    directory: str
    number: int
    total: int
    known_sharing: int
    until_decided: bool = False


@dataclass(frozen=True)
class StopRequest:
    """To a worker: save and stop, because of this signal."""

    number: int


@dataclass(frozen=True)
class Started:
    """From a worker: the run begins, or continues after so many epochs."""

    finished_epochs: int


@dataclass(frozen=True)
class Noticed:
    """From a worker: the run is done in another way than usual."""

    says: str


@dataclass(frozen=True)
class Advanced:
    """From a worker: the run has made progress; the fields of a `Progress`."""

    progress: dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """From a worker: the run has ended."""

    outcome: "RunOutcome"
    why: str


@dataclass(frozen=True)
class StoppedBySignal:
    """From a worker, last: it has saved and stopped."""

    number: int


@dataclass(frozen=True)
class Refused:
    """From a worker, last: an InputError."""

    why: str


@dataclass(frozen=True)
class SystemFailed:
    """From a worker, last: an OSError, such as a full disk."""

    number: int | None
    why: str
    file: str | None


@dataclass(frozen=True)
class Crashed:
    """From a worker, last: an error of ours, with its traceback."""

    trace: str


ToWorker = WorkerSetup | RunRequest | StopRequest
FromWorker = Started | Noticed | Advanced | Ended | StoppedBySignal | Refused | SystemFailed | Crashed
Message = ToWorker | FromWorker
_BY_NAME = {kind.__name__: kind for kind in get_args(Message)}


def to_json(message: Message) -> dict[str, Any]:
    """Write a message as a JSON object.

    Arguments:
        message: the message.
    """
    return {"message": type(message).__name__, **asdict(message)}


def from_json(document: dict[str, Any]) -> Message:
    """Read a message.

    Arguments:
        document: what `to_json` wrote.

    Raises:
        KeyError: for a message of another name.
    """
    fields = dict(document)
    message: Message = _BY_NAME[fields.pop("message")](**fields)
    return message
