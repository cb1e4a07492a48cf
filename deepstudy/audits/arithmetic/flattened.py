"""Sentences on how many numbers a network hands to its first linear layer, against the summary of the network."""

import math
import re
from collections.abc import Iterator, Sequence

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import Paragraph
from deepstudy.audits.reading.claims.factors import is_supposed
from deepstudy.audits.reading.layout import iterate_sentences
from deepstudy.audits.reading.networks.layers import ListedNetwork
from deepstudy.findings import Finding

_FLATTENS = re.compile(
    r"(?i)flatten|dense layer|fully[- ]connected|linear layer|vector|aplan|aplat|achat|capa densa|camada densa|"
    r"couche dense|평탄|展平|扁平|平坦|全连接|全結合|완전 ?연결|dichte schicht|features"
)
_NUMBER = re.compile(r"(?<![\d.,])(\d{1,3}(?:[,.\u202f\u00a0]\d{3})+|\d{3,7})(?![\d%]|[.,]\d)")


def flattened_findings(evidence: Evidence) -> Iterator[Finding]:
    """Find the sentences that give another number of features than the only summary.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding.
    """
    assert evidence.document is not None
    known = [network for network in evidence.networks if network.listing == "summary"]
    if len(known) != 1 or (flat := _flattened(known[0])) is None:
        return
    features, channels = flat
    printed = _numbers(known[0])
    for block in evidence.layout.blocks:
        if not isinstance(block, Paragraph):
            continue
        for start, end in iterate_sentences(block.text):
            text = block.text[start:end]
            if not _FLATTENS.search(text):
                continue
            numbers = [match for match in _NUMBER.finditer(text) if not is_supposed(text, match.start())]
            said = [int(re.sub(r"\D", "", match[1])) for match in numbers]
            wrong = [number for number in said if number not in printed and _is_of_square(number, channels)]
            if features in said or len(wrong) != 1:
                continue
            side = math.isqrt(wrong[0] // channels)
            right = math.isqrt(features // channels)
            yield Finding(
                "shapes",
                "inconsistent",
                f"The summary has {features:,} features there ({right} x {right} x {channels}), not {wrong[0]:,} "
                f"({side} x {side} x {channels}).",
                where=evidence.document.where(block.locate(start, start + 1).line + 1),
                reported=re.sub(r"\s+", " ", text).strip()[:200],
                possible=f"{features:,}",
            )
            return


def _flattened(network: ListedNetwork) -> tuple[int, int] | None:
    """The features behind the convolutions, and the channels that they come from."""
    for before, layer in zip(network.layers, network.layers[1:], strict=False):
        if layer.kind == "flatten" and layer.size is not None and before.size is not None and len(before.size) == 3:
            return math.prod(layer.size), before.size[0]
    return None


def _numbers(network: ListedNetwork) -> set[int]:
    """All numbers that a summary prints."""
    counts = [layer.count.value for layer in network.layers if layer.count is not None]
    sizes: Sequence[int] = [each for layer in network.layers if layer.size is not None for each in layer.size]
    totals = [total.count.value for total in network.totals]
    return {int(each) for each in (*counts, *sizes, *totals)}


def _is_of_square(number: int, channels: int) -> bool:
    side = math.isqrt(number // channels) if channels else 0
    return side > 1 and side * side * channels == number
