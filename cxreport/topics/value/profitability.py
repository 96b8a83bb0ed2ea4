"""Customer profitability: mean profit, and how many customers cost more than they bring.

Not ease: a customer may find everything easy and cost more than they bring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import t

from cxreport.stats.group_columns import as_names
from cxreport.stats.intervals import normal_quantile, of_share
from cxreport.stats.multiplicity import interval_level, judged
from cxreport.topics.value.profits import count_profits

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.stats.group_columns import By

NO_CUSTOMERS, ONE_CUSTOMER = "no customers", "one customer"
ALIKE = "all customers alike"


def profitability(profits: ir.Table, *, by: By = None, level: float = 0.95) -> pd.DataFrame:
    """Return the mean profit of a customer, and how many cost more than they bring.

    Parameters
    ----------
    profits : ibis Table
        From :func:`profit_by_customer`.
    by : str or list of str, optional
        Columns to break down by.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group: the ``by`` columns; ``metric`` ("profit"); ``n`` (customers), ``unknown``
        (customers whose profit is not known, left out), ``losing`` (customers who cost more than
        they bring), ``losing_share``, ``losing_low``, ``losing_high`` (percent of ``n``; Wilson),
        ``total`` (money), ``estimate`` (money a customer), ``std_error``, ``low``, ``high``,
        ``n_effective``, ``weighted`` (False), ``p_value`` (that the mean is 0, two-sided),
        ``q_value`` (corrected by Holm), ``signal`` (whether the mean differs from 0; empty if it
        cannot be said: if and only if ``low`` to ``high``, widened for the number of groups, leaves
        out 0), ``note`` ("", "no customers", "one customer", "all customers alike"). A
        frame of scores: ``suppress`` hides its small groups.

    Raises
    ------
    CxError
        If a column is unknown, or the level is out of range.

    Notes
    -----
    Profit is skewed, so the interval is Student's, moved by third moment / (6 n variance). Source:
    Johnson 1978, Journal of the American Statistical Association 73, 536-544. Unlike a bootstrap it
    needs sums only, and no chance.

    Examples
    --------
    >>> from cxreport.topics.value.profits import profit_by_customer
    >>> orders = pd.DataFrame({"customer_id": list("abcd"), "margin": [9.0, 5.0, 1.0, -3.0]})
    >>> profits = profitability(profit_by_customer(orders))
    >>> profits[["n", "losing", "losing_share", "total", "estimate"]]
       n  losing  losing_share  total  estimate
    0  4       1          25.0   12.0       3.0
    """
    normal_quantile(level)
    names = as_names(by)
    counts = count_profits(profits, names)
    keys = [f"by_{position}" for position in range(len(names))]
    groups = counts.groupby(keys, sort=True, dropna=False) if keys else [((), counts)]
    rows = [[*key, *_moments(part)] for key, part in groups]
    sums = ["n", "unknown", "losing", "total", "estimate", "std_error", "skewed"]
    frame = pd.DataFrame(rows, columns=[*names, *sums])
    frame = frame.astype(dict.fromkeys(sums[:3], "int64") | dict.fromkeys(sums[3:], float))
    customers = frame["n"].where(frame["n"] > 0).astype(float)
    share = frame["losing"] / customers
    share_low, share_high = of_share(share, customers, level)
    freedom = (frame["n"] - 1).where(frame["n"] > 1)
    spread = frame["std_error"].where(frame["std_error"] > 0)
    centre = frame["estimate"] + frame["skewed"].fillna(0)
    reach = spread * t.ppf((1 + level) / 2, freedom)
    p_value = pd.Series(2 * t.sf((centre / spread).abs(), freedom), index=frame.index, dtype=float)
    no = [frame["n"] == 0, frame["n"] == 1, spread.isna()]
    described = pd.DataFrame(
        {
            **{name: frame[name] for name in names},
            "metric": pd.Series("profit", index=frame.index, dtype="str"),
            **{name: frame[name] for name in ("n", "unknown", "losing")},
            "losing_share": 100 * share,
            "losing_low": 100 * share_low,
            "losing_high": 100 * share_high,
            "total": frame["total"],
            "estimate": frame["estimate"],
            "std_error": frame["std_error"],
            "low": centre - reach,
            "high": centre + reach,
            "n_effective": frame["n"].astype(float),
            "weighted": False,
            "p_value": p_value,
            "q_value": np.nan,
            "signal": False,
            "note": pd.Series(
                np.select(no, [NO_CUSTOMERS, ONE_CUSTOMER, ALIKE], ""), index=frame.index,
                dtype="str",
            ),
        }
    )  # fmt: skip
    return judge_profits(described, level)


def judge_profits(profits: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return which means differ from 0, as one family, with intervals that say the same.

    Parameters
    ----------
    profits : DataFrame
        Rows of :func:`profitability`, of whatever groups.
    level : float
        Confidence level of the family, between 0 and 1.

    Returns
    -------
    DataFrame
        The same rows with ``q_value``, ``signal``, ``low`` and ``high`` of this family.
    """
    p_value = profits["p_value"].astype(float)
    freedom = (profits["n"].astype(float) - 1).where(profits["n"] > 1)
    wider = interval_level(p_value, level)
    reach = profits["std_error"].astype(float) * t.ppf((1 + wider) / 2, freedom)
    centre = (profits["low"] + profits["high"]) / 2
    limits = {"low": centre - reach, "high": centre + reach}
    return profits.assign(**limits, **judged(p_value, level))


def _moments(counts: pd.DataFrame) -> list[float]:
    """Return customers, unknown, losing, total, mean, its standard error and Johnson's shift."""
    valued = counts.dropna(subset="profit")
    profit, customers = valued["profit"].to_numpy(float), valued["customers"].to_numpy(float)
    n, unknown = customers.sum(), counts["customers"].sum() - customers.sum()
    losing, total = customers[profit < 0].sum(), float(customers @ profit)
    if n < 2 or profit.min() == profit.max():
        mean = total / n if n else np.nan
        return [n, unknown, losing, total, mean, 0.0 if n > 1 else np.nan, np.nan]
    mean = total / n
    variance = float(customers @ (profit - mean) ** 2) / (n - 1)
    third = float(customers @ (profit - mean) ** 3) / n
    shift = third / (6 * n * variance)
    return [n, unknown, losing, total, mean, (variance / n) ** 0.5, shift]
