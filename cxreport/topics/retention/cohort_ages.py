"""Retention at each age, over the cohorts that completed it and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.columns import check_result
from cxreport.stats.group_columns import as_names
from cxreport.stats.intervals import normal_quantile, of_share
from cxreport.stats.product_limit import product_limit

if TYPE_CHECKING:
    from cxreport.stats.group_columns import By


COLUMNS = (
    "age",
    "cohorts",
    "at_risk",
    "events",
    "estimate",
    "std_error",
    "low",
    "high",
    "method",
    "note",
)

NOT_OBSERVABLE, NO_ORDER = "not yet observable", "no order at all"
NOBODY_AT_RISK = "nobody at risk"


def retention_by_age(cohorts: pd.DataFrame, *, by: By = None, level: float = 0.95) -> pd.DataFrame:
    """Return what share of customers is retained at each age, over all cohorts that completed it.

    Parameters
    ----------
    cohorts : DataFrame
        As :func:`cohorts` gives it; of its columns ``cohort``, ``age``, ``size`` and ``retained``
        (empty where not yet observable) are used.
    by : str or list of str, optional
        Its columns of groups.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group and age from 1 on: the ``by`` columns; ``age`` (periods); ``cohorts`` that
        completed it; ``at_risk`` and ``events`` (customers, and those of them not retained);
        ``estimate``, ``std_error``, ``low``, ``high`` (percent); ``method``; ``note``
        ("", "not yet observable" at an age that no cohort completed, "nobody at risk" where those
        that did had lost everybody, and the notes of the curve).

        ``method``, one for the whole table, is "product-limit" where nobody comes back, so that no
        cohort ever grows (contracts): at risk are those still there one age before; Greenwood,
        log-log. Where customers come and go (orders) a product of such steps means nothing, and it
        is "pooled share": at risk are all customers of the cohorts that completed the age; Wilson.

    Raises
    ------
    CxError
        If a column is missing, a cohort has an age twice or a gap before a known cell, counts are
        impossible, or the level is out of range.

    Notes
    -----
    A cohort of a younger age is censored, not lost: dividing by all customers is wrong.
    Source: Kaplan & Meier 1958, JASA 53, 457-481.

    Examples
    --------
    >>> months = pd.DataFrame({"cohort": ["2026-01"] * 3, "age": [0, 1, 2], "size": 10})
    >>> table = retention_by_age(months.assign(retained=[10, 8, 6]))
    >>> table[["age", "cohorts", "at_risk", "events", "estimate", "method"]]
       age  cohorts  at_risk  events  estimate         method
    0    1        1       10       2      80.0  product-limit
    1    2        1        8       2      60.0  product-limit
    """
    normal_quantile(level)
    check_result(cohorts, (), "cohorts")
    names = as_names(by)
    for name in [*names, "cohort", "age", "size", "retained"]:
        if name not in cohorts.columns:
            raise CxError("unknown column", got=name, expected=", ".join(map(str, cohorts)))
    if cohorts.empty:
        raise CxError("there is no cohort")
    if cohorts.duplicated([*names, "cohort", "age"]).any():
        raise CxError("a cohort has an age twice", hint="name the columns of groups in by")
    in_order = cohorts.sort_values([*names, "cohort", "age"])
    steps = in_order.groupby([*names, "cohort"], dropna=False)["retained"].diff()
    gaps = "note" in cohorts and cohorts["note"].eq(NO_ORDER).any()
    # One method for the whole table, so that its groups can be compared.
    staying = not (steps > 0).any() and not gaps
    groups = cohorts.groupby(names, dropna=False) if names else [((), cohorts)]
    parts = [
        rows[names].head(1).merge(_group_by_age(rows, level, staying=staying), how="cross")
        for _, rows in groups
    ]
    return pd.concat(parts, ignore_index=True)[[*names, *COLUMNS]]


def _group_by_age(rows: pd.DataFrame, level: float, *, staying: bool) -> pd.DataFrame:
    """Pool the cohorts of one group."""
    counts = _counts(rows, staying=staying)
    judged = counts[counts["at_risk"] > 0]
    if staying:
        curve = product_limit(judged["at_risk"], judged["events"], level)
    else:
        curve = _pooled(judged, level)
    frame = counts.join(curve).rename_axis("age").reset_index()
    reason = np.where(frame["cohorts"] > 0, NOBODY_AT_RISK, NOT_OBSERVABLE)
    return frame.assign(
        method=pd.Series(
            "product-limit" if staying else "pooled share", index=frame.index, dtype="str"
        ),
        note=frame["note"].where(frame["at_risk"] > 0, reason),
    )


def _counts(rows: pd.DataFrame, *, staying: bool) -> pd.DataFrame:
    """Count cohorts that completed each age, who was at risk in them, and who was lost."""
    by_cohort = rows.set_index(["cohort", "age"])["retained"].astype(float)
    retained = by_cohort.unstack("age")  # noqa: PD010 - a table of sums makes 0 of an empty cell
    size = rows.groupby("cohort")["size"].first().astype(float)
    retained[0] = size  # all are there, though the first period may be open
    retained = retained.reindex(columns=range(max(int(retained.columns.max()), 1) + 1))
    observed = retained.notna()
    noted = rows if "note" in rows else rows.assign(note="")
    gaps = noted.set_index(["cohort", "age"])["note"].eq(NO_ORDER)
    named = gaps.unstack("age", fill_value=False)  # noqa: PD010
    named = named.reindex(index=observed.index, columns=observed.columns, fill_value=False)
    if ((observed | named).astype(int).diff(axis="columns") > 0).any(axis=None):
        raise CxError("a cohort has a gap before a known cell", expected="every age up to the last")
    if (retained.lt(0) | retained.gt(size, axis="index")).any(axis=None):
        raise CxError("a cohort has more customers retained than it had, or fewer than none")
    before = retained.shift(axis="columns") if staying else retained.mul(0).add(size, axis="index")
    at_risk = before.where(observed).sum()
    counts = {"cohorts": observed.sum(), "at_risk": at_risk, "events": at_risk - retained.sum()}
    return pd.DataFrame(counts).iloc[1:].astype(int)


def _pooled(counts: pd.DataFrame, level: float) -> pd.DataFrame:
    """Estimate the share retained at each age, each age by itself."""
    n = counts["at_risk"].astype(float)
    share = 1 - counts["events"] / n
    low, high = of_share(share, n, level)
    std_error = (share * (1 - share) / n) ** 0.5
    columns = {"estimate": share, "std_error": std_error, "low": low, "high": high}
    return (100 * pd.DataFrame(columns)).assign(note="")
