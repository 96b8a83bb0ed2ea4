"""Many comparisons at once: which are signals, and how wide an interval must be to say the same.

A p-value and an interval are dual when both come from one test: the interval leaves out zero if and
only if the p-value is below 1 minus its level. A correction moves the limit of the p-values, so it
has to move the level of the intervals as well, or a row reads "no signal" beside an interval
without zero.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

Correction = Literal["bh", "holm", "none"]


def corrected(p_value: pd.Series, correction: Correction = "holm") -> pd.Series:
    """Correct the p-values of one family for their number; an empty one is in no family.

    Examples
    --------
    >>> corrected(pd.Series([0.01, None, 0.04])).tolist()
    [0.02, nan, 0.04]
    >>> corrected(pd.Series([0.01, None, 0.04]), "none").tolist()
    [0.01, nan, 0.04]
    """
    if correction == "holm":
        return weighted_holm(p_value, pd.Series(1.0, p_value.index))
    q_value = p_value.astype(float)
    if correction == "bh" and q_value.notna().any():
        q_value[q_value.notna()] = false_discovery_control(q_value.dropna())
    return q_value


def weighted_holm(p_value: pd.Series, weight: pd.Series) -> pd.Series:
    """Correct the p-values of one family in which some comparisons count more than others.

    Parameters
    ----------
    p_value : Series of float
        Of one family; NaN where there is no test.
    weight : Series of float
        Of each comparison, above 0: its part of the error, in any unit.

    Returns
    -------
    Series of float
        Corrected p-values, 0 to 1: those below the error rate are signals, and the family names
        something that is not there with that chance at most, however its tests hang together.

    Notes
    -----
    The comparison with the smallest p / weight is held to its part of the error among all that are
    left, and so on, as in Holm 1979. Source: Benjamini & Hochberg 1997, Scandinavian Journal of
    Statistics 24, 407-418.

    Examples
    --------
    >>> p_value, weight = pd.Series([0.02, 0.01, None]), pd.Series([3.0, 1.0, 1.0])
    >>> weighted_holm(p_value, weight).round(4).tolist()
    [0.0267, 0.0267, nan]
    """
    tested = np.flatnonzero(p_value.notna())
    p, parts = (each.iloc[tested].to_numpy(dtype=float) for each in (p_value, weight))
    order = np.argsort(p / parts, kind="stable")
    left = np.cumsum(parts[order][::-1])[::-1]
    q_value = np.full(len(p_value), np.nan)
    q_value[tested[order]] = np.minimum(np.maximum.accumulate(left * p[order] / parts[order]), 1)
    return pd.Series(q_value, p_value.index)


def judged(
    p_value: pd.Series, level: float = 0.95, correction: Correction = "holm"
) -> pd.DataFrame:
    """Return which rows of one family are signals.

    Returns
    -------
    DataFrame
        ``q_value`` (corrected) and ``signal`` (True if it is below 1 - level, empty where there
        is no p-value).

    Examples
    --------
    >>> judged(pd.Series([0.01, None, 0.06]))["signal"].tolist()
    [True, <NA>, False]
    """
    q_value = corrected(p_value, correction)
    signal = (q_value < 1 - level).astype("boolean").mask(q_value.isna())
    return pd.DataFrame({"q_value": q_value, "signal": signal})


def interval_level(
    p_value: pd.Series, level: float = 0.95, correction: Correction = "holm"
) -> float:
    """Return the level at which the intervals of a family say what its signals say.

    Parameters
    ----------
    p_value : Series of float
        Of one family of m tests, R of which are signals; NaN where there is no test.
    level : float
        1 minus the error rate that the family is held to.
    correction : {"bh", "holm", "none"}
        How.

    Returns
    -------
    float
        Benjamini-Hochberg: 1 - (1 - level) max(R, 1) / m, the false coverage rate intervals of
        Benjamini and Yekutieli. Holm: 1 - (1 - level) / max(m - R, 1), the step at which Holm
        stopped. Never below ``level``.

    Notes
    -----
    Sources: Benjamini & Yekutieli 2005, JASA 100, 71-81; Holm 1979, Scandinavian Journal of
    Statistics 6, 65-70; Strassburger & Bretz 2008, Statistics in Medicine 27, 4914-4927.

    Examples
    --------
    >>> p_value = pd.Series([0.001, 0.02, 0.3, 0.6])
    >>> round(interval_level(p_value, correction="bh"), 4)
    0.975
    >>> round(interval_level(p_value, correction="holm"), 4)
    0.9833
    """
    tests = int(p_value.notna().sum())
    signals = int(judged(p_value, level, correction)["signal"].sum())
    if correction == "none" or not tests:
        return level
    if correction == "bh":
        return 1 - (1 - level) * max(signals, 1) / tests
    return 1 - (1 - level) / max(tests - signals, 1)
