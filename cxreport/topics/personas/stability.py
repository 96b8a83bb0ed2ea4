"""Do the same classes come back when the people are drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxreport.errors import CxError

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import ArrayLike, NDArray

    from cxreport.topics.personas.items import Coded
    from cxreport.topics.personas.mixture import Fitter, Model

STARTS = 5
"""Random starts in each resample."""


def agreement(first: ArrayLike, second: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return the adjusted Rand index of two ways to divide the same rows.

    Parameters
    ----------
    first, second : array of int
        The class of each row, counted from 0, in either way.
    weights : array of float, optional
        How many rows each stands for; 1 where nothing is said.

    Returns
    -------
    float
        1 where both are the same but for names, about 0 where they agree as chance would; 1 where
        both have one class only.

    Raises
    ------
    CxError
        If the classes are not whole numbers from 0, there is no row, or the rows differ in number.

    Notes
    -----
    Source: Hubert & Arabie 1985, Journal of Classification 2, 193-218.

    Examples
    --------
    >>> agreement([0, 0, 1, 1], [1, 1, 0, 0])
    1.0
    >>> round(agreement([0, 0, 1, 1], [0, 0, 1, 2]), 3)
    0.571
    """
    one, other = _classes(first), _classes(second)
    try:
        counts = np.ones(len(one)) if weights is None else np.asarray(weights, dtype=float)
    except (TypeError, ValueError) as error:
        raise CxError("these are no weights", expected="numbers") from error
    if not one.shape == other.shape == counts.shape:
        got = f"{one.size}, {other.size} and {counts.size} rows"
        raise CxError("two ways to divide the same rows", got=got)
    if not (np.isfinite(counts) & (counts >= 0)).all():
        raise CxError("these are no weights", expected="0 or more, and finite")
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), counts)
    pairs, rows, columns, every = (
        float((kept * (kept - 1)).sum()) / 2
        for kept in (table, table.sum(axis=1), table.sum(axis=0), table.sum())
    )
    if every <= 0:  # one row: there is no pair to divide
        return 1.0
    expected = rows * columns / every
    most = (rows + columns) / 2
    return 1.0 if most == expected else (pairs - expected) / (most - expected)


def _classes(column: ArrayLike) -> NDArray[np.int64]:
    """Return the class of each row, if it is one."""
    given = np.asarray(column)
    whole = given.ndim == 1 and given.size > 0 and np.issubdtype(given.dtype, np.integer)
    if not whole or given.min() < 0:
        raise CxError("these are no classes", expected="whole numbers from 0, one a row")
    return given.astype(np.int64)


def stability(
    model: Model, coded: Coded, fitter: Fitter, *, resamples: int, rng: Generator
) -> float:
    """Return the mean agreement of a solution with those of resampled rows; NaN without any.

    Each resample of as many rows is fitted anew, from starts of its own; all rows are then put
    into its likeliest classes. Source: Hennig 2007, Computational Statistics & Data Analysis 52,
    258-271, with the adjusted Rand index.
    """
    kept = model.posterior.argmax(axis=1)
    agreements = []
    for _ in range(resamples):
        drawn = rng.multinomial(coded.n, coded.weights / coded.weights.sum()).astype(float)
        again = fitter.fit(model.count, drawn, starts=STARTS, rng=rng, roughly=True)
        if again is not None:
            agreements.append(agreement(kept, again.posterior.argmax(axis=1), coded.weights))
    return float(np.mean(agreements)) if agreements else float("nan")
