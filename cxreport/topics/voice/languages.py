"""The language a comment is written in: Italian, English, or another one."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from cxreport.topics.voice.cleaning import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

CANDIDATES = (
    "it", "en", "fr", "de", "es", "pt", "ro", "nl", "pl", "cs", "sk", "hu", "hr", "sl", "sq", "el",
    "bg", "ru", "uk", "tr", "ar", "he", "fa", "hi", "bn", "ur", "pa", "zh", "ja", "ko", "vi", "tl",
    "sv", "da", "no", "fi",
)  # fmt: skip
"""Languages that are told apart: with rare ones among them, short texts are taken for those."""
REPORTED = ("it", "en")
FEWEST_WORDS, FEWEST_SIGNS = 3, 12
"""Words, and signs of a script without blanks, that a text needs to have a language."""
MARGIN = 4.0
"""Log of how much likelier another language must be, since Italian and English are expected."""
LONGEST = 1_000
"""Signs that are read: a language shows in the first of them."""
WORD = re.compile(r"[^\W\d_]+")


@cache
def _identifier() -> LanguageIdentifier:
    """Return the model, read once from the installed package."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(CANDIDATES)
    return identifier


def language(texts: pd.Series) -> pd.Series:
    """Return in which language each comment is written.

    Parameters
    ----------
    texts : Series of str
        One comment per row; marks of redaction (``[email]``), HTML and addresses are no words.

    Returns
    -------
    Series
        "it", "en" or "other", with the index of ``texts``. Missing where there is no text, or too
        little to tell: fewer than three words, and fewer than 12 letters in a row.

    Notes
    -----
    A naive Bayes classifier of byte sequences (py3langid) among 36 languages, on the first 1,000
    characters; another language has to be more than 50 times likelier than Italian and English,
    since short texts are like many. The same text has the same language wherever it stands. Source:
    Lui & Baldwin 2011, Proceedings of IJCNLP, 553-561.

    Examples
    --------
    >>> import pandas as pd
    >>> language(pd.Series(["Il pacco è arrivato tardi", "It was late", "ok", None])).tolist()
    ['it', 'en', nan, nan]
    """
    cleaned = clean(texts).str.slice(0, LONGEST)
    language_by_text = dict(_languages(cleaned.dropna().unique().tolist()))
    return cleaned.map(language_by_text).astype("str")


def _languages(texts: list[str]) -> Iterator[tuple[str, str | None]]:
    """Name the language of different texts."""
    identifier = _identifier()
    for text in texts:
        words = WORD.findall(text)
        if len(words) >= FEWEST_WORDS or any(len(word) >= FEWEST_SIGNS for word in words):
            ranked = dict(identifier.rank(" ".join(words)))
            best = max(REPORTED, key=lambda name: ranked[name])
            near = ranked[best] >= max(ranked.values()) - MARGIN
            yield text, best if near else "other"
        else:
            yield text, None
