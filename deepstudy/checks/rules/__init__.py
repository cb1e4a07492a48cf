"""The rules that a network is checked by: one kind of bug, one file.

A file has a function `find(probe)`, which yields findings. Its docstring is the rule's page: it begins with the rule's
line below, and `deepstudy explain` prints it. `tests/planted/` has networks with the bug, and sound ones that only look
like them. Nothing heavy is imported here, so that `--help` can list the rules.
"""

from deepstudy.findings import make_rules

#: The first rule. What stops a network before any rule runs is a finding of this one too.
FORWARD = "forward"

_LINES = {
    FORWARD: "The network cannot process a batch.",
    "input_size": "The network does not take images of the size that its file gives it.",
    "output_shape": "The output does not have the shape (batch, classes).",
    "output_activation": "The output is a softmax, log-softmax or sigmoid instead of logits.",
    "nll_of_logits": "The negative log-likelihood loss gets logits instead of log-probabilities.",
    "softmax_dimension": "A softmax is taken over the batch or over a dimension of size 1.",
    "log_weights": "A log-softmax weights other values, as if it were a softmax.",
    "final_relu": "An activation after the last layer clips or bends the logits.",
    "final_dropout": "Dropout after the last layer sets logits to 0.",
    "bounded_logits": "The logits lie in a narrow range, so no class can become likely.",
    "nonlinearity": "Layers follow each other without an activation in between.",
    "residual": "A residual block has no identity path.",
    "resolution": "Small images lose their resolution too early.",
    "bias_before_norm": "A bias comes right before batch normalisation, which removes it.",
    "dropout_dimension": "Dropout for whole channels gets a tensor without pixels.",
    "fixed_condition": "A condition is always true, whatever the network was built with.",
    "discarded_result": "A layer or function is called, and its result is thrown away.",
    "unused_modules": "A layer is created and never used.",
    "hidden_modules": "`parameters()` does not include some weights.",
    "shared_modules": "One module is used in several places, which share its weights.",
    "leak": "The output for one image depends on the other images of its batch.",
    "batch_statistics": "`forward` computes means or deviations over the batch.",
    "ignores_input": "The output ignores the input, a channel, or a part of the image.",
    "eval_randomness": "The same images give different outputs in eval mode.",
    "hard_coded": "A batch size, dtype or device is hard-coded in the network.",
    "gradient_cut": "The gradient is cut inside `forward`.",
    "in_place": "An operation in place overwrites what the gradient needs.",
    "no_gradient": "Some parameters get no gradient.",
    "state_dict": "Saving and loading changes the network.",
    "seeding": "The seed does not determine the weights or the dropout.",
    "norm_scale": "The scale of a normalisation starts near 0, at random.",
    "initial_loss": "The loss of the untrained network is far above ln(classes).",
    "activations": "Activations of the untrained network are dead or saturated.",
    "depth_signal": "The signal or its gradient vanishes or explodes with depth.",
    "overfit": "The network cannot memorise eight images.",
}

#: All rules by name, in the order in which they run: on the output, the layers, the behaviour, and the learning.
RULES = make_rules(__name__, _LINES)
