"""From one line or sentence to the numbers in it, each with the words that say what it is.

phrases.py    a line or sentence, read
tokens.py     numbers, and the words that say what numbers are
numbers.py    printed numbers: values, last digits, signs and suffixes
roles.py      numbers that are no results: epochs, steps, settings, times
meanings.py   the metric of each other number
splits.py     on which images it was measured
"""
