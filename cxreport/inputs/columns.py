"""One column, or a small frame, of whatever form it comes in, as pandas holds it.

For what is read value by value in memory, as comments are; all else goes through ``as_table``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cxreport.errors import CxError, shorten
from cxreport.inputs.source import as_table, run

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray


def as_series(column: Any) -> pd.Series:
    """Return a column as a pandas series; categories become what they stand for.

    Parameters
    ----------
    column : pandas or polars series, pyarrow array, numpy array or list
        One value per row.

    Returns
    -------
    Series
        With the index of a pandas series, else with places.

    Raises
    ------
    CxError
        If it is something else, as a frame is.

    Examples
    --------
    >>> as_series(pa.array(["a", None])).isna().tolist()
    [False, True]
    """
    if not isinstance(column, pd.Series):
        values = column.to_arrow() if hasattr(column, "to_arrow") else column
        if isinstance(values, pa.Array | pa.ChunkedArray):
            name = getattr(column, "name", None)
            column = pd.Series(values.to_pylist(), dtype=object, name=name)
        elif isinstance(values, list | tuple) or (
            isinstance(values, np.ndarray) and values.ndim == 1
        ):
            column = pd.Series(list(values), dtype=object)
        else:
            raise CxError("not one column", got=type(column).__name__, expected="a series")
    is_category = isinstance(column.dtype, pd.CategoricalDtype)
    series: pd.Series = column.astype(object) if is_category else column
    return series


def as_frame(data: Any) -> pd.DataFrame:
    """Return any frame as pandas has it; a pandas frame as it is.

    Raises
    ------
    CxError
        If it is no frame.
    """
    if isinstance(data, pd.DataFrame):
        return data
    return run(as_table(data))


def check_result(frame: object, names: Sequence[str], maker: str) -> None:
    """Refuse what is not the result of the function that a frame should come from.

    Parameters
    ----------
    frame : object
        What was given.
    names : sequence of str
        Columns that every result has.
    maker : str
        The function.

    Raises
    ------
    CxError
        If it is no pandas frame, or lacks a column.
    """
    if not isinstance(frame, pd.DataFrame):
        absent = type(frame).__name__
    elif lacking := [name for name in names if name not in frame]:
        absent = f"no column {', '.join(lacking)}"
    else:
        return
    raise CxError(f"this is no result of {maker}", got=absent)


def as_texts(column: Any) -> pd.Series:
    """Return a column of texts; what is no text is missing."""
    series = as_series(column)
    values = [value if isinstance(value, str) else None for value in series]
    return pd.Series(values, index=series.index, dtype=object)


def as_codes(column: Any) -> pd.Series:
    """Return a column of values that can be alike or not; None where missing.

    Raises
    ------
    CxError
        If a value is a list, or something else that names nothing.
    """
    series = as_series(column)
    missing = series.isna().to_numpy()
    values: list[Hashable | None] = []
    for value, empty in zip(series, missing, strict=True):
        try:
            hash(value)
        except TypeError as error:
            raise CxError("not a name or a code", got=shorten(str(value))) from error
        values.append(None if empty else value)
    return pd.Series(values, index=series.index, dtype=object)


def as_labels(column: Any) -> pd.Series:
    """Return a column of names as texts; None where missing. Raises as ``as_codes`` does."""
    return as_codes(column).map(str, na_action="ignore")


def as_numbers(column: Any, where: str = "") -> NDArray[np.float64]:
    """Return a column of numbers, NaN where missing.

    Raises
    ------
    CxError
        If a value is no number.

    Examples
    --------
    >>> as_numbers(pd.Series(["1", None, 2.5], dtype=object)).tolist()
    [1.0, nan, 2.5]
    """
    series = as_series(column)
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "biuf":
        return series.to_numpy(dtype="float64")
    missing = series.isna().to_numpy()
    try:
        values = [
            np.nan if empty else float(value) for value, empty in zip(series, missing, strict=True)
        ]
    except (TypeError, ValueError) as error:
        raise CxError("not a column of numbers", where=where, got=series.dtype) from error
    return np.asarray(values, dtype="float64")


def as_flags(data: Any) -> pd.DataFrame:
    """Return a frame of true and false, also where they are written 1 and 0.

    Raises
    ------
    CxError
        If a name stands twice, or a cell is neither.

    Examples
    --------
    >>> as_flags(pd.DataFrame({"late": [1.0, 0.0]}))["late"].tolist()
    [True, False]
    """
    flags = as_marks(data)
    empty = flags.isna().any()
    if empty.any():
        raise CxError("neither true nor false", where=empty.idxmax(), got="a missing value")
    return flags.astype(bool)


def as_marks(data: Any) -> pd.DataFrame:
    """Return a frame of true, false and missing; raises as ``as_flags`` does otherwise."""
    frame = as_frame(data)
    if frame.columns.duplicated().any():
        raise CxError("two columns of one name", got=frame.columns[frame.columns.duplicated()][0])
    marks = {}
    for name in frame.columns:
        numbers = as_numbers(frame[name], where=str(name))
        if not np.isin(numbers[~np.isnan(numbers)], (0, 1)).all():
            raise CxError("neither true nor false", where=name, expected="true, false, 1 or 0")
        marks[name] = pd.array(numbers == 1, dtype="boolean")
        marks[name][np.isnan(numbers)] = pd.NA
    return pd.DataFrame(marks, index=frame.index, columns=frame.columns)
