"""What a customer is worth: profit so far, orders and money to come, contracts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.stats.group_columns import as_names
from cxreport.stats.intervals import normal_quantile
from cxreport.topics.value.bgnbd import check_history
from cxreport.topics.value.buying import DAYS_A_WEEK
from cxreport.topics.value.buying_forecast import (
    orders_at,
)
from cxreport.topics.value.gamma_gamma import spend_at
from cxreport.topics.value.likelihood import Fit, with_interval

if TYPE_CHECKING:
    from cxreport.stats.group_columns import By

WEEKS_A_YEAR = 365.25 / DAYS_A_WEEK
WEEKS_A_STEP = 13
"""Weeks that are discounted alike: a quarter of a year."""


def margin_multiple(retention: float, discount: float) -> float:
    """Return how many yearly margins a customer with a contract is worth.

    Parameters
    ----------
    retention : float
        Share of customers who stay for another period, 0 to 1, the same for ever.
    discount : float
        Rate a period, above ``retention`` - 1; 0.1 for 10%.

    Returns
    -------
    float
        Today's value of all margins to come, in margins of one period; the first is a period away.
        Add 1 if it is received now.

    Raises
    ------
    CxError
        If a number is out of range.

    Notes
    -----
    m r / (1 + i - r) for a margin m. Source: Gupta & Lehmann 2003, Journal of Interactive
    Marketing 17(1), 9-24.

    Examples
    --------
    >>> round(margin_multiple(0.8, 0.1), 2)
    2.67
    """
    if not (0 <= retention <= 1 and np.isfinite(discount) and 1 + discount > retention):
        raise CxError(
            "a contract cannot be valued",
            got=f"retention {retention}, discount {discount}",
            expected="retention from 0 to 1, and a discount rate above retention - 1",
        )
    return float(retention / (1 + discount - retention))


def customer_value(
    history: pd.DataFrame,
    buying: Fit,
    spending: Fit,
    *,
    weeks: float = WEEKS_A_YEAR,
    discount: float = 0.1,
    margin: float | None = None,
    by: By = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Forecast what today's customers will bring: orders times spend, discounted.

    Parameters
    ----------
    history : DataFrame
        From ``buying_history`` with ``amount``.
    buying, spending : Fit
        From ``fit_buying`` and ``fit_spending``.
    weeks : float
        Length of the time to come, above 0; a year when left out.
    discount : float
        Rate a year, above -1; 0.1 for 10%.
    margin : float, optional
        What is left of the money spent, 0 to 1. Without it the value is spend, not profit.
    by : str or list of str, optional
        Columns of the history to break down by.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group: the ``by`` columns; ``n`` (customers), ``orders`` (expected, in all),
        ``spend`` (money an expected order), ``total`` (money, discounted), ``estimate``, ``low``,
        ``high`` (money a customer, discounted), ``measure`` ("margin" or "spend"), ``note``.
        Intervals are those of the expected value, from the covariance of both models.

    Raises
    ------
    CxError
        If a number is out of range, a column is unknown, or the history is not one.

    Notes
    -----
    Money is discounted by quarters, from their middle. Source: Fader, Hardie & Lee 2005, Journal of
    Marketing Research 42(4), 415-430.
    """
    z = normal_quantile(level)
    check_history(history)
    if not (weeks > 0 and discount > -1 and (margin is None or 0 <= margin <= 1)):
        raise CxError(
            "customers cannot be valued",
            got=f"weeks {weeks}, discount {discount}, margin {margin}",
            expected="weeks above 0, a discount rate above -1, a margin from 0 to 1",
        )
    if history["spend"].isna().any():
        raise CxError("a history without money", hint="buying_history(..., amount='net_amount')")
    names = as_names(by)
    groups = history.groupby(names, sort=True, dropna=False) if names else [((), history)]
    both, kept = (buying, spending), 1.0 if margin is None else margin
    rows = []
    for key, part in groups:
        n = int(part["customers"].sum())
        orders = with_interval(buying, partial(_orders, history=part, weeks=weeks), z)[0]
        plain = partial(_money, history=part, weeks=weeks, discount=0.0)
        spend = with_interval(both, plain, z)[0]
        later = partial(_money, history=part, weeks=weeks, discount=discount)
        worth = [kept * value for value in with_interval(both, later, z)]
        each = [value / n if n else np.nan for value in worth]
        rows.append([*key, n, orders, spend / orders if orders else np.nan, worth[0], *each])
    columns = [*names, "n", "orders", "spend", "total", "estimate", "low", "high"]
    measure = "spend" if margin is None else "margin"
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(measure=measure, note=buying.note or spending.note)


def _orders(parameters: np.ndarray, history: pd.DataFrame, weeks: float) -> float:
    return float(history["customers"].to_numpy() @ orders_at(parameters, history, weeks))


def _money(
    buying: np.ndarray,
    spending: np.ndarray,
    history: pd.DataFrame,
    weeks: float,
    discount: float,
) -> float:
    """Return the expected money of the weeks to come, each quarter discounted from its middle."""
    ends = np.append(np.arange(WEEKS_A_STEP, weeks, WEEKS_A_STEP), weeks)
    each = history["customers"].to_numpy() * spend_at(spending, history)
    total, begin, before = 0.0, 0.0, 0.0
    for end in ends:
        expected = float(each @ orders_at(buying, history, end))
        total += (expected - before) * (1 + discount) ** (-(begin + end) / 2 / WEEKS_A_YEAR)
        begin, before = end, expected
    return total
