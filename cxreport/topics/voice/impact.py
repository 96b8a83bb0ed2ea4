"""How much of the whole score goes with each topic, and how sure the order of topics is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]

CHUNK = 50
"""Resamples drawn at a time."""
BLOCKS = 2_048
"""Parts that are drawn where many rows are all different: each is allocated its rows at random."""
TAILS = (2.5, 97.5)
COLUMNS = [
    "impact", "impact_low", "impact_high", "rank", "rank_low", "rank_high", "first",
]  # fmt: skip


def impacts(
    holds: Flags,
    values: Numbers,
    worth: Numbers,
    who: NDArray[np.int64] | None,
    judged: Flags,
    *,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Rank topics by their impact on the mean score, lowest first, and resample the ranks.

    Parameters
    ----------
    holds : array of bool, respondents x topics
        Who speaks of what.
    values, worth : array of float
        Score and weight of each respondent.
    who : array of int, optional
        The customer of each respondent.
    judged : array of bool
        Topics that are ranked.
    resamples, seed : int
        Bootstrap resamples of respondents, or of customers with all their answers, and their start.

    Returns
    -------
    DataFrame
        One row per topic: ``impact`` (mean of all less mean of those without the topic), its 95%
        interval, ``rank`` (1: lowest), the middle 95% of its ranks, ``first`` (percent of resamples
        in which it ranks first with an impact below 0). Empty for topics that are not ranked.

    Notes
    -----
    With the share s of a topic, m = s m(topic) + (1 - s) m(rest), so m - m(rest) is s times the
    difference. Equal rows are drawn together by their counts, which is the bootstrap of rows; where
    there are more than 2,048 different rows or customers they are allocated to as many blocks, and
    blocks are drawn. Source: Davison & Hinkley 1997, Bootstrap Methods and their Application, 5.2.
    """
    empty = pd.DataFrame(np.nan, index=range(holds.shape[1]), columns=COLUMNS)
    if not judged.any() or not len(values):
        return empty
    draw = np.random.default_rng(seed)
    kept = holds[:, judged].astype(float)
    sums = np.column_stack(
        [worth, worth * values, (worth[:, None] * kept), ((worth * values)[:, None] * kept)]
    )
    units, counts = _units(sums, who, draw)
    own = _impact((counts[:, None] * units).sum(axis=0)[None, :])[0]
    rows = pd.DataFrame({"impact": own, "rank": own.argsort(kind="stable").argsort() + 1.0})
    if resamples > 0:
        drawn = np.concatenate([_impact(part) for part in _drawn(units, counts, resamples, draw)])
        ranks = drawn.argsort(axis=1, kind="stable").argsort(axis=1) + 1
        rows["impact_low"], rows["impact_high"] = np.percentile(drawn, TAILS, axis=0)
        rows["rank_low"], rows["rank_high"] = np.percentile(
            ranks, TAILS, axis=0, method="inverted_cdf"
        )
        rows["first"] = 100 * ((ranks == 1) & (drawn < 0)).mean(axis=0)
    rows.index = np.flatnonzero(judged)
    return rows.reindex(columns=COLUMNS).reindex(range(holds.shape[1]))


def _units(
    sums: Numbers, who: NDArray[np.int64] | None, draw: np.random.Generator
) -> tuple[Numbers, Numbers]:
    """Return the sums of what is drawn, and how many alike there are of each."""
    if who is not None:
        _, place = np.unique(who, return_inverse=True)
        sums = _added(sums, place)
    units, counts = np.unique(sums.round(9), axis=0, return_counts=True)
    if len(units) <= BLOCKS:
        return units, counts.astype(float)
    return _added(sums, draw.permutation(len(sums)) % BLOCKS), np.ones(BLOCKS)


def _added(sums: Numbers, place: NDArray[np.int64]) -> Numbers:
    """Add up rows that have the same place."""
    return np.column_stack([np.bincount(place, column) for column in sums.T])


def _drawn(
    units: Numbers, counts: Numbers, resamples: int, draw: np.random.Generator
) -> Iterator[Numbers]:
    """Draw the units again, a few resamples at a time."""
    chances, n = counts / counts.sum(), int(counts.sum())
    for start in range(0, resamples, CHUNK):
        yield draw.multinomial(n, chances, size=min(CHUNK, resamples - start)) @ units


def _impact(sums: Numbers) -> Numbers:
    """Return the mean of all less that of those without each topic, one row per resample."""
    topics = (sums.shape[1] - 2) // 2
    weight, total = sums[:, [0]], sums[:, [1]]
    inside, scored = sums[:, 2 : 2 + topics], sums[:, 2 + topics :]
    rest = weight - inside
    mean_rest = (total - scored) / np.where(rest > 0, rest, 1)
    return np.where(rest > 0, total / weight - mean_rest, 0.0)
