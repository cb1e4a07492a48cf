"""The contents of a study file, validated. Never torch.

load.py        a study from its name or the path of its file, checked as a whole
file.py        the file as a whole: Study
experiment.py  data, recipe and network of one experiment
reported.py    the report's figures, logs, shapes and claims
references.py  checks of the names in a file
single.py      the study of a single run
choices.py     what is chosen by name from the catalog
merging.py     `--set` and short forms
mistakes.py    messages with file, line, key and what would be right
places.py      YAML that remembers its lines
json_schema.py the JSON Schema of a study file
"""

from deepstudy.study.choices import model_choice
from deepstudy.study.experiment import Data, Experiment, Scoring, flatten, in_common, split_sizes
from deepstudy.study.file import Origin, Study
from deepstudy.study.json_schema import schema
from deepstudy.study.load import built_in_studies, load_study, outlines
from deepstudy.study.references import check_folder_name, order_by_start

__all__ = [
    "Data",
    "Experiment",
    "Origin",
    "Scoring",
    "Study",
    "built_in_studies",
    "check_folder_name",
    "flatten",
    "in_common",
    "load_study",
    "model_choice",
    "order_by_start",
    "outlines",
    "schema",
    "split_sizes",
]
