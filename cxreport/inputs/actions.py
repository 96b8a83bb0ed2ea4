"""What was done, and when: the actions that a report draws on its charts."""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.source import run

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey

COLUMNS = ["sign", "period", "done_on", "title_it", "title_en"]


def actions_of(survey: Survey) -> pd.DataFrame:
    """List the actions that fall into the periods of a survey's history.

    Parameters
    ----------
    survey : Survey
        With a table ``actions``: ``done_on``, ``title_it``, ``title_en``.

    Returns
    -------
    DataFrame
        One row per action, oldest first: ``sign`` (A, B, ...), ``period`` (name), ``done_on``
        (day), ``title_it``, ``title_en``. Without a row when there is no such table.
    """
    actions = survey.dataset.tables.get("actions")
    if actions is None:
        return pd.DataFrame(columns=COLUMNS)
    rows = run(actions.select("done_on", "title_it", "title_en"))
    rows = rows.dropna(subset="done_on").sort_values(["done_on", "title_en"])
    names = [
        next((p.name for p in survey.history if p.start <= day.date() < p.end), "")
        for day in rows["done_on"]
    ]
    periods = pd.Series(names, index=rows.index, dtype="str")
    inside = (
        rows.assign(period=periods.where(periods != ""))
        .dropna(subset="period")
        .tail(len(ascii_uppercase))
    )
    return inside.assign(sign=list(ascii_uppercase[: len(inside)]))[COLUMNS].reset_index(drop=True)
