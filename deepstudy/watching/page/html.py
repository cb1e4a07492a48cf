"""The page as HTML, and its file."""

import datetime
from pathlib import Path

from deepstudy.findings import CHECK_SEVERITIES
from deepstudy.pages import PageKind
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.page.curves import network_curves, rate_histories, trained_networks
from deepstudy.watching.page.drawing import HEIGHT, WIDTH
from deepstudy.watching.page.layer_norms import LIMITS, network_norms
from deepstudy.watching.page.printed_rows import printed_rows
from deepstudy.watching.page.program_text import ProgramText
from deepstudy.watching.page.uses import findings_about, image_uses
from deepstudy.watching.recording import RecordedProgram
from deepstudy.watching.result import WatchResult

_PAGE = PageKind("watch", "deepstudy.watching.page")
check_target, is_page = _PAGE.check_target, _PAGE.is_page


def render(program: RecordedProgram, result: WatchResult, date: datetime.date | None = None) -> str:
    """Make the page.

    Arguments:
        program: what the program did.
        result: what was found in it.
        date: the date on the page; by default, today.

    Returns:
        One HTML document that needs no other files.
    """
    evidence = ProgramEvidence(program)
    text = ProgramText(Path(result.script))
    numbers = trained_networks(evidence)
    kinds = {number: evidence.network(number).kind for number in numbers}
    names = {
        number: kind if len(numbers) == 1 else f"{kind} ({at} of {len(numbers)})"
        for at, (number, kind) in enumerate(kinds.items(), 1)
    }
    norms = [network_norms(evidence, number, name) for number, name in names.items()]
    rates, more_rates = rate_histories(evidence)
    severities = [finding.severity for finding in result.findings]
    uses = image_uses(evidence)
    return _PAGE.render(
        date,
        {
            "name": Path(result.script).name,
            "result": result,
            "recording": result.recording,
            "rounds": len(evidence.training),
            "scored": len(evidence.scored),
            "counts": [(severity, severities.count(severity)) for severity in CHECK_SEVERITIES],
            "severities_are_nouns": True,
            "findings": [(finding, text.around(finding.where)) for finding in result.findings],
            "severity": lambda number: severities[number - 1],
            "uses": [(use, findings_about(use, uses, result.findings)) for use in uses],
            "networks": [network_curves(evidence, number, name) for number, name in names.items()],
            "rates": rates,
            "more_rates": more_rates,
            "printed": printed_rows(evidence, result.findings),
            "norms": [each for each in norms if each is not None],
            "limits": LIMITS,
            "width": WIDTH,
            "height": HEIGHT,
        },
    )


def write(program: RecordedProgram, result: WatchResult, output: Path) -> None:
    """Write the page. It replaces an older page of a watched program, and no other file.

    Arguments:
        program: what the program did.
        result: what was found in it.
        output: the file.

    Raises:
        InputError: the file has another ending, is somebody else's, or cannot be written.
    """
    _PAGE.write(output, render(program, result))
