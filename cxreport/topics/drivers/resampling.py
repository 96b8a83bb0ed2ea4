"""Sums of products of a table's rows, and of as many resamples of them, in one pass.

What a regression or a correlation needs of the rows are sums of products. So the sums are
resampled and not the rows: equal rows are counted once, and a resample draws counts. Many rows
that are nearly all different are allocated at random to 2,048 blocks; the sums of a block are
kept, not its rows, and a resample draws blocks. Rows of one customer are drawn together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cxreport.errors import CxError
from cxreport.inputs.batches import batches
from cxreport.inputs.source import run
from cxreport.topics.drivers.numeric_rows import CLUSTER

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from cxreport.topics.drivers.numeric_rows import Numbers, Rows

    Flags: TypeAlias = NDArray[np.bool_]
    Design: TypeAlias = Callable[[Numbers], Numbers]

MOST_PATTERNS = 10_000
"""Different rows up to which every single one may be drawn."""
BLOCKS = 2_048
CHUNK = 512
NOTHING = 1e-10


@dataclass(frozen=True)
class Sums:
    """Sums of products of a design's columns.

    Attributes
    ----------
    resampled : ndarray, 1 + resamples x columns x columns
        Weighted sums: the first of the rows as they are, then of each resample.
    plain : ndarray, columns x columns
        Of the rows as they are, without weights.
    """

    resampled: Numbers
    plain: Numbers


def resample(rows: Rows, design: Design, *, bootstrap: int, seed: int) -> Sums:
    """Add up the products of a design's columns, over the rows and over resamples of them.

    Parameters
    ----------
    rows : Rows
        From ``numeric_rows``.
    design : callable
        Rows (n x columns, NaN for missing) -> the columns to multiply (n x q, none missing).
    bootstrap : int
        Resamples.
    seed : int
        Their start.

    Returns
    -------
    Sums

    Notes
    -----
    With at most 10,000 different rows a resample is drawn from all rows with replacement
    (multinomial counts of the different ones): the ordinary bootstrap, exactly. With more, rows
    are allocated at random to 2,048 blocks and blocks are drawn: the spread of a sum is the
    same on average. *Kleiner et al. 2014, Journal of the Royal Statistical Society B 76,
    795-816* resample large data by weights for the same reason. Where rows have a cluster,
    clusters are drawn with all their rows, or allocated whole: *Davison & Hinkley 1997,
    Bootstrap Methods and their Application, section 3.8*.
    """
    if bootstrap < 0:
        raise CxError("resamples cannot be fewer than none", got=bootstrap)
    random = np.random.default_rng(seed)
    if _has_few_patterns(rows):
        patterns = _patterns(rows)
        counts = patterns.pop("n").to_numpy("float64")
        given = patterns.to_numpy("float64")
        weights = given[:, len(rows.names)] if rows.weighted else np.ones(len(given))
        values = design(given[:, : len(rows.names)])
        plain = (values * counts[:, None]).T @ values
        if rows.clustered:
            drawn = _draw_clusters(given[:, -1], counts, bootstrap, random)
        else:
            drawn = _draw(counts, bootstrap, random)
        return Sums(_add_up(drawn, values, weights), plain)
    blocks, plain = _block_sums(rows, design, random)
    drawn = _draw(np.ones(len(blocks)), bootstrap, random)
    size = blocks.shape[1]
    sums = drawn @ blocks.reshape(len(blocks), -1)
    return Sums(sums.reshape(len(sums), size, size), plain)


def _has_few_patterns(rows: Rows) -> bool:
    """Return whether the different rows are few, without listing them."""
    if rows.n <= MOST_PATTERNS or rows.clustered:
        return rows.n <= MOST_PATTERNS
    names = rows.table.columns
    if 2 ** len(names) > MOST_PATTERNS:
        return False
    counted = rows.table.aggregate(**{n: rows.table[n].nunique() for n in names})
    # one more value for what is missing
    return bool(np.prod(run(counted).iloc[0].to_numpy("float64") + 1) <= MOST_PATTERNS)


def _patterns(rows: Rows) -> pd.DataFrame:
    """Count equal rows, in an order of their own: sums then do not depend on that of the rows."""
    names = list(rows.table.columns)
    counted = run(rows.table.group_by(names).aggregate(n=rows.table.count()))
    in_order = counted.sort_values(names, ignore_index=True)
    if not rows.clustered:
        return in_order
    alone = in_order[CLUSTER].isna()  # each row is a cluster, also where rows are equal
    times = in_order["n"].where(alone, 1).astype("int64")
    one_each = in_order.assign(n=in_order["n"].mask(alone, 1))
    return one_each.loc[one_each.index.repeat(times)].reset_index(drop=True)


def _draw(counts: Numbers, bootstrap: int, random: np.random.Generator) -> Numbers:
    """Draw how often each pattern is in each resample, below the counts themselves."""
    n = counts.sum()
    if not n or not bootstrap:
        return counts[None, :]
    drawn = random.multinomial(int(n), counts / n, size=bootstrap)
    return np.vstack([counts, drawn])


def _draw_clusters(
    cluster: Numbers, counts: Numbers, bootstrap: int, random: np.random.Generator
) -> Numbers:
    """Draw clusters, and say how often each of their rows is in each resample."""
    alone = np.isnan(cluster)
    names, place = np.unique(cluster[~alone], return_inverse=True)
    of = np.empty(len(cluster), dtype=int)
    of[~alone], of[alone] = place, len(names) + np.arange(alone.sum())
    clusters = np.ones(len(names) + int(alone.sum()))
    return _draw(clusters, bootstrap, random)[:, of] * counts


def _add_up(drawn: Numbers, values: Numbers, weights: Numbers) -> Numbers:
    """Add up the products of a few hundred patterns at a time, for all resamples at once."""
    size = values.shape[1]
    upper = np.triu_indices(size)
    total = np.zeros((len(drawn), len(upper[0])))
    for start in range(0, len(values), CHUNK):
        part = slice(start, start + CHUNK)
        products = values[part][:, upper[0]] * values[part][:, upper[1]] * weights[part, None]
        total += drawn[:, part] @ products
    sums = np.empty((len(drawn), size, size))
    sums[:, upper[0], upper[1]] = sums[:, upper[1], upper[0]] = total
    return sums


def _block_sums(rows: Rows, design: Design, random: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Allocate rows to blocks, batch by batch, and keep the sums of each block.

    Products are taken block by block: many small ones, which do not wait for a second thread.
    """
    if rows.clustered:
        return _cluster_block_sums(rows, design, random)
    blocks, plain = np.zeros((BLOCKS, 1, 1)), np.zeros((1, 1))
    for batch in batches(rows.table):
        values = design(batch[:, : len(rows.names)])
        depth = -(-len(batch) // BLOCKS)
        allocated = np.zeros((BLOCKS * depth, values.shape[1]))
        places = random.permutation(len(allocated))[: len(batch)]
        allocated[places] = values
        across = allocated.reshape(BLOCKS, depth, -1)
        sums = across.transpose(0, 2, 1) @ across
        plain = plain + sums.sum(axis=0)
        if rows.weighted:
            allocated[places] *= np.sqrt(batch[:, -1:])
            sums = across.transpose(0, 2, 1) @ across
        blocks = blocks + sums
    return blocks, plain


def _cluster_block_sums(
    rows: Rows, design: Design, random: np.random.Generator
) -> tuple[Numbers, Numbers]:
    """Allocate clusters to blocks, and keep the sums of each block."""
    table = rows.table
    most = run(table.aggregate(most=table[CLUSTER].max()))["most"].fillna(-1).item()
    block_of = random.integers(BLOCKS, size=int(most) + 1)
    blocks, plain = np.zeros((BLOCKS, 1, 1)), np.zeros((1, 1))
    for batch in batches(table):
        values, cluster = design(batch[:, : len(rows.names)]), batch[:, -1]
        clustered = ~np.isnan(cluster)
        allocated = random.integers(BLOCKS, size=len(batch))
        allocated[clustered] = block_of[cluster[clustered].astype(int)]
        plain = plain + values.T @ values
        if rows.weighted:
            values = values * np.sqrt(batch[:, len(rows.names), None])
        order = np.argsort(allocated, kind="stable")
        ends = np.searchsorted(allocated[order], np.arange(1, BLOCKS))
        parts = np.split(values[order], ends)
        blocks = blocks + np.array([part.T @ part for part in parts])
    return blocks, plain


def limits(resampled: Numbers, level: float = 0.95) -> tuple[Numbers, Numbers]:
    """Return percentile limits of each column; the first row is the estimate, not a resample."""
    if len(resampled) == 1:
        empty = np.full(resampled.shape[1:], np.nan)
        return empty, empty
    tail = (1 - level) / 2
    low, high = np.quantile(resampled[1:], [tail, 1 - tail], axis=0)
    return low, high


def often_first(resampled: Numbers, top: int) -> Numbers:
    """Return in what percent of the resamples each column is among the ``top`` above zero."""
    drawn = np.nan_to_num(resampled[1:])
    estimable = ~np.isnan(resampled[0])
    if not len(drawn):
        return np.full(len(estimable), np.nan)
    rank = np.argsort(np.argsort(-drawn, axis=1, kind="stable"), axis=1, kind="stable")
    often = 100 * ((rank < top) & (drawn > NOTHING)).mean(axis=0)
    return np.where(estimable, often, np.nan)
