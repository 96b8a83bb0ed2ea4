"""What a bad and an excellent rating go with, all ratings together: one model for several uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxreport.errors import CxError
from cxreport.topics.drivers.importance import COLLINEAR, NO_VARIANCE, TOO_FEW
from cxreport.topics.drivers.numeric_rows import numeric_rows
from cxreport.topics.drivers.relative_weights import SAME
from cxreport.topics.drivers.resampling import resample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.inputs.source import Data
    from cxreport.stats.value_columns import Scale
    from cxreport.topics.drivers.numeric_rows import Numbers
    from cxreport.topics.drivers.resampling import Flags

FEWEST = 5
"""Bad, middling and excellent ratings that an effect needs, each."""


@dataclass(frozen=True)
class Steps:
    """Effects of ratings against a middling one, of the rows (first) and of each resample.

    Attributes
    ----------
    low, high : ndarray, 1 + resamples x drivers
        How far the outcome lies from that of a middling rating, where the rating is bad, or
        excellent; NaN where it cannot be said.
    n, n_low, n_high : ndarray of drivers
        Rows with an outcome and a rating; with a bad one; with an excellent one.
    invalid : ndarray of drivers
        Rows with a rating or an outcome outside its scale.
    freedom : int
        People, less the numbers that were fitted: what the spread of the resamples rests on.
    notes : list of str
        Why there is no number.
    """

    low: Numbers
    high: Numbers
    n: Numbers
    n_low: Numbers
    n_high: Numbers
    invalid: Numbers
    freedom: int
    notes: list[str]


def step_effects(
    data: Data,
    outcome: str,
    drivers: Sequence[str],
    *,
    low_to: float,
    high_from: float,
    scale: Scale = None,
    outcome_scale: Scale = None,
    weight: str | None = None,
    cluster: str | None = None,
    bootstrap: int,
    seed: int,
) -> Steps:
    """Regress an outcome on bad, excellent and absent ratings of all drivers together.

    Parameters
    ----------
    data : frame
        One row per answer; rows without the outcome are left out.
    outcome : str
        Numeric column.
    drivers : sequence of str
        Columns of ratings, higher is better. No rating is a level of its own, so that whoever did
        not use a thing is neither left out nor taken for somebody with a middling rating.
    low_to, high_from : float
        Ratings up to the one are bad, from the other on excellent.
    scale, outcome_scale, weight, cluster, bootstrap, seed
        As in ``importance``.

    Returns
    -------
    Steps

    Raises
    ------
    CxError
        If no rating could be middling, or as ``importance``.
    """
    if not low_to < high_from:
        raise CxError("bad ratings must lie below excellent ones", got=f"{low_to} and {high_from}")
    if not drivers:
        raise CxError("no driver", expected="one column of ratings or more")
    p = len(drivers)
    scales = [*[scale] * p, outcome_scale]
    rows = numeric_rows(
        data, [*drivers, outcome], weight, cluster=cluster, scales=scales, with_last=True
    )
    middle = (np.nan_to_num(rows.lowest[-1]) + np.nan_to_num(rows.highest[-1])) / 2

    def design(values: Numbers) -> Numbers:
        """Return level by level who gave a rating, 1, and the outcome about its middle."""
        given = ~np.isnan(values[:, -1:])
        ratings = values[:, :-1]
        levels = [ratings <= low_to, ratings >= high_from, np.isnan(ratings), np.ones_like(given)]
        outcomes = np.where(given, values[:, -1:] - middle, 0)
        return np.hstack([*(given & level for level in levels), outcomes]).astype(float)

    sums = resample(rows, design, bootstrap=bootstrap, seed=seed)
    n_low, n_high, absent = np.diagonal(sums.plain)[: 3 * p].reshape(3, p)
    everybody = sums.plain[3 * p, 3 * p]
    counts = np.array([n_low, n_high, everybody - n_low - n_high - absent])
    moments = sums.resampled[:, : 3 * p + 1, : 3 * p + 1]
    varies = bool(rows.highest[-1] > rows.lowest[-1])
    notes = _notes(moments[0], counts, everybody, varies=varies)
    effects = np.linalg.pinv(moments, rcond=SAME, hermitian=True) @ sums.resampled[:, :-1, -1:]
    silent = np.array([note != "" for note in notes])
    low, high = (np.where(silent, np.nan, effects[:, at : at + p, 0]) for at in (0, p))
    fitted = int((np.diagonal(moments[0]) > 0).sum())
    freedom = max(rows.people - fitted, 1)
    return Steps(low, high, counts.sum(axis=0), n_low, n_high, rows.invalid, freedom, notes)


def _notes(moments: Numbers, counts: Numbers, everybody: float, *, varies: bool) -> list[str]:
    """Return for each driver why it has no effect that could be told."""
    p = counts.shape[1]
    if everybody < len(moments) + 1:
        return [TOO_FEW] * p
    if not varies:
        return [NO_VARIANCE] * p
    used = np.diagonal(moments) > 0
    scale = np.sqrt(np.diagonal(moments)[used])
    values, vectors = np.linalg.eigh(moments[np.ix_(used, used)] / np.outer(scale, scale))
    tied = np.zeros(len(moments), dtype=bool)
    tied[used] = (np.abs(vectors[:, values <= SAME]) > SAME**0.5).any(axis=1)
    either: Flags = tied[:p] | tied[p : 2 * p]
    few: Flags = counts.min(axis=0) < FEWEST
    return [
        TOO_FEW if short else COLLINEAR if same else ""
        for short, same in zip(few, either, strict=True)
    ]
