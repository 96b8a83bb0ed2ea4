"""What a fitted model of buying expects: orders to come, who is still a customer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import hyp2f1

from cxreport.errors import CxError
from cxreport.stats.group_columns import as_names
from cxreport.stats.intervals import normal_quantile
from cxreport.topics.value.bgnbd import NEEDED, check_history
from cxreport.topics.value.likelihood import Fit, with_interval

if TYPE_CHECKING:
    from cxreport.stats.group_columns import By


def expected_orders(fit: Fit, history: pd.DataFrame, weeks: float) -> np.ndarray:
    """Return how often a customer of each history is expected to buy in the weeks after it.

    Parameters
    ----------
    fit : Fit
        From ``fit_buying``.
    history : DataFrame
        From ``buying_history``.
    weeks : float
        Length of the time to come, 0 or more.

    Returns
    -------
    ndarray
        Expected days with a purchase, for one customer of each row; NaN without a fit.

    Raises
    ------
    CxError
        If the weeks are below 0, or the history is not one.

    Notes
    -----
    Source: Fader, Hardie & Lee 2005, Marketing Science 24(2), 275-284, equation 10.

    Examples
    --------
    >>> from cxreport.topics.value.bgnbd import known_parameters
    >>> published = known_parameters(0.243, 4.414, 0.793, 2.426)
    >>> once = {"repeats": [2], "recency": [30.43], "age": [38.86], "customers": [1]}
    >>> expected_orders(published, pd.DataFrame(once), 39).round(3).item()
    1.226
    """
    check_history(history)
    if not weeks >= 0:
        raise CxError("this is no time to come", got=weeks, expected="weeks, 0 or more")
    return orders_at(np.exp(fit.logs), history, weeks)


def chance_active(fit: Fit, history: pd.DataFrame) -> np.ndarray:
    """Return how likely a customer of each history is still a customer.

    The model lets customers leave after a repeat purchase only: who has bought once is still there
    with certainty, by definition. Read it for those who bought again.

    Parameters
    ----------
    fit, history
        As in :func:`expected_orders`.

    Returns
    -------
    ndarray
        Chance, 0 to 1, for one customer of each row; NaN without a fit.

    Raises
    ------
    CxError
        If the history is not one.

    Notes
    -----
    Source: Fader, Hardie & Lee 2008, "Computing P(alive) using the BG/NBD model".

    Examples
    --------
    >>> from cxreport.topics.value.bgnbd import known_parameters
    >>> published = known_parameters(0.243, 4.414, 0.793, 2.426)
    >>> history = {"repeats": [2, 0], "recency": [30.43, 0], "age": [38.86] * 2,
    ...     "customers": [1, 1]}
    >>> chance_active(published, pd.DataFrame(history)).round(4).tolist()
    [0.7266, 1.0]
    """
    check_history(history)
    return 1 / (1 + _odds_left(np.exp(fit.logs), history))


def forecast_buying(
    fit: Fit, history: pd.DataFrame, weeks: float, *, by: By = None, level: float = 0.95
) -> pd.DataFrame:
    """Forecast the orders of today's customers, and how many of those who came back remain.

    Parameters
    ----------
    fit, history, weeks
        As in :func:`expected_orders`.
    by : str or list of str, optional
        Columns of the history to break down by.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group: the ``by`` columns; ``n`` (customers), ``returned`` (of them, those who
        bought again), ``active``, ``active_low``, ``active_high`` (percent of ``returned``
        expected to be customers still), ``orders`` (expected, in all), ``estimate``, ``low``,
        ``high`` (expected orders per customer), ``note``. Intervals are those of the expected
        number: single customers vary far more.

    Raises
    ------
    CxError
        If a number is out of range, a column is unknown, or the history is not one.

    Notes
    -----
    Intervals: delta method on the log scale, from the covariance of the parameters.
    """
    z = normal_quantile(level)
    check_history(history)
    names = as_names(by)
    groups = history.groupby(names, sort=True, dropna=False) if names else [((), history)]
    rows = []
    for key, part in groups:
        again = part["repeats"] > 0
        n, returned = int(part["customers"].sum()), int(part.loc[again, "customers"].sum())
        orders = with_interval(fit, partial(orders_in_all, history=part, weeks=weeks), z)
        active = with_interval(fit, partial(_active, history=part[again]), z)
        share = [100 * value / returned if returned else np.nan for value in active]
        each = [value / n if n else np.nan for value in orders]
        rows.append([*key, n, returned, *share, orders[0], *each, fit.note])
    forecast_columns = ["active", "active_low", "active_high", "orders", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=[*names, "n", "returned", *forecast_columns, "note"])


def orders_in_all(
    parameters: np.ndarray, history: pd.DataFrame, weeks: float | np.ndarray
) -> float:
    """Return the expected purchases of all customers, see :func:`orders_at`."""
    return float(history["customers"].to_numpy() @ orders_at(parameters, history, weeks))


def orders_at(
    parameters: np.ndarray, history: pd.DataFrame, weeks: float | np.ndarray
) -> np.ndarray:
    """Return the expected purchases of one customer per row, in the same weeks or its own.

    Parameters
    ----------
    parameters : ndarray
        Four, three or two: of the model of own chances, of one chance, or of nobody who leaves.
    history, weeks
        As in :func:`expected_orders`.
    """
    (r, alpha), leaving = parameters[:2], parameters[2:]
    x, _, age = (history[name].to_numpy(float) for name in NEEDED[:3])
    now, then = alpha + age, alpha + age + weeks
    if len(leaving) == 0:
        return np.asarray((r + x) * weeks / now)
    if len(leaving) == 1:
        p = leaving[0] / (1 + leaving[0])
        whole = -np.expm1(-(r + x) * np.log1p(p * weeks / now)) / p
    else:
        a, b = leaving
        a = a + 1e-6 if abs(a - 1) < 1e-6 else a  # a limit that the formula has no value at
        later = hyp2f1(r + x, b + x, a + b + x - 1, weeks / then)
        whole = (a + b + x - 1) / (a - 1) * (1 - (now / then) ** (r + x) * later)
    return np.asarray(whole / (1 + _odds_left(parameters, history)))


def _active(parameters: np.ndarray, history: pd.DataFrame) -> float:
    return float(history["customers"].to_numpy() @ (1 / (1 + _odds_left(parameters, history))))


def _odds_left(parameters: np.ndarray, history: pd.DataFrame) -> np.ndarray:
    """Return the odds that a customer of each row has left: 0 for those who bought once."""
    (r, alpha), leaving = parameters[:2], parameters[2:]
    x, recency, age = (history[name].to_numpy(float) for name in NEEDED[:3])
    if len(leaving) == 2:
        odds = leaving[0] / (leaving[1] + np.where(x > 0, x - 1, 0.0))
    else:
        odds = leaving[0] if len(leaving) else 0.0
    return np.where(x > 0, odds * ((alpha + age) / (alpha + recency)) ** (r + x), 0.0)
