"""What lies beside a page, to take away: a workbook of its tables, and a summary to send."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxreport.publish.summary import summary_files
from cxreport.publish.workbook import Cover, Shown, write_workbook
from cxreport.show.labels import title_label
from cxreport.show.render import header_lines
from cxreport.show.tables import tables_in
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.publish.fold import Piece


def files_beside(
    pieces: Sequence[Piece], language: str, *, page: str, title: str = ""
) -> dict[str, bytes]:
    """Make the files that lie beside a page.

    Parameters
    ----------
    pieces : sequence of Piece
        What the page shows, in order.
    language : str
        ``en`` or ``it``.
    page : str
        How the page is called: its report, its period and its file.
    title : str, optional
        Its title, where no header says it.

    Returns
    -------
    dict of str to bytes
        Name -> content; a workbook only where the page has a table.
    """
    words = Words(language)
    header = next((p.block for p in pieces if p.block and p.block.kind == "header"), None)
    title = title_label(header.parameters, words) if header else title
    about = header_lines(header, words) if header else []
    files = summary_files(pieces, title, words, page)
    if tables := _tables(pieces, words):
        last = header.parameters.get("last") if header else None
        files[f"{language}.xlsx"] = write_workbook(Cover(title, about, page, last), tables, words)
    return files


def _tables(pieces: Sequence[Piece], words: Words) -> list[Shown]:
    """Return the tables of a page, each with the heading above it."""
    section, tables = "", []
    for piece in pieces:
        if piece.level == 2:
            section = re.sub(r"[*_`]", "", piece.markdown.splitlines()[0].lstrip("# "))
        if piece.block:
            tables += [Shown(section, table) for table in tables_in(piece.block, words)]
    return tables
