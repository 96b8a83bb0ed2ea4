"""One series of periods, read from a frame and checked before any statistics."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.masking import masked

if TYPE_CHECKING:
    from collections.abc import Sequence

DATED = r"\d{4}(-(\d\d|Q[1-4]))?(-\d\d)?"
"""Names of periods whose alphabetical order is that of time."""


def period_names(data: pd.DataFrame) -> pd.Series:
    """Return what the periods are called, once they have proved to be one series in order.

    Without a ``period`` column the index names them. Names of waves have no order of their own.
    """
    if not isinstance(data, pd.DataFrame):
        raise CxError("not a table of periods", got=type(data).__name__, expected="a pandas frame")
    if "period" not in data:
        return pd.Series(data.index)
    names = data["period"].reset_index(drop=True)
    wrong = names.isna() | names.duplicated()
    if wrong.any():
        raise CxError(
            "a period is missing or occurs twice",
            where="period",
            got=", ".join(map(_masked_name, names[wrong].unique())),
            expected="one row per period",
            hint="chart one metric of one group at a time",
        )
    if isinstance(names.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(names):
        text = names.astype("str")
        in_order = text.is_monotonic_increasing or not text.str.fullmatch(DATED).all()
    else:
        in_order = names.is_monotonic_increasing
    if not in_order:
        raise CxError("the periods are out of order", where="period", hint="sort by period first")
    return names


def chart_points(
    data: pd.DataFrame, value: str, n: str | None, names: pd.Series, *, shares: bool = True
) -> pd.DataFrame:
    """Read the values, and the denominators of shares and scores, in the order of the rows.

    Returns
    -------
    DataFrame
        ``value`` and ``n``, NaN where there is a gap or no denominator; rows numbered from 0.
    """
    points = pd.DataFrame({"value": _numbers(data, value), "n": np.nan})
    if n is None:
        return points
    points["n"] = _numbers(data, n)
    has_value, positive = points["value"].notna(), points["n"] > 0
    wrong = {
        "a denominator is negative": (n, points["n"] < 0),
        "a share has no denominator": (n, has_value & ~positive),
    }
    if shares:
        outside = has_value & ~points["value"].between(0, 100)
        wrong["a share is not between 0 and 100"] = (value, outside)
    for what, (column, rows) in wrong.items():
        if rows.any():
            raise CxError(what, where=column, got=f"period {_masked_name(names[rows].iloc[0])}")
    return points.assign(n=points["n"].where(positive))


def _numbers(data: pd.DataFrame, column: str) -> np.ndarray:
    """Read one column as finite numbers and gaps."""
    if column not in data:
        raise CxError("no such column", got=column, expected=", ".join(map(str, data.columns)))
    try:
        numbers = data[column].astype("float64").to_numpy()
    except (TypeError, ValueError) as error:
        raise CxError(
            "the column holds no numbers", where=column, got=data[column].dtype
        ) from error
    if np.isinf(numbers).any():
        raise CxError("a value is infinite", where=column)
    return numbers


def _masked_name(name: object) -> str:
    """Return a period's name as it is; what is no period may be a person's answer."""
    return str(name) if re.fullmatch(DATED, str(name)) else masked(name)


def are_listed(names: pd.Series, listed: Sequence[object], option: str) -> pd.Series:
    """Find the periods that an option lists."""
    if isinstance(listed, str):
        raise CxError("this is not a list of periods", where=option, got=listed)
    periods = set(names)
    unknown = [str(name) for name in listed if name not in periods]
    if unknown:
        span = (
            f"{_masked_name(names.iloc[0])} to {_masked_name(names.iloc[-1])}"
            if periods
            else "no periods"
        )
        raise CxError("no such period", where=option, got=", ".join(unknown), expected=span)
    return names.isin(list(listed))


def in_baseline(
    points: pd.DataFrame, names: pd.Series, baseline: int | Sequence[object] | None
) -> pd.Series:
    """Return which points the centre and limits of their ``segment`` are computed from."""
    has_value = points["value"].notna()
    if baseline is None:
        return has_value
    if isinstance(baseline, (int, np.integer)):
        if baseline < 1:
            raise CxError("a baseline needs points", where="baseline", got=baseline)
        return has_value & (has_value.groupby(points["segment"]).cumsum() <= baseline)
    listed = has_value & are_listed(names, baseline, "baseline")
    return listed | (has_value & ~listed.groupby(points["segment"]).transform("any"))
