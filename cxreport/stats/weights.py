"""Weights: make respondents count as the customers they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import ibis
import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.answers import LARGEST_WEIGHT, SMALLEST_WEIGHT
from cxreport.stats.raking import (
    Targets,
    adjust,
    check_levels,
    level_codes,
    margin_totals,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.inputs.arrow import ArrowFrame

RAKED = "raked_weight"


class DesignEffect(NamedTuple):
    """What weighting costs.

    Attributes
    ----------
    n : int
        Answers.
    n_effective : float
        Unweighted answers that would be as precise (Kish).
    deff : float
        ``n / n_effective``: 1 if all weights are equal.
    """

    n: int
    n_effective: float
    deff: float


def design_effect(weights: Sequence[float] | pd.Series) -> DesignEffect:
    """Measure how many answers are lost to unequal weights.

    Parameters
    ----------
    weights : Series or sequence of float
        One weight per answer, above 0.

    Returns
    -------
    DesignEffect
        ``n`` (answers), ``n_effective`` (answers), ``deff`` (ratio, 1 or more).

    Raises
    ------
    CxError
        If there is no weight, or one is missing, infinite, or not above 0.

    Notes
    -----
    deff = n sum(w^2) / sum(w)^2. Source: Kish 1965, Survey Sampling.

    Examples
    --------
    >>> design_effect([1, 1, 2])
    DesignEffect(n=3, n_effective=2.6666666666666665, deff=1.125)
    """
    values = pd.Series(weights, dtype="float64").to_numpy()
    bad = int((~(np.isfinite(values) & (values > 0))).sum())
    if bad or not values.size:
        raise CxError(
            "weights that cannot be used",
            got=f"{bad} of {values.size} missing, infinite, or not above 0",
            expected="at least one weight, each above 0",
        )
    scaled = values / values.mean()
    effect = float((scaled**2).mean())
    return DesignEffect(values.size, values.size / effect, effect)


def rake(
    data: pd.DataFrame | ArrowFrame,
    targets: Targets,
    *,
    weight: str | None = None,
    trim: float | None = None,
    tolerance: float = 1e-10,
) -> pd.Series:
    """Weight answers so that their margins are those of all customers.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame
        One row per answer.
    targets : mapping of str to mapping of level to float
        Column -> its levels -> their share (a column adds up to 1) or number of customers (all
        columns add up to the same). Every level that occurs needs a target, above 0, and the other
        way round.
    weight : str, optional
        Column of weights to start from, above 0 in every row; by default all start equal.
    trim : float, optional
        The largest weight allowed, in mean weights (5: none above five times the mean). Larger
        ones are cut in every round, and the rest makes up for it.
    tolerance : float
        The largest relative distance of a margin from its target.

    Returns
    -------
    Series
        One weight per row, named "raked_weight", with the index of ``data``. The weights add up to
        the number of rows if the targets are shares (mean weight 1), else to the customers.

    Raises
    ------
    CxError
        If a column is unknown; a target is missing, not above 0 or without an answer; a row has no
        value or a level without target; margins do not add up; a weight is missing, not above 0 or
        outside 0.000001 to 999,999; or the margins cannot be met (with this ``trim``).

    Notes
    -----
    Iterative proportional fitting. Source: Deming & Stephan 1940, Annals of Mathematical
    Statistics 11, 427-444.

    Examples
    --------
    >>> answers = pd.DataFrame({"region": ["north", "north", "north", "south"]})
    >>> rake(answers, {"region": {"north": 0.5, "south": 0.5}}).round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    if isinstance(data, ibis.Table):
        raise CxError(
            "rows of an engine have no order to give weights in",
            expected="a pandas, polars or pyarrow frame",
            hint="rake_cells gives one weight per cell, to be joined in the engine",
        )
    cells = rake_cells(data, targets, weight=weight, trim=trim, tolerance=tolerance)
    keys = [*targets, *([weight] if weight is not None else [])]
    rows = data if isinstance(data, pd.DataFrame) else run(as_table(data).select(*keys))
    codes = [level_codes(frame, targets) for frame in (rows, cells)]
    if weight is not None:
        for code, frame in zip(codes, (rows, cells), strict=True):
            code["start"] = frame[weight].astype("float64")
    joined = codes[0].merge(codes[1].assign(**{RAKED: cells[RAKED]}), how="left")
    return joined[RAKED].set_axis(rows.index)


def rake_cells(
    data: Data,
    targets: Targets,
    *,
    weight: str | None = None,
    trim: float | None = None,
    tolerance: float = 1e-10,
) -> pd.DataFrame:
    """Weight the cells of a table that may be too large to bring here.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        One row per answer.
    targets, weight, trim, tolerance
        As in :func:`rake`.

    Returns
    -------
    DataFrame
        One row per combination that occurs: the columns of ``targets``; the column of ``weight``,
        if given; ``n`` rows; ``raked_weight`` of each of these rows.

    Raises
    ------
    CxError
        As in :func:`rake`.

    Examples
    --------
    >>> answers = pd.DataFrame({"region": ["north", "north", "north", "south"]})
    >>> rake_cells(answers, {"region": {"north": 60, "south": 20}})
      region  n  raked_weight
    0  north  3          20.0
    1  south  1          20.0
    """
    totals = margin_totals(targets)
    if trim is not None and not trim > 1:
        raise CxError("not a limit of weights", got=trim, expected="above 1, in mean weights")
    if not tolerance > 0:
        raise CxError("not a tolerance", got=tolerance, expected="above 0")
    cells = _counted(data, targets, weight)
    codes = level_codes(cells, targets)
    check_levels(cells, codes, targets)
    # A fixed order of cells also fixes the order of every sum of floats that follows.
    start = pd.Series(1.0, cells.index) if weight is None else cells[weight].astype("float64")
    order = codes.assign(start=start).sort_values([*codes, "start"]).index
    columns = {name: codes.loc[order, name].to_numpy("int64") for name in targets}
    n, weights = (values.loc[order].to_numpy().astype("float64") for values in (cells["n"], start))
    raked = adjust(columns, n, weights, totals, trim=trim, tolerance=tolerance)
    return cells.loc[order].reset_index(drop=True).assign(**{RAKED: raked})


def _counted(data: Data, targets: Targets, weight: str | None) -> pd.DataFrame:
    """Count the rows of each combination of levels and starting weight, in the engine."""
    table = as_table(data)
    keys = [*targets, *([weight] if weight is not None else [])]
    for name in keys:
        if name in {"n", RAKED, "start"} or keys.count(name) > 1:
            raise CxError("a column has the name of a result column", got=name, hint="rename it")
        if name not in table.columns:
            raise CxError("unknown column", got=name, expected=", ".join(table.columns))
    if weight is not None and not table[weight].type().is_numeric():
        raise CxError("weights must be numbers", where=f"column {weight}")
    cells = run(table.group_by(*keys).aggregate(n=table.count()))
    if cells.empty:
        raise CxError("there are no rows to weight")
    if weight is not None:
        good = cells[weight].astype("float64").between(SMALLEST_WEIGHT, LARGEST_WEIGHT)
        if not good.all():
            raise CxError(
                "weights that cannot be used",
                where=f"column {weight}",
                got=f"{int(cells.loc[~good, 'n'].sum())} of {int(cells['n'].sum())} rows missing, "
                "not above 0, or out of range",
                expected=f"a number from 0.000001 to {LARGEST_WEIGHT:,} in every row",
                hint="leave such rows out first, or divide the weights by their mean",
            )
    return cells
