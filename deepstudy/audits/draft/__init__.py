"""A study file to start from, made from a document: what was not found is marked `complete`.

settings.py     what the text says of training: in sentences, in code, in mappings
experiments.py  which experiments it has, with their settings, figures and logs
figures.py      its numbers as figures of a study file
counts.py       the counts of a listed network
log_lines.py    lines of a log as a study file reads them
claims.py       sentences that may be claims
text.py         the study file
"""

from deepstudy.audits.draft.text import draft

__all__ = ["draft"]
