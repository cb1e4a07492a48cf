"""The rules that a network is checked by: one kind of bug, one file.

A file has a function `find(probe)`, which yields findings. Its docstring begins with the rule's line below, and says
what is wrong, why it matters and how to mend it. `tests/planted/` has a network with the bug, and a sound one that
only looks like it. Nothing heavy is imported here, so that `--help` can list the rules.
"""

from deepstudy.findings import make_rules

#: The name of findings that come before any rule: a batch does not go through the network.
FORWARD = "forward"

_LINES = {
    "output_shape": "The output is not (batch, classes).",
    "output_activation": "The output goes through a softmax, log-softmax or sigmoid.",
    "softmax_dimension": "A softmax runs over the batch, or over a dimension of size 1.",
    "final_relu": "An activation follows the last layer and cuts the logits off.",
    "nonlinearity": "Layers follow each other with no activation between them.",
    "residual": "A residual block has no identity path.",
    "resolution": "Small images lose their resolution too early.",
    "bias_before_norm": "A bias stands right before batch normalisation, which removes it.",
    "hidden_modules": "Weights lie where `parameters()` does not see them.",
    "shared_modules": "One module is used in several places, which share its weights.",
    "leak": "The output for one image depends on the other images of its batch.",
    "batch_statistics": "Means or deviations are taken over the batch by hand.",
    "ignores_input": "The output ignores the input, a channel, or a part of the image.",
    "eval_randomness": "The same images give different outputs in eval mode.",
    "hard_coded": "A batch size, number type or device is written into the network.",
    "gradient_cut": "The gradient is cut inside `forward`.",
    "no_gradient": "Parameters get no gradient.",
    "state_dict": "A saved and loaded network is not the same one.",
    "seeding": "The seed does not decide the weights or the dropout.",
    "initial_loss": "The loss of the fresh network is far above ln(classes).",
    "activations": "Activations of the fresh network are dead or saturated.",
    "depth_signal": "The signal or its gradient vanishes or explodes with depth.",
    "overfit": "The network cannot learn eight images by heart.",
}

#: All rules by name, in the order in which they run: what the output is, what feeds it, how it behaves, how it learns.
RULES = make_rules(__name__, _LINES)
