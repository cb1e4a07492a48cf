"""The notebook of the docs runs from top to bottom, and shows what it says."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

TOUR = Path(__file__).parents[2] / "docs" / "tour.ipynb"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::ResourceWarning")
def test_the_tour_runs(mnist5k: None) -> None:
    notebook: Any = nbformat.read(TOUR, as_version=4)
    kinds = [[output.output_type for output in cell.get("outputs", [])] for cell in notebook.cells]
    for cell in notebook.cells:
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(notebook, timeout=300).execute()
    again = [[output.output_type for output in cell.get("outputs", [])] for cell in notebook.cells]
    assert again == kinds
    report = notebook.cells[-2].outputs[0].data
    assert "supported" in report["text/plain"]
    assert "<table>" in report["text/html"]
