"""Open a file by what it holds, whatever its name says; what is no table is refused in words."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import tempfile
import zipfile
import zlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from cxreport.errors import CxError
from cxreport.inputs.exports.ga4 import open_json_lines
from cxreport.inputs.exports.grid import Grid
from cxreport.inputs.exports.spss import open_sav
from cxreport.inputs.exports.text_files import open_text
from cxreport.inputs.exports.workbooks import check_archive, number_text, open_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxreport.inputs.exports.grid import Row, Stated

UNFINISHED = (".part", ".crdownload", ".tmp", ".download", ".partial")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a gzip archive: unpack it",
    b"7z\xbc\xaf": "a 7z archive: unpack it",
    b"Rar!": "a RAR archive: unpack it",
    b"SQLite format 3": "an SQLite database",
}
PAGES = (b"<!doctype html", b"<html", b"<table", b"<?xml", b"<!--")
SUFFIXES = {
    "XLSX": (".xlsx", ".xlsm"),
    "ODS": (".ods",),
    "Parquet": (".parquet", ".pq"),
    "SPSS": (".sav", ".zsav"),
    "JSON lines": (".jsonl", ".json", ".ndjson"),
    "text": (".csv", ".tsv", ".txt", ".tab"),
}


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give the one file of a ZIP archive, unpacked while it is read; any other file as it is.

    Raises
    ------
    CxError
        If there is no such file, it is still being written, or an archive is damaged, protected by
        a password, or unpacks to more than can be held.
    """
    _check_place(path)
    inner = _only_one_in(path)
    if inner is None:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"export{Path(inner.filename).suffix}"
        _unpack(path, inner, file)
        try:
            yield file
        except CxError as error:  # whose place nobody could look at
            where = error.parts.get("where", "").replace(str(file), f"{path}, {inner.filename}")
            raise CxError(error.what, **error.parts | {"where": where}) from None


def _unpack(path: Path, inner: zipfile.ZipInfo, file: Path) -> None:
    """Write one part of an archive to a file of its own."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(inner) as packed, file.open("wb") as to:
            shutil.copyfileobj(packed, to)
    except NotImplementedError:  # of the many ways to compress, Python knows a few
        raise CxError(
            "the archive is packed in a way that is not read here",
            where=path,
            hint="unpack it, and import the file in it",
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise CxError(
            "the file is cut short or damaged", where=path, hint="export it again"
        ) from None


def _only_one_in(path: Path) -> zipfile.ZipInfo | None:
    """Return the one file in a ZIP archive; none where there are several, or it is a workbook."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return None
    names = check_archive(path)
    if any(name.startswith("xl/") for name in names) or "content.xml" in names:
        return None
    with zipfile.ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if not _is_of_the_system(part)]
    return parts[0] if len(parts) == 1 else None


def _is_of_the_system(part: zipfile.ZipInfo) -> bool:
    """Return whether a part of an archive is a folder, or what a system puts beside files."""
    name = Path(part.filename).name
    return part.is_dir() or part.filename.startswith("__MACOSX/") or name.startswith(".")


def open_file(path: Path, stated: Stated) -> Grid:
    """Open a file as rows of texts.

    Parameters
    ----------
    path : Path
        The file; it is only read.
    stated : Stated
        What the user says of it.

    Returns
    -------
    Grid
        Its rows, the headings first.

    Raises
    ------
    CxError
        If it is none of the kinds that are read.
    """
    try:
        with path.open("rb") as file:
            begin = file.read(512)
        grid = _open(path, begin, stated)
    except OSError as error:
        raise CxError("the file cannot be read", where=path, got=error.strerror) from None
    kind = grid.kind.partition(",")[0].partition(" with")[0]
    if path.suffix.lower() not in SUFFIXES[kind]:
        note = f"the file is named {path.suffix or 'without an ending'}, and is read as {kind}"
        grid = Grid(path, grid.kind, grid.rows, grid.typed, grid.facts, (*grid.notes, note))
    return grid


def _check_place(path: Path) -> None:
    """Refuse what is no file, or is not finished."""
    if not path.is_file():
        raise CxError("no such file", where=path)
    if path.suffix.lower() in UNFINISHED:
        raise CxError("the file is not finished", where=path, hint="wait until it is there whole")
    for lock in (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#"):
        if (path.parent / lock).exists():
            raise CxError(
                "the file is open in another program, and may be half written",
                where=path,
                hint=f"close it there; if it is not open, delete {lock}",
            )


def _open(path: Path, begin: bytes, stated: Stated) -> Grid:
    if begin.startswith(b"PK"):
        return _open_archive(path, stated)
    if begin.startswith(OLD_WORKBOOK):
        if ENCRYPTED in path.read_bytes()[: 1 << 24]:
            raise CxError(
                "the workbook is protected by a password", where=path, hint="save it without one"
            )
        raise CxError("this is an old workbook (XLS)", where=path, hint="save it as XLSX or CSV")
    if begin.startswith(b"PAR1"):
        return open_parquet(path)
    if begin.startswith((b"$FL2", b"$FL3")):
        return open_sav(path)
    for mark, what in OTHERS.items():
        if begin.startswith(mark):
            raise CxError("this is no export of rows", where=path, got=what)
    plain = begin.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if plain.startswith(PAGES):
        raise CxError(
            "this is a web page or XML, whatever its name says",
            where=path,
            hint="open it in a spreadsheet, and save it as XLSX or CSV",
        )
    if plain.startswith((b"{", b"[{")):
        return open_json_lines(path)
    return open_text(path, stated)


def _open_archive(path: Path, stated: Stated) -> Grid:
    names = check_archive(path)
    if "xl/workbook.xml" in names or any(name.startswith("xl/") for name in names):
        return open_workbook(path, "XLSX", stated)
    if "content.xml" in names:
        return open_workbook(path, "ODS", stated)
    raise CxError(
        "this is an archive",
        where=path,
        got=", ".join(names[:5]),
        hint="unpack it, and import the files in it",
    )


def open_parquet(path: Path) -> Grid:
    """Open a Parquet file; lists and other nested values are no texts, and refused."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError):
        raise CxError(
            "the file is cut short or damaged", where=path, hint="export it again"
        ) from None
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    if nested:
        raise CxError("columns hold lists or tables", where=path, got=", ".join(nested))
    return Grid(path, "Parquet", partial(_parquet_rows, path, schema.names), typed=True)


def _parquet_rows(path: Path, names: list[str]) -> Iterator[Row]:
    yield list(names)
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=1 << 14):
            columns = [[as_text(value) for value in column.to_pylist()] for column in batch.columns]
            yield from (list(row) for row in zip(*columns, strict=True))


def as_text(value: Any) -> str:
    """Write a value of a typed file as text.

    Examples
    --------
    >>> as_text(None), as_text(True), as_text(9.0), as_text(dt.date(2026, 10, 2))
    ('', 'TRUE', '9', '2026-10-02')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return str(value).strip()
