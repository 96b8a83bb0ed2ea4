"""A text in plain letters, as the name of a file may bear."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 60


def name_in_letters(text: str, longest: int = LONGEST_NAME) -> str:
    """Return a text in small letters and figures, for the name of a file; maybe empty.

    Examples
    --------
    >>> name_in_letters("Soddisfazione, è per canale")
    'soddisfazione-e-per-canale'
    """
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:longest].strip("-")
