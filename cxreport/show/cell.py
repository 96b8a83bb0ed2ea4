"""A table as a page shows it: cells of text, ready to be written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """One cell: its text, the heading it stands under, and how it looks.

    ``span`` columns, hatched where what it would hold is not yet known; ``unseen`` is read aloud;
    ``is_hidden`` where it would be about few people.
    """

    text: str
    heading: str
    is_number: bool = False
    shade: int = 0
    span: int = 1
    is_open: bool = False
    is_hidden: bool = False
    unseen: str = ""


@dataclass(frozen=True)
class Table:
    """A table ready to be written: the first cell of a row is its heading."""

    caption: str
    headings: list[Cell]
    rows: list[list[Cell]]
    note: str = ""
