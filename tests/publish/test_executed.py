"""Each rule finds its own fault in an executed notebook, and nothing in a clean one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nbformat import v4

from cxreport.publish.child import mark
from cxreport.publish.executed import (
    SHOW_END,
    end_problems,
    error_outputs,
    lost_plots,
    stderr_outputs,
    unfinished_cells,
)
from cxreport.show.blocks import MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode


@pytest.fixture
def clean() -> NotebookNode:
    """Build what a clean run leaves: a heading, two code cells, an empty one, the end marker."""
    notebook = v4.new_notebook(
        cells=[
            v4.new_markdown_cell("# Report"),
            v4.new_code_cell("1 + 1"),
            v4.new_code_cell("2 + 2"),
            v4.new_code_cell("  "),
        ]
    )
    mark(notebook, SHOW_END)
    for count, position in enumerate((1, 2, 4), start=1):
        notebook.cells[position].execution_count = count
        notebook.cells[position].metadata["papermill"] = {"status": "completed"}
    notebook.cells[4].outputs = [v4.new_output("display_data", {MIME: {"kind": "end"}})]
    notebook.metadata["cxreport"] = {"kernel_alive": True}
    return notebook


def test_clean_notebook_has_no_problem(clean: NotebookNode) -> None:
    rules = (end_problems, unfinished_cells, error_outputs, stderr_outputs)
    assert [rule(clean) for rule in rules] == [[], [], [], []]


def test_missing_end_marker_is_found(clean: NotebookNode) -> None:
    clean.cells[4].outputs = []
    assert end_problems(clean) == ["the end marker was not reached"]


def test_end_marker_counts_only_in_the_last_cell(clean: NotebookNode) -> None:
    clean.cells[1].outputs = clean.cells[4].outputs
    clean.cells[4].outputs = []
    assert end_problems(clean) == ["the end marker was not reached"]


def test_dead_kernel_is_found(clean: NotebookNode) -> None:
    clean.metadata["cxreport"]["kernel_alive"] = False
    assert end_problems(clean) == ["the kernel was not alive at the end"]


def test_cell_never_run_is_found_though_called_completed(clean: NotebookNode) -> None:
    clean.cells[2].execution_count = None
    assert unfinished_cells(clean) == ["cell 3 was not completed"]


def test_cell_cut_short_is_found(clean: NotebookNode) -> None:
    clean.cells[1].metadata["papermill"]["status"] = "failed"
    assert unfinished_cells(clean) == ["cell 2 was not completed"]


def test_error_output_is_found(clean: NotebookNode) -> None:
    clean.cells[2].outputs = [v4.new_output("error", ename="KeyError", evalue="'nps'")]
    assert error_outputs(clean) == ["cell 3 failed: KeyError: 'nps'"]


def test_stderr_is_found_and_stdout_is_not(clean: NotebookNode) -> None:
    clean.cells[1].outputs = [
        v4.new_output("stream", name="stdout", text="fine"),
        v4.new_output("stream", name="stderr", text="\nUserWarning: old\nmore\n"),
    ]
    assert stderr_outputs(clean) == ["cell 2 wrote to stderr: UserWarning: old"]


@pytest.mark.parametrize("kind", ["display_data", "execute_result"])
@pytest.mark.parametrize(
    "text", ["Figure({\n    'data': []\n})", "FigureWidget({})", "alt.Chart(...)"]
)
def test_a_plot_of_another_library_is_found(clean: NotebookNode, kind: str, text: str) -> None:
    clean.cells[1].outputs = [v4.new_output(kind, {"text/plain": text})]
    assert [problem.partition(" that")[0] for problem in lost_plots(clean)] == [
        "cell 2 makes a plot"
    ]


def test_a_value_is_no_plot(clean: NotebookNode) -> None:
    clean.cells[1].outputs = [v4.new_output("execute_result", {"text/plain": "Figure 1"})]
    assert lost_plots(clean) == []
