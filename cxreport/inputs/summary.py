"""A source, a company or a survey as JupyterLab shows it: what it is, never its rows."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

MOST = 40
"""Names that are listed; of more, only how many there are."""


def summary(facts: Mapping[str, str], files: pd.DataFrame, questions: list[str]) -> str:
    """Return a small table in HTML: facts, tables with their rows, questions.

    Parameters
    ----------
    facts : mapping of str to str
        What is to be said first.
    files : DataFrame
        The files read: ``table``, ``rows``.
    questions : list of str
        Names of the questions asked.
    """
    rows = files.groupby("table", sort=False)["rows"].sum()
    lines = {
        **facts,
        "Tables": ", ".join(f"{name} ({n:,} rows read)" for name, n in rows.items()),
        "Questions": ", ".join(questions) if len(questions) <= MOST else str(len(questions)),
    }
    cells = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in lines.items()
    )
    return f"<table>{cells}</table>"
