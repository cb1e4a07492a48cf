"""What a study file says, validated. Never torch.

file.py        the file as a whole: Study, load_study, schema
experiment.py  data, recipe and network of one experiment
reported.py    the report's figures, logs, shapes and claims
single.py      the study that a single run makes
choices.py     what is chosen by name from the catalog
merging.py     `--set`, short forms, and messages with file, line and key
places.py      YAML that remembers its lines
"""

from deepstudy.study.experiment import Data, Experiment, Scoring, flatten, in_common
from deepstudy.study.file import Study, built_in_studies, load_study, model_choice, outlines, schema

__all__ = [
    "Data",
    "Experiment",
    "Scoring",
    "Study",
    "built_in_studies",
    "flatten",
    "in_common",
    "load_study",
    "model_choice",
    "outlines",
    "schema",
]
