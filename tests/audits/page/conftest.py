"""A small report of every kind of block, with what a reader of it would state."""

from collections.abc import Callable

import pytest

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.examine import AuditResult
from deepstudy.audits.reading.blocks import (
    Block,
    DocumentLayout,
    Heading,
    Paragraph,
    PrintedTable,
    Span,
    TableCell,
    TableRow,
    Verbatim,
)
from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.audits.reading.statements import Statement
from deepstudy.findings import Finding, worst_first

#: A text that would run, if anything of it were not escaped.
HOSTILE = "</p></script><script>alert(1)</script><img src=x onerror=alert(1)>\" onload='alert(1)' {{ 7 * 7 }}"
LINES = [
    "# Four nights of LeNet",
    "",
    "The network reaches 98.45 % on the",
    "test images, after 12 epochs.",
    "* a second run has 98,71 %",
    "### Table of runs",
    "| run | accuracy | seconds |",
    "|---|---|---|",
    "| first | 98.45 | 1959 |",
    "| second | 101.2 | 1959 |",
    "Nobody reads this line.",
    HOSTILE,
    *(f"Epoch {epoch}: loss 0.{epoch + 100}" for epoch in range(1, 121)),
]
LOG = 12


def row(line: int, *cells: str, group: str = "") -> TableRow:
    """A row of a table whose cells stand in a line, from left to right."""
    spans, at = [], 0
    for cell in cells:
        at = LINES[line].index(cell, at)
        spans.append(TableCell(cell, Span(line, at, at + len(cell))))
        at += len(cell)
    return TableRow(tuple(spans), line, group)


BLOCKS: list[Block] = [
    Heading("Four nights of LeNet", 1, 0),
    Paragraph(f"{LINES[2]} {LINES[3]}", ((0, 2, 0), (len(LINES[2]) + 1, 3, 0))),
    Paragraph(LINES[4][2:], ((0, 4, 2),), is_item=True),
    Heading("Table of runs", 3, 5),
    PrintedTable(
        ("run", "accuracy", "seconds"),
        (row(8, "first", "98.45", "1959"), row(9, "second", "101.2", "1959", group="by night")),
        "",
        6,
    ),
    Paragraph(HOSTILE, ((0, 11, 0),)),
    Verbatim(tuple(range(LOG, len(LINES)))),
]
FINDINGS = [
    Finding("granularity", "impossible", "101.2 % is more than all.", "nights.md:10", reported="101.2 %"),
    Finding("time", "doubtful", "Two runs take 1,959 s.", "nights.md:9", reported="1,959 s, 2 times"),
    Finding("recipe", "inconsistent", "Twelve epochs are not ten.", "nights.md:4", reported="12 epochs"),
    Finding("labels", "doubtful", f"Who says `this`? {HOSTILE}", "nights.md:82", reported=HOSTILE, possible=HOSTILE),
    Finding("recipe", "doubtful", "This is about no line.", "nights.md"),
    Finding("omissions", "missing", "The report does not give the batch size.", ""),
    Finding("omissions", "missing", "Of 98.71 % it does not give the epoch.", "nights.md:5"),
]


def _state(line: int, printed: str) -> Statement:
    start = LINES[line].index(printed)
    span = Span(line, start, start + len(printed))
    return Statement("accuracy", printed, 0.0, 0.0, f"nights.md:{line + 1}", LINES[line], span, "sentence")


@pytest.fixture
def evidence() -> Evidence:
    document = ReportDocument("nights.md", tuple(TextLine(text, str(at)) for at, text in enumerate(LINES, 1)))
    made = Evidence("nights.md", "nights.md", {}, "Four nights of LeNet", document=document)
    made.layout = DocumentLayout(BLOCKS, [() for _ in BLOCKS])
    made.statements = [_state(2, "98.45"), _state(8, "98.45"), _state(9, "101.2"), _state(LOG + 2, "0.103")]
    made.unread = [Span(4, LINES[4].index("98,71"), LINES[4].index("98,71") + 5)]
    return made


@pytest.fixture
def audited() -> Callable[..., AuditResult]:
    """The result of an audit: `audited()` with all findings, `audited(finding, …)` with some."""
    return lambda *findings: AuditResult("nights.md", 4, worst_first(findings or FINDINGS), 1)
