"""Take the picture of the report page that the README shows: `make picture`. It needs Chromium."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import deepstudy

DOCS = Path(__file__).parent
SIZE = (1200, 1150)  # pixels: the answer, the forest plot, and the beginning of the chart


def main() -> None:
    """Write docs/page.png, the top of the page of the demo. Its runs are made for it."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("picture.py: no Chromium found; install it, for example with `apt-get install chromium`")
    with tempfile.TemporaryDirectory() as folder:
        page, picture = Path(folder, "report.html"), DOCS / "page.png"
        deepstudy.run("digits", out=folder)
        deepstudy.run("digits", ["lenet5", "wide-1x1"], timing=True, seeds=3, out=folder)
        deepstudy.report("digits", runs=folder, output=page)
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
