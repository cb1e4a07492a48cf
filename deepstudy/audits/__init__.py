"""`audit`: which reported numbers cannot be true? Each rule has a file.

reading/       from a file in any format to statements, each with its place
evidence.py    what a report says, from a study file or from a document
rules/         one way in which a number can be impossible, a file each
arithmetic/    what layers, classes, images and bytes allow
examine.py     reads a report and applies all rules
several.py     several reports, audited and compared
folder_rules/  one way in which two files can disagree, a file each
measured/      what the runs in a folder measured, and which figures are among it
run_rules/     one way in which a report can differ from its runs, a file each
page/          the report as an HTML page, with each finding beside its line
draft/         makes a study file to start from out of raw text
transcript.py  the recipe that a document states
printed.py     recognises numbers, log lines, sizes and sums in printed lines

A rule has the name of its file: its function `find(evidence)` yields findings. `RULES` lists them. Nothing heavy is
imported here, so `--help` can list them quickly.
"""

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from deepstudy.findings import Finding, make_rules

if TYPE_CHECKING:
    from deepstudy.audits.examine import AuditResult
    from deepstudy.study import Study

__all__ = ["ALL_RULES", "FOLDER_RULES", "RULES", "RUN_RULES", "Finding", "audit"]

_LINES = {
    "granularity": "Accuracies that no whole number of images can give.",
    "class_metrics": "Confusion matrices and classification reports that contradict themselves.",
    "rates": "Rates that cannot belong together.",
    "loss_floor": "Losses that are too low for their accuracy.",
    "loss_scales": "Two losses of one line that differ several times at the same accuracy.",
    "softmax_floor": "Losses that show a softmax before cross-entropy.",
    "parameters": "Parameter counts that contradict their own arithmetic, their parts or the network.",
    "shapes": "Printed sizes that the network does not produce.",
    "time": "Elapsed times that stand still, jump, or disagree with the same time in words.",
    "labels": "Image counts, steps and epochs that do not match the data set or the run.",
    "epoch_means": "Epoch figures that do not lie among their steps.",
    "schedules": "Learning rates that do not follow from the stated schedule.",
    "conclusions": "Sentences that contradict the report's own tables and numbers.",
    "differences": "Differences and factors in sentences that no two printed numbers have.",
    "settings": "Settings that the report gives twice, with two values.",
    "table_sums": "Means, totals and differences of a table that do not follow from its rows.",
    "replicates": "Two runs of the same experiment that differ by more than a claimed effect.",
    "spreads": "Means, spreads and ranges that cannot belong together.",
    "p_values": "p-values that do not follow from their statistic.",
    "recipe": "Training choices that have no effect, do harm, or do not support a conclusion.",
    "omissions": "Missing details that others need to repeat the experiments.",
}

#: The rules of a report by name, in the order in which they are applied.
RULES = make_rules(f"{__name__}.rules", _LINES)

_LINES_OF_FOLDERS = {
    "files_disagree": "A report and the log or notebook beside it that print different results of one run.",
}

#: The rules that compare the files of a folder.
FOLDER_RULES = make_rules(f"{__name__}.folder_rules", _LINES_OF_FOLDERS)

_LINES_OF_RUNS = {
    "no_run": "Accuracies, errors and losses of a report that none of its runs gave.",
    "other_settings": "Settings of a report that none of its runs had.",
}

#: The rules that hold a report against the runs in a folder.
RUN_RULES = make_rules(f"{__name__}.run_rules", _LINES_OF_RUNS)

#: All rules of `audit` by name.
ALL_RULES = MappingProxyType({**RULES, **FOLDER_RULES, **RUN_RULES})


def audit(report: "str | Path | Study", trust: bool = False, runs: "str | Path | None" = None) -> "AuditResult":
    """Find the numbers of a report that cannot be true.

    Arguments:
        report: a study (a name, a path, or one that is loaded), a file (text, Markdown, notebook, HTML, LaTeX, PDF,
            Word), or a text of several lines.
        trust: whether to build networks that are not built in, to count their layers. This runs their code.
        runs: a folder of the runs that the report is about: run directories, CSV files of metrics, recordings of
            `watch`. Its figures are held against them.

    Returns:
        The findings, the worst first.

    Raises:
        InputError: the report cannot be read, or has nothing to audit; or `runs` holds no run.

    Example:
        >>> [finding.says for finding in deepstudy.audit("report.txt").findings if finding.severity == "impossible"]
    """
    from deepstudy.audits.examine import examine, read_evidence

    evidence = read_evidence(report, trust)
    if runs is None:
        return examine(evidence)
    from deepstudy.audits.measured.folder import read_runs

    return examine(evidence, read_runs(Path(runs)))
