"""The report page: one HTML file with all that the runs of a study show. Never torch.

folders.py      where the runs of a study lie
exclusions.py   which of them are runs of today's study
chapter.py      one study with its runs, its verdicts and its findings
commands.py · notices.py               how to repeat it, and what to know before believing it
tables/ · charts.py · pictures.py      what is shown of a chapter
html.py · markdown.py · chart_files.py the page, the report for GitHub, charts as SVG and PNG
document.py     all of it, written to files
formatting.py   verdicts, means and runs as text
counts.py       layer tables that claims need and no run left

Nothing is imported here. `run` prints a table from `tables/`, and must not wait for the library that draws charts.
"""
