"""When customers bought: the few numbers per customer that models of repeat buying need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import day_of, is_named
from cxreport.stats.group_columns import as_names, check_columns, kept_whole
from cxreport.stats.value_columns import amounts

if TYPE_CHECKING:
    import datetime as dt

    import ibis.expr.types as ir

    from cxreport.stats.group_columns import By

HISTORY = ("repeats", "recency", "age", "customers", "spend", "later", "later_squared")
DAYS_A_WEEK = 7


def buying_history(
    purchases: Data,
    *,
    customer: str = "customer_id",
    date: str = "ordered_at",
    amount: str | None = None,
    until: dt.date,
    followed_until: dt.date | None = None,
    by: By = None,
) -> pd.DataFrame:
    """Count the customers of each history of buying: how often again, how lately, since when.

    Several purchases of a customer on one day are one.

    Parameters
    ----------
    purchases : pandas, polars or pyarrow frame, or Ibis table
        One row per purchase; what is no purchase to you is left out beforehand. Rows without a
        customer or a day are left out.
    customer, date : str
        Columns of the customer and of the day or time.
    amount : str, optional
        Column of what was spent, in one currency.
    until : date
        Last day of the history.
    followed_until : date, optional
        Last day of a later time, to see what those customers did then.
    by : str or list of str, optional
        Columns to break down by; a customer with two values has a history in each.

    Returns
    -------
    DataFrame
        One row per group and history: the ``by`` columns; ``repeats`` (days with a purchase after
        the first; x of the models), ``recency`` (weeks from the first to the last purchase; t_x),
        ``age`` (weeks from the first purchase to ``until``; T), ``customers``, ``spend`` (money
        that they spent after their first day; NaN without ``amount``), ``later`` (days with a
        purchase after ``until``, up to ``followed_until``; NaN without it), ``later_squared`` (the
        sum of their squares over customers).

    Raises
    ------
    CxError
        If a column is unknown, the dates are no times, or ``until`` is no day.

    Notes
    -----
    Source: Fader, Hardie & Lee 2005, Marketing Science 24(2), 275-284: the three numbers are all
    that their model asks of a customer.

    Examples
    --------
    >>> import datetime as dt
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-15", "2026-01-15", "2026-01-08"])
    >>> bought = pd.DataFrame({"customer_id": ["a", "a", "a", "b"], "ordered_at": days})
    >>> history = buying_history(bought, until=dt.date(2026, 1, 29))
    >>> history[["repeats", "recency", "age", "customers"]]
       repeats  recency  age  customers
    0        0      0.0  3.0          1
    1        1      2.0  4.0          1
    """
    names = as_names(by)
    days = purchase_days(purchases, customer=customer, date=date, amount=amount, by=names)
    end, followed = day_of(until), day_of(followed_until or until)
    groups = [f"by_{position}" for position in range(len(names))]
    whose = ["customer", *groups]
    first = days.group_by(whose).aggregate(first=days.day.min())
    # A missing group is a group too, but no engine joins it to itself: text and a flag do.
    marked = _marked(days, groups).join(_marked(first, groups).drop(*groups), _marks(groups))
    within, again = marked.day <= end, marked.day > marked.first
    each = marked.filter(marked.first <= end, marked.day <= followed).group_by(whose)
    persons = each.aggregate(
        first=marked.first.min(),
        last=marked.day.max(where=within),
        repeats=(within & again).sum(),
        spend=marked.amount.sum(where=within & again).fill_null(0),
        later=(~within).sum(),
    )
    counts = run(
        persons.group_by([*groups, "first", "last", "repeats"]).aggregate(
            customers=persons.count(),
            spend=persons.spend.sum(),
            later=persons.later.sum(),
            later_squared=(persons.later * persons.later).sum(),
        )
    )
    counts = kept_whole(counts, {group: days[group] for group in groups})
    frame = pd.DataFrame(
        {
            **{name: counts[group] for name, group in zip(names, groups, strict=True)},
            "repeats": counts["repeats"].astype("int64"),
            "recency": (counts["last"] - counts["first"]).dt.days / DAYS_A_WEEK,
            "age": (pd.Timestamp(end) - counts["first"]).dt.days / DAYS_A_WEEK,
            "customers": counts["customers"].astype("int64"),
            "spend": counts["spend"].astype(float) if amount else np.nan,
            **{
                name: counts[name].astype(float) if followed_until else np.nan
                for name in ("later", "later_squared")
            },
        }
    )
    order = [*names, "repeats", "recency", "age"]
    return frame.sort_values(order, kind="stable", ignore_index=True)


def purchase_days(
    purchases: Data,
    *,
    customer: str = "customer_id",
    date: str = "ordered_at",
    amount: str | None = None,
    by: By = None,
) -> ir.Table:
    """Return one row per customer, group and day with a purchase.

    Parameters
    ----------
    purchases, customer, date, amount, by
        As in :func:`buying_history`.

    Returns
    -------
    ibis Table
        ``customer``, ``by_0``, ``by_1``, ... (the groups), ``day``, ``amount`` (money of the day,
        an exact decimal).

    Raises
    ------
    CxError
        As :func:`buying_history`.
    """
    table, names = as_table(purchases), as_names(by)
    check_columns(table, [customer, date, *([amount] if amount else [])])
    check_columns(table, names, reserved=HISTORY)
    if not (table[date].type().is_timestamp() or table[date].type().is_date()):
        raise CxError("these are no times", where=f"column {date}", got=table[date].type())
    dated = table.filter(is_named(table, customer), table[date].notnull())
    money = amounts(dated, [amount])[0].cast("decimal(18, 4)") if amount else ibis.literal(0)
    rows = dated.select(
        customer=dated[customer],
        **{f"by_{position}": dated[name] for position, name in enumerate(names)},
        day=dated[date].cast("timestamp").truncate("D"),
        amount=money,
    )
    keys = [name for name in rows.columns if name != "amount"]
    return rows.group_by(keys).aggregate(amount=rows.amount.sum())


def _marks(groups: list[str]) -> list[str]:
    return ["customer", *(f"{kind}_{name}" for name in groups for kind in ("text", "empty"))]


def _marked(table: ir.Table, groups: list[str]) -> ir.Table:
    """Add what a group is joined by."""
    text = {f"text_{name}": table[name].cast("string").fill_null("") for name in groups}
    empty = {f"empty_{name}": table[name].isnull() for name in groups}
    return table.mutate(**text, **empty)
