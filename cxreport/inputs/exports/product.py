"""What is known of a product's export: how to recognise it, and what its columns are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cxreport.inputs.exports.grid import Grid, Row


@dataclass(frozen=True)
class Field:
    """One column of an export.

    Attributes
    ----------
    exported : str
        Its name in the export, unique there.
    text : str
        What was asked, or the heading.
    name, role : str
        What it is called here, and its role, where the product itself says so.
    question : bool
        Whether a questionnaire without a value here may be an empty one.
    left_out : str
        Why it is not taken over; empty when it is.
    pseudonym : bool
        Whether its values name persons, and are replaced by a hash.
    labels, missing, recode : mapping of str to str
        What the product itself says of its codes.
    ranges : tuple of tuple of float
        Numbers that the file declares to mean no answer, from and to.
    scale : tuple of int
        Worst and best answer, where the product says it.
    """

    exported: str
    text: str = ""
    name: str = ""
    role: str = ""
    question: bool = False
    left_out: str = ""
    pseudonym: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    recode: Mapping[str, str] = field(default_factory=dict)
    ranges: tuple[tuple[float, float], ...] = ()
    scale: tuple[int, int] | None = None


def _as_they_are(rows: Iterator[Row]) -> Iterator[Row]:
    return rows


@dataclass(frozen=True)
class Shape:
    """What the rows of an export are.

    Attributes
    ----------
    table : str
        Canonical name of the table.
    fields : list of Field
        The columns, in order, those that ``rows`` adds included.
    header_rows : int
        Rows of headings.
    rows : callable
        Adds or joins columns, row by row.
    excluded : callable
        Returns why a row does not belong; an empty text when it does.
    """

    table: str
    fields: list[Field]
    header_rows: int = 1
    rows: Callable[[Iterator[Row]], Iterator[Row]] = _as_they_are
    excluded: Callable[[Row], str] | None = None


@dataclass(frozen=True)
class Product:
    """A product whose exports are read.

    Attributes
    ----------
    key, title : str
        What ``--format`` takes, and what a person reads.
    recognise : callable
        Returns whether the first rows are of this product.
    shape : callable
        Returns what the columns of a grid are.
    """

    key: str
    title: str
    recognise: Callable[[list[Row]], bool]
    shape: Callable[[Grid], Shape]


def unique_names(names: list[str]) -> list[str]:
    """Return names with a number where they come more than once, and all with a name.

    Examples
    --------
    >>> unique_names(["Why?", "why?", "", "Why?"])
    ['Why?', 'why? (2)', 'column 3', 'Why? (3)']
    """
    seen: dict[str, int] = {}
    taken = {name.lower() for name in names}
    numbered = []
    for place, given in enumerate(names, start=1):
        name = given or f"column {place}"
        n = seen.get(name.lower(), 0) + 1
        if n > 1:
            while f"{name} ({n})".lower() in taken:
                n += 1
            taken.add(f"{name} ({n})".lower())
        seen[name.lower()] = n
        numbered.append(name if n == 1 else f"{name} ({n})")
    return numbered
