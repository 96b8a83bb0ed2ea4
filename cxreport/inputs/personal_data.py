"""Which personal data does a text hold? The one place that knows their kinds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cxreport.inputs.hidden_signs import plain
from cxreport.inputs.personal_numbers import NUMBERS, ON_PAGES
from cxreport.inputs.personal_words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cxreport.inputs.personal_kind import Kind

IN_TEXT: tuple[Kind, ...] = (*NUMBERS, *WORDS)
"""Kinds of free text, the surest first."""
BETWEEN = r"[\W_]{0,3}"
"""What may stand between two signs of the brand's own numbers."""


class Piece(NamedTuple):
    """A piece of personal data in a text."""

    start: int
    end: int
    kind: str


def pieces_in(
    text: str, kinds: Iterable[Kind] = IN_TEXT, *, keep: re.Pattern[str] | None = None,
    more: Sequence[Piece] = (),
) -> list[Piece]:  # fmt: skip
    """List the pieces of personal data in a plain text, in their order.

    Parameters
    ----------
    text : str
        In plain signs, see ``hidden_signs.plain``.
    kinds : iterable of Kind
        Which kinds, the surest first: of two pieces that overlap the first one counts.
    keep : re.Pattern, optional
        What may stay, made by ``own``.
    more : sequence of Piece
        Pieces that are known already, and count before all others.

    Examples
    --------
    >>> pieces_in("Write to anna@example.org, or 333 1234567")
    [Piece(start=9, end=25, kind='email'), Piece(start=30, end=41, kind='phone')]
    """
    kept = [match.span() for match in keep.finditer(text)] if keep else []
    taken: list[Piece] = []
    pieces = [*more, *(Piece(*span, kind.name) for kind in kinds for span in kind.spans(text))]
    covered = bytearray(len(text))
    for piece in pieces:
        if any(start <= piece.start and piece.end <= end for start, end in kept):
            continue
        if not any(covered[piece.start : piece.end]):
            covered[piece.start : piece.end] = b"\1" * (piece.end - piece.start)
            taken.append(piece)
    return sorted(taken)


def own(keep: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds the brand's own numbers and addresses, whatever their blanks and signs.

    Parameters
    ----------
    keep : iterable of str
        As the brand writes them.

    Examples
    --------
    >>> [bool(own(["+39 800 123456"]).search(text)) for text in ("800-123.456", "800 1234567")]
    [True, False]
    """
    patterns = []
    for each in keep:
        signs = re.sub(r"[\W_]", "", plain(each).text)
        if not signs:
            continue
        country = ""
        if signs.isdigit():
            signs = re.sub(r"^(?:00)?39(?=\d{6})", "", signs) if each.strip()[0] in "+0" else signs
            country = rf"(?:(?:\+|00)39{BETWEEN})?"
        patterns.append(country + BETWEEN.join(re.escape(sign) for sign in signs))
    if not patterns:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(patterns)})(?![^\W_])", re.IGNORECASE)


def kinds_in(text: str, keep: re.Pattern[str] | None = None) -> list[str]:
    """Name the kinds of personal data in a text that no page may show, never the data.

    Examples
    --------
    >>> kinds_in("write to anna@example.org or +39 333 123 4567"), kinds_in("1,234.5 on 2026-10-31")
    (['a mail address', 'a phone number'], [])
    """
    text = plain(text).text
    kept = [match.span() for match in keep.finditer(text)] if keep else []
    return [
        kind.on_pages
        for kind in ON_PAGES
        if any(
            not any(start <= at and end <= stop for start, stop in kept)
            for at, end in kind.spans(text)
        )
    ]


def without_persons(text: str) -> str:
    """Put its kind in the place of whatever names a person: for logs and terminals.

    Examples
    --------
    >>> without_persons("no number: 'anna@example.org, +39 333 123 4567'")
    "no number: '[a mail address], [a phone number]'"
    """
    called = {kind.name: kind.on_pages for kind in ON_PAGES}
    readable = plain(text)
    pieces = [
        (*readable.written(piece.start, piece.end), called[piece.kind])
        for piece in pieces_in(readable.text, ON_PAGES)
    ]
    return replaced(text, pieces)


def replaced(text: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    """Put marks in the place of pieces that are in order and do not overlap."""
    parts, last = [], 0
    for start, end, name in pieces:
        parts += [text[last:start], f"[{name}]"]
        last = end
    return "".join([*parts, text[last:]])
