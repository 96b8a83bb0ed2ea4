"""The words and two-word phrases that each comment holds.

A phrase is two neighbouring words, neither of them a stop word, with no comma or stop between them.
A negation belongs to the word that it turns round: "non funziona", "non ha funzionato" and "didn't
work" hold ``non_funziona``, ``non_funzionato`` and ``not_work``, and not the bare word, which would
say the contrary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from cxreport.errors import CxError
from cxreport.inputs.columns import as_labels, as_series
from cxreport.topics.voice.cleaning import arrow, clean_array
from cxreport.topics.voice.stop_words import NEGATIONS, STOP_WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

STOP = "."
"""The token between two clauses."""
REACH = 4
"""Tokens within which a negation finds its word."""
SHORTEST = 2
"""Letters of a word."""
LONGEST = 40
"""Letters of a word; longer ones are no words."""
STEPS = (
    (r"\b(ca|wo|sha)n't\b", "not"),
    (r"\b(do|does|did|is|are|was|were|has|have|had|would|could|should|must|need)n'?t\b", "not"),
    (r"\bcan't\b", "not"),
    (r"(\p{L})'(s|m|re|ve|ll|d)\b", r"\1"),
    (r"[\p{L}\p{M}]*\d[\p{L}\p{M}\d]*", " . "),
    (r"['\-\s]+", " "),
    (r"[^\p{L}\p{M} ]+", " . "),
)


@dataclass(frozen=True)
class WordTable:
    """Which text holds which word.

    Attributes
    ----------
    holds : sparse matrix of 0 and 1, texts x words
        Whether a text holds a word, once however often it does.
    words : ndarray of str
        The words, in alphabetical order; a phrase is two joined by ``_``.
    """

    holds: sparse.csr_matrix
    words: NDArray[np.object_]


def words(texts: pd.Series, languages: pd.Series | None = None) -> pd.DataFrame:
    """List the words and two-word phrases of each comment.

    Parameters
    ----------
    texts : Series of str
        One comment per row.
    languages : Series of str, optional
        "it" or "en" for each row: whose stop words are left out. Where it is neither, or not
        given, those of both.

    Returns
    -------
    DataFrame
        One row per comment and word that it holds, each once: ``text`` (its place in the index of
        ``texts``), ``word``. Case is folded, accents stay; numbers, HTML, addresses and marks of
        redaction are no words.

    Raises
    ------
    CxError
        If the two series differ in length.

    Examples
    --------
    >>> table = words(pd.Series(["Stato dell'ordine: non funziona", "It doesn't work"]))
    >>> table.groupby("text")["word"].agg(list).tolist()
    [['non_funziona', 'ordine'], ['not_work']]
    """
    texts = as_series(texts)
    table = word_table(texts, languages)
    held = table.holds.tocoo()
    place = np.lexsort((held.col, held.row))
    return pd.DataFrame(
        {"text": texts.index.to_numpy()[held.row[place]], "word": table.words[held.col[place]]}
    )


def word_table(
    texts: pd.Series, languages: pd.Series | None = None, *, phrases: bool = True
) -> WordTable:
    """Return which comment holds which word, as a sparse table; else as :func:`words`."""
    if languages is not None:
        languages = as_labels(languages)
    if languages is not None and len(languages) != len(texts):
        raise CxError("texts and languages differ", got=len(languages), expected=len(texts))
    rows, codes, names = _tokens(texts)
    kinds = _Kinds.of(names, rows, codes, languages)
    triples = _terms(rows, codes, kinds, len(names), phrases=phrases)
    width = len(names) + 1
    held, first, second = np.unique(np.stack(triples), axis=1) if triples[0].size else triples
    keys, column = np.unique(first * width + second, return_inverse=True)
    vocabulary = np.array(
        [
            names[key // width] + (f"_{names[key % width]}" if key % width < len(names) else "")
            for key in keys
        ],
        dtype=object,
    )
    order = np.argsort(vocabulary, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    ones = np.ones(len(held), dtype=np.float64)
    shape = (len(texts), len(vocabulary))
    holds = sparse.csr_matrix((ones, (held, place[column])), shape=shape)
    return WordTable(holds, vocabulary[order])


def _tokens(texts: pd.Series) -> tuple[Numbers, Numbers, list[str]]:
    """Split texts: the row and the code of each token, and what the codes are."""
    cleaned = pc.utf8_lower(clean_array(arrow(texts)))
    for pattern, instead in STEPS:
        cleaned = pc.replace_substring_regex(cleaned, pattern=pattern, replacement=instead)
    lists = pc.utf8_split_whitespace(pc.fill_null(cleaned, ""))
    flat = pc.dictionary_encode(pc.list_flatten(lists))
    flat = flat.combine_chunks() if isinstance(flat, pa.ChunkedArray) else flat
    rows = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    codes = flat.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return rows, codes, flat.dictionary.to_pylist()


@dataclass(frozen=True)
class _Kinds:
    """What each token is: a content word, a negation, or the end of a clause."""

    content: Flags
    negation: Flags
    end: Flags

    @classmethod
    def of(
        cls, names: list[str], rows: Numbers, codes: Numbers, languages: pd.Series | None
    ) -> _Kinds:
        """Return what the tokens are in the language of their texts."""
        spoken = np.full(int(rows.max()) + 1 if rows.size else 0, 2)
        if languages is not None and spoken.size:
            named = languages.map({"it": 0, "en": 1}).astype("float64").fillna(2)
            spoken = named.to_numpy().astype(int)[: spoken.size]
        stops, negations = (
            np.array([[name in of[code] for name in names] for code in ("it", "en")])
            for of in (STOP_WORDS, NEGATIONS)
        )
        if not names:
            return cls(*(np.zeros(0, dtype=bool),) * 3)
        is_stop = np.vstack([stops, stops.any(axis=0)])
        is_negation = np.vstack([negations, negations.any(axis=0)])
        is_end = np.array([name == STOP for name in names])
        is_word = np.array([SHORTEST <= len(name) <= LONGEST for name in names])
        language = spoken[rows]
        negation = is_negation[language, codes]
        content = is_word[codes] & ~is_stop[language, codes] & ~negation & ~is_end[codes]
        return cls(content, negation, is_end[codes])


def _terms(
    rows: Numbers, codes: Numbers, kinds: _Kinds, nothing: int, *, phrases: bool
) -> tuple[Numbers, Numbers, Numbers]:
    """Return text, first and second word of all words and phrases; ``nothing`` for no second."""
    n = len(codes)
    place = np.arange(n)
    negated, by = np.zeros(n, dtype=bool), np.full(n, -1)
    at = np.flatnonzero(kinds.negation)
    for step in range(1, REACH + 1):
        ahead = at + step
        inside = ahead < n
        at, ahead = at[inside], ahead[inside]
        open_still = (rows[ahead] == rows[at]) & ~kinds.end[ahead]
        at, ahead = at[open_still], ahead[open_still]
        hit = kinds.content[ahead]
        negated[ahead[hit]], by[ahead[hit]] = True, at[hit]
        at = at[~hit]
    alone = place[kinds.content & ~negated]
    turned = place[negated]
    parts = [(alone, codes[alone], np.full(len(alone), nothing))]
    if phrases:
        both = kinds.content[:-1] & kinds.content[1:] & ~negated[1:] & (rows[:-1] == rows[1:])
        pairs = np.flatnonzero(both)
        parts.append((pairs, codes[pairs], codes[pairs + 1]))
    parts.append((turned, codes[by[turned]], codes[turned]))
    where, first, second = (np.concatenate(each) for each in zip(*parts, strict=True))
    return rows[where], first, second
