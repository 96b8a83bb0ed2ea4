"""The frame behind a table or a picture, as a file for a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a formula begins with in a spreadsheet."""


def csv_of(frame: pd.DataFrame) -> str:
    r"""Write a frame as CSV that no spreadsheet takes for a formula.

    Examples
    --------
    >>> import pandas as pd
    >>> csv_of(pd.DataFrame({"shop": ["=1+1"], "n": [-3]}))
    "shop,n\r\n'=1+1,-3\r\n"
    """
    return frame.map(_harmless).rename(columns=_harmless).to_csv(index=False, lineterminator="\r\n")


def _harmless(value: object) -> object:
    """Mark a text that a spreadsheet would run, wherever blanks let it find the formula."""
    if not isinstance(value, str):
        return value
    runs = value.lstrip().startswith(FORMULA) or value.startswith(("\t", "\r"))
    return f"'{value}" if runs else value
