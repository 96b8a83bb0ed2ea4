"""Interval and test of a difference, one function a kind of score, on whole columns at once.

Each takes matched rows (a column of the current side, and the same with ``_reference``) and gives
``low``, ``high`` (points) and ``p_value`` (two-sided), NaN where there is no variance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, t
from statsmodels.stats.proportion import confint_proportions_2indep

from cxreport.metrics.statistics.intervals import adjusted_moments, normal_quantile

CLASSES = ("bottom", "middle", "top")


def net_difference(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare two net scores after adding three answers to each."""
    score, variance = adjusted_moments(*(rows[name] for name in CLASSES))
    other, other_variance = adjusted_moments(*(rows[f"{name}_reference"] for name in CLASSES))
    difference, std_error = 100 * (score - other), 100 * (variance + other_variance) ** 0.5
    reach = normal_quantile(level) * std_error
    return _test(
        (difference - reach).clip(-200, 200),
        (difference + reach).clip(-200, 200),
        2 * norm.sf((difference / std_error).abs()),
    )


def share_difference(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare two shares by Newcombe's interval and the pooled z test."""
    count, n = rows["favourable"], rows["n"]
    other, other_n = rows["favourable_reference"], rows["n_reference"]
    low, high = confint_proportions_2indep(
        count, n, other, other_n, method="newcomb", compare="diff", alpha=1 - level
    )
    pooled = (count + other) / (n + other_n)
    variance = pooled * (1 - pooled) * (1 / n + 1 / other_n)
    z = (count / n - other / other_n) / variance.where(variance > 0) ** 0.5
    return _test(100 * low, 100 * high, 2 * norm.sf(z.abs()))


def error_difference(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare two estimates by their standard errors: normal if weighted, else as Welch."""
    variance, other = (
        (rows[name] ** 2).where(rows[name] > 0) for name in ("std_error", "std_error_reference")
    )
    total = variance + other
    welch = total**2 / (variance**2 / (rows["n"] - 1) + other**2 / (rows["n_reference"] - 1))
    freedom = welch.mask(rows["either_weighted"], np.inf)
    difference = rows["estimate"] - rows["estimate_reference"]
    reach = t.ppf((1 + level) / 2, freedom) * total**0.5
    widest = 200 - 100 * rows["favourable"].notna()
    return _test(
        (difference - reach).clip(-widest, widest),
        (difference + reach).clip(-widest, widest),
        2 * t.sf((difference / total**0.5).abs(), freedom),
    )


def _test(low: pd.Series, high: pd.Series, p_value: Any) -> pd.DataFrame:
    """Set limits and p-value beside each other."""
    return pd.DataFrame({"low": low, "high": high, "p_value": p_value}, index=low.index)
