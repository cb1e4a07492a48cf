"""Sentences that compare networks by their parameters, against the counts that the report gives.

`Twice as many parameters` needs two counts of whole networks with this ratio, `the same number` two that are equal. A
claim is wrong only if no two counts of the report fit it. Claims that name two rows of a table belong to the rule
`conclusions`.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from deepstudy.audits.arithmetic.parameter_bytes import PARAMETER_WORD, count_in_cell
from deepstudy.audits.printed import Sum
from deepstudy.audits.reading.blocks import DocumentLayout, Paragraph, PrintedTable, TableRow
from deepstudy.audits.reading.claims.factors import PrintedFactor, clause_around, factors_of, is_supposed
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.layout import clean_in_place, iterate_sentences
from deepstudy.audits.reading.networks.layers import COUNT, ListedNetwork, PrintedCount, read_count
from deepstudy.audits.reading.networks.listings.chains import chains_in
from deepstudy.audits.reading.networks.listings.sums import TOTAL_WORD
from deepstudy.findings import Finding

_RULE = "parameters"
_LEAST = 1000
_MOST_TERMS = 12
_MOST = 12  # counts of whole networks; more make some pair fit by chance
_P = PARAMETER_WORD
_ADJ = r"(?:[\w-]{3,14} )?"  # `trainable`, `trainierbare`
_LARGER = re.compile(
    r"\s?(?:smaller|larger|bigger|lighter|heavier|kleiner|größer|plus (?:petite?|grande?|grosse?)|más (?:pequeñ|"
    r"grande)|menor|mayor|maior)",
    re.IGNORECASE,
)
_SAME = re.compile(
    rf"(?P<exact>exactly |precisely |exakt |genau |exactement |exactamente |exatamente )?"
    rf"(?:(?:the )?(?:same|identical|equal) (?:number|amount|count)s? of {_ADJ}{_P}|equally many {_ADJ}{_P}|"
    rf"(?:have|has|with) (?:exactly )?as many {_ADJ}{_P}|(?:same|identical|equal) parameter (?:count|number)s?|"
    rf"(?:gleich|ebenso|genauso|genau so) viele {_ADJ}{_P}|"
    rf"(?:die)?(?:selbe|gleiche)n? (?:parameterzahl|anzahl (?:an |von |der )?{_P})|"
    rf"même nombre de {_P}|autant de {_P} que|mism[oa] (?:número|cantidad) de {_P}|tantos {_P} como|"
    rf"mesm[oa] (?:número|quantidade) de {_P}|tantos {_P} quanto|"
    r"파라미터 ?(?:의 )?(?:수|개수)[가는이도]? ?(?P<exact_ko>완전히 |정확히 )?(?:같|동일)|"
    r"(?:같은|동일한) (?:수의 )?파라미터|参数(?:数量|总数|量|数)?(?P<exact_zh>完全|正好)?(?:都)?(?:相同|一样|一致|"
    r"相等)|相同(?:数量)?的参数|パラメータ(?:の)?(?:数|総数)?(?:は|が|も)?(?P<exact_ja>まったく|全く|完全に)?(?:同じ|"
    r"等しい|同数)|同じ(?:数の)?パラメータ)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:about|around|roughly|approximately|some|nearly|almost|rund|etwa|ungefähr|circa|ca\.|fast|knapp|beinahe|environ|"
    r"presque|près de|à peu près|unos|unas|casi|cerca de|aproximadamente|quase|약|거의|대략|约|大约|近|几乎|"
    r"約|ほぼ|およそ)"
    r"\s*(?:(?:the|das|le|la|el|o|a)\s)?$",
    re.IGNORECASE,
)
_UNCERTAIN = re.compile(
    r"\?|？|\b(?:not|never|would|could|should|might|may|if|whether|suppos\w+|assum\w+|for the same|"
    r"given the same|at the same|nicht|würde\w*|könnte\w*|sollte\w*|wenn|(?-i:pas|si|se)|serait|pourrait|podría|sería|"
    r"não|poderia|seria)\b|만약|如果",
    re.IGNORECASE,
)
_DENIED = re.compile(r"않|아니|不是|不同|ない|并非|没有")  # within a clause
_ELSEWHERE = re.compile(
    r"\bpaper\b|논문|论文|論文|et al|\[\d|literatur|FLOP|MACs?\b|time\b|faster|slower|schneller|langsamer|zeit|rapid|"
    r"rápid|temps|tiempo|tempo|error|mistake|fehler|erreur|속도|시간|빠르|오류|时间|速度|快|错误|時間|速|誤り|memory|speicher|mémoire|memoria|\b[KMG]i?B\b|\bMo\b|"
    r"data|images?|bilder|epoch|epoche",
    re.IGNORECASE,
)
_FAMILIES = re.compile(
    r"\b(VGG|ResNet|AlexNet|LeNet|DenseNet|MobileNet|EfficientNet|GoogLeNet|Inception|Xception|SqueezeNet|BERT|GPT|ViT)",
    re.IGNORECASE,
)
_OF_WHICH = re.compile(
    r"(?:of (?:which|these|those|them)|davon|darunter|dont|de (?:los|las) (?:cuales|que)|d[oa]s quais|其中|그중|이 ?중|"
    r"うち)[^.;]{0,30}$",
    re.IGNORECASE,
)
_OF_A_LAYER = re.compile(
    r"(?:first|second|third|fourth|fifth|last|final|output|hidden|input|each|every|erste\w*|zweite\w*|dritte\w*|"
    r"letzte\w*|premi[eè]re|deuxième|seconde|troisième|dernière|primer\w*|segund\w*|tercer\w*|terceir\w*|últim\w*|첫|"
    r"두 번째|마지막|conv\w{0,12}|fully[ -]connected|dense|fc\d?|embedding)[ -]?(?:\w{3,12} )?"
    r"(?:layers?|schicht|couche|capa|camada|층|레이어|层|層)|"
    r"(?:ausgabe|eingabe|faltungs)schicht|第.层|最后一层|出力層|输出层|输出層|출력층",
    re.IGNORECASE,
)
_NO_COUNT = re.compile(
    r"\s*(?:%|[-–→x×*]\s?\d|(?:FLOP|MAC)s?\b|[KMG]i?B\b|bytes|m?s\b|类|類|クラス|클래스|张|張|幅|장|枚|轮|에폭)|"
    r"(?:\s(?:\w{2,14}[ -]){0,2}|-)(?:images?|pictures?|photo\w*|samples?|examples?|\w{0,12}bilde?r?n?|imágenes|"
    r"imagens|epochs?|steps?|digits?|pixels?|seconds?|hours?|class(?:es)?|klassen|clases|updates?)\b",
    re.IGNORECASE,
)
_ITS_NOUN = re.compile(rf"[^.,;，、。]{{0,30}}?(?:{PARAMETER_WORD}|{_LARGER.pattern})", re.IGNORECASE)
_COUNT = re.compile(COUNT)


@dataclass(frozen=True)
class WholeCount:
    """The parameters of a whole network, as the report gives them.

    Attributes:
        count: the number.
        line: the number of its line in the document, from 0.
        near: the words around it.
    """

    count: PrintedCount
    line: int
    near: str


def claim_findings(
    layout: DocumentLayout, networks: Sequence[ListedNetwork], sums: Sequence[Sum], document: ReportDocument
) -> Iterator[Finding]:
    """Find the comparisons of parameter counts that no two counts of the report fit.

    Arguments:
        layout: the blocks of the report.
        networks: the networks that it lists.
        sums: its printed arithmetic.
        document: the report.

    Returns:
        A finding for each such sentence.
    """
    claims = list(_claims(layout))
    if not claims:
        return
    wholes = whole_counts(layout, networks, sums)
    values = _distinct(wholes)
    if not 2 <= len(values) <= _MOST:
        return
    rows = [table.label(row) for table in layout.tables if _column(table) is not None for row in table.rows]
    for claim in claims:
        if sum(bool(row) and row.lower() in claim.sentence.lower() for row in rows) > 1 or not _is_known(claim, wholes):
            continue
        if not any(claim.fits(one, other) for one, other in combinations(values, 2)):
            yield _finding(claim, values, wholes, document)


def row_findings(layout: DocumentLayout, document: ReportDocument) -> Iterator[Finding]:
    """Find the rows of a table that name a perceptron by its widths and give it another count.

    Arguments:
        layout: the blocks of the report.
        document: the report.

    Returns:
        A finding for each such row.
    """
    for table in layout.tables:
        column = _column(table)
        for row in table.rows if column is not None else ():
            label = " ".join(cell.text for at, cell in enumerate(row.cells) if at != column)
            chains = list(chains_in(label))
            if column is None or len(chains) != 1 or column >= len(row.cells):
                continue
            count = count_in_cell(row.cells[column].text, table.columns[column])
            weights = sum(into * out for into, out in pairwise(chains[0]))
            right = weights + sum(chains[0][1:])
            if count is None or not count.value >= _LEAST or count.fits(weights) or count.fits(right):
                continue
            name = "-".join(map(str, chains[0]))
            terms = " + ".join(f"{into * out + out:,}" for into, out in pairwise(chains[0]))
            yield Finding(
                _RULE,
                "inconsistent",
                f"A perceptron {name} has {terms} = {right:,} parameters, not {_printed(count)}.",
                where=document.where(row.line + 1),
                reported=f"{label.strip()}: {row.cells[column].text}"[:200],
                possible=f"{right:,}",
            )


_ADDED = re.compile(
    rf"(?<![a-z]){TOTAL_WORD}(?![a-z])|which (?:gives|makes)|add(?:s|ed)? up|ergibt|macht das", re.IGNORECASE
)


def added_findings(layout: DocumentLayout, document: ReportDocument) -> Iterator[Finding]:
    """Find the totals of a paragraph whose digits changed their places: the counts before them add up to others.

    Arguments:
        layout: the blocks of the report.
        document: the report.

    Returns:
        A finding for each such total.
    """
    for block in layout.blocks:
        if not isinstance(block, Paragraph) or not re.search(PARAMETER_WORD, block.text, re.IGNORECASE):
            continue
        read = read_counts(block.text)
        for at, (match, total) in enumerate(read):
            near = block.text[read[at - 1][0].end() if at else 0 : match.end() + 30]
            sums = [[count.value for _, count in read[first:at]] for first in range(max(at - _MOST_TERMS, 0), at - 1)]
            if not _ADDED.search(near) or any(abs(sum(terms) - total.value) < 1 for terms in sums):
                continue
            terms = next((terms for terms in sums if has_same_digits(sum(terms), total.value)), None)
            if terms is not None and total.is_exact:
                written = " + ".join(f"{term:,.0f}" for term in terms)
                yield Finding(
                    _RULE,
                    "inconsistent",
                    f"{written} = {sum(terms):,.0f}, but the text says {_printed(total)}.",
                    where=document.where(block.locate(match.start(), match.end()).line + 1),
                    reported=block.text[max(match.start() - 100, 0) : match.end() + 30].strip(),
                    possible=f"{sum(terms):,.0f}",
                )


def has_same_digits(one: float, other: float) -> bool:
    """Say whether the digits of a count only changed their places.

    Arguments:
        one: a count.
        other: another one.

    Returns:
        Whether they differ, and have the same digits.
    """
    return one != other and sorted(f"{one:.0f}") == sorted(f"{other:.0f}")


@dataclass(frozen=True)
class _CountClaim:
    """A sentence that says how the parameters of two networks compare."""

    sentence: str
    line: int
    said: str
    low: float  # of the larger count by the smaller one
    high: float

    def fits(self, one: PrintedCount, other: PrintedCount) -> bool:
        less, more = sorted((one, other), key=lambda count: count.value)
        return more.high / less.low >= self.low and more.low / less.high <= self.high


def _claims(layout: DocumentLayout) -> Iterator[_CountClaim]:
    for block in layout.blocks:
        if not isinstance(block, Paragraph) or not re.search(PARAMETER_WORD, block.text, re.IGNORECASE):
            continue
        for begin, end in iterate_sentences(block.text):
            sentence = clean_in_place(block.text[begin:end])
            if len(sentence) > 600 or not re.search(PARAMETER_WORD, sentence, re.IGNORECASE):
                continue
            factor = _factor(sentence)
            place, read, said = None, None, ""
            if factor is not None:
                rest = _ITS_NOUN.match(sentence, factor.end)
                said = sentence[factor.start : rest.end() if rest else factor.end].strip()
                place, read = factor.start, (factor.low, factor.high)
            elif not factors_of(sentence) and (match := _SAME.search(sentence)):
                place, read, said = match.start(), _same(sentence, match), match.group().strip()
            if read is not None and place is not None:
                line = block.locate(begin + place, begin + place + 1).line
                yield _CountClaim(sentence.strip(), line, said, *read)


def _factor(sentence: str) -> PrintedFactor | None:
    """The factor of a sentence, if it is one of parameters."""
    factors = factors_of(sentence)
    if len(factors) != 1 or is_supposed(sentence, factors[0].start):
        return None
    clause = clause_around(sentence, factors[0].start)
    is_named = re.search(PARAMETER_WORD, clause, re.IGNORECASE) or _LARGER.match(sentence, factors[0].end)
    is_clear = not _ELSEWHERE.search(sentence)  # unlike `..., that of the other 40,500, half of it`
    return factors[0] if (is_named or is_clear) and not _ELSEWHERE.search(clause) else None


def _same(sentence: str, match: re.Match[str]) -> tuple[float, float] | None:
    before = sentence[: match.start()]
    clause = re.split(r"[,，、;；]", before)[-1] + re.split(r"[,，;；]", sentence[match.start() :])[0]
    if _UNCERTAIN.search(sentence) or _DENIED.search(clause):
        return None
    if re.search(r"\bpaper\b|논문|论文|論文|et al|\[\d", sentence):
        return None
    if re.search(r"(?:train|same|data|depth)\w* (?:and|or) $", before):
        return None
    if _ABOUT.search(before) or re.search(r"几乎|거의|ほぼ|fast|casi|quase|presque|similar", match.group()):
        return 0.0, 1.25
    is_exact = any(match[name] for name in ("exact", "exact_ko", "exact_zh", "exact_ja"))
    return 0.0, 1.0 if is_exact else 1.02


def _is_known(claim: _CountClaim, wholes: Sequence[WholeCount]) -> bool:
    """Whether the report gives counts near all well-known networks that a claim names."""
    near = " ".join(whole.near for whole in wholes).lower()
    return all(match[1].lower() in near for match in _FAMILIES.finditer(claim.sentence))


def _finding(
    claim: _CountClaim, values: Sequence[PrintedCount], wholes: Sequence[WholeCount], document: ReportDocument
) -> Finding:
    is_same = claim.low == 0
    target = 1.0 if is_same else (claim.low * claim.high) ** 0.5
    pairs = [sorted(pair, key=lambda count: count.value) for pair in combinations(values, 2)]
    less, more = min(pairs, key=lambda pair: abs(math.log(pair[1].value / pair[0].value / target)))
    ratio = more.value / less.value
    several = f" No two of the {len(values)} counts in the report fit this." if len(values) > 2 else ""
    says = f"{_printed(more)} parameters are {ratio:.3g} times {_printed(less)}, which is not “{claim.said}”.{several}"
    exact = [count for count in values if count.is_exact]
    is_sure = len(values) == 2 or (len(exact) == 2 and is_same)
    repeated = len({whole.line for whole in wholes}) > len(values)
    return Finding(
        _RULE,
        "inconsistent" if is_sure and not (is_same and repeated) else "doubtful",
        says,
        where=document.where(claim.line + 1),
        reported=claim.sentence[:200],
        possible=f"{ratio:.3g} times",
    )


# Counts of whole networks --------------------------------------------------------------------------------------------


def whole_counts(layout: DocumentLayout, networks: Sequence[ListedNetwork], sums: Sequence[Sum]) -> list[WholeCount]:
    """Find the counts of whole networks that a report gives.

    Arguments:
        layout: the blocks of the report.
        networks: the networks that it lists.
        sums: its printed arithmetic.

    Returns:
        The counts, without those of single layers and of addends.
    """
    found = []
    parts: list[float] = []
    for network in networks:
        own = [each for each in network.totals if each.is_own and each.quantity == "total"]
        found += [WholeCount(each.count, each.line - 1, f"{network.name} {each.text}") for each in own]
        parts += [layer.count.value for layer in network.layers if layer.count is not None]
        parts += [each.count.value for each in network.totals if each.quantity in ("non_trainable", "optimizer")]
    for sum_ in sums:
        terms = [each for term in _COUNT.findall(sum_.text.rpartition("=")[0]) if (each := read_count(term))]
        parts += [term.value for term in terms]
    for table in layout.tables:
        column = _column(table)
        for row in table.rows if column is None else ():
            found += _turned(table, row)
        for row in table.rows if column is not None else ():
            if column is not None and column < len(row.cells):
                count = count_in_cell(row.cells[column].text, table.columns[column])
                found += [WholeCount(count, row.line, table.label(row))] if count else []
    for block in layout.blocks:
        if isinstance(block, Paragraph) and re.search(PARAMETER_WORD, block.text, re.IGNORECASE):
            counts, addends = _in_text(block)
            found += counts
            parts += addends
    rest = [each for each in found if each.count.low >= _LEAST]
    return [each for each in rest if not any(each.count.fits(part) for part in parts)]


def _turned(table: PrintedTable, row: TableRow) -> Iterator[WholeCount]:
    """The counts of a row for all parameters, in a table with a network in each column."""
    label = row.cells[0].text if row.cells else ""
    named = [each.cells[0].text for each in table.rows if each.cells]
    parts = [name for name in named if re.search(PARAMETER_WORD, name, re.IGNORECASE)]
    is_total = re.match(rf"\W*{TOTAL_WORD}", label, re.IGNORECASE) and parts
    if is_total or (len(parts) == 1 and label in parts):
        for at, cell in enumerate(row.cells[1:], 1):
            count = count_in_cell(cell.text, label)
            if count is not None:
                yield WholeCount(count, row.line, table.columns[at] if at < len(table.columns) else "")


def _column(table: PrintedTable) -> int | None:
    """The only column of parameters, in a table of networks."""
    named = [at for at, header in enumerate(table.columns) if re.search(PARAMETER_WORD, header, re.IGNORECASE)]
    first = table.columns[0] if table.columns else ""
    is_of_layers = re.search(r"layer|schicht|couche|capa|camada|층|레이어|层|層", first, re.IGNORECASE)
    return named[0] if len(named) == 1 and named[0] and not is_of_layers else None


def _in_text(block: Paragraph) -> tuple[list[WholeCount], list[float]]:
    """The counts of a paragraph that speaks of parameters, and those of its counts that others are the sum of."""
    text = block.text
    parts: list[float] = []
    end = 0
    read = read_counts(text)
    for match, count in read:
        before = text[end : match.start()]
        if _OF_A_LAYER.search(re.split(r"[.;。；]\s", before)[-1]) or _OF_WHICH.search(before):
            parts.append(count.value)
        end = match.end()
    for at, (_, total) in enumerate(read):
        for first in range(max(at - _MOST_TERMS, 0), at - 1):
            terms = [count.value for _, count in read[first:at]]
            if abs(sum(terms) - total.value) < 1:
                parts += terms
    return [
        WholeCount(
            count, block.locate(match.start(), match.end()).line, text[max(match.start() - 200, 0) : match.end() + 60]
        )
        for match, count in read
    ], parts


def read_counts(text: str) -> list[tuple[re.Match[str], PrintedCount]]:
    """Find the numbers of a text that can be counts of parameters.

    Arguments:
        text: the text of a paragraph.

    Returns:
        The counts, each with where it stands.
    """
    read = []
    for match in _COUNT.finditer(text):
        count = read_count(match.group())
        if count is None or count.low < _LEAST or _NO_COUNT.match(text, match.end()):
            continue
        is_bare = len(match.group()) < 5 and match.group().isdecimal()  # a year, or features
        if text[max(match.start() - 1, 0) : match.start()] in ("-", "–", "→", "x", "×") or (
            is_bare and not re.match(rf"\s?(?:[\w-]+ )?{PARAMETER_WORD}", text[match.end() :], re.IGNORECASE)
        ):
            continue
        if re.search(PARAMETER_WORD, text[max(match.start() - 150, 0) : match.end() + 60], re.IGNORECASE):
            read.append((match, count))
    return read


def _distinct(wholes: Sequence[WholeCount]) -> list[PrintedCount]:
    """The counts that differ by more than their rounding; of one count in several roundings, the most exact."""
    distinct: list[PrintedCount] = []
    for count in sorted((whole.count for whole in wholes), key=lambda count: count.high - count.low):
        if not any(count.low <= each.high and each.low <= count.high for each in distinct):
            distinct.append(count)
    return distinct


def _printed(count: PrintedCount) -> str:
    return f"{count.value:,.0f}" if count.is_exact else count.text.strip()
