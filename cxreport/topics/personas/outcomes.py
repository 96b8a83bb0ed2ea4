"""How do classes differ in what they were not made from, corrected for misplaced people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxreport.errors import CxError
from cxreport.inputs.columns import as_frame, as_numbers
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.multiplicity import interval_level, judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cxreport.topics.personas.classes import Personas
    from cxreport.topics.personas.precision import Precision

    Floats = NDArray[np.float64]

OUTCOMES = [
    "class", "metric", "n", "estimate", "std_error", "low", "high", "others", "difference",
    "difference_low", "difference_high", "p_value", "q_value", "signal", "note",
]  # fmt: skip
FEWEST = 10
"""Answers from people whose likeliest class it is, below which nothing is estimated."""
WORST_CONDITION = 1e6
TOO_FEW, TOO_ALIKE, NO_SPREAD = "too few", "classes too alike", "no variance"


def outcomes(
    personas: Personas,
    data: pd.DataFrame,
    metrics: Sequence[str],
    *,
    weight: str | None = None,
    level: float = 0.95,
    family_level: float = 0.95,
) -> pd.DataFrame:
    """Compare the classes on columns that they were not made from.

    Parameters
    ----------
    personas : Personas
        From ``personas``.
    data : DataFrame
        The rows that they were found in, in the same order, with the outcomes.
    metrics : sequence of str
        Columns of numbers; the mean of each is estimated. A share in percent is the mean of 0 and
        100, an NPS the mean of -100, 0 and 100.
    weight : str, optional
        As in ``personas``.
    level, family_level : float
        Of the intervals; 1 minus the error that all comparisons of the table share.

    Returns
    -------
    DataFrame
        One row per metric and class: ``class``, ``metric``, ``n`` (people with the outcome whose
        likeliest class it is), ``estimate``, ``std_error``, ``low``, ``high``, ``others`` (all
        other classes together) and ``difference`` from them (the outcome's unit),
        ``difference_low``, ``difference_high`` (at the level at which they say what the signals
        say), ``p_value``, ``q_value`` (Holm over the table), ``signal``, ``note`` ("too few":
        fewer than 10, "classes too alike" to be corrected for, "no variance"). Empty with one
        class.

    Raises
    ------
    CxError
        If data or columns are others.

    Notes
    -----
    The means of likeliest classes are drawn together by the people in the wrong one. Three steps
    with the correction of Bolck, Croon & Hagenaars (2004, Political Analysis 12, 3-27) undo that:
    rows are weighted by the inverse of the chances to be put into each class. Standard errors in
    two parts, as Bakk, Oberski & Vermunt 2014, Political Analysis 22, 520-540: of the outcome,
    linearised, about what its rows' classes let expect; and of the classes, whose covariances move
    these chances and the shares of the others.

    Examples
    --------
    >>> from cxreport.topics.personas.classes import personas
    >>> rows = [[1, 1, 1, 1, 90]] * 40 + [[2, 2, 2, 2, 10]] * 30 + [[1, 1, 1, 2, 50]] * 2
    >>> data = pd.DataFrame(rows, columns=[*"abcd", "score"])
    >>> items = dict.fromkeys("abcd", "categorical")
    >>> classes = personas(data, items, classes=range(1, 4), starts=5, resamples=0)
    >>> outcomes(classes, data, ["score"])["estimate"].round(1).tolist()
    [88.1, 10.0]
    """
    data = as_frame(data)
    if not data.index.equals(personas.members.index):
        raise CxError("not the rows that the classes were found in", got=f"{len(data)} rows")
    if personas.count == 1:
        return pd.DataFrame(columns=OUTCOMES)
    placed = _placed(personas, data, weight)
    rows: list[dict[str, Any]] = []
    for metric in metrics:
        of_metric = _by_class(_numbers(data, metric), placed, personas.precision, level)
        rows += [{"metric": metric, **row} for row in of_metric]
    frame = pd.DataFrame(rows)
    frame = frame.join(judged(frame["p_value"], family_level))
    reach = normal_quantile(interval_level(frame["p_value"], family_level)) * frame["error"]
    frame["difference_low"] = frame["difference"] - reach
    frame["difference_high"] = frame["difference"] + reach
    return frame[OUTCOMES]


@dataclass(frozen=True)
class _Placed:
    """Rows in their likeliest classes: which count, where they are, and what undoes mistakes.

    ``inverse`` is none where classes are too alike.
    """

    counted: NDArray[np.bool_]
    posterior: Floats
    likeliest: NDArray[np.int64]
    weights: Floats
    inverse: Floats | None


def _placed(personas: Personas, data: pd.DataFrame, weight: str | None) -> _Placed:
    """Put each row into its likeliest class."""
    posterior = personas.members.filter(regex=r"^posterior_").to_numpy("float64")
    weights = np.ones(len(data)) if weight is None else _numbers(data, weight)
    counted = ~np.isnan(posterior[:, 0]) & (weights > 0)
    likeliest = np.where(counted, np.nan_to_num(posterior).argmax(axis=1), -1)
    inverse = _inverse(posterior[counted], likeliest[counted], weights[counted])
    return _Placed(counted, posterior, likeliest, weights, inverse)


def _numbers(data: pd.DataFrame, name: str) -> Floats:
    """Return a column of numbers, NaN where empty."""
    if name not in data:
        raise CxError("no such column", got=name, expected=", ".join(map(str, data.columns)))
    return as_numbers(data[name], where=name)


def _inverse(posterior: Floats, likeliest: NDArray[np.int64], weights: Floats) -> Floats | None:
    """Return what weighs a row of each likeliest class (rows) for each class; none where singular.

    The inverse of the table of chances that somebody of a class (rows) is put into each (columns).
    """
    count = posterior.shape[1]
    placed = (likeliest[:, None] == np.arange(count)).astype(float)
    of_class = (posterior * weights[:, None]).T
    chances = of_class @ placed / of_class.sum(axis=1, keepdims=True)
    if np.linalg.cond(chances) > WORST_CONDITION:
        return None
    return np.asarray(np.linalg.inv(chances))


def _by_class(
    values: Floats, placed: _Placed, precision: Precision, level: float
) -> list[dict[str, Any]]:
    """Return the corrected mean of each class, and its difference from all others."""
    measured = placed.counted & np.isfinite(values)
    values, likeliest = values[measured], placed.likeliest[measured]
    count = precision.model.count
    n = np.bincount(likeliest, minlength=count)
    names = ("estimate", "std_error", "low", "high", "others", "difference", "error", "p_value")
    rows: list[dict[str, Any]] = [
        {"class": place + 1, "n": int(n[place]), "note": "", **dict.fromkeys(names, np.nan)}
        for place in range(count)
    ]
    alike = placed.inverse is None
    for row, people in zip(rows, n, strict=True):
        row["note"] = TOO_FEW if people < FEWEST else TOO_ALIKE if alike else ""
    if placed.inverse is None or not (n >= FEWEST).any():
        return rows
    by_row = placed.inverse[likeliest] * placed.weights[measured, None]
    total = by_row.sum(axis=0)
    fine = (n >= FEWEST) & (total > 0)
    by_row = by_row / np.where(fine, total, np.inf)
    means = np.where(fine, values @ by_row, values.mean())
    rest = _rest(precision.model.weights, fine)
    against = rest @ means
    flat = float(np.ptp(values)) == 0
    if not flat:
        moves = by_row * (values - placed.posterior[measured] @ means)[:, None]
        errors, apart = _errors(moves, precision, placed.inverse, means, rest)
    z = normal_quantile(level)
    for place in np.flatnonzero(fine):
        mean = float(means[place])
        rows[place] |= {"estimate": mean}
        if flat:
            rows[place]["note"] = NO_SPREAD
            continue
        reach, off = z * errors[place], float(apart[place])
        rows[place] |= {"std_error": errors[place], "low": mean - reach, "high": mean + reach}
        if rest[place].any():
            difference = mean - float(against[place])
            rows[place] |= {
                "others": float(against[place]), "difference": difference, "error": off,
                "p_value": float(2 * norm.sf(abs(difference) / off)),
            }  # fmt: skip
    return rows


def _rest(shares: Floats, fine: NDArray[np.bool_]) -> Floats:
    """Return what part each class (columns) has in all others of a class (rows) together."""
    others = np.where(fine, shares, 0.0) * (1 - np.eye(len(shares)))
    total = others.sum(axis=1, keepdims=True)
    return np.asarray(others / np.where(total > 0, total, 1))


def _errors(
    moves: Floats, precision: Precision, inverse: Floats, means: Floats, rest: Floats
) -> tuple[Floats, Floats]:
    """Return the errors of the means of classes, and of their differences from the others.

    ``moves`` are what each row's outcome moves each mean by. What a class moves them by: its
    parameters say which outcome is expected of a row, and a mean is corrected by as much.
    """
    undone = inverse[precision.posterior.argmax(axis=1)] * precision.rows[:, None]
    of_means = -precision.slope_of_fitted(means, undone / undone.sum(axis=0))
    beside = (means - (rest @ means)[:, None]) * rest / precision.model.weights
    difference = np.eye(len(means)) - rest
    slopes = np.vstack([of_means, difference @ of_means - beside @ precision.slope_of_sizes()])
    of_outcome = np.hstack([moves, moves @ difference.T])
    n = len(moves)
    variance = (of_outcome**2).sum(axis=0) * n / (n - 1)
    variance = variance + ((slopes @ precision.covariance) * slopes).sum(axis=1)
    errors = np.sqrt(variance)
    return errors[: len(means)], errors[len(means) :]
