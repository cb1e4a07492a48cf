"""`audit`: which reported numbers cannot be true? One file per way in which they cannot.

granularity.py    an accuracy over n images is k/n
softmax_floor.py  losses of a softmax before cross-entropy
parameters.py     counts against their arithmetic and the network
shapes.py         sizes against the network
times.py          elapsed seconds
labels.py         splits, steps and epochs against what they are called
replicates.py     two rows that are one experiment
recipe.py         what does not do what it is there for
omissions.py      what a report must say and does not
evidence.py       what a report says, from a study file or from raw text; findings
transcript.py     raw text, read from top to bottom
printed.py        single things that reports print
draft.py          a study file to start from, out of raw text
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from deepstudy.audits import (
    granularity,
    labels,
    omissions,
    parameters,
    recipe,
    replicates,
    shapes,
    softmax_floor,
    times,
)
from deepstudy.audits.evidence import Evidence, Finding, Severity, of_study, of_text
from deepstudy.errors import InputError
from deepstudy.study import Study, load_study

__all__ = ["SEVERITIES", "TESTS", "Audit", "Finding", "audit", "examine", "is_text", "of_study", "of_text", "read_text"]

SEVERITIES: tuple[Severity, ...] = ("impossible", "inconsistent", "doubtful", "missing")

TESTS: Mapping[str, Callable[[Evidence], Iterator[Finding]]] = MappingProxyType(
    {
        "granularity": granularity.audit,
        "softmax floor": softmax_floor.audit,
        "parameters": parameters.audit,
        "shapes": shapes.audit,
        "time": times.audit,
        "labels": labels.audit,
        "replicates": replicates.audit,
        "recipe": recipe.audit,
        "omissions": omissions.audit,
    }
)


@dataclass(frozen=True)
class Audit:
    """What an audit found; `figures` is how many reported numbers were held against something."""

    subject: str
    figures: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is impossible or inconsistent."""
        return all(finding.severity in ("doubtful", "missing") for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The document that `audit --json` prints."""
        return {
            "subject": self.subject,
            "figures": self.figures,
            "findings": [asdict(finding) for finding in self.findings],
        }


def audit(subject: str | Path | Study, trust: bool = False) -> Audit:
    """Hold what a report printed against arithmetic: a study (by name, path or loaded), or raw text (.txt, .md).

    Networks that are not ours are built, to be counted, only with `trust`: that runs their code.
    Raises InputError for what cannot be read.
    """
    if isinstance(subject, Study):
        return examine(of_study(subject, trust))
    if is_text(subject):
        evidence = of_text(read_text(Path(subject)), Path(subject).name)
        if not (evidence.figures or evidence.logs or evidence.sizes or evidence.sums or evidence.trees):
            raise InputError(f"{subject}: no figure, log or size was recognised in it; is it a report's text?")
        return examine(evidence)
    return examine(of_study(load_study(subject), trust))


def is_text(subject: str | Path) -> bool:
    """Whether a subject is a file of raw text, and not a study."""
    path = Path(subject)
    return path.is_file() and path.suffix not in (".yaml", ".yml")


def read_text(path: Path) -> str:
    """The text of a file, UTF-8 or CP949 (Korean Windows). Raises InputError."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if raw.startswith((b"%PDF", b"PK\x03\x04")) or (b"\0" in raw[:4096] and not utf16):
        raise InputError(f"{path}: is no text; save the report as .txt or .md, for example with pdftotext or pandoc")
    if utf16:
        raw = raw.decode("utf-16", errors="replace").encode()
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{path}: is neither UTF-8 nor CP949 text; save it as UTF-8")


def examine(evidence: Evidence) -> Audit:
    """All tests on what a report says, the worst findings first."""
    found = [finding for test in TESTS.values() for finding in test(evidence)]
    for experiment, why in evidence.uncounted.items():
        says = f"The layers of {experiment} were not counted, nor its figures held against them: {why}."
        found.append(Finding("parameters", evidence.where, "missing", says, ""))
    found.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    printed = len(evidence.figures) + len(evidence.sums) + len(evidence.sizes)
    printed += sum(len(line.losses) + len(line.accuracies) for log in evidence.logs for line in log.lines)
    return Audit(evidence.subject, printed, tuple(found))
