"""The report: one HTML page with everything that the runs of a study show. Never torch.

folders.py      where the runs of a study lie
exclusions.py   which of them are runs of today's study
chapter.py      one study with its runs, its verdicts and its findings
commands.py · notices.py               how to run it again, and what limits its results
tables/ · charts.py · pictures.py      the tables, charts and images of a chapter
html.py · markdown.py · chart_files.py the page, the report for GitHub, charts as SVG and PNG
document.py     writes all files of a report
formatting.py   verdicts, means and runs as text
counts.py       layer tables for claims about networks without runs

Nothing is imported here, because `run` prints a table from `tables/` and must not wait for the charting library.
"""
