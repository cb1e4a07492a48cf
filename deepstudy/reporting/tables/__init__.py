"""The tables of the page and of the terminal: their columns and cells.

study.py     what a study says: layers, figures, claims, recipe; needs no runs
results.py   each experiment's accuracy over seeds
figures.py   reported figures beside what the runs and the networks give
verdicts.py  what becomes of each claim
runs.py      the runs and their environments
"""
