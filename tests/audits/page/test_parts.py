"""The document as parts of a page."""

from collections.abc import Callable

from deepstudy.audits.evidence import Evidence, of_study, of_text
from deepstudy.audits.examine import AuditResult, examine
from deepstudy.audits.page.marks import mark_document
from deepstudy.audits.page.parts import PageBlock, cut
from deepstudy.audits.reading.blocks import DocumentLayout, Heading, Verbatim
from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.study import load_study

from .conftest import LINES, LOG


def parts(evidence: Evidence, result: AuditResult) -> list[PageBlock]:
    return cut(evidence, mark_document(evidence, result.findings))


def test_every_line_is_shown_once_and_in_order(evidence: Evidence, audited: Callable[..., AuditResult]) -> None:
    blocks = parts(evidence, audited())
    numbers = [line.number for block in blocks for line in block.lines if line.number >= 0]
    assert numbers == [0, 2, 3, 4, 5, 6, 8, 9, 10, 11, *range(LOG, len(LINES))]  # without empty lines and |---|
    kinds = list(dict.fromkeys(block.kind for block in blocks))
    assert kinds == ["heading", "paragraph", "item", "table", "plain", "output"]


def test_a_document_without_blocks_is_shown_line_by_line(audited: Callable[..., AuditResult]) -> None:
    evidence = of_text("Some report\n\n| a |\n|---|\n| 91.2 |\n", "text")
    evidence.layout = DocumentLayout()
    assert [(block.kind, str(block.lines[0].text)) for block in parts(evidence, audited())] == [
        ("plain", "Some report"),
        ("plain", "| a |"),
        ("plain", "| 91.2 |"),
    ]


def test_headings_skip_no_level(audited: Callable[..., AuditResult]) -> None:
    texts = ("# One", "### Two", "## Three", "## Four", "# Five", "##### Six")
    evidence = Evidence("r", "r", {}, document=ReportDocument("r", tuple(TextLine(text, "1") for text in texts)))
    evidence.layout = DocumentLayout([Heading(text, len(text.split()[0]), at) for at, text in enumerate(texts)])
    assert [block.level for block in parts(evidence, audited())] == [3, 4, 4, 4, 3, 4]


def test_a_table_has_its_header_its_groups_and_its_marks(
    evidence: Evidence, audited: Callable[..., AuditResult]
) -> None:
    (table,) = (block for block in parts(evidence, audited()) if block.kind == "table")
    assert [(str(cell.text), cell.kind, cell.is_number) for cell in table.columns] == [
        ("run", "col", False),
        ("accuracy", "col", True),
        ("seconds", "col", True),
    ]
    first, group, second = table.lines[1:]
    assert [(str(cell.text), cell.span) for cell in group.cells] == [("by night", 3)]
    assert str(first.cells[1].text) == '<span class="sound">98.45</span>'
    assert str(first.cells[2].text).startswith('<mark class="doubtful">1959</mark><a class="ref" href="#finding-')
    assert str(second.cells[1].text).startswith('<mark class="impossible">101.2</mark>')
    assert [note.finding.rule for note in table.notes] == ["time", "granularity"]


def test_long_runs_of_a_log_are_folded_but_not_what_is_worth_seeing(
    evidence: Evidence, audited: Callable[..., AuditResult]
) -> None:
    logs = [block for block in parts(evidence, audited()) if block.kind == "output"]
    assert [block.is_folded for block in logs] == [False, True, False, True, False]
    shown = [line.number + 1 for block in logs if not block.is_folded for line in block.lines]
    assert 82 in shown
    assert len(shown) == 6 + 6 + 1 + 6 + 6


def test_a_short_log_is_not_folded(audited: Callable[..., AuditResult]) -> None:
    evidence = of_text("\n".join(f"epoch {epoch}" for epoch in range(40)), "text")
    evidence.layout = DocumentLayout([Verbatim(tuple(range(40)))])
    assert [len(block.lines) for block in parts(evidence, audited())] == [40]


def test_a_log_ends_with_its_last_words(audited: Callable[..., AuditResult]) -> None:
    evidence = of_text("\nepoch 1\n\nepoch 2\n\n \n.", "text")
    evidence.layout = DocumentLayout([Verbatim(tuple(range(6)))])
    (log,) = parts(evidence, audited())
    assert [line.number for line in log.lines] == [1, 2, 3]


def test_pages_and_cells_are_named_where_they_begin(audited: Callable[..., AuditResult]) -> None:
    places = ("page 1, line 1", "page 1, table 1, row 2", "page 2, line 1")
    evidence = Evidence("r", "r", {}, document=ReportDocument("r.pdf", tuple(TextLine("words", at) for at in places)))
    assert [(block.kind, block.lines[0].place) for block in parts(evidence, audited())] == [
        ("part", "page 1"),
        ("plain", "1"),
        ("plain", "row 2"),
        ("part", "page 2"),
        ("plain", "1"),
    ]


def test_a_study_is_shown_as_code() -> None:
    evidence = of_study(load_study("vgg-resnet50-cifar10"))
    blocks = parts(evidence, examine(evidence))
    assert {block.kind for block in blocks} == {"code"}
    assert sum(len(block.lines) for block in blocks) == len(evidence.study.path.read_text().splitlines())  # type: ignore[union-attr]
