"""The one query under every score: how many gave each answer, in each group.

The engine counts; everything after it is arithmetic on the small table that comes back. Grouping
is by answer and not by class, so that one query gives counts, shares, means and standard errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.clusters import (
    cluster_id,
    each_alone,
    pairs_of_cells,
    placed,
)
from cxreport.stats.group_columns import By, as_names, check_columns, kept_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

COUNTS = ("detractors", "passives", "promoters", "dropped", "bottom", "middle", "top", "favourable")
MEANS = ("mean", "mean_low", "mean_high")
STATISTICS = ("estimate", "std_error", "low", "high", "n_effective", "weighted", "note")
COLUMNS = ("metric", "n", "missing", "invalid", *COUNTS, *MEANS, *STATISTICS)
"""What a score may have after the columns of its groups, in this order."""

# Outside these a weight loses digits, or the sum of its squares no longer fits an exact decimal.
SMALLEST_WEIGHT, LARGEST_WEIGHT = 1e-6, 999_999


@dataclass(frozen=True)
class Answers:
    """What the query brought back.

    Attributes
    ----------
    groups : DataFrame
        The ``by`` columns, one row per group, sorted, missing last; one row without columns when
        there is no ``by``.
    cells : DataFrame
        One row per group, state and answer: ``group`` (row of ``groups``), ``state`` (``"valid"``,
        ``"missing"`` or ``"invalid"``), one column per asked question (its answer, NaN unless
        valid), ``n`` (rows), ``weight`` and ``weight_squared`` (sums).
    pairs : DataFrame
        Valid cells with answers of one cluster: ``group``, ``first`` and ``second`` (rows of
        ``cells``), ``product`` (of their weights, summed over the clusters), ``clusters`` (each
        counted once). Without clusters every answer is one: each cell with itself.
    weighted, clustered : bool
        Whether a weight, or a cluster, was given; if no weight, ``weight`` and ``weight_squared``
        equal ``n``.
    """

    groups: pd.DataFrame
    cells: pd.DataFrame
    pairs: pd.DataFrame
    weighted: bool
    clustered: bool = False

    @property
    def independent(self) -> bool:
        """Return whether every answer counts as one, and stands for itself."""
        return not (self.weighted or self.clustered)

    @cached_property
    def valid(self) -> pd.DataFrame:
        """Return the cells that count."""
        return self.cells[self.cells["state"] == "valid"]

    def total(self, values: pd.Series) -> pd.Series:
        """Add up values of cells within each group; a group without any gets 0."""
        return self.summed(values, self.cells["group"].reindex(values.index))

    def summed(self, values: pd.Series, group: pd.Series) -> pd.Series:
        """Add up values by their ``group``; one without any gets 0."""
        if values.dtype.kind == "i":  # exact in any order, and without the cost of a grouping
            sums = np.bincount(group, weights=values, minlength=len(self.groups)).astype("int64")
            return pd.Series(sums, index=self.groups.index, name=values.name)
        return values.groupby(group).sum().reindex(self.groups.index, fill_value=0)

    def count(self, state: str) -> pd.Series:
        """Count the rows of one state within each group."""
        return self.total(self.cells["n"].where(self.cells["state"] == state, 0))


def count_answers(
    data: Data,
    questions: Mapping[str, str],
    *,
    scale: tuple[int, int],
    by: By = None,
    weight: str | None = None,
    cluster: str | None = None,
) -> Answers:
    """Count how many rows gave each answer, in each group.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answered questionnaire.
    questions : mapping of str to str
        Name in the result -> column of answers. With several, a row is valid only if all are.
    scale : (int, int)
        Lowest and highest answer. Whole numbers from one to the other are valid, as numbers or as
        text (``9``, ``09``, ``9.0``, ``9.00``, blanks around them allowed); NULL, NaN and blank
        text are missing; all else (11, -1, 7.5, ``Blank``, infinity) is invalid.
    by : str or list of str, optional
        Columns that make the groups. A missing value is a group of its own.
    weight : str, optional
        Column of survey weights. Every row needs one, also a row without a valid answer.
    cluster : str, optional
        Column that says which answers belong together (the customer). A missing or blank one is a
        cluster of its own.

    Returns
    -------
    Answers

    Raises
    ------
    CxError
        If a column is unknown or of a kind that holds no answers, a ``by`` column has the name of
        a result column, or a weight is missing, not above 0, or outside 0.000001 to 999,999.
    """
    table = as_table(data)
    names = as_names(by)
    design = [name for name in (weight, cluster) if name is not None]
    check_columns(table, [*questions.values(), *design])
    check_columns(table, names, COLUMNS)
    answers = {name: _answer(table, column, scale) for name, column in questions.items()}
    valid = ibis.and_(*(value.notnull() for value, _ in answers.values()))
    invalid = ibis.or_(*(value.isnull() & ~missing for value, missing in answers.values()))
    state = ibis.cases((valid, "valid"), (invalid, "invalid"), else_="missing")
    keys = {f"by_{position}": table[name] for position, name in enumerate(names)}
    values = {
        f"answer_{name}": ibis.ifelse(valid, value, ibis.null(value.type()))
        for name, (value, _) in answers.items()
    }
    query = table.group_by(**keys, state=state, **values).aggregate(
        n=table.count(), **_weight_sums(table, weight)
    )
    cells = run(query)
    if weight is None:
        cells = cells.assign(weight=cells["n"], weight_squared=cells["n"])
    elif bad := int(cells.pop("bad_weights").sum()):
        raise CxError(
            "weights that cannot be used",
            where=f"column {weight}",
            got=f"{bad} of {int(cells['n'].sum())} rows missing, not above 0, or out of range",
            expected=f"a number from 0.000001 to {LARGEST_WEIGHT:,} in every row",
            hint="leave such rows out first, or divide the weights by their mean",
        )
    pairs = None
    if cluster is not None:
        of_rows = {"cluster": cluster_id(table[cluster]), "weight": _exact(table, weight)}
        rows = table.filter(valid).select(**keys, **values, **of_rows)
        pairs = run(pairs_of_cells(rows, list(keys), list(values)))
    return _in_groups(cells, pairs, table, names, list(values), weighted=weight is not None)


def _in_groups(
    cells: pd.DataFrame,
    pairs: pd.DataFrame | None,
    table: ibis.Table,
    names: list[str],
    values: list[str],
    *,
    weighted: bool,
) -> Answers:
    """Sort the cells, number their groups, and set the columns of groups apart."""
    keys = [f"by_{position}" for position in range(len(names))]
    kinds = {key: table[name] for key, name in zip(keys, names, strict=True)}
    cells = kept_whole(cells, kinds)
    # A fixed order also fixes the order of every sum of floats that follows.
    cells = cells.sort_values([*keys, "state", *values], ignore_index=True)
    cells = cells.astype(dict.fromkeys(values, "float64"))
    if keys:
        cells["group"] = cells.groupby(keys, dropna=False, sort=False, observed=True).ngroup()
        groups = cells.drop_duplicates("group")[keys].reset_index(drop=True)
    else:
        cells["group"] = 0
        groups = pd.DataFrame(index=range(1))
    return Answers(
        groups=groups.set_axis(names, axis="columns"),
        cells=cells.drop(columns=keys).rename(columns=lambda name: name.removeprefix("answer_")),
        pairs=each_alone(cells)
        if pairs is None
        else placed(kept_whole(pairs, kinds), cells, keys, values),
        weighted=weighted,
        clustered=pairs is not None,
    )


def _answer(
    table: ibis.Table, name: str, scale: tuple[int, int]
) -> tuple[ir.Value, ir.BooleanValue]:
    """Read one column as (the valid answer or NULL, whether it is missing)."""
    column, whole = table[name], range(scale[0], scale[1] + 1)
    kind = column.type()
    if kind.is_null():
        return ibis.null("int64"), column.isnull()
    if kind.is_string():
        text = column.replace("\u00a0", " ").strip()
        number = ibis.cases(*((text.isin(_spellings(value)), value) for value in whole), else_=None)
        return number, column.isnull() | (text == "")
    if kind.is_numeric() and not kind.is_boolean():
        missing = column.isnull() | column.isnan() if kind.is_floating() else column.isnull()
        return ibis.ifelse(column.isin(list(whole)), column, ibis.null(kind)), missing
    raise CxError(
        "this column holds no scores", where=f"column {name}", got=kind, expected="numbers or text"
    )


def _spellings(value: int) -> list[str]:
    """List the ways a whole number is written in exports."""
    padded = [f"{value:02d}"] if 0 <= value < 10 else []
    return [str(value), f"{value}.0", f"{value}.00", *padded]


def _weight_sums(table: ibis.Table, name: str | None) -> dict[str, ir.Value]:
    """Sum weights and their squares, exactly, so that the order of rows and threads is nothing."""
    if name is None:
        return {}
    weight = table[name]
    if not weight.type().is_numeric() or weight.type().is_boolean():
        raise CxError(
            "weights must be numbers", where=f"column {name}", got=weight.type(), expected="numbers"
        )
    exact: Any = _exact(table, name)
    return {
        "weight": exact.sum(),
        "weight_squared": (exact * exact).cast("decimal(36, 18)").sum(),
        "bad_weights": (~_is_good(weight)).sum(),
    }


def _exact(table: ir.Table, name: str | None) -> ir.Value:
    """Return the weights as exact decimals, 1 for those that cannot be used, or 1 for all."""
    if name is None:
        return ibis.literal(1)
    return ibis.ifelse(_is_good(table[name]), table[name], 1).cast("decimal(18, 9)")


def _is_good(weight: Any) -> Any:
    """Return which weights can be used."""
    return weight.between(SMALLEST_WEIGHT, LARGEST_WEIGHT).fill_null(False)
