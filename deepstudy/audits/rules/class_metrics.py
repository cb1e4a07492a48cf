"""Confusion matrices and classification reports that contradict themselves.

The rule reads classification reports, confusion matrices, and lists of true and false positives. It checks:

* F1 against precision and recall; recall times images, which is a whole number;
* means, accuracy and sums of images against the rows above them;
* a matrix against its totals, its report and the accuracy beside it;
* images of each class against the test images of MNIST, Fashion-MNIST and CIFAR.

## Why it matters
All these figures come from the same predictions, so each follows from others. A figure that does not follow was
mistyped, or it belongs to another network or to other images.

## Example
```text
              precision    recall  f1-score   support
         cat       0.92      0.86      0.95        50
         dog       0.87      0.92      0.89        50
    accuracy                           0.89       100
```

## Not an error
Here 2 x 0.92 x 0.86 / (0.92 + 0.86) rounds to 0.89. Rounding is carried through everywhere.
```text
              precision    recall  f1-score   support
         cat       0.92      0.86      0.89        50
         dog       0.87      0.92      0.89        50
    accuracy                           0.89       100
```

## How to fix
Print the whole report and the matrix of one evaluation, and copy no single figures. Say of which network and of which
images they are.

## Source
Arithmetic. The tests of mlscorecheck (Fazekas & Kovacs 2024) rest on the same thought.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from deepstudy.audits.arithmetic.class_arithmetic import (
    TEST_IMAGES,
    Range,
    binary_rates,
    correct_range,
    f1_of,
    f1_range,
    known_differences,
    mean_range,
    meets,
    predicted_range,
    supports_of,
    whole_counts,
)
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.classes.class_reports import ClassReport, ClassRow, RateCell, Sections
from deepstudy.audits.reading.classes.class_words import RATE_COLUMNS
from deepstudy.audits.reading.classes.confusions import (
    BinaryCounts,
    ConfusionMatrix,
    read_binary_counts,
    read_rates_beside,
)
from deepstudy.audits.reading.contexts import datasets_in
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.statements import Statement
from deepstudy.findings import AuditSeverity, Finding

_NAMES = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "specificity": "specificity",
    "accuracy": "accuracy",
}
_TITLES = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "cifar10": "CIFAR-10", "cifar100": "CIFAR-100"}
_OVER_RUNS = re.compile(
    r"(?i)\bfolds?\b|cross[- ]?valid|\bseeds?\b|\bruns\b|±|교차 ?검증|交叉验证|交差検証|validación cruzada|"
    r"validação cruzada|kreuzvalid|validation croisée"
)
_LESS = 0.8  # of the test images: a smaller matrix is of something else
#: Words of an accuracy that no training is needed for.
_TRIVIAL = re.compile(
    r"(?i)trivial|\balways\b|majority|chance|random guess|constant|siempre|sempre|immer|toujours|mayoritaria|항상|"
    r"总是|常に|随机"
)
_NEAR = 40  # lines between a matrix and the accuracy or the report that belongs to it
_MOST = 0.6  # of all figures fit where a report and a matrix are of the same predictions


@dataclass(frozen=True)
class _ClassContradiction:
    """What is wrong in one report or matrix."""

    line: int
    says: str
    reported: str
    possible: str
    severity: AuditSeverity = "inconsistent"


def find(evidence: Evidence) -> Iterator[Finding]:
    """Hold the figures of reports and confusion matrices against each other.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding for each report, matrix and list, and for each pair of a report and a matrix.
    """
    document = evidence.document
    if document is None:
        return
    tables = evidence.class_reports
    reports = [table for table in tables if table.is_of_classes]
    matrices = [matrix for matrix in evidence.matrices if not _lies_in(matrix, reports)]
    problems: list[_ClassContradiction] = []
    wrong: list[ClassReport] = []
    for report in reports:
        if (problem := _check_report(report, evidence)) is not None:
            wrong.append(report)
            problems.append(problem)
    for matrix, report in _pairs(matrices, reports):
        if (problem := _compare(matrix, report)) is not None and report not in wrong:
            problems.append(problem)
    named = [matrix for matrix in matrices if matrix.is_named]
    compared = {problem.line for problem in problems}
    for matrix in named:
        if (problem := _check_matrix(matrix, evidence)) is not None and not compared & {*matrix.lines}:
            problems.append(problem)
    problems += _against_accuracies(named, reports, evidence)
    problems += filter(None, (_check_counts(table) for table in tables))
    wrong_sums = {each.where for each in evidence.sums if abs(each.value - each.stated) > 1e-9}  # `parameters` says it
    for binary in read_binary_counts(document, evidence.layout):
        problem = _check_binary(binary)
        if problem is not None and document.where(problem.line + 1) not in wrong_sums:
            problems.append(problem)
    if len(named) == 1 and named[0].counts and named[0].size == 2:
        binary = read_rates_beside(document, evidence.layout, named[0])
        if (problem := _check_beside(binary)) is not None and not any(
            each.line in (binary.line, problem.line) for each in problems
        ):
            problems.append(problem)
    for problem in sorted(problems, key=lambda each: each.line):
        where = document.where(problem.line + 1)
        yield Finding(
            "class_metrics", problem.severity, problem.says, where, reported=problem.reported, possible=problem.possible
        )


def _lies_in(matrix: ConfusionMatrix, reports: Sequence[ClassReport]) -> bool:
    return any(report.line <= matrix.line < report.end for report in reports)


# One report ----------------------------------------------------------------------------------------------------------


def _check_report(report: ClassReport, evidence: Evidence) -> _ClassContradiction | None:
    """The first law that a report breaks; one wrong figure breaks several, so the others are not looked at."""
    assert evidence.document is not None
    for check in (_f1_of_rows, _whole_numbers, _sum_of_supports, _accuracy, _means, _predictions):
        if (problem := check(report, evidence.document)) is not None:
            return problem
    supports, dataset = supports_of(report), _dataset(evidence, report.line)
    if supports is None or dataset is None:
        return None
    return _images_of_classes([row.name for row in report.rows], [row.line for row in report.rows], supports, dataset)


def _f1_of_rows(report: ClassReport, document: ReportDocument) -> _ClassContradiction | None:
    rows = [row for row in report.rows if {"precision", "recall", "f1"} <= {*row.rates}]
    wrong = [row for row in rows if not meets(row.rates["f1"], f1_range(row.rates["precision"], row.rates["recall"]))]
    if not wrong:
        return None
    severity: AuditSeverity = "impossible"
    if len(wrong) > max(1, len(rows) / 2):
        # Means over runs: F1 of each is below that of the means.
        if all(row.rates["f1"].value < f1_of(row.rates["precision"].value, row.rates["recall"].value) for row in wrong):
            if _OVER_RUNS.search(document.text):
                return None
            severity = "doubtful"
        else:
            severity = "inconsistent"
    row = wrong[0]
    precision, recall, f1 = (row.rates[kind] for kind in ("precision", "recall", "f1"))
    low, high = f1_range(precision, recall)
    possible = _between(low, high, f1)
    says = (
        f"F1 of {_class(row)} cannot be {f1.text}. Precision {precision.text} and recall {recall.text} give {possible}."
    )
    says += _more(len(wrong) - 1, "row", "has", "have", "such an F1")
    if severity == "doubtful":
        says += " These may be means over runs, which the report does not say."
    return _ClassContradiction(row.line, says, f1.text, possible, severity)


def _whole_numbers(report: ClassReport, document: ReportDocument) -> _ClassContradiction | None:
    rows = [row for row in report.rows if "recall" in row.rates and row.support]
    wrong = [row for row in rows if not whole_counts(row.rates["recall"], row.support or 0)]
    if not wrong or (len(wrong) > 1 and _OVER_RUNS.search(document.text)):
        return None
    row = wrong[0]
    recall, images = row.rates["recall"], row.support or 0
    below = int(recall.value * images)
    near = " or ".join(_percent_or_fraction(k / images, recall) for k in (below, below + 1))
    says = (
        f"A recall of {recall.text} is not possible for {_class(row)}, which has {images:,} images. "
        f"{below:,} or {below + 1:,} right images give {near}."
    )
    says += _more(len(wrong) - 1, "row", "has", "have", "such a recall")
    severity: AuditSeverity = "doubtful" if len(wrong) > max(1, len(rows) / 2) else "impossible"
    if severity == "doubtful":
        says += " The rates may be means over runs, which the report does not say."
    return _ClassContradiction(row.line, says, recall.text, near, severity)


def _sum_of_supports(report: ClassReport, document: ReportDocument) -> _ClassContradiction | None:
    supports = supports_of(report)
    if supports is None or not supports or report.has_gap:
        return None
    right = sum(supports)
    wrong = [(total, line) for total, line in report.totals if total != right]
    # Reports are often printed in part: then more images are missing than the least class has.
    is_cut = (
        len(wrong) == len(report.totals) and min(total for total, _ in wrong or [(0, 0)]) >= right + min(supports) / 5
    )
    classes = {len(TEST_IMAGES[name]) for name in datasets_in(document.text[:200_000]) if name in TEST_IMAGES}
    if not wrong or (is_cut and classes != {len(supports)}):
        return None
    total, line = wrong[0]
    says = f"The classes have {right:,} images together, but the report prints {total:,} as their sum."
    return _ClassContradiction(line, says, f"{total:,}", f"{right:,}")


def _is_complete(report: ClassReport) -> bool:
    """Whether no class is left out, as far as the sums of images tell."""
    supports = supports_of(report)
    return not report.has_gap and (supports is None or all(total == sum(supports) for total, _ in report.totals))


def _means(report: ClassReport, document: ReportDocument) -> _ClassContradiction | None:
    """Macro and weighted means against the rows, and the weighted recall against the accuracy."""
    if not _is_complete(report) or len(report.rows) < 2:
        return None
    wrong: list[tuple[ClassRow, str, Range]] = []
    for average, row in report.averages.items():
        for kind, cell in row.rates.items():
            allowed = _mean_of(report, average, kind)
            if allowed and not any(meets(cell, each) for each in allowed):
                wrong.append((row, kind, allowed[0]))
    accuracy = report.accuracy.rates.get("accuracy") if report.accuracy else None
    weighted = report.averages.get("weighted")
    if not wrong and accuracy is not None and weighted is not None and "recall" in weighted.rates:
        recall = weighted.rates["recall"]
        if not meets(recall, (accuracy.low, accuracy.high)):
            says = (
                f"The weighted mean of the recalls is the accuracy, but {recall.text} and {accuracy.text} are printed."
            )
            return _ClassContradiction(weighted.line, says, recall.text, accuracy.text)
    if not wrong:
        return None
    row, kind, (low, high) = wrong[0]
    cell = row.rates[kind]
    possible = _between(low, high, cell)
    says = f"The {_NAMES[kind]} of “{_clean(row.name)}” is {cell.text}, but the rows above it give {possible}."
    says += _more(
        len(wrong) - 1,
        "mean",
        "does",
        "do",
        "not follow from its rows" if len(wrong) == 2 else "not follow from their rows",
    )
    return _ClassContradiction(row.line, says, cell.text, possible)


def _mean_of(report: ClassReport, average: str, kind: str) -> list[Range]:
    """The ranges that a mean of a column can have: the usual one first; none if nothing is known about it."""
    cells = [row.rates[kind] for row in report.rows if kind in row.rates]
    if len(cells) < len(report.rows) or kind == "accuracy":
        return []
    plain = mean_range(cells, [1] * len(cells))
    supports = supports_of(report)
    ranges = [plain] if average in ("macro", "average") else []
    if average in ("weighted", "average"):
        if supports is not None and any(supports):
            ranges.append(mean_range(cells, supports))
        else:
            ranges.append((min(cell.low for cell in cells), max(cell.high for cell in cells)))
    if average == "average":
        ranges.append((min(cell.low for cell in cells), max(cell.high for cell in cells)))
    if ranges and kind == "f1" and not report.is_output:
        row = report.averages[average]
        if {"precision", "recall"} <= {*row.rates}:
            ranges.append(f1_range(row.rates["precision"], row.rates["recall"]))
    return ranges


def _accuracy(report: ClassReport, document: ReportDocument) -> _ClassContradiction | None:
    cell = report.accuracy.rates.get("accuracy") if report.accuracy else None
    allowed = correct_range(report.rows)
    if report.accuracy is None or cell is None or allowed is None or not _is_complete(report) or meets(cell, allowed):
        return None
    possible = _between(*allowed, cell)
    has_images = supports_of(report) is not None
    says = f"The accuracy {cell.text} does not follow from the recalls. " + (
        f"Recall times images, added over all classes, gives {possible}."
        if has_images
        else f"It is a mean of the recalls, so it lies between the least and the greatest: {possible}."
    )
    return _ClassContradiction(report.accuracy.line, says, cell.text, possible)


def _predictions(report: ClassReport, document: ReportDocument) -> _ClassContradiction | None:
    """Each image is predicted once: recall x images / precision, added over the classes, is the number of images."""
    supports, allowed = supports_of(report), predicted_range(report.rows)
    if report.accuracy is None or supports is None or allowed is None or not _is_complete(report):
        return None
    total = sum(supports)
    if allowed[0] <= total + 1e-6 and total <= allowed[1] + 1e-6:
        return None
    if allowed[1] < total and any(row.rates["precision"].low <= 0 for row in report.rows):
        return None
    side = f"at least {allowed[0]:,.0f}" if allowed[0] > total else f"at most {allowed[1]:,.0f}"
    says = (
        f"Precisions and recalls do not belong together. They need {side} predictions in all, but there are {total:,} "
        "images, and each has one prediction."
    )
    return _ClassContradiction(report.line, says, f"{total:,} images", f"{side} predictions")


def _images_of_classes(
    names: Sequence[str], lines: Sequence[int], images: Sequence[int], dataset: str
) -> _ClassContradiction | None:
    """The images of each class against those of the data set's test images; `names` is empty if none are printed."""
    is_ordered = all(str(at) in re.findall(r"\d+", name)[:1] for at, name in enumerate(names))
    different = known_differences(images, dataset)
    if not different or (dataset == "mnist" and not is_ordered):
        return None
    at = different[0]
    right = TEST_IMAGES[dataset][at]
    name = f"“{_clean(names[at])}”" if names else f"row {at + 1}"
    says = f"There are {images[at]:,} images of {name}, but {_TITLES[dataset]} has {right:,} test images of it. "
    says += "The other classes are right." if len(different) == 1 else f"In all {len(different)} classes differ."
    return _ClassContradiction(lines[at], says, f"{images[at]:,}", f"{right:,}")


def _dataset(evidence: Evidence, line: int) -> str | None:
    """The data set, if the section, or else the document, names exactly one."""
    assert evidence.document is not None
    headings = " ".join(Sections(evidence.layout).of(line))
    for text in (headings, f"{evidence.document.name}\n{evidence.document.text[:200_000]}"):
        if names := set(datasets_in(text)):
            return names.pop() if len(names) == 1 else None
    return None


# A matrix ------------------------------------------------------------------------------------------------------------


def _check_matrix(matrix: ConfusionMatrix, evidence: Evidence) -> _ClassContradiction | None:
    """A matrix against its printed totals, its shares against 1, its rows against the data set."""
    if matrix.rates:
        return _shares(matrix)
    for axis, sums, totals in (
        ("row", matrix.row_sums, matrix.row_totals),
        ("column", matrix.column_sums, matrix.column_totals),
    ):
        wrong = [at for at, (found, total) in enumerate(zip(sums, totals, strict=False)) if found != total]
        if wrong and len(wrong) <= len(totals) / 2:
            at = wrong[0]
            line = matrix.lines[at] if axis == "row" else matrix.line
            says = (
                f"The {axis} {_row_name(matrix, at)} adds up to {sums[at]:,}, but its printed total is {totals[at]:,}."
            )
            return _ClassContradiction(line, says, f"{totals[at]:,}", f"{sums[at]:,}")
    dataset = _dataset(evidence, matrix.line)
    if dataset is None and len(evidence.matrices) == 1:
        return _all_images(matrix, evidence)
    if dataset is None or known_differences(matrix.column_sums, dataset) == []:
        return None  # rows may be predictions
    return _images_of_classes(matrix.labels, matrix.lines, matrix.row_sums, dataset)


def _all_images(matrix: ConfusionMatrix, evidence: Evidence) -> _ClassContradiction | None:
    """The sum of a matrix against the number of test images that the text gives."""
    said = {int(each.value) for each in evidence.statements if each.metric == "images" and each.split == "test"}
    known = {int(each.value) for each in evidence.statements if each.metric == "images"}
    near = [images for images in said if _LESS * images < matrix.total < images / _LESS]
    if len(near) != 1 or matrix.total in known or near[0] % matrix.size:
        return None
    share = near[0] // matrix.size
    odd = [at for at, total in enumerate(matrix.row_sums) if total != share]
    says = f"The confusion matrix adds up to {matrix.total:,} images, but the text has {near[0]:,} test images."
    if len(odd) == 1:
        says += f" The row {_row_name(matrix, odd[0])} has {matrix.row_sums[odd[0]]:,}, each other one {share:,}."
    line = matrix.lines[odd[0]] if len(odd) == 1 else matrix.line
    severity: AuditSeverity = "inconsistent" if len(odd) == 1 else "doubtful"
    return _ClassContradiction(line, says, f"{matrix.total:,}", f"{near[0]:,}", severity)


def _shares(matrix: ConfusionMatrix) -> _ClassContradiction | None:
    """Rows of shares that do not add up to 1 while the others do."""
    columns = [*zip(*matrix.rates, strict=True)]
    wrong = [at for at, row in enumerate(matrix.rates) if not _is_whole(row)]
    if not wrong or len(wrong) > matrix.size / 2 or sum(map(_is_whole, columns)) >= matrix.size - len(wrong):
        return None  # most rows are no whole, or they are shares of the columns
    at = wrong[0]
    found = sum(cell.value for cell in matrix.rates[at])
    says = f"The shares of row {_row_name(matrix, at)} add up to {100 * found:.4g} %. Those of other rows give 100 %."
    return _ClassContradiction(matrix.lines[at], says, f"{100 * found:.4g} %", "100 %")


def _is_whole(cells: Sequence[RateCell]) -> bool:
    return sum(cell.low for cell in cells) <= 1 + 1e-9 and sum(cell.high for cell in cells) >= 1 - 1e-9


def _row_name(matrix: ConfusionMatrix, at: int) -> str:
    return f"“{matrix.labels[at]}”" if matrix.labels else str(at + 1)


# A matrix and a report -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fit:
    """How far a report fits a matrix, read in one of its two directions."""

    fitting: int
    misfits: tuple[tuple[ClassRow, str, float], ...]  # what is printed, of which column, and what the matrix gives

    @property
    def share(self) -> float:
        return self.fitting / max(self.fitting + len(self.misfits), 1)


def _pairs(
    matrices: Sequence[ConfusionMatrix], reports: Sequence[ClassReport]
) -> Iterator[tuple[ConfusionMatrix, ClassReport]]:
    """Each matrix with the report beside it that it fits best."""
    for matrix in matrices:
        if not matrix.counts:
            continue
        before = [report for report in reports if report.end <= matrix.line and len(report.rows) == matrix.size][-1:]
        after = [report for report in reports if report.line >= matrix.end and len(report.rows) == matrix.size][:1]
        near = [
            report
            for report in (*before, *after)
            if min(abs(report.line - matrix.end), abs(matrix.line - report.end)) <= _NEAR
        ]
        if near:
            yield matrix, max(near, key=lambda report: _best_fit(matrix, report).share)


def _best_fit(matrix: ConfusionMatrix, report: ClassReport) -> _Fit:
    transposed = tuple(zip(*matrix.counts, strict=True))
    return max((_fit(matrix.counts, report), _fit(transposed, report)), key=lambda fit: fit.share)


def _fit(counts: Sequence[Sequence[int]], report: ClassReport) -> _Fit:
    """The report's figures against a matrix whose rows are the actual classes."""
    rows, columns = [*map(sum, counts)], [*map(sum, zip(*counts, strict=True))]
    fitting, misfits = 0, []
    for at, row in enumerate(report.rows):
        values = {
            "recall": counts[at][at] / rows[at] if rows[at] else 0.0,
            "precision": counts[at][at] / columns[at] if columns[at] else 0.0,
        }
        found = [
            (kind, value, meets(row.rates[kind], (value, value))) for kind, value in values.items() if kind in row.rates
        ]
        if row.support is not None:
            found.insert(0, ("support", rows[at], row.support == rows[at]))
        fitting += sum(fits for _, _, fits in found)
        misfits += [(row, kind, value) for kind, value, fits in found if not fits]
    return _Fit(fitting, tuple(misfits))


def _compare(matrix: ConfusionMatrix, report: ClassReport) -> _ClassContradiction | None:
    """What a matrix and the report of the same predictions say differently."""
    fit = _best_fit(matrix, report)
    supports = [kind for _, kind, _ in fit.misfits if kind == "support"]
    has_wrong_row = 0 < len(supports) < matrix.size  # a wrong cell of two classes changes half of all figures
    if fit.share < (0.5 if has_wrong_row else _MOST) or (fit.share == 1 and report.accuracy is None):
        return None
    if fit.misfits:
        row, kind, value = fit.misfits[0]
        if kind == "support":
            says = f"The report has {row.support:,} images of {_class(row)}, but the matrix has {value:,.0f}."
            reported, possible = f"{row.support:,}", f"{value:,.0f}"
        else:
            cell = row.rates[kind]
            reported, possible = cell.text, _percent_or_fraction(value, cell)
            says = f"The {kind} of {_class(row)} is {cell.text}, but the confusion matrix gives {possible}."
        says += _more(
            len(fit.misfits) - 1, "figure", "of the report differs", "of the report differ", "from the matrix"
        )
        return _ClassContradiction(row.line, says, reported, possible)
    assert report.accuracy is not None
    accuracy, share = report.accuracy.rates.get("accuracy"), matrix.correct / matrix.total
    if accuracy is None or meets(accuracy, (share, share)):
        return None
    says = (
        f"The accuracy is {accuracy.text}, but the confusion matrix has {matrix.correct:,} right images of "
        f"{matrix.total:,}."
    )
    return _ClassContradiction(report.accuracy.line, says, accuracy.text, _percent_or_fraction(share, accuracy))


# A matrix and accuracies ---------------------------------------------------------------------------------------------


def _against_accuracies(
    matrices: Sequence[ConfusionMatrix], reports: Sequence[ClassReport], evidence: Evidence
) -> Iterator[_ClassContradiction]:
    """Matrices against the accuracies that the text states beside them."""
    stated = [
        each
        for each in map(_as_rate, evidence.statements)
        if each.metric in ("accuracy", "error")
        and not (each.is_change or each.is_cited or each.is_about or each.is_mean)
        and not any(report.line <= each.span.line < report.end for report in reports)
        and not any(matrix.line <= each.span.line < matrix.end for matrix in matrices)
    ]
    if len(reports) == 1 and not matrices:
        yield from _one_report(reports[0], stated)
    if len(matrices) == 1:
        yield from _one_matrix(matrices[0], stated, reports)
        return
    pairs = []
    for at, matrix in enumerate(matrices):
        start = max(matrices[at - 1].end if at else 0, matrix.line - 12)
        above = [each for each in stated if start <= each.span.line < matrix.line and each.split != "train"]
        if above and matrix.counts:
            pairs.append((matrix, above[-1]))
    wrong = [(matrix, each) for matrix, each in pairs if not _fits_matrix(each, matrix)]
    if len(pairs) >= 3 and len(wrong) <= len(pairs) / 3:
        for matrix, each in wrong[:1]:
            if not any(_fits_matrix(other, matrix) for other in stated):
                yield _accuracy_of_matrix(matrix, each)


_COMPARED = re.compile(
    r"(?i)\b(?:compared|against|than|vs\.?|versus|gegenüber|verglichen|als|frente|comparad[oa]|que|face|contre|baseline)\b|"
    r"대비|보다|相比|比|より|に対し"
)


def _one_matrix(
    matrix: ConfusionMatrix, stated: Sequence[Statement], reports: Sequence[ClassReport]
) -> Iterator[_ClassContradiction]:
    """The only matrix of a document against the only accuracy near it, if no accuracy of the document fits."""
    if any(_fits_matrix(each, matrix) for each in stated):
        return
    headings = matrix.headings
    near = [
        each
        for each in stated
        if abs(each.span.line - matrix.line) <= _NEAR
        and each.headings[:1] == headings[:1]
        and each.split in (None, "test")
        and each.epoch is None
        and not _TRIVIAL.search(each.text)
    ]
    near = [each for each in near if each.headings == headings] or near
    near = [
        each
        for at, each in enumerate(near)  # `96.7 %, compared with 93.2 % of the old model`
        if not (at and near[at - 1].text == each.text and _COMPARED.search(each.text))
    ]
    distinct = {round(each.value if each.metric == "accuracy" else 100 - each.value, 1) for each in near}
    others = [
        report
        for report in reports
        if abs(report.line - matrix.line) <= _NEAR
        and len(report.rows) == matrix.size
        and not (matrix.counts and report.accuracy is None and _is_of_matrix(report, matrix))
    ]
    if len(distinct) == 1 and not others and len({each.of for each in near}) == 1:
        yield _accuracy_of_matrix(matrix, near[0])


def _is_of_matrix(report: ClassReport, matrix: ConfusionMatrix) -> bool:
    """Whether a report is that of a matrix, and nothing that they disagree on is said elsewhere."""
    share = _best_fit(matrix, report).share
    return share == 1 or (share >= 0.5 and _compare(matrix, report) is None)


def _one_report(report: ClassReport, stated: Sequence[Statement]) -> Iterator[_ClassContradiction]:
    """The only report of a document against the only accuracy of it, if the report prints none itself."""
    allowed = correct_range(report.rows)
    accuracies = [each for each in stated if each.metric == "accuracy"]
    tested = [each for each in accuracies if each.split in (None, "test") and each.epoch is None]
    distinct = {round(each.value, 1) for each in tested}
    if allowed is None or report.accuracy is not None or not _is_complete(report) or len(distinct) != 1:
        return
    cells = [(each, _cell_of(each)) for each in tested if abs(each.span.line - report.line) <= _NEAR]
    if not cells or any(meets(_cell_of(each), allowed) for each in accuracies):
        return
    first, cell = cells[0]
    possible = _between(*allowed, cell)
    says = f"The text states an accuracy of {cell.text}. It is a mean of the classes' recalls, which give {possible}."
    yield _ClassContradiction(first.span.line, says, cell.text, possible)


def _as_rate(statement: Statement) -> Statement:
    """Right images of all as their accuracy: `372 of 408`."""
    part, whole = statement.correct, statement.images
    if statement.metric != "correct" or part is None or not whole or not 0 < part <= whole:
        return statement
    share = 100 * part / whole
    return replace(statement, metric="accuracy", printed=f"{share:.2f}", value=share, step=0.01, unit="%")


def _cell_of(statement: Statement) -> RateCell:
    """A stated rate as a fraction, rounded or cut off."""
    text = f"{statement.printed} %" if statement.unit in ("%", "percent") else statement.printed
    low, high = statement.value - max(statement.step / 2, 1e-4), statement.value + max(statement.step, 1e-4)
    return RateCell(text, statement.value / 100, low / 100, high / 100)


def _fits_matrix(each: Statement, matrix: ConfusionMatrix) -> bool:
    """Whether an accuracy can be that of a matrix; of shares, whether it lies among those on the diagonal."""
    value = each.value if each.metric == "accuracy" else 100 - each.value
    slack = each.step if each.metric == "accuracy" else each.step / 2
    low, high = value - max(each.step / 2, 1e-4), value + max(slack, 1e-4)
    if matrix.counts:
        return low - 1e-9 <= 100 * matrix.correct / matrix.total <= high + 1e-9
    diagonal = [row[at] for at, row in enumerate(matrix.rates)]
    if not all(map(_is_whole, matrix.rates)):
        return True
    return low <= 100 * max(cell.high for cell in diagonal) and high >= 100 * min(cell.low for cell in diagonal)


def _accuracy_of_matrix(matrix: ConfusionMatrix, each: Statement) -> _ClassContradiction:
    what = "an accuracy" if each.metric == "accuracy" else "an error"
    printed = f"{each.printed} %" if each.unit in ("%", "percent") else each.printed
    if not matrix.counts:
        cells = [row[at] for at, row in enumerate(matrix.rates)]
        least, most = (100 * pick(cell.value for cell in cells) for pick in (min, max))
        says = (
            f"The text states {what} of {printed}. It is a mean of the diagonal of the confusion matrix, "
            f"so it lies between {least:.4g} and {most:.4g} %."
        )
        return _ClassContradiction(each.span.line, says, printed, f"{least:.4g} to {most:.4g} %")
    share = matrix.correct / matrix.total
    share = share if each.metric == "accuracy" else 1 - share
    decimals = max(each.decimals, 2)
    possible = f"{share:.{decimals}f}" if each.unit == "fraction" else f"{100 * share:.{decimals}f} %"
    says = (
        f"The text states {what} of {printed}, but the confusion matrix has {matrix.correct:,} right images of "
        f"{matrix.total:,}. That is {possible}."
    )
    return _ClassContradiction(each.span.line, says, printed, possible)


# True and false positives --------------------------------------------------------------------------------------------


def _check_counts(table: ClassReport) -> _ClassContradiction | None:
    """Rows of a table that print true and false positives and rates."""
    wrong: list[tuple[ClassRow, str, float]] = []
    checked = 0
    for row in table.rows:
        if not {"tp", "fp", "fn"} <= {*row.counts}:
            continue
        checked += 1
        if (misfit := _misfit(row.counts, row.rates)) is not None:
            wrong.append((row, *misfit))
    if not wrong or (checked > 1 and len(wrong) > checked / 2):
        return None
    row, kind, value = wrong[0]
    says, possible = _of_counts(
        row.counts, kind, row.rates[kind], value, f" of “{_clean(row.name)}”" if row.name else ""
    )
    says += _more(len(wrong) - 1, "row", "does", "do", "not follow either")
    return _ClassContradiction(row.line, says, row.rates[kind].text, possible)


def _check_binary(binary: BinaryCounts) -> _ClassContradiction | None:
    misfit = _misfit(binary.counts, {kind: cell for kind, (cell, _) in binary.rates.items()})
    if misfit is None:
        return None
    kind, value = misfit
    cell, line = binary.rates[kind]
    says, possible = _of_counts(binary.counts, kind, cell, value, "")
    return _ClassContradiction(line, says, cell.text, possible)


def _check_beside(binary: BinaryCounts) -> _ClassContradiction | None:
    """Rates that a text lists near its only matrix, if another of them shows that they are of the same predictions."""
    known = binary_rates(binary.counts)
    rates = {kind: cell for kind, (cell, _) in binary.rates.items() if kind in known}
    fitting = [kind for kind, cell in rates.items() if any(meets(cell, (value, value)) for value in known[kind])]
    if len(fitting) < max(2, len(rates) / 2) or "accuracy" not in fitting:
        return None
    return _check_binary(binary)


def _misfit(counts: Mapping[str, int], rates: Mapping[str, RateCell]) -> tuple[str, float] | None:
    """The first rate that no reading of the counts gives, and what it would be."""
    known = binary_rates(counts)
    for kind in RATE_COLUMNS:
        if kind in rates and kind in known and not any(meets(rates[kind], (value, value)) for value in known[kind]):
            return kind, known[kind][0]
    return None


def _of_counts(counts: Mapping[str, int], kind: str, cell: RateCell, value: float, of: str) -> tuple[str, str]:
    possible = _percent_or_fraction(value, cell)
    listed = ", ".join(f"{name.upper()} {count:,}" for name, count in counts.items())
    return f"The {_NAMES[kind]}{of} is {cell.text}, but {listed} give {possible}.", possible


# Words ---------------------------------------------------------------------------------------------------------------


def _class(row: ClassRow) -> str:
    return f"“{_clean(row.name)}”"


def _clean(name: str) -> str:
    return re.sub(r"[*_`]{1,3}", "", name).strip()


def _percent_or_fraction(value: float, like: RateCell) -> str:
    """A share, printed with as many digits as another one."""
    digits = re.sub(r"[^\d.,]", "", like.text).replace(",", ".")
    decimals = min(max(len(digits.partition(".")[2]), 1), 6)
    if "%" in like.text:
        return f"{100 * value:.{decimals}f} %"
    return f"{100 * value:.{decimals}f}" if float(digits or 0) > 1.5 else f"{value:.{decimals}f}"


def _between(low: float, high: float, like: RateCell) -> str:
    least, most = _percent_or_fraction(low, like), _percent_or_fraction(high, like)
    return least if least == most else f"{least} to {most}"


def _more(count: int, noun: str, one: str, several: str, rest: str) -> str:
    if count <= 0:
        return ""
    return f" One more {noun} {one} {rest}." if count == 1 else f" {count} more {noun}s {several} {rest}."
