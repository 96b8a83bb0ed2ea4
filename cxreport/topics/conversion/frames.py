"""From a company: where it loses its visitors and its customers, and at which step it fails."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.meaning import STAGES
from cxreport.orders.purchases import purchases
from cxreport.topics.conversion.errors import COLUMNS as RATES
from cxreport.topics.conversion.errors import error_rates
from cxreport.topics.conversion.funnel import funnel
from cxreport.topics.conversion.groups import compare_funnels
from cxreport.topics.conversion.shares import COLUMNS, NEVER, with_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from cxreport.inputs.company import Company

SHOP_STEPS = ("visit", "product_view", "add_to_cart", "checkout_start", "purchase")
WHO = "_visitor"
FIRST_PROMOTER = 9
LAST, ANSWERED = "advocacy", "of those who answered"
NOT_MEASURED = "not measured"
INSTANT = ibis.interval(microseconds=1)


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
    shares = funnel(
        visits, list(steps), window=window, until=company.until, customer=WHO, by=by, level=level
    )
    entered = shares["eligible"].where(shares["step"] == steps[0])
    if by:  # a till is a channel too, but nobody visits it
        entered = entered.groupby(shares[by], dropna=False).transform("max")
        return shares[entered > 0].reset_index(drop=True)
    return shares


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
    shares = shop_funnel(
        company, steps=steps, window=window, periods=periods, by=between, level=level
    )
    if shares.empty:
        columns = ["step", "group", "group_reference", "difference", "low", "high", "q_value"]
        return pd.DataFrame(columns=[*columns, "signal", "note"])
    return compare_funnels(shares, between, level=company.family_level)


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
        return pd.DataFrame(columns=RATES)
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


def stage_funnel(company: Company, *, window: int = 90, level: float = 0.95) -> pd.DataFrame:
    """Measure how many customers go on from each of the five stages to the next.

    Awareness is a proxy: a first visit. Who has heard of the company and never came is in no table.
    Consideration is an event of that stage by the codebook's map; purchase, an order that counts
    (:func:`cxreport.orders.purchases`); retention, another one; advocacy, an answer of
    9 or 10 to the question of NPS, as a share of those who answered, since not everybody is asked.

    Parameters
    ----------
    company : Company
        Its ``events`` (with a column of stages), ``orders`` and ``responses`` are looked at, as
        far as it has them. Only customers known by their id count.
    window : int
        Days for each stage, from the stage before.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        One row per stage: the columns of :func:`cxreport.topics.conversion.funnel`. A stage that no
        table measures has the note "not measured" and no number; the next one is counted from the
        last that is measured. The note of advocacy is "of those who answered", with the
        answers as ``eligible`` and no ``overall``. Empty where fewer than two stages are measured.
    """
    moments = _stage_moments(company)
    path = [stage for stage in STAGES[:-1] if stage in moments]
    if len(path) < 2:
        return pd.DataFrame(columns=COLUMNS)
    asked = "answer" in moments and path[-1] == "retention"
    events = ibis.union(*moments.values())

    def through(*last: str) -> pd.DataFrame:
        return funnel(
            events,
            [*path, *last],
            window=window,
            until=company.until,
            customer="who",
            name="stage",
            date="at",
            proxies=["awareness"] if "awareness" in path else [],
            level=level,
        )

    shares = through()
    if asked:
        shares = pd.concat([shares, _advocates(through("answer"), through("promoter"), level)])
    return _every_stage(shares.set_index("step"))


def _every_stage(shares: pd.DataFrame) -> pd.DataFrame:
    """Give the stages that are not measured a row without numbers."""
    frame = shares.reindex(list(STAGES))
    counts = ["eligible", "reached", "open", "unknown", "entered", "completed"]
    frame["note"] = frame["note"].astype("str").where(frame["eligible"].notna(), NOT_MEASURED)
    frame["proxy"] = frame["proxy"].eq(1)
    frame[counts] = frame[counts].astype("Int64")
    return frame.rename_axis("step").reset_index()[COLUMNS]


def _advocates(answered: pd.DataFrame, promoters: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return the row of advocacy: promoters among the customers who answered in time."""
    row = promoters.tail(1).assign(
        step=LAST,
        eligible=answered["reached"].iloc[-1],
        first=False,
        never=answered["note"].iloc[-1] == NEVER,
        possible=False,
        entrants=1,
    )
    return with_shares(row, level).assign(note=ANSWERED)[COLUMNS]


def _stage_moments(company: Company) -> dict[str, ir.Table]:
    """Return who was at which stage when: ``who``, ``at``, ``stage``, one table per stage."""
    moments = _from_events(company)
    orders, until = company.table("orders"), company.until
    if orders is not None and {"customer_id", "ordered_at"} <= company.columns_of("orders"):
        rows = purchases(orders, until=until).rows
        moments["purchase"] = _moments(rows, rows.ordered_at, "purchase")
        # An instant early, so that an order is never its own successor.
        early = rows.ordered_at.cast("timestamp") - INSTANT
        moments["retention"] = _moments(rows, early, "retention")
    return moments | _from_answers(company)


def _from_events(company: Company) -> dict[str, ir.Table]:
    """Return the stages that only events tell."""
    events, columns = company.table("events"), company.columns_of("events")
    if events is None or {"customer_id", "occurred_at", "stage"} - columns:
        return {}
    stages = set(company.codebook.tables["events"].columns["stage"].stages.values())
    moments: dict[str, ir.Table] = {}
    for stage in STAGES[:2]:
        if stage in stages:
            rows = events.filter(events.stage == stage)
            moments[stage] = _moments(rows, rows.occurred_at, stage)
    return moments


def _from_answers(company: Company) -> dict[str, ir.Table]:
    """Return who answered the question of NPS, and who did so as a promoter."""
    answers = company.table("responses")
    nps = [name for name, c in company.codebook.questions.items() if c.role == "nps"]
    needed = {"customer_id", "answered_at", *nps[:1]}
    if answers is None or not nps or needed - company.columns_of("responses"):
        return {}
    given = answers.filter(answers[nps[0]].notnull())
    promoters = given.filter(given[nps[0]] >= FIRST_PROMOTER)
    return {
        "answer": _moments(given, given.answered_at, "answer"),
        "promoter": _moments(promoters, promoters.answered_at, "promoter"),
    }


def _moments(rows: ir.Table, at: ir.Value, stage: str) -> ir.Table:
    return rows.select(
        who=rows.customer_id.cast("string"), at=at.cast("timestamp"), stage=ibis.literal(stage)
    )
