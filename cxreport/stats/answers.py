"""The one query under every score: how many gave each answer, in each group.

The engine counts; everything after it is arithmetic on the small table that comes back. Grouping
is by answer and not by class, so that one query gives counts, shares, means and standard errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

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
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir
    from numpy.typing import NDArray

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

    def summed(self, values: pd.Series, group: pd.Series | NDArray[np.int_]) -> pd.Series:
        """Add up values by their ``group``; one without any gets 0."""
        if values.dtype.kind == "i":  # exact in any order, and without the cost of a grouping
            sums = np.bincount(group, weights=values, minlength=len(self.groups)).astype("int64")
            return pd.Series(sums, index=self.groups.index, name=values.name)
        return values.groupby(group).sum().reindex(self.groups.index, fill_value=0)

    def count(self, state: str) -> pd.Series:
        """Count the rows of one state within each group."""
        return self.total(self.cells["n"].where(self.cells["state"] == state, 0))


class Asked(NamedTuple):
    """Questions that are counted together: a row is valid only if every answer is.

    Attributes
    ----------
    columns : mapping of str to str
        Name in the result -> column of answers.
    scale : (int, int)
        Lowest and highest answer of all of them.
    """

    columns: Mapping[str, str]
    scale: tuple[int, int]


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
    return count_each(data, [Asked(questions, scale)], by=by, weight=weight, cluster=cluster)[0]


def count_each(
    data: Data,
    asked: Sequence[Asked],
    *,
    by: By = None,
    weight: str | None = None,
    cluster: str | None = None,
) -> list[Answers]:
    """Count the answers to several questions, each by itself, in one query.

    Parameters
    ----------
    data, by, weight, cluster
        As in ``count_answers``.
    asked : sequence of Asked
        What to count, one or more.

    Returns
    -------
    list of Answers
        One for each of ``asked``, as ``count_answers`` returns it.

    Raises
    ------
    CxError
        As in ``count_answers``.
    """
    table = as_table(data)
    names = as_names(by)
    design = [name for name in (weight, cluster) if name is not None]
    check_columns(table, [*(c for each in asked for c in each.columns.values()), *design])
    check_columns(table, names, COLUMNS)
    rows = _rows(table, asked, names, weight, cluster)
    keys = [name for name in rows.columns if name.startswith("by_") or name == "asked"]
    values = [name for name in rows.columns if name.startswith("answer_")]
    query = rows.group_by(*keys, "state", *values).aggregate(
        n=rows.count(), **_weight_sums(rows, weighted=weight is not None)
    )
    cells, pairs = run(query), None
    if cluster is not None:
        pairs = run(pairs_of_cells(rows.filter(rows.state == "valid"), keys, values))
    counted = []
    for number, each in enumerate(asked):
        own, own_pairs = (_of_question(frame, number, each) for frame in (cells, pairs))
        if weight is None:
            own = own.assign(weight=own["n"], weight_squared=own["n"])
        else:
            _check_weights(own, weight)
        counted.append(
            _in_groups(own, own_pairs, table, names, [*each.columns], weighted=weight is not None)
        )
    return counted


def _rows(
    table: ir.Table,
    asked: Sequence[Asked],
    names: Sequence[str],
    weight: str | None,
    cluster: str | None,
) -> ir.Table:
    """Return every row once for each question, with its state, answers, group and weight."""
    width = max(len(each.columns) for each in asked)
    read = [_read(table, each, width) for each in asked]
    common = {f"by_{position}": table[name] for position, name in enumerate(names)}
    if weight is not None:
        _check_is_weight(table, weight)
        common["unusable"] = ~_is_good(table[weight])
    common["weight"] = _exact(table, weight)
    if cluster is not None:
        common["cluster"] = cluster_id(table[cluster])
    if len(asked) == 1:
        return table.select(**common, **read[0])
    numbers = (ibis.literal(number, "int64") for number in range(len(read)))
    return ibis.union(
        *(table.select(**common, asked=n, **each) for n, each in zip(numbers, read, strict=True))
    )


def _read(table: ir.Table, each: Asked, width: int) -> dict[str, ir.Value]:
    """Return the state of each row, and as many answers as there may be, empty unless valid."""
    answers = [_answer(table, column, each.scale) for column in each.columns.values()]
    valid = ibis.and_(*(value.notnull() for value, _ in answers))
    invalid = ibis.or_(*(value.isnull() & ~missing for value, missing in answers))
    nothing = ibis.null("float64")
    given = [ibis.ifelse(valid, value.cast("float64"), nothing) for value, _ in answers]
    given += [nothing] * (width - len(given))
    state = ibis.cases((valid, "valid"), (invalid, "invalid"), else_="missing")
    return {"state": state} | {f"answer_{place}": value for place, value in enumerate(given)}


def _of_question(frame: pd.DataFrame | None, number: int, each: Asked) -> Any:
    """Return the rows of one question, its answers under their own names."""
    if frame is None:
        return None
    if "asked" in frame:
        frame = frame[frame["asked"] == number].drop(columns="asked")
    names = {
        f"answer_{place}{end}": f"answer_{name}{end}"
        for place, name in enumerate(each.columns)
        for end in ("", "_second")
    }
    surplus = [c for c in frame.columns if c.startswith("answer_") and c not in names]
    return frame.drop(columns=surplus).rename(columns=names)


def _check_weights(cells: pd.DataFrame, weight: str) -> None:
    """Refuse weights that cannot be used."""
    if bad := int(cells["unusable"].sum()):
        raise CxError(
            "weights that cannot be used",
            where=f"column {weight}",
            got=f"{bad} of {int(cells['n'].sum())} rows missing, not above 0, or out of range",
            expected=f"a number from 0.000001 to {LARGEST_WEIGHT:,} in every row",
            hint="leave such rows out first, or divide the weights by their mean",
        )


def _in_groups(
    cells: pd.DataFrame,
    pairs: pd.DataFrame | None,
    table: ibis.Table,
    names: list[str],
    questions: list[str],
    *,
    weighted: bool,
) -> Answers:
    """Sort the cells, number their groups, and set the columns of groups apart."""
    keys = [f"by_{position}" for position in range(len(names))]
    values = [f"answer_{name}" for name in questions]
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
        cells=cells.drop(columns=[*keys, "unusable"], errors="ignore").rename(
            columns=lambda name: name.removeprefix("answer_")
        ),
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


def _check_is_weight(table: ir.Table, name: str) -> None:
    """Refuse a column of weights that holds no numbers."""
    weight = table[name]
    if not weight.type().is_numeric() or weight.type().is_boolean():
        raise CxError(
            "weights must be numbers", where=f"column {name}", got=weight.type(), expected="numbers"
        )


def _weight_sums(rows: ir.Table, *, weighted: bool) -> dict[str, ir.Value]:
    """Sum weights and their squares, exactly, so that the order of rows and threads is nothing."""
    if not weighted:
        return {}
    exact: Any = rows["weight"]
    return {
        "weight": exact.sum(),
        "weight_squared": (exact * exact).cast("decimal(36, 18)").sum(),
        "unusable": rows["unusable"].sum(),
    }


def _exact(table: ir.Table, name: str | None) -> ir.Value:
    """Return the weights as exact decimals, 1 for those that cannot be used, or 1 for all."""
    if name is None:
        return ibis.literal(1)
    return ibis.ifelse(_is_good(table[name]), table[name], 1).cast("decimal(18, 9)")


def _is_good(weight: Any) -> Any:
    """Return which weights can be used."""
    return weight.between(SMALLEST_WEIGHT, LARGEST_WEIGHT).fill_null(False)
