"""Numeric columns of any table, checked before their products are added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import ibis
import numpy as np

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.answers import LARGEST_WEIGHT, SMALLEST_WEIGHT
from cxreport.stats.clusters import cluster_id
from cxreport.stats.group_columns import check_columns
from cxreport.stats.value_columns import numbers, ratings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from cxreport.stats.value_columns import Scale

    Numbers: TypeAlias = NDArray[np.float64]

WEIGHT, CLUSTER = "weight", "cluster"


@dataclass(frozen=True)
class Rows:
    """Numeric columns of a table, and what is known of them before they are read.

    Attributes
    ----------
    table : ibis Table
        The columns, and after them ``weight`` and ``cluster`` (a number for each, from 0) where
        there are such.
    names : list of str
        The columns without the weight.
    n, people : int
        Rows, and clusters of them: as many as rows where there are none.
    lowest, highest : ndarray
        Of each column; NaN where it has no value.
    invalid : ndarray
        Of each column but the last: rows in which it, or the last, lies outside its scale.
    weighted, clustered : bool
        Whether there are weights, and clusters.
    """

    table: ir.Table
    names: list[str]
    n: int
    people: int
    lowest: Numbers
    highest: Numbers
    invalid: Numbers
    weighted: bool
    clustered: bool = False


def numeric_rows(
    data: Data,
    columns: Sequence[str],
    weight: str | None = None,
    *,
    cluster: str | None = None,
    scales: Sequence[Scale] = (),
    with_last: bool = False,
) -> Rows:
    """Look at numeric columns: how many rows, from where to where; empty outside their scale.

    Parameters
    ----------
    data, columns, weight
        The rows, the columns to read, and that of the weights.
    cluster : str, optional
        Column of who a row belongs to; where it is missing, the row is a cluster of its own.
    scales : sequence of (float, float) or None
        Of each column, see ``value_columns.ratings``.
    with_last : bool
        Only the rows that have the last column.

    Raises
    ------
    CxError
        If a column is unknown, named twice, holds no numbers or an infinite one, a scale has no
        width, or a weight is missing or out of range.
    """
    table, names = as_table(data), list(columns)
    check_columns(table, [*names, *(name for name in (weight, cluster) if name is not None)])
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise CxError("a column is named twice", got=", ".join(repeated))
    rated = ratings(table, dict(zip(names, scales or [None] * len(names), strict=True)))
    values = {f"c{at}": rated[name].value.cast("float64") for at, name in enumerate(names)}
    outside = {f"out_{at}": rated[name].outside for at, name in enumerate(names)}
    weights = {WEIGHT: numbers(table, weight).cast("float64")} if weight is not None else {}
    of_whom = {} if cluster is None else {CLUSTER: cluster_id(table[cluster])}
    raw = table.select(**values, **weights, **of_whom, **outside)
    *others, last = (raw[name] for name in outside)
    counts = {column.get_name(): (column | last).sum() for column in others}
    figures = run(raw.aggregate(n=raw.count(), **counts, **_bad_weights(raw))).iloc[0]
    if weight is not None and figures["n"] and figures["bad"]:
        raise CxError(
            "weights that cannot be used",
            where=f"column {weight}",
            got=f"{int(figures['bad'])} of {int(figures['n'])} rows missing, not above 0, or out of"
            " range",
            expected=f"a number from 0.000001 to {LARGEST_WEIGHT:,} in every row",
        )
    chosen = raw.drop(*outside)
    kept = chosen.filter(chosen[f"c{len(names) - 1}"].notnull()) if with_last else chosen
    if cluster is not None:
        number = ibis.dense_rank().over(order_by=kept[CLUSTER])
        kept = kept.mutate(**{CLUSTER: ibis.ifelse(kept[CLUSTER].isnull(), ibis.null(), number)})
    limits = {f"low_{at}": kept[f"c{at}"].min() for at in range(len(names))}
    limits |= {f"high_{at}": kept[f"c{at}"].max() for at in range(len(names))}
    people: ir.Value = kept.count()
    if cluster is not None:
        people = kept[CLUSTER].nunique() + kept[CLUSTER].isnull().sum().fill_null(0)
    within = run(kept.aggregate(n=kept.count(), people=people, **limits)).iloc[0]
    low, high = (
        within[[f"{end}_{at}" for at in range(len(names))]].to_numpy("float64", na_value=np.nan)
        for end in ("low", "high")
    )
    invalid = figures[list(counts)].fillna(0).to_numpy("float64")
    with_design = (weight is not None, cluster is not None)
    n, people_found = int(within["n"]), int(within["people"])
    return Rows(kept, names, n, people_found, low, high, invalid, *with_design)


def _bad_weights(raw: ir.Table) -> dict[str, ir.Value]:
    """Count the weights that cannot be used, where there are weights."""
    if WEIGHT not in raw.columns:
        return {}
    good = raw[WEIGHT].between(SMALLEST_WEIGHT, LARGEST_WEIGHT).fill_null(False)
    return {"bad": (~good).sum()}
