"""Do loyal customers buy five times as much? Loyal by what they did before, counted afterwards.

Whoever is called loyal because of this year's orders has, by that choice, this year's luck in the
figure too. So loyalty is fixed in an earlier period and money is counted in a later one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import is_named, next_day
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.value_columns import amounts, times
from cxreport.topics.linkage.answer_windows import MONEY

if TYPE_CHECKING:
    import datetime as dt

    import ibis.expr.types as ir

LATER, SAME = "later period", "same period"
NOBODY = "nobody in one of the groups"
FEW, TOO_FEW = 10, "too few customers"
LOYAL = 0.25
"""Share of customers who are loyal at most, where no number of orders is given."""
MOST_DRAWN = 50_000
"""Distinct amounts up to which samples are drawn one by one."""
COLUMNS = ("counted_in", "at_least", "n", "n_reference", "estimate_loyal",
           "estimate_reference", "estimate", "low", "high", "draws", "note")  # fmt: skip


def loyal_ratio(
    orders: Data,
    *,
    pre: tuple[dt.date, dt.date],
    post: tuple[dt.date, dt.date],
    at_least: int = 0,
    customer: str = "customer_id",
    date: str = "ordered_at",
    amount: str = "net_amount",
    draws: int = 2_000,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure how many times as much loyal customers spend as other customers.

    Parameters
    ----------
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per purchase (see :func:`~cxreport.orders.purchases`): ``customer``,
        ``date`` (local time) and ``amount`` (one currency).
    pre, post : tuple of two dates
        First and last day of the earlier period, in which customers show whether they are loyal,
        and of the later one, in which their money is counted. The earlier must end first.
    at_least : int
        Orders in the earlier period that make a customer loyal; everybody else who ordered in it
        is the reference. 2 or more; with 0 the least number that no more than a quarter of the
        customers reach.
    customer, date, amount : str
        Columns.
    draws : int
        Bootstrap samples of customers.
    seed : int
        Of the random numbers.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        Two rows with the same customers: ``counted_in`` ("later period": the answer; "same
        period": what comes out when money is counted in the very period that made customers
        loyal, which is wrong and shown for comparison only); ``at_least`` orders; ``n`` loyal and
        ``n_reference`` other customers; ``estimate_loyal`` and ``estimate_reference`` (money a
        customer, those who did not come back with 0); ``estimate`` (their ratio, no unit),
        ``low``, ``high`` (bootstrap percentiles); ``draws``; ``note`` ("", "nobody in one of the
        groups", "too few customers" below 10 in a group: no interval).

    Raises
    ------
    CxError
        If a column is unknown, the periods overlap or are no periods, ``at_least`` is below 2, or
        ``draws`` below 1.

    Notes
    -----
    Customers are resampled by drawing, from a multinomial distribution, how often each distinct
    pair of amounts occurs: the same as drawing customers with replacement. With more than 50,000
    distinct pairs, the sums of a sample are drawn from their own mean and covariance instead
    (central limit). Sources: Efron 1979, The Annals of Statistics 7, 1-26; regression to the mean:
    Galton 1886, Journal of the Anthropological Institute 15, 246-263.

    Examples
    --------
    >>> import datetime as dt
    >>> day = pd.Timestamp
    >>> orders = pd.DataFrame({"customer_id": list("aaabca"), "net_amount": [9.0] * 5 + [6.0],
    ...     "ordered_at": [day("2025-02-01")] * 5 + [day("2026-02-01")]})
    >>> years = [(dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in (2025, 2026)]
    >>> loyal_ratio(orders, pre=years[0], post=years[1], at_least=3)[
    ...     ["counted_in", "n", "n_reference", "estimate_loyal", "estimate_reference"]]
         counted_in  n  n_reference  estimate_loyal  estimate_reference
    0  later period  1            2             6.0                 0.0
    1   same period  1            2            27.0                 9.0
    """
    normal_quantile(level)
    check_periods(pre, post)
    if at_least < 0 or at_least == 1:
        raise CxError(
            "everybody who ordered would be loyal", got=at_least, expected="2 or more, or 0"
        )
    if draws < 1:
        raise CxError("no samples to draw", got=draws, expected="1 or more")
    table = as_table(orders)
    check_columns(table, [customer, date, amount])
    (money,) = amounts(table, [amount])
    placed = table.select(who=customer, at=times(table, date), amount=money.cast(MONEY))
    values = run(_amounts(placed, pre, post))
    values = values.sort_values(["orders", "later", "same"], ignore_index=True)
    needed = at_least or orders_of_the_loyal(values["orders"], values["n"])
    values["loyal"] = values["orders"] >= needed
    generator = np.random.default_rng(seed)
    rows = [
        [name, *_ratio(values, column, draws, generator, level)]
        for name, column in ((LATER, "later"), (SAME, "same"))
    ]
    ratios = pd.DataFrame(rows, columns=["counted_in", *COLUMNS[2:]])
    return ratios.assign(at_least=needed)[list(COLUMNS)]


def orders_of_the_loyal(orders: pd.Series, n: pd.Series, share: float = LOYAL) -> int:
    """Return the least number of orders that no more than a share of customers reach.

    Parameters
    ----------
    orders, n : Series of int
        Numbers of orders, and how many customers have each; a number may come several times.
    share : float
        The largest share of customers who are to be loyal.

    Returns
    -------
    int
        2 or more.

    Examples
    --------
    >>> orders_of_the_loyal(pd.Series([1, 2, 3, 4]), pd.Series([40, 30, 20, 10]))
    4
    """
    by_orders = n.groupby(orders).sum().sort_index(ascending=False)
    reached = by_orders.cumsum() / max(int(n.sum()), 1)
    too_many = reached.index[reached > share]
    return max(2, int(too_many.max()) + 1) if len(too_many) else 2


def check_periods(pre: tuple[dt.date, dt.date], post: tuple[dt.date, dt.date]) -> None:
    """Refuse periods that are none, or of which the earlier does not end first."""
    if not pre[0] <= pre[1] < post[0] <= post[1]:
        got = " and ".join(f"{first} to {last}" for first, last in (pre, post))
        expected = "two periods, the earlier one first, that do not overlap"
        raise CxError("customers are sorted before money is counted", got=got, expected=expected)


def _amounts(
    placed: ir.Table, pre: tuple[dt.date, dt.date], post: tuple[dt.date, dt.date]
) -> ir.Table:
    """Count customers by their orders in the earlier period and their spend in both."""
    before, after = (
        (placed["at"] >= ibis.timestamp(first)) & (placed["at"] < next_day(last))
        for first, last in (pre, post)
    )
    nothing = ibis.literal(0).cast(MONEY)
    by_customer = placed.filter(is_named(placed, "who")).group_by("who").aggregate(
        orders=placed["at"].count(where=before),
        same=ibis.coalesce(placed.amount.sum(where=before), nothing),
        later=ibis.coalesce(placed.amount.sum(where=after), nothing),
    )  # fmt: skip
    active = by_customer.filter(by_customer.orders > 0)
    counted = active.group_by(orders=active.orders, same=active.same, later=active.later)
    return counted.aggregate(n=active.count())


def _ratio(
    values: pd.DataFrame, column: str, draws: int, generator: np.random.Generator, level: float
) -> list[object]:
    """Return one row: customers, means, ratio and its bootstrap interval."""
    n, amount = values["n"].to_numpy(), values[column].to_numpy(dtype=float)
    loyal = values["loyal"].to_numpy(dtype=bool)
    sizes = [int(n[loyal].sum()), int(n[~loyal].sum())]
    if min(sizes) == 0:
        return [*sizes, *[np.nan] * 5, 0, NOBODY]
    sides = np.array([loyal, loyal * amount, ~loyal, ~loyal * amount], dtype=float)
    means = [float((n * side).sum()) for side in sides]
    mean_loyal, mean_other = means[1] / means[0], means[3] / means[2]
    ratio = mean_loyal / mean_other if mean_other > 0 else np.nan
    if min(sizes) < FEW or np.isnan(ratio):
        return [*sizes, mean_loyal, mean_other, ratio, np.nan, np.nan, 0, TOO_FEW]
    sums = _bootstrap_sums(n, sides, draws, generator)
    drawn = sums[(sums[:, [0, 2, 3]] > 0).all(axis=1)]
    ratios = drawn[:, 1] / drawn[:, 0] / (drawn[:, 3] / drawn[:, 2])
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return [*sizes, mean_loyal, mean_other, ratio, float(low), float(high), len(ratios), ""]


def _bootstrap_sums(
    n: np.ndarray, sides: np.ndarray, draws: int, generator: np.random.Generator
) -> np.ndarray:
    """Return what customers and amounts of each group add up to in bootstrap samples."""
    if len(n) <= MOST_DRAWN:
        share = n / n.sum()
        return np.array([sides @ generator.multinomial(n.sum(), share) for _ in range(draws)])
    sums = sides @ n
    covariance = (sides * n) @ sides.T - np.outer(sums, sums) / n.sum()
    return generator.multivariate_normal(sums, covariance, draws)
