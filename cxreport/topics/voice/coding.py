"""The coding frame: which topics a comment is about, by patterns that the team writes down.

Patterns run in RE2, whose time grows with the text alone: none can make a report hang.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from cxreport.errors import CxError, shorten
from cxreport.inputs.columns import as_labels, as_series
from cxreport.inputs.meaning import Name, Strict, Text
from cxreport.inputs.settings import read_settings
from cxreport.topics.voice.cleaning import arrow, clean_array
from cxreport.topics.voice.languages import REPORTED, language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Pattern = Annotated[str, Field(min_length=1, max_length=1_000)]
MOST = 200
"""Patterns of a topic in a language."""
Patterns = Annotated[tuple[Pattern, ...], Field(max_length=MOST)]
TopicName = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,60}$")]
ACCENTS = r"[\x{0300}-\x{036F}]"


class Topic(Strict):
    """One topic: what it is called, and which patterns of a language speak of it."""

    label: Text
    label_column: Name | None = None
    """Column of the comments in which people marked the topic, where it is not ``topic``."""
    en: Patterns = ()
    it: Patterns = ()
    without_en: Patterns = ()
    """Patterns that take a comment out of the topic."""
    without_it: Patterns = ()

    def patterns(self, code: str, *, without: bool = False) -> tuple[str, ...]:
        """Return the patterns of one language."""
        if code == "it":
            return self.without_it if without else self.it
        return self.without_en if without else self.en


class Read(Strict):
    """Whose comments were read while the patterns were written: they cannot test them."""

    respondents: tuple[Name, ...] = ()


class CodingFrame(Strict):
    """Topics by name, in the order of the file."""

    topics: Annotated[dict[TopicName, Topic], Field(min_length=1)]
    read: Read = Read()

    @property
    def labels(self) -> dict[str, dict[str, str]]:
        """What each topic is called, in both languages."""
        return {
            name: {str(code): text for code, text in topic.label.items()}
            for name, topic in self.topics.items()
        }


def read_coding_frame(path: str | Path) -> CodingFrame:
    r"""Read a coding frame: topics, their labels, and their patterns in both languages.

    Parameters
    ----------
    path : str or Path
        A TOML file with a table for each topic::

            [topics.waiting]
            label = { en = "waiting times", it = "tempi di attesa" }
            en = ["wait(ed|ing|s)?", "delay\\w*"]
            it = ["attes[ae]", "aspett\\w+"]
            without_en = ["no waiting"]

        Where people labelled comments, agreement with them is measured without the respondents
        whose comments were read for writing the patterns; they stand in a table of their own::

            [read]
            respondents = ["R-17", "R-52"]

        Patterns are those of RE2, without look-around and back-references. They match whole words,
        capital or small, with or without accents.

    Returns
    -------
    CodingFrame
        With ``topics`` by name, ``labels`` in both languages, and ``read.respondents``.

    Raises
    ------
    CxError
        If the file is missing or not understood, or RE2 does not know a pattern; all of them are
        named at once.
    """
    frame = read_settings(Path(path), CodingFrame, "coding frame")
    problems = [
        f"    topics.{name}.{key}: {shorten(pattern)} ({why})"
        for name, topic in frame.topics.items()
        for key, pattern, why in _refused(topic)
    ]
    silent = [
        f"    topics.{name}: no pattern in any language"
        for name, topic in frame.topics.items()
        if not (topic.en or topic.it)
    ]
    if problems or silent:
        raise CxError(
            "patterns of the coding frame that cannot be used:\n" + "\n".join(problems + silent),
            where=path,
            hint="RE2 knows no look-around and no back-references; a backslash is written twice",
        )
    return frame


def _refused(topic: Topic) -> Iterator[tuple[str, str, str]]:
    """Yield the patterns of a topic that RE2 does not know, and what it says of them."""
    nothing = pa.array([""], type=pa.large_string())
    for key in ("en", "it", "without_en", "without_it"):
        for pattern in getattr(topic, key):
            try:
                pc.match_substring_regex(nothing, pattern=_expression([pattern]))
            except pa.ArrowInvalid as error:
                yield key, pattern, str(error).partition(":")[2].strip() or str(error)


def code_comments(
    texts: pd.Series, frame: CodingFrame, languages: pd.Series | None = None
) -> pd.DataFrame:
    """Return which topics each comment is about.

    Parameters
    ----------
    texts : Series of str
        One comment per row.
    frame : CodingFrame
        From ``read_coding_frame``.
    languages : Series of str, optional
        For each row, as from ``language``, which is asked where it is not given. Comments of no
        known language are read with the patterns of both.

    Returns
    -------
    DataFrame
        One row per comment, with the index of ``texts``; one column of booleans per topic, in the
        order of the frame. A comment may be about several topics, or none.

    Raises
    ------
    CxError
        If the two series differ in length.

    Examples
    --------
    >>> label = {"en": "waiting", "it": "attese"}
    >>> frame = CodingFrame(topics={"waiting": Topic(label=label, en=("wait(ed|ing)?",))})
    >>> code_comments(pd.Series(["I waited a week", "Two waiters in here"]), frame)
       waiting
    0     True
    1    False
    """
    texts = as_series(texts)
    spoken = (language(texts) if languages is None else as_labels(languages)).to_numpy()
    if len(spoken) != len(texts):
        raise CxError("texts and languages differ", got=len(spoken), expected=len(texts))
    plain = _folded(clean_array(arrow(texts)))
    reads = {code: ~np.isin(spoken, [each for each in REPORTED if each != code])
             for code in REPORTED}  # fmt: skip
    parts = {code: plain.filter(pa.array(rows)) for code, rows in reads.items()}
    coded = {name: np.zeros(len(texts), dtype=bool) for name in frame.topics}
    for name, topic in frame.topics.items():
        out = np.zeros(len(texts), dtype=bool)
        for code, rows in reads.items():
            coded[name][rows] |= _matches(parts[code], topic.patterns(code))
            out[rows] |= _matches(parts[code], topic.patterns(code, without=True))
        coded[name] &= ~out
    return pd.DataFrame(coded, index=texts.index)


def _expression(patterns: list[str]) -> str:
    """Join patterns into one expression of whole words."""
    return rf"(?i)\b(?:{'|'.join(f'(?:{_without_accents(each)})' for each in patterns)})\b"


def _without_accents(text: str) -> str:
    """Return a text with its letters bare: a boundary of RE2 is one of ASCII letters."""
    split = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _folded(texts: pa.Array) -> pa.Array:
    """Return texts with their letters bare, as people without an Italian keyboard write them."""
    split = pc.utf8_normalize(texts, form="NFD")
    return pc.replace_substring_regex(split, pattern=ACCENTS, replacement="")


def _matches(texts: pa.Array, patterns: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which texts hold one of the patterns."""
    if not patterns or not len(texts):
        return np.zeros(len(texts), dtype=bool)
    matched = pc.match_substring_regex(texts, pattern=_expression(list(patterns)))
    return np.asarray(pc.fill_null(matched, fill_value=False), dtype=bool)
