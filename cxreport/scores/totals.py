"""Which groups have no total over several periods, because the pages before would tell too much.

From the total of twelve periods and that of the twelve before, and from what is shown of single
periods, a small period can be worked out: then the total is hidden.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.inputs.codebook import MINIMUM_GROUP
from cxreport.scores.nested import Inside
from cxreport.scores.suppression import MOST_GROUPS, group_counts, hidden_rows

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from cxreport.inputs.codebook import Column
    from cxreport.inputs.source import Data
    from cxreport.scores.nested import Within

EXACT = 1e-9
"""Rest of a vector below which it is a combination of others."""


def pooled_hidden(
    rows: Data,
    column: str,
    questions: Mapping[str, Column],
    *,
    periods: int,
    by_period: bool,
    minimum: int = MINIMUM_GROUP,
) -> list[Hashable]:
    """Name the groups whose total over the last periods would give a hidden period away.

    Parameters
    ----------
    rows : pandas, polars or pyarrow frame, or Ibis table
        One row per answer with ``period_start``, of all periods up to the one reported.
    column, questions, minimum
        As in ``hidden_levels``.
    periods : int
        How many periods, up to the one reported, are taken together.
    by_period : bool
        Whether each period's groups are shown too, on its own page. What the totals of a group tell
        of single periods is known in any case: all of them, until the first that is hidden.

    Returns
    -------
    list
        Groups whose total must be hidden: small as a whole; or, from it, from the totals of the
        earlier pages (taken to have kept this rule) and from what is shown of single periods, a
        hidden period could be worked out exactly, or periods in a row with fewer than ``minimum``
        answers together.

    Notes
    -----
    Each page adds an equation between the periods of a group; a period is given away if it is a
    combination of them. Source: Hundepool and others 2012, Statistical Disclosure Control, ch. 4.
    """
    counts = group_counts(rows, column, questions)
    return _pooled(counts, periods, minimum, by_period=by_period)


def hidden_periods(
    counts: pd.DataFrame, minimum: int = MINIMUM_GROUP, inside: Sequence[Inside] = ()
) -> pd.Series:
    """Return which rows of ``group_counts`` no page of their single period may show."""
    return hidden_rows(counts, minimum, _places(counts), inside)


def _places(counts: pd.DataFrame) -> pd.Series:
    return counts["period_start"].astype("object").fillna("")


def totals_by_column(
    counts: Mapping[str, pd.DataFrame],
    within: Mapping[str, Within],
    *,
    periods: int,
    minimum: int = MINIMUM_GROUP,
    by_period: bool | None = None,
) -> dict[str, tuple[list[Hashable], pd.Series]]:
    """Name what no page may show of the groups of several columns, all being shown.

    Parameters
    ----------
    counts : mapping of str to DataFrame
        Column -> from ``group_counts``, of all periods up to the one reported.
    within : mapping of str to mapping
        From ``groups_within``.
    periods, minimum
        As in ``pooled_hidden``.
    by_period : bool, optional
        As there; when left out, true of columns with so few groups that pages show each period's.

    Returns
    -------
    dict of str to tuple
        Column -> what ``hidden_totals`` and ``hidden_periods`` return, with the larger groups in
        which a column's groups lie taken into account.
    """
    done: dict[str, tuple[list[Hashable], pd.Series]] = {}
    for column, larger in within.items():
        rows = counts[column]
        inside = []
        for name, of in larger.items():
            totals, closed = done[name]
            there = counts[name].assign(place=_places(counts[name]))[closed]
            pairs = set(zip(there["place"], there["level"], strict=True))
            inside.append(Inside(of, totals, pairs))
        single = _shows_periods(rows, periods) if by_period is None else by_period
        hidden = hidden_totals(
            rows, periods=periods, by_period=single, minimum=minimum, inside=inside
        )
        done[column] = (hidden, hidden_periods(rows, minimum, inside))
    return done


def _shows_periods(counts: pd.DataFrame, periods: int) -> bool:
    """Return whether the reports on everybody show single periods of a column's groups."""
    starts = sorted(counts["period_start"].dropna().unique())[-periods:]
    recent = counts[counts["period_start"].isin(starts)]
    return bool(recent["level"].nunique() <= MOST_GROUPS)


def hidden_totals(
    counts: pd.DataFrame,
    *,
    periods: int,
    by_period: bool,
    minimum: int = MINIMUM_GROUP,
    inside: Sequence[Inside] = (),
) -> list[Hashable]:
    """Name the groups whose total over the last periods no page may show.

    Parameters
    ----------
    counts : DataFrame
        From ``group_counts``, of all periods up to the one reported.
    periods, by_period, minimum
        As in ``pooled_hidden``.
    inside : sequence of Inside
        The larger groups in which the groups lie.

    Returns
    -------
    list
        The groups with 1 to ``minimum`` - 1 answers in these periods, those of ``pooled_hidden``,
        and the next smallest that must be hidden with them. A missing value is no group: where one
        group alone would be hidden, another one that has a name is hidden with it.
    """
    starts = sorted(counts["period_start"].dropna().unique())[-periods:]
    recent = counts[counts["period_start"].isin(starts)]
    named = recent.dropna(subset="level").groupby("level", sort=True)
    sizes = named[["n", "least"]].sum().reset_index()
    pooled = _pooled(counts, periods, minimum, by_period=by_period, inside=inside)
    whole = [replace(each, hidden_periods=()) for each in inside]
    place = pd.Series(0, sizes.index)
    hidden = hidden_rows(sizes, minimum, place, whole, also=sizes["level"].isin(pooled))
    return list(sizes.loc[hidden, "level"])


def _pooled(
    counts: pd.DataFrame,
    periods: int,
    minimum: int,
    *,
    by_period: bool,
    inside: Sequence[Inside] = (),
) -> list[Hashable]:
    """Name the groups as ``pooled_hidden`` does, from what ``group_counts`` returned."""
    closed_rows = hidden_periods(counts, minimum, inside)
    cells = counts.assign(hidden=closed_rows).dropna(subset="period_start")
    order = sorted(cells["period_start"].unique())
    levels: list[Hashable] = []
    for level, of_level in cells.groupby("level", dropna=False, sort=True):
        placed = of_level.set_index("period_start").reindex(order)
        n = placed["least"].fillna(0).to_numpy("float64")
        closed = placed["hidden"].astype("boolean").fillna(value=False).to_numpy(bool)
        open_ = (n == 0) | (by_period & ~closed)
        if not _last_page_shows(n, closed, open_, periods, minimum):
            levels.append(level)
    return levels


def _last_page_shows(
    n: np.ndarray, closed: np.ndarray, open_: np.ndarray, periods: int, minimum: int
) -> bool:
    """Go through the pages of one group, oldest first; say whether the last shows its total."""
    size = len(n)
    targets = _secrets(n, closed, open_, minimum)
    open_rows = [row for row, is_open in zip(np.eye(size), open_, strict=True) if is_open]
    basis = np.array(open_rows).reshape(-1, size)
    shows = False
    for page in range(size):
        total = np.zeros(size)
        total[max(0, page - periods + 1) : page + 1] = 1
        shows = not 0 < total @ n < minimum
        if not shows:
            continue
        rest = total - (total @ basis.T) @ basis
        if np.linalg.norm(rest) < EXACT:
            continue
        grown = np.vstack([basis, rest / np.linalg.norm(rest)])
        left = targets - (targets @ grown.T) @ grown
        shows = not (np.linalg.norm(left, axis=1) < EXACT).any()
        basis = grown if shows else basis
    return bool(shows)


def _secrets(n: np.ndarray, closed: np.ndarray, open_: np.ndarray, minimum: int) -> np.ndarray:
    """Return what must not be worked out: hidden periods, and runs of periods with few answers."""
    size = len(n)
    sums = np.concatenate([[0.0], n.cumsum()])
    rows = [np.eye(size)[at] for at in np.flatnonzero(closed)]
    for first in range(size):
        for last in range(first + 1, size):
            few = 0 < sums[last + 1] - sums[first] < minimum
            if few and not open_[first] and not open_[last]:
                rows.append(((np.arange(size) >= first) & (np.arange(size) <= last)).astype(float))
    return np.array(rows, dtype=float).reshape(-1, size)
