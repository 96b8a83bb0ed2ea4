"""The table of word of mouth: its columns, and how each cell is written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cxreport.show.words import Words

    Row = dict[Hashable, Any]
    Writer = Callable[[Words, Row, dict[str, Any]], str]

TABLES: dict[str, tuple[str, ...]] = {
    "word_of_mouth": ("reach", "n", "people"),
}
# The number of people with its interval is text: so it may be broken into two lines on a phone.
TEXT_COLUMNS = {"people", "reach"}


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return math.nan if value is None or pd.isna(value) else float(value)


def _range(words: Words, low: str, high: str) -> str:
    none = words.text("value.none")
    return none if none in (low, high) else words.text("value.range", low=low, high=high)


def _with_interval(words: Words, row: Row, write: Callable[[float], str]) -> str:
    """Write a value with its interval as one cell."""
    value, low, high = (write(_number(row, c)) for c in ("estimate", "low", "high"))
    limits = _range(words, low, high)
    return value if limits == words.text("value.none") else f"{value} ({limits})"


def _people(words: Words, row: Row) -> str:
    """Write how many people, or how many times as many; or why that is not known."""
    if math.isnan(_number(row, "estimate")) and row["note"]:
        return words.text(f"note.{row['note']}")
    decimals = 2 if row["metric"] == "ratio" else 1
    return _with_interval(words, row, lambda value: words.number(value, decimals))


WRITERS: dict[str, Writer] = {
    "reach": lambda words, row, _: words.text(f"word_of_mouth.row.{row['metric']}"),
    "people": lambda words, row, _: _people(words, row),
}
