"""Raking on the table of cells: targets checked, weights adjusted until all margins hold."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.masking import masked_if_rare

if TYPE_CHECKING:
    from numpy.typing import NDArray

Targets: TypeAlias = Mapping[str, Mapping[Hashable, float]]

ROUNDS = 2000
# Margins of official tables are rounded: they may differ by this much, relatively.
ROUNDING = 1e-6


def margin_totals(targets: Targets) -> dict[str, NDArray[np.float64]]:
    """Return the targets of each column as an array, once they have proved to add up.

    Raises
    ------
    CxError
        If there is none, one is missing or not above 0, or margins do not add up.

    Examples
    --------
    >>> margin_totals({"region": {"north": 30, "south": 10}})
    {'region': array([30., 10.])}
    """
    if not targets:
        raise CxError("no targets", expected="column -> level -> share or total")
    totals = {}
    for name, levels in targets.items():
        where = f"targets of {name}"
        if not levels:
            raise CxError("a margin without levels", where=where)
        for level, value in levels.items():
            if not (isinstance(value, int | float | np.number) and 0 < value < math.inf):
                raise CxError(
                    "not a target",
                    where=f"{where}, level {level!r}",
                    got=value,
                    expected="a share or a total, above 0",
                    hint="leave out the rows of a level that should not count",
                )
        totals[name] = np.array(list(levels.values()), dtype="float64")
    sums = {name: float(values.sum()) for name, values in totals.items()}
    first = next(iter(sums.values()))
    shares_short = first < 2 and not math.isclose(first, 1, rel_tol=ROUNDING)
    if shares_short or not all(math.isclose(s, first, rel_tol=ROUNDING) for s in sums.values()):
        raise CxError(
            "margins that do not add up",
            got=", ".join(f"{name}: {value:.10g}" for name, value in sums.items()),
            expected="1 for every column, or the same total for every column",
        )
    return {name: values * (first / sums[name]) for name, values in totals.items()}


def level_codes(frame: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    """Return the position of each row's level in the targets, NaN where it has none.

    So rows and cells can be matched although the engine gives other column types than pandas.

    Examples
    --------
    >>> answers = pd.DataFrame({"region": ["south", "north"]})
    >>> level_codes(answers, {"region": {"north": 30, "south": 10}})["region"].tolist()
    [1.0, 0.0]
    """
    codes = pd.DataFrame(index=frame.index)
    for name, levels in targets.items():
        numbers = {level: position for position, level in enumerate(levels)}
        codes[name] = frame[name].astype(object).map(numbers).astype("float64")
    return codes


def check_levels(cells: pd.DataFrame, codes: pd.DataFrame, targets: Targets) -> None:
    """Refuse rows without a level, levels without a target, and targets without a row.

    Parameters
    ----------
    cells, codes : DataFrame
        One row per cell: its levels and ``n``; the same from :func:`level_codes`.
    targets : mapping of str to mapping of level to float
        Column -> level -> share or total.
    """
    for name, levels in targets.items():
        where, no_value = f"column {name}", cells[name].isna()
        unknown = cells[codes[name].isna() & ~no_value].groupby(name)["n"].sum()
        empty = [level for at, level in enumerate(levels) if not (codes[name] == at).any()]
        if no_value.any():
            raise CxError(
                "rows without a value cannot be weighted",
                where=where,
                got=f"{cells.loc[no_value, 'n'].sum()} of {cells['n'].sum()} rows",
                hint="leave them out first, or give them a level and a target of their own",
            )
        if not unknown.empty:
            raise CxError(
                "levels without a target",
                where=where,
                got=", ".join(repr(masked_if_rare(*each)) for each in unknown.items()),
                expected=", ".join(map(repr, levels)),
            )
        if empty:
            raise CxError(
                "targets that no row can meet",
                where=where,
                got=", ".join(map(repr, empty)),
                hint="join such a level with another, in the targets and in the data",
            )


def adjust(
    columns: Mapping[str, NDArray[np.int64]],
    n: NDArray[np.float64],
    start: NDArray[np.float64],
    totals: Mapping[str, NDArray[np.float64]],
    *,
    trim: float | None,
    tolerance: float,
) -> NDArray[np.float64]:
    """Adjust the weights of cells to one margin after the other, until all hold at once.

    Parameters
    ----------
    columns : mapping of str to array of int
        Column -> the position of each cell's level in ``totals``.
    n, start : array of float
        Rows of each cell, and the weight of each of its rows to start from.
    totals : mapping of str to array of float
        From :func:`margin_totals`; shares make weights with a mean of 1.
    trim : float, optional
        Largest weight, in mean weights.
    tolerance : float
        Largest relative distance from a target.

    Returns
    -------
    array of float
        The weight of each row of a cell.

    Raises
    ------
    CxError
        If the margins are not met after 2,000 rounds; the worst is named.

    Examples
    --------
    >>> north_south = {"region": np.array([0, 1])}
    >>> n, start = np.array([3.0, 1.0]), np.ones(2)
    >>> totals = {"region": np.array([0.5, 0.5])}
    >>> adjust(north_south, n, start, totals, trim=None, tolerance=1e-10).round(3)
    array([0.667, 2.   ])
    """
    total = float(next(iter(totals.values())).sum())
    size = n.sum() if math.isclose(total, 1, rel_tol=ROUNDING) else total
    wanted = {name: values * (size / values.sum()) for name, values in totals.items()}
    weights = start * (size / (n * start).sum())
    limit = math.inf if trim is None else trim * size / n.sum()
    worst: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, codes in columns.items():
            weights = weights * (wanted[name] / _margin(codes, n * weights, wanted[name]))[codes]
        weights = np.minimum(weights, limit)
        worst = {
            name: float(np.abs(_margin(codes, n * weights, wanted[name]) / wanted[name] - 1).max())
            for name, codes in columns.items()
        }
        if max(worst.values()) <= tolerance:
            return np.asarray(weights)
    name = max(worst, key=lambda column: worst[column])
    raise CxError(
        "no weights meet these margins" + ("" if trim is None else f" with trim={trim:g}"),
        where=f"column {name}",
        got=f"a level {worst[name]:.2%} off its target after {ROUNDS:,} rounds",
        hint="join small levels, or use fewer columns"
        + ("" if trim is None else ", or a larger trim"),
    )


def _margin(
    codes: NDArray[np.int64], values: NDArray[np.float64], like: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Add up the values of the cells of each level."""
    return np.bincount(codes, values, minlength=len(like)).astype("float64")
