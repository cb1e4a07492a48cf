"""Which letters are marked."""

import time

import pytest

from deepstudy.audits.evidence import Evidence, of_study
from deepstudy.audits.examine import examine
from deepstudy.audits.page.marks import MarkedDocument, mark_document
from deepstudy.audits.reading.blocks import Span
from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.audits.reading.statements import Statement
from deepstudy.findings import Finding
from deepstudy.study import load_study


def mark(text: str, *findings: Finding, read: str = "", unread: str = "") -> list[tuple[str, str, tuple[int, ...]]]:
    """The marked pieces of a one-line report, whose numbers `read` and `unread` were read or not."""
    evidence = Evidence("r", "r", {}, document=ReportDocument("r.md", (TextLine(text, "1"),)))
    for word in read.split():
        span = Span(0, text.index(word), text.index(word) + len(word))
        evidence.statements.append(Statement("accuracy", word, 0, 0, "r.md:1", text, span, "sentence"))
    evidence.unread = [Span(0, text.index(word), text.index(word) + len(word)) for word in unread.split()]
    marked = mark_document(evidence, findings)
    assert "".join(piece.text for piece in marked.pieces(0)) == text
    return [(piece.text, piece.mark, piece.notes) for piece in marked.pieces(0) if piece.mark]


def find(reported: str = "", says: str = "It is wrong.", where: str = "r.md:1") -> Finding:
    return Finding("rule", "impossible", says, where, reported=reported)


def test_numbers_that_were_read_and_not_read() -> None:
    assert mark("acc 91.2 %, f1 0.9, 17 m/s", read="91.2 0.9", unread="17") == [
        ("91.2", "sound", ()),
        ("0.9", "sound", ()),
        ("17", "unread", ()),
    ]


@pytest.mark.parametrize(
    ("text", "finding", "pieces"),
    [
        ("fc3 has 84x10 = 850.", find("84x10 = 850"), ["84x10 = 850"]),
        ("The accuracy is 93.326%.", find("93.326 %"), ["93.326%"]),
        ("took 1054 secs (about half hour)", find("1,054 s, about half hour"), ["1054"]),
        ("43 of 143 at 43.0", find("43"), ["43"]),
        ("It scores 91.234.", find("", "91.234 % is not possible."), ["91.234"]),
        ("- no seed at all.", find("none"), ["no seed at all"]),
        ("| a | 3 |", find("7"), ["a | 3"]),
        ("---", find("7"), ["---"]),
    ],
)
def test_a_finding_marks_what_it_quotes_or_its_numbers_or_the_line(
    text: str, finding: Finding, pieces: list[str]
) -> None:
    found = mark(text, finding)
    assert [piece for piece, _, _ in found] == pieces
    assert {kind for _, kind, _ in found} == {"impossible"}
    assert [notes for _, _, notes in found][-1] == (1,)


def test_a_number_that_is_part_of_a_longer_one_is_not_marked() -> None:
    for reported in ("2.3", "2.3, as it says"):
        assert [piece for piece, _, _ in mark("12.3, 2.35 and 2.3.", find(reported))] == ["2.3"]


def test_two_findings_about_one_number_share_its_mark() -> None:
    worse, milder = find("91.2 %"), Finding("other", "doubtful", "Hm.", "r.md:1", reported="91.2")
    assert mark("acc 91.2 % here", worse, milder, read="91.2") == [("91.2 %", "impossible", (1, 2))]


def test_a_finding_about_the_whole_line_does_not_hide_where_another_is() -> None:
    whole, precise = find("a mean of 1.78"), Finding("other", "doubtful", "Hm.", "r.md:1", reported="Epoch [9/10]")
    assert mark("Epoch [9/10], loss 1.75, acc 65.6%", whole, precise, read="1.75") == [
        ("Epoch [9/10]", "impossible", (1, 2)),
        ("1.75", "sound", ()),
    ]


def test_of_lines_with_one_place_the_line_with_the_number_is_marked() -> None:
    lines = (TextLine("| acc |", "cell 1"), TextLine("|---|", "cell 1"), TextLine("| 91.234 |", "cell 1"))
    evidence = Evidence("r", "r", {}, document=ReportDocument("r.ipynb", lines))
    marked = mark_document(evidence, [find("91.234 %", where="r.ipynb, cell 1")])
    assert [each.line for each in marked.findings] == [2]


def test_a_finding_without_a_line_is_kept(evidence: Evidence) -> None:
    marked = mark_document(evidence, [find(where="nights.md"), find(where="")])
    assert [(each.number, each.line) for each in marked.findings] == [(1, None), (2, None)]


def test_what_is_missing_is_not_marked(evidence: Evidence) -> None:
    finding = Finding("omissions", "missing", "Of 98.71 % it does not give the epoch.", "nights.md:5")
    marked = mark_document(evidence, [finding])
    assert [each.line for each in marked.missing] == [4]
    assert [piece.mark for piece in marked.pieces(4)] == ["", "unread", ""]


def test_a_part_of_a_line_has_the_marks_of_that_part() -> None:
    evidence = Evidence("r", "r", {}, document=ReportDocument("r.md", (TextLine("| one | two |", "1"),)))
    marked = mark_document(evidence, [find("nothing")])
    assert [(piece.text, piece.notes) for piece in marked.pieces(0, 2, 5)] == [("one", ())]
    assert [(piece.text, piece.notes) for piece in marked.pieces(0, 8, 11)] == [("two", (1,))]


def test_a_study_shows_its_file() -> None:
    evidence = of_study(load_study("lenet-mnist"))
    marked: MarkedDocument = mark_document(evidence, examine(evidence).findings)
    assert marked.document.name == "lenet-mnist.yaml"
    assert all(each.line is not None for each in marked.findings)


def test_a_line_with_very_many_numbers_takes_no_time() -> None:
    text = "7.5 " * 60_000
    evidence = Evidence("r", "r", {}, document=ReportDocument("r.md", (TextLine(text, "1"),)))
    evidence.unread = [Span(0, at, at + 3) for at in range(0, len(text), 4)]
    begun = time.process_time()
    assert sum(1 for _ in mark_document(evidence, [find("7.5 everywhere")]).pieces(0)) > 60_000
    assert time.process_time() - begun < 10
