"""Every notebook runs from top to bottom, and its saved outputs can be read without a kernel."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def outputs(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, tmp_path, monkeypatch):
    monkeypatch.setenv("INSIGHTS_ROOT", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}})
    client.execute(env={**os.environ, "INSIGHTS_ROOT": str(tmp_path)})
    assert not [output for output in outputs(notebook) if output.output_type == "error"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_saved_outputs_are_readable_without_a_kernel(path):
    kinds = [set(output.get("data", {})) for output in outputs(nbformat.read(path, as_version=4))]
    assert any("image/png" in kind for kind in kinds), "no picture of a chart"
    assert any("text/html" in kind for kind in kinds), "no table"
    assert all("text/plain" in kind for kind in kinds if kind)
    saved = path.read_text(encoding="utf-8")
    assert str(Path.home()) + "/" not in saved
    assert "<script" not in saved


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_is_shown_twice(path):
    for cell in nbformat.read(path, as_version=4).cells:
        shown = [str(output.data) for output in cell.get("outputs", []) if "data" in output]
        assert len(shown) == len(set(shown)), cell.source
