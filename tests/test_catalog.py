import inspect
import subprocess
import sys

import pytest

from deepstudy import catalog
from deepstudy.catalog import REQUIRED


@pytest.mark.parametrize(
    "table",
    [catalog.MODELS, catalog.OPTIMIZERS, catalog.DATASETS, catalog.SCHEDULES],
    ids="MODELS OPTIMIZERS DATASETS SCHEDULES".split(),
)
def test_every_entry_is_there_and_takes_its_options(table: dict[str, catalog.Entry]) -> None:
    for name, entry in table.items():
        target = catalog.resolve(entry.target)
        accepted = inspect.signature(target).parameters
        options = set(entry.options)
        if table is catalog.SCHEDULES:  # what `training.schedules.Schedule` takes care of for all, and for `switch`
            options -= set(catalog.SCHEDULES["switch"].options) if name == "switch" else {"warmup"}
        assert options <= set(accepted), name
        for key in options:
            if entry.options[key].default is not REQUIRED and accepted[key].default is not inspect.Parameter.empty:
                assert accepted[key].default == entry.options[key].default, f"{name}.{key}"


def test_did_you_mean() -> None:
    assert catalog.did_you_mean("lenet", catalog.MODELS) == "; did you mean lenet5?"
    assert catalog.did_you_mean("zzz", ["a", "b"]) == "; there is a, b"
    assert catalog.did_you_mean("zzz", []) == ""


@pytest.mark.parametrize("module", ["study", "catalog", "record", "reporting", "cli"])
def test_what_needs_no_torch_imports_none(module: str) -> None:
    code = f"import sys, deepstudy.{module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
