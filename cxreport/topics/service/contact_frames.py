"""How long customers waited period by period, and why they ask for help at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.inputs.source import run
from cxreport.scores.suppression import is_small
from cxreport.stats.trend import control_chart
from cxreport.topics.service.frames import company_tickets, known_groups
from cxreport.topics.service.reasons import PARETO, avoidable_contacts, contact_reasons
from cxreport.topics.service.times import waits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.inputs.company import Company

LINES = ["centre", "lower", "upper"]
JUDGED = [*LINES, "signal", "direction"]
CHARTED = ["period", "n", "estimate", "low", "high", *JUDGED, "note"]
FEWEST, TOO_FEW = 10, "too few requests"
"""Requests, or orders, of a period that is judged."""
SHOWN = 2
"""Periods with requests that make a chart."""
FAR_OFF = 2 * 3.145
"""Six standard deviations, in median moving ranges."""
STEADY = 0.75
"""Part of the periods that must be steady, or else there is no steady state to speak of."""


def service_history(company: Company, *, by: str = "channel") -> pd.DataFrame:
    """Judge the median wait of each period by control charts: of all requests, and by group.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey.
    by : str
        Column of the groups; only all requests together where it is not there, or has more than
        15 groups.

    Returns
    -------
    DataFrame
        One row a metric, group and period of the history: ``metric`` ("first_reply", "solution"),
        ``group`` ("" for all requests), ``period`` (name), ``n`` (requests), ``waiting`` (of these
        still open), ``estimate``, ``low``, ``high`` (hours: median by survival) and, from
        ``chart_counts`` (on logarithms), ``centre``, ``lower``, ``upper`` (hours), ``signal``,
        ``direction``, ``note``. Groups with fewer than two periods are left out.
    """
    columns = ["metric", "group", *CHARTED[:2], "waiting", *CHARTED[2:]]
    tickets = company_tickets(company)
    if tickets is None:
        return pd.DataFrame(columns=columns)
    parts = []
    for metric in tickets.metrics:
        everybody = waits(tickets, metric, by="period_start").assign(group="")
        found = [everybody]
        if known_groups(tickets, [by]):
            named = waits(tickets, metric, by=[by, "period_start"]).rename(columns={by: "group"})
            found += [rows for _, rows in named.groupby("group", sort=False, dropna=False)]
        for rows in found:
            chart = _charted(rows, company, in_logs=True)
            parts.append(chart.assign(metric=metric, group=rows["group"].iloc[0]))
    filled = [part[columns] for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)


def service_reasons(company: Company) -> pd.DataFrame:
    """Say why customers asked for help in the period, and which reasons grew.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey.

    Returns
    -------
    DataFrame
        See :func:`cxreport.topics.service.contact_reasons`; the reference are all periods
        of the history before the one reported.
    """
    tickets = company_tickets(company)
    if tickets is None or "reason" not in tickets.rows.columns:
        return pd.DataFrame(columns=list(PARETO))
    whole = company.history_of("tickets")
    rows, before = tickets.rows, [period.start for period in whole[:-1]]
    current = rows.filter(rows.period_start == company.period.start)
    reference = rows.filter(rows.period_start.isin(before)) if before else None
    if reference is not None and not run(reference.count().name("n"))["n"].item():
        reference = None
    return contact_reasons(current, reference, family_level=company.family_level)


def avoidable_history(company: Company, avoidable: Sequence[str]) -> pd.DataFrame:
    """Judge the avoidable requests per 100 orders, period by period, by a control chart.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey; with orders and reasons of the requests.
    avoidable : sequence of str
        Codes of ``reason`` that are declared avoidable.

    Returns
    -------
    DataFrame
        One row a period of the history: ``period`` (name), ``n`` (orders), ``contacts``,
        ``estimate``, ``low``, ``high`` (requests per 100 orders) and, from ``chart_counts``:
        ``centre``, ``lower``, ``upper``, ``signal``, ``direction``, ``note``.
        Without a row when no reason is declared or found, or there are fewer than two periods.
    """
    columns = [*CHARTED[:2], "contacts", *CHARTED[2:]]
    tickets, orders = company_tickets(company), company.table("orders")
    if tickets is None or orders is None or not avoidable:
        return pd.DataFrame(columns=columns)
    if "reason" not in tickets.rows.columns or "period_start" not in orders.columns:
        return pd.DataFrame(columns=columns)
    found = avoidable_contacts(tickets.rows, orders, avoidable=avoidable, by="period_start")
    whole = [pd.Timestamp(period.start) for period in company.history_of("orders")]
    found = found[pd.to_datetime(found["period_start"]).isin(whole)]  # no half month of orders
    if not found["contacts"].sum():
        return pd.DataFrame(columns=columns)
    chart = _charted(found, company)
    return chart if chart.empty else chart[columns]


def steady_periods(series: pd.DataFrame) -> list[str] | None:
    """Name the periods that the limits of a chart should come from: all but a few far off.

    Waits are skewed: one month of an outage would pull the centre above all the others, and every
    ordinary month would look like an improvement.

    Parameters
    ----------
    series : DataFrame
        ``period``, ``estimate`` and, where periods count unlike many, ``n``; oldest first.

    Returns
    -------
    list of str or None
        Periods within the median plus and minus 6.29 median moving ranges (six standard
        deviations), distances being taken times the square root of ``n``; None, which stands for
        all, where none is beyond, or more than a quarter are.

    Notes
    -----
    Three standard deviations are 3.145 median moving ranges: Wheeler & Chambers 1992,
    Understanding Statistical Process Control.

    Examples
    --------
    >>> hours = pd.DataFrame({"period": list("abcdef"), "estimate": [5.0, 6, 5, 40, 6, 5]})
    >>> steady_periods(hours)
    ['a', 'b', 'c', 'e', 'f']
    """
    known = series.dropna(subset="estimate")
    distance = known["estimate"] - known["estimate"].median()
    if "n" in known:
        distance = distance * known["n"] ** 0.5
    steady = distance.abs() <= FAR_OFF * distance.diff().abs().median()
    if steady.all() or steady.mean() < STEADY:
        return None
    return known.loc[steady, "period"].tolist()


def chart_counts(series: pd.DataFrame, *, in_logs: bool) -> pd.DataFrame:
    """Judge a series by a control chart whose limits are wider where a period counts few.

    Parameters
    ----------
    series : DataFrame
        ``period``, ``n`` and ``estimate`` (never below zero), oldest first.
    in_logs : bool
        Judge logarithms, as medians of skewed waits ask for; where one is 0, the values as they
        are.

    Returns
    -------
    DataFrame
        ``centre``, ``lower``, ``upper`` (unit of the estimates), ``signal``, ``direction`` (lower
        is better), ``note`` (of ``control_chart``, or "too few requests": a period of fewer than
        10 is judged by nothing, and moves neither centre nor limits).

    Examples
    --------
    >>> months = ["2025-12", *(f"2026-{month:02}" for month in range(1, 13))]
    >>> hours = pd.DataFrame({"period": months, "n": [400] * 12 + [4]})
    >>> chart = chart_counts(hours.assign(estimate=[4.0, 5.0] * 6 + [40.0]), in_logs=True)
    >>> chart[["centre", "note"]].round(2).tail(1)
        centre              note
    12    4.47  too few requests
    """
    few = series["n"].between(1, FEWEST - 1)
    judged = series[["period", "n"]].assign(estimate=series["estimate"].mask(few))
    logs = in_logs and not (judged["estimate"] <= 0).any()
    if logs:
        judged["estimate"] = np.log(judged["estimate"])
    # Neither a wait nor a number of requests is ever below zero.
    within = (-math.inf if logs else 0.0, math.inf)
    chart = control_chart(
        judged, kind="score", n="n", better="lower", baseline=steady_periods(judged), within=within
    )
    if logs:
        chart[LINES] = np.exp(chart[LINES])
    return chart[JUDGED].assign(note=chart["note"].mask(few, TOO_FEW))


def _charted(rows: pd.DataFrame, company: Company, *, in_logs: bool = False) -> pd.DataFrame:
    """Put one series on the periods of the history, from its first one on, and judge it."""
    names = {pd.Timestamp(period.start): period.name for period in company.history_of("tickets")}
    placed = rows.assign(period=pd.to_datetime(rows["period_start"]).map(names))
    placed = placed.dropna(subset="period").set_index("period").reindex(list(names.values()))
    counts = {name: 0 for name in ("n", "waiting", "contacts") if name in placed}
    placed = placed.fillna(counts).astype(dict.fromkeys(counts, "int64"))
    few = is_small(placed["n"], company.minimum_group)  # they judge nothing, and move no limit
    values_of = ["estimate", "low", "high"]
    placed[values_of] = placed[values_of].mask(few)
    known = placed["estimate"].notna()
    if known.sum() < SHOWN:
        return pd.DataFrame(columns=CHARTED)
    series = placed.loc[known.idxmax() :].rename_axis("period").reset_index()
    return series.drop(columns="note").join(chart_counts(series, in_logs=in_logs))
