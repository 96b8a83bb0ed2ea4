"""Whether the newest period of a series is beyond its usual ups and downs.

A control chart marks every period, and looks at each in the light of the ones that came after. Here
one period is judged, as a reader of its report would: by those before it, and by nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import hypergeom, t

from cxreport.errors import CxError
from cxreport.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

MIN_EARLIER = 8
"""Earlier periods that a usual range needs."""
FAR_OFF = 2 * 3.145
"""Six standard deviations, in median moving ranges."""
ROUNDING = 1e-9
"""Part of a value below which two numbers differ by floating point alone."""
STEADY = 0.75
"""Part of the periods that must be steady, or else there is no steady state to speak of."""
NO_VALUE, SHORT, NO_VARIANCE = "no value", "too few periods", "no variance"
COLUMNS = ["expected", "lower", "upper", "std_error", "earlier", "p_value", "note"]
NUMBERS = COLUMNS[:4]


def usual_range(
    data: pd.DataFrame,
    *,
    in_logs: bool = False,
    share: bool = False,
    within: tuple[float, float] = (-np.inf, np.inf),
    level: float = 0.95,
) -> pd.DataFrame:
    """Return where the last period of a series was to be expected, and how odd it is.

    Parameters
    ----------
    data : DataFrame
        One series, oldest period first: ``estimate`` (any unit; NaN is a gap) and ``n`` (answers,
        requests or customers). The last row is judged.
    in_logs : bool
        Judge logarithms, as waits ask for; where an estimate is 0, the values as they are.
    share : bool
        The estimates are percent of ``n``: the last one must be odd by the chance of drawing, too.
    within : (float, float)
        What the measure can be, lowest and highest: the range is cut there.
    level : float
        Of the range, between 0 and 1.

    Returns
    -------
    DataFrame
        One row: ``expected``, ``lower``, ``upper`` (unit of the estimates: where the last period
        lies if nothing changed, at ``level``), ``std_error`` (of the last period less what was
        expected; of logarithms, where these are judged), ``earlier`` (periods it is judged by),
        ``p_value`` (two-sided), ``note`` ("", "no value": the last period is a gap; "too few
        periods": fewer than 8 before it; "no variance": those are all alike, so that noise is
        unknown).

    Raises
    ------
    CxError
        If a column is missing, or ``level`` is out of range.

    Notes
    -----
    A period of n answers varies by s / sqrt(n), as on a control chart of scores; s is the standard
    deviation of the m earlier periods, so that (value - expected) / (s sqrt(1/n + 1/sum of n)) has
    Student's t with m - 1 degrees of freedom (prediction of a new observation: Hahn & Meeker 1991,
    Statistical Intervals, section 4.2). Earlier periods that are far off (``steady_periods``) are
    no part of it. Of a share, p is the larger one of this and Fisher's exact test of the last
    period against the earlier ones together: small counts are skewed.

    Examples
    --------
    >>> scores = pd.DataFrame({"n": 100, "estimate": [40.0, 42, 41, 43, 40, 42, 41, 43, 30]})
    >>> usual_range(scores)[["expected", "lower", "upper", "earlier", "p_value"]].round(2)
       expected  lower  upper  earlier  p_value
    0      41.5   38.5   44.5        8      0.0
    """
    for name in ("n", "estimate"):
        if name not in data:
            raise CxError("unknown column", got=name, expected=", ".join(map(str, data)))
    n, values = (data[name].to_numpy(dtype=float, na_value=np.nan) for name in ("n", "estimate"))
    row = judge_last(values, n, in_logs=in_logs, share=share, within=within, level=level)
    return pd.DataFrame([row])


def judge_last(
    values: Numbers,
    n: Numbers,
    *,
    in_logs: bool = False,
    share: bool = False,
    within: tuple[float, float] = (-np.inf, np.inf),
    level: float = 0.95,
) -> dict[str, Any]:
    """Return the row of ``usual_range``, for many series at a time: from arrays, as a dict."""
    normal_quantile(level)
    usable = np.isfinite(values) & (n > 0)
    logs = in_logs and not (values[usable] <= 0).any()
    used = np.log(values, where=usable, out=np.full(len(values), np.nan)) if logs else values
    kept = usable[:-1].copy()
    if kept.any():
        kept[kept] = steady(used[:-1][kept], n[:-1][kept])
    size = int(kept.sum())
    row: dict[str, Any] = dict.fromkeys(NUMBERS, np.nan)
    row |= {"earlier": size, "p_value": np.nan, "note": "" if usable[-1:].any() else NO_VALUE}
    if size < MIN_EARLIER:
        return {**row, "note": row["note"] or SHORT}
    base, counts = used[:-1][kept], n[:-1][kept]
    expected = base.min() + float(np.average(base - base.min(), weights=counts))
    spread = float(np.sqrt((counts * (base - expected) ** 2).sum() / (size - 1)))
    last = n[-1] if n[-1] > 0 else float(np.median(counts))
    error = spread * (1 / last + 1 / counts.sum()) ** 0.5
    reach = t.ppf((1 + level) / 2, size - 1) * error
    ends = np.array([expected, expected - reach, expected + reach])
    row |= zip(COLUMNS[:3], np.clip(np.exp(ends) if logs else ends, *within), strict=True)
    row["std_error"] = error
    if not usable[-1]:
        return row
    if spread <= ROUNDING * np.abs(base).max():
        return {**row, "note": NO_VARIANCE}
    p_value = 2 * float(t.sf(abs(used[-1] - expected) / error, size - 1))
    if share:
        p_value = max(p_value, _by_chance(values[-1], n[-1], values[:-1][kept], counts))
    return {**row, "p_value": p_value}


def _by_chance(value: float, n: float, earlier: Numbers, counts: Numbers) -> float:
    """Return Fisher's p-value of one share against others together: twice the smaller tail."""
    hits, size = round(value * n / 100), round(n)
    others = round(float((earlier * counts).sum()) / 100)
    drawn = (size + round(counts.sum()), hits + others, size)
    below, above = hypergeom.cdf(hits, *drawn), hypergeom.sf(hits - 1, *drawn)
    return float(min(1, 2 * min(below, above)))


def steady(values: Numbers, n: Numbers | None = None) -> NDArray[np.bool_]:
    """Return which periods are steady: all but a few that are far off.

    Parameters
    ----------
    values : array of float
        Of the periods in order, without gaps.
    n : array of float, optional
        What the periods count, where some count more than others.

    Returns
    -------
    array of bool
        Periods within the median plus and minus 6.29 median moving ranges (six standard
        deviations), distances being taken times the square root of ``n``; all, where more than a
        quarter are beyond.

    Notes
    -----
    Three standard deviations are 3.145 median moving ranges: Wheeler & Chambers 1992,
    Understanding Statistical Process Control.

    Examples
    --------
    >>> steady(np.array([5.0, 6, 5, 40, 6, 5])).tolist()
    [True, True, True, False, True, True]
    """
    distance = values - np.median(values)
    if n is not None:
        distance = distance * n**0.5
    if len(values) < 2:
        return np.ones(len(values), dtype=bool)
    inside = np.abs(distance) <= FAR_OFF * np.median(np.abs(np.diff(distance)))
    return inside if inside.mean() >= STEADY else np.ones(len(values), dtype=bool)


def smallest_shift(std_error: float, earlier: int, error: float, power: float = 0.8) -> float:
    """Return how far from its usual value a period must be to be noticed with some chance.

    Parameters
    ----------
    std_error : float
        From ``usual_range``.
    earlier : int
        Periods it is judged by, 2 or more.
    error : float
        Below which a p-value is a signal, two-sided.
    power : float
        The chance.

    Returns
    -------
    float
        In the unit of ``std_error``; by Student's t, shifted (an approximation to the non-central
        one).

    Examples
    --------
    >>> round(smallest_shift(4.0, 24, 0.05), 1)  # 4.0 (2.069 + 0.858)
    11.7
    """
    return float(std_error * (t.ppf(1 - error / 2, earlier - 1) + t.ppf(power, earlier - 1)))
