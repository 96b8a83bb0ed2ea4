"""One series of waits, or of counts -> what a control chart says of each of its periods."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.scores.suppression import is_small
from cxreport.stats.trend import control_chart
from cxreport.stats.usual_range import steady

if TYPE_CHECKING:
    from cxreport.inputs.company import Company

LINES = ["centre", "lower", "upper"]
JUDGED = [*LINES, "signal", "direction"]
CHARTED = ["period", "n", "estimate", "low", "high", *JUDGED, "note"]
FEWEST, TOO_FEW = 10, "too few requests"
"""Requests, or orders, of a period that is judged."""
SHOWN = 2
"""Periods with requests that make a chart."""


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
        The steady ones, see :func:`cxreport.stats.usual_range.steady`; None, which stands for all,
        where none is far off, or more than a quarter are.

    Examples
    --------
    >>> hours = pd.DataFrame({"period": list("abcdef"), "estimate": [5.0, 6, 5, 40, 6, 5]})
    >>> steady_periods(hours)
    ['a', 'b', 'c', 'e', 'f']
    """
    measured = series.dropna(subset="estimate")
    counts = measured["n"].to_numpy(dtype=float) if "n" in measured else None
    kept = steady(measured["estimate"].to_numpy(dtype=float), counts)
    return None if kept.all() else measured.loc[kept, "period"].tolist()


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


def chart_periods(rows: pd.DataFrame, company: Company, *, in_logs: bool = False) -> pd.DataFrame:
    """Put one series on the periods of the history, from its first one on, and judge it."""
    names = {pd.Timestamp(period.start): period.name for period in company.history_of("tickets")}
    placed = rows.assign(period=pd.to_datetime(rows["period_start"]).map(names))
    placed = placed.dropna(subset="period").set_index("period").reindex(list(names.values()))
    counts = {name: 0 for name in ("n", "waiting", "contacts") if name in placed}
    placed = placed.fillna(counts).astype(dict.fromkeys(counts, "int64"))
    few = is_small(placed["n"], company.minimum_group)  # they judge nothing, and move no limit
    values_of = ["estimate", "low", "high"]
    placed[values_of] = placed[values_of].mask(few)
    measured = placed["estimate"].notna()
    if measured.sum() < SHOWN:
        return pd.DataFrame(columns=CHARTED)
    series = placed.loc[measured.idxmax() :].rename_axis("period").reset_index()
    return series.drop(columns="note").join(chart_counts(series, in_logs=in_logs))
