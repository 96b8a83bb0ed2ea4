"""Whether customers who cost more than they bring do so again, or it was chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.source import run
from cxreport.stats.intervals import normal_quantile, of_share

if TYPE_CHECKING:
    import ibis.expr.types as ir

LOST, EARNED = "lost before", "earned before"
COLUMNS = ["before", "n", "losing", "estimate", "low", "high"]


def losses_again(
    before: ir.Table, after: ir.Table, *, customer: str = "customer_id", level: float = 0.95
) -> pd.DataFrame:
    """Return what share cost more than they brought, by whether they had done so before.

    Parameters
    ----------
    before, after : ibis Table
        From ``profit_by_customer``, of two times that follow each other. Only customers with an
        order or a cost in both, whose profit is known, count.
    customer : str
        Column of the customer.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        Two rows, "lost before" and "earned before": ``before``, ``n`` (customers), ``losing``
        (those with a profit below 0 in the later time), ``estimate``, ``low``, ``high`` (percent of
        ``n``; Wilson; empty without customers).

    Raises
    ------
    CxError
        If the level is out of range.

    Examples
    --------
    >>> from cxreport.topics.value.profits import profit_by_customer
    >>> first = pd.DataFrame({"customer_id": list("abcd"), "margin": [-1.0, -2.0, 3.0, 4.0]})
    >>> then = pd.DataFrame({"customer_id": list("abc"), "margin": [-5.0, 6.0, 7.0]})
    >>> losses = losses_again(profit_by_customer(first), profit_by_customer(then))
    >>> losses[["before", "n", "losing", "estimate"]]
              before  n  losing  estimate
    0    lost before  2       1      50.0
    1  earned before  1       0       0.0
    """
    normal_quantile(level)
    first = before.filter(before.profit.notnull())
    first = first.select(who=first[customer], lost=first.profit < 0)
    then = after.filter(after.profit.notnull())
    then = then.select(who=then[customer], again=then.profit < 0)
    both = first.join(then, "who")
    counts = run(both.group_by(["lost", "again"]).aggregate(n=both.count()))
    rows = [counts[counts["lost"] == lost] for lost in (True, False)]
    n = pd.Series([float(part["n"].sum()) for part in rows])
    losing = pd.Series([float(part.loc[part["again"], "n"].sum()) for part in rows])
    trials = n.where(n > 0)
    low, high = of_share(losing / trials, trials, level)
    return pd.DataFrame(
        {
            "before": pd.Series([LOST, EARNED], dtype="str"),
            "n": n.astype("int64"),
            "losing": losing.astype("int64"),
            "estimate": 100 * losing / trials,
            "low": 100 * low,
            "high": 100 * high,
        }
    )
