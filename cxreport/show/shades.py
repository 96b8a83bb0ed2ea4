"""Block -> table of two ways, each cell shaded as its row of the frame says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.show.cell import Cell, Table
from cxreport.show.parts import Column
from cxreport.show.written import caption_of, reader_of

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.words import Words


def make_shades(block: Block, words: Words) -> Table:
    """Write a frame with one row per cell as a table: rows and columns in order of appearance.

    Parameters
    ----------
    block : Block
        Frame with a column ``shade`` (whole number, 0 for none). Parameters: ``rows``, ``across``
        and ``value`` (columns of the frame and their formats), ``corner`` (a text).
    words : Words
        The reader's language.

    Returns
    -------
    Table
        Empty where the frame has no such cell.
    """
    reader, frame = reader_of(block, words.language), block.frame
    rows, across, value = (Column(**block.parameters[n]) for n in ("rows", "across", "value"))
    cells = {(cell[rows.name], cell[across.name]): cell for cell in frame.to_dict("records")}
    corner = Cell(reader.text(block.parameters["corner"]), "")
    names = {at: reader.write(at, across.how, {}) for at in dict.fromkeys(frame[across.name])}
    body = []
    for down in dict.fromkeys(frame[rows.name]):
        written = [Cell(reader.write(down, rows.how, {}), corner.text)]
        for at, name in names.items():
            cell = cells.get((down, at))
            text = "" if cell is None else reader.write(cell[value.name], value.how, {})
            shade = 0 if cell is None else int(cell["shade"])
            written.append(Cell(text, name, is_number=True, shade=shade))
        body.append(written)
    headings = [corner, *(Cell(name, "", is_number=True) for name in names.values())]
    return Table(caption_of(block, reader), headings, body)
