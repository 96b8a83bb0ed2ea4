"""Texts as a person reads them: no invisible signs, one kind of blank, digit and dash.

Personal data hide from a pattern behind a zero-width sign, a full-width digit or an HTML entity.
They are looked for in the plain text, and taken out of the text as it was written.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL = "\\x20-\\x7e\\t\\n\\r\u00a1-\u00ac\u00ae-\u017f\u2018\u2019\u201c\u201d\u2022\u2026\u20ac"
"""Signs that stand for nothing else, as a class of a pattern."""
ODD = f"[^{USUAL}]|&[#A-Za-z]"
"""A text without it is plain already; any engine of patterns reads this one."""
ODD_SIGN = re.compile(ODD)
ENTITY = re.compile(r"&(?:amp;){0,3}(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});")
INVISIBLE = {"Cf", "Cc", "Me"}
AS_READ = {"Pd": "-", "Cs": "?"}
"""Kind of sign -> what each of them is read as: dashes, and halves of signs."""
VARIANTS = range(0xFE00, 0xFE10)
"""Signs that choose how the sign before them is drawn."""


@dataclass(frozen=True)
class Plain:
    """A text in plain signs, and where each of them was.

    Attributes
    ----------
    text : str
        The plain text.
    starts, ends : list of int
        For each sign, where in the text as written it begins and ends; empty where nothing moved.
    """

    text: str
    starts: list[int]
    ends: list[int]

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Return where a piece of the plain text stands in the text as written."""
        return (self.starts[start], self.ends[end - 1]) if self.starts else (start, end)


def plain(text: str) -> Plain:
    """Return a text in plain signs.

    Examples
    --------
    >>> plain("３３３" + chr(0x200B) + " 123&#52;").text
    '333 1234'
    """
    if not ODD_SIGN.search(text):
        return Plain(text, [], [])
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, written in _parts(text):
        for sign in written:
            for each in _plain_sign(sign):
                signs.append(each)
                starts.append(start)
                ends.append(end)
    return Plain("".join(signs), starts, ends)


def _parts(text: str) -> Iterator[tuple[int, int, str]]:
    """Give each sign, or entity as the signs that it stands for, with its place."""
    last = 0
    for entity in ENTITY.finditer(text) if "&" in text else ():
        yield from ((i, i + 1, text[i]) for i in range(last, entity.start()))
        stands_for = entity[0].replace("amp;", "") if "amp;" in entity[0][5:] else entity[0]
        meant = html.unescape(stands_for)
        if meant.startswith("&") and len(meant) > 1:
            meant = html.unescape(meant)
        yield entity.start(), entity.end(), meant
        last = entity.end()
    yield from ((i, i + 1, text[i]) for i in range(last, len(text)))


@lru_cache(maxsize=4096)
def _plain_sign(sign: str) -> str:
    """Return what a sign is read as; nothing for one that is not seen."""
    kind = unicodedata.category(sign)
    if sign in "\t\n\r" or kind.startswith("Z"):
        return " "
    if kind in INVISIBLE or ord(sign) in VARIANTS:
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(sign))
    return AS_READ.get(kind, "") or (sign if sign == "…" else unicodedata.normalize("NFKC", sign))
