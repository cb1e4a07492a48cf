"""The page in a real browser: notes beside their lines, nothing runs, and axe-core finds nothing."""

import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from deepstudy.audits import page as audit_page
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.examine import AuditResult

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")]
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(
    browser: Browser, evidence: Evidence, audited: Callable[..., AuditResult], tmp_path: Path
) -> Iterator[Open]:
    """Opens the page of the small report, and at the end wants to have seen no message and no request."""
    path, messages, pages = tmp_path / "audit.html", list[str](), list[Page]()
    audit_page.write(evidence, audited(), path)

    def open_(width: int = 1280, **options: object) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("dialog", lambda dialog: messages.append(dialog.message))
        page.on("request", lambda request: messages.append(request.url) if request.url != path.as_uri() else None)
        page.goto(path.as_uri())
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.close()
    assert messages == []


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (1280, True)], ids=["wide", "phone", "dark"])
def test_axe_finds_nothing(open_page: Open, width: int, dark: bool) -> None:
    page = open_page(width, color_scheme="dark" if dark else "light")
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["impact"], each["nodes"][0]["html"][:200]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width  # nothing has to be scrolled sideways


def test_notes_stand_beside_their_lines_and_do_not_overlap(open_page: Open) -> None:
    page = open_page()
    assert abs(top(page, "#finding-1") - top(page, "tr#line-9")) < 4 or top(page, "#finding-1") > top(page, "#line-9")
    assert abs(top(page, "[data-line=line-3]") - top(page, "#line-2")) < 4
    boxes = sorted(
        (box["y"], box["y"] + box["height"])
        for note in page.locator(".note").all()
        if (box := note.bounding_box()) is not None
    )
    assert len(boxes) == 4
    assert all(above[1] <= below[0] for above, below in pairwise(boxes))
    right = page.locator("#line-2").bounding_box()
    note = page.locator("[data-line=line-3]").bounding_box()
    assert right is not None
    assert note is not None
    assert note["x"] > right["x"] + right["width"]


@pytest.mark.parametrize("media", ["screen", "print"])
def test_on_a_phone_and_on_paper_notes_stand_below_their_lines(open_page: Open, media: str) -> None:
    page = open_page(390 if media == "screen" else 794, java_script_enabled=False)
    page.emulate_media(media=media)  # type: ignore[arg-type]
    assert top(page, "#line-2") < top(page, "[data-line=line-3]") < top(page, "#line-4")
    assert top(page, "#line-9") < top(page, "#finding-1") < top(page, "#line-10")
