"""A notebook of the project run in this process, for tests that need its blocks and no kernel."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

from cxreport.show.blocks import MIME

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
                cell.outputs = [v4.new_output("display_data", {MIME: block.payload()})]
            elif "parameters" in cell.metadata.get("tags", []):
                names |= parameters
    return notebook
