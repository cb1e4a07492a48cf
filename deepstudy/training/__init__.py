"""Training: from a network, a recipe and images to weights, metrics and checkpoints.

loop           the training loop
setup          what a training needs: experiment, seed, data, machine; the network as it starts
batches        the training images of an epoch, in its order and augmented
forward        the forward pass, on a GPU as a recorded graph
outputs        what a network may return, and the loss of it
guards         somebody else's network: its errors in one line, its mistakes refused, the layer that does not fit
state          where a run stands; saved to checkpoints and restored from them
checkpoint     their files, and weights to start from
progress       how far a run is, for those who watch it
scoring        accuracy and loss on whole splits
step_log       log lines in the report's own format
optimizers · schedules · init    what a recipe names
device         device, precision
layout         the memory layout that a network needs
fast_paths     shortcuts past torch's own ways, with their gains and one switch
artifacts      the arrays that a finished run writes for the report page
evaluate       the accuracy of a checkpoint
estimate       how long an experiment would take here
"""
