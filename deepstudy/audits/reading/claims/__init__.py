"""What a document claims: which row is best, by how much, and how it was chosen.

claims.py         comparisons in sentences
claim_words.py    their words in eight languages
row_names.py      which rows of a table a sentence names
series.py         tables as series of numbers with names
test_choices.py   choices by test images
"""
