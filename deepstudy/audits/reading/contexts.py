"""What a document says once and means throughout: its data sets, its way to write decimals, its words for accuracy."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.blocks import DocumentLayout, Heading, Paragraph
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.lines.numbers import has_decimal_comma
from deepstudy.audits.reading.lines.tokens import tokenize

_PRETRAINED = re.compile(
    r"(?:pre-?train\w*|vortrainiert\w*|pré-?entra\w*|preentren\w*|weights?|transfer\w*)\W+(?:\w+\W+){0,4}$|weights\s*=\s*['\"]$",
    re.IGNORECASE,
)
_DATASETS = re.compile(
    "|".join(rf"(?P<d{at}>{words[4:]})" for at, (_, words) in enumerate(vocabulary.DATASET_WORDS)), re.I
)
_NAMES = [name for name, _ in vocabulary.DATASET_WORDS]
_RECALL = re.compile(
    r"\brecall|sensibilidad|exhaustividad|revoca[çc]|sensibilidade|\brappel|sensibilité|sensitivität|trefferquote|召回|再現率|재현율",
    re.IGNORECASE,
)
_CITED = re.compile(vocabulary.CITED, re.IGNORECASE)


@lru_cache(maxsize=4096)
def datasets_in(text: str) -> tuple[str, ...]:
    """Find the data sets that a text names, in order; those that a network was only pretrained on are left out.

    Arguments:
        text: a line, a sentence, or more.

    Returns:
        Names of `datasets.DATASETS`, or "other".
    """
    names, begin = [], 0  # `pretrained on ImageNet, on CIFAR-10`: the word is about the first
    for match in _DATASETS.finditer(text):
        before, begin = text[max(match.start() - 60, begin) : match.start()], match.end()
        if not _PRETRAINED.search(before):
            assert match.lastgroup is not None
            names.append(_NAMES[int(match.lastgroup[1:])])
    return tuple(names)


def is_cited(text: str) -> bool:
    """Say whether a sentence or a table row speaks of somebody else's results.

    Arguments:
        text: the sentence.

    Returns:
        True if it names a paper, its authors, or the state of the art.
    """
    return _CITED.search(text) is not None


class DocumentContext:
    """What holds for the whole document, and what held last in the section that is being read."""

    def __init__(self, document: ReportDocument, layout: DocumentLayout) -> None:
        """Look through a document.

        Arguments:
            document: the document.
            layout: its blocks.
        """
        running = [block.text for block in layout.blocks if isinstance(block, Paragraph | Heading)]
        running += [cell.text for table in layout.tables for row in table.rows for cell in row.cells]
        running += [header for table in layout.tables for header in table.columns]
        self.has_decimal_comma = has_decimal_comma("\n".join(running))
        text = "\n".join(running)
        self.speaks_of_accuracy = any(
            token.kind == "metric" and token.name == "accuracy" for piece in running for token in tokenize(piece)
        )
        self.names_recall = _RECALL.search(text) is not None
        named = Counter(datasets_in(f"{document.name}\n{text}"))
        if not named:
            named = Counter(datasets_in(document.text[:200_000]))
        #: The only data set of the document; None if it names several or none.
        self.dataset = next(iter(named)) if len(named) == 1 else None
        self._section: tuple[str, ...] = ()
        self._latest: str | None = None

    def enter(self, headings: tuple[str, ...], text: str) -> None:
        """Go on to the next block.

        Arguments:
            headings: the headings above it.
            text: what it says.
        """
        if headings != self._section:
            self._section, self._latest = headings, None
        if names := datasets_in(text):
            self._latest = names[-1] if len(set(names)) == 1 else None

    def dataset_of(self, *texts: str) -> str | None:
        """Find the data set that a number is of.

        Arguments:
            texts: what stands around the number, the nearest first: its sentence, its caption.

        Returns:
            The data set that the nearest of these, the headings, the last paragraph or the whole document names; None
            if it names several.
        """
        for text in (*texts, *reversed(self._section)):
            if names := set(datasets_in(text)):
                return names.pop() if len(names) == 1 else None
        return self._latest or self.dataset

    def metric(self, name: str, word: str) -> str:
        """Decide what an ambiguous word for precision or accuracy means here.

        Arguments:
            name: the metric that the vocabulary gives.
            word: the word as it is printed.

        Returns:
            `accuracy` for `précision` in a document that speaks of no recall.
        """
        is_ambiguous = name == "precision" and vocabulary.AMBIGUOUS_PRECISION.fullmatch(word) is not None
        return "accuracy" if is_ambiguous and not self.names_recall else name


def unit_of(values: Sequence[float], has_percent: bool) -> str:
    """Decide how the rates of a column or a log are printed.

    Arguments:
        values: the numbers without a percent sign.
        has_percent: whether the header, or other numbers of the column, have a percent sign.

    Returns:
        `fraction` if most are at most 1, otherwise `percent`.
    """
    if has_percent:
        return "percent"
    small = sum(abs(value) <= 1 for value in values)
    return "fraction" if values and small > len(values) / 2 else "percent"
