"""Open tables on an engine, and run expressions there: the one door to Ibis.

Anything tabular may come in: a pandas, polars or pyarrow frame, an Ibis table of any backend, or
files (Parquet, CSV, a DuckDB database, a folder of files), which DuckDB reads. Frames go in as
pyarrow tables and results come out as pyarrow tables, so NaN, NULL and times mean one thing.
Results are small (one row a group): the rows themselves stay where they are.
"""

from __future__ import annotations

import csv
import hashlib
import re
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb
import ibis
import ibis.expr.operations as ops
import pyarrow as pa
from ibis.common.exceptions import TableNotFound

from cxreport.errors import CxError
from cxreport.inputs.arrow import ArrowFrame, check_names, order_of, to_arrow

if TYPE_CHECKING:
    from pathlib import Path

    import ibis.expr.types as ir
    import pandas as pd

Data: TypeAlias = "pd.DataFrame | ArrowFrame | ir.Table"
TEXT_FILES = {".csv", ".tsv", ".txt"}


@cache
def engine() -> ibis.BaseBackend:
    """Return this process's own DuckDB, in memory."""
    return ibis.duckdb.connect()


def as_table(data: Data) -> ir.Table:
    """Turn any frame into an Ibis table, NaN into NULL.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or Ibis table
        Rows; an Ibis table is returned as it is.

    Returns
    -------
    ibis Table
        The same columns.

    Raises
    ------
    CxError
        If ``data`` is no frame that ``arrow.to_arrow`` understands.

    Examples
    --------
    >>> import pandas as pd
    >>> run(as_table(pd.DataFrame({"score": [9.0, float("nan")]})).score.count().name("n"))
       n
    0  1
    """
    if isinstance(data, ibis.Table):
        return data
    expression = ibis.memtable(to_arrow(data))
    floats = [name for name, kind in expression.schema().items() if kind.is_floating()]
    return expression.mutate(**{name: without_nan(expression[name]) for name in floats})


def without_nan(column: ir.Column) -> ir.Column:
    """Return a column of floats with NULL for NaN.

    Comparing with NaN would not do: Parquet's statistics leave NaN out, and DuckDB believes them.
    """
    return ibis.cases((column.isnan(), ibis.null(column.type())), else_=column)


def categories(column: ir.Column) -> list[Any]:
    """Return the ordered categories that a column had in the frame it comes from, or none.

    Examples
    --------
    >>> import pandas as pd
    >>> sizes = pd.Categorical(["S"], ["S", "M", "L"], ordered=True)
    >>> table = as_table(pd.DataFrame({"size": sizes}))
    >>> categories(table.filter(table["size"] == "S").rename(which="size").which)
    ['S', 'M', 'L']
    """
    op = column.op()
    while isinstance(op, ops.Field):
        relation, name = op.rel, op.name
        if isinstance(relation, ops.InMemoryTable):
            held = relation.data.obj
            return order_of(held.schema.field(name)) if isinstance(held, pa.Table) else []
        op = relation.values.get(name)  # noqa: PD011
    return []


def run(expression: ir.Expr) -> pd.DataFrame:
    """Run an expression where its data live and bring back the small result.

    Exact decimals come back as floats, days as times, and a missing number is NaN.

    Examples
    --------
    >>> import pandas as pd
    >>> table = as_table(pd.DataFrame({"channel": ["app", "app", "web"]}))
    >>> run(table.group_by("channel").aggregate(n=table.count()).order_by("channel"))
      channel  n
    0     app  2
    1     web  1
    """
    try:
        result = expression.as_table().to_pyarrow()
    except duckdb.Error as error:
        raise CxError("the engine cannot read the data", got=_in_short(error)) from error
    for position, field in enumerate(result.schema):
        column = result.column(position)
        if pa.types.is_decimal(field.type):
            result = result.set_column(position, field.name, column.cast(pa.float64()))
        elif pa.types.is_date(field.type):
            result = result.set_column(position, field.name, column.cast(pa.timestamp("us")))
    frame: pd.DataFrame = result.to_pandas()
    return frame


def read_file(
    path: Path, *, delimiter: str = ",", encoding: str = "utf-8", table: str | None = None
) -> ir.Table:
    """Open one file as a table; the columns of a CSV file are all text, so that codes stay codes.

    Parameters
    ----------
    path : Path
        A Parquet file, a CSV file (``.csv``, ``.tsv``, ``.txt``), or a DuckDB database.
    delimiter, encoding : str
        How a CSV file is written. A row that is longer or shorter than the header is an error.
    table : str, optional
        Which table of a database.

    Returns
    -------
    ibis Table
        Column names without surrounding blanks.

    Raises
    ------
    CxError
        If the file is missing, cut short, empty, not in its encoding, or of another kind.
    """
    if not path.is_file():
        raise CxError("no such file", where=path, hint="check [source] folder and files")
    try:
        if path.suffix.lower() == ".parquet":
            opened = engine().read_parquet(str(path))
        elif path.suffix.lower() in TEXT_FILES:
            opened = _read_csv(path, delimiter, encoding)
        elif path.suffix.lower() in {".duckdb", ".db"}:
            opened = _read_database(path, table or path.stem)
        else:
            raise CxError("this kind of file is not read", where=path, expected="Parquet or CSV")
    except (duckdb.Error, ibis.IbisError, csv.Error, OSError, UnicodeError) as error:
        raise CxError(
            "the file cannot be read: cut short, damaged, or written in another way than declared",
            where=path,
            got=_in_short(error),
            hint="export it again, or correct delimiter and encoding in the codebook",
        ) from error
    stripped = [name.strip() for name in opened.columns]
    check_names(stripped, path)
    return opened.rename(dict(zip(stripped, opened.columns, strict=True)))


def _in_short(error: Exception) -> str:
    """Return what an engine says without the row that it quotes, which may name a person."""
    said = re.split(r"\n\n|\nPossible", str(error).strip())[0].splitlines() or [repr(error)]
    return "; ".join(dict.fromkeys((said[0], said[-1])))


def _read_csv(path: Path, delimiter: str, encoding: str) -> ir.Table:
    """Read a CSV file in the declared dialect: DuckDB's detection may drop rows."""
    python_encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    with path.open(encoding=python_encoding, newline="") as file:
        header = [name.strip() for name in next(csv.reader(file, delimiter=delimiter), [])]
    check_names(header, path)
    rows = engine().read_csv(
        str(path),
        columns=dict.fromkeys(header, "VARCHAR"),
        auto_detect=False,
        header=True,
        delim=delimiter,
        quote='"',
        escape='"',
        encoding=encoding,
        strict_mode=True,
        nullstr="",
    )
    return keep(rows)


def _read_database(path: Path, table: str) -> ir.Table:
    """Open a table of a database file beside this process's own tables, to read only."""
    alias = f"file_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]}"
    with suppress(duckdb.Error):
        engine().detach(alias)  # the file may be another one by now
    engine().attach(path, alias, read_only=True)
    try:
        return engine().table(table, database=(alias, "main"))
    except TableNotFound as error:
        hint = 'name it in the codebook: files = "shop.duckdb:answers"'
        raise CxError("no such table", where=path, got=table, hint=hint) from error


def keep(rows: ir.Table) -> ir.Table:
    """Compute a table once and hold it in the engine, so that later queries do not read it again.

    Examples
    --------
    >>> import pandas as pd
    >>> run(keep(as_table(pd.DataFrame({"score": [9]}))).score.sum().name("sum"))
       sum
    0    9
    """
    # An engine keeps no column without a kind, as one without a value is.
    kindless = [name for name, kind in rows.schema().items() if kind.is_null()]
    rows = rows.mutate(**{name: rows[name].cast("string") for name in kindless})
    sources = [op.source for op in rows.op().find(ops.DatabaseTable)]
    backend = sources[0] if sources else engine()
    return backend.create_table(ibis.util.gen_name("kept"), rows, temp=True)


def find_files(folder: Path, pattern: str) -> list[Path]:
    """List the files below a folder that a pattern names, in order of name.

    Raises
    ------
    CxError
        If there is none.
    """
    try:
        found = sorted(path for path in folder.glob(pattern) if path.is_file())
    except (ValueError, NotImplementedError):  # no pattern, or not one below a folder
        found = []
    if not found:
        raise CxError("no such file", where=folder, got=pattern, hint="check [source] folder")
    return found
