"""Import a file into a folder: recognise it, propose a codebook, write its rows, and count them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from cxreport.errors import CxError
from cxreport.inputs.codebook import MAIN_TABLES, read_codebook
from cxreport.inputs.exports.codebook_text import way_text
from cxreport.inputs.exports.convert import data_rows, targets_of, write_rows
from cxreport.inputs.exports.ledger import File, Table, read_ledger
from cxreport.inputs.exports.merging import Merged, merge_rows
from cxreport.inputs.exports.opening import open_file, unpacked
from cxreport.inputs.exports.plain import DATES, KEYS, PLAIN, with_table
from cxreport.inputs.exports.product import Field, Product, Shape
from cxreport.inputs.exports.profile import Profile, profiles_of
from cxreport.inputs.exports.proposal import Proposal, propose
from cxreport.inputs.exports.qualtrics import PRODUCT as QUALTRICS
from cxreport.inputs.exports.qualtrics import REAL, STATUSES, nps_questions
from cxreport.inputs.exports.recognise import product_of
from cxreport.inputs.exports.records import CODEBOOK, Imported, write_codebook, write_ledger
from cxreport.inputs.exports.statuses import check_statuses
from cxreport.inputs.exports.values import Written, one_way, possible_orders
from cxreport.inputs.places import hash_file
from cxreport.inputs.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cxreport.inputs.exports.convert import Target
    from cxreport.inputs.exports.grid import Grid, Row, Stated

DAY = "day as stated"
"""Heading of the day that the user states for a file without a date."""


@dataclass(frozen=True)
class Audit:
    """What an import did with one file.

    Attributes
    ----------
    file : File
        The file, its table, its rows, and those left out by reason: ``rows`` is ``kept`` and all
        that are left out.
    title, kind : str
        Its product, and what kind of file it is.
    merged : Merged or None
        What became of the rows; None where the file was imported before.
    notes : tuple of str
        What else a person should know.
    proposals : tuple of Proposal
        What the columns were taken for.
    """

    file: File
    title: str = ""
    kind: str = ""
    merged: Merged | None = None
    notes: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()


def import_file(path: Path, folder: Path, stated: Stated, *, title: str) -> Audit:
    """Import a file into a folder that nobody reads yet.

    Parameters
    ----------
    path : Path
        The file; it is only read.
    folder : Path
        A copy of the source's folder, or an empty one: its tables, codebook and ledger are written.
    stated : Stated
        What the user says of the file.
    title : str
        What the source is called when it is new.

    Returns
    -------
    Audit
        Rows in, rows kept, and each exclusion with its reason.

    Raises
    ------
    CxError
        If the file cannot be read, or can be read in more than one way and nothing is stated.
    """
    with unpacked(path) as file:
        return _import_file(file, folder, stated, title=title, name=path.name)


def _import_file(path: Path, folder: Path, stated: Stated, *, title: str, name: str) -> Audit:
    """Import a file that is no archive, under the name that the user knows it by."""
    grid = open_file(path, stated)
    digest = hash_file(path)
    ledger = read_ledger(folder)
    if (earlier := ledger.file(digest)) is not None:
        return Audit(earlier.model_copy(update={"name": name}))
    product = product_of(grid, stated)
    shape = _shape(grid, product, stated)
    before = ledger.tables.get(shape.table)
    if before and before.format != product.key:
        raise CxError(
            f"the table {shape.table} is of another product",
            where=path,
            got=product.key,
            expected=before.format,
            hint="import into a folder of its own",
        )
    profiles, n = profiles_of(data_rows(grid, shape, "looking at"), len(shape.fields))
    if not n:
        raise CxError("the file has headings and no row", where=path, hint="export it again")
    _check_qualtrics(grid, product, shape, profiles, stated)
    shape = _without_addresses(shape, profiles, stated)
    proposals = _propose(grid, product, shape, profiles, stated, before)
    way = _way(grid, shape, profiles, proposals, stated, before)
    targets = targets_of(grid, shape, proposals, profiles, way)
    unfinished = folder / f"{shape.table}.unfinished"
    counts = write_rows(grid, shape, targets, stated, unfinished)
    if hash_file(path) != digest:
        raise CxError(
            "the file changed while it was read", where=path, hint="wait until it is whole"
        )
    merged, key, hashed = _merge(unfinished, folder, shape, proposals)
    notes = [*grid.notes, *_notes(shape, proposals, targets, way), *_changes(shape, before)]
    imported = Imported(product, shape, proposals, key, hashed, way)
    write_codebook(folder, imported, before, title=title, timezone=stated.timezone)
    excluded = dict(counts.excluded) | {
        reason: n
        for reason, n in {
            "repeats another row word by word": merged.repeated,
            "there already, and the same": merged.there,
        }.items()
        if n
    }
    file = File(
        name=name,
        sha256=digest,
        format=product.key,
        table=shape.table,
        rows=counts.rows,
        kept=merged.added,
        excluded=excluded,
    )
    write_ledger(folder, ledger, imported, file)
    return Audit(file, product.title, grid.kind, merged, tuple(notes), tuple(proposals))


def _shape(grid: Grid, product: Product, stated: Stated) -> Shape:
    """Describe the columns, with what the user adds to it."""
    unknown = {*stated.roles.values()} - {*ROLES}
    if unknown:
        raise CxError("no such role", got=", ".join(sorted(unknown)), expected=", ".join(ROLES))
    if stated.table and not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", stated.table):
        raise CxError("this is no name of a table", got=stated.table, expected=", ".join(KEYS))
    shape = product.shape(grid)
    if product is PLAIN:
        shape = with_table(shape, stated.table or shape.table, grid.path, stated)
    elif stated.table and stated.table != shape.table:
        shape = replace(shape, table=stated.table)
    date = DATES.get(shape.table)
    has_date = any(one.role == "date" for one in shape.fields) or "date" in stated.roles.values()
    if date is None or has_date:
        return shape
    if not stated.day:
        raise CxError(
            "no column says when",
            where=grid.path,
            expected="--role COLUMN=date, or --day 2026-10-31 for all rows of the file",
            hint="name the column of the date, or the day",
        )
    if not possible_orders(stated.day) or stated.day[4:5] != "-":
        raise CxError("this is no day", got=stated.day, expected="2026-10-31")
    rows, width = shape.rows, len(shape.fields)

    def dated(given: Iterator[Row]) -> Iterator[Row]:
        for row in rows(given):
            yield [*row[:width], stated.day]

    inner = shape.excluded
    excluded = None if inner is None else lambda row: inner(row[:-1])
    fields = [*shape.fields, Field(DAY, DAY, date, "date")]
    return replace(shape, fields=fields, rows=dated, excluded=excluded)


def _without_addresses(shape: Shape, profiles: list[Profile], stated: Stated) -> Shape:
    """Leave out columns whose values are addresses of persons or machines, whatever the heading."""
    fields = [
        replace(one, left_out="personal data")
        if not one.pseudonym and one.exported not in stated.roles and profile.are_addresses
        else one
        for one, profile in zip(shape.fields, profiles, strict=True)
    ]
    return replace(shape, fields=fields)


def _check_qualtrics(
    grid: Grid, product: Product, shape: Shape, profiles: list[Profile], stated: Stated
) -> None:
    """Ask about statuses in a language that is not read here."""
    if product is not QUALTRICS:
        return
    for one, profile in zip(shape.fields, profiles, strict=True):
        if one.name == "status":
            check_statuses(grid, one.exported, profile.values, (*STATUSES, *REAL), stated)


def _propose(
    grid: Grid,
    product: Product,
    shape: Shape,
    profiles: list[Profile],
    stated: Stated,
    before: Table | None,
) -> list[Proposal]:
    """Propose what the columns are; those of an earlier file keep their names and kinds."""
    nps = nps_questions(shape.fields) if product is QUALTRICS else set()
    columns = before.columns if before else {}
    names = {exported: asked.name for exported, asked in columns.items() if asked.name}
    proposals = propose(grid, shape, profiles, stated, nps, names)
    if not proposals:
        raise CxError("no column is left", where=grid.path)
    kinds = {exported: asked.kind for exported, asked in columns.items()}
    return [replace(one, kind=kinds.get(one.field.exported, one.kind)) for one in proposals]


def _way(
    grid: Grid,
    shape: Shape,
    profiles: list[Profile],
    proposals: list[Proposal],
    stated: Stated,
    before: Table | None,
) -> Written:
    """Return how days and numbers are written: stated, or by all values, or as in files before."""
    of = dict(zip((one.exported for one in shape.fields), profiles, strict=True))
    times = [of[p.field.exported] for p in proposals if p.kind == "time"]
    numbers = [of[p.field.exported] for p in proposals if p.kind == "number"]
    orders = [one.orders for one in times if one.orders is not None]
    decimals = [one.decimals for one in numbers if one.decimals is not None]
    if grid.typed:  # numbers came as such; a text among them may still be read in two ways
        decimals = [one for one in decimals if len(one) != 1]
    earlier = (before.order, before.decimal) if before else ("", "")
    order = _one(orders, stated.date_order, earlier[0], "days", grid, "--date-order")
    decimal = _one(decimals, stated.decimal, earlier[1], "numbers", grid, "--decimal")
    return Written(order, decimal)


def _one(
    evidence: list[frozenset[str]], stated: str, earlier: str, what: str, grid: Grid, option: str
) -> str:
    common = frozenset.intersection(*evidence) if evidence else frozenset()
    if stated and evidence and stated not in common:
        raise CxError(
            f"{what} are not written as stated", where=grid.path, got=f"{option} {stated}"
        )
    settled = stated or (earlier if earlier in common else "")
    return one_way(evidence, stated=settled, what=what, where=grid.path, option=option)


def _merge(
    unfinished: Path, folder: Path, shape: Shape, proposals: list[Proposal]
) -> tuple[Merged, str, bool]:
    """Put the rows into the table of the folder, and return by which column they are told apart."""
    named = next((one.name for one in proposals if one.role == "id"), "")
    key = named or KEYS.get(shape.table, "row_id")
    table = folder / f"{shape.table}.parquet"
    written = folder / f"{shape.table}.new"
    merged = merge_rows(
        unfinished, table if table.exists() else None, key, hashed=not named, to=written
    )
    unfinished.unlink()
    table.unlink(missing_ok=True)  # a link to the table in place, which stays as it is
    written.rename(table)
    return merged, key, not named


def _notes(
    shape: Shape, proposals: list[Proposal], targets: list[Target], way: Written
) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    taken = {one.field.exported for one in proposals}
    for one in shape.fields:
        if one.left_out and one.exported not in taken:
            by_reason.setdefault(one.left_out, []).append(one.exported)
    for reason, names in by_reason.items():
        yield f"columns left out ({reason}): {', '.join(names)}"
    for proposal in proposals:
        if proposal.field.pseudonym:
            yield f"{proposal.name} is a hash of {proposal.field.exported}, which is left out"
    if written := way_text(way.order, way.decimal):
        yield f"read as: {written}"
    if any(pa.types.is_timestamp(t.kind) and t.kind.tz for t in targets):
        yield "times say how far they are from UTC: they are shown in the codebook's timezone"


def _changes(shape: Shape, before: Table | None) -> list[str]:
    """Name the questions that are new, gone, or asked in other words."""
    if before is None:
        return []
    now = {one.exported: one.text for one in shape.fields}
    new = [name for name in now if name not in before.columns]
    gone = [name for name in before.columns if name not in now]
    changed = [n for n, asked in before.columns.items() if n in now and asked.text != now[n]]
    lists = {"new columns": new, "columns that are gone": gone, "asked in other words": changed}
    return [f"{what}: {', '.join(names)}" for what, names in lists.items() if names]


def check_folder(folder: Path) -> None:
    """Refuse a folder whose codebook cannot be opened.

    Raises
    ------
    CxError
        If the codebook is not understood, or no table can be reported on by itself.
    """
    tables = [path.stem for path in folder.glob("*.parquet")]
    if not {*tables} & {*MAIN_TABLES}:
        raise CxError(
            f"no report is made of {' and '.join(tables)} alone",
            expected=f"a file of {', '.join(MAIN_TABLES[:4])} in the same folder",
            hint="import it first, or both in one command",
        )
    read_codebook(folder / CODEBOOK)
