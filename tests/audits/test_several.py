"""Several reports in one call."""

from pathlib import Path

import pytest

from deepstudy.audits import ALL_RULES
from deepstudy.audits.examine import AuditResult
from deepstudy.audits.several import FolderResult, audit_several
from deepstudy.errors import InputError
from deepstudy.findings import Finding

TIME = Finding("time", "inconsistent", "One of both is wrong.", "kim/a.md:3")
APART = Finding("files_disagree", "doubtful", "kim/a.md:2: test accuracy 98 %; kim/a.log:9: 97 %.", "kim/a.md:2")


@pytest.fixture
def result() -> FolderResult:
    results: dict[str, AuditResult | InputError] = {
        "kim/a.md": AuditResult("a.md", 3, (TIME,)),
        "kim/a.mdx": AuditResult("a.mdx", 1, ()),
        "lee.pdf": InputError("some/lee.pdf: is a scan"),
    }
    return FolderResult(results, (APART,))


def test_each_report_has_a_line_and_a_comparison_counts_for_the_report_that_it_is_about(result: FolderResult) -> None:
    assert [row[0] for row in result.as_table().rows] == ["kim/a.md", "kim/a.mdx", "lee.pdf"]
    assert result.as_table().rows[2][-1] == "not read: is a scan"
    table = result.as_table_of_rules()
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [row["files_disagree"] for row in rows] == ["1", "0", ""]
    assert [row["time"] for row in rows] == ["1", "0", ""]
    assert set(ALL_RULES) < set(table.columns)


def test_the_comparison_is_printed_below_the_lines(result: FolderResult) -> None:
    lines = str(result).splitlines()
    assert lines[1].startswith("kim/a.md ")
    at = lines.index("")
    assert lines[at + 1].split() == ["doubtful", "files_disagree", "kim/a.md:2"]
    assert result.as_json()["compared"][0]["rule"] == "files_disagree"
    assert result.as_json()["files"][2] == {"subject": "lee.pdf", "refused": "some/lee.pdf: is a scan"}


def test_a_report_that_cannot_be_read_does_not_stop_the_next_one(tmp_path: Path) -> None:
    (tmp_path / "a.md").touch()
    (tmp_path / "b.md").write_text("MNIST: test accuracy 99.123 %\n", encoding="utf-8")
    result = audit_several([(name, tmp_path / name) for name in ("a.md", "b.md")])
    assert [isinstance(each, InputError) for each in result.results.values()] == [True, False]
    assert result.compared == ()
