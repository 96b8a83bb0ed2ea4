"""What customers do next: steps from one touchpoint (or stage, or channel) to another."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.codebook import MINIMUM_GROUP
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import next_day
from cxreport.stats.clusters import cluster_id, pairs_of_cells
from cxreport.stats.group_columns import check_columns
from cxreport.stats.proportions import SHARES, clustered_percent, percent_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

START, STEP, LOOP, END, OTHER = "start", "step", "loop", "end", "other"
LEFT = ["inside", "before"]
"""What is left: the beginning, or a state inside journeys, which may be called "start", too."""
NOT_YET = "not yet observable"
TEXTS = ["before", "after", "kind"]
COLUMNS = ["before", "after", "kind", "n", "times", *SHARES, "n_effective", "edges", "open", "note"]


def transitions(
    events: Data,
    *,
    state: str = "touchpoint",
    journey: str = "session_id",
    date: str = "occurred_at",
    sequence: str | None = None,
    pause: dt.timedelta = dt.timedelta(minutes=30),
    until: dt.date,
    cluster: str | None = None,
    minimum: int = MINIMUM_GROUP,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what comes next after each touchpoint: another one, the same again, or nothing.

    A journey is the events of one ``journey`` in order of time; a pause longer than ``pause`` ends
    it and the next event starts a new one. A last event whose pause is not over at the end of the
    data may still go on: it is in neither part of a share.

    Parameters
    ----------
    events : pandas, polars or pyarrow frame, or Ibis table
        One row per event. Those that ``event_problems`` marks as excluded are left out.
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
    cluster : str, optional
        Column of the customer, whose journeys have habits: steps of one customer then count
        together. A missing or blank one: each journey is its own.
    minimum : int
        Steps seen fewer times are pooled, for each ``before``, into one row "other".
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per step, ``before`` most left first, then ``times``: ``before`` ("start": the
        beginning of a journey), ``after`` ("end": the drop point, "other": rare ones pooled);
        ``kind`` ("start", "step", "loop", "end", "other"); ``n`` (times that ``before`` was left,
        or journeys begun), ``times`` (of them to ``after``); ``estimate``, ``std_error``, ``low``,
        ``high`` (percent of ``n``, Wilson, with a ``cluster`` at ``n_effective``); ``n_effective``
        (independent steps that would tell as much; ``n`` without a cluster); ``edges`` (different
        steps in the row, 1 unless pooled); ``open`` (last events of ``before`` that may still go
        on, not in ``n``); ``note`` ("", "not yet observable": where all are open).

    Raises
    ------
    CxError
        If a column is absent or holds no times, or the pause is not above zero.

    Notes
    -----
    First order: only the step before counts. Without ``cluster`` steps are taken as independent,
    and intervals are too narrow where customers make many steps. With it, the standard error is
    that of R's ``survey::svymean`` with customers as ids.

    Examples
    --------
    >>> log = pd.DataFrame({"session_id": [1, 1, 1, 2], "touchpoint": ["home", "help", "help",
    ...     "home"], "occurred_at": pd.to_datetime(["2026-03-01 10:00", "2026-03-01 10:05",
    ...     "2026-03-01 10:06", "2026-03-02 09:00"])})
    >>> steps = transitions(log, until=dt.date(2026, 3, 31), minimum=1)
    >>> steps[["before", "after", "kind", "n", "times", "estimate"]]
      before after   kind  n  times  estimate
    0  start  home  start  2      2     100.0
    1   help   end    end  2      1      50.0
    2   help  help   loop  2      1      50.0
    3   home   end    end  2      1      50.0
    4   home  help   step  2      1      50.0
    """
    names = {"journey": journey, "at": date, "state": state}
    rows = known_events(events, names, sequence, until, cluster)
    parts = _steps(rows, pause, until)
    counts = _counts(parts)
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
    if cluster is None:
        shares = percent_of(whole["times"], whole["n"], level).assign(n_effective=whole["n"])
    else:
        rare = closed[_is_rare(closed, minimum)]
        shares = _clustered(whole, parts, rare, level)
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
    events: Data,
    names: dict[str, str],
    sequence: str | None,
    until: dt.date,
    cluster: str | None = None,
) -> ir.Table:
    """Return the events that can be put in order, with the columns of ``named_events``.

    Raises
    ------
    CxError
        If a column is absent, or the dates are no times.
    """
    rows = named_events(events, names, sequence, cluster)
    placed = rows.journey.notnull() & rows["at"].notnull() & rows.state.notnull()
    return rows.filter(placed & (rows["at"] < next_day(until)))


def named_events(
    events: Data, names: dict[str, str], sequence: str | None, cluster: str | None = None
) -> ir.Table:
    """Return all events under the names that the queries use.

    ``journey``, ``at``, ``state``, ``tie`` and ``cluster``, text: the journey where it is missing.
    """
    table = as_table(events)
    check_columns(table, [*names.values(), *(name for name in (sequence, cluster) if name)])
    kind = table[names["at"]].type()
    if not (kind.is_timestamp() or kind.is_date()):
        raise CxError("this column holds no times", where=f"column {names['at']}", got=kind)
    return table.select(
        journey=table[names["journey"]],
        at=table[names["at"]].cast("timestamp"),
        state=table[names["state"]].cast("string"),
        tie=table[sequence] if sequence else ibis.literal(0),
        cluster=_customer(table, names["journey"], cluster),
    )


def _customer(table: ir.Table, journey: str, cluster: str | None) -> ir.Value:
    """Return who made the journey, as text that no journey has."""
    alone = ibis.literal("journey ") + table[journey].cast("string")
    if cluster is None:
        return alone
    customer_id = cluster_id(table[cluster]).cast("string")
    return (ibis.literal("customer ") + customer_id).fill_null(alone)


def _steps(rows: ir.Table, pause: dt.timedelta, until: dt.date) -> ir.Table:
    """List steps: ``before``, ``after``, ``kind`` (missing: may still go on), ``cluster``."""
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
    steps = beside.select("cluster", before=beside.state, after=after, kind=kind)
    first = {"before": ibis.literal(START), "kind": ibis.literal(START)}
    starts = beside.filter(begins).select("cluster", after="state", **first)
    return starts.select(*TEXTS, "cluster").union(steps.select(*TEXTS, "cluster"))


def _counts(steps: ir.Table) -> pd.DataFrame:
    """Count the steps, with ``inside``: whether they are inside journeys, or begin one."""
    counts = run(steps.group_by(*TEXTS).aggregate(times=steps.count()))
    counts = counts.sort_values(TEXTS, ignore_index=True).astype(dict.fromkeys(TEXTS, "str"))
    return counts.assign(inside=counts["kind"] != START)


def _clustered(
    whole: pd.DataFrame, steps: ir.Table, rare: pd.DataFrame, level: float
) -> pd.DataFrame:
    """Return what percent of ``n`` a step is, where the steps of one customer count together."""
    weighted = steps.filter(steps.kind.notnull()).mutate(weight=ibis.literal(1))
    weighted = weighted.mutate(inside=weighted.kind != START)
    pairs = run(pairs_of_cells(weighted, LEFT, ["after", "kind"]))
    ends = ["after", "kind", "after_second", "kind_second"]
    pairs = pairs.astype(dict.fromkeys([*ends, "before"], "str"))
    for side in ("", "_second"):
        names = [f"after{side}", f"kind{side}"]
        pooled = pairs[[*LEFT, *names]].merge(
            rare[[*LEFT, "after", "kind"]].set_axis([*LEFT, *names], axis="columns"),
            how="left", indicator=True,
        )["_merge"]  # fmt: skip
        pairs.loc[(pooled == "both").to_numpy(), names] = OTHER
    key = [*LEFT, "after", "kind"]
    of_left = pairs.groupby(LEFT)[["product", "clusters"]].sum()
    of_left = of_left.rename(columns={"product": "n_squared"})
    with_left = pairs.groupby(key)["product"].sum().rename("times_n")
    same = (pairs["after"] == pairs["after_second"]) & (pairs["kind"] == pairs["kind_second"])
    squared = pairs[same].groupby(key)["product"].sum().rename("times_squared")
    sums = whole[[*key, "times", "n"]].join(of_left, on=LEFT).join(with_left, on=key)
    return clustered_percent(sums.join(squared, on=key).fillna(0), level)


def _pooled(steps: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Pool the rare steps of each beginning into one."""
    rare = _is_rare(steps, minimum)
    pooled = {name: steps[name].mask(rare, OTHER) for name in ("after", "kind")}
    named = steps.assign(**pooled, edges=1)
    sums = named.groupby([*LEFT, "after", "kind"], as_index=False)[["times", "edges"]].sum()
    return sums.astype({"times": "int64", "edges": "int64"})


def _is_rare(steps: pd.DataFrame, minimum: int) -> pd.Series:
    """Return which steps are pooled: those seen few times, ends excepted."""
    return (steps["times"] < minimum) & (steps["kind"] != END)
