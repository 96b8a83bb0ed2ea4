"""Show how a value is written, and never what it says: it may name a person."""

from __future__ import annotations

import re

from cxreport.errors import shorten

LONGEST = 30
SHARED = 10
"""So many people who write the same: it is a code, and not what one of them said of himself."""
DAY = (
    r"([0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}|[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2})"
    r"([T ][0-9:.]{1,15}( ?[AaPp][Mm])?(Z|[+-][0-9:]{2,6})?)?"
)
SHORT_NUMBER = r"[(+-]?[€$£]? ?[+-]?[0-9]{1,4}([.,'][0-9]{1,3}){0,2} ?[)%€$£-]?"


def masked(value: object, *, an_id: bool = False) -> str:
    """Return a value with its letters and digits hidden: ``a``, ``A`` and ``9`` stand for them.

    Days and short numbers say nothing of a person and are shown whole, unless they are an id. Of an
    id the shape is what tells ``10848.0`` from ``10848``.

    Examples
    --------
    >>> masked("Anna, 333 1234567"), masked("08/07/2026 10:30"), masked("1.287"), masked("n/a")
    ('Aaaa, 999 9999999', '08/07/2026 10:30', '1.287', 'a/a')
    >>> masked("C-10848.0", an_id=True)
    'A-99999.9'
    """
    text = str(value)
    if not an_id and (re.fullmatch(DAY, text) or re.fullmatch(SHORT_NUMBER, text)):
        return text
    hidden = "".join(
        "9" if sign.isdigit() else "A" if sign.isupper() else "a" if sign.isalpha() else sign
        for sign in text
    )
    return shorten(hidden, LONGEST)


def masked_if_rare(value: object, n: int) -> str:
    """Return a value that ``n`` rows have as it is where many have it, and else its shape.

    Examples
    --------
    >>> masked_if_rare("Torino", 10), masked_if_rare("Anna Rossi", 1)
    ('Torino', 'Aaaa Aaaaa')
    """
    return str(value) if n >= SHARED else masked(value, an_id=True)
