"""HTML pages about findings: what those of `audit` and `watch` share.

base.html   the head of a page, its title and its counts; the page of a verb fills in the rest
style.css   the look that they share, in light, dark and print; a verb's own `style.css` follows it

A page is one file that needs no other and asks for nothing from elsewhere. All text in it is escaped.
"""

import base64
import datetime
import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from deepstudy.errors import InputError
from deepstudy.files import write_atomically

_RULES = "https://github.com/deepstudy/deepstudy/blob/main/docs/reference/rules"


@dataclass(frozen=True)
class PageKind:
    """The kind of page that a verb writes.

    Attributes:
        verb: the verb.
        package: the package with its template `page.html`, its `style.css`, and its `page.js` if it has a script.
    """

    verb: str
    package: str

    @property
    def mark(self) -> bytes:
        """How a page begins that may be replaced."""
        return f"<!doctype html>\n<!-- written by deepstudy {self.verb} -->\n".encode()

    def render(self, date: datetime.date | None, content: Mapping[str, Any]) -> str:
        """Fill in the template.

        Arguments:
            date: the date on the page; by default, today.
            content: what the template shows.

        Returns:
            One HTML document that needs no other files.
        """
        folder = self.package.removeprefix("deepstudy.").replace(".", "/")
        loaders = [jinja2.PackageLoader("deepstudy", each) for each in (folder, "pages")]
        environment = jinja2.Environment(
            loader=jinja2.ChoiceLoader(loaders), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        environment.filters["code"] = _code
        script = _file(self.package, "page.js")
        return environment.get_template("page.html").render(
            content,
            verb=self.verb,
            date=date or datetime.date.today(),
            version=version("deepstudy"),
            rules=_RULES,
            style=Markup(_file(__name__, "style.css") + _file(self.package, "style.css")),
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )

    def check_target(self, output: Path) -> None:
        """Make sure that a page may be written to a file.

        Arguments:
            output: the file.

        Raises:
            InputError: it is not called .html, or it exists and is no such page.
        """
        if output.suffix not in (".html", ".htm") or (output.exists() and not output.is_file()):
            raise InputError(f"-o {output}: must be a file ending in .html")
        if output.exists() and not self.is_page(output):
            raise InputError(f"-o {output}: already exists, and {self.verb} did not write it; choose another name")

    def is_page(self, path: Path) -> bool:
        """Tell whether a file is such a page.

        Arguments:
            path: an existing file.

        Returns:
            Whether it begins as such a page does; not if it cannot be read.
        """
        with suppress(OSError), path.open("rb") as file:  # whoever reads or replaces it says why that fails
            return file.read(len(self.mark)) == self.mark
        return False

    def write(self, output: Path, text: str) -> None:
        """Write a page. It replaces an older page of this kind, and no other file.

        Arguments:
            output: the file.
            text: the page.

        Raises:
            InputError: the file has another ending, is somebody else's, or cannot be written.
        """
        self.check_target(output)
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(output, text.encode())
        except OSError as error:
            raise InputError(
                f"{error.filename or output}: cannot be written: {error.strerror}; choose another"
            ) from None


def _code(text: str) -> Markup:
    """Text with code elements instead of backticks."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _file(package: str, name: str) -> str:
    """The text of a file of a package; "" if it has none of that name."""
    file = resources.files(package).joinpath(name)
    return file.read_text(encoding="utf-8") if file.is_file() else ""
