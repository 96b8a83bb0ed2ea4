"""Populations to try a method on: true shares of detractors and promoters, on a grid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxreport.errors import CxError


def share_grid(step: float = 0.1) -> pd.DataFrame:
    """Return every pair of true shares of detractors and promoters on a grid.

    Parameters
    ----------
    step : float
        Distance of two shares, a fraction of 1.

    Returns
    -------
    DataFrame
        ``detractors`` and ``promoters``, fractions from half a step on, that leave at least half a
        step for the passives.

    Raises
    ------
    CxError
        If the step is not above 0, or above one half.

    Examples
    --------
    >>> len(share_grid(0.1)), share_grid(0.5).to_numpy().tolist()
    (45, [[0.25, 0.25]])
    """
    points = _points(step)
    pairs = [(d, p) for d in points for p in points if d + p <= 1 - step / 2 + 1e-9]
    return pd.DataFrame(pairs, columns=["detractors", "promoters"])


def edge_shares(step: float = 0.1) -> pd.DataFrame:
    """Return populations in which one class is empty, where intervals have it hardest.

    Parameters
    ----------
    step : float
        Distance of two shares, a fraction of 1.

    Returns
    -------
    DataFrame
        ``edge`` ("no detractors" or "no passives"; no promoters is the first one mirrored),
        ``detractors`` and ``promoters``, fractions from half a step on. Between detractors and
        promoters alone, the half that has more promoters mirrors the other and is left out.

    Raises
    ------
    CxError
        As ``share_grid``.

    Examples
    --------
    >>> edge_shares(0.5)
                edge  detractors  promoters
    0  no detractors        0.00       0.25
    1  no detractors        0.00       0.75
    2    no passives        0.75       0.25
    """
    points = _points(step)
    half = points[points <= 0.5]
    edges = [("no detractors", 0.0, p) for p in points]
    edges += [("no passives", 1 - p, p) for p in half]
    return pd.DataFrame(edges, columns=["edge", "detractors", "promoters"])


def _points(step: float) -> np.ndarray:
    """Return shares from half a step on."""
    if not 0 < step <= 0.5:
        raise CxError("a step that makes no grid", got=step, expected="above 0, at most 0.5")
    return np.arange(step / 2, 1, step).round(9)
