"""The best result of sections that give one result each, against sentences that name the highest or the lowest.

`2.1 SGD ... Accuracy: 0.7196`, `2.2 Nadam ... Accuracy: 0.7208`, and in the end `the highest accuracy of 71.96 %`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.claims import claim_words
from deepstudy.audits.reading.claims.factors import clause_around, is_supposed
from deepstudy.audits.reading.statements import Statement
from deepstudy.findings import Finding

_FEWEST = 3  # sections
_HIGHER_IS_BETTER = ("accuracy", "f1", "precision", "recall", "top5", "auc")
_NARROWED = re.compile(
    r"(?i)\b(?:among|within|except|apart|without|second|next|other than|excluding|unter|außer|ohne|entre|salvo|sin|"
    r"sem|parmi|"
    r"sauf|sans)\b|중에서|제외|其中|除了|のうち|以外"
)
#: A sentence about one of them: `With Adam, the highest accuracy is 71.96 %`.
_OF_ONE = re.compile(
    r"(?i)\W*(?:for|with|using|on|under|in|mit|für|bei|auf|con|para|en|com|em|avec|pour|sur|dans|sous)\b"
)


@dataclass(frozen=True)
class _Section:
    """A section with one result."""

    name: str
    result: Statement


def section_findings(evidence: Evidence) -> Iterator[Finding]:
    """Find the sentences that call another number the highest than the highest of the sections.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each number that is not the highest, or not the lowest loss or error.
    """
    for sections in _groups(evidence.statements):
        metric, split = sections[0].result.metric, sections[0].result.split
        is_higher = metric in _HIGHER_IS_BETTER
        best = (max if is_higher else min)(sections, key=lambda each: each.result.value)
        seen: set[float] = set()
        for said in evidence.statements:
            if said.kind != "sentence" or said.metric != metric or split not in (None, said.split):
                continue
            if said.is_cited or said.is_change or _OF_ONE.match(said.text):
                continue
            is_one = any(abs(each.result.value - said.value) <= said.step * 0.6 for each in sections)
            is_best = abs(best.result.value - said.value) <= max(said.step, best.result.step) * 1.001
            is_within = {each.name for each in sections} & {*said.headings}
            if not is_one or is_best or is_within or round(said.value, 4) in seen or not _is_extreme(said, is_higher):
                continue
            seen.add(round(said.value, 4))
            word = "highest" if is_higher else "lowest"
            right = best.result.printed + (" %" if best.result.unit == "%" else "")
            yield Finding(
                "conclusions",
                "inconsistent",
                f"The {word} {metric} of the {len(sections)} sections is {right} (“{best.name}”), not {said.printed}.",
                where=said.where,
                reported=re.sub(r"\s+", " ", said.text).strip()[:200],
                possible=f"{right}, of “{best.name}”",
            )


def _groups(statements: Sequence[Statement]) -> Iterator[list[_Section]]:
    """Sections of one level below one heading, each with one result of the same kind."""
    groups: dict[tuple[object, ...], dict[str, list[Statement]]] = {}
    for each in statements:
        if each.kind in ("sentence", "table") or each.epoch is not None or each.is_change or each.is_cited:
            continue
        if each.metric not in (*_HIGHER_IS_BETTER, "error", "loss") or each.split in ("train", "validation"):
            continue
        for level in range(1, len(each.headings)):
            key = (each.metric, each.split, each.headings[:level], each.headings[level + 1 :])
            groups.setdefault(key, {}).setdefault(each.headings[level], []).append(each)
    for named in groups.values():
        data = {each.dataset for results in named.values() for each in results}
        if len(named) >= _FEWEST and len(data) == 1 and all(len(results) == 1 for results in named.values()):
            yield [_Section(name, results[0]) for name, results in named.items()]


def _is_extreme(said: Statement, is_higher: bool) -> bool:
    """Whether the clause around a number calls it the highest, or the lowest."""
    at = said.text.find(said.printed)
    if at < 0 or is_supposed(said.text, at):
        return False
    clause = clause_around(said.text, at)
    words = claim_words.SUPERLATIVES["high" if is_higher else "low"]
    return any(re.search(each, clause, re.IGNORECASE) for each in words) and not _NARROWED.search(clause)
