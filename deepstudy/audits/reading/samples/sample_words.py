"""The words of reports that speak of several runs: their mean, spread and range, in eight languages, as data."""

import re
from collections.abc import Mapping
from typing import Literal

SampleLabel = Literal["mean", "median", "deviation", "error", "interval", "low", "high", "best", "range"]

#: What a number says of several runs. The first pattern that fits counts, so longer words come first.
LABELS: Mapping[SampleLabel, str] = {
    "interval": (
        r"confidence (?:intervals?|bounds?|limits?)|\bci\b|신뢰 ?구간|置信区间|信頼区間|intervalos? de confian\w{2,4}|"
        r"konfidenzintervalle?|vertrauensintervalle?|intervalles? de confiance"
    ),
    "error": (
        r"standard errors?(?: of the mean)?|\bsem\b|\bs\.e\.m?\.?|\bse\b(?=\s?[:=(])|표준 ?오차|标准误差?|標準誤差|"
        r"error(?:es)? est[áa]ndar|erros? padr(?:ão|ao|ões)|standardfehler|erreurs?[- ](?:type|standard)"
    ),
    "deviation": (
        r"standard deviations?|\bstd\b\.?(?: ?dev(?:iations?)?\.?)?|std_?dev|stdev|std_\w{1,12}|\w{1,12}_std\b|"
        r"\bsd\b|s\.d\.|\bst\. ?dev\.?|"
        r"표준 ?편차|标准差|標準偏差|desviaci[óo]n(?:es)? (?:t[íi]pica|est[áa]ndar)|desvios?[- ]padr(?:ão|ao)|"
        r"standardabweichung(?:en)?|[ée]carts?[- ]types?|σ"
    ),
    "median": r"\bmedian\w{0,2}\b|중앙값|中位数|中央値|\bm[ée]diane?\b",
    "mean": (
        r"(?<!mittlere )\b(?:means?|averag(?:e[sd]?|ing)|avg|aver)\b\.?|평균(?:값)?|平均(?:值|値)?|均值|"
        r"\b(?:media|promedio|m[ée]dia|"
        r"mittelwert|mittel|durchschnitt(?:lich)?|moyenne)\b|\bmean_\w{1,12}|\w{1,12}_mean\b"
    ),
    "low": (
        r"\bmin(?:imum|imal)?\b\.?|\b(?:lowest|smallest|worst)\b|최소(?:값)?|최저|最小(?:值|値)?|最低|\bm[íi]nim[oa]\b|"
        r"\b(?:niedrigste\w{0,2}|schlechteste\w{0,2}|peor|pior|pire|plus (?:bas|faible)\w{0,2})\b"
    ),
    "high": (
        r"\bmax(?:imum|imal)?\b\.?|\b(?:highest|largest)\b|최대(?:값)?|最大(?:值|値)?|\bm[áa]xim[oa]\b|"
        r"\b(?:höchste\w{0,2}|plus (?:haut|élevé)\w{0,2})\b"
    ),
    "best": r"\bbest\w{0,2}\b|최고|最高|最好|最良|\b(?:mejor|melhor|meilleure?)\b",
    "range": r"\brang(?:e|es|ed|ing)\b|범위|范围|範囲|\b(?:rango|faixa|intervalo de|spanne|étendue)\b",
}

#: What is repeated.
RUNS = (
    r"runs?|seeds?|trials?|repetitions?|repeats?|replicates?|replications?|folds?|splits?|restarts?|experiments?|"
    r"실행|시드|회차|폴드|반복|번째 실행|次(?:运行|实验|試驗|训练)?|随机种子|种子|折|回目?|シード|試行|"
    r"ejecuci(?:ón|ones)|corridas?|semillas?|repeticiones|execuç(?:ão|ões)|sementes?|rodadas?|repetições|"
    r"l[äa]ufe?n?|durchl[äa]ufe?n?|wiederholungen|ex[ée]cutions?|graines?|r[ée]p[ée]titions?|essais?|plis?"
)
#: Things that are listed in the same way, but are no runs of one network.
NO_RUNS = (
    r"epochs?|layers|class(?:es)?|models|networks|architectures|datasets|data sets|optimi[sz]ers|methods|batch sizes|"
    r"learning rates|variants|configurations|sizes|widths|depths|dropout rates|에폭|모델들|클래스|轮|模型|类别|"
    r"エポック|モデル|クラス|épocas?|modelos|clases|redes|epochen?|modellen?|klassen|netzen?|époques?|modèles|réseaux"
)
NUMBER_WORDS: Mapping[str, int] = {
    word: count
    for count, words in {
        2: "two both dos dois duas zwei deux 두",
        3: "three tres três drei trois 세",
        4: "four cuatro quatro vier quatre 네",
        5: "five cinco fünf cinq 다섯",
        6: "six seis sechs 여섯",
        7: "seven siete sete sieben sept 일곱",
        8: "eight ocho oito acht huit 여덟",
        9: "nine nueve nove neun neuf 아홉",
        10: "ten diez dez zehn dix 열",
        20: "twenty veinte vinte zwanzig vingt",
    }.items()
    for word in words.split()
} | {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
#: Words after which `12 times` is a factor and no number of runs.
_THAN = (
    r"[ -](?:as|the|more|less|fewer|\w{2,12}er\b|so|mehr|weniger|más|menos|mayor|menor|mejor|mais|maior|"
    r"melhor|plus|moins|faster|what|that|el|la|o|a|le|de)\b"
)
#: A number of runs: `five independent runs`, `5 seeds`, `10-fold`, `五次`, `5회`.
RUN_COUNT = re.compile(
    r"(?<![A-Za-zÀ-ÿ\d_.가-힣第十百两二三四五六七八九])"
    rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})[\s-]?"
    r"(?:(?:\w{3,14}[ -]){0,2}?)(?:"
    rf"(?:{RUNS})(?![a-z])|회|번|個の|개의? ?시드|(?:times|mal|veces|vezes|fois)\b(?!{_THAN}))",
    re.IGNORECASE,
)
#: The number of a run: `run 3`, `seeds 1, 2 and 3`, `fold #2`, `第3次`.
RUN_INDEX = re.compile(
    rf"(?<![a-z])(?:{RUNS})(?:\s?(?:no\.?|nr\.?|number|id|#|=|:|_|-))?\s?#?\(?\d{{1,5}}(?![\d.]*\d|\.\d|\s?%)"
    r"(?:(?:\s?[,/&]\s?|\s?(?:and|und|et|y|e|to|-|–|및|和|と)\s?)\d{1,5}(?![\d.]*\d|\.\d|\s?%)){0,20}\)?|제?\s?\d{1,3}\s?(?:회차|번째)|第\s?\d{1,3}\s?[次回折]",
    re.IGNORECASE,
)
