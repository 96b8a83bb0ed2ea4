"""A notebook of the project run in this process, for tests that need its blocks and no kernel."""

from __future__ import annotations

import ast
import fcntl
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode, v4

from cxreport.show.blocks import MIME, Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def run_here(name: str, **parameters: object) -> NotebookNode:
    """Run one of the project's notebooks in this process, keeping the blocks its cells end in."""
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            statements = ast.parse(cell.source).body
            last = statements.pop() if isinstance(statements[-1], ast.Expr) else None
            exec(compile(ast.Module(statements, []), name, "exec"), names)  # noqa: S102
            if last is not None:
                block = eval(compile(ast.Expression(last.value), name, "eval"), names)  # noqa: S307
                if isinstance(block, Block):  # a frame is shown to whoever runs it, on no page
                    shown = {MIME: block.payload(), "text/plain": repr(block)}
                    cell.outputs = [v4.new_output("execute_result", shown)]
            elif "parameters" in cell.metadata.get("tags", []):
                names |= parameters
    return notebook


@contextmanager
def made_once(made: pytest.TempPathFactory, name: str) -> Iterator[tuple[Path, bool]]:
    """Give a folder that all processes of a run share, and whether it is already filled.

    Whoever comes first fills it; the others wait.
    """
    shared = made.getbasetemp()
    if shared.name.startswith("popen-"):  # the folder of one process among several
        shared = shared.parent
    folder = shared / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder, (folder / "filled").exists()
        (folder / "filled").touch()


def executed(made: pytest.TempPathFactory, name: str) -> NotebookNode:
    """Run one of the project's notebooks as it is: once, however many tests and processes ask."""
    with made_once(made, f"executed-{name}") as (folder, filled):
        if not filled:
            nbformat.write(run_here(name), folder / name)
        return nbformat.read(folder / name, as_version=4)
