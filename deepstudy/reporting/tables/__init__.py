"""The tables of the page and of the terminal: their columns and cells.

study.py     the content of a study: layers, figures, claims, recipe; needs no runs
results.py   each experiment's accuracy over seeds
figures.py   reported figures beside measured figures and counts
verdicts.py  the verdict on each claim
runs.py      the runs and their environments
"""
