"""A page's table -> the same table for a spreadsheet: numbers as numbers, one thing a cell.

What a page writes in one cell, a value and the ends of its interval, takes a column each. Numbers
are those of the page, as they are rounded there; their unit stands in the heading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from cxreport.show.numeral import HOURS, POINTS, SHARE, Number, numbers_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.show.cell import Cell, Table
    from cxreport.show.words import Words

MOST_PARTS = 3
"""Numbers of a cell that columns are named for: a value, and the ends of its interval."""
SHARE_IN_WORDS = re.compile(r"(?<!\d)%")
"""A heading that names its unit, as "% satisfied"; that of a 95% interval does not."""
PARTS = {
    1: ("",),
    2: ("sheet.lower", "sheet.upper"),
    3: ("", "sheet.lower", "sheet.upper"),
}
UNIT_NAMES = {POINTS: "unit_name.points", HOURS: "unit_name.hours"}


class Missing(Enum):
    """Why a cell is empty, in the shorthand of the UK Government Analysis Function."""

    HIDDEN = "[c]"
    ABSENT = "[x]"
    NOTHING = "[z]"


Value = str | Number | Missing


@dataclass(frozen=True)
class Sheet:
    """A table for a spreadsheet: every row as long as the headings, which differ."""

    caption: str
    headings: list[str]
    rows: list[list[Value]]
    note: str = ""


def sheet_of(table: Table, words: Words) -> Sheet:
    """Write a page's table for a spreadsheet.

    Parameters
    ----------
    table : Table
        As the page shows it.
    words : Words
        The reader's language.

    Returns
    -------
    Sheet
        Where the numbers of a column are of several units, another column names them.
    """
    headings: list[str] = []
    columns: list[list[Value]] = []
    units: list[list[Value]] = []
    rows = [[cell for cell in row for _ in range(cell.span)] for row in table.rows]
    for position, heading in enumerate(table.headings):
        cells = [row[position] for row in rows]
        parts = max((len(numbers_in(cell.text)) for cell in cells), default=0)
        if not heading.is_number or not 0 < parts <= MOST_PARTS:
            headings.append(heading.text)
            columns.append([_text(cell, words) for cell in cells])
            continue
        values = [_numbers(cell, parts, words) for cell in cells]
        named = {value.unit for row in values for value in row if isinstance(value, Number)}
        if len(named) > 1 and (of_rows := [_unit(row, words) for row in values]) not in units:
            units.append(of_rows)
            headings.append(words.text("sheet.unit"))
            columns.append(of_rows)
        unit = unit_name(named.pop(), words) if len(named) == 1 else ""
        headings += [_heading(heading.text, part, unit, words) for part in PARTS[parts]]
        columns += [list(column) for column in zip(*values, strict=True)]
    body = [list(row) for row in zip(*columns, strict=True)]
    return Sheet(table.caption, _all_different(headings), body, table.note)


def unit_name(unit: str, words: Words) -> str:
    """Name a unit; a currency by its code."""
    return words.text(UNIT_NAMES[unit]) if unit in UNIT_NAMES else unit


def _text(cell: Cell, words: Words) -> Value:
    if cell.is_open:
        return Missing.ABSENT
    return Missing.NOTHING if cell.text in ("", words.text("value.none")) else str(cell.text)


def _numbers(cell: Cell, parts: int, words: Words) -> list[Value]:
    """Return the numbers of a cell, or why there are none, as many as its column has."""
    numbers = numbers_in(cell.text)
    if not numbers:
        why = Missing.HIDDEN if cell.is_hidden else Missing.ABSENT
        text = cell.text and cell.text not in (words.text("value.none"), "")
        hidden = cell.text == words.text("note.suppressed")
        first = str(cell.text) if text and not (hidden or cell.is_hidden or cell.is_open) else why
        return [Missing.HIDDEN if hidden else first, *[why] * (parts - 1)]
    if len(numbers) == 1 and parts == len(PARTS[2]):
        numbers *= parts  # both ends are the same
    values = [Missing.ABSENT if number is None else number for number in numbers]
    return [*values, *[Missing.ABSENT] * (parts - len(values))]


def _unit(row: list[Value], words: Words) -> Value:
    units = {unit_name(value.unit, words) for value in row if isinstance(value, Number)}
    return next(iter(sorted(units)), "") or Missing.NOTHING


def _heading(heading: str, part: str, unit: str, words: Words) -> str:
    """Name a column, which end of an interval it holds, and its unit."""
    name = words.text(part, heading=heading) if part else heading
    says_it = SHARE_IN_WORDS.search(name) if unit == SHARE else unit in name
    return f"{name} ({unit})" if unit and not says_it else name


def _all_different(headings: Sequence[str]) -> list[str]:
    """Return headings that differ, capitals or not: of equal ones each is numbered."""
    seen: dict[str, int] = {}
    different = []
    for heading in headings:
        key = heading.lower()
        seen[key] = seen.get(key, 0) + 1
        different.append(heading if seen[key] == 1 else f"{heading} ({seen[key]})")
    return different
