"""The experiments of a document: a row of a results table each, and what the text tells apart outside of tables."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deepstudy.audits.draft.counts import ListedCounts, describe_network, order_totals, read_counts
from deepstudy.audits.draft.figures import QUANTITIES, FigureReader, are_same, without_paces
from deepstudy.audits.evidence import Evidence, PrintedLog
from deepstudy.audits.printed import Sum, doubled
from deepstudy.audits.reading.blocks import PrintedTable
from deepstudy.audits.reading.statements import Statement
from deepstudy.catalog import MODELS, OPTIMIZERS
from deepstudy.datasets import DATASETS
from deepstudy.study.reported import Reported

#: Columns that are settings of their row.
_COLUMNS = (
    ("optimizer.name", re.compile(r"optimi[sz]er|optimi[sz]ador|优化器|옵티마이저", re.IGNORECASE)),
    ("optimizer.lr", re.compile(r"learning[ _-]?rate|\blr\b|lernrate|学习率|학습률", re.IGNORECASE)),
    ("optimizer.momentum", re.compile(r"momentum", re.IGNORECASE)),
    ("optimizer.weight_decay", re.compile(r"weight[ _-]?decay", re.IGNORECASE)),
    ("batch_size", re.compile(r"batch|배치|批", re.IGNORECASE)),
    ("model.dropout", re.compile(r"dropout", re.IGNORECASE)),
)
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,10})?(?:[eE]-?\d{1,2})?|\.\d{1,10}")
_IS_NAME = re.compile(r"[^\W\d_]{2}")
_NO_NAME = re.compile(
    r"(?:epoch|step|total|mean|average|avg|sum|class|fold|run|seed|에폭|轮)\b[\s\d.:#-]*", re.IGNORECASE
)
_CLASSES = frozenset(
    "airplane plane automobile car bird cat deer dog frog horse ship truck top trouser pullover dress coat sandal "
    "shirt sneaker bag boot zero one two three four five six seven eight nine".split()
)
#: The layer before printed arithmetic: `conv1: 5x5x1x6 = 150`, `fc1 has 400x120 = 48,000`.
_LAYER = re.compile(
    r"(?<![a-z])((?:conv|fc|linear|dense|layer|bn|head|classifier|fully|hidden)[\w.]{0,20}"
    r"(?: \d{1,2}| connected)?)\W{0,4}(?:has|have|is|with)?\W{0,4}$",
    re.IGNORECASE,
)
_SIZE = re.compile(r"\(\d{1,4}[-+−][-+−*x×\d]{1,20}\)/\d{1,2}\+1=\d{1,4}")


@dataclass
class DraftedExperiment:
    """An experiment of the draft.

    Attributes:
        name: its name in the study file.
        says: what the document calls it.
        facts: what is known about it, by the dotted keys of a study file.
        figures: what the report prints of it.
        logs: its logs.
        is_row: whether it is a row of a table.
    """

    name: str
    says: str
    facts: dict[str, Any] = field(default_factory=dict)
    figures: list[Reported] = field(default_factory=list)
    logs: list[PrintedLog] = field(default_factory=list)
    is_row: bool = False


@dataclass(frozen=True)
class DraftedExperiments:
    """What the draft says of experiments.

    Attributes:
        experiments: the experiments, at least one.
        homeless: statements whose experiment is not known: their place, and what they say.
        is_of_other_data: whether all results are of a data set that is not built in.
    """

    experiments: list[DraftedExperiment]
    homeless: list[tuple[str, str]]
    is_of_other_data: bool = False


def draft_experiments(evidence: Evidence) -> DraftedExperiments:
    """Find the experiments of a document.

    Arguments:
        evidence: what the document says.

    Returns:
        The experiments with their figures.
    """
    reader = FigureReader(evidence)
    rows = _rows(evidence, reader)
    by_row = {row: says for says, members in rows.items() for row, _ in members}
    in_rows = {statement.where: by_row[statement.place[:2]] for statement in _placed(evidence, by_row)}
    drafted: dict[str, DraftedExperiment] = {}
    facts_of_trials = {
        name: {key: fact.value for key, fact in trial.facts.items()} for name, trial in evidence.trials.items()
    }
    in_tables = [figure.said for figure in evidence.figures if figure.where in in_rows]
    homeless: list[tuple[str, str]] = []
    for figure in evidence.figures:
        says, statement = in_rows.get(figure.where, figure.said.experiment), reader.statement_of(figure)
        if figure.where not in in_rows and any(are_same(figure.said, other) for other in in_tables):
            continue  # a sentence that repeats a cell
        if statement is not None and (reason := reader.why_not(statement)):
            homeless.append((figure.where, f"accuracy {figure.said.value}, {reason}"))
            continue
        said = reader.complete(figure.said, statement) if statement is not None else figure.said
        _experiment(drafted, says, facts_of_trials[figure.said.experiment]).figures.append(said)
    for log in evidence.logs:
        _experiment(drafted, log.experiment, facts_of_trials[log.experiment]).logs.append(log)
    tables = list(evidence.layout.tables)
    for says, members in rows.items():
        experiment = _experiment(drafted, says, {})
        experiment.is_row = True
        for (table, row), statements in members:
            experiment.facts |= _settings_of_row(tables[table], row) | _data_of(statements)
            experiment.figures += reader.new_figures(experiment.figures, statements)
    if not drafted:
        name, facts = next(iter(facts_of_trials.items()), ("report", {}))
        _experiment(drafted, name, facts)
    experiments = list(drafted.values())
    counts = read_counts(evidence)
    homeless += _add_counts(counts, evidence, experiments)
    homeless += _add_sentences(evidence, experiments, reader, counts.lines)
    homeless += _add_sums(evidence, experiments)
    for experiment, name in zip(experiments, _names([each.says for each in experiments]), strict=True):
        experiment.name = name
        experiment.figures = order_totals(without_paces(experiment.figures))
        experiment.facts.setdefault("model.name", _model(experiment.says))
    return DraftedExperiments(experiments, homeless, reader.is_of_other_data)


def _experiment(drafted: dict[str, DraftedExperiment], says: str, facts: Mapping[str, Any]) -> DraftedExperiment:
    experiment = drafted.setdefault(says, DraftedExperiment("", says))
    experiment.facts = {**facts, **experiment.facts}
    return experiment


# Tables ---------------------------------------------------------------------------------------------------------------


def _placed(evidence: Evidence, rows: Mapping[tuple[int, int], str]) -> Iterator[Any]:
    """The statements of these rows."""
    for statement in evidence.statements:
        if statement.place is not None and statement.place[:2] in rows:
            yield statement


def _rows(evidence: Evidence, reader: FigureReader) -> dict[str, list[tuple[tuple[int, int], list[Statement]]]]:
    """The rows of results tables that are an experiment each: by their name, with their statements."""
    of_row: dict[tuple[int, int], list[Statement]] = defaultdict(list)
    for statement in evidence.statements:
        is_result = statement.metric in QUANTITIES and not _is_no_result(statement) and not reader.why_not(statement)
        if statement.place is not None and is_result:
            of_row[statement.place[:2]].append(statement)
    names = {row: _row_name(statements[0].of) for row, statements in of_row.items()}
    by_name: dict[str, list[tuple[tuple[int, int], list[Statement]]]] = defaultdict(list)
    for table in dict.fromkeys(table for table, _ in of_row):
        rows = [row for row in of_row if row[0] == table]
        called = [names[row] for row in rows]
        results = sum(statement.metric in ("accuracy", "loss") for row in rows for statement in of_row[row])
        classes = sum(name.lower() in _CLASSES for name in called)
        if not all(called) or len({*called}) < len(called) or classes > 2 or not results:
            continue  # epochs, parts of one experiment, classes, or layers
        for row in rows:
            by_name[names[row]].append((row, of_row[row]))
    return by_name


def _row_name(of: str) -> str:
    """The name of a row: its words without numbers that have a unit; "" if it names no experiment."""
    parts = [part.strip(" *_`") for part in of.split(" / ")]
    words = [part for part in parts if _IS_NAME.search(part) and not _NO_NAME.fullmatch(part) and len(part) <= 60]
    return " / ".join(words)


def _settings_of_row(table: PrintedTable, row: int) -> dict[str, Any]:
    """The settings in the cells of a row."""
    settings: dict[str, Any] = {}
    for title, cell in zip(table.columns, table.rows[row].cells, strict=False):
        key = next((key for key, pattern in _COLUMNS if pattern.search(title)), None)
        text = cell.text.strip(" *_`")
        if key == "optimizer.name":
            settings[key] = next((name for name in OPTIMIZERS if name == text.lower()), text)
        elif key is not None and _NUMBER.fullmatch(text):
            settings[key] = int(text) if key == "batch_size" and text.isdecimal() else float(text)
    return settings


def _data_of(statements: Sequence[Statement]) -> dict[str, Any]:
    """The data set of a row, if it is built in."""
    names = {each.dataset for each in statements}
    name = names.pop() if len(names) == 1 else None
    return {"data.name": name} if name in DATASETS else {}


def _is_no_result(statement: Statement) -> bool:
    return statement.is_cited or statement.is_change


# Figures --------------------------------------------------------------------------------------------------------------


def _add_counts(
    counts: ListedCounts, evidence: Evidence, experiments: Sequence[DraftedExperiment]
) -> Iterator[tuple[str, str]]:
    """Give the counts of a listed network to its experiment; yield those of other networks."""
    if len(experiments) == 1:
        experiments[0].figures += counts.figures
        yield from counts.left_out
        return
    for network in evidence.networks:
        if network.total("total") is not None:
            yield network.where, describe_network(network)


def _add_sentences(
    evidence: Evidence, experiments: list[DraftedExperiment], reader: FigureReader, listed: frozenset[int]
) -> Iterator[tuple[str, str]]:
    """Give each statement outside of tables to its experiment; yield those whose experiment is not known.

    The counts in `listed` lines are of layers.
    """
    known = [figure for experiment in experiments for figure in experiment.figures]
    for statement in evidence.statements:
        if not _is_told(statement) or statement.metric not in QUANTITIES or _is_no_result(statement):
            continue
        if statement.metric == "parameters" and statement.span.line + 1 in listed:
            continue
        if any(each.where == statement.where and statement.printed in each.text for each in evidence.sums):
            continue  # printed arithmetic is kept as it is
        if statement.metric == "accuracy" and reader.why_not(statement):
            continue  # said above
        for figure in reader.new_figures(known, [statement]):
            owners = [each for each in experiments if statement.of and each.says.lower() == statement.of.lower()]
            owners = experiments if len(experiments) == 1 else owners
            known.append(figure)
            if len(owners) == 1 and not reader.why_not(statement):
                owners[0].figures.append(figure)
            else:
                yield statement.where, f"{statement.split or ''} {statement.metric} {figure.value}".strip()


def _is_told(statement: Statement) -> bool:
    """Whether a statement is of the whole run; a printed line may also give a count."""
    return statement.kind in ("sentence", "summary") or (statement.kind == "log" and statement.metric == "parameters")


def _add_sums(evidence: Evidence, experiments: list[DraftedExperiment]) -> Iterator[tuple[str, str]]:
    """Keep printed arithmetic as counts of parameters; yield what is no count."""
    known = " ".join(figure.value for experiment in experiments for figure in experiment.figures)
    lines = {}
    if evidence.document is not None:
        lines = {evidence.document.where(at): line.text for at, line in enumerate(evidence.document.lines, 1)}
    for each in evidence.sums:
        if each.text in known or ("/" in each.text and not _is_of_size(each)):
            continue
        line = lines.get(each.where, each.text)
        layer = _LAYER.search(line[: max(line.find(each.text), 0)])
        if layer is None and not _is_total(each) and not doubled(each.text) and not _is_of_size(each):
            yield each.where, each.text
            continue
        named = [experiment for experiment in experiments if experiment.says.lower() in line.lower()]
        owner = named[0] if len(named) == 1 else experiments[0]
        part = layer[1] if layer else None
        if any(figure.layer == part and figure.number[1] == each.stated for figure in owner.figures):
            continue
        owner.figures.append(
            Reported(
                experiment="",
                quantity="shape" if _is_of_size(each) else "weights",
                layer=part,
                value=each.text,
                quote=line.strip(),
            )
        )


def _is_of_size(each: Sum) -> bool:
    """Whether it is the size behind a window: `(32 - 5 + 2*2)/1 + 1 = 32`."""
    return _SIZE.fullmatch(each.text.replace(" ", "")) is not None


def _is_total(each: Sum) -> bool:
    return re.fullmatch(r"[\d,. ]+(?:\+[\d,. ]+)+=[\d,. ]+", each.text) is not None and each.stated >= 1000


# Names ----------------------------------------------------------------------------------------------------------------


def _names(titles: Sequence[str]) -> list[str]:
    """A name for each experiment that is also valid as the name of a folder."""
    names: list[str] = []
    for title in titles:
        name = re.sub(r"[^\w.+=-]+", "-", title).strip("-.")[:80].lower() or "report"
        candidates = (name if number == 1 else f"{name}-{number}" for number in range(1, len(titles) + 2))
        names.append(next(each for each in candidates if each not in names))
    return names


def _model(title: str) -> str | None:
    """The built-in network that a title names; None if it names none, or several."""
    plain = [re.sub(r"\W", "", part).lower() for part in re.split(r"[/,+()]| with | and ", title)]
    found = {part for part in plain if part in MODELS}
    return found.pop() if len(found) == 1 else None
