"""How do classes differ in what they were not made from, corrected for misplaced people."""

from __future__ import annotations

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
    rows are weighted by the inverse of the chances to be put into each class. Linearised standard
    errors (Vermunt 2010, Political Analysis 18, 450-469); that those chances are estimates adds
    nothing to them.

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
    posterior = personas.members.filter(regex=r"^posterior_").to_numpy("float64")
    weights = np.ones(len(data)) if weight is None else _numbers(data, weight)
    counted = ~np.isnan(posterior[:, 0]) & (weights > 0)
    likeliest = np.where(counted, np.nan_to_num(posterior).argmax(axis=1), -1)
    inverse = _inverse(posterior[counted], likeliest[counted], weights[counted])
    rows: list[dict[str, Any]] = []
    for metric in metrics:
        values = _numbers(data, metric)
        measured = counted & np.isfinite(values)
        rows += [
            {"metric": metric, **row}
            for row in _by_class(values[measured], likeliest[measured], weights[measured], inverse,
                                 personas.sizes["estimate"].to_numpy("float64") / 100, level)
        ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame = frame.join(judged(frame["p_value"], family_level))
    reach = normal_quantile(interval_level(frame["p_value"], family_level)) * frame["error"]
    frame["difference_low"] = frame["difference"] - reach
    frame["difference_high"] = frame["difference"] + reach
    return frame[OUTCOMES]


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
    values: Floats,
    likeliest: NDArray[np.int64],
    weights: Floats,
    inverse: Floats | None,
    shares: Floats,
    level: float,
) -> list[dict[str, Any]]:
    """Return the corrected mean of each class, and its difference from all others."""
    count = len(shares)
    n = np.bincount(likeliest, minlength=count)
    names = ("estimate", "std_error", "low", "high", "others", "difference", "error", "p_value")
    rows: list[dict[str, Any]] = [
        {"class": place + 1, "n": int(n[place]), "note": "", **dict.fromkeys(names, np.nan)}
        for place in range(count)
    ]
    for row, people in zip(rows, n, strict=True):
        row["note"] = TOO_FEW if people < FEWEST else "" if inverse is not None else TOO_ALIKE
    if inverse is None or not (n >= FEWEST).any():
        return rows
    flat = float(np.ptp(values)) == 0
    by_row = inverse[likeliest] * weights[:, None]
    total = by_row.sum(axis=0)
    fine = (n >= FEWEST) & (total > 0)
    total = np.where(fine, total, np.nan)
    means = values @ by_row / total
    # What each row moves each mean by: sums of their squares are variances.
    moves = by_row * (values[:, None] - means) / total * np.sqrt(len(values) / (len(values) - 1))
    z = normal_quantile(level)
    for place in np.flatnonzero(fine):
        error = float(np.sqrt((moves[:, place] ** 2).sum()))
        rest = np.where(fine & (np.arange(count) != place), shares, 0.0)
        rows[place] |= {"estimate": float(means[place])}
        if flat:
            rows[place]["note"] = NO_SPREAD
            continue
        rows[place] |= {
            "std_error": error, "low": means[place] - z * error, "high": means[place] + z * error
        }  # fmt: skip
        if rest.any():
            rest = rest / rest.sum()
            against = float(np.nan_to_num(means) @ rest)
            apart = moves[:, place] - np.nan_to_num(moves) @ rest
            off, difference = float(np.sqrt((apart**2).sum())), float(means[place]) - against
            rows[place] |= {
                "others": against, "difference": difference, "error": off,
                "p_value": float(2 * norm.sf(abs(difference) / off)),
            }  # fmt: skip
    return rows
