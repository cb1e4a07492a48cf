"""The experiments of a document: a row of a results table each, and what the text tells apart outside of tables."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from deepstudy.audits.evidence import Evidence, PrintedLog
from deepstudy.audits.printed import Sum
from deepstudy.audits.reading.blocks import PrintedTable
from deepstudy.audits.reading.statements import RATES, Statement
from deepstudy.catalog import MODELS, OPTIMIZERS
from deepstudy.study.reported import Reported

#: What of a statement a study file can hold: its metric and the quantity.
_QUANTITIES = {
    "accuracy": "accuracy",
    "loss": "loss",
    "parameters": "parameters",
    "seconds_per_epoch": "seconds_per_epoch",
}
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
_SUFFIXES = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
#: The layer before printed arithmetic: `conv1: 5x5x1x6 = 150`, `fc1 has 400x120 = 48,000`.
_LAYER = re.compile(
    r"(?<![a-z])((?:conv|fc|linear|dense|layer|bn|head|classifier|fully|hidden)[\w.]{0,20}"
    r"(?: \d{1,2}| connected)?)\W{0,4}(?:has|have|is|with)?\W{0,4}$",
    re.IGNORECASE,
)


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
    """

    experiments: list[DraftedExperiment]
    homeless: list[tuple[str, str]]


def draft_experiments(evidence: Evidence) -> DraftedExperiments:
    """Find the experiments of a document.

    Arguments:
        evidence: what the document says.

    Returns:
        The experiments with their figures.
    """
    rows = _rows(evidence)
    by_row = {row: says for says, members in rows.items() for row, _ in members}
    in_rows = {statement.where: by_row[statement.place[:2]] for statement in _placed(evidence, by_row)}
    drafted: dict[str, DraftedExperiment] = {}
    facts_of_trials = {
        name: {key: fact.value for key, fact in trial.facts.items()} for name, trial in evidence.trials.items()
    }
    in_tables = [figure.said for figure in evidence.figures if figure.where in in_rows]
    for figure in evidence.figures:
        says = in_rows.get(figure.where, figure.said.experiment)
        if figure.where not in in_rows and any(_are_same(figure.said, other) for other in in_tables):
            continue  # a sentence that repeats a cell
        _experiment(drafted, says, facts_of_trials[figure.said.experiment]).figures.append(figure.said)
    for log in evidence.logs:
        _experiment(drafted, log.experiment, facts_of_trials[log.experiment]).logs.append(log)
    tables = list(evidence.layout.tables)
    for says, members in rows.items():
        experiment = _experiment(drafted, says, {})
        experiment.is_row = True
        for (table, row), statements in members:
            experiment.facts |= _settings_of_row(tables[table], row)
            experiment.figures += _new_figures(experiment.figures, statements)
    if not drafted:
        name, facts = next(iter(facts_of_trials.items()), ("report", {}))
        _experiment(drafted, name, facts)
    experiments = list(drafted.values())
    homeless = [*_add_sentences(evidence, experiments), *_add_sums(evidence, experiments)]
    for experiment, name in zip(experiments, _names([each.says for each in experiments]), strict=True):
        experiment.name = name
        experiment.facts.setdefault("model.name", _model(experiment.says))
    return DraftedExperiments(experiments, homeless)


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


def _rows(evidence: Evidence) -> dict[str, list[tuple[tuple[int, int], list[Statement]]]]:
    """The rows of results tables that are an experiment each: by their name, with their statements."""
    of_row: dict[tuple[int, int], list[Statement]] = defaultdict(list)
    for statement in evidence.statements:
        if statement.place is not None and statement.metric in _QUANTITIES and not _is_no_result(statement):
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


def _is_no_result(statement: Statement) -> bool:
    return statement.is_cited or statement.is_change


# Figures --------------------------------------------------------------------------------------------------------------


def _new_figures(known: Sequence[Reported], statements: Sequence[Statement]) -> Iterator[Reported]:
    """Statements as figures, without those that are there already."""
    for statement in statements:
        figure = _figure(statement)
        if figure is not None and not any(_are_same(figure, other) for other in known):
            yield figure


def _are_same(one: Reported, other: Reported) -> bool:
    same_split = one.split == other.split or None in (one.split, other.split)
    return one.quantity == other.quantity and same_split and abs(one.number[0] - other.number[0]) < 1e-9


def _figure(statement: Statement) -> Reported | None:
    """A statement as a figure of a study file; None if that cannot hold it."""
    value = _printed(statement.value, statement)
    if statement.upper is not None:
        value += f"~{_printed(statement.upper, statement)}"
    elif statement.spread is not None:
        value += f"±{_printed(statement.spread, statement)}"
    known: dict[str, Any] = {"split": statement.split} if statement.metric in ("accuracy", "loss") else {}
    if known:
        known["epoch"] = "unknown" if statement.epoch is None else statement.epoch
    if statement.images is not None:
        known["images"] = statement.images
    try:
        return Reported(
            experiment="",
            quantity=_QUANTITIES[statement.metric],  # type: ignore[arg-type]  # pydantic checks it
            value=value,
            about=statement.is_about,
            quote=" ".join(statement.text.split())[:300],
            **known,
        )
    except ValidationError:
        return None  # such as epoch 0, which a study file does not have


def _printed(value: float, statement: Statement) -> str:
    """A number of a statement as a study file writes it: rates in percent, a point before the decimals."""
    if statement.metric == "parameters":
        scale, suffix = next((each for each in _SUFFIXES if 1 < statement.step < each[0] <= value), (1, ""))
        return f"{value / scale:,.{max(0, round(math.log10(scale / max(statement.step, 1))))}f}{suffix}"
    if statement.metric in RATES and statement.step == 0:
        return f"{value:.10g}"
    decimals = max(0, -math.floor(math.log10(statement.step) + 1e-9)) if statement.step else 0
    return f"{value:.{decimals}f}"


def _add_sentences(evidence: Evidence, experiments: list[DraftedExperiment]) -> Iterator[tuple[str, str]]:
    """Give each statement outside of tables to its experiment; yield those whose experiment is not known."""
    known = [figure for experiment in experiments for figure in experiment.figures]
    for statement in evidence.statements:
        if (
            statement.kind not in ("sentence", "summary")
            or statement.metric not in _QUANTITIES
            or _is_no_result(statement)
        ):
            continue
        if any(each.where == statement.where and statement.printed in each.text for each in evidence.sums):
            continue  # printed arithmetic is kept as it is
        for figure in _new_figures(known, [statement]):
            owners = [each for each in experiments if statement.of and each.says.lower() == statement.of.lower()]
            owners = experiments if len(experiments) == 1 else owners
            known.append(figure)
            if len(owners) == 1:
                owners[0].figures.append(figure)
            else:
                yield statement.where, f"{statement.split or ''} {statement.metric} {figure.value}".strip()


def _add_sums(evidence: Evidence, experiments: list[DraftedExperiment]) -> Iterator[tuple[str, str]]:
    """Keep printed arithmetic as counts of parameters; yield what is no count."""
    known = " ".join(figure.value for experiment in experiments for figure in experiment.figures)
    lines = {}
    if evidence.document is not None:
        lines = {evidence.document.where(at): line.text for at, line in enumerate(evidence.document.lines, 1)}
    for each in evidence.sums:
        if each.text in known or "/" in each.text:
            continue
        line = lines.get(each.where, each.text)
        layer = _LAYER.search(line[: max(line.find(each.text), 0)])
        if layer is None and not _is_total(each):
            yield each.where, each.text
            continue
        named = [experiment for experiment in experiments if experiment.says.lower() in line.lower()]
        owner = named[0] if len(named) == 1 else experiments[0]
        part = layer[1] if layer else None
        if any(figure.layer == part and figure.number[1] == each.stated for figure in owner.figures):
            continue
        owner.figures.append(
            Reported(experiment="", quantity="weights", layer=part, value=each.text, quote=line.strip())
        )


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
