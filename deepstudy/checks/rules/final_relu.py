"""An activation follows the last layer and cuts the logits off.

A ReLU on the output makes each negative logit 0. A class whose logit is 0 gets no gradient and may never be learned.
Other activations bend or limit the logits before the loss sees them. Some published networks end in a ReLU and a
pooling (SqueezeNet), so that is only a note.

Mend it: return what the last layer gives, `return self.fc3(x)`.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import ACTIVATIONS, LINEAR, POOLS
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at what the output has gone through last.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug where logits are cut, a risk where they are bent, a note before a pooling.
    """
    trace = probe.trace
    last = trace.back(probe.output_number(probe.eval_pass), LINEAR)
    pooled = last is not None and (last.name in POOLS or last.name == "mean")
    if last is not None and pooled and last.inputs:
        last = trace.back(last.inputs[0], LINEAR)
    output = probe.output.detach()
    # However it is written: never below 0, and often exactly there.
    cut_off = bool((output >= 0).all()) and bool(output.any()) and float((output == 0).float().mean()) > 0.1
    if last is None or (last.name not in ACTIVATIONS - {"sigmoid", "hardsigmoid", "logsigmoid"} and not cut_off):
        return
    cuts = last.name in ("relu", "relu_", "relu6", "threshold") or (cut_off and not pooled)
    name = "a cut at 0" if last.name not in ACTIVATIONS else last.name.rstrip("_")
    what = (
        "no logit can be negative, and a class whose logit is 0 gets no gradient: it may never be learned"
        if cuts
        else "the logits are bent or limited before the loss sees them"
    )
    yield Finding(
        "final_relu",
        "bug" if cuts and not pooled else "note" if pooled else "risk",  # networks are published so
        f"The last layer's output goes through {name}{' and a pooling' if pooled else ''}: {what}.",
        last.spot,
        "Return what the last layer gives: `return self.fc3(x)`.",
    )
