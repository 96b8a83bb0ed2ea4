"""What a page shows at once, and what waits in a fold or stands in the list at its end.

A heading tagged ``fold`` hides its section until somebody opens it. A section that could only say
what is missing is a line of one list at the end. A notebook whose metadata say ``brief`` shows the
first of each list of sentences, and tables in folds where words or pictures say the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from cxreport.show.blocks import Block, read_block
from cxreport.show.charts.picture import DRAWINGS
from cxreport.show.parts import section
from cxreport.show.written import note_of, reader_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxreport.show.words import Words

HEADINGS = {"## ": 2, "### ": 3}
ALONE, BESIDE = 2, 1
"""Sentences of a list that are seen at once on a page that is brief: by themselves, or beside a
picture or a table that tells more."""
MOST_COLUMNS = 6
"""Of a table that is seen at once there, where nothing beside it says the same in short."""


class Piece(NamedTuple):
    """A part of a page: Markdown that is not yet written, or a block and what was written of it."""

    markdown: str = ""
    block: Block | None = None
    html: Markup = Markup()
    folded: bool = False

    @property
    def level(self) -> int:
        """Return of which level the heading is that it begins with; 0 where it has none."""
        return next((n for mark, n in HEADINGS.items() if self.markdown.startswith(mark)), 0)


Section = list[Piece]
STRIPS = ("cards",)
"""Kinds of blocks that are as wide as the page."""
HIDDEN = "missing_section.few"
"""The note that small numbers are hidden."""


def in_short(block: Block, *, alone: bool = True) -> Block:
    """Fold away of a block what a page that is brief need not show at once.

    Parameters
    ----------
    block : Block
        What a cell shows.
    alone : bool
        Whether nothing stands beside it.
    """
    if block.kind == "several":
        parts = [read_block(payload) for payload in block.parameters["blocks"]]
        alone = len([part for part in parts if part.kind != "note"]) == 1
        return section([in_short(part, alone=alone) for part in parts])
    if block.kind == "sentences":
        return replace(block, parameters=block.parameters | {"first": ALONE if alone else BESIDE})
    if block.kind == "table" and not (alone and len(block.parameters["columns"]) <= MOST_COLUMNS):
        return Block("fold", parameters={"blocks": [block.payload()]})
    return block


def in_fold(piece: Piece, hidden: int) -> int:
    """Return of which level the fold is that a piece stands in or opens; 0 where it is in none.

    Parameters
    ----------
    piece : Piece
        The next part of a page.
    hidden : int
        The same of the part before it.
    """
    if piece.folded and piece.level:
        return hidden or piece.level
    return 0 if 0 < piece.level <= hidden else hidden


def fold(pieces: Sequence[Piece], words: Words) -> list[Piece]:
    """Put what is missing into one list at the end, and the folded sections into their folds.

    Parameters
    ----------
    pieces : sequence of Piece
        What a page shows, in order.
    words : Words
        The reader's language.

    Returns
    -------
    list of Piece
        The same, with one heading and one list at the end in place of the sections that only hold
        notes: what each of them was about, and why it is not there.
    """
    chapters: list[tuple[Section, bool]] = []
    missing: list[str] = []
    for chapter in _parts(pieces, 2):
        parts = [chapter] if _only_notes(chapter) else _parts(chapter, 3)
        missing += [_line(part, words) for part in parts if part[0].level and _noted_at_end(part)]
        kept = [_without_missing(part) for part in parts if not _only_notes(part)]
        if kept and parts[0] and _only_notes(parts[0]) and chapter[0].level == 2:
            kept.insert(0, [chapter[0]])  # a part cannot stand without the heading above it
        visible = [part for part in kept if not _is_folded(part, 3)]
        alone = not any(_shown(part) for part in visible)
        inner = [piece for part in kept for piece in _in_fold(part, 3, is_open=alone)]
        is_open = bool(inner) and not _is_folded(inner, 2)
        charts = sum(_charts(block) for part in visible for block in _shown(part)) if is_open else 0
        opened = alone and any(_is_folded(part, 3) for part in kept)
        chapters.append((_in_fold(inner, 2), charts <= 1 and not opened))
    if missing:
        heading = "## " + words.text("missing_sections")
        chapters.append(([Piece("\n".join([heading, "", *missing]))], True))
    return _side_by_side([(chapter, few) for chapter, few in chapters if chapter])


def _side_by_side(chapters: Sequence[tuple[Section, bool]]) -> list[Piece]:
    """Hold together what stands under each heading of the second level.

    What has no more than one picture, and no fold that is open, is ``single``, and two such that
    follow each other are ``half``: they share a row. One alone has the row to itself.
    """
    folded: list[Piece] = []
    left = False
    for place, (chapter, is_single) in enumerate(chapters):
        if not _is_section(chapter):
            folded += chapter
            continue
        following = chapters[place + 1 : place + 2]
        right = is_single and not left and any(s and _is_section(c) for c, s in following)
        looks = ["grid", *(["single"] if is_single else []), *(["half"] if left or right else [])]
        opened = Markup('<section class="%s">') % " ".join(looks)
        folded += [Piece(html=opened), *chapter, Piece(html=Markup("</section>"))]
        left = right
    return folded


def _is_section(chapter: Section) -> bool:
    """Return whether a chapter, folded or not, has a heading of the second level."""
    return any(piece.level == HEADINGS["## "] for piece in chapter[:2])


def _charts(block: Block) -> int:
    """Return how many pictures a block shows side by side; a strip of cards is a row by itself."""
    if block.kind == "several":
        return sum(_charts(read_block(payload)) for payload in block.parameters["blocks"])
    return len(STRIPS) + 1 if block.kind in STRIPS else int(block.kind in DRAWINGS)


def _parts(pieces: Sequence[Piece], level: int) -> list[Section]:
    """Part what is shown before each heading of a level."""
    parts: list[Section] = [[]]
    for piece in pieces:
        if piece.level == level:
            parts.append([])
        parts[-1].append(piece)
    return [part for part in parts if part]


def _in_fold(part: Section, level: int, *, is_open: bool = False) -> list[Piece]:
    """Write a section whose heading is tagged as one that somebody has to open."""
    if not _is_folded(part, level):
        return part
    opened = Markup(" open") if is_open else ""
    heading, _, text = part[0].markdown.partition("\n")
    return [
        Piece(html=Markup('<details class="section"%s>\n<summary>\n') % opened),
        Piece(heading),
        Piece(html=Markup('</summary>\n<div class="grid">')),
        *([Piece(text)] if text.strip() else []),
        *part[1:],
        Piece(html=Markup("</div>\n</details>")),
    ]


def _is_folded(part: Section, level: int) -> bool:
    return bool(part) and part[0].folded and part[0].level == level


def _only_notes(part: Section) -> bool:
    kinds = {block.kind for block in _shown(part)}
    return kinds == {"note"} and part[0].level > 0


def _shown(part: Section) -> list[Block]:
    """Return the blocks of a section of which something is to be seen."""
    return [piece.block for piece in part if piece.block and piece.html]


def _noted_at_end(part: Section) -> list[Piece]:
    """Return the notes of a section that the list at the end says.

    All where nothing else is shown; beside something else, those on what is not there, while what
    is hidden of it is said in its place.
    """
    notes = [piece for piece in part if piece.html and piece.block and piece.block.kind == "note"]
    if _only_notes(part) or not part[0].level:
        return notes if part[0].level else []
    return [each for each in notes if each.block and each.block.parameters["key"] != HIDDEN]


def _without_missing(part: Section) -> Section:
    """Leave out of a section what the list at the end says."""
    at_end = _noted_at_end(part)
    return [piece for piece in part if not any(piece is each for each in at_end)]


def _line(part: Section, words: Words) -> str:
    """Write what a section was about, and its notes, as an item of a list."""
    title = part[0].markdown.splitlines()[0].lstrip("# ")
    notes = dict.fromkeys(
        note_of(block, reader_of(block, words.language)) for block in _shown(_noted_at_end(part))
    )
    return f"- **{title}** – {' '.join(notes)}"
