"""What a kind of personal data is made of: how it is looked for, and what stands in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

Spans: TypeAlias = Iterator[tuple[int, int]]
Find: TypeAlias = Callable[[re.Match[str]], Spans]
"""From a match of the pattern to the places in the text that are personal data."""
AROUND = 40
"""Signs before a number in which a word may say what it is."""


def whole(match: re.Match[str]) -> Spans:
    """Take a match as it is, or only its part named ``data``."""
    yield match.span("data" if "data" in match.re.groupindex else 0)


@dataclass(frozen=True)
class Kind:
    """A kind of personal data.

    Attributes
    ----------
    name : str
        What stands in its place, in square brackets.
    hint : str
        A pattern of RE2 that every text with such data matches: a first, quick look at all texts.
    pattern : re.Pattern
        Where it may stand; it takes a time that grows no faster than the text.
    find : callable
        Which parts of a match it is.
    on_pages : str
        What a page that shows it is told; kinds without it are looked for in free text only.
    """

    name: str
    hint: str
    pattern: re.Pattern[str]
    find: Find = whole
    on_pages: str = ""

    def spans(self, text: str) -> Spans:
        """Give the places of such data in a text."""
        for match in self.pattern.finditer(text):
            yield from self.find(match)


def before(match: re.Match[str], signs: int = AROUND) -> str:
    """Return what stands before a match."""
    return match.string[max(0, match.start() - signs) : match.start()]
