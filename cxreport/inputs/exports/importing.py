"""Import a file into a folder: recognise it, propose a codebook, write its rows, and count them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from cxreport.errors import CxError
from cxreport.inputs.codebook import MAIN_TABLES, read_codebook
from cxreport.inputs.exports.codebook_text import column_text, source_text, table_text, way_text
from cxreport.inputs.exports.convert import data_rows, targets_of, write_rows
from cxreport.inputs.exports.ledger import NAME, Asked, File, Ledger, Table, read_ledger
from cxreport.inputs.exports.merging import Merged, merge_rows
from cxreport.inputs.exports.opening import open_file
from cxreport.inputs.exports.plain import DATES, KEYS, PLAIN, with_table
from cxreport.inputs.exports.product import Field, Product, Shape
from cxreport.inputs.exports.profile import Profile, profiles_of
from cxreport.inputs.exports.proposal import Proposal, propose
from cxreport.inputs.exports.qualtrics import PRODUCT as QUALTRICS
from cxreport.inputs.exports.qualtrics import REAL, STATUSES, nps_questions
from cxreport.inputs.exports.recognise import product_of
from cxreport.inputs.exports.statuses import check_statuses
from cxreport.inputs.exports.values import Written, one_way, possible_orders
from cxreport.inputs.tables import hash_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cxreport.inputs.exports.convert import Counts
    from cxreport.inputs.exports.grid import Grid, Row, Stated

CODEBOOK = "codebook.toml"
DAY = "day as stated"
"""Heading of the day that the user states for a file without a date."""


@dataclass(frozen=True)
class Audit:
    """What an import did with one file.

    Attributes
    ----------
    file, title, kind, table : str
        The file, its product, what kind of file it is, and the table it became.
    rows, kept, replaced, whole : int
        Rows of the file; those written, those among them that replace an earlier answer, and the
        rows of the table now.
    excluded : mapping of str to int
        Reason -> rows left out. ``rows`` is ``kept`` and all of these.
    notes : list of str
        What else a person should know.
    proposals : list of Proposal
        What the columns were taken for.
    """

    file: str
    title: str
    kind: str = ""
    table: str = ""
    rows: int = 0
    kept: int = 0
    replaced: int = 0
    whole: int = 0
    excluded: Mapping[str, int] = field(default_factory=dict)
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
    grid = open_file(path, stated)
    digest = hash_file(path)
    ledger = read_ledger(folder)
    if ledger.has(digest):
        return Audit(path.name, "", notes=("imported before: nothing changes",))
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
    profiles, n = profiles_of(data_rows(grid, shape), len(shape.fields))
    if not n:
        raise CxError("the file has headings and no row", where=path, hint="export it again")
    _check_qualtrics(grid, product, shape, profiles, stated)
    proposals = _propose(grid, product, shape, profiles, stated, before)
    way = _way(grid, shape, profiles, proposals, stated, before)
    targets = targets_of(grid, shape, proposals, profiles, way)
    unfinished = folder / f"{shape.table}.unfinished"
    counts = write_rows(grid, shape, targets, stated, unfinished)
    if hash_file(path) != digest:
        raise CxError("the file changed while it was read", where=path, hint="wait until it is whole")
    merged, key = _merge(unfinished, folder, shape, proposals)
    notes = [*grid.notes, *_notes(shape, proposals, targets, way)]
    notes += _changes(shape, before)
    _write_codebook(folder, shape, proposals, key, product, stated, title=title, before=before)
    audit = _audit(path, product, grid, shape, counts, merged, notes, proposals)
    _write_ledger(folder, ledger, audit, digest, product, shape, proposals, key, way)
    return audit


def _shape(grid: Grid, product: Product, stated: Stated) -> Shape:
    """Say what the columns are, with what the user adds to it."""
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
    said = stated or (earlier if earlier in common else "")
    return one_way(evidence, stated=said, what=what, where=grid.path, option=option)


def _merge(
    unfinished: Path, folder: Path, shape: Shape, proposals: list[Proposal]
) -> tuple[Merged, tuple[str, bool]]:
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
    return merged, (key, not named)


def _notes(
    shape: Shape, proposals: list[Proposal], targets: list, way: Written
) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    taken = {one.field.exported for one in proposals}
    for one in shape.fields:
        if one.left_out and one.exported not in taken:
            by_reason.setdefault(one.left_out, []).append(one.exported)
    for reason, names in by_reason.items():
        yield f"columns left out ({reason}): {', '.join(names)}"
    for one in proposals:
        if one.field.pseudonym:
            yield f"{one.name} is a hash of {one.field.exported}, which is left out"
    if written := way_text(way.order, way.decimal):
        yield f"read as: {written}"
    if any(pa.types.is_timestamp(t.kind) and t.kind.tz for t in targets):
        yield "times say how far they are from UTC: they are kept so, and shown in the codebook's zone"


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


def _write_codebook(
    folder: Path,
    shape: Shape,
    proposals: list[Proposal],
    key: tuple[str, bool],
    product: Product,
    stated: Stated,
    *,
    title: str,
    before: Table | None,
) -> None:
    """Write the codebook, or add to it what is new; what a person wrote there stays."""
    path = folder / CODEBOOK
    if key[1]:
        why = "no column tells the rows apart: a hash of the whole row"
        hashed = Proposal(Field(key[0]), key[0], "id", why=why)
        proposals = [hashed, *proposals]
    if not path.exists():
        text = source_text(title, stated.timezone, product.title) + "\n"
    else:
        text = path.read_text(encoding="utf-8")
    if before is None:
        text = text.rstrip("\n") + "\n\n" + table_text(shape.table, proposals)
    else:
        known = {asked.name for asked in before.columns.values()} | {key[0]}
        added = [one for one in proposals if one.name not in known]
        parts = [column_text(shape.table, one, mark="new in a later file") for one in added]
        text = "\n".join([text.rstrip("\n") + "\n", *parts]) if parts else text
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")


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


def _audit(
    path: Path,
    product: Product,
    grid: Grid,
    shape: Shape,
    counts: Counts,
    merged: Merged,
    notes: list[str],
    proposals: list[Proposal],
) -> Audit:
    excluded = dict(counts.excluded)
    if merged.repeated:
        excluded["repeats another row word by word"] = merged.repeated
    if merged.there:
        excluded["there already, and the same"] = merged.there
    return Audit(
        path.name,
        product.title,
        grid.kind,
        shape.table,
        counts.rows,
        merged.added,
        merged.replaced,
        merged.whole,
        excluded,
        tuple(notes),
        tuple(proposals),
    )


def _write_ledger(
    folder: Path,
    ledger: Ledger,
    audit: Audit,
    digest: str,
    product: Product,
    shape: Shape,
    proposals: list[Proposal],
    key: tuple[str, bool],
    way: Written,
) -> None:
    """Note what was imported."""
    file = File(
        name=audit.file,
        sha256=digest,
        format=product.key,
        table=audit.table,
        rows=audit.rows,
        kept=audit.kept,
        excluded=dict(audit.excluded),
    )
    ledger.files.append(file)
    before = ledger.tables.get(shape.table)
    taken = {one.field.exported: one for one in proposals}
    columns = dict(before.columns) if before else {}
    for one in shape.fields:
        proposal = taken.get(one.exported)
        name, kind = (proposal.name, proposal.kind) if proposal else ("", "text")
        columns[one.exported] = Asked(name=name, text=one.text, kind=kind)
    ledger.tables[shape.table] = Table(
        format=product.key,
        key=key[0],
        hashed=key[1],
        order=way.order or (before.order if before else ""),
        decimal=way.decimal or (before.decimal if before else ""),
        columns=columns,
    )
    path = folder / NAME
    path.unlink(missing_ok=True)
    path.write_text(ledger.text(), encoding="utf-8")
