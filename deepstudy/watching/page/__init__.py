"""The page of a watched program: what was found, on what it trained and scored, and how training went.

program_text.py   the lines of the program around a place
uses.py           which images were trained on and scored, and how
curves.py         losses, accuracies and learning rates over time
drawing.py        curves as a picture: scales, ticks, labels
printed_rows.py   printed numbers beside recomputed ones
layer_norms.py    gradients and weights by layer over time
html.py           the page as HTML, and its file

`page.html` is the template, `charts.html` draws the pictures as SVG, and `style.css` is the look. There is no script.
"""

from deepstudy.watching.page.html import check_target, is_page, render, write

__all__ = ["check_target", "is_page", "render", "write"]
