"""Rates on the wrong scale: fractions among percentages, percentages among fractions, fractions with a percent sign."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from deepstudy.audits.reading.classes.rate_series import PrintedRate, RateSeries, as_fractions, read_series
from deepstudy.audits.reading.statements import Statement

#: Data sets with so few classes that chance is far above 1 %.
FEW_CLASSES = frozenset(
    ("mnist", "mnist5k", "fashion_mnist", "cifar10", "svhn", "kmnist", "usps", "stl10", "emnist_digits", "qmnist")
)
_NAMED_FEW = re.compile(
    r"(?i)cifar[- _]?10(?!0)|\bmnist|svhn|binary|two classes|cats? (?:and|vs\.?|or) dogs?|\b(?:[2-9]|10|two|three|"
    r"four|five|six|ten) (?:different )?(?:classes|categories)|10 ?개의? ?클래스|(?:10|十)(?:个类|類|类|クラス)|"
    r"(?:10|diez|dez|zehn|dix) (?:clases|classes|klassen)"
)
MANY_CLASSES = re.compile(
    r"(?i)imagenet|cifar-?100|open[- ]?set|few[- ]?shot|retrieval|汉字|漢字|한글|"
    r"\b[1-9]\d{2,4} (?:classes|categories|species|identities)"
)
_ATTACKED = re.compile(r"(?i)adversarial|\battack|fgsm|\bpgd\b|poison|backdoor|gegnerisch|对抗|敵対|적대")
#: Words of changes, spreads and mistakes, beside which a small percentage is no accuracy.
_NO_LEVEL = re.compile(
    r"(?i)±|\b(?:improv|gain|increas|decreas|drop|fell|rose|rise|fall|differ|gap|within|than\b|deviat|margin|varia|loss|"
    r"error|better|worse|higher|lower|below|under\b|less\b|each\b|mistake|wrong|misclass|fail|miss|reject|points?\b|"
    r"by\b|above|over\b|more\b|beyond|ahead|behind|advantage|lead\b|plus\b|más\b|mais\b|mehr\b|über\b|sobre\b|um\b|"
    r"steig|stieg|wächst|sink|erhöh|sank)|"
    r"보다|より|比|高于|低于|超过|향상|차이|감소|증가|개선|상승|하락|오류|오답|틀린|편차|提升|提高|差|下降|降低|增加|上升|错|誤|误|方差|向上|低下|改善|ミス|"
    r"mejor|aument|melhor|verbesser|gestiegen|gesunken|fehler|falsch|unterschied|punkte|"
    r"amélior|baiss|gagn|perd|écart|erreur|erro|diferen|"
    r"redu[czs]|disminu|subi|subió|caiu|cayó|puntos|pontos|desv"
)
_POINTS = re.compile(r"\s?(?:\\?%|％)\s?(?:p\b|p[^a-z\s]|-?p(?:oin)?ts?\b|-?punkt|포인트|ポイント|点)|\s?个百分点")
#: Words that praise a result.
_PRAISE = re.compile(
    r"(?i)\b(?:very |quite |pretty |really )?(?:high|good|great|excellent|impressive|strong|satisf\w+|best|optimal|"
    r"hoch|hohe[nrs]?|sehr gut\w*|gute[nrs]?|ausgezeichnet\w*|alt[ao]s?|buen[ao]s?|excelentes?|bo[am]|bons|ótim[ao]s?|"
    r"élevée?s?|bonnes?|excellente?s?|très bonne?s?)\b|높은|높았|좋은|우수|훌륭|"
    r"很高|较高|高达|良好|优秀|不错|高い|良い|優れ|高精度"
)
_NEAR = 70  # letters between a figure and the words about it
_MOST = 1.0001


def is_odd(rate: PrintedRate, odd: Sequence[PrintedRate]) -> bool:
    """Say whether a rate is one of those on the wrong scale.

    Arguments:
        rate: the rate.
        odd: rates on the wrong scale.

    Returns:
        True if it is printed in the same line with the same digits.
    """
    return any((rate.line, rate.number) == (each.line, each.number) for each in odd)


def odd_percentages(series: RateSeries) -> list[PrintedRate]:
    """Find percentages among fractions.

    Arguments:
        series: the rates of a column or a log.

    Returns:
        Those above 1 without a percent sign, where most others are fractions.
    """
    rates = [rate for rate in series.rates if rate.number > 0]
    if len(rates) < 3 or series.kind == "sentence" or series.metric == "error" or not as_fractions(series):
        return []
    odd = [rate for rate in rates if rate.number > 1.5 and not rate.has_sign]
    return odd if len(odd) <= len(rates) / 3 else []


def odd_fractions(series: RateSeries) -> tuple[list[PrintedRate], bool]:
    """Find fractions among percentages.

    Arguments:
        series: the rates of a column or a log.

    Returns:
        Those below 1 that would lie among the others in percent, and whether their digits leave no doubt.
    """
    rates = [rate for rate in series.rates if rate.number > 0]
    percent = [rate for rate in rates if rate.number > 1.5]
    odd = [rate for rate in rates if rate.number < 1]
    if not odd or not percent or series.kind == "sentence" or series.metric == "error" or as_fractions(series):
        return [], False
    numbers, first = [rate.number for rate in percent], odd[0]
    near = min(numbers) - 10 <= 100 * first.number <= max(numbers) + 10
    if not near or min(numbers) < 15:
        return [], False
    is_long = first.decimals >= 3 and first.decimals > max(rate.decimals for rate in percent)
    is_few = len(odd) <= len(rates) / 3 or (series.kind == "table" and is_long and len(odd) <= len(percent))
    if not is_few or (len(percent) < 3 and not (series.kind == "table" and is_long)):
        return [], False
    is_marked = not first.has_sign and all(rate.has_sign for rate in percent)  # `91.2 %` and `0.9133`: both are right
    is_clear = is_long and not is_marked
    if is_clear or (is_long and is_marked) or (series.datasets <= FEW_CLASSES and not is_marked):
        return odd, is_clear
    return [], False


def misscaled(statements: Sequence[Statement]) -> set[tuple[int, str]]:
    """Find the statements whose value is not what they mean, since their column or log is on another scale.

    Arguments:
        statements: the numbers of a document.

    Returns:
        The line and the printed digits of each.
    """
    found: set[tuple[int, str]] = set()
    for series in read_series(statements, ()):
        for rate in (*odd_percentages(series), *odd_fractions(series)[0]):
            found.add((rate.line, rate.text.removesuffix(" %")))
    return found


@dataclass(frozen=True)
class SignedFractions:
    """Accuracies such as 0.98 %, which are fractions with a percent sign.

    Attributes:
        rates: those above 0.5 %, in reading order.
        certainty: why they cannot be percentages: the same accuracy in percent elsewhere, praise, or a whole log of
            them; "" if nothing says it.
    """

    rates: tuple[PrintedRate, ...]
    certainty: str


def signed_fractions(statements: Sequence[Statement], text: str) -> SignedFractions | None:
    """Find accuracies that would be far below chance, and are fractions with a percent sign.

    Arguments:
        statements: the numbers of a document.
        text: the document.

    Returns:
        Them; None if there are none, or if so low an accuracy can be meant.
    """
    levels = [each for each in statements if each.metric == "accuracy" and not (each.is_change or each.is_cited)]
    known = {each.dataset for each in levels} & {*FEW_CLASSES}
    has_many = MANY_CLASSES.search(text) is not None
    small: list[tuple[Statement, PrintedRate]] = []
    for each in levels:
        rate = _signed(each)
        if rate is not None and _is_level(each, rate):
            small.append((each, rate))
    larger = {_series(each) for each in levels if each.unit in ("%", "percent") and each.value > _MOST}
    small = [(each, rate) for each, rate in small if _series(each) not in larger or each.kind == "sentence"]
    clear = [(each, rate) for each, rate in small if 0.5 <= rate.number < 1 and rate.decimals >= 2]
    clear += [(each, rate) for each, rate in small if 0.5 <= rate.number < 1 and rate.decimals == 1 and _praised(each)]
    if not clear:
        return None
    clear.sort(key=lambda pair: (pair[1].line, pair[0].span.start))
    certainty = ""
    others = [each for each in levels if each.value >= 15 and not (each.unit == "%" and each.value <= _MOST)]
    twin = next((other for each, rate in clear for other in others if _is_twin(rate, other)), None)
    if twin is not None:
        certainty = f"The report also gives it as {twin.printed} %." if twin.unit != "fraction" else ""
    praised = next((rate for each, rate in clear if _praised(each)), None)
    if not certainty and praised is not None and (known or _NAMED_FEW.search(text)):
        certainty = f"The report calls {praised.text} a good result."
    rows = [rate.number for each, rate in small if each.kind == "log"]
    if not certainty and not has_many and len(rows) > 3 and max(rows) >= 0.8:
        certainty = f"All {len(rows)} accuracies of the log are at most 1 %."
    is_of_few = {each.dataset for each, _ in clear} <= FEW_CLASSES
    if not certainty and ((has_many and not is_of_few) or _ATTACKED.search(text)):
        return None
    if certainty:  # then those with fewer digits are of the same kind
        clear += [(each, rate) for each, rate in small if 0.5 <= rate.number < 1 and (each, rate) not in clear]
    return SignedFractions(tuple(rate for _, rate in clear), certainty)


def _series(statement: Statement) -> tuple[object, ...]:
    """What is printed on one scale: a column of a table, the figures of a log, or a single sentence."""
    if statement.place is not None:
        return ("table", statement.place[0], statement.place[2])
    if statement.kind == "log":
        return ("log", statement.split, re.sub(r"[\d.,]+", "", statement.text)[:40])
    return ("sentence", statement.span)


def _signed(statement: Statement) -> PrintedRate | None:
    match = re.match(r"[01]?[.,](\d{1,12})(?!\d)", statement.printed.strip())
    if match is None or statement.unit != "%":
        return None
    number = float(match[0].replace(",", "."))
    if not 0 < number <= 1:
        return None
    return PrintedRate(f"{match[0]} %", number, len(match[1]), True, statement.span.line)


def _is_level(statement: Statement, rate: PrintedRate) -> bool:
    text, digits = statement.text, rate.text.removesuffix(" %")
    at = text.find(digits)
    if at < 0:
        return True
    after = text[at + len(digits) :]
    return not (_POINTS.match(after) or _NO_LEVEL.search(text[max(at - _NEAR, 0) : at + len(digits) + 30]))


def _praised(statement: Statement) -> bool:
    at = statement.text.find(statement.printed)
    return statement.kind == "sentence" and bool(
        _PRAISE.search(statement.text[max(at - _NEAR, 0) : at + len(statement.printed) + 40])
    )


def _is_twin(rate: PrintedRate, other: Statement) -> bool:
    """Whether a percentage is the fraction in percent, as far as both are printed; rounded or cut off."""
    step = max(other.step, 10.0 ** (2 - rate.decimals))
    return other.value - step <= 100 * rate.number <= other.value + step and rate.decimals >= 2
