"""The closed forms of keyness: how much more one group uses a word than another, from counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxreport.errors import CxError
from cxreport.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Prior = Literal["informative"]
STRENGTH = 10.0
"""Counts that an informative prior is worth in all."""


def log_odds(
    count: ArrayLike,
    count_reference: ArrayLike,
    *,
    prior: Prior | float | ArrayLike = "informative",
    strength: float = STRENGTH,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how much likelier a word is in one group than in another, each word of a vocabulary.

    Parameters
    ----------
    count, count_reference : array of numbers
        Of each word, how often the group and the reference use it; 0 or more.
    prior : "informative", float or array of float
        Counts added to each word of both groups before they are seen: in proportion to the word's
        share of both groups together, the same for all words, or one for each word.
    strength : float
        What an informative prior adds in all.
    level : float
        Confidence level of the interval.

    Returns
    -------
    DataFrame
        One row per word, in the order given: ``count``, ``count_reference``; ``estimate``
        (difference of the log-odds, above 0: more of the group's), ``std_error``, ``low``,
        ``high``, ``z``, ``p_value`` (two-sided).

    Raises
    ------
    CxError
        If the counts are of different lengths, negative or missing, or the prior is not above 0.

    Notes
    -----
    The variance is 1 / (count + prior), summed over both: the rest of the vocabulary is taken to be
    large. Source: Monroe, Colaresi & Quinn 2008, Political Analysis 16, 372-403, equations 15, 16,
    20 and 22.

    Examples
    --------
    >>> log_odds([40, 10], [5, 50], prior=0.01)[["estimate", "z"]].round(2)
       estimate      z
    0      3.69   7.78
    1     -3.69 -10.65
    """
    counts, others = _counts(count), _counts(count_reference)
    if len(counts) != len(others):
        raise CxError("counts of different lengths", got=len(others), expected=len(counts))
    added = _added(counts + others, prior, strength)
    own, other = counts + added, others + added
    total, total_other = own.sum(), other.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.log(own / (total - own)) - np.log(other / (total_other - other))
        error = np.sqrt(1 / own + 1 / other)
    finite = np.isfinite(estimate)
    estimate, error = np.where(finite, estimate, np.nan), np.where(finite, error, np.nan)
    reach = normal_quantile(level) * error
    z = estimate / error
    return pd.DataFrame(
        {
            "count": counts,
            "count_reference": others,
            "estimate": estimate,
            "std_error": error,
            "low": estimate - reach,
            "high": estimate + reach,
            "z": z,
            "p_value": 2 * norm.sf(np.abs(z)),
        }
    )


def word_chi_square(count: int, total: int, count_reference: int, total_reference: int, *,
                    yates: bool = True) -> float:  # fmt: skip
    """Return by chi-square whether a word is as frequent in two texts: the plain check of keyness.

    Parameters
    ----------
    count, count_reference : int
        How often each text uses the word.
    total, total_reference : int
        Words of each text.
    yates : bool
        Whether to correct for continuity.

    Returns
    -------
    float
        The statistic, of one degree of freedom; NaN where a margin is 0.

    Raises
    ------
    CxError
        If a count is negative or above its total.

    Notes
    -----
    Source: Yates 1934, Supplement to the Journal of the Royal Statistical Society 1, 217-235.

    Examples
    --------
    >>> round(word_chi_square(7, 10, 2, 9, yates=False), 3)
    4.337
    """
    if not (0 <= count <= total and 0 <= count_reference <= total_reference):
        raise CxError("a count is not between 0 and its total", got=[count, count_reference])
    rest, rest_reference = total - count, total_reference - count_reference
    n = total + total_reference
    margins = total * total_reference * (count + count_reference) * (rest + rest_reference)
    if margins == 0:
        return float("nan")
    cross = abs(count * rest_reference - count_reference * rest)
    return n * max(cross - (n / 2 if yates else 0), 0) ** 2 / margins


def _counts(values: ArrayLike) -> NDArray[np.float64]:
    """Read counts of words."""
    counts = np.asarray(values, dtype="float64").ravel()
    if not (np.isfinite(counts) & (counts >= 0)).all():
        raise CxError("a count of a word is missing or negative", expected="0 or more")
    return counts


def _added(
    pooled: NDArray[np.float64], prior: Prior | float | ArrayLike, strength: float
) -> NDArray[np.float64]:
    """Return what the prior adds to each word."""
    if isinstance(prior, str):
        if prior != "informative":
            raise CxError("no such prior", got=prior, expected="informative, or a number above 0")
        if not strength > 0:
            raise CxError("a prior's strength is not above 0", got=strength)
        total = pooled.sum()
        return strength * pooled / total if total > 0 else pooled
    added = np.broadcast_to(np.asarray(prior, dtype="float64"), pooled.shape)
    if not (np.isfinite(added) & (added > 0)).all():
        raise CxError("a prior is not above 0", got=prior if np.isscalar(prior) else "a list")
    return added
