from deepstudy.catalog import MODELS
from deepstudy.errors import did_you_mean


def test_did_you_mean() -> None:
    assert did_you_mean("lenet", MODELS) == "; did you mean lenet5?"
    assert did_you_mean("zzz", ["a", "b"]) == "; there is a, b"
    assert did_you_mean("zzz", []) == ""
