"""Do they come back: cohorts of customers by their first period, and retention by age.

A period that is not over has no final number. Its cells are empty, and it stays out of every
average: counting it as a loss is how most cohort tables make the newest customers look worst.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.period import MONTHS, containing
from cxreport.stats.group_columns import as_names
from cxreport.stats.intervals import normal_quantile, of_share
from cxreport.topics.retention.cohort_ages import NO_ORDER, NOT_OBSERVABLE
from cxreport.topics.retention.first_orders import count_active

if TYPE_CHECKING:
    from collections.abc import Collection

    from cxreport.inputs.source import Data
    from cxreport.stats.group_columns import By

Every = Literal["month", "quarter", "year"]

CELLS = ("cohort", "age", "size", "retained", "estimate", "low", "high", "note")

BY_DEFINITION = "by definition"


def cohorts(
    orders: Data,
    *,
    customer: str = "customer_id",
    date: str = "ordered_at",
    period: Every = "month",
    until: dt.date,
    by: By = None,
    silent: Collection[dt.date] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what share of the customers of each first period ordered again in each later one.

    Parameters
    ----------
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per order. Leave out beforehand what is no order to you (cancellations, say).
    customer, date : str
        Columns of the customer and of the day or time of the order. Rows without one of them, and
        rows after ``until``, are in no cohort; :func:`orders_outside_cohorts` counts them.
    period : {"month", "quarter", "year"}
        Length of a period.
    until : date
        Last day that the data cover.
    by : str or list of str, optional
        Columns to break down by. A customer's cohort is that of the first order within the group.
    silent : collection of date
        First days of months of which the data have no order at all: a gap in the export, not a
        month in which nobody came back.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group, cohort and age, for every age up to the one that the first cohort has
        reached: the ``by`` columns; ``cohort`` (name of the period of the first order); ``age``
        (periods since); ``size`` (customers of the cohort; so far, if its own period is open);
        ``retained`` (those who ordered in that period); ``estimate``, ``low``, ``high`` (percent
        of ``size``; Wilson); ``note``: "not yet observable" where the period is not over by
        ``until`` (the four columns before it are then empty), "no order at all" in a period that
        is, or has a month that is, ``silent`` (likewise), "by definition" at age 0.

    Raises
    ------
    CxError
        If a column is unknown, ``date`` holds no times, ``period`` is unknown, ``until`` is no
        day, the level is out of range, or no order has a customer and a day up to ``until``.

    Notes
    -----
    Source of the interval: Newcombe 1998, Statistics in Medicine 17, 857-872, method 3.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-01-05", "2026-02-03", "2026-01-20", "2026-03-02"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b", "b"], "ordered_at": days})
    >>> table = cohorts(orders, until=dt.date(2026, 3, 15))
    >>> table[["cohort", "age", "size", "retained", "estimate"]]
        cohort  age  size  retained  estimate
    0  2026-01    0     2       2.0     100.0
    1  2026-01    1     2       1.0      50.0
    2  2026-01    2     2       NaN       NaN
    >>> table["note"].tolist()
    ['by definition', '', 'not yet observable']
    """
    normal_quantile(level)
    if period not in get_args(Every):
        raise CxError("unknown period", got=period, expected=", ".join(get_args(Every)))
    names = as_names(by)
    active = count_active(orders, customer, date, period, until, names, reserved=CELLS)
    for name in ("first", "later"):
        months = 12 * active[name].dt.year + active[name].dt.month - 1
        active[name] = months // MONTHS[period]
    cells = _every_cell(active, _periods_over(until, period))
    over = cells["first"] + cells["age"] < _periods_over(until, period)
    gaps = {(12 * day.year + day.month - 1) // MONTHS[period] for day in silent}
    gap = over & (cells["first"] + cells["age"]).isin(gaps)
    observed = over & ~gap
    cells["retained"] = cells["customers"].fillna(0).where(observed)
    share = cells["retained"] / cells["size"]
    low, high = of_share(share, cells["size"].where(observed), level)
    return pd.DataFrame(
        {
            **{name: cells[f"by_{position}"] for position, name in enumerate(names)},
            "cohort": cells["first"].map(lambda number: _name(number, period)).astype("str"),
            "age": cells["age"],
            "size": cells["size"],
            "retained": cells["retained"],
            "estimate": 100 * share,
            "low": 100 * low.mask(cells["age"] == 0, share),
            "high": 100 * high,
            "note": pd.Series(
                np.select(
                    [~over, gap, cells["age"] == 0], [NOT_OBSERVABLE, NO_ORDER, BY_DEFINITION], ""
                ),
                dtype="str",
            ),
        }
    )


def _every_cell(active: pd.DataFrame, over: int) -> pd.DataFrame:
    """Lay out every age of every cohort, also those in which nobody ordered."""
    keys = [str(name) for name in active if str(name).startswith("by_")]
    active["age"] = active["later"] - active["first"]
    size = active[active["age"] == 0].rename(columns={"customers": "size"})
    ages = pd.DataFrame({"age": range(max(over - int(active["first"].min()), 0) + 1)})
    grid = size[[*keys, "first", "size"]].merge(ages, how="cross")
    cells = grid.merge(active.drop(columns="later"), on=[*keys, "first", "age"], how="left")
    return cells.sort_values([*keys, "first", "age"], ignore_index=True)


def _periods_over(until: dt.date, period: Every) -> int:
    """Return the number of the first period that is not over by a day."""
    held = containing(until, period)
    last = dt.date(until.year, until.month, until.day)  # a time is a day too
    day = held.end if held.is_closed(last) else held.start
    return (12 * day.year + day.month - 1) // MONTHS[period]


def _name(number: int, period: Every) -> str:
    """Return the name of a numbered period."""
    year, month = divmod(number * MONTHS[period], 12)
    return containing(dt.date(year, month + 1, 1), period).name
