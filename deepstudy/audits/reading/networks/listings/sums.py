"""Parameters worked out by hand, layer by layer, with a total below: `conv1: 5 x 5 x 1 x 6 = 150`.

Also the totals that sentences and tables state: `Total parameters: 34,826`, `das Netz hat 61.706 Parameter`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from deepstudy.audits.printed import Sum, sums
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.networks.layers import (
    COUNT,
    ListedLayer,
    ListedNetwork,
    ListedTotal,
    PrintedCount,
    Quantity,
    kind_of,
    read_count,
)

_LONGEST = 600  # letters of a line
_LEAST = 100  # parameters of a network; smaller totals count other things
_FAR = 60  # lines between a part and its total

_WORD = (
    r"(?:parameters?|params?|param\.|weights|parametern?|gewichte|paramètres|poids|parámetros|pesos|parâmetros|"
    r"파라미터|매개 ?변수|가중치|参数|參數|权重|パラメータ|パラメーター|重み)"
)
#: What people call a sum, in eight languages.
TOTAL_WORD = (
    r"(?:in total|total(?:es|s|e)?|overall|altogether|sum(?! of)|gesamt(?:zahl|e)?|insgesamt|summe|au total|somme|"
    r"en total|suma|no total|soma|together|zusammen|en tout|in all|juntos|ao todo|총|합계|전체|모두|总|總|"
    r"合计|合計|総|一共)"
)
#: A line with nothing but the arithmetic of a layer: `784*64 + 64 = 50,240`.
_BARE = re.compile(
    r"^[\s*>#•·–-]{0,12}(?:[\w.:→-]{1,20}\s+){0,2}[(\d][\d\s(),.'x×*·+]{4,80}=[\s\d,.']{2,20}\s*(?:\(|$)"
)
#: How often a layer stands there.
_REPEATED: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (times, re.compile(rf"\(\s*(?:{words})\s*\)\s*$", re.IGNORECASE))
    for times, words in (
        (2, r"twice|two times|[x×]\s?2|2\s?[x×]|zweimal|deux fois|dos veces|duas vezes|두 번|2회|两次|兩次|2回"),
        (3, r"three times|thrice|[x×]\s?3|3\s?[x×]|dreimal|trois fois|tres veces|três vezes|세 번|3회|三次|3回"),
        (4, r"four times|[x×]\s?4|4\s?[x×]|viermal|quatre fois|cuatro veces|quatro vezes|네 번|4회|四次|4回"),
    )
)
#: A line of a list that gives the parameters of one layer.
_PART = re.compile(
    r"^[\s*>#•·–-]{0,12}(?:\d{1,2}[.)]\s*)?((?:conv|fc|linear|dense|fully|layer|bn|batch\s?norm|norm|head|classif|hidden|"
    r"embed|block|stage|output|squeeze|inception|faltung|schicht|couche|capa|camada|합성곱|완전|층|卷积|全连接|[CF]\d)"
    r"[\w .x/×-]{0,40}?)\s*(?:\([^)]{0,60}\)\s*)?[:=：]\s*(.*)$",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    rf"^[\s*>#•·○▪\-–]{{0,12}}(?:#\s?|number of |no\. of |anzahl (?:der )?|nombre de |número de )?{_WORD}(?:\s?수)?"
    r"\s*[:=：]\s*(.*)$",
    re.IGNORECASE,
)
_ADDENDS = re.compile(
    r"=\s*(\d[\d,]{0,14}(?:\s*\+\s*\d[\d,]{0,14}){1,12})\s*(?:weights|parameters|params)?\s*$", re.IGNORECASE
)
_ONLY_ADDENDS = re.compile(r"\s*\d[\d,]{0,14}(?:\s*\+\s*\d[\d,]{0,14}){0,12}\s*(?:weights|parameters|params)?\s*$")
_OF_ALL = (
    rf"(?:[\s*_]+(?:number|count|of|the|all|{_WORD}|is|are|trainable|without|with|and|biases|bias|network|model|der|de|수))"
    r"{0,6}"
)
_TOTAL_LINE = re.compile(
    rf"(?<![a-z]){TOTAL_WORD}(?![a-z]){_OF_ALL}[\s*_]*[:=：|]?[\s*_|]*({COUNT})(?=\s*(?:{_WORD}|$|[.,;)|(*=x×+개个]))",
    re.IGNORECASE,
)
_OTHER = re.compile(r"epoch|step|\bsec|%|images?\b|memory|\bMB\b|time|FLOP|MAC|mult|bytes|size", re.IGNORECASE)
_TWICE = re.compile(r"(?<![\w.,])(\d[\d,]{2,14}|\d+(?:\.\d+)?\s?[kKM])\s*[x×*]\s*2\s*(?:\([^()]{0,40}\)\s*)?=")
_GRADIENTS = re.compile(
    r"back-?prop|gradient|역전파|反向传播|逆伝播|rückpropagation|rétropropagation|retropropag", re.IGNORECASE
)
_COLUMN_OF_COUNTS = re.compile(rf"{_WORD}|^#\s?p", re.IGNORECASE)
_TOTAL_ROW = re.compile(
    rf"{TOTAL_WORD}(?![a-z])|(?:all(?: layers| together)?|taken together|alles?|everything|todo|tudo|tout|ensemble|"
    rf"Σ|∑|whole (?:net|network|"
    rf"model))$",
    re.IGNORECASE,
)
_TORN = re.compile(r"(?:(?<![A-Za-z])[x×*,]|[(\[])\s*$")
_WITHOUT = re.compile(
    r"(?:input|(?:global|max|avg|average|mean|adaptive)?[\s_-]*(?:avg|average|max)?[\s_-]*pool|dropout|flatten|relu|"
    r"activation|softmax|eingabe|entrée|entrada|입력|풀링|输入|池化|展平|入力)",
    re.IGNORECASE,
)
_SECTION = re.compile(r"^\s{0,3}#{1,6}\s|^\s*\d{1,2}[-.]\d{1,2}[.)]?\s+\D")


@dataclass
class _PartsSoFar:
    """The parts of a sum whose total comes later."""

    parts: list[ListedLayer] = field(default_factory=list)

    def add(self, name: str, line: int, counts: Sequence[PrintedCount]) -> None:
        """Append the counts of a line."""
        if self.parts and line - self.parts[-1].line > _FAR:
            self.parts = []
        kind = kind_of(name.split(" ")[0].capitalize()) if name else "other"
        self.parts += [ListedLayer(kind, name.strip() or "layer", line, count=count) for count in counts]


def read_sums(document: ReportDocument) -> Iterator[ListedNetwork]:
    """Find the parameter counts that are added up by hand.

    Arguments:
        document: the report.

    Returns:
        A network for each total, with a part for each count above it.
    """
    so_far = _PartsSoFar()
    pending: ListedNetwork | None = None
    for number, line in enumerate(document.lines, 1):
        text = line.text[:_LONGEST]
        if _SECTION.match(text) and not _PART.match(text):
            so_far = _PartsSoFar()
        if not any(letter.isdecimal() for letter in text):
            continue
        summed = sums(text, "")
        twice = _doubled(text, number)
        if twice is not None and pending is not None and pending.totals[0].count.fits(twice.count.value):
            yield _with_total(pending, twice)
            pending = None
            continue
        part = _part(text, summed)
        total = twice or _stated_total(text, summed, number, bool(so_far.parts))
        if total is not None and not (part and not re.search(rf"(?<![a-z]){TOTAL_WORD}", text, re.IGNORECASE)):
            if pending is not None:
                yield pending
            pending = _network(so_far.parts, total, document)
            so_far = _PartsSoFar()
        elif part is not None:
            if pending is not None:
                yield pending
                pending = None
            so_far.add(part[0], number, part[1])
    if pending is not None:
        yield pending


def read_sum_tables(document: ReportDocument) -> Iterator[ListedNetwork]:
    """Find the tables with a column of parameters and a row for their total.

    Arguments:
        document: the report.

    Returns:
        A network for each such table, with a part for each row.
    """
    column: int | None = None
    parts: list[ListedLayer] = []
    is_inside, width = False, 0
    for number, line in enumerate(document.lines, 1):
        text = line.text[:_LONGEST].strip()
        if not text.startswith("|") or text.count("|") < 3:
            column, parts, is_inside = None, [], False
            continue
        cells = [cell.strip(" *`_") for cell in text.strip("|").split("|")]
        if not is_inside:
            is_inside, width = True, len(cells)
            named = [at for at, cell in enumerate(cells) if at and _COLUMN_OF_COUNTS.search(cell)]
            column = named[0] if len(named) == 1 else None
        elif column is not None and column < len(cells):
            count = read_count(cells[column])
            if count is not None and _TOTAL_ROW.match(cells[0]):
                total = ListedTotal("total", count, number, text)
                if len(parts) > 1 and count.high >= _LEAST:
                    yield _network(parts, total, document)
                column = None
            elif _is_shifted(cells, column, width, count):
                column = None
            elif count is not None:
                parts.append(ListedLayer("other", cells[0] or "layer", number, count=count))


def _is_shifted(cells: Sequence[str], column: int, width: int, count: PrintedCount | None) -> bool:
    """Whether a row shows that the column under the header does not hold parameters alone.

    A shape was torn in two (`32 x | 496`), cells are missing, or a layer without parameters has some.
    """
    if any(_TORN.search(cell) for cell in cells[:column]) or (count is not None and len(cells) != width):
        return True
    return count is not None and count.high > 0 and _WITHOUT.match(cells[0]) is not None


def _network(parts: Sequence[ListedLayer], total: ListedTotal, document: ReportDocument) -> ListedNetwork:
    first = min([part.line for part in parts] + [total.line])
    return ListedNetwork(
        "sums", "", "", document.where(first), first, total.line, tuple(parts), (total,), is_complete=len(parts) > 1
    )


def _with_total(network: ListedNetwork, total: ListedTotal) -> ListedNetwork:
    return ListedNetwork(
        "sums", "", "", network.where, network.first, total.line, network.layers, (*network.totals, total),
        is_complete=network.is_complete,
    )  # fmt: skip


def _part(text: str, summed: Sequence[Sum]) -> tuple[str, list[PrintedCount]] | None:
    """The name and the counts of a part."""
    match, label = _PART.match(text), ""
    if match is not None:
        label, said = match[1], match[2]
    elif summed and _BARE.match(text) and re.search(r"[x×*·]", summed[-1].text):
        said = ""
    elif match := _LABELLED.match(text):
        said = match[1]
    elif match := _ADDENDS.search(text):
        return "", _counts(match[1].split("+"))
    else:
        return None
    if summed:
        # A chain of equations is one count: `(25 + 1) x 6 = 26 x 6 = 156`.
        times = next((times for times, pattern in _REPEATED if pattern.search(text)), 1)
        return label, _counts([summed[-1].text.rpartition("=")[2]] * times)
    if match := _ADDENDS.search(said):
        return label, _counts(match[1].split("+"))
    if _ONLY_ADDENDS.match(said):
        return label, _counts([re.sub(r"[a-zA-Z]", "", part) for part in said.split("+")])
    return None


def _counts(texts: Sequence[str]) -> list[PrintedCount]:
    return [count for text in texts if (count := read_count(text.strip())) is not None]


def _stated_total(text: str, summed: Sequence[Sum], number: int, has_parts: bool) -> ListedTotal | None:
    match = _TOTAL_LINE.search(text)
    if match is None or _OTHER.search(text) or (not has_parts and not re.search(_WORD, text, re.IGNORECASE)):
        return None
    if not has_parts:
        return None
    behind = text[match.end(1) :].lstrip()
    if behind.startswith(("+", "x", "×", "*", "=")):  # `Total: 150 + 2,400 = 2,550` gives its total at the end
        count = read_count(summed[-1].text.rpartition("=")[2].strip()) if summed else None
    else:
        count = read_count(match[1].strip())
    return ListedTotal("total", count, number, text.strip()) if count is not None and count.high >= _LEAST else None


def _doubled(text: str, number: int) -> ListedTotal | None:
    """`backpropagation: 61,470 x 2 = 122,940`: the total that the line counts twice."""
    match = _TWICE.search(text)
    if match is None or not (_GRADIENTS.search(text) or re.search(_WORD, text, re.IGNORECASE)):
        return None
    once = read_count(match[1])
    return ListedTotal("total", once, number, text.strip(), is_doubled=True) if once is not None else None


# What sentences and tables state -------------------------------------------------------------------------------------

_OURS = (
    r"(?:the|our|this|that|its|my|resulting|final|proposed|whole|entire|das|unser|dieses|le|notre|el|la|nuestra|nuestro|o|"
    r"a|nossa|nosso)"
)
_NETWORK = r"(?:network|model|cnn|net|architecture|netz|netzwerk|modell|réseau|modèle|red|modelo|rede)"
_HAS = (
    r"(?:has|have|contains?|comprises?|consists of|hat|besitzt|enthält|a|possède|tiene|contiene|tem|possui)"
    r"\s+(?:\w+\s+){0,3}?"
)
_NUMBER_OF = r"(?:#\s?|number of |no\. of |count of |anzahl (?:der )?|nombre de |número de |모델 )"
_NUMBER = r"(?:\s?(?:수|count|数|總數|总数|量|数量))?"
_IS = r"(?:는|은|가|이)?\s*(?:is|are|was|ist|beträgt|est|es|é|of)?\s*[:=：|]?\s*\|?\s*"
_KINDS_OF = r"(?:number of |trainable |model |anzahl |an |de |der |des |von |du |count of |trainierbaren? )*"
_ROUGHLY = (
    r"(?:(?:about|around|approx\w{0,8}\.?|roughly|nearly|almost|circa|ca\.|etwa|rund|environ|unos|aproximadamente|"
    r"cerca de|[~≈약約约])\s*)?"
)
_PRINTED = rf"{_ROUGHLY}({COUNT})"
_PATTERNS: tuple[tuple[Quantity, str], ...] = (
    ("non_trainable", rf"non-?\s?trainable\s+{_WORD}\s*[:=|]?\s*{_PRINTED}"),
    ("trainable", rf"(?<!non-)(?<!non )trainable\s+{_WORD}\s*(?:count)?\s*[:=|]\s*\|?\s*{_PRINTED}"),
    ("total", rf"(?<![a-z]){TOTAL_WORD}\s*{_KINDS_OF}{_WORD}{_NUMBER}{_IS}{_PRINTED}"),
    ("total", rf"(?:^|[|•*\-.]\s*)(?:the )?{_NUMBER_OF}{_KINDS_OF}{_WORD}(?:\s?수)?{_IS}{_PRINTED}"),
    ("total", rf"^[\s*•\-–|>]{{0,8}}{_WORD}{_NUMBER}\s*[:=：|]\s*{_PRINTED}\s*(?:개|个)?[\s.|]*$"),
    ("total", rf"{_OURS}\s+(?:\w+\s+){{0,2}}?{_NETWORK}\s+(?:\w+\s+){{0,2}}?{_HAS}{_PRINTED}\s+(?:\w+\s+)?{_WORD}"),
    ("total", rf"^\W{{0,6}}it {_HAS}{_PRINTED}\s+(?:\w+\s+){{0,1}}?{_WORD}"),
    (
        "total",
        rf"(?<![a-z])(?:zusammen|insgesamt|together|altogether|in all|in total|au total|en tout|en total|juntos|"
        rf"no total|ao todo)\s+(?:\w+\s+){{0,4}}?{_PRINTED}\s+(?:\w+\s+)?{_WORD}",
    ),
    ("total", rf"(?:총|전체)\s*{_PRINTED}\s*개의?\s*{_WORD}"),
    ("total", rf"(?:共有|总共|共计|共)\s*{_PRINTED}\s*(?:个|個)?\s*(?:可训练|训练)?{_WORD}"),
)
_STATED: tuple[tuple[Quantity, re.Pattern[str]], ...] = tuple(
    (quantity, re.compile(pattern, re.IGNORECASE)) for quantity, pattern in _PATTERNS
)
_ABOUT = re.compile(
    r"(?:\b(?:about|around|approx\w*\.?|roughly|nearly|almost|some|over|under|than|circa|ca\.?|etwa|rund|knapp|environ|"
    r"près de|unos|aproximadamente|cerca de|casi|quase|up to|at least|at most)|[약~≈≃约約])\s*$",
    re.IGNORECASE,
)
#: What a line says that gives the count of another network, of a part, or a difference.
_OF_OTHERS = re.compile(
    r"\bpaper\b|논문|original|compared|\bthan\b|fewer|\bless\b|\bmore\b|reduc|versus|\bvs\b|baseline|imagenet|teacher|"
    r"student|\bGPT|BERT|Inception|AlexNet|VGG|ResNet|DenseNet|MobileNet|EfficientNet|GoogLeNet|SqueezeNet|Xception|Transformer|"
    r"per layer|each layer|first layer|last layer|this layer|in the \w+ layer|layers? (?:has|have)|backbone|encoder|"
    r"decoder|head|classifier|generator|discriminator|frozen|if |would|instead|pruned|quanti|LoRA|embedding|only|hyper",
    re.IGNORECASE,
)


def read_stated_totals(document: ReportDocument) -> list[ListedTotal]:
    """Find the counts of parameters that text and tables state for a whole network.

    Arguments:
        document: the report.

    Returns:
        The counts, in their order; not those that the line gives for another network or for a part of one.
    """
    found = []
    for number, line in enumerate(document.lines, 1):
        text = line.text
        if len(text) > _LONGEST or not re.search(_WORD, text, re.IGNORECASE) or _OF_OTHERS.search(text):
            continue
        for quantity, pattern in _STATED:
            match = pattern.search(text)
            if match is None:
                continue
            printed = match[match.lastindex or 1]
            count = read_count(printed)
            behind = text[match.end(match.lastindex or 1) :].lstrip(" ")
            if count is None or count.high < 10 or re.match(r"[x×*+=/^]|\d|bytes|[KMG]B", behind):
                break
            if _ABOUT.search(text[: match.start(match.lastindex or 1)]):
                count = PrintedCount(f"about {printed.strip()}", count.low * 0.9, count.high * 1.1)
            found.append(ListedTotal(quantity, count, number, text.strip(), is_own=False))
            break
    return found
