"""The docs are complete, up to date, linked and plain; figures come from the records."""

import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import figures
import generate
import pytest

import deepstudy
from deepstudy import audits, checks, watching
from deepstudy.cli import cli
from deepstudy.study import schema

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PROSE = [ROOT / "README.md", *sorted((DOCS / "tutorials").glob("*.md")), *sorted((DOCS / "findings").glob("*.md"))]
PAGES = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/NOTES.md"))]
PAGES += sorted(DOCS.rglob("*.md"))
ONLINE = re.compile(
    r"https://(?:github\.com/deepstudy/deepstudy/blob|raw\.githubusercontent\.com/deepstudy/deepstudy)/(?:main/)?"
)


@pytest.fixture(scope="module")
def generated() -> dict[Path, str]:
    pages: dict[Path, str] = generate.pages()
    return pages


@pytest.mark.slow
def test_generated_pages_are_up_to_date(generated: dict[Path, str]) -> None:
    stale = [
        str(path.relative_to(ROOT)) for path, text in generated.items() if path.read_text(encoding="utf-8") != text
    ]
    assert not stale, "run `make docs`"
    assert {*(DOCS / "reference" / "rules").glob("*.md")} <= generated.keys(), "a rule that no longer exists has a page"


def test_readme_stays_short() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 130
    assert len(readme.encode()) <= 9 * 1024


@pytest.mark.parametrize("name", cli.commands)
def test_every_command_and_option_is_documented(name: str) -> None:
    page = (DOCS / "reference" / "command-line.md").read_text(encoding="utf-8")
    section = page.partition(f"## deepstudy {name}\n")[2].partition("\n## ")[0]
    assert section
    for parameter in cli.commands[name].params:
        if parameter.param_type_name == "option":
            assert all(option in section for option in parameter.opts), parameter.opts
            assert getattr(parameter, "help", None), parameter.opts


@pytest.mark.parametrize("rule", [*audits.ALL_RULES, *checks.RULES, *watching.RULES])
def test_every_rule_has_a_page_and_a_place_in_the_list(rule: str) -> None:
    rules = DOCS / "reference" / "rules"
    assert f"# {rule}\n" in (rules / f"{rule}.md").read_text(encoding="utf-8")
    assert f"[{rule}]({rule}.md)" in (rules / "index.md").read_text(encoding="utf-8")


def test_every_key_of_a_study_file_is_documented() -> None:
    page = (DOCS / "reference" / "study-file.md").read_text(encoding="utf-8")
    document = schema()
    for name, definition in {"The study": document, **document["$defs"]}.items():
        if not definition.get("properties"):
            continue
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        for key in definition["properties"]:
            row = next((line for line in section.splitlines() if line.startswith(f"| `{key}`")), "")
            assert len(row.split("|")[-2].split()) >= 2, f"{name}.{key} has no meaning in the reference"


def test_every_name_of_the_python_api_is_documented() -> None:
    page = (DOCS / "reference" / "python-api.md").read_text(encoding="utf-8")
    for name in deepstudy.__all__:
        assert name == "__version__" or f"::: deepstudy.{name}\n" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if ONLINE.match(target):
            assert (ROOT / ONLINE.sub("", target)).exists(), target
        elif not target.startswith(("http", "mailto:", "{{")):
            file, _, anchor = unquote(target).partition("#")
            found = (page.parent / file).resolve() if file else page
            assert found.exists(), target
            assert not anchor or anchor in _anchors(found), target


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


# Figures --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", figures.finding_pages(), ids=lambda page: page.stem)
def test_every_placeholder_has_its_figure(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "{{" in text
    assert "{{" not in figures.render(text)
    front = figures.front_matter(page)
    assert front["question"].endswith("?")
    assert len(figures.render(front["answer"]).split()) <= 45


def test_a_placeholder_that_the_records_do_not_have_is_refused() -> None:
    assert figures.render('{{ accuracy("lenet-mnist", "lenet5", 10) }}') == "98.85 ± 0.10"
    assert figures.render('{{ claim("lenet-mnist", "regularised-wins").interval }}') == "0.08 to 0.37"
    for wrong in (
        'accuracy("lenet-mnist", "lenet5", 99)',
        'claim("lenet-mnist", "none").n',
        'seeds("lenet-mnist", "x")',
    ):
        with pytest.raises(AssertionError):
            figures.render(f"{{{{ {wrong} }}}}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_spread_and_no_interval_is_typed_by_hand(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page.name == "README.md":  # its figures stand between marks, where docs/generate.py puts them
        text = re.sub(r"<!-- (\w+) -->\n.*?<!-- /\1 -->", "", text, flags=re.S)
    text = re.sub(r"^```text\n.*?^```", "", text, flags=re.M | re.S)
    assert not re.findall(r"\d ?± ?\d", text)
    assert not re.findall(r"interval\W+(?:of |from )?-?\d[\d.]* (?:to|and) -?\d", text)


# Plain words ----------------------------------------------------------------------------------------------------------


def sentences(text: str) -> Iterator[str]:
    """The sentences of a page of Markdown: no front matter, code, tables, headings or list marks.

    A placeholder, inline code or link counts as what a reader sees. A sentence ends at `.`, `!`, `?` or `:` before
    space, and at the end of a paragraph or list item.
    """
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    text = re.sub(r"^```.*?^```|<!--.*?-->|^#[^\n]*|^\|[^\n]*|^!\[[^\n]*", "", text, flags=re.M | re.S)
    text = re.sub(r"\{\{.*?\}\}", "figure", text, flags=re.S)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"`[^`]*`", "code", text)
    for paragraph in re.split(r"\n\s*\n|\n\s*(?=[*-] |\d+\. )", text):
        for sentence in re.split(r"(?<=[.!?:])\s+", " ".join(paragraph.split())):
            if len(sentence.split()) > 1:
                yield sentence


@pytest.mark.parametrize("folder", ["README.md", "tutorials", "findings"])
def test_the_median_sentence_has_fewer_than_15_words(folder: str) -> None:
    pages = [page for page in PROSE if folder in (page.name, page.parent.name)]
    lengths = [len(sentence.split()) for page in pages for sentence in sentences(page.read_text(encoding="utf-8"))]
    assert len(lengths) > 10
    assert statistics.median(lengths) < 15


def test_how_sentences_are_counted() -> None:
    text = "---\ntitle: no\n---\n# No\n\nOne two three. Four `five six` seven: eight nine.\n\n|no|\n"
    text += "\n* ten eleven\n* {{ a(1) }} b c d\n"
    counted: list[Any] = [len(sentence.split()) for sentence in sentences(text)]
    assert counted == [3, 3, 2, 3, 5]
