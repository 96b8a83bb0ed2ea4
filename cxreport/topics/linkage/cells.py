"""Answers and purchases -> counts and sums by class and stratum: the engine's part of a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, keep, run
from cxreport.orders.rules import is_named, next_day
from cxreport.topics.linkage.answer_windows import follow_answers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import ibis.expr.types as ir

HISTORY = ("spent_before", "orders_before")
BEHAVIOUR = ("ordered_again", "spent_after", "ordered_before", "spent_before")
NO_CUSTOMER = "no customer"
NOT_OBSERVABLE = "not yet observable"
NOT_COVERED = "not covered before"
REPEATED = "answered again"
MOST_ORDERS = 3
"""Earlier orders from which customers are taken as alike."""


def count_cells(
    answers: Data,
    orders: Data,
    *,
    until: dt.date,
    since: dt.date | None,
    score: str,
    classes: Mapping[str, Iterable[int]],
    amount: str | None,
    days: int,
    adjust: Sequence[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count customers and add up what they did, by class of answer and stratum.

    Parameters
    ----------
    answers, orders, until, since, score, classes, amount, days, adjust
        As in :func:`~cxreport.topics.linkage.score_link`.

    Returns
    -------
    tuple of two DataFrames
        The cells, one row per class and stratum: ``answer``, the strata, ``n`` and, for each of
        ``BEHAVIOUR``, ``total_*`` and ``squares_*``. And the answers left out: ``reason``, ``n``.

    Raises
    ------
    CxError
        See :func:`~cxreport.topics.linkage.score_link`.
    """
    if len(classes) < 2:
        raise CxError("one class cannot be compared", got=", ".join(classes), expected=2)
    placed = as_table(orders)
    beside = [name for name in adjust if name not in HISTORY]
    followed = follow_answers(
        answers, placed, score=score, days=days, classes=classes, amount=amount, beside=beside
    )
    first = ibis.literal(since) if since else placed.ordered_at.min().as_scalar()
    span = ibis.interval(days=days)
    early = followed.origin - span < first.cast("timestamp").truncate("D")
    late = followed["at"] + span >= next_day(until)
    why = ibis.cases(
        (~is_named(followed, "who"), NO_CUSTOMER), (late, NOT_OBSERVABLE), (early, NOT_COVERED),
        else_="",
    )  # fmt: skip
    followed = keep(followed.mutate(why=why.fill_null("")))
    counts = run(followed.group_by("why").aggregate(n=followed.count())).set_index("why")["n"]
    whole = followed.filter(followed.why == "").drop("why")
    once = keep(_first_answers(whole))
    n = {reason: int(counts.get(reason, 0)) for reason in (NO_CUSTOMER, NOT_OBSERVABLE)}
    n[NOT_COVERED] = int(counts.get(NOT_COVERED, 0))
    n[REPEATED] = int(counts.get("", 0)) - int(run(once.aggregate(n=once.count()))["n"].item())
    left_out = pd.DataFrame({"reason": pd.Series(list(n), dtype="str"), "n": list(n.values())})
    return _add_up(once, [name for name in adjust if name not in HISTORY], adjust), left_out


def _first_answers(answers: ir.Table) -> ir.Table:
    """Keep each customer's first answer; of several at the same moment, that of the lowest id."""
    first = answers.group_by("who").aggregate(first_at=answers["at"].min())
    both = answers.inner_join(first, "who")
    both = both.filter(both["at"] == both.first_at).drop("first_at")
    lowest = both.group_by("who").aggregate(first_id=both.id.min())
    both = both.inner_join(lowest, "who")
    return both.filter(both.id == both.first_id).drop("first_id")


def _add_up(answers: ir.Table, beside: list[str], adjust: Sequence[str]) -> pd.DataFrame:
    """Count customers, and add up values and their squares, by class and stratum."""
    values = {
        "ordered_again": (answers.orders_after > 0).cast("int32"),
        "ordered_before": (answers.orders_before > 0).cast("int32"),
    }
    strata: dict[str, ir.Value] = {name: answers[name] for name in beside}
    if "orders_before" in adjust:
        n = answers.orders_before
        strata["orders_before"] = ibis.cases((n >= MOST_ORDERS, MOST_ORDERS), else_=n)
    if "spent_after" in answers.columns:
        values |= {name: answers[name] for name in ("spent_after", "spent_before")}
        if "spent_before" in adjust:
            strata["spent_before"] = spend_stratum(answers, answers.spent_before)
    sums = {f"total_{name}": value.sum().cast("float64") for name, value in values.items()}
    squares = {
        f"squares_{name}": (value * value).sum().cast("float64") for name, value in values.items()
    }
    keyed = answers.group_by(answer=answers.answer, **strata)
    return run(keyed.aggregate(n=answers.count(), **sums, **squares))


def spend_stratum(table: ir.Table, spent: ir.NumericColumn) -> ir.Value:
    """Put customers who spent alike together: nothing, then by the mean of those who spent."""
    some = run(table.aggregate(total=spent.sum(where=spent > 0), n=spent.count(where=spent > 0)))
    n = int(some["n"].item())
    mean = round(float(some["total"].item()) / n, 4) if n else 0.0
    levels = [(spent <= limit, rank) for rank, limit in enumerate((0.0, mean / 2, mean, 2 * mean))]
    return ibis.cases(*levels, else_=len(levels))
