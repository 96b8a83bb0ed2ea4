"""Notebooks are short, bilingual and clean, and their key figures are those of the demo company."""

import ast
import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from here import NOTEBOOKS as FOLDER
from here import run_here

import cxreport as cx
from cxreport.inputs.codebook import read_codebook
from cxreport.publish.params import read_parameters

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
names = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
PUBLIC = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared")
KEY = {"keep_output", "nbval-check-output"}


def cells(notebook: Path, kind: str) -> list[dict[str, Any]]:
    return [c for c in json.loads(notebook.read_text("utf-8"))["cells"] if c["cell_type"] == kind]


def tags(cell: dict[str, Any]) -> set[str]:
    return set(cell["metadata"].get("tags", []))


@names
def test_cells_are_short_and_hold_no_logic(notebook: Path) -> None:
    for cell in cells(notebook, "code"):
        source = "".join(cell["source"])
        assert len(source.splitlines()) <= 15
        assert not re.search(r"^\s*(def|class|for|while|try|if|with)\b", source, re.MULTILINE)


@names
def test_every_text_stands_in_both_languages(notebook: Path) -> None:
    kinds = [tags(cell) & {"it", "en"} for cell in cells(notebook, "markdown")]
    assert kinds == [{"it"}, {"en"}] * (len(kinds) // 2)
    assert kinds


@names
def test_outputs_are_stripped_but_for_key_figures(notebook: Path) -> None:
    kept = [cell for cell in cells(notebook, "code") if cell["outputs"]]
    assert [tags(cell) & KEY for cell in kept] == [KEY] * len(kept)
    assert kept


def lacks_its_data(notebook: Path) -> bool:
    """Say whether the source that a notebook reads by default has no files here."""
    source = read_parameters(notebook).get("source")
    if source is None:
        return False
    codebook = read_codebook(ROOT / "data" / str(source.default) / "codebook.toml")
    return not codebook.folder.is_dir()


@names
def test_names_of_the_package_are_public_ones(notebook: Path) -> None:
    # another module may have been loaded by another test, and not by the reader's kernel
    sources = ["".join(cell["source"]) for cell in cells(notebook, "code")]
    used = {
        ast.unparse(node)
        for node in ast.walk(ast.parse("\n".join(sources)))
        if isinstance(node, ast.Attribute) and re.match(r"cx\.(show\.)?\w+$", ast.unparse(node))
    }
    public = {f"cx.{name}" for name in cx.__all__} | {f"cx.show.{n}" for n in cx.show.__all__}
    assert used - public - {"cx.show"} == set()
    assert used


def key_figures(notebook: nbformat.NotebookNode) -> dict[str, list[Any]]:
    """Return what the cells show whose outputs are kept, as a reader of the file has it."""
    figures = {
        cell.id: [output.data for output in cell.outputs]
        for cell in notebook.cells
        if tags(cell) & KEY
    }
    return json.loads(json.dumps(figures))


@names
def test_key_figures_are_those_of_the_demo_company(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As the Makefile has it: a notebook runs in its own folder.
    monkeypatch.setenv("CXREPORT_PUBLIC_DATA", str(PUBLIC.resolve()))
    if lacks_its_data(notebook):
        pytest.skip("no public data: set CXREPORT_PUBLIC_DATA to their folder")
    monkeypatch.chdir(notebook.parent)
    kept = nbformat.read(notebook, as_version=4)
    assert key_figures(run_here(notebook.name)) == key_figures(kept)


def test_a_kernel_has_the_same_key_figures_and_a_changed_number_is_found() -> None:
    """Run a notebook twice over its last cell: as it is kept, and with a number changed."""
    notebook = nbformat.read(FOLDER / "10_sample_size.ipynb", as_version=4)
    changed = copy.deepcopy(notebook.cells[-1])
    assert tags(changed) & KEY
    rows = changed.outputs[0].data["application/vnd.cxreport.v1+json"]["frame"]["rows"]
    at = next(n for n, value in enumerate(rows[0]) if isinstance(value, float))
    rows[0][at] *= 1.001
    changed.id = "changed"
    kept = key_figures(notebook)
    notebook.cells.append(changed)
    assert key_figures(notebook) != kept | {"changed": next(iter(kept.values()))}
    path = FOLDER / f"changed-{os.getpid()}.ipynb"
    try:
        nbformat.write(notebook, path)
        said = run_nbval(path)
    finally:
        path.unlink(missing_ok=True)
    assert "mismatch 'application/vnd.cxreport.v1+json'" in said
    assert "1 failed, 4 passed" in said


def run_nbval(notebook: Path) -> str:
    """Compare the key figures of a notebook with what a kernel gives now."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    environment |= {"CXREPORT_BLOCKS": "data", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", "-c", os.devnull,
         "--rootdir", str(notebook.parent), str(notebook)],
        capture_output=True, text=True, check=False, env=environment, cwd=ROOT,
    ).stdout  # fmt: skip
