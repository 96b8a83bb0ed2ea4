"""Turn any frame into an Arrow table that the engine can hold: what it cannot hold becomes text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import pandas as pd
import pyarrow as pa

from cxreport.errors import CxError

if TYPE_CHECKING:
    from collections.abc import Iterable


@runtime_checkable
class ArrowFrame(Protocol):
    """A frame that hands itself over as Arrow: polars, pyarrow and others."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Return the Arrow stream."""


def to_arrow(data: object) -> pa.Table:
    """Turn a frame into an Arrow table.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame
        Rows. A pandas index is left out.

    Returns
    -------
    pyarrow Table
        The same columns. Columns of mixed kinds (9 and "Blank"), periods and durations are text.

    Raises
    ------
    CxError
        If ``data`` is nothing tabular, has no column, two columns of one name, or a column of a
        kind that has no text.

    Examples
    --------
    >>> to_arrow(pd.DataFrame({"score": [9, "Blank", None]}))["score"].to_pylist()
    ['9', 'Blank', None]
    """
    if isinstance(data, pd.Series) or not isinstance(data, pd.DataFrame | ArrowFrame):
        raise CxError(
            "this is not a table",
            got=type(data).__name__,
            expected="a pandas, polars or pyarrow frame, or an Ibis table",
        )
    if isinstance(data, pd.DataFrame):
        names = [str(name) for name in data.columns]
        check_names(names)
        columns = [_from_pandas(data.iloc[:, position]) for position in range(len(names))]
        table = pa.table(columns, names=names)
    else:
        table = pa.table(data)
        check_names(table.column_names)
    for position, field in enumerate(table.schema):
        if pa.types.is_float16(field.type):
            column = table.column(position).cast(pa.float32())
        elif _is_strange(field.type):
            column = _as_text(table.column(position), field.name)
        else:
            continue
        table = table.set_column(position, field.name, column)
    return table


def check_names(names: Iterable[str], where: object = None) -> None:
    """Refuse columns that an engine cannot tell apart, or that have no name.

    Examples
    --------
    >>> check_names(["Score", "score"])
    Traceback (most recent call last):
    cxreport.errors.CxError: every column needs a name of its own
      got:      'Score' and 'score' differ only in case
      hint:     a wrong delimiter also looks like this
    """
    names = list(names)
    alike = [name.lower() for name in names]
    again = next((i for i, name in enumerate(alike) if name in alike[:i]), None)
    if not names:
        got = "no column"
    elif not all(name.strip() for name in names):
        got = "a column without a name"
    elif again is None:
        return
    else:
        one, other = names[alike.index(alike[again])], names[again]
        same = one == other
        got = f"{one!r} twice" if same else f"{one!r} and {other!r} differ only in case"
    raise CxError(
        "every column needs a name of its own",
        where=where,
        got=got,
        hint="a wrong delimiter also looks like this",
    )


def _from_pandas(column: pd.Series) -> pa.Array:
    """Turn one column into Arrow, as text if Arrow has no kind for it."""
    try:
        found = pa.Array.from_pandas(column)
    except (pa.ArrowException, TypeError):
        found = None
    if found is not None and not _is_strange(found.type):
        return found
    pairs = zip(column, column.isna(), strict=True)
    return pa.array([None if missing else str(value) for value, missing in pairs], pa.string())


def _is_strange(kind: pa.DataType) -> bool:
    """Say whether the engine cannot hold this kind of column."""
    return (
        pa.types.is_duration(kind)
        or pa.types.is_interval(kind)
        or pa.types.is_fixed_size_binary(kind)
        or isinstance(kind, pa.BaseExtensionType)
    )


def _as_text(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Write a column of times as text; others have none."""
    if not pa.types.is_duration(column.type):
        raise CxError(
            "a column of a kind that is not read", where=name, got=column.type, hint="leave it out"
        )
    return column.cast(pa.string())
