"""Rows in batches, for sums that one aggregate query cannot make; memory stays bounded."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cxreport.errors import CxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir
    from numpy.typing import NDArray

ROWS = 1 << 16


def batches(table: ir.Table, *, rows: int = ROWS) -> Iterator[NDArray[np.float64]]:
    """Bring numeric columns back, so many rows at a time, in the order of the table.

    Parameters
    ----------
    table : ibis Table
        Numeric columns only.
    rows : int
        About so many rows a batch.

    Yields
    ------
    ndarray of float64, rows x columns
        NULL is NaN.

    Raises
    ------
    CxError
        If the engine cannot read the data.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.source import as_table
    >>> [batch.tolist() for batch in batches(as_table(pd.DataFrame({"a": [1, None]})))]
    [[[1.0], [nan]]]
    """
    numbers = table.select(**{name: table[name].cast("float64") for name in table.columns})
    try:
        reader = numbers.to_pyarrow_batches(chunk_size=rows)
        while (batch := _next(reader)) is not None:
            columns = [pc.fill_null(column.cast(pa.float64()), np.nan) for column in batch.columns]
            yield np.column_stack([column.to_numpy(zero_copy_only=False) for column in columns])
    except duckdb.Error as error:
        raise CxError("the engine cannot read the data", got=type(error).__name__) from error


def _next(reader: pa.ipc.RecordBatchReader) -> pa.RecordBatch | None:
    """Read one batch; Ibis calls DuckDB by a name that is about to change."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "fetch_record_batch", DeprecationWarning)
        return next(reader, None)
