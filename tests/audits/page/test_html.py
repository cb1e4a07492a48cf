"""The page as a file: complete, and safe whatever the report says."""

import datetime
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from deepstudy.audits import RULES, page
from deepstudy.audits.evidence import Evidence, of_study, of_text
from deepstudy.audits.examine import AuditResult, examine
from deepstudy.errors import InputError
from deepstudy.findings import AUDIT_SEVERITIES, Finding
from deepstudy.study import load_study

from .conftest import FINDINGS, HOSTILE

DATE = datetime.date(2026, 11, 28)


class Tags(HTMLParser):
    """The tags of a page, its ids, and what its links lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs


def text_of(page_: str) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]*>", " ", page_, flags=re.S).split())


def test_the_page_says_what_was_read_found_and_missing(evidence: Evidence, audited: Callable[..., AuditResult]) -> None:
    text = text_of(page.render(evidence, audited(), DATE))
    for part in (
        "Audit of nights.md “Four nights of LeNet”, 2026-11-28 , DeepStudy",
        "figures read 4 not understood 1 impossible 1 inconsistent 1 doubtful 3 missing 2",
        "1 impossible granularity line 10 101.2 % is more than all.",
        "The report does not give the batch size. Of 98.71 % it does not give the epoch. line 5",
        "reported 12 epochs",
        "This is about no line.",
        "Nobody reads this line.",
    ):
        assert part in text
    assert len(re.findall(r'role="note"', page.render(evidence, audited(), DATE))) == 4  # one finding has no line


def test_nothing_of_a_report_runs_and_nothing_is_loaded(
    evidence: Evidence, audited: Callable[..., AuditResult]
) -> None:
    made = page.render(evidence, audited(), DATE)
    tags = Tags(made)
    assert tags.names.count("script") == 1
    assert not {"img", "link", "iframe", "object", "form"} & {*tags.names}
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name == "src"]
    assert "{{ 7 * 7 }}" in made
    assert "<b>" not in page.render(evidence, audited(Finding("r", "doubtful", "<b>", "<b>")), DATE).partition("<ol")[0]


@pytest.mark.parametrize("name", ["lenet-mnist", "vgg-resnet50-cifar10"])
def test_every_link_leads_somewhere(name: str) -> None:
    evidence = of_study(load_study(name))
    tags = Tags(page.render(evidence, examine(evidence), DATE))
    ids = [value for key, value in tags.attributes if key == "id"]
    targets = [value for key, value in tags.attributes if key == "href" and value]
    assert len(ids) == len({*ids})
    assert {target[1:] for target in targets if target.startswith("#")} <= {*ids}
    online = {target for target in targets if not target.startswith("#")}
    docs = Path(__file__).parents[3] / "docs"
    assert all((docs / target.partition("/main/docs/")[2]).is_file() for target in online)


def test_ids_are_unique_and_links_lead_to_them(evidence: Evidence, audited: Callable[..., AuditResult]) -> None:
    tags = Tags(page.render(evidence, audited(), DATE))
    ids = [value for key, value in tags.attributes if key == "id"]
    assert len(ids) == len({*ids})
    assert {value[1:] for key, value in tags.attributes if key == "href" and value and value[0] == "#"} <= {*ids}


def test_a_report_without_findings_says_so(evidence: Evidence) -> None:
    made = page.render(evidence, AuditResult("nights.md", 4, ()), DATE)
    assert "No number of this report contradicts" in made
    assert "What is missing" not in made


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("테스트 정확도는 98.45 % 이다", "ko"),
        ("テスト精度は98.45%です", "ja"),
        ("测试准确率为 98.45 %", "zh"),
        ("Die Genauigkeit", ""),
    ],
)
def test_the_letters_tell_the_language(text: str, language: str) -> None:
    evidence = of_text(text, "text")
    assert f'class="document" lang="{language}"' in page.render(evidence, AuditResult("text", 1, ()), DATE)


def test_severities_and_rules_have_their_look_and_their_page() -> None:
    style = (Path(page.__file__).parent / "style.css").read_text(encoding="utf-8")
    assert all(f"\n.{severity} {{ --colour" in style for severity in AUDIT_SEVERITIES)
    assert {finding.rule for finding in FINDINGS} <= {*RULES}
    assert HOSTILE in FINDINGS[3].says


# Files ----------------------------------------------------------------------------------------------------------------


def test_a_page_replaces_an_older_page_and_no_other_file(
    evidence: Evidence, audited: Callable[..., AuditResult], tmp_path: Path
) -> None:
    target = tmp_path / "new" / "audit.html"
    page.write(evidence, audited(), target)
    page.write(evidence, AuditResult("nights.md", 4, ()), target)
    assert page.is_page(target)
    assert "No number of this report" in target.read_text(encoding="utf-8")
    theirs = tmp_path / "report.html"
    theirs.write_text("<!doctype html>\n<p>My report", encoding="utf-8")
    with pytest.raises(InputError, match=r"report.html: already exists, and audit did not write it"):
        page.write(evidence, audited(), theirs)
    assert theirs.read_text(encoding="utf-8").endswith("My report")
    for wrong in (tmp_path / "audit.pdf", tmp_path):
        with pytest.raises(InputError, match=r"must be a file ending in \.html"):
            page.write(evidence, audited(), wrong)
    with pytest.raises(InputError, match="cannot be written"):
        page.write(evidence, audited(), theirs / "audit.html")
    assert not page.is_page(tmp_path / "gone.html")
