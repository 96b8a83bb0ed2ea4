"""Show the shape of an identifier or a text, and never the text itself."""

from __future__ import annotations

import re

LONGEST = 24


def mask(text: str) -> str:
    """Return a text with its letters and digits hidden: ``a``, ``A`` and ``9`` stand for them.

    The shape is what tells ``10848.0`` from ``10848``; the value is nobody's business.

    Examples
    --------
    >>> mask("C-10848.0"), mask("maria.rossi@example.org")
    ('A-99999.9', 'aaaaa.aaaaa@aaaaaaa.aaa')
    """
    hidden = re.sub(r"\d", "9", text)
    hidden = "".join(
        "A" if letter.isupper() else "a" if letter.isalpha() else letter for letter in hidden
    )
    return hidden if len(hidden) <= LONGEST else hidden[: LONGEST - 1] + "…"
