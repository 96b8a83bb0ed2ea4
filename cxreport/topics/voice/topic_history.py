"""Periods in which a topic was spoken of more, or less, than in the others."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from cxreport.errors import CxError
from cxreport.stats.multiplicity import judged
from cxreport.stats.proportions import percent_of
from cxreport.stats.trend import control_chart

FEWEST = 10
"""Comments of a period that is judged, and that moves centre and limits."""
TOO_FEW = "too few answers"
OUTSIDE, RISE, FALL = "outside", "rise", "fall"
COLUMNS = [
    "topic", "period", "n", "mentions", "estimate", "std_error", "low", "high", "centre", "lower",
    "upper", "p_value", "q_value", "signal", "direction", "note",
]  # fmt: skip


def topic_history(
    coded: pd.DataFrame, periods: pd.Series, *, level: float = 0.95, fewest: int = FEWEST
) -> pd.DataFrame:
    """Chart the share of each topic over time, and mark the periods that are no chance.

    Parameters
    ----------
    coded : DataFrame of bool
        One row a respondent who wrote something, one column a topic.
    periods : Series of str
        For each row, the name of its period, whose alphabetical order is that of time; rows without
        one are left out.
    level : float
        1 minus the error rate that all periods of all topics together are held to.
    fewest : int
        Respondents of a period that is judged; others are in the frame, unjudged.

    Returns
    -------
    DataFrame
        One row a topic and period: ``topic``, ``period``; ``n`` respondents of the period,
        ``mentions`` of whom speak of the topic; ``estimate`` (percent), ``std_error``, ``low``,
        ``high`` (Wilson, 95%); ``centre``, ``lower``, ``upper`` (of the p chart, percent; no limits
        below 12 periods); ``p_value`` (exact, two-sided: the period against all others),
        ``q_value`` (Benjamini-Hochberg over all topics and periods); ``signal`` ("outside" where
        the period is one, else ""), ``direction`` ("rise" or "fall" where there is a signal);
        ``note`` ("too few answers", else as from ``control_chart``).

    Raises
    ------
    CxError
        If the periods are not of the same rows.

    Notes
    -----
    Limits of many charts are crossed by chance now and then: a period outside them counts as a
    signal only if its own test says so, too, with all others taken into account. Where there are
    no limits, the test decides alone. Runs are not judged. Source: Fisher 1935, The Design of
    Experiments, section 2.

    Examples
    --------
    >>> months = pd.Series([f"2026-{month:02d}" for month in range(1, 13) for _ in range(50)])
    >>> late = [month == "2026-12" and row % 2 == 0 for row, month in enumerate(months)]
    >>> coded = pd.DataFrame({"delivery": late})
    >>> topic_history(coded, months).tail(1)[["period", "estimate", "signal", "direction"]]
         period  estimate   signal direction
    11  2026-12      50.0  outside      rise
    """
    if len(periods) != len(coded):
        raise CxError("the periods are not of the same rows", got=len(periods), expected=len(coded))
    names = periods.reset_index(drop=True)
    known = names.notna().to_numpy()
    names, holds = names[known].astype(str), coded.reset_index(drop=True)[known]
    size = names.groupby(names).size()
    if size.empty or not len(coded.columns):
        return pd.DataFrame(columns=COLUMNS)
    parts = [
        _series(str(topic), holds[topic].groupby(names).sum().astype(int), size, fewest)
        for topic in coded.columns
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows["q_value"] = judged(rows["p_value"], level, "bh")["q_value"]
    beyond = (rows["estimate"] < rows["lower"]) | (rows["estimate"] > rows["upper"])
    beyond |= rows["lower"].isna() & rows["upper"].isna()
    fired = (rows["q_value"] < 1 - level) & beyond
    above = rows["estimate"] > rows["centre"]
    return rows.assign(
        signal=np.where(fired, OUTSIDE, ""),
        direction=np.where(fired, np.where(above, RISE, FALL), ""),
    )[COLUMNS]


def _series(topic: str, mentions: pd.Series, size: pd.Series, fewest: int) -> pd.DataFrame:
    """Chart one topic."""
    rows = pd.DataFrame({"period": size.index, "n": size.to_numpy()})
    rows["mentions"] = mentions.reindex(size.index).to_numpy()
    rows = pd.concat([rows, percent_of(rows["mentions"], rows["n"])], axis="columns")
    few = rows["n"] < fewest
    points = rows[["period", "n"]].assign(estimate=rows["estimate"].mask(few))
    chart = control_chart(points, kind="p", n="n", better="lower")
    judged_n, judged_mentions = rows["n"].where(~few, 0), rows["mentions"].where(~few, 0)
    total, hits = int(judged_n.sum()), int(judged_mentions.sum())
    below = hypergeom.cdf(judged_mentions, total, hits, judged_n)
    above = hypergeom.sf(judged_mentions - 1, total, hits, judged_n)
    alone = int((~few).sum()) < 2  # nothing to compare the one period with
    p_value = pd.Series(np.minimum(1, 2 * np.minimum(below, above))).mask(few | alone)
    return rows.assign(
        topic=topic,
        **{name: chart[name].to_numpy() for name in ("centre", "lower", "upper")},
        p_value=p_value,
        note=chart["note"].mask(few, TOO_FEW).to_numpy(),
    )
