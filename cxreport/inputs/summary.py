"""A source, a company or a survey as JupyterLab shows it: what it is, never its rows."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxreport.inputs.dataset import Dataset

MOST = 40
"""Questions that are listed; of more, only how many there are."""


def summary(dataset: Dataset, facts: Mapping[str, str]) -> str:
    """Return a small table in HTML: the source, its tables with their rows, its questions.

    Parameters
    ----------
    dataset : Dataset
        The checked source.
    facts : mapping of str to str
        What else is to be said, first.
    """
    rows = dataset.files.groupby("table", sort=False)["rows"].sum()
    questions = list(dataset.codebook.questions)
    lines = {
        "Source": dataset.name,
        **facts,
        "Tables": ", ".join(f"{name} ({n:,} rows read)" for name, n in rows.items()),
        "Questions": ", ".join(questions) if len(questions) <= MOST else f"{len(questions)}",
        "Problems": f"{len(dataset.problems)}, see .problems",
    }
    cells = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in lines.items()
    )
    return f"<table>{cells}</table>"
