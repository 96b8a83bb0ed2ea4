"""Frame of one row per cell -> shaded table: rows and columns of groups, shades by what they hold.

What is not yet observable is hatched and says so in words, so that nobody takes it for a zero: not
on grey paper, not without colours, not when the table is read aloud.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.scores.suppression import SUPPRESSED
from cxreport.show.cell import Cell, Table
from cxreport.show.formats import TEXTUAL
from cxreport.show.parts import Column
from cxreport.show.written import caption_of, reader_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.show.blocks import Block
    from cxreport.show.formats import Reader
    from cxreport.show.words import Words

    Row = dict[Hashable, Any]

WIDE_ENOUGH = 3
"""Columns that hold the words "not yet observable" on one or two lines."""


def make_shaded(block: Block, words: Words) -> Table:
    """Write a frame as a table of shaded cells.

    Parameters
    ----------
    block : Block
        Frame of one row per cell, row by row of the table: what ``columns`` name, which stands at
        the left of each row and of which the first tells the rows apart; ``shade`` (-5 to 5, 0
        for none). Parameters ``across`` (the frame's column that tells the columns apart, and the
        format of its headings) and ``cell`` (what a cell holds, and its format). Optional
        ``open`` and ``gap``: keys of what is said of cells without a value at the end of a row,
        which become one, and of those between others. Optional ``foot``: a sentence below.
    words : Words
        The reader's language.
    """
    reader, parameters = reader_of(block, words.language), block.parameters
    left = [Column(**column) for column in parameters["columns"]]
    across = Column(**parameters["across"])
    first_of_each = block.frame.drop_duplicates(across.name).to_dict("records")
    headings = [
        Cell(reader.text(f"column.{column.heading or column.name}"), "", not _is_text(column))
        for column in left
    ]
    headings += [Cell(_write(row, across, reader), "", is_number=True) for row in first_of_each]
    rows = []
    for _, cells in block.frame.groupby(left[0].name, sort=False):
        start = cells.iloc[0].to_dict()
        by_place = {row[across.name]: row for row in cells.to_dict("records")}
        places = [by_place.get(row[across.name]) for row in first_of_each]
        names = [
            Cell(_write(start, column, reader), heading.text, heading.is_number)
            for column, heading in zip(left, headings, strict=False)
        ]
        rows.append([*names, *_cells(places, headings[len(left) :], parameters, reader)])
    foot = parameters.get("foot")
    below = reader.text(foot["key"], foot["values"]) if foot else ""
    return Table(caption_of(block, reader), headings, rows, below)


def _write(row: Row, column: Column, reader: Reader) -> str:
    named = {str(name): value for name, value in row.items()}
    return reader.write(named[column.name], column.how, named)


def _is_text(column: Column) -> bool:
    return column.how.partition(":")[0] in TEXTUAL if column.is_text is None else column.is_text


def _cells(
    places: list[Row | None], headings: list[Cell], parameters: dict[str, Any], reader: Reader
) -> list[Cell]:
    """Write one row, empty where the frame has no cell; the open cells at its end become one."""
    column, gap = Column(**parameters["cell"]), parameters.get("gap")
    kept = len(places)
    if "open" in parameters:
        has_value = [row is not None and pd.notna(row[column.name]) for row in places]
        kept -= next((i for i, here in enumerate(reversed(has_value)) if here), kept)
    cells = [
        _cell(row, heading, column, gap, reader)
        for row, heading in zip(places[:kept], headings, strict=False)
    ]
    still_open = len(places) - kept
    if still_open:
        why, wide = reader.text(parameters["open"]), still_open >= WIDE_ENOUGH
        mark = why if wide else reader.text("value.open")
        unseen = "" if wide else why
        cells.append(Cell(mark, headings[kept].text, span=still_open, is_open=True, unseen=unseen))
    return cells


def _cell(row: Row | None, heading: Cell, column: Column, gap: str | None, reader: Reader) -> Cell:
    """Write one cell; one without a value says why, where the block gives a reason."""
    if row is None:
        return Cell("", heading.text)
    text = _write(row, column, reader)
    if pd.notna(row[column.name]):
        return Cell(text, heading.text, is_number=True, shade=int(row["shade"]))
    hidden = row.get("note") == SUPPRESSED
    if gap is None:
        return Cell(text, heading.text, is_hidden=hidden)
    return Cell(reader.text("value.none"), heading.text, is_hidden=hidden, unseen=reader.text(gap))
