"""Lines that were cut at the edge of a page."""

import pytest

from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.audits.reading.unwrap import unwrap

FULL = "The network has two convolutions and is trained for ten epochs by"  # a line of the full width
PAGE = f"{FULL}\n{FULL}\n{FULL}\n{FULL} the end of it.\n"


def lines(text: str) -> list[str]:
    document = ReportDocument("r.txt", tuple(TextLine(line, str(at)) for at, line in enumerate(text.splitlines(), 1)))
    return [line.text for line in unwrap(document).lines]


def test_a_cut_sentence_is_whole_and_stands_where_it_begins() -> None:
    text = (
        "The first network is trained by plain gradient descent without any\n"
        "momentum. The second network is trained with a large momentum, and its\n"
        "accuracy on all of the ten thousand test images is therefore a bit above\n"
        "that.\n\nThe end.\n"
    )
    found = lines(text)
    assert found[-1] == "The end."
    assert found[0].endswith("is therefore a bit above that.")


@pytest.mark.parametrize(
    "following",
    [
        "─" * 60,
        "_" * 60,
        "=" * 60,
        "- an item of a list",
        "2. another item",
        "| a | b |",
        "  (conv2): Conv2d(16, 32, kernel_size=(3, 3), stride=(2, 2))",
        "```",
    ],
)
def test_what_begins_something_new_is_not_joined(following: str) -> None:
    assert following in lines(f"{PAGE}\n{FULL} these:\n{following}\n")


def test_a_heading_ends_with_its_line() -> None:
    heading = "# Learning rates of all networks that were trained on CIFAR-10 by SGD"
    assert heading in lines(f"{PAGE}\n{heading}\nepoch 10: test accuracy 78.10 %\n")


def test_text_that_is_not_wrapped_stays_as_it_is() -> None:
    text = "One line.\nAnother line that is a bit longer.\nEpoch 1: loss 0.3\n"
    assert lines(text) == text.splitlines()
