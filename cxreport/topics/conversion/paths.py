"""The queries under a funnel: when each customer reached each step, and how many that makes.

A customer has one path: it starts at their first event of the first step and goes on, each time,
with the first event of the next step at or after the one before and within the window.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import categories, run
from cxreport.orders.rules import is_named, next_day
from cxreport.stats.value_columns import is_one_of, times

if TYPE_CHECKING:
    import ibis.expr.types as ir

# For each step: its events, those without customer or time, and the customers at it.
COUNTS = ("events", "unknown", "eligible", "reached", "open", "entered", "completed")


@dataclass(frozen=True)
class Observed:
    """How long a customer has for each step, and up to when the events are complete."""

    window: dt.timedelta
    end: dt.datetime


def read_limits(window: int | dt.timedelta, until: dt.date) -> Observed:
    """Return window and end; a day lasts up to its last moment.

    Raises
    ------
    CxError
        If the window is not above zero, or ``until`` is no day or has a time zone.
    """
    try:
        span = window if isinstance(window, dt.timedelta) else dt.timedelta(days=float(window))
    except (TypeError, ValueError, OverflowError):
        span = dt.timedelta(0)
    if not span > dt.timedelta(0):  # nor an empty time
        raise CxError("a window needs a length", got=window, expected="more than 0 days")
    last = next_day(until) - dt.timedelta(microseconds=1)  # refuses what is no day
    return Observed(span, until if isinstance(until, dt.datetime) else last)


def select_events(
    table: ir.Table,
    steps: list[list[str]],
    *,
    customer: str,
    name: str,
    date: str,
    by: list[str],
    observed: Observed,
) -> ir.Table:
    """Return the events of the steps up to the end: ``who``, ``at``, ``step``, ``by_0`` ..."""
    numbers = ((is_one_of(table[name], events), number) for number, events in enumerate(steps))
    rows = table.select(
        who=ibis.cases((is_named(table, customer), table[customer])),
        at=times(table, date),
        step=ibis.cases(*numbers),
        **{f"by_{position}": table[column] for position, column in enumerate(by)},
    )
    return rows.filter(rows.step.notnull() & (rows["at"].isnull() | (rows["at"] <= observed.end)))


def count_paths(rows: ir.Table, steps: int, observed: Observed) -> pd.DataFrame:
    """Count events and customers at each step, by group.

    Parameters
    ----------
    rows : Ibis table
        From :func:`select_events`.
    steps : int
        How many steps there are.
    observed : Observed
        Window and end.

    Returns
    -------
    DataFrame
        One row per group, sorted, missing last; one row without groups: ``by_0`` ..., and each of
        ``COUNTS`` with the number of the step behind it (``eligible_1``).
    """
    keys = [name for name in rows.columns if name.startswith("by_")]
    placed = rows.filter(rows.who.notnull() & rows["at"].notnull())
    paths = _paths(placed, steps, keys, observed.window)
    of_events: dict[str, ir.Value] = {}
    of_paths: dict[str, ir.Value] = {}
    for step in range(steps):
        here = rows.step == step
        of_events[f"events_{step}"] = here.sum()
        of_events[f"unknown_{step}"] = (here & (rows.who.isnull() | rows["at"].isnull())).sum()
        counted = _customers_at(paths, step, observed)
        of_paths |= {f"{count}_{step}": condition.sum() for count, condition in counted.items()}
    queries = ((rows, of_events), (paths, of_paths))
    frames = [run(table.aggregate(by=keys, **counts)) for table, counts in queries]
    return _in_groups(frames, rows, keys)


def _paths(placed: ir.Table, steps: int, keys: list[str], window: dt.timedelta) -> ir.Table:
    """Return one row per customer who entered: their group, and ``t0``, ``t1`` ... of each step."""
    entries = placed.filter(placed.step == 0)
    paths = entries.group_by("who").aggregate(t0=entries["at"].min())
    if keys:  # the group of the entry; the first in order, if one moment tells several
        beside = entries.join(paths, "who")
        beside = beside.filter(beside["at"] == beside.t0)
        paths = beside.group_by("who", "t0").aggregate(**{key: beside[key].min() for key in keys})
    for step in range(1, steps):
        later = placed.filter(placed.step == step).select("who", "at")
        beside = paths.left_join(later, "who").drop("who_right")
        before = beside[f"t{step - 1}"]
        inside = (beside["at"] >= before) & (beside["at"] <= before + _interval(window))
        paths = beside.group_by(*paths.columns).aggregate(
            **{f"t{step}": beside["at"].min(where=inside)}
        )
    return paths


def _customers_at(paths: ir.Table, step: int, observed: Observed) -> dict[str, ir.BooleanValue]:
    """Return for each path whether it counts at a step."""
    end, here = ibis.literal(observed.end), paths[f"t{step}"].notnull()
    if step == 0:
        return dict.fromkeys(("eligible", "reached", "entered", "completed"), here)
    judged = paths[f"t{step - 1}"] + _interval(observed.window) <= end
    # With time for every step so far, no earlier step can have been cut off.
    covered = paths.t0 + _interval(step * observed.window) <= end
    return {
        "eligible": judged,
        "reached": judged & here,
        "open": ~judged,
        "entered": covered,
        "completed": covered & here,
    }


def _interval(span: dt.timedelta) -> ir.IntervalValue:
    return ibis.interval(microseconds=span // dt.timedelta(microseconds=1))


def _in_groups(frames: list[pd.DataFrame], rows: ir.Table, keys: list[str]) -> pd.DataFrame:
    """Add up what the queries found for each group; what a group does not have is 0."""
    if not keys:
        return pd.concat(frames, axis="columns").fillna(0).astype(int)
    kinds: dict[str, Any] = {}
    for key in keys:
        kind = rows[key].type()
        if order := categories(rows[key]):
            kinds[key] = pd.CategoricalDtype(order, ordered=True)
            continue
        if kind.is_integer() or kind.is_boolean():
            # A missing group must not turn shop 12 into shop 12.0.
            kinds[key] = "boolean" if kind.is_boolean() else "Int64"
    filled = [frame.astype(kinds) for frame in frames if not frame.empty] or frames
    wide = pd.concat(filled).groupby(keys, dropna=False, observed=True).sum()
    counts = [name for frame in frames for name in frame.columns if name not in keys]
    # A frame left out for being empty would take its counts with it: nobody entered.
    wide = wide.reindex(columns=counts, fill_value=0).astype(int).reset_index()
    plain = {"boolean": "bool", "Int64": "int64"}
    whole = {
        key: plain[kind]
        for key, kind in kinds.items()
        if isinstance(kind, str) and wide[key].notna().all()
    }
    return wide.astype(whole)
