"""Sentences that contradict the report's own tables and numbers.

The rule looks for the rows that a sentence names, in eight languages:

* the best or worst row, and "X is better than Y", against the column;
* a number that is given for one row and stands in another;
* a number that is the row's own but for a digit, or that of the best row but for two digits that changed places;
* the row that varies least, against the deviations of the table;
* "93.4 %, 2.8 points above the baseline", where the baseline has another number;
* "the validation accuracy is always below the training accuracy", against each epoch of the only log;
* "by 2.3 points", "twice as many", "the same number of parameters", "from 88.1 to 90.2, a gain of 2.1".

## Why it matters
Most readers read the conclusion and not the table. Where the two differ, one was not updated after the last run, or a
row was read wrongly. Readers then take the wrong choice home.

## Example
```text
| optimizer | test accuracy |
|---|---|
| SGD | 88.35 % |
| Adam | 90.12 % |
| RMSprop | 87.90 % |

SGD is the most accurate.
```

## Not an error
The sentence compares another thing than the column does.
```text
| optimizer | test accuracy |
|---|---|
| SGD | 88.35 % |
| Adam | 90.12 % |
| RMSprop | 87.90 % |

SGD was the easiest to tune. Adam reached the highest accuracy (90.12 %).
```

## How to fix
Read the row again and correct the sentence, or the table. If the sentence speaks of a part of the rows or of another
table, say which.

## Source
The report itself. Nothing is said where a row, a column or the comparison can be read in a way that fits.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import product

from deepstudy.audits.arithmetic.section_results import section_findings
from deepstudy.audits.arithmetic.slips import slip_findings
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.blocks import PrintedTable, Verbatim
from deepstudy.audits.reading.claims import claim_words
from deepstudy.audits.reading.claims.claims import (
    PrintedAmount,
    RankClaim,
    Sentence,
    amounts_of,
    blank_amounts,
    chains_of,
    comparatives,
    comparatives_after,
    is_narrowed,
    is_uncertain,
    metrics_of,
    sentences_of,
    superlatives,
    without_tail,
)
from deepstudy.audits.reading.claims.factors import factors_of, is_supposed
from deepstudy.audits.reading.claims.row_names import RowMention, RowNames, words_in
from deepstudy.audits.reading.claims.series import (
    SUMMARY_ROW,
    CellNumber,
    NumberSeries,
    SeriesEntry,
    metric_pattern,
    read_number,
    read_series,
    split_of,
    splits_in,
)
from deepstudy.findings import Finding, Severity

#: Headings under which a sentence speaks of the whole report.
_SUMMARY_HEADING = re.compile(
    r"(?i)abstract|summary|conclu|discuss|result|finding|evaluation|compar|analy|observ|take-?aways?|lessons|verdict|remarks|notes|overview|outlook|"
    r"요약|초록|결론|결과|고찰|논의|비교|분석|토의|摘要|结论|總結|总结|讨论|结果|結果|分析|比较|对比|要旨|概要|"
    r"結論|考察|まとめ|比較|"
    r"resumen|resumo|conclus|resultado|discusi|discuss|análisis|análise|zusammenfassung|fazit|ergebnis|diskussion|"
    r"auswertung|vergleich|résumé|résultat|bilan"
)
#: Words that set a number of a sentence against another one, so that it need not belong to the named row.
_AGAINST = re.compile(
    r"(?i)\b(?:than|compar\w*|versus|vs|against|instead|from|over|above|below|under|beat\w*|exceed\w*|outperform\w*|"
    r"surpass\w*|"
    r"improv\w*|increas\w*|decreas\w*|reduc\w*|gain\w*|drop\w*|differ\w*|gap|baseline|previous\w*|paper|between|rather|"
    r"while|"
    r"whereas|up to|at least|at most|que|als|gegenüber|statt|frente|respecto|contra|mejora\w*|melhor\w*|steiger\w*|"
    r"verbesser\w*|amélior\w*|supera\w*|dépass\w*|each|both|average|mean|target|chance|half|respectively)\b|"
    r"보다|대비|비해|향상|증가|감소|차이|에서|比|较|提高|提升|下降|差|低于|高于|超过|より|対し|比べ|向上|改善|からの"
)
#: Words that set a number against another one; without those that only say how it was reached.
_AGAINST_OTHERS = re.compile(
    r"(?i)\b(?:than|versus|vs|instead|paper|previous\w*|target|chance|average|mean|statt|als|que les|moyenne|media|"
    r"média)\b|"
    r"논문|평균|平均|论文|論文"
)
#: Words of what is supposed, or is of somebody else.
_SUPPOSED = re.compile(
    rf"(?i){vocabulary.CITED}|\?|\[\d|\b(?:would|could|should|might|may|expect\w*|suppos\w*|assum\w*|if|not|goal|"
    rf"target|"
    r"podría\w*|poderia\w*|könnte\w*|würde\w*|sollte\w*|nicht|pourrait|serait|objectif|objetivo|ziel)\b|예상|목표|"
    r"可能|预计|"
    r"目标|かもしれ|目標"
)
_ALMOST = (
    r"(?i)\b(?:almost|nearly|mostly|fast|meist\w*|casi|quase|presque|after|until|ab|nach|desde|depuis|après)\b|"
    r"거의|几乎|ほぼ|이후|之后|以降"
)
_SPLIT_WORDS = {"train": "training", "validation": "validation", "test": "test"}
_RATES = {"accuracy", "error", "top5", "precision", "recall", "f1", "auc"}
_NAMES_TABLE = re.compile(r"(?i)\btab(?:le|elle|leau|la|ela)\b|\btab\.|\b(?:row|column)\b|표 ?\d|表")
_COMPARES = re.compile(
    r"(?i)\b(?:compar\w*|test(?:ed)?|tried|evaluat\w*|examin\w*|vergl\w*|prob\w*|teste\w*|évalu\w*)\b|비교|실험|"
    r"比较|对比|比較"
)
_RESPECTIVELY = re.compile(
    r"(?i)\brespectively\b|각각|分别|それぞれ|respectivamente|\bjeweils\b|\bbeziehungsweise\b|respectivement"
)
_SAME_COUNT = re.compile(
    r"(?i)\b(?:the )?(?:same|identical|equal) (?:number|amount|count)s? of (?:\w{3,12} )?(?:parameters|weights)|"
    r"파라미터 (?:수|개수)(?:가|는) (?:서로 )?(?:같|동일)|"
    r"参数量(?:相同|一样|相等)|パラメータ数[はが](?:同じ|等し)|mism[oa] (?:número|cantidad) de parámetros|"
    r"mesm[oa] (?:número|"
    r"quantidade) de parâmetros|"
    r"gleich viele (?:parameter|gewichte)|dieselbe (?:parameter)?anzahl|même nombre de paramètres"
)
_ABOUT = re.compile(
    r"(?i)\b(?:about|around|approx\w*|roughly|nearly|almost|similar\w*|comparable|some|over|more than|less than|"
    r"at least|up to|"
    r"casi|unos|quase|cerca|aproximad\w*|alrededor|etwa|rund|knapp|fast|ungefähr|über|environ|presque|près|plus de|"
    r"más de|mais de)\b|"
    r"[약~≈]|거의|대략|이상|约|大约|近|超过|約|ほぼ|およそ|以上"
)
_RISES = re.compile(
    r"(?:(?i:\bfrom|\bvon|\bvom|\bdesde|\bdel?|\bdal?|\bdos?|\bdas?|\bdu)\s|从\s?)§(?P<cjk>\s?(?:에서|から|[^§\d。.;]{0,6}(?:到|至|为)))?"
    r"(?(cjk)|\s(?i:up |down )?(?i:to|auf|zu|bis|al?|aux?|ao|à|para|hasta))\s?§|§\s?(?:에서|から)\s?§"
)
_CHANGE = re.compile(
    rf"(?i){vocabulary.CHANGES_BEFORE}(?!out)|\bchange|\bhausse|\bsubida|\bincremento|상승|올|늘|줄|개선|開き|"
    rf"增长|增加|改善"
)
#: What may stand between `from a to b` and the change, if no word for a change does.
_ASIDE = re.compile(
    r"(?i)[\s,;:(–—=+-]*(?:(?:or|i\.e\.|that is|so|by|um|oder|d\.\s?h\.|soit|ou|es decir|o sea|isto é|즉|即)\s?){0,3}"
)
#: The header of a column of deviations.
_DEVIATION = re.compile(
    r"(?i)\W{0,3}(?:test |sample )?(?:std\.?(?: ?dev\.?)?|stdev|s\.?d\.?|s|σ|±|standard deviation|표준 ?편차|标准差|"
    r"標準偏差|"
    r"desviación(?: típica| estándar)?|desvio(?:[- ]padrão)?|standardabweichung|écart[- ]type)\W{0,5}"
)
_OF_OTHERS = re.compile(r"(?i)\b(?:batch|image|crop|epoch|deeper|wider|of the)")  # factors of something else
_MORE = re.compile(rf"(?i){vocabulary.CHANGES_AFTER_PERCENT}|\s?(?:더|높|낮|빠|느|높|高|低|快|慢|速|多|少|更)")
_BY = re.compile(r"(?i)\b(?:by|um|en un|por|em|de)\s(?:only |just |about |nur |sólo |apenas )?$")
#: Metrics of what a result costs, not of how good it is.
_COSTS = ("parameters", "seconds", "speed", "operations", "size")


@dataclass(frozen=True)
class _Contradiction:
    """A finding, and what it is about, so that the same mistake is not named twice."""

    about: tuple[object, ...]
    finding: Finding


def find(evidence: Evidence) -> Iterator[Finding]:
    """Hold each sentence against the tables.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each mistake; a mistake that is repeated is named once.
    """
    if evidence.document is None:
        return
    reading = _Reading(evidence)
    by_mistake: dict[tuple[object, ...], list[Finding]] = {}
    for sentence in sentences_of(evidence.layout):
        for each in reading.contradictions(sentence):
            by_mistake.setdefault(each.about, []).append(each.finding)
    places = {finding.where for findings in by_mistake.values() for finding in findings}
    yield from (finding for finding in slip_findings(evidence) if finding.where not in places)
    yield from (finding for finding in section_findings(evidence) if finding.where not in places)
    for findings in by_mistake.values():
        more = len(findings) - 1
        says = findings[0].says + (f" {more} more sentence{'s say' if more > 1 else ' says'} the same." if more else "")
        yield replace(findings[0], says=says)


class _Reading:
    """The tables of a document, ready to be asked about."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.names = [RowNames(series) for series in read_series(evidence.layout)]
        self.tables = list(evidence.layout.tables)
        self.data_sets = [_data_sets(_text_of(table)) for table in self.tables]
        self.words = {id(names): _known_words(names) for names in self.names}
        self.about: dict[tuple[tuple[str, ...], frozenset[str]], frozenset[int]] = {}
        self.index: dict[str, list[int]] = {}
        self.cjk_index: dict[str, list[int]] = {}
        for at, names in enumerate(self.names):
            for word in names.keys:
                index = self.cjk_index if re.match(r"[\u3040-\uffff]", word) else self.index
                index.setdefault(word, []).append(at)
        self.labels = frozenset[str]().union(*(names.label_words for names in self.names))

    def contradictions(self, sentence: Sentence) -> Iterator[_Contradiction]:
        """All that a sentence says against the tables."""
        about = self._tables_about(sentence.headings, _data_sets(sentence.text))
        near = [names for names in self._named(sentence.text) if names.series.at in about]
        said = list(self._about_rows(sentence, near)) if near else []
        yield from said
        if not said and (best := self._number_of_the_best(sentence)) is not None:
            yield best
        yield from self._rise(sentence)
        yield from self._always(sentence)
        yield from self._count(sentence)

    def _about_rows(self, sentence: Sentence, near: Sequence[RowNames]) -> Iterator[_Contradiction]:
        """All that a sentence says against the rows that it names."""
        number = self._number_of_another_row(sentence, near) or self._number_of_its_own(sentence, near)
        if number is not None:
            yield number
        compared: list[_Contradiction] = []
        for clause in sentence.clauses:
            for claim in superlatives(self._quiet(clause)):
                claimed = without_tail(clause, claim)
                others = claimed[: claim.start] + "·" * (claim.end - claim.start) + claimed[claim.end :]
                if not is_uncertain(self._without_names(others)):
                    yield from self._rank(sentence, clause, claimed, claim, near)
            yield from self._steadiest(sentence, clause, near)
            if not is_uncertain(self._without_names(clause)):
                compared += self._comparison(sentence, clause, near)
        compared += self._same_count(sentence, near)
        compared = compared or list(self._above(sentence, sentence.text, near))
        yield from compared or self._multiple(sentence, near)

    def _tables_about(self, headings: tuple[str, ...], data_sets: frozenset[str]) -> frozenset[int]:
        """The numbers of the tables that a sentence below some headings may speak of."""
        key = headings, data_sets
        if key not in self.about:
            known = _data_sets(" ".join(headings))
            self.about[key] = frozenset(
                at
                for at, table in enumerate(self.tables)
                if data_sets <= self.data_sets[at] | known and _is_about(headings, table.headings)
            )
        return self.about[key]

    def _named(self, text: str) -> list[RowNames]:
        """The series that have a row which a text names, in reading order."""
        possible = {at for word in words_in(text) for at in self.index.get(word, ())}
        possible |= {at for word, places in self.cjk_index.items() if word in text for at in places}
        return [self.names[at] for at in sorted(possible) if self.names[at].mentions(text)]

    def _quiet(self, text: str) -> str:
        """A text of the same length in which names of rows, as `cross-entropy`, do not look like metrics."""
        for match in metric_pattern().finditer(text.lower()):
            if set(re.findall(r"[^\W\d_]+", match.group())) <= self.labels:
                text = text[: match.start()] + "·" * len(match.group()) + text[match.end() :]
        return text

    def _without_names(self, text: str) -> str:
        """A text of the same length without the words of names, as `early stopping`."""
        for match in re.finditer(r"[^\W\d_]{4,40}", text.lower()):
            if match.group() in self.labels:
                text = text[: match.start()] + "·" * len(match.group()) + text[match.end() :]
        return text

    def _metrics(self, text: str) -> set[str]:
        return metrics_of(self._quiet(text))

    def _finding(self, sentence: Sentence, says: str, possible: str, severity: Severity = "inconsistent") -> Finding:
        document = self.evidence.document
        assert document is not None
        where = document.where(sentence.span.line + 1)
        return Finding("conclusions", severity, says, where=where, reported=sentence.text[:200], possible=possible)

    # The best, and the better ----------------------------------------------------------------------------------------

    def _rank(
        self, sentence: Sentence, whole: str, clause: str, claim: RankClaim, near: Sequence[RowNames]
    ) -> Iterator[_Contradiction]:
        """A row that is called the best, the fastest, ... and is not; `clause` is the part of the whole that says "
        "so."""
        means_results = claim.sense in ("best", "worst") and re.search(claim_words.QUALITY, clause)
        refuted: list[tuple[RowNames, frozenset[int], str]] = []
        is_cheapest = False
        for names in near:
            want = _want(names.series, claim)
            if want is None or not _has_split(names.series, sentence, clause):
                continue
            if claim.metric is None and names.series.metric in _COSTS and means_results:
                continue
            mentions = names.mentions(clause)
            subject = _subject(clause, claim, mentions)
            if not subject or _is_confirmed(names.series, subject, whole, names.mentions(whole)) is False:
                continue
            masked = [(mention.start, mention.end) for mention in mentions] + [(claim.start, claim.end)]
            scope = clause
            if re.fullmatch(claim_words.WINS, clause[claim.start : claim.end], re.IGNORECASE):
                scope = clause[: next((each.end for each in mentions if each.start >= claim.end), len(clause))]
                masked = [(start, end) for start, end in masked if end <= len(scope)]
            if is_narrowed(scope, self.words[id(names)] | _heading_words(sentence), masked):
                return
            holds = _is_first(names.series, subject, want)
            if holds and claim.metric is None and names.series.metric in _COSTS and claim.sense in ("best", "worst"):
                is_cheapest = True  # perhaps the best in that
            elif holds:
                return
            elif holds is False:
                refuted.append((names, subject, want))
        if refuted:
            order = ("test", "validation", None, "train")
            refuted.sort(key=lambda each: (each[0].series.metric in _COSTS, order.index(each[0].series.split)))
            names, subject, want = refuted[0]
            series = names.series
            first, said = _first(series.entries, want), series.entries[min(subject)]
            says = (
                f"{_superlative(claim, series, want)} is {first.label} ({_shown(series, first.number)}), not "
                f"{said.label} ({_shown(series, said.number)})."
            )
            right = f"{first.label}, {_shown(series, first.number)}"
            finding = self._finding(sentence, says, right, "doubtful" if is_cheapest else "inconsistent")
            yield _Contradiction(("rank", id(series), subject, want), finding)

    def _steadiest(self, sentence: Sentence, clause: str, near: Sequence[RowNames]) -> Iterator[_Contradiction]:
        """A row whose numbers are said to vary least, or most, and do not: `X has the lowest variance`."""
        for want, words in claim_words.STEADIEST.items():
            match = re.search(words, clause, re.IGNORECASE)
            quiet = re.sub(claim_words.OF_SPREAD, lambda part: "·" * len(part.group()), clause)
            if match is None or is_uncertain(self._without_names(quiet)):
                continue
            first_word = re.search(r"최|가장|제일|最|一番", match.group())  # `X的标准差最小` is about X
            start = match.start() + (first_word.start() if first_word else 0)
            claim = RankClaim("low" if want == "lower" else "high", None, start, match.end())
            named = self._metrics(quiet)
            refuted: list[tuple[NumberSeries, frozenset[int]]] = []
            for names in near:
                mentions = names.mentions(clause)
                subject = _subject(clause, claim, mentions)
                spreads = _spreads_of(names.series)
                if not subject or spreads is None or (named and names.series.metric not in named):
                    continue
                masked = [(mention.start, mention.end) for mention in mentions] + [match.span()]
                known = self.words[id(names)] | _heading_words(sentence) | {"accuracy", "performance"}
                if is_narrowed(quiet, known, masked) or _is_first(spreads, subject, want) is not False:
                    return
                refuted.append((spreads, subject))
            if refuted:
                series, subject = refuted[0]
                first, said = _first(series.entries, want), series.entries[min(subject)]
                says = (
                    f"The row with the {'smallest' if want == 'lower' else 'largest'} spread is {first.label} "
                    f"(± {first.number.digits}), not {said.label} (± {said.number.digits})."
                )
                finding = self._finding(sentence, says, f"{first.label}, ± {first.number.digits}")
                yield _Contradiction(("spread", series.at, subject, want), finding)

    def _above(self, sentence: Sentence, clause: str, near: Sequence[RowNames]) -> Iterator[_Contradiction]:
        """`It reaches 93.4 %, 2.8 points above the baseline`, where the row of the baseline has another number."""
        if _SUPPOSED.search(clause):
            return
        misfits: list[tuple[NumberSeries, SeriesEntry, PrintedAmount, PrintedAmount, bool]] = []
        for names in near:
            mentions = names.mentions(clause)
            if not names.series.is_rate or len(mentions) != 1:
                continue
            read = _gain(clause, mentions[0])
            if read is None:
                continue
            level, gain = read
            is_open = re.search(claim_words.AT_LEAST, clause[: gain.start]) is not None
            rounded = [level] if is_open else [level, gain]
            if any(_ABOUT.search(clause[max(0, each.start - 14) : each.start]) for each in rounded):
                return
            for row in mentions[0].rows:
                entry = names.series.entries[row]
                if _is_near(names.series, entry.number, level) or _is_gain(names.series, entry, level, gain, is_open):
                    return
                misfits.append((names.series, entry, level, gain, is_open))
        rows = {(series.table.line, entry.row) for series, entry, *_ in misfits}
        metrics = {series.metric for series, *_ in misfits}
        if len(rows) != 1 or not (self._metrics(clause) & metrics or "accuracy" in metrics):
            return
        series, entry, level, gain, is_open = next(
            (each for each in misfits if each[0].metric == "accuracy" and each[0].split in ("test", None)), misfits[0]
        )
        value = level.number.value * (100 if level.unit != "%" and level.number.value <= 1 else 1)
        true = _in_words(series, value, series.percent(entry.number))
        says = (
            f"The table gives {_shown(series, entry.number)} for {entry.label}. From there to {_amount(level)} is "
            f"{true}, "
            f"not {'more than ' if is_open else ''}{_amount(gain)}."
        )
        yield _Contradiction(("above", entry.label, level.number.digits), self._finding(sentence, says, true))

    def _comparison(self, sentence: Sentence, clause: str, near: Sequence[RowNames]) -> Iterator[_Contradiction]:
        """A row that is called better than another, and is worse; or better by another amount."""
        refuted: dict[int, tuple[NumberSeries, RankClaim, SeriesEntry, SeriesEntry, str]] = {}
        misfits: dict[int, tuple[NumberSeries, SeriesEntry, SeriesEntry, PrintedAmount]] = {}
        fine: set[int] = set()  # where the comparisons begin that fit a series
        for names in near:
            for claim, left, right, masked in _compared(clause, self._quiet(clause), names):
                want = _want(names.series, claim)
                left, right = left - right, right - left  # a name within another one: `SVM` and `CNN-SVM`
                if want is None or not left or not right or not _has_split(names.series, sentence, clause):
                    continue
                if is_narrowed(blank_amounts(clause), self.words[id(names)] | _heading_words(sentence), masked):
                    return
                entries = names.series.entries
                pairs = [(entries[one], entries[other]) for one, other in product(sorted(left), sorted(right))]
                if all(_is_behind(one, other, want) for one, other in pairs):
                    refuted.setdefault(claim.start, (names.series, claim, *pairs[0], want))
                    continue
                amounts = [
                    each
                    for each in amounts_of(clause)
                    if _is_difference(clause, each) and not _is_of_name(each, masked[:-1])
                ]
                is_clear = len(pairs) == len(amounts) == 1 and not _ABOUT.search(clause)
                if is_clear and not _fits(names.series, *pairs[0], amounts[0]):
                    misfits.setdefault(claim.start, (names.series, *pairs[0], amounts[0]))
                else:
                    fine.add(claim.start)
        for start, (series, claim, one, other, want) in refuted.items():
            if start not in fine and start not in misfits:
                says = (
                    f"{_capital(one.label)} {_comparative(claim, series, want)} {other.label}: the table has "
                    f"{_shown(series, one.number)} against {_shown(series, other.number)}."
                )
                finding = self._finding(sentence, says, f"{other.label} before {one.label}")
                yield _Contradiction(("compare", id(series), one.row, other.row, want), finding)
                return
        for start, misfit in misfits.items():
            if start not in fine and start not in refuted:
                yield from self._misfit(sentence, *misfit)

    def _misfit(
        self, sentence: Sentence, series: NumberSeries, one: SeriesEntry, other: SeriesEntry, amount: PrintedAmount
    ) -> Iterator[_Contradiction]:
        a, b = series.percent(one.number), series.percent(other.number)
        unit = {"times": "times", "%": "%", "points": "points"}[amount.unit]
        true = _in_words(series, a, b)
        says = (
            f"The table gives {_shown(series, one.number)} for {one.label} and {_shown(series, other.number)} for "
            f"{other.label}. That is {true}, not {amount.number.digits} {unit}."
        )
        yield _Contradiction(("amount", id(series), one.row, other.row), self._finding(sentence, says, true))

    def _same_count(self, sentence: Sentence, near: Sequence[RowNames]) -> Iterator[_Contradiction]:
        """Two rows that are said to have equally many parameters, and do not."""
        if not _SAME_COUNT.search(sentence.text) or is_uncertain(self._without_names(sentence.text)):
            return
        slack = 0.15 if _ABOUT.search(sentence.text) else 0.01
        for names in near:
            mentions = [each for each in names.mentions(sentence.text) if len(each.rows) == 1]
            rows = list(dict.fromkeys(min(each.rows) for each in mentions))
            if (
                names.series.metric != "parameters"
                or len(rows) != 2
                or len(mentions) != len(names.mentions(sentence.text))
            ):
                continue
            one, other = (names.series.entries[row] for row in rows)
            a, b = one.number.value, other.number.value
            if abs(a - b) > slack * max(a, b) + (one.number.step + other.number.step) / 2:
                says = (
                    f"The table gives {one.number.printed} parameters for {one.label} and {other.number.printed} for "
                    f"{other.label}, so their numbers of parameters are not the same."
                )
                yield _Contradiction(
                    ("same", id(names.series), *rows), self._finding(sentence, says, "two different numbers")
                )
                return

    def _multiple(self, sentence: Sentence, near: Sequence[RowNames]) -> Iterator[_Contradiction]:
        """`X has twice as many parameters as Y`."""
        text = sentence.text
        metrics = self._metrics(text) & {"parameters", "operations", "size", "seconds"}
        factors = factors_of(text)
        if len(factors) != 1 or len(metrics) != 1 or _OF_OTHERS.search(text):
            return
        factor = factors[0]
        if is_supposed(text, factor.start):
            return
        misfit: tuple[NumberSeries, SeriesEntry, SeriesEntry] | None = None
        for names in near:
            mentions = names.mentions(text)
            if (
                names.series.metric not in metrics
                or len(mentions) != 2
                or any(len({names.series.entries[row].number.value for row in each.rows}) != 1 for each in mentions)
            ):
                continue
            one, other = (names.series.entries[min(each.rows)] for each in mentions)
            a, b = one.number.value, other.number.value
            if a <= 0 or b <= 0 or one is other:
                return
            if factor.fits(a, b, slack=0.05):
                return
            misfit = misfit or (names.series, one, other)
        if misfit is not None:
            series, one, other = misfit
            ratio = max(one.number.value, other.number.value) / min(one.number.value, other.number.value)
            says = (
                f"The table gives {_shown(series, one.number)} for {one.label} and {_shown(series, other.number)} for "
                f"{other.label}. One is {ratio:.3g} times the other, which is not “{factor.printed(text)}”."
            )
            yield _Contradiction(
                ("times", id(series), one.row, other.row), self._finding(sentence, says, f"{ratio:.3g} times")
            )

    # Numbers of rows -------------------------------------------------------------------------------------------------

    def _number_of_another_row(self, sentence: Sentence, near: Sequence[RowNames]) -> _Contradiction | None:
        """A number that a sentence gives for one row, and that the table has in another."""
        wrong: tuple[NumberSeries, frozenset[int], PrintedAmount, SeriesEntry] | None = None
        text = sentence.text
        if re.search(rf"(?i){vocabulary.CITED}|\?|\[\d", text):
            return None
        for names in near:
            for rows, amount in _given(text, names):
                if self._has(rows, names, amount, near):
                    continue
                others = [
                    entry
                    for number, entry in enumerate(names.series.entries)
                    if number not in rows and _is_same(names.series, entry.number, amount)
                ]
                named = self._metrics(text)
                is_clear = names.series.is_rate and (amount.unit == "%" or amount.number.step < 0.005)
                fits_metric = names.series.metric in named or (not named and is_clear)
                if len(others) == 1 and fits_metric and _has_split(names.series, sentence) and wrong is None:
                    wrong = names.series, rows, amount, others[0]
        if wrong is None:
            return None
        series, rows, amount, other = wrong
        right = series.entries[min(rows)]
        says = (
            f"{amount.number.digits}{' %' if amount.unit == '%' else ''} is the number of the row {other.label}. The "
            f"row "
            f"{right.label} has {_shown(series, right.number)}."
        )
        finding = self._finding(sentence, says, f"{_shown(series, right.number)} for {right.label}")
        return _Contradiction(("number", id(series), rows, other.row), finding)

    def _has(self, rows: frozenset[int], names: RowNames, amount: PrintedAmount, near: Sequence[RowNames]) -> bool:
        """Whether one of the rows, or a row of that name in another table, has a number, in any column."""
        labels = {names.series.entries[row].label for row in rows}
        same = [
            (other.series, entry)
            for other in near
            for number, entry in enumerate(other.series.entries)
            if entry.label in labels
            or (other.series.table is names.series.table and entry.row in _rows_of(names, rows))
        ]
        return any(_is_near(series, entry.number, amount) for series, entry in same)

    def _number_of_its_own(self, sentence: Sentence, near: Sequence[RowNames]) -> _Contradiction | None:
        """A number that no table has for its row, and that stands nowhere else in the document."""
        text = sentence.text
        named = self._metrics(text)
        if re.search(rf"(?i){vocabulary.CITED}|\?|\[\d", text) or is_uncertain(self._without_names(text)):
            return None
        found: list[tuple[NumberSeries, SeriesEntry, PrintedAmount]] = []
        for names in near:
            series = names.series
            if named != {series.metric} or not series.is_rate or not _has_split(series, sentence):
                continue
            masked = [(mention.start, mention.end) for mention in names.mentions(text)]
            known = self.words[id(names)] | _heading_words(sentence)
            for rows, amount in _given(text, names):
                if len(rows) != 1 or self._has(rows, names, amount, near) or self._is_printed_twice(amount):
                    return None
                if self._has_logs() and not _are_swapped(series, series.entries[min(rows)].number, amount):
                    return None
                if not is_narrowed(blank_amounts(text), known, masked):
                    found.append((series, series.entries[min(rows)], amount))
        if len(found) != 1 or not _is_alike(found[0][0], found[0][1].number, found[0][2]):
            return None
        series, entry, amount = found[0]
        swapped = _are_swapped(series, entry.number, amount)
        says = (
            f"The sentence gives {amount.number.digits}{' %' if amount.unit == '%' else ''} for {entry.label}, the "
            f"table "
            f"{_shown(series, entry.number)}.{' Two digits changed places.' if swapped else ''}"
        )
        is_sure = swapped or _NAMES_TABLE.search(text)
        finding = self._finding(sentence, says, _shown(series, entry.number), "inconsistent" if is_sure else "doubtful")
        return _Contradiction(("own", id(series), entry.row, amount.number.digits), finding)

    def _number_of_the_best(self, sentence: Sentence) -> _Contradiction | None:
        """`The best accuracy was 94.21 %`, or `the full model reaches ...`, which stands nowhere else in the "
        "document."""
        text = sentence.text
        named = self._metrics(text)
        is_of_others = re.search(rf"(?i){vocabulary.CITED}|\?|\[\d", text) or _AGAINST_OTHERS.search(text)
        if is_of_others or is_uncertain(self._without_names(text)):
            return None
        amounts = [each for each in amounts_of(text) if _looks_like_a_rate(each)]
        claims = [each for each in superlatives(self._quiet(text)) if each.sense in ("best", "high")]
        about = self._tables_about(sentence.headings, _data_sets(text))
        series = [
            each.series
            for each in self.names
            if each.series.is_rate
            and each.series.at in about
            and each.series.better
            and _has_split(each.series, sentence)
        ]
        series = [each for each in series if each.metric in named & _RATES]
        if len(amounts) != 1 or not series or self._is_printed_twice(amounts[0]) or len(named & _RATES) > 1:
            return None
        (amount,) = amounts
        best = [
            (each, _first(each.entries, each.better or "higher")) for each in series if _ranked(each.entries, "higher")
        ]
        if any(_is_near(each, entry.number, amount) for each in series for entry in each.entries):
            return None
        swapped = [pair for pair in best if _are_swapped(pair[0], pair[1].number, amount)]
        is_best = any(abs(claim.start - amount.end) < 40 or abs(amount.start - claim.end) < 40 for claim in claims)
        if len(swapped) != 1 and not (is_best and len(best) == 1 and not self._has_logs()):
            return None
        one, entry = swapped[0] if swapped else best[0]
        says = (
            f"The text gives {amount.number.digits}{' %' if amount.unit == '%' else ''}, the table "
            f"{_shown(one, entry.number)} for its best row, {entry.label}."
            f"{' Two digits changed places.' if swapped else ''}"
        )
        finding = self._finding(sentence, says, _shown(one, entry.number), "inconsistent" if swapped else "doubtful")
        return _Contradiction(("best", amount.number.digits), finding)

    def _is_printed_twice(self, amount: PrintedAmount) -> bool:
        """Whether a document prints a number more than once, as percent or as a fraction."""
        document = self.evidence.document
        assert document is not None
        digits = amount.number.digits
        shifted = f"{amount.number.value / 100:.6f}".rstrip("0")
        return sum(len(re.findall(rf"(?<![\d.]){re.escape(each)}", document.text)) for each in {digits, shifted}) > 1

    def _has_logs(self) -> bool:
        """Whether a document has logs or other output, in which a number may stand in another form."""
        return any(isinstance(block, Verbatim) and len(block.lines) > 4 for block in self.evidence.layout.blocks)

    def _count(self, sentence: Sentence) -> Iterator[_Contradiction]:
        """`We compare five optimizers` above a table that has three."""
        text = sentence.text.lower()
        match = _counted().search(text)
        if match is None or re.search(claim_words.COUNTS_A_PART, text[: match.start()]) or is_uncertain(text):
            return
        noun = match["noun"]
        counts: dict[int, set[str]] = {}
        for at, table in enumerate(self.tables):
            for column, header in enumerate(table.columns):
                if header.strip().lower() in (noun, noun.removesuffix("s"), noun.removesuffix("es")):
                    values = {row.cells[column].text for row in table.rows if column < len(row.cells)}
                    if sum(read_number(value, decimal_comma=True) is None for value in values) * 2 > len(values):
                        counts[at] = {value for value in values if value and not SUMMARY_ROW.search(value)}
        said = claim_words.NUMBER_WORDS[match["count"]]
        if len(counts) != 1:
            return
        ((at, values),) = counts.items()
        has_headings = at in self._tables_about(sentence.headings, _data_sets(sentence.text))
        is_sure = _NAMES_TABLE.search(text) or _COMPARES.search(text)
        if has_headings and is_sure and len(values) > 1 and len(values) != said:
            says = f"The sentence speaks of {said} {noun}, the table has {len(values)}."
            finding = self._finding(sentence, says, f"{len(values)} {noun}", "doubtful")
            yield _Contradiction(("count", at, noun), finding)

    # Arithmetic of a sentence ----------------------------------------------------------------------------------------

    def _always(self, sentence: Sentence) -> Iterator[_Contradiction]:
        """`The validation accuracy is always below the training accuracy`, against the only log of the document."""
        for clause in sentence.clauses:
            named = self._metrics(clause) & {"accuracy", "loss"}
            splits = splits_in(clause)
            senses = [sense for sense, words in claim_words.BESIDE.items() if re.search(words, clause)]
            if len(named) != 1 or len(splits) != 2 or len(senses) != 1 or not re.search(claim_words.ALWAYS, clause):
                continue
            if _SUPPOSED.search(clause) or re.search(_ALMOST, clause):
                continue
            (metric,) = named
            one, other = (self._logged(metric, split) for split in splits)
            both = sorted(one.keys() & other.keys())
            sign = 1 if senses[0] == "higher" else -1
            against = [at for at in both if sign * (one[at][0] - other[at][0]) < -(one[at][1] + other[at][1]) / 2]
            if len(both) < 4 or len(against) < 2:
                continue
            printed = [f"{value[at][0]:g}" for at in against[:1] for value in (one, other)]
            says = (
                f"The {_SPLIT_WORDS[splits[0]]} {metric} is not {senses[0]} in {len(against)} of {len(both)} epochs. "
                f"In "
                f"epoch {against[0]} it is {printed[0]} against {printed[1]}."
            )
            finding = self._finding(sentence, says, f"in {len(both) - len(against)} epochs")
            yield _Contradiction(("always", metric, *splits), finding)

    def _logged(self, metric: str, split: str) -> dict[int, tuple[float, float]]:
        """The numbers after each epoch in a log, with their last digit; none if there are several logs."""
        found: dict[int, tuple[float, float]] = {}
        for each in self.evidence.statements:
            is_of_epoch = each.kind == "log" and each.epoch is not None and each.step_number in (None, each.steps)
            if not is_of_epoch or each.is_change or (each.metric, each.split) != (metric, split):
                continue
            if found.setdefault(each.epoch or 0, (each.value, each.step)) != (each.value, each.step):
                return {}
        return found

    def _rise(self, sentence: Sentence) -> Iterator[_Contradiction]:
        """`from 88.1 % to 90.2 %, a gain of 3.1 points`."""
        text = sentence.text
        amounts = amounts_of(text)
        if not 3 <= len(amounts) <= 6 or not _CHANGE.search(text) or re.search(r"\?|(?i:\bnot\b|\bCI\b)", text):
            return
        marked, at, places = "", 0, []
        for amount in amounts:
            marked += text[at : amount.start]
            places.append(len(marked))
            marked, at = marked + "§", amount.end
        marked += text[at:]
        rises = list(_RISES.finditer(marked))
        if len(rises) != 1:
            return
        inside = [number for number, place in enumerate(places) if rises[0].start() <= place < rises[0].end()]
        rest = [
            number for number in range(len(amounts)) if number not in inside and amounts[number].unit in ("%", "points")
        ]
        if len(inside) != 2 or len(rest) != 1:
            return
        before, after, change = amounts[inside[0]], amounts[inside[1]], amounts[rest[0]]
        between = marked[rises[0].end() : places[rest[0]]] if rest[0] > inside[1] else ""
        behind = text[change.end : change.end + 14]
        aside = between.rstrip("(+-− ")
        if not (_CHANGE.search(between) or _CHANGE.search(behind) or _ASIDE.fullmatch(aside)):
            return
        if (
            len(between) > 60
            or rest[0] < inside[0]
            or {before.unit, after.unit} - {"%", ""}
            or "times" in (before.unit, after.unit)
        ):
            return
        if (
            not _is_level(before, after)
            or not _CHANGE.search(marked)
            or _ABOUT.search(text[change.start - 14 : change.start])
        ):
            return
        a, b = before.number, after.number
        scale = 100.0 if max(a.value, b.value) <= 1 else 1.0
        of_first = _RELATIVE.search(marked) is not None
        if change.number.value <= 0 or _is_change(a, b, scale, change, is_rate=True, of_first=of_first):
            return
        points = abs(b.value - a.value) * scale
        relative = points / (a.value * scale) * 100 if a.value else 0.0
        true = f"{points:.4g} points, or {relative:.3g} %"
        says = f"From {_amount(before)} to {_amount(after)} is {true}, not {_amount(change)}."
        yield _Contradiction(("rise", a.digits, b.digits, change.number.digits), self._finding(sentence, says, true))


#: A change in percent of what was there before.
_RELATIVE = re.compile(r"\brelativ\w*|相对|相對|相対|상대적", re.IGNORECASE)


@cache
def _counted() -> re.Pattern[str]:
    words = "|".join(sorted(claim_words.NUMBER_WORDS, key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?P<count>{words})\s?(?:different |tested |가지 |개의 |种|个|種類の|の|verschiedene[n]? |"
        rf"différents? |diferentes )?"
        r"(?P<noun>[^\W\d_]{2,20})"
    )


# Which numbers and rows ----------------------------------------------------------------------------------------------


def _is_about(said: tuple[str, ...], shown: tuple[str, ...]) -> bool:
    """Whether a sentence below some headings may speak of a table: it stands in its section, or sums up the report."""
    if len(said) <= 1 or said[: len(shown)] == shown or shown[: len(said)] == said:
        return True
    return bool(_SUMMARY_HEADING.search(" ".join(said[1:]))) or (len(said) > 2 and said[:-1] == shown[:-1])


def _known_words(names: RowNames) -> frozenset[str]:
    table = names.series.table
    words = re.findall(r"[^\W\d_]{2,}", f"{_text_of(table)} {' '.join(table.headings)}".lower())
    return names.vocabulary | frozenset(words)


def _heading_words(sentence: Sentence) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{2,}", " ".join(sentence.headings).lower()))


def _text_of(table: PrintedTable) -> str:
    cells = " ".join(cell.text for row in table.rows for cell in row.cells)
    return f"{table.caption} {' '.join(table.columns)} {' '.join(table.headings)} {cells}"


@lru_cache(maxsize=1024)
def _data_sets(text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in vocabulary.DATASET_WORDS if re.search(pattern, text))


def _want(series: NumberSeries, claim: RankClaim) -> str | None:
    """Whether a claim wants the highest or the lowest number of a series; None if it is not about it."""
    if claim.metric is not None and claim.sense in ("best", "worst", "high", "low"):
        means_accuracy = claim.metric == "precision" and series.metric == "accuracy"
        if series.metric != claim.metric and not means_accuracy:
            return None
    opposite = {"higher": "lower", "lower": "higher"}
    if claim.sense in ("high", "low"):
        return "higher" if claim.sense == "high" else "lower"
    if claim.sense in ("accurate", "inaccurate"):
        if series.metric not in ("accuracy", "error") or series.better is None:
            return None
        return series.better if claim.sense == "accurate" else opposite[series.better]
    if claim.sense in ("fast", "slow"):
        if series.metric not in ("seconds", "speed") or series.better is None:
            return None
        return series.better if claim.sense == "fast" else opposite[series.better]
    if series.better is None:
        return None
    return series.better if claim.sense == "best" else opposite[series.better]


def _has_split(series: NumberSeries, sentence: Sentence, clause: str = "") -> bool:
    """Whether a series may be of the images that a sentence names; what its clause names goes first."""
    split = split_of(clause) or split_of(sentence.text)
    return split is None or series.split is None or series.split == split


def _subject(clause: str, claim: RankClaim, mentions: Sequence[RowMention]) -> frozenset[int]:
    """The rows that a superlative is said of; none if that is not certain."""
    before = [mention for mention in mentions if mention.end <= claim.start]
    after = [mention for mention in mentions if mention.start >= claim.end]
    if before and after:
        return frozenset()
    if before:
        if (
            re.search(r"(?:['’]s|:)\s*(?:[\w ]{0,12})?$|的$|の$", clause[before[-1].end : claim.start])
            and "的" not in clause[claim.start : claim.end + 1]
        ):
            return frozenset()
        said = before
    elif after and re.fullmatch(claim_words.WINS, clause[claim.start : claim.end], re.IGNORECASE):
        said = after[:1] if after[0].start - claim.end <= 2 else []
        if not said:
            return frozenset()
    elif after:
        if not re.search(claim_words.LINKS, clause[claim.end : after[0].start], re.IGNORECASE):
            return frozenset()
        said = after
    else:
        return frozenset()
    shared = frozenset.intersection(*(mention.rows for mention in said))
    return shared or frozenset.union(*(mention.rows for mention in said))


def _is_confirmed(
    series: NumberSeries, rows: frozenset[int], clause: str, mentions: Sequence[RowMention]
) -> bool | None:
    """Whether a clause prints the number that the table has for its row; None if it prints none."""
    masked = [(mention.start, mention.end) for mention in mentions]
    amounts = [each for each in amounts_of(clause) if each.unit == "%" or each.number.step < 1]
    amounts = [each for each in amounts if not _is_of_name(each, masked)]
    if not amounts:
        return None
    return any(_is_near(series, series.entries[row].number, amount) for row in rows for amount in amounts)


def _compared(
    clause: str, quiet: str, names: RowNames
) -> Iterator[tuple[RankClaim, frozenset[int], frozenset[int], list[tuple[int, int]]]]:
    """Each comparison of two rows, with what it is said of, what it is compared with, and what to mask."""
    mentions = names.mentions(clause)
    masked = [(mention.start, mention.end) for mention in mentions]
    for claim in comparatives(quiet):
        before = [mention for mention in mentions if mention.end <= claim.start]
        after = [mention for mention in mentions if mention.start >= claim.end]
        if len(before) == len(after) == 1 and claim.start - before[0].end <= 50 and after[0].start - claim.end <= 24:
            yield claim, before[0].rows, after[0].rows, [*masked, (claim.start, claim.end)]
    metrics = metrics_of(quiet)
    only = next(iter(metrics)) if len(metrics) == 1 else None
    for start, end in chains_of(clause) if only else ():
        before = [mention for mention in mentions if start - 24 <= mention.end <= start]
        after = [mention for mention in mentions if end <= mention.start <= end + 24]
        if before and after:
            yield RankClaim("high", only, start, end), before[-1].rows, after[0].rows, [*masked, (start, end)]
    against = re.match(rf"\W*(?:{claim_words.COMPARED_TO})\s", clause, re.IGNORECASE)
    if len(mentions) != 2:
        return
    one, other = mentions
    if against and re.match(r"\s?(?:optimi[sz]er|network|model)?,", clause[one.end :]):
        for sense, pattern in claim_words.COMPARED.items():
            if re.search(rf"\b(?:{pattern})\b", clause[other.end :], re.IGNORECASE) and only:
                claim = RankClaim(sense, only, other.end, len(clause))
                yield claim, other.rows, one.rows, [*masked, (0, one.start), (other.end, len(clause))]
        return
    between, behind = clause[one.end : other.start], clause[other.end :]
    if re.match(r"[^,，。]{0,8}(?:보다|에 비해|より|に比べ)", behind) and len(between) < 24:
        at = other.end + re.match(r"[^,，。]{0,8}?(?:보다|에 비해|より|に比べ)", behind).end()  # type: ignore[union-attr]
    elif re.match(r"\s?(?:[^\w]|的)?[^，。]{0,8}比\s?$", between):
        at = other.end
    else:
        return
    claim_after = comparatives_after(blank_amounts(quiet)[at:])
    if claim_after is not None:
        metric = claim_after.metric or (next(iter(metrics)) if len(metrics) == 1 else None)
        if claim_after.sense in ("high", "low") and metric is None:
            if not re.search(claim_words.QUALITY, quiet):
                return
            claim_after = replace(claim_after, sense="best" if claim_after.sense == "high" else "worst")
        moved = replace(claim_after, metric=metric, start=at + claim_after.start, end=at + claim_after.end)
        yield moved, one.rows, other.rows, [*masked, (moved.start, moved.end)]


def _is_difference(clause: str, amount: PrintedAmount) -> bool:
    """Whether a number of a comparison says by how much: `by 2 %`, `2 points`, `2 % better`, `2 times`."""
    if amount.unit in ("points", "times"):
        return True
    is_change = re.match(_MORE, clause[amount.end :]) or re.search(_BY, clause[: amount.start])
    return amount.unit == "%" and is_change is not None


def _gain(text: str, mention: RowMention) -> tuple[PrintedAmount, PrintedAmount] | None:
    """The rate of a sentence and by how much it is above a row that the sentence names."""
    amounts = [each for each in amounts_of(text) if not mention.start <= each.start < mention.end]
    if len(amounts) != 2:
        return None
    for level, gain in (amounts, amounts[::-1]):
        marked = _marked(text, [(gain.start, gain.end, "§"), (mention.start, mention.end, "¤")])
        is_rate = level.unit == "%" or (level.unit == "" and level.number.step < 0.05 and level.number.value < 100)
        if gain.unit in ("points", "%") and is_rate and re.search(claim_words.ABOVE, marked, re.IGNORECASE):
            return level, gain
    return None


def _marked(text: str, places: Sequence[tuple[int, int, str]]) -> str:
    for start, end, mark in sorted(places, reverse=True):
        text = text[:start] + mark + text[end:]
    return text


def _is_of_name(amount: PrintedAmount, masked: Sequence[tuple[int, int]]) -> bool:
    return any(start <= amount.start < end for start, end in masked)


def _given(text: str, names: RowNames) -> Iterator[tuple[frozenset[int], PrintedAmount]]:
    """The numbers of a sentence, each with the rows that it is given for; none if that is not certain."""
    mentions = names.mentions(text)
    masked = [(mention.start, mention.end) for mention in mentions]
    amounts = [each for each in amounts_of(text) if not _is_of_name(each, masked) and each.unit in ("%", "")]
    amounts = [each for each in amounts if len(re.sub(r"\D", "", each.number.digits).lstrip("0")) >= 3]
    if not mentions or not amounts or len(mentions) != len(amounts):
        return
    in_order = sorted([(each.start, "row") for each in mentions] + [(each.start, "number") for each in amounts])
    kinds = [kind for _, kind in in_order]
    count = len(mentions)
    listed = _RESPECTIVELY.search(text) and kinds == ["row"] * count + ["number"] * count and count > 1
    gaps = [text[mention.end : each.start] for mention, each in zip(mentions, amounts, strict=True)]
    in_brackets = all(re.fullmatch(r"\s?\(", gap) for gap in gaps)
    against = not in_brackets and _AGAINST.search(re.sub(_RESPECTIVELY, "", text) if listed else text)
    if against or not (listed or kinds == ["row", "number"] * count):
        return
    for mention, amount in zip(mentions, amounts, strict=True):
        if listed or amount.start - mention.end <= 90:
            yield mention.rows, amount


def _rows_of(names: RowNames, rows: frozenset[int]) -> set[int]:
    return {names.series.entries[row].row for row in rows}


# Arithmetic ----------------------------------------------------------------------------------------------------------


def _ranked(entries: Sequence[SeriesEntry], want: str) -> list[SeriesEntry]:
    own = [entry for entry in entries if not entry.is_cited]
    return sorted(own, key=lambda entry: entry.number.value, reverse=want == "higher")


def _first(entries: Sequence[SeriesEntry], want: str) -> SeriesEntry:
    return _ranked(entries, want)[0]


def _is_first(series: NumberSeries, rows: frozenset[int], want: str) -> bool | None:
    """Whether one of some rows is the first of a series, or of a part of it; None if that cannot be said."""
    entries = series.entries
    said = [entries[row] for row in rows]
    own = _ranked(entries, want)
    if any(entry.is_cited for entry in said) or len(own) < 2 or len(said) >= len(own):
        return None
    groups = [own]
    for column in range(len(said[0].names)):
        values = Counter(each.names[column][1] for each in own if column < len(each.names))
        if sum(count > 1 for count in values.values()) < 2:
            continue  # no factor of the experiment: a learning rate that two rows happen to share
        for entry in said:
            value = entry.names[column][1] if column < len(entry.names) else ""
            group = [each for each in own if column < len(each.names) and each.names[column][1] == value]
            if len(group) < len(own) and any(each not in said for each in group):
                groups.append(group)
    return any(not _is_behind(entry, _first(group, want), want) for group in groups for entry in said if entry in group)


def _is_behind(one: SeriesEntry, other: SeriesEntry, want: str) -> bool:
    """Whether a number is behind another one by more than rounding and spread."""
    slack = max(one.number.step, other.number.step) / 2 + max(one.number.spread or 0, other.number.spread or 0)
    behind = other.number.value - one.number.value
    return (behind if want == "higher" else -behind) > slack * (1 + 1e-9)


def _readings(series: NumberSeries | None, cell: CellNumber, amount: PrintedAmount) -> Iterator[tuple[float, float]]:
    """What a cell may be printed as in a sentence, with half a step of rounding."""
    scale = series.scale if series is not None else 1.0
    value, step = cell.value, cell.step
    yield value, step
    if series is not None and series.is_rate:
        yield value * scale, step * scale
        yield 100 - value * scale, step * scale
        if scale == 1:
            yield value / 100, step / 100
            yield 1 - value / 100, step / 100
        else:
            yield 1 - value, step
    if series is not None and series.metric in ("parameters", "operations", "size"):
        yield from ((value / factor, step / factor) for factor in (1e3, 1e6, 1e9))
        yield from ((value * factor, step * factor) for factor in (1e3, 1e6, 1e9))
    if series is not None and series.metric == "seconds":
        yield from ((value / factor, step / factor) for factor in (60, 3600, 1e-3))
    if cell.spread is not None:
        yield cell.spread, step


def _is_near(series: NumberSeries, cell: CellNumber, amount: PrintedAmount) -> bool:
    """Whether a number of a sentence may be that of a cell, rounded or cut off."""
    said, step = amount.number.value, amount.number.step
    return any(abs(value - said) <= max(step, width) * (1 + 1e-9) for value, width in _readings(series, cell, amount))


def _is_same(series: NumberSeries, cell: CellNumber, amount: PrintedAmount) -> bool:
    """Whether a number of a sentence is that of a cell to its last digit."""
    said = amount.number
    if series.is_rate:
        is_percent = amount.unit == "%" or said.value > 1
        value, width = series.percent(cell), cell.step * series.scale
        scale = 1.0 if is_percent else 100.0
        return abs(value - said.value * scale) <= 1e-9 * 100 and abs(width / (said.step * scale) - 1) < 1e-6
    return cell.value == said.value and cell.step == said.step and amount.unit == "" and said.value >= 100


def _printed_alike(series: NumberSeries, cell: CellNumber, amount: PrintedAmount) -> tuple[str, str] | None:
    """A cell and a number of a sentence as text, if both have as many digits before and after the point."""
    is_percent = amount.unit == "%" or amount.number.value > 1
    value, width = (series.percent(cell), cell.step * series.scale) if is_percent else (cell.value, cell.step)
    if abs(width / amount.number.step - 1) > 1e-6 or width > (0.0101 if is_percent else 0.000101):
        return None
    places = max(0, round(-math.log10(amount.number.step)))
    one, other = f"{value:.{places}f}", f"{amount.number.value:.{places}f}"
    return (one, other) if len(one) == len(other) else None


def _is_alike(series: NumberSeries, cell: CellNumber, amount: PrintedAmount) -> bool:
    """Whether two numbers are so close that they are meant to be one: they begin alike."""
    printed = _printed_alike(series, cell, amount)
    return (
        printed is not None
        and abs(series.percent(cell) - amount.number.value * (1 if amount.number.value > 1 else 100)) < 5
    )


def _are_swapped(series: NumberSeries, cell: CellNumber, amount: PrintedAmount) -> bool:
    """Whether two numbers differ in two digits only, which changed places."""
    printed = _printed_alike(series, cell, amount)
    if printed is None:
        return False
    one, other = printed
    differing = [index for index in range(len(one)) if one[index] != other[index]]
    if len(differing) != 2:
        return False
    first, second = differing
    return one[first] == other[second] and one[second] == other[first] and not one[first + 1 : second].strip(".")


def _fits(series: NumberSeries, one: SeriesEntry, other: SeriesEntry, amount: PrintedAmount) -> bool:
    """Whether an amount is the difference, the relative difference or the ratio of two numbers, in any reading."""
    return _is_change(one.number, other.number, series.scale, amount, series.is_rate)


def _is_gain(
    series: NumberSeries, entry: SeriesEntry, level: PrintedAmount, gain: PrintedAmount, is_open: bool
) -> bool:
    """Whether a rate is above that of a row by an amount; if that is a lower bound, by as much or more."""
    level_scale = 100.0 if series.is_rate and level.unit != "%" and level.number.value <= 1 else 1.0
    number = replace(entry.number, value=series.percent(entry.number), step=entry.number.step * series.scale)
    said = replace(level.number, value=level.number.value * level_scale, step=level.number.step * level_scale)
    if not is_open:
        return _is_change(number, said, 1.0, gain, is_rate=True)
    points = abs(said.value - number.value)
    readings = (points, 100 * points / number.value if number.value else 0.0)
    return any(each >= gain.number.value * 0.98 for each in readings)


def _spreads_of(series: NumberSeries) -> NumberSeries | None:
    """The spreads of a series as a series of their own: those behind its ±, or in the only column of deviations."""
    entries: list[SeriesEntry] = []
    columns = [at for at, header in enumerate(series.table.columns) if _DEVIATION.fullmatch(header.rpartition("/")[2])]
    for entry in series.entries:
        spread, row = entry.number.spread, series.table.rows[entry.row] if entry.row < len(series.table.rows) else None
        cell = row.cells[columns[0]] if row is not None and len(columns) == 1 and columns[0] < len(row.cells) else None
        beside = read_number(cell.text, decimal_comma=True) if cell is not None and spread is None else None
        if spread is not None:
            digits = f"{spread:g}"
            beside = CellNumber(digits, digits, spread, entry.number.step)
        if beside is None:
            return None
        entries.append(replace(entry, number=beside))
    return replace(series, better="lower", entries=tuple(entries)) if len(entries) > 1 else None


def _is_change(
    one: CellNumber, other: CellNumber, scale: float, amount: PrintedAmount, is_rate: bool, of_first: bool = False
) -> bool:
    """Whether an amount is the difference of two numbers, absolute or relative; `of_first` leaves no other reading."""
    a, b = one.value * scale, other.value * scale
    wide_a, wide_b = one.step * scale / 2, other.step * scale / 2
    said, wide = amount.number.value, amount.number.step  # a whole step: some people cut digits off
    readings: list[Callable[[float, float], float]] = []
    if amount.unit in ("points", "%") and not of_first:
        readings.append(lambda x, y: abs(x - y))
    if of_first:
        readings += [lambda x, y: 100 * abs(x - y) / x, lambda x, y: 100 * abs(x - y) / (100 - x)]
    elif amount.unit in ("%", "points"):
        readings += [lambda x, y: 100 * abs(x - y) / x, lambda x, y: 100 * abs(x - y) / y]
        if is_rate:
            readings += [
                lambda x, y: 100 * abs(x - y) / (100 - x),
                lambda x, y: 100 * abs(x - y) / (100 - y),
            ]
        else:
            readings += [lambda x, y: 100 * x / y, lambda x, y: 100 * y / x]
    if amount.unit == "times":
        readings += [
            lambda x, y: x / y,
            lambda x, y: y / x,
            lambda x, y: x / y - 1,
            lambda x, y: y / x - 1,
        ]
    corners = list(product((a - wide_a, a, a + wide_a), (b - wide_b, b, b + wide_b)))
    for reading in readings:
        try:
            values = [reading(x, y) for x, y in corners]
        except ZeroDivisionError:
            return True
        if min(values) - wide - 1e-9 <= abs(said) <= max(values) + wide + 1e-9:
            return True
    return False


def _looks_like_a_rate(amount: PrintedAmount) -> bool:
    """Whether a number has three digits or more, as `93.4 %` or `0.934`."""
    number = amount.number
    if amount.unit == "%":
        return 1 < number.value <= 100 and number.step < 0.5
    return amount.unit == "" and 0.1 < number.value < 1 and number.step < 0.005


def _is_level(before: PrintedAmount, after: PrintedAmount) -> bool:
    """Whether two numbers look like rates: in percent, or with decimals."""
    values = (before.number.value, after.number.value)
    if not all(0 < value <= 100 for value in values):
        return False
    return "%" in (before.unit, after.unit) or (before.number.step < 1 and after.number.step < 1)


# Words of the findings -----------------------------------------------------------------------------------------------


def _shown(series: NumberSeries, number: CellNumber) -> str:
    if series.is_rate and not number.unit and number.spread is None:
        places = max(0, round(-math.log10(number.step * series.scale)))
        return f"{series.percent(number):.{places}f} %"
    return re.sub(r"(?<=\d)%", " %", number.printed)


def _amount(amount: PrintedAmount) -> str:
    return f"{amount.number.digits} {amount.unit}".strip()


def _in_words(series: NumberSeries, a: float, b: float) -> str:
    if series.is_rate:
        return f"{abs(a - b):.4g} points, or {100 * abs(a - b) / b:.3g} %" if b else f"{abs(a - b):.4g} points"
    return (
        f"{100 * abs(a - b) / b:.3g} % or {max(a, b) / min(a, b):.3g} times" if min(a, b) > 0 else f"{abs(a - b):.4g}"
    )


_NAMES = {"f1": "F1", "auc": "AUC", "top5": "top-5 rate", "seconds": "time", "other": "number"}
_COUNTS = {"parameters": "parameters", "operations": "operations"}


def _superlative(claim: RankClaim, series: NumberSeries, want: str) -> str:
    """`The table's fastest row`, `The row with the lowest loss`."""
    words = {"accurate": "most accurate", "inaccurate": "least accurate", "fast": "fastest", "slow": "slowest"}
    words |= {"best": "best", "worst": "worst"}
    if series.metric == "accuracy" and claim.sense in ("high", "low"):
        words |= {"high": "most accurate", "low": "least accurate"}
    if claim.sense in words:
        return f"The table's {words[claim.sense]} row"
    if series.metric in _COUNTS:
        return f"The row with the {'most' if want == 'higher' else 'fewest'} {_COUNTS[series.metric]}"
    order = "highest" if want == "higher" else "lowest"
    return f"The row with the {order} {_NAMES.get(series.metric, series.metric)}"


def _comparative(claim: RankClaim, series: NumberSeries, want: str) -> str:
    """`is not faster than`, `has no lower loss than`."""
    words = {"best": "better", "worst": "worse", "accurate": "more accurate", "inaccurate": "less accurate"}
    words |= {"fast": "faster", "slow": "slower"}
    if claim.sense in words:
        return f"is not {words[claim.sense]} than"
    if series.metric in _COUNTS:
        return f"does not have {'more' if want == 'higher' else 'fewer'} {_COUNTS[series.metric]} than"
    return f"has no {want} {_NAMES.get(series.metric, series.metric)} than"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
