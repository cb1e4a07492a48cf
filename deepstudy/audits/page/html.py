"""The page as HTML, and its file."""

import datetime
import re
from pathlib import Path

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.examine import AuditResult
from deepstudy.audits.page.marks import mark_document
from deepstudy.audits.page.parts import cut
from deepstudy.findings import AUDIT_SEVERITIES
from deepstudy.pages import PageKind

_PAGE = PageKind("audit", "deepstudy.audits.page")
check_target, is_page = _PAGE.check_target, _PAGE.is_page
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
    severities = [finding.severity for finding in result.findings]
    return _PAGE.render(
        date,
        {
            "name": marked.document.name,
            "title": evidence.title,
            "result": result,
            "counts": [(severity, severities.count(severity)) for severity in AUDIT_SEVERITIES],
            "findings": marked.findings,
            "missing": marked.missing,
            "place": lambda each: _place(each.finding.where.removeprefix(marked.document.name)),
            "blocks": cut(evidence, marked),
            "language": _language(marked.document.text),
        },
    )


def write(evidence: Evidence, result: AuditResult, output: Path) -> None:
    """Write the page. It replaces an older page of an audit, and no other file.

    Arguments:
        evidence: what the report says.
        result: what was found in it.
        output: the file.

    Raises:
        InputError: the file has another ending, is somebody else's, or cannot be written.
    """
    _PAGE.write(output, render(evidence, result))


def _place(where: str) -> str:
    """A place without the name of the file: `line 12` or `page 3, line 7`."""
    place = where.lstrip(":, ")
    return f"line {place}" if place.isdecimal() else place


def _language(text: str) -> str:
    """The language of a text by its letters; "" if they do not tell."""
    letters = sum(map(str.isalpha, text)) or 1
    return next((code for code, few in _LETTERS.items() if len(re.findall(few, text)) > _ENOUGH * letters), "")
