"""How probable it is that the true value is at least so high, given an estimate and its error.

Every function takes columns, percent or points, and gives a column of probabilities from 0 to 1,
empty where the error is not known.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import betainc, betaincinv
from scipy.stats import norm, t

NODES = (np.arange(100) + 0.5) / 100
"""Where the share in the middle is looked at: the middles of a hundred equal parts of it."""


def share_above(estimate: pd.Series, size: pd.Series, bound: pd.Series) -> pd.Series:
    """Return how probable it is that a true share is at least so high.

    Parameters
    ----------
    estimate, bound : Series of float
        The observed share, and what it should reach (percent).
    size : Series of float
        Answers that it stands on; effective ones may be a non-integer number.

    Returns
    -------
    Series of float
        Probability, 0 to 1.

    Notes
    -----
    Beta posterior with Jeffreys' prior: Brown, Cai & DasGupta 2001, Statistical Science 16,
    101-133; at the effective size of answers that are weighted or belong together, as in Franco,
    Little, Louis & Slud 2019, Journal of Survey Statistics and Methodology 7, 334-364.

    Examples
    --------
    >>> share_above(pd.Series([50.0, 60.0]), pd.Series([100.0, 100.0]), pd.Series([50.0, 50.0]))
    0    0.500000
    1    0.977522
    dtype: float64
    """
    trials = size.astype(float).where(size > 0)
    count = estimate / 100 * trials
    below = betainc(count + 0.5, trials - count + 0.5, bound.astype(float) / 100)
    return pd.Series(1 - below, index=estimate.index)


def balance_above(
    estimate: pd.Series, std_error: pd.Series, size: pd.Series, bound: pd.Series
) -> pd.Series:
    """Return how probable it is that a true net score, top share minus bottom, is so high.

    Parameters
    ----------
    estimate, std_error, bound : Series of float
        The observed score, its standard error, and what it should reach (points).
    size : Series of float
        Answers that it stands on; effective ones may be a non-integer number.

    Returns
    -------
    Series of float
        Probability, 0 to 1.

    Notes
    -----
    Dirichlet posterior of the three shares with Jeffreys' prior (1/2 each; Gelman and others 2013,
    Bayesian Data Analysis, 3.4), at the shares that the score and its error imply. Given the share
    in the middle, the rest falls to the top by a beta law, so that one sum over a hundred
    quantiles of the middle gives the probability without a draw.

    Examples
    --------
    >>> observed = pd.Series([30.0]), pd.Series([7.810250]), pd.Series([100.0])
    >>> balance_above(*observed, pd.Series([30.0])).round(2).item()
    0.48
    """
    trials = size.astype(float).where(size > 0)
    score = estimate / 100
    outside = (trials * (std_error / 100) ** 2 + score**2).clip(score.abs(), 1)
    top, bottom = trials * (outside + score) / 2 + 0.5, trials * (outside - score) / 2 + 0.5
    middle = trials * (1 - outside) + 0.5
    a, b, c, aim = (x.to_numpy(dtype=float)[:, None] for x in (top, bottom, middle, bound / 100))
    rest = 1 - betaincinv(c, a + b, NODES)
    needed = np.clip((1 + aim / rest) / 2, 0, 1)
    return pd.Series((1 - betainc(a, b, needed)).mean(axis=1), index=estimate.index)


def mean_above(
    estimate: pd.Series, std_error: pd.Series, size: pd.Series, bound: pd.Series
) -> pd.Series:
    """Return how probable it is that a true mean is at least so high.

    Parameters
    ----------
    estimate, std_error, bound : Series of float
        The observed mean, its standard error, and what it should reach; one unit.
    size : Series of float
        Answers that it stands on.

    Returns
    -------
    Series of float
        Probability, 0 to 1; empty where the answers show no spread.

    Notes
    -----
    Student's distribution about the mean, which is Fisher's fiducial one and the posterior with
    the usual vague prior: Gelman and others 2013, Bayesian Data Analysis, 3.2.

    Examples
    --------
    >>> observed = pd.Series([5.0, 6.0]), pd.Series([1.0, 1.0]), pd.Series([11.0, 11.0])
    >>> mean_above(*observed, pd.Series([5.0, 5.0])).round(3).tolist()
    [0.5, 0.83]
    """
    reach = (estimate - bound) / std_error.where(std_error > 0)
    return pd.Series(t.cdf(reach, (size - 1).where(size > 1)), index=estimate.index)


def half_through(waiting: pd.Series, std_error: pd.Series, n: pd.Series) -> pd.Series:
    """Return how probable it is that at a time the true half is through: the median is no later.

    Parameters
    ----------
    waiting, std_error : Series of float
        Who still waits at that time by the survival curve, and Greenwood's error (percent).
    n : Series of int
        Those followed.

    Returns
    -------
    Series of float
        Probability, 0 to 1.

    Notes
    -----
    The intervals of a median (Brookmeyer & Crowley 1982, Biometrics 38, 29-41, on the log-log
    scale), taken at every level. Where all, or none, are through, Jeffreys' beta for ``n``.

    Examples
    --------
    >>> half_through(pd.Series([50.0, 36.788]), pd.Series([5.0, 5.0]), pd.Series([100, 100]))
    0    0.500000
    1    0.996498
    dtype: float64
    """
    share = waiting / 100
    inside = share.where((share > 0) & (share < 1))
    spread = std_error / 100 / (inside * inside.apply(np.log).abs())
    scale = np.log(-np.log(inside)) - np.log(np.log(2))
    probability = pd.Series(norm.cdf(scale / spread), index=waiting.index)
    return probability.where(inside.notna(), share_above(100 - waiting, n, 50.0 + 0 * waiting))
