"""The whale curve: how much of the profit comes from how many customers, and how much is lost.

Customers stand in order of their profit, the most profitable first. The curve climbs to its peak,
where the last customer still brings more than they cost, and falls from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.stats.intervals import normal_quantile, of_share
from cxreport.topics.value.profits import count_profits

if TYPE_CHECKING:
    import ibis.expr.types as ir

NO_CUSTOMERS = "no customers"
NO_PROFIT = "no profit to divide: customers together lose money, or it cannot be told"


def whale_curve(profits: ir.Table, *, points: int = 20) -> pd.DataFrame:
    """Cumulate profit over customers, the most profitable first.

    Parameters
    ----------
    profits : ibis Table
        From ``profit_by_customer``; customers whose profit is not known are left out.
    points : int
        Steps of the curve, 1 to 100.

    Returns
    -------
    DataFrame
        One row per step: ``share`` (percent of customers, 0 to 100), ``n`` (customers; between two
        of them, a non-integer), ``total`` (their profit, money), ``estimate`` (percent of the
        profit of all; empty where all together have none), ``note``.

    Raises
    ------
    CxError
        If the number of points is out of range.

    Notes
    -----
    Source: Kaplan & Narayanan 2001, Journal of Cost Management 15(5), 5-15.

    Examples
    --------
    >>> from cxreport.topics.value.profits import profit_by_customer
    >>> orders = pd.DataFrame({"customer_id": list("abcd"), "margin": [60.0, 50.0, 10.0, -20.0]})
    >>> whale_curve(profit_by_customer(orders), points=4)[["share", "total", "estimate"]]
       share  total  estimate
    0    0.0    0.0       0.0
    1   25.0   60.0      60.0
    2   50.0  110.0     110.0
    3   75.0  120.0     120.0
    4  100.0  100.0     100.0
    """
    if points not in range(1, 101):
        raise CxError("a curve has 1 to 100 steps", got=points)
    profit, customers = _in_order(profits)
    n = customers.sum()
    share = np.linspace(0, 100, points + 1)
    at = share / 100 * n
    reached = np.append(0, customers.cumsum())
    total = np.interp(at, reached, np.append(0, (customers * profit).cumsum()))
    whole = total[-1] if n else np.nan
    estimate = 100 * total / whole if whole > 0 else np.full(len(share), np.nan)
    note = NO_CUSTOMERS if n == 0 else "" if whole > 0 else NO_PROFIT
    columns = {"share": share, "n": at, "total": total, "estimate": estimate}
    return pd.DataFrame(columns).assign(note=note)


def whale_peak(profits: ir.Table, *, level: float = 0.95) -> pd.DataFrame:
    """Return where the whale curve has its peak, how high it is, and what is lost beyond it.

    Parameters
    ----------
    profits : ibis Table
        From ``profit_by_customer``.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row: ``n`` (customers), ``profitable`` (those with a profit above 0), ``share``,
        ``share_low``, ``share_high`` (percent of ``n``: where the peak is; Wilson), ``total``
        (profit of all, money), ``peak`` (profit of the profitable, money), ``estimate``, ``low``,
        ``high`` (``peak`` in percent of ``total``), ``losing`` (customers who cost more than they
        bring), ``lost`` (what they cost, money, 0 or more), ``top`` (percent of the total that the
        most profitable fifth brings), ``note``. Where the mean profit may be 0 or less, the
        percentages of the total are empty.

    Raises
    ------
    CxError
        If the level is out of range.

    Notes
    -----
    Interval of the height: a ratio of two means, by the delta method. Source: Cochran 1977,
    Sampling Techniques, section 6.3. The order is made by the same profit that is added up, so the
    curve shows this time's luck too: who loses money once need not do so again.
    """
    z = normal_quantile(level)
    profit, customers = _in_order(profits)
    n, gains = customers.sum(), np.maximum(profit, 0)
    total, peak = float(customers @ profit), float(customers @ gains)
    profitable, losing = customers[profit > 0].sum(), customers[profit < 0].sum()
    trials = pd.Series([n or np.nan], dtype=float)
    share = profitable / trials
    low, high = of_share(share, trials, level)
    height = [np.nan] * 3
    if n > 1:
        mean = total / n
        spread = float(customers @ (profit - mean) ** 2) / (n - 1)
        if mean > z * (spread / n) ** 0.5 > 0:
            ratio = peak / total
            error = float(customers @ (gains - ratio * profit) ** 2) / (n - 1)
            reach = z * (error / n) ** 0.5 / mean
            height = [100 * ratio, 100 * max(ratio - reach, 1.0), 100 * (ratio + reach)]
    top = whale_curve(profits, points=5)["estimate"].iloc[1]
    row = {
        "n": int(n), "profitable": int(profitable), "share": 100 * share.iloc[0],
        "share_low": 100 * low.iloc[0], "share_high": 100 * high.iloc[0],
        "total": total, "peak": peak,
        "estimate": height[0], "low": height[1], "high": height[2],
        "losing": int(losing), "lost": peak - total,
        "top": top if np.isfinite(height[0]) else np.nan,
        "note": NO_CUSTOMERS if n == 0 else "" if np.isfinite(height[0]) else NO_PROFIT,
    }  # fmt: skip
    return pd.DataFrame([row])


def _in_order(profits: ir.Table) -> tuple[np.ndarray, np.ndarray]:
    """Return each profit and how many customers have it, the highest first."""
    counts = count_profits(profits).dropna(subset="profit").iloc[::-1]
    return counts["profit"].to_numpy(float), counts["customers"].to_numpy(float)
