"""How many comments came from each source, period by period."""

from __future__ import annotations

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.columns import as_labels

COLUMNS = ["source", "period", "n"]


def mentions(sources: pd.Series, periods: pd.Series) -> pd.DataFrame:
    """Count comments by source over time; sources are never added up.

    Parameters
    ----------
    sources : Series of str
        For each comment, where it comes from: the survey, reviews, letters, calls.
    periods : Series of str
        For each comment, the name of its period; without one it is left out.

    Returns
    -------
    DataFrame
        One row per source and period, every pair of those that occur: ``source`` (the one with most
        comments first), ``period`` (in alphabetical order), ``n`` comments, 0 where there are none.

    Raises
    ------
    CxError
        If the two series differ in length.

    Examples
    --------
    >>> months = pd.Series(["2026-01", "2026-01", "2026-02"])
    >>> mentions(pd.Series(["survey", "review", "survey"]), months)
       source   period  n
    0  survey  2026-01  1
    1  survey  2026-02  1
    2  review  2026-01  1
    3  review  2026-02  0
    """
    sources, periods = as_labels(sources), as_labels(periods)
    if len(sources) != len(periods):
        raise CxError("sources and periods differ", got=len(periods), expected=len(sources))
    rows = pd.DataFrame({"source": sources.to_numpy(), "period": periods.to_numpy()}).dropna()
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    counts = pd.crosstab(rows["source"], rows["period"])
    total = counts.sum(axis="columns").to_dict()
    order = sorted(total, key=lambda name: (-int(total[name]), str(name)))
    long = counts.loc[order].reset_index().melt("source", var_name="period", value_name="n")
    long["place"] = long["source"].map({name: place for place, name in enumerate(order)})
    long = long.sort_values(["place", "period"], kind="stable", ignore_index=True)
    return long.astype({"source": "str", "period": "str"})[COLUMNS]
