"""Take the picture of the report page that the README shows: `make picture`. It needs Chromium."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deepstudy.reporting.chapter import read_chapter
from deepstudy.reporting.document import write
from deepstudy.reporting.folders import find_folders

DOCS = Path(__file__).parent
SIZE = (1200, 1350)  # pixels: the verdicts, and the beginning of what follows


def main() -> None:
    """Write docs/page.png, the top of the page of the LeNet study."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("picture.py: no Chromium found; install it, for example with `apt-get install chromium`")
    chapters = [read_chapter(folder) for folder in find_folders(str(DOCS.parent / "results" / "lenet-mnist" / "full"))]
    with tempfile.TemporaryDirectory() as folder:
        page, picture = Path(folder, "report.html"), DOCS / "page.png"
        write(chapters, page)
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--hide-scrollbars",
        ]
        options += [f"--user-data-dir={folder}/profile", f"--window-size={SIZE[0]},{SIZE[1]}"]
        command = [browser, *options, f"--screenshot={picture}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    print(picture)


if __name__ == "__main__":
    main()
