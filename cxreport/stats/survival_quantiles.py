"""When half, or nine in ten, are through: quantiles of a survival curve, with their intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxreport.errors import CxError

NEEDED = ("time", "estimate", "low", "high")
TOLERANCE = 1e-9


def survival_quantile(curve: pd.DataFrame, share: float) -> pd.DataFrame:
    """Return after which time so large a share of those followed is through.

    Parameters
    ----------
    curve : DataFrame
        From :func:`cxreport.stats.survival.survival`: one row per group and time.
    share : float
        Percent, above 0 and below 100: 50 for the median, 90 for the time that one in ten exceeds.

    Returns
    -------
    DataFrame
        One row per group: the columns of the curve before ``time``; ``share`` (percent);
        ``estimate``, ``low``, ``high`` (unit of ``time``): the first times at which the curve, and
        the lower and the upper limit of its interval, have come down to 100 - ``share``. Empty
        where they never do: the time is not yet known, but it is longer than any that was seen.

    Raises
    ------
    CxError
        If the frame is no curve, or the share is not between 0 and 100.

    Notes
    -----
    Where a curve runs exactly at the height asked for, the middle of that piece counts, so that
    without censoring the median is the ordinary one. Sources: Brookmeyer & Crowley 1982,
    Biometrics 38, 29-41, on the log-log interval; as R's ``quantile(survfit(...))``.

    Examples
    --------
    >>> from cxreport.stats.survival import survival
    >>> waits = pd.DataFrame({"hours": [1, 2, 3, 4, 5, 6], "solved": [1, 1, 1, 1, 0, 0]})
    >>> survival_quantile(survival(waits, "hours", "solved"), 50)
       share  estimate  low  high
    0   50.0       3.5  1.0   NaN
    """
    if absent := [name for name in NEEDED if name not in curve]:
        raise CxError("this is not a survival curve", got=f"no column {', '.join(absent)}")
    if not 0 < share < 100:
        raise CxError("not a share", got=share, expected="percent, above 0 and below 100")
    groups = list(curve.columns[: list(curve.columns).index("time")])
    parts = curve.groupby(groups or np.zeros(len(curve)), dropna=False, sort=False)
    times = [
        [_reached(steps["time"], steps[name], 100 - share) for name in NEEDED[1:]]
        for _, steps in parts
    ]
    quantiles = pd.DataFrame(times, columns=list(NEEDED[1:]), dtype=float)
    quantiles.insert(0, "share", float(share))
    return parts.head(1)[groups].reset_index(drop=True).join(quantiles)


def _reached(time: pd.Series, height: pd.Series, wanted: float) -> float:
    """Return the first time at which a falling line is at the wanted height or below it."""
    estimable = height.notna().to_numpy()
    times, heights = time.to_numpy(dtype=float)[estimable], height.to_numpy(dtype=float)[estimable]
    below = heights <= wanted + TOLERANCE
    if not below.any():
        return np.nan
    first = int(below.argmax())
    lower = heights < heights[first] - TOLERANCE
    if abs(heights[first] - wanted) <= TOLERANCE and lower.any():
        return float((times[first] + times[int(lower.argmax())]) / 2)
    return float(times[first])
