"""The words of classification reports and confusion matrices in eight languages, as data."""

import re
from collections.abc import Mapping

#: What a column of a report holds. Latin words match whole words only.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "f1": (
        r"f1(?:[-_ ]?(?:scores?|measure|wert|maß|mass|점수|스코어))?(?![.\d])",
        r"f[-_ ](?:1|scores?|measure|mesure)",
        r"f1[值値]|f1分数|f1分數|f1スコア|f[值値]",
    ),
    "precision": (
        r"precisions?",
        r"prec",
        r"pre",
        r"ppv",
        r"precisi[oó]n",
        r"precis[aã]o",
        r"pr[äa]zision",
        r"précision",
        r"정밀도|精[确確]率|查准率|適合率",
    ),
    "recall": (
        r"recalls?",
        r"rec",
        r"sensitivity",
        r"sens",
        r"tpr",
        r"exhaustividad",
        r"sensibilidade?",
        r"revoca[çc][aã]o",
        r"sensitivit[äa]t",
        r"trefferquote",
        r"rappel",
        r"sensibilité",
        r"재현율|민감도|召回率|查全率|[灵靈]敏度|敏感度|再現率|感度",
    ),
    "specificity": (
        r"specificity",
        r"spec?",
        r"tnr",
        r"especificidade?",
        r"especificidad",
        r"spezifit[äa]t",
        r"spécificité",
        r"특이도|特[异異][性度]",
    ),
    "accuracy": (
        r"accurac(?:y|ies)",
        r"acc",
        r"exactitud",
        r"acur[aá]cia",
        r"exactitude",
        r"(?:gesamt)?genauigkeit",
        r"정확도|정확률|准确[率度]|準確[率度]|正确率|正確率|正解率|正答率",
    ),
    "support": (
        r"supports?",
        r"sup",
        r"(?:test )?(?:samples?|images?|instances?)",
        r"soporte",
        r"suporte",
        r"muestras",
        r"amostras",
        r"imagens",
        r"imágenes",
        r"unterstützung",
        r"(?:anzahl|bilder)",
        r"effectifs?",
        r"échantillons",
        r"지지도|샘플 ?수|이미지 ?수|데이터 ?수|支持[数數度]?|[样樣]本[数數]|サポート|サンプル数|件数|枚数|データ数|"
        r"[图圖]像[数數]|[图圖]片[数數]|画像数|张数|장수|영상 ?수|"
        r"テスト枚数|测试(?:图像|样本)数",
    ),
    "tp": (
        r"tp",
        r"vp",
        r"true[ -]positives?",
        r"verdaderos positivos",
        r"verdadeiros positivos",
        r"vrais positifs",
        "真阳性|真陽性|참 ?양성",
    ),
    "fp": (r"fp", r"false[ -]positives?", r"falsos positivos", r"faux positifs", "假阳性|偽陽性|거짓 ?양성"),
    "fn": (r"fn", r"false[ -]negatives?", r"falsos negativos", r"faux négatifs", "假阴性|偽陰性|거짓 ?음성"),
    "tn": (
        r"tn",
        r"vn",
        r"true[ -]negatives?",
        r"verdaderos negativos",
        r"verdadeiros negativos",
        r"vrais négatifs",
        "真阴性|真陰性|참 ?음성",
    ),
}
RATE_COLUMNS = ("precision", "recall", "f1", "specificity", "accuracy")
COUNT_COLUMNS = ("tp", "fp", "fn", "tn")
#: Words that make another quantity of a column: average precision, recall at k, F2, recall at a precision, a change.
_OTHER_QUANTITY = re.compile(
    r"average precision|\bm?ap\b|@|f[-_ ]?(?:2|0[.,]5|beta)|\bbei\b|\bat\b|\bstd\b|±|Δ|delta|gain|diff|improve|"
    r"top[- ]?\d|loss|time|auc|\bci\b|\brank|predicted|pred\b|balanced|평균 ?정밀도|差|Δ",
    re.IGNORECASE,
)


def _is_latin(word: str) -> bool:
    return re.search(r"[a-z]", re.sub(r"\\[a-zA-Z]", "", word)) is not None


def _either(words: tuple[str, ...]) -> str:
    latin = "|".join(word for word in words if _is_latin(word))
    other = "|".join(word for word in words if not _is_latin(word))
    parts = [rf"(?<![a-zà-ÿ_])(?:{latin})(?![a-zà-ÿ])"] if latin else []
    return "|".join([*parts, *([other] if other else [])])


#: All names of columns, each as a group of its kind.
COLUMN_WORD = re.compile("|".join(f"(?P<{kind}>{_either(words)})" for kind, words in _COLUMNS.items()), re.IGNORECASE)
#: A header that names the classes below it.
CLASS_HEADER = re.compile(
    r"(?i)\b(?:class(?:e|es)?|labels?|categor(?:y|ies|ia|ía)|species|digits?|clases?|klassen?|kategorie|ziffern?|chiffres?|"
    r"catégories?|dígitos?|emotions?|etiquetas?|rótulos?)\b|클래스|라벨|레이블|범주|숫자|类别|類別|类|标签|標籤|数字|數字|クラス|ラベル"
)
_AVERAGES = (
    ("weighted", re.compile(r"avg ?/ ?total|total ?/ ?avg")),
    ("macro", re.compile(r"macro|makro|매크로|宏[观觀]?平均|マクロ")),
    ("micro", re.compile(r"(?<![a-z])mi[ck]ro(?![a-z])|마이크로|微[观觀]?平均|マイクロ")),
    ("weighted", re.compile(r"weighted|ponderad|gewicht|pondéré|가중|加[权權重]|重み")),
    ("samples", re.compile(r"samples(?: ?avg)?")),
    (
        "average",
        re.compile(
            r"(?:\W|overall|average|avg|mean|total|all|sum|classes|global|gesamt|durchschnitt|mittel(?:wert)?|promedio|media|"
            r"média|moyenne|ensemble|평균|전체|합계|平均|总体|總體|整体|合计|合計|全体|均值|值|値)+"
        ),
    ),
)
_ACCURACY = re.compile(
    r"(?:(?:overall|total|global|test|model|general|geral|globale|gesamt)[ -]?)?(?:accuracy|acc|"
    r"정확도|准确率|準確率|正确率|正解率|exactitud|acur[aá]cia|genauigkeit|exactitude)"
    r"(?: (?:overall|general|geral|total|global|globale))?\W*",
)
#: Words that say that a matrix of numbers is a confusion matrix.
CONFUSION = re.compile(
    r"confusi[oó]n|confus[aã]o|konfusion|verwirrungs|wahrheitsmatrix|verwechslungs|"
    r"混淆矩[阵陣]|混同行列|혼동 ?행렬|오차 ?행렬|"
    r"conf_?mat|\bcm\b|crosstab",
    re.IGNORECASE,
)
PREDICTED = re.compile(
    r"predict|\bpred\b|\bprev(?:isto|ista)\b|predicho|predicci[oó]n|predi[çc][aã]o|predito|vorhergesagt|vorhersage|prognos|pr[ée]dit|"
    r"预测|預測|予測|예측",
    re.IGNORECASE,
)
ACTUAL = re.compile(
    r"\bactual|\btrue\b|\btruth|\bground|\breal\b|verdader[oa]|verdadeir[oa]|tats[äa]chlich|\bwahr|\bistwert|\br[ée]el|\bvrai|"
    r"真实|真實|实际|實際|実際|正解|実測|실제|정답",
    re.IGNORECASE,
)
TOTAL = re.compile(
    r"(?i)(?:row |column |grand )?(?:totals?|all|sum|summe|gesamt|suma|soma|somme|support|합계|총합|계|"
    r"合计|合計|总计|總計|計)\W*(?:\(n\))?|n"
)

#: The names of true and false positives and negatives, each as a group of its kind.
COUNT_WORD = "|".join(f"(?P<{kind}>{_either(_COLUMNS[kind])})" for kind in COUNT_COLUMNS)


def column_kind(header: str) -> str:
    """Say what a column of a report holds.

    Arguments:
        header: its header.

    Returns:
        `precision`, `recall`, `f1`, `specificity`, `accuracy`, `support`, `tp`, `fp`, `fn`, `tn`, or "".
    """
    if header.strip().lower() in ("n", "#", "count", "nombre", "cantidad", "anzahl", "数量", "數量", "개수"):
        return "support"
    if _OTHER_QUANTITY.search(header):
        return ""
    kinds = {match.lastgroup for match in COLUMN_WORD.finditer(header)}
    return (kinds.pop() or "") if len(kinds) == 1 else ""


def averaging_of(name: str) -> str:
    """Say over what a row of a report averages.

    Arguments:
        name: the name of the row.

    Returns:
        `accuracy` for the row of the accuracy; `macro`, `weighted`, `micro` or `samples`; `average` if it does not say
        which; "" for a class.
    """
    text = re.sub(r"[*_`]", "", name).strip().lower()
    if _ACCURACY.fullmatch(text):
        return "accuracy"
    for kind, words in _AVERAGES:
        if words.fullmatch(text) if kind in ("average", "samples") else words.search(text):
            return kind
    return ""
