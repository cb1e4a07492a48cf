"""What a document says of repeated runs: their figures, means, spreads and tests.

samples.py         runs and their summary in sentences and lines
sample_tables.py   the same in tables
sample_words.py    their words in eight languages
significance.py    statistics and their p-values
quotients.py       counts beside percentages
passages.py        sentences with their places
"""
