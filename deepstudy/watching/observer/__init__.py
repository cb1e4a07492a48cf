"""The observers: hooks in the process of a watched program, which write its `Recording`.

They draw no random numbers, make no forward passes and change no tensor, so the program computes the same bits.

state.py        what they share: the clock, tags of tensors, passes
torch_calls.py  losses, predictions, comparisons, `backward`
items.py        items of tensors that are taken and set
looks.py        what a tensor looks like
networks.py     forward passes
layers.py       norms of weights and gradients
optimizers.py   optimizers, schedules, gradients
loaders.py      loaders and their batches
datasets.py     data sets and their transforms
saving.py       copies of weights
printing.py     what is printed
rounds.py       passes become rounds
places.py       lines of the program
choices.py      what a score chooses, in the program's text
wrapping.py     a function around another one
"""

import os
import platform
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from deepstudy.watching.observer.loaders import Loaders
from deepstudy.watching.observer.networks import Networks
from deepstudy.watching.observer.optimizers import Optimizers
from deepstudy.watching.observer.places import Places
from deepstudy.watching.observer.printing import Printing
from deepstudy.watching.observer.rounds import Rounds
from deepstudy.watching.observer.saving import Saving
from deepstudy.watching.observer.state import State
from deepstudy.watching.observer.torch_calls import TorchCalls
from deepstudy.watching.recording import RecordedProgram, Recording


class Observer:
    """All observers of one program.

    Arguments:
        script: the program's file, as it was given.
        labels: names of files that are none, such as the cells of a notebook.
        most_steps: after how many training steps an epoch ends; None for no limit.
    """

    def __init__(self, script: str, labels: Mapping[str, str] | None = None, most_steps: int | None = None) -> None:
        self.recording = Recording(script)
        self.state = State(self.recording, Places(Path(script).resolve().parent, labels))
        self.calls = TorchCalls(self.state)
        self.networks = Networks(self.state, self.calls)
        self.rounds = Rounds(self.state)
        self.optimizers = Optimizers(self.state, self.calls, self.networks)
        self.loaders = Loaders(self.state, self.calls, most_steps)
        self.saving = Saving(self.state, self.networks)
        self.printing = Printing(self.state, self.rounds)
        self._started = time.perf_counter()

    def install(self) -> None:
        """Observe from now on: this thread of this process, and no process that it forks."""
        for each in (self.networks, self.optimizers, self.loaders, self.saving, self.printing):
            each.install()
        _run_eagerly(self.state)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._stop)
        self.calls.switch_on()

    def finish(self) -> RecordedProgram:
        """Stop observing.

        Returns:
            The recording.
        """
        self.printing.finish()
        self.calls.switch_off()
        self._stop()
        self.optimizers.finish()
        self.loaders.finish()
        self.loaders.draw_again()
        self.saving.finish()
        self.recording.rounds, arrays = self.rounds.finish()
        self.recording.clock = self.state.clock
        self.recording.seconds = time.perf_counter() - self._started
        self.recording.versions = {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        }
        return RecordedProgram(self.recording, arrays | self.optimizers.layers.arrays())

    def _stop(self) -> None:
        self.state.active = False


def _run_eagerly(state: State) -> None:
    """Let `torch.compile` return what it is given, because nothing can be seen in a compiled network."""

    def compile(model: object = None, **_options: object) -> object:
        state.unseen("torch.compile was left out: the program ran eagerly.")
        return model if model is not None else lambda inner: inner

    def compile_module(_self: object, *_arguments: object, **_options: object) -> None:
        state.unseen("torch.compile was left out: the program ran eagerly.")

    torch.compile = compile  # type: ignore[assignment]
    torch.nn.Module.compile = compile_module  # type: ignore[method-assign,assignment]
