"""Mend text that was written in UTF-8 and read as Windows-1252: ``perchÃ©`` for ``perché``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

TELLTALE = "[ÂÃ][\u0080-\u00bfŒœŠšŸŽžƒˆ˜\u2013-\u203a€™]|â[€\u0080]|ðŸ|[a-z]Ã"
"""What such a text holds, whichever engine of patterns looks for it."""
MOST_TIMES = 3
"""A text may have been read wrongly, written out, and read wrongly again."""
CONTROLS = re.compile("[\u0080-\u009f]")
LOST_BLANK = re.compile(r"(?<=[a-z])Ã(?=$|[\s,.;:!?)'\"])")
"""An ``à`` whose second sign, a blank that does not break, was taken for a blank."""


def mend(text: str) -> str:
    """Return a text in its own signs where they can be known for certain, else as it is.

    Examples
    --------
    >>> mend("perchÃ© Ã¨ qualitÃ, sÃ¬"), mend("São Paulo è Ãœber")
    ('perché è qualità, sì', 'São Paulo è Ãœber')
    """
    read, certain = text, text
    for _ in range(MOST_TIMES):
        try:
            read = b"".join(map(_byte, LOST_BLANK.sub("Ã\u00a0", read))).decode("utf-8")
        except ValueError:
            break
        if not CONTROLS.search(read):
            certain = read
    return certain


def _byte(sign: str) -> bytes:
    """Return the byte that Windows-1252 took for this sign."""
    try:
        return sign.encode("cp1252")
    except UnicodeEncodeError:
        return sign.encode("latin-1")  # five bytes have no sign there, and came through


def mended(texts: pd.Series) -> pd.Series:
    """Mend those of many texts that hold what such texts hold; the others are not looked at.

    Parameters
    ----------
    texts : Series of str
        Without missing values.
    """
    odd = texts.str.contains(TELLTALE, regex=True)
    return texts.where(~odd, texts[odd].map(mend)) if odd.any() else texts
