"""Turn any frame into an Arrow table that the engine can hold: what it cannot hold becomes text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxreport.errors import CxError
from cxreport.inputs.masking import masked

if TYPE_CHECKING:
    from collections.abc import Iterable

    Column: TypeAlias = pa.Array | pa.ChunkedArray

ORDER = b"cxreport.order"
"""Metadata of a column of ordered categories: their order, as JSON."""


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
        The same columns, NaN being nothing. Categories are their values (the order of ordered ones
        is kept beside them, see ``order_of``). Whatever the engine cannot hold is text: columns of
        mixed kinds (9 and "Blank"), whole numbers beyond 64 bits, periods, intervals, durations,
        objects.

    Raises
    ------
    CxError
        If ``data`` is nothing tabular, has no column, or two columns of one name.

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
    elif isinstance(data, pa.Table) or not hasattr(data, "get_columns"):
        table = pa.table(data)
        names = table.column_names
        columns = [_from_arrow(column) for column in table.columns]
    else:
        names = [series.name for series in data.get_columns()]
        columns = [_from_polars(series) for series in data.get_columns()]
    check_names(names)
    fields = [
        pa.field(name, column.type, metadata={ORDER: json.dumps(order)} if order else None)
        for name, (column, order) in zip(names, columns, strict=True)
    ]
    return pa.table([column for column, _ in columns], schema=pa.schema(fields))


def check_names(names: Iterable[str], where: object = None) -> None:
    """Refuse columns that an engine cannot tell apart, or that have no name.

    Examples
    --------
    >>> check_names(["Score", "score"])
    Traceback (most recent call last):
    cxreport.errors.CxError: every column needs a name of its own
      got:      columns 1 and 2, 'Aaaaa' and 'aaaaa', differ only in case
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
        first = alike.index(alike[again])
        one, other = (masked(names[n], an_id=True) for n in (first, again))  # perhaps no headings
        what = "are one name" if names[first] == names[again] else "differ only in case"
        got = f"columns {first + 1} and {again + 1}, {one!r} and {other!r}, {what}"
    raise CxError(
        "every column needs a name of its own",
        where=where,
        got=got,
        hint="a wrong delimiter also looks like this",
    )


def order_of(field: pa.Field) -> list[Any]:
    """Return the categories of a column in their order; none where they have no order.

    Examples
    --------
    >>> answers = pd.DataFrame({"size": pd.Categorical(["S"], ["S", "M", "L"], ordered=True)})
    >>> order_of(to_arrow(answers).schema.field("size"))
    ['S', 'M', 'L']
    """
    order: list[Any] = json.loads((field.metadata or {}).get(ORDER, b"[]"))
    return order


def _from_pandas(column: pd.Series) -> tuple[Column, list[Any]]:
    """Turn one column into Arrow, and return the order of its categories."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        categories, _ = _from_pandas(pd.Series(column.cat.categories))
        codes = column.cat.codes.to_numpy()
        taken = categories.take(pa.array(codes, mask=codes < 0))
        return taken, _in_order(categories) if column.cat.ordered else []
    if isinstance(column.dtype, pd.SparseDtype):
        column = pd.Series(column.to_numpy())
    try:
        return _from_arrow(pa.Array.from_pandas(column), column)
    except (pa.ArrowException, ArithmeticError, TypeError, ValueError):
        return _as_text(column), []


def _from_polars(series: Any) -> tuple[Column, list[Any]]:
    """Turn one column of polars into Arrow, and return the order of its categories."""
    try:
        return _from_arrow(pa.chunked_array(series), series)
    except pa.ArrowInvalid:  # whole numbers of 128 bits
        return _as_text(series.to_list()), []


def _from_arrow(column: Column, values: Iterable[Any] | None = None) -> tuple[Column, list[Any]]:
    """Return a column of a kind that the engine holds, and the order of its categories.

    ``values`` are those of the column as the frame gives them, for a kind that has no text.
    """
    column = _without_runs(column)
    kind = column.type
    if pa.types.is_dictionary(kind):
        chunks = [column] if isinstance(column, pa.Array) else column.chunks
        whole = pa.chunked_array(chunks, kind).unify_dictionaries().combine_chunks()
        categories, _ = _from_arrow(whole.dictionary)
        return categories.take(whole.indices), _in_order(categories) if kind.ordered else []
    if pa.types.is_float16(kind):
        return _from_arrow(column.cast(pa.float32()))
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column), []
    if kind == pa.string_view():
        return column.cast(pa.large_string()), []
    if _is_strange(kind):
        return _as_text(column.to_pylist() if values is None else values), []
    return column, []


def _without_runs(column: Column) -> Column:
    """Return the values of a column that is encoded by its runs of equal ones."""
    if not pa.types.is_run_end_encoded(column.type):
        return column
    chunks = [column] if isinstance(column, pa.Array) else column.chunks
    return pa.chunked_array([pc.run_end_decode(chunk) for chunk in chunks], column.type.value_type)


def _in_order(categories: Column) -> list[Any]:
    """Return categories that JSON can hold; times are in their own order anyway."""
    values = categories.to_pylist()
    return values if all(isinstance(value, str | int | float) for value in values) else []


def _is_strange(kind: pa.DataType) -> bool:
    """Return whether the engine cannot hold this kind of column."""
    return (
        pa.types.is_duration(kind)
        or pa.types.is_interval(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_decimal256(kind)
        or pa.types.is_union(kind)
        or kind == pa.binary_view()
        or pa.types.is_list_view(kind)
        or pa.types.is_large_list_view(kind)
        or isinstance(kind, pa.BaseExtensionType)
    )


def _as_text(values: Iterable[Any]) -> pa.Array:
    """Write values as text; what no text can hold of them is a question mark."""
    texts = [None if _is_missing(value) else str(value) for value in values]
    return pa.array(
        [text and text.encode(errors="replace").decode() for text in texts], pa.large_string()
    )


def _is_missing(value: Any) -> bool:
    """Return whether a value is none; a list or an array is a value."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))
