"""What the rule `labels` finds in documents: numbers of images, steps and epochs against each other.

An epoch of n images in batches of b has n/b steps, rounded up, or down where the last batch is dropped. A document may
train on fewer images than the data set has, hold some out, or count steps over the whole run. A number is accused only
where none of these readings fits.
"""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from deepstudy.audits.arithmetic.count_claims import has_same_digits
from deepstudy.audits.arithmetic.training_evidence import read_training
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.blocks import Paragraph
from deepstudy.audits.reading.contexts import DocumentContext, is_cited
from deepstudy.audits.reading.statements import Statement
from deepstudy.audits.reading.training.image_counts import ImageCounts, read_image_counts
from deepstudy.audits.reading.training.run_settings import unwrap
from deepstudy.audits.reading.training.training_logs import LoggedLine, TrainingLog
from deepstudy.datasets import DATASETS
from deepstudy.findings import AuditSeverity, Finding

_ON_ALL = re.compile(
    r"retrain|re-train|train\+val|full training set|(?:all|both) (?:the )?(?:training|60,000|50,000)|on all|together|"
    r"combin|alle[nr]? (?:Trainings|60|50)|전체 ?(?:학습|훈련|이미지|데이터|\d)|(?:全部|全て)の?(?:训练|訓練|学習|"
    r"数据|データ|图|画像|\d)|todas (?:las im|as im)|toutes les im",
    re.IGNORECASE,
)
_BLOCK = 8192  # bytes that a download counts at once
_FEWEST = 100  # training images: a smaller number in a text is one of something else
_ADDED = re.compile(
    r"augment|doubl|tripl|shift|enlarg|expand|increas|duplicat|synthetic|generated|combin|together|extra\b|extend|"
    r"both\b|multipl|repeat|per epoch|flipped|oversampl|"
    r"copies|증강|增强|增广|拡張|aument|augment",
    re.IGNORECASE,
)
_SUBSET = re.compile(r"subset|first|random|only|some|part of|sample of|일부|子集|部分|一部", re.IGNORECASE)
_ACCURACY = re.compile(r"accura|정확|准确|正確|正解|genauigkeit|exactitud|acur[áa]cia|précision", re.IGNORECASE)
_DIVIDED = re.compile(
    r"\b(?:split|divid|partition|separat)\w*|aufgeteilt|geteilt|aufteilung|dividi|repart|répart|divis|나누|분할|划分|分为|分成|"
    r"分割|分け",
    re.I,
)
_SMALL_PART = 0.05
#: A sentence about the work of others.
_OF_THEM = re.compile(
    r"\b(?:they|their|the authors|sie haben|ellos|les auteurs|los autores|os autores)\b|他们|彼ら|"
    r"그들은",
    re.I,
)
_LEAVES = re.compile(
    r"\b(?:leav(?:es?|ing)|remain\w*|the rest|left|restlich\w*|übrig\w*|bleiben|restantes?|quedan|sobram|restent)\b|"
    r"남은|나머지|剩下|其余|残り",
    re.IGNORECASE,
)
_OF_WHICH = re.compile(
    r"of which|thereof|davon|from (?:the |these )?training|held out|set aside|de los cuales|dos quais|dont\b|"
    r"이 중|그중|其中|うち",
    re.IGNORECASE,
)
_REST = re.compile(r"\brest\b|remain|unused|discard|restlich|resto|reste\b|나머지|其余|剩|残り", re.IGNORECASE)
_ITERATIONS = re.compile(
    r"(?<![\d.,/])(\d{1,3}(?:,\d{3}){1,2}|\d{2,8}|\d{1,4}k)\s?(?:training )?(?:iterations|steps|updates|iterationen|"
    r"iteraciones|iterações|itérations|次迭代|회 ?반복)",
    re.IGNORECASE,
)
_KERAS_BAR = re.compile(r"\[=+|━{5,}|/step\b|/sample\b")
_IS_BAR = re.compile(r"%\s?\||━|it/s|s/it")
_VALIDATES = re.compile(r"(?<![a-z])val(?:id(?:ation)?)?(?![a-z])", re.IGNORECASE)
_MOST_BARS = 2000  # lines below the line of an epoch that can be bars of it
_SAME = re.compile(
    r"\(|\bi\.e\.|=|≈|~|\bwhich (?:is|are|equals?|corresponds?)\b|\bor (?:about|roughly)\b|\bequivalent|\bcorrespond|"
    r"entspr|equival|soit\b|o sea|ou seja|즉|即|つまり"
)
_PER_EPOCH = re.compile(
    r"\W{0,3}(?:/|per|in (?:each|every|one|an)|each|an?|every|pro|je|in jeder|por|par|cada|in der|en cada|em cada) ?"
    r"(?:full |single )?(?:epoch|[ée]poca|[ée]poque)",
    re.IGNORECASE,
)
_EPOCHS = re.compile(
    r"(?<![\d.,])(\d{1,4}(?:\.\d{1,2})?)\s?(?:epochs?|epochen|[ée]pocas|[ée]poques|에폭|轮|エポック)", re.IGNORECASE
)
_GOES_ON = re.compile(
    r"resum|continu|fine-?tun|further|more epochs|additional|extra epochs|early stop|patience|stopped|second "
    r"(?:stage|phase)|stage|이어서|추가|继续|微调",
    re.IGNORECASE,
)

#: Words beside the length of a run: other settings, or training itself.
_OF_A_RUN = re.compile(
    r"^#.*epoch|\b(?:for|über|für|durante|por|pendant|sur) \d{1,4} (?:epoch|[ée]poca|[ée]poque)|"
    r"epochs?[\s'\"*_`]{0,4}[:=：|]|\btrain(?:ed|ing)?\b|\bfit\b|optimi|batch|\blr\b|learning|\bSGD\b|\bAdam|schedul|"
    r"trainier|lernrate|stapel|entren|trein|apprent|entra[îi]n|\blots?\b|lotes?\b|taxa|tasa|학습|훈련|배치|训练|訓練|"
    r"学習|批|バッチ",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"milestone|decay|divid|drops?\b|dropped|reduc|gamma|geteilt|gesenkt|その後|以降|まで|까지|이후|之后|衰减|減衰|"
    r"\bre-?train|\bagain\b|pre-?train|erneut|noch ?mal|de nuevo|de novo|à nouveau|再训练|再学習|再度|다시|재학습|"
    r"would|könnte|\bif\b|should",
    re.IGNORECASE,
)


def find_in_document(evidence: Evidence) -> Iterator[Finding]:
    """Find numbers of images, steps and epochs that do not fit each other.

    Arguments:
        evidence: what a document says.

    Returns:
        Findings of the rule `labels`.
    """
    assert evidence.document is not None
    sentences = list(read_image_counts(evidence.document, evidence.layout))
    context = DocumentContext(evidence.document, evidence.layout)
    yield from _sizes_of_data(sentences, context, evidence.statements)
    for sentence in sentences:
        wrong = [*_parts(sentence)]
        yield from wrong or _shares(sentence)
        yield from _classes(sentence)
    yield from _left(sentences)
    yield from _two_parts(evidence)
    train = _training_sizes(evidence, sentences)
    train.loose = _loose_sizes(evidence, train)
    logs = read_training(evidence).printed
    yield from _counters(logs)
    of_logs: list[Finding] = []
    if not read_training(evidence).settings.has_other_steps and evidence.is_one_device:
        of_logs = _each_once(_steps(evidence, logs, train))
        yield from of_logs
        yield from _iterations(evidence, train)
    yield from _images_as_steps(evidence, train)
    if not read_training(evidence).settings.has_other_steps and evidence.is_one_device:
        stated = {finding.says for finding in of_logs}
        yield from (finding for finding in _said_steps(evidence, train) if finding.says not in stated)
    yield from _all_steps(evidence)
    yield from _lengths(evidence, logs)


def _each_once(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, without those that say the same of a further log."""
    first: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        first.setdefault((finding.severity, finding.says), finding)
    return list(first.values())


# Images --------------------------------------------------------------------------------------------------------------

_OF = {"train": "training", "validation": "validation", "test": "test"}


def _sizes_of_data(
    sentences: Sequence[ImageCounts], context: DocumentContext, statements: Sequence[Statement]
) -> Iterator[Finding]:
    """`50000 test images` of a data set that has 10,000."""
    seen = set()
    for sentence in sentences:
        name = context.dataset_of(sentence.text, *reversed(sentence.headings))
        entry = DATASETS.get(name or "")
        if entry is None or _ADDED.search(sentence.text):
            continue
        whole = sum(entry.splits.values())
        for said in sentence.counts:
            size = entry.splits.get(said.split)
            if size is None:
                continue
            other = next((split for split, count in entry.splits.items() if count == said.images), None)
            is_swapped = (
                other is not None
                and other != said.split
                and _ACCURACY.search(sentence.text) is not None
                and not _SUBSET.search(sentence.text)
                and len(sentence.counts) == 1
            )
            if (said.images <= size and not is_swapped) or (said.split, said.images) in seen:
                continue
            if _OF_THEM.search(sentence.text) or is_cited(sentence.text):
                continue
            if not is_swapped and context.dataset_of(sentence.text) != name and not _is_named(name, sentence):
                continue  # of somebody else's data, in a text that names this data set elsewhere
            # All images may have been divided anew.
            others = sum(max(sentence.of(split), default=0) for split in entry.splits if split != said.split)
            if (
                not is_swapped
                and said.images < whole >= said.images + others
                and said.images not in entry.splits.values()
            ):
                continue
            seen.add((said.split, said.images))
            what = f"{said.images:,} is the number of its {_OF[other]} images." if other else "One of the two is wrong."
            yield Finding(
                "labels",
                "impossible",
                f"{name} has {size:,} {_OF[said.split]} images, not {said.images:,}. {what}",
                where=sentence.where,
                reported=_accuracy_on(sentence, said.images, _OF[said.split], statements) or _short(sentence.text),
                possible=f"{size:,} {_OF[said.split]} images"
                + (f", or {said.images:,} {_OF[other]} images" if other else ""),
            )


def _is_named(name: str | None, sentence: ImageCounts) -> bool:
    """Whether a sentence, or the heading above it, names a data set."""
    words = dict(vocabulary.DATASET_WORDS)
    near = " ".join((sentence.text, *sentence.headings[-1:]))
    return name in words and re.search(words[name], near) is not None


def _accuracy_on(sentence: ImageCounts, images: int, of: str, statements: Sequence[Statement]) -> str:
    """The accuracy that the line gives for the images, `83.07 % on 50,000 test images`; "" if it gives none."""
    for statement in statements:
        if statement.metric == "accuracy" and statement.span.line == sentence.line and statement.images is None:
            printed = f"{statement.value:g}" if statement.unit == "fraction" else statement.printed
            return f"{printed} % on {images:,} {of} images"
    return ""


def _left(sentences: Sequence[ImageCounts]) -> Iterator[Finding]:
    """`73,257 images for training. 7,325 of them are held out, which leaves 65,392`, where 65,932 are left."""
    for before, sentence in pairwise(sentences):
        whole, train, held_out = before.of("train"), sentence.of("train"), sentence.of("validation")
        if not len(whole) == len(train) == len(held_out) == 1 or sentence.line - before.line > 2:
            continue
        left = whole[0] - held_out[0]
        if before.of("validation") or not _LEAVES.search(sentence.text) or train[0] == left or left <= 0:
            continue
        if abs(train[0] - left) > _SMALL_PART * whole[0]:  # a part of them may be of something else
            continue
        yield Finding(
            "labels",
            "inconsistent",
            f"Of {whole[0]:,} images, {held_out[0]:,} leave {left:,}, not {train[0]:,}.",
            where=sentence.where,
            reported=_short(sentence.text),
            possible=f"{left:,} images for training",
        )


def _parts(sentence: ImageCounts) -> Iterator[Finding]:
    """Sizes of splits that do not add up to the number of images in the same sentence."""
    splits = {split: sentence.of(split) for split in ("train", "validation", "test")}
    totals = sentence.of("all")
    parts = [sizes[0] for sizes in splits.values() if len(sizes) == 1]
    named = [split for split, sizes in splits.items() if sizes]
    if len(parts) != len(named) or len(parts) < 2 or len(totals) != 1:
        return
    is_turned = has_same_digits(sum(parts), totals[0])  # 99,289 and 99,829
    if _ADDED.search(sentence.text) and not is_turned:
        return
    if sentence.per_class is not None:
        return
    total, sums = totals[0], {sum(parts), *parts}
    if len(parts) == 3:
        train, validation, test = parts
        sums.add(train + validation)
        # The validation images may be a part of the training images.
        is_known = any({train, test} == {*entry.splits.values()} for entry in DATASETS.values())
        if validation < train and (is_known or _OF_WHICH.search(sentence.text)) and not _DIVIDED.search(sentence.text):
            sums.add(train + test)
    if total in sums or max(parts) > total or (_REST.search(sentence.text) and not is_turned):
        return
    is_sum = any(each.is_sum for each in sentence.counts) or _DIVIDED.search(sentence.text) is not None
    if sum(parts) < total and not (is_sum and len(parts) == len(sentence.counts) - 1):
        return
    listed = " + ".join(f"{part:,}" for part in parts)
    yield Finding(
        "labels",
        "inconsistent",
        f"{listed} is {sum(parts):,}, not {total:,}. So the sizes of the splits or the total is wrong.",
        where=sentence.where,
        reported=_short(sentence.text),
        possible=f"parts that add up to {total:,}, or {sum(parts):,} images in all",
    )


_PLAIN = r"(?<![\d.,/])(\d{1,3}(?:[,.\u00a0\u202f ]\d{3}){1,2}|\d{2,7})(?![\d%]|[.,]\d)"
#: A whole, one part of it, and the rest: all that the three numbers can be.
_AND_THE_REST = re.compile(
    rf"{_PLAIN}[^\d.。．]{{3,80}}?(?:[.。．]\s?)?(?:of which|of these|of them|among (?:them|these)|davon|dont|"
    rf"parmi (?:celles?-ci|ceux-ci|eux|elles)|de (?:los|las) cuales|de (?:ellos|ellas)|d(?:os|as) quais|이 ?중|그중|"
    rf"其中|うち)[^\d.]{{0,40}}{_PLAIN}[^\d.]{{3,90}}?"
    rf"(?:the (?:remaining|other|rest)|die (?:übrigen|restlichen|anderen)|les(?: autres)?|(?:los|las) (?:otr[oa]s|"
    rf"demás|restantes)|(?:os|as) (?:outr[oa]s|demais|restantes)|나머지|其余|剩余的?|残りの?)\s?{_PLAIN}([^.]{{0,40}})",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    rf"{_PLAIN}\s(?:\w{{3,15}}\s){{0,2}}(?:images?|samples?|bilder|imágenes|imagens|muestras|amostras|photos|"
    rf"pictures),? "
    rf"(?:of which|davon|dont|de (?:los|las) cuales|d(?:os|as) quais)[^\d.]{{1,14}}{_PLAIN}",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"\W{0,3}(?:class|categor|label|speci|person|model|network|fold|patient|group|type|klasse|clase|espèce|modell|"
    r"modelo|종|클래스|类|クラス)",
    re.IGNORECASE,
)
_REST_WORD = re.compile(
    r"remain|other|rest|übrig|anderen|autres|otr[oa]s|demás|restant|outr[oa]s|demais|나머지|其余|剩余|残り",
    re.IGNORECASE,
)


def _two_parts(evidence: Evidence) -> Iterator[Finding]:
    """`5,856 images, of which 1,341 are normal and the other 3,875 are not`, and parts larger than their whole."""
    assert evidence.document is not None
    for block in evidence.layout.blocks:
        text = block.text[:5000] if isinstance(block, Paragraph) else ""
        match = _AND_THE_REST.search(text)
        is_rest = match is not None and _REST_WORD.search(text[match.end(2) : match.end()]) is not None
        larger = _PART_OF.search(text)
        is_rest = is_rest and match is not None and not _OF_OTHERS.match(match[4])
        if match is not None and is_rest and not _ADDED.search(match[0]):
            whole, one, other = (int(re.sub(r"\D", "", match[at])) for at in (1, 2, 3))
            if one + other == whole:
                continue
            says = f"{one:,} and the other {other:,} are {one + other:,}, not {whole:,}."
            possible = f"{one + other:,} in all, or {abs(whole - one):,} others"
        elif larger is not None and not re.search(
            r"thousand|million|mil\b|tausend|mille|万|만", larger[0], re.IGNORECASE
        ):
            match = larger
            whole, one = (int(re.sub(r"\D", "", larger[at])) for at in (1, 2))
            if one <= whole:
                continue
            says, possible = f"{one:,} cannot be a part of {whole:,}.", f"{one:,} or more in all"
        else:
            continue
        assert isinstance(block, Paragraph)
        where = evidence.document.where(block.locate(match.start(), match.start() + 1).line + 1)
        yield Finding("labels", "inconsistent", says, where=where, reported=_short(match[0]), possible=possible)


def _shares(sentence: ImageCounts) -> Iterator[Finding]:
    """Sizes of splits that are not the parts in percent that the same sentence gives."""
    sizes = [each.images for each in sentence.counts if each.split != "all"]
    if len(sizes) != len(sentence.shares) or len(sizes) < 2:
        return
    total = sum(sizes)
    real = [100 * size / total for size in sizes]
    if all(abs(one - two) <= 2 for one, two in zip(sorted(real), sorted(sentence.shares), strict=True)):
        return
    if len(sizes) == 2 and sentence.of("all"):
        return  # the parts may be of something else
    said = "/".join(f"{share:g}" for share in sentence.shares)
    found = "/".join(f"{share:.1f}" for share in real)
    yield Finding(
        "labels",
        "inconsistent",
        f"A split of {said} does not fit these sizes. They are {found} % of {total:,} images.",
        where=sentence.where,
        reported=_short(sentence.text),
        possible=" / ".join(f"{round(total * share / 100):,}" for share in sentence.shares),
    )


def _classes(sentence: ImageCounts) -> Iterator[Finding]:
    """Images of each class times classes, against the only number of images of the sentence."""
    each, classes = sentence.per_class, sentence.classes
    if not each or not classes or classes < 2 or len(sentence.counts) != 1:
        return
    said = sentence.counts[0]
    if said.split not in ("all", sentence.per_class_split) and sentence.per_class_split != "all":
        return
    if each * classes == said.images or (said.images % each == 0 and said.split != "all"):
        return
    if re.search(
        r"about|approx|around|up to|at least|average|약|约|約|etwa|environ|aprox|cerca", sentence.text, re.IGNORECASE
    ):
        return
    yield Finding(
        "labels",
        "inconsistent",
        f"{classes} classes of {each:,} images each are {each * classes:,} images, not {said.images:,}.",
        where=sentence.where,
        reported=_short(sentence.text),
        possible=f"{each * classes:,} images, or {said.images / classes:,.0f} of each class",
    )


# Steps ---------------------------------------------------------------------------------------------------------------


class _ImagesOfEpoch:
    """The numbers of training images that a document allows."""

    def __init__(self, said: Collection[int], known: Mapping[str, int] | None, train: int | None) -> None:
        self.said, self.known, self.train = {*said}, known, train
        self.loose: set[int] = set()
        self.whole: set[int] = set()  # all images, where the text says that a part of them is held out

    def allow(self, steps: int, batch: int) -> bool:
        """Whether any number that the text names beside images makes so many batches."""
        return any(steps in (images // batch, math.ceil(images / batch)) for images in self.loose)

    @property
    def all(self) -> set[int]:
        """All of them, also those of passes over test images."""
        known = {*self.known.values()} if self.known else set()
        # The images of training and test set together are a size of the data set, not of a pass.
        return (self.said - {sum(known)}) | known

    @property
    def usual(self) -> int | None:
        """The one to name in a finding: what the text says, else what the data set has."""
        return self.train or (self.known.get("train") if self.known else None)


def _training_sizes(evidence: Evidence, sentences: Sequence[ImageCounts]) -> _ImagesOfEpoch:
    """What the document says of its training images, and the data set that it names."""
    settings = read_training(evidence).settings
    named = {statement.dataset for statement in evidence.statements} - {None}
    if not named:
        assert evidence.document is not None
        named = {DocumentContext(evidence.document, evidence.layout).dataset} - {None}
    entry = DATASETS.get(str(next(iter(named)))) if len(named) == 1 else None
    known = entry.splits if entry is not None else None
    said = {count.images for sentence in sentences for count in sentence.counts if count.images >= 50}
    said |= {size for sizes in settings.splits for size in sizes}
    for each in sentences:
        if each.per_class and each.classes:
            said.add(each.per_class * each.classes)
    base = {*said, *(known.values() if known else ())}
    shares = {*settings.fractions, *(share / 100 for each in sentences for share in each.shares)}
    if evidence.document is not None and re.search(
        r"validation_split|\b(?:[12]0|80|90|70|30|25|75|15|85) ?%", evidence.document.text
    ):
        shares |= {0.1, 0.2, 0.15, 0.25, 0.3}
    for share in shares:
        said |= {
            bounded
            for size in base
            for part in (share, 1 - share)
            for bounded in (math.floor(size * part), math.ceil(size * part))
        }
    held_out = {count for sentence in sentences for count in sentence.of("validation")}
    said |= {size - part for size in base for part in held_out if size > part}
    cut = _cuts(evidence)
    said |= cut | {size - part for size in base for part in cut if size > part}
    train = [count for sentence in sentences for count in sentence.of("train") if count >= _FEWEST]
    if (part := settings.validation_split) is not None:  # the only call of fit holds images out
        full = {*train, *((known["train"],) if known else ())}
        fewer = {rounded for size in full for rounded in (math.floor(size * (1 - part)), math.ceil(size * (1 - part)))}
        usual = math.floor(next(iter(full)) * (1 - part)) if len(full) == 1 else None
        return _ImagesOfEpoch(fewer, None, usual)
    wholes = {
        part + rest for each in sentences for part in each.of("train") for rest in each.of("validation")
    }  # `60000 train / 10000 test` of the data set, `48000 for fitting, 12000 for validation` of the run
    train = [count for count in train if count not in wholes] or train
    usual = train[0] if len(set(train)) == 1 else None
    if cut and not held_out:  # how many of them an epoch sees is not said in words
        train = []
        usual = usual or (known["train"] if known else None)
    assert evidence.document is not None
    parts = {count for sentence in sentences for count in sentence.of("validation")}
    is_divided = known is not None and usual is not None and {known["train"] - usual} == parts
    if known and is_divided and not _ON_ALL.search(evidence.document.text):
        said -= {known["train"]}  # the text says of how many images an epoch is
        known = {"test": known["test"]}
    size = train[0] if len(set(train)) == 1 else None
    if size is not None and any(
        each.of("train") and each.of("validation") and not _ON_ALL.search(each.text) for each in sentences
    ):
        said = {count.images for each in sentences for count in each.counts} | cut  # the parts are given in full
        # `Of the 60,000 training images 6,000 are for validation` gives the part and the whole.
        said |= {one - other for each in sentences for one in each.of("train") for other in each.of("validation")}
    found = _ImagesOfEpoch({size for size in said if size > 0}, known, size)
    if is_divided and not _ON_ALL.search(evidence.document.text):
        found.whole = {(size or 0) + part for part in parts}
        found.said -= found.whole
    return found


_NAMES_IMAGES = re.compile(
    r"image|sample|example|picture|train|valid|held|remain|\brest\b|left|subset|split|bilder|übrig|restlich|"
    r"imágenes|imagens|muestras|amostras|exemplos|ejemplos|quedan|restan|restant|échantillon|이미지|장|남|나머지|"
    r"검증|图|张|样本|剩|余|验证|画像|枚|残|検証|訓練|学習",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\d.,])(\d{1,3}(?:[., \u00a0\u202f]\d{3}){1,2}|\d{3,7})(?![\d%]|[.,]\d)")


def _loose_sizes(evidence: Evidence, sizes: _ImagesOfEpoch) -> set[int]:
    """All numbers in lines about images, and what they leave of the training images."""
    assert evidence.document is not None
    logged = {line.line for log in read_training(evidence).logs for line in log.lines}
    found = {
        int(re.sub(r"\D", "", match[1]))
        for at, line in enumerate(evidence.document.lines)
        if at not in logged and _NAMES_IMAGES.search(line.text[:1000])
        for match in _NUMBER.finditer(line.text[:1000])
    }
    found = {size for size in found if size >= _FEWEST}
    found -= sizes.whole
    return found | {size - part for size in {sizes.usual or 0} for part in found if size - part >= _FEWEST}


#: Code that cuts a part off, `x[:5000]`, and the printed shapes of arrays of images.
_CUT = re.compile(
    r"\w\[\s?-?(\d{2,7})\s?:\s?\]|\w\[\s?:\s?-?(\d{2,7})\s?[\],]|\w\[\s?(\d{2,7})\s?:\s?(\d{2,7})\s?[\],]"
)
_SHAPE = re.compile(r"(?<![\w.])[(\[](\d{2,7}), ?\d{1,5}(?:, ?\d{1,4}){0,3}[)\]]")


def _cuts(evidence: Evidence) -> set[int]:
    """Numbers of images that code and its output name: where arrays are cut, and the shapes of the parts."""
    assert evidence.document is not None
    text = evidence.document.text
    found: set[int] = set()
    for match in _CUT.finditer(text):
        numbers = [int(each) for each in match.groups() if each]
        found |= {*numbers, abs(numbers[-1] - numbers[0])}
    found |= {int(match[1]) for match in _SHAPE.finditer(text)}
    return {size for size in found if size >= _FEWEST}


def _steps(evidence: Evidence, logs: Sequence[TrainingLog], sizes: _ImagesOfEpoch) -> Iterator[Finding]:
    batches = read_training(evidence).settings.batches
    if not batches or sizes.usual is None or read_training(evidence).settings.has_more_images:
        return
    is_only_size = sizes.train is not None
    for log in logs:
        lines = [line for line in log.lines if line.step is not None and line.phase in (None, "train")]
        # A bar without an epoch or a loss may be of a download.
        lines = [
            line for line in lines if line.epoch is not None or any(each.metric == "loss" for each in line.results)
        ]
        lines = [line for line in lines if not _is_bar_of_scoring(log, line)]
        totals = {line.steps for line in lines if line.steps is not None}
        if len(totals) == 1:
            allowed = [*batches, 32] if read_training(evidence).settings.has_default_batch else batches
            yield from _total_steps(evidence, log, totals.pop(), sizes, allowed, is_only_size)
            yield from _counted_images(lines, sizes, batches)
        elif not totals:
            yield from _steps_beyond(log, lines, sizes, batches, is_only_size)


def _is_bar_of_scoring(log: TrainingLog, line: LoggedLine) -> bool:
    """Whether a progress bar of Keras stands for itself: `evaluate` and `predict` print no epoch above theirs."""
    if line.names_epoch or "val_" in line.text or not _KERAS_BAR.search(line.text):
        return False
    before = [other for other in log.lines if other.line < line.line]
    above = next(
        (other for other in reversed(before) if other.steps != line.steps or not _KERAS_BAR.search(other.text)), None
    )
    return above is None or not above.names_epoch or line.line - above.line > _MOST_BARS


def _total_steps(
    evidence: Evidence, log: TrainingLog, total: int, sizes: _ImagesOfEpoch, batches: Sequence[int], is_only_size: bool
) -> Iterator[Finding]:
    """`Step [100/600]` where an epoch has 500 steps."""
    length = log.length
    lengths = {1, *([length] if length else []), *(int(said.value) for said in read_training(evidence).settings.epochs)}
    for images in sizes.all:
        for each in batches:
            counts = step_counts(images, each)
            if any(total == count * times or total == count * times - 1 for count in counts for times in lengths):
                return
    if any(sizes.allow(total, each) for each in batches):
        return
    texts = [line.text for line in log.lines if line.steps == total]
    is_bar = any(_IS_BAR.search(text) for text in texts)
    for each in batches if is_bar else ():  # a bar may count training and validation as one
        # The last batch of each of the two parts may be smaller.
        if any(_VALIDATES.search(text) for text in texts) and any(
            total - math.ceil(images / each) in (0, 1) for images in sizes.all if images >= _FEWEST
        ):
            return
        passes = {math.ceil(images / each) for images in sizes.all if images >= _FEWEST}
        if any(total - count in passes for count in passes):
            return
    size, batch = sizes.usual, batches[0]
    assert size is not None
    if 3 * total >= size and _KERAS_BAR.search(next(line for line in log.lines if line.steps == total).text):
        return  # the bars of older versions count images, and some may be held out
    severity: AuditSeverity = "inconsistent"
    whole = math.ceil(size / batch)
    if not is_only_size:
        # Images may be held out without a word: in hundreds, most often.
        if any(total in step_counts(size - part, each) for part in range(0, size // 2 + 1, 500) for each in batches):
            return
        if total < 1.15 * max(math.ceil(size / each) for each in batches):
            severity = "doubtful"
    line = next(line for line in log.lines if line.steps == total)
    yield _steps_finding(line, total, size, batches, whole, severity)


def _steps_finding(
    line: LoggedLine, total: int, size: int, batches: Sequence[int], whole: int, severity: AuditSeverity
) -> Finding:
    doubt = " Some images may be held out, or the steps may count something else." if severity == "doubtful" else ""
    other = size / total
    says = (
        f"An epoch of {total:,} step{'s' * (total != 1)} does not fit {_batches(batches)}. {size:,} training images "
        f"make "
        f"{whole:,} batch{'es' * (whole != 1)}.{doubt}"
    )
    return Finding(
        "labels",
        severity,
        says,
        where=line.where,
        reported=_short(line.text),
        possible=f"{whole:,} step{'s' * (whole != 1)}" + (f", or batches of about {other:.0f}" if other >= 1.5 else ""),
    )


def _batches(batches: Sequence[int]) -> str:
    if len(batches) == 1:
        return f"a batch size of {batches[0]}"
    return f"any of the batch sizes {', '.join(map(str, batches[:4]))}"


def step_counts(images: int, batch: int) -> set[int]:
    """The last step of one epoch: in batches, with or without the smaller last batch, or in images.

    Arguments:
        images: the number of images of an epoch.
        batch: images per batch.

    Returns:
        The numbers that the last step can have.
    """
    down, up = images // batch, math.ceil(images / batch)
    return {down, up, down * batch, up * batch, images}


def _counted_images(lines: Sequence[LoggedLine], sizes: _ImagesOfEpoch, batches: Sequence[int]) -> Iterator[Finding]:
    """`[640/60000 (1%)]`: counters of images grow by whole batches."""
    counted = [line for line in lines if line.steps in sizes.all and (line.steps or 0) >= 1000 and line.step]
    steps = sorted({line.step for line in counted if line.step and line.step < 0.98 * (line.steps or 0)})
    if len(steps) < 3:
        return
    divisor = math.gcd(*steps)
    if any(divisor % batch == 0 for batch in batches) or divisor < 2 or max(steps) > (counted[0].steps or 0):
        return
    fitting = [
        batch for batch in (16, 20, 25, 32, 50, 64, 100, 128, 200, 250, 256, 500, 512, 1000) if divisor % batch == 0
    ]
    if not fitting:
        return
    line = counted[0]
    yield Finding(
        "labels",
        "inconsistent",
        f"The log counts images: {steps[0]:,}, {steps[1]:,}, {steps[2]:,}. They are no multiples of "
        f"{' or '.join(map(str, batches[:4]))}, so the log is of a run with other batches.",
        where=line.where,
        reported=_short(line.text),
        possible=f"batches of {' or '.join(map(str, fitting[-3:]))}",
    )


def _steps_beyond(
    log: TrainingLog, lines: Sequence[LoggedLine], sizes: _ImagesOfEpoch, batches: Sequence[int], is_only_size: bool
) -> Iterator[Finding]:
    """A step after the last one of an epoch, in a log that does not print how many there are."""
    last = max(math.ceil(size / batch) for size in sizes.all for batch in batches)
    beyond = [line for line in lines if line.epoch is not None and (line.step or 0) > last + 1]
    if not beyond or max(line.step or 0 for line in lines) in sizes.all:
        return
    size, batch = sizes.usual, min(batches)
    assert size is not None
    steps = [(line.epoch or 0, line.step or 0) for line in lines if line.epoch is not None]
    severity: AuditSeverity = "inconsistent"
    if any(_is_global(steps, math.ceil(each / batch)) for each in {size, *sizes.said} for batch in batches):
        return
    shares = () if is_only_size else range(50, 101)  # of the images, if some may be held out without a word
    if any(_is_global(steps, size * part // (100 * each)) for part in shares for each in batches):
        severity = "doubtful"
    if _is_cumulative(steps):
        length = _length_of_epochs(steps)
        counts = {count for images in sizes.all for each in batches for count in step_counts(images, each)}
        if length is None or length in counts or any(sizes.allow(length, each) for each in batches):
            return
        if not is_only_size and length < 1.15 * math.ceil(size / batch):
            return  # images may be held out without a word
        yield _steps_finding(beyond[0], length, size, batches, math.ceil(size / batches[0]), severity)
        return
    if any((line.step or 0) > 1.05 * size for line in beyond):
        return  # a counter of something else
    line = max(beyond, key=lambda each: each.step or 0)
    need = size // (line.step or 1)
    more = f" {len(beyond)} lines have such a step." if len(beyond) > 1 else ""
    yield Finding(
        "labels",
        severity,
        f"An epoch of {size:,} images in batches of {batch} has {math.ceil(size / batch):,} steps, so it has no step "
        f"{line.step:,}.{more} A step {line.step:,} needs batches of {need:,} or smaller, so the log is of another "
        f"program.",
        where=beyond[0].where,
        reported=_short(beyond[0].text),
        possible=f"at most {math.ceil(size / batch):,} steps, or batches of {need:,}",
    )


def _is_global(steps: Sequence[tuple[int, int]], length: int) -> bool:
    """Whether steps are counted over the whole run: epochs begin with 0 or 1."""
    rises = all(one[1] < two[1] for one, two in pairwise(steps))
    return (
        length > 0
        and rises
        and any(
            all((epoch - first) * length - 1 <= step <= (epoch - first + 1) * length + 1 for epoch, step in steps)
            for first in (0, 1)
        )
    )


def _is_cumulative(steps: Sequence[tuple[int, int]]) -> bool:
    """Whether steps run on over the epochs, whatever the length of these is."""
    if len({epoch for epoch, _ in steps}) < 2 or not all(one[1] < two[1] for one, two in pairwise(steps)):
        return False
    for first in (0, 1):
        least = max((step - 1) / (epoch - first + 1) if epoch >= first else math.inf for epoch, step in steps)
        most = min(((step + 1) / (epoch - first) for epoch, step in steps if epoch > first), default=math.inf)
        if 0 < least <= most:
            return True
    return False


def _length_of_epochs(steps: Sequence[tuple[int, int]]) -> int | None:
    """The steps that a cumulative counter adds in each epoch, if all its lines agree; None if they do not tell."""
    last = dict(steps)  # the last step of each epoch
    lengths = {(two[1] - one[1]) / (two[0] - one[0]) for one, two in pairwise(last.items()) if two[0] > one[0]}
    if len(last) < 3 or len(lengths) != 1:
        return None
    length = lengths.pop()
    return int(length) if length.is_integer() else None


def _counters(logs: Sequence[TrainingLog]) -> Iterator[Finding]:
    """Steps and epochs after the last one that the same line names."""
    for log in logs:
        strides = [abs((two.step or 0) - (one.step or 0)) for one, two in zip(log.lines, log.lines[1:], strict=False)]
        stride = max([each for each in strides if each], default=0)
        for line in log.lines:
            # A counter of images that adds whole batches may pass the last image by less than its stride.
            if line.step is not None and line.steps is not None and line.step > line.steps:
                is_rounded_up = line.step - line.steps < stride and 3 * stride < line.steps and stride > 1
                says_more = line.epoch is not None or any(each.metric in ("loss", "accuracy") for each in line.results)
                is_download = not says_more and line.step - line.steps < _BLOCK
                if is_rounded_up or line.step == line.steps + 1 or (is_download and line.steps > 10 * _BLOCK):
                    continue
                yield _after("Step", line, line.step, line.steps)
                break
        for line in log.lines:
            if line.names_epoch and line.epochs is not None and line.epoch is not None and line.epoch > line.epochs:
                yield _after("Epoch", line, line.epoch, line.epochs)
                break


def _after(what: str, line: LoggedLine, number: int, last: int) -> Finding:
    return Finding(
        "labels",
        "impossible",
        f"{what} {number:,} comes after the last {what.lower()}, {last:,}.",
        where=line.where,
        reported=_short(line.text),
        possible=f"1 to {last:,}",
    )


def _iterations(evidence: Evidence, sizes: _ImagesOfEpoch) -> Iterator[Finding]:
    """`10,000 iterations (20 epochs)` in batches of a size."""
    assert evidence.document is not None
    batches = read_training(evidence).settings.batches
    if not batches or sizes.usual is None or read_training(evidence).settings.has_more_images:
        return
    for index, line in enumerate(evidence.document.lines, 1):
        text = line.text[:1000]
        iterations, epochs = _ITERATIONS.search(text), _EPOCHS.search(text)
        if iterations is None or epochs is None:
            continue
        first, second = sorted((iterations, epochs), key=lambda match: match.start())
        between = text[first.end() : second.start()]
        if len(between) > 40 or not _SAME.search(between) or re.search(r"per|each|every|pro|por|par", between):
            continue
        if _PER_EPOCH.match(text, iterations.end()):
            continue
        count = float(iterations[1].replace(",", "").replace("k", "000"))
        said = float(epochs[1])
        candidates = [count * batch / size for batch in batches for size in sizes.all]
        if any(0.8 <= passes / said <= 1.25 for passes in candidates if said):
            continue
        passes = count * batches[0] / sizes.usual
        yield Finding(
            "labels",
            "inconsistent",
            f"{count:,.0f} steps in batches of {batches[0]} are {passes:,.3g} epochs of {sizes.usual:,} images, not "
            f"{said:g}.",
            where=evidence.document.where(index),
            reported=_short(text),
            possible=f"{said * sizes.usual / batches[0]:,.0f} steps, or {passes:,.3g} epochs",
        )
        return


_STEPS_SET = re.compile(r"steps_per_epoch\s?=\s?(\d{2,6})(?!\d|\s?/)")


def _images_as_steps(evidence: Evidence, sizes: _ImagesOfEpoch) -> Iterator[Finding]:
    """`steps_per_epoch=8000` of 8,000 images in batches of 32: an epoch shows each image 32 times."""
    assert evidence.document is not None
    batches = read_training(evidence).settings.batches
    found = _FOUND.findall(evidence.document.text)
    images = {size for size in (sizes.usual, *(int(number) for number in found[:1])) if size}
    for index, line in enumerate(evidence.document.lines):
        match = _STEPS_SET.search(line.text[:1000])
        if match is None or len(batches) != 1 or batches[0] < 2 or int(match[1]) not in images:
            continue
        size, batch = int(match[1]), batches[0]
        yield Finding(
            "labels",
            "doubtful",
            f"`steps_per_epoch={size}` is the number of training images. In batches of {batch} an epoch shows "
            f"{size * batch:,} images, each of them {batch} times. So an epoch of this report is {batch} passes.",
            where=evidence.document.where(index + 1),
            reported=_short(line.text),
            possible=f"steps_per_epoch={math.ceil(size / batch)}",
        )
        return


_FOUND = re.compile(r"Found (\d{2,7}) (?:validated )?image")
_COUNTED = r"(?<![\d.,/:])(\d{1,3}(?:[.,\u202f\u00a0]\d{3}){1,2}(?!\d)|\d{1,6})(?!\d|[.,]\d)"
_STEP_WORDS = (
    r"(?:steps|updates|iterations|(?:mini-?)?batches|schritte[n]?|stapel[n]?|iterationen|aktualisierungen|pasos|iteraciones|"
    r"lotes|actualizaciones|passos|itera[çc][õo]es|atualiza[çc][õo]es|pas|itérations|lots|mises à jour|스텝|회|번|"
    r"배치|단계|回(?:の更新)?|ステップ|イテレーション|バッチ|步|次(?:参数)?(?:迭代|更新)|个?批次|个?\s?batch|个?迭代)"
)
_EPOCH_WORD = r"(?:epochs?|epoche|[ée]poca|[ée]poque|에폭|에포크|エポック|轮|輪)"
_FILLER = r"(?:[^\W\d_]{3,14}\s){0,2}?"
_PER_AN_EPOCH = (
    rf"(?:(?:per|/|in (?:each|every|one|an|a)|each|every|an|je|pro|in jeder|in einer|por|en cada|em cada|a cada|cada|"
    rf"en una|em uma|par|à chaque|dans une|chaque|每个?|各|毎)\s?(?:training |full |single )?{_EPOCH_WORD}|"
    rf"{_EPOCH_WORD}\s?(?:당|마다|あたり|ごと))"
)
_OF_AN_EPOCH = (
    rf"(?:(?:each|every|one|an|the|a full|jede|eine|die|pro|cada|una|uma|la|chaque|une|par|每个?|一个?|1|한|각|"
    rf"각각의)\s?{_EPOCH_WORD}"
    r"(?:当たり|あたり|당|마다|につき)?)"
)
#: `350 steps per epoch`, `an epoch has 350 steps`, `das sind je Epoche 350 Schritte`.
_STEPS_OF_EPOCH = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_COUNTED}\s?(?:개의?\s?|個の)?{_FILLER}{_STEP_WORDS}[^\W\d_]{{0,2}}\s?{_PER_AN_EPOCH}",
        rf"{_OF_AN_EPOCH}[^.;。\d]{{0,40}}(?:[\d.,\s/×x*÷·]{{3,24}}=\s*)?{_COUNTED}\s?(?:개의?\s?|個の)?{_FILLER}{_STEP_WORDS}(?![a-z])",
        rf"{_OF_AN_EPOCH}[^.;。\d]{{0,12}}(?:迭代|更新|反復|반복)[^.;。\d]{{0,10}}{_COUNTED}\s?(?:次|回|회)",
        rf"{_PER_AN_EPOCH}[^.;。\d]{{0,30}}{_COUNTED}\s?(?:개의?\s?|個の)?{_FILLER}{_STEP_WORDS}(?![a-z])",
        r"\b(?:iter(?:ation)?|step|batch)\s?(\d{2,6})/\1(?!\d)",
    )
)


def _said_steps(evidence: Evidence, sizes: _ImagesOfEpoch) -> Iterator[Finding]:
    """`Batches of 128 (632 steps per epoch)` of 73,257 images."""
    assert evidence.document is not None
    settings = read_training(evidence).settings
    known = sizes.usual or max((size for size in sizes.all if size >= _FEWEST), default=None)
    if known is None or settings.has_more_images or known < _FEWEST:
        return
    for index, line in enumerate(evidence.document.lines):
        if line.kind == "code" or not any(letter.isdigit() for letter in line.text):
            continue
        text = unwrap(evidence.document, index)[:1000]
        match = next((found for pattern in _STEPS_OF_EPOCH if (found := pattern.search(text[:1000]))), None)
        if match is None:
            continue
        steps = int(re.sub(r"\D", "", match[1]))
        own = [int(size.value) for size in settings.batch_sizes if size.line in (index, index - 1)]
        batches = list(dict.fromkeys(own)) or settings.batches
        own_sentence = re.split(r"[.!?。]\s", text[: match.start(1)])[-1]
        may_be_named = sizes.all - {*batches, (sizes.known or {}).get("test", 0)}
        named = [size for size in may_be_named if size >= max(_FEWEST, known / 2) and _names(own_sentence, size)]
        beside = [int(re.sub(r"\D", "", each)) for each in re.findall(_COUNTED, own_sentence)]
        left = [one - other for one in named for other in beside if one > other]  # a part of them is held out
        allowed = [*named, *left] or sizes.all  # of those that the sentence names, else of all
        if steps < 2 or not batches or any(_may_be(steps, images, each) for images in allowed for each in batches):
            continue
        held_out = () if sizes.train is not None else range(0, known // 2 + 1, 500)
        if not named and any(sizes.allow(steps, each) for each in batches):
            continue
        if any(_may_be(steps, known - part, each) for part in held_out for each in batches) and not named:
            continue
        known_here = named[0] if len(named) == 1 else known
        whole = math.ceil(known_here / batches[0])
        yield Finding(
            "labels",
            "inconsistent" if sizes.usual is not None else "doubtful",
            f"An epoch of {steps:,} steps does not fit {_batches(batches)}. {known_here:,} training images make "
            f"{whole:,} batch{'es' * (whole != 1)}.",
            where=evidence.document.where(index + 1),
            reported=_short(text),
            possible=f"{whole:,} steps, or batches of about {known_here / steps:.0f}",
        )
        return


def _names(text: str, number: int) -> bool:
    """Whether a text prints a number of images, with or without a mark between thousands."""
    digits = f"{number:,}".replace(",", r"[.,'\s]?")
    return re.search(rf"(?<![\d.,]){digits}(?![\d]|[.,]\d)", text) is not None


_TOTAL_OF_STEPS = re.compile(
    rf"(?:whole|entire|total|all|altogether|insgesamt|zusammen|gesamte\w*|en total|no total|au total|en tout|总共|"
    rf"总计|總計|"
    rf"共|全部|합계|총|모두|全体|合計)"
    rf"[^.;。\d]{{0,40}}{_COUNTED}\s?{_FILLER}{_STEP_WORDS}(?![a-z])|"
    rf"(?:in|en|em|after|nach|tras|após|après|over)\s(?:the\s)?\d{{1,4}}\s{_EPOCH_WORD}[^.;。\d]{{0,20}}{_COUNTED}\s?"
    rf"{_FILLER}{_STEP_WORDS}(?![a-z])|{_COUNTED}\s?{_FILLER}{_STEP_WORDS}[^\W\d_]{{0,2}}\s?(?:in total|in all|"
    rf"altogether|overall|insgesamt|en total|no total|au total)",
    re.IGNORECASE,
)


def _all_steps(evidence: Evidence) -> Iterator[Finding]:
    """`400 updates an epoch, so the whole training made 4,500` of 15 epochs."""
    assert evidence.document is not None
    lengths = {int(each.value) for each in read_training(evidence).settings.epochs if each.value > 1}
    if len(lengths) != 1:
        return
    (count,) = lengths
    for block in evidence.layout.blocks:
        text = block.text[:2000] if isinstance(block, Paragraph) else ""
        total = _TOTAL_OF_STEPS.search(text)
        each = next((found for pattern in _STEPS_OF_EPOCH if (found := pattern.search(text))), None)
        if total is None or each is None:
            continue
        steps = int(re.sub(r"\D", "", each[1]))
        said = int(re.sub(r"\D", "", total[1] or total[2] or total[3]))
        if said <= steps or abs(said - steps * count) <= max(count, 0.01 * said):
            continue
        assert isinstance(block, Paragraph)
        yield Finding(
            "labels",
            "inconsistent",
            f"{count:,} epochs of {steps:,} steps are {steps * count:,} steps, not {said:,}.",
            where=evidence.document.where(block.locate(total.start(), total.start() + 1).line + 1),
            reported=_short(total[0]),
            possible=f"{steps * count:,} steps",
        )
        return


def _may_be(steps: int, images: int, batch: int) -> bool:
    """Whether the images make so many batches, with a percent left for rounding in words."""
    return abs(steps - images / batch) <= max(1.0, 0.01 * images / batch)


# Epochs --------------------------------------------------------------------------------------------------------------


def _lengths(evidence: Evidence, logs: Sequence[TrainingLog]) -> Iterator[Finding]:
    """A log of a run that is longer or shorter than the run of the report."""
    settings = read_training(evidence).settings
    said = {int(each.value) for each in settings.epochs} | {*evidence.epochs}
    stated = {int(each.value) for each in settings.epochs if _tells_of_a_run(each.text)}
    printed = {line.epochs for log in logs for line in log.lines if line.epochs is not None}
    if not said:
        return
    numbers = sorted(said)
    listed = " and ".join(filter(None, [", ".join(map(str, numbers[:-1])), str(numbers[-1])]))
    if len(printed) == 1:  # several lengths are several runs, of which the text need not tell
        (total,) = printed
        line = next(line for log in logs for line in log.lines if line.epochs == total)
        if total not in said and stated:
            yield Finding(
                "labels",
                "inconsistent",
                f"The log belongs to a run of {total} epoch{'s' * (total != 1)}, but the report describes runs of "
                f"{listed} "
                "epochs. So its figures do not come from this run.",
                where=line.where,
                reported=f"Epoch [{line.epoch}/{total}]",
                possible=f"a log of {listed.replace(' and ', ' or ')} epochs",
            )
        return
    assert evidence.document is not None
    whole = [log for log in logs if log.is_whole and len(log.epochs) > 1]
    if printed or len(whole) != 1 or len(logs) != 1 or len(said) != 1 or _GOES_ON.search(evidence.document.text):
        return
    if not stated:
        return
    log = whole[0]
    count = len(log.epochs)
    if count > numbers[0] + 1 or (count > numbers[0] and log.epochs[0] == 1):
        line = log.lines[-1]
        yield Finding(
            "labels",
            "inconsistent",
            f"The log has {count} epochs, but the report describes a run of {numbers[0]}.",
            where=line.where,
            reported=_short(line.text),
            possible=f"a log of {numbers[0]} epochs",
        )


def _tells_of_a_run(text: str) -> bool:
    """Whether a line states how long a run is, and does not only mention some epochs of it, or another run."""
    return _OF_A_RUN.search(text) is not None and _AGAIN.search(text) is None


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()[:200]
