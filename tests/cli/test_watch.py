"""The options of `watch` that write something."""

from pathlib import Path

import pytest

from deepstudy.cli import main

PROGRAM = Path(__file__).parents[1] / "cases" / "programs" / "wrong_average.py"


@pytest.mark.parametrize("name", ["watch.pdf", "theirs.html"])
def test_a_wrong_target_is_refused_before_the_program_runs(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    (tmp_path / "theirs.html").write_text("<p>My report", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["watch", "-o", str(tmp_path / name), str(PROGRAM)])
    assert ended.value.code == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"deepstudy: -o {tmp_path / name}: ")


@pytest.mark.slow
def test_the_page_is_written_beside_the_findings(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "watch.html"
    with pytest.raises(SystemExit) as ended:
        main(["watch", "-o", str(target), str(PROGRAM)])
    assert ended.value.code == 1
    captured = capfd.readouterr()
    assert captured.out.startswith("epoch 0: loss")
    assert captured.err.endswith(f"{target}: what the program did, as a page\n")
    assert "What wrong_average.py did" in target.read_text(encoding="utf-8")
