"""Import a file as the command does, and read back what it made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from cxreport.inputs.codebook import Codebook, read_codebook
from cxreport.inputs.exports.grid import Stated
from cxreport.publish.imports import import_files

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.inputs.exports.importing import Audit

ROOT = Path(__file__).parent.parent.parent
SHARED = (ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared") / "exports").resolve()


class Source:
    """A folder that files are imported into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data" / "mine"

    def take(self, *files: Path, **stated: Any) -> Audit:
        """Import files, check that the counts add up, and return the last audit."""
        audits = import_files(files, self.folder, Stated(**stated))
        for audit in audits:
            assert audit.file.rows == audit.file.kept + sum(audit.file.excluded.values())
        return audits[-1]

    @property
    def codebook(self) -> Codebook:
        return read_codebook(self.folder / "codebook.toml")

    def rows(self, table: str = "responses") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = pq.read_table(self.folder / f"{table}.parquet").to_pylist()
        return rows

    def column(self, name: str, table: str = "responses") -> list[Any]:
        return [row[name] for row in self.rows(table)]

    def types(self, table: str = "responses") -> dict[str, str]:
        schema = pq.read_schema(self.folder / f"{table}.parquet")
        return dict(zip(schema.names, map(str, schema.types), strict=True))

    def bytes(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())}


def nps_counts(scores: pd.Series) -> tuple[int, int, int]:
    """Count promoters, passives and detractors."""
    return (
        int((scores >= 9).sum()),
        int(scores.between(7, 8).sum()),
        int((scores <= 6).sum()),
    )
