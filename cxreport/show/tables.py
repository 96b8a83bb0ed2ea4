"""Block -> the tables that a page shows of it, beside a chart or alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.show.charts.picture import DRAWINGS
from cxreport.show.heat_map import make_shaded
from cxreport.show.render import blocks_in, plain_table
from cxreport.show.written import reader_of, table_of

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.cell import Table
    from cxreport.show.words import Words


def tables_in(block: Block, words: Words) -> list[Table]:
    """Return the tables that a page shows of a block.

    Parameters
    ----------
    block : Block
        As the page has it: what it must not show is no longer in it.
    words : Words
        The reader's language.

    Returns
    -------
    list of Table
        In the page's order; empty of sentences and notes, and of tables without rows.
    """
    if block.kind in {"several", "fold"}:
        return [table for part in blocks_in(block) for table in tables_in(part, words)]
    if block.kind in {"table", "cards", "front", *DRAWINGS}:
        table = table_of(block, reader_of(block, words.language))
    elif block.kind == "heat_map":
        table = make_shaded(block, words)
    elif block.kind in {"figure", "plain_table"}:
        table = plain_table(block.parameters["title"][words.language], block.frame, words)
    else:
        return []
    return [table] if table.rows else []
