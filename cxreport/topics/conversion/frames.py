"""Where a company loses the visitors of its app and website, and at which step these fail."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.topics.conversion import errors as conversion_errors
from cxreport.topics.conversion.errors import error_rates
from cxreport.topics.conversion.funnel import funnel
from cxreport.topics.conversion.groups import compare_funnels
from cxreport.topics.conversion.shares import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from cxreport.inputs.company import Company

SHOP_STEPS = ("visit", "product_view", "add_to_cart", "checkout_start", "purchase")
WHO = "_visitor"


def shop_funnel(
    company: Company,
    *,
    steps: Sequence[str] = SHOP_STEPS,
    window: int = 7,
    periods: int = 12,
    by: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure where the visitors of app and website are lost on their way to a purchase.

    A visitor is a browser or an app (``anonymous_id``), or else a known customer: visits without
    a login count too, and who uses two devices counts twice. Each enters once, at the first visit
    of the periods looked at.

    Parameters
    ----------
    company : Company
        Its ``events`` are looked at, up to its last day.
    steps : sequence of str
        Names of events, in order.
    window : int
        Days for each step.
    periods : int
        Visits of the period reported and of those just before, so many in all.
    by : str, optional
        Column of the events to break down by: channel, device.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        As from :func:`cxreport.topics.conversion.funnel`, without the groups by which nobody
        entered; empty where there are no events, or they lack a column.
    """
    groups = [by] if by else []
    visits = _visits(company, periods, groups)
    if visits is None:
        return pd.DataFrame(columns=[*groups, *COLUMNS])
    # The days after the period are there to see what became of its visitors.
    end = dt.datetime.combine(company.period.end, dt.time())
    entered_later = (visits.event_name == steps[0]) & (visits.occurred_at >= ibis.literal(end))
    visits = visits.filter(~entered_later.fill_null(False))
    found = funnel(
        visits, list(steps), window=window, until=company.until, customer=WHO, by=by, level=level
    )
    entered = found["eligible"].where(found["step"] == steps[0])
    if by:  # a till is a channel too, but nobody visits it
        entered = entered.groupby(found[by], dropna=False).transform("max")
        return found[entered > 0].reset_index(drop=True)
    return found


def shop_differences(
    company: Company,
    *,
    between: str,
    steps: Sequence[str] = SHOP_STEPS,
    window: int = 7,
    periods: int = 12,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure how far channels or devices are from each other at each step of the shop's funnel.

    Parameters
    ----------
    company, steps, window, periods, level
        As in :func:`shop_funnel`.
    between : str
        Column of the events: channel, device.

    Returns
    -------
    DataFrame
        As from :func:`cxreport.topics.conversion.compare_funnels`: all pairs at all steps
        are one family, corrected by Holm. Empty where there are no events, or no two groups.
    """
    found = shop_funnel(
        company, steps=steps, window=window, periods=periods, by=between, level=level
    )
    if found.empty:
        columns = ["step", "group", "group_reference", "difference", "low", "high", "q_value"]
        return pd.DataFrame(columns=[*columns, "signal", "note"])
    return compare_funnels(found, between, level=company.family_level)


def step_errors(
    company: Company, *, steps: Sequence[str] = SHOP_STEPS, periods: int = 12
) -> pd.DataFrame:
    """Measure how often each step of the shop fails, over the same periods.

    Returns
    -------
    DataFrame
        As from :func:`cxreport.topics.conversion.error_rates`; empty where the events do
        not say it.
    """
    visits = _visits(company, periods, [])
    if visits is None or "is_error" not in visits.columns:
        return pd.DataFrame(columns=conversion_errors.COLUMNS)
    if "session_id" in visits.columns:  # without one, it happened at a till
        visits = visits.filter(visits.session_id.notnull())
    return error_rates(visits, steps)


def _visits(company: Company, periods: int, needed: Sequence[str]) -> ir.Table | None:
    """Return the events of the last periods with their visitor; None if anything is missing."""
    events, columns = company.table("events"), company.columns_of("events")
    ids = [name for name in ("anonymous_id", "customer_id") if name in columns]
    if events is None or not ids or {"event_name", "occurred_at", *needed} - columns:
        return None
    who = ibis.coalesce(*(events[name].cast("string") for name in ids))
    first = company.history[-periods:][0].start
    at = events.occurred_at
    recent = events.filter(
        at.isnull() | (at >= ibis.literal(dt.datetime.combine(first, dt.time())))
    )
    return recent.mutate(**{WHO: who})
