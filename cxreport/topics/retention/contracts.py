"""Do they renew: what share of the customers under contract is still there at the end of a time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import is_named
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile, of_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

COLUMNS = [
    "since", "until", "at_start", "new", "at_end", "retained", "estimate", "low", "high",
    "left_out", "note",
]  # fmt: skip
NOBODY = "nobody at the start"


def contractual_retention(
    contracts: Data,
    *,
    since: dt.date | Sequence[dt.date],
    until: dt.date | Sequence[dt.date],
    customer: str = "customer_id",
    start: str = "contract_start",
    end: str = "contract_end",
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what share of the customers under contract at the start is still there at the end.

    Who came in between counts neither for nor against: (customers at the end, without the new
    ones) / customers at the start.

    Parameters
    ----------
    contracts : pandas, polars or pyarrow frame, or Ibis table
        One row per contract; a customer may have several. A row without ``start`` is none.
    since, until : date or sequence of date
        First and last day of the time looked at; of as many times as there are days.
    customer, start, end : str
        Columns of the customer, of the first day of the contract, and of the day on which it ended
        (on that day the customer is gone; empty if it has not ended).
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per time: ``since``, ``until`` (days); ``at_start`` (customers under contract when
        ``since`` began), ``new`` (those under contract when ``until`` was over, but not at the
        start), ``at_end`` (when ``until`` was over), ``retained`` (``at_end`` - ``new``);
        ``estimate``, ``low``, ``high`` (percent of ``at_start``; Wilson); ``left_out`` (contracts
        without a customer, or that end before they start); ``note`` ("", "nobody at the start").

    Raises
    ------
    CxError
        If a column is unknown or holds no times, a time ends before it begins, there are not as
        many first as last days, or the level is out of range.

    Notes
    -----
    Source of the interval: Newcombe 1998, Statistics in Medicine 17, 857-872, method 3.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-03-01", "2025-03-01", "2026-01-10"])
    >>> ended = pd.to_datetime([None, "2026-01-20", None])
    >>> club = pd.DataFrame(
    ...     {"customer_id": list("abc"), "contract_start": days, "contract_end": ended}
    ... )
    >>> retention = contractual_retention(
    ...     club, since=dt.date(2026, 1, 1), until=dt.date(2026, 1, 31)
    ... )
    >>> retention[["at_start", "new", "at_end", "retained", "estimate"]]
       at_start  new  at_end  retained  estimate
    0         2    1       2         1      50.0
    """
    normal_quantile(level)
    times = _times(since, until)
    counts = _count(contracts, customer, start, end, times)
    at_start, at_end, retained = (
        pd.Series([counts[f"{what}_{i}"] for i in range(len(times))], dtype="int64")
        for what in ("start", "end", "both")
    )
    n = at_start.astype(float).where(at_start > 0)
    low, high = of_share(retained / n, n, level)
    frame = pd.DataFrame(times, columns=["since", "until"]).assign(
        at_start=at_start,
        new=at_end - retained,
        at_end=at_end,
        retained=retained,
        estimate=100 * retained / n,
        low=100 * low,
        high=100 * high,
        left_out=int(counts["left_out"]),
    )
    note = pd.Series("", index=frame.index, dtype="str").mask(at_start == 0, NOBODY)
    return frame.assign(note=note)[COLUMNS]


def _times(
    since: dt.date | Sequence[dt.date], until: dt.date | Sequence[dt.date]
) -> list[tuple[dt.date, dt.date]]:
    """Pair first and last days."""
    firsts, lasts = ([d] if isinstance(d, dt.date) else list(d) for d in (since, until))
    if len(firsts) != len(lasts) or not firsts:
        raise CxError(
            "times without a beginning or an end",
            got=f"{len(firsts)} first days, {len(lasts)} last days",
        )
    wrong = [f"{a} to {b}" for a, b in zip(firsts, lasts, strict=True) if not a <= b]
    if wrong:
        raise CxError("a time that ends before it begins", got="; ".join(wrong))
    return list(zip(firsts, lasts, strict=True))


def _count(
    contracts: Data, customer: str, start: str, end: str, times: list[tuple[dt.date, dt.date]]
) -> dict[str, int]:
    """Count customers under contract at both ends of each time, and at both, in one query."""
    usable, begun, ended = usable_contracts(contracts, customer, start, end)
    every = as_table(contracts)
    left_out = run(every[start].count().name("n"))["n"] - run(usable.count().name("n"))["n"]
    flags = {}
    for i, (first, last) in enumerate(times):
        morning, night = (_midnight(day) for day in (first, last + dt.timedelta(days=1)))
        for what, moment in (("start", morning), ("end", night)):
            there = (begun < moment) & (ended.isnull() | (ended >= moment))
            flags[f"{what}_{i}"] = there.ifelse(1, 0).max()
    by_customer = usable.group_by(usable[customer]).aggregate(**flags)
    sums = {name: by_customer[name].sum() for name in flags}
    for i in range(len(times)):
        sums[f"both_{i}"] = (by_customer[f"start_{i}"] * by_customer[f"end_{i}"]).sum()
    totals = run(by_customer.aggregate(**sums)).assign(left_out=left_out)
    return {str(name): int(n) for name, n in totals.iloc[0].fillna(0).items()}


def usable_contracts(
    contracts: Data, customer: str, start: str, end: str
) -> tuple[ir.Table, ir.TimestampColumn, ir.TimestampColumn]:
    """Keep the contracts that have a customer and do not end before they start.

    Parameters
    ----------
    contracts, customer, start, end
        As in :func:`contractual_retention`.

    Returns
    -------
    tuple
        The rows, and when each began and ended.

    Raises
    ------
    CxError
        If a column is unknown or holds no times.
    """
    table = as_table(contracts)
    check_columns(table, [customer, start, end])
    for name in (start, end):
        kind = table[name].type()
        # A column in which nothing has ended yet may have no kind at all.
        if not (kind.is_timestamp() or kind.is_date() or kind.is_null()):
            raise CxError("these are no times", where=f"column {name}", got=kind)
    begun, ended = (table[name].cast("timestamp") for name in (start, end))
    backward = (ended < begun).fill_null(False)
    usable = table.filter(begun.notnull() & is_named(table, customer) & ~backward)
    return usable, usable[start].cast("timestamp"), usable[end].cast("timestamp")


def _midnight(day: dt.date) -> ir.TimestampScalar:
    """Return the moment at which a day begins."""
    return ibis.timestamp(dt.datetime.combine(day, dt.time()))
