"""How long customers wait for a reply and for a solution, with those who still wait counted in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.stats.durations import count_cells, life_tables
from cxreport.stats.group_columns import as_names, check_columns, kept_whole
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.survival import curves_of, survival
from cxreport.stats.survival_quantiles import survival_quantile
from cxreport.topics.service.tickets import METRICS

if TYPE_CHECKING:
    from cxreport.stats.group_columns import By
    from cxreport.topics.service.tickets import Metric, Tickets

HOUR = 3600
WAITS = (
    "metric", "n", "ended", "waiting", "estimate", "low", "high", "p90", "p90_low", "p90_high",
    "ended_median", "note",
)  # fmt: skip
CURVE = ("metric", "time", "estimate", "low", "high")
NO_REQUESTS = "no requests"
NO_END = "nobody is through yet"
NOT_HALF = "half not yet reached"


def waits(tickets: Tickets, metric: Metric, *, by: By = None, level: float = 0.95) -> pd.DataFrame:
    """Return how long customers wait for the first reply, or for the solution.

    Parameters
    ----------
    tickets : Tickets
        From :func:`cxreport.topics.service.read_tickets`.
    metric : {"first_reply", "solution"}
        What is waited for.
    by : str or list of str, optional
        Columns to break down by. A missing value is a group of its own, the last.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group: the ``by`` columns; ``metric``; ``n`` (requests), ``ended`` and
        ``waiting`` (those replied to or solved, and those not, by the last day looked at);
        ``estimate``, ``low``, ``high`` (hours: the median wait of all, by survival), ``p90``,
        ``p90_low``, ``p90_high`` (hours: one in ten waits longer), empty where the curve has not
        come down so far; ``ended_median`` (hours: the median of those that ended, which leaves out
        whoever still waits, and so is too short); ``note`` ("", "no requests", "nobody is through
        yet", "half not yet reached").

    Raises
    ------
    CxError
        If the requests have no times of this metric, a column is unknown, or the level is out of
        range.

    Notes
    -----
    Open requests are censored (Kaplan & Meier 1958); intervals by Brookmeyer & Crowley 1982 on the
    log-log band, see :func:`cxreport.stats.survival_quantiles.survival_quantile`.

    Examples
    --------
    >>> import datetime as dt
    >>> from cxreport.topics.service.tickets import read_tickets
    >>> asked = pd.to_datetime(["2026-03-01T10"] * 5)
    >>> solved = pd.to_datetime(["2026-03-01T11", "2026-03-01T13", "2026-03-01T15", None, None])
    >>> requests = pd.DataFrame({"created_at": asked, "solved_at": solved})
    >>> times = waits(read_tickets(requests, until=dt.date(2026, 3, 1)), "solution")
    >>> times[["n", "ended", "waiting", "estimate", "ended_median"]]
       n  ended  waiting  estimate  ended_median
    0  5      3        2       5.0           3.0
    """
    seconds, seen = columns_of(tickets, metric)
    names = as_names(by)
    normal_quantile(level)
    check_columns(tickets.rows, names, WAITS)
    cells = count_cells(tickets.rows, seconds, seen, names)
    keys = list(range(len(names)))
    cells = cells.assign(n=cells["rows"], ended=cells["rows"].where(cells["event"] == 1, 0))
    sums = cells[["n", "ended"]].sum().to_frame().T
    counts = cells.groupby(keys, dropna=False)[list(sums)].sum().reset_index() if keys else sums
    counts = counts.set_axis([*names, "n", "ended"], axis="columns")
    if cells.empty:
        return _with_notes(counts.assign(metric=metric, waiting=0), names)
    curve = curves_of(life_tables(cells, names), level)
    parts = [_hours(survival_quantile(curve, 50), "estimate", "low", "high")]
    parts.append(_hours(survival_quantile(curve, 90), "p90", "p90_low", "p90_high"))
    if counts["ended"].sum():
        ended = life_tables(cells[cells["event"] == 1], names)
        alone = survival_quantile(curves_of(ended, level), 50)
        parts.append(_hours(alone, "ended_median", "_low", "_high"))
    return _with_notes(_joined(counts, parts, names).assign(metric=metric), names)


def waiting_curve(
    tickets: Tickets, metric: Metric, *, by: By = None, points: int = 60, level: float = 0.95
) -> pd.DataFrame:
    """Return what share of customers still waits after each hour.

    Parameters
    ----------
    tickets, metric, by, level
        As in :func:`waits`.
    points : int
        How many times are looked at, evenly spread from 0 to the time after which fewer than one
        in twenty of all still waits (or the longest seen).

    Returns
    -------
    DataFrame
        One row per group and time: the ``by`` columns; ``metric``; ``time`` (hours);
        ``estimate``, ``low``, ``high`` (percent still waiting; log-log, unknown at 0 and 100). The
        curve with every step is :func:`cxreport.stats.survival.survival`. A group's
        rows end with its longest wait, unless nobody waits any more.

    Raises
    ------
    CxError
        As in :func:`waits`, or if ``points`` is below 2.

    Examples
    --------
    >>> import datetime as dt
    >>> from cxreport.topics.service.tickets import read_tickets
    >>> requests = pd.DataFrame({"created_at": pd.to_datetime(["2026-03-01T10"] * 2),
    ...     "solved_at": pd.to_datetime(["2026-03-01T11", "2026-03-01T13"])})
    >>> curve = waiting_curve(
    ...     read_tickets(requests, until=dt.date(2026, 3, 1)), "solution", points=4)
    >>> curve[["time", "estimate"]]
       time  estimate
    0   0.0     100.0
    1   1.0      50.0
    2   2.0      50.0
    3   3.0       0.0
    """
    seconds, seen = columns_of(tickets, metric)
    if points < 2:
        raise CxError("a curve needs two points or more", got=points)
    names = as_names(by)
    check_columns(tickets.rows, names, CURVE)
    if not run(tickets.rows.aggregate(n=tickets.rows.count()))["n"].item():
        return pd.DataFrame(columns=[*names, *CURVE])
    whole = survival(tickets.rows, seconds, seen, level=level)
    steps = survival(tickets.rows, seconds, seen, by=names, level=level) if names else whole
    last = survival_quantile(whole, 95)["estimate"].item()
    last = whole["time"].max() if pd.isna(last) else last
    times = np.linspace(0, max(float(last), 1.0), points)
    groups = [((), steps)] if not names else steps.groupby(names, dropna=False, sort=False)
    parts = []
    for _, rows in groups:
        at = np.searchsorted(rows["time"].to_numpy(dtype=float), times, side="right") - 1
        curve = rows[["estimate", "low", "high"]].reset_index(drop=True).reindex(at)
        curve = curve.assign(time=times / HOUR)
        curve.loc[at < 0, "estimate"] = 100.0
        group = rows[names].head(1).reset_index(drop=True)
        parts.append(group.merge(curve, how="cross"))
    curves = pd.concat(parts, ignore_index=True).assign(metric=metric)
    if names:
        table = tickets.rows
        longest = run(table.aggregate(by=names, longest=table[seconds].max() / HOUR))
        longest = kept_whole(longest, {name: table[name] for name in names})
        most = curves.merge(longest, how="left", on=names)["longest"]
        curves = curves[(curves["time"] <= most) | (curves["estimate"] == 0)]
    return curves.reset_index(drop=True)[[*names, *CURVE]]


def columns_of(tickets: Tickets, metric: str) -> tuple[str, str]:
    """Return the columns of a metric: seconds waited, and whether the wait ended."""
    if metric not in METRICS:
        raise CxError("unknown metric", got=metric, expected=", ".join(METRICS))
    if metric not in tickets.metrics:
        raise CxError(
            "the requests have no times of this",
            got=metric,
            expected=", ".join(tickets.metrics) or "a column of replies or solutions",
        )
    return f"{metric}_seconds", f"{metric}_seen"


def _hours(quantiles: pd.DataFrame, estimate: str, low: str, high: str) -> pd.DataFrame:
    """Turn a quantile in seconds into columns of hours."""
    names = {"estimate": estimate, "low": low, "high": high}
    hours = quantiles.assign(**{name: quantiles[name] / HOUR for name in names})
    return hours.drop(columns="share").rename(columns=names)


def _joined(counts: pd.DataFrame, parts: list[pd.DataFrame], names: list[str]) -> pd.DataFrame:
    """Put the quantiles of each group beside its counts, in order of group."""
    if not names:
        return pd.concat([counts, *parts], axis="columns")
    for part in parts:
        counts = counts.merge(part, how="left", on=names)
    return counts.sort_values(names, kind="stable", na_position="last", ignore_index=True)


def _with_notes(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Add what is missing, and say in a word what a reader must know."""
    hours = [name for name in WAITS if name not in frame and name not in ("waiting", "note")]
    frame = frame.assign(**dict.fromkeys(hours, np.nan), waiting=frame["n"] - frame["ended"])
    reasons = {
        NO_REQUESTS: frame["n"] == 0,
        NO_END: frame["ended"] == 0,
        NOT_HALF: frame["estimate"].isna(),
    }
    note = np.select(list(reasons.values()), list(reasons), "")
    return frame.assign(note=note).astype({"note": "str", "metric": "str"})[[*names, *WAITS]]
