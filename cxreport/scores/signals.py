"""Which periods of each score are a signal: one control chart a series of a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.columns import check_result
from cxreport.scores.kinds import score_kind
from cxreport.stats.trend import control_chart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MIN_POINTS = 2
"""Periods with answers that make a series."""
FEWEST = 10
"""Answers of a period that is judged, and that moves centre and limits."""
TOO_FEW = "too few answers"


def chart_scores(
    history: pd.DataFrame,
    *,
    breaks: Mapping[str, Sequence[str]] | None = None,
    minimum: int = MIN_POINTS,
    fewest: int = FEWEST,
) -> pd.DataFrame:
    """Judge every series of a history by the rules of a control chart.

    Parameters
    ----------
    history : DataFrame
        From ``score_history``: the columns before ``period`` name the series.
    breaks : mapping of str to sequence of str, optional
        Question -> periods at which its wording or its meaning changed: a new segment begins.
    minimum : int
        Periods with answers that a series needs; shorter ones are left out.
    fewest : int
        Answers that a period needs to be judged. One with fewer is in the frame, and on the chart,
        but moves neither centre nor limits and is in no run.

    Returns
    -------
    DataFrame
        One row per series and period, from its first answer on: the columns that name the series,
        ``period``, ``n``, ``estimate``, ``low``, ``high`` and, from ``control_chart`` (kind score:
        limits are wider where fewer answer, and stay within what the score can be; which way is an
        improvement, :mod:`cxreport.scores.kinds` says), ``centre``,
        ``lower``, ``upper``, ``signal``, ``direction``, ``note`` (there, or "too few answers").

    Examples
    --------
    >>> history = pd.DataFrame({"question": "nps", "metric": "nps",
    ...     "period": [f"2026-{month:02d}" for month in range(1, 13)], "n": 100,
    ...     "estimate": [28.0, 34.0] * 5 + [28.0, 60.0], "low": 20.0, "high": 70.0})
    >>> chart_scores(history)[["period", "estimate", "signal"]].query("signal != ''")
         period  estimate   signal
    11  2026-12      60.0  outside
    """
    asked = ("question", "metric", "period", "n", "estimate", "low", "high")
    check_result(history, asked, "score_history")
    names = list(history.columns[: list(history.columns).index("period")])
    series_columns = [*names, "period", "n", "estimate", "low", "high"]
    judged = ["centre", "lower", "upper", "signal", "direction", "note"]
    parts = []
    for keys, rows in history.groupby(names, sort=False, dropna=False):
        changed = (breaks or {}).get(str(dict(zip(names, keys, strict=True))["question"]), [])
        answered = rows["n"] > 0
        if answered.sum() >= minimum:
            series = rows.loc[answered.idxmax() :, series_columns].reset_index(drop=True)
            splits = [period for period in changed if period in set(series["period"][1:])]
            few = series["n"].between(1, fewest - 1)
            points = series[["period", "n"]].assign(estimate=series["estimate"].mask(few))
            kind = score_kind(str(rows["metric"].iloc[0]))
            chart = control_chart(
                points, kind="score", n="n", breaks=splits, within=kind.within, better=kind.better
            )
            chart["note"] = chart["note"].mask(few, TOO_FEW)
            parts.append(pd.concat([series, chart[judged]], axis="columns"))
    if not parts:
        return pd.DataFrame(columns=[*series_columns, *judged])
    return pd.concat(parts, ignore_index=True)
