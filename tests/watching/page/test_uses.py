"""Which images were trained on and scored."""

import dataclasses

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.page.uses import findings_about, image_uses
from deepstudy.watching.recording import RecordedProgram


def test_rounds_of_one_kind_are_one_row(program: RecordedProgram) -> None:
    program.recording.rounds[3].where = ""  # as in a short round
    trained, scored = image_uses(ProgramEvidence(program))
    assert (trained.trained, trained.split, trained.rounds, trained.images) == (True, "train", 2, "200")
    assert (trained.overlap, trained.mode, trained.order) == ("", "training", "shuffled")
    assert (scored.split, scored.rounds, scored.overlap, scored.order) == ("test", 2, "25 % of 200", "in order")
    assert (scored.mode, scored.random) == ("both, with dropout", "RandomCrop")


def test_what_was_seen_to_change_counts_where_no_transform_is_known(program: RecordedProgram) -> None:
    program.recording.datasets[0].random_transforms = []
    program.recording.rounds[3].varied, program.recording.rounds[3].compared = 30, 200
    assert [each.random for each in image_uses(ProgramEvidence(program))] == ["none seen", "30 of 200 images changed"]


def test_findings_belong_to_the_images_that_they_name(program: RecordedProgram) -> None:
    use = image_uses(ProgramEvidence(program))[1]
    whole = dataclasses.replace(use, data="The test images of MNIST", where="a.py:1")
    part = dataclasses.replace(use, data="500 of the test images of MNIST", where="a.py:1")
    findings = [
        Finding("no_eval", "bug", "500 of the test images of MNIST are scored with dropout active.", "a.py:1"),
        Finding("no_eval", "bug", "The test images of MNIST are scored with dropout active.", "a.py:9"),
        Finding("broadcast", "bug", "Two shapes.", "a.py:1"),
        Finding("broadcast", "bug", "Two shapes.", "a.py:2"),
    ]
    assert findings_about(part, [whole, part], findings) == [1, 3]
    assert findings_about(whole, [whole, part], findings) == [2, 3]
