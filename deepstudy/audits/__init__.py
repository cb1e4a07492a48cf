"""`audit`: which reported numbers cannot be true? One file for each way in which they cannot.

examine.py     a report, audited by all rules
evidence.py    what a report says, from a study file or from raw text
transcript.py  raw text, read from top to bottom
printed.py     single things that reports print
draft.py       a study file to start from, out of raw text

The other files are the rules. Their names stand here, and nothing heavy is imported, so that `--help` can list them.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from deepstudy.findings import Finding, Rule

if TYPE_CHECKING:
    from deepstudy.audits.examine import Audit
    from deepstudy.study import Study

__all__ = ["RULES", "Finding", "audit"]

_ALL = (
    Rule("granularity", "An accuracy that no whole number of images has.", "granularity"),
    Rule("softmax_floor", "Losses that speak of a softmax before cross-entropy.", "softmax_floor"),
    Rule("parameters", "Parameter counts that contradict their arithmetic, their parts or the network.", "parameters"),
    Rule("shapes", "Printed sizes that the network does not have.", "shapes"),
    Rule("time", "Elapsed seconds that stand still, jump, or contradict the words beside them.", "times"),
    Rule("labels", "Splits, steps and epochs that are not what they are called.", "labels"),
    Rule("replicates", "Two rows that are one experiment, further apart than effects that are claimed.", "replicates"),
    Rule("recipe", "Training choices that do not do what they are for, or carry no conclusion.", "recipe"),
    Rule("omissions", "What a report must say so that others can repeat it, and does not.", "omissions"),
)

#: All rules by name, in the order in which they are applied.
RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.name: Rule(rule.name, rule.says, f"{__name__}.{rule.function}:audit") for rule in _ALL}
)


def audit(subject: "str | Path | Study", trust: bool = False) -> "Audit":
    """Find the numbers of a report that cannot be true.

    Arguments:
        subject: a study (a name, a path, or one that is loaded), or a file of raw text (.txt, .md).
        trust: whether to build networks that are not ours, to count their layers. That runs their code.

    Returns:
        The findings, the worst first.

    Raises:
        InputError: the subject cannot be read, or holds nothing that could be audited.
    """
    from deepstudy.audits.examine import audit_report

    return audit_report(subject, trust)
