"""How often does an NPS interval hold the true score? By exact enumeration, never by simulation.

For n answers there are (n + 1)(n + 2) / 2 outcomes. Each has an exact probability under given true
shares, and an interval that either holds the true score or does not: coverage is the sum of the
probabilities of those that do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd
from scipy.special import gammaln

from cxreport.errors import CxError
from cxreport.inputs.columns import check_result
from cxreport.stats import intervals
from cxreport.stats.intervals import NetInterval, check_interval, normal_quantile
from cxreport.stats.share_grids import edge_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS: tuple[NetInterval, ...] = ("adjusted-wald", "score", "wald")
SMALLEST = 1e-300
"""What stands for a share of 0, which has no logarithm."""
FRACTION_OF_A_POINT = 1e-9
"""An end of an interval that is the true score holds it, whatever the last digit says."""


def interval_coverage(
    n: int,
    shares: pd.DataFrame,
    *,
    interval: NetInterval = "adjusted-wald",
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure how often the interval of ``n`` answers holds the true NPS.

    Parameters
    ----------
    n : int
        Number of answers.
    shares : DataFrame
        True ``detractors`` and ``promoters``, fractions; one row per population.
    interval : {"adjusted-wald", "score", "wald"}
        As in ``nps``.
    level : float
        The level that the interval claims.

    Returns
    -------
    DataFrame
        One row per population: ``n``, ``interval``, ``detractors``, ``promoters``, ``coverage``
        (percent) and ``width`` (expected, points).

    Raises
    ------
    CxError
        If ``n`` is below 1, the interval unknown, or shares do not leave a probability.

    Examples
    --------
    >>> sure = pd.DataFrame({"detractors": [0.0], "promoters": [1.0]})
    >>> interval_coverage(10, sure, interval="wald")["coverage"].item()
    100.0
    """
    check_interval(interval, get_args(NetInterval))
    promoters, detractors = shares["promoters"].to_numpy(), shares["detractors"].to_numpy()
    passives = (1 - promoters - detractors).round(12)
    if n < 1 or min(passives.min(), promoters.min(), detractors.min()) < 0:
        raise CxError("not a population", got=f"n = {n}", expected="n >= 1, shares that fit in 1")
    outcomes = _outcomes(n)
    low, high = _limits(outcomes, interval, normal_quantile(level))
    truth = np.column_stack([detractors, passives, promoters])
    probability = _probabilities(outcomes, truth)
    score = (promoters - detractors)[:, None]
    held = (low - FRACTION_OF_A_POINT <= score) & (score <= high + FRACTION_OF_A_POINT)
    return shares[["detractors", "promoters"]].assign(
        n=n,
        interval=interval,
        coverage=100 * (probability * held).sum(axis=1),
        width=100 * (probability * (high - low)).sum(axis=1),
    )[["n", "interval", "detractors", "promoters", "coverage", "width"]]


def coverage_of_intervals(
    numbers: Sequence[int],
    shares: pd.DataFrame,
    *,
    kinds: Sequence[NetInterval] = KINDS,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure the coverage of several intervals, for several numbers of answers.

    Parameters
    ----------
    numbers : sequence of int
        Numbers of answers.
    shares, level
        As in ``interval_coverage``.
    kinds : sequence of {"adjusted-wald", "score", "wald"}
        The intervals.

    Returns
    -------
    DataFrame
        The rows of ``interval_coverage``, one below the other, by number and interval.

    Raises
    ------
    CxError
        As ``interval_coverage``, and if there is nothing to measure.

    Examples
    --------
    >>> sure = pd.DataFrame({"detractors": [0.0], "promoters": [1.0]})
    >>> len(coverage_of_intervals([5, 10], sure))
    6
    """
    if not (numbers and kinds and len(shares)):
        raise CxError("nothing to measure", expected="a number, an interval and a population")
    return pd.concat(
        [interval_coverage(n, shares, interval=k, level=level) for n in numbers for k in kinds],
        ignore_index=True,
    )


def coverage_by_number(coverage: pd.DataFrame) -> pd.DataFrame:
    """Sum up, for each number of answers and interval, how populations fare.

    Parameters
    ----------
    coverage : DataFrame
        From ``coverage_of_intervals``.

    Returns
    -------
    DataFrame
        One row per number and interval: ``n``, ``interval``, ``coverage`` (mean over populations,
        percent), ``worst`` (lowest of all populations, percent), ``width`` (mean, points).

    Examples
    --------
    >>> two = pd.DataFrame({"detractors": [0, 1], "promoters": [1, 0]})
    >>> coverage_by_number(coverage_of_intervals([5], two, kinds=["wald"])).round(1)
       n interval  coverage  worst  width
    0  5     wald     100.0  100.0    0.0
    """
    check_result(coverage, ("n", "interval", "coverage", "width"), "coverage_of_intervals")
    return coverage.groupby(["n", "interval"], sort=False, as_index=False).agg(
        coverage=("coverage", "mean"), worst=("coverage", "min"), width=("width", "mean")
    )


def coverage_at_edges(
    numbers: Sequence[int],
    *,
    step: float = 0.1,
    kinds: Sequence[NetInterval] = KINDS,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure the coverage of intervals in populations that lack one class of answers.

    Parameters
    ----------
    numbers, kinds, level
        As in ``coverage_of_intervals``.
    step : float
        Distance of two shares, as in ``edge_shares``.

    Returns
    -------
    DataFrame
        One row per edge, number and interval: ``edge`` ("no detractors", "no passives"), then the
        columns of ``coverage_by_number``.

    Raises
    ------
    CxError
        As ``coverage_of_intervals`` and ``edge_shares``.

    Examples
    --------
    >>> coverage_at_edges([2], step=0.5, kinds=["wald"])[["edge", "worst"]].round(1)
                edge  worst
    0  no detractors   37.5
    1    no passives   37.5
    """
    parts = []
    for edge, shares in edge_shares(step).groupby("edge", sort=False):
        measured = coverage_of_intervals(numbers, shares, kinds=kinds, level=level)
        parts.append(coverage_by_number(measured).assign(edge=edge))
    edges = pd.concat(parts, ignore_index=True)
    return edges[["edge", "n", "interval", "coverage", "worst", "width"]]


def _outcomes(n: int) -> pd.DataFrame:
    """List every count of detractors, passives and promoters among n answers."""
    bottom, top = np.meshgrid(np.arange(n + 1.0), np.arange(n + 1.0), indexing="ij")
    possible = bottom + top <= n
    bottom, top = bottom[possible], top[possible]
    return pd.DataFrame({"bottom": bottom, "middle": n - bottom - top, "top": top})


def _probabilities(outcomes: pd.DataFrame, truth: np.ndarray) -> np.ndarray:
    """Return the multinomial probability of each outcome (column) in each population (row)."""
    counts = outcomes.to_numpy()
    ways = gammaln(counts.sum(axis=1) + 1) - gammaln(counts + 1).sum(axis=1)
    # A share of 0 makes whatever needs it impossible, and 0 of it certain.
    probabilities: np.ndarray = np.exp(ways + np.log(np.maximum(truth, SMALLEST)) @ counts.T)
    return probabilities


def _limits(
    outcomes: pd.DataFrame, interval: NetInterval, z: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of each outcome, as fractions."""
    bottom, middle, top = (outcomes[name] for name in ("bottom", "middle", "top"))
    if interval == "wald":
        n = bottom + middle + top
        score = (top - bottom) / n
        error = ((top + bottom) / n - score**2).clip(lower=0) ** 0.5 / n**0.5
        low, high = intervals.wald(score, error, z)
    else:
        method = intervals.tango if interval == "score" else intervals.adjusted_wald
        low, high = method(bottom, middle, top, z=z)
    return low.to_numpy(), high.to_numpy()
