"""Two published figures, each with its interval -> whether they differ by more than chance.

Of a page that is no longer counted again, the value and the ends of its interval are all there is.
They are enough: the interval of a difference follows from the two intervals (MOVER).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import norm

from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import interval_level, judged

if TYPE_CHECKING:
    from cxreport.stats.multiplicity import Correction

FIGURES = ("value", "low", "high", "value_reference", "low_reference", "high_reference")


def published_differences(
    figures: pd.DataFrame, level: float = 0.95, correction: Correction = "holm"
) -> pd.DataFrame:
    """Return which of many published figures moved by more than chance, from their intervals alone.

    Parameters
    ----------
    figures : DataFrame
        One row per comparison, in any unit: ``value``, ``low``, ``high``, and the same with
        ``_reference``; both intervals at ``level``, of answers that the two do not share. A row
        that stands twice, number by number, is one comparison.
    level : float
        That of the published intervals, and 1 minus the error of all comparisons together.
    correction : {"holm", "bh", "none"}
        How the comparisons are corrected for their number.

    Returns
    -------
    DataFrame
        With the index of ``figures``, in the figures' unit: ``difference`` (value less reference),
        ``low`` and ``high`` (as wide as the correction asks), ``p_value``, ``q_value`` (corrected)
        and ``signal``. Empty where an interval is missing or has no width.

    Notes
    -----
    Limits: Zou & Donner 2008, Statistics in Medicine 27, 1693-1702; with Wilson's intervals it is
    method 10 of Newcombe 1998, ibid. 17, 873-890. At another level than the published one each
    end is taken to lie as many normal quantiles away: the p-value is where the interval reaches
    zero, so that interval and signal never contradict each other. Where the same people answered
    both times, as many as in surveys of one's own customers, it errs on the side of caution.

    Examples
    --------
    >>> shares = pd.DataFrame({"value": [0.8], "low": [0.6918], "high": [0.8769],
    ...     "value_reference": [0.6], "low_reference": [0.4904], "high_reference": [0.7004]})
    >>> published_differences(shares)[["difference", "low", "high"]].round(3).values.tolist()
    [[0.2, 0.052, 0.334]]
    """
    now, low, high, then, then_low, then_high = (figures[name].astype(float) for name in FIGURES)
    difference = now - then
    down = ((now - low) ** 2 + (then_high - then) ** 2) ** 0.5
    up = ((high - now) ** 2 + (then - then_low) ** 2) ** 0.5
    towards_zero = down.where(difference > 0, up)
    quantiles = normal_quantile(level) * difference.abs() / towards_zero.where(towards_zero > 0)
    p_value = pd.Series(2 * norm.sf(quantiles), figures.index).where(quantiles.notna())
    same = figures.groupby(list(FIGURES), dropna=False, sort=False).ngroup()
    once = p_value.groupby(same).first()
    verdicts = judged(once, level, correction).loc[same].set_axis(figures.index)
    reach = normal_quantile(interval_level(once, level, correction)) / normal_quantile(level)
    limits = pd.DataFrame({"low": difference - reach * down, "high": difference + reach * up})
    tested = limits.where(p_value.notna()).assign(p_value=p_value)
    return pd.concat([difference.rename("difference"), tested, verdicts], axis=1)
