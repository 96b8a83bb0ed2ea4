"""What was imported into a folder so far: files, columns, and how they are written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from cxreport.errors import CxError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "imports.json"


class File(BaseModel):
    """A file that was imported."""

    model_config = ConfigDict(extra="forbid")

    name: str
    sha256: str
    format: str
    table: str
    rows: int
    kept: int
    excluded: dict[str, int]


class Asked(BaseModel):
    """A column of an export."""

    model_config = ConfigDict(extra="forbid")

    name: str
    """Its name in the table; empty when it is left out."""
    text: str
    """What was asked."""
    kind: str


class Table(BaseModel):
    """A table that files were imported into."""

    model_config = ConfigDict(extra="forbid")

    format: str
    key: str
    hashed: bool
    order: str = ""
    decimal: str = ""
    columns: dict[str, Asked] = {}


class Ledger(BaseModel):
    """All that was imported into a folder."""

    model_config = ConfigDict(extra="forbid")

    files: list[File] = []
    tables: dict[str, Table] = {}

    def file(self, sha256: str) -> File | None:
        """Return a file that was imported, by its content."""
        return next((file for file in self.files if file.sha256 == sha256), None)

    def text(self) -> str:
        """Return the ledger as it is written: the same for the same imports."""
        held: dict[str, Any] = self.model_dump()
        return json.dumps(held, indent=1, ensure_ascii=False) + "\n"


def read_ledger(folder: Path) -> Ledger:
    """Read what was imported into a folder; nothing when it is new.

    Raises
    ------
    CxError
        If the folder holds tables that were not imported, or its ledger is not understood.
    """
    path = folder / NAME
    if not path.exists():
        if (folder / "codebook.toml").exists():
            raise CxError(
                "the folder has a codebook that was not made by an import",
                where=folder,
                hint="import into a folder of its own",
            )
        return Ledger()
    try:
        return Ledger.model_validate_json(path.read_bytes())
    except (ValidationError, OSError, ValueError) as error:
        raise CxError(
            "the list of what was imported cannot be read", where=path, hint="restore the file"
        ) from error
