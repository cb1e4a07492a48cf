"""Settings of training that a document states: batch sizes, lengths of runs, learning rates, and how data are split.

They are read from sentences, tables of settings, and code. Of code, only plain numbers are read. A setting that a text
gives several times, or for several experiments, is in the list several times: rules decide what that means.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from deepstudy.audits.reading.document import ReportDocument

_LONGEST = 2000  # letters of a line that are read
_GAP = (
    r"['\"*_`\s:：=|,()\[]{0,6}(?:of|is|was|to|size|de|von|mit|with|은|는|이|为|為|は|を|einer?|der größe)?"
    r"['\"*_`\s:：=|(\[]{0,6}"
)
_SEVERAL = (
    r"(\d{1,6}(?!\d|\.\d)(?:\s?(?:,|/|and|or|und|oder|y|et|e|및|和|、)\s?"
    r"\d{1,6}(?=\s?(?:,|/|and\b|or\b|und\b|oder\b|y\b|et\b|및|和|、|[.;:)\]|]|$))(?!\.\d)){0,6})"
)
_BATCH = re.compile(
    r"(?<![a-z])(?:(?:mini[\s_-]?)?batch[\s_-]?sizes?|(?:mini-?)?batches(?= of| von| de| der)|"
    r"bs(?=\s?=)|batch(?=\s\d|\s?[:=]\s?\d)|배치\s?(?:크기|사이즈)|미니\s?배치|배치(?=\s?\d)|批(?:量|次|处理)?大小|"
    r"batch ?大小|バッチ\s?サイズ|tama[ñn]o (?:de|del) (?:lote|batch)|tamanho d[oe] (?:lote|batch)|lotes(?= de)|"
    r"batch-?größe|stapelgröße|losgröße|"
    rf"taille (?:de|du|des) (?:lots?|batchs?|mini-?lots?|mini-?batchs?)|lots(?= de)){_GAP}{_SEVERAL}",
    re.IGNORECASE,
)
_PER_BATCH = re.compile(
    r"(?<![\d.,])(\d{1,5}) (?:images|samples|examples|pictures) (?:per|in each|in a) (?:mini-?)?batch", re.I
)
_FLAG = re.compile(r"(?:^|\s)-(?:b|bs|-bs|-batch)[\s=](\d{1,5})(?=\s|$)")  # `python train.py -b 64`
_OF_SCORING = re.compile(
    r"(?:test|val|valid|validation|eval|evaluation|inference|predict)\w{0,4}[\s_-]{0,3}$", re.IGNORECASE
)
_CALL = re.compile(
    r"(?:(\w{1,40})\s?=\s?)?(?:\w{1,20}\.){0,4}(DataLoader|fit|evaluate|predict|flow\w{0,20}|batch)\(([^()]{0,200})$"
)
_FIT = re.compile(r"\.fit\(")
_ARRAYS = re.compile(
    r"generator|datagen|\bflow|_ds\b|dataset|DataLoader|\.batch\(|sklearn|steps_per_epoch", re.IGNORECASE
)
_EPOCH_WORD = r"(?:epochs?|에폭|에포크|轮|輪|エポック|[ée]pocas?|epochen|[ée]poques?)"
_EPOCHS_SET = re.compile(
    rf"(?<![a-z])(?:(?:num(?:ber)?|n|max|no\.?|total)[\s_-]?(?:of[\s_-])?)?(?:training[\s_-])?{_EPOCH_WORD}(?:\s?수|数|"
    rf"數)?"
    rf"['\"*_`\s]{{0,3}}(?:[:：=|]|->)['\"*_`\s]{{0,3}}(\d{{1,5}})(?![\d./]|,\d|\s?(?:/|of|[,;]?\s?loss|[|:])\s?)",
    re.IGNORECASE,
)
_EPOCHS_COUNT = re.compile(
    r"(?:에폭|에포크|轮|輪|エポック|epoch)\s?(?:수|数|數)\s{0,6}(\d{1,5})(?![\d.,/])", re.IGNORECASE
)
_EPOCHS_LONG = re.compile(
    rf"(?<![\d.,/\[-])(\d{{1,5}})\s?(?:training\s|full\s|개의?\s?|个|個の?\s?)?{_EPOCH_WORD}(?![a-z])(?!\s?[:#\d])",
    re.IGNORECASE,
)
#: Lengths in words: `twenty epochs`, `veinticinco épocas`.
_LENGTHS_IN_WORDS: dict[int, str] = {
    5: "five|cinco|cinq|fünf",
    8: "eight|ocho|oito|huit|acht",
    10: "ten|diez|dez|dix|zehn",
    12: "twelve|doce|doze|douze|zwölf",
    15: "fifteen|quince|quinze|fünfzehn",
    20: "twenty|veinte|vinte|vingt|zwanzig",
    25: "twenty-five|veinticinco|vinte e cinco|vingt-cinq|fünfundzwanzig",
    30: "thirty|treinta|trinta|trente|dreißig",
    40: "forty|cuarenta|quarenta|quarante|vierzig",
    50: "fifty|cincuenta|cinquenta|cinquante|fünfzig",
    60: "sixty|sesenta|sessenta|soixante|sechzig",
    100: "(?:a|one) hundred|cien|cem|cent|hundert",
}
_EPOCHS_IN_WORDS = re.compile(
    rf"(?<![a-zà-ÿ-])(?:{'|'.join(f'(?P<n{value}>{words})' for value, words in _LENGTHS_IN_WORDS.items())})"
    rf"\s{_EPOCH_WORD}(?![a-z])",
    re.IGNORECASE,
)
#: What would have been is no length of the run.
_HYPOTHETICAL = re.compile(
    r"\b(?:would|could|had \w+ed|hubier\w+|habría\w*|tivesse\w*|teria\w*|würde\w*|hätte\w*|aurai\w*|si)\b", re.I
)
_MORE_LENGTHS = re.compile(
    r"(?<![\d.])(?:\d{1,4}\s?(?:,|/|,? ?(?:and|und|y|e|et|or|oder|o|ou|then|dann)\b|、|와|과|和|と|及)\s?){1,6}$",
    re.IGNORECASE,
)
_JOINED = re.compile(r"/|\b(?:and|und|y|e|et|or|oder|o|ou|then|dann)\b|와|과|和|と|及", re.IGNORECASE)
_NOT_LENGTH = re.compile(
    r"(?:warm-?\w*|every|each|patience|first|last|after|at|until|till|hasta|até|bis|jusqu['’]à|within|another|from|divided|best|per|"
    r"(?:step\w*|epoch)(?!\s?[,;，、])|next|by|nach|alle|jede|cada|tras|después de|após|depois de|a cada|toutes les|"
    r"après|tous les|매|每|第|前|만에|around|about)"
    r"(?:\s(?:of|for|in|the|at|los|las|os|les))?\W{0,3}(?:\d{1,4}\s?(?:,|and|und|y|e|et)\s?)?$",
    re.IGNORECASE,
)
_NOT_LENGTH_AFTER = re.compile(
    r"\s?(?:in|later|earlier|before|without|warm|of (?:warm|patience|no)|마다|후|이후|에서|之后|后|後|で|から|más|"
    r"a mais|mehr|more|longer|further|ago|of fine|each|jeweils|を過ぎ|を超え|以降|以后|以後|の(?:後|時)|目|번째|"
    r"을 (?:넘|지나)|쯤|부터|까지|まで)",
    re.IGNORECASE,
)
_LEARNING_RATE = re.compile(
    r"(?<![a-z])(?:(?:initial |base |starting |anfängliche |max_?)?(?:learning[\s_-]?rates?|lr|lernrate|"
    r"学习率|学習率|학습률|tasa de aprendizaje(?: inicial)?|"
    r"taxa de aprendizagem(?: inicial)?|(?:taux|pas) d.apprentissage(?: initial)?|InitialLearnRate))"
    r"['\"*_`\s:：=|,($]{0,6}(?:starts? (?:at|with)|of|is|was|set to|to|de|von|mit|은|는|取|设为|设置为|为|は|at|é|"
    r"es|ist|beträgt|est)?['\"*_`\s:：=|($]{0,4}"
    r"(\d{1,3}(?:[.,]\d{1,12})?(?:e-?\d{1,2})?|\.\d{1,12}|10\^\{?-\d)(?![\d])",
    re.IGNORECASE,
)
_A_RATE = re.compile(r"\d{1,3}\.\d{1,12}(?:e-?\d{1,2})?|\de-\d{1,2}|10\^\{?-\d")
_MORE_RATES = re.compile(
    r"(?:\}?\$?\s?(?:,|/|;|→|->|and|or|und|oder|y|et|e|to|bis|vs\.?|및|와|과|和|と|、)[\s$]{0,2}"
    r"(?:\d{1,3}\.\d{1,12}(?:e-?\d{1,2})?|\de-\d{1,2}|10\^\{?-\d)){1,8}"
)
_FRACTION = re.compile(
    r"(?:validation_split|test_size|val_split|valid_pct|val_size|train_size)\s?[=:]\s?(0?\.\d{1,4})", re.IGNORECASE
)
_RANDOM_SPLIT = re.compile(
    r"random_split\([^()\[\]]{1,80},\s?(?:lengths\s?=\s?)?\[\s?(\d{1,8})\s?,\s?(\d{1,8})\s?(?:,\s?(\d{1,8})\s?)?\]"
)
_SPLIT_SETTING = re.compile(r"\bsplit\s?[=:]\s?[\[(]?(\d{3,7})\s?[/,:]\s?(\d{2,7})(?:\s?[/,:]\s?(\d{2,7}))?(?![\d.])")
_OTHER_STEPS = re.compile(
    r"steps_per_epoch|WeightedRandomSampler|num_samples|replacement\s?=\s?True|per[- ]GPU|accumulat|"
    r"DistributedDataParallel|\bDDP\b|data parallel|each GPU|limit_train_batches|max_steps|repeat\(|"
    r"per-gpu|nproc_per_node|world_size\s?=\s?[2-9]",
    re.IGNORECASE,
)
_MORE_IMAGES = re.compile(
    r"augment(?:ed)?\s(?:data)?set|(?:doubl|tripl|quadrupl)\w{1,4}\sthe|times (?:as many|more) (?:images|data)|"
    r"oversampl|synthetic|extra (?:images|data)|expand(?:ed|ing)? the (?:training|data)|GAN[- ]generated|concatenat|"
    r"ConcatDataset|combined? (?:the )?(?:train|data)|merged?\b",
    re.IGNORECASE,
)


_GOES_ON = re.compile(r"[^\W\d_],?$")  # a line that ends within a sentence
_IS_MIDDLE = re.compile(r"\s{0,8}(?:[a-zà-ÿ]|\d|[가-힣\u4e00-\u9fff])")  # a line that begins within one
#: What makes a line worth reading.
_SPEAKS_OF_SETTINGS = re.compile(
    r"batch|\bbs\b|-b\b|\blr\b|lrate|learning|lernrate|epoch|[ée]poca|[ée]poque|lote|\blots?\b|stapel|taille|"
    r"aprendiz|apprentissage|split|test_size|val_|train_size|valid_|lr=|[가-힣\u4e00-\u9fff\u3040-\u30ff]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SaidNumber:
    """A setting, as the document states it.

    Attributes:
        value: its value.
        where: its place.
        line: the number of its line in the document, from 0.
        text: the line.
    """

    value: float
    where: str
    line: int
    text: str


@dataclass
class RunSettings:
    """What a document states about training.

    Attributes:
        batch_sizes: of training.
        epochs: lengths of runs.
        rates: learning rates.
        fractions: parts of the data that are held out, from 0 to 1.
        validation_split: the part that the only call of `fit` holds out; None if there are several calls, or none.
        splits: the sizes of random splits in code.
        has_default_batch: whether code trains, or scores, in batches of Keras's default size.
        has_other_steps: whether a step may be something else than a batch, or an epoch something else than all images.
        has_more_images: whether images may have been added to the data set.
    """

    batch_sizes: list[SaidNumber] = field(default_factory=list)
    epochs: list[SaidNumber] = field(default_factory=list)
    rates: list[SaidNumber] = field(default_factory=list)
    fractions: list[float] = field(default_factory=list)
    validation_split: float | None = None
    splits: list[tuple[int, ...]] = field(default_factory=list)
    has_default_batch: bool = False
    has_other_steps: bool = False
    has_more_images: bool = False

    @property
    def batches(self) -> list[int]:
        """The batch sizes of training, each once."""
        return list(dict.fromkeys(int(size.value) for size in self.batch_sizes if size.value))


def read_run_settings(document: ReportDocument, logged: Sequence[int] = ()) -> RunSettings:
    """Find what a document states about training.

    Arguments:
        document: the document.
        logged: the numbers of lines that are part of a training log, from 0. They state no settings of a run's length.

    Returns:
        The settings, in their order.
    """
    settings, in_logs = RunSettings(), frozenset(logged)
    before = ""
    for at, line in enumerate(document.lines):
        text = line.text[:_LONGEST]
        whole = unwrap(document, at) if _SPEAKS_OF_SETTINGS.search(text) else ""
        if any(letter.isdigit() for letter in whole):
            place = (document.where(at + 1), at, text.strip())
            own = len(text)
            if at not in in_logs:
                settings.batch_sizes += [SaidNumber(size, *place) for size in _batch_sizes(whole, before, own)]
                settings.epochs += [SaidNumber(length, *place) for length in _lengths(whole, own)]
                settings.rates += [SaidNumber(rate, *place) for rate in _rates(whole, own)]
            settings.fractions += [float(match[1]) for match in _FRACTION.finditer(text)]
            for match in (*_RANDOM_SPLIT.finditer(text), *_SPLIT_SETTING.finditer(text)):
                settings.splits.append(tuple(int(size) for size in match.groups() if size))
        settings.has_other_steps |= _OTHER_STEPS.search(text) is not None
        settings.has_more_images |= _MORE_IMAGES.search(text) is not None
        before = (before + text.strip() + " ")[-200:]
    parts = {match[1] for match in _FRACTION.finditer(document.text) if match[0].startswith("validation_split")}
    if len(parts) == 1 and len(_FIT.findall(document.text)) == 1:
        settings.validation_split = float(parts.pop())
    if not settings.batch_sizes:
        settings.batch_sizes += _keras_default(document)
    settings.has_default_batch = any("batch" not in call.lower() for call in _calls_of_fit(document.text))
    return settings


def unwrap(document: ReportDocument, at: int) -> str:
    """Join a line with the next one if its sentence goes on there.

    Arguments:
        document: the document.
        at: the number of the line, from 0.

    Returns:
        The line, and the next one where it begins in the middle of a sentence.
    """
    line = document.lines[at]
    text = line.text[:_LONGEST].rstrip()
    if at + 1 == len(document.lines) or line.kind != "text" or not _GOES_ON.search(text):
        return text
    below = document.lines[at + 1]
    is_next = below.kind == "text" and _IS_MIDDLE.match(below.text) is not None
    return f"{text} {below.text[:_LONGEST].strip()}" if is_next else text


def _batch_sizes(text: str, before: str, own: int) -> Iterator[float]:
    """The batch sizes of training in a line; those of loaders of test images, and of scoring, are left out."""
    for match in _BATCH.finditer(text):
        if match.start() >= own:
            continue
        if _OF_SCORING.search(text[: match.start()][-16:]):
            continue
        call = _CALL.search((before + text[: match.start()])[-280:])
        if call and re.search(r"test|val|dev|eval|predict", f"{call[1]} {call[2]} {call[3]}", re.IGNORECASE):
            continue
        yield from map(float, re.findall(r"\d+", match[1]))
    for pattern in (_PER_BATCH, _FLAG):
        yield from (float(match[1]) for match in pattern.finditer(text) if match.start() < own)


def _lengths(text: str, own: int) -> Iterator[float]:
    for match in _EPOCHS_SET.finditer(text):
        is_counter = re.match(r"epoch\W{0,3}[:：]", match[0], re.IGNORECASE) is not None  # `Epoch: 3`
        is_counter |= re.match(r"epoch\s?=\s?\d+,", text[match.start() :][:40], re.IGNORECASE) is not None
        if int(match[1]) and not is_counter and match.start() < own:
            yield float(match[1])
    for match in _EPOCHS_COUNT.finditer(text):
        if int(match[1]) and match.start() < own:
            yield float(match[1])
    for match in _EPOCHS_LONG.finditer(text):
        is_other = _NOT_LENGTH.search(text[: match.start()][-40:]) or _NOT_LENGTH_AFTER.match(text, match.end())
        is_other = is_other or _HYPOTHETICAL.search(text[: match.start()][-60:])
        if not is_other and int(match[1]) and match.start() < own:
            yield float(match[1])
            listed = _MORE_LENGTHS.search(text[: match.start()][-40:])
            if listed and _JOINED.search(listed[0]):  # `10, 20 and 40 epochs`, but not `batch size 50, 15 epochs`
                yield from (float(number) for number in re.findall(r"\d+", listed[0]) if int(number))

    for match in _EPOCHS_IN_WORDS.finditer(text):
        is_other = _NOT_LENGTH.search(text[: match.start()][-40:]) or _NOT_LENGTH_AFTER.match(text, match.end())
        if not is_other and match.start() < own:
            yield float(next(name[1:] for name, group in match.groupdict().items() if group))


def _rates(text: str, own: int) -> Iterator[float]:
    for match in _LEARNING_RATE.finditer(text):
        if match.start() >= own:
            continue
        rest = _MORE_RATES.match(text, match.end())
        for printed in (match[1], *(_A_RATE.findall(rest[0]) if rest else ())):
            plain = printed.replace(",", ".")
            value = 10.0 ** -int(plain[-1]) if "^" in plain else float(plain)
            if 0 < value <= 10:
                yield value


def _keras_default(document: ReportDocument) -> list[SaidNumber]:
    """Keras trains in batches of 32 if a whole call of `fit` with arrays gives no batch size."""
    text = document.text
    calls = list(_FIT.finditer(text))
    if (
        len(calls) != 1
        or _ARRAYS.search(text)
        or "batch" in text.lower().replace("batchnorm", "").replace("batch_norm", "")
    ):
        return []
    call = next(_calls_of_fit(text), "")
    if "epochs" not in call or "**" in call:
        return []
    line = text.count("\n", 0, calls[0].start())
    return [SaidNumber(32.0, document.where(line + 1), line, document.lines[line].text.strip())]


def _calls_of_fit(text: str) -> Iterator[str]:
    """The arguments of the calls of `fit` whose end is in the document."""
    for match in islice(_FIT.finditer(text), 50):
        depth, at = 1, match.end()
        while depth and at < min(len(text), match.end() + 600):
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
        if not depth:
            yield text[match.end() : at]
