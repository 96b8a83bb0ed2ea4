"""Was this notebook run to its end, cleanly? The end marker, and the rules read after a run.

Papermill says "completed" of cells that never ran, forgives ``sys.exit(0)`` and adds cells of its
own. So every cell carries its number as a person sees it, one last cell shows an end marker, and
each rule here looks at what the kernel really sent back.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxreport.inputs.personal_data import without_persons
from cxreport.show.blocks import MIME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

END = {"kind": "end"}
PLOTS = "application/vnd.cxreport.plots.v1+json"
"""The runs of the cells whose plots no block shows, see ``cxreport.publish.watch``."""
LOST = "getattr(__import__('IPython').get_ipython(), 'cxreport_plots', list)()"
SHOW_END = (
    f"__import__('IPython').display.display({{{MIME!r}: {END!r}, {PLOTS!r}: {LOST}}}, raw=True)"
)
BARE_PLOT = re.compile(r"<(Figure size|Axes|seaborn\.|matplotlib\.)")
"""How a plot is written that was displayed and is no block."""
FOREIGN_PLOT = re.compile(r"(Figure|FigureWidget)\(\{|alt\.\w*Chart\(")
"""How a plot of another library is written, which no reader of the page would see."""
AS_A_BLOCK = (
    'end the cell with cx.show.figure(fig, frame, title={"en": ..., "it": ...}, '
    'alt={"en": ..., "it": ...}), or close the plot'
)


def cell_number(cell: NotebookNode) -> int | None:
    """Return the number of a cell in the notebook as written; None for a cell added by the run."""
    number = cell.metadata.get("cxreport", {}).get("number")
    return number if isinstance(number, int) else None


def end_problems(notebook: NotebookNode) -> list[str]:
    """Rule: the end marker was shown, and the kernel was alive after it.

    Parameters
    ----------
    notebook : NotebookNode
        The executed notebook, as `run_notebook` wrote it.

    Returns
    -------
    list of str
        The problems in words; empty when the rule holds.

    Examples
    --------
    >>> from nbformat import v4
    >>> end_problems(v4.new_notebook())
    ['the end marker was not reached', 'the kernel was not alive at the end']
    """
    last = notebook.cells[-1] if notebook.cells else {}
    payloads = [output.get("data", {}).get(MIME) for output in last.get("outputs", [])]
    problems = [] if END in payloads else ["the end marker was not reached"]
    if notebook.metadata.get("cxreport", {}).get("kernel_alive") is not True:
        problems.append("the kernel was not alive at the end")
    return problems


def unfinished_cells(notebook: NotebookNode) -> list[str]:
    """Rule: every code cell that holds code was run to its end (see `end_problems`).

    Examples
    --------
    >>> from nbformat import v4
    >>> unfinished_cells(v4.new_notebook(cells=[v4.new_code_cell("1 + 1")]))
    ['an added cell was not completed']
    """
    return [
        f"{_name(cell)} was not completed"
        for cell in notebook.cells
        if cell.cell_type == "code"
        and cell.source.strip()
        and (
            cell.execution_count is None
            or cell.metadata.get("papermill", {}).get("status") != "completed"
        )
    ]


def error_outputs(notebook: NotebookNode) -> list[str]:
    """Rule: no cell shows an error, not even one that was allowed to (see `end_problems`)."""
    return [
        f"{_name(cell)} failed: {output.ename}: {_first_line(output.evalue)}"
        for cell, output in _outputs(notebook)
        if output.output_type == "error"
    ]


def stderr_outputs(notebook: NotebookNode) -> list[str]:
    """Rule: no cell wrote to stderr, where warnings go (see `end_problems`)."""
    return [
        f"{_name(cell)} wrote to stderr: {_first_line(output.text)}"
        for cell, output in _outputs(notebook)
        if output.output_type == "stream" and output.name == "stderr"
    ]


def lost_plots(notebook: NotebookNode) -> list[str]:
    """Rule: no plot is left that no block shows: the page would lack it (see `end_problems`)."""
    last = notebook.cells[-1].get("outputs", []) if notebook.cells else []
    runs = {run for output in last for run in output.get("data", {}).get(PLOTS, [])}
    displayed = [cell for cell, output in _outputs(notebook) if _is_lost(output)]
    return [
        f"{_name(cell)} makes a plot that no block shows: {AS_A_BLOCK}"
        for cell in notebook.cells
        if cell.get("execution_count") in runs or cell in displayed
    ]


def _is_lost(output: NotebookNode) -> bool:
    """Return whether an output is a plot that is no block."""
    data = output.get("data", {})
    text = data.get("text/plain", "")
    is_bare = output.output_type == "display_data" and BARE_PLOT.match(text)
    return MIME not in data and bool(is_bare or FOREIGN_PLOT.match(text))


def _outputs(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield cell, output


def _name(cell: NotebookNode) -> str:
    number = cell_number(cell)
    return "an added cell" if number is None else f"cell {number}"


def _first_line(text: str) -> str:
    return without_persons(next(iter(text.strip().splitlines()), ""))
