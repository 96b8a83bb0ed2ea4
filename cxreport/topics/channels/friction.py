"""Friction: how often customers must change channel, ask again, are passed on, or meet an error."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table
from cxreport.orders.rules import next_day
from cxreport.stats.group_columns import check_columns
from cxreport.stats.value_columns import is_one_of, possible_counts, times
from cxreport.topics.channels.friction_rates import ASSISTED, DIGITAL, rates_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir


def journey_friction(
    events: Data,
    *,
    digital: Sequence[str],
    journey: str = "customer_id",
    channel: str = "channel",
    date: str = "occurred_at",
    error: str | None = "is_error",
    pause: dt.timedelta = dt.timedelta(days=30),
    until: dt.date,
    level: float = 0.95,
) -> pd.DataFrame:
    """Count changes of channel and errors in 100 journeys.

    A journey is the events of a customer without a pause longer than ``pause``. It is digital or
    assisted by the channel it began in. One that may still go on at the end is not counted.

    Parameters
    ----------
    events : pandas, polars or pyarrow frame, or Ibis table
        One row per event; those without customer, time or channel are left out.
    digital : list of str
        Channels without a person; all others (shop, phone) are assisted.
    journey, channel, date : str
        Columns.
    error : str, optional
        Column that says whether the event was an error; None where there is none.
    pause : timedelta
        Longest time between two events of one journey.
    until : date
        The last day that the events cover; later ones are left out.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        Three rows a measure ("channel switches", "errors"): ``measure``; ``unit`` ("journeys");
        ``group`` ("all", "digital", "assisted"); ``n`` journeys, ``count`` (how often it happened);
        ``estimate``, ``std_error``, ``low``, ``high`` (per 100 journeys), ``dispersion``: see
        ``proportions.per_hundred``; ``open`` (journeys that may still go on); ``note`` ("", "not
        yet observable", "nothing to count").

    Raises
    ------
    CxError
        If a column is absent, or the pause is not above zero.

    Examples
    --------
    >>> days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-01"]
    >>> log = pd.DataFrame({"customer_id": [1, 1, 1, 2], "channel": ["web", "phone", "web", "shop"],
    ...     "occurred_at": pd.to_datetime(days), "is_error": [True, False, False, False]})
    >>> rates = journey_friction(log, digital=["web"], until=dt.date(2026, 6, 30))
    >>> rates[["measure", "group", "n", "count", "estimate"]].head(3)
                measure     group  n  count  estimate
    0  channel switches       all  2      2     100.0
    1  channel switches   digital  1      2     200.0
    2  channel switches  assisted  1      0       0.0
    """
    table = as_table(events)
    check_columns(table, [journey, channel, date, *([error] if error else [])])
    if pause <= dt.timedelta(0):
        raise CxError("a pause needs a length", got=pause, expected="more than 0")
    end = ibis.literal(next_day(until))
    rows = table.select(
        who=table[journey], at=times(table, date), channel=table[channel].cast("string"),
        wrong=possible_counts(table, error).fill_null(0) if error else ibis.literal(0),
    )  # fmt: skip
    placed = rows.filter(rows.who.notnull() & rows.channel.notnull() & (rows["at"] < end))
    journeys = _journeys(placed, pause)
    closed = (
        journeys.ended_at + ibis.interval(microseconds=pause // dt.timedelta(microseconds=1)) < end
    )
    kind = ibis.cases((is_one_of(journeys.channel, digital), DIGITAL), else_=ASSISTED)
    counts = {"channel switches": journeys.switches} | (
        {"errors": journeys.errors} if error else {}
    )
    return rates_of(journeys.mutate(group=kind, closed=closed), counts, "journeys", level)


def _journeys(placed: ir.Table, pause: dt.timedelta) -> ir.Table:
    """Return one row per journey: channel it began in, its end, switches and errors."""
    length = ibis.interval(microseconds=pause // dt.timedelta(microseconds=1))
    ordered = ibis.window(group_by="who", order_by=["at", "channel", "wrong"])
    beside = placed.mutate(
        last_at=placed["at"].lag().over(ordered), last_channel=placed.channel.lag().over(ordered)
    )
    goes_on = (beside["at"] <= beside["last_at"] + length).fill_null(False)
    flagged = beside.mutate(begins=(~goes_on).cast("int32"))
    in_turn = ibis.window(
        group_by="who", order_by=["at", "channel", "wrong"], preceding=None, following=0
    )
    numbered = flagged.mutate(number=flagged.begins.sum().over(in_turn))
    switched = (numbered.begins == 0) & (numbered.channel != numbered.last_channel)
    return numbered.group_by("who", "number").aggregate(
        channel=ibis.cases((numbered.begins == 1, numbered.channel)).min(),
        ended_at=numbered["at"].max(),
        switches=switched.cast("int32").sum(),
        errors=numbered.wrong.sum(),
    )


def request_friction(
    tickets: Data,
    *,
    digital: Sequence[str],
    customer: str = "customer_id",
    channel: str = "channel",
    date: str = "created_at",
    reason: str | None = "reason",
    transfers: str | None = "transfers_n",
    window: dt.timedelta = dt.timedelta(days=7),
    until: dt.date,
    level: float = 0.95,
) -> pd.DataFrame:
    """Count requests for help that were made again, and hand-overs, in 100 requests.

    Parameters
    ----------
    tickets : pandas, polars or pyarrow frame, or Ibis table
        One row per request; those without time or channel are left out, and for repeats those
        without customer.
    digital, until, level
        As in ``journey_friction``; a request belongs to its own channel.
    customer, channel, date : str
        Columns.
    reason : str, optional
        Column of the reason: only the same one is a repeat. None: any request of the customer is.
    transfers : str, optional
        Column of the number of hand-overs; None where there is none.
    window : timedelta
        Time within which the same request again is a repeat.

    Returns
    -------
    DataFrame
        As ``journey_friction``, measures "repeats" (requests that the customer made again in time;
        yes or no, so Wilson's interval; those whose window is not over are ``open``) and
        "transfers"; ``unit`` is "requests".

    Raises
    ------
    CxError
        If a column is absent.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-03-01", "2026-03-05", "2026-03-20"])
    >>> asked = pd.DataFrame({"customer_id": 1, "channel": "phone", "created_at": days,
    ...     "reason": "delivery", "transfers_n": [0, 2, 1]})
    >>> rates = request_friction(asked, digital=["web"], until=dt.date(2026, 3, 31))
    >>> rates[rates["group"] == "all"][["measure", "n", "count", "estimate"]].round(1)
         measure  n  count  estimate
    0    repeats  3      1      33.3
    3  transfers  3      3     100.0
    """
    table = as_table(tickets)
    named = [customer, channel, date, *(name for name in (reason, transfers) if name)]
    check_columns(table, named)
    rows = table.select(
        who=table[customer], at=times(table, date),
        why=table[reason].cast("string").fill_null("") if reason else ibis.literal(""),
        moved=possible_counts(table, transfers).fill_null(0) if transfers else ibis.literal(0),
        group=ibis.cases(
            (is_one_of(table[channel], digital), DIGITAL), (table[channel].notnull(), ASSISTED)
        ),
    )  # fmt: skip
    dated = rows.filter(rows["at"] < next_day(until))
    ordered = ibis.window(group_by=["who", "why"], order_by=["at", "group", "moved"])
    beside = dated.mutate(next_at=dated["at"].lead().over(ordered))
    length = ibis.interval(microseconds=window // dt.timedelta(microseconds=1))
    again = (beside["next_at"] <= beside["at"] + length).fill_null(False).cast("int32")
    judged = beside["at"] + length < ibis.literal(next_day(until))
    repeats = beside.mutate(closed=judged, again=again).filter(beside.who.notnull())
    rates = [rates_of(repeats, {"repeats": repeats.again}, "requests", level, yes_no=True)]
    if transfers:
        moved = dated.mutate(closed=ibis.literal(True))
        rates.append(rates_of(moved, {"transfers": moved.moved}, "requests", level))
    return pd.concat(rates, ignore_index=True)
