"""The page of an audit: the report as it was read, its numbers marked, each finding beside its line.

marks.py   which letters of the document are a number that was read, or have a finding
parts.py   the document from top to bottom: headings, paragraphs, tables, logs
html.py    the page as HTML, and its file

The page is one HTML file without anything from elsewhere. `page.html` is its template and `style.css` its look.
`page.js` moves the notes on a table down to their rows. All text of the report is escaped.
"""

from deepstudy.audits.page.html import check_target, is_page, render, write

__all__ = ["check_target", "is_page", "render", "write"]
