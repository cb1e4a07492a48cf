"""Which letters of a document a reader should look at: the numbers that were read, those that were not, the findings.

A finding names its line. On that line, the number that it is about gets the mark; if no number can be told, the whole
line gets it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import Span
from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.findings import SEVERITIES, AuditSeverity, Finding

MarkKind = Literal["", "sound", "unread"] | AuditSeverity

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MOST_MARKS = 50  # of one finding on one line
_UNIT = re.compile(r"\s?%")
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")


@dataclass(frozen=True)
class NumberedFinding:
    """A finding with its number on the page.

    Attributes:
        number: counts from 1, the worst first.
        finding: what was found.
        line: the number of its line in the document, from 0; None if it is about no single line.
    """

    number: int
    finding: Finding
    line: int | None


@dataclass(frozen=True)
class MarkedPiece:
    """A piece of a line.

    Attributes:
        text: what it says.
        mark: `sound` is a number without a finding, `unread` one that was not understood, otherwise the severity of the
            finding; "" has no mark.
        notes: the numbers of the findings that end here.
    """

    text: str
    mark: MarkKind = ""
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class _LineMark:
    start: int
    end: int
    kind: MarkKind
    notes: tuple[int, ...] = ()

    def overlaps(self, other: "_LineMark") -> bool:
        return self.start < other.end and other.start < self.end

    def joined(self, other: "_LineMark") -> "_LineMark":
        kind = min(self.kind, other.kind, key=SEVERITIES.index)
        return replace(self, kind=kind, notes=tuple(sorted(self.notes + other.notes)))


@dataclass(frozen=True)
class MarkedDocument:
    """A document with its marks.

    Attributes:
        document: the document; of a study, the lines of its file.
        findings: all findings that are not about what is missing, in their order.
        missing: the findings about what is missing.
        marks: by the number of the line, from 0, its marks from left to right.
    """

    document: ReportDocument
    findings: tuple[NumberedFinding, ...]
    missing: tuple[NumberedFinding, ...]
    marks: Mapping[int, Sequence[_LineMark]]
    _by_line: Mapping[int, list[NumberedFinding]] = field(default_factory=dict)

    def notes(self, line: int) -> Sequence[NumberedFinding]:
        """The findings about a line.

        Arguments:
            line: the number of the line, from 0.

        Returns:
            The findings, the worst first.
        """
        return self._by_line.get(line, ())

    def is_remarkable(self, line: int) -> bool:
        """Say whether a reader should look at a line.

        Arguments:
            line: the number of the line, from 0.

        Returns:
            Whether it has a finding, or a number that was not understood.
        """
        return any(mark.kind != "sound" for mark in self.marks.get(line, ())) or line in self._by_line

    def pieces(self, line: int, start: int = 0, end: int | None = None) -> Iterator[MarkedPiece]:
        """Cut a part of a line where a mark begins or ends.

        Arguments:
            line: the number of the line, from 0.
            start: the first letter of the part.
            end: the letter behind its last; None is the end of the line.

        Returns:
            The pieces from left to right.
        """
        text = self.document.lines[line].text
        end = len(text) if end is None else min(end, len(text))
        for mark in self.marks.get(line, ()):
            first, last = max(mark.start, start), min(mark.end, end)
            if first >= last:
                continue
            if start < first:
                yield MarkedPiece(text[start:first])
            yield MarkedPiece(text[first:last], mark.kind, mark.notes if last == mark.end else ())
            start = last
        if start < end:
            yield MarkedPiece(text[start:end])


def mark_document(evidence: Evidence, findings: Sequence[Finding]) -> MarkedDocument:
    """Mark what was read and found.

    Arguments:
        evidence: what the report says.
        findings: what was found in it, the worst first.

    Returns:
        The document with its marks.
    """
    document = evidence.document or _study_lines(evidence)
    candidates: dict[str, list[int]] = defaultdict(list)
    for index in range(len(document.lines)):
        candidates[document.where(index + 1)].append(index)
    placed = [(finding, _line_of(finding, document, candidates)) for finding in findings]
    numbered = [
        NumberedFinding(number, *each)
        for number, each in enumerate((each for each in placed if each[0].severity != "missing"), 1)
    ]
    missing = tuple(NumberedFinding(0, *each) for each in placed if each[0].severity == "missing")
    by_line: dict[int, list[NumberedFinding]] = defaultdict(list)
    for each in numbered:
        if each.line is not None:
            by_line[each.line].append(each)
    read: dict[int, list[Span]] = defaultdict(list)
    for statement in evidence.statements:
        read[statement.span.line].append(statement.span)
    unread: dict[int, list[Span]] = defaultdict(list)
    for span in evidence.unread:
        unread[span.line].append(span)
    marks = {
        line: _marks_of_line(document.lines[line].text, by_line.get(line, ()), read.get(line, ()), unread.get(line, ()))
        for line in {*by_line, *read, *unread}
        if line < len(document.lines)
    }
    return MarkedDocument(document, tuple(numbered), missing, marks, dict(by_line))


def _study_lines(evidence: Evidence) -> ReportDocument:
    """The file of a study as a document, so that its findings stand beside their lines too."""
    assert evidence.study is not None
    lines = evidence.study.path.read_text(encoding="utf-8").splitlines()
    return ReportDocument(
        evidence.study.path.name, tuple(TextLine(line, str(number)) for number, line in enumerate(lines, 1))
    )


def _line_of(finding: Finding, document: ReportDocument, candidates: Mapping[str, list[int]]) -> int | None:
    """The line that a finding names. Where several lines share a place, the one with most of the reported numbers."""
    lines = candidates.get(finding.where)
    if not lines:
        return None
    numbers = _numbers(finding.reported)
    return max(lines, key=lambda line: len(numbers & _numbers(document.lines[line].text)))


def _numbers(text: str) -> set[str]:
    """The numbers in a text, without separators of thousands: a finding writes 1,959 where the report has 1959."""
    return {_THOUSANDS.sub("", number) for number in _NUMBER.findall(text)}


def _marks_of_line(
    text: str, findings: Sequence[NumberedFinding], read: Sequence[Span], unread: Sequence[Span]
) -> list[_LineMark]:
    """The marks of a line. Findings go first; of two that overlap, the shorter one stays and has the worse severity."""
    spans_of = {each: _spans_of(text, each.finding, read) for each in findings}
    marks: list[_LineMark] = []
    for each in sorted(findings, key=lambda each: sum(end - start for start, end in spans_of[each])):
        *others, last = spans_of[each]
        new = [_LineMark(start, end, _severity(each.finding)) for start, end in others]
        for mark in (*new, _LineMark(*last, _severity(each.finding), (each.number,))):
            at = next((at for at, other in enumerate(marks) if other.overlaps(mark)), None)
            if at is None:
                marks.append(mark)
            else:
                marks[at] = marks[at].joined(mark)
    marks.sort(key=lambda mark: mark.start)
    plain = [_LineMark(span.start, span.end, "sound") for span in read]
    plain += [_LineMark(span.start, span.end, "unread") for span in unread]
    return _add_between(marks, sorted(plain, key=lambda mark: mark.start))


def _add_between(marks: Sequence[_LineMark], plain: Sequence[_LineMark]) -> list[_LineMark]:
    """Add marks where there is none yet. Both are sorted; one pass, since a line may hold a whole file."""
    merged: list[_LineMark] = []
    waiting = list(reversed(marks))
    for mark in plain:
        while waiting and waiting[-1].start < mark.end:
            merged.append(waiting.pop())
        if mark.start < mark.end and (not merged or merged[-1].end <= mark.start):
            merged.append(mark)
    return merged + waiting[::-1]


def _spans_of(text: str, finding: Finding, read: Sequence[Span]) -> list[tuple[int, int]]:
    """The letters that a finding is about: what it quotes, else its numbers, else the whole line."""
    quoted = re.escape(finding.reported.strip())
    if quoted and (match := re.search(rf"(?<![\d.,]){quoted}(?!\d|[.,]\d)", text)):
        return [_with_unit(text, *match.span())]
    numbers = _numbers(finding.reported) or _numbers(finding.says)
    spans = [(span.start, span.end) for span in read if _numbers(text[span.start : span.end]) & numbers]
    spans = spans or [match.span() for match in _NUMBER.finditer(text) if _numbers(match[0]) & numbers]
    if spans:
        return [_with_unit(text, *span) for span in spans[:_MOST_MARKS]]
    inner = [at for at, letter in enumerate(text) if letter.isalnum()]
    return [(inner[0], inner[-1] + 1)] if inner else [(0, len(text))]


def _with_unit(text: str, start: int, end: int) -> tuple[int, int]:
    """A span with the percent sign behind it."""
    unit = _UNIT.match(text, end)
    return start, unit.end() if unit else end


def _severity(finding: Finding) -> MarkKind:
    severity = finding.severity
    assert severity in ("impossible", "inconsistent", "doubtful", "missing")
    return severity
