"""The median wait of every period and group at once: what a history is made of.

An interval needs the whole curve of each group, which takes seconds for two years of channels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.inputs.source import run
from cxreport.stats.survival_quantiles import survival_quantile
from cxreport.topics.service.times import HOUR, waits
from cxreport.topics.service.wait_frames import (
    company_tickets,
    hidden_requests,
    known_groups,
    of_period,
)

if TYPE_CHECKING:
    from cxreport.inputs.company import Company

COLUMNS = ["metric", "group", "period", "n", "estimate", "low", "high"]


def median_waits(company: Company, *, by: str = "channel") -> pd.DataFrame:
    """Return the median wait of the requests of each period, of all and by group.

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
        One row per metric, group and period of the history with requests: ``metric``
        ("first_reply", "solution"), ``group`` ("" for all requests), ``period`` (name), ``n``
        (requests), ``estimate`` (hours: median by survival, as
        :func:`cxreport.topics.service.waits` gives it; empty where half are not through),
        ``low``, ``high`` (hours: its interval, of all requests of the period reported alone).
        Groups that no page may show are left out.
    """
    tickets = company_tickets(company)
    if tickets is None or not tickets.metrics:
        return pd.DataFrame(columns=COLUMNS)
    columns = [f"{metric}_{kind}" for metric in tickets.metrics for kind in ("seconds", "seen")]
    groups = known_groups(tickets, [by])
    rows = run(tickets.rows.select("period_start", *groups, *columns))
    names = {pd.Timestamp(p.start): p.name for p in company.history_of("tickets")}
    rows["period"] = pd.to_datetime(rows["period_start"]).map(names)
    rows = rows.dropna(subset="period")
    parts = []
    for metric in tickets.metrics:
        waited = rows.rename(columns={f"{metric}_seconds": "time", f"{metric}_seen": "seen"})
        parts.append(_medians(waited.assign(group="")).assign(metric=metric))
        for name in groups:
            visible = waited.dropna(subset=name)
            visible = visible[~visible[name].isin(hidden_requests(company, name))]
            named = visible.assign(group=visible[name].astype(str))
            parts.append(_medians(named).assign(metric=metric))
    medians = pd.concat(parts, ignore_index=True)
    current = of_period(tickets, company.period)
    now = pd.concat([waits(current, metric) for metric in tickets.metrics])
    now = now[["metric", "low", "high"]].assign(group="", period=company.period.name)
    return medians.merge(now, how="left", on=["metric", "group", "period"])[COLUMNS]


def _medians(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the median of each group and period, in seconds waited and whether it ended."""
    sizes, curves = [], []
    for (group, period), cell in rows.groupby(["group", "period"]):
        curve = _curve(cell["time"].to_numpy(dtype=float), cell["seen"].to_numpy(dtype=float))
        sizes.append({"group": group, "period": period, "n": len(cell)})
        curves.append(curve.assign(group=str(group), period=str(period)))
    if not curves:
        return pd.DataFrame(columns=["group", "period", "n", "estimate"])
    every = pd.concat(curves)[["group", "period", "time", "estimate", "low", "high"]]
    medians = survival_quantile(every, 50)[["group", "period", "estimate"]]
    table = pd.DataFrame(sizes).merge(medians, how="left", on=["group", "period"])
    return table.assign(estimate=table["estimate"] / HOUR)


def _curve(time: np.ndarray, seen: np.ndarray) -> pd.DataFrame:
    """Return the survival curve of some waits, in percent."""
    times, place = np.unique(time, return_inverse=True)
    at_risk = len(time) - np.concatenate([[0], np.cumsum(np.bincount(place))[:-1]])
    through = np.bincount(place, weights=seen)
    height = 100 * np.cumprod(1 - through / at_risk)
    return pd.DataFrame({"time": times, "estimate": height, "low": np.nan, "high": np.nan})
