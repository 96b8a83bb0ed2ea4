"""What was done, when, by whom and for which measure: the actions that a report speaks of."""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.closed import last_closed
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey

NEEDED = ("done_on", "title_it", "title_en")
OPTIONAL = ("owner", "measure")
COLUMNS = ["sign", "period", *NEEDED, *OPTIONAL]
NEWEST = ["measure", "done_on", "title_it", "title_en", "owner", "planned"]


def actions_of(survey: Survey) -> pd.DataFrame:
    """List the actions that fall into the periods of a survey's history.

    Parameters
    ----------
    survey : Survey
        With a table ``actions``: ``done_on``, ``title_it``, ``title_en``, and perhaps ``owner``
        and ``measure`` (what should move: see ``cxreport.topics.actions``).

    Returns
    -------
    DataFrame
        One row per action, oldest first: ``sign`` (A, B, ...), ``period`` (name), ``done_on``
        (day), ``title_it``, ``title_en``, ``owner`` and ``measure`` ("" where nobody says).
        Without a row when there is no such table.
    """
    rows = _read(survey)
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


def newest_actions(survey: Survey) -> pd.DataFrame:
    """Return of each measure the action planned next, or else the last one that was taken.

    Parameters
    ----------
    survey : Survey
        As for ``actions_of``. Only of its last closed period a later action is a plan: on a page
        about an earlier one, nothing is said of what came after.

    Returns
    -------
    DataFrame
        One row per measure: ``measure``, ``done_on`` (day), ``title_it``, ``title_en``, ``owner``
        ("" where nobody says), ``planned`` (whether the day lies after the period).
    """
    rows = _read(survey)
    rows = rows[rows["measure"] != ""]
    rows = rows.assign(planned=[day.date() >= survey.period.end for day in rows["done_on"]])
    if last_closed(survey.codebook, survey.known_until) != survey.period:
        rows = rows[~rows["planned"]]
    newest = [
        of_measure[of_measure["planned"]].head(1)
        if of_measure["planned"].any()
        else of_measure.tail(1)
        for _, of_measure in rows.groupby("measure", sort=False)
    ]
    if not newest:
        return pd.DataFrame(columns=NEWEST)
    return pd.concat(newest, ignore_index=True)[NEWEST]


def _read(survey: Survey) -> pd.DataFrame:
    """Return the dated actions, oldest first; without a row when there is no such table."""
    actions = survey.dataset.tables.get("actions")
    if actions is None:
        return pd.DataFrame(columns=[*NEEDED, *OPTIONAL])
    present = [name for name in OPTIONAL if name in actions.columns]
    rows = run(actions.select(*NEEDED, *present)).dropna(subset="done_on")
    rows = rows.sort_values(["done_on", "title_en"])
    return rows.assign(**{n: rows[n].fillna("") if n in present else "" for n in OPTIONAL})
