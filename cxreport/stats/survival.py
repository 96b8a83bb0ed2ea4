"""How long customers stay: survival curves, their comparison, and the mean time up to a limit.

A customer who has not left yet is not a customer who stays for ever: the time seen so far counts,
and nothing is assumed about the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import chi2

from cxreport.errors import CxError
from cxreport.stats.durations import count_durations
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.product_limit import product_limit

if TYPE_CHECKING:
    from cxreport.inputs.source import Data
    from cxreport.stats.group_columns import By

    Lives: TypeAlias = list[tuple[pd.DataFrame, pd.DataFrame]]
    """From ``count_durations``: of each group its names, and its life table."""

CURVE = ("time", "at_risk", "events", "estimate", "std_error", "low", "high", "note")
TEST = ("n", "observed", "expected", "chi2", "df", "p_value", "note")
MEAN = ("n", "events", "tau", "estimate", "std_error", "low", "high", "note")

NOT_OBSERVABLE = "not yet observable"
NO_EVENTS = "no events"
NO_VARIANCE = "no variance"


def survival(
    data: Data, duration: str, event: str, *, by: By = None, level: float = 0.95
) -> pd.DataFrame:
    """Return what share of customers is still there after each time.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per customer.
    duration : str
        Column of times under observation (any unit, 0 or more).
    event : str
        Column that says whether the customer was lost then (1, true) or still there when last
        seen (0, false).
    by : str or list of str, optional
        Columns to break down by. A missing value is a group of its own, the last.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group and time at which somebody was lost: the ``by`` columns; ``time`` (unit of
        ``duration``); ``at_risk`` and ``events`` (customers); ``estimate`` and ``std_error``
        (percent; Greenwood); ``low`` and ``high`` (percent; log-log; unknown at 0 and 100);
        ``note`` ("", "everybody lost"). A group that lost nobody has one row, at its longest time,
        with the note "nobody lost yet".

    Raises
    ------
    CxError
        If a column is unknown or not usable, a duration is missing or negative, an event is
        neither 0 nor 1, there are no rows, or the level is out of range.

    Notes
    -----
    Source: Kaplan & Meier 1958, JASA 53, 457-481; as R's ``survfit(conf.type="log-log")``.

    Examples
    --------
    >>> stays = pd.DataFrame({"months": [1, 2, 2, 3], "left": [1, 1, 0, 0]})
    >>> survival(stays, "months", "left")[["time", "at_risk", "events", "estimate"]]
       time  at_risk  events  estimate
    0     1        4       1      75.0
    1     2        3       1      50.0
    """
    normal_quantile(level)
    return curves_of(count_durations(data, duration, event, by, CURVE), level)


def curves_of(lives: Lives, level: float) -> pd.DataFrame:
    """Return the survival curve of each group's life table; see :func:`survival`."""
    parts = []
    for group, life in lives:
        steps = life[life["events"] > 0] if life["events"].any() else life.tail(1)
        curve = steps.join(product_limit(steps["at_risk"], steps["events"], level))
        parts.append(group.merge(curve, how="cross"))
    names = lives[0][0].columns
    return pd.concat(parts, ignore_index=True)[[*names, *CURVE]]


def compare_survival(data: Data, duration: str, event: str, by: By) -> pd.DataFrame:
    """Return whether groups of customers are lost at different rates: the log-rank test.

    Parameters
    ----------
    data, duration, event, by
        As in :func:`survival`; at least two groups.

    Returns
    -------
    DataFrame
        One row per group: the ``by`` columns; ``n`` (customers); ``observed`` and ``expected``
        (customers lost, and lost if all groups were alike); and, the same in each row, ``chi2``,
        ``df``, ``p_value`` (0..1) of the one test of all groups; ``note`` ("", "no events").

    Raises
    ------
    CxError
        As in :func:`survival`, or if there is one group only.

    Notes
    -----
    Source: Mantel 1966, Cancer Chemotherapy Reports 50, 163-170; as R's ``survdiff``.

    Examples
    --------
    >>> stays = pd.DataFrame({"plan": list("aabb"), "months": [1, 2, 3, 4], "left": 1})
    >>> compare_survival(stays, "months", "left", "plan")[["plan", "observed", "chi2"]].round(3)
      plan  observed   chi2
    0    a         2  2.882
    1    b         2  2.882
    """
    groups = count_durations(data, duration, event, by, TEST)
    if len(groups) < 2:
        raise CxError("one group cannot be compared", where=by, got=len(groups), expected=2)
    return compare_lives(groups)


def compare_lives(groups: Lives) -> pd.DataFrame:
    """Compare the life tables of two groups or more; see :func:`compare_survival`."""
    times = sorted(set().union(*(set(life["time"]) for _, life in groups)))
    lives = [life.set_index("time") for _, life in groups]
    # Who is at risk at a time of another group: those of the next own time.
    at_risk = np.array([life["at_risk"].reindex(times).bfill().fillna(0) for life in lives])
    lost = np.array([life["events"].reindex(times, fill_value=0) for life in lives])
    all_risk, all_lost = at_risk.sum(axis=0), lost.sum(axis=0)
    share = at_risk / all_risk
    expected = (share * all_lost).sum(axis=1)
    scale = all_lost * (all_risk - all_lost) / np.maximum(all_risk - 1, 1)
    covariance = np.diag((share * scale).sum(axis=1)) - (share * scale) @ share.T
    surplus = lost.sum(axis=1) - expected
    statistic = float(surplus @ np.linalg.pinv(covariance, hermitian=True) @ surplus)
    df = int(np.linalg.matrix_rank(covariance, hermitian=True))
    testable = df > 0
    names = pd.concat([group for group, _ in groups], ignore_index=True)
    return names.assign(
        n=[int(life["at_risk"].iloc[0]) for life in lives],
        observed=lost.sum(axis=1),
        expected=expected,
        chi2=statistic if testable else np.nan,
        df=df,
        p_value=float(chi2.sf(statistic, df)) if testable else np.nan,
        note=pd.Series("" if testable else NO_EVENTS, index=names.index, dtype="str"),
    )


def restricted_mean(
    data: Data, duration: str, event: str, *, tau: float, by: By = None, level: float = 0.95
) -> pd.DataFrame:
    """Return how long customers stay on average within the first ``tau`` of their time.

    Parameters
    ----------
    data, duration, event, by, level
        As in :func:`survival`.
    tau : float
        Where the time counted ends, above 0 (unit of ``duration``).

    Returns
    -------
    DataFrame
        One row per group: the ``by`` columns; ``n`` and ``events`` (customers, and those lost up to
        ``tau``); ``tau``, ``estimate``, ``std_error``, ``low``, ``high`` (unit of ``duration``;
        normal interval, cut at 0 and ``tau``); ``note``: "not yet observable" where nobody was
        followed as long as ``tau`` and somebody is still there, "no events" where nobody was lost,
        "no variance" where all were lost at once (the error is then unknown).

    Raises
    ------
    CxError
        As in :func:`survival`, or if ``tau`` is not above 0.

    Notes
    -----
    The standard error is that of the estimate, sum of (area beyond t)^2 d / (n (n - d)), as R's
    ``survfit(rmean = tau)``; not the spread of the customers' times.

    Examples
    --------
    >>> stays = pd.DataFrame({"months": [1, 2, 2, 3], "left": [1, 1, 0, 0]})
    >>> restricted_mean(stays, "months", "left", tau=3)[["n", "events", "estimate"]]
       n  events  estimate
    0  4       2      2.25
    """
    z = normal_quantile(level)
    if not 0 < tau < float("inf"):
        raise CxError("tau is not a length of time", got=tau, expected="a number above 0")
    rows = []
    for group, life in count_durations(data, duration, event, by, MEAN):
        mean, std_error = _area(life, tau)
        lost = int(life.loc[life["time"] <= tau, "events"].sum())
        reasons = {NOT_OBSERVABLE: np.isnan(mean), NO_EVENTS: not lost, NO_VARIANCE: not std_error}
        low, high = np.clip([mean - z * std_error, mean + z * std_error], 0, tau)
        row = group.assign(n=life["at_risk"].iloc[0], events=lost, tau=float(tau), estimate=mean)
        note = next((word for word, holds in reasons.items() if holds), "")
        if note:
            std_error = low = high = np.nan
        rows.append(row.assign(std_error=std_error, low=low, high=high, note=note))
    return pd.concat(rows, ignore_index=True)


def _area(life: pd.DataFrame, tau: float) -> tuple[float, float]:
    """Return the area under the curve up to tau, and its standard error."""
    steps = life[(life["events"] > 0) & (life["time"] <= tau)]
    risk, lost = (steps[name].to_numpy(dtype=float) for name in ("at_risk", "events"))
    share = np.cumprod(1 - lost / risk)
    last = float(life["time"].iloc[-1])
    if last < tau and not (len(share) and share[-1] == 0):
        return np.nan, np.nan
    edges = np.concatenate([[0.0], steps["time"].to_numpy(dtype=float), [tau]])
    areas = np.concatenate([[1.0], share]) * np.diff(edges)
    beyond = areas[::-1].cumsum()[::-1][1:]
    left = np.where(risk > lost, risk - lost, 1.0)  # where nobody is left, no area lies beyond
    return float(areas.sum()), float((beyond**2 * lost / (risk * left)).sum() ** 0.5)
