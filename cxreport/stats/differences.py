"""Interval and test of a difference, one function per kind of score, on whole columns at once.

Each takes matched rows (a column of the current side, and the same with ``_reference``) and gives
``low``, ``high`` (points) and ``p_value`` (two-sided), NaN where there is no variance. The two are
dual at every level: zero lies outside the limits if and only if the p-value is below 1 - level.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from cxreport.stats.intervals import (
    NET_ADDED,
    Added,
    adjusted_by_size,
    adjusted_moments,
    normal_quantile,
)

CLASSES = ("bottom", "middle", "top")
SHARE_ADDED: Added = (2, 1, 1)
"""One favourable answer and one that is not, see ``intervals.adjusted_by_size``."""
FARTHEST, HALVINGS = 40.0, 60
"""Normal quantile beyond which a p-value is 0 in floating point, and halvings that find it."""


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
    """Compare two shares by Newcombe's interval, and by the level at which it reaches zero."""
    count, n = rows["favourable"], rows["n"]
    other, other_n = rows["favourable_reference"], rows["n_reference"]
    pooled = (count + other) / (n + other_n)
    varies = (pooled > 0) & (pooled < 1)
    share, other_share = count / n, other / other_n
    difference = share - other_share
    low, high = newcombe(share, n, other_share, other_n, normal_quantile(level))
    p_value = pd.Series(_level_at_zero(share, n, other_share, other_n), index=rows.index)
    return _test(100 * low, 100 * high, p_value.mask(difference == 0, 1.0).where(varies))


def newcombe(share: Any, n: Any, other: Any, other_n: Any, z: Any) -> tuple[Any, Any]:
    """Return Newcombe's interval of a difference of two independent shares (0..1).

    Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10: Wilson's limits of either
    share, combined.

    Examples
    --------
    >>> low, high = newcombe(56 / 70, 70, 48 / 80, 80, 1.959964)
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    """
    low, high = _wilson(share, n, z)
    other_low, other_high = _wilson(other, other_n, z)
    difference = share - other
    return (
        difference - ((share - low) ** 2 + (other_high - other) ** 2) ** 0.5,
        difference + ((high - share) ** 2 + (other - other_low) ** 2) ** 0.5,
    )


def _wilson(share: Any, n: Any, z: Any) -> tuple[Any, Any]:
    """Return Wilson's limits for a normal quantile, which may differ from row to row."""
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
    return centre - reach, centre + reach


def _level_at_zero(share: pd.Series, n: pd.Series, other: pd.Series, other_n: pd.Series) -> Any:
    """Halve the normal quantile until the limit on the side of zero is zero: the p-value there."""
    # Plain arrays: sixty rounds over Series cost a page more than its queries.
    p, size, q, other_size = (c.to_numpy("float64") for c in (share, n, other, other_n))
    inside, outside = 0 * p, 0 * p + FARTHEST
    for _ in range(HALVINGS):
        z = (inside + outside) / 2
        low, high = newcombe(p, size, q, other_size, z)
        leaves_out = (low > 0) | (high < 0)
        inside, outside = np.where(leaves_out, z, inside), np.where(leaves_out, outside, z)
    return 2 * norm.sf(inside)


def error_difference(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare two estimates by their standard errors, as Welch does.

    Answers count as many as they are worth (``n_effective``), also for the degrees of freedom. To
    net scores and shares those answers are added that hold the level of a difference in small
    samples: Rocks's, and the two of Agresti & Caffo 2000, The American Statistician 54, 280-288.
    """
    score, variance, freedom = _adjusted(rows, "")
    other, other_variance, other_freedom = _adjusted(rows, "_reference")
    total = variance + other_variance
    welch = total**2 / (variance**2 / freedom + other_variance**2 / other_freedom)
    difference, std_error = score - other, total**0.5
    reach = t.ppf((1 + level) / 2, welch) * std_error
    widest = 200 - 100 * rows["favourable"].notna()
    return _test(
        (difference - reach).clip(-widest, widest),
        (difference + reach).clip(-widest, widest),
        2 * t.sf((difference / std_error).abs(), welch),
    )


def _adjusted(rows: pd.DataFrame, side: str) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return score, squared error and degrees of freedom of one side, with the added answers."""
    score, size = rows[f"estimate{side}"], rows[f"n_effective{side}"]
    squared = (rows[f"std_error{side}"] ** 2).where(rows[f"std_error{side}"] > 0)
    freedom = (size - 1).clip(lower=1)
    for scored, added in ((rows["top"], NET_ADDED), (rows["favourable"], SHARE_ADDED)):
        moments = adjusted_by_size(score / 100, squared / 1e4, size, added)
        score = score.mask(scored.notna(), 100 * moments[0])
        squared = squared.mask(scored.notna(), 1e4 * moments[1])
    return score, squared, freedom


def _test(low: pd.Series, high: pd.Series, p_value: Any) -> pd.DataFrame:
    """Set limits and p-value beside each other."""
    return pd.DataFrame({"low": low, "high": high, "p_value": p_value}, index=low.index)
