"""Break-downs: small groups hidden, small samples stabilised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.scores.suppression import MINIMUM_GROUP, SUPPRESSED, is_small, with_partners
from cxreport.stats.families import (
    class_names,
    family_numbers,
    group_columns,
)
from cxreport.stats.heterogeneity import sampling_variances
from cxreport.stats.intervals import normal_quantile
from cxreport.stats.shrinkage import Shrunk, shrink_counts, shrink_estimates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator

VALUES = ("stabilised", "stabilised_low", "stabilised_high")
RANKS = ("rank", "rank_low", "rank_high")


def suppress(
    scores: pd.DataFrame,
    minimum: int = MINIMUM_GROUP,
    *,
    totals: Sequence[str] | None = None,
    also: pd.Series | None = None,
) -> pd.DataFrame:
    """Hide the scores of groups so small that persons might be recognised.

    Parameters
    ----------
    scores : DataFrame
        What ``nps``, ``csat``, ``ces``, ``pyramid`` or ``scoreboard`` returned.
    minimum : int
        Fewest unweighted answers of a row that is shown, at least 1.
    totals : sequence of str, optional
        The ``by`` columns over whose groups a total is shown somewhere; by default the last one.
    also : Series of bool, optional
        Rows to hide for another reason, in the order of the rows: see ``hidden_levels``.

    Returns
    -------
    DataFrame
        The same rows and columns. A row with 1 to ``minimum`` - 1 answers (of either period, where
        there is ``n_reference``) is hidden. Where it is the only hidden one among rows that add up
        to a total (the same metric and the same other ``by`` columns), or all hidden ones together
        have fewer than ``minimum`` answers, the next smallest is hidden too: or else total minus
        the others would give it away. In a hidden row every number is empty, also ``n``,
        ``missing`` and ``invalid``, which could be had by subtraction as well; ``note`` is
        "suppressed" for all kinds alike. Rows without answers stay as they are. Whole numbers are
        of type Int64.

    Raises
    ------
    CxError
        If the frame is not one of scores, ``minimum`` is below 1, or a column of ``totals`` is
        not one of ``by``.

    Notes
    -----
    A total itself is hidden only if it is small: call this for it too. Where all other rows of a
    total are without answers there is nothing to hide a small row behind; the total is as small.
    Source: NHS England, GP Patient Survey, "Why is data sometimes suppressed?".

    Examples
    --------
    >>> from cxreport.scores.scores import nps
    >>> shops = ["a"] * 30 + ["b"] * 12 + ["c"] * 4
    >>> scores = nps(pd.DataFrame({"shop": shops, "score": 9}), "score", by="shop")
    >>> suppress(scores)[["shop", "n", "estimate", "note"]]
      shop     n  estimate                      note
    0    a    30     100.0  all answers in one class
    1    b  <NA>       NaN                suppressed
    2    c  <NA>       NaN                suppressed
    """
    if minimum < 1:
        raise CxError("not a smallest number of answers", got=minimum, expected="1 or more")
    by = group_columns(scores)
    over = by[-1:] if totals is None else list(totals)
    for name in over:
        if name not in by:
            raise CxError("not a column of groups", got=name, expected=", ".join(by))
    frame = scores.reset_index(drop=True)
    n = frame["n"].astype("float64")
    hidden = is_small(n, minimum) | (frame["note"] == SUPPRESSED)
    if "n_reference" in frame:
        hidden |= is_small(frame["n_reference"], minimum)
    if also is not None:
        hidden |= also.to_numpy(bool)
    # From the innermost totals outward, fewer rows need a partner.
    families = [family_numbers(frame, name) for name in reversed(by) if name in over]
    hidden = with_partners(hidden, n, families, minimum)
    whole = frame.select_dtypes("integer").columns.difference(by)
    frame = frame.astype(dict.fromkeys(whole, "Int64"))
    for name in frame.select_dtypes(["number", "bool", "boolean"]).columns:
        if name not in (*by, "weighted"):
            frame[name] = frame[name].mask(hidden)
    return frame.assign(note=frame["note"].mask(hidden, SUPPRESSED)).set_axis(scores.index)


def shrink(scores: pd.DataFrame, *, level: float = 0.95, seed: int = 0) -> pd.DataFrame:
    """Stabilise the scores of small groups, and say which ranks are really told apart.

    An extreme score of a small group is mostly luck: it is drawn toward the mean of all groups,
    the more the fewer its answers, and wholly if the groups differ no more than by chance.

    Parameters
    ----------
    scores : DataFrame
        What ``nps``, ``csat``, ``ces`` or ``pyramid`` returned. Rows that differ in the last
        ``by`` column alone are one league table.
    level : float
        Level of both intervals, between 0 and 1.
    seed : int
        Start of the simulation: the same seed and scores give the same limits.

    Returns
    -------
    DataFrame
        The same rows and columns, then ``stabilised``, ``stabilised_low``, ``stabilised_high``
        (points or percent, as ``estimate``), ``rank`` (1 is the highest stabilised score, equal
        ones share the better rank), ``rank_low`` and ``rank_high``: the ranks that are plausible.
        Empty for rows without an estimate, for a missing group, which is none, and if no answer
        of a table of means differs.

        Counted answers: Dirichlet-multinomial (net scores) or beta-binomial (shares), by largest
        likelihood. Weighted scores and the pyramid index: normal model from ``std_error``, where
        rows without a spread of their own take that of the table.

    Raises
    ------
    CxError
        If the frame is not one of scores, or the level is out of range.

    Notes
    -----
    Intervals allow for what is not known of mean and spread of the groups: also where these differ
    no more than by chance, they leave room for a difference that does not show. Sources: Gelman et
    al., Bayesian Data Analysis, chapter 5; Mosimann 1962, Biometrika 49, 65-82; Morris 1983, JASA
    78, 47-55; intervals: Daniels 1999, Canadian Journal of Statistics 27, 567-578; ranks: Goldstein
    & Spiegelhalter 1996, JRSS A 159, 385-443.

    Examples
    --------
    >>> from cxreport.scores.scores import csat
    >>> answers = pd.DataFrame({"shop": ["a"] * 40 + ["b"] * 40, "score": [5] * 30 + [1] * 50})
    >>> shrink(csat(answers, "score", by="shop"))[["shop", "estimate", "stabilised"]].round(0)
      shop  estimate  stabilised
    0    a      75.0        74.0
    1    b       0.0         0.0
    """
    normal_quantile(level)
    by = group_columns(scores)
    frame = scores.reset_index(drop=True)
    family = family_numbers(frame, by[-1] if by else None)
    estimated = (frame["n"] > 0).fillna(value=False) & frame["estimate"].notna()
    answered = frame[estimated & frame[by[-1:]].notna().all(axis="columns")]
    parts = [
        _shrunk(rows, level, np.random.default_rng([seed, number]))
        for number, (_, rows) in enumerate(answered.groupby(family))
    ]
    added = pd.concat([pd.DataFrame(columns=[*VALUES, *RANKS], dtype="float64"), *parts])
    added = added.reindex(frame.index).astype(dict.fromkeys(RANKS, "Int64"))
    return pd.concat([scores, added.set_axis(scores.index)], axis="columns")


def _shrunk(rows: pd.DataFrame, level: float, generator: Generator) -> pd.DataFrame:
    """Shrink one league table; values and ranks with their intervals."""
    shrunk = _modelled(rows, generator)
    if shrunk is None:
        return pd.DataFrame(index=rows.index)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(shrunk.draws, tails, axis=0)
    # Of equal draws chance decides which is ahead.
    order = -shrunk.draws + 1e-9 * generator.standard_normal(shrunk.draws.shape)
    ranks = order.argsort(axis=1).argsort(axis=1) + 1
    first, last = np.quantile(ranks, tails, axis=0, method="inverted_cdf")
    rank = pd.Series(shrunk.stabilised.round(9)).rank(ascending=False, method="min").to_numpy()
    return pd.DataFrame(
        {
            "stabilised": shrunk.stabilised,
            "stabilised_low": np.minimum(low, shrunk.stabilised),
            "stabilised_high": np.maximum(high, shrunk.stabilised),
            "rank": rank,
            "rank_low": np.minimum(first, rank),
            "rank_high": np.maximum(last, rank),
        },
        index=rows.index,
    )


def _modelled(rows: pd.DataFrame, generator: Generator) -> Shrunk | None:
    """Choose the model by what is known of the answers; None if nothing can be said."""
    names = class_names(rows)
    if names and not rows["weighted"].any():
        counts = rows[list(names)].to_numpy("float64")
        if len(names) == 3:
            return shrink_counts(counts, np.array([-100.0, 0.0, 100.0]), generator)
        rest = rows["n"].to_numpy("float64") - counts[:, 0]
        both = np.column_stack([rest, counts[:, 0]])
        return shrink_counts(both, np.array([0.0, 100.0]), generator)
    variances = sampling_variances(rows)
    if np.isnan(variances).any():
        return None
    return shrink_estimates(rows["estimate"].to_numpy("float64"), variances, generator)
