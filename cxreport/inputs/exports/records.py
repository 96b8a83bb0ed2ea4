"""Write down what an import made: the codebook, to be reviewed, and the ledger of what came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxreport.inputs.exports.codebook_text import column_text, source_text, table_text
from cxreport.inputs.exports.ledger import NAME, Asked, File, Ledger, Table
from cxreport.inputs.exports.product import Field
from cxreport.inputs.exports.proposal import Proposal

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.exports.product import Product, Shape
    from cxreport.inputs.exports.values import Written

CODEBOOK = "codebook.toml"


@dataclass(frozen=True)
class Imported:
    """A file that was read: its product and columns, and how its rows are told apart.

    Attributes
    ----------
    product, shape, proposals : Product, Shape, list of Proposal
        What the file is, and what its columns are taken for.
    key : str
        The column that tells rows apart.
    hashed : bool
        Whether that is a hash of the whole row.
    way : Written
        How days and numbers are written.
    """

    product: Product
    shape: Shape
    proposals: list[Proposal]
    key: str
    hashed: bool
    way: Written

    @property
    def columns(self) -> list[Proposal]:
        """All columns of the table, the one that tells its rows apart included."""
        if not self.hashed:
            return self.proposals
        why = "no column tells the rows apart: a hash of the whole row"
        return [Proposal(Field(self.key), self.key, "id", why=why), *self.proposals]


def write_codebook(
    folder: Path, imported: Imported, before: Table | None, *, title: str, timezone: str
) -> None:
    """Write the codebook, or add to it what is new; what a person wrote there stays.

    Parameters
    ----------
    folder : Path
        The source's folder.
    imported : Imported
        The file.
    before : Table or None
        What was imported into the same table before.
    title, timezone : str
        Of a new source.
    """
    path, table = folder / CODEBOOK, imported.shape.table
    held = path.read_text(encoding="utf-8") if path.exists() else ""
    parts = [held.rstrip("\n")] if held else [source_text(title, timezone, imported.product.title)]
    if before is None:
        parts.append(table_text(table, imported.columns))
    else:
        names = {asked.name for asked in before.columns.values()} | {imported.key}
        new = [one for one in imported.columns if one.name not in names]
        parts += [column_text(table, one, mark="new in a later file") for one in new]
    if len(parts) > 1:
        path.unlink(missing_ok=True)  # a link to the codebook in place, which stays as it is
        path.write_text("\n\n".join(part.strip("\n") for part in parts) + "\n", encoding="utf-8")


def write_ledger(folder: Path, ledger: Ledger, imported: Imported, file: File) -> None:
    """Note what was imported.

    Parameters
    ----------
    folder : Path
        The source's folder.
    ledger : Ledger
        What was imported so far.
    imported, file : Imported, File
        The file, and its rows.
    """
    table = imported.shape.table
    before = ledger.tables.get(table)
    taken = {one.field.exported: one for one in imported.proposals}
    columns = dict(before.columns) if before else {}
    for one in imported.shape.fields:
        proposal = taken.get(one.exported)
        name, kind = (proposal.name, proposal.kind) if proposal else ("", "text")
        columns[one.exported] = Asked(name=name, text=one.text, kind=kind)
    tables = ledger.tables | {
        table: Table(
            format=imported.product.key,
            key=imported.key,
            hashed=imported.hashed,
            order=imported.way.order or (before.order if before else ""),
            decimal=imported.way.decimal or (before.decimal if before else ""),
            columns=columns,
        )
    }
    path = folder / NAME
    path.unlink(missing_ok=True)
    path.write_text(Ledger(files=[*ledger.files, file], tables=tables).text(), encoding="utf-8")
