"""The page in a real browser: it draws without errors or requests, its switches work, and axe-core finds nothing."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from deepstudy.api import report as write_report
from deepstudy.findings import Finding
from deepstudy.reporting.chapter import read_chapter
from deepstudy.reporting.document import write
from deepstudy.reporting.folders import StudyFolder
from deepstudy.study import Study, load_study

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")]
Open = Callable[[Path], Page]

CLAIMS = """\
claims:
  - id: better
    says: "it <b>is</b> better"
    compare: {quantity: accuracy, split: test, epoch: 2, of: dropped, with: plain, expect: greater}
reported:
  - {experiment: plain, quantity: accuracy, split: test, epoch: 2, value: 83.10}
  - {experiment: plain, quantity: weights, layer: fc1, value: "48,001"}
budgets:
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a file, and at the end wants to have seen no message, no error and no request for anything else."""
    messages: list[str] = []
    pages = []

    def open_(path: Path, width: int = 1280, dark: bool = False) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("dialog", lambda dialog: messages.append(dialog.message))
        page.on("request", lambda request: messages.append(request.url) if request.url != path.as_uri() else None)
        page.goto(path.as_uri())
        page.wait_for_selector("html.drawn")
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.close()
    assert messages == []


@pytest.fixture
def report(
    write_study: Callable[..., Path],
    write_run: Callable[..., None],
    write_pictures: Callable[..., None],
    tmp_path: Path,
) -> tuple[Study, Path]:
    """A study whose texts all try to break out, its runs with pictures, and its page."""
    nasty = "</script><img src=x onerror=alert(1)>"
    path = write_study(("budgets:\n", CLAIMS), ("title: A small study", f'title: "{nasty}"'))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("plain: {model: lenet5}", f'plain: {{model: lenet5, says: "{nasty}"}}'))
    study = load_study(path)
    for name in study.names():
        for seed in range(3):
            # What a run says of its failure is shown too; one of each experiment is enough to be drawn.
            ends = {"status": "failed", "why": nasty} if seed == 2 else {}
            write_run(tmp_path / "runs", study, name, seed, **ends)
            write_pictures(tmp_path / "runs", study, name, seed, (*"012345678", nasty))
    findings = [Finding("granularity", "impossible", nasty)]
    write_report(study, runs=tmp_path / "runs", output=tmp_path / "report.html", findings=findings)
    return study, tmp_path / "report.html"


def over(chart: Locator, share: float) -> None:
    """Move the pointer to `share` of the chart's width."""
    chart.scroll_into_view_if_needed()
    box = chart.locator("svg").bounding_box()
    assert box is not None
    for step in (0.0, 1.0):
        chart.page.mouse.move(box["x"] + share * box["width"] + step, box["y"] + 90 + step)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (1280, True)], ids=["wide", "phone", "dark"])
def test_axe_finds_nothing(report: tuple[Study, Path], open_page: Callable[..., Page], width: int, dark: bool) -> None:
    page = open_page(report[1], width, dark)
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["impact"], each["nodes"][0]["html"][:200]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width  # nothing has to be scrolled sideways


def test_one_rule_for_all_series_and_all_charts(report: tuple[Study, Path], open_page: Open) -> None:
    page = open_page(report[1])
    page.locator(".more-curves").evaluate("each => { each.open = true; }")
    charts = page.locator("figure")
    over(charts.first, 0.6)
    tooltip = page.locator("#vg-tooltip-element.visible")
    tooltip.wait_for()
    assert tooltip.inner_text().split("\n\n") == [
        "epoch 2\nplain\t\n82.50 % (82 – 83, n=2)",
        "dropped\t\n82.50 % (82 – 83, n=2)",
    ]
    rules = page.locator(".hover_rule_marks line")
    page.wait_for_function("document.querySelectorAll('.hover_rule_marks line').length === 6")
    assert rules.count() == 6  # one in each chart per epoch
    page.mouse.move(0, 0)
    page.wait_for_function("document.querySelectorAll('.hover_rule_marks line').length === 0")


def test_experiments_can_be_switched_off(report: tuple[Study, Path], open_page: Open) -> None:
    page = open_page(report[1])
    lines = "[...document.querySelectorAll('.mark-line path')].length"
    assert page.evaluate(lines) == 2 * 7
    page.locator(".experiments input").nth(1).uncheck()
    page.wait_for_function(f"{lines} === 7")
    over(page.locator("figure").first, 0.6)
    tooltip = page.locator("#vg-tooltip-element.visible")
    tooltip.wait_for()
    assert "dropped" not in tooltip.inner_text()
    page.locator(".experiments input").nth(1).check()
    page.wait_for_function(f"{lines} === 14")


def test_losses_on_a_linear_axis(report: tuple[Study, Path], open_page: Open) -> None:
    page = open_page(report[1])
    page.locator(".more-curves summary").click()
    losses, labels = page.locator("figure[data-quantity=loss]"), ".role-axis-label text"
    before = losses.first.locator(labels).all_text_contents()
    page.locator(".logarithmic").uncheck()
    page.wait_for_function(
        "before => JSON.stringify([...document.querySelectorAll('figure[data-quantity=loss]')[0]"
        f".querySelectorAll('{labels}')].map(each => each.textContent)) !== before",
        arg=json.dumps(before, separators=(",", ":")),
    )
    after = [text for text in losses.first.locator(labels).all_text_contents() if "." in text]
    steps = [float(after[i + 1]) - float(after[i]) for i in range(len(after) - 1)]
    assert max(steps) - min(steps) < 1e-9  # equal steps between the ticks


def test_what_a_user_wrote_stays_text(report: tuple[Study, Path], open_page: Open) -> None:
    page = open_page(report[1])  # `open_page` would have noted an alert, and a request for the picture `x`
    assert page.title().startswith("</script><img")
    sources = page.locator("img").evaluate_all("all => all.map(each => each.src.slice(0, 22))")
    assert set(sources) == {"data:image/png;base64,"}
    heading = page.locator(".confusion thead th").nth(10)
    assert (heading.text_content() or "").startswith("</script>")


def test_pictures_are_seen(report: tuple[Study, Path], open_page: Open) -> None:
    page = open_page(report[1])
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    widths = page.locator(".mistakes img, .filters").evaluate_all("all => all.map(each => each.naturalWidth)")
    assert widths == [28, 28, 35, 28, 28, 35]
    assert page.locator(".mistakes li").first.inner_text().split("\n") == ["0 predicted as 1 98.7 %"]
    assert page.locator(".confusion tbody tr").first.locator("td").all_inner_texts()[:3] == ["95.0", "5.0", ""]


def test_several_studies_have_switches_of_their_own(
    report: tuple[Study, Path], open_page: Open, write_run: Callable[..., None], tmp_path: Path
) -> None:
    study, path = report
    chapter = read_chapter(StudyFolder.within(tmp_path / "runs", study, None))
    write([chapter, chapter], path)
    page = open_page(path)
    lines = "n => document.querySelectorAll(`#study-${n} .mark-line path`).length"
    assert [page.evaluate(lines, n) for n in (1, 2)] == [14, 14]
    page.locator("#study-2 .experiments input").first.uncheck()
    page.wait_for_function("document.querySelectorAll('#study-2 .mark-line path').length === 7")
    assert page.evaluate(lines, 1) == 14
    assert Axe().run(page).response["violations"] == []


def test_the_answer_and_the_forest_come_first_and_appendices_are_folded(
    report: tuple[Study, Path], open_page: Open
) -> None:
    page = open_page(report[1])
    assert page.locator(".headline").inner_text() == "The report's claim is undecided. The audit found 1 error."
    row = page.locator(".forest .row")
    assert row.count() == 1
    assert "it <b>is</b> better" in row.inner_text()
    box = row.locator("svg").bounding_box()
    assert box is not None
    assert box["y"] < 900  # within the first screen
    assert page.locator(".appendix:visible > summary").count() >= 3
    assert page.locator(".appendix[open]").count() == 0
    assert page.evaluate("document.documentElement.scrollHeight") < 4000


def test_a_printed_page_has_reasons_and_no_appendices(report: tuple[Study, Path], open_page: Open) -> None:
    page = open_page(report[1])
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".why").first.is_visible()
    assert "not significant" in page.locator(".why").first.inner_text()
    assert page.locator(".appendix:visible").count() == 0
