"""A file of any kind as rows of texts that can be read more than once, and what the user stated."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from cxreport.errors import CxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

Row = list[str]
MOST_ROWS, MOST_SIGNS = 20_000, 4_000_000
"""Of what is held at a time."""

Item = TypeVar("Item")


def in_batches(items: Iterable[Item], size: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Give rows in lists that are short whatever the length of a row.

    Examples
    --------
    >>> list(in_batches(["a", "b" * 5_000_000, "c"], len))[1]
    ['c']
    """
    batch: list[Item] = []
    held = 0
    for item in items:
        batch.append(item)
        held += size(item)
        if len(batch) >= MOST_ROWS or held >= MOST_SIGNS:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def check_first_line(lines: Sequence[tuple[int, Row]], path: Path) -> None:
    """Ask whether titles stand above the headings: rows with one value, then one with several.

    Parameters
    ----------
    lines : sequence of tuple of int and list of str
        The first rows, each with the line on which it stands.
    path : Path
        The file, for the question.

    Raises
    ------
    CxError
        If they seem to.
    """
    filled = [(line, sum(map(bool, row))) for line, row in lines]
    wide = [(line, n) for line, n in filled if n > 1]
    if len(wide) > 1 and filled[0][1] < 2 <= wide[1][1]:
        raise CxError(
            "the headings do not seem to stand on the first line",
            where=path,
            got=f"line {wide[0][0]} is the first with several values",
            hint=f"say where they stand: --headings-line {wide[0][0]}",
        )


@dataclass(frozen=True)
class Stated:
    """What the user says of files, so that it need not be asked; empty where nothing is said.

    Attributes
    ----------
    format, table, sheet, encoding, delimiter : str
        Which product wrote them, which table they are, which sheet of a workbook is read, and how
        a text file is written.
    date_order : str
        ``dmy``, ``mdy`` or ``ymd``.
    decimal : str
        The sign before decimals.
    day : str
        The day of all rows, where the file has no date.
    timezone : str
        Zone of the source.
    hidden : str
        ``keep`` where hidden rows of a workbook belong.
    headings_line : int
        On which line of the file or sheet the headings stand.
    roles : mapping of str to str
        Column of the export -> role.
    skip, keep : mapping of str to set of str
        Column of the export -> what rows say there that do not belong, or do.
    """

    format: str = ""
    table: str = ""
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    date_order: str = ""
    decimal: str = ""
    day: str = ""
    timezone: str = ""
    hidden: str = ""
    headings_line: int = 1
    roles: Mapping[str, str] = field(default_factory=dict)
    skip: Mapping[str, frozenset[str]] = field(default_factory=dict)
    keep: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnFacts:
    """What a file itself says of a column: its question, and what its codes mean."""

    text: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    ranges: tuple[tuple[float, float], ...] = ()
    """Numbers that mean no answer, from and to."""


@dataclass(frozen=True)
class Grid:
    """Rows of texts, the headings first; an empty text is no value.

    Attributes
    ----------
    path : Path
        The file.
    kind : str
        What it is, in words.
    rows : callable
        Gives the rows from the beginning, each as long as the first.
    typed : bool
        Whether numbers and times came as such and are written with a point, and in ISO.
    facts : mapping of str to ColumnFacts
        Heading -> what the file says of the column.
    notes : tuple of str
        What the user should know of how it was read.
    """

    path: Path
    kind: str
    rows: Callable[[], Iterator[Row]]
    typed: bool = False
    facts: Mapping[str, ColumnFacts] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def first(self, n: int) -> list[Row]:
        """Return the first rows."""
        return list(islice(self.rows(), n))
