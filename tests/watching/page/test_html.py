"""The page of a watched program: complete, and safe whatever the program is called, prints and holds."""

import dataclasses
import datetime
import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from deepstudy.errors import InputError
from deepstudy.findings import CHECK_SEVERITIES
from deepstudy.watching import page
from deepstudy.watching.judge import judge
from deepstudy.watching.recording import RecordedProgram
from deepstudy.watching.result import WatchResult

PROGRAMS = Path(__file__).parents[2] / "cases" / "programs"
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


def text_of(made: str) -> str:
    return " ".join(html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", made, flags=re.S)).split())


def test_the_page_of_a_planted_program(record: Callable[..., RecordedProgram]) -> None:
    program = record(PROGRAMS / "wrong_average.py")
    made = page.render(program, judge(program), DATE)
    text = text_of(made)
    for part in (
        "What wrong_average.py did torch",
        "training rounds 3 scoring rounds 3 bug 1 risks 0 notes 0",
        "1 bug wrong_average wrong_average.py:27 The printed loss",
        'print(f"epoch {epoch}: loss {total / len(train_set):.6f}")',
        "train 3 400 – training none seen shuffled wrong_average.py:23",
        "test 3 200 0 % of 200 eval none seen in order wrong_average.py:30",
        "SGD ( wrong_average.py:17 ): 0.05 at each of 24 steps.",
        "running train loss, as the sum of the batch means divided by 400, the number of images no",
        "test accuracy yes wrong_average.py:31",
        "round 1 to 3",
    ):
        assert part in text, part
    assert re.search(r'<span class="line here"><span class="gutter">27</span><mark>print', made)
    assert re.search(
        r'aria-label="Accuracy in percent by epoch\. train, running: [^;]+; test: [\d.]+ at first, 100 at last', made
    )
    assert re.search(r'aria-label="1\.weight: gradient divided by weight 0\.306 in the first round', made)


def test_what_was_found_used_printed_and_learned(program: RecordedProgram, result: WatchResult) -> None:
    text = text_of(page.render(program, result, DATE))
    for part in (
        "training rounds 2 scoring rounds 2 bugs 2 risks 0 note 1",
        "The images of test_loader test 2 200 25 % of 200 both, with dropout RandomCrop in order train.py:4 1",
        "SGD ( train.py:2 ): from 0.1 to 0.01 in 8 steps, at most 0.1. StepLR ( train.py:2 ) was stepped 2 times.",
        "test accuracy: 70.00 % 70.00 70.0000 test accuracy in 1 of 2 lines train.py:7",
        "loss of the moon 123.456 123.456 – loss not known train.py:8",
        "fc.weight 0.1 0.005 2 4",
        "no gradient no gradient 1 1",
        "MNIST: a copy stands in",
    ):
        assert part in text, part


def test_nothing_of_a_program_runs_and_nothing_is_loaded(program: RecordedProgram, result: WatchResult) -> None:
    made = page.render(program, result, DATE)
    tags = Tags(made)
    assert not {"script", "img", "link", "iframe", "object", "form"} & {*tags.names}
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name == "src"]
    assert "{{ 7 * 7 }}" in made
    assert "default-src 'none'; style-src 'unsafe-inline'; base-uri" in made
    assert "url(" not in made
    assert "@import" not in made


def test_links_lead_somewhere_and_headings_skip_no_level(program: RecordedProgram, result: WatchResult) -> None:
    tags = Tags(page.render(program, result, DATE))
    ids = [value for key, value in tags.attributes if key == "id"]
    assert len(ids) == len({*ids})
    links = [value for key, value in tags.attributes if key == "href" and value]
    assert {link[1:] for link in links if link[0] == "#"} <= {*ids}
    assert all(link.startswith("https://github.com/deepstudy/") for link in links if link[0] != "#")
    levels = [int(name[1]) for name in tags.names if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tags.names.count("svg") == [value for key, value in tags.attributes if key == "role"].count("img")


def test_a_program_without_findings_or_that_failed_says_so(program: RecordedProgram, result: WatchResult) -> None:
    sound = dataclasses.replace(result, findings=())
    assert "No rule found anything." in page.render(program, sound, DATE)
    program.recording.error, program.recording.error_where = "ValueError: <b>", "train.py:3"
    failed = text_of(page.render(program, dataclasses.replace(result, exit=1), DATE))
    assert "The program ended with code 1: ValueError: <b> train.py:3" in failed


def test_a_program_that_is_gone_has_a_page_without_its_lines(
    program: RecordedProgram, result: WatchResult, script: Path
) -> None:
    script.unlink()
    assert "<pre" not in page.render(program, result, DATE)


def test_severities_have_their_look() -> None:
    style = (Path(page.__file__).parent / "style.css").read_text(encoding="utf-8")
    assert all(f"\n.{severity} {{ --colour" in style for severity in CHECK_SEVERITIES)


def test_a_page_replaces_an_older_page_and_no_other_file(
    program: RecordedProgram, result: WatchResult, tmp_path: Path
) -> None:
    target = tmp_path / "new" / "watch.html"
    page.write(program, result, target)
    page.write(program, dataclasses.replace(result, findings=()), target)
    assert page.is_page(target)
    theirs = tmp_path / "report.html"
    theirs.write_text("<!doctype html>\n<!-- written by deepstudy audit -->\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"report.html: already exists, and watch did not write it"):
        page.write(program, result, theirs)
