"""When did the level change: the one break that splits a series best."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import log_ndtr
from scipy.stats import chi2, f

from cxreport.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MIN_POINTS = 12
TRIM = 0.15
"""Share of the points that either side of a break must keep."""
SUP_F = 8.68
"""What the largest F of all such breaks exceeds by chance in 5% of long steady series."""

TOO_FEW = "too few points"
NO_VARIANCE = "no variance"


def change_point(values: pd.Series | Sequence[float], *, level: float = 0.95) -> pd.DataFrame:
    """Find the single change of mean that explains a series best, and say if it explains enough.

    Parameters
    ----------
    values : Series or sequence of float
        One value per period, oldest first; missing ones are skipped.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row: ``n`` values; ``position`` (row, counted from 0, of the first value after the
        change), ``low`` and ``high`` (its interval, rows); ``mean_before``, ``mean_after`` and
        ``difference`` (unit of the values); ``signal`` (True if a steady series would show such a
        change in at most 5% of cases; empty if it cannot be said); ``note`` ("", "too few points":
        fewer than 12, "no variance").

    Raises
    ------
    CxError
        If the level is not between 0 and 1.

    Notes
    -----
    Least squares over all breaks that leave 15% of the values (and at least two) on either side;
    interval from the limit distribution of the break, each side with a variance of its own; signal
    by the largest F of all breaks (sup-F), its 5% limit taken at the same tail of F(1, n - 2),
    which errs on the side of no signal in short series.
    Sources: Bai 1997, Review of Economics and Statistics 79(4), 551-563; Andrews 2003,
    Econometrica 71(1), 395-397; Zeileis et al. 2002, Journal of Statistical Software 7(2).

    Examples
    --------
    >>> change_point([5, 6, 5, 6, 5, 6, 5, 9, 8, 9, 8, 9])[["position", "difference", "signal"]]
       position  difference  signal
    0         7    3.171429    True
    """
    normal_quantile(level)  # refuses a wrong level before any work
    series = np.asarray(values, dtype="float64")
    rows = np.flatnonzero(~np.isnan(series))
    y, n = series[rows], len(rows)
    if n < MIN_POINTS or np.ptp(y) <= 1e-9 * np.abs(y).max():
        return _row(n=n, note=TOO_FEW if n < MIN_POINTS else NO_VARIANCE)
    edge = max(2, math.floor(TRIM * n))
    breaks = range(edge, n - edge + 1)
    errors = [k * y[:k].var() + (n - k) * y[k:].var() for k in breaks]
    k = breaks[int(np.argmin(errors))]
    explained, left = n * y.var() - min(errors), min(errors) / (n - 2)
    signal = f.sf(explained / left, 1, n - 2) < chi2.sf(SUP_F, 1) if left > 0 else True
    before, after = y[:k], y[k:]
    earlier, later = _reach(before, after, level)
    first, last = max(k - math.ceil(earlier), 1), min(k + math.ceil(later), n - 1)
    return _row(
        n=n,
        position=rows[k],
        low=rows[first],
        high=rows[last],
        mean_before=before.mean(),
        mean_after=after.mean(),
        difference=after.mean() - before.mean(),
        signal=signal,
    )


def _row(*, note: str = "", **result: object) -> pd.DataFrame:
    """Make the one row, empty where nothing was found."""
    whole, real = ["position", "low", "high"], ["mean_before", "mean_after", "difference"]
    frame = pd.DataFrame([result]).reindex(columns=["n", *whole, *real, "signal"])
    kinds = dict.fromkeys(whole, "Int64") | dict.fromkeys(real, "float64")
    return frame.astype(kinds | {"signal": "boolean"}).assign(note=note).astype({"note": "str"})


def _reach(before: np.ndarray, after: np.ndarray, level: float) -> tuple[float, float]:
    """Return how many points before and after the break found the true one may lie."""
    variances = before.var(), after.var()
    if min(variances) <= 0:
        # A side without spread says nothing of its noise: both share what there is.
        n = len(before) + len(after)
        variances = ((len(before) * variances[0] + len(after) * variances[1]) / n,) * 2
    if variances[0] <= 0:
        return 0.0, 0.0
    unit = variances[0] / (after.mean() - before.mean()) ** 2
    ratio = variances[1] / variances[0]
    tail = (1 - level) / 2
    # Minus the place of the maximum is the place of the truth: the two sides change roles.
    return _quantile(_above, ratio, tail) * unit, _quantile(_below, ratio, tail) * unit


def _quantile(tail_beyond: Callable[[float, float], float], ratio: float, tail: float) -> float:
    """Return the distance that the place of the maximum exceeds with probability ``tail``."""
    at_once, far = 1e-9, 1.0
    if tail_beyond(at_once, ratio) <= tail:
        return 0.0
    while tail_beyond(far, ratio) > tail:
        far *= 2
    return float(brentq(lambda x: tail_beyond(x, ratio) - tail, at_once, far))


def _below(x: float, ratio: float) -> float:
    """Return the probability that the maximum lies more than x before 0 (Bai 1997, appendix B)."""
    inverse, root = 1 / ratio, math.sqrt(x)
    return (
        -root * math.exp(-x / 8) / math.sqrt(2 * math.pi)
        - ratio
        * (ratio + 2)
        / (ratio + 1)
        * math.exp(inverse * (1 + inverse) * x / 2 + log_ndtr(-(0.5 + inverse) * root))
        + (x / 2 - 2 + (ratio + 2) ** 2 / (ratio + 1)) * math.exp(log_ndtr(-root / 2))
    )


def _above(x: float, ratio: float) -> float:
    """Return the probability that the maximum lies more than x after 0: as before, mirrored."""
    return _below(x / ratio, 1 / ratio)
