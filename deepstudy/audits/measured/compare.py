"""Each figure of a report, held against what the runs measured."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.measured.attribution import Attribution, Attributor, clause_of, is_label, words_beside
from deepstudy.audits.measured.candidates import Candidate, candidates_of
from deepstudy.audits.measured.folder import FolderOfRuns
from deepstudy.audits.measured.values import MeasuredRun, WrongPrint
from deepstudy.audits.reading.statements import Statement

Kind = Literal["given", "printed", "not_last", "not_best", "epoch", "split", "experiment", "wrong_print", "nowhere"]

_METRICS = ("accuracy", "error", "loss")
_LAST = re.compile(r"\b(?:final(?:ly)?|last epoch|end of (?:the )?training|after (?:the )?training)\b", re.IGNORECASE)
_BEST = re.compile(
    r"\b(?:best|highest|maximum|peak)\b(?!\s+(?:\w+\s+)?(?:model|network|run|config\w*|setting|result|experiment|variant))",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\bepochs?\W{0,3}(\d{1,5})\b|(?<![\d.])(\d{1,5})(?:st|nd|rd|th)?[\s-]+epochs?\b", re.IGNORECASE)
_TRAINING = re.compile(r"\btraining for\b|\b(?:of|during|after|in) (?:the )?training\b|\btrained\b", re.IGNORECASE)
#: Words beside a number of something else than the runs: another setting, another work, a guess.
_ELSEWHERE = re.compile(
    r"\b(?:baseline|without|instead|compared|previous(?:ly)?|earlier|other|paper|authors|et al|state[- ]of|chance|"
    r"random|guess\w*|literature|published|reported|target|goal|threshold|at least|would|could|should|expect\w*|"
    r"ensemble\w*|fine-?tun\w*|pre-?train\w*|dropout|augment\w*|regulari[sz]\w*|"
    r"weight decay|batch ?norm\w*|ablat\w*|variants?|variations?|class|digits?|subset)\b|\[\d+\]",
    re.IGNORECASE,
)
#: Words before a number that is a bound of others.
_BOUND = re.compile(
    r"\b(?:between|below|under|above|over|than|exceed(?:s|ed|ing)?|within|nearly|almost|around|at (?:least|most))\s+"
    r"(?:[\d.,%\s]+(?:and|to|-|–)\s+)?$",
    re.IGNORECASE,
)
#: What a figure surely is, whatever else its sentence speaks of.
_SURE_KINDS: frozenset[Kind] = frozenset(("given", "printed", "wrong_print"))
_LIKELY = 0.25  # values of the runs that a figure of no run would fit by chance
_MOST_DIFFERENCES = 300  # values of which all differences are formed
_LARGEST_DIFFERENCE = 30.0  # points of accuracy


@dataclass(frozen=True)
class ComparedFigure:
    """A figure of a report, and what it is among the values of the runs.

    Attributes:
        statement: the figure.
        attribution: the runs that it may be of.
        kind: `given` if they gave it. Else what was found: it was `printed`; it is another `epoch`, `split` or
            `experiment`; it is `not_last` or `not_best`; it is a `wrong_print`; it is `nowhere`.
        fit: the value that it is; None if nothing fits.
        right: the values that could stand there, the last epoch first.
        wrong: of a wrong print, what was printed.
        is_by_chance: whether the runs have so many values that a figure as coarse as this is likely to be one of them.
    """

    statement: Statement
    attribution: Attribution
    kind: Kind
    fit: Candidate | None = None
    right: tuple[Candidate, ...] = ()
    wrong: WrongPrint | None = None
    is_by_chance: bool = False

    @property
    def is_given(self) -> bool:
        """Whether a run gave it, or printed it."""
        return self.kind in ("given", "printed")


@dataclass(frozen=True)
class ReportWithRuns:
    """A report and the runs that it is about.

    Attributes:
        evidence: what the report says.
        folder: the runs.
    """

    evidence: Evidence
    folder: FolderOfRuns

    @cached_property
    def compared(self) -> list[ComparedFigure]:
        """The figures that can be compared; without those that are sound for want of anything to compare."""
        attributor = Attributor(self.evidence, self.folder.runs)
        found = []
        for statement in self.evidence.statements:
            if _is_comparable(statement) and (attribution := attributor.runs_of(statement)) is not None:
                each = self._compare(statement, attribution)
                if each is not None:
                    found.append(each)
        return [each for each in found if each.kind in _SURE_KINDS or not self._is_elsewhere(each, found)]

    def _is_elsewhere(self, compared: ComparedFigure, all_of_them: Sequence[ComparedFigure]) -> bool:
        """Whether a figure may be of a run that is not in the folder, though by chance it is one of their values."""
        statement = compared.statement
        if statement.kind == "sentence" and _ELSEWHERE.search(statement.text):
            return True
        if compared.attribution.is_named:
            return False
        given = [each.statement for each in all_of_them if each.is_given]
        same = [each for each in given if _key(each) == _key(statement)]
        if statement.kind == "sentence" and any(each.text == statement.text for each in same):
            return True  # `97 % with SGD and 98 % with Adam`
        if compared.kind == "nowhere" and statement.epoch is None and same:
            return True  # the result of the run is given, so this is likely that of another one
        if statement.place is not None and is_label(statement.of):
            return any(each.place and each.place[0] == statement.place[0] for each in given)
        return bool(given) and not any(each.headings == statement.headings for each in given)

    def _compare(self, statement: Statement, attribution: Attribution) -> ComparedFigure | None:
        """Find out what a figure is; None if the runs have nothing that it could be held against."""
        statement = _with_sure_words(self.evidence, statement)
        figure = _FigureOfReport(self.evidence, statement, attribution)
        if figure.is_bound:
            return None
        candidates = [
            each for each in self._candidates(attribution.runs) if figure.has_quantity(each) and figure.has_seeds(each)
        ]
        if not candidates:
            return None
        right = [each for each in candidates if figure.has_split(each) and figure.has_epoch(each)]
        shown = [each for each in right if each.over == 1]
        shown.sort(key=lambda each: (each.epoch != statement.epoch, not each.is_last))
        fits = [each for each in right if figure.is_near(each)]

        def compared(kind: Kind, found: Sequence[Candidate] = (), wrong: WrongPrint | None = None) -> ComparedFigure:
            fit = found[0] if found else None
            return ComparedFigure(
                statement, attribution, kind, fit, tuple(shown), wrong, figure.is_by_chance(candidates)
            )

        if fits and figure.wants_best and attribution.is_single and not any(each.is_best for each in fits):
            return compared("not_best", fits)
        if fits:
            return compared("given", fits)
        if (wrong := figure.wrong_print()) is not None:
            return compared("wrong_print", wrong=wrong)
        if any(figure.is_printed(each) for run in attribution.runs for each in run.printed):
            return compared("printed")
        if attribution.is_single:  # among many values a figure fits one by chance
            for kind, found in self._elsewhere(figure, candidates):
                if found:
                    return compared(kind, found)
        if any(figure.is_near_value(each, 0.0) for run in attribution.runs for each in figure.scaled(run.numbers)):
            return compared("printed")
        if not shown or self._is_difference(figure, candidates):
            return None
        return compared("nowhere")

    def _elsewhere(
        self, figure: "_FigureOfReport", candidates: Sequence[Candidate]
    ) -> Iterator[tuple[Kind, list[Candidate]]]:
        """The values that a figure is by mistake, the likeliest mistake first."""
        near = [each for each in candidates if figure.is_near(each)]
        yield "split", [each for each in near if figure.has_epoch(each) and not figure.has_split(each)]
        yield "not_last" if figure.wants_last else "epoch", [each for each in near if figure.has_split(each)]
        yield "split", near
        others = [each for each in self.folder.runs if each not in figure.attribution.runs]
        near = [each for each in self._candidates(others) if figure.has_quantity(each) and figure.is_near(each)]
        near = [each for each in near if figure.has_split(each) and figure.has_epoch(each) and each.over == 1]
        # Among many runs a value fits by chance.
        yield "experiment", near if len({each.run.group for each in near}) <= 2 else []

    def _is_difference(self, figure: "_FigureOfReport", candidates: Sequence[Candidate]) -> bool:
        """Whether a figure may be a difference of two values, which its sentence does not say in known words."""
        statement = figure.statement
        if statement.metric != "accuracy" or statement.value > _LARGEST_DIFFERENCE or statement.kind != "sentence":
            return False
        values = [each.value for each in candidates][:_MOST_DIFFERENCES]
        return any(figure.is_near_value(one - other, 0.0) for one in values for other in values)

    def _candidates(self, runs: Sequence[MeasuredRun]) -> list[Candidate]:
        groups = dict.fromkeys(run.group for run in runs)
        return [each for group in groups for each in self._by_group[group]]

    @cached_property
    def _by_group(self) -> dict[str, list[Candidate]]:
        runs: dict[str, list[MeasuredRun]] = defaultdict(list)
        for run in self.folder.runs:
            runs[run.group].append(run)
        return {group: candidates_of(members) for group, members in runs.items()}


@dataclass(frozen=True)
class _FigureOfReport:
    """A figure, and what its words demand of a value."""

    evidence: Evidence
    statement: Statement
    attribution: Attribution

    @cached_property
    def _words(self) -> str:
        is_sentence = self.statement.kind == "sentence"
        return clause_of(self.evidence, self.statement) if is_sentence else self.statement.of

    @property
    def is_bound(self) -> bool:
        """Whether it is an end of a range, as in `between 97 and 98 %`, and no result."""
        if self.statement.kind != "sentence" or self.evidence.document is None:
            return False
        span = self.statement.span
        return bool(_BOUND.search(self.evidence.document.lines[span.line].text[: span.start]))

    @cached_property
    def wants_best(self) -> bool:
        return bool(_BEST.search(self._words))

    @cached_property
    def wants_last(self) -> bool:
        return not self.wants_best and bool(_LAST.search(self._words))

    @cached_property
    def epochs(self) -> frozenset[int]:
        """The epochs that it may be of, counted from 1; empty for any."""
        epoch = self.statement.epoch
        if epoch is None or self.wants_best:
            return frozenset()
        printed = {each.epoch for each in self.evidence.statements}
        from_zero = 0 in printed or any(
            run.counts_from_zero and run.epochs not in printed for run in self.attribution.runs
        )
        return frozenset((epoch, epoch + from_zero))  # `after 3 epochs` may stand beside `epoch 2`

    def has_quantity(self, candidate: Candidate) -> bool:
        return candidate.quantity == ("loss" if self.statement.metric == "loss" else "accuracy")

    @cached_property
    def _seed(self) -> int | None:
        """The one seed that it is said to be of; None for any."""
        texts = (self.statement.of, self.statement.text if self.statement.kind == "sentence" else "")
        seeds = {int(each) for text in texts for each in re.findall(r"(?i)\bseed\W{0,2}(\d{1,4})\b", text)}
        known = {run.seed for run in self.attribution.runs}
        return seeds.pop() if len(seeds) == 1 and seeds <= known else None

    def has_seeds(self, candidate: Candidate) -> bool:
        """Whether a value is of the seed that is meant, or over as many seeds: all, or as many as the report says."""
        if self._seed is not None:
            return candidate.over == 1 and candidate.run.seed == self._seed
        is_mean = self.statement.is_mean or self.statement.spread is not None
        sizes = {1, self.attribution.sizes[candidate.run.group], self.evidence.runs}
        return is_mean or candidate.over in sizes

    def has_split(self, candidate: Candidate) -> bool:
        """Whether a value is of its images. Where only one set was held out, reports call it test or validation."""
        split, splits = self.statement.split, candidate.run.splits
        if split is None or candidate.split == "unknown" or candidate.split == split:
            return True
        return split not in splits and {split, candidate.split} == {"test", "validation"}

    def has_epoch(self, candidate: Candidate) -> bool:
        if self.wants_last:
            return candidate.is_last
        return not self.epochs or candidate.epoch in (None, *self.epochs)

    def is_near(self, candidate: Candidate) -> bool:
        value = 100 - candidate.value if self.statement.metric == "error" else candidate.value
        return self.is_near_value(value, candidate.step)

    def is_near_value(self, value: float, step: float) -> bool:
        """Whether a value, rounded or cut, is printed as this number."""
        statement = self.statement
        room = max(statement.step, step, 0.01 if statement.metric != "loss" and not statement.step else 0.0)
        before = room if statement.step >= 1 else room / 2  # `98 %` is rarely meant to be rounded
        slack = 1e-6 * max(1.0, abs(value))
        return statement.value - before - slack <= value <= statement.value + room - slack

    def is_by_chance(self, candidates: Sequence[Candidate]) -> bool:
        """Whether any figure as coarse as this one would fit one of so many values."""
        values = {each.value for each in candidates if each.over == 1}
        span = max(values, default=0.0) - min(values, default=0.0)
        return len(values) * max(self.statement.step, 1e-9) > _LIKELY * span

    def is_printed(self, printed: Statement) -> bool:
        """Whether it says the same as a line that the program printed."""
        mine, same = self.statement, printed.metric == self.statement.metric
        if not same and {printed.metric, mine.metric} != {"accuracy", "error"}:
            return False
        if printed.split is not None and mine.split is not None and printed.split != mine.split:
            return False
        if printed.epoch is not None and (self.wants_last or mine.epoch not in (None, printed.epoch)):
            return False
        return self.is_near_value(printed.value if same else 100 - printed.value, printed.step)

    def scaled(self, values: Sequence[float]) -> list[float]:
        """Printed numbers as values of its metric: of a rate also as percent."""
        return [*values] if self.statement.metric == "loss" else [*values, *(100 * value for value in values)]

    def wrong_print(self) -> WrongPrint | None:
        """The number that the program printed wrongly and the report repeats."""
        is_loss = self.statement.metric == "loss"
        for each in (each for run in self.attribution.runs for each in run.wrong):
            values = self.scaled((float(each.text),))
            if (each.quantity == "loss") == is_loss and any(self.is_near_value(value, 0.0) for value in values):
                return each
        return None


def _key(statement: Statement) -> tuple[object, ...]:
    return statement.metric, statement.split, statement.epoch


def _with_sure_words(evidence: Evidence, statement: Statement) -> Statement:
    """A statement without the epoch or split that its words do not surely give it.

    A sentence may name several epochs: then only the words beside the number count. And `training for 4 epochs` says
    nothing about the split.
    """
    epoch, text = statement.epoch, statement.text
    if statement.kind != "sentence":
        is_row = statement.kind == "log" or statement.of.strip() == str(epoch)
        is_said = is_row or re.search(rf"(?<![\d.]){epoch}(?![\d.]*\d)", text) is not None
        return statement if epoch is None or is_said else replace(statement, epoch=None)
    before, after = words_beside(evidence, statement)
    own = _epochs_in(re.split(r",|\band\b|\bto\b", before)[-1]) | _epochs_in(after)
    if len(_epochs_in(text)) > 1:
        statement = replace(statement, epoch=own.pop() if len(own) == 1 else None)
    if statement.split == "train" and _TRAINING.search(before + after):
        statement = replace(statement, split=None)
    return statement


def _epochs_in(text: str) -> set[int]:
    """The epochs that a text names."""
    return {int(before or after) for before, after in _EPOCH.findall(text)}


def _is_comparable(statement: Statement) -> bool:
    """Whether a statement is one measured accuracy, error or loss."""
    is_vague = statement.is_about or statement.is_change or statement.is_cited or statement.upper is not None
    return statement.metric in _METRICS and not is_vague and statement.step_number is None
