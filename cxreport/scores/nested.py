"""Groups inside other groups: what is shown of the shops of a region, the region's total tells too.

Where every group of a column lies in one group of another column, each larger group is a total of
the smaller ones, published beside them. So among the shops of a region, too, none is hidden alone;
and of a region that is hidden, one shop at least is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxreport.inputs.source import as_table, run

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cxreport.inputs.source import Data

Within = dict[str, pd.Series]
"""Column -> for each group of another column, in which of its groups it lies."""


@dataclass(frozen=True)
class Inside:
    """Of which larger groups the groups of a column are part.

    Attributes
    ----------
    of : Series
        Group -> the larger group in which it lies.
    hidden : collection
        Larger groups whose total no page may show.
    hidden_periods : collection of tuple
        Period and larger group, where no page of the period may show it.
    """

    of: pd.Series
    hidden: Collection[Any] = ()
    hidden_periods: Collection[tuple[Any, Any]] = ()


def groups_within(rows: Data, columns: Sequence[str]) -> dict[str, Within]:
    """Find the columns whose groups are part of the groups of another column.

    Parameters
    ----------
    rows : pandas, polars or pyarrow frame, or Ibis table
        One row per answer.
    columns : sequence of str
        Columns of groups.

    Returns
    -------
    dict of str to dict
        Each column, those with few groups first -> the columns before it in which its groups lie,
        with the larger group of each. Where a group has answers in two groups of the other column,
        or one in none, its column lies in none.

    Examples
    --------
    >>> shops = pd.DataFrame({"shop": ["Bari", "Pisa", "Lucca"], "region": ["S", "C", "C"]})
    >>> within = groups_within(shops, ["shop", "region"])
    >>> list(within), within["shop"]["region"].to_dict()
    (['region', 'shop'], {'Bari': 'S', 'Lucca': 'C', 'Pisa': 'C'})
    """
    if len(columns) < 2:
        return {column: {} for column in columns}
    pairs = run(as_table(rows).select(*columns).distinct())
    order = sorted(columns, key=lambda column: len(pairs[column].dropna().drop_duplicates()))
    within: dict[str, Within] = {}
    for place, column in enumerate(order):
        named = pairs.dropna(subset=column)
        within[column] = {}
        for larger in order[:place]:
            lies = named[[column, larger]].drop_duplicates()
            if len(lies) and lies[column].is_unique and lies[larger].notna().all():
                within[column][larger] = lies.set_index(column)[larger].sort_index()
    return within


def numbers_within(levels: pd.Series, places: pd.Series, inside: Inside) -> pd.Series:
    """Return, for each row, the number of the larger group, and period, of which it is a part.

    A row that is part of none has a number of its own.
    """
    larger = levels.map(inside.of)
    numbers = (
        pd.DataFrame({"place": places, "larger": larger}).groupby(["place", "larger"]).ngroup()
    )
    return numbers.mask(larger.isna(), pd.Series(-1 - np.arange(len(levels)), levels.index))


def with_parts(
    hidden: pd.Series, n: pd.Series, family: pd.Series, is_hidden: pd.Series
) -> pd.Series:
    """Hide the smallest part of each hidden larger group of which every part would be shown."""
    is_bare = is_hidden & ~hidden.groupby(family).transform("any") & (n > 0)
    smallest = n[is_bare].groupby(family[is_bare]).idxmin()
    return hidden | hidden.index.isin(smallest)


def hidden_before(done: Mapping[str, Collection[Any]], within: Within) -> list[Inside]:
    """Return of what a column's groups are part, with the larger groups that are hidden already."""
    return [Inside(of, done[larger]) for larger, of in within.items()]
