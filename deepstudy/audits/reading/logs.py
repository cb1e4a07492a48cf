"""From printed lines to statements: each line by itself, with the epoch and the split that lines above it name."""

import re
from collections.abc import Iterator, Sequence

from deepstudy.audits.reading.contexts import DocumentContext, datasets_in, unit_of
from deepstudy.audits.reading.lines.phrases import is_about, read_phrase
from deepstudy.audits.reading.lines.splits import images_of
from deepstudy.audits.reading.lines.tokens import Phrase
from deepstudy.audits.reading.statements import RATES, Draft

_PER_EPOCH = re.compile(
    r"(?:per|each|/|of|for) ?(?:an? )?epoch|epoch[_ ](?:time|took|duration)|에폭|每轮", re.IGNORECASE
)
_TOTAL_TIME = re.compile(
    r"total|overall|elapsed|training|finish|complet|\bdone\b|完了|終了|완료|完成|took|time|duration|시간|总|时间|時間|tiempo|tempo|zeit|temps",
    re.IGNORECASE,
)
_CLOCK_WORDS = re.compile(
    r"\d<\d|time|took|elapsed|total|duration|시간|耗时|用时|时间|時間|tiempo|tempo|zeit|temps|durée", re.IGNORECASE
)
_PHASE = re.compile(
    r"[\W_]*(?:>>+|#+|=+|-+)?\s*(train\w*|valid\w*|val|test\w*|eval\w*|훈련|검증|테스트|训练|验证|测试|学習|検証|テスト)\b[^\d]{0,30}$",
    re.IGNORECASE,
)


_NAME = re.compile(r"\s*(\w[\w .]{0,40}?)\s*[=:]\s*")
_ALONE = re.compile(r"\s*[\d.]+\s*%?\s*")


class LogReader:
    """Reads printed lines one after the other and remembers the epoch and the phase that they stand under."""

    def __init__(self, context: DocumentContext) -> None:
        """Begin a log.

        Arguments:
            context: what holds for the document.
        """
        self.context = context
        self.epoch: tuple[int | None, int | None] = (None, None)
        self.phase = ""
        self.dataset: str | None = None
        self.step: tuple[int | None, int | None] = (None, None)  # of the line before
        self.pending: tuple[str, str] | None = None  # the metric and the split of a name that stands alone

    def read(self, lines: Sequence[tuple[int, str]]) -> list[tuple[int, Draft]]:
        """Read the lines of one block.

        Arguments:
            lines: the number of each line in the document, and its text.

        Returns:
            The numbers of the line and a draft of a statement, for each number that is understood.
        """
        drafts = [(at, draft) for at, text in lines for draft in self._line(text)]
        self.phase = "" if len(lines) > 1 else self.phase  # it holds in one block
        series: dict[tuple[str, str, int], list[Draft]] = {}
        for _, draft in drafts:
            if draft.metric in RATES:
                series.setdefault((draft.metric, draft.split, draft.step[0] is None), []).append(draft)
        for members in series.values():
            bare = [each for each in members if not each.number.has_percent and each.number.whole is None]
            unit = unit_of([each.number.value for each in bare], has_percent=False)
            for each in members:
                each.unit = "%" if each.number.has_percent else "" if each.number.whole is not None else unit  # type: ignore[assignment]
        return drafts

    def _line(self, text: str) -> Iterator[Draft]:
        if names := datasets_in(text):
            self.dataset = names[-1] if len(set(names)) == 1 else None
        if not any(letter.isdigit() for letter in text):
            if text.strip():
                self.pending = None
            if match := _NAME.fullmatch(text):
                named = read_phrase(f"{match[1]}= 0.5", is_printed=True).numbers
                self.pending = (named[-1].metric, named[-1].split) if named and named[-1].metric else None
            if match := _PHASE.match(text):
                splits = read_phrase(f"{match[1]} 0", is_printed=True).splits
                self.phase = splits[0] if len(splits) == 1 else ""
            return
        phrase = read_phrase(text, self.context.has_decimal_comma, is_printed=True)
        self._pending(phrase)
        has_result = any(number.metric for number in phrase.numbers)
        if phrase.epoch[0] is not None and (
            has_result or phrase.step[0] is not None or phrase.epoch[1] is not None or _is_alone(phrase)
        ):
            if phrase.epoch[0] != self.epoch[0]:
                self.phase = ""
            self.epoch = phrase.epoch if phrase.epoch[1] or phrase.epoch[0] != self.epoch[0] else self.epoch
        if not has_result and len(phrase.splits) == 1 and len(text) < 40:
            self.phase = phrase.splits[0]
        is_of_step = self._is_of_step(phrase)
        has_other = {number.metric for number in phrase.numbers if number.split in ("validation", "test")}
        for number in phrase.numbers:
            metric = number.metric if number.metric != "accuracy?" else ""
            if metric and number.metric_at >= 0:
                token = phrase.tokens[number.metric_at]
                metric = self.context.metric(metric, text[token.start : token.end])
            elif not metric:
                metric = self._time(phrase, number)
            if not metric:
                continue
            split = number.split
            if not split and metric in (*RATES, "loss", "correct"):
                split = "train" if has_other & {metric} else self.phase
            yield Draft(
                metric,
                number,
                split=split if metric not in ("parameters",) else "",
                text=text.strip(),
                epoch=self.epoch[0],
                epochs=self.epoch[1],
                step=phrase.step,
                is_of_step=is_of_step,
                dataset=self.dataset,
                is_change=number.is_change,
                is_about=is_about(text, number.start),
                images=images_of(phrase, number) if metric in RATES else None,
            )

    def _is_of_step(self, phrase: Phrase) -> bool:
        """Whether a line is of a step; a last step only behind others, since scores have bars too."""
        number, steps = phrase.step
        before, self.step = self.step, phrase.step
        if number is None or steps is None:
            return number is not None and phrase.epoch[0] is not None and not phrase.splits
        return number != steps or phrase.epoch[0] is not None or before == (before[0], steps)

    def _pending(self, phrase: Phrase) -> None:
        """A number on a line of its own belongs to the name above it: `accuracy =`, then `0.9884`, as MATLAB prints."""
        alone = phrase.numbers[0] if len(phrase.numbers) == 1 else None
        if alone is not None and self.pending is not None and not alone.role and _ALONE.fullmatch(phrase.text):
            alone.metric, alone.split = self.pending
        self.pending = None

    def _time(self, phrase: Phrase, number) -> str:  # type: ignore[no-untyped-def]
        if number.role == "images":
            return "images"
        if number.role == "clock":
            return "seconds" if number.seconds is not None and _CLOCK_WORDS.search(phrase.text) else ""
        if number.role != "seconds" or number.seconds is None:
            return ""
        if number.per and not number.per.startswith("epoch"):
            return "other"
        if number.per or _PER_EPOCH.search(phrase.text):
            return "seconds_per_epoch"
        if phrase.step[0] is not None and phrase.step[0] == phrase.step[1]:
            return "seconds_per_epoch"  # of a progress bar that is full
        if phrase.step[0] is None and (phrase.epoch[0] is not None or (self.epoch[0] is not None and phrase.splits)):
            return "seconds_per_epoch"
        return "seconds" if _TOTAL_TIME.search(phrase.text) and phrase.step[0] is None else "other"


def _is_alone(phrase: Phrase) -> bool:
    """Whether a line names an epoch and nothing else but a time: `Epoch 3`, `--- epoch 3 ---`, `Epoch 6 in 4.1 s`."""
    others = [number for number in phrase.numbers if number.role not in ("seconds", "clock", "spread")]
    return len(others) == 1 and len(phrase.text) < 40
