"""The page as HTML, and its file."""

import base64
import datetime
import hashlib
import re
from contextlib import suppress
from importlib import resources
from importlib.metadata import version
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.examine import AuditResult
from deepstudy.audits.page.marks import mark_document
from deepstudy.audits.page.parts import cut
from deepstudy.errors import InputError
from deepstudy.files import write_atomically
from deepstudy.findings import AUDIT_SEVERITIES

#: How a page begins that may be replaced.
_MARK = b"<!doctype html>\n<!-- written by deepstudy audit -->\n"
_RULES = "https://github.com/deepstudy/deepstudy/blob/main/docs/reference/rules"
#: Letters that tell a language. The order counts: Korean and Japanese use Chinese letters too.
_LETTERS = {"ko": "[가-힣]", "ja": "[ぁ-ヿ]", "zh": "[一-鿿]"}
_ENOUGH = 0.05  # of a text's letters


def render(evidence: Evidence, result: AuditResult, date: datetime.date | None = None) -> str:
    """Make the page.

    Arguments:
        evidence: what the report says.
        result: what was found in it.
        date: the date on the page; by default, today.

    Returns:
        One HTML document that needs no other files.
    """
    marked = mark_document(evidence, result.findings)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("deepstudy", "audits/page"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["code"] = _code
    script = _file("page.js")
    severities = [finding.severity for finding in result.findings]
    return environment.get_template("page.html").render(
        name=marked.document.name,
        title=evidence.title,
        result=result,
        date=date or datetime.date.today(),
        version=version("deepstudy"),
        counts=[(severity, severities.count(severity)) for severity in AUDIT_SEVERITIES],
        findings=marked.findings,
        missing=marked.missing,
        place=lambda each: _place(each.finding.where.removeprefix(marked.document.name)),
        blocks=cut(evidence, marked),
        language=_language(marked.document.text),
        rules=_RULES,
        style=Markup(_file("style.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def check_target(output: Path) -> None:
    """Make sure that a page may be written to a file.

    Arguments:
        output: the file.

    Raises:
        InputError: it is not called .html, or it exists and is not the page of an audit.
    """
    if output.suffix not in (".html", ".htm") or (output.exists() and not output.is_file()):
        raise InputError(f"-o {output}: must be a file ending in .html")
    if output.exists() and not is_page(output):
        raise InputError(f"-o {output}: already exists, and audit did not write it; choose another name")


def is_page(path: Path) -> bool:
    """Tell whether a file is the page of an audit.

    Arguments:
        path: an existing file.

    Returns:
        Whether it begins as such a page does; not if it cannot be read.
    """
    with suppress(OSError), path.open("rb") as file:  # whoever reads or replaces it says why that fails
        return file.read(len(_MARK)) == _MARK
    return False


def write(evidence: Evidence, result: AuditResult, output: Path) -> None:
    """Write the page. It replaces an older page of an audit, and no other file.

    Arguments:
        evidence: what the report says.
        result: what was found in it.
        output: the file.

    Raises:
        InputError: the file has another ending, is somebody else's, or cannot be written.
    """
    check_target(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(output, render(evidence, result).encode())
    except OSError as error:
        raise InputError(f"{error.filename or output}: cannot be written: {error.strerror}; choose another") from None


def _place(where: str) -> str:
    """A place without the name of the file: `line 12` or `page 3, line 7`."""
    place = where.lstrip(":, ")
    return f"line {place}" if place.isdecimal() else place


def _code(text: str) -> Markup:
    """Text with code elements instead of backticks."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _language(text: str) -> str:
    """The language of a text by its letters; "" if they do not tell."""
    letters = sum(map(str.isalpha, text)) or 1
    return next((code for code, few in _LETTERS.items() if len(re.findall(few, text)) > _ENOUGH * letters), "")


def _file(name: str) -> str:
    return resources.files("deepstudy.audits.page").joinpath(name).read_text(encoding="utf-8")
