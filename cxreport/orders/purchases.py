"""What counts as a purchase, and why the other rows do not.

An export of orders also holds cancellations, credit notes, gifts and rows without a customer.
Counted as orders, they make customers look loyal who only took things back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import check_same_ids, is_named, is_word, next_day
from cxreport.stats.group_columns import check_columns
from cxreport.stats.value_columns import amounts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import ibis.expr.types as ir

NO_CUSTOMER = "no customer"
NO_DAY = "no day"
AFTER_UNTIL = "after until"
BEFORE_CUSTOMER = "before the customer"
CANCELLED = "cancelled"
NEGATIVE = "negative amount"
ZERO = "zero amount"
NO_AMOUNT = "missing amount"

REASON, FIRST_SEEN, OWNER = "_reason", "_first_seen", "_owner"


@dataclass(frozen=True)
class Purchases:
    """What :func:`purchases` returns.

    Attributes
    ----------
    rows : ibis Table
        The rows of the orders that are purchases, with all their columns.
    left_out : DataFrame
        One row per reason, in the order in which they are asked: ``reason``, ``n`` (rows; each is
        counted under its first reason only).
    """

    rows: ir.Table = field(repr=False)
    left_out: pd.DataFrame


def purchases(
    orders: Data,
    *,
    until: dt.date,
    customer: str = "customer_id",
    date: str = "ordered_at",
    amount: str = "net_amount",
    status: str = "status",
    exclude: Sequence[str] = ("cancelled",),
    customers: Data | None = None,
    first_seen: str = "first_seen_at",
) -> Purchases:
    """Keep the orders that are purchases, and count the others by reason.

    A purchase has a customer and a day, is not cancelled, and its amount is above 0. What was sent
    back later stays a purchase: the customer did come.

    Parameters
    ----------
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per order.
    until : date
        Last day that the data cover.
    customer, date : str
        Columns of the customer and of the day or time of the order.
    amount, status : str
        Columns of the money paid (any currency) and of what became of the order. Their usual
        names may be absent, and are then not asked; another name must be there.
    exclude : sequence of str
        Statuses that are no purchase, whatever their capitals.
    customers : pandas, polars or pyarrow frame, or Ibis table, optional
        One row per customer: an order before the day on which the customer was first seen is wrong.
    first_seen : str
        Its column of that day.

    Returns
    -------
    Purchases
        Its ``rows`` and its frame ``left_out``. The reasons, in this order: "no customer",
        "no day", "after until", "before the customer" (if ``customers`` are given), "cancelled"
        (if there is a status), "negative amount", "zero amount" and "missing amount" (if there is
        an amount).

    Raises
    ------
    CxError
        If a column is unknown, the dates are no times, the amounts are no numbers, or ``until``
        is no day.

    Examples
    --------
    >>> import datetime as dt
    >>> days = pd.to_datetime(["2026-01-05", "2026-01-06", "2026-01-07"])
    >>> orders = pd.DataFrame(
    ...     {"customer_id": ["a", None, "b"], "ordered_at": days, "net_amount": [20.0, 5.0, -20.0]}
    ... )
    >>> kept = purchases(orders, until=dt.date(2026, 1, 31))
    >>> run(kept.rows)["customer_id"].tolist()
    ['a']
    >>> kept.left_out.query("n > 0")
                reason  n
    0      no customer  1
    3  negative amount  1
    """
    table = as_table(orders)
    check_columns(table, [customer, date])
    if not (table[date].type().is_timestamp() or table[date].type().is_date()):
        raise CxError("these are no times", where=f"column {date}", got=table[date].type())
    rules: dict[str, ir.BooleanValue] = {
        NO_CUSTOMER: ~is_named(table, customer),
        NO_DAY: table[date].isnull(),
        AFTER_UNTIL: table[date] >= next_day(until),
    }
    seen = _with_first_seen(table, customers, customer, first_seen)
    if seen is not None:
        table = seen
        rules[BEFORE_CUSTOMER] = _is_before(table, date)
    if _is_there(table, status, "status"):
        rules[CANCELLED] = is_word(table[status], exclude)
    if _is_there(table, amount, "net_amount"):
        (money,) = amounts(table, [amount])
        rules[NEGATIVE], rules[ZERO], rules[NO_AMOUNT] = money < 0, money == 0, money.isnull()
    cases = [(rule.fill_null(False), reason) for reason, rule in rules.items()]
    judged = table.mutate(**{REASON: ibis.cases(*cases, else_="")})
    counts = run(judged.group_by(REASON).aggregate(n=judged.count())).set_index(REASON)["n"]
    n = [int(counts.get(reason, 0)) for reason in rules]
    left_out = pd.DataFrame({"reason": pd.Series(list(rules), dtype="str"), "n": n})
    extra = [name for name in (REASON, FIRST_SEEN) if name in judged.columns]
    return Purchases(judged.filter(judged[REASON] == "").drop(*extra), left_out)


def _is_there(table: ir.Table, name: str, usual: str) -> bool:
    """Return whether a column is there; one that was asked for by name must be."""
    if name not in table.columns and name == usual:
        return False
    check_columns(table, [name])
    return True


def _with_first_seen(
    table: ir.Table, customers: Data | None, customer: str, first_seen: str
) -> ir.Table | None:
    """Write beside each order when its customer was first seen."""
    if customers is None:
        return None
    people = as_table(customers)
    check_columns(people, [customer, first_seen])
    kind = people[first_seen].type()
    if not (kind.is_timestamp() or kind.is_date()):
        raise CxError("these are no times", where=f"column {first_seen}", got=kind)
    check_same_ids(table[customer], people[customer])
    since = people.group_by(**{OWNER: people[customer]}).aggregate(
        **{FIRST_SEEN: people[first_seen].min()}
    )
    return table.left_join(since, table[customer] == since[OWNER]).drop(OWNER)


def _is_before(table: ir.Table, date: str) -> ir.BooleanValue:
    """Return which orders stand before the day on which their customer was first seen."""
    moment, since = (table[name].cast("timestamp") for name in (date, FIRST_SEEN))
    return moment < since.truncate("D")
