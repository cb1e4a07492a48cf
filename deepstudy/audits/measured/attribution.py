"""Which runs a figure of a report is of."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.measured.values import MeasuredRun
from deepstudy.audits.reading.networks.names import NETWORK, networks_in
from deepstudy.audits.reading.statements import Statement

_WORD = re.compile(r"[a-z]{2}", re.IGNORECASE)
_PLAIN = re.compile(r"[a-z]+", re.IGNORECASE)
#: Words of a label that say what was measured.
_MEASURE = re.compile(
    r"(?i)\b(?:train(?:ing)?|test(?:ing)?|val(?:id(?:ation)?)?|acc(?:uracy)?|error|loss|rate|epochs?|after|set|split|"
    r"images?|data|on|of|the|in|final|best|last|top|mean|average)\b"
)
#: Words of a label that name no variation.
_COMMON = re.compile(
    r"(?i)\b(?:our|ours|the|own|network|net|model|seeds?|runs?|mean|average|of|on|with|over|epochs?|test|train(?:ing)?|"
    r"validation|accuracy|error|loss|mnist|fashion|cifar)\b"
)
_NOUN = re.compile(r"[`\"')]*\s+(?:network|net|model|run|experiment|variant|version|setting)s?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Attribution:
    """The runs that a figure may be of.

    Attributes:
        runs: the runs.
        is_named: whether the report names their experiment or network.
    """

    runs: tuple[MeasuredRun, ...]
    is_named: bool

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """How many runs each group has."""
        return Counter(each.group for each in self.runs)

    @property
    def is_single(self) -> bool:
        """Whether they are runs of one experiment."""
        return len({each.experiment for each in self.runs}) == 1


@dataclass(frozen=True)
class Attributor:
    """Finds the runs of each figure of a report.

    Attributes:
        evidence: what the report says.
        runs: all runs.
    """

    evidence: Evidence
    runs: Sequence[MeasuredRun]

    def runs_of(self, statement: Statement) -> Attribution | None:
        """Find the runs that a figure may be of.

        Arguments:
            statement: the figure.

        Returns:
            The runs; None if it is of none of them, or nobody can know.
        """
        runs = [each for each in self.runs if self._has_data(each, statement.dataset)]
        if not runs:
            return None
        if self._alternatives(statement) > max(1, len({each.group for each in runs})):
            return None  # a table of more experiments than there are
        if is_label(statement.of):
            named = self._of_label(runs, statement.of)
            if named is not None:
                return Attribution(tuple(named), True) if named else None
            if self._alternatives(statement) > 1:
                return Attribution(tuple(runs), False)
        for text in self._words(statement):
            names = self._experiments(text)
            named = [each for each in runs if each.experiment in names]
            if named:
                maybe = [each for each in runs if each.experiment in names | self._mentioned(text)]
                return Attribution(tuple(maybe), len(maybe) == len(named))
            networks = networks_in(text)
            if networks and (of_network := self._of_networks(runs, networks)) is not None:
                return Attribution(tuple(of_network), True) if of_network else None
        return Attribution(tuple(runs), False)

    def _of_label(self, runs: Sequence[MeasuredRun], label: str) -> list[MeasuredRun] | None:
        """The runs that a label of a table row names; none if it names others; None if it names nothing known."""
        for name in self._matches(label):
            if not _WORD.search(_COMMON.sub("", self._patterns[name].sub("", label))):
                return [each for each in runs if each.experiment == name]
        networks = networks_in(label)
        if not networks:
            return None
        if _WORD.search(_COMMON.sub("", NETWORK.sub("", label))):
            return []  # a variation
        return self._of_networks(runs, networks)

    def _has_data(self, run: MeasuredRun, dataset: str | None) -> bool:
        return run.data is None or dataset is None or run.data == dataset

    def _words(self, statement: Statement) -> list[str]:
        """What may name the experiment, the nearest first."""
        texts = list(reversed(statement.headings))
        if statement.kind == "sentence":
            texts = [clause_of(self.evidence, statement), statement.text, *texts]
        return [text for text in texts if _WORD.search(text)]

    def _matches(self, text: str) -> dict[str, re.Match[str]]:
        """The experiments whose names a text has. `lenet5` in `lenet5-wide` does not count."""
        found = [(name, match) for name, pattern in self._patterns.items() for match in pattern.finditer(text)]
        return {
            name: match
            for name, match in found
            if not any(
                other.start() <= match.start() and match.end() <= other.end() and other.span() != match.span()
                for _, other in found
            )
        }

    def _experiments(self, text: str) -> set[str]:
        """The experiments that a sentence or heading surely means."""
        return {name for name, match in self._matches(text).items() if _is_meant(name, text, match)}

    def _mentioned(self, text: str) -> set[str]:
        """The experiments whose names a text has as everyday words: `softmax`, `fast`."""
        return {name for name in self._matches(text) if _PLAIN.fullmatch(name)}

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        """How a text may spell each experiment: its words, joined by anything."""
        patterns = {}
        for name in dict.fromkeys(each.experiment for each in self.runs):
            parts = re.split(r"[\s_-]+|(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", name)
            words = r"[\s_-]*".join(map(re.escape, parts))
            patterns[name] = re.compile(rf"(?<![\w.-]){words}(?![\w-])", re.IGNORECASE)
        return patterns

    def _of_networks(self, runs: Sequence[MeasuredRun], networks: set[str]) -> list[MeasuredRun] | None:
        """The runs of networks that a text names; none if they are of others; None if nobody can know."""
        found = [each for each in runs if any(_is_size_of(mine, name) for mine in _networks(each) for name in networks)]
        found = found or [
            each for each in runs if any(_is_size_of(n, mine) for mine in _networks(each) for n in networks)
        ]
        if found:
            return found
        unknown = [each for each in runs if not _networks(each)]
        if unknown and len(self._all_networks) == 1:
            return None  # a class such as `Net` may be the only network that the report is about
        return []

    @cached_property
    def _all_networks(self) -> set[str]:
        return networks_in(self.evidence.text)

    def _alternatives(self, statement: Statement) -> int:
        """How many experiments the table compares that a figure stands in: by its rows, and by its columns."""
        if statement.place is None:
            return 1
        table, row, _ = statement.place
        members = [each for each in self.evidence.statements if each.place and each.place[0] == table]
        labels = {each.of for each in members if is_label(each.of)}
        key = _key(statement)
        columns = sum(each.place is not None and each.place[1] == row and _key(each) == key for each in members)
        return max(1, len(labels)) * columns


def is_label(text: str) -> bool:
    """Say whether the words of a table row name something, and not only what was measured and when.

    Arguments:
        text: the words.

    Returns:
        True if they are a name.
    """
    return bool(_WORD.search(_MEASURE.sub("", text)))


def _key(statement: Statement) -> tuple[object, ...]:
    return statement.metric, statement.split, statement.epoch


def _is_meant(name: str, text: str, match: re.Match[str]) -> bool:
    """Whether a name in a sentence stands for its experiment.

    An everyday word such as `softmax` does so before a noun, and `LeNet-5` may be any experiment of that network.
    """
    if text[match.start() - 1 : match.start()] == "`":
        return True
    if NETWORK.fullmatch(name):
        return match[0] == name
    return _PLAIN.fullmatch(name) is None or _NOUN.match(text, match.end()) is not None


def words_beside(evidence: Evidence, statement: Statement) -> tuple[str, str]:
    """The words of a sentence that belong to a number: those from the number before it to the one after it.

    Arguments:
        evidence: what the report says.
        statement: the number.

    Returns:
        The words before it, and those after it up to the end of the clause.
    """
    if evidence.document is None:
        return "", ""
    line, span = evidence.document.lines[statement.span.line].text, statement.span
    others = [each.span for each in evidence.statements if each.span.line == span.line]
    start = max((other.end for other in others if other.end <= span.start), default=0)
    end = min((other.start for other in others if other.start >= span.end), default=len(line))
    after = re.split(r"[.;,](?:\s|$)|\b(?:and|to|und|et)\b", line[span.end : end], maxsplit=1)[0]
    return re.split(r"[.;]\s", line[start : span.start])[-1], after


def clause_of(evidence: Evidence, statement: Statement) -> str:
    """The words of a sentence that belong to a number, as one text.

    Arguments:
        evidence: what the report says.
        statement: the number.

    Returns:
        The words before it, the number, and the words after it.
    """
    before, after = words_beside(evidence, statement)
    return f"{before}{statement.printed}{after}"


def _is_size_of(mine: str, name: str) -> bool:
    """Whether a network is the named one, or one of its sizes."""
    return mine == name or mine.startswith(f"{name}-")


@cache
def _networks_of_text(text: str) -> frozenset[str]:
    return frozenset(networks_in(text))


def _networks(run: MeasuredRun) -> frozenset[str]:
    return _networks_of_text(run.network.replace("_", " ")) or _networks_of_text(run.experiment.replace("_", " "))
