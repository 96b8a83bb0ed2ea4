"""Is a forecast of buying any good: fitted on the earlier months, compared with the later ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, run
from cxreport.orders.rules import day_of
from cxreport.stats.intervals import normal_quantile
from cxreport.topics.value.bgnbd import fit_buying
from cxreport.topics.value.buying import DAYS_A_WEEK, buying_history, purchase_days
from cxreport.topics.value.buying_forecast import expected_orders, orders_in_all
from cxreport.topics.value.likelihood import Fit, with_interval

if TYPE_CHECKING:
    import datetime as dt

MOST_REPEATS = 4
"""Customers who came back so often, or more often, are one class."""


@dataclass(frozen=True)
class ForecastCheck:
    """What :func:`check_forecast` returns.

    Attributes
    ----------
    fit : Fit
        The model fitted on the earlier time.
    by_month : DataFrame
        One row per month: ``month`` ("2026-10"), ``held_out``, ``actual`` (repeat purchases from
        the beginning to its end), ``estimate``, ``low``, ``high`` (expected).
    by_repeats : DataFrame
        One row per class of customers, by how often they had come back before: ``repeats`` ("0" to
        "4+"), ``n`` (customers), ``actual``, ``estimate``, ``low``, ``high`` (later purchases a
        customer, counted and expected; the interval is that of the mean counted).
    total : DataFrame
        One row: ``n`` (customers), ``actual``, ``estimate``, ``low``, ``high`` (purchases in the
        time held out; the interval is that of the count), ``off`` (percent by which the forecast is
        too high), ``note``.
    """

    fit: Fit
    by_month: pd.DataFrame
    by_repeats: pd.DataFrame
    total: pd.DataFrame


def check_forecast(
    purchases: Data,
    *,
    split: dt.date,
    until: dt.date,
    customer: str = "customer_id",
    date: str = "ordered_at",
    level: float = 0.95,
) -> ForecastCheck:
    """Fit the model up to a day, and compare what it expects with what happened afterwards.

    Parameters
    ----------
    purchases : pandas, polars or pyarrow frame, or Ibis table
        One row per purchase.
    split : date
        Last day that the model sees; best the last of a month. Customers who came later are
        left out.
    until : date
        Last day of the time held out.
    customer, date : str
        Columns of the customer and of the day or time.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    ForecastCheck
        Its frames ``by_month``, ``by_repeats`` and ``total``. Without a fit every estimate is
        empty, and the ``note`` says why.

    Raises
    ------
    CxError
        If ``split`` is not before ``until``, a column is unknown, or the level is out of range.

    Notes
    -----
    Intervals of ``by_month`` are those of the expected number, from the covariance of the
    parameters; to those of counts the scatter of single customers about what was expected of each
    is added. What befalls all customers at once, a season for example, is in neither. Source:
    Fader, Hardie & Lee 2005, Marketing Science 24(2), 275-284, figures 3 to 5.

    Examples
    --------
    >>> import datetime as dt
    >>> days = ["2026-01-01", "2026-01-15", "2026-02-10", "2026-01-08", "2026-02-01"]
    >>> bought = pd.DataFrame({"customer_id": list("aaabc"), "ordered_at": pd.to_datetime(days)})
    >>> check = check_forecast(bought, split=dt.date(2026, 1, 31), until=dt.date(2026, 2, 28))
    >>> check.total[["n", "actual"]]  # c came too late, a comes back once
       n  actual
    0  2     1.0
    """
    z = normal_quantile(level)
    if not day_of(split) < day_of(until):
        raise CxError("no time is held out", got=f"{split} to {until}", expected="split < until")
    columns = {"customer": customer, "date": date}
    history = buying_history(purchases, until=split, followed_until=until, **columns)
    fit = fit_buying(history, level=level)
    actual = float(history["later"].sum())
    weeks = (day_of(until) - day_of(split)).days / DAYS_A_WEEK
    later = _counted(fit, history, weeks, z)
    total = pd.DataFrame(
        {
            "n": [int(history["customers"].sum())],
            "actual": [actual],
            "estimate": [later[0]],
            "low": [later[1]],
            "high": [later[2]],
            "off": [100 * (later[0] / actual - 1) if actual else np.nan],
            "note": [fit.note],
        }
    )
    months = _by_month(purchases, columns, history, fit, (split, until), z)
    return ForecastCheck(fit, months, _by_repeats(history, fit, weeks, z), total)


def _counted(fit: Fit, history: pd.DataFrame, weeks: float, z: float) -> tuple[float, float, float]:
    """Return the expected later purchases, with the interval of their count."""
    expected, low, _ = with_interval(fit, partial(orders_in_all, history=history, weeks=weeks), z)
    if not fit.converged:
        return expected, np.nan, np.nan
    each, n = expected_orders(fit, history, weeks), history["customers"].to_numpy(float)
    scatter = history["later_squared"] - 2 * each * history["later"] + n * each**2
    reach = ((expected - low) ** 2 + z**2 * float(scatter.sum())) ** 0.5
    return expected, max(expected - reach, 0.0), expected + reach


def _by_repeats(history: pd.DataFrame, fit: Fit, weeks: float, z: float) -> pd.DataFrame:
    """Compare by how often customers had come back."""
    rows = []
    for repeats, part in history.groupby(history["repeats"].clip(upper=MOST_REPEATS)):
        n = int(part["customers"].sum())
        later = _counted(fit, part, weeks, z)
        name = str(repeats) if repeats < MOST_REPEATS else f"{repeats}+"
        rows.append([name, n, part["later"].sum() / n, *(value / n for value in later)])
    return pd.DataFrame(rows, columns=["repeats", "n", "actual", "estimate", "low", "high"])


def _by_month(
    purchases: Data,
    columns: dict[str, str],
    history: pd.DataFrame,
    fit: Fit,
    days: tuple[dt.date, dt.date],
    z: float,
) -> pd.DataFrame:
    """Cumulate repeat purchases, actual and expected, to the end of every month that is over."""
    split, until = days
    begun = history.groupby("age", as_index=False)["customers"].sum()
    joined = day_of(split) - pd.to_timedelta((begun["age"] * DAYS_A_WEEK).round(), unit="D")
    start = joined.min() if len(joined) else day_of(split)
    months = pd.period_range(start, pd.Timestamp(until) + pd.Timedelta(days=1), freq="M")[:-1]
    repeats = _repeat_days(purchases, columns, split)
    actual = repeats.groupby("month")["n"].sum().reindex(months, fill_value=0).cumsum()
    rows = []
    for month in months:
        age = (month.end_time.normalize() - joined).dt.days / DAYS_A_WEEK
        met = begun.assign(repeats=0, recency=0.0, age=0.0)[age >= 0]
        since = age[age >= 0].to_numpy()
        rows.append(with_interval(fit, partial(orders_in_all, history=met, weeks=since), z))
    expected = pd.DataFrame(rows, columns=["estimate", "low", "high"], dtype=float)
    ends = months.end_time.normalize()
    return pd.DataFrame(
        {
            "month": pd.Series([str(month) for month in months], dtype="str"),
            "held_out": ends > pd.Timestamp(split),
            "actual": actual.to_numpy(dtype=float),
        }
    ).join(expected)


def _repeat_days(purchases: Data, columns: dict[str, str], split: dt.date) -> pd.DataFrame:
    """Count the repeat purchases of each month, of customers who came by ``split``."""
    days = purchase_days(purchases, **columns)
    first = days.group_by("customer").aggregate(first=days.day.min())
    both = days.join(first.filter(first["first"] <= day_of(split)), "customer")
    again = both.filter(both.day > both["first"])
    counts = run(again.group_by(month=again.day.truncate("M")).aggregate(n=again.count()))
    return counts.assign(month=counts["month"].dt.to_period("M"))
