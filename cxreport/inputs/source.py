"""Open tables on an engine, and run expressions there: the one door to Ibis.

Anything tabular may come in: a pandas, polars or pyarrow frame, an Ibis table of any backend, or
files (Parquet, CSV, a DuckDB database, a folder of files), which DuckDB reads. Frames go in as
pyarrow tables and results come out as pyarrow tables, so NaN, NULL and times mean one thing.
Results are small (one row per group): the rows themselves stay where they are.
"""

from __future__ import annotations

import glob
import hashlib
import re
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias
from unicodedata import normalize

import duckdb
import ibis
import ibis.expr.operations as ops
import pyarrow as pa

from cxreport.errors import CxError
from cxreport.inputs.arrow import ArrowFrame, check_names, order_of, to_arrow
from cxreport.inputs.csv_files import read_csv
from cxreport.inputs.places import is_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import ibis.expr.types as ir
    import pandas as pd

Data: TypeAlias = "pd.DataFrame | ArrowFrame | ir.Table"
TEXT_FILES = {".csv", ".tsv", ".txt"}
DATABASES = {".duckdb", ".db"}
KEPT = "ibis_kept_"
"""How the names of kept tables begin."""

# Steps stay apart, so that the engine takes each once; to join them takes longer than it saves.
ibis.options.sql.fuse_selects = False


@cache
def engine() -> ibis.BaseBackend:
    """Return this process's own DuckDB, in memory; it prints no bar of its own into a cell."""
    connection = ibis.duckdb.connect()
    with suppress(duckdb.InvalidInputException):  # in JupyterLab without widgets there is none
        connection.raw_sql("set enable_progress_bar = false")
    return connection


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
    return ibis.memtable(to_arrow(data))


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
    with _reading():
        result = expression.as_table().to_pyarrow()
    for position, field in enumerate(result.schema):
        column = result.column(position)
        if pa.types.is_decimal(field.type):
            result = result.set_column(position, field.name, column.cast(pa.float64()))
        elif pa.types.is_date(field.type):
            result = result.set_column(position, field.name, column.cast(pa.timestamp("us")))
    frame: pd.DataFrame = result.to_pandas()
    return frame


def read_file(path: Path, *, table: str | None = None, **written: Any) -> ir.Table:
    """Open one file as a table; the columns of a CSV file are all text, so that codes stay codes.

    Parameters
    ----------
    path : Path
        A Parquet file, a CSV file (``.csv``, ``.tsv``, ``.txt``), or a DuckDB database.
    table : str, optional
        Which table of a database.
    **written
        How a CSV file is written: see ``csv_files.read_csv``.

    Returns
    -------
    ibis Table
        Column names without surrounding blanks.

    Raises
    ------
    CxError
        If the file is missing, cut short, empty, not in its encoding, or of another kind.
    """
    if not is_file(path):
        raise CxError("no such file", where=path, hint="check [source] folder and files")
    kind = path.suffix.lower()
    if table and kind not in DATABASES:
        raise CxError("only a database holds tables", where=path, got=f"{path.name}:{table}")
    try:
        if kind == ".parquet":
            # The name is a name, and no pattern of names; folders are folders, and no columns.
            opened = engine().read_parquet(glob.escape(str(path)), hive_partitioning=False)
        elif kind in TEXT_FILES:
            opened = hold(read_csv(path, **written))
        elif kind in DATABASES:
            opened = _read_database(path, table or path.stem)
        else:
            raise CxError("this kind of file is not read", where=path, expected="Parquet or CSV")
    except (duckdb.Error, ibis.IbisError, OSError) as error:
        raise CxError(
            "the file cannot be read: cut short, damaged, or written in another way than declared",
            where=path,
            got=in_short(error),
            hint="export it again",
        ) from None
    plain = [normalize("NFC", name.strip()) for name in opened.columns]
    check_names(plain, path)
    return opened.rename(dict(zip(plain, opened.columns, strict=True)))


def read_frame(data: Data) -> ir.Table:
    """Open a frame in place of a file; the letters of its names are composed (NFC)."""
    rows = as_table(data)
    plain = {normalize("NFC", name): name for name in rows.columns}
    return rows.rename(plain) if len(plain) == len(rows.columns) else rows


def in_short(error: Exception) -> str:
    r"""Return what an engine says without what it quotes, which may name a person.

    Examples
    --------
    >>> in_short(ValueError("Could not convert 'Anna D'Angelo' to a number\nLINE 1: Anna"))
    "Could not convert '…' to a number"
    """
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return re.sub(r"""(["']).*\1""", "'…'", line)


def _read_database(path: Path, table: str) -> ir.Table:
    """Open a table of a database file beside this process's own tables, to read only.

    A view is a query that somebody else wrote: it is run with no way out of its own database.
    """
    kind = _tables_and_views(path).get(table)
    if kind is None:
        hint = 'name it in the codebook: files = "shop.duckdb:answers"'
        raise CxError("no such table", where=path, got=table, hint=hint)
    if kind == "VIEW":
        with _locked(path) as database:
            return hold(database.table(table).to_arrow_table())
    alias = f"file_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]}"
    with suppress(duckdb.Error):
        engine().detach(alias)  # the file may be another one by now
    engine().attach(path, alias, read_only=True)
    return engine().table(table, database=(alias, "main"))


def _locked(path: Path) -> duckdb.DuckDBPyConnection:
    """Connect to a database file alone, without a way to other files or to the network."""
    return duckdb.connect(path, read_only=True, config={"enable_external_access": "false"})


def _tables_and_views(path: Path) -> dict[str, str]:
    """Return the kind of each table of a database file."""
    query = (
        "select table_name, table_type from information_schema.tables where table_schema = 'main'"
    )
    with _locked(path) as database:
        return dict(database.execute(query).fetchall())


def hold(rows: pa.Table) -> ir.Table:
    """Put an Arrow table into the engine."""
    return engine().create_table(ibis.util.gen_name("held"), rows, temp=True)


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
    name = ibis.util.gen_name("kept")
    with _reading():
        if backend.name == "pyspark":  # no tables of a session: a view is the same, computed anew
            return backend.create_view(name, rows)
        return backend.create_table(name, rows, temp=True)


def forget(rows: ir.Table) -> None:
    """Give back the memory of the kept tables that a table stands on: nobody asks it again."""
    for op in rows.op().find(ops.DatabaseTable):
        if op.name.startswith(KEPT):
            op.source.drop_table(op.name, force=True)


@contextmanager
def _reading() -> Iterator[None]:
    """Return in plain words what an engine cannot read."""
    try:
        yield
    except duckdb.Error as error:
        raise CxError("the engine cannot read the data", got=in_short(error)) from None
