"""From a table to statements: what each column or row is of, and the unit of its numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from deepstudy.audits.reading.blocks import PrintedTable, TableCell, TableRow
from deepstudy.audits.reading.contexts import DocumentContext, is_cited, unit_of
from deepstudy.audits.reading.lines.phrases import read_phrase
from deepstudy.audits.reading.lines.tokens import Number, tokenize
from deepstudy.audits.reading.statements import RATES, Draft

_PERCENT = re.compile(r"%|％|percent|prozent|por ?cent|pour ?cent", re.IGNORECASE)
_TIME = re.compile(
    r"\btime|^\s*(?:s|ms|min|sec)\b|\bsec|\(s\)|\bseconds|\bmin\b|minutes|\bhours?\b|durat|runtime|elapsed|시간|时间|時間|耗时|用时|用時|tiempo|tempo|zeit|dauer|temps|durée",
    re.IGNORECASE,
)
_TIME_UNITS = (
    (re.compile(r"\bms\b|millis", re.IGNORECASE), 1e-3),
    (re.compile(r"\bmin|minut|분|分钟|分鐘|分\)", re.IGNORECASE), 60.0),
    (re.compile(r"\bh\b|\bhours?|\bhrs?\b|horas?|stunden|heures?|小时", re.IGNORECASE), 3600.0),
)
_PER = re.compile(r"/|per|pro|por|par|je|당|每|ごと|あたり", re.IGNORECASE)
_CORNER = re.compile(r"([^/\\|\d]{2,24}?)\s?[/\\]\s?([^/\\|\d]{2,24})")
_PER_EPOCH = re.compile(r"epoch|epoche|época|époque|에폭|轮|エポック", re.IGNORECASE)
_PER_OTHER = re.compile(r"step|batch|iter|image|sample|infer|latenc|images? ?/", re.IGNORECASE)
_IMAGES = re.compile(
    r"#?\s*(?:images|samples|examples|support|instances|이미지|장수|张数|图像数|样本|枚数|画像|imágenes|imagens|bilder|muestras|amostras|"
    r"exemples|échantillons)\b|^n$",
    re.IGNORECASE,
)
_SCALES = (
    (re.compile(r"\(\s*[x×]?\s*(?:10\^?6|M|million\w*|mio\.?|百万|백만)\s*\)|\bM\b$|\bin M\b"), 1e6),
    (re.compile(r"\(\s*[x×]?\s*(?:10\^?3|[kK]|thousand\w*|千|천)\s*\)|\bin [kK]\b"), 1e3),
    (re.compile(r"\(\s*(?:万|만)\s*\)"), 1e4),
)
_DERIVED = re.compile(
    r"Δ|\bdelta\b|\bdiff|\bgap\b|\bgain\b|improve|\bchange\b|\bdrop\b|speed-?up|\bratio|\bfactor\b|차이|향상|差|提升|diferencia|diferença|"
    r"differenz|différence|écart|\brank\b|순위|排名",
    re.IGNORECASE,
)
_SPREAD = re.compile(
    r"\bstd|\bsd\b|s\.d\.|st(?:andar)?d\.? ?(?:dev|abw)|deviation|표준편차|标准差|標準偏差|desv|abweichung|écart-type"
    r"|\bstdev\b|\bstreuung\b|\bvarian(?:ce|za?)\b|方差|standard error|σ",
    re.IGNORECASE,
)
_NOTE = re.compile(r"[(\[（](?=[^()（）]*[^\W\d_])[^()（）%％]*[)\]）]")  # `(20 classes)`
_HITS = re.compile(r"(?<!de )\b(?:aciertos|acertos)\b|\bhits\b|\btreffer\b", re.IGNORECASE)
_SPREAD_WORDS = re.compile(
    rf"\w*(?:{_SPREAD.pattern})\w*(?:\.?\s(?:dev\w*|abw\w*|err\w*|est[áa]ndar|padrão|típica|standard)\b)?",
    re.IGNORECASE,
)
_ABOUT_SPREAD = re.compile(
    r"\b(?:of|the|over|across|between|all|runs?|seeds?|folds?|trials?|rate|der|die|über|läufe|von|de|la|del|das?|do|"
    r"entre|les|des|du|pp|points?|sample|pop|population)\b|\d+(?![.,]?\d)|[\s*_()\[\]%.:,]",
    re.IGNORECASE,
)
_MEAN = re.compile(
    r"\bmean\b|average|\bavg\b|평균|平均|均值|\bmedia\b|promedio|média|mittel|durchschnitt|moyenne|\bmacro|\bweighted",
    re.I,
)
_SETTING = re.compile(
    r"learning ?rate|\blr\b|batch|dropout|momentum|decay|kernel|filter|stride|channel|neuron|unit|layer|depth|size"
    r"|fold|seed|"
    r"\bpatience|\balpha|\bbeta|\bgamma|학습률|배치|学习率|批|学習率|バッチ|tasa|taxa|lernrate|taille|version|year|\bclass(?:es)?\b|\bid\b|^#$|^no\.?$",
    re.IGNORECASE,
)
_THRESHOLD = re.compile(r"\d{2,}\s*%|\d[.,]\d+\s*%")
_REPEATED = re.compile(
    r"\bseeds?\b|\bruns?\b|\bfolds?\b|\btrials?\b|\brep\w*\b|시드|种子|シード|semilla|semente|graine|回|次|회",
    re.IGNORECASE,
)
_COUNT = re.compile(r"[\s*]*\d{1,3}(?:[.,\u00a0\u202f ]?\d{3})*[\s*]*")
_RESULT = re.compile(r"^[\s*]*[-+]?(?:\d{1,3}[.,]\d+|\d{1,3}(?:[.,]\d+)?\s*(?:%|％))")


@dataclass(frozen=True)
class _Meaning:
    """What a column or a row is of."""

    metric: str = ""
    split: str = ""
    has_percent: bool = False
    scale: float = 1.0  # what its numbers are multiplied with
    seconds: float = 1.0  # of times: seconds of one unit
    role: str = ""  # epoch, setting, derived, spread; "" if its numbers are results or unknown
    splits: tuple[str, ...] = ()  # of `train / test accuracy`, both
    is_mean: bool = False
    is_alone: bool = False  # whether nothing else is said but the metric
    is_of_caption: bool = False  # whether the caption says it, and no header


def read_table(table: PrintedTable, number: int, context: DocumentContext) -> Iterator[Draft]:
    """Read the numbers of a table.

    Arguments:
        table: the table.
        number: which table of the document it is, from 0.
        context: what holds for the document.

    Yields:
        A draft of a statement for each number that is understood.
    """
    columns = _columns(table, context)
    drafts: list[tuple[int, Draft]] = []
    for at, row in enumerate(table.rows):
        drafts += [(column, draft) for column, draft in _read_row(table, row, columns, context, (number, at))]
    by_series: dict[tuple[int, str], list[Draft]] = {}
    for column, draft in drafts:
        by_series.setdefault((column, draft.metric), []).append(draft)
    for (column, metric), members in by_series.items():
        if metric not in RATES:
            continue
        bare = [each.number.value for each in members if not each.number.has_percent and each.number.whole is None]
        signs = columns[column].has_percent or any(each.number.has_percent for each in members)
        unit = unit_of(bare, signs)
        for each in members:
            each.unit = "%" if each.number.has_percent else unit  # type: ignore[assignment]
    yield from (draft for _, draft in drafts)


def _columns(table: PrintedTable, context: DocumentContext) -> list[_Meaning]:
    """What each column is of; `train_loss, valid_loss, accuracy` are fastai's, whose accuracy is of validation."""
    columns = _with_corner(table, [_meaning(header, context) for header in table.columns], context)
    fastai = [header.lower() for header in table.columns]
    for at, column in enumerate(columns):
        same = {other.split for other in columns if other.metric == column.metric and column.metric}
        if column.metric and not column.split and not column.splits and column.metric in (*RATES, "loss"):
            if same & {"validation", "test"} and "train" not in same:
                columns[at] = replace(column, split="train")
            elif "train_loss" in fastai and "valid_loss" in fastai and fastai[0] == "epoch":
                columns[at] = replace(column, split="validation")
    if not any(column.metric in RATES for column in columns):
        columns = _of_caption(table, columns, context)
    for at, column in enumerate(columns):
        cells = [row.cells[at].text for row in table.rows if at < len(row.cells)]
        is_counted = len(cells) > 1 and all(_COUNT.fullmatch(cell) for cell in cells if any(map(str.isdigit, cell)))
        if column.split and not column.metric and not column.role and is_counted:
            columns[at] = replace(column, metric="images")  # the sizes of splits
        if column.metric in RATES and not column.has_percent and is_counted and _are_counts(table.columns[at], cells):
            columns[at] = replace(column, metric="correct")
    rates = [column for column in columns if column.metric in RATES]
    for at, column in enumerate(columns):
        if rates and column.role == "derived" and not column.metric:
            columns[at] = replace(column, metric=rates[0].metric)  # a difference of the rates beside it
    if context.speaks_of_accuracy and not any(column.metric in RATES for column in columns):
        # `base (%)` beside `loss`: in a report on accuracies, percentages of results are accuracies.
        columns = [
            replace(column, metric="accuracy")
            if column.has_percent and not column.metric and not column.role
            else column
            for column in columns
        ]
    return columns


def _with_corner(table: PrintedTable, columns: list[_Meaning], context: DocumentContext) -> list[_Meaning]:
    """Headers such as `epoch/accuracy` over the first column: it holds epochs, and the others hold accuracies."""
    corner = _CORNER.fullmatch(table.columns[0]) if len(table.columns) > 1 else None
    if corner is None or any(column.metric or column.role for column in columns[1:]):
        return columns
    names, values = sorted((_meaning(part, context) for part in corner.groups()), key=lambda each: each.metric)
    if names.metric or values.metric not in (*RATES, "loss"):
        return columns
    of_all = replace(values, has_percent=any(column.has_percent for column in (values, *columns)))
    return [replace(names, metric=""), *(replace(of_all, split=column.split or values.split) for column in columns[1:])]


def _are_counts(header: str, cells: list[str]) -> bool:
    """Whether whole numbers are hits and no rates: their header says so, or the last of them is their sum."""
    values = [int(re.sub(r"\D", "", cell)) for cell in cells if any(map(str.isdigit, cell))]
    is_summed = len(values) > 2 and values[-1] > 100 and values[-1] == sum(values[:-1])
    return is_summed or _HITS.search(header) is not None


def _is_of_spreads(label: str) -> bool:
    """Whether a row holds spreads: one of its names says nothing else, as `std` or `test accuracy std`."""
    for level in label.split(" / "):
        if not _SPREAD.search(level) or _MEAN.search(level) or re.search(r"±|\+/-", level):
            continue
        rest = _SPREAD_WORDS.sub(" ", level)
        for token in reversed(tokenize(rest)):
            if token.kind in ("metric", "split"):
                rest = rest[: token.start] + rest[token.end :]
        if not _ABOUT_SPREAD.sub("", rest):
            return True
    return False


def _of_caption(table: PrintedTable, columns: list[_Meaning], context: DocumentContext) -> list[_Meaning]:
    """Where no header names a metric, the caption or the heading may: `Test accuracy (%) of all networks`."""
    if 2 * sum(bool(_meaning(_label(row), context).metric) for row in table.rows) >= len(table.rows):
        return columns  # the rows do
    begin = re.split(r"[.;。]\s", table.caption)[0]  # `Test accuracy (%). The error of the paper is 19.25 %.`
    repeated = [_REPEATED.search(header) is not None for header in table.columns]
    for text in (
        begin,
        table.caption,
        *reversed(table.headings[-2:]),
        "accuracy" if context.speaks_of_accuracy else "",
    ):
        metrics = {token.name for token in tokenize(text) if token.kind == "metric"} & {*RATES, "loss"}
        if len(metrics) != 1 or (text == "accuracy" and not any(repeated)):
            continue
        if metrics == {"loss"} and any(column.metric == "loss" for column in columns):
            continue
        said = _meaning(text, context)
        made = []
        for at, column in enumerate(columns):
            cells = [row.cells[at].text for row in table.rows if at < len(row.cells)]
            is_result = bool(cells) and sum(bool(_RESULT.match(cell)) for cell in cells) >= len(cells) / 2
            is_free = not column.metric and (not column.role or (column.role == "setting" and repeated[at]))
            of_run = replace(
                said, split=column.split or said.split, role="", is_mean=column.is_mean, is_of_caption=True
            )
            made.append(of_run if is_result and is_free else column)
        return made
    return columns


def _meaning(header: str, context: DocumentContext) -> _Meaning:
    """What a header says of its numbers; the lower level counts, then the upper one."""
    levels = [level.strip() for level in header.split(" / ")] if " / " in header else [header]
    tokens = [(level, token) for level in reversed(levels) for token in tokenize(level)]
    metrics = [(level, token) for level, token in tokens if token.kind == "metric"]
    if any(token.name != "correct" for _, token in metrics):
        metrics = [each for each in metrics if each[1].name != "correct"]
    splits = tuple(dict.fromkeys(token.name for level in levels for token in tokenize(level) if token.kind == "split"))
    metric = ""
    if metrics:
        level, token = next((each for each in metrics if each[1].name == "error"), metrics[0])
        word = level[token.start : token.end]
        metric = context.metric(token.name, word)
        if not splits:
            splits = tuple(filter(None, [_split_in(word)]))
    is_spread = _SPREAD.search(header) is not None
    role = "derived" if _DERIVED.search(header) else "spread" if is_spread else ""
    has_percent = _PERCENT.search(header) is not None
    scale = next((factor for pattern, factor in _SCALES if pattern.search(header)), 1.0)
    first = tokens[0][1].kind if tokens else ""
    if _THRESHOLD.search(header):  # `epochs to 90 %`, `50% accuracy`: what was reached, in something else
        return _Meaning(role="setting")
    if metric in ("", "seconds") and _TIME.search(header) and not (first == "epoch" and not _PER.search(header)):
        metric = (
            "other" if _PER_OTHER.search(header) else "seconds_per_epoch" if _PER_EPOCH.search(header) else "seconds"
        )
    elif not metric and first == "epoch":
        role = role or "epoch"
    elif not metric and _IMAGES.search(header) and not has_percent:
        metric = "images"
    elif (
        not metric and (_SETTING.search(header) or any(token.kind in ("setting", "step") for _, token in tokens))
    ) or (metric == "parameters" and re.search(r"hyper", header, re.IGNORECASE)):
        role, metric = role or "setting", ""
    seconds = next((factor for pattern, factor in _TIME_UNITS if pattern.search(header)), 1.0)
    several = splits if len(splits) > 1 else ()
    return _Meaning(
        metric,
        splits[0] if len(splits) == 1 else "",
        has_percent,
        scale,
        seconds,
        role,
        several,
        bool(_MEAN.search(header)),
        len(tokens) == 1 and len(header.strip()) == tokens[0][1].end - tokens[0][1].start,
    )


def _split_in(word: str) -> str:
    lower = word.lower()
    heads = (("test", "test"), ("training", "train"), ("validierung", "validation"))
    return next((split for head, split in heads if lower.startswith(head) and len(lower) > len(head) + 2), "")


def _label(row: TableRow) -> str:
    """The words of a row, without its numbers."""
    return " / ".join(cell.text for cell in row.cells if cell.text and not _RESULT.match(cell.text))


def _read_row(
    table: PrintedTable, row: TableRow, columns: list[_Meaning], context: DocumentContext, place: tuple[int, int]
) -> Iterator[tuple[int, Draft]]:
    label = table.label(row)
    named = _meaning(f"{row.group} / {label}" if row.group else label, context)
    if _is_of_spreads(f"{row.group} / {label}" if row.group else label):
        return
    epoch = _epoch(row, columns)
    text = " | ".join(cell.text for cell in row.cells)
    last: Draft | None = None
    last_text = None
    for at, cell in enumerate(row.cells[: len(columns)]):
        column = columns[at]
        if (column.role in ("epoch", "setting") and column.metric == "") or not any(
            letter.isdigit() for letter in cell.text
        ):
            continue
        if column.role == "spread" and last is not None:
            values = [number for number in read_phrase(cell.text, context.has_decimal_comma).numbers if not number.role]
            if len(values) == 1:
                last.number.spread = values[0].value
                continue
        if cell.text in table.columns[at].split(" / ") and any(map(str.isalpha, cell.text)):
            continue  # the header, printed again
        if column.role == "spread" and _is_of_spreads(table.columns[at]):
            continue
        if cell.text == last_text and at and table.columns[at] == table.columns[at - 1]:
            continue  # a cell that spans two columns
        drafts = list(_read_cell(cell, column, named, context))
        for draft in drafts:
            draft.printed = cell.text[draft.number.start : max(draft.number.reach, draft.number.token.end)]
            draft.caption = table.caption
            draft.text, draft.of, draft.epoch = text, label if draft.of == "" else draft.of, epoch
            draft.place = (*place, at)
            draft.is_cited = is_cited(f"{text} {table.columns[at]} {table.caption}")
            draft.is_change = draft.is_change or column.role == "derived" or named.role == "derived"
            draft.is_mean = draft.is_mean or column.is_mean or named.is_mean
            draft.dataset = context.dataset_of(text, table.columns[at], table.caption)
            yield at, draft
        if drafts:
            last, last_text = drafts[0], cell.text


def _epoch(row: TableRow, columns: list[_Meaning]) -> int | None:
    for cell, column in zip(row.cells, columns, strict=False):
        if column.role == "epoch" and (match := re.match(r"\D{0,8}(\d{1,6})(?!\d*[.%])", cell.text)):
            return int(match[1])
    return None


def _read_cell(cell: TableCell, column: _Meaning, named: _Meaning, context: DocumentContext) -> Iterator[Draft]:
    """The numbers of a cell: of its own words, else of its column, else of its row."""
    phrase = read_phrase(cell.text, context.has_decimal_comma)
    own = [
        number for number in phrase.numbers if number.metric and number.metric != "accuracy?" and number.metric_at >= 0
    ]
    if own and column.metric != "images":
        for number in own:
            word = phrase.text[phrase.tokens[number.metric_at].start : phrase.tokens[number.metric_at].end]
            yield Draft(
                context.metric(number.metric, word), number, cell.span, number.split or column.split or named.split
            )
        return
    if not column.metric and (sized := [number for number in phrase.numbers if number.role == "images"]):
        yield from (Draft("images", number, cell.span, number.split) for number in sized)
        return
    counted = [number for number in phrase.numbers if number.whole is not None and not number.role]
    if counted and (not column.role or column.role == "setting") and column.metric not in (*RATES, "loss"):
        whole = next(each for each in phrase.numbers if each.role == "whole")
        yield Draft("correct", counted[0], cell.span, column.split or named.split)
        yield Draft("images", whole, cell.span, column.split or named.split)
        return
    # The row `accuracy` of a report of classes stands in the columns of precision, recall and F1.
    is_own = named.metric == "accuracy" and column.metric in ("precision", "recall", "f1") and named.is_alone
    is_own |= column.is_of_caption and named.metric not in ("", column.metric)
    meaning = named if is_own or not column.metric else column
    if not meaning.metric or (meaning is named and column.role):
        return
    results = [number for number in phrase.numbers if number.role in ("", "clock", "seconds")]
    if meaning.metric == "other":
        yield from (Draft("other", number, cell.span) for number in results[:1])
        return
    if meaning.metric in ("seconds", "seconds_per_epoch"):
        yield from _times(results, meaning, cell)
        return
    results = [number for number in results if number.role == ""]
    if meaning.metric in (*RATES, "loss") and _NOTE.fullmatch(cell.text) and all(each.step >= 1 for each in results):
        return
    if not results or sum(letter.isalpha() for letter in cell.text) > 25:
        return
    count = len(results) if len(results) == len(meaning.splits) or re.search(r"\d\s*[/|,&]\s*\d", cell.text) else 1
    if meaning.metric in (*RATES, "loss") and _bracketed(cell.text, results):
        results[0].spread = results[1].value if results[1].value < results[0].value / 4 else None
        count = 1
    for index, number in enumerate(results[:count]):
        split = meaning.splits[index] if len(meaning.splits) == count else meaning.split or named.split or column.split
        if meaning.metric in ("parameters", "images", "correct"):
            if number.step < 1 and meaning.metric == "correct":
                continue
            if number.has_percent or (meaning.metric == "images" and number.step < 1):
                continue
            number.value, number.step = number.value * meaning.scale, number.step * meaning.scale
        yield Draft(meaning.metric, number, cell.span, split)


def _bracketed(text: str, numbers: list[Number]) -> bool:
    return len(numbers) == 2 and re.search(r"\d\s*%?\s*\(\s*±?\s*[\d.,]+\s*%?\s*\)", text) is not None


def _times(numbers: list[Number], meaning: _Meaning, cell: TableCell) -> Iterator[Draft]:
    """A time in a cell: `12.3`, `12 min`, `00:03`, `1h 20m`."""
    if not numbers:
        return
    first = next((number for number in numbers if number.seconds is not None), numbers[0])
    if first.seconds is None:
        first.seconds = first.value * meaning.seconds
    yield Draft(meaning.metric, first, cell.span, "")
