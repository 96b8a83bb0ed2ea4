r"""Text as words can be read from it: without HTML, addresses, marks and signs nobody sees.

All patterns run in RE2, whose time grows with the text alone: no comment can make them hang.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxreport.inputs.columns import as_series

BREAK = " . "
"""What stands for something that is no word: phrases do not reach over it."""
STEPS = (
    (r"[\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2069}\x{FEFF}\x{00AD}]", ""),
    (r"(?is)<(script|style)\b.*?</(script|style)\s*>", BREAK),
    (r"<[^<>]*>", BREAK),
    (r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});", " "),
    (r"(?i)\b(https?://|www\.)\S+", BREAK),
    (r"\S+@\S+", BREAK),
    (r"\[[A-Za-z_ ]{2,30}\]", BREAK),
    (r"[\x{2018}\x{2019}\x{02BC}\x{00B4}\x{0060}]", "'"),
    (r"[\p{Cc}]", " "),
)
"""Pattern and what is put in its place, one after the other."""
LONGEST = 20_000
"""Signs of a text that are read; what comes after is no comment any more."""


def arrow(texts: pd.Series) -> pa.Array:
    """Return texts as an Arrow array; what is no text is missing."""
    values = [_readable(text) if isinstance(text, str) else None for text in texts]
    return pa.array(values, type=pa.large_string())


def _readable(text: str) -> str:
    """Return a text that can be written as UTF-8, as long as a comment may be."""
    return text[:LONGEST].encode("utf-8", "replace").decode("utf-8")


def clean_array(texts: pa.Array) -> pa.Array:
    """Take out of an Arrow array of texts what is no word."""
    for pattern, instead in STEPS:
        texts = pc.replace_substring_regex(texts, pattern=pattern, replacement=instead)
    return pc.utf8_normalize(texts, form="NFC")


def clean(texts: pd.Series) -> pd.Series:
    """Take out of texts what is no word: HTML, addresses, marks of redaction, hidden signs.

    Parameters
    ----------
    texts : Series of str
        Comments.

    Returns
    -------
    Series
        The same index; missing where there is no text. Letters keep their accents and case.

    Examples
    --------
    >>> clean(pd.Series(["<b>Tutto</b> bene [email]", None])).str.split().tolist()
    [['.', 'Tutto', '.', 'bene', '.'], nan]
    """
    texts = as_series(texts)
    cleaned = clean_array(arrow(texts)).to_pylist()
    return pd.Series(cleaned, index=texts.index, dtype="str")
