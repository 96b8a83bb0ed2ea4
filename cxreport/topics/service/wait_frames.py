"""From a company: how long customers who ask for help wait, now, before, and by group.

Every function gives the frame of one section; without the table or the columns that it needs, the
frame has its columns and no rows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.inputs.source import keep, run
from cxreport.inputs.spans import STAND_INS, rows_by_day
from cxreport.scores.suppression import hidden_levels
from cxreport.stats.survival import survival
from cxreport.topics.service.comparisons import COMPARED, compare_waits, hold_family
from cxreport.topics.service.control import CHARTED, chart_periods
from cxreport.topics.service.tickets import Tickets, read_tickets
from cxreport.topics.service.times import CURVE, HOUR, WAITS, waiting_curve, waits

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Sequence

    import ibis.expr.types as ir

    from cxreport.inputs.company import Company
    from cxreport.inputs.period import Period
    from cxreport.topics.service.tickets import Metric

MOST_GROUPS, MOST_CURVES = 15, 6
GROUPED = ["variable", "level", "period", *WAITS]


def company_tickets(company: Company) -> Tickets | None:
    """Read a company's help requests, up to the last day looked at.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey.

    Returns
    -------
    Tickets or None
        See :func:`cxreport.topics.service.read_tickets`; None where the source has no table of
        requests, or only parts of the answers are reported. Read once a company.
    """
    return company.once("tickets", lambda: _read(company))


def _read(company: Company) -> Tickets | None:
    rows = company.table("tickets")
    if rows is None or "created_at" not in rows.columns:
        return None
    tickets = read_tickets(
        rows,
        until=company.until,
        observed_until=last_ending(
            company, "tickets", rows, ["first_reply_at", "solved_at", "closed_at"]
        ),
        zone=company.codebook.source.timezone,
    )
    # Every section asks several questions of them: not each one of the files.
    return replace(tickets, rows=keep(tickets.rows))


def last_ending(company: Company, name: str, rows: ir.Table, ends: Sequence[str]) -> dt.date:
    """Return the last day on which a wait can have ended.

    Where only the rows say how far the data go, those that ended after the last one began did.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey.
    name : str
        The table of those who wait.
    rows : ibis Table
        Its rows.
    ends : sequence of str
        Columns of times at which a wait ends; those that it has count.
    """
    latest = company.dataset.observed_until
    if company.dataset.spans[name].told_by != "rows":
        return latest
    for counted in rows_by_day(rows, [each for each in ends if each in rows.columns]).values():
        latest = max([latest, *(day for day in counted.index if day not in STAND_INS)])
    return latest


def company_waits(company: Company, *, by: Sequence[str] = ("channel",)) -> pd.DataFrame:
    """Return how long customers who asked for help in the period waited, and the ones before.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey.
    by : sequence of str
        Columns of the requests to break the period down by; those that are not there, or have more
        than 15 groups, are left out.

    Returns
    -------
    DataFrame
        One row per group and metric: ``variable`` and ``level`` ("" for all requests), ``period``
        (name), and the columns of :func:`cxreport.topics.service.waits` from ``metric`` on:
        hours. All requests of the period and of the one before, then the groups of the period.
    """
    tickets = company_tickets(company)
    if tickets is None:
        return pd.DataFrame(columns=GROUPED)
    parts = []
    for metric in tickets.metrics:
        for period in company.history_of("tickets")[:-3:-1]:
            waited = waits(of_period(tickets, period), metric)
            parts.append(waited.assign(variable="", level="", period=period.name))
        for variable in known_groups(tickets, by):
            waited = waits(of_period(tickets, company.period), metric, by=variable)
            waited = waited.rename(columns={variable: "level"})
            waited = waited[~waited["level"].isin(hidden_requests(company, variable))]
            parts.append(waited.assign(variable=variable, period=company.period.name))
    filled = [part[GROUPED] for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=GROUPED)


def company_changes(company: Company, *, by: Sequence[str] = ("channel", "team")) -> pd.DataFrame:
    """Return who waited longer than the others, and whether waits differ from the period before.

    Parameters
    ----------
    company, by
        As in :func:`company_waits`.

    Returns
    -------
    DataFrame
        As :func:`cxreport.topics.service.compare_waits` returns it, and ``group``.
        Where ``variable`` is "period", the period (``level``) against the one before: of all
        requests (``group`` ""), and of each group of the first column of ``by``. All rows are one
        family (Holm), held to ``company.family_level``.
    """
    columns, level = [*COMPARED, "group"], company.family_level
    tickets = company_tickets(company)
    if tickets is None or not tickets.metrics:
        return pd.DataFrame(columns=columns)
    variables = known_groups(tickets, by)
    parts = [
        compare_waits(of_period(tickets, company.period), variables, level=level).assign(group="")
    ]
    starts = [period.start for period in company.history_of("tickets")[-2:]]
    if len(starts) > 1:
        two = _where(tickets, tickets.rows.period_start.isin(starts))
        sides = {"": two}
        for column in variables[:1]:
            codes = run(of_period(tickets, company.period).rows.select(column).distinct())[column]
            for code in sorted(codes.dropna()):
                sides[code] = _where(two, two.rows[column] == code)
        for group, side in sides.items():
            against = compare_waits(side, ["period_start"], level=level)
            named = against.assign(variable="period", level=company.period.name, group=group)
            parts.insert(-1, named)
    filled = [part for part in parts if not part.empty]
    whole = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)
    for column in variables:  # named by its own column, or against the period before
        few = hidden_requests(company, column)
        own = (whole["variable"] == column) & whole["level"].isin(few)
        before = (whole["variable"] == "period") & whole["group"].isin(few)
        whole = whole[~(own | (before & (column == variables[0])))].reset_index(drop=True)
    return hold_family(whole, level)


def company_curve(company: Company, metric: str, *, by: str = "channel") -> pd.DataFrame:
    """Return what share of the period's requests still waited after each hour.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey.
    metric : {"first_reply", "solution"}
        What is waited for.
    by : str
        Column of the groups; one curve for all where it is not there, or has more than six.

    Returns
    -------
    DataFrame
        ``group`` and the columns of :func:`cxreport.topics.service.waiting_curve`.
    """
    tickets = company_tickets(company)
    empty = pd.DataFrame(columns=["group", *CURVE])
    if tickets is None or metric not in tickets.metrics:
        return empty
    names = known_groups(tickets, [by], MOST_CURVES)
    current = of_period(tickets, company.period)
    curve = waiting_curve(current, metric, by=names)
    for name in names:
        curve = curve[~curve[name].isin(hidden_requests(company, name))].reset_index(drop=True)
    if curve.empty:
        return empty
    return curve.rename(columns={by: "group"}) if names else curve.assign(group="")[empty.columns]


def company_history(company: Company, *, by: str = "channel") -> pd.DataFrame:
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
        One row per metric, group and period of the history: ``metric`` ("first_reply", "solution"),
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
        series = [everybody]
        if known_groups(tickets, [by]):
            named = waits(tickets, metric, by=[by, "period_start"]).rename(columns={by: "group"})
            series += [rows for _, rows in named.groupby("group", sort=False, dropna=False)]
        for rows in series:
            chart = chart_periods(rows, company, in_logs=True)
            parts.append(chart.assign(metric=metric, group=rows["group"].iloc[0]))
    filled = [part[columns] for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)


def company_still_waiting(company: Company, metric: Metric, hours: float) -> pd.DataFrame:
    """Return what share of the period's requests still waited after so many hours.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey.
    metric : {"first_reply", "solution"}
        What is waited for.
    hours : float
        After how many.

    Returns
    -------
    DataFrame
        One row: ``n`` (requests), ``estimate`` and ``std_error`` (percent still waiting, by
        survival; Greenwood, unknown at 0 and 100). No row where there is no such wait.
    """
    tickets = company_tickets(company)
    empty = pd.DataFrame(columns=["n", "estimate", "std_error"])
    if tickets is None or metric not in tickets.metrics:
        return empty
    rows = of_period(tickets, company.period).rows
    n = int(run(rows.aggregate(n=rows.count()))["n"].item())
    if not n:
        return empty
    curve = survival(rows, f"{metric}_seconds", f"{metric}_seen")
    passed = curve[curve["time"] <= hours * HOUR].tail(1)
    passed = passed if len(passed) else pd.DataFrame({"estimate": [100.0], "std_error": np.nan})
    return passed[["estimate", "std_error"]].assign(n=n)[[*empty]].reset_index(drop=True)


def company_left_out(company: Company) -> pd.DataFrame:
    """Return which requests could not be measured.

    Parameters
    ----------
    company : Company
        From ``open_company``, or a survey.

    Returns
    -------
    DataFrame
        ``reason`` and ``n`` (requests of all periods), without the reasons that never occur.
    """
    tickets = company_tickets(company)
    return pd.DataFrame(columns=["reason", "n"]) if tickets is None else tickets.left_out


def hidden_requests(company: Company, variable: str) -> list[Hashable]:
    """Name the groups of the period's requests that no page may show: see ``hidden_levels``."""
    tickets = company_tickets(company)
    if tickets is None:
        return []
    rows = of_period(tickets, company.period).rows
    return hidden_levels(rows, variable, {}, company.minimum_group)


def of_period(tickets: Tickets, period: Period) -> Tickets:
    """Keep the requests made in one period."""
    return _where(tickets, tickets.rows.period_start == period.start)


def _where(tickets: Tickets, chosen: ir.BooleanColumn) -> Tickets:
    """Keep some of the requests."""
    return replace(tickets, rows=tickets.rows.filter(chosen))


def known_groups(tickets: Tickets, names: Sequence[str], most: int = MOST_GROUPS) -> list[str]:
    """Keep the columns that there are, and that have no more groups than can be told apart."""
    present = [name for name in dict.fromkeys(names) if name in tickets.rows.columns]
    if not present:
        return []
    counts = run(tickets.rows.aggregate(**{name: tickets.rows[name].nunique() for name in present}))
    return [name for name in present if counts[name].item() <= most]
