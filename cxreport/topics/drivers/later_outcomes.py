"""What the customer of an answer did later: ordered again, answered again, stayed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table
from cxreport.stats.group_columns import check_columns

if TYPE_CHECKING:
    import ibis.expr.types as ir

AGAIN, NEXT, STAYED = "ordered_again", "next_score", "stayed"
NEEDED = ("response_id", "customer_id", "answered_at")
YES, NO = 100, 0
"""Yes and no as percent, so that a difference of means is one of percentage points."""


def with_orders(
    answers: Data, orders: Data, *, observed_until: dt.date, days: int = 180
) -> ir.Table:
    """Add whether the customer ordered again in the days after the answer.

    Parameters
    ----------
    answers : frame
        One row per answer: ``response_id``, ``customer_id``, ``answered_at`` (local time).
    orders : frame
        One row per order: ``customer_id``, ``ordered_at`` (local time). Cancelled ones count, too.
    observed_until : date
        The last day that the orders cover.
    days : int
        Length of the window.

    Returns
    -------
    ibis Table
        The answers with ``ordered_again``: 100 or 0, empty where the customer is not known or the
        window reaches beyond the data (not yet observable).

    Raises
    ------
    CxError
        If a column is missing, or ``days`` is below 1.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.source import run
    >>> day = pd.Timestamp
    >>> answers = pd.DataFrame({"response_id": ["r1", "r2"], "customer_id": ["a", "a"],
    ...     "answered_at": [day("2026-03-05"), day("2026-04-05")], "nps": [9.0, 4.0]})
    >>> orders = pd.DataFrame({"customer_id": ["a"], "ordered_at": [day("2026-03-20")]})
    >>> followed = with_orders(answers, orders, observed_until=dt.date(2026, 12, 31), days=30)
    >>> run(followed.order_by("response_id"))["ordered_again"].tolist()
    [100.0, 0.0]
    """
    given, placed = _checked(answers, days), as_table(orders)
    check_columns(placed, ["customer_id", "ordered_at"])
    span = ibis.interval(days=days)
    who = given.select(id=given.response_id, who=given.customer_id, at=given.answered_at)
    later = placed.select(who=placed.customer_id, ordered=placed.ordered_at)
    pairs = who.inner_join(later, "who")
    came = pairs.filter((pairs.ordered > pairs.at) & (pairs.ordered <= pairs.at + span))
    ids_with_orders = came.select(came_id=came.id).distinct()
    joined = given.left_join(ids_with_orders, given.response_id == ids_with_orders.came_id)
    observable = _observable(joined, span, observed_until)
    value = ibis.cases((observable & joined.came_id.notnull(), YES), (observable, NO), else_=None)
    return joined.mutate(**{AGAIN: value.cast("float64")}).drop("came_id")


def with_next_score(answers: Data, *, score: str) -> ir.Table:
    """Add the score of the same customer's next answer.

    Parameters
    ----------
    answers : frame
        As for ``with_orders``, and ``score``.
    score : str
        Numeric column.

    Returns
    -------
    ibis Table
        The answers with ``next_score``, empty where there is no later answer or it has no score;
        the mean of several answers at one moment.

    Raises
    ------
    CxError
        If a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.source import run
    >>> day = pd.Timestamp
    >>> answers = pd.DataFrame({"response_id": ["r1", "r2"], "customer_id": ["a", "a"],
    ...     "answered_at": [day("2026-03-05"), day("2026-04-05")], "nps": [9.0, 4.0]})
    >>> run(with_next_score(answers, score="nps").order_by("response_id"))["next_score"].tolist()
    [4.0, nan]
    """
    given = _checked(answers, 1)
    check_columns(given, [score])
    who = given.select(id=given.response_id, who=given.customer_id, at=given.answered_at)
    then = given.select(who=given.customer_id, then=given.answered_at, next_score=given[score])
    pairs = who.inner_join(then, "who")
    after = pairs.filter(pairs.then > pairs.at)
    first = after.group_by("id").aggregate(first=after.then.min())
    at_first = after.inner_join(first, "id")
    next_ones = at_first.filter(at_first.then == at_first.first)
    scores_by_id = next_ones.group_by(next_id=next_ones.id).aggregate(
        **{NEXT: next_ones.next_score.cast("float64").mean()}
    )
    return given.left_join(scores_by_id, given.response_id == scores_by_id.next_id).drop("next_id")


def with_contracts(
    answers: Data, customers: Data, *, observed_until: dt.date, days: int = 180
) -> ir.Table:
    """Add whether a customer under contract was still under it some days after the answer.

    Parameters
    ----------
    answers, observed_until, days
        As for ``with_orders``.
    customers : frame
        One row per customer: ``customer_id``, ``contract_start``, ``contract_end`` (empty while it
        lasts).

    Returns
    -------
    ibis Table
        The answers with ``stayed``: 100 or 0, empty where there was no contract at the time of
        the answer, or the window reaches beyond the data.

    Raises
    ------
    CxError
        As ``with_orders``.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.source import run
    >>> day = pd.Timestamp
    >>> answers = pd.DataFrame({"response_id": ["r1", "r2"], "customer_id": ["a", "a"],
    ...     "answered_at": [day("2026-03-05"), day("2026-04-05")], "nps": [9.0, 4.0]})
    >>> customers = pd.DataFrame({"customer_id": ["a"], "contract_start": [day("2025-01-01")],
    ...     "contract_end": [day("2026-04-20")]})
    >>> followed = with_contracts(answers, customers, observed_until=dt.date(2026, 12, 31), days=30)
    >>> run(followed.order_by("response_id"))["stayed"].tolist()
    [100.0, 0.0]
    """
    given, everybody = _checked(answers, days), as_table(customers)
    check_columns(everybody, ["customer_id", "contract_start", "contract_end"])
    span = ibis.interval(days=days)
    contracts = everybody.select(
        holder=everybody.customer_id,
        since=everybody.contract_start.cast("timestamp"),
        ended=everybody.contract_end.cast("timestamp"),
    )
    joined = given.left_join(contracts, given.customer_id == contracts.holder)
    at = joined.answered_at
    under = (joined.since <= at) & (joined.ended.isnull() | (joined.ended > at))
    observable = under & _observable(joined, span, observed_until)
    left = joined.ended.notnull() & (joined.ended <= at + span)
    value = ibis.cases((observable & left, NO), (observable, YES), else_=None)
    return joined.mutate(**{STAYED: value.cast("float64")}).drop("holder", "since", "ended")


def _checked(answers: Data, days: int) -> ir.Table:
    """Return the answers as a table, or refuse them."""
    if days < 1:
        raise CxError("a window needs a day or more", got=days, expected="1 or more")
    given = as_table(answers)
    check_columns(given, list(NEEDED))
    return given


def _observable(
    answers: ir.Table, span: ir.IntervalValue, observed_until: dt.date
) -> ir.BooleanValue:
    """Return whether the whole window of an answer lies in the data, and its customer is known."""
    end = ibis.timestamp(observed_until + dt.timedelta(days=1))
    return (answers.answered_at + span < end) & answers.customer_id.notnull()
