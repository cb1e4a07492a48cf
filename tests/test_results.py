"""What README quotes is what the committed records say."""

from pathlib import Path

import pytest

from deepstudy.page import tables
from deepstudy.record import Record, read_records
from deepstudy.study import load_study

ROOT = Path(__file__).parent.parent
RECORDS = sorted(path for path in (ROOT / "results").rglob("run.json") if "timing" not in path.parts)
DONE = sorted({path.relative_to(ROOT / "results").parts[:2] for path in RECORDS})


TIMED = sorted({path.relative_to(ROOT / "results").parts[0] for path in (ROOT / "results").rglob("timing")})


def records_of(name: str, budget: str) -> list[Record]:
    return read_records(ROOT / "results", name, None if budget == "full" else budget, load_study(name).names())


@pytest.mark.parametrize(("name", "budget"), DONE)
def test_the_readme_has_the_table_of_the_records_and_says_which_data_they_are_of(name: str, budget: str) -> None:
    records = records_of(name, budget)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    timed = records_of(name, "timing") if budget == "full" else []
    assert tables.accuracies(load_study(name), records, timed).write("markdown") in readme
    data = records[0].info["data"]
    assert data["published"] or data["copy"] in " ".join(readme.split())


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: f"{path.parent.parent.name}-{path.parent.name}")
def test_the_records_are_of_complete_runs_of_todays_studies(path: Path) -> None:
    name, budget, experiment, seed = path.parent.relative_to(ROOT / "results").parts
    record = next(one for one in records_of(name, budget) if (one.experiment, f"seed{one.seed}") == (experiment, seed))
    assert record.info["status"] == "complete"
    assert not record.info["overrides"]
    today = load_study(name).experiment(experiment, None if budget == "full" else budget)
    assert record.info["hash"] == today.hash()
    assert record.epochs == today.epochs


@pytest.mark.parametrize("name", TIMED)
def test_runs_for_their_times_had_the_machine_to_themselves(name: str) -> None:
    records = records_of(name, "timing")
    assert all(run.info["timing"] and run.info["runs_sharing_machine"] == 1 for run in records)
    assert len({(run.info["machine"]["cpu"], run.info["machine"]["threads"]) for run in records}) == 1
