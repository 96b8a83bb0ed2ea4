"""What customers do next: steps from one touchpoint (or stage, or channel) to another."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.codebook import MINIMUM_GROUP
from cxreport.inputs.source import Data, as_table, run
from cxreport.metrics.retention.first_orders import next_day
from cxreport.metrics.statistics.group_columns import check_columns
from cxreport.metrics.statistics.proportions import SHARES, percent_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

START, STEP, LOOP, END, OTHER = "start", "step", "loop", "end", "other"
LEFT = ["inside", "before"]
"""What is left: the beginning, or a state inside journeys, which may be called "start", too."""
NOT_YET = "not yet observable"
TEXTS = ["before", "after", "kind"]
COLUMNS = ["before", "after", "kind", "n", "times", *SHARES, "edges", "open", "note"]


def transitions(
    events: Data,
    *,
    state: str = "touchpoint",
    journey: str = "session_id",
    date: str = "occurred_at",
    sequence: str | None = None,
    pause: dt.timedelta = dt.timedelta(minutes=30),
    until: dt.date,
    minimum: int = MINIMUM_GROUP,
    level: float = 0.95,
) -> pd.DataFrame:
    """Say what comes next after each touchpoint: another one, the same again, or nothing.

    A journey is the events of one ``journey`` in order of time; a pause longer than ``pause`` ends
    it and the next event starts a new one. A last event whose pause is not over at the end of the
    data may still go on: it is in neither part of a share.

    Parameters
    ----------
    events : pandas, polars or pyarrow frame, or Ibis table
        One row an event. Those that ``event_problems`` marks as excluded are left out.
    state, journey, date : str
        Columns: where the customer is (touchpoint, stage, channel); which session or customer;
        when (local time).
    sequence : str, optional
        Column that puts events of the same moment in order; without it they are in order of
        ``state``.
    pause : timedelta
        Longest time between two events of one journey: minutes in a session, days for customers.
    until : date
        The last day that the events cover; later ones are left out.
    minimum : int
        Steps seen fewer times are pooled, for each ``before``, into one row "other".
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a step, ``before`` most left first, then ``times``: ``before`` ("start": the
        beginning of a journey), ``after`` ("end": the drop point, "other": rare ones pooled);
        ``kind`` ("start", "step", "loop", "end", "other"); ``n`` (times that ``before`` was left,
        or journeys begun), ``times`` (of them to ``after``); ``estimate``, ``std_error``, ``low``,
        ``high`` (percent of ``n``, Wilson); ``edges`` (different steps in the row, 1 unless
        pooled); ``open`` (last events of ``before`` that may still go on, not in ``n``); ``note``
        ("", "not yet observable": where all are open).

    Raises
    ------
    CxError
        If a column is absent or holds no times, or the pause is not above zero.

    Notes
    -----
    First order: only the step before counts. Steps of one journey are taken as independent, so
    intervals are a little narrow where few customers make many steps.

    Examples
    --------
    >>> log = pd.DataFrame({"session_id": [1, 1, 1, 2], "touchpoint": ["home", "help", "help",
    ...     "home"], "occurred_at": pd.to_datetime(["2026-03-01 10:00", "2026-03-01 10:05",
    ...     "2026-03-01 10:06", "2026-03-02 09:00"])})
    >>> found = transitions(log, until=dt.date(2026, 3, 31), minimum=1)
    >>> found[["before", "after", "kind", "n", "times", "estimate"]]
      before after   kind  n  times  estimate
    0  start  home  start  2      2     100.0
    1   help   end    end  2      1      50.0
    2   help  help   loop  2      1      50.0
    3   home   end    end  2      1      50.0
    4   home  help   step  2      1      50.0
    """
    names = {"journey": journey, "at": date, "state": state}
    rows = known_events(events, names, sequence, until)
    counts = _counts(rows, pause, until)
    if counts.empty:
        return counts.reindex(columns=COLUMNS)
    is_open = counts["kind"].isna()
    waiting = counts[is_open].set_index(LEFT)["times"].rename("open")
    closed = counts[~is_open]
    sums = closed.groupby(LEFT)["times"].sum().rename("n")
    steps = _pooled(closed, minimum)
    only_open = waiting.index.difference(sums.index).to_frame(index=False)
    unknown = only_open.assign(after=END, kind=END, times=0, edges=1)
    whole = pd.concat([steps, unknown], ignore_index=True) if len(unknown) else steps
    whole = whole.join(sums, on=LEFT).join(waiting, on=LEFT)
    whole = whole.fillna({"n": 0, "open": 0}).astype({"n": "int64", "open": "int64"})
    shares = percent_of(whole["times"], whole["n"], level)
    note = pd.Series("", whole.index, dtype="str").mask(whole["n"] == 0, NOT_YET)
    ordered = (
        whole.join(shares)
        .assign(note=note)
        .sort_values(
            ["inside", "n", "before", "times", "after"], ascending=[True, False, True, False, True]
        )
    )
    return ordered[COLUMNS].reset_index(drop=True)


def known_events(
    events: Data, names: dict[str, str], sequence: str | None, until: dt.date
) -> ir.Table:
    """Return the events that can be put in order: ``journey``, ``at``, ``state``, ``tie``.

    Raises
    ------
    CxError
        If a column is absent, or the dates are no times.
    """
    rows = named_events(events, names, sequence)
    placed = rows.journey.notnull() & rows["at"].notnull() & rows.state.notnull()
    return rows.filter(placed & (rows["at"] < next_day(until)))


def named_events(events: Data, names: dict[str, str], sequence: str | None) -> ir.Table:
    """Return all events under the names that the queries use."""
    table = as_table(events)
    check_columns(table, [*names.values(), *([sequence] if sequence else [])])
    kind = table[names["at"]].type()
    if not (kind.is_timestamp() or kind.is_date()):
        raise CxError("this column holds no times", where=f"column {names['at']}", got=kind)
    return table.select(
        journey=table[names["journey"]],
        at=table[names["at"]].cast("timestamp"),
        state=table[names["state"]].cast("string"),
        tie=table[sequence] if sequence else ibis.literal(0),
    )


def _counts(rows: ir.Table, pause: dt.timedelta, until: dt.date) -> pd.DataFrame:
    """Count steps: ``inside``, ``before``, ``after``, ``kind`` (missing: may still go on)."""
    if pause <= dt.timedelta(0):
        raise CxError("a pause needs a length", got=pause, expected="more than 0")
    ordered = ibis.window(group_by="journey", order_by=["at", "tie", "state"])
    beside = rows.mutate(
        next_state=rows.state.lead().over(ordered),
        next_at=rows["at"].lead().over(ordered),
        last_at=rows["at"].lag().over(ordered),
    )
    length = ibis.interval(microseconds=pause // dt.timedelta(microseconds=1))
    goes_on = (beside["next_at"] <= beside["at"] + length).fill_null(False)
    begins = ~(beside["at"] <= beside["last_at"] + length).fill_null(False)
    is_over = beside["at"] + length < ibis.literal(next_day(until))
    after = ibis.cases((goes_on, beside["next_state"]), (is_over, END))
    same = goes_on & (beside["next_state"] == beside.state)
    kind = ibis.cases((same, LOOP), (goes_on, STEP), (is_over, END))
    steps = beside.select(before=beside.state, after=after, kind=kind)
    first = {"before": ibis.literal(START), "kind": ibis.literal(START)}
    starts = beside.filter(begins).select(after="state", **first)
    found = [
        run(part.group_by("before", "after", "kind").aggregate(times=part.count()))
        for part in (starts, steps)
    ]
    counts = pd.concat(found, ignore_index=True).astype(dict.fromkeys(TEXTS, "str"))
    return counts.assign(inside=counts["kind"] != START)


def _pooled(steps: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Pool the rare steps of each beginning into one."""
    rare = (steps["times"] < minimum) & (steps["kind"] != END)
    pooled = {name: steps[name].mask(rare, OTHER) for name in ("after", "kind")}
    named = steps.assign(**pooled, edges=1)
    sums = named.groupby([*LEFT, "after", "kind"], as_index=False)[["times", "edges"]].sum()
    return sums.astype({"times": "int64", "edges": "int64"})
