"""Sections that only say what is missing: where they follow each other, one list says it all."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from cxreport.show.written import note_of, reader_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

HEADING = "## "


class Piece(NamedTuple):
    """A part of a page: Markdown that is not yet written, or a block and what was written of it."""

    markdown: str = ""
    block: Block | None = None
    html: Markup = Markup()


def fold(pieces: Sequence[Piece], words: Words) -> list[Piece]:
    """Put sections that only hold notes, two or more in a row, into one section.

    Parameters
    ----------
    pieces : sequence of Piece
        What a page shows, in order.
    words : Words
        The reader's language.

    Returns
    -------
    list of Piece
        The same, with one heading and one list in place of such a row of sections: what each of
        them was about, and why it is not there.
    """
    folded: list[Piece] = []
    for empty, run in groupby(_sections(pieces), _only_notes):
        sections = list(run)
        if empty and len(sections) > 1:
            lines = [_line(section, words) for section in sections]
            heading = HEADING + words.text("missing_sections")
            folded.append(Piece("\n".join([heading, "", *lines])))
        else:
            folded += [piece for section in sections for piece in section]
    return folded


def _sections(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Part what is shown before each heading of the second level."""
    sections: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.markdown.startswith(HEADING):
            sections.append([])
        sections[-1].append(piece)
    return sections


def _only_notes(section: list[Piece]) -> bool:
    kinds = {block.kind for block in _visible(section)}
    return kinds == {"note"} and section[0].markdown.startswith(HEADING)


def _visible(section: list[Piece]) -> list[Block]:
    """Return the blocks of a section of which something is to be seen."""
    return [piece.block for piece in section if piece.block and piece.html]


def _line(section: list[Piece], words: Words) -> str:
    """Write what a section was about, and its notes, as an item of a list."""
    title = section[0].markdown.splitlines()[0].removeprefix(HEADING)
    notes = dict.fromkeys(
        note_of(block, reader_of(block, words.language)) for block in _visible(section)
    )
    return f"- **{title}** – {' '.join(notes)}"
