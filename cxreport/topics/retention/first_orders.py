"""The one query under every cohort: distinct customers by first and later period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import is_named, is_placed, next_day
from cxreport.stats.group_columns import check_columns, kept_whole

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd


UNITS = {"month": "M", "quarter": "Q", "year": "Y"}


def count_active(
    orders: Data,
    customer: str,
    date: str,
    period: str,
    until: dt.date,
    by: Sequence[str] = (),
    *,
    reserved: Sequence[str] = (),
) -> pd.DataFrame:
    """Count the customers of each first period who ordered in each later one.

    Parameters
    ----------
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per order.
    customer, date, period, until, by
        As in ``retention.cohorts``.
    reserved : sequence of str
        Names that a column of groups may not have.

    Returns
    -------
    DataFrame
        One row per group, first and later period: ``by_0``, ``by_1``, ... (the groups), ``first``
        and ``later`` (first day of the period), ``customers``.

    Raises
    ------
    CxError
        If a column is unknown, the dates are no times, ``until`` is no day, or nothing is left.
    """
    table = as_table(orders)
    check_columns(table, by, reserved)
    placed = table.filter(is_placed(table, customer, date, until))
    # A missing group is a group too, but no engine joins it to itself: text and a flag do.
    groups = {f"by_{position}": placed[name] for position, name in enumerate(by)}
    joined = {"customer": placed[customer]}
    for name, column in groups.items():
        joined[f"text_{name}"] = column.cast("string").fill_null("")
        joined[f"empty_{name}"] = column.isnull()
    active = placed.select(
        **groups, **joined, later=placed[date].truncate(UNITS[period])
    ).distinct()
    firsts = active.group_by(list(joined)).aggregate(first=active.later.min())
    both = active.join(firsts, list(joined))
    # Rows are distinct by now, so counting them counts customers.
    counts = run(both.group_by([*groups, "first", "later"]).aggregate(customers=both.count()))
    if counts.empty:
        raise CxError(
            "no order to count",
            where=f"columns {customer}, {date}",
            expected=f"orders with a customer and a day up to {until}",
        )
    return kept_whole(counts, groups)


def orders_outside_cohorts(
    orders: Data, *, customer: str = "customer_id", date: str = "ordered_at", until: dt.date
) -> pd.DataFrame:
    """Count the orders that are in no cohort, and say why.

    Parameters
    ----------
    orders, customer, date, until
        As in ``retention.cohorts``.

    Returns
    -------
    DataFrame
        One row: ``n`` (orders), ``without_customer``, ``without_date``, ``after_until`` (orders;
        one may be in several), ``outside`` (orders in no cohort).

    Raises
    ------
    CxError
        If a column is unknown, the dates are no times, or ``until`` is no day.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2026-01-05", "2026-02-03"])
    >>> table = pd.DataFrame({"customer_id": ["a", None], "ordered_at": days})
    >>> orders_outside_cohorts(table, until=dt.date(2026, 1, 31))
       n  without_customer  without_date  after_until  outside
    0  2                 1             0            1        1
    """
    table = as_table(orders)
    placed = is_placed(table, customer, date, until)
    return run(
        table.aggregate(
            n=table.count(),
            without_customer=(~is_named(table, customer)).sum().fill_null(0),
            without_date=table[date].isnull().sum().fill_null(0),
            after_until=(table[date] >= next_day(until)).sum().fill_null(0),
            outside=(~placed.fill_null(False)).sum().fill_null(0),
        )
    )
