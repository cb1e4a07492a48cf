"""A report, audited by all rules."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deepstudy.audits import RULES
from deepstudy.audits.evidence import Evidence, of_study, of_text
from deepstudy.errors import InputError
from deepstudy.findings import Finding, worst_first
from deepstudy.study import Study, load_study


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
            "findings": [finding_as_json(finding) for finding in self.findings],
        }


def finding_as_json(finding: Finding) -> dict[str, str]:
    """Write a finding of an audit as `audit --json` and `audit --csv` do.

    Arguments:
        finding: a finding of an audit.

    Returns:
        Its fields. `test` is the old name of `rule` and has the same value.
    """
    return {
        "rule": finding.rule,
        "where": finding.where,
        "severity": finding.severity,
        "says": finding.says,
        "reported": finding.reported,
        "possible": finding.possible,
        "test": finding.rule,
    }


def audit_report(subject: str | Path | Study, trust: bool = False) -> Audit:
    """Read a report and apply all rules to it: see `deepstudy.audit`.

    Arguments:
        subject: a study (a name, a path, or one that is loaded), or a file of raw text.
        trust: whether to build networks that are not ours.

    Returns:
        The findings, the worst first.

    Raises:
        InputError: the subject cannot be read, or holds nothing that could be audited.
    """
    if isinstance(subject, Study):
        return examine(of_study(subject, trust))
    if is_text(subject):
        evidence = of_text(read_text(Path(subject)), Path(subject).name)
        if not (evidence.figures or evidence.logs or evidence.sizes or evidence.sums or evidence.trees):
            raise InputError(f"{subject}: no figure, log or size was recognised in it; is it a report's text?")
        return examine(evidence)
    return examine(of_study(load_study(subject), trust))


def examine(evidence: Evidence) -> Audit:
    """Apply all rules to what a report says.

    Arguments:
        evidence: what the report says.

    Returns:
        The findings, the worst first.
    """
    findings = [finding for rule in RULES.values() for finding in rule.load()(evidence)]
    for experiment, why in evidence.uncounted.items():
        says = f"The layers of {experiment} were not counted, nor its figures held against them: {why}."
        findings.append(Finding("parameters", "missing", says, where=evidence.where))
    figures = len(evidence.figures) + len(evidence.sums) + len(evidence.sizes)
    figures += sum(len(line.losses) + len(line.accuracies) for log in evidence.logs for line in log.lines)
    return Audit(evidence.subject, figures, worst_first(findings))


def is_text(subject: str | Path) -> bool:
    """Say whether a subject is a file of raw text, and not a study.

    Arguments:
        subject: the name of a study, or a path.

    Returns:
        True for a file that is not YAML.
    """
    path = Path(subject)
    return path.is_file() and path.suffix not in (".yaml", ".yml")


def read_text(path: Path) -> str:
    """Read a file of text, in UTF-8, UTF-16 or CP949 (Korean Windows).

    Arguments:
        path: the file.

    Returns:
        Its text.

    Raises:
        InputError: the file cannot be read or is not text.
    """
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
