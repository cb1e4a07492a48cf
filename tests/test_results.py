"""What README quotes is what the committed records say."""

from pathlib import Path

import pytest

from deepstudy.page import tables
from deepstudy.record import read_records
from deepstudy.study import load_study

ROOT = Path(__file__).parent.parent
RECORDS = sorted((ROOT / "results").rglob("run.json"))
STUDIES = sorted(path.name for path in (ROOT / "results").glob("*") if path.is_dir())


@pytest.mark.parametrize("name", STUDIES)
def test_the_readmes_table_is_the_records(name: str) -> None:
    study = load_study(name)
    records = read_records(ROOT / "results", name, None, study.names())
    table = tables.accuracies(study, records).write("markdown")
    assert table in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: f"{path.parent.parent.name}-{path.parent.name}")
def test_the_records_are_of_complete_runs_of_todays_studies(path: Path) -> None:
    name, budget, experiment, seed = path.parent.relative_to(ROOT / "results").parts
    study = load_study(name)
    assert budget == "full"
    record = next(
        record for record in read_records(ROOT / "results", name, None, [experiment]) if f"seed{record.seed}" == seed
    )
    assert record.info["status"] == "complete"
    assert record.info["hash"] == study.experiment(experiment).hash()
    assert record.epochs == study.experiment(experiment).epochs
    assert record.info["data"]["published"]
