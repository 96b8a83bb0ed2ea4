"""Why customers ask for help: the reasons in order, what has grown, and what could be avoided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.group_columns import check_columns, kept_whole
from cxreport.stats.intervals import normal_quantile, of_share
from cxreport.stats.multiplicity import interval_level, judged
from cxreport.stats.value_columns import is_one_of

if TYPE_CHECKING:
    from collections.abc import Collection

PARETO = (
    "reason", "n", "estimate", "low", "high", "cumulative", "n_reference", "estimate_reference",
    "lift", "lift_low", "lift_high", "p_value", "q_value", "signal", "note",
)  # fmt: skip
AVOIDABLE = ("n", "contacts", "estimate", "low", "high", "note")

NEW, GONE, NO_VARIANCE, NO_ORDERS = (
    "only in current",
    "only in reference",
    "no variance",
    "no orders",
)


def contact_reasons(
    current: Data,
    reference: Data | None = None,
    *,
    reason: str = "reason",
    level: float = 0.95,
    family_level: float | None = None,
) -> pd.DataFrame:
    """Return why customers ask for help, most frequent reason first, and which reasons have grown.

    Parameters
    ----------
    current : pandas, polars or pyarrow frame, or Ibis table
        One row per request of the period.
    reference : the same, optional
        One row per request of the periods before.
    reason : str
        Column of the reason; rows without one are counted as a reason of their own, the last.
    level : float
        Confidence level of the shares, between 0 and 1.
    family_level : float, optional
        1 minus the error that the tests of all reasons together are held to;
        ``level`` when left out.

    Returns
    -------
    DataFrame
        One row per reason: ``reason``; ``n`` (requests); ``estimate``, ``low``, ``high`` (percent
        of the period's requests; Wilson); ``cumulative`` (percent, this reason and those above);
        ``n_reference`` and ``estimate_reference`` (the same of the periods before); ``lift``
        (share now over share before: 2 is twice as large a part), ``lift_low``, ``lift_high``
        (Katz, widened for the number of reasons); ``p_value`` (of a lift of 1, by the same
        logarithm; of two shares where a reason is new or gone), ``q_value`` (Holm over the
        reasons), ``signal`` (empty if it cannot be said); ``note`` ("", "only in current", "only in
        reference", "no variance").

        A lift compares parts of a whole: where all reasons double, none has a lift.

    Raises
    ------
    CxError
        If the column is unknown, or the level is out of range.

    Notes
    -----
    Source: Katz, Baptista, Azen & Pike 1978, Biometrics 34, 469-474.

    Examples
    --------
    >>> now = pd.DataFrame({"reason": ["late"] * 60 + ["price"] * 40})
    >>> before = pd.DataFrame({"reason": ["late"] * 30 + ["price"] * 70})
    >>> reasons = contact_reasons(now, before)
    >>> reasons[["reason", "n", "cumulative", "lift", "lift_low", "lift_high", "signal"]].round(2)
      reason   n  cumulative  lift  lift_low  lift_high  signal
    0   late  60        60.0  2.00      1.42       2.81    True
    1  price  40       100.0  0.57      0.44       0.75    True
    """
    family_level = level if family_level is None else family_level
    normal_quantile(level)
    frame = _counts(current, reason).to_frame("n")
    if reference is None:
        frame["n_reference"] = np.nan
    else:
        frame = frame.join(_counts(reference, reason).rename("n_reference"), how="outer").fillna(0)
    frame = frame.rename_axis("reason").reset_index().sort_values("reason", na_position="last")
    frame = frame.sort_values("n", ascending=False, kind="stable")
    frame = frame.sort_values("reason", key=pd.isna, kind="stable", ignore_index=True)
    share, total = _share(frame["n"])
    low, high = of_share(share, total, level)
    frame = frame.assign(
        estimate=100 * share,
        low=100 * low,
        high=100 * high,
        cumulative=100 * (frame["n"].cumsum() / total),
    )
    wider = interval_level(_lift(frame, family_level)["p_value"], family_level)
    frame = frame.join(_lift(frame, wider))
    frame = frame.join(judged(frame["p_value"], family_level))
    return frame[list(PARETO)].astype({"n": "int64"})


def avoidable_contacts(
    tickets: Data,
    orders: Data,
    *,
    avoidable: Collection[str],
    by: str | None = None,
    reason: str = "reason",
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how many requests for help that need not have been come upon 100 orders.

    Parameters
    ----------
    tickets : pandas, polars or pyarrow frame, or Ibis table
        One row per request.
    orders : the same
        One row per order; all count, cancelled ones too, because they make contacts as well.
    avoidable : collection of str
        Reasons that are declared avoidable: whoever asks for help for them was let down before.
    by : str, optional
        A column of both tables (a period) to break down by; rows without it are left out.
    reason : str
        Column of the reason.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group, in order: ``by``; ``n`` (orders); ``contacts`` (avoidable requests);
        ``estimate``, ``low``, ``high`` (requests per 100 orders; exact Poisson interval, with the
        orders taken as known); ``note`` ("", "no orders"). Requests of one customer are not
        independent, so the interval is the least that there is.

    Raises
    ------
    CxError
        If a column is unknown, no reason is declared, or the level is out of range.

    Notes
    -----
    Source: Garwood 1936, Biometrika 28, 437-442.

    Examples
    --------
    >>> tickets = pd.DataFrame({"reason": ["late"] * 10 + ["gift"] * 5})
    >>> orders = pd.DataFrame({"order_id": range(200)})
    >>> rates = avoidable_contacts(tickets, orders, avoidable=["late"])
    >>> rates[["n", "contacts", "estimate", "low", "high"]].round(2)
         n  contacts  estimate  low  high
    0  200        10       5.0  2.4   9.2
    """
    normal_quantile(level)
    if not avoidable or isinstance(avoidable, str):
        raise CxError("no reasons are declared avoidable", got=avoidable, expected="a list of them")
    names = [] if by is None else [by]
    asked, placed = as_table(tickets), as_table(orders)
    check_columns(asked, [*names, reason])
    check_columns(placed, names, AVOIDABLE)
    asked = asked.filter(is_one_of(asked[reason], avoidable))
    contacts = run(asked.aggregate(by=names, contacts=asked.count()))
    counts = run(placed.aggregate(by=names, n=placed.count()))
    contacts = kept_whole(contacts, {name: asked[name] for name in names})
    counts = kept_whole(counts, {name: placed[name] for name in names})
    if by is None:
        frame = counts.join(contacts)
    else:
        frame = counts.merge(contacts, how="outer", on=by).dropna(subset=by)
        frame = frame.sort_values(by, ignore_index=True)
    frame = frame.fillna({"n": 0, "contacts": 0}).astype({"n": "int64", "contacts": "int64"})
    count, hundreds = frame["contacts"], frame["n"].where(frame["n"] > 0) / 100
    tail = (1 - level) / 2
    frame = frame.assign(
        estimate=count / hundreds,
        low=np.where(count > 0, chi2.ppf(tail, 2 * count.clip(lower=1)) / 2, 0) / hundreds,
        high=chi2.isf(tail, 2 * (count + 1)) / 2 / hundreds,
        note=pd.Series(np.where(frame["n"] > 0, "", NO_ORDERS), frame.index, dtype="str"),
    )
    return frame[[*names, *AVOIDABLE]]


def _counts(tickets: Data, reason: str) -> pd.Series:
    """Count the requests of each reason."""
    table = as_table(tickets)
    check_columns(table, [reason])
    counts = run(table.group_by(reason=table[reason]).aggregate(n=table.count()))
    return counts.set_index("reason")["n"].astype("float64")


def _share(counts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return shares of the whole, and the whole beside each; unknown where it is nothing."""
    total = pd.Series(counts.sum(), counts.index)
    total = total.where(total > 0)
    return counts / total, total


def _lift(counts: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare each reason's share with its share before."""
    now, before = counts["n"], counts["n_reference"]
    (share, total), (share_before, total_before) = _share(now), _share(before)
    both = (now > 0) & (before > 0)
    lift = (share / share_before.where(both)).where(both)
    log_error = 1 / now.where(both) - 1 / total + 1 / before.where(both) - 1 / total_before
    log_error = log_error.clip(lower=0) ** 0.5
    reach = np.exp(normal_quantile(level) * log_error)
    pooled = (now + before) / (total + total_before)
    variance = pooled * (1 - pooled) * (1 / total + 1 / total_before)
    score = (share - share_before) / variance.where(variance > 0) ** 0.5
    ratio = pd.Series(np.log(lift), lift.index) / log_error.where(log_error > 0)
    reasons = {NEW: before == 0, GONE: now == 0, NO_VARIANCE: before.notna() & score.isna()}
    return pd.DataFrame(
        {
            "estimate_reference": 100 * share_before,
            "lift": lift,
            "lift_low": lift / reach,
            "lift_high": lift * reach,
            "p_value": 2 * norm.sf(ratio.fillna(score).abs()),
            "note": np.select(list(reasons.values()), list(reasons), ""),
        }
    ).astype({"note": "str"})
