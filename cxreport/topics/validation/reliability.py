"""Reliability: whether the questions of a battery measure one thing, and raters agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import f

from cxreport.errors import CxError
from cxreport.stats.answers import Answers, count_answers
from cxreport.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.inputs.source import Data
    from cxreport.stats.group_columns import By

TOO_FEW = "fewer than two respondents"
NO_VARIANCE = "no variance"
KINDS = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")


def cronbach_alpha(
    data: Data,
    items: Sequence[str],
    *,
    scale: tuple[int, int],
    by: By = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure how far the questions of a battery measure one and the same thing.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answered questionnaire. Respondents count who answered all questions.
    items : sequence of str
        Two or more columns of answers, all in the same direction.
    scale : (int, int)
        Lowest and highest answer.
    by : str or list of str, optional
        Columns to break down by.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group: the ``by`` columns; ``metric`` ("cronbach_alpha"); ``items`` (number of
        questions); ``n`` respondents, ``missing`` and ``invalid`` rows; ``estimate`` (at most 1,
        below 0 if questions contradict each other), ``low``, ``high`` (Feldt's); ``note`` ("",
        "fewer than two respondents", "no variance").

    Raises
    ------
    CxError
        If there are fewer than two questions, or a column is unknown or of the wrong kind.

    Notes
    -----
    Sources: Cronbach 1951, Psychometrika 16, 297-334; Feldt, Woodruff & Salih 1987, Applied
    Psychological Measurement 11, 93-103.

    Examples
    --------
    >>> answers = pd.DataFrame({"easy": [1, 2, 4, 5], "clear": [1, 3, 4, 5]})
    >>> cronbach_alpha(answers, ["easy", "clear"], scale=(1, 5))[["n", "estimate"]].round(3)
       n  estimate
    0  4      0.98
    """
    rows = icc(data, items, scale=scale, by=by, level=level)
    rows = rows[rows["metric"] == "ICC3k"].reset_index(drop=True)
    return rows.assign(metric="cronbach_alpha")


def icc(
    data: Data,
    items: Sequence[str],
    *,
    scale: tuple[int, int],
    by: By = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure how alike several ratings of the same person (or object) are.

    Parameters
    ----------
    data, scale, by, level
        As in :func:`cronbach_alpha`; one row per person who is rated, or rates, several times.
    items : sequence of str
        Two or more columns: one a rater, channel or question.

    Returns
    -------
    DataFrame
        Six rows per group: the ``by`` columns; ``metric``; ``items``; ``n``; ``missing``;
        ``invalid``; ``estimate``, ``low``, ``high`` (at most 1); ``note`` as in
        :func:`cronbach_alpha`. The metrics: "ICC1" (raters drawn anew for each person), "ICC2"
        (the same raters, absolute agreement: ICC(A,1)), "ICC3" (the same raters, consistency:
        ICC(C,1)) of one rating, and "ICC1k", "ICC2k", "ICC3k" of the mean of all.

    Raises
    ------
    CxError
        As in :func:`cronbach_alpha`.

    Notes
    -----
    Limits are empty where ratings agree fully. Sources: Shrout & Fleiss 1979, Psychological
    Bulletin 86, 420-428; McGraw & Wong 1996, Psychological Methods 1, 30-46.

    Examples
    --------
    >>> answers = pd.DataFrame({"app": [1, 2, 4, 5], "web": [2, 3, 5, 6]})
    >>> icc(answers, ["app", "web"], scale=(1, 6))[["metric", "estimate"]].round(3)[:3]
      metric  estimate
    0   ICC1      0.86
    1   ICC2      0.87
    2   ICC3      1.00
    """
    normal_quantile(level)
    names = list(dict.fromkeys(items))
    if len(names) < 2:
        raise CxError(
            "one question has no reliability", got=", ".join(names), expected="two or more"
        )
    questions = {f"item_{at}": name for at, name in enumerate(names)}
    answers = count_answers(data, questions, scale=scale, by=by)
    counts = {state: answers.count(state) for state in ("valid", "missing", "invalid")}
    tables = []
    for group in answers.groups.index:
        squares = _mean_squares(answers, group, list(questions))
        limits = _coefficients(squares, level)
        note = TOO_FEW if squares.n < 2 else NO_VARIANCE if limits["estimate"].isna().all() else ""
        tables.append(limits.assign(group=group, note=note))
    frame = pd.concat(tables, ignore_index=True)
    labels = answers.groups.loc[frame["group"]].reset_index(drop=True)
    described = frame.assign(
        items=len(names),
        n=frame["group"].map(counts["valid"]),
        missing=frame["group"].map(counts["missing"]),
        invalid=frame["group"].map(counts["invalid"]),
    )
    order = ["metric", "items", "n", "missing", "invalid", "estimate", "low", "high", "note"]
    return labels.join(described[order])


class _Squares(NamedTuple):
    """Mean squares by source: between persons, between raters, the rest; within persons."""

    n: int
    k: int
    persons: float
    raters: float
    rest: float
    within: float


def _mean_squares(answers: Answers, group: int, names: list[str]) -> _Squares:
    """Take the ratings of one group apart, from the counts of equal rows."""
    cells = answers.valid[answers.valid["group"] == group]
    ratings, counts = cells[names].to_numpy("float64"), cells["n"].to_numpy("float64")
    n, k = int(counts.sum()), len(names)
    if n < 2:
        return _Squares(n, k, np.nan, np.nan, np.nan, np.nan)
    persons, raters = ratings.mean(axis=1), counts @ ratings / n
    grand = raters.mean()
    between = k * (counts @ (persons - grand) ** 2)
    columns = n * ((raters - grand) ** 2).sum()
    rest = counts @ ((ratings - persons[:, None] - raters + grand) ** 2).sum(axis=1)
    freedom = n - 1, k - 1, (n - 1) * (k - 1)
    # Sums of squares that differ from 0 by a rounding error only are 0.
    sums = [value if value > 1e-12 * n * k else 0.0 for value in (between, columns, rest)]
    persons_square, raters_square, rest_square = (
        value / free for value, free in zip(sums, freedom, strict=True)
    )
    within = (sums[1] + sums[2]) / (n * (k - 1))
    return _Squares(n, k, persons_square, raters_square, rest_square, within)


def _coefficients(squares: _Squares, level: float) -> pd.DataFrame:
    """Compute the six coefficients and their limits; empty where persons do not differ."""
    n, k, persons, raters, rest, within = squares
    if not persons > 0:
        empty = np.full(6, np.nan)
        return pd.DataFrame({"metric": KINDS, "estimate": empty, "low": empty, "high": empty})
    one = (persons - within) / (persons + (k - 1) * within)
    three = (persons - rest) / (persons + (k - 1) * rest)
    two = (persons - rest) / (persons + (k - 1) * rest + k * (raters - rest) / n)
    estimates = [one, two, three]
    limits = [
        _ratio_limits(persons, within, (n - 1, n * (k - 1)), k, level),
        _agreement_limits(squares, two, level),
        _ratio_limits(persons, rest, (n - 1, (n - 1) * (k - 1)), k, level),
    ]
    single = np.column_stack([estimates, np.array(limits)])
    means = k * single / (1 + (k - 1) * single)
    table = pd.DataFrame(np.vstack([single, means]), columns=["estimate", "low", "high"])
    return table.assign(metric=KINDS)


def _ratio_limits(
    persons: float, error: float, freedom: tuple[int, int], k: int, level: float
) -> tuple[float, float]:
    """Turn the limits of a ratio of mean squares into those of a correlation."""
    if error == 0:
        return np.nan, np.nan
    ratio, tail = persons / error, (1 + level) / 2
    low, high = ratio / f.ppf(tail, *freedom), ratio * f.ppf(tail, *freedom[::-1])
    return float((low - 1) / (low + k - 1)), float((high - 1) / (high + k - 1))


def _agreement_limits(squares: _Squares, two: float, level: float) -> tuple[float, float]:
    """Give the limits of ICC(A,1) by Satterthwaite's degrees of freedom."""
    n, k, persons, raters, rest, _ = squares
    if rest == 0:
        return np.nan, np.nan
    ratio, tail = raters / rest, (1 + level) / 2
    slack = n * (1 + (k - 1) * two) - k * two
    freedom = (k - 1) * (n - 1) * (k * two * ratio + slack) ** 2
    freedom /= (n - 1) * k**2 * two**2 * ratio**2 + slack**2
    upper, lower = f.ppf(tail, n - 1, freedom), f.ppf(tail, freedom, n - 1)
    spread = k * raters + (k * n - k - n) * rest
    low = n * (persons - upper * rest) / (upper * spread + n * persons)
    high = n * (lower * persons - rest) / (spread + n * lower * persons)
    return float(low), float(high)
