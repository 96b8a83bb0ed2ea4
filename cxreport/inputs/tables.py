"""Read one table of a source: all its files, by the codebook, with what was found on the way."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs import checks, row_checks
from cxreport.inputs.audit import AUDIT_COLUMNS, count_codes
from cxreport.inputs.export import Sizes, normalise, read_export
from cxreport.inputs.fixed_words import with_fixed_words, word_problems
from cxreport.inputs.free_text import without_personal_data
from cxreport.inputs.keys import ids_in_waves
from cxreport.inputs.merge import merge_repeated
from cxreport.inputs.places import find_files, hash_file
from cxreport.inputs.questions import ask
from cxreport.inputs.roles import ROLES
from cxreport.inputs.row_filter import belonging, filter_problems
from cxreport.inputs.source import (
    Data,
    forget,
    keep,
    read_file,
    read_frame,
    run,
)
from cxreport.inputs.spans import days_of, rows_by_day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import ibis.expr.types as ir

    from cxreport.inputs.codebook import Codebook, TableFiles, Wave
    from cxreport.inputs.contracts import Problem

UNITS = {"month": "M", "quarter": "Q", "year": "Y"}

ASKING = threading.Lock()
"""The engine has one connection: two threads that use it at a time may wait for ever."""


@dataclass
class CheckedTable:
    """The rows of a table, and everything found while reading them."""

    rows: ir.Table
    problems: list[Problem] = field(default_factory=list)
    codes: list[pd.DataFrame] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    redactions: pd.DataFrame = field(default_factory=pd.DataFrame)
    sizes: Sizes | None = None


def read_table(codebook: Codebook, name: str, given: Data | None = None) -> CheckedTable:
    """Read a table, check it, and count every id once.

    Parameters
    ----------
    codebook : Codebook
        The source's contract.
    name : str
        Which of its tables.
    given : frame, optional
        Rows to use in place of the files.

    Returns
    -------
    CheckedTable
        Canonical rows with ``period_start``, and the problems, codes and files found.
    """
    table = codebook.tables[name]
    if given is not None:
        parts = [_read_part(codebook, name, read_frame(given), None)]
    else:
        parts = [_read_part(codebook, name, raw, path) for raw, path in _files_of(codebook, name)]
    everything = CheckedTable(
        _together([part.rows for part in parts]),
        [line for part in parts for line in part.problems],
        [counted for part in parts for counted in part.codes],
        [file for part in parts for file in part.files],
    )
    everything.rows, everything.redactions, mended = without_personal_data(
        everything.rows, name, table, codebook.source
    )
    everything.problems += mended
    sizes = parts[0].sizes if len(parts) == 1 else None
    rows, repeated = merge_repeated(everything.rows, name, table, sizes)
    read, everything.rows = everything.rows, keep(_with_period(rows, codebook, table))
    forget(read)
    forget(rows)
    everything.problems += repeated
    amounts = row_checks.amount_problems(everything.rows, name)
    dates = row_checks.date_problems(everything.rows, name, table, codebook)
    everything.problems += chain.from_iterable(ask(everything.rows, amounts, dates))
    everything.problems += word_problems(everything.rows, name, table)
    return everything


def read_days(codebook: Codebook, names: Iterable[str]) -> dict[str, pd.Series]:
    """Count the rows of each day of some tables, and read nothing else of their files."""
    counts_by_table = {}
    for name in names:
        table, zone = codebook.tables[name], codebook.source.timezone
        dates = table.with_role("date")
        parts = [
            normalise(belonging(raw, table, wave=wave, zone=zone), dates, wave=wave, zone=zone)
            for raw, path in _files_of(codebook, name)
            for wave in (getattr(codebook.wave_of(path.name), "name", None),)
        ]
        counts_by_table[name] = rows_by_day(_together(parts), dates)
    return days_of(counts_by_table, codebook)


def ids_among(codebook: Codebook, words: Collection[str]) -> list[str]:
    """Return which of these words are ids of a source: of answers, customers, orders, sessions.

    Threads that ask at the same time wait for each other.
    """
    with ASKING:
        return _ids_among(codebook, words)


def _ids_among(codebook: Codebook, words: Collection[str]) -> list[str]:
    parts = []
    for name, table in codebook.tables.items():
        ids = {
            column: meaning
            for column, meaning in table.columns.items()
            if ROLES[meaning.role] == "key" or column.endswith("_id")
        }
        with suppress(CxError):  # a file that is missing is a matter of who reads it
            for raw, path in _files_of(codebook, name) if ids else ():
                wave = getattr(codebook.wave_of(path.name), "name", None)
                rows = normalise(raw, ids, wave=wave, zone=codebook.source.timezone)
                parts += [rows.select(id=rows[column].cast("string")) for column in ids]
    if not parts:
        return []
    held = ibis.union(*parts) if len(parts) > 1 else parts[0]
    asked = ibis.memtable({"id": list(words)}, schema={"id": "string"})
    return sorted(run(held.semi_join(asked, "id").distinct())["id"])


def _files_of(codebook: Codebook, name: str) -> Iterator[tuple[ir.Table, Path]]:
    """Open the files of a table, one by one."""
    table = codebook.tables[name]
    pattern, _, inner = table.files.partition(":")
    for path in find_files(codebook.folder, pattern):
        yield read_file(path, table=inner or None, **table.written), path


def _together(parts: list[ir.Table]) -> ir.Table:
    """Put the rows of all files in one table: days of one file are moments beside another's."""
    if len(parts) == 1:
        return parts[0]
    schemas = [part.schema() for part in parts]
    moments = {n: kind for schema in schemas for n, kind in schema.items() if kind.is_timestamp()}
    return ibis.union(*(part.cast(moments) for part in parts))


def _read_part(codebook: Codebook, name: str, raw: ir.Table, path: Path | None) -> CheckedTable:
    """Read the rows of one file, or of a frame given in its place."""
    table, zone = codebook.tables[name], codebook.source.timezone
    file = path.name if path else ""
    wave = codebook.wave_of(file)
    wave_name = wave.name if wave else None
    whole, raw = raw, belonging(raw, table, wave=wave_name, zone=zone)
    # A query of a kept table is a scan, and not the whole history of how the table was made.
    export = read_export(raw, table.columns, wave=wave_name, zone=zone).kept()
    rows = with_fixed_words(export.canonical(), name, table)
    if wave:
        rows = _in_wave(rows, wave, ids_in_waves(codebook, name))
    counted = count_codes(export, wave=wave_name, table=name)
    values, spellings = ask(
        export.rows,
        checks.value_problems(export, name, wave),
        checks.spelling_problems(export, name, wave),
    )
    problems = [
        *checks.header_problems(raw, name, table, path or Path(name), wave, zone),
        *filter_problems(whole, name, table, wave=wave_name, zone=zone),
        *(checks.line_end_problems(name, path, wave) if path else ()),
        *values,
        *checks.yes_no_problems(export, name, wave),
        *spellings,
        *checks.code_problems(counted, name),
        *checks.row_problems(export, name, file, wave),
    ]
    n = export.sizes.n if whole is raw else int(run(whole.count().name("n"))["n"].item())
    read = {"table": name, "file": file, "wave": wave_name, "rows": n, "columns": len(raw.columns)}
    read["sha256"] = hash_file(path) if path else ""
    codes = [counted.assign(table=name)[["table", *AUDIT_COLUMNS]]]
    return CheckedTable(rows, problems, codes, [read], sizes=export.sizes)


def _in_wave(rows: ir.Table, wave: Wave, columns: Iterable[str]) -> ir.Table:
    """Note the wave of the rows, in their ids too: each wave counts its respondents from one."""
    ids = {name: ibis.literal(f"{wave.name}-") + rows[name] for name in columns}
    start = ibis.literal(wave.since)
    return rows.mutate(wave=ibis.literal(wave.name), period_start=start, **ids)


def _with_period(rows: ir.Table, codebook: Codebook, table: TableFiles) -> ir.Table:
    """Add the first day of the month, quarter or year of each row."""
    date = next(iter(table.with_role("date")), None)
    if codebook.waves or date is None:
        return rows
    day = rows[date].cast("date")
    return rows.mutate(period_start=day.truncate(UNITS[codebook.source.period]))
