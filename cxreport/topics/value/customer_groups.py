"""Groups of customers by what their orders and help requests say of them, in the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cxreport.inputs.source import Data, as_table
from cxreport.orders.rules import check_same_ids, is_named
from cxreport.stats.group_columns import check_columns

if TYPE_CHECKING:
    import ibis.expr.types as ir

NONE, MORE = "none", "more"


def first_values(
    orders: Data, name: str, *, customer: str = "customer_id", date: str = "ordered_at"
) -> ir.Table:
    """Return what a column held in each customer's first order.

    Parameters
    ----------
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per order.
    name : str
        The column; of two first orders at one moment, the lower value counts.
    customer, date : str
        Columns of the customer and of the time.

    Returns
    -------
    ibis Table
        One row per customer: the customer, and ``name`` as text.

    Raises
    ------
    CxError
        If a column is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.source import run
    >>> days = pd.to_datetime(["2026-01-02", "2026-01-01"])
    >>> orders = pd.DataFrame(
    ...     {"customer_id": ["a", "a"], "ordered_at": days, "channel": ["web", "phone"]}
    ... )
    >>> run(first_values(orders, "channel"))
      customer_id channel
    0           a   phone
    """
    table = as_table(orders)
    check_columns(table, [name, customer, date])
    rows = table.filter(is_named(table, customer), table[date].notnull())
    rows = rows.select(customer=rows[customer], at=rows[date], value=rows[name].cast("string"))
    first = rows.group_by("customer").aggregate(first=rows["at"].min())
    both = rows.join(first, "customer")
    then = both.filter(both["at"] == both["first"])
    first_value = then.group_by("customer").aggregate(value=then["value"].min())
    return first_value.rename({customer: "customer", name: "value"})


def sent_back(
    orders: Data, *, customer: str = "customer_id", refund: str = "refund_amount"
) -> ir.Table:
    """Return what part of each customer's orders was sent back, in whole or in part.

    Parameters
    ----------
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per order.
    customer, refund : str
        Columns of the customer and of the money given back.

    Returns
    -------
    ibis Table
        One row per customer: the customer, ``sent_back`` ("none", "up to a third", "more").

    Raises
    ------
    CxError
        If a column is unknown.
    """
    table = as_table(orders)
    check_columns(table, [customer, refund])
    rows = table.filter(is_named(table, customer))
    back = (rows[refund] > 0).fill_null(False).ifelse(1, 0).sum()
    each = rows.group_by(customer).aggregate(n=rows.count(), back=back)
    bands = [(each.back == 0, NONE), (3 * each.back <= each.n, "up to a third")]
    return each.select(customer, sent_back=ibis.cases(*bands, else_=MORE))


def asked_for_help(orders: Data, tickets: Data, *, customer: str = "customer_id") -> ir.Table:
    """Return how often each customer with an order asked for help, for each of their orders.

    Parameters
    ----------
    orders, tickets : pandas, polars or pyarrow frame, or Ibis table
        One row per order, and one row per help request, of the same time.
    customer : str
        Column of the customer in both.

    Returns
    -------
    ibis Table
        One row per customer: the customer, ``help`` ("none", "up to half", "up to one", "more":
        help requests per order).

    Raises
    ------
    CxError
        If a column is unknown.
    """
    placed, asked = as_table(orders), as_table(tickets)
    check_columns(placed, [customer])
    check_columns(asked, [customer])
    bought = placed.filter(is_named(placed, customer))
    requests = asked.filter(is_named(asked, customer))
    check_same_ids(bought[customer], requests[customer])
    n = bought.group_by(customer=bought[customer]).aggregate(n=bought.count())
    m = requests.group_by(asking=requests[customer]).aggregate(m=requests.count())
    each = n.left_join(m, n["customer"] == m["asking"])
    bands = [
        (each.m.isnull(), NONE),
        (2 * each.m <= each.n, "up to half"),
        (each.m <= each.n, "up to one"),
    ]
    return each.select(each["customer"].name(customer), help=ibis.cases(*bands, else_=MORE))
