"""Numeric columns of any table, checked before their products are added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.metrics.answers import LARGEST_WEIGHT, SMALLEST_WEIGHT
from cxreport.metrics.statistics.group_columns import check_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from cxreport.metrics.drivers.resampling import Numbers

WEIGHT = "weight"


@dataclass(frozen=True)
class Rows:
    """Numeric columns of a table, and what is known of them before they are read.

    Attributes
    ----------
    table : ibis Table
        The columns, and ``weight`` as the last one where there are weights.
    names : list of str
        The columns without the weight.
    n : int
        Rows.
    lowest, highest : ndarray
        Of each column; NaN where it has no value.
    weighted : bool
        Whether there are weights.
    """

    table: ir.Table
    names: list[str]
    n: int
    lowest: Numbers
    highest: Numbers
    weighted: bool


def numeric_rows(data: Data, columns: Sequence[str], weight: str | None = None) -> Rows:
    """Look at numeric columns: how many rows, from where to where.

    Raises
    ------
    CxError
        If a column is unknown, named twice, holds no numbers or an infinite one, or a weight is
        missing or out of range.
    """
    table, names = as_table(data), list(columns)
    check_columns(table, [*names, *([weight] if weight is not None else [])])
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise CxError("a column is named twice", got=", ".join(repeated))
    chosen = table.select(
        **{f"c{at}": _number(table, name) for at, name in enumerate(names)},
        **({WEIGHT: _number(table, weight)} if weight is not None else {}),
    )
    ends = {f"low_{at}": chosen[f"c{at}"].min() for at in range(len(names))}
    ends |= {f"high_{at}": chosen[f"c{at}"].max() for at in range(len(names))}
    if weight is not None:
        good = chosen[WEIGHT].between(SMALLEST_WEIGHT, LARGEST_WEIGHT).fill_null(False)
        ends["bad"] = (~good).sum()
    found = run(chosen.aggregate(n=chosen.count(), **ends)).iloc[0]
    n = int(found["n"])
    if weight is not None and n and found["bad"]:
        raise CxError(
            "weights that cannot be used",
            where=f"column {weight}",
            got=f"{int(found['bad'])} of {n} rows missing, not above 0, or out of range",
            expected=f"a number from 0.000001 to {LARGEST_WEIGHT:,} in every row",
        )
    low, high = (
        found[[f"{end}_{at}" for at in range(len(names))]].to_numpy("float64", na_value=np.nan)
        for end in ("low", "high")
    )
    endless = [name for name, at in zip(names, np.isinf(low) | np.isinf(high), strict=True) if at]
    if endless:
        raise CxError("infinite values", where=", ".join(endless), expected="numbers, or none")
    return Rows(chosen, names, n, low, high, weight is not None)


def _number(table: ir.Table, name: str) -> ir.Column:
    """Return a column as numbers, or refuse it."""
    column = table[name]
    kind = column.type()
    if kind.is_null() or kind.is_boolean() or kind.is_numeric():
        return column.cast("float64")
    raise CxError("this column holds no numbers", where=f"column {name}", got=kind)
