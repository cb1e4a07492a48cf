"""External runs: the metrics of somebody's own training loop, from a CSV file. Never torch.

`seed<k>.csv` lies where the run directory `seed<k>/` would be. Loops write in two shapes. Some write a line for each
epoch and split (`epoch,split,accuracy,loss`). Keras, Lightning, fastai and most own loops write a line for each epoch,
with columns that name the split (`train_loss`, `val_acc`). Columns are recognised by the words of their names, and
unknown columns are ignored. What a file does not hold is None in the record, and nothing is guessed. A file that could
mean two things is refused.

read.py      the records of a study's files
columns.py   the cells of a file, and the meaning of its columns
metrics.py   metrics, from cells
"""

from deepstudy.external_runs.read import read_external

__all__ = ["read_external"]
