"""A process imports what it needs: the command line draws nothing and tests nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cxreport as cx

HEAVY = ("scipy.stats", "scipy.optimize", "seaborn", "statsmodels", "sklearn", "cxreport.topics")
NEVER = ("nbconvert", "bleach", "rfc3987_syntax.syntax_helpers")


@pytest.mark.parametrize("start", ["import cxreport", "import cxreport.cli"])
def test_what_takes_seconds_is_not_imported(start: str) -> None:
    code = f"import sys; {start}; print(*sorted(set({HEAVY + NEVER!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_pages_are_written_without_the_stock_exporter() -> None:
    start = "import cxreport.publish.build, cxreport.show.charts.picture"
    code = f"import sys; {start}; print(*sorted(set({NEVER!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_command_line_reads_no_table_and_draws_nothing() -> None:
    heavy = ("pandas", "numpy", "pyarrow", "ibis", "duckdb", "matplotlib", "nbformat", "nbconvert")
    code = f"import sys; import cxreport.cli; print(*sorted(set({heavy!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_everything_that_a_notebook_may_import_is_there() -> None:
    assert [name for name in cx.__all__ if not hasattr(cx, name)] == []
    assert {*cx.__all__} <= {*dir(cx)}


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = cx.nothing
