"""How many contracts will still run: a projection, checked on the ages that it was not shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, run
from cxreport.stats.intervals import normal_quantile, of_share
from cxreport.topics.retention.contracts import usable_contracts
from cxreport.topics.retention.projection import NOBODY_LOST, project_retention

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

FEWEST, MOST_AGES = 300, 12
FEWEST_AGES = 3
BETA_GEOMETRIC, CONSTANT = "shifted beta-geometric", "constant rate"
CHECK = ["age", "held_out", "observed", "estimate", "low", "high", "off", "model", "note"]
CURVE = ["age", "observed", "estimate", "low", "high", "model", "note"]


@dataclass(frozen=True)
class Checked:
    """What :func:`project_and_check` returns.

    Attributes
    ----------
    check : DataFrame
        One row per age: ``age`` (renewals), ``held_out`` (true where the fit did not see it),
        ``observed``, ``estimate``, ``low``, ``high`` (percent of the cohort), ``off`` (points:
        estimate - observed), ``model``, ``note``.
    curve : DataFrame
        One row per age, fitted on all ages and projected: ``age``, ``observed``, ``estimate``,
        ``low``, ``high`` (percent), ``model``, ``note``.
    """

    check: pd.DataFrame
    curve: pd.DataFrame


def contract_survivors(
    contracts: Data,
    *,
    until: dt.date,
    months: int = 12,
    customer: str = "customer_id",
    start: str = "contract_start",
    end: str = "contract_end",
    fewest: int = FEWEST,
) -> pd.DataFrame:
    """Count how many contracts of the oldest large cohort still ran at each renewal.

    Parameters
    ----------
    contracts : pandas, polars or pyarrow frame, or Ibis table
        One row per contract, as in ``contractual_retention``.
    until : date
        Last day that the data cover.
    months : int
        Months from one renewal to the next.
    customer, start, end : str
        Columns, as in ``contractual_retention``.
    fewest : int
        Contracts that the cohort must have. It is made of all that are old enough for its last
        age, so that every age is over for every one of them; as many ages as that allows.

    Returns
    -------
    DataFrame
        One row per age: ``age`` (renewals: 0 is the start), ``survivors`` (contracts). Empty if
        there are not that many contracts.

    Raises
    ------
    CxError
        If a column is unknown or holds no times, ``months`` or ``fewest`` is below 1.

    Examples
    --------
    >>> import datetime as dt
    >>> days = pd.to_datetime(["2023-01-01", "2023-01-01", "2024-01-01"])
    >>> ended = pd.to_datetime(["2024-01-01", None, None])
    >>> club = pd.DataFrame(
    ...     {"customer_id": list("abc"), "contract_start": days, "contract_end": ended}
    ... )
    >>> contract_survivors(club, until=dt.date(2025, 3, 1), fewest=2)["survivors"].tolist()
    [2, 1, 1]
    """
    if months < 1 or fewest < 1:
        raise CxError("a renewal needs a month, a cohort a contract", got=(months, fewest))
    table, begun, ended = usable_contracts(contracts, customer, start, end)
    cells = table.group_by(begun=begun.truncate("D"), ended=ended.truncate("D"))
    counts = run(cells.aggregate(n=table.count()))
    if counts.empty:
        return pd.DataFrame({"age": [], "survivors": []}, dtype="int64")
    begun, ended = (pd.to_datetime(counts[name]) for name in ("begun", "ended"))
    reached = [begun + pd.DateOffset(months=months * age) for age in range(MOST_AGES + 1)]
    last = pd.Timestamp(until).normalize()
    old_enough = [int(counts.loc[day <= last, "n"].sum()) for day in reached]
    ages = max((age for age, n in enumerate(old_enough) if n >= fewest), default=-1)
    whole = reached[max(ages, 0)] <= last
    running = [whole & (ended.isna() | (ended > reached[age])) for age in range(ages + 1)]
    survivors = [int(counts.loc[rows, "n"].sum()) for rows in [whole, *running[1:]][: ages + 1]]
    return pd.DataFrame({"age": range(ages + 1), "survivors": survivors}, dtype="int64")


def project_and_check(
    survivors: Sequence[int], *, further: int = 3, level: float = 0.95
) -> Checked:
    """Project how many will still be there, and say how far off the same projection was before.

    The model is fitted on the earlier half of the ages, and compared with the later ones; then it
    is fitted on all. Where the rate of loss does not fall with age, the shifted beta-geometric
    model has no best fit: its limit, one rate of loss for all, takes its place.

    Parameters
    ----------
    survivors : sequence of int
        Those still there at ages 0, 1, 2, ..., as in ``project_retention``.
    further : int
        Ages to project beyond the last one.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    Checked
        Its frames ``check`` and ``curve``, both empty with fewer than four counts: two renewals
        to fit and one to hold out are the least.

    Raises
    ------
    CxError
        As in ``project_retention``.

    Examples
    --------
    >>> checked = project_and_check([1000, 520, 240, 100])
    >>> checked.check[["age", "held_out", "observed", "estimate", "off"]].tail(2)
       age  held_out  observed  estimate  off
    2    2     False      24.0      25.0  1.0
    3    3      True      10.0      12.5  2.5
    """
    normal_quantile(level)
    last = len(survivors) - 1
    if last < FEWEST_AGES:
        return Checked(_typed(CHECK), _typed(CURVE))
    seen = last - max(last // 2, 1)
    early = _project(list(survivors[: seen + 1]), last, level)
    observed = 100 * pd.Series(survivors, dtype=float) / float(survivors[0])
    check = early.assign(held_out=early["age"] > seen, observed=observed)
    check["off"] = check["estimate"] - check["observed"]
    return Checked(check[CHECK], _project(list(survivors), last + further, level)[CURVE])


def _project(survivors: list[int], horizon: int, level: float) -> pd.DataFrame:
    """Fit one model, or its limit where it has no best fit."""
    curve = project_retention(survivors, horizon, level=level).curve
    if curve["estimate"].notna().any() or curve["note"].iloc[0] == NOBODY_LOST:
        return curve.assign(model=BETA_GEOMETRIC)
    counts = np.asarray(survivors, dtype=float)
    trials = pd.Series([counts[:-1].sum()])
    rate = pd.Series([counts[1:].sum()]) / trials
    rates = dict(zip(("low", "high"), of_share(rate, trials, level), strict=True))
    powers = {
        name: 100 * float(value.iloc[0]) ** curve["age"].to_numpy(dtype=float)
        for name, value in {"estimate": rate, **rates}.items()
    }
    return curve.assign(**powers, model=CONSTANT, note="")


def _typed(columns: list[str]) -> pd.DataFrame:
    """Return an empty frame of these columns."""
    kinds = {"age": "int64", "held_out": "bool", "model": "str", "note": "str"}
    return pd.DataFrame(columns=columns).astype({c: kinds.get(c, "float64") for c in columns})
