"""The page in a real browser: nothing runs or loads, nothing overflows, and axe-core finds nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from deepstudy.watching import page as watch_page
from deepstudy.watching.recording import RecordedProgram
from deepstudy.watching.result import WatchResult

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "dark"), (320, "light")], ids=str)
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, program: RecordedProgram, result: WatchResult, tmp_path: Path, width: int, scheme: str
) -> None:
    path, messages = tmp_path / "watch.html", list[str]()
    watch_page.write(program, result, path)
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page.on("console", lambda message: messages.append(message.text))
    page.on("dialog", lambda dialog: messages.append(dialog.message))
    page.on("request", lambda request: messages.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert messages == []
    found = Axe().run(page).response["violations"]
    page.close()
    assert [(each["id"], each["impact"], each["nodes"][0]["html"][:200]) for each in found] == []
