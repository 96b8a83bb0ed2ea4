"""Correlations of ratings that not everybody gave, of the rows and of resamples of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxreport.topics.drivers.numeric_rows import numeric_rows
from cxreport.topics.drivers.resampling import resample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.inputs.source import Data
    from cxreport.stats.value_columns import Scale
    from cxreport.topics.drivers.numeric_rows import Numbers
    from cxreport.topics.drivers.resampling import Flags

TINY = 1e-10
"""A variance of standardised values below it is none."""


@dataclass(frozen=True)
class Ratings:
    """Drivers and an outcome, seen through their pairs; the outcome is the last column.

    Attributes
    ----------
    pairs : ndarray, columns x columns
        Rows in which both are known; on the diagonal, each one alone.
    correlation : ndarray, 1 + resamples x columns x columns
        Of the rows (first) and of each resample; NaN where it cannot be said.
    mean : ndarray, 1 + resamples x columns
        Of each column's known values, weighted.
    reach : ndarray, 1 + resamples x columns
        Part of the rows with an outcome that have the column, 0 to 1.
    varies : ndarray of bool
        Whether a column has two different values.
    lowest, highest : ndarray
        Of each column.
    invalid : ndarray
        Of each driver: rows in which it or the outcome lies outside its scale.
    """

    pairs: Numbers
    correlation: Numbers
    mean: Numbers
    reach: Numbers
    varies: Flags
    lowest: Numbers
    highest: Numbers
    invalid: Numbers


def correlate(
    data: Data,
    columns: Sequence[str],
    *,
    scales: Sequence[Scale],
    weight: str | None = None,
    cluster: str | None = None,
    bootstrap: int,
    seed: int,
) -> Ratings:
    """Correlate columns pair by pair: each pair over the rows that have both.

    Parameters
    ----------
    data : frame
        One row per answer.
    columns : sequence of str
        Numeric columns, the outcome last.
    scales : sequence
        Of each column, see ``numeric_rows``.
    weight : str, optional
        Column of weights.
    cluster : str, optional
        Column of the customer, see ``importance``.
    bootstrap, seed : int
        Resamples, and their start.

    Returns
    -------
    Ratings

    Raises
    ------
    CxError
        As ``numeric_rows``.

    Notes
    -----
    As R's ``cor(use = "pairwise.complete.obs")``: mean and variance of a pair are those of its own
    rows, so that who was asked, or used a thing at all, is not mixed with how it was rated.
    """
    rows = numeric_rows(data, columns, weight, cluster=cluster, scales=scales)
    width = np.where(rows.highest > rows.lowest, rows.highest - rows.lowest, 1.0)

    def design(values: Numbers) -> Numbers:
        """Return whether there is a value, the value from 0 to 1, and its square."""
        present = ~np.isnan(values)
        scaled = np.where(present, (values - rows.lowest) / width, 0.0)
        return np.hstack([present.astype(float), scaled, scaled**2])

    sums = resample(rows, design, bootstrap=bootstrap, seed=seed)
    k = len(rows.names)
    present, value, square = slice(k), slice(k, 2 * k), slice(2 * k, 3 * k)
    together = sums.resampled[:, present, present]
    each = np.diagonal(together, axis1=1, axis2=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation, mean = _moments(
            together,
            sums.resampled[:, value, present],
            sums.resampled[:, square, present],
            sums.resampled[:, value, value],
        )
        reach = together[:, -1, :] / each[:, -1:]
    return Ratings(
        pairs=sums.plain[present, present].round(),
        correlation=correlation,
        mean=rows.lowest + width * mean,
        reach=reach,
        varies=rows.highest > rows.lowest,
        lowest=rows.lowest,
        highest=rows.highest,
        invalid=rows.invalid,
    )


def _moments(
    n: Numbers, total: Numbers, squares: Numbers, products: Numbers
) -> tuple[Numbers, Numbers]:
    """Turn sums over pairs into correlations, and into the mean of each column."""
    mean = total / n
    variance = squares / n - mean**2
    variance = np.where(variance > TINY, variance, np.nan)
    other = np.swapaxes
    covariance = products / n - mean * other(mean, 1, 2)
    correlation = covariance / np.sqrt(variance * other(variance, 1, 2))
    return np.clip(correlation, -1, 1), np.diagonal(mean, axis1=1, axis2=2)


def fitting(correlation: Numbers) -> Numbers:
    """Return correlation matrices that can be of one set of rows.

    Pairs over different rows may contradict each other. Where they do, the smallest eigenvalues
    are raised to zero and the diagonal is set back to one; a correlation that is not known is 0.

    Examples
    --------
    >>> contradicting = np.array([[[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]])
    >>> bool(np.linalg.eigvalsh(fitting(contradicting)).min() > -1e-12)
    True
    """
    filled = np.nan_to_num(correlation)
    diagonal = np.arange(filled.shape[-1])
    filled[:, diagonal, diagonal] = 1.0
    values, vectors = np.linalg.eigh(filled)
    wrong = values[:, 0] < -TINY
    if wrong.any():
        raised = np.clip(values[wrong], 0, None)[:, None, :] * vectors[wrong]
        mended = raised @ vectors[wrong].transpose(0, 2, 1)
        scale = np.sqrt(np.diagonal(mended, axis1=1, axis2=2))
        filled[wrong] = mended / (scale[:, :, None] * scale[:, None, :])
    return filled
