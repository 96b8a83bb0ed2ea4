"""In a kernel that a person uses, frames have units, errors are one block, and slow cells move."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pandas as pd
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode, v4

import cxreport as cx
from cxreport.show.lab import html_of

ANSWERS = pd.DataFrame({"shop": ["<b>a</b>"] * 10 + ["b"] * 10, "score": [9, 3] * 10})
CELLS = (
    """import pandas as pd
import cxreport as cx
answers = pd.DataFrame({'shop': ['a', 'b'] * 10, 'score': [9, 3] * 10})
cx.nps(answers, 'score', by='shop')""",
    "x = 1\ncx.csat(answers, 'score', scale=(1, 5), by='shp')",
    "import time\ntime.sleep(2.6)",
    "answers.groupby('shop')[['score']].mean()",
    "cx.stats.survival(answers.assign(left=1), 'score', 'left')",
)


@pytest.fixture(scope="module")
def ran() -> NotebookNode:
    """Run the cells in a kernel, on past the one that fails."""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in CELLS])
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("CXREPORT", "PYTEST"))}
    client = NotebookClient(notebook, allow_errors=True, timeout=120)
    client.execute(env=environment | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"})
    return notebook


def outputs(notebook: NotebookNode, cell: int, kind: str) -> list[Any]:
    return [output for output in notebook.cells[cell].outputs if output.output_type == kind]


def test_a_frame_of_results_is_shown_with_its_units(ran: NotebookNode) -> None:
    [result] = outputs(ran, 0, "execute_result")
    page = result.data["text/html"]
    assert "<th>estimate<br><small>points</small></th>" in page
    assert "<th>n</th>" in page
    assert "DataFrame" not in page
    assert "metric" in result.data["text/plain"]  # the frame itself stays one


def test_a_frame_without_results_is_shown_as_pandas_does(ran: NotebookNode) -> None:
    [result] = outputs(ran, 3, "execute_result")
    assert "<style scoped>" in result.data["text/html"]


def test_a_frame_of_a_name_space_is_shown_with_its_units(ran: NotebookNode) -> None:
    [result] = outputs(ran, 4, "execute_result")
    assert "<th>estimate<br><small>%</small></th>" in result.data["text/html"]


def test_an_error_of_ours_is_one_block_without_a_traceback(ran: NotebookNode) -> None:
    [error] = outputs(ran, 1, "error")
    text = "\n".join(error.traceback)
    assert error.ename == "CxError"
    assert text.startswith(error.evalue.splitlines()[0])
    assert "  got:      shp" in text
    assert text.endswith("  line:     2 of this cell")
    assert "Traceback" not in text
    assert len(error.traceback) < 8


def test_a_slow_cell_says_how_long_it_took(ran: NotebookNode) -> None:
    [bar] = outputs(ran, 2, "display_data")
    assert bar.data["text/html"] == "<small>3 s</small>"
    assert outputs(ran, 0, "display_data") == []


def test_units_stand_in_the_cells_where_rows_differ_in_them() -> None:
    scores = pd.concat(
        [cx.nps(ANSWERS, "score"), cx.csat(ANSWERS, "score", scale=(0, 10))], ignore_index=True
    )
    page = html_of(scores)
    assert "<th>estimate</th>" in page
    assert "0.0 <small>points</small></td>" in page
    assert "50.0 <small>%</small></td>" in page  # 9 is among the favourable, 3 is not
    assert "<td>–</td>" in page  # what a share has no promoters of


def test_no_text_of_the_data_becomes_markup() -> None:
    page = html_of(cx.nps(ANSWERS, "score", by="shop"))
    assert "&lt;b&gt;a&lt;/b&gt;" in page
    assert "<b>" not in page


def test_a_long_frame_is_cut_and_says_its_size() -> None:
    long = pd.DataFrame({"shop": [f"s{n // 3}" for n in range(300)], "score": [9, 3, 10] * 100})
    page = html_of(cx.nps(long, "score", by="shop"))
    assert page.count("<tr>") == 61
    assert "100 × " in page


def test_a_build_shows_blocks_alone_and_a_script_nothing() -> None:
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "import cxreport, pandas\n"
        "print(pandas.DataFrame in shell.display_formatter.formatters['text/html'])"
    )
    shown = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={k: v for k, v in os.environ.items() if k != "CXREPORT_BLOCKS"} | blocks,
            capture_output=True, text=True, check=True,
        ).stdout.strip()
        for blocks in ({"CXREPORT_BLOCKS": "data"}, {})
    ]  # fmt: skip
    assert shown == ["False", "True"]
