"""Results of significance tests as they are printed, `t(28) = 2.20, p = .036`, and sentences about significance."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from deepstudy.audits.reading.samples.passages import TextPassage

Statistic = Literal["t", "F", "r", "z", "chi2"]
Relation = Literal["=", "<", ">"]

_NUMBER = r"[-−–]?(?:\d{1,9}(?:[.,]\d{1,17})?|[.,]\d{1,17})(?:[eE][-+−]?\d{1,3})?(?![\d.,]*\d)"
_POWER = r"(?:\s?(?:[×x·*]|\\times|\\cdot)\s?10\s?\^?\{?\s?(?P<power>[-−–]\d{1,3})\}?)?"
_KINDS = r"(?P<chi2>χ\s?(?:\^?\{?2\}?|²)|\\chi\^?\{?2\}?|chi-?2|chi[- ]?squared?|X-?squared|X²|Chi²)|(?P<one>[tFrzZ])"
_HEAD = rf"(?<![\w.\\])(?:{_KINDS})(?:\s?-?\s?(?:statistic|value|Wert|값|值))?"
_P = (
    r"(?<![\w.])(?:two-sided |one-sided |2-tailed |1-tailed )?"
    r"(?:[pP](?:[- ]?(?:value|val|Wert|값|值|値))?|(?:valor|valeur)[- ]p|pvalue)"
    rf"\s?(?:(?P<relation>[<>=:≤≥⩽⩾]=?)|is|of|ist|von|de|es|é|est)\s?(?P<p>{_NUMBER}){_POWER}"
)
_DF = r"(?P<df1>\d{1,7}(?:\.\d{1,5})?)(?:\s?[,;]\s?(?:[nN]\s?=\s?|\\,)?(?P<df2>\d{1,7}(?:\.\d{1,5})?))?"
_DF_WORD = r"(?:df|dof|d\.f\.|degrees of freedom|Freiheitsgrade|자유도|自由度|gl|ddl|g\.l\.)"
#: What may stand between a statistic and its p: words, but no number, no other sign, and no end of a sentence.
_GAP = rf"(?P<gap>[^\d=<>≤≥.|]{{0,45}}?){_P}"
_IN_BRACKETS = re.compile(
    _HEAD + rf"\s?\\?[(\[]\s?(?:{_DF_WORD}\s?=\s?)?{_DF}\s?\\?[)\]]\s?=\s?(?P<value>{_NUMBER}){_GAP}"
)
_SUBSCRIPT = re.compile(_HEAD + rf"\s?_\s?\{{?\s?\(?{_DF}\)?\s?\}}?\s?=\s?(?P<value>{_NUMBER}){_GAP}")
_NAMED = re.compile(
    _HEAD + rf"\s?[=:]\s?(?P<value>{_NUMBER})\s?[,;(]\s?(?:num\s?)?{_DF_WORD}\s?[=:]\s?"
    rf"(?P<df1>\d{{1,7}}(?:\.\d{{1,5}})?)(?:\s?[,;/]\s?(?:denom\s?df\s?=\s?)?"
    rf"(?P<df2>\d{{1,7}}(?:\.\d{{1,5}})?))?\s?\)?{_GAP}"
)
_BARE = re.compile(_HEAD + rf"\s?=\s?(?P<value>{_NUMBER}){_GAP}")
_OTHER_P = re.compile(
    r"post|pair|while|whereas|\bbut\b|correct|adjust|bonferroni|holm|other|second|levene|shapiro|korrigiert|während|aber|"
    r"corregid|corrigé|mientras|\bmais\b|\bmas\b|보정|사후|校正|事后|補正|dropout|padding|\bkeep|probabilit|[tFrzZ]\s?\(|\b(?:mean|diff)",
    re.IGNORECASE,
)
_FLOAT = rf"(?:np\.float64\()?({_NUMBER})\)?"
_PRINTED = re.compile(
    rf"(?P<name>[A-Z]\w{{2,30}}Result)\(statistic={_FLOAT}, pvalue={_FLOAT}, (?:df|dof)={_FLOAT}", re.ASCII
)
_MCNEMAR = re.compile(r"McNemar", re.IGNORECASE)
#: Signs of Chinese, Japanese and Korean texts, each as long as the one that it stands for.
_ASCII = str.maketrans("，、；：（）［］＝＜＞．", ",,;:()[]=<>.")


@dataclass(frozen=True)
class PrintedValue:
    """A printed number.

    Attributes:
        text: as it is printed.
        value: its value.
        step: what its last digit counts.
    """

    text: str
    value: float
    step: float


@dataclass(frozen=True)
class SignificanceResult:
    """A printed result of a significance test.

    Attributes:
        kind: which statistic.
        degrees: its degrees of freedom: one, two of F, none of z.
        statistic: its value.
        relation: how p stands to the printed number.
        p: the printed p.
        where: its place.
        text: as it is printed.
    """

    kind: Statistic
    degrees: tuple[float, ...]
    statistic: PrintedValue
    relation: Relation
    p: PrintedValue
    where: str
    text: str


def read_value(text: str, power: str | None = None) -> PrintedValue:
    """Read a number of a test result; a comma is a decimal comma.

    Arguments:
        text: its digits.
        power: the exponent of ten behind it.

    Returns:
        The number.
    """
    plain = re.sub("[−–]", "-", text).replace(",", ".").lower()
    mantissa, _, exponent = plain.partition("e")
    ten = 10.0 ** (int(exponent or 0) + int(re.sub("[−–]", "-", power or "0")))
    return PrintedValue(text, float(mantissa) * ten, ten * 10.0 ** -len(mantissa.partition(".")[2]))


def read_significance(passage: TextPassage) -> Iterator[SignificanceResult]:
    """Find the results of significance tests in a text.

    Arguments:
        passage: the text.

    Yields:
        Each statistic whose degrees of freedom and p stand beside it.
    """
    text = passage.text.translate(_ASCII)
    if not re.search(r"[pP]", text):
        return
    taken: set[int] = set()
    for pattern in (_IN_BRACKETS, _SUBSCRIPT, _NAMED, _BARE):
        for match in pattern.finditer(text):
            if match.start() in taken or _OTHER_P.search(match["gap"]):
                continue
            if (result := _result(match, text, passage)) is not None:
                taken.add(match.start())
                yield result
    for match in _PRINTED.finditer(text):
        name = match["name"].lower()
        kind: Statistic | None = "t" if name.startswith("ttest") else "chi2" if name.startswith("chi2") else None
        if kind is not None:
            statistic, p, df = (read_value(digits) for digits in match.groups()[1:4])
            yield SignificanceResult(kind, (df.value,), statistic, "=", p, passage.place(match.start()), match[0])


def _result(match: re.Match[str], text: str, passage: TextPassage) -> SignificanceResult | None:
    groups = match.groupdict()
    kind: Statistic = "chi2" if match["chi2"] else match["one"].replace("Z", "z")  # type: ignore[assignment]
    degrees = tuple(read_value(groups[key]).value for key in ("df1", "df2") if groups.get(key))
    if kind == "t" and len(degrees) == 2:  # `t(17,3)`: a decimal comma
        degrees = (read_value(f"{groups['df1']}.{groups['df2']}").value,) if "." not in match["df1"] else ()
    if kind == "chi2" and len(degrees) == 2:
        degrees = degrees[:1]  # the other is the number of cases
    if kind == "chi2" and not degrees and _MCNEMAR.search(text[max(match.start() - 200, 0) : match.end()]):
        degrees = (1.0,)
    if len(degrees) != {"z": 0, "F": 2}.get(kind, 1) or any(not 1 <= each <= 1e7 for each in degrees):
        return None
    relation = (match["relation"] or "=")[0]
    return SignificanceResult(
        kind,
        degrees,
        read_value(match["value"]),
        {"≤": "<", "⩽": "<", "≥": ">", "⩾": ">", ":": "="}.get(relation, relation),  # type: ignore[arg-type]
        read_value(match["p"], match["power"]),
        passage.place(match.start()),
        " ".join(match[0].split()),
    )


_SIGNIFICANT = (
    r"significan(?:t|ce|tly|te|tes|tivo)|signifikan\w{1,6}|significativ\w{1,9}|유의(?:미)?(?:한|하|성|적)|"
    r"显著|顯著|有意"
)
_NOT = (
    r"\b(?:no[nt]?|n't|neither|nor|without|never|fail\w{0,3}|nicht|kein\w{0,2}|ohne|sin|ning[uú]n\w{0,2}|nem|não|sem|nenhum\w?|"
    r"pas|aucun\w{0,2}|sans)\b|n[o’']t\b|insignifi|non-?signif|않|아니|없|못|不|无|無|没|未|ない|なかった|ません|ず"
)
#: A level that is said, other than 5 %.
_LEVEL = re.compile(
    r"(?:α|alpha|level|niveau|nivel|nível|유의 ?수준|水平|水準)\D{0,20}"
    r"(?:0?[.,](?:1|10|01|001|005|025)(?!\d)|\b(?:10|1|2[.,]5)\s?%)|"
    r"\b(?:10|1)\s?%[ -](?:significance )?(?:level|niveau|nivel|nível)",
    re.IGNORECASE,
)
#: Words for a p that is near the level, or that was changed.
_OTHER_SENSE = re.compile(
    r"marginal|trend|tendenz|tendenc|borderline|almost|nearly|approach|경계|边缘|傾向|[pP]\s?<\s?0?[.,](?:1|10)(?!\d)|bonferroni|"
    r"holm\b|\bFDR\b|adjust|correct(?:ed|ion) for multiple|korrigiert|corregid|corrigé",
    re.IGNORECASE,
)
_CLAIM = re.compile(rf"(?P<no>{_NOT})|(?P<yes>{_SIGNIFICANT})|{_P}", re.IGNORECASE)


_CORRECTED = re.compile(
    r"bonferroni|\bholm\b|hochberg|\bFDR\b|false discovery|tukey|[šs]id[áa]k|dunn|scheff|multiple (?:test|compar)|"
    r"(?:correct|adjust)\w{0,4} (?:for|p\b)|p[- ]?adj|q-?value|korrigiert|adjustiert|"
    r"corregid|ajustad|corrigid|corrigé|ajusté|"
    r"보정|다중 ?(?:비교|검정)|校正|多重(?:比较|比較|检验|検定)|補正|permut|bootstrap|rank",
    re.IGNORECASE,
)


def names_correction(text: str) -> bool:
    """Say whether a text speaks of several tests, for which p is made larger, or of p from resampling.

    Arguments:
        text: a document.

    Returns:
        True for `Bonferroni` and `corrected for multiple comparisons`.
    """
    return _CORRECTED.search(text) is not None


def names_other_level(text: str) -> bool:
    """Say whether a text chooses another level of significance than 5 %.

    Arguments:
        text: a document.

    Returns:
        True for `α = 0.01` and `at the 10 % level`.
    """
    return _LEVEL.search(text) is not None


@dataclass(frozen=True)
class SignificanceClaim:
    """A sentence that calls a difference significant, or not, and prints one p.

    Attributes:
        is_significant: what it says.
        relation: how p stands to the printed number.
        p: the printed p.
        where: its place.
        text: the sentence.
    """

    is_significant: bool
    relation: Relation
    p: PrintedValue
    where: str
    text: str


def read_claim(sentence: str, where: str) -> SignificanceClaim | None:
    """Read what a sentence says of significance.

    Arguments:
        sentence: the sentence, or a clause of it.
        where: its place.

    Returns:
        Its claim; None if it makes none, names several p, or is not sure.
    """
    found = list(_CLAIM.finditer(sentence.translate(_ASCII)))
    values = [match for match in found if match["p"]]
    words = [match for match in found if match["yes"]]
    if len(values) != 1 or len(words) != 1 or _OTHER_SENSE.search(sentence):
        return None
    p, negations = values[0], [match for match in found if match["no"]]
    if abs(p.start() - words[0].end()) > 80:
        return None
    relation = {"≤": "<", "⩽": "<", "≥": ">", "⩾": ">", ":": "="}.get(
        (p["relation"] or "=")[0], (p["relation"] or "=")[0]
    )
    if len(negations) > 1:
        return None
    return SignificanceClaim(
        not negations,
        relation,  # type: ignore[arg-type]
        read_value(p["p"], p["power"]),
        where,
        " ".join(sentence.split()),
    )
