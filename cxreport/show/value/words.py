"""Profit and value in sentences: money, days and lists in the reader's language."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from cxreport.show.captions import code_label, column_label
from cxreport.show.money import write_money

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.words import Words


def value_sentences(block: Block, words: Words) -> list[str]:
    """Write the sentences that a block of kind ``value`` lists by key.

    Parameters
    ----------
    block : Block
        Each of ``parameters["sentences"]`` is ``{"key": ..., "values": {...}}``. A value is written
        by its kind, which is the part of its name before the first ``_``: ``money``, ``share``
        (percent), ``day``, ``count`` (whole, or without decimals), ``each`` (two decimals),
        ``columns`` (names of columns), ``groups`` (rows of a table of groups). ``n`` chooses
        between one and many.
    words : Words
        The reader's language.

    Returns
    -------
    list of str
        The sentences.
    """
    told = []
    for sentence in block.parameters["sentences"]:
        written = {
            name: _written(name.partition("_")[0], value, block.parameters, words)
            for name, value in sentence["values"].items()
        }
        told.append(words.text(sentence["key"], **written))
    return told


def _written(kind: str, value: Any, parameters: dict[str, Any], words: Words) -> object:
    """Write one value by its kind."""
    if kind == "money":
        return write_money(words, value, parameters["currency"])
    if kind == "columns":
        return _listed([column_label(name, parameters, words) for name in value], words)
    if kind == "groups":
        return "; ".join(_group(row, parameters, words) for row in value)
    if kind == "day":
        return words.day(dt.date.fromisoformat(value))
    return _number(kind, math.nan if value is None else value, words)


def _number(kind: str, value: Any, words: Words) -> object:
    """Write a number by its kind; anything else as it is."""
    if kind == "share":
        return words.measured(value, "share")
    if kind == "each":
        return words.number(value, 2)
    return words.whole(value) if kind == "count" else value


def _group(row: dict[str, Any], parameters: dict[str, Any], words: Words) -> str:
    ends = {end: write_money(words, row[end], parameters["currency"]) for end in ENDS}
    label = code_label("profit_group", row["label"], parameters, words)
    return words.text("profit.group", label=label, n=int(row["n"]), **ends)


def _listed(names: list[str], words: Words) -> str:
    """Write a list in a sentence."""
    if len(names) < 2:
        return "".join(names)
    return words.text("list.and", first=", ".join(names[:-1]), last=names[-1])


ENDS = ("estimate", "low", "high")
