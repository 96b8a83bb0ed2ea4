"""Sheets of workbooks (XLSX, ODS): what a sheet shows, or a question about what it hides."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from cxreport.errors import CxError
from cxreport.inputs.exports.grid import Grid, check_first_line

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.exports.grid import Stated

MOST_BYTES = 1 << 30
"""Most bytes of an unpacked workbook."""
MOST_RATIO, SMALL = 150, 1 << 24
"""A part that grows more than this when it is unpacked is a bomb, unless it is small."""
BLOCK = 1 << 20
HEADINGS = 3
"""Rows in which merged cells are headings that span columns."""
TITLES = 30
"""Rows among which the headings are looked for."""
PARTS = {
    "formula": re.compile(rb"<f[ >/]|table:formula="),
    "hidden": re.compile(
        rb'<row [^>]*\bhidden="(?:1|true)"|'
        rb'<table:table-row [^>]*table:visibility="(?:collapse|filter)"'
    ),
    "empty formula": re.compile(
        rb'<c (?![^>]*t="str")[^>]*><f(?: [^>]*)?(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>'
    ),
    "merged": re.compile(
        rb"table:number-rows-spanned=\"[1-9]|table:number-columns-spanned=\"(?:[2-9]|1\d)"
    ),
}


def check_archive(path: Path) -> list[str]:
    """Return the names in an archive, or refuse one that unpacks to more than can be held."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise CxError(
                    "the file is protected by a password", where=path, hint="save it without one"
                )
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise CxError(
            "the file is cut short or damaged", where=path, hint="export it again"
        ) from error
    whole = sum(part.file_size for part in parts)
    worst = max(
        (p.file_size / max(p.compress_size, 1) for p in parts if p.file_size > SMALL), default=0
    )
    if whole > MOST_BYTES or worst > MOST_RATIO:
        raise CxError(
            "the file unpacks to far more than it says: it is not opened",
            where=path,
            got=f"{path.stat().st_size:,} bytes that become {whole:,}",
            hint="export it as CSV",
        )
    return [part.filename for part in parts]


def open_workbook(path: Path, kind: str, stated: Stated) -> Grid:
    """Open the one sheet of a workbook that holds rows.

    Raises
    ------
    CxError
        If several sheets hold rows, rows are hidden, cells are merged below the headings, formulas
        have no values, or the workbook is protected or damaged.
    """
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            name = _sheet_of(book, path, stated)
            sheet = book.get_sheet_by_name(name)
            cells = sheet.to_python(skip_empty_area=False)
            merged = sheet.merged_cell_ranges or []
    except CalamineError as error:
        what = "protected by a password" if "assword" in str(error) else "cut short or damaged"
        hint = "save it without one" if "password" in what else "export it again"
        raise CxError(f"the workbook is {what}", where=path, hint=hint) from error
    notes = _hidden_things(path, name, stated)
    above = stated.headings_line - 1
    below = [area for area in merged if area[1][0] >= HEADINGS + above]
    if below:
        raise CxError(
            "cells are merged: a value may belong to one row or to several",
            where=f"{path}, sheet {name}",
            got=f"{len(below)} merged areas below the headings",
            hint="unmerge them, and fill in each row",
        )
    rows = [[_text(cell) for cell in row] for row in cells[above:]]
    check_first_line([*enumerate(rows[:TITLES], start=above + 1)], path)
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((n + 1 for row in rows for n, cell in enumerate(row) if cell), default=0)
    kept = [row[:width] for row in rows if any(row)]
    return Grid(path, f"{kind}, sheet {name}", partial(iter, kept), typed=True, notes=notes)


def _sheet_of(book: CalamineWorkbook, path: Path, stated: Stated) -> str:
    """Return the name of the sheet to read, or ask."""
    names = book.sheet_names
    if stated.sheet:
        if stated.sheet in names:
            return stated.sheet
        raise CxError("no such sheet", where=path, got=stated.sheet, expected=", ".join(names))
    seen = [meta.name for meta in book.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
    filled = [name for name in seen if book.get_sheet_by_name(name).height]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise CxError("no sheet that can be seen holds a row", where=path)
    raise CxError(
        "several sheets hold rows",
        where=path,
        got=", ".join(filled),
        hint=f"say which one: --sheet '{filled[0]}'",
    )


def _hidden_things(path: Path, name: str, stated: Stated) -> tuple[str, ...]:
    """Return what is to be known of a sheet's formulas and hidden rows, or ask."""
    held = _parts_of(path, name)
    if held["empty formula"]:
        raise CxError(
            "formulas have no value in the file",
            where=f"{path}, sheet {name}",
            got=f"{held['empty formula']} cells",
            hint="open the workbook in its program, and save it again",
        )
    if held["merged"]:
        raise CxError("cells are merged", where=f"{path}, sheet {name}", hint="unmerge them")
    notes = []
    if held["hidden"]:
        if stated.hidden != "keep":
            raise CxError(
                "rows are hidden: do they belong?",
                where=f"{path}, sheet {name}",
                got=f"{held['hidden']} hidden rows",
                hint="delete them, or say --hidden keep",
            )
        notes.append(f"{held['hidden']} hidden rows are kept")
    if held["formula"]:
        notes.append(f"{held['formula']} formulas are read as the values that they had when saved")
    return tuple(notes)


def _parts_of(path: Path, name: str) -> dict[str, int]:
    """Count what the XML of a sheet holds, block by block."""
    counts = dict.fromkeys(PARTS, 0)
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, name)
        if part is None:
            return counts
        rest = b""
        with archive.open(part) as file:
            while block := file.read(BLOCK):
                block = rest + block
                cut = block.rfind(b"<row " if b"<row " in block else b"<")
                whole, rest = (block[:cut], block[cut:]) if cut > 0 else (block, b"")
                for what, pattern in PARTS.items():
                    counts[what] += len(pattern.findall(whole))
        for what, pattern in PARTS.items():
            counts[what] += len(pattern.findall(rest))
    return counts


def _part_of(archive: zipfile.ZipFile, name: str) -> str | None:
    """Return which part of a workbook is the sheet of a name."""
    names = archive.namelist()
    if "content.xml" in names:
        return "content.xml"
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return None
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    escaped = (
        name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
    for tag in re.findall(r"<(?:\w+:)?sheet [^>]*>", book):
        if f'name="{escaped}"' in tag and (key := re.search(r'r:id="([^"]+)"', tag)):
            for link in re.findall(r"<Relationship [^>]*>", links):
                if f'Id="{key[1]}"' in link and (target := re.search(r'Target="([^"]+)"', link)):
                    part = target[1].lstrip("/")
                    return part if part.startswith("xl/") else f"xl/{part}"
    return None


def _text(cell: Any) -> str:
    """Write a cell so that nothing of its kind is lost: a number with a point, a time in ISO."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell).strip()


def number_text(number: float) -> str:
    """Write a number that is one, in no way that could be taken for a thousand.

    Examples
    --------
    >>> number_text(10.0), number_text(59.9), number_text(1.234)
    ('10', '59.9', '1.2340')
    """
    if number != number:  # noqa: PLR0124 - NaN
        return ""
    text = repr(number).removesuffix(".0")
    if "e" in text:
        return f"{number:.0f}" if number.is_integer() and abs(number) < 1e18 else text
    return f"{text}0" if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", text) else text
