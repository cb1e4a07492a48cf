"""Rates that cannot belong together.

The rule checks accuracies, errors, top-5 accuracies, precisions, recalls and F1:

* each lies between 0 and 100 %, and no count is more than its whole;
* a column or a log does not mix fractions and percentages;
* top-1 is at most top-5; accuracy and error of the same images add up to 100 %;
* F1 lies between precision + recall - 1 and 2PR / (P + R), also for means over classes, folds and runs;
* a cross-entropy is not negative, and 0.98 % is far below chance.

## Why it matters
Whoever reads these figures cannot know which of them is right. Often a percent sign stands behind a fraction, or
figures of different networks, images or kinds of means stand side by side.

## Example
```text
| Model | Test accuracy | Precision | Recall | F1 |
|---|---|---|---|---|
| LeNet-5 | 0.894 | 0.912 | 0.894 | 0.931 |
| VGG-11 | 0.941 | 0.948 | 0.941 | 0.944 |
```

## Not an error
A mean of F1 over the classes is often below the F1 of the mean precision and the mean recall. It is never above it.
```text
| Model | Test accuracy | Precision | Recall | F1 |
|---|---|---|---|---|
| LeNet-5 | 0.894 | 0.912 | 0.894 | 0.889 |
| VGG-11 | 0.941 | 0.948 | 0.941 | 0.944 |
```

## How to fix
Print all rates of a table in percent, of the same images and the same epoch. Name the kind of mean, and use it for
precision, recall and F1 alike.

## Source
F1 is a concave function of precision and recall, so Jensen's inequality bounds its means. See also Opitz & Burst 2019,
Macro F1 and Macro F1.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from deepstudy.audits.arithmetic.class_arithmetic import f1_range, mean_f1_range, meets
from deepstudy.audits.arithmetic.rate_scales import odd_fractions, odd_percentages, signed_fractions
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.printed import Ratio
from deepstudy.audits.reading.blocks import PrintedTable
from deepstudy.audits.reading.classes.class_reports import ClassReport, RateCell
from deepstudy.audits.reading.classes.confusions import read_binary_counts
from deepstudy.audits.reading.classes.rate_series import PrintedRate, RateSeries, as_fractions, read_series, without
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.samples.passages import read_passages
from deepstudy.audits.reading.samples.quotients import read_quotients
from deepstudy.audits.reading.statements import RATES, Statement
from deepstudy.findings import AuditSeverity, Finding

_NAMES = {"f1": "F1", "auc": "AUC", "top5": "top-5 accuracy"}
_KINDS_OF_MEAN = re.compile(
    r"(?i)macro|micro|weighted|makro|mikro|gewichtet|ponderad|pondéré|宏|微平均|加权|加重|매크로|마이크로|가중"
)
_TOP1 = re.compile(r"(?i)top[-_ ]?1(?!\d)|@1\b|top[- ]one")
_ERROR_WORD = re.compile(r"(?i)\berr|fehler|错误|錯誤|오류|에러|エラー|誤|erro\b|erreur")
_ACCURACY_WORD = re.compile(r"(?i)acc|正解|准确|正确|準確|精度|정확|genau|exact|precis|acur|acertos|aciertos")
_RATE_OF_ERROR = re.compile(
    r"(?i)error rate|err(?:or)?\.? ?\(?%|misclassif|top-?1 err|(?:test|classification) error|"
    r"错误率|錯誤率|誤り?率|오류율|에러율|fehlerrate|fehlerquote|tasa de error|taxa de erro|taux d['’]erreur"
)
_SAME_IN_WORDS = re.compile(
    r"(?i)[\s(,;:%=—–-]*(?:(?:i\.?e\.?|that is|or|an?|the|with|equals?|corresponding to|which is|means|equivalently|so|"
    r"test|das heißt|d\.\s?h\.|also|ein|eine|einem|einer|c'est-à-dire|soit|un|une|es decir|o sea|con|uma?|ou seja|com|"
    r"即|也就是|つまり|すなわち|즉|error|err|rate|fehlerrate|of|de|von|taux|tasa|taxa|d['’]erreur|erro|is|"
    r"错误率|誤り率|오류율|on|in|set|data|images|auf|bei|den|dem|der|sur|le|en|el|no|conjunto)[\s(,;:=]*){0,12}"
)
_RELATIVE = re.compile(
    r"\s?(?:\\?%|％|percent)?\s?"
    r"(?:(?:of|relative|compared|as|more|higher|better|faster|increase|des|der|del?|do|da|du)\b|의|的|の)",
    re.IGNORECASE,
)
_NEGATIVE_LOG = re.compile(r"(?i)nll_?loss|negative log[- ]?likelihood")
_CROSS_ENTROPY = re.compile(
    r"(?i)cross[ _-]?entropy|crossentropy|교차 ?엔트로피|交叉熵|交差エントロピー|"
    r"entrop[íi]a cruzada|kreuzentropie|entropie croisée"
)
_DERIVES = re.compile(
    r"(?i)\b(?:gives?|yields?|results? in|leads? to|so (?:the|that)|hence|therefore|thus|we (?:get|obtain)|follows|"
    r"obtient|donne|donc|ergibt|ergeben|folgt|also|somit|result(?:a|an|ando)|obten\w+|obtém|da un|dá um|por tanto|"
    r"portanto)\b|得到|所以|因此|可得|得出|よって|したがって|となる|따라서|이므로|계산하면|⇒|=>|→"
)
_HARMONIC = re.compile(
    r"(?i)harmoni|调和|調和|조화|2\s?(?:\*|×|·|∙|\\cdot|\\times)?\s{0,3}\(?\s?(?:\\frac\s?\{)?(?:\\text\w*\{|"
    r"\\mathrm\{)?\(?(?:P\b|pr[eéä]|R\b|rec|rap)"
)
#: An F1 that is computed from the precision and recall beside it: by formula, or of one class.
_OF_ONE_CLASS = re.compile(
    rf"{_HARMONIC.pattern}|(?i:positive class|clase positiva|classe positiva|classe positive|positive klasse|正类|"
    rf"正例|陽性|양성)"
)
_FACTOR = re.compile(
    r"\s?\$?\s?(?:\\times|\\cdot|\\frac|\\left|[*×·∙⋅/])\s?[\\({[]?\s?[^\W\d_]|\s?\(?[PR]\s?[·*×]\s?[PR]\b"
)
_AVERAGE = re.compile(r"(?i)averag|\bavg|mean|macro|平均|평균|media|média|mittel|moyenne")
_FULL = 100.0015  # percent: 1 in single precision
_NEAR = 5  # lines in which precision, recall and F1 of a list stand


@dataclass(frozen=True)
class _Clash:
    """Rates that cannot belong together."""

    line: int
    says: str
    reported: str
    possible: str
    severity: AuditSeverity = "inconsistent"


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find rates that cannot be, or cannot be together.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each series, row or sentence with such rates.
    """
    document = evidence.document
    if document is None:
        yield from _of_study(evidence)
        return
    reports = evidence.class_reports
    matrices = evidence.matrices
    taken = {line for report in reports if report.is_of_classes for line in range(report.line, report.end)}
    taken |= {line for matrix in matrices for line in range(matrix.line, matrix.end)}
    counted = read_binary_counts(document, evidence.layout)  # whose rates `class_metrics` looks at
    taken |= {line for each in counted for _, line in each.rates.values()}
    of_models = {line for report in reports if not report.is_of_classes for line in range(report.line, report.end)}
    statements = [
        each
        for each in evidence.statements
        if each.span.line not in taken
        and not (each.span.line in of_models and each.metric in ("precision", "recall", "f1"))
        and not _is_factor(each, document)
    ]
    clashes = [*_of_series(statements, reports), *_below_chance(statements, document.text)]
    clashes += [*_parts(evidence), *_top5(statements, evidence), *_errors(statements, document)]
    clashes += [
        *_f1_of_tables(reports),
        *_f1_of_lines(statements, document.text),
        *_negative_losses(statements, evidence),
    ]
    seen = set()
    for clash in sorted(clashes, key=lambda each: each.line):
        where = document.where(clash.line + 1)
        if (clash.reported, clash.possible) not in seen:
            yield Finding("rates", clash.severity, clash.says, where, reported=clash.reported, possible=clash.possible)
        seen.add((clash.reported, clash.possible))


def _is_factor(statement: Statement, document: ReportDocument) -> bool:
    """Whether a number belongs to a formula, as the 2 of `F1 = 2 × P × R / (P + R)`."""
    line = document.lines[statement.span.line].text
    return statement.place is None and _FACTOR.match(line, statement.span.end) is not None


def _name(metric: str) -> str:
    return _NAMES.get(metric, metric)


# Below 0, above 100 %, and mixed scales ------------------------------------------------------------------------------


def _of_series(statements: Sequence[Statement], reports: Sequence[ClassReport]) -> Iterator[_Clash]:
    """Rates of other scales than their series, and rates outside 0 to 100 %."""
    texts = {each.span.line: each.text for each in statements}
    for series in read_series(statements, reports):
        high = odd_percentages(series)
        low, is_clear = odd_fractions(series)
        if high:
            yield _among_fractions(series, high, [rate for rate in series.rates if 0 < rate.number <= 1.0001])
        elif low:
            yield _among_percentages(series, low, is_clear)
        yield from _beyond(without(series, [*high, *low]), texts)


def _among_percentages(series: RateSeries, odd: Sequence[PrintedRate], is_clear: bool) -> _Clash:
    first = odd[0]
    possible = f"{100 * first.number:.{max(first.decimals - 2, 0)}f} %"
    says = f"The {_name(series.metric)} {first.text} is a fraction among percentages. It would be {possible} like the "
    says += "others."
    says += f" The same holds for {len(odd) - 1} more." if len(odd) > 1 else ""
    return _Clash(first.line, says, first.text, possible, "inconsistent" if is_clear else "doubtful")


def _among_fractions(series: RateSeries, odd: Sequence[PrintedRate], fractions: Sequence[PrintedRate]) -> _Clash:
    first, numbers = odd[0], [rate.number for rate in fractions]
    place = "log" if series.kind == "log" else "column"
    more = f" The same holds for {len(odd) - 1} more." if len(odd) > 1 else ""
    if first.number <= 100 and min(numbers) - 0.1 <= first.number / 100 <= max(numbers) + 0.1 and first.number >= 15:
        says = f"The {_name(series.metric)} {first.text} is a percentage in a {place} of fractions.{more}"
        return _Clash(first.line, says, first.text, f"{first.number / 100:.{first.decimals + 2}f}")
    says = (
        f"{first.text} is not a possible {_name(series.metric)}. The others of this {place} are fractions, "
        f"which are at most 1.{more}"
    )
    return _Clash(first.line, says, first.text, "0 to 1", "impossible")


def _beyond(series: RateSeries, texts: Mapping[int, str]) -> Iterator[_Clash]:
    """Rates below 0 or above 100 %."""
    whole = 1.0 if as_fractions(series) else 100.0
    found = [rate for rate in series.rates if _is_beyond(rate, whole, series, texts)]
    if not found:
        return
    first = found[0]
    more = f" {len(found) - 1} more figures are outside it as well." if len(found) > 1 else ""
    scale = "0 and 1" if whole == 1 and not first.has_sign else "0 and 100 %"
    says = f"{first.text} is not a possible {_name(series.metric)}: it must be between {scale}.{more}"
    yield _Clash(first.line, says, first.text, scale.replace(" and ", " to "), "impossible")


def _is_beyond(rate: PrintedRate, whole: float, series: RateSeries, texts: Mapping[int, str]) -> bool:
    limit = 100.0 if rate.has_sign else whole
    text = texts.get(rate.line, "")
    digits = rate.text.removesuffix(" %")
    if series.metric == "error" and not rate.has_sign:
        return False  # many call a loss an error
    if rate.number < 0:
        return series.kind == "log" and rate.number < -0.0015 * limit
    if rate.number <= limit * _FULL / 100:
        return False
    if not rate.has_sign and rate.decimals == 0 and (series.kind != "table" or limit == 1 or len(series.rates) < 3):
        return False  # a count, a number of bits, an epoch
    in_range = sum(0 <= each.number <= limit for each in series.rates)
    if series.kind == "table" and not rate.has_sign and in_range < len(series.rates) / 2:
        return False
    at = text.find(digits)
    return at < 0 or not _RELATIVE.match(text[at + len(digits) :])


def _below_chance(statements: Sequence[Statement], text: str) -> Iterator[_Clash]:
    """Accuracies such as 0.98 %, which are fractions with a percent sign."""
    small = signed_fractions(statements, text)
    if small is None:
        return
    first = small.rates[0]
    listed = dict.fromkeys(rate.text for rate in sorted(small.rates, key=lambda rate: -rate.decimals))
    percent = f"{100 * first.number:.{max(first.decimals - 2, 0)}f} %"
    says = f"An accuracy of {first.text} is far below chance. It "
    says += f"{'is' if small.certainty else 'may be'} the fraction {first.number:g}, which is {percent}."
    says += f" {small.certainty}" if small.certainty else ""
    says += f" The same holds for {len(small.rates) - 1} more." if len(small.rates) > 1 else ""
    severity: AuditSeverity = "inconsistent" if small.certainty else "doubtful"
    yield _Clash(first.line, says, ", ".join([*listed][:4]), percent, severity)


# Counts --------------------------------------------------------------------------------------------------------------


def _parts(evidence: Evidence) -> Iterator[_Clash]:
    """k of n with k > n."""
    assert evidence.document is not None
    found: dict[str, tuple[int, int, int, str]] = {}
    for each in evidence.statements:
        if each.correct is not None and each.images and each.correct > each.images:
            found.setdefault(each.where, (each.span.line, each.correct, each.images, each.text))
    lines = {evidence.document.where(at + 1): at for at in range(len(evidence.document.lines))}
    for passage in read_passages(evidence.document, evidence.layout):
        if passage.kind != "code":
            for quotient in read_quotients(passage):
                if quotient.part > quotient.whole and quotient.where in lines and not quotient.is_counter:
                    found.setdefault(
                        quotient.where, (lines[quotient.where], quotient.part, quotient.whole, quotient.text)
                    )
    for line, part, whole, text in found.values():
        says = f"{part:,} of {whole:,} is more than 100 %."
        yield _Clash(line, says, text[:120], f"at most {whole:,}", "impossible")


# Top-1 and top-5, accuracy and error ---------------------------------------------------------------------------------


def _rows(statements: Sequence[Statement], metrics: Sequence[str]) -> Iterator[list[Statement]]:
    """The rates of each row of a table and each printed line, of one split and one epoch."""
    rows: dict[tuple[object, ...], list[Statement]] = {}
    for each in statements:
        if each.metric in metrics and not (each.is_change or each.is_about or each.is_cited):
            place = each.place[:2] if each.place is not None else ("line", each.span.line)
            rows.setdefault((*place, each.split, each.epoch), []).append(each)
    yield from rows.values()


def _top5(statements: Sequence[Statement], evidence: Evidence) -> Iterator[_Clash]:
    """Top-1 is at most top-5; of errors, it is the other way round."""
    tables = [*evidence.layout.tables]
    wrong: list[tuple[Statement, Statement, str]] = []
    for row in _rows(statements, ("accuracy", "error", "top5")):
        top5 = [each for each in row if each.metric == "top5"]
        is_error = any(_is_error(each, tables) for each in top5)
        wanted = "error" if is_error else "accuracy"
        top1 = [each for each in row if each.metric == wanted]
        if is_error and any(each.metric == "accuracy" and _fits_top5(each, top5) for each in row):
            continue  # `top-1 69.91 % (error 30.09 %), top-5 91.41 %`
        if not top5 or len(top1) != len(top5) or not top1:
            continue
        if row[0].kind == "sentence" and not (_TOP1.search(row[0].text) and len(top5) == 1):
            continue
        for first, fifth in zip(top1, top5, strict=True):
            low, high = (fifth, first) if is_error else (first, fifth)
            if low.value - low.step / 2 > high.value + high.step and low.dataset == high.dataset:
                wrong.append((first, fifth, "error" if is_error else "accuracy"))
    if wrong:
        first, fifth, what = wrong[0]
        relation = "at least" if what == "error" else "at most"
        says = (
            f"The top-1 {what} {_shown(first)} and the top-5 {what} {_shown(fifth)} are exchanged or of different "
            f"images. Top-1 is {relation} top-5."
        )
        says += f" The same holds for {len(wrong) - 1} more." if len(wrong) > 1 else ""
        possible = f"a top-1 {what} of {relation} {_shown(fifth)}"
        yield _Clash(first.span.line, says, f"{_shown(first)} and {_shown(fifth)}", possible, "impossible")


def _fits_top5(accuracy: Statement, top5: Sequence[Statement]) -> bool:
    """Whether the top-5 rates of a line can be accuracies beside an accuracy of it."""
    return all(accuracy.value <= each.value for each in top5)


def _is_error(statement: Statement, tables: Sequence[PrintedTable]) -> bool:
    """Whether a top-5 rate is of errors: its line says so, or its column, or else the caption."""
    if statement.place is None or statement.place[0] >= len(tables):
        return _ERROR_WORD.search(statement.text) is not None
    table = tables[statement.place[0]]
    header = table.columns[statement.place[2]] if statement.place[2] < len(table.columns) else ""
    if _ERROR_WORD.search(f"{header} {statement.of}"):
        return True
    return _ACCURACY_WORD.search(header) is None and _ERROR_WORD.search(table.caption) is not None


def _shown(statement: Statement) -> str:
    return f"{statement.printed} %" if statement.unit in ("%", "percent") else statement.printed


#: Between an accuracy and its error: `right in 71.6 % of the cases; the error rate is 29.4 %`.
_THEN_ERROR = re.compile(
    r"(?i)\s?(?:\\?%|％)?[^.;,%\d]{0,30}[;,:]\s?(?:\w+ ){0,2}?(?:the |die |la |el |le |o |a )?(?:test |"
    r"classification )?(?:error rate|fehlerrate|fehlerquote|taux d['’]erreur|tasa de error|taxa de erro|誤り率|"
    r"错误率|오류율|오차율)[^.\d]{0,16}"
)


def _followed(statements: Sequence[Statement], document: ReportDocument) -> Iterator[list[Statement]]:
    """An accuracy and the error rate right behind it."""
    levels = [each for each in statements if each.metric in RATES and each.place is None and not each.is_change]
    for one, other in itertools.pairwise(levels):
        if (one.metric, other.metric) != ("accuracy", "error") or one.span.line != other.span.line:
            continue
        gap = document.lines[one.span.line].text[one.span.end : other.span.start]
        if _THEN_ERROR.fullmatch(gap):
            yield [one, other]


def _errors(statements: Sequence[Statement], document: ReportDocument) -> Iterator[_Clash]:
    """Accuracy and error of the same images add up to 100 %."""
    wrong = []
    for row in (
        *_rows(statements, ("accuracy", "error")),
        *_listed_pairs(statements),
        *_followed(statements, document),
    ):
        accuracies = [each for each in row if each.metric == "accuracy"]
        errors = [each for each in row if each.metric == "error"]
        if len(accuracies) != 1 or len(errors) != 1:
            continue
        accuracy, error = accuracies[0], errors[0]
        if error.unit != "%" and not _RATE_OF_ERROR.search(error.text) and error.place is None:
            continue  # many call a loss an error
        if error.unit == "fraction" or accuracy.spread is not None or error.spread is not None:
            continue
        is_one_line = accuracy.span.line == error.span.line
        is_followed = is_one_line and _THEN_ERROR.fullmatch(
            document.lines[error.span.line].text[accuracy.span.end : error.span.start]
        )
        if accuracy.kind == "sentence" and is_one_line and not (is_followed or _is_same_in_words(accuracy, error)):
            continue
        if abs(accuracy.value + error.value - 100) > 1.5 * (accuracy.step + error.step) + 1e-6:
            wrong.append((accuracy, error))
    if wrong:
        accuracy, error = wrong[0]
        total = accuracy.value + error.value
        says = (
            f"An accuracy of {_shown(accuracy)} and an error of {_shown(error)} add up to {total:.4g} %, not to 100 %."
        )
        says += f" The same holds for {len(wrong) - 1} more rows." if len(wrong) > 1 else ""
        possible = f"an error of {100 - accuracy.value:.{max(accuracy.decimals, error.decimals)}f} %"
        yield _Clash(error.span.line, says, f"{_shown(accuracy)} and {_shown(error)}", possible)


def _listed_pairs(statements: Sequence[Statement]) -> Iterator[list[Statement]]:
    """An accuracy and an error of one split on lines or in rows right below each other, each alone in its own."""
    levels = [
        each
        for each in statements
        if each.metric in RATES and not (each.is_change or each.is_about or each.is_cited or each.is_mean)
    ]
    per_line = Counter(each.span.line for each in levels)
    rates = [each for each in levels if per_line[each.span.line] == 1 and each.metric in ("accuracy", "error")]
    for one, other in itertools.pairwise(rates):
        if {one.metric, other.metric} != {"accuracy", "error"} or one.split != other.split or one.epoch != other.epoch:
            continue
        columns = [each.place and (each.place[0], each.place[2]) for each in (one, other)]
        error = one if one.metric == "error" else other
        is_rate = error.unit == "%" or _RATE_OF_ERROR.search(f"{error.text} {error.of}") is not None
        is_near = 0 < other.span.line - one.span.line <= 2 and columns[0] == columns[1]
        if is_near and is_rate and one.headings == other.headings and _is_short(one) and _is_short(other):
            yield [one, other]


def _is_short(statement: Statement) -> bool:
    """Whether a line is an entry, `Test error: 8.2 %`, and says nothing more, such as of which images or classes."""
    words = re.findall(r"[^\W\d_]{2,}", statement.text)
    is_of_one = not re.search(
        r"(?i)top|class|per\b|klasse|类|클래스|cost|mean|avg|aver|best|base|random|human|word|bayes|relativ|squared|equal|eer|"
        r"false|falsch|f[np]r|quadrat|absolut|均方|平均|평균|carré|cuadr",
        statement.text,
    )
    return len(words) <= 5 and is_of_one


def _is_same_in_words(accuracy: Statement, error: Statement) -> bool:
    """Whether a sentence says both of the same thing: `93.1 %, i.e. an error of 6.9 %`."""
    if accuracy.span.line != error.span.line or accuracy.span.end > error.span.start:
        return False
    at = accuracy.text.find(accuracy.printed)
    then = accuracy.text.find(error.printed, at + len(accuracy.printed))
    return (
        at >= 0
        and then >= 0
        and _SAME_IN_WORDS.fullmatch(accuracy.text[at + len(accuracy.printed) : then][:120]) is not None
    )


# Precision, recall and F1 --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Scores:
    """Precision, recall and F1 of one network or one class."""

    line: int
    name: str
    precision: RateCell
    recall: RateCell
    f1: RateCell

    @property
    def are_rates(self) -> bool:
        return all(cell.low + 0.01 >= 0 and cell.high <= 1.01 for cell in (self.precision, self.recall, self.f1))

    @property
    def can_be(self) -> bool:
        """Whether one kind of mean gives all three."""
        return meets(self.f1, mean_f1_range(self.precision, self.recall))

    @property
    def is_harmonic(self) -> bool:
        """Whether F1 is that of precision and recall."""
        return meets(self.f1, f1_range(self.precision, self.recall))

    @property
    def is_no_chance(self) -> bool:
        """Whether F1 follows from precision and recall to a digit that no mean over classes would give by chance."""
        is_fine = all(cell.high - cell.low < 2.5e-4 for cell in (self.precision, self.recall, self.f1))
        return is_fine and abs(self.precision.value - self.recall.value) > 0.01 and self.is_harmonic


def _f1_of_tables(reports: Sequence[ClassReport]) -> Iterator[_Clash]:
    """Rows of models with precision, recall and F1, which may be means of any kind."""
    for report in reports:
        kinds = {_means(report.headers.get(kind, "")) for kind in ("precision", "recall", "f1")}
        if report.is_of_classes or len(kinds) > 1:
            continue
        rows = [row for row in report.rows if {"precision", "recall", "f1"} <= {*row.rates} and not row.counts]
        scores = [
            _Scores(row.line, row.name, *(row.rates[kind] for kind in ("precision", "recall", "f1"))) for row in rows
        ]
        scores = [each for each in scores if each.are_rates]
        wrong = [each for each in scores if not each.can_be]
        clear = sum(each.is_no_chance for each in scores)
        if not wrong and clear >= 3 and clear >= 0.75 * len(scores):
            wrong = [each for each in scores if not each.is_harmonic]
        if wrong:
            others = len(wrong) - 1
            more = (
                f" {others} more rows have such an F1."
                if others > 1
                else " One more row has such an F1."
                if others
                else ""
            )
            yield _wrong_f1(wrong[0], more, "doubtful" if len(wrong) > max(1, len(scores) / 2) else "inconsistent")


def _means(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _KINDS_OF_MEAN.findall(text))


def _f1_of_lines(statements: Sequence[Statement], text: str) -> Iterator[_Clash]:
    """Precision, recall and F1 of one sentence, of a list, or of one column below each other."""
    rates = [
        each
        for each in statements
        if each.metric in ("precision", "recall", "f1")
        and not (each.is_change or each.is_cited or (each.is_about and each.decimals < 3))
    ]
    skips_classes = re.search(r"(?i)\bnan\b", text) is not None  # their means may be over different classes
    columns: dict[tuple[object, ...], list[Statement]] = {}
    for each in rates:
        if each.place is not None:
            words = _means(f"{each.text} {each.of}")
            columns.setdefault((each.place[0], each.place[2], words, each.split), []).append(each)
    groups = [*columns.values(), *_lists([each for each in rates if each.place is None])]
    for group in groups:
        by_metric = {each.metric: each for each in group}
        if len(group) != 3 or len(by_metric) != 3 or len({each.place and each.place[1] for each in group}) == 2:
            continue
        if skips_classes and _AVERAGE.search(group[0].text):
            continue
        cells = (_cell(by_metric[metric]) for metric in ("precision", "recall", "f1"))
        scores = _Scores(by_metric["f1"].span.line, "", *cells)
        is_derived = _is_derived(group, text) or _OF_ONE_CLASS.search(by_metric["f1"].text) is not None
        fits = scores.is_harmonic if is_derived else scores.can_be
        if scores.are_rates and not fits:
            yield _wrong_f1(scores, "", "inconsistent")


def _is_derived(group: Sequence[Statement], text: str) -> bool:
    """Whether a sentence computes F1 from its precision and recall, by the formula that the report prints."""
    sentence = group[0].text
    return (
        len({each.text for each in group}) == 1
        and group[0].place is None
        and _DERIVES.search(sentence) is not None
        and _HARMONIC.search(text) is not None
        and not _KINDS_OF_MEAN.search(sentence)
    )


def _lists(rates: Sequence[Statement]) -> Iterator[list[Statement]]:
    """Threes of neighbours that speak of the same thing: of one sentence, else of several."""
    by_text: dict[tuple[int, str], list[Statement]] = {}
    for each in rates:
        by_text.setdefault((each.span.line, each.text), []).append(each)
    whole = [group for group in by_text.values() if len(group) == 3 == len({each.metric for each in group})]
    yield from whole
    rates = [each for each in rates if not any(each in group for group in whole)]
    at = 0
    while at + 2 < len(rates):
        three = [*rates[at : at + 3]]
        is_near = three[2].span.line - three[0].span.line < _NEAR
        is_same = len({(each.headings, each.split, each.epoch, _means(each.text)) for each in three}) == 1
        if is_near and is_same and len({each.metric for each in three}) == 3:
            yield three
            at += 3
        else:
            at += 1


def _cell(statement: Statement) -> RateCell:
    """A rate as a fraction, with what rounding allows; it may also be cut off."""
    step = max(statement.step, 1e-4)
    return RateCell(
        _shown(statement), statement.value / 100, (statement.value - step / 2) / 100, (statement.value + step) / 100
    )


def _wrong_f1(scores: _Scores, more: str, severity: AuditSeverity) -> _Clash:
    precision, recall, f1 = scores.precision, scores.recall, scores.f1
    low, high = mean_f1_range(precision, recall)
    if f1.low > high:
        possible = f"at most {_like(high, f1)}"
        law = f"allow {possible}, for one class and for any mean over classes or runs"
    elif f1.high < low:
        possible = f"at least {_like(low, f1)}"
        law = f"allow no F1 below {_like(low, f1)}, not even as a mean over classes"
    else:
        possible = _like(f1_range(precision, recall)[1], f1)
        law = f"give {possible}" + (", as in the other rows" if scores.name else " by the formula for F1")
    of = f" of “{scores.name}”" if scores.name else ""
    says = f"F1{of} cannot be {f1.text}. Precision {precision.text} and recall {recall.text} {law}.{more}"
    if severity == "doubtful":
        says += " The three may be means of different kinds."
    return _Clash(scores.line, says, f1.text, possible, severity)


def _like(value: float, cell: RateCell) -> str:
    """A share, printed like another one."""
    digits = re.sub(r"[^\d.,]", "", cell.text).replace(",", ".")
    decimals = min(len(digits.partition(".")[2]), 6)
    if "%" in cell.text:
        return f"{100 * value:.{decimals}f} %"
    return f"{100 * value:.{decimals}f}" if float(digits or 0) > 1.5 else f"{value:.{decimals}f}"


# Losses --------------------------------------------------------------------------------------------------------------


def _negative_losses(statements: Sequence[Statement], evidence: Evidence) -> Iterator[_Clash]:
    """Negative cross-entropies: the first, and how many there are."""
    assert evidence.document is not None
    text = evidence.document.text
    if evidence.is_other_loss or not evidence.is_plain_loss:
        return
    is_named, is_nll = _CROSS_ENTROPY.search(text) is not None, _NEGATIVE_LOG.search(text) is not None
    negative = [
        each
        for each in statements
        if each.metric == "loss" and each.value < 0 and each.kind in ("log", "table") and not each.is_change
    ]
    if not negative or not (is_named or is_nll):
        return
    first = negative[0]
    says = f"A mean cross-entropy cannot be negative, but a loss of {first.printed} is printed."
    if is_nll and all(each.value >= -1 for each in negative):
        says += " `nll_loss` of probabilities lies between -1 and 0: it needs their logarithms (`log_softmax`)."
    says += f" {len(negative) - 1} more losses are negative." if len(negative) > 2 else ""
    severity: AuditSeverity = "impossible" if is_named and not is_nll and len(negative) > 1 else "doubtful"
    yield _Clash(first.span.line, says, first.printed, "0 or more", severity)


# Study files ---------------------------------------------------------------------------------------------------------


def _of_study(evidence: Evidence) -> Iterator[Finding]:
    """Reported accuracies outside 0 to 100 %, and logs with more correct images than there are."""
    for figure in evidence.accuracies():
        printed = re.fullmatch(r"\s*(-?[\d.,]{1,20})\s*%?\s*", figure.said.value)
        if printed is None or not figure.definite:
            continue
        if not 0 <= float(printed[1].replace(",", "")) <= 100:
            of = figure.said.experiment
            yield Finding(
                "rates",
                "impossible",
                f"{printed[1]} % is not a possible accuracy of {of}: it must be between 0 and 100 %.",
                where=figure.where,
                reported=printed[1],
                possible="0 to 100 %",
            )
    yield from (_ratio(ratio) for ratio in evidence.ratios if ratio.part > ratio.whole)


def _ratio(ratio: Ratio) -> Finding:
    return Finding(
        "rates",
        "impossible",
        f"{ratio.part:,} of {ratio.whole:,} is more than 100 %.",
        where=ratio.where,
        reported=ratio.text,
        possible=f"at most {ratio.whole:,}",
    )
