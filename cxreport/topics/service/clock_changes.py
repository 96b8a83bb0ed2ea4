"""How many seconds lie between two local times, when clocks may have been changed in between."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import ibis

from cxreport.errors import CxError

if TYPE_CHECKING:
    import ibis.expr.types as ir

HOUR = 3600


def seconds_between(
    start: ir.TimestampColumn,
    end: ir.TimestampColumn,
    *,
    zone: str | None,
    first: dt.date,
    last: dt.date,
) -> ir.IntegerColumn:
    """Count the seconds that passed from one naive local time to another.

    Parameters
    ----------
    start, end : ibis timestamp columns
        Naive local times.
    zone : str or None
        The zone whose local times they are; None where clocks are never changed.
    first, last : date
        The days between which clock changes are looked for.

    Returns
    -------
    ibis integer column
        Whole seconds, below 0 where the end comes first. In the hour that an autumn night has
        twice, a time is taken for the first of the two, and an end that then lies before its start
        for the second.

    Raises
    ------
    CxError
        If there is no such zone.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.source import as_table, run
    >>> nights = as_table(pd.DataFrame({"a": pd.to_datetime(["2026-03-28 23:00"]),
    ...     "b": pd.to_datetime(["2026-03-29 05:00"])}))
    >>> days = {"first": dt.date(2026, 1, 1), "last": dt.date(2026, 12, 31)}
    >>> rome = seconds_between(nights.a, nights.b, zone="Europe/Rome", **days)
    >>> run(nights.select(hours=rome))["hours"].item() / 3600
    5.0
    """
    # Engines differ on what parts of a second become.
    passed = end.truncate("s").epoch_seconds() - start.truncate("s").epoch_seconds()
    changes = clock_changes(zone, first, last) if zone else []
    if not changes:
        return passed
    passed -= _offset(end, changes) - _offset(start, changes)
    repeated = ibis.literal(value=False)
    for (_, before), (change, after) in pairwise(changes):
        # The change is written in the clock that goes on: the hour after it was there before.
        if after < before:
            night = dt.timedelta(seconds=before - after)
            repeated |= (end >= change) & (end < change + night)
    late = ibis.cases((repeated & (passed < 0) & (passed >= -HOUR), HOUR), else_=0)
    return passed + late


def clock_changes(zone: str, first: dt.date, last: dt.date) -> list[tuple[dt.datetime, int]]:
    """List from which local time on a zone's clocks show how many seconds more than UTC.

    Parameters
    ----------
    zone : str
        Its name in the time zone database.
    first, last : date
        The days between which changes are looked for.

    Returns
    -------
    list of (datetime, int)
        The first row holds from ``first`` on. A change forward is dated by the new clock, one
        back by the new clock too: the first time that is shown twice.

    Raises
    ------
    CxError
        If there is no such zone.

    Examples
    --------
    >>> for day, seconds in clock_changes("Europe/Rome", dt.date(2026, 1, 1), dt.date(2026, 12, 1)):
    ...     print(day, seconds)
    2026-01-01 00:00:00 3600
    2026-03-29 03:00:00 7200
    2026-10-25 02:00:00 3600
    """
    try:
        zone_info = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CxError("no such time zone", got=zone, hint="as in Europe/Rome") from error
    moment = dt.datetime.combine(first, dt.time(), dt.UTC)
    steps = [(dt.datetime.combine(first, dt.time()), _seconds(moment, zone_info))]
    while moment.date() <= last:
        tomorrow = moment + dt.timedelta(days=1)
        changes = _seconds(tomorrow, zone_info) != steps[-1][1]
        moment = moment + dt.timedelta(hours=1) if changes else tomorrow
        if (seconds := _seconds(moment, zone_info)) != steps[-1][1]:
            steps.append(((moment + dt.timedelta(seconds=seconds)).replace(tzinfo=None), seconds))
    return steps


def _seconds(moment: dt.datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset() or dt.timedelta()
    return int(offset.total_seconds())


def _offset(time: ir.TimestampColumn, changes: list[tuple[dt.datetime, int]]) -> ir.IntegerColumn:
    """Return how many seconds the clock of a local time is ahead of UTC."""
    steps = []
    for (_, seconds), (change, after) in pairwise(changes):
        # An hour that is there twice counts as its first one: the old clock's.
        ends = change + dt.timedelta(seconds=max(seconds - after, 0))
        steps.append((time < ends, seconds))
    return ibis.cases(*steps, else_=changes[-1][1]) if steps else ibis.literal(changes[-1][1])
