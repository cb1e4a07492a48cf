"""`audit`: which reported numbers cannot be true? One file for each way in which they cannot.

examine.py     a report, read and audited by all rules
evidence.py    what a report says, from a study file or from raw text
transcript.py  raw text, read from top to bottom
printed.py     single things that reports print
draft.py       a study file to start from, out of raw text

Each other file is a rule: its function `find(evidence)` yields findings. The rules stand in `RULES`. Nothing heavy is
imported here, so that `--help` can list them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from deepstudy.findings import Finding, make_rules

if TYPE_CHECKING:
    from deepstudy.audits.examine import AuditResult
    from deepstudy.study import Study

__all__ = ["RULES", "Finding", "audit"]

_LINES = {
    "granularity": "Accuracies that no whole number of images can give.",
    "softmax_floor": "Losses that show a softmax before cross-entropy.",
    "parameters": "Parameter counts that contradict their own arithmetic, their parts or the network.",
    "shapes": "Printed sizes that the network does not produce.",
    "time": "Elapsed times that stand still, jump, or disagree with the same time in words.",
    "labels": "Image counts, steps and epochs that do not match the data set or the run.",
    "replicates": "Two runs of the same experiment that differ by more than a claimed effect.",
    "recipe": "Training choices that have no effect, do harm, or do not support a conclusion.",
    "omissions": "Missing details that others need to repeat the experiments.",
}

#: All rules by name, in the order in which they are applied.
RULES = make_rules(__name__, _LINES)


def audit(report: "str | Path | Study", trust: bool = False) -> "AuditResult":
    """Find the numbers of a report that cannot be true.

    Arguments:
        report: a study (a name, a path, or one that is loaded), or a file of raw text (.txt, .md).
        trust: whether to build networks that are not ours, to count their layers. That runs their code.

    Returns:
        The findings, the worst first.

    Raises:
        InputError: the report cannot be read, or holds nothing that could be audited.

    Example:
        >>> [finding.says for finding in deepstudy.audit("report.txt").findings if finding.severity == "impossible"]
    """
    from deepstudy.audits.examine import examine, read_evidence

    return examine(read_evidence(report, trust))
