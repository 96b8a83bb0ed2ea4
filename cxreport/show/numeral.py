"""A number as it is written, which remembers what it says.

A page, a file and a workbook show the same number because they are given the same one: it is
rounded once, where it is written.
"""

from __future__ import annotations

from typing import NamedTuple, Self

SHARE, POINTS, HOURS = "%", "points", "hours"
"""Units that have a word of their own, under ``unit_name`` in the texts; others are currencies."""


class Number(NamedTuple):
    """A number as it is shown: rounded, with its decimals and its unit."""

    value: float
    decimals: int
    unit: str = ""


class Numeral(str):
    """A written number, or the written ends of an interval.

    Attributes
    ----------
    numbers : tuple of Number or None
        What it says, in order; None for an end that is not known.

    Examples
    --------
    >>> Numeral("82.1%", Number(82.1, 1, "%")).numbers[0].value
    82.1
    """

    __slots__ = ("numbers",)
    numbers: tuple[Number | None, ...]

    def __new__(cls, text: str, *numbers: Number | None) -> Self:
        """Keep a text, and the numbers that it says."""
        numeral = super().__new__(cls, text)
        numeral.numbers = numbers
        return numeral

    def __reduce__(self) -> tuple[type[Numeral], tuple[object, ...]]:
        """Copy the numbers with the text."""
        return Numeral, (str(self), *self.numbers)


def numbers_in(text: str) -> tuple[Number | None, ...]:
    """Return the numbers that a text remembers; none of any other text."""
    return text.numbers if isinstance(text, Numeral) else ()


def in_unit(text: str, written: str, unit: str) -> str:
    """Write what a numeral says in another way, and in a unit."""
    numbers = (number and number._replace(unit=unit) for number in numbers_in(written))
    return Numeral(text, *numbers)


def joined(text: str, *parts: str) -> str:
    """Write a text that says what its parts say; an end that says nothing is not known."""
    return Numeral(text, *(number for part in parts for number in numbers_in(part) or (None,)))
