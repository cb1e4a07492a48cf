"""How many images each split of a line has: `train 54000  val 6000`, `45,000 for training and 5,000 for validation`.

People write the split before its number or behind it. So every number of images is paired with one of the two split
words beside it: the nearest pairs first, each word once.
"""

import re
from collections.abc import Iterator, Sequence

from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.lines.tokens import Number, Phrase, Token

_IMAGE_WORDS = re.compile(vocabulary.IMAGE_WORDS, re.IGNORECASE)
_OF_IMAGES = re.compile(
    rf"{vocabulary.IMAGE_WORDS}|data|dataset|\bset\b|split|corpus|集|데이터|세트|셋|データ|セット|daten|datos|dados|données|"
    r"conjunto|\bjeu\b|ensemble|MNIST|CIFAR|SVHN",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(
    r"\s?(?:[-\s]?(?:epochs?|steps?|iterations?|batch|classes|classe[ns]?|clases|layers?|seeds?|runs?|folds?|hours?|min|sec|"
    r"s\b|px|pixels?|times|points?|[x×]|에폭|스텝|步|轮|次|类|個のクラス|クラス|エポック|ステップ|回|[ée]poca|[ée]poque|epochen|"
    r"schritte|pasos|passos|it[ée]rations?|it[ea]ra[ct]i|lote|lots?\b|stapel|parameter|par[áâ]m|weights))",
    re.IGNORECASE,
)
_SPEAKS_OF_STEPS = re.compile(
    r"(?:batch|step|epoch|seed|iter|lr|size|配|批|轮|步|배치|시드|バッチ|エポック|lote|stapel|num_workers|range|year|(?<![a-z])param|(?<![a-z])weights|参数|參數|파라미터|パラメ)\w{0,8}[\s:=(of]{0,4}$",
    re.IGNORECASE,
)
_PART_OF = re.compile(r"\b(?:(?:of|from) (?:the|our|all)|aus (?:den|der)|von den)(?: the)? $", re.IGNORECASE)
_AMONG = re.compile(
    r"\s?(?:이미지|데이터|세트|셋)?\s?(?:가운데|중에?서?(?=\s))|(?:集|图片|图像|数据|样本){0,2}[中里](?!心)|(?:データ|画像)?の?(?:うち|中から)"
)
_REST = re.compile(
    r"(?:leaving|leaves|remain\w*|rest\w*|keep\w*|übrig\w*|bleiben|quedan|restan\w*|sobram|learns? from|trains? on|"
    r"剩下?|余下?|其余|残り|나머지|남은)"
    r"\W{0,3}(?:us |the |die |los |las |os |as |les |with |von )?$",
    re.IGNORECASE,
)
_AND = re.compile(r"[,、，;；/+&]|\b(?:and|und|et|y|e|sowie|plus)\b|[和与與及와과]|と|하고", re.IGNORECASE)
_STOP = re.compile(
    r"参数|參數|param|파라미터|パラメータ|par[áâ]m|[.;。；!?](?:\s|$)|\d|\b(?:accuracy|loss|error|acc)\b|准确|精度|정확|正解|genauigkeit|exactitud|acur",
    re.IGNORECASE,
)
_FARTHEST = 24.0
_NEAR = 7.0  # of a number that no word for images follows
_FEWEST = 50
_FAR = 45  # letters behind a word for steps


def name_split_sizes(phrase: Phrase) -> None:
    """Recognise the numbers of images of a line, and which split each is of.

    Arguments:
        phrase: the line; its numbers of images get the role `images` and their `split`.
    """
    splits = [token for token in phrase.tokens if token.kind == "split" and not _is_of_path(phrase.text, token)]
    if len(parts := [token for token in splits if not _is_whole(phrase.text, token)]) > 0:
        splits = parts
    numbers = [number for number in phrase.numbers if _may_be_size(phrase, number)]
    if not splits or not numbers:
        return
    pairs = list(_pairs(phrase, numbers, splits))
    loose = [(number, token) for number, token, cost in pairs if number.role != "images" and cost <= _NEAR]
    steps = [token.end for token in phrase.tokens if token.kind == "step"]
    if any(0 <= number.start - end < _FAR for number, _ in loose for end in steps):
        loose = []  # `1500 Schritte, und 313 beim Test`
    speaks_of_images = _OF_IMAGES.search(phrase.text) is not None
    is_list = len({token.name for _, token in loose}) > 1
    for number, token, cost in pairs:
        if number.role == "images":
            number.split = token.name
        elif (
            loose and cost <= _NEAR and (is_list or (speaks_of_images and number.value >= 100) or number.value >= 1000)
        ):
            number.role, number.split = "images", token.name
    _name_rest(phrase)


def _name_rest(phrase: Phrase) -> None:
    """`..., leaving 55,000`: what validation images leave of the training images."""
    if not any(number.role == "images" and number.split == "validation" for number in phrase.numbers):
        return
    for number in phrase.numbers:
        before = phrase.text[max(number.start - 26, 0) : number.start]
        if number.role in ("", "images") and not number.split and number.value >= _FEWEST and _REST.search(before):
            number.role, number.split = "images", "train"


def _is_of_path(text: str, split: Token) -> bool:
    """Whether a split is a folder above that of one class: `data/val/cat : 300 images`, or speaks of parameters."""
    return re.match(r"[/\\][^\W\d_]|\s?(?:되는|가능|可能)", text[split.end :]) is not None


def _is_whole(text: str, split: Token) -> bool:
    """Whether a split is what a part is taken from: the training images of `a fifth of the training images`."""
    before, behind = text[max(split.start - 14, 0) : split.start], text[split.end :]
    return _PART_OF.search(before) is not None or _AMONG.match(behind) is not None


def _may_be_size(phrase: Phrase, number: Number) -> bool:
    """Whether a number can count images: it is whole, and stands beside no other unit."""
    is_whole = (
        number.step >= 1 and not number.has_percent and number.whole is None and number.value == int(number.value)
    )
    if number.role == "images":
        return is_whole
    if number.role or not is_whole or not _FEWEST <= number.value < 1e9:
        return False
    before = phrase.text[max(number.start - 16, 0) : number.start]
    return not _NO_SIZE.match(phrase.text, number.end) and not _SPEAKS_OF_STEPS.search(before)


def _pairs(phrase: Phrase, numbers: Sequence[Number], splits: Sequence[Token]) -> Iterator[tuple[Number, Token, float]]:
    """Numbers with their splits, the nearest first; each is used once."""
    names_first = splits[0].start < numbers[0].start
    costs = []
    for number in numbers:
        before = [token for token in splits if token.end <= number.start]
        after = [token for token in splits if token.start >= number.token.end]
        if before:
            gap = phrase.text[before[-1].end : number.start]
            costs.append((_cost(gap) + (0.0 if names_first else 0.5), number, before[-1]))
        if after:
            gap = phrase.text[number.end : after[0].start]
            costs.append((_cost(gap) + (0.5 if names_first else 0.0), number, after[0]))
    used_numbers: set[int] = set()
    used_splits: set[Token] = set()
    for cost, number, token in sorted(costs, key=lambda each: each[0]):
        if cost > _FARTHEST or id(number) in used_numbers or token in used_splits:
            continue
        used_numbers.add(id(number))
        used_splits.add(token)
        yield number, token, cost


def _cost(gap: str) -> float:
    """How far a split and a number are apart: by letters, by conjunctions, and by what ends a clause."""
    plain = _IMAGE_WORDS.sub("", gap)
    cost = 0.3 * len(plain.strip())
    cost += 8.0 * len(_AND.findall(plain)) + 3.0 * plain.count("(") + 2.0 * plain.count(")")
    return cost + 50.0 * (_STOP.search(plain) is not None)
