"""How many visits end in a purchase, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.source import run
from cxreport.scores.suppression import is_small
from cxreport.stats.proportions import percent_of
from cxreport.stats.trend import control_chart

if TYPE_CHECKING:
    from cxreport.inputs.company import Company

NEEDED = {"session_id", "event_name", "occurred_at"}
ENDS = ["estimate", "low", "high"]
CHART = ["centre", "lower", "upper", "signal", "direction"]
COLUMNS = ["period", "n", "bought", *ENDS, *CHART]


def visits_that_bought(
    company: Company, *, first: str = "visit", last: str = "purchase"
) -> pd.DataFrame:
    """Return what share of the visits to app and website ended in a purchase, in each period.

    Every visit counts, those of the same visitor too; a visit belongs to the period in which it
    began. Events without a session happened elsewhere, at a till for example, and are no visit.

    Parameters
    ----------
    company : Company or Survey
        Its ``events`` are looked at, up to its last day.
    first, last : str
        Names of the event that a visit begins with, and of the purchase.

    Returns
    -------
    DataFrame
        One row per period that the events cover from its beginning, oldest first: ``period``
        (name), ``n`` (visits), ``bought``, ``estimate``, ``low``, ``high`` (percent; Wilson;
        unknown of so few that a page does not show them) and, from ``control_chart`` (kind
        p-prime), ``centre``, ``lower``, ``upper`` (percent), ``signal``, ``direction``. Empty where
        there are no events, they lack ``session_id`` or ``event_name``, or no visit ever ended in a
        purchase: then purchases are not written down.

    Notes
    -----
    Interval: Newcombe 1998, Statistics in Medicine 17, 857-872, method 3: as if each visit were
    another visitor.
    """
    events, history = company.table("events"), company.history_of("events")
    if events is None or not company.columns_of("events") >= NEEDED or not history:
        return pd.DataFrame(columns=COLUMNS)
    sessions = events.filter(events.session_id.notnull())
    name = sessions.event_name
    visits = sessions.group_by("session_id").aggregate(
        period_start=sessions.period_start.min(),
        begun=(name == first).any(),
        has_bought=(name == last).any(),
    )
    visits = visits.filter(visits.begun)
    by_period = visits.group_by("period_start")
    counted = run(by_period.aggregate(n=visits.count(), bought=visits.has_bought.sum())).dropna()
    if not counted["bought"].sum():
        return pd.DataFrame(columns=COLUMNS)
    counted.index = pd.DatetimeIndex(counted["period_start"])
    starts = pd.DatetimeIndex([period.start for period in history])
    frame = counted[["n", "bought"]].reindex(starts).fillna(0).astype("int64")
    frame = frame.reset_index(drop=True)
    few = is_small(frame["n"], company.minimum_group)
    shares = percent_of(frame["bought"].mask(few), frame["n"])
    frame = frame.assign(period=[each.name for each in history], **{e: shares[e] for e in ENDS})
    chart = control_chart(frame, kind="p-prime", n="n")
    return frame.assign(**{name: chart[name] for name in CHART})[COLUMNS]
