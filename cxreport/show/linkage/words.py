"""Experience and money in sentences: amounts in their currency, lists of claims by their names."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from babel.numbers import format_currency

if TYPE_CHECKING:
    from cxreport.show.blocks import Block
    from cxreport.show.words import Words


def linkage_sentences(block: Block, words: Words) -> list[str]:
    """Write the sentences that a block of kind ``linkage`` lists by key.

    Parameters
    ----------
    block : Block
        Each of ``parameters["sentences"]`` is ``{"key": ..., "values": {...}}``, the key under
        ``linkage``. A value may be ``{"money": 12.3}``, ``{"day": "2026-10-31"}``, ``{"text":
        "a.key"}`` or ``{"list": [...keys of texts]}``. ``parameters["currency"]`` is the code
        of the currency.
    words : Words
        The reader's language.

    Returns
    -------
    list of str
        The sentences.
    """
    currency = str(block.parameters["currency"])
    return [
        words.text(
            f"linkage.{said['key']}",
            **{name: _written(value, currency, words) for name, value in said["values"].items()},
        )
        for said in block.parameters["sentences"]
    ]


def _written(value: Any, currency: str, words: Words) -> object:
    if not isinstance(value, dict):
        return value
    if "money" in value:
        amount = value["money"]
        return money(words, math.nan if amount is None else amount, currency)
    if "list" in value:
        return "; ".join(f"“{words.text(key)}”" for key in value["list"])
    if "day" in value:
        return words.day(dt.date.fromisoformat(value["day"]))
    return words.text(value["text"])


def money(words: Words, value: float, currency: str, decimals: int = 0) -> str:
    r"""Write an amount of money; a bare number where the currency is not known.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> money(Words("en"), 1234.5, "EUR"), money(Words("it"), 0.231, "EUR", 2)
    ('€1,234', '0,23\xa0€')
    """
    if not math.isfinite(value):
        return words.text("value.none")
    if not currency:
        return words.number(value, decimals)
    rounded = round(value, decimals) + 0.0  # no minus before a zero
    places = "." + "0" * decimals if decimals else ""
    pattern = words.locale.currency_formats["standard"].pattern.replace(".00", places)
    return str(
        format_currency(rounded, currency, pattern, locale=words.locale, currency_digits=False)
    )


def range_of(words: Words, low: str, high: str) -> str:
    """Write from where to where, or that it is not known."""
    none = words.text("value.none")
    return none if none in (low, high) else words.text("value.range", low=low, high=high)


def reason_key(reason: str) -> str:
    """Return the key of a reason's text."""
    return f"linkage.reason.{reason}"
