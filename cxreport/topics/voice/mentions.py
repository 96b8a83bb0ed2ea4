"""How many comments came from each source, period by period."""

from __future__ import annotations

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.columns import as_labels

COLUMNS = ["source", "channel", "period", "n"]


def mentions(
    sources: pd.Series, periods: pd.Series, channels: pd.Series | None = None
) -> pd.DataFrame:
    """Count comments by source over time; sources are never added up.

    Parameters
    ----------
    sources : Series of str
        For each comment, where it comes from: the survey, reviews, letters, calls.
    periods : Series of str
        For each comment, the name of its period; without one it is left out.
    channels : Series of str, optional
        For each comment, the channel that parts its source, as calls and e-mails part requests for
        help; missing where a source is one.

    Returns
    -------
    DataFrame
        One row per source, channel and period, all periods that occur for each source: ``source``
        and ``channel`` (empty where none is given; those with most comments first), ``period`` (in
        alphabetical order), ``n`` comments, 0 where there are none.

    Raises
    ------
    CxError
        If the series differ in length.

    Examples
    --------
    >>> months = pd.Series(["2026-01", "2026-01", "2026-02"])
    >>> mentions(pd.Series(["survey", "review", "survey"]), months)
       source channel   period  n
    0  survey          2026-01  1
    1  survey          2026-02  1
    2  review          2026-01  1
    3  review          2026-02  0
    """
    none = pd.Series(None, index=range(len(sources)), dtype="str")
    given = {
        "source": as_labels(sources),
        "channel": none if channels is None else as_labels(channels),
        "period": as_labels(periods),
    }
    if len({len(column) for column in given.values()}) > 1:
        raise CxError("sources, periods and channels are not of the same rows",
                      got=", ".join(str(len(column)) for column in given.values()))  # fmt: skip
    rows = pd.DataFrame({name: column.to_numpy() for name, column in given.items()})
    rows = rows.dropna(subset=["source", "period"])
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    rows["channel"] = rows["channel"].fillna("")
    counts = pd.crosstab([rows["source"], rows["channel"]], rows["period"])
    counts["place"] = -counts.sum(axis="columns")
    keys = ["place", "source", "channel"]
    long = counts.reset_index().melt(keys, var_name="period", value_name="n")
    return long.sort_values([*keys, "period"], ignore_index=True)[COLUMNS]
