"""The arithmetic of the rules: what layers, classes, images and bytes allow.

image_grids.py         which accuracies numbers of images can give
class_arithmetic.py    precision, recall, F1 and their means
rate_scales.py         percentages and fractions
layer_arithmetic.py    parameters and sizes of layers
listed_counts.py       counts of a listed network against its layers
listed_sizes.py        sizes of a listed network against its layers
parameter_bytes.py     megabytes of parameters
count_claims.py        sentences that compare counts of parameters
prose_networks.py      networks in sentences
training_evidence.py   what all rules on training read, once
"""
