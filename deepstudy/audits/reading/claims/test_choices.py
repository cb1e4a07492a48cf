"""Where a report says, or its code shows, that a model or an epoch was chosen by its test images."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from deepstudy.audits.reading.layout import iterate_sentences
from deepstudy.audits.reading.samples.passages import TextPassage

_TEST = (
    r"\btest(?:ing)?[- _](?:set|data(?:set)?|images?|samples?|accurac(?:y|ies)|acc|loss|error|performance|scores?|"
    r"results?)\b|\btest_(?:acc|loss)\w*|"
    r"테스트 ?(?:세트|셋|데이터|이미지|정확도|손실|성능)|(?:测试|測試)(?:集|数据|图像|准确率|精度|损失|误差)|"
    r"テスト(?:データ|セット|画像|精度|損失|正解率)|"
    r"conjunto de (?:prueba|test|testes?)|datos de (?:prueba|test)|dados de teste|imágenes de prueba|imagens de teste|"
    r"(?:exactitud|precisión|acur[áa]cia|pérdida|perda|error|erro) (?:de|en|no|em) (?:la |el |o )?(?:prueba|test|"
    r"teste|conjunto de \w+)|"
    r"\btest(?:daten|menge|genauigkeit|fehler|satz|bilder[n]?|verlust|set|datensatz)\b|"
    r"(?:jeu|ensemble|données|précision|exactitude|perte|erreur|images) de test"
)
_CHOICE = (
    r"\b(?:sav(?:e|es|ed|ing)|select(?:s|ed|ing)?|ch(?:oo|o)s(?:e|es|en|ing)|pick(?:s|ed|ing)?|ke(?:ep|eps|pt|eping)|"
    r"tun(?:e|ed|es|ing)|"
    r"early[- ]stop\w*|stop(?:s|ped)?|restor(?:e|ed|es))\b|저장|선택|선정|골랐|고른|조기 ?종료|튜닝|결정|保存|选择|"
    r"选取|选出|选定|早停|调参|"
    r"(?<!微)調整|選択|選ん|選び|早期終了|チューニング|"
    r"\b(?:guard(?:a|o|ó|amos|ado|ar)|seleccion\w{1,6}|elegi\w{1,4}|elige\w{0,3}|ajust(?:a|é|amos|ado|ados|ar|ou)|"
    r"parada (?:temprana|antecipada)|"
    r"salv(?:a|o|ou|amos|ar)|selecion\w{1,5}|escolh\w{1,5}|gespeichert|speicher(?:n|t|te)|ausgewählt|gewählt|"
    r"wähl(?:en|t|te|ten)|abgestimmt|"
    r"sauvegard\w{1,5}|enregistr\w{1,5}|sélectionn\w{1,5}|chois\w{1,6}|arrêt précoce)\b"
)
_THING = (
    r"\b(?:models?|networks?|checkpoints?|weights|epochs?|hyper-?param\w*|learning rates?|parameters|training|"
    r"architecture)\b|모델|가중치|에폭|"
    r"체크포인트|하이퍼|학습|模型|权重|轮|超参|参数|训练|モデル|重み|エポック|ハイパー|学習|\b(?:modelos?|pesos|"
    r"[ée]pocas?|hiperpar\w*|entrenamiento|"
    r"treinamento|treino|"
    r"red|rede|modelle?s?|netz\w*|gewichte|epochen?|hyperpar\w*|modèles?|poids|[ée]poques?|hyperparam\w*|réseau|"
    r"entraînement)\b"
)
_BEST = (
    r"\b(?:best|highest|maxim\w+|max|lowest|minim\w+|peak)\b|가장|최고|최저|제일|最高|最好|最佳|最低|最小|最良|最优|"
    r"\b(?:mejor|más (?:alta|baja)|mayor|menor|melhor|maior|mais (?:alta|baixa)|beste[nrms]?|höchste[nrms]?|"
    r"niedrigste[nrms]?|"
    r"kleinste[nrms]?|meilleure?s?|plus (?:haute?|élevée?|basse?|faible))\b"
)
_BY = (
    r"\b(?:based on|according to|by|on|using|with respect to|monitor\w*|via|against|"
    r"auf|anhand|nach|mit|según|con|sobre|en|segundo|com base|no|na|selon|sur|d'après)\s(?:its |their |the |our |el |"
    r"la |los |o |a |os |"
    r"den |dem |der |die |le |les |l['’])?"
)
_NEGATED = re.compile(
    r"\b(?:not|never|without|neither|nor|no(?! (?:conjunto|teste?|final|modelo|treino|dataset))|nicht|nie|"
    r"kein\w{0,2}|ohne|sin|nunca|não|sem|sans|jamais|pas|avoid\w*|"
    r"instead|although|though|despite|obwohl|trotz\w{0,3}|aunque|a pesar|embora|apesar|bien que|malgré)\b|"
    r"n['’]t\b|尽管|虽然|にもかかわらず|불구|않|아니|没有|不|未|ない|ず",
    re.IGNORECASE,
)
_VALIDATION = re.compile(
    r"valid|\bval\b|\bval_|\bdev\b|held-?out|hold-?out|검증|验证|驗證|検証|\btrain\w* (?:set|data|images) (?:and|"
    r"or)\b|cross",
    re.IGNORECASE,
)
_TESTED = re.compile(_TEST, re.IGNORECASE)
_CHOSEN = re.compile(_CHOICE, re.IGNORECASE)
_CHOSEN_THING = re.compile(_THING, re.IGNORECASE)
_CRITERION = re.compile(
    rf"{_BEST}|(?:{_BY})(?=(?:{_TEST}))|기준|따라|로 (?:선택|튜닝|결정)|根据|依据|按|在|基于|に基づ|により|で",
    re.IGNORECASE,
)
_IS_CODE = re.compile(r"\bself\.|\breturn \w|\bdef \w{1,40}\(|\bimport \w|\w\(\w{0,30}\)\s?\w{0,3}=|\):\s")
_WIDEST = 110  # letters between the choice and the test images

_KERAS_DATA = re.compile(
    r"validation_data\s?=\s?[(\[]?\s?(?:\w{1,20}\.)?(?:[xX]_?test|test_?(?:ds|gen\w*|images|data\w*|set\w*|loader|"
    r"batches|x|X|features)|[xX]_?te\b|testX|X?testing)",
)
_KERAS_CHOICE = re.compile(r"(?:EarlyStopping|ModelCheckpoint|ReduceLROnPlateau)\s?\(([^()]{0,300})")
_OWN_MONITOR = re.compile(r"monitor\s?=\s?['\"](?!val_)")
_IF_BEST = re.compile(
    r"\bif\s+\(?\s?(?:test_?(?:acc\w*|loss\w*|score|err\w*)|(?:acc\w*|loss)_?test\w*)\s?[<>]=?\s?(?:self\.)?(?:best|"
    r"max|min|highest|lowest)\w*|"
    r"\bif\s+\(?\s?(?:self\.)?(?:best|max|min|highest|lowest)\w{0,20}\s?[<>]=?\s?(?:test_?(?:acc\w*|loss\w*|score|"
    r"err\w*)|(?:acc\w*|loss)_?test\w*)",
    re.IGNORECASE,
)
_IN_TEST = re.compile(r"\s*def\s+(?:test|evaluate_test|testing)\w{0,12}\s?\(")
_IF_ACC = re.compile(r"\s*if\s+\(?\s?acc\w{0,8}\s?>=?\s?best_?acc\w*")
_KEEPS = re.compile(r"save|state_dict|deepcopy|checkpoint|patience|counter|best_model|best_epoch|break", re.IGNORECASE)
_NEXT = 10  # lines below a comparison in which a model is saved


@dataclass(frozen=True)
class TestChoice:
    """A place where something is chosen by test images.

    Attributes:
        where: the place.
        text: the sentence or the line.
        kind: whether a sentence says it or code does it.
    """

    __test__ = False  # no test of pytest

    where: str
    text: str
    kind: Literal["sentence", "code"]


def read_test_choices(passages: Sequence[TextPassage]) -> Iterator[TestChoice]:
    """Find where a document chooses by test images.

    Arguments:
        passages: its texts, in their order.

    Yields:
        Each place; a sentence that denies it, or speaks of validation images, is none.
    """
    for passage in passages:
        if passage.kind in ("text", "caption") and _TESTED.search(passage.text):
            for start, end in iterate_sentences(passage.text):
                sentence = passage.text[start:end]
                if _is_choice(sentence):
                    yield TestChoice(passage.place(start), " ".join(sentence.split()), "sentence")
    yield from _in_code(passages)


def _is_choice(sentence: str) -> bool:
    if len(sentence) > 600 or _IS_CODE.search(sentence) or _NEGATED.search(sentence) or _VALIDATION.search(sentence):
        return False
    tested = list(_TESTED.finditer(sentence))
    chosen = list(_CHOSEN.finditer(sentence))
    if not (tested and chosen and _CHOSEN_THING.search(sentence) and _CRITERION.search(sentence)):
        return False
    near = min(max(one.start() - two.end(), two.start() - one.end()) for one in tested for two in chosen)
    return near <= _WIDEST


def _in_code(passages: Sequence[TextPassage]) -> Iterator[TestChoice]:
    lines = [passage for passage in passages if passage.kind in ("code", "output")]
    text = "\n".join(line.text for line in lines)
    stops = [match for match in _KERAS_CHOICE.finditer(text) if not _OWN_MONITOR.search(match[1])]
    in_test, since = False, 0
    for at, line in enumerate(lines):
        if re.match(r"\s*def\s", line.text):
            in_test, since = _IN_TEST.match(line.text) is not None, at
        if stops and _KERAS_DATA.search(line.text):
            yield TestChoice(line.where, line.text.strip(), "code")
            continue
        is_best = _IF_BEST.search(line.text) or (in_test and at - since < 80 and _IF_ACC.match(line.text))
        if is_best and any(_KEEPS.search(below.text) for below in lines[at + 1 : at + 1 + _NEXT]):
            yield TestChoice(line.where, line.text.strip(), "code")
