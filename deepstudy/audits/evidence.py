"""What a report says, in one form for all rules, whether it comes from a study file or from raw text."""

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from deepstudy.audits import printed, transcript
from deepstudy.audits.printed import LogLine, Printed, Ratio, Sizes, Sum, TreeLayer
from deepstudy.audits.reading.blocks import DocumentLayout, Span
from deepstudy.audits.reading.classes.class_reports import ClassReport, read_class_reports
from deepstudy.audits.reading.classes.confusions import ConfusionMatrix, read_confusions
from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.audits.reading.layout import read_layout
from deepstudy.audits.reading.networks.layers import ListedNetwork
from deepstudy.audits.reading.networks.networks import read_networks
from deepstudy.audits.reading.pairs import LossWithAccuracy, pairs_of
from deepstudy.audits.reading.reader import read_statements
from deepstudy.audits.reading.samples.passages import TextPassage
from deepstudy.audits.reading.samples.quotients import PrintedQuotient, is_progress, read_quotients
from deepstudy.audits.reading.statements import Statement
from deepstudy.audits.reading.topics import topics_of
from deepstudy.audits.reading.unwrap import unwrap
from deepstudy.catalog import MODELS, Choice
from deepstudy.datasets import DATASETS, DatasetInfo, is_folder
from deepstudy.errors import InputError
from deepstudy.study import Study
from deepstudy.study.file import Origin
from deepstudy.study.reported import Claim, Reported

#: Words that tell that the printed loss includes more than cross-entropy, or that a step is more than one batch.
_OTHER_LOSS = r"(?i)\baux|mixup|cutmix|smoothing|regulari[sz]|\bL[12]\b|penalty|distill"
#: Losses that are no mean cross-entropy over classes, or accuracies that are not of the same labels.
_NOT_CROSS_ENTROPY = (
    r"(?i)\bmse\b|squared|\bmae\b|hinge|focal|triplet|contrastive|distill|"
    r"mixup|cutmix|class[ _-]?weight|reconstruction|autoencoder|\bgan\b|arcface|cosine (?:loss|embedding)|\bmargin|"
    r"smooth_?l1|\bl1[ _]?loss|\bIoU\b|\bDice\b|(?<!logistic )(?<!softmax )regression|(?-i:\bmAP\b)"
)
_BINARY_LOSS = r"(?i)\bbce|binary[ _-]?cross"
_CROSS_ENTROPY = (
    r"(?i)cross[ _-]?entropy|crossentropy|\bnll|log[ _-]?likelihood|교차 ?엔트로피|交叉熵|交差エントロピー"
    r"|kreuzentropie|entrop[ií]a cruzada|entropie croisée"
)
_PLAIN_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,9})?")
_FIGURES = frozenset(("accuracy", "loss", "error", "top5", "precision", "recall", "f1", "correct"))  # results
_OTHER_STEPS = r"(?i)per[- ]GPU|accumulat|subset(?!\s?\()|DistributedDataParallel|\bDDP\b|data parallel|each GPU"


@dataclass(frozen=True)
class Fact:
    """A value and its origin: the report, only its code, our assumption, or a default."""

    value: Any
    origin: Origin
    where: str

    @property
    def known_from(self) -> str:
        """What a finding adds to its sentence if it depends on this fact."""
        return " (known from the report's code)" if self.origin == "code" else ""


@dataclass(frozen=True)
class Trial:
    """One experiment of the report; `facts` holds what is known about it, by the dotted keys of a study file."""

    name: str
    facts: Mapping[str, Fact]
    model: Choice | None = None

    def said(self, key: str) -> Fact | None:
        """The fact under a key, if the report or its code states it.

        Arguments:
            key: a dotted key of a study file, as `optimizer.lr`.

        Returns:
            The fact, or None.
        """
        fact = self.facts.get(key)
        return fact if fact is not None and fact.origin in ("report", "code") else None

    def stated(self, key: str) -> Any:
        """The value under a key, if the report itself states it.

        Arguments:
            key: a dotted key of a study file, as `optimizer.lr`.

        Returns:
            The value, or None.
        """
        fact = self.facts.get(key)
        return fact.value if fact is not None and fact.origin == "report" else None

    @property
    def data(self) -> DatasetInfo | None:
        """The data set, if it is a well-known one."""
        fact = self.facts.get("data.name")
        return DATASETS.get(fact.value) if fact else None

    def images(self, split: str) -> int | None:
        """The number of images of a split, from what the report states.

        Arguments:
            split: train, validation or test.

        Returns:
            The number, or None if it is unknown.
        """
        entry = self.data
        if entry is None:
            return None
        if split == "test":
            return entry.splits["test"]
        used = self.facts.get("data.train_images")
        if split == "train" and used is not None and used.value:
            return int(used.value)
        held_out = self.facts.get("data.validation")
        if held_out is not None and held_out.value and held_out.origin != "report":
            return None
        validation = held_out.value if held_out else 0
        return entry.splits["train"] - validation if split == "train" else validation or None


@dataclass(frozen=True)
class PrintedFigure:
    """A reported figure and its place."""

    where: str
    said: Reported

    @property
    def number(self) -> float:
        """Its value; of a range, the middle."""
        return sum(self.said.number) / 2

    @property
    def seconds(self) -> float | None:
        """The elapsed time printed with it, in seconds."""
        return printed.number(self.said.elapsed) if self.said.elapsed is not None else None

    @property
    def definite(self) -> bool:
        """Whether it is one number, and not a range or an approximate one."""
        low, high = self.said.number
        return low == high and not self.said.is_about


@dataclass(frozen=True)
class PrintedLog:
    """The lines of one training log, with the name of its trial."""

    experiment: str
    where: str
    lines: tuple[LogLine, ...]


@dataclass
class Evidence:
    """Everything that a report says."""

    report: str  # its name in findings
    where: str
    trials: dict[str, Trial]
    title: str = ""
    figures: list[PrintedFigure] = field(default_factory=list)
    logs: list[PrintedLog] = field(default_factory=list)
    sizes: list[Sizes] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    trees: list[list[TreeLayer]] = field(default_factory=list)
    claims: list[tuple[str, Claim]] = field(default_factory=list)
    epochs: tuple[int, ...] = ()  # lengths of the runs that the report shows
    later: list[tuple[str, int, str]] = field(default_factory=list)  # conclusions about an epoch: where, epoch, text
    on_test: list[tuple[str, str]] = field(default_factory=list)  # where the text mentions images from the test set
    splits: list[tuple[str, str, int, str, str]] = field(default_factory=list)  # where, split, images, data, line
    papers: tuple[str, ...] = ()
    runs: int | None = None  # per figure
    hardware: str = ""
    topics: frozenset[str] | None = None  # of raw text: what it mentions (see transcript.TOPICS)
    is_plain_loss: bool = True  # whether the loss is cross-entropy alone, as far as known
    pairs: list[LossWithAccuracy] = field(default_factory=list)  # losses and accuracies of the same images
    names_cross_entropy: bool = False  # whether the report says that its loss is cross-entropy, and names no other
    is_other_loss: bool = False  # whether it names a loss that may be lower
    is_binary_loss: bool = False  # whether it names binary cross-entropy
    document: ReportDocument | None = None  # of a study there is none
    layout: DocumentLayout = field(default_factory=DocumentLayout)  # its blocks
    statements: list[Statement] = field(default_factory=list)  # its numbers
    unread: list[Span] = field(default_factory=list)  # what looks like a result and was not understood
    networks: list[ListedNetwork] = field(default_factory=list)  # the networks that a document lists
    class_reports: list[ClassReport] = field(default_factory=list)  # its tables of precision, recall and F1
    matrices: list[ConfusionMatrix] = field(default_factory=list)  # its confusion matrices
    is_one_device: bool = True  # whether a step is one batch
    study: Study | None = None
    trusted: bool = False  # whether networks that are not built in may be built
    uncounted: dict[str, str] = field(default_factory=dict)  # trials whose network could not be built, and why

    @property
    def text(self) -> str:
        """The text of a document; "" of a study."""
        return "" if self.document is None else self.document.text

    @property
    def is_report(self) -> bool:
        """Whether there is a report, and not only a plan of experiments."""
        return self.study is None or bool(self.study.source.report or self.figures or self.logs or self.sizes)

    @cached_property
    def _by_experiment(self) -> dict[str, list[PrintedFigure]]:
        figures: dict[str, list[PrintedFigure]] = {}
        for figure in self.figures:
            if figure.said.quantity in ("accuracy", "best_accuracy"):
                figures.setdefault(figure.said.experiment, []).append(figure)
        return figures

    def accuracies(self, experiment: str | None = None, split: str | None = None) -> Iterator[PrintedFigure]:
        """The reported accuracies, in percent.

        Arguments:
            experiment: the name of the only experiment to take; all without it.
            split: the only split to take; all without it.

        Returns:
            The figures, by experiment.
        """
        names = list(self._by_experiment) if experiment is None else [experiment]
        for name in names:
            for figure in self._by_experiment.get(name, []):
                if split in (None, figure.said.split):
                    yield figure

    def accuracy_at(self, experiment: str, split: str | None, epoch: int) -> PrintedFigure | None:
        """The reported accuracy of an experiment at an epoch.

        Arguments:
            experiment: the name of the experiment.
            split: the split of the images, or None for any.
            epoch: the epoch, from 1.

        Returns:
            The first such figure, or None.
        """
        return next((each for each in self.accuracies(experiment, split) if each.said.epoch == epoch), None)

    @cached_property
    def network(self) -> Callable[[str], Any]:
        """The layer table (`layer_table.LayerTable`) of a trial's network.

        None, with the reason in `uncounted`, if it is not built in and not trusted, or if its images are missing.
        """

        @cache
        def build(experiment: str) -> Any:
            trial = self.trials.get(experiment)
            if self.study is None or trial is None or trial.model is None:
                return None
            ours = trial.model.name in MODELS
            if not ours and not self.trusted:
                self.uncounted[experiment] = (
                    f"{trial.model.name} is not a built-in network; use --trust to run its code"
                )
                return None
            from deepstudy.layer_table import of_experiment

            try:
                return of_experiment(self.study, experiment)
            except InputError as error:
                if not is_folder(self.study.experiment(experiment).data.name):
                    raise
                self.uncounted[experiment] = str(error)  # a report need not come with the user's own images
                return None

        return build


def of_study(study: Study, trusted: bool = False) -> Evidence:
    """What the report of a study says, without the figures of papers and the experiments that we added.

    Arguments:
        study: the loaded study.
        trusted: whether rules may build networks that are not built in.

    Returns:
        What the rules read.
    """
    file = study.place("experiments").rpartition(":")[0]
    evidence = Evidence(study.name, file, {}, study.title, study=study, trusted=trusted)
    evidence.papers, evidence.runs, evidence.hardware = (
        tuple(study.source.papers),
        study.source.runs,
        study.source.hardware,
    )
    evidence.figures = [
        PrintedFigure(study.place("reported", index), said)
        for index, said in enumerate(study.reported)
        if said.source == "report"
    ]
    for index, log in enumerate(study.logs):
        where = study.place("logs", index, "text")
        evidence.logs.append(PrintedLog(log.experiment, where, printed.log_lines(log.text, where, log.pattern)))
        evidence.pairs += pairs_of(_statements_of_log(evidence.logs[-1]))
    for index, shapes in enumerate(study.shapes):
        evidence.sizes += printed.sizes(shapes.text, study.place("shapes", index, "text"), shapes.experiment)
    evidence.sums = [
        total
        for figure in evidence.figures
        if figure.said.quantity in ("weights", "biases", "parameters", "macs", "shape")
        for total in printed.sums(figure.said.value, figure.where)
    ]
    evidence.ratios = list(_ratios_of_study(evidence))
    evidence.claims = [
        (study.place("claims", index), claim) for index, claim in enumerate(study.claims) if claim.source == "report"
    ]
    of_report = {log.experiment for log in study.logs} | {shapes.experiment for shapes in study.shapes}
    of_report |= {figure.said.experiment for figure in evidence.figures}
    for _, claim in evidence.claims:
        of_report |= {claim.form.of, getattr(claim.form, "with_", claim.form.of)} if claim.tried else set()
    if not evidence.is_report:
        of_report = set(study.names())
    for name in study.names():
        if name in of_report:
            evidence.trials[name] = _trial(study, name)
    evidence.epochs = tuple(study.source.epochs) or tuple(
        trial.facts["epochs"].value for trial in evidence.trials.values() if trial.said("epochs")
    )
    losses = [trial.facts.get("outputs.weights") for trial in evidence.trials.values()]
    smoothed = any(trial.facts["loss.label_smoothing"].value for trial in evidence.trials.values())
    evidence.is_plain_loss = not smoothed and not any(fact and len(fact.value) > 1 for fact in losses)
    for where, claim in evidence.claims:
        if claim.saturates is not None and claim.tried:
            evidence.later.append((where, claim.saturates.by, claim.says))
    return evidence


def _ratios_of_study(evidence: Evidence) -> Iterator[Ratio]:
    """Counts with their percentage in the quotes of figures and in logs, each once."""
    texts = [(figure.said.quote or "", figure.where) for figure in evidence.figures]
    texts += [(line.text, line.where) for log in evidence.logs for line in log.lines]
    for text, where in dict(texts).items():
        for each in read_quotients(TextPassage(text, "output", 0, where)):
            if not _is_of_rest(each) and not (each.is_counter and is_progress(each.part, each.whole, _percent(each))):
                yield Ratio(where, each.text, each.part, each.whole, each.percent)


def _percent(quotient: PrintedQuotient) -> float:
    return float(quotient.percent)


def _is_of_rest(quotient: PrintedQuotient) -> bool:
    """Whether the percentage is of the other images, as the error beside the correct ones."""
    rest = 100 - 100 * quotient.part / quotient.whole
    step = 10.0 ** -len(quotient.percent.partition(".")[2])
    return quotient.may_be_rest and abs(rest - _percent(quotient)) < step


def _statements_of_log(log: PrintedLog) -> list[Statement]:
    """The numbers of a study's log."""
    file = log.where.rpartition(":")[0]
    lines = tuple(TextLine(line.text, line.where.rpartition(":")[2], "output") for line in log.lines)
    document = ReportDocument(file, lines)
    return read_statements(document, read_layout(document))[0]


def _trial(study: Study, name: str) -> Trial:
    experiment = study.experiment(name)
    facts = {key: Fact(value, *study.value_origin(key, name)) for key, value in experiment.flat().items()}
    return Trial(name, facts, experiment.model)


def of_text(text: str, name: str) -> Evidence:
    """What a report's raw text says.

    Arguments:
        text: the text of the report, of any number of lines.
        name: the name of the report in findings.

    Returns:
        What the rules read.
    """
    return of_document(
        ReportDocument(name, tuple(TextLine(line, str(at)) for at, line in enumerate(text.splitlines(), 1)))
    )


def of_document(document: ReportDocument) -> Evidence:
    """What a document says.

    Arguments:
        document: the lines of the report, as its file has them.

    Returns:
        What the rules read.
    """
    document = unwrap(document)
    text, file = document.text, document.name
    layout = read_layout(document)
    networks = read_networks(document, layout)
    reports, matrices = read_class_reports(document, layout), read_confusions(document, layout)
    statements, unread = read_statements(document, layout, networks, reports, matrices)
    read = transcript.read(document, {each.span.line for each in statements if each.metric in _FIGURES})
    evidence = Evidence(
        file,
        file,
        {},
        read.title,
        document=document,
        layout=layout,
        networks=networks,
        class_reports=reports,
        matrices=matrices,
        statements=statements,
        unread=unread,
        sizes=read.sizes,
        sums=read.sums,
        ratios=read.ratios,
        trees=read.trees,
        epochs=tuple(read.epochs),
        later=read.later,
        topics=topics_of(text),
        on_test=read.on_test,
        runs=read.runs,
        pairs=pairs_of(statements),
        splits=[
            (each.where, each.split, int(each.value), str(each.dataset), each.text)
            for each in statements
            if each.metric == "images" and each.split is not None
        ],
    )
    evidence.is_plain_loss = not re.search(_OTHER_LOSS, text)
    evidence.is_one_device = not re.search(_OTHER_STEPS, text)
    evidence.is_binary_loss = bool(re.search(_BINARY_LOSS, text))
    evidence.is_other_loss = bool(re.search(_NOT_CROSS_ENTROPY, text))
    evidence.names_cross_entropy = bool(re.search(_CROSS_ENTROPY, text)) and not evidence.is_other_loss
    firsts = [passage.line for passage in read.passages]
    names: dict[int, str] = {}
    for at, passage in enumerate(read.passages):
        end = firsts[at + 1] if at + 1 < len(firsts) else len(document.lines)
        if not any(passage.line <= each.span.line < end for each in statements if each.metric in _FIGURES):
            continue
        names[at] = name = _name(passage, evidence.trials)
        facts = {key: Fact(value, "report", where) for key, (value, where) in passage.facts.items()}
        if len(passage.rates) > 1:
            facts["schedule.rates"] = Fact(passage.rates, "report", passage.where)
        evidence.trials[name] = Trial(name, facts)
    experiments = [names.get(max(bisect_right(firsts, at) - 1, 0), "") for at in range(len(document.lines))]
    logged = {each.span.line for each in statements if each.kind == "log" and each.metric == "loss"}
    evidence.figures = [
        PrintedFigure(each.where, figure)
        for each in statements
        if (each.kind != "log" or each.span.line not in logged)
        and (figure := _reported(each, experiments[each.span.line])) is not None
    ]
    evidence.logs = _logs(statements, experiments)
    return evidence


def _reported(statement: Statement, experiment: str) -> Reported | None:
    """A statement as a figure of an experiment; None if it is no accuracy or no level, or is somebody else's."""
    is_level = not (statement.is_change or statement.is_cited) and 0 <= statement.value <= 1000
    if statement.metric != "accuracy" or not is_level or not experiment:
        return None
    decimals = max(0, round(-math.log10(statement.step))) if statement.step else 2
    value = f"{statement.value:.{decimals}f}"
    if statement.upper is not None:
        value = f"{value}~{statement.upper:.{decimals}f}"
    seconds, words = printed.elapsed(statement.text) if statement.place is None else (None, None)
    if seconds is not None and _PLAIN_NUMBER.fullmatch(seconds) is None:
        seconds = words = None  # `3,2 s` with a decimal comma
    if statement.spread is not None:
        value += f"±{statement.spread:.{decimals}f}"
    return Reported(
        experiment=experiment,
        quantity="accuracy",
        value=value,
        split=statement.split,
        images=statement.images,
        epoch="unknown" if statement.epoch is None else statement.epoch or None,
        about=statement.is_about or (statement.is_mean and statement.spread is None),
        elapsed=seconds,
        words=words,
        quote=statement.text[:500],
    )


def _logs(statements: Sequence[Statement], experiments: Sequence[str]) -> list[PrintedLog]:
    """The lines of logs by experiment."""
    by_line: dict[int, list[Statement]] = {}
    for statement in statements:
        is_logged = statement.kind == "log" or (statement.kind == "table" and statement.epoch is not None)
        if is_logged and statement.metric in ("loss", "accuracy"):
            by_line.setdefault(statement.span.line, []).append(statement)
    logs: dict[str, list[LogLine]] = {}
    for at, members in by_line.items():
        if not any(each.metric == "loss" for each in members):
            continue
        first = members[0]
        numbers: dict[str, tuple[Printed, ...]] = {
            metric: tuple(
                Printed(each.printed, each.value, each.split, each.images) for each in members if each.metric == metric
            )
            for metric in ("loss", "accuracy")
        }
        counters = (first.epoch, first.epochs, first.step_number, first.steps)
        line = LogLine(first.where, first.text, *counters, numbers["loss"], numbers["accuracy"])
        logs.setdefault(experiments[at], []).append(line)
    return [PrintedLog(name, lines[0].where, tuple(lines)) for name, lines in logs.items() if name]


def _name(passage: transcript.Passage, taken: Mapping[str, Trial]) -> str:
    """A name for a passage: its heading, and where several passages share it, also what is different."""
    name = passage.heading or "report"
    if name in taken:
        before = taken[name].facts
        changed = [
            str(value) for key, (value, _) in passage.facts.items() if key not in before or before[key].value != value
        ]
        name = f"{name} ({', '.join(changed) or passage.where.rpartition(':')[2]})"
    while name in taken:
        name += "'"
    return name
