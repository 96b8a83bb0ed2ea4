"""The product-limit curve in closed form, on counts of who was at risk and who was lost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxreport.stats.intervals import normal_quantile

NO_EVENTS = "nobody lost yet"
ALL_LOST = "everybody lost"


def product_limit(at_risk: pd.Series, events: pd.Series, level: float) -> pd.DataFrame:
    """Return what share is still there after each time.

    Parameters
    ----------
    at_risk, events : Series
        How many could be lost at each time, and how many were, in order of time; one group.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        With the index of ``at_risk``: ``estimate`` and ``std_error`` (percent; Greenwood), ``low``
        and ``high`` (percent; log-log), all three unknown at 0 and at 100;
        ``note`` ("", "nobody lost yet", "everybody lost").

    Notes
    -----
    Sources: Kaplan & Meier 1958, JASA 53, 457-481; Kalbfleisch & Prentice 2002, The Statistical
    Analysis of Failure Time Data, 1.4 (the interval of R's ``survfit(conf.type="log-log")``).

    Examples
    --------
    >>> product_limit(pd.Series([10, 5]), pd.Series([2, 1]), 0.95)["estimate"].round(1).tolist()
    [80.0, 64.0]
    """
    risk, lost = at_risk.to_numpy(dtype=float), events.to_numpy(dtype=float)
    share = np.cumprod(1 - lost / risk)
    left = np.where(risk > lost, risk - lost, np.nan)
    terms = np.where(lost == 0, 0.0, lost / (risk * left))
    relative = np.cumsum(terms) ** 0.5
    inside = np.where((share > 0) & (share < 1), share, np.nan)
    with np.errstate(over="ignore"):
        spread = np.exp(normal_quantile(level) * relative / np.abs(np.log(inside)))
    return pd.DataFrame(
        {
            "estimate": 100 * share,
            "std_error": 100 * np.where(np.isnan(inside), np.nan, share * relative),
            "low": 100 * inside**spread,
            "high": 100 * inside ** (1 / spread),
            "note": np.select([share == 1, share == 0], [NO_EVENTS, ALL_LOST], ""),
        },
        index=at_risk.index,
    ).astype({"note": "str"})
