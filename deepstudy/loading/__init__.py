"""From a data set's arrays to the batches that a network sees.

dataset.py       load: the splits of an experiment, and where their images are from
split.py         Split: the images of a split, in memory or in a mapped file
statistics.py    mean and standard deviation of each channel
batches.py       Batcher: normalised batches, plain or augmented
augmentation.py  crop, mirror and cutout of whole batches
views.py         the same images smaller, mirrored or moved
seeds.py         random numbers that depend only on their purpose
"""

from deepstudy.loading.dataset import Dataset, dataset_info, load
from deepstudy.loading.split import Split
from deepstudy.loading.statistics import channel_statistics

__all__ = ["Dataset", "Split", "channel_statistics", "dataset_info", "load"]
