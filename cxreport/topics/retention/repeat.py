"""Do they buy again, and when: the time to the second order.

Who ordered for the first time last week has not failed to come back. The time seen so far counts,
and nothing is assumed about the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.stats.group_columns import as_names
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.product_limit import product_limit
from cxreport.topics.retention.order_gaps import count_gaps

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cxreport.inputs.source import Data
    from cxreport.stats.group_columns import By

REPEAT = ("day", "customers", "events", "at_risk", "estimate", "low", "high", "note")

NOT_OBSERVABLE = "not yet observable"
NOBODY = "nobody ordered again"
EVERYBODY = "everybody ordered again"


def repeat_purchase(
    orders: Data,
    *,
    until: dt.date,
    customer: str = "customer_id",
    date: str = "ordered_at",
    days: Sequence[int] = (30, 90, 180, 365),
    by: By = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what share of customers has ordered a second time so many days after the first order.

    Parameters
    ----------
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per purchase, as ``purchases`` keeps them. Two on one day are one.
    until : date
        Last day that the data cover; the data are taken to begin before every customer's first
        order, so that the first order seen is the first.
    customer, date : str
        Columns of the customer and of the day or time of the order.
    days : sequence of int
        Days after the first order at which to look, each 1 or more.
    by : str or list of str, optional
        Columns to break down by; a customer's orders count within the group.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group and day: the ``by`` columns; ``day`` (days after the first order);
        ``customers`` (with a first order); ``events`` (of them, seen to order again by then);
        ``at_risk`` (followed up to that day without a second order before it); ``estimate``,
        ``low``, ``high`` (percent that has ordered again; product-limit, log-log); ``note``:
        "not yet observable" where nobody was followed so long, "nobody ordered again" and
        "everybody ordered again" (limits unknown).

    Raises
    ------
    CxError
        If a column is unknown, ``date`` holds no times, ``until`` is no day, ``days`` are not
        whole and above 0, the level is out of range, or there is no order to count.

    Notes
    -----
    Source: Kaplan & Meier 1958, JASA 53, 457-481, upside down.

    Examples
    --------
    >>> import datetime as dt
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-11", "2026-01-01", "2026-01-25"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b", "c"], "ordered_at": days})
    >>> repeats = repeat_purchase(orders, until=dt.date(2026, 1, 31), days=(10, 30, 90))
    >>> repeats[["day", "customers", "events", "at_risk", "estimate"]]
       day  customers  events  at_risk  estimate
    0   10          3       1        2      50.0
    1   30          3       1        1      50.0
    2   90          3       1        0       NaN
    >>> repeats["note"].tolist()
    ['', '', 'not yet observable']
    """
    normal_quantile(level)
    if not len(days) or not all(day >= 1 and day % 1 == 0 for day in days):
        raise CxError("these are no numbers of days", got=days, expected="whole, 1 or more")
    parts = []
    for group, life in count_gaps(
        orders, customer, date, until, by, first_only=True, reserved=REPEAT
    ):
        curve = returned_by(life, level)
        rows = [_seen_at(curve, int(day)) for day in days]
        parts.append(group.merge(pd.DataFrame(rows), how="cross"))
    return pd.concat(parts, ignore_index=True)[[*as_names(by), *REPEAT]].astype({"note": "str"})


def returned_by(life: pd.DataFrame, level: float) -> pd.DataFrame:
    """Turn counts of waits into the share that has come back by each time.

    Parameters
    ----------
    life : DataFrame
        From ``order_gaps.count_gaps``: ``time``, ``at_risk``, ``events``.
    level : float
        Confidence level of the interval.

    Returns
    -------
    DataFrame
        The same rows, with ``estimate``, ``low``, ``high`` (percent) and ``note``.
    """
    away = product_limit(life["at_risk"], life["events"], level)
    back = pd.DataFrame(
        {"estimate": 100 - away["estimate"], "low": 100 - away["high"], "high": 100 - away["low"]}
    )
    words = np.select([back["estimate"] == 0, back["estimate"] == 100], [NOBODY, EVERYBODY], "")
    return life.join(back).assign(note=pd.Series(words, index=life.index, dtype="str"))


def _seen_at(curve: pd.DataFrame, day: int) -> dict[str, object]:
    """Read the curve at one day; empty beyond the longest time that anybody was followed."""
    before, later = curve[curve["time"] <= day], curve[curve["time"] >= day]
    row: dict[str, object] = {
        "day": day,
        "customers": int(curve["at_risk"].iloc[0]),
        "events": int(before["events"].sum()),
        "at_risk": int(later["at_risk"].iloc[0]) if len(later) else 0,
    }
    if later.empty and curve["estimate"].iloc[-1] < 100:
        return {**row, **dict.fromkeys(("estimate", "low", "high"), np.nan), "note": NOT_OBSERVABLE}
    if before.empty:
        return {**row, "estimate": 0.0, "low": np.nan, "high": np.nan, "note": NOBODY}
    last = before.iloc[-1]
    return row | {name: last[name] for name in ("estimate", "low", "high", "note")}
