"""How many go on: the share of customers that takes each step after the one before, in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table
from cxreport.stats import answers
from cxreport.stats.group_columns import as_names, check_columns
from cxreport.stats.intervals import normal_quantile
from cxreport.topics.conversion.paths import count_paths, read_limits, select_events
from cxreport.topics.conversion.shares import COLUMNS, as_funnel

if TYPE_CHECKING:
    import datetime as dt

    import ibis.expr.types as ir
    import pandas as pd

RESERVED = {*COLUMNS, *answers.COLUMNS, "group", "group_reference", "groups"}

Steps = Sequence[str] | Mapping[str, str | Sequence[str]]


def funnel(
    events: Data,
    steps: Steps,
    *,
    window: int | dt.timedelta,
    until: dt.date,
    customer: str = "customer_id",
    name: str = "event_name",
    date: str = "occurred_at",
    by: str | Sequence[str] | None = None,
    proxies: Sequence[str] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure what share of customers goes on from each step to the next in time.

    A customer enters once, at their first event of the first step, and reaches a step with its
    first event at or after the step before and no later than one ``window`` after that. An event
    out of order does not count. Who reached a step so late that its window ends after ``until``
    cannot be judged on the next one, and is in neither part of the share, even having gone on:
    otherwise only the fast ones of the last days would count.

    Parameters
    ----------
    events : pandas, polars or pyarrow frame, or Ibis table
        One row per event.
    steps : list of str, or dict of str to str or list of str
        Names of events in order; or steps in order, each with the events that count as it (so a
        stage may hold several events).
    window : int or timedelta
        Time for each step, from the moment of the step before: days, or any length.
    until : date or datetime
        The last day that the events cover, or the last moment; later events are left out.
    customer, name, date : str
        Columns: who; which event; when (local time or day).
    by : str or list of str, optional
        Columns to break down by. A customer belongs to the group of the event by which they
        entered, wherever they go on; a missing value is a group of its own, the last.
    proxies : list of str
        Steps that stand for something else (first visits for awareness), to be marked.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group and step: the ``by`` columns; ``step``; ``proxy`` (bool); ``eligible``
        customers (reached the step before early enough), ``reached`` (those of them who reached
        this one), ``open`` (reached the step before too late to be judged), ``unknown`` events of
        the step (without customer or time); ``estimate`` (percent of ``eligible``), ``std_error``
        (points; NaN below two customers), ``low``, ``high`` (Wilson); ``entered`` (customers whose
        windows for all steps up to this one are covered, from their entry), ``completed`` (those
        of them who reached this step), ``overall`` (percent of ``entered``), ``overall_low``,
        ``overall_high``; ``note``. The first step is 100 by definition, without an interval.
        ``overall`` is the product of the estimates only where nobody is open.
        Notes: "", "entry", "nobody entered", "this step never occurs" (in no group), "not yet
        observable", "nobody reached the step before", "one customer"; estimates are empty, not 0,
        where a share cannot be had.

    Raises
    ------
    CxError
        If there are fewer than two steps, an event is in two of them, a column is absent or has
        the name of a result column, ``date`` holds no times, a proxy is no step, or the window,
        ``until`` or the level makes no sense.

    Notes
    -----
    Interval: Newcombe 1998, Statistics in Medicine 17, 857-872, method 3.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> events = pd.DataFrame({"customer_id": ["a", "a", "b", "c", "c"],
    ...     "event_name": ["visit", "purchase", "visit", "visit", "purchase"],
    ...     "occurred_at": pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-01",
    ...         "2026-03-30", "2026-03-31"])})
    >>> shares = funnel(events, ["visit", "purchase"], window=7, until=dt.date(2026, 3, 31))
    >>> shares[["step", "eligible", "reached", "open", "estimate", "overall"]]
           step  eligible  reached  open  estimate  overall
    0     visit         3        3     0     100.0    100.0
    1  purchase         2        1     1      50.0     50.0
    """
    normal_quantile(level)  # refuses a wrong level before any work
    named = _named(steps, proxies)
    groups = as_names(by)
    table, observed = as_table(events), read_limits(window, until)
    check_columns(table, [customer, name, date])
    check_columns(table, groups, RESERVED)
    _check_time(table, date)
    rows = select_events(
        table,
        list(named.values()),
        customer=customer,
        name=name,
        date=date,
        by=groups,
        observed=observed,
    )
    wide = count_paths(rows, len(named), observed)
    return as_funnel(wide, list(named), groups, level, proxies=proxies)


def _named(steps: Steps, proxies: Sequence[str]) -> dict[str, list[str]]:
    """Return the events of each step, once they have proved to make a funnel."""
    pairs = steps.items() if isinstance(steps, Mapping) else [(step, step) for step in steps]
    named = [
        (step, [events] if isinstance(events, str) else list(events)) for step, events in pairs
    ]
    every = [event for _, events in named for event in events]
    if isinstance(steps, str) or len(named) < 2:
        raise CxError("a funnel needs two steps or more", got=steps)
    if len(set(every)) < len(every):
        twice = sorted({event for event in every if every.count(event) > 1})
        raise CxError("an event is in two steps", got=", ".join(twice), hint="rename one of them")
    if absent := [step for step in proxies if step not in dict(named)]:
        raise CxError("a proxy is no step", got=", ".join(absent), expected=", ".join(dict(named)))
    return dict(named)


def _check_time(table: ir.Table, date: str) -> None:
    """Refuse a column that holds no times."""
    kind = table[date].type()
    if not (kind.is_timestamp() or kind.is_date()):
        raise CxError("this column holds no times", where=f"column {date}", got=kind)
