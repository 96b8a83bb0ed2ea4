"""Limits and rules of control charts and run charts, on one segment without gaps.

A side is 1 above the centre, -1 below, 0 on it. Shares are in percent.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import binom

RUN = 7
"""Points in a row that make a shift or a trend."""


def mean_moving_range(values: pd.Series, *, screened: bool = True) -> float:
    """Return the mean distance between one point and the next: what a chart calls noise.

    Parameters
    ----------
    values : Series of float
        Points in order.
    screened : bool
        Drop once the distances above 3.267 times their mean: one odd period would widen the
        limits that should show it. Not done where nothing but distances of 0 would be left.

    Returns
    -------
    float
        In the unit of the values; NaN for fewer than two points.

    Notes
    -----
    Source: Nelson 1982, Journal of Quality Technology 14(3), 172-173.

    Examples
    --------
    >>> mean_moving_range(pd.Series([1.0, 2.0, 1.0, 3.0]))
    1.3333333333333333
    """
    ranges = values.diff().abs().dropna()
    mean = float(ranges.mean())
    kept = float(ranges[ranges <= 3.267 * mean].mean())
    return kept if screened and kept > 0 else mean


def centre_and_reach(
    values: pd.Series, n: pd.Series, baseline: pd.Series, kind: str
) -> tuple[float, pd.Series]:
    """Return the centre, and how far above and below it the limits lie (three sigma).

    Parameters
    ----------
    values, n : Series of float
        Points in order, and their denominators (for shares).
    baseline : Series of bool
        The points to compute from.
    kind : {"xmr", "p", "p-prime", "score"}
        Kind of chart.
    """
    base = values[baseline]
    # Measured from the lowest value, equal values have a centre of exactly that value.
    lowest = float(base.min())
    if kind == "xmr":
        centre = lowest + float((base - lowest).mean())
        return centre, pd.Series(2.66 * mean_moving_range(base), index=values.index)
    centre = lowest + float(np.average(base - lowest, weights=n[baseline]))
    if kind == "score":
        # How much single answers vary is found from the moving ranges: only n is needed.
        standardised = (base - centre) * n[baseline] ** 0.5
        return centre, 2.66 * mean_moving_range(standardised) / n**0.5
    sigma = (centre * (100 - centre) / n) ** 0.5
    if kind == "p-prime":
        standardised = (base - centre) / sigma[baseline].where(sigma[baseline] > 0)
        sigma = sigma * mean_moving_range(standardised) / 1.128
    return centre, 3 * sigma


def rounding(values: pd.Series) -> float:
    """Return the distance below which two numbers differ by floating point alone."""
    return 1e-9 * float(values.abs().max())


def sides(values: pd.Series, centre: pd.Series | float) -> pd.Series:
    """Return on which side of the centre each point lies."""
    return _signs(values - centre, rounding(values))


def _signs(distance: pd.Series, slack: float) -> pd.Series:
    """Return 1, -1, or 0 where a distance is nothing but rounding."""
    return (distance > slack).astype(int) - (distance < -slack).astype(int)


def run_lengths(signs: pd.Series) -> pd.Series:
    """Return for each point the length of the run of equal signs that it belongs to."""
    run = (signs != signs.shift()).cumsum()
    return signs.groupby(run).transform("size").astype(int)


def trends(values: pd.Series) -> pd.Series:
    """Return 1 on each point of seven or more that rise without a pause, -1 if they fall, else 0.

    A turning point that ends one trend and starts the next belongs to the later one.
    """
    step = _signs(values.diff(), rounding(values))
    step = step.where(run_lengths(step) >= RUN - 1, 0)
    following = step.shift(-1, fill_value=0)
    return following.where(following != 0, step)


def two_of_three(side: pd.Series, near: pd.Series) -> pd.Series:
    """Mark the points near a limit that are two of three on one side of the centre."""
    one_side = side.rolling(3).sum().abs() == 3
    fired = one_side & (near.astype(int).rolling(3).sum() >= 2)
    within = fired | fired.shift(-1, fill_value=False) | fired.shift(-2, fill_value=False)
    return near & within


def control_signals(points: pd.DataFrame) -> pd.DataFrame:
    """Judge the points of a control chart by the rules of Making Data Count.

    Parameters
    ----------
    points : DataFrame
        One row per point, in order: ``value``, ``centre``, ``reach`` (three sigma), ``lower`` and
        ``upper``.

    Returns
    -------
    DataFrame
        ``signal`` and ``side`` (1 up, -1 down: where a trend goes, where another point lies).
    """
    values = points["value"]
    side = sides(values, points["centre"])
    slack = rounding(values)
    outside = (values > points["upper"] + slack) | (values < points["lower"] - slack)
    far = (values - points["centre"]).abs() > points["reach"] * 2 / 3 + slack
    trend = trends(values)
    fired = {
        "outside": outside,
        "trend": trend != 0,
        "two-of-three": two_of_three(side, far & ~outside),
        "shift": (side != 0) & (run_lengths(side) >= RUN),
    }
    signal = np.select(list(fired.values()), list(fired), "")
    side = trend.where((trend != 0) & ~outside, side)
    return pd.DataFrame({"signal": signal, "side": side}, index=values.index)


def anhoej_limits(useful: int) -> tuple[int, int]:
    """Return the longest run and the fewest crossings of the median that chance explains.

    Parameters
    ----------
    useful : int
        Points that are not on the median; 1 or more.

    Notes
    -----
    Source: Anhøj & Olesen 2014, PLoS ONE 9(11), e113825.

    Examples
    --------
    >>> anhoej_limits(24)
    (8, 8)
    """
    return round(math.log2(useful)) + 3, int(binom.ppf(0.05, useful - 1, 0.5))


def run_signals(values: pd.Series, centre: float) -> pd.DataFrame:
    """Judge the points of a run chart by the rules of Anhøj.

    A run longer than chance explains marks its points; too few crossings mark every point that is
    not on the median, because the evidence is the whole series.

    Returns
    -------
    DataFrame
        ``signal`` ("shift" or "") and ``side``.
    """
    side = sides(values, centre)
    useful = side[side != 0]
    shifted = pd.Series(data=False, index=side.index)
    if not useful.empty:
        longest, fewest = anhoej_limits(len(useful))
        lengths = run_lengths(useful)
        crossings = int((useful != useful.shift()).sum()) - 1
        marked = (lengths > longest) | (crossings < fewest)
        shifted = marked.reindex(side.index, fill_value=False)
    return pd.DataFrame({"signal": np.where(shifted, "shift", ""), "side": side}, index=side.index)
