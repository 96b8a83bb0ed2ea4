"""Take personal data out of free text, so that they reach no page, and count what was taken out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxreport.errors import CxError, shorten
from cxreport.inputs.columns import as_series
from cxreport.inputs.hidden_signs import ODD, Plain, plain
from cxreport.inputs.personal_data import IN_TEXT, Piece, own, pieces_in, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from cxreport.inputs.personal_kind import Kind

COUNTED = ["kind", "n", "texts"]
BEGIN, END = "\x01", "\x02"
"""Signs around what a pattern finds; no plain text holds them."""
LONGEST_PATTERN = 500  # signs


class Redacted(NamedTuple):
    """Texts without personal data, and what was taken out of each."""

    texts: pd.Series
    pieces: dict[int, list[str]]
    """Position of a text -> kind of each piece; without the texts that had none."""


def redact(
    texts: pd.Series, *, keep: Sequence[str] = (), patterns: Mapping[str, str] | None = None
) -> pd.Series:
    """Put a mark in the place of each piece of personal data, so that a page may show the rest.

    Parameters
    ----------
    texts : Series of str
        One comment per row; missing values stay missing.
    keep : sequence of str
        The brand's own numbers and addresses, which stay, whatever their blanks and signs.
    patterns : mapping of str to str, optional
        Kind -> pattern of further pieces, as ids of orders: ``{"order": "ORD-[0-9]+"}``. Patterns
        are those of RE2, which never takes longer than the text is long.

    Returns
    -------
    Series of str
        The same index, name and missing values. A text without personal data is the same, sign by
        sign; a piece is replaced by its kind in square brackets: ``[email]``, ``[phone]``,
        ``[tax code]``, ``[VAT number]``, ``[IBAN]``, ``[card]``, ``[date of birth]``,
        ``[address]``, ``[plate]``, ``[identity number]``, ``[name]``, ``[link]``, ``[handle]``, and
        those of ``patterns``.

    Raises
    ------
    CxError
        If a pattern is none of RE2, or finds an empty text.

    Notes
    -----
    Check digits are those of python-stdnum (tax code, VAT number, IBAN, card), phone numbers are
    checked by phonenumbers. What it cannot find is in ``docs/methods.md``.

    Examples
    --------
    >>> redact(pd.Series(["Sono Anna, 333 1234567", "3.200 ordini"])).tolist()
    ['Sono [name], [phone]', '3.200 ordini']
    """
    return redacted(texts, keep=keep, patterns=patterns).texts


def count_redactions(
    texts: pd.Series, *, keep: Sequence[str] = (), patterns: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Count the personal data in texts by their kind, as ``redact`` takes them out.

    Parameters
    ----------
    texts, keep, patterns
        As in ``redact``; the texts are those before.

    Returns
    -------
    DataFrame
        One row per kind, the most frequent first: ``kind``, ``n`` (pieces), ``texts`` (texts that
        hold one or more).

    Examples
    --------
    >>> count_redactions(pd.Series(["a@example.org or b@example.org", "fine"]))
        kind  n  texts
    0  email  2      1
    """
    return counted(redacted(texts, keep=keep, patterns=patterns).pieces.items())


def counted(pieces: Iterable[tuple[int, list[str]]], times: Sequence[int] = ()) -> pd.DataFrame:
    """Count pieces by kind; ``times`` says how many rows hold the text of a position."""
    lines = [
        (kind, kinds.count(kind) * n, n)
        for position, kinds in pieces
        for n in (times[position] if len(times) else 1,)
        for kind in dict.fromkeys(kinds)
    ]
    sums = pd.DataFrame(lines, columns=COUNTED).groupby("kind", as_index=False).sum()
    ordered = sums.sort_values(["n", "kind"], ascending=[False, True], ignore_index=True)
    return ordered.astype({"n": "int64", "texts": "int64"})


def redacted(
    texts: pd.Series, *, keep: Sequence[str] = (), patterns: Mapping[str, str] | None = None
) -> Redacted:
    """Return texts without personal data, with the kinds that each held; see ``redact``."""
    texts = texts if isinstance(texts, pd.Series) else as_series(texts)
    patterns = {kind: checked_pattern(pattern) for kind, pattern in (patterns or {}).items()}
    given = texts.astype(object) if isinstance(texts.dtype, pd.CategoricalDtype) else texts
    present = np.flatnonzero(given.notna().to_numpy())
    written = [str(text) for text in given.iloc[present]]
    plains, array = _plain_texts(written)
    todo = _kinds_to_look_for(array)
    by_pattern = _found_by_patterns(array, patterns)
    ours = own(keep)
    result, pieces = given, {}
    changes: dict[int, str] = {}
    for number in sorted({*todo, *by_pattern}):
        text = plains.get(number) or Plain(written[number], [], [])
        of_text = pieces_in(
            text.text, todo.get(number, ()), keep=ours, more=by_pattern.get(number, ())
        )
        if of_text:
            places = [(*text.written(piece.start, piece.end), piece.kind) for piece in of_text]
            position = int(present[number])
            changes[position] = replaced(written[number], places)
            pieces[position] = [piece.kind for piece in of_text]
    if changes:
        values = given.to_numpy(dtype=object, copy=True)
        values[list(changes)] = list(changes.values())
        result = pd.Series(values, index=given.index, name=given.name, dtype=given.dtype)
    return Redacted(result if changes else texts.copy(), pieces)


def checked_pattern(pattern: str) -> str:
    """Return a pattern of RE2 that finds something.

    Raises
    ------
    CxError
        If it is none, is too long, or finds an empty text.

    Examples
    --------
    >>> checked_pattern("(a+)+b")
    '(a+)+b'
    """
    hint = "patterns are those of RE2: without references back, and without looking around"
    if len(pattern) > LONGEST_PATTERN:
        got = f"{len(pattern)} signs"
        raise CxError("this pattern is too long", got=got, expected=f"{LONGEST_PATTERN} at most")
    try:
        empty = pc.match_substring_regex(pa.array([""]), f"({pattern})")[0].as_py()
    except pa.ArrowInvalid:
        raise CxError("this is no pattern", got=shorten(pattern), hint=hint) from None
    if empty:
        raise CxError("this pattern finds an empty text", got=shorten(pattern), hint="use + for *")
    return pattern


def _plain_texts(written: list[str]) -> tuple[dict[int, Plain], pa.Array]:
    """Return the plain texts of those that are not plain already, and all plain texts."""
    try:
        array = pa.array(written, pa.large_string())
        odd = np.flatnonzero(_matches(array, ODD))
    except UnicodeEncodeError:  # half a sign, which no column of text can hold
        odd = np.arange(len(written))
    plains = {int(number): plain(written[number]) for number in odd}
    if not plains:
        return plains, array
    texts = [plains[n].text if n in plains else text for n, text in enumerate(written)]
    return plains, pa.array(texts, pa.large_string())


def _kinds_to_look_for(array: pa.Array) -> dict[int, list[Kind]]:
    """Return for each text that might hold something what that is: most texts hold nothing."""
    todo: dict[int, list[Kind]] = {}
    for kind in IN_TEXT:
        for number in np.flatnonzero(_matches(array, kind.hint)):
            todo.setdefault(int(number), []).append(kind)
    return todo


def _matches(array: pa.Array, pattern: str) -> NDArray[np.bool_]:
    matches: NDArray[np.bool_] = pc.match_substring_regex(array, pattern).to_numpy(
        zero_copy_only=False
    )
    return matches


def _found_by_patterns(array: pa.Array, patterns: Mapping[str, str]) -> dict[int, list[Piece]]:
    """Return what the patterns of a codebook find, by the number of the text."""
    pieces: dict[int, list[Piece]] = {}
    for kind, pattern in patterns.items():
        some = np.flatnonzero(_matches(array, f"({pattern})"))
        marked = pc.replace_substring_regex(
            array.take(some), f"({pattern})", f"{BEGIN}\\1{END}"
        ).to_pylist()
        for number, text in zip(some, marked, strict=True):
            spans = re.finditer(f"{BEGIN}([^{END}]*){END}", text)
            pieces.setdefault(int(number), []).extend(
                Piece(start, start + len(span[1]), kind)
                for nth, span in enumerate(spans)
                for start in (span.start() - 2 * nth,)
                if span[1]
            )
    return pieces
