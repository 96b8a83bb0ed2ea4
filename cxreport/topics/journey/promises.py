"""Whether what was promised arrives in time, and by how much it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from scipy.stats import binom

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import is_word, next_day
from cxreport.stats.group_columns import as_names, check_columns, kept_whole
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.proportions import SHARES, percent_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from cxreport.stats.group_columns import By

NOT_YET = "not yet observable"
NO_PROMISE = "no promise"
NOT_DELIVERED = "beyond what is delivered so far"
COUNTS = ("n", "kept", "late", "overdue", "open", "unpromised", "cancelled", "impossible")


def promise_kept(
    orders: Data,
    *,
    promised: str = "promised_at",
    delivered: str = "delivered_at",
    ordered: str = "ordered_at",
    status: str | None = "status",
    cancelled: Sequence[str] = ("cancelled",),
    until: dt.date,
    by: By = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what share of orders arrived by the promised moment.

    An order is judged by its promise, not by its delivery: one whose promised moment lies after the
    end of the data is not yet observable, even if it has arrived (or else only the fast ones of
    the last days would count); one past its promise and not there has broken it.

    Parameters
    ----------
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per order. What arrives after ``until`` has not arrived yet.
    promised, delivered, ordered : str
        Columns of times. A promise for a day counts up to the end of that day; days are dates, and
        times of which none has a clock time (all at midnight).
    status : str, optional
        Column of the order's state; None where there is none.
    cancelled : sequence of str
        States of orders that nobody waits for; left out.
    until : date
        The last day that the orders cover.
    by : str or list of str, optional
        Columns to break down by; a missing value is a group of its own, the last.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group: the ``by`` columns; ``n`` orders judged, ``kept``, ``late`` (delivered
        after the promise), ``overdue`` (past the promise and not delivered); ``estimate``,
        ``std_error``, ``low``, ``high`` (kept, percent of ``n``, Wilson); ``open`` (promised for
        after the end), ``unpromised`` (without a promise), ``cancelled``, ``impossible`` (promised
        or delivered before it was ordered): not in ``n``;
        ``note`` ("", "not yet observable", "no promise").

    Raises
    ------
    CxError
        If a column is absent or holds no times, or ``until`` is no day.

    Examples
    --------
    >>> import datetime as dt
    >>> day = pd.to_datetime
    >>> table = pd.DataFrame({"ordered_at": day("2026-03-01"), "promised_at": day(["2026-03-05"] * 3
    ...     + ["2026-04-02"]), "delivered_at": day(["2026-03-04", "2026-03-06", None, None])})
    >>> promises = promise_kept(table, status=None, until=dt.date(2026, 3, 31))
    >>> promises[["n", "kept", "late", "overdue", "open"]]
       n  kept  late  overdue  open
    0  3     1     1        1     1
    """
    normal_quantile(level)
    groups = as_names(by)
    rows = _rows(orders, (ordered, promised, delivered), status, cancelled, until, groups)
    keys = {f"by_{position}": rows[f"by_{position}"] for position in range(len(groups))}
    outcomes = {name: (rows.outcome == name).sum().fill_null(0) for name in COUNTS[1:]}
    counts = run(rows.aggregate(by=list(keys), **outcomes))
    whole = kept_whole(counts, keys).sort_values(list(keys)) if keys else counts
    whole = whole.rename(columns=dict(zip(keys, groups, strict=True))).reset_index(drop=True)
    whole = whole.astype(dict.fromkeys(COUNTS[1:], "int64"))
    whole["n"] = whole[["kept", "late", "overdue"]].sum(axis="columns")
    reasons = [(whole["n"] > 0, ""), (whole["open"] > 0, NOT_YET)]
    note = pd.Series(NO_PROMISE, whole.index, dtype="str").case_when(reasons)
    table = whole.join(percent_of(whole["kept"], whole["n"], level)).assign(note=note)
    return table[[*groups, *COUNTS[:4], *SHARES, *COUNTS[4:], "note"]]


def lateness(
    orders: Data,
    *,
    promised: str = "promised_at",
    delivered: str = "delivered_at",
    ordered: str = "ordered_at",
    status: str | None = "status",
    cancelled: Sequence[str] = ("cancelled",),
    until: dt.date,
    quantiles: Sequence[float] = (0.5, 0.9),
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how late broken promises are.

    Parameters
    ----------
    orders, promised, delivered, ordered, status, cancelled, until, level
        As in ``promise_kept``.
    quantiles : sequence of float
        Between 0 and 1.

    Returns
    -------
    DataFrame
        One row per quantile: ``quantile``; ``n`` (broken promises: late and overdue), ``overdue``
        (of them, not delivered: later than any delivered one, so that a backlog cannot flatter);
        ``estimate``, ``low``, ``high`` (hours after the promise, to the minute begun; empty where
        that lies among the overdue); ``note`` ("", "beyond what is delivered so far", "no broken
        promise").

    Raises
    ------
    CxError
        As ``promise_kept``, or if a quantile is not between 0 and 1.

    Notes
    -----
    Interval: order statistics, free of any distribution (Conover 1999, Practical Nonparametric
    Statistics, section 3.2).

    Examples
    --------
    >>> import datetime as dt
    >>> day = pd.to_datetime
    >>> table = pd.DataFrame({"ordered_at": day("2026-03-01"), "promised_at": day("2026-03-05"),
    ...     "delivered_at": day(["2026-03-06 02:00", "2026-03-06 08:00", None])})
    >>> lateness(table, status=None, until=dt.date(2026, 3, 31))[["quantile", "n", "estimate"]]
       quantile  n  estimate
    0       0.5  3       8.0
    1       0.9  3       NaN
    """
    normal_quantile(level)
    if wrong := [q for q in quantiles if not 0 < q < 1]:
        raise CxError("not a quantile", got=wrong, expected="between 0 and 1")
    rows = _rows(orders, (ordered, promised, delivered), status, cancelled, until, [])
    broken = rows.filter(rows.outcome.isin(["late", "overdue"]))
    arrived, due = (broken[name].truncate("s") for name in ("arrived", "due"))
    seconds = arrived.epoch_seconds() - due.epoch_seconds()
    late_by = broken.select("outcome", minutes=seconds // 60)
    orders_by_minute = run(late_by.group_by("outcome", "minutes").aggregate(rows=late_by.count()))
    late = orders_by_minute[orders_by_minute["outcome"] == "late"].sort_values("minutes")
    hours, up_to = late["minutes"].to_numpy(dtype=float) / 60, late["rows"].cumsum().to_numpy()
    overdue = int(orders_by_minute.loc[orders_by_minute["outcome"] == "overdue", "rows"].sum())
    n = overdue + int(late["rows"].sum())

    def at_rank(rank: int) -> float:
        place = int(np.searchsorted(up_to, rank))
        return float(hours[place]) if rank >= 1 and place < len(hours) else float("nan")

    table = []
    for q in quantiles:
        tail = (1 - level) / 2
        first, last = int(binom.ppf(tail, n, q)), int(binom.ppf(1 - tail, n, q))
        ranks = (int(np.ceil(n * q - 1e-9)), first, last + 1)
        values = [at_rank(rank) for rank in ranks]
        note = "no broken promise" if n == 0 else NOT_DELIVERED if np.isnan(values[0]) else ""
        table.append([q, n, overdue, *values, note])
    names = ["quantile", "n", "overdue", "estimate", "low", "high", "note"]
    return pd.DataFrame(table, columns=names)


def _rows(
    orders: Data,
    times: tuple[str, str, str],
    status: str | None,
    cancelled: Sequence[str],
    until: dt.date,
    groups: list[str],
) -> ir.Table:
    """Return what became of each order's promise: ``outcome``, ``due``, ``arrived``, groups."""
    table, end = as_table(orders), next_day(until)
    check_columns(table, [*times, *([status] if status else [])])
    check_columns(table, groups, {*COUNTS, *SHARES, "note"})
    for name in times:
        kind = table[name].type()
        if not (kind.is_timestamp() or kind.is_date()):
            raise CxError("this column holds no times", where=f"column {name}", got=kind)
    begun, due, arrived = (table[name].cast("timestamp") for name in times)
    clocks = run(table.aggregate(due=_with_a_clock(due), arrived=_with_a_clock(arrived))).iloc[0]
    if not clocks["due"]:
        due = due + ibis.interval(days=1) - ibis.interval(microseconds=1)
    if not clocks["arrived"]:
        begun = begun.truncate("D")
    arrived = ibis.cases((arrived < ibis.literal(end), arrived))
    stopped = is_word(table[status], cancelled) if status else ibis.literal(False)
    outcome = ibis.cases(
        (stopped.fill_null(False), "cancelled"),
        (due.isnull(), "unpromised"),
        (((due < begun) | (arrived < begun)).fill_null(False), "impossible"),
        (due >= ibis.literal(end), "open"),
        (arrived.isnull(), "overdue"),
        (arrived <= due, "kept"),
        else_="late",
    )
    by = {f"by_{position}": table[name] for position, name in enumerate(groups)}
    return table.select(outcome=outcome, due=due, arrived=arrived, **by)


def _with_a_clock(time: ir.Column) -> ir.Scalar:
    """Count the times that say more than the day."""
    return (time != time.truncate("D")).sum().fill_null(0)
