"""Which images each number of a line is of."""

import re
from collections.abc import Sequence
from itertools import pairwise

from deepstudy.audits.reading.lines.tokens import Number, Phrase, Token

#: What stands between the splits of `train, validation and test accuracy`.
_LIST = re.compile(
    r"(?:\s|sets?|data|dataset|accuracy|acc|loss|and|the|on|und|et|y|e|ou|or|,|/|&|-|\(|vs\.?|、|，|和|与|及|및|와|과|と|集|데이터|셋|세트|"
    r"データ|セット|의|的|の)*",
    re.IGNORECASE,
)

_DENIED = re.compile(
    r"\b(?:never|not|nie|niemals|nicht|nunca|jamais)\b(?:\s[^\W\d_]{2,9}){0,2}\s(?:for|in|during|zum|für|beim|para|en|no|na|pour|à)\s"
    r"(?:the |das |die |la |le |o |a |l['’])?$",
    re.IGNORECASE,
)


def find_splits(phrase: Phrase, is_printed: bool) -> None:
    """Give each result its split: of the word beside its metric, else of the words before it.

    Arguments:
        phrase: the line; its numbers get their `split`.
        is_printed: whether a program printed the line. Then a split says nothing of the numbers before it.
    """
    text, tokens = phrase.text, phrase.tokens
    splits = [(at, token) for at, token in enumerate(tokens) if token.kind == "split" and not _is_denied(text, token)]
    lists: dict[int, list[Number]] = {}
    for number in phrase.numbers:
        if number.metric_at >= 0:
            lists.setdefault(number.metric_at, []).append(number)
    for metric_at, numbers in lists.items():
        metric = tokens[metric_at]
        if metric.name == "parameters":
            continue
        inside = _split_inside(text[metric.start : metric.end])
        beside = inside or _split_beside(text, splits, metric_at, metric, numbers[0])
        before = [
            token
            for at, token in splits
            if at < metric_at and metric.start - token.end < 40 and not _cut(text, token.end, metric.start)
        ]
        after_numbers = [number for number in numbers if number.start > metric.start]
        names = list(dict.fromkeys(token.name for token in before))
        is_list = all(_LIST.fullmatch(text[one.end : two.start]) for one, two in pairwise(before))
        if len(names) > 1 and is_list and len(names) == len(after_numbers) and len(numbers) == len(names):
            for name, number in zip(names, numbers, strict=True):  # `train and test accuracy are 99 % and 98 %`
                number.split = name
            continue
        for number in numbers:
            own = _split_of_number(phrase, splits, number, numbers)
            number.split = (own or beside) if len(numbers) > 1 else (beside or own)
    is_one = len(phrase.splits) == 1
    attached = {
        at for metric_at in lists for at, token in splits if _is_attached(text, token, tokens[metric_at], is_one)
    }
    splits_of = dict(splits)
    loose = [token for at, token in splits if at not in attached]
    for number in phrase.numbers:
        if number.metric in ("", "parameters") or number.split:
            continue
        if number.metric_at < 0:
            number.split = _split_of_number(phrase, splits, number, [number])
        earlier = [token for token in loose if token.end <= number.start]
        if number.split or _is_replaced(phrase, number, earlier, [splits_of[at] for at in attached], is_printed):
            continue
        if len({token.name for token in loose}) == 1 and (earlier or not (attached or is_printed)):
            number.split = loose[0].name
        elif earlier and not _cut(text, earlier[-1].end, number.start):
            number.split = earlier[-1].name
        elif is_printed:
            number.split = _of_words(phrase, splits, number)


def _is_denied(text: str, split: Token) -> bool:
    """Whether the images are said to be none of a split: `pictures that were never used for training`."""
    return _DENIED.search(text[max(split.start - 30, 0) : split.start]) is not None


def _is_replaced(
    phrase: Phrase, number: Number, earlier: Sequence[Token], attached: Sequence[Token], is_printed: bool
) -> bool:
    """`After training, test accuracy is 98 % and loss is 0.1`: the loss is not of the training images."""
    if is_printed or not earlier:
        return False
    return any(earlier[-1].end <= token.start and token.end <= number.start for token in attached)


def _of_words(phrase: Phrase, splits: Sequence[tuple[int, Token]], number: Number) -> str:
    """`train loss 0.01 acc 46 % test loss 1.17 acc 51 %`: a split that stands apart holds until the next one."""
    before = [token for _, token in splits if token.end <= number.start]
    is_apart = bool(before) and phrase.text[before[-1].end : before[-1].end + 1] in (" ", ":", "\t")
    return before[-1].name if is_apart else ""


def images_of(phrase: Phrase, number: Number) -> int | None:
    """Find how many images a rate is over, if its sentence says it: `91.5 % on 300 test images`.

    Arguments:
        phrase: the sentence.
        number: one of its rates.

    Returns:
        The only number of images of the same split; None if there is none.
    """
    said = [each for each in phrase.numbers if each.role == "images" and each.value >= 1]
    if len(said) != 1 or number.whole is not None:
        return None
    images = said[0]
    near = phrase.text[images.end : images.end + 30]
    split = images.split or next(
        (
            token.name
            for token in phrase.tokens
            if token.start >= images.end and token.kind == "split" and token.start - images.end < 3
        ),
        "",
    )
    return (
        int(images.value) if split == number.split and split and not re.search(r"per class|each class", near) else None
    )


def _is_attached(text: str, split: Token, metric: Token, is_one: bool) -> bool:
    """Whether a split is a part of the name of a metric, as in `val_acc`, and says nothing of other metrics.

    The only split of a line speaks of all its numbers if it stands apart: `train Loss: 2.47 Acc: 4.86`.
    """
    gap = r"[_.-]?" if is_one else r"[_. -]?"
    return split.end <= metric.start and re.fullmatch(gap, text[split.end : metric.start]) is not None


def _split_inside(word: str) -> str:
    """`Testgenauigkeit` → test."""
    lower = word.lower()
    heads = (("test", "test"), ("training", "train"), ("validierung", "validation"))
    return next((split for head, split in heads if lower.startswith(head) and len(lower) > len(head) + 2), "")


def _cut(text: str, start: int, end: int) -> bool:
    """Whether a clause ends between two places."""
    return re.search(r"[;。；|]|\.\s|\d", text[start:end]) is not None


def _split_beside(text: str, splits: Sequence[tuple[int, Token]], metric_at: int, metric: Token, number: Number) -> str:
    """The split in the name of a metric (`val_acc`, `accuracy on the test set`)."""
    for at, token in splits:
        if at == metric_at - 1 and re.fullmatch(
            r"[\s_.:/'\"-]*(?:set|data|dataset|셋|세트|데이터|集|データ|zeit)?(?:[\s_.:/-]|上的?|의|の|での?|average|avg|mean|top-?1|overall|final|classification)*",
            text[token.end : metric.start],
            re.IGNORECASE,
        ):
            return token.name
    for at, token in splits:
        if (
            at == metric_at + 1
            and (token.start < number.start or number.start < metric.start)
            and re.fullmatch(
                r"[\s_(]*(?:on|for|of|in|over|auf|bei|en|sur|em|no|na|de|del|do|da|du|der|den|dem|the|our|los|las|les|l['’]|la|el|le|conjunto|ensemble|jeu|held-out|\s|\(|:)*",
                text[metric.end : token.start],
                re.IGNORECASE,
            )
        ):
            return token.name
    return ""


def _has_own(phrase: Phrase, split: Token) -> bool:
    """Whether a number follows a split, in a line that begins with a split or a metric."""
    first = next((token for token in phrase.tokens if token.kind == "split"), split)
    results = [number for number in phrase.numbers if number.metric]
    is_first = bool(results) and first.end <= results[0].start
    return is_first and re.match(r"\s*[:=]?\s*\d", phrase.text[split.end :]) is not None and first is not split


def _split_of_number(
    phrase: Phrase, splits: Sequence[tuple[int, Token]], number: Number, numbers: Sequence[Number]
) -> str:
    """The split right after a number of a list: `99 % on the training set and 98 % on the test set`."""
    text, metrics = phrase.text, [token for token in phrase.tokens if token.kind == "metric"]
    for _, token in splits:
        if not (number.end <= token.start < number.end + 40):
            pass
        elif any(metric.start >= token.end and metric.start - token.end < 3 for metric in metrics):
            continue  # the split of the next metric
        elif not text[number.end : token.start].strip() and _has_own(phrase, token):
            continue  # `train 0.69 acc 0.55 val 0.68`: names stand before their numbers
        elif not re.search(r"\d|[,;]", text[number.end : token.start]):
            follows = re.fullmatch(
                r"[\s%)]*(?:\(|on|for|in|over|auf|bei|en|sur|em|no|na|the|our|de|del|los|las|les|la|el|le|den|dem|conjunto|l['’]|ensemble|jeu|données|datos|dados|images|imágenes|imagens|accuracy|acc|d['’]|do|da|du|während|beim|im|\s)*",
                text[number.end : token.start],
                re.IGNORECASE,
            )
            if follows:
                return token.name
        if (
            len(numbers) > 1
            and 0 <= number.start - token.end < 25
            and re.fullmatch(
                r"[\s:=(]*(?:set|data|dataset|accuracy|acc|is|was|of|at|del?|do|da|von|bei|fue|foi|es|é|ist|war|est|était|à|\s|:|=|\(|：|"
                r"集|上|则?[为為是]|达到?|约|約|データ|セット|では|で|は|が|데이터|셋|세트|에서|는|은)*",
                text[token.end : number.start],
                re.IGNORECASE,
            )
        ):
            return token.name
    return ""
