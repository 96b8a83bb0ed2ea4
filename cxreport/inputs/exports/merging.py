"""Put the new rows of a table behind those that are there: each answer once, the newest of it.

Which rows stay is found on their ids and digests alone, by DuckDB, which needs no more memory for a
larger file; the rows themselves pass by, batch after batch.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cxreport.errors import CxError
from cxreport.inputs.exports.convert import DIGEST, PLACE, digest_of
from cxreport.inputs.exports.grid import MOST_ROWS
from cxreport.inputs.exports.workbooks import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

MEMORY = "200MB"
KEY = "key_of_row"


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
        New rows written.
    whole : int
        Rows of the table now.
    """

    repeated: int
    there: int
    replaced: int
    added: int
    whole: int


@dataclass(frozen=True)
class Choice:
    """Which rows stay.

    Attributes
    ----------
    old, new : array of bool
        For each row that is there, and for each row of the file.
    nth : dict of int to int
        Row of the file -> how many rows before it, itself included, say the same, from two on.
    repeated, there : int
        See ``Merged``.
    """

    old: Mask
    new: Mask
    nth: dict[int, int]
    repeated: int
    there: int


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
        Whether the file has no such column: then the digest of the whole row is its id, and two
        rows that are alike in one file are two.
    to : Path
        The Parquet file to write.
    """
    fresh = _columns(new)
    if hashed:
        fresh = {key: pa.string(), **fresh}
    held = _columns(old) if old is not None else {}
    schema = _schema_of_both(fresh, held)
    choice = _choose(new, old, key, [*fresh], hashed=hashed, beside=to)
    n = 0
    with pq.ParquetWriter(to, schema) as writer:
        for batch in _kept(old, choice.old) if old is not None else ():
            n += batch.num_rows
            writer.write_batch(_in_schema(batch, schema))
        for batch in _kept(new, choice.new):
            n += batch.num_rows
            named = _with_key(batch, key, choice.nth) if hashed else batch
            writer.write_batch(_in_schema(named, schema))
    replaced = int((~choice.old).sum())
    return Merged(choice.repeated, choice.there, replaced, int(choice.new.sum()), n)


def _columns(path: Path) -> dict[str, pa.DataType]:
    """Return the columns of a file and their types."""
    schema = pq.read_schema(path)
    kinds = zip(schema.names, schema.types, strict=True)
    return {name: kind for name, kind in kinds if name not in {PLACE, DIGEST}}


def _schema_of_both(fresh: dict[str, pa.DataType], held: dict[str, pa.DataType]) -> pa.Schema:
    """Return the columns from now on, those that are there first."""
    fields = []
    for name in {**held, **fresh}:
        kinds = {kind for kind in (held.get(name), fresh.get(name)) if kind is not None}
        fields.append((name, next(iter(kinds)) if len(kinds) == 1 else _wider(kinds, name)))
    return pa.schema(fields)


def _wider(kinds: set[pa.DataType], name: str) -> pa.DataType:
    if any(pa.types.is_timestamp(kind) for kind in kinds):
        raise CxError(
            "a column is written in another way than in the files before",
            where=name,
            got=" and ".join(sorted(str(kind) for kind in kinds)),
            hint="export it as before, or import into another folder",
        )
    return pa.float64() if kinds == {pa.int64(), pa.float64()} else pa.string()


def _choose(
    new: Path, old: Path | None, key: str, names: list[str], *, hashed: bool, beside: Path
) -> Choice:
    """Find out by ids and digests which rows stay."""
    spill, marks = beside.with_suffix(".spill"), beside.with_suffix(".marks")
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": "1",
        "temp_directory": str(spill),
    }
    n_old = _write_marks(old, key, names, marks)
    n_new = _last_place(new) + 1
    identity = f'"{DIGEST}"' if hashed else _quoted(key)
    same = "true" if hashed else f'o."{DIGEST}" = f."{DIGEST}"'
    with duckdb.connect(config=settings) as engine:
        engine.read_parquet(str(new)).create_view("given")
        engine.read_parquet(str(marks)).create_view("old")
        nth = f'row_number() over (partition by "{DIGEST}" order by "{PLACE}")'
        engine.sql(
            f'create temp table numbered as select "{PLACE}", {identity} as k, '  # noqa: S608
            f'"{DIGEST}", {nth} as nth from given'
        )
        if hashed:
            engine.sql("update numbered set k = k || '-' || nth where nth > 1")
        fresh = "numbered" if hashed else "(select * from numbered where nth = 1)"
        n_fresh = _number(engine, f"select count(*) from {fresh}")  # noqa: S608
        engine.sql(
            f'create temp table brought as select "{PLACE}", k from {fresh} f where not exists '  # noqa: S608
            f'(select 1 from old o where o."{KEY}" is not distinct from f.k and {same})'
        )
        n_brought = _number(engine, "select count(*) from brought")
        replaced = f'select "{PLACE}" from old where "{KEY}" in (select k from brought)'  # noqa: S608
        gone = _mask(engine, replaced, n_old)
        kept = _mask(engine, f'select "{PLACE}" from brought', n_new)  # noqa: S608
        again = f'select "{PLACE}", nth from numbered where nth > 1'  # noqa: S608
        numbers = dict(engine.sql(again).fetchall()) if hashed else {}
    marks.unlink()
    shutil.rmtree(spill, ignore_errors=True)
    n_given = pq.read_metadata(new).num_rows
    return Choice(~gone, kept, numbers, n_given - n_fresh, n_fresh - n_brought)


def _write_marks(old: Path | None, key: str, names: list[str], to: Path) -> int:
    """Write place, id and digest of each row that is there; the digest is of the new columns."""
    schema = pa.schema([(PLACE, pa.int64()), (KEY, pa.string()), (DIGEST, pa.string())])
    n = 0
    with pq.ParquetWriter(to, schema) as writer:
        for batch in _batches(old) if old is not None else ():
            compared = [name for name in batch.schema.names if name in names]
            columns = [batch.column(name).to_pylist() for name in compared]
            digests = [digest_of(compared, row) for row in zip(*columns, strict=True)]
            places = pa.array(range(n, n + batch.num_rows), pa.int64())
            keys = batch.column(key).cast(pa.string())
            digest = pa.array(digests, pa.string())
            writer.write_batch(pa.record_batch([places, keys, digest], schema=schema))
            n += batch.num_rows
    return n


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Give the rows of a file as they were written: so many at a time as can be held."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield from file.read_row_group(group).to_batches()


def _last_place(new: Path) -> int:
    """Return the last place in an unfinished file, whose places rise."""
    last = -1
    with pq.ParquetFile(new) as file:
        for batch in file.iter_batches(batch_size=MOST_ROWS, columns=[PLACE]):
            last = int(batch.column(PLACE)[-1].as_py())
    return last


def _mask(engine: duckdb.DuckDBPyConnection, query: str, n: int) -> Mask:
    """Return which places a query names."""
    mask = np.zeros(n, dtype=np.bool_)
    for batch in engine.sql(query).fetch_record_batch(MOST_ROWS):
        mask[batch.column(0).to_numpy()] = True
    return mask


def _number(engine: duckdb.DuckDBPyConnection, query: str) -> int:
    row = engine.sql(query).fetchone()
    return int(row[0]) if row else 0


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _kept(path: Path, mask: Mask) -> Iterator[pa.RecordBatch]:
    """Give the rows of a file that stay; those of an unfinished file bear their place."""
    n = 0
    for batch in _batches(path):
        places = (
            batch.column(PLACE).to_numpy()
            if PLACE in batch.schema.names
            else np.arange(n, n + batch.num_rows)
        )
        n += batch.num_rows
        kept = batch.filter(pa.array(mask[places]))
        if kept.num_rows:
            yield kept


def _with_key(batch: pa.RecordBatch, key: str, nth: dict[int, int]) -> pa.RecordBatch:
    """Give each row its digest as its id; of rows that are alike, the second one is number two."""
    pairs = zip(batch.column(PLACE).to_pylist(), batch.column(DIGEST).to_pylist(), strict=True)
    ids = [f"{digest}-{nth[place]}" if place in nth else digest for place, digest in pairs]
    return batch.append_column(key, pa.array(ids, pa.string()))


def _in_schema(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with all columns of a table, empty where it has none."""
    columns = [
        _cast(batch.column(field.name), field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.record_batch(columns, schema=schema)


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_floating(column.type) and pa.types.is_string(kind):
        numbers = column.to_pylist()
        return pa.array([None if n is None else number_text(n) for n in numbers], kind)
    return column.cast(kind)
