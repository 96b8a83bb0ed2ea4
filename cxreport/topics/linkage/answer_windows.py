"""What customers bought around their answers: so many days after, and as many days before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table
from cxreport.orders.rules import check_same_ids, is_named
from cxreport.scores.spread import NPS_CLASSES
from cxreport.stats.group_columns import check_columns
from cxreport.stats.value_columns import amounts, numbers, times

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import ibis.expr.types as ir

MONEY = "decimal(18, 4)"
"""Sums of exact decimals do not depend on the order of rows."""
COUNTED = ("orders_after", "orders_before", "spent_after", "spent_before")


def follow_answers(
    answers: Data,
    orders: Data,
    *,
    score: str,
    days: int,
    classes: Mapping[str, Iterable[int]] = NPS_CLASSES,
    amount: str | None = None,
    beside: Sequence[str] = (),
) -> ir.Table:
    """Count the orders of each answer's customer in the days after it, and in as many before.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row per answer: ``response_id``, ``customer_id``, ``answered_at`` (local time),
        ``score`` and the columns ``beside``.
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per order: ``customer_id``, ``ordered_at`` (local time) and ``amount``.
    score : str
        Column of answers, as numbers.
    days : int
        Length of either window.
    classes : mapping of str to iterable of int
        Class -> its scores; answers in no class are left out.
    amount : str, optional
        Column of money to add up; orders are only counted when left out.
    beside : sequence of str
        Columns of the answers to keep.

    Returns
    -------
    ibis Table
        One row per answer in a class: ``id``, ``who``, ``at``, ``answer`` (its class), the columns
        ``beside``, ``origin`` (the day of the last order up to the answer, which the answer
        follows; the day of the answer without one), ``orders_after`` (after the answer and up to
        ``days`` later), ``orders_before`` (before ``origin`` and up to ``days`` earlier) and, with
        an ``amount``, ``spent_after`` and ``spent_before`` (0 without an order).

    Raises
    ------
    CxError
        If a column is unknown, or ``days`` is below 1.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.source import run
    >>> day = pd.Timestamp
    >>> answers = pd.DataFrame({"response_id": ["r1"], "customer_id": ["a"],
    ...     "answered_at": [day("2026-03-05")], "nps": [10]})
    >>> orders = pd.DataFrame({"customer_id": "a", "paid": [20.0, 30.0, 40.0],
    ...     "ordered_at": [day("2026-02-01"), day("2026-03-01"), day("2026-03-20")]})
    >>> followed = follow_answers(answers, orders, score="nps", days=30, amount="paid")
    >>> run(followed)[["answer", "orders_after", "spent_after", "spent_before"]]
          answer  orders_after  spent_after  spent_before
    0  promoters             1         40.0          20.0
    """
    if days < 1:
        raise CxError("a window needs a day or more", got=days, expected="1 or more")
    given, placed = as_table(answers), as_table(orders)
    check_columns(given, ["response_id", "customer_id", "answered_at", score, *beside])
    check_columns(placed, ["customer_id", "ordered_at", *([amount] if amount else [])])
    check_same_ids(given.customer_id, placed.customer_id)
    if amount:
        placed = placed.mutate(**{amount: amounts(placed, [amount])[0]})
    given = given.select(
        *beside,
        id=given.response_id,
        who=given.customer_id,
        at=times(given, "answered_at"),
        answer=class_of(numbers(given, score), classes),
    )
    placed = placed.filter(is_named(placed, "customer_id") & placed.ordered_at.notnull()).select(
        who=placed.customer_id,
        ordered=times(placed, "ordered_at"),
        amount=(placed[amount] if amount else ibis.literal(0)).cast(MONEY),
    )
    followed = _count(given.filter(given.answer.notnull() & given["at"].notnull()), placed, days)
    return followed if amount else followed.drop("spent_after", "spent_before")


def class_of(score: ir.Column, classes: Mapping[str, Iterable[int]]) -> ir.StringColumn:
    """Name the class of each answer; nothing for a value that is in none."""
    return ibis.cases(*((score.isin(list(values)), name) for name, values in classes.items()))


def _count(given: ir.Table, placed: ir.Table, days: int) -> ir.Table:
    """Join orders to answers twice, on the customer: the days after, then those before.

    The limits are times plus an interval, never day differences.
    """
    span = ibis.interval(days=days)
    joined = given.left_join(placed, "who").drop("who_right")
    after = (joined.ordered > joined["at"]) & (joined.ordered <= joined["at"] + span)
    followed = joined.group_by(*given.columns).aggregate(
        last=joined.ordered.max(where=joined.ordered <= joined["at"]),
        orders_after=joined.ordered.count(where=after),
        spent_after=ibis.coalesce(joined.amount.sum(where=after), ibis.literal(0).cast(MONEY)),
    )
    followed = followed.mutate(origin=ibis.coalesce(followed["last"], followed["at"]).truncate("D"))
    followed = followed.drop("last")
    joined = followed.left_join(placed, "who").drop("who_right")
    before = (joined.ordered < joined.origin) & (joined.ordered >= joined.origin - span)
    return joined.group_by(*followed.columns).aggregate(
        orders_before=joined.ordered.count(where=before),
        spent_before=ibis.coalesce(joined.amount.sum(where=before), ibis.literal(0).cast(MONEY)),
    )
