"""Is retention steady: the share of each cohort that came back, as a control chart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binom

from cxreport.errors import CxError
from cxreport.inputs.columns import check_result
from cxreport.stats.trend import control_chart

CHART = (
    "period", "n", "retained", "estimate", "low", "high", "centre", "lower", "upper", "signal",
    "direction", "note",
)  # fmt: skip

ALARMS = 0.05
"""Chance of any mark on the chart of a steady process, all cohorts together."""
FEWEST, TOO_FEW = 10, "too few customers"
"""Customers of a cohort that is judged."""


def retention_chart(cohorts: pd.DataFrame, *, age: int = 1) -> pd.DataFrame:
    """Return which cohorts came back more, or less, than the noise of a steady process explains.

    Parameters
    ----------
    cohorts : DataFrame
        As from ``cohorts``, without groups.
    age : int
        Periods after the first one at which to look.

    Returns
    -------
    DataFrame
        One row per cohort that completed the age, oldest first; a cohort that has not is left out.
        ``period`` (the cohort), ``n`` (its customers), ``retained``, ``estimate``, ``low``,
        ``high`` (percent; Wilson), and from ``control_chart``, kind p: ``centre`` (percent),
        ``note`` (there, or "too few customers": a cohort of fewer than 10 judges nothing, and
        moves neither centre nor limits); ``lower``, ``upper`` (percent): where the share of a
        cohort of this size lies if nothing changes, exact, and for all cohorts of the chart
        together in 95 of 100 charts; ``signal`` ("outside" them, or ""), ``direction``.

    Raises
    ------
    CxError
        If a column is missing, or ``age`` is below 1.

    Notes
    -----
    The usual three standard errors, and the rules on runs, mark at least one cohort in a quarter
    of the charts of a steady process. Here each cohort has 0.05 / m of all m (Bonferroni), in the
    tails of its binomial distribution, so that a mark is a signal.

    Examples
    --------
    >>> table = pd.DataFrame({"cohort": ["2026-01", "2026-02", "2026-03"], "age": 1, "size": 50})
    >>> table = table.assign(retained=[20.0, 30.0, float("nan")], low=0.0, high=99.0)
    >>> table["estimate"] = 2 * table["retained"]
    >>> retention_chart(table)[["period", "n", "estimate", "centre", "note"]]
        period   n  estimate  centre       note
    0  2026-01  50      40.0    50.0  run chart
    1  2026-02  50      60.0    50.0  run chart
    """
    check_result(cohorts, (), "cohorts")
    for name in ("cohort", "age", "size", "retained", "estimate", "low", "high"):
        if name not in cohorts.columns:
            raise CxError("unknown column", got=name, expected=", ".join(map(str, cohorts)))
    if age < 1:
        raise CxError("not an age at which customers come back", got=age, expected="1 or more")
    chosen = (cohorts["age"] == age) & cohorts["retained"].notna()
    renamed = cohorts[chosen].rename(columns={"cohort": "period", "size": "n"})
    points = renamed.sort_values("period", ignore_index=True)
    measures = points[["period", "n", "estimate"]].astype({"estimate": "float64"})
    few = measures["n"] < FEWEST
    measures["estimate"] = measures["estimate"].mask(few)
    judged = _by_family(points[~few], control_chart(measures, kind="p", n="n"))
    judged["note"] = judged["note"].mask(few, TOO_FEW)
    added = ["centre", "lower", "upper", "signal", "direction", "note"]
    kept = points[["period", "n", "retained", "estimate", "low", "high"]]
    return pd.concat([kept, judged[added]], axis="columns")


def _by_family(points: pd.DataFrame, chart: pd.DataFrame) -> pd.DataFrame:
    """Mark the cohorts beyond limits that all of them together keep; few customers judge none."""
    counts = points[["n", "retained"]].astype("float64").reindex(chart.index)
    n, retained = counts["n"], counts["retained"]
    tail = ALARMS / 2 / max(len(points), 1)
    limited = chart["lower"].notna() & n.notna()
    share = chart["centre"].where(limited) / 100
    low, high = binom.ppf(tail, n, share), binom.isf(tail, n, share)
    below, above = limited & (retained < low), limited & (retained > high)
    words = np.select([below, above], ["concern", "improvement"], "")
    return chart.assign(
        lower=100 * low / n,
        upper=100 * high / n,
        signal=pd.Series(np.where(words == "", "", "outside"), chart.index, dtype="str"),
        direction=pd.Series(words, chart.index, dtype="str"),
    )
