"""What a document says of single classes: reports of precision, recall and F1, and confusion matrices.

class_reports.py   classification reports
confusions.py      confusion matrices, and true and false positives
rate_series.py     columns and logs of rates
class_words.py     their words in eight languages
"""
