"""Shares and rates of counted things, with their intervals, on whole columns at once."""

from __future__ import annotations

import pandas as pd
from scipy.stats import chi2

from cxreport.stats.intervals import normal_quantile, of_share, share_size, widening

SHARES = ("estimate", "std_error", "low", "high")


def percent_of(count: pd.Series, n: pd.Series, level: float = 0.95) -> pd.DataFrame:
    """Return what percent of ``n`` a count is.

    Parameters
    ----------
    count, n : Series of numbers
        How many, of how many; ``n`` may be an effective, non-integer number.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        ``estimate`` (percent), ``std_error`` (points), ``low``, ``high`` (Wilson); empty where
        ``n`` is 0.

    Notes
    -----
    Source: Newcombe 1998, Statistics in Medicine 17, 857-872, method 3.

    Examples
    --------
    >>> percent_of(pd.Series([81, 0]), pd.Series([263, 0])).round(1)
       estimate  std_error   low  high
    0      30.8        2.8  25.5  36.6
    1       NaN        NaN   NaN   NaN
    """
    normal_quantile(level)
    trials = n.astype(float).where(n > 0)
    share = count.astype(float) / trials
    low, high = of_share(share, trials, level)
    std_error = (share * (1 - share) / trials) ** 0.5
    columns = (share, std_error, low, high)
    return 100 * pd.DataFrame(dict(zip(SHARES, columns, strict=True)), index=n.index)


def clustered_percent(sums: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return what percent of ``n`` things are of a kind, where those of one customer are alike.

    Parameters
    ----------
    sums : DataFrame
        ``times`` (of the kind) of ``n``; summed over the ``clusters`` (customers): ``n_squared``,
        ``times_squared`` and ``times_n`` (the product of the two).
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        As ``percent_of``, and ``n_effective``: independent things that would tell as much.

    Notes
    -----
    Standard error: linearised, as R's ``survey::svymean`` with clusters. Interval: Wilson's at the
    effective size, see ``estimates.share``.

    Examples
    --------
    >>> alike = {"times": 5, "n": 10, "clusters": 2, "n_squared": 50, "times_squared": 25}
    >>> clustered_percent(pd.DataFrame([alike | {"times_n": 25}])).round(1)
       estimate  std_error  low  high  n_effective
    0      50.0       50.0  0.2  99.8          2.0
    """
    z = normal_quantile(level)
    n = sums["n"].astype(float).where(sums["n"] > 0)
    share = sums["times"] / n
    spread = sums["times_squared"] - 2 * share * sums["times_n"] + share**2 * sums["n_squared"]
    variance = spread.clip(lower=0) / n**2
    as_one = n**2 / sums["n_squared"].where(sums["n_squared"] > 0)
    several = as_one > 1 + 1e-9
    whole = variance * (as_one / (as_one - 1) * (n - 1) / n).where(several, 1)
    size = (share * (1 - share) / whole.where(whole > 0)).fillna(0).clip(as_one, n)
    worth = share_size(share, whole, size, z) / widening(as_one, n, level) ** 2
    low, high = of_share(share, worth, level)
    clusters = sums["clusters"].where(sums["clusters"] > 1)
    columns = (share, (variance * clusters / (clusters - 1)) ** 0.5, low, high)
    percent = 100 * pd.DataFrame(dict(zip(SHARES, columns, strict=True)), index=sums.index)
    return percent.assign(n_effective=size)


def per_hundred(
    total: pd.Series, squares: pd.Series, n: pd.Series, level: float = 0.95
) -> pd.DataFrame:
    """Return how many things happen in 100 units (journeys, orders).

    Parameters
    ----------
    total, squares : Series of numbers
        Sum over the units of how often it happened in each, and of that number squared.
    n : Series of numbers
        Units.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        ``estimate``, ``std_error``, ``low``, ``high`` (events per 100 units), ``dispersion``
        (variance over mean of the units, 1 if below: things that come in bunches are above 1).
        Empty where ``n`` is 0.

    Notes
    -----
    The exact Poisson interval (Garwood 1936, Biometrika 28, 437-442) of as many independent events
    as the observed ones are worth: the total over its dispersion, as quasi-likelihood does
    (McCullagh & Nelder 1989, Generalized Linear Models, section 6.2.3).

    Examples
    --------
    >>> rates = per_hundred(pd.Series([0, 10]), pd.Series([0, 10]), pd.Series([100, 100]))
    >>> rates[["estimate", "low", "high"]].round(2)
       estimate  low   high
    0       0.0  0.0   3.69
    1      10.0  4.8  18.39
    """
    normal_quantile(level)
    units = n.astype(float).where(n > 0)
    mean = total / units
    variance = (squares - total**2 / units) / (units - 1).where(units > 1)
    dispersion = (variance / mean.where(mean > 0)).fillna(1.0).clip(lower=1.0)
    events, tail = total / dispersion, (1 - level) / 2
    low = pd.Series(chi2.ppf(tail, 2 * events) / 2, index=n.index).where(events > 0, 0.0)
    high = pd.Series(chi2.isf(tail, 2 * events + 2) / 2, index=n.index)
    scale = 100 * dispersion / units
    columns = (100 * mean, events**0.5 * scale, low * scale, high * scale)
    rates = pd.DataFrame(dict(zip(SHARES, columns, strict=True)), index=n.index)
    return rates.assign(dispersion=dispersion.where(units.notna()))
