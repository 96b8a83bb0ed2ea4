"""Periods in which a topic was spoken of more, or less, than in the others."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from cxreport.errors import CxError
from cxreport.inputs.columns import as_flags, as_labels
from cxreport.stats.control_rules import centre_and_reach
from cxreport.stats.multiplicity import judged
from cxreport.stats.proportions import percent_of
from cxreport.stats.trend import MIN_POINTS, NO_VARIANCE, RUN_CHART

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
        One row per respondent who wrote something, one column per topic.
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
        One row per topic and period: ``topic``, ``period``; ``n`` respondents of the period,
        ``mentions`` of whom speak of the topic; ``estimate`` (percent), ``std_error``, ``low``,
        ``high`` (Wilson, 95%); ``centre``, ``lower``, ``upper`` (of the p chart, percent; no limits
        below 12 periods); ``p_value`` (exact, two-sided: the period against all others),
        ``q_value`` (Benjamini-Hochberg over all topics and periods); ``signal`` ("outside" where
        the period is one, else ""), ``direction`` ("rise" or "fall" where there is a signal);
        ``note`` ("too few answers"; "run chart": too few periods for limits, the centre is the
        median; "no variance": nobody speaks of the topic, or everybody).

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
    coded, periods = as_flags(coded), as_labels(periods)
    if len(periods) != len(coded):
        raise CxError("the periods are not of the same rows", got=len(periods), expected=len(coded))
    names = periods.reset_index(drop=True)
    dated = names.notna().to_numpy()
    names, holds = names[dated].astype(str), coded.reset_index(drop=True)[dated]
    size = names.groupby(names).size()
    if size.empty or not len(coded.columns):
        return pd.DataFrame(columns=COLUMNS)
    counts = holds.groupby(names).sum().astype(int)
    long = counts.melt(ignore_index=False, var_name="topic", value_name="mentions")
    rows = long.rename_axis("period").reset_index().assign(topic=long["topic"].astype(str).tolist())
    rows["n"] = rows["period"].map(size)
    rows = pd.concat([rows, percent_of(rows["mentions"], rows["n"])], axis="columns")
    few = rows["n"] < fewest
    lines = [_lines(part, few[part.index]) for _, part in rows.groupby("topic", sort=False)]
    rows = rows.join(pd.concat(lines)).assign(p_value=_against_others(rows, few))
    rows["q_value"] = judged(rows["p_value"], level, "bh")["q_value"]
    beyond = (rows["estimate"] < rows["lower"]) | (rows["estimate"] > rows["upper"])
    beyond |= rows["lower"].isna() & rows["upper"].isna()
    fired = (rows["q_value"] < 1 - level) & beyond
    above = rows["estimate"] > rows["centre"]
    return rows.assign(
        signal=np.where(fired, OUTSIDE, ""),
        direction=np.where(fired, np.where(above, RISE, FALL), ""),
    )[COLUMNS]


def _lines(rows: pd.DataFrame, few: pd.Series) -> pd.DataFrame:
    """Return centre and limits of one topic, as ``control_chart`` draws them."""
    kept = ~few
    centre, why = np.nan, ""
    lower: pd.Series | float = np.nan
    upper: pd.Series | float = np.nan
    values, counts = rows["estimate"].mask(few), rows["n"].astype(float)
    if 1 < kept.sum() < MIN_POINTS:
        centre, why = float(values.median()), RUN_CHART
    elif kept.sum() >= MIN_POINTS:
        centre, reach = centre_and_reach(values, counts, kept, "p")
        if reach.max() > 0:
            lower, upper = (centre - reach).clip(lower=0), (centre + reach).clip(upper=100)
        else:
            why = NO_VARIANCE
    note = np.where(few, TOO_FEW, why)
    lines = {"centre": centre, "lower": lower, "upper": upper, "note": note}
    return pd.DataFrame(lines, index=rows.index)


def _against_others(rows: pd.DataFrame, few: pd.Series) -> pd.Series:
    """Return the exact p-value of each period against all others of its topic, two-sided."""
    n, hits = (rows[name].where(~few, 0) for name in ("n", "mentions"))
    total, all_hits = (each.groupby(rows["topic"]).transform("sum") for each in (n, hits))
    below = hypergeom.cdf(hits, total, all_hits, n)
    above = hypergeom.sf(hits - 1, total, all_hits, n)
    alone = n == total  # nothing to compare the one period with
    return pd.Series(np.minimum(1, 2 * np.minimum(below, above)), rows.index).mask(few | alone)
