"""Perceptrons that a text writes as the widths of their layers: `784-256-10`, `784 → 512 → 512 → 10`."""

import re
from collections.abc import Iterator, Set
from itertools import pairwise

from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.networks.layers import ListedLayer, ListedNetwork

_LONGEST = 600  # letters of a line
_MOST_CLASSES = 200  # more look like a telephone number
#: Flattened images: only a chain that begins with one is a whole network, and no end of a larger one.
_IMAGES = frozenset((784, 2352, 3072, 12288, 150528))
_JOINT = r"(?:\s?[-–—]\s?|\s?(?:→|⇒|->|=>|>)\s?|\s[x×]\s)"
_CHAIN = re.compile(rf"(?<![\w.,/-])(?<![-–→>x×]\s)(\d{{3,6}}(?:{_JOINT}\d{{1,5}}){{2,9}})(?![\w.,]\w|\s?[-–→=*/]|\w)")
#: Words of layers that a chain of widths leaves out.
_NOT_DENSE = re.compile(
    r"convol|\bconv|\bCNN\b|faltung|卷积|합성곱|컨볼루션|畳み込み|residual|recurrent|\bRNN|LSTM|auto-?encoder|"
    r"batch[ -]?norm|归一化|正規化|정규화|ohne (?:schwelle|bias)|without bias|no bias",
    re.IGNORECASE,
)


def read_chains(document: ReportDocument, taken: Set[int] = frozenset()) -> Iterator[ListedNetwork]:
    """Find the perceptrons whose widths are written one behind the other.

    Arguments:
        document: the report.
        taken: the numbers of lines that list a network in another way.

    Returns:
        The networks, in their order.
    """
    for number, line in enumerate(document.lines, 1):
        text = line.text[:_LONGEST]
        if number in taken or not any(letter.isdecimal() for letter in text):
            continue
        for widths in chains_in(text):
            layers = tuple(
                ListedLayer("linear", f"layer {at}", number, into=into, out=out)
                for at, (into, out) in enumerate(pairwise(widths), 1)
            )
            name = "-".join(map(str, widths))
            yield ListedNetwork(
                "words", "", name, document.where(number), number, number, layers, input=(widths[0],), is_chain=True
            )


def chains_in(text: str) -> Iterator[tuple[int, ...]]:
    """Find the widths of perceptrons in a text.

    Arguments:
        text: the text.

    Returns:
        The widths of each, the flattened image first; none if the text speaks of layers that widths leave out.
    """
    if _NOT_DENSE.search(text):
        return
    for match in _CHAIN.finditer(text):
        widths = tuple(int(width) for width in re.findall(r"\d+", match[1]))
        if widths[0] in _IMAGES and 2 <= widths[-1] <= _MOST_CLASSES and 0 not in widths:
            yield widths
