"""Answers that belong together: which counted cells share a customer, and how much.

Answers of one customer are alike, so that many of them say less than as many customers would. All
that a standard error needs to know of it is, for any two cells, the sum over the customers of the
products of their weights: a small table, however many customers there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir


def cluster_id(column: ir.Value) -> ir.Value:
    """Return a column of clusters, with blank text and NaN as missing."""
    kind = column.type()
    if kind.is_string():
        return ibis.ifelse(column.strip() == "", ibis.null("string"), column)
    if kind.is_floating():
        return ibis.ifelse(column.isnan(), ibis.null(kind), column)
    return column


def pairs_of_cells(rows: ir.Table, keys: Sequence[str], values: Sequence[str]) -> ir.Table:
    """Sum, for any two cells of a group, the products of their weights within each cluster.

    Parameters
    ----------
    rows : ibis Table
        Valid answers: ``keys`` of the group, ``values`` of the answers, ``cluster`` (missing: a
        cluster of its own) and ``weight`` (exact).
    keys, values : sequence of str
        Columns that make a group, and a cell of it.

    Returns
    -------
    ibis Table
        One row per group and two cells: ``keys``, ``values``, ``values`` of the other with the
        ending ``_second``; ``product``; ``clusters`` (each counted once, at the first of its
        cells).
    """
    named = rows.filter(rows.cluster.notnull())
    sums = named.group_by(*keys, *values, "cluster").aggregate(weight=named.weight.sum())
    of_cluster = ibis.window(group_by=[*keys, "cluster"], order_by=list(values))
    sums = sums.mutate(place=ibis.row_number().over(of_cluster))
    other = sums.view()
    same = [sums.cluster == other.cluster, *(sums[key].identical_to(other[key]) for key in keys)]
    both = sums.join(other, same, rname="{name}_second")
    seconds = [f"{name}_second" for name in values]
    is_first = ((both.place == 0) & (both.place_second == 0)).cast("int32")
    together = both.group_by(*keys, *values, *seconds).aggregate(
        product=_squares(both.weight, both.weight_second), clusters=is_first.sum()
    )
    alone = rows.filter(rows.cluster.isnull()).mutate(
        **{second: rows[name] for name, second in zip(values, seconds, strict=True)}
    )
    apart = alone.group_by(*keys, *values, *seconds).aggregate(
        product=_squares(alone.weight, alone.weight), clusters=alone.count()
    )
    return together.union(apart)


def _squares(weight: Any, other: Any) -> ir.Value:
    """Sum products of weights exactly, so that the order of rows and threads is nothing."""
    if weight.type().is_decimal():
        first, second = (value.cast("decimal(18, 9)") for value in (weight, other))
        return (first * second).cast("decimal(36, 18)").sum().cast("float64")
    return (weight.cast("int64") * other.cast("int64")).sum().cast("float64")


def each_alone(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of cells where every answer is a cluster of its own."""
    valid = cells[cells["state"] == "valid"]
    columns = {"group": valid["group"], "first": valid.index, "second": valid.index}
    return pd.DataFrame(
        columns | {"product": valid["weight_squared"], "clusters": valid["n"]}
    ).reset_index(drop=True)


def placed(
    pairs: pd.DataFrame, cells: pd.DataFrame, keys: Sequence[str], values: Sequence[str]
) -> pd.DataFrame:
    """Name the cells of each pair by their rows: ``group``, ``first``, ``second``, ``product``."""
    valid = cells.loc[cells["state"] == "valid", [*keys, *values, "group"]].reset_index()
    first = valid.rename(columns={"index": "first"})
    second = valid.drop(columns="group").rename(
        columns={"index": "second", **{name: f"{name}_second" for name in values}}
    )
    seconds = [f"{name}_second" for name in values]
    exact = dict.fromkeys([*values, *seconds], "float64")
    cells_by_pair = pairs.astype(exact).merge(first, on=[*keys, *values], validate="many_to_one")
    cells_by_pair = cells_by_pair.merge(second, on=[*keys, *seconds], validate="many_to_one")
    # A fixed order also fixes the order of every sum of floats that follows.
    cells_by_pair = cells_by_pair.sort_values(["first", "second"], ignore_index=True)
    return cells_by_pair[["group", "first", "second", "product", "clusters"]]
