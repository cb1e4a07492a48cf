"""How findings are counted and printed."""

import pytest

from deepstudy.cli.findings import format_counts, print_findings
from deepstudy.findings import Finding

LONG = "The accuracy cannot be one over ten thousand images, since each image is a hundredth of a percent."


@pytest.mark.parametrize(
    ("severities", "text"),
    [
        ((), "nothing found"),
        (("note", "bug", "bug", "risk"), "2 bugs, 1 risk, 1 note"),
        (("missing", "missing", "impossible"), "1 impossible, 2 missing"),
    ],
)
def test_counts(severities: tuple[str, ...], text: str) -> None:
    assert format_counts(Finding("rule", severity, ".") for severity in severities) == text  # type: ignore[arg-type]


def test_findings_are_printed_within_80_columns_with_all_that_they_have(capsys: pytest.CaptureFixture[str]) -> None:
    print_findings(
        [
            Finding("softmax_floor", "impossible", LONG, "r.txt:26", reported="93.326 %", possible="[93.32] or 93.33"),
            Finding("final_relu", "bug", "The output is cut off.", "fc3 (net.py:4)", "Return `self.fc3(x)`."),
            Finding("forward", "bug", "It crashes."),
            Finding("omissions", "missing", "The seed is missing.", "r.txt", possible="a seed"),
            Finding("omissions", "missing", "The hardware is missing.", "r.txt", possible="hardware"),
            Finding("parameters", "missing", "The layers were not counted.", "r.txt"),
        ]
    )
    assert (
        capsys.readouterr().out
        == """\
impossible  softmax_floor  r.txt:26
  The accuracy cannot be one over ten thousand images, since each image is a
  hundredth of a percent.
  reported: 93.326 %
  possible: [93.32] or 93.33

bug  final_relu  fc3 (net.py:4)
  The output is cut off.
  remedy: Return `self.fc3(x)`.

bug  forward
  It crashes.

missing  omissions
  The seed is missing.
  The hardware is missing.

missing  parameters
  The layers were not counted.

"""
    )


def test_a_long_place_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    place = "/".join(["a_folder_with_a_long_name"] * 5) + "/report.txt:1"
    print_findings([Finding("labels", "doubtful", "x" * 200, place)])
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == f"doubtful  labels  {place}"
    assert max(map(len, lines)) == 80
    assert "".join(line.strip() for line in lines) == "x" * 200
