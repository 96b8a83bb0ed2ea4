"""From counted answers to estimates: a balance, a share, a mean; one row a group.

Each takes the :class:`Answers` of the query and one value for each of its valid cells, and gives
columns that the scores put together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.metrics.answers import COLUMNS, Answers
from cxreport.metrics.statistics import intervals

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_ANSWERS = "no answers"
ONE_ANSWER = "one answer"
ONE_CLASS = "all answers in one class"


def balance(
    answers: Answers,
    sign: pd.Series,
    names: Sequence[str],
    *,
    level: float,
    interval: intervals.NetInterval = "adjusted-wald",
) -> pd.DataFrame:
    """Estimate percent top minus percent bottom from a sign (1, 0, -1) for each valid cell.

    Gives ``n``, the three counts under ``names`` (bottom, middle, top) and the statistics, in
    points. Weighted answers that all fall in one class show no spread: their interval is the
    adjusted Wald one at the effective sample size, because a width of 0 would be a lie.
    """
    z = intervals.normal_quantile(level)
    n = answers.count("valid")
    counted = [answers.total(answers.valid["n"].where(sign == which, 0)) for which in (-1, 0, 1)]
    bottom, _, top = counted
    known = n.where(n > 0)
    one_class = pd.concat(counted, axis="columns").max(axis="columns") == n
    if answers.weighted:
        frame = linearised(answers, sign)
        score, std_error = frame["mean"], frame["std_error"]
        low, high = intervals.wald(score, std_error, z)
        kish = [count / known * frame["n_effective"] for count in counted]
        safe_low, safe_high = intervals.adjusted_wald(*kish, z=z)
        low, high = low.mask(one_class, safe_low), high.mask(one_class, safe_high)
        n_effective = frame["n_effective"]
    else:
        score = (top - bottom) / known
        variance = ((top + bottom) / known - score**2).clip(lower=0)
        std_error = ((variance / known) ** 0.5).where(n > 1)
        n_effective = n.astype(float)
        cells = [count.where(n > 0) for count in counted]
        if interval == "wald":
            low, high = intervals.wald(score, std_error, z)
        elif interval == "score":
            low, high = intervals.tango(*cells, z=z)
        else:
            low, high = intervals.adjusted_wald(*cells, z=z)
    return pd.DataFrame(
        {
            "n": n,
            **dict(zip(names, counted, strict=True)),
            "estimate": 100 * score,
            "std_error": 100 * std_error,
            "low": 100 * low,
            "high": 100 * high,
            "n_effective": n_effective,
            "note": notes(n, one_class),
        }
    )


def share(
    answers: Answers,
    favourable: pd.Series,
    *,
    level: float,
    interval: intervals.ShareInterval = "wilson",
) -> pd.DataFrame:
    """Estimate the percent of answers that are favourable, with its interval.

    Weighted, the interval is taken at the sample size whose simple random sample would have
    this standard error, p(1-p)/se^2; where that is unknown, at Kish's.
    Source: Dean & Pagano 2015, Journal of Survey Statistics and Methodology 3, 484-503.
    """
    n = answers.count("valid")
    favoured = answers.total(answers.valid["n"].where(favourable, 0))
    known = n.where(n > 0)
    one_class = (favoured == 0) | (favoured == n)
    if answers.weighted:
        frame = linearised(answers, favourable.astype(float))
        part, std_error, n_effective = frame["mean"], frame["std_error"], frame["n_effective"]
        size = (part * (1 - part) / (std_error**2).where(std_error > 0)).fillna(n_effective)
    else:
        part, n_effective = favoured / known, n.astype(float)
        std_error = ((part * (1 - part) / known) ** 0.5).where(n > 1)
        size = known
    low, high = intervals.of_share(part, size.where(n > 0), level, interval)
    return pd.DataFrame(
        {
            "n": n,
            "favourable": favoured,
            "estimate": 100 * part,
            "std_error": 100 * std_error,
            "low": 100 * low,
            "high": 100 * high,
            "n_effective": n_effective,
            "note": notes(n, one_class),
        }
    )


def mean(
    answers: Answers, values: pd.Series, *, level: float, limits: tuple[float, float]
) -> pd.DataFrame:
    """Estimate a mean with Student's interval, cut at the ends of the scale."""
    n = answers.count("valid")
    frame = linearised(answers, values)
    low, high = intervals.student(frame["mean"], frame["std_error"], n, level)
    return pd.DataFrame(
        {
            "n": n,
            "estimate": frame["mean"],
            "std_error": frame["std_error"],
            "low": low.clip(*limits),
            "high": high.clip(*limits),
            "n_effective": frame["n_effective"],
            "note": notes(n, frame["std_error"] == 0),
        }
    )


def linearised(answers: Answers, values: pd.Series) -> pd.DataFrame:
    """Return the weighted ``mean``, its linearised ``std_error`` and Kish's ``n_effective``.

    The standard error is that of R's ``survey::svymean`` for a design with replacement; with
    equal weights, s / sqrt(n).
    """
    cells, n = answers.valid, answers.count("valid")
    weight, squared = answers.total(cells["weight"]), answers.total(cells["weight_squared"])
    # Measured from the lowest value, equal values have a spread of exactly 0.
    lowest = values.groupby(cells["group"]).min().reindex(answers.groups.index)
    above = values - cells["group"].map(lowest)
    average = answers.total(cells["weight"] * above) / weight.where(weight > 0)
    spread = answers.total(cells["weight_squared"] * (above - cells["group"].map(average)) ** 2) * (
        n / (n - 1).where(n > 1)
    )
    return pd.DataFrame(
        {
            "mean": lowest + average,
            "std_error": spread**0.5 / weight.where(weight > 0),
            "n_effective": (weight**2 / squared.where(squared > 0)).fillna(0.0),
        }
    )


def notes(n: pd.Series, one_class: pd.Series) -> pd.Series:
    """Say in a word what a reader must know before using a row."""
    words = np.select([n == 0, n == 1, one_class], [NO_ANSWERS, ONE_ANSWER, ONE_CLASS], "")
    return pd.Series(words, index=n.index, dtype="str")


def tidy(answers: Answers, metric: str, estimates: pd.DataFrame) -> pd.DataFrame:
    """Put groups, counts and statistics side by side, in the order every score has."""
    frame = estimates.assign(
        metric=pd.Series(metric, index=estimates.index, dtype="str"),
        missing=answers.count("missing"),
        invalid=answers.count("invalid"),
        weighted=answers.weighted,
    )
    return answers.groups.join(frame[[name for name in COLUMNS if name in frame]])
