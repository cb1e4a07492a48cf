"""What the runs in a folder measured, and which of a report's figures are among it.

values.py      the values of a run, in one form whatever wrote them
folder.py      the runs in a folder
recordings.py  the values of a recording of `watch`
attribution.py which runs a figure is of
candidates.py  the values that those runs may be quoted with: epochs, best ones, means over seeds
compare.py     each figure of a report, held against them
"""
