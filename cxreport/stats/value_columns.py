"""Columns of values: numbers, times, money and ratings, or a refusal that names the column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import ibis

from cxreport.errors import CxError
from cxreport.inputs.meaning import NPS_SCALE
from cxreport.inputs.normalise import LARGEST
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import ibis.expr.types as ir

Scale: TypeAlias = "tuple[float, float] | None"

ANY = (-math.inf, math.inf)
"""The scale of a measure: every number counts."""
MOST_CODES = 5
"""Different codes for "no answer" that a question may have."""


class Rating(NamedTuple):
    """A column of ratings.

    Attributes
    ----------
    value : ibis column
        Empty outside the scale.
    outside : ibis column
        Whether there is a value outside the scale.
    """

    value: ir.NumericColumn
    outside: ir.BooleanColumn


def numbers(table: ir.Table, name: str) -> ir.NumericColumn:
    """Return a column of numbers; true is 1, and a column without any value is one of numbers.

    Raises
    ------
    CxError
        If it holds something else.
    """
    column, kind = table[name], table[name].type()
    if kind.is_null():
        return column.cast("float64")
    if kind.is_boolean():
        return column.cast("int32")
    if kind.is_numeric():
        return column
    raise CxError(
        "this column holds no numbers", where=f"column {name}", got=kind, expected="numbers"
    )


def times(table: ir.Table, name: str) -> ir.TimestampColumn:
    """Return a column of local times; days are their midnights.

    Raises
    ------
    CxError
        If it holds no times.
    """
    kind = table[name].type()
    if kind.is_timestamp() or kind.is_date() or kind.is_null():
        return table[name].cast("timestamp")
    raise CxError(
        "this column holds no times", where=f"column {name}", got=kind, hint="pandas.to_datetime"
    )


def amounts(table: ir.Table, names: Sequence[str]) -> list[ir.NumericColumn]:
    """Return columns of money.

    Raises
    ------
    CxError
        If one holds no numbers, or one of a million millions or more: no sum could hold it.
    """
    columns = {name: numbers(table, name) for name in names}
    sizes = {name: column.cast("float64").abs() for name, column in columns.items()}
    if sizes:
        counts = run(
            table.aggregate(**{n: ((c >= LARGEST) & ~c.isnan()).sum() for n, c in sizes.items()})
        ).iloc[0]
        if endless := [str(name) for name, n in counts.items() if n > 0]:
            raise CxError(
                "infinite amounts, or far too large ones", where=f"column {', '.join(endless)}",
                expected=f"amounts below {LARGEST:,.0f}",
            )  # fmt: skip
    return list(columns.values())


def possible_counts(table: ir.Table, name: str) -> ir.NumericColumn:
    """Return a column that counts something: empty where it is below 0 or infinite.

    Raises
    ------
    CxError
        If it holds no numbers.
    """
    column = numbers(table, name)
    possible = column >= 0
    if column.type().is_floating():
        possible &= ~column.isinf()
    return ibis.cases((possible, column))


def is_one_of(column: ir.Column, codes: Iterable[object]) -> ir.BooleanValue:
    """Return which rows hold one of some codes; a number is none of codes that are text.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.source import as_table
    >>> table = as_table(pd.DataFrame({"reason": [3, 4]}))
    >>> run(table.aggregate(n=is_one_of(table.reason, ["late", 3]).sum()))
       n
    0  1
    """
    kind = column.type()
    if kind.is_numeric() and not kind.is_boolean():
        possible: list[object] = [code for code in codes if isinstance(code, int | float)]
    else:
        column, possible = column.cast("string"), [str(code) for code in codes]
    return column.isin(possible) if possible else column.isnull() & column.notnull()


def ratings(table: ir.Table, scales: Mapping[str, Scale]) -> dict[str, Rating]:
    """Return columns of ratings, empty outside their scale, and which rows lie outside.

    Parameters
    ----------
    table : ibis Table
        One row per answer.
    scales : mapping of str to (number, number) or None
        Column -> its lowest and highest value. None goes by the values: whole numbers are answers,
        and no scale goes beyond 0 to 10; with decimals, or with more than five different numbers
        beyond, which are no codes for "no answer" any more, the column is a measure, of which every
        number counts.

    Raises
    ------
    CxError
        If a column holds no numbers, or infinite ones where no scale is given, or the ends of a
        scale are alike.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.source import as_table
    >>> table = as_table(pd.DataFrame({"ease": [5, 4, None, 99, -1]}))
    >>> ease = ratings(table, {"ease": None})["ease"]
    >>> run(table.aggregate(n=ease.value.count(), invalid=ease.outside.sum()))
       n  invalid
    0  2        2
    """
    columns = {name: numbers(table, name) for name in scales}
    ends = {name: _ends(scale) for name, scale in scales.items()}
    ends |= dict.fromkeys(
        _measures(table, {n: c for n, c in columns.items() if not scales[n]}), ANY
    )
    inside = {name: column.between(*ends[name]) for name, column in columns.items()}
    return {
        name: Rating(ibis.cases((inside[name], column)), ~inside[name].fill_null(True))
        for name, column in columns.items()
    }


def _ends(scale: Scale) -> tuple[float, float]:
    """Return the lowest and the highest value that count; of any scale where none is given."""
    lowest, highest = sorted(scale) if scale else NPS_SCALE
    if not lowest < highest:
        raise CxError("not a scale", got=scale, expected="two different numbers")
    return lowest, highest


def _measures(table: ir.Table, columns: Mapping[str, ir.NumericColumn]) -> list[str]:
    """Return the columns that hold a measure and no answers."""
    figures: dict[str, ir.Value] = {}
    for at, column in enumerate(columns.values()):
        value = column.cast("float64")
        figures |= {
            f"endless_{at}": value.isinf().sum(),
            f"fractional_{at}": (value % 1 != 0).sum(),
            f"outside_{at}": value.nunique(where=~value.between(*NPS_SCALE)),
        }
    if not figures:
        return []
    counts = run(table.aggregate(**figures)).iloc[0].fillna(0)
    endless = [name for at, name in enumerate(columns) if counts[f"endless_{at}"]]
    if endless:
        where = f"column {', '.join(endless)}"
        raise CxError("infinite values", where=where, expected="numbers, or none")
    return [
        name
        for at, name in enumerate(columns)
        if counts[f"fractional_{at}"] or counts[f"outside_{at}"] > MOST_CODES
    ]
