"""Settings of training that a text states, by the dotted keys of a study file: in sentences, in code, in mappings.

A setting is read only if all places of the text agree. What they do not agree on is for a person to complete.
"""

import re
from collections.abc import Callable
from typing import Any

from deepstudy.audits.arithmetic.training_evidence import read_training
from deepstudy.audits.evidence import Evidence

#: What may stand between a name and its value: `lr=0.1`, `"lr": 0.1`, `learning rate of 0.1`.
_IS = r"[\"'`*_]{0,3}\s{0,3}(?:[:=|]|of|is|was|at|to|with|은|는|为)?\s{0,3}[\"'`*_(\[]{0,3}\s{0,2}"
_RATE = r"(\d{1,4}(?:\.\d{1,10})?(?:[eE]-?\d{1,2})?|\.\d{1,10})(?![\d.]*\d)"
_COUNT = r"(\d{1,6})(?![\d.,]*\d|\s?%)"


def _counts(text: str) -> list[int]:
    return [int(each) for each in re.findall(r"\d{1,6}", text)]


def _count(text: str) -> int:
    return int(text.replace(",", ""))


_TABLE: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
    ("optimizer.momentum", rf"(?<![a-z])momentum{_IS}{_RATE}", float),
    ("optimizer.weight_decay", rf"(?<![a-z])weight[\s_-]?decay{_IS}{_RATE}", float),
    ("optimizer.nesterov", r"(?<![a-z])nesterov\s?=\s?(True)", bool),
    ("loss.label_smoothing", rf"label[\s_-]smoothing{_IS}{_RATE}", float),
    ("schedule.cosine", r"(CosineAnnealingLR|cosine (?:annealing|decay|learning|schedule))", str),
    ("schedule.every", rf"StepLR\([^()]{{0,60}}step_size\s?=\s?{_COUNT}", int),
    ("schedule.at", r"milestones\s?=\s?\[([\d, ]{1,60})\]", _counts),
    ("schedule.gamma", rf"(?<![a-z])gamma\s?=\s?{_RATE}", float),
    ("augment.flip", r"(RandomHorizontalFlip|horizontal(?:ly)? flip|random flip)", bool),
    ("augment.crop", rf"RandomCrop\([^()]{{0,40}}padding\s?=\s?{_COUNT}", int),
    ("augment.crop", rf"padd(?:ing|ed) (?:of|by) {_COUNT}(?= pixels)", int),
    (
        "data.validation",
        r"(\d{1,3}(?:,\d{3})+|\d{3,6}) (?:of the )?(?:training )?(?:images )?(?:are |were )?"
        r"(?:held out|for validation)",
        _count,
    ),
)
_PATTERNS = [(key, re.compile(pattern, re.IGNORECASE), convert) for key, pattern, convert in _TABLE]
_OF_A_LAYER = re.compile(r"BatchNorm|track_running_stats|eps=", re.IGNORECASE)  # they have a momentum too
_LONGEST = 2000  # letters of a line


def read_settings(evidence: Evidence) -> dict[str, list[Any]]:
    """Read what a document says of training.

    Arguments:
        evidence: what the document says.

    Returns:
        By the dotted key of a study file, all different values in their order: one if the text agrees with itself.
        `data.fraction` is the part of the training images that is held out.
    """
    said = read_training(evidence).settings
    fractions = said.fractions if said.validation_split is None else [said.validation_split]
    found: dict[str, list[Any]] = {
        "batch_size": [int(size.value) for size in said.batch_sizes],
        "epochs": [int(length.value) for length in said.epochs],
        "optimizer.lr": [rate.value for rate in said.rates],
        "data.fraction": list(fractions),
        "data.validation": [sizes[1] for sizes in said.splits],
    }
    found = {key: list(dict.fromkeys(filter(None, values))) for key, values in found.items()}
    for line in (line.text for line in (evidence.document.lines if evidence.document else ())):
        if len(line) > _LONGEST or _OF_A_LAYER.search(line):
            continue
        for key, pattern, convert in _PATTERNS:
            for match in pattern.finditer(line):
                value = convert(match[1])
                if value and value not in found.setdefault(key, []):
                    found[key].append(value)
    return {key: values for key, values in found.items() if values}


def schedule_of(settings: dict[str, list[Any]]) -> dict[str, Any]:
    """Make a schedule of what the text says.

    Arguments:
        settings: as `read_settings` returns them.

    Returns:
        The mapping `schedule` of a study file; empty if the text names none, or several.
    """
    every, at, gamma = (settings.get(f"schedule.{key}", []) for key in ("every", "at", "gamma"))
    kinds = [
        name for name, said in (("cosine", "schedule.cosine" in settings), ("step", every), ("multistep", at)) if said
    ]
    if len(kinds) != 1 or len(every) > 1 or len(at) > 1:
        return {}
    options = {"every": every[0]} if every else {"at": at[0]} if at else {}
    factor = {"gamma": gamma[0]} if len(gamma) == 1 and options else {}
    return {"name": kinds[0], **options, **factor}
