"""Whether customers of several channels are better customers, or only busier ones."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd
from scipy.stats import norm

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import next_day
from cxreport.stats.group_columns import check_columns
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import interval_level, judged
from cxreport.stats.value_columns import amounts, times

if TYPE_CHECKING:
    import ibis.expr.types as ir

AGAIN, SPEND = "ordered_again", "spend"
NO_MATCH, NOBODY = "no customers alike to compare", "nobody used several channels"
BUSIEST = 10
"""Orders from which on customers count as equally active."""
SUMS = {AGAIN: ("again", "again"), SPEND: ("spend", "squares")}


def multichannel(
    orders: Data,
    *,
    customer: str = "customer_id",
    channel: str = "channel",
    date: str = "ordered_at",
    amount: str = "net_amount",
    split: dt.date,
    until: dt.date,
    level: float = 0.95,
    family_level: float | None = None,
) -> pd.DataFrame:
    """Compare customers of several channels with those of one, as active before.

    Who they are is read from the orders before ``split``, what they do from those after it:
    somebody who orders much has more occasions to use two channels, so a comparison within one
    stretch of time would find its own premise. The adjusted difference compares only customers
    with the same number of orders before, and weighs each number by how much it can tell.

    Parameters
    ----------
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per order (leave out cancelled ones first); those without customer, channel or time
        are left out.
    customer, channel, date, amount : str
        Columns; the amount in one currency.
    split : date
        First day of what customers do later.
    until : date
        The last day that the orders cover.
    level : float
        Confidence level of the plain differences, between 0 and 1.
    family_level : float, optional
        1 minus the error that the two adjusted differences together are held to;
        ``level`` when left out.

    Returns
    -------
    DataFrame
        Two rows: ``outcome`` ("ordered_again": percent of customers with an order from ``split``
        on; "spend": mean of what they spent from then on, money, nothing counted as 0);
        ``n_several``, ``n_one`` customers; ``several``, ``one`` (plain means); ``raw`` (their
        difference, all customers), ``raw_low``, ``raw_high``; ``compared`` (customers of several
        channels with others alike), ``estimate`` (adjusted difference: points or money),
        ``std_error``, ``low``, ``high``, ``p_value``, ``q_value`` (Holm over the two), ``signal``
        (bool; NA where there is no test); ``note`` ("", "no customers alike to compare", "nobody
        used several channels").

    Raises
    ------
    CxError
        If a column is absent, or there is no time before or after the split.

    Notes
    -----
    Strata by the number of orders before (1, 2, ... 9, 10 and more), with the weights of Mantel and
    Haenszel, n1 n0 / (n1 + n0); the variance within a stratum is pooled over its two groups. An
    association: what else makes somebody use two channels is not known. Source: Greenland & Robins
    1985, Biometrics 41, 55-68.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> table = pd.DataFrame({"customer_id": [1, 1, 2, 2, 3, 3, 1, 2, 4, 4], "net_amount": 10.0,
    ...     "channel": ["web", "app"] + ["web"] * 4 + ["web", "web", "app", "web"],
    ...     "ordered_at": day(["2026-01-05"] * 6 + ["2026-05-05"] * 2 + ["2026-01-05"] * 2)})
    >>> differences = multichannel(table, split=dt.date(2026, 4, 1), until=dt.date(2026, 6, 30))
    >>> differences[["outcome", "n_several", "n_one", "several", "one", "estimate"]]
             outcome  n_several  n_one  several   one  estimate
    0  ordered_again          2      2     50.0  50.0       0.0
    1          spend          2      2      5.0   5.0       0.0
    """
    family_level = level if family_level is None else family_level
    z = normal_quantile(level)
    if not pd.Timestamp(split) < pd.Timestamp(next_day(until)):
        raise CxError("nothing to see after the split", got=split, expected=f"before {until}")
    table = as_table(orders)
    check_columns(table, [customer, channel, date, amount])
    (money,) = amounts(table, [amount])
    rows = table.select(
        who=table[customer], at=times(table, date), channel=table[channel],
        amount=money.cast("float64"),
    )  # fmt: skip
    placed = rows.who.notnull() & rows.channel.notnull() & (rows["at"] < next_day(until))
    strata = _strata(rows.filter(placed), split)
    if strata.empty:
        raise CxError("nobody ordered before the split", got=split, hint="choose a later day")
    effects = pd.DataFrame([_compared(strata, outcome, z) for outcome in SUMS])
    p_value = pd.Series(
        2 * norm.sf((effects["estimate"] / effects["std_error"]).abs()), effects.index
    )
    reach = normal_quantile(interval_level(p_value, family_level)) * effects["std_error"]
    limits = {"low": effects["estimate"] - reach, "high": effects["estimate"] + reach}
    note = effects.pop("note")
    return effects.assign(**limits, p_value=p_value, **judged(p_value, family_level), note=note)


def _strata(rows: ir.Table, split: dt.date) -> pd.DataFrame:
    """Count customers by orders and channels before, and add up what they did after."""
    start = ibis.literal(dt.datetime.combine(split, dt.time.min))
    early = rows["at"] < start
    customers = rows.group_by("who").aggregate(
        before=early.sum(),
        channels=rows.channel.nunique(where=early),
        after=(~early).sum(),
        spend=rows.amount.sum(where=~early).fill_null(0),
    )
    seen = customers.filter(customers.before > 0)
    keyed = seen.mutate(
        orders=ibis.cases((seen.before < BUSIEST, seen.before), else_=BUSIEST),
        several=seen.channels > 1,
        again=(seen.after > 0).cast("int32"),
        squares=seen.spend * seen.spend,
    )
    sums = keyed.group_by("orders", "several").aggregate(
        n=keyed.count(),
        again=keyed.again.sum(),
        spend=keyed.spend.sum(),
        squares=keyed.squares.sum(),
    )
    return run(sums).sort_values(["orders", "several"], ignore_index=True)


def _compared(strata: pd.DataFrame, outcome: str, z: float) -> dict[str, object]:
    """Compare the two groups in one outcome, plainly and stratum by stratum."""
    total, squares = SUMS[outcome]
    scale = 100.0 if outcome == AGAIN else 1.0
    sums = strata.assign(total=scale * strata[total], squares=scale**2 * strata[squares])
    whole = sums.groupby("several")[["n", "total", "squares"]].sum().reindex([False, True])
    n = whole["n"].fillna(0).astype(int)
    mean = whole["total"] / whole["n"]
    spread = (whole["squares"] / whole["n"] - mean**2).clip(lower=0) / (whole["n"] - 1)
    raw, reach = mean[True] - mean[False], z * float(spread.sum(skipna=False)) ** 0.5
    counts, totals, powers = (_wide(sums, column) for column in ("n", "total", "squares"))
    both = counts.notna().all(axis="columns")
    counts, totals, powers = counts[both], totals[both], powers[both]
    means = totals / counts
    within = (powers - totals**2 / counts).sum(axis="columns").clip(lower=0)
    freedom = counts.sum(axis="columns") - 2
    variance = within / freedom.where(freedom > 0) * (1 / counts).sum(axis="columns")
    usable = variance.notna()
    worth = (counts[True] * counts[False] / counts.sum(axis="columns"))[usable]
    weight = worth / worth.sum()
    estimate = float((weight * (means[True] - means[False])[usable]).sum(min_count=1))
    error = float((weight**2 * variance[usable]).sum(min_count=1)) ** 0.5
    note = NOBODY if n[True] == 0 else NO_MATCH if not usable.any() else ""
    return {
        "outcome": outcome, "n_several": n[True], "n_one": n[False], "several": mean[True],
        "one": mean[False], "raw": raw, "raw_low": raw - reach, "raw_high": raw + reach,
        "compared": int(counts.loc[usable, True].sum()), "estimate": estimate,
        "std_error": error if error > 0 else float("nan"), "low": float("nan"),
        "high": float("nan"), "note": note,
    }  # fmt: skip


def _wide(sums: pd.DataFrame, column: str) -> pd.DataFrame:
    """Put the two groups of each stratum side by side."""
    wide = sums.pivot_table(index="orders", columns="several", values=column)
    return wide.reindex(columns=[False, True])
