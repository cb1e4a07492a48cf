"""Settings that the report gives twice, with two values.

The rule compares the batch size, the number of epochs and the learning rate

* of the text with those of the code of a notebook, which really ran;
* of the text with those of other listings, such as a command or a configuration file (doubtful: it may be an example);
* of two places of the text, for the batch size (doubtful).

Nothing is said where the report compares several values, or where a place gives several.

## Why it matters
Readers who repeat the experiment have to choose one of the two. Batch size and learning rate change the result by more
than most methods that are compared.

## Example
```text
| setting | value |
|---|---|
| batch size | 128 |
| optimizer | SGD |

All networks reach more than 70 % on the test images. Each was trained once, with a batch size of 256.
```

## Not an error
The report compares batch sizes, or scores in larger batches than it trains with.
```text
| setting | value |
|---|---|
| batch size | 128 |
| optimizer | SGD |

All networks reach more than 70 % on the test images, which are scored with a test batch size of 256.
```

## How to fix
Look up the value in the program that made the figures, and give it once.

## Source
The report itself.
"""

import re
from collections.abc import Iterator, Sequence

from deepstudy.audits.arithmetic.training_evidence import read_training
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import PrintedTable, Verbatim
from deepstudy.audits.reading.training.run_settings import SaidNumber
from deepstudy.findings import AuditSeverity, Finding

#: Words of a sentence or a heading that speak of several values, or of somebody else's.
_VARIES = re.compile(
    r"(?i)\bcompar|\bvar(?:y|ied|ies|iable|iation)|differen|\btr(?:y|ied)\b|tested|sweep|grid|search|tun(?:e|ing)|ablat|effect|"
    r"impact|influence|instead|rather|than\b|\bvs\b|versus|increas|decreas|reduc|larger|smaller|bigger|doubl|halv|"
    r"from \d|paper|original|et al|\[\d|default|example|e\.g\.|would|could|should|recommend|usual|typical|"
    r"larger batch|second|first|fine-?tun|pre-?train|stage|phase|warm|another|other\b|each of|test batch|eval|valid|"
    r"infer|\bGPUs?\b|单卡|多卡|\d ?卡|비교|실험(?:1|2|3)|변경|대신|증가|감소|더 (?:큰|작은)|논문|比较|对比|不同|调|"
    r"改|增大|减小|论文|比べ|変え|"
    r"変更|論文|vergl|verschied|statt|größer|kleiner|änder|compara|distint|variar|varia|diferent|mayor|menor|maior|"
    r"en vez|em vez|différ|plutôt|augment|baiss|dimin"
)
_SEVERAL = re.compile(
    r"\d\s?(?:,(?!\d)|/|and|or|und|y|e|et|或|和|、|~|-|–)\s?\d+(?![\d.]*\s?(?:epoch|[ée]poca|[ée]poque|エポック|轮|에폭|에포크|%|steps?|layers?))",
    re.IGNORECASE,
)
_NAMES = {"batch_size": "batch size", "epochs": "number of epochs", "lr": "learning rate"}
#: A setting with its name in front: an item of a list of settings. Two such lists are of two configurations.
_LABELLED = re.compile(r"(?i)(?:batch[ _-]?size|배치 ?크기|批(?:量|次)?大小|バッチ ?サイズ)[\s*`_]{0,4}[:：=|]")
_BEFORE, _BEHIND = 50, 30  # letters
_MOST_PLACES = 6  # a report that gives a setting more often compares values
_MANY_CALLS = 1  # of fit, or training loops: several runs may have several settings


def find(evidence: Evidence) -> Iterator[Finding]:
    """Compare the settings of the text with each other and with those of the code.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding for each setting.
    """
    document = evidence.document
    if document is None:
        return
    settings = read_training(evidence).settings
    in_code = {line for block in evidence.layout.blocks if isinstance(block, Verbatim) for line in block.lines}
    in_code |= {at for at, line in enumerate(document.lines) if line.kind == "code"}
    compared = {row.line for table in evidence.layout.tables if len(table.rows) > 1 for row in table.rows}
    compared -= {row.line for table in evidence.layout.tables if _lists_settings(table) for row in table.rows}
    ran = (
        any(line.kind == "code" for line in document.lines)
        and len(re.findall(r"\.fit\(", document.text)) <= _MANY_CALLS
    )
    for key, numbers in (("batch_size", settings.batch_sizes), ("epochs", settings.epochs), ("lr", settings.rates)):
        said = [each for each in numbers if each.line not in in_code and each.line not in compared]
        coded = [each for each in numbers if each.line in in_code]
        if key == "batch_size" and not evidence.is_one_device:
            continue  # one of each device, and one of all together
        said = [each for each in said if not (key == "epochs" and each.value <= 1)]  # `15 s for 1 epoch`
        if len(numbers) > _MOST_PLACES or any(_is_of_several(each) for each in said):
            continue
        yield from _twice(key, said, coded, "inconsistent" if ran else "doubtful")


def _is_of_several(said: SaidNumber) -> bool:
    """Whether the words around a setting compare it with others."""
    place = re.search(rf"(?<![\d.,]){said.value:g}(?![\d]|[.,]\d)", said.text)
    near = said.text if place is None else said.text[max(place.start() - _BEFORE, 0) : place.end() + _BEHIND]
    return _VARIES.search(near) is not None or _SEVERAL.search(near) is not None


def _lists_settings(table: PrintedTable) -> bool:
    """Whether a table has a setting in each row: `| batch size | 128 |`."""
    return len(table.columns) == 2


def _twice(
    key: str, said: Sequence[SaidNumber], coded: Sequence[SaidNumber], severity: AuditSeverity
) -> Iterator[Finding]:
    first, other = {each.value for each in said}, {each.value for each in coded}
    name = _NAMES[key]
    if len(first) == 1 and len(other) == 1 and first != other:
        one, two = said[0], coded[0]
        if key == "epochs" and two.value > one.value and re.search(r"(?i)early|stop|patience", two.text + one.text):
            return
        yield Finding(
            "settings",
            severity,
            f"The text gives a {name} of {one.value:g}, but the code has {two.value:g} ({two.where}).",
            where=one.where,
            reported=re.sub(r"\s+", " ", one.text)[:200],
            possible=f"{two.value:g}, as in the code",
        )
    elif key == "batch_size" and len(first) == 2 and len({each.line for each in said}) > 1:
        one = said[0]
        two = next(each for each in said if each.value != one.value)
        if one.line == two.line or (_LABELLED.search(one.text) and _LABELLED.search(two.text)):
            return
        yield Finding(
            "settings",
            "doubtful",
            f"The text gives a {name} of {one.value:g} here, and of {two.value:g} elsewhere ({two.where}).",
            where=one.where,
            reported=re.sub(r"\s+", " ", one.text)[:200],
            possible=f"{one.value:g} or {two.value:g}, once",
        )
