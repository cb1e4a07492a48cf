"""The rules that a training program is judged by: one kind of bug, one file.

A file has a function `find(evidence)`, which yields findings. Its docstring is the rule's page: it begins with the
rule's line below, and `deepstudy explain` prints it. `tests/cases/programs/` has a program with the bug, and a sound
one that only looks like it. Nothing heavy is imported here, so that `--help` can list the rules.
"""

from deepstudy.findings import make_rules

_LINES = {
    "hidden_layers": "Layers in a plain list or dict are not trained.",
    "optimizer_parameters": "The optimizer does not hold the parameters of the network that is trained.",
    "gradients": "Gradients are never set to 0, or are lost before the step.",
    "nothing_loaded": "A state dict is loaded of which no name fits.",
    "cut_loss": "`backward` is called on a tensor that is not connected to the network.",
    "loss_input": "The loss gets another kind of output than it expects.",
    "class_weights": "Weights of classes favour the frequent ones, or belong to other images.",
    "labels": "Labels do not belong to their images.",
    "broadcast": "Two tensors of different shapes are compared, each value with all others.",
    "prediction": "The predicted class is taken over the wrong dimension.",
    "pixel_order": "The pixels of the images are scrambled.",
    "input_scale": "The inputs are far from mean 0 and deviation 1.",
    "preprocessing": "Scored images are preprocessed otherwise than training images.",
    "train_test_overlap": "Scored images were trained on.",
    "changing_data": "A data set changes its own stored images.",
    "frozen_norms": "Batch normalisation of a frozen part goes on changing.",
    "shared_transform": "Two parts of a split share one transform.",
    "augmented_scoring": "Scored images are changed at random.",
    "partial_scoring": "Only a part of the images is scored.",
    "no_eval": "Images are scored with dropout or batch statistics active.",
    "untrained_statistics": "Batch normalisation is used with statistics that were never updated.",
    "trained_in_eval": "The network is trained in eval mode.",
    "dropout_in_eval": "Dropout stays on in eval mode.",
    "not_shuffled": "Training images come in the same order in each epoch.",
    "optimizer_restarted": "A new optimizer is made again and again, and its state is lost.",
    "partial_reset": "Only a part of a network is reset before it is trained again.",
    "schedule": "The learning rate schedule is not stepped as it is meant.",
    "vanishing_rate": "The learning rate falls to nothing while training goes on.",
    "clipping": "Gradients are clipped when there are none.",
    "best_by_reference": "The best weights are kept by reference, so restoring them changes nothing.",
    "best_never_set": "The best score so far is never set, so later weights replace better ones.",
    "resumed_without_state": "Training goes on from a checkpoint without the optimizer's state.",
    "test_selection": "The test images choose the epoch, the model or the learning rate.",
    "wrong_average": "A printed loss or accuracy is not the average that it seems to be.",
    "wrong_metric": "A metric is another one than it is called, or its counts are lost.",
    "diverged": "The loss is not a number.",
    "does_not_learn": "The network does not learn.",
}

#: All rules by name. Root causes come first.
RULES = make_rules(__name__, _LINES)

#: A finding of one of these explains that a network does not learn.
ROOT_CAUSES = frozenset(list(_LINES)[:10]) | {"vanishing_rate", "schedule", "diverged"}
