"""Help requests made ready for measuring: how long each has waited so far, and which cannot count.

A request that is still open has waited until the last day looked at, and nobody knows for how much
longer: it is censored, not absent. Leaving it out would let a backlog flatter every average.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import is_word
from cxreport.stats.group_columns import check_columns
from cxreport.topics.service.clock_changes import seconds_between

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import ibis.expr.types as ir

Metric = Literal["first_reply", "solution"]
METRICS: tuple[Metric, ...] = get_args(Metric)
REASONS = (
    "no time of creation",
    "created after the last day",
    "withdrawn",
    "solved before created",
    "replied before created",
    "replied after solved",
    "times in the future",
    "solved without a time",
    "open with a time of solution",
)
CLOSED = ("closed",)
"""Codes of requests that were put away, perhaps without a solution."""
ADDED = (
    "followed_seconds", "first_reply_seconds", "first_reply_seen", "solution_seconds",
    "solution_seen",
)  # fmt: skip


@dataclass(frozen=True)
class Tickets:
    """Requests that can be measured, and those that cannot.

    Attributes
    ----------
    rows : ibis Table
        One row per request: its columns; ``followed_seconds`` (from its creation to the end of the
        data); and for each metric that the table has times for ``<metric>_seconds`` (waited so
        far, whole seconds) and ``<metric>_seen`` (1 if it ended then, 0 if it was still waiting).
    metrics : tuple of str
        Which of "first_reply" and "solution" the table has times for.
    left_out : DataFrame
        ``reason`` and ``n`` (requests), each counted once; without the reasons that never occur.
    until : date
        The last day looked at.
    """

    rows: ir.Table = field(repr=False)
    metrics: tuple[Metric, ...]
    left_out: pd.DataFrame
    until: dt.date


def read_tickets(
    tickets: Data,
    *,
    until: dt.date,
    observed_until: dt.date | None = None,
    zone: str | None = None,
    created: str = "created_at",
    replied: str = "first_reply_at",
    solved: str = "solved_at",
    closed: str = "closed_at",
    status: str = "status",
    solved_codes: Collection[str] = ("solved",),
    open_codes: Collection[str] = ("open",),
    withdrawn_codes: Collection[str] = ("cancelled",),
) -> Tickets:
    """Work out how long each help request has waited, and name those that cannot be measured.

    Parameters
    ----------
    tickets : pandas, polars or pyarrow frame, or Ibis table
        One row per request.
    until : date
        The last day looked at: what happened later has not happened yet.
    observed_until : date, optional
        The last day that the data cover; a later time is an error of the data. ``until`` when
        left out.
    zone : str, optional
        The time zone of the local times, so that nights with a clock change count right.
    created, replied, solved, closed, status : str
        Columns of local times, and of codes. Only ``created`` is needed; the others are used where
        they are found. ``closed`` is when a request was put away without a solution: it is not
        followed any further.
    solved_codes, open_codes, withdrawn_codes : collection of str
        Codes of ``status``, whatever their capitals, of solved requests, of open ones, and of those
        taken back, which are left out. The times decide what is solved; the codes find the rows
        that contradict them.

    Returns
    -------
    Tickets
        See there. A request that was solved without a reply was replied to by its solution. Left
        out, in this order, each for the first reason that holds: no time of creation; created
        after the last day; withdrawn; solved or closed before created; replied before created;
        replied after solved; a time in the future; solved by its status without a time, or closed
        by it without any time; open by its status with a time of solution.

    Raises
    ------
    CxError
        If ``created`` is unknown, a column of times holds none, a result column's name is taken,
        ``until`` is no day, or there is no such zone.

    Examples
    --------
    >>> requests = pd.DataFrame({
    ...     "created_at": pd.to_datetime(["2026-03-01T10", "2026-03-01T12", "2026-03-02T09"]),
    ...     "solved_at": pd.to_datetime(["2026-03-01T16", None, "2026-03-01T12"])})
    >>> tickets = read_tickets(requests, until=dt.date(2026, 3, 2))
    >>> run(tickets.rows.select("solution_seconds", "solution_seen")) / [3600, 1]
       solution_seconds  solution_seen
    0               6.0            1.0
    1              36.0            0.0
    >>> tickets.left_out
                      reason  n
    0  solved before created  1
    """
    end, known_end = _midnight_after(until), _midnight_after(observed_until or until)
    table = as_table(tickets)
    check_columns(table, [created])
    if taken := [name for name in table.columns if name in ADDED]:
        raise CxError("a column has the name of a result column", got=taken[0], hint="rename")
    names = {"replied": replied, "solved": solved, "closed": closed, "created": created}
    moments = {key: _as_time(table, name) for key, name in names.items() if name in table.columns}
    first = run(table.aggregate(first=moments["created"].min()))["first"].item()
    days = {"first": until if pd.isna(first) else pd.Timestamp(first).date(), "last": until}

    def passed(since: str, to: ir.TimestampColumn) -> ir.IntegerColumn:
        return seconds_between(moments[since], to, zone=zone, **days)

    state = table[status] if status in table.columns else ibis.null("string")
    states = {
        "solved": is_word(state, solved_codes),
        "closed": is_word(state, CLOSED),
        "open": is_word(state, open_codes),
        "withdrawn": is_word(state, withdrawn_codes),
    }
    reason = _first_reason(moments, states, passed, end, known_end)
    waits = {"followed_seconds": passed("created", ibis.literal(end))}
    for metric, seen_at in _endings(moments).items():
        in_time = (seen_at < end).fill_null(False)
        stopped = ibis.least(ibis.coalesce(moments.get("closed", end), end), end)
        finish = ibis.cases((in_time, seen_at), else_=stopped)
        waits[f"{metric}_seconds"] = passed("created", finish.cast("timestamp"))
        waits[f"{metric}_seen"] = ibis.cases((in_time, 1), else_=0)
    judged = table.mutate(_reason=reason, **waits)
    counts = run(judged.group_by(reason="_reason").aggregate(n=judged.count()))
    left_out = counts.dropna(subset="reason").set_index("reason")["n"].reindex(REASONS).dropna()
    return Tickets(
        rows=judged.filter(judged["_reason"].isnull()).drop("_reason"),
        metrics=tuple(metric for metric in METRICS if f"{metric}_seen" in waits),
        left_out=left_out.astype("int64").rename_axis("reason").reset_index(),
        until=until,
    )


def _first_reason(
    moments: dict[str, ir.TimestampColumn],
    states: dict[str, ir.BooleanColumn],
    passed: Callable[[str, ir.TimestampColumn], ir.IntegerColumn],
    end: dt.datetime,
    known_end: dt.datetime,
) -> ir.StringColumn:
    """Name the first reason why a request cannot be measured; nothing where it can."""
    created = moments["created"]
    solved, replied, closed = (
        moments.get(key, ibis.null("timestamp")) for key in ("solved", "replied", "closed")
    )
    later = [moment >= known_end for moment in (solved, replied, closed)]
    ended = states["solved"] | (states["closed"] & closed.isnull())
    holds = (
        created.isnull(),
        created >= end,
        states["withdrawn"],
        (passed("created", solved) < 0) | (passed("created", closed) < 0).fill_null(False),
        passed("created", replied) < 0,
        passed("replied", solved) < 0 if "replied" in moments else ibis.literal(value=False),
        later[0].fill_null(False) | later[1].fill_null(False) | later[2].fill_null(False),
        ended & solved.isnull() if "solved" in moments else ibis.literal(value=False),
        states["open"] & solved.notnull(),
    )
    branches = [(rule.fill_null(False), name) for rule, name in zip(holds, REASONS, strict=True)]
    return ibis.cases(*branches)


def _endings(moments: dict[str, ir.TimestampColumn]) -> dict[str, ir.TimestampColumn]:
    """Return what ends each wait that the table has times for."""
    ends = {}
    if "replied" in moments:
        # Who was solved without a reply was replied to by the solution.
        ends["first_reply"] = ibis.coalesce(
            *(moments[key] for key in ("replied", "solved") if key in moments)
        )
    if "solved" in moments:
        ends["solution"] = moments["solved"]
    return ends


def _as_time(table: ir.Table, name: str) -> ir.TimestampColumn:
    """Return a column of times; days are their midnights."""
    check_columns(table, [name])
    kind = table[name].type()
    if not (kind.is_timestamp() or kind.is_date() or kind.is_null()):
        raise CxError("these are no times", where=f"column {name}", got=kind)
    return table[name].cast("timestamp")


def _midnight_after(day: dt.date) -> dt.datetime:
    """Return the moment at which a day is over."""
    if not isinstance(day, dt.date) or pd.isna(day):
        raise CxError("until is not a day", got=day, expected="a date, the last one looked at")
    return pd.Timestamp(day).normalize().to_pydatetime() + dt.timedelta(days=1)
