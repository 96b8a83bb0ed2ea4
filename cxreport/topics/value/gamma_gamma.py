"""What customers spend at a purchase: the gamma-gamma model, by maximum likelihood.

Each customer spends around a mean of their own. The mean of two purchases says less about it than
the mean of twenty, so it is drawn toward the mean of all customers, the more the fewer they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import gammaln, psi

from cxreport.errors import CxError
from cxreport.inputs.source import Data, run
from cxreport.orders.rules import day_of
from cxreport.stats.intervals import normal_quantile
from cxreport.topics.value.buying import purchase_days
from cxreport.topics.value.likelihood import Fit, maximise, no_fit, with_interval

if TYPE_CHECKING:
    import datetime as dt

    from cxreport.topics.value.likelihood import Objective

SPENDING = "gamma-gamma"
PARAMETERS = ("p", "q", "gamma")
NOBODY_AGAIN = "nobody bought again"
NO_FIT = "no fit: customers are too few, or spend too much alike"
NO_MEAN = "no fit: a few customers spend so much that there is no mean"


def spending_history(
    purchases: Data,
    *,
    amount: str,
    customer: str = "customer_id",
    date: str = "ordered_at",
    until: dt.date,
) -> pd.DataFrame:
    """Count the customers of each number of repeat purchases and spend on them.

    Parameters
    ----------
    purchases, customer, date, until
        As in ``buying_history``.
    amount : str
        Column of what was spent, in one currency.

    Returns
    -------
    DataFrame
        One row per history: ``repeats`` (days with a purchase after the first), ``spend`` (money on
        those days), ``customers``. Who bought on one day only is not in it.

    Raises
    ------
    CxError
        As ``buying_history``.

    Examples
    --------
    >>> import datetime as dt
    >>> days = ["2026-01-05", "2026-02-05", "2026-03-05", "2026-01-09"]
    >>> bought = pd.DataFrame({"customer_id": list("aaab"), "paid": [10.0, 20.0, 30.0, 9.0],
    ...     "ordered_at": pd.to_datetime(days)})
    >>> spending_history(bought, amount="paid", until=dt.date(2026, 6, 30))
       repeats  spend  customers
    0        2   50.0          1
    """
    days = purchase_days(purchases, customer=customer, date=date, amount=amount)
    days = days.filter(days.day <= day_of(until))
    first = days.group_by("customer").aggregate(first=days.day.min())
    both = days.join(first, "customer")
    again = both.filter(both.day > both["first"])
    each = again.group_by("customer").aggregate(repeats=again.count(), spend=again.amount.sum())
    counts = run(each.group_by(["repeats", "spend"]).aggregate(customers=each.count()))
    counts = counts.astype({"repeats": "int64", "spend": float, "customers": "int64"})
    return counts.sort_values(["repeats", "spend"], ignore_index=True)


def fit_spending(history: pd.DataFrame, *, level: float = 0.95) -> Fit:
    """Fit the gamma-gamma model: how much customers spend at a purchase, and how they differ.

    Parameters
    ----------
    history : DataFrame
        From :func:`spending_history`. Customers who spent nothing are left out.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    Fit
        Parameters ``p``, ``q`` (no unit) and ``gamma`` (money). Where nobody bought again, or the
        likelihood has no maximum, or ``q`` is not above 1 (spend without a mean), the estimates
        are empty, with a ``note``.

    Raises
    ------
    CxError
        If a column is missing, or the level is out of range.

    Notes
    -----
    The model takes spend and frequency as independent; :func:`spend_and_frequency` looks whether
    they are. Source: Fader, Hardie & Lee 2005, Journal of Marketing Research 42(4), 415-430; Fader
    & Hardie 2013, "The gamma-gamma model of monetary value", equation 1a.
    """
    z = normal_quantile(level)
    absent = [name for name in ("repeats", "spend", "customers") if name not in history]
    if absent:
        raise CxError("this is no history of spending", got=f"no column {', '.join(absent)}")
    spent = history[(history["spend"] > 0) & (history["repeats"] > 0)]
    n = int(spent["customers"].sum())
    if n == 0:
        return no_fit(SPENDING, PARAMETERS, n, NOBODY_AGAIN)
    typical = float(np.average(spent["spend"] / spent["repeats"], weights=spent["customers"]))
    start = [2.0, 3.0, typical]
    fit = maximise(SPENDING, _negative(spent), start, PARAMETERS, n=n, z=z, note=NO_FIT)
    if fit.converged and fit.logs[1] <= 0:
        return no_fit(SPENDING, PARAMETERS, n, NO_MEAN)
    return fit


def expected_spend(fit: Fit, history: pd.DataFrame) -> np.ndarray:
    """Return the expected spend of a customer of each history at a purchase to come.

    Parameters
    ----------
    fit : Fit
        From :func:`fit_spending`.
    history : DataFrame
        ``repeats``, ``spend`` and ``customers``, as from :func:`spending_history` or
        ``buying_history``: ``spend`` is what all customers of the row spent on repeat purchases.

    Returns
    -------
    ndarray
        Money a purchase, the mean of the row's customers; NaN without a fit.

    Notes
    -----
    Source: Fader & Hardie 2013, equation 5.
    """
    return spend_at(np.exp(fit.logs), history)


def spend_at(parameters: np.ndarray, history: pd.DataFrame) -> np.ndarray:
    """Return the expected spend per purchase from the parameters, see :func:`expected_spend`."""
    p, q, scale = parameters
    each = (history["spend"] / history["customers"]).to_numpy(float)
    return np.asarray(p * (scale + each) / (p * history["repeats"].to_numpy(float) + q - 1))


def mean_spend(fit: Fit, *, level: float = 0.95) -> pd.DataFrame:
    """Return what customers spend at a purchase on average, and how much they differ.

    Parameters
    ----------
    fit : Fit
        From :func:`fit_spending`.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row: ``n`` (customers), ``estimate``, ``low``, ``high`` (money a purchase, mean over
        customers), ``note``.
    """
    z = normal_quantile(level)
    spend = with_interval(fit, lambda values: values[0] * values[2] / (values[1] - 1), z)
    n = int(fit.parameters["n"].iloc[0])
    row = [n, *spend, fit.note]
    return pd.DataFrame([row], columns=["n", "estimate", "low", "high", "note"])


def spend_and_frequency(history: pd.DataFrame) -> float:
    """Correlate how often customers came back with what they spent each time.

    Parameters
    ----------
    history : DataFrame
        From :func:`spending_history`.

    Returns
    -------
    float
        Pearson's correlation over customers, -1 to 1; NaN where one of the two does not vary. Far
        from 0, the expected spend is not to be multiplied with the expected orders.
    """
    spent = history[(history["spend"] > 0) & (history["repeats"] > 0)]
    weight = spent["customers"].to_numpy(int)
    values = np.stack([spent["repeats"], spent["spend"] / spent["repeats"]]).astype(float)
    if len(spent) < 2 or (np.ptp(values, axis=1) == 0).any():
        return np.nan
    spread = np.cov(values, fweights=weight)
    return float(spread[0, 1] / (spread[0, 0] * spread[1, 1]) ** 0.5)


def _negative(history: pd.DataFrame) -> Objective:
    """Write minus the mean log-likelihood a customer, and its slope, over the log parameters."""
    x, spend = history["repeats"].to_numpy(float), history["spend"].to_numpy(float)
    weight = history["customers"].to_numpy(float) / history["customers"].sum()
    mean = spend / x

    def negative(logs: np.ndarray) -> tuple[float, np.ndarray]:
        p, q, scale = np.exp(logs)
        total = np.log(scale + spend)
        likely = (
            gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(scale)
            + (p * x - 1) * np.log(mean) + p * x * np.log(x) - (p * x + q) * total
        )  # fmt: skip
        slopes = np.stack(
            [
                p * x * (psi(p * x + q) - psi(p * x) + np.log(spend) - total),
                q * (psi(p * x + q) - psi(q) + np.log(scale) - total),
                q - scale * (p * x + q) / (scale + spend),
            ]
        )
        return -float(weight @ likely), -slopes @ weight

    return negative
