"""How much of the differences in an outcome goes with each driver: Shapley or Johnson weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.topics.drivers.correlations import Ratings, correlate, fitting
from cxreport.topics.drivers.relative_weights import collinear, inverses, johnson, shapley
from cxreport.topics.drivers.resampling import limits, often_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.inputs.source import Data
    from cxreport.stats.value_columns import Scale
    from cxreport.topics.drivers.numeric_rows import Numbers

Method: TypeAlias = Literal["shapley", "johnson"]
MOST_SHAPLEY = 12
TOO_FEW, NO_VARIANCE, COLLINEAR = "too few answers", "no variance", "collinear"
CLASH, BORROWED = "sign against correlation", "no effect of its own"


@dataclass(frozen=True)
class Fit:
    """Importance of the rows (first) and of each resample; NaN for a driver that is left out.

    Attributes
    ----------
    ratings : Ratings
        What the estimates are made from; the outcome is the last column.
    parts : ndarray, 1 + resamples x drivers
        Part of R2.
    coefficients : ndarray, 1 + resamples x drivers
        Standardised regression coefficients.
    inflation : ndarray, drivers
        Variance inflation factors.
    notes : list of str
        Why there is no number.
    method : str
        "shapley" or "johnson".
    """

    ratings: Ratings
    parts: Numbers
    coefficients: Numbers
    inflation: Numbers
    notes: list[str]
    method: Method


def importance(
    data: Data,
    outcome: str,
    drivers: Sequence[str],
    *,
    scale: Scale = None,
    outcome_scale: Scale = None,
    method: Method = "shapley",
    weight: str | None = None,
    cluster: str | None = None,
    bootstrap: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Share out among drivers how much of the differences in an outcome goes with them.

    An association, not a cause: a rating that merely goes along with another one gets a part of
    what is the other's. Look at ``vif`` and ``coefficient``, too.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answer.
    outcome : str
        Column of the outcome, such as the score of 0 to 10.
    drivers : sequence of str
        Columns of ratings, higher is better. An empty rating leaves the row out of this driver's
        pairs only: each correlation is over the rows that have both.
    scale, outcome_scale : (number, number), optional
        Lowest and highest rating, and outcome; what lies outside (99, -1) is left out, and counted.
        When left out, whole numbers are answers from 0 to 10, as no scale goes further; a column
        with decimals, or with more than five different numbers beyond, is a measure, of which
        every number counts.
    method : {"shapley", "johnson"}
        Shapley values (LMG: the mean gain in R2 over all orders of entry), up to 12 drivers;
        Johnson's relative weights, and always so with more than 12.
    weight : str, optional
        Column of survey weights.
    cluster : str, optional
        Column of the customer, who may answer more than once: customers are drawn again, with all
        their answers. A missing one is a customer of its own.
    bootstrap : int
        Resamples for intervals and ranks, see ``resampling.resample``; 0 for none.
    seed : int
        Start of the resamples.
    level : float
        Confidence level of the (percentile) intervals.

    Returns
    -------
    DataFrame
        One row per driver, in the order given: ``driver``; ``n`` (rows with this rating and the
        outcome); ``invalid`` (rows in which one of the two is outside its scale); ``estimate``
        (part of R2, 0 to 1), ``low``, ``high``; ``share`` (percent of R2); ``first`` (percent of
        resamples in which it is the most important); ``sign`` ("+" or "-", of the regression
        coefficient); ``coefficient`` (standardised, all drivers together), ``coefficient_low``,
        ``coefficient_high``; ``correlation`` (with the outcome alone); ``vif`` (variance inflation,
        1 is none); ``method``; ``note``: "", "sign against correlation", "no effect of its own"
        (the interval of the coefficient holds 0), and, with no numbers, "no variance", "too few
        answers" (some pair has fewer common answers than drivers, plus two), "collinear" (other
        drivers explain it fully: how to share out between them cannot be said; they stay in the
        model of the others).

    Raises
    ------
    CxError
        If a column is unknown, named twice, without numbers or with an infinite one, there is no
        driver, or weights cannot be used.

    Notes
    -----
    Sources: Lindeman, Merenda & Gold 1980; Gromping 2006, Journal of Statistical Software 17(1);
    Johnson 2000, Multivariate Behavioral Research 35, 1-19.

    Examples
    --------
    >>> answers = pd.DataFrame(
    ...     {"score": [2, 4, 6, 8], "staff": [1, 1, 2, 2], "price": [1, 2, 1, 2]}
    ... )
    >>> shares = importance(answers, "score", ["staff", "price"], bootstrap=0)
    >>> shares[["driver", "estimate", "share", "sign"]].round(2)
      driver  estimate  share sign
    0  staff       0.8   80.0    +
    1  price       0.2   20.0    +
    """
    fitted = fit(
        data, outcome, drivers, scale=scale, outcome_scale=outcome_scale, method=method,
        weight=weight, cluster=cluster, bootstrap=bootstrap, seed=seed,
    )  # fmt: skip
    estimate, coefficient = fitted.parts[0], fitted.coefficients[0]
    low, high = limits(fitted.parts, level)
    coefficient_low, coefficient_high = limits(fitted.coefficients, level)
    correlation = fitted.ratings.correlation[0, :-1, -1]
    r2 = np.nansum(estimate)
    frame = pd.DataFrame(
        {
            "driver": list(drivers),
            "n": fitted.ratings.pairs[:-1, -1].astype(int),
            "invalid": fitted.ratings.invalid.astype(int),
            "estimate": estimate,
            "low": low,
            "high": high,
            "share": 100 * estimate / r2 if r2 > 0 else np.nan,
            "first": often_first(fitted.parts, 1),
            "sign": np.select([coefficient > 0, coefficient < 0], ["+", "-"], ""),
            "coefficient": coefficient,
            "coefficient_low": coefficient_low,
            "coefficient_high": coefficient_high,
            "correlation": correlation,
            "vif": fitted.inflation,
            "method": fitted.method,
        }
    )
    return frame.assign(note=notes_of(fitted, level))


def notes_of(fitted: Fit, level: float = 0.95) -> list[str]:
    """Return for each driver why it has no number, or that its importance may be another's."""
    correlation = fitted.ratings.correlation[0, :-1, -1]
    low, high = limits(fitted.coefficients, level)
    doubts = np.select(
        [fitted.coefficients[0] * correlation < 0, low * high <= 0], [CLASH, BORROWED], ""
    )
    return [why or str(note) for why, note in zip(fitted.notes, doubts, strict=True)]


def fit(
    data: Data,
    outcome: str,
    drivers: Sequence[str],
    *,
    scale: Scale = None,
    outcome_scale: Scale = None,
    method: Method = "shapley",
    weight: str | None = None,
    cluster: str | None = None,
    bootstrap: int = 1000,
    seed: int = 0,
) -> Fit:
    """Work out importance for the rows and for each resample; arguments as ``importance``."""
    if method not in {"shapley", "johnson"}:
        raise CxError("unknown method", got=method, expected="shapley or johnson")
    if not drivers:
        raise CxError("no driver", expected="one column of ratings or more")
    scales = [*[scale] * len(drivers), outcome_scale]
    columns = [*drivers, outcome]
    ratings = correlate(
        data, columns, scales=scales, weight=weight, cluster=cluster, bootstrap=bootstrap, seed=seed
    )
    notes = _left_out(ratings)
    kept = np.array([note == "" for note in notes])
    chosen: Method = method if kept.sum() <= MOST_SHAPLEY else "johnson"
    empty = np.full((len(ratings.correlation), len(notes)), np.nan)
    parts, coefficients, inflation = empty, empty.copy(), empty[0].copy()
    if kept.any():
        index = np.append(np.flatnonzero(kept), len(notes))
        correlation = fitting(ratings.correlation[:, index[:, None], index])
        inverse, root = inverses(correlation[:, :-1, :-1])
        with_outcome = correlation[:, :-1, -1]
        parts[:, kept] = (
            shapley(correlation) if chosen == "shapley" else johnson(root, with_outcome)
        )
        coefficients[:, kept] = (inverse @ with_outcome[..., None])[..., 0]
        inflation[kept] = np.diagonal(inverse[0])
        tied = np.zeros(len(notes), dtype=bool)
        tied[kept] = collinear(correlation[0, :-1, :-1])
        parts[:, tied] = coefficients[:, tied] = inflation[tied] = np.nan
        notes = [COLLINEAR if t else note for t, note in zip(tied, notes, strict=True)]
    return Fit(ratings, parts, coefficients, inflation, notes, chosen)


def _left_out(ratings: Ratings) -> list[str]:
    """Return which drivers cannot be in the model; the one with the fewest answers goes first."""
    pairs, outcome = ratings.pairs, len(ratings.pairs) - 1
    answered = np.diagonal(pairs)
    notes = [
        TOO_FEW if not n else "" if varies else NO_VARIANCE
        for n, varies in zip(answered[:-1], ratings.varies[:-1], strict=True)
    ]
    if not answered[outcome]:
        return [TOO_FEW] * outcome
    if not ratings.varies[outcome]:
        return [NO_VARIANCE] * outcome
    while kept := [at for at, note in enumerate(notes) if not note]:
        common = pairs[np.ix_([*kept, outcome], [*kept, outcome])]
        if common.min() >= len(kept) + 2:
            break
        short = np.flatnonzero(common[:-1].min(axis=1) < len(kept) + 2)
        notes[min((kept[at] for at in short), key=lambda at: pairs[at, outcome])] = TOO_FEW
    return notes
