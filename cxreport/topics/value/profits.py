"""The profit of each customer: margin, less the cost to win and to serve them, in the engine.

Revenue is no profit: orders without a margin are refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis.expr.datatypes import highest_precedence

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import check_same_ids, is_named, is_word
from cxreport.stats.group_columns import as_names, check_columns, kept_whole
from cxreport.stats.value_columns import amounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    import pandas as pd

    from cxreport.stats.group_columns import By

ACQUISITION = "acquisition"
PARTS = ("margin", "acquisition", "serve", "profit")
MONEY, CENTS = "decimal(18, 4)", "decimal(18, 2)"
OWNER = "_owner"


def profit_by_customer(
    orders: Data,
    costs: Data | None = None,
    *,
    customer: str = "customer_id",
    margin: str = "margin",
    amount: str = "amount",
    kind: str = "kind",
    acquisition: Sequence[str] = (ACQUISITION,),
    groups: Data | None = None,
    by: By = None,
) -> ir.Table:
    """Work out the profit of each customer: margin, less cost to win, less cost to serve.

    Parameters
    ----------
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per order, in one currency, with its margin net of refunds.
    costs : frame, optional
        One row per customer and cost, in the same currency.
    customer : str
        Column of the customer, in every table. Rows without one belong to nobody, see
        :func:`profit_of_nobody`.
    margin, amount, kind : str
        Columns of the order's margin, of the cost, and of what it was for.
    acquisition : sequence of str
        Kinds of cost that won the customer; all others are cost to serve.
    groups : frame, optional
        One row per customer with the columns ``by``.
    by : str or list of str, optional
        Its columns to keep.

    Returns
    -------
    ibis Table
        One row per customer with an order or a cost: the ``by`` columns, the customer, ``margin``,
        ``acquisition``, ``serve`` and ``profit`` (money, exact decimals). ``profit`` is empty
        where an order of the customer has no margin, or a cost no amount.

    Raises
    ------
    CxError
        If the orders have no margin (revenue is no profit), a column is unknown or no number, or
        a customer has two rows in ``groups``.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "margin": [20.0, 15.0, 4.0]})
    >>> costs = pd.DataFrame({"customer_id": ["a", "b", "b"], "amount": [12.0, 5.0, 9.0],
    ...     "kind": ["acquisition", "acquisition", "serve"]})
    >>> run(profit_by_customer(orders, costs).order_by("customer_id"))
      customer_id  margin  acquisition  serve  profit
    0           a    35.0         12.0    0.0    23.0
    1           b     4.0          5.0    9.0   -10.0
    """
    entries = _entries(orders, costs, (customer, margin, amount, kind), acquisition)
    named = entries.filter(is_named(entries, customer))
    valued = named.value.notnull()
    each = named.group_by(customer).aggregate(
        **{part: named.value.sum(where=named.part == part).fill_null(0) for part in PARTS[:3]},
        unknown=(~valued).sum(),
    )
    profit = each.margin - each.acquisition - each.serve
    each = each.mutate(profit=ibis.cases((each.unknown == 0, profit)))
    names = as_names(by)
    if groups is None:
        if names:
            raise CxError("groups of customers are not given", got=", ".join(names))
        return each.select(customer, *PARTS)
    known_groups = _one_row_each(as_table(groups), customer, names)
    check_same_ids(each[customer], known_groups[OWNER])
    joined = each.left_join(known_groups, each[customer] == known_groups[OWNER])
    return joined.select(*names, customer, *PARTS)


def count_profits(profits: ir.Table, names: Sequence[str] = ()) -> pd.DataFrame:
    """Count the customers of each profit, to the cent: all that the rest is made of.

    Parameters
    ----------
    profits : ibis Table
        From :func:`profit_by_customer`.
    names : sequence of str
        Columns of groups.

    Returns
    -------
    DataFrame
        One row per group and profit: ``by_0``, ``by_1``, ... (the groups), ``profit`` (money; NaN
        where not known), ``customers``, in order of profit.
    """
    check_columns(profits, [*names, "profit"])
    keys = {f"by_{position}": profits[name] for position, name in enumerate(names)}
    cents = profits.select(**keys, profit=profits.profit.cast(CENTS))
    counts = run(cents.group_by([*keys, "profit"]).aggregate(customers=cents.count()))
    counts = kept_whole(counts, keys).astype({"profit": float, "customers": "int64"})
    return counts.sort_values(["profit", *keys], kind="stable", ignore_index=True)


def profit_of_nobody(
    orders: Data, costs: Data | None = None, *, customer: str = "customer_id",
    margin: str = "margin", amount: str = "amount", kind: str = "kind",
) -> pd.DataFrame:  # fmt: skip
    """Count margins and costs that belong to no customer, or are not known.

    Parameters
    ----------
    orders, costs, customer, margin, amount, kind
        As in :func:`profit_by_customer`.

    Returns
    -------
    DataFrame
        One row per part ("margin", "cost"): ``part``, ``n`` (rows without a customer), ``total``
        (their money), ``unknown`` (rows of customers without an amount).
    """
    entries = _entries(orders, costs, (customer, margin, amount, kind), ())
    named = is_named(entries, customer).fill_null(False)
    totals_by_part = run(
        entries.group_by("part").aggregate(
            n=(~named).sum(),
            total=entries.value.sum(where=~named).fill_null(0),
            unknown=(named & entries.value.isnull()).sum(),
        )
    )
    totals_by_part = totals_by_part.assign(part=totals_by_part["part"].replace({"serve": "cost"}))
    return totals_by_part.sort_values("part", ascending=False, ignore_index=True)


def _entries(
    orders: Data, costs: Data | None, names: tuple[str, str, str, str], acquisition: Sequence[str]
) -> ir.Table:
    """Put margins and costs one below the other: customer, part, value."""
    customer, margin, amount, kind = names
    sold = as_table(orders)
    if margin not in sold.columns:
        raise CxError(
            "orders without a margin have no profit",
            where=f"column {margin}",
            got=", ".join(sold.columns),
            expected="the margin of each order: revenue is no profit",
        )
    check_columns(sold, [customer, margin])
    tables = [(sold, margin, ibis.literal("margin"))]
    if costs is not None:
        spent = as_table(costs)
        check_columns(spent, [customer, amount, kind])
        check_same_ids(sold[customer], spent[customer])
        won = is_word(spent[kind], acquisition)
        tables.append((spent, amount, ibis.cases((won, ACQUISITION), else_="serve")))
    parts = []
    # Numbers of which some are missing come as floats: a table of each kind has no union.
    ids = highest_precedence(table[customer].type() for table, _, _ in tables)
    for table, name, part in tables:
        (money,) = amounts(table, [name])
        whose = table[customer].cast(ids).name(customer)
        parts.append(table.select(whose, part=part, value=money.cast(MONEY)))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _one_row_each(groups: ir.Table, customer: str, names: Sequence[str]) -> ir.Table:
    """Return the groups of each customer, or refuse a customer with two rows."""
    check_columns(groups, [customer, *names], reserved=PARTS)
    rows = groups.filter(is_named(groups, customer))
    sizes = rows.group_by(customer).aggregate(n=rows.count())
    twice = run(sizes.aggregate(n=(sizes.n > 1).sum().fill_null(0)))["n"].item()
    if twice:
        raise CxError(
            "a customer has two rows of groups",
            got=f"{twice} customers",
            expected="one row per customer",
        )
    return rows.select(**{OWNER: rows[customer]}, **{name: rows[name] for name in names})
