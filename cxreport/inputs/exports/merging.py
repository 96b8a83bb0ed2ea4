"""Put the new rows of a table behind those that are there: each answer once, the newest of it.

DuckDB does it on disk, so that a table larger than the memory can be merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from cxreport.errors import CxError
from cxreport.inputs.exports.convert import DIGEST, PLACE

if TYPE_CHECKING:
    from pathlib import Path

MEMORY = "400MB"
ROWS = 1 << 16


@dataclass(frozen=True)
class Merged:
    """What became of the new rows.

    Attributes
    ----------
    repeated : int
        New rows that repeat another of the same file word by word.
    there : int
        New rows that were there already, and say the same.
    replaced : int
        Rows that were there, and gave way to a newer one of the same id.
    added : int
        Rows written, those that replaced another included.
    whole : int
        Rows of the table now.
    """

    repeated: int
    there: int
    replaced: int
    added: int
    whole: int


def merge_rows(new: Path, old: Path | None, key: str, *, hashed: bool, to: Path) -> Merged:
    """Write the rows that were there, and then the new ones.

    Parameters
    ----------
    new : Path
        The unfinished file of ``convert.write_rows``.
    old : Path or None
        The table that is there.
    key : str
        The column that tells rows apart.
    hashed : bool
        Whether the file has no such column: then the whole row is its id, and two rows that are
        alike in one file are two.
    to : Path
        The Parquet file to write.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": "1",
        "temp_directory": str(to.parent / "spill"),
    }
    with duckdb.connect(config=settings) as engine:
        engine.sql("set TimeZone = 'UTC'")
        engine.read_parquet(str(new)).create_view("given")
        fresh = _schema(new)
        _number_the_new(engine, [*fresh], key, hashed=hashed)
        if hashed:
            fresh = {key: pa.string(), **fresh}
        if old is not None:
            engine.read_parquet(str(old)).create_view("old")
        return _count_and_write(engine, fresh, _schema(old) if old else {}, key, to)


def _schema(path: Path) -> dict[str, pa.DataType]:
    """Return the columns of a file and their types."""
    schema = pq.read_schema(path)
    kinds = zip(schema.names, schema.types, strict=True)
    return {name: kind for name, kind in kinds if name not in {PLACE, DIGEST}}


def _number_the_new(
    engine: duckdb.DuckDBPyConnection, names: list[str], key: str, *, hashed: bool
) -> None:
    """Make ``fresh``: the new rows, each once, with their ids."""
    same = f'"{DIGEST}"'
    nth = f'row_number() over (partition by {same} order by "{PLACE}")'
    if hashed:
        identity = f"case when {nth} = 1 then {same} else {same} || '-' || {nth} end"
        columns = f"{identity} as {quoted(key)}, *"
        engine.sql(f"create temp table fresh as select {columns} from given")  # noqa: S608
        return
    columns = ", ".join(quoted(name) for name in [*names, PLACE])
    engine.sql(
        f"create temp table fresh as select {columns} from given qualify {nth} = 1"  # noqa: S608
    )


def _types_of_both(fresh: dict[str, pa.DataType], held: dict[str, pa.DataType]) -> dict[str, str]:
    """Return the type of each column from now on, those that are there first."""
    types = {}
    for name in {**held, **fresh}:
        kinds = {kind for kind in (held.get(name), fresh.get(name)) if kind is not None}
        types[name] = _sql_type(next(iter(kinds))) if len(kinds) == 1 else _wider(kinds, name)
    return types


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ" if kind.tz else "TIMESTAMP"
    return {pa.int64(): "BIGINT", pa.float64(): "DOUBLE"}.get(kind, "VARCHAR")


def _wider(kinds: set[pa.DataType], name: str) -> str:
    if any(pa.types.is_timestamp(kind) for kind in kinds):
        raise CxError(
            "a column is written in another way than in the files before",
            where=name,
            got=" and ".join(sorted(str(kind) for kind in kinds)),
            hint="export it as before, or import into another folder",
        )
    return "DOUBLE" if kinds == {pa.int64(), pa.float64()} else "VARCHAR"


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _columns(types: dict[str, str], there: dict[str, pa.DataType]) -> str:
    """Return all columns in their types; a column that is not there is empty."""
    casts = []
    for name, kind in types.items():
        text = f"cast({quoted(name) if name in there else 'null'} as {kind})"
        if kind == "VARCHAR" and name in there and not pa.types.is_string(there[name]):
            text = f"regexp_replace({text}, '\\.0$', '')"  # of a number
        casts.append(f"{text} as {quoted(name)}")
    return ", ".join(casts)


def _count_and_write(
    engine: duckdb.DuckDBPyConnection,
    fresh: dict[str, pa.DataType],
    held: dict[str, pa.DataType],
    key: str,
    to: Path,
) -> Merged:
    """Write what stays of the old rows and what is new, and count."""
    types = _types_of_both(fresh, held)
    given = _number(engine, "select count(*) from given")
    distinct = _number(engine, "select count(*) from fresh")
    engine.sql(f'create temp view typed as select {_columns(types, fresh)}, "{PLACE}" from fresh')  # noqa: S608
    if not held:
        rows = engine.sql(f'select * exclude ("{PLACE}") from typed order by "{PLACE}"')  # noqa: S608
        return Merged(given - distinct, 0, 0, distinct, _write(rows, to))
    engine.sql(f"create temp view held as select {_columns(types, held)} from old")  # noqa: S608
    alike = " and ".join(
        f"h.{quoted(n)} is not distinct from t.{quoted(n)}" for n in fresh if n in held
    )
    engine.sql(
        "create temp table brought as select * from typed t "  # noqa: S608
        f"where not exists (select 1 from held h where {alike})"
    )
    added = _number(engine, "select count(*) from brought")
    of_brought = f"(select {quoted(key)} from brought where {quoted(key)} is not null)"  # noqa: S608
    gone = f"coalesce({quoted(key)} in {of_brought}, false)"
    replaced = _number(engine, f"select count(*) from held where {gone}")  # noqa: S608
    rows = engine.sql(
        f"select * exclude (p, fresh) from (select *, row_number() over () as p, 0 as fresh "  # noqa: S608
        f'from held where not {gone} union all select * exclude ("{PLACE}"), "{PLACE}", 1 '
        "from brought) order by fresh, p"
    )
    whole = _write(rows, to)
    return Merged(given - distinct, distinct - added, replaced, added, whole)


def _number(engine: duckdb.DuckDBPyConnection, query: str) -> int:
    row = engine.sql(query).fetchone()
    return int(row[0]) if row else 0


def _write(rows: duckdb.DuckDBPyRelation, to: Path) -> int:
    n = 0
    reader = rows.fetch_record_batch(ROWS)
    with pq.ParquetWriter(to, reader.schema) as writer:
        for batch in reader:
            n += batch.num_rows
            writer.write_batch(batch)
    return n
