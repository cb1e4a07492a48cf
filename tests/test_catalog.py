import inspect
import subprocess
import sys
from collections.abc import Mapping

import pytest

from deepstudy.catalog import MODELS, OPTIMIZERS, SCHEDULES, Entry


@pytest.mark.parametrize("table", [MODELS, OPTIMIZERS, SCHEDULES], ids="MODELS OPTIMIZERS SCHEDULES".split())
def test_every_entry_is_there_and_takes_its_options(table: Mapping[str, type[Entry]]) -> None:
    for name, entry in table.items():
        accepted = inspect.signature(entry.import_target()).parameters
        fields = entry.option_fields()
        options = set(fields)
        if table is SCHEDULES:  # what `training.schedules.Schedule` takes care of for all, and for `switch`
            options -= set(SCHEDULES["switch"].option_fields()) if name == "switch" else {"warmup"}
        assert options <= set(accepted), name
        for key in options:
            if not fields[key].is_required() and accepted[key].default is not inspect.Parameter.empty:
                assert accepted[key].default == fields[key].default, f"{name}.{key}"


@pytest.mark.parametrize("table", [MODELS, OPTIMIZERS, SCHEDULES], ids="MODELS OPTIMIZERS SCHEDULES".split())
def test_every_name_and_every_option_is_described(table: Mapping[str, type[Entry]]) -> None:
    lines = [entry.summary(name) for name, entry in table.items()]
    assert len(set(lines)) == len(table)
    for line in lines:
        assert line
        assert not line.endswith(".")
        assert "{" not in line
    for entry in table.values():
        assert all(field.description for field in entry.option_fields().values())


def test_networks_of_a_family_share_their_class_and_differ_in_depth() -> None:
    assert MODELS["resnet20"] is MODELS["resnet110"] is not MODELS["resnet18"]
    assert MODELS["resnet110"].implied("resnet110") == {"depth": 110}
    assert MODELS["vgg16"].implied("vgg16") == {"depth": 16}
    assert MODELS["lenet5"].implied("lenet5") == {}
    assert MODELS["vgg16"].summary("vgg16") == "VGG-16, configuration D, for small images"


def test_the_json_schema_describes_each_name_of_a_family() -> None:
    schema = MODELS["vgg11"].model_json_schema()
    described = {each["const"]: each["description"] for each in schema["properties"]["name"]["oneOf"]}
    assert described["vgg19"] == "VGG-19, configuration E, for small images"
    assert MODELS["lenet5"].model_json_schema()["description"].startswith("LeNet-5 with ReLU")


@pytest.mark.parametrize("module", ["study", "catalog", "datasets", "record", "reporting.document", "cli"])
def test_what_needs_no_torch_imports_none(module: str) -> None:
    code = f"import sys, deepstudy.{module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_table_of_a_run_does_not_wait_for_charts() -> None:
    code = "import sys, deepstudy.reporting.tables.results; sys.exit('altair' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("module", ["study", "catalog", "datasets", "cli"])
def test_what_only_reads_names_and_facts_does_not_import_numpy_either(module: str) -> None:
    code = f"import sys, deepstudy.{module}; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
