"""Notebooks are short, bilingual and clean, and their key figures are those of the demo company."""

import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from here import executed
from nbformat import NotebookNode

from cxreport.inputs.codebook import read_codebook
from cxreport.publish.params import read_parameters

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
names = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
PUBLIC = ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared")
KEY = {"keep_output", "nbval-check-output"}
# as in cxreport.publish: a grammar that takes longer to load than most notebooks to run
PYTEST = "import sys; sys.modules['rfc3987_syntax'] = None; import pytest; sys.exit(pytest.main())"


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


def changed_figures(kept: NotebookNode, executed: NotebookNode) -> list[str]:
    """Name the cells whose key figures are others than those that the notebook keeps."""
    cells = zip(kept.cells, executed.cells, strict=True)
    return [old.id for old, new in cells if tags(old) & KEY and shown(old) != shown(new)]


def shown(cell: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a cell shows, as a kernel would have sent it."""
    return [json.loads(json.dumps(output["data"])) for output in cell["outputs"]]


@names
def test_key_figures_are_those_of_the_demo_company(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("CXREPORT_PUBLIC_DATA", str(PUBLIC.resolve()))
    if lacks_its_data(notebook):
        pytest.skip("no public data: set CXREPORT_PUBLIC_DATA to their folder")
    done = executed(tmp_path_factory, notebook.name)
    assert changed_figures(nbformat.read(notebook, as_version=4), done) == []


def figures_in(payload: Any) -> Iterator[tuple[Any, Any]]:
    """Give each number of a payload, as what holds it and its place there."""
    places = enumerate(payload) if isinstance(payload, list) else ()
    for place, value in payload.items() if isinstance(payload, dict) else places:
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield payload, place
        else:
            yield from figures_in(value)


def last_figures(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of the last cell that keeps a number."""
    kept = (cell for cell in reversed(notebook.cells) if tags(cell) & KEY)
    return copy.deepcopy(next(cell for cell in kept if any(figures_in(cell.outputs[0].data))))


def with_a_number_changed(notebook: NotebookNode) -> NotebookNode:
    """Give the notebook its last key figures twice: as they are kept, and with one changed."""
    twice = copy.deepcopy(notebook)
    changed = last_figures(notebook)
    holder, place = next(figures_in(changed.outputs[0].data))
    holder[place] += 0.001
    changed.id = "changed"
    twice.cells.append(changed)
    return twice


@names
def test_a_changed_number_is_found(notebook: Path) -> None:
    kept = nbformat.read(notebook, as_version=4)
    again = copy.deepcopy(kept)
    again.cells.append(last_figures(kept))
    assert changed_figures(kept, kept) == []
    assert changed_figures(with_a_number_changed(kept), again) == ["changed"]


def test_a_kernel_shows_the_figures_that_are_kept_and_a_changed_number_is_found() -> None:
    path = FOLDER / f"changed-{os.getpid()}.ipynb"
    notebook = nbformat.read(FOLDER / "10_sample_size.ipynb", as_version=4)
    try:
        nbformat.write(with_a_number_changed(notebook), path)
        done = run_nbval(path)
    finally:
        path.unlink(missing_ok=True)
    assert done.returncode == 1
    assert "mismatch 'application/vnd.cxreport.v1+json'" in done.stdout
    assert "1 failed, 4 passed" in done.stdout


def run_nbval(notebook: Path) -> subprocess.CompletedProcess[str]:
    """Compare the key figures of a notebook with what a kernel gives now."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    environment |= {"CXREPORT_BLOCKS": "data", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return subprocess.run(
        [sys.executable, "-c", PYTEST, "--nbval-lax", "-p", "no:cacheprovider", "-c", os.devnull,
         "--rootdir", str(notebook.parent), str(notebook)],
        capture_output=True, text=True, check=False, env=environment, cwd=ROOT,
    )  # fmt: skip
