"""What the rules ask of a recording: which images a round used, whether they were trained on, and what they are."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from deepstudy.watching.known_images import KnownImages
from deepstudy.watching.recording import DatasetSeen, LoaderSeen, NetworkSeen, RecordedProgram, Recording, Role, Round
from deepstudy.watching.samples import known

MANY = 50  # images below which a share says nothing
_TEST, _VALIDATION, _TRAIN = ("test",), ("val", "dev", "holdout", "held"), ("train", "trn", "fit")


@dataclass
class ProgramEvidence:
    """A recorded program, as the rules see it.

    Attributes:
        program: the recording.
        known: the images of published data sets.
    """

    program: RecordedProgram
    known: KnownImages = field(default_factory=KnownImages)
    _shares: dict[int, tuple[float, int]] = field(default_factory=dict, repr=False)  # by the number of the round
    _distinct: dict[int, NDArray[np.int64]] = field(default_factory=dict, repr=False)
    _distinct_arrays: dict[int, NDArray[np.int64]] = field(default_factory=dict, repr=False)  # by their hash
    _published: dict[int, tuple[str, str]] = field(default_factory=dict, repr=False)  # by loader, or round
    _roles: dict[int, Role] = field(default_factory=dict, repr=False)

    @property
    def recording(self) -> Recording:
        """The recording."""
        return self.program.recording

    @cached_property
    def training(self) -> list[Round]:
        """The rounds that were trained on."""
        return self.program.training

    @cached_property
    def scored(self) -> list[Round]:
        """The rounds that were scored: not trained on, with a loss or a comparison; of a network that was trained.

        A walk of which some batches were trained on is no scoring.
        """
        trained = {each.network for each in self.training}
        trained |= self._copies(trained)
        walks = {(each.loader, each.walk) for each in self.training if each.loader >= 0}
        return [
            each
            for each in self.program.scoring
            if each.loss_kind and each.network in trained and (each.loader, each.walk) not in walks
        ]

    @cached_property
    def rounds(self) -> list[Round]:
        """The rounds that were trained on and those that were scored, in order."""
        return sorted((*self.training, *self.scored), key=lambda each: each.start)

    def _copies(self, trained: set[int]) -> set[int]:
        """Networks of the same class and size as a trained one: an average of weights, or a network loaded again."""
        kinds = {(self.network(each).kind, self.network(each).parameters) for each in trained}
        return {each.number for each in self.recording.networks if (each.kind, each.parameters) in kinds}

    @property
    def was_cut(self) -> bool:
        """Whether the program did not run to its own end: it failed, was interrupted, or `--steps` stopped it."""
        notes = self.recording.notes
        return bool(self.recording.exit) or any("stopped after" in note or "interrupted" in note for note in notes)

    def network(self, number: int) -> NetworkSeen:
        """Look up a network.

        Arguments:
            number: its number.
        """
        return self.recording.networks[number]

    def loader(self, round: Round) -> LoaderSeen | None:
        """Look up the loader of a round; None if it has none.

        Arguments:
            round: a round.
        """
        return self.recording.loaders[round.loader] if round.loader >= 0 else None

    def datasets(self, round: Round) -> list[DatasetSeen]:
        """Look up the data sets of a round; empty without a loader.

        Arguments:
            round: a round.
        """
        loader = self.loader(round)
        return [self.recording.datasets[number] for number in loader.datasets] if loader is not None else []

    def images(self, round: Round) -> int:
        """Count the images of a round.

        Arguments:
            round: a round.
        """
        return int(self.program.array(round, "sizes").sum())

    def rows(self, round: Round) -> NDArray[np.int64]:
        """Find the images of a round, numbered so that equal images of equal data sets have equal numbers.

        Arguments:
            round: a round.
        """
        rows = self.program.array(round, "rows").astype(np.int64)
        canonical = self._canonical
        datasets = rows >> 32
        for number in np.unique(datasets):
            if canonical.get(int(number), number) != number:
                rows[datasets == number] += (canonical[int(number)] - int(number)) << 32
        return rows

    def _distinct_rows(self, round: Round) -> NDArray[np.int64]:
        """The images of a round, sorted and each once. Rounds of the same images share one array."""
        if round.number not in self._distinct:
            rows = np.unique(self.rows(round))
            self._distinct[round.number] = self._distinct_arrays.setdefault(hash(rows.tobytes()), rows)
        return self._distinct[round.number]

    @cached_property
    def _canonical(self) -> dict[int, int]:
        """For each data set the first one with the same content."""
        first: dict[str, int] = {}
        canonical = {}
        for each in self.recording.datasets:
            canonical[each.number] = first.setdefault(each.content, each.number) if each.content else each.number
        return canonical

    def signatures(self, round: Round) -> NDArray[np.float32]:
        """The signatures of a round's images; empty if there are none.

        Arguments:
            round: a round.
        """
        found = self.program.array(round, "signatures")
        return found if found.ndim == 2 else np.empty((0, 4), np.float32)

    def training_of(self, round: Round, before: bool = True) -> list[Round]:
        """Find the rounds in which a network was trained.

        Arguments:
            round: a round of that network.
            before: whether only earlier rounds count, since the network's weights were last reset.

        Returns:
            The rounds, in order.
        """
        resets = [
            clock
            for event in self.recording.events
            if event.kind == "reset"
            for clock in event.clocks
            if event.network == round.network and clock < round.start
        ]
        since = max(resets, default=-1)
        own = [each for each in self.training if each.network == round.network]
        if not own:  # a copy of a trained network
            own = self.training
        return [each for each in own if not before or since < each.start < round.start]

    def trained_share(self, round: Round) -> tuple[float, int]:
        """Find how many images of a round the network had been trained on.

        Arguments:
            round: a scored round.

        Returns:
            The share, and how many images could be compared; (0, 0) if none.
        """
        if round.number not in self._shares:
            self._shares[round.number] = self._trained_share(round)
        return self._shares[round.number]

    def _trained_share(self, round: Round) -> tuple[float, int]:
        if round.loader >= 0 and round.loader in {each.loader for each in self.training_of(round)}:
            return 1.0, self.images(round)  # the training loader itself, of which an epoch may have been cut short
        training = self.training_of(round)
        rows = self.rows(round)
        # Most epochs draw the same images, so few sets of rows are different.
        trained_rows = list({id(each): each for each in map(self._distinct_rows, training) if len(each)}.values())
        shares = [(0.0, 0)]
        if len(rows) and trained_rows:
            inside = np.isin(rows, np.concatenate(trained_rows))
            shares.append((float(inside.mean()), len(rows)))
        signatures, others = self.signatures(round), [self.signatures(each) for each in training]
        others = [each for each in others if len(each)]
        if len(signatures) >= MANY and others:
            share = float(known(signatures, np.concatenate(others)).mean())
            if not self._is_tiny(signatures):
                shares.append((share, len(signatures)))
        return max(shares)  # no share, but images that were compared, is more than nothing

    def _is_tiny(self, signatures: NDArray[np.float32]) -> bool:
        """Whether most images are constant or alike, as those of made-up data, so that finding them means nothing."""
        finite = signatures[np.isfinite(signatures).all(1)]
        return len(np.unique(np.round(finite, 4), axis=0)) < 0.5 * len(signatures)

    def is_repeated(self, round: Round) -> bool:
        """Say whether each image of a round was passed more than once, as Monte-Carlo dropout does.

        Arguments:
            round: a round.

        Returns:
            True if there are clearly more passes than batches.
        """
        rows = self.program.array(round, "rows")
        if round.loader >= 0 and len(rows):
            return self.images(round) > 1.5 * len(rows)
        signatures = self.signatures(round)
        return len(signatures) > 1 and len(np.unique(np.round(signatures, 4), axis=0)) < 0.7 * len(signatures)

    def role(self, round: Round) -> Role:
        """Say which split a round's images are: what was trained on is `train`, else by the data and their names.

        Arguments:
            round: a round.
        """
        if round.number not in self._roles:
            self._roles[round.number] = self._role(round)
        return self._roles[round.number]

    def _role(self, round: Round) -> Role:
        if round.trained or self.trained_share(round)[0] > 0.5:
            return "train"
        name = self.split_name(round).lower()
        if any(word in name for word in _VALIDATION):
            # The test images are no validation images if no others are left for a test.
            return "test" if self.is_test_data(round) and not self._others(round) else "validation"
        if self.is_test_data(round):
            # Test images that are split in two: those that are scored less often are the test.
            others = [each for each in self._others(round) if self.is_test_data(each)]
            often = sum(each.loader == round.loader >= 0 for each in self.scored)
            rarer = [each for each in others if sum(one.loader == each.loader for one in self.scored) < often]
            return "validation" if rarer and "test" not in name else "test"
        if any(word in name for word in _TEST):
            is_left_out = self._is_part(round, "train") and any(map(self.is_test_data, self._others(round)))
            return "validation" if is_left_out else "test"
        return "unknown"

    def _others(self, round: Round) -> list[Round]:
        """The scored rounds of other images, that were not trained on."""
        mine = self._distinct_rows(round)
        found = []
        for each in self.scored:
            if each.loader != round.loader or each.loader < 0:
                theirs = self._distinct_rows(each)
                apart = not len(mine) or not len(theirs) or not np.isin(theirs[:1_000], mine).any()
                if apart and self.trained_share(each)[0] <= 0.5:
                    found.append(each)
        return found

    def split_name(self, round: Round) -> str:
        """The name of a round's loader, or of its data set.

        Arguments:
            round: a round.
        """
        loader = self.loader(round)
        names = [loader.name] if loader is not None else []
        return next((name for name in names if name), "")

    def is_test_data(self, round: Round) -> bool:
        """Whether a round's images are the test images of a data set: of a published one, or by its argument.

        Arguments:
            round: a round.
        """
        return self._is_part(round, "test")

    def _is_part(self, round: Round, part: str) -> bool:
        datasets = self.datasets(round)
        if datasets and all(each.part == part for each in datasets):
            return True
        return not any(each.part for each in datasets) and self.published(round)[1] == part

    def published(self, round: Round) -> tuple[str, str]:
        """Look up the published data set that a round's images are from.

        Arguments:
            round: a round.

        Returns:
            Its name and `train` or `test`; ("", "") if it is not known.
        """
        names = {self.known.name(each.images_digest) for each in self.datasets(round)} - {("", "")}
        if len(names) == 1:
            return names.pop()
        key = round.loader if round.loader >= 0 else -1 - round.number
        if key not in self._published:
            same = [each for each in self.recording.rounds if each.loader == round.loader >= 0]
            signed = (self.signatures(each) for each in (round, *same))
            found = next((each for each in signed if len(each)), np.empty((0, 4), np.float32))
            self._published[key] = ("", "") if names else self.known.split(found)
        return self._published[key]

    def describe(self, round: Round) -> str:
        """Name a round's images for a reader: `CIFAR-10's test images`, `the images of val_loader`.

        Arguments:
            round: a round.
        """
        name, part = self.published(round)
        loader, split = self.loader(round), self.split_name(round)
        if name:
            size = self.known.size(name, part)
            mine = self.images(round) if loader is None else loader.size
            whole = "the" if mine >= size else f"{mine:,} of the"
            known = f"{whole} {'test' if part == 'test' else 'training'} images of {name}"
            return known if mine >= size or not split else f"the images of `{split}` ({known})"
        return f"the images of `{split}`" if split else f"{self.images(round):,} images"

    def accuracy(self, round: Round) -> float | None:
        """Compute a round's accuracy in percent; None if hits are unknown.

        Arguments:
            round: a round.
        """
        hits, images = self.program.array(round, "hits"), self.images(round)
        return None if not len(hits) or np.isnan(hits).any() or not images else 100 * float(hits.sum()) / images

    def loss(self, round: Round) -> float | None:
        """Compute a round's mean loss over images; None if it is unknown.

        Arguments:
            round: a round.
        """
        losses, sizes = self.program.array(round, "losses"), self.program.array(round, "sizes")
        return (
            None
            if not len(losses) or np.isnan(losses).all() or not sizes.sum()
            else float(np.average(losses, weights=sizes))
        )


def capital(text: str) -> str:
    """Begin a sentence with a text.

    Arguments:
        text: the text.

    Returns:
        The text with a capital letter.
    """
    return text[:1].upper() + text[1:]
