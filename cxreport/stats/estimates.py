"""From counted answers to estimates: a balance, a share, a mean; one row per group.

Each takes the :class:`Answers` of the query and one value for each of its valid cells, and gives
columns that the scores put together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxreport.stats import intervals
from cxreport.stats.answers import COLUMNS, Answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NO_ANSWERS = "no answers"
ONE_ANSWER = "one answer"
MOSTLY_INVALID = "mostly invalid answers"
ONE_CLASS = "all answers in one class"
TOO_FEW = "too few answers"

FEWEST = 5
ROUNDING = 1e-9
ALIKE, LENT = 20, 4
"""Answers with which the effect of weights on a variance is drawn towards Kish's, see
``linearised``, and the degrees of freedom that these are worth."""


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
    points. Answers that are weighted or belong together have the adjusted Wald interval at their
    effective size and its degrees of freedom: the linearised one is too narrow in small samples.
    """
    z = intervals.normal_quantile(level)
    n = answers.count("valid")
    counted = [answers.total(answers.valid["n"].where(sign == which, 0)) for which in (-1, 0, 1)]
    bottom, _, top = counted
    answered = n.where(n > 0)
    one_class = pd.concat(counted, axis="columns").max(axis="columns") == n
    if answers.independent:
        score = (top - bottom) / answered
        variance = ((top + bottom) / answered - score**2).clip(lower=0)
        std_error = ((variance / answered) ** 0.5).where(n > 1)
        n_effective = n.astype(float)
        cells = [count.where(n > 0) for count in counted]
        if interval == "wald":
            low, high = intervals.wald(score, std_error, z)
        elif interval == "score":
            low, high = intervals.tango(*cells, z=z)
        else:
            low, high = intervals.adjusted_wald(*cells, z=z)
    else:
        frame = linearised(answers, sign)
        score, std_error, n_effective = frame["mean"], frame["std_error"], frame["n_effective"]
        size = n_effective.where(n > 0)
        adjusted, variance = intervals.adjusted_by_size(score, frame["drawn_variance"], size)
        # The added answers bring a degree of freedom of their own, what weights are lent some more.
        lent = 1 + LENT * answers.weighted
        wider = intervals.widening(frame["as_one"] + lent, answered + lent, level)
        low, high = intervals.wald(adjusted, wider * variance**0.5, z)
    return pd.DataFrame(
        {
            "n": n,
            **dict(zip(names, counted, strict=True)),
            "estimate": 100 * score,
            "std_error": 100 * std_error,
            "low": 100 * low,
            "high": 100 * high,
            "n_effective": n_effective,
            "note": notes(n, one_class, n_effective),
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

    Weighted or clustered, the interval is taken at the effective size of the share, corrected for
    its degrees of freedom. Sources: Dean & Pagano 2015, Journal of Survey Statistics and
    Methodology 3, 484-503; Korn & Graubard 1998, Survey Methodology 24, 193-201.
    """
    n = answers.count("valid")
    favoured = answers.total(answers.valid["n"].where(favourable, 0))
    answered = n.where(n > 0)
    one_class = (favoured == 0) | (favoured == n)
    if answers.independent:
        part, n_effective = favoured / answered, n.astype(float)
        std_error = ((part * (1 - part) / answered) ** 0.5).where(n > 1)
        size = answered
    else:
        frame = linearised(answers, favourable.astype(float))
        part, std_error, n_effective = frame["mean"], frame["std_error"], frame["n_effective"]
        z = intervals.normal_quantile(level)
        size = intervals.share_size(part, frame["variance"], n_effective.where(n > 0), z)
        size = size / intervals.widening(frame["as_one"], answered, level) ** 2
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
            "note": notes(n, one_class, n_effective),
        }
    )


def mean(
    answers: Answers, values: pd.Series, *, level: float, limits: tuple[float, float]
) -> pd.DataFrame:
    """Estimate a mean with Student's interval, cut at the ends of the scale.

    Weighted or clustered, its degrees of freedom are those of the lowest size that the answers may
    be worth, ``as_one``: by the number of clusters, unequal ones would have too narrow an interval.
    """
    n = answers.count("valid")
    frame = linearised(answers, values)
    low, high = intervals.student(frame["mean"], frame["wide_error"], frame["as_one"], level)
    return pd.DataFrame(
        {
            "n": n,
            "estimate": frame["mean"],
            "std_error": frame["std_error"],
            "low": low.clip(*limits),
            "high": high.clip(*limits),
            "wide_error": frame["wide_error"],
            "as_one": frame["as_one"],
            "n_effective": frame["n_effective"],
            "note": notes(n, frame["std_error"] == 0, frame["n_effective"]),
        }
    )


def linearised(answers: Answers, values: pd.Series) -> pd.DataFrame:
    """Return the weighted ``mean`` of each group, and how sure it is.

    ``std_error`` is that of R's ``survey::svymean`` for a design with replacement, of clusters
    where there are any; with equal weights and independent answers, s / sqrt(n). ``variance`` is
    the squared error for adjusted intervals: without the factor m / (m - 1) of the m clusters, but
    with what unequal clusters add to it; ``wide_error`` is the error with that. For
    ``drawn_variance`` the effect of weights is taken together with that of ``ALIKE`` answers whose
    weights have nothing to do with what they say, Kish's: a few heavy answers that agree do not
    pass for all. ``n_effective``: how many independent, equal answers are worth as much: Kish's,
    over the effect of the clusters, which is taken to lie between none and that of clusters that
    answer as one. ``as_one`` is that lowest size.

    Sources: Franco, Little, Louis & Slud 2019, Journal of Survey Statistics and Methodology 7,
    334-364, who find that a design effect by a model holds its level in small samples where the
    estimated one does not; Gabler, Häder & Lahiri 1999, Survey Methodology 25, 105-106, for the
    model under Kish's.
    """
    # Small frames: pandas' care for labels in each step would cost more than the steps.
    with np.errstate(all="ignore"):
        sums = _sums(answers, values)
        total_weight = sums["weight"]
        variance = sums["spread"] / total_weight**2
        kish = total_weight**2 / sums["squares"]
        as_one = total_weight**2 / sums["products"]
        # Unequal clusters fall short of their variance by more than m / (m - 1).
        several = as_one > 1 + ROUNDING
        short = np.where(several, as_one / (as_one - 1) * (kish - 1) / kish, 1)
        whole = variance * short
        apart = sums["apart"] / total_weight**2
        by_model = sums["within"] / total_weight / kish
        of_weights = _filled(by_model / np.where(apart > 0, apart, np.nan), 1)
        drawn = (kish + ALIKE * of_weights) / (kish + ALIKE)
        n_effective = kish
        if answers.clustered:
            worth = _filled(kish * apart / np.where(whole > 0, whole, np.nan), 0)
            n_effective = np.fmax(np.fmin(worth, kish), as_one)
        clusters = np.where(sums["clusters"] > 1, sums["clusters"], np.nan)
        wide = np.where(several, as_one / (as_one - 1), np.nan)
        estimates = {
            "mean": sums["mean"],
            "std_error": (variance * (clusters / (clusters - 1))) ** 0.5,
            "wide_error": (variance * wide) ** 0.5,
            "variance": whole,
            "drawn_variance": whole * drawn,
            "n_effective": _filled(n_effective, 0),
            "as_one": as_one,
        }
    return pd.DataFrame(estimates, index=answers.groups.index)


def _sums(answers: Answers, values: pd.Series) -> dict[str, NDArray[np.float64]]:
    """Add up, for each group, what its mean and the errors of it are made of."""
    cells, pairs = answers.valid, answers.pairs
    in_group, of_pair = cells["group"].to_numpy(), pairs["group"].to_numpy()
    weight, squares = cells["weight"].to_numpy(), cells["weight_squared"].to_numpy()
    answer, product = values.to_numpy(dtype="float64"), pairs["product"].to_numpy()

    def total(each: NDArray[Any], group: NDArray[np.int_] = in_group) -> NDArray[np.float64]:
        return answers.summed(pd.Series(each), group).to_numpy()

    total_weight = total(weight)
    total_weight = np.where(total_weight > 0, total_weight, np.nan)
    # Measured from the lowest value, equal values have a spread of exactly 0.
    lowest = np.full(len(answers.groups), np.nan)
    np.fmin.at(lowest, in_group, answer)
    above = answer - lowest[in_group]
    average = total(weight * above) / total_weight
    beside = above - average[in_group]
    by_row = pd.Series(beside, index=cells.index)
    first, second = (by_row.reindex(pairs[name]).to_numpy() for name in ("first", "second"))
    return {
        "weight": total_weight,
        "mean": lowest + average,
        "squares": total(squares),
        "products": total(product, of_pair),
        "spread": np.maximum(total(product * first * second, of_pair), 0),
        "clusters": total(pairs["clusters"].to_numpy(), of_pair),
        "apart": total(squares * beside**2),
        "within": total(weight * beside**2),
    }


def _filled(values: NDArray[np.float64], value: float) -> NDArray[np.float64]:
    """Return the values with another in the place of those that are not known."""
    return np.where(np.isnan(values), value, values)


def notes(n: pd.Series, one_class: pd.Series, n_effective: pd.Series | None = None) -> pd.Series:
    """Return in a word what a reader must know before using a row.

    Answers of unequal weight, or that belong together, are too few when they are worth fewer than
    five: below that no interval holds its level.
    """
    size = n if n_effective is None else n_effective
    few = (size < FEWEST) & (size < n - ROUNDING)
    words = np.select(
        [n == 0, n == 1, few, one_class], [NO_ANSWERS, ONE_ANSWER, TOO_FEW, ONE_CLASS], ""
    )
    return pd.Series(words, index=n.index, dtype="str")


def tidy(answers: Answers, metric: str, estimates: pd.DataFrame) -> pd.DataFrame:
    """Put groups, counts and statistics side by side, in the order every score has."""
    invalid = answers.count("invalid")
    frame = estimates.assign(
        note=estimates["note"].mask(invalid > answers.count("valid"), MOSTLY_INVALID),
        metric=pd.Series(metric, index=estimates.index, dtype="str"),
        missing=answers.count("missing"),
        invalid=invalid,
        weighted=answers.weighted,
    )
    return answers.groups.join(frame[[name for name in COLUMNS if name in frame]])
