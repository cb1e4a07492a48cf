import pytest

from deepstudy.catalog import MODELS, is_built_in
from deepstudy.errors import did_you_mean, one_line


def test_did_you_mean() -> None:
    assert did_you_mean("lenet", MODELS) == "; did you mean lenet5?"
    assert did_you_mean("zzz", ["a", "b"]) == "; choose from a, b"
    assert did_you_mean("zzz", ["a"]) == "; the only one is a"
    assert did_you_mean("zzz", []) == ""


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("too\n  narrow"), "ValueError: too narrow"),
        (MemoryError(), "MemoryError"),
        (KeyError("fc1"), "KeyError: 'fc1'"),
    ],
)
def test_an_error_is_one_line(error: Exception, line: str) -> None:
    assert one_line(error) == line


def test_what_is_built_in() -> None:
    assert is_built_in("resnet20")
    assert not is_built_in("net.py:Net")
    assert not is_built_in("lenet")
